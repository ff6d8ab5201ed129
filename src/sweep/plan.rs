//! The points of a sweep, each computed from its index when it is needed.

use crate::config::document::{Node, Origin, Value};
use crate::rng;
use crate::sweep::axes::{Axis, Design, MOST_POINTS, Part};
use crate::{
    config::ScenarioError,
    experiment::{ExperimentKind, Scenario},
    sweep::axes::Sweep,
};
use rand::RngExt;
use std::fmt::Write;

/// All points, in their order: the first axis changes slowest, seeds fastest. O(axes) memory.
///
/// ```
/// use luckflow::config::Document;
/// use luckflow::experiment::Silent;
/// use luckflow::sweep::{Plan, axes::Sweep};
/// use std::path::Path;
///
/// let text = r#"
///     experiment = "theorem4"
///     teacher = { input_dim = 4, nodes = 2, threshold = 2.0 }
///     student = { theta0 = 0.05 }
///     [[sweep.axis]]
///     key = "student.theta0"
///     values = [0.01, 0.1]
/// "#;
/// let document = Document::parse(Path::new("small.toml"), text, &[])?;
/// let plan = Plan::new(Sweep::read(document)?)?;
/// for index in 0..plan.points() {
///     let point = plan.point(index);
///     let outcome = plan.scenario(&point)?.run(&Silent)?;
///     println!("{:?}: {}", point.values, outcome.table());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    sweep: Sweep,
    first: Scenario,
    points: u64,
}

/// One point.
#[derive(Clone, Debug)]
pub struct Point {
    /// From 0, over the whole sweep, whatever the shard.
    pub index: u64,
    /// One for each of [`Plan::keys`].
    pub values: Vec<Value>,
    /// Seed of its run.
    pub seed: u64,
}

impl Plan {
    /// Lays the points out, and tries the values of every axis, so that mistakes are found before anything is computed.
    ///
    /// # Errors
    /// The first mistake in the scenario, with the axis that makes it.
    pub fn new(sweep: Sweep) -> Result<Self, ScenarioError> {
        let combinations = || {
            let mut counts = sweep.axes.iter().map(Axis::count);
            counts.try_fold(1_u64, u64::checked_mul)
        };
        let cells = sweep.design.drawn().or_else(combinations);
        let points = cells
            .and_then(|cells| cells.checked_mul(sweep.seeds))
            .filter(|&points| points <= MOST_POINTS)
            .ok_or_else(|| sweep.base.mistake(None, "sweep", "more than 2⁴⁰ points", "fewer"))?;
        let first = sweep.check()?;
        if first.seed().saturating_add(points) > i64::MAX as u64 {
            let allowed = "a smaller one, from which to count up";
            return Err(sweep.base.mistake(None, "seed", "a seed near 2⁶³", allowed));
        }
        Ok(Self { sweep, first, points })
    }

    /// Name of the file.
    pub fn name(&self) -> &str {
        self.first.name()
    }

    /// Number of points.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// What all points run.
    pub fn kind(&self) -> &'static ExperimentKind {
        self.first.kind()
    }

    /// Number of seeds at each cell of the design.
    pub fn seeds(&self) -> u64 {
        self.sweep.seeds
    }

    /// The axes of a grid; `None` where cells are drawn.
    pub fn grid(&self) -> Option<&[Axis]> {
        (self.sweep.design == Design::Grid).then_some(&self.sweep.axes)
    }

    /// The keys that change, axis by axis.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.sweep.parts().map(|part| part.key.as_str())
    }

    /// The point with this index. O(axes).
    pub fn point(&self, index: u64) -> Point {
        let nodes = self.nodes(index / self.sweep.seeds);
        // Cells that are drawn share nothing, so they do not share seeds either.
        let seed = match self.sweep.design {
            Design::Grid => index % self.sweep.seeds,
            Design::Random { .. } | Design::Sobol { .. } => index,
        };
        Point {
            index,
            values: nodes.into_iter().map(|node| node.value).collect(),
            seed: self.first.seed() + seed,
        }
    }

    /// What a point runs.
    ///
    /// # Errors
    /// A combination of values that makes no sense.
    pub fn scenario(&self, point: &Point) -> Result<Scenario, ScenarioError> {
        let nodes = self.nodes(point.index / self.sweep.seeds);
        self.sweep.scenario_with(&nodes, Some(point.seed))
    }

    fn nodes(&self, cell: u64) -> Vec<Node> {
        match self.sweep.design {
            Design::Grid => {
                let mut nodes = Vec::new();
                let mut rest = cell;
                for axis in self.sweep.axes.iter().rev() {
                    let index = rest % axis.count();
                    rest /= axis.count();
                    nodes.extend(axis.parts.iter().rev().map(|part| part.at(index)));
                }
                nodes.reverse();
                nodes
            }
            Design::Random { .. } => {
                let mut stream = rng::stream(self.first.seed(), "sweep", &[cell]);
                self.sweep.pick(|_| stream.random())
            }
            Design::Sobol { .. } => {
                // The low bits: the crate's seeds have 32.
                let scramble = rng::derive(self.first.seed(), "sobol", &[]) as u32;
                let number = |axis| sobol_burley::sample(cell as u32, axis as u32, scramble);
                self.sweep.pick(|axis| number(axis).into())
            }
        }
    }

    /// What the plan is, as text: equal texts and equal trials make equal points in the same order.
    pub(super) fn definition(&self) -> String {
        let mut text = format!("{:?}, {} seeds from {}", self.sweep.design, self.sweep.seeds, self.first.seed());
        for (number, axis) in self.sweep.axes.iter().enumerate() {
            for part in &axis.parts {
                let _ = write!(text, "\n{number} {}", part.definition());
            }
        }
        text
    }

    /// The scenarios of all trials.
    pub(super) fn trial_scenarios(&self) -> impl Iterator<Item = Scenario> {
        let trials = self.sweep.trials().into_iter();
        // Those that make no sense were refused when the plan was made.
        trials.filter_map(|nodes| self.sweep.scenario_with(&nodes, None).ok())
    }
}

impl Sweep {
    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.axes.iter().flat_map(|axis| &axis.parts)
    }

    /// The values that numbers from [0, 1), one for each axis, pick.
    fn pick(&self, mut uniform: impl FnMut(usize) -> f64) -> Vec<Node> {
        let picked = |(number, axis): (usize, &Axis)| {
            let uniform = uniform(number);
            let nodes = axis.parts.iter().map(|part| part.pick(uniform));
            nodes.collect::<Vec<_>>()
        };
        self.axes.iter().enumerate().flat_map(picked).collect()
    }

    fn scenario_with(&self, nodes: &[Node], seed: Option<u64>) -> Result<Scenario, ScenarioError> {
        let mut document = self.base.clone();
        for (part, node) in self.parts().zip(nodes) {
            let keys: Vec<String> = part.key.split('.').map(String::from).collect();
            document.replace(&keys, node.clone())?;
        }
        if let Some(seed) = seed {
            let node = Node::new(Value::Integer(seed as i64), Origin::Set);
            document.replace(&["seed".to_owned()], node)?;
        }
        Scenario::interpret(document)
    }

    /// Interprets every trial.
    fn check(&self) -> Result<Scenario, ScenarioError> {
        let mut trials = self.trials().into_iter();
        let first = self.scenario_with(&trials.next().expect("at least one"), None)?;
        trials.try_for_each(|nodes| self.scenario_with(&nodes, None).map(drop))?;
        Ok(first)
    }

    /// The first values of all axes together, then the others of each axis with the first ones of the rest; of a range
    /// its ends and one from within.
    fn trials(&self) -> Vec<Vec<Node>> {
        let samples: Vec<Vec<Node>> = self.parts().map(Part::samples).collect();
        let first: Vec<Node> = samples.iter().map(|values| values[0].clone()).collect();
        let mut trials = vec![first.clone()];
        let mut begin = 0;
        for axis in &self.axes {
            // The keys of a zip go together.
            let parts = begin..begin + axis.parts.len();
            for sample in (0..samples[begin].len()).skip(1) {
                let mut nodes = first.clone();
                for part in parts.clone() {
                    nodes[part] = samples[part][sample].clone();
                }
                trials.push(nodes);
            }
            begin = parts.end;
        }
        trials
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Document;
    use crate::experiment::theorem4::Theorem4;
    use std::path::Path;

    const BASE: &str = r#"
        experiment = "theorem4"
        seed = 5
        [teacher]
        input_dim = 8
        nodes = 3
        [student]
        theta0 = 0.1
        [sweep]
        seeds = 2
    "#;

    fn plan(axes: &str) -> Result<Plan, ScenarioError> {
        let document = Document::parse(Path::new("s.toml"), &format!("{BASE}{axes}"), &[]).unwrap();
        Plan::new(Sweep::read(document)?)
    }

    fn shown(plan: &Plan) -> Vec<String> {
        (0..plan.points())
            .map(|index| {
                let point = plan.point(index);
                let values: Vec<String> = point.values.iter().map(Value::to_string).collect();
                format!("{} {}", values.join(" "), point.seed)
            })
            .collect()
    }

    #[test]
    fn a_grid_has_all_combinations_and_a_zip_goes_together() {
        let plan = plan(
            r#"
            [[sweep.axis]]
            key = "teacher.threshold"
            values = [1.0, 2.0]
            [[sweep.axis]]
            zip = [{ key = "teacher.nodes", values = [2, 4] }, { key = "teacher.input_dim", values = [6, 7] }]
            "#,
        )
        .unwrap();
        assert_eq!(
            shown(&plan),
            ["1 2 6 5", "1 2 6 6", "1 4 7 5", "1 4 7 6", "2 2 6 5", "2 2 6 6", "2 4 7 5", "2 4 7 6"]
        );
        let scenario = plan.scenario(&plan.point(7)).unwrap();
        let scenario: &Theorem4 = scenario.get().unwrap();
        assert_eq!((scenario.seed, scenario.teacher.nodes, scenario.teacher.input_dim), (6, Some(4), Some(7)));
    }

    #[test]
    fn random_points_are_frozen_and_within_their_ranges() {
        let text = r#"
            design = "random"
            points = 500
            [[sweep.axis]]
            key = "student.theta0"
            log = { from = 1e-3, to = 1 }
            [[sweep.axis]]
            key = "teacher.nodes"
            linear = { from = 2, to = 6, whole = true }
        "#;
        let plan = plan(text).unwrap();
        assert_eq!(plan.points(), 1000);
        let mut seen = [0; 7];
        for index in 0..plan.points() {
            let point = plan.point(index);
            let (Value::Float(theta0), Value::Integer(nodes)) = (&point.values[0], &point.values[1]) else {
                panic!("{point:?}");
            };
            assert!((1e-3..=1.0).contains(theta0));
            seen[*nodes as usize] += 1;
        }
        assert!(seen[..2] == [0, 0] && seen[2..].iter().all(|&count| count > 100), "{seen:?}");
        assert_eq!(shown(&plan)[..2], ["0.00959216 2 5", "0.00959216 2 6"]);
    }

    #[test]
    fn points_of_a_sobol_design_leave_no_gap() {
        let text = r#"
            design = "sobol"
            points = 256
            [[sweep.axis]]
            key = "student.theta0"
            log = { from = 1e-3, to = 1 }
            [[sweep.axis]]
            key = "teacher.threshold"
            linear = { from = 0.0, to = 2.0 }
        "#;
        let plan = plan(text).unwrap();
        assert_eq!(plan.points(), 512);
        // Each of 16 × 16 boxes holds one point: independent draws would leave a third of them empty.
        let mut boxes = [[0; 16]; 16];
        for index in (0..plan.points()).step_by(2) {
            let point = plan.point(index);
            let [Value::Float(theta0), Value::Float(threshold)] = point.values[..] else {
                panic!("{point:?}");
            };
            let place = |part: f64| (16.0 * part).min(15.0) as usize;
            boxes[place((theta0.log10() + 3.0) / 3.0)][place(threshold / 2.0)] += 1;
        }
        assert!(boxes.iter().flatten().all(|&count| count == 1), "{boxes:?}");
        assert_ne!(plan.point(0).seed, plan.point(2).seed);
        let many = text.replace("256", "65537");
        let error = self::plan(&many).unwrap_err().to_string();
        assert!(error.contains("65536 at most"), "{error}");
    }

    #[test]
    fn a_mistake_in_an_axis_is_placed_there() {
        let text = "\n[[sweep.axis]]\nkey = \"student.theta0\"\nvalues = [0.1, 2.0]\n";
        let error = plan(text).unwrap_err().to_string();
        assert!(error.starts_with("s.toml:14: student.theta0: found 2.0;"), "{error}");
        let text = "\n[[sweep.axis]]\nkey = \"student.theta\"\nvalues = [0.1]\n";
        let error = plan(text).unwrap_err().to_string();
        assert!(error.contains("did you mean theta0?"), "{error}");
    }
}
