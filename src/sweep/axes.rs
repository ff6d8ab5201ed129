//! `[sweep]`: which keys of the scenario take which values.

use crate::config::ScenarioError;
use crate::config::document::{Document, Node, Origin, Value, split_key};
use crate::config::section::{Range as Allowed, Section};

type Result<T> = std::result::Result<T, ScenarioError>;

/// Significant digits of values on a logarithmic range, and of random ones.
const LOG_DIGITS: usize = 6;

/// Significant digits of values on a linear range, counted from its larger end.
const LINEAR_DIGITS: i32 = 12;

/// A scenario file with a `[sweep]` section, before the scenario's meaning.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Everything but `[sweep]`.
    pub base: Document,
    /// How points come from axes.
    pub design: Design,
    /// The first is drawn horizontally, the second vertically.
    pub axes: Vec<Axis>,
    /// Each point is run with so many seeds, counted up from the scenario's.
    pub seeds: u64,
}

/// How points come from axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// All combinations.
    Grid,
    /// So many random draws from all axes together.
    Random {
        /// how many
        points: u64,
    },
}

/// Keys that change together: one, or the several of a `zip`.
#[derive(Clone, Debug)]
pub struct Axis {
    /// At least one, all of the same length.
    pub parts: Vec<Part>,
}

/// One key with its values.
#[derive(Clone, Debug)]
pub struct Part {
    /// As in `student.theta0`.
    pub key: String,
    /// Where the axis was written.
    pub origin: Origin,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    List(Vec<Node>),
    Range(Range),
}

#[derive(Clone, Copy, Debug)]
struct Range {
    from: f64,
    to: f64,
    /// 0 where they are drawn at random.
    points: u64,
    log: bool,
    /// Values are rounded to whole numbers.
    whole: bool,
    /// Both ends were written as whole numbers.
    integers: bool,
    /// Only every so many-th value is used.
    thin: u64,
}

impl Sweep {
    /// Takes `[sweep]` out of a document.
    pub fn read(mut document: Document) -> Result<Self> {
        let mut root = Section::root(document.clone());
        if !root.has("sweep") {
            let allowed = "a [sweep] section with at least one [[sweep.axis]]; \
                           luckflow run takes scenarios without";
            return Err(root.contradiction("sweep", None, "nothing".into(), allowed));
        }
        let mut section = root.section("sweep")?;
        let points_origin = section.origin_of("points");
        let points = section.integer("points", 1, 1 << 40)?;
        let design = match section.text("design", &["grid", "random"])? {
            Some("random") => Design::Random {
                points: points.ok_or_else(|| {
                    section.missing("points", "with design = \"random\", the number of points")
                })?,
            },
            _ if points.is_some() => {
                return Err(section.contradiction(
                    "points",
                    points_origin,
                    "points with design = \"grid\"".into(),
                    "points in each axis, or design = \"random\"",
                ));
            }
            _ => Design::Grid,
        };
        let seeds = section.integer("seeds", 1, 1 << 40)?.unwrap_or(1);
        let thin = section.integer("thin", 1, 1 << 40)?.unwrap_or(1);
        let axes = section
            .sections("axis")?
            .into_iter()
            .map(|axis| read_axis(axis, design, thin))
            .collect::<Result<Vec<_>>>()?;
        if axes.is_empty() && seeds == 1 {
            let allowed =
                "at least one [[sweep.axis]] with key and values, linear or log; or seeds";
            return Err(section.missing("axis", allowed));
        }
        section.finish()?;
        document.root.remove("sweep");
        Ok(Self {
            base: document,
            design,
            axes,
            seeds,
        })
    }
}

impl Axis {
    /// Number of values; 0 for ranges that are drawn from at random.
    pub fn count(&self) -> u64 {
        self.parts[0].count()
    }
}

impl Part {
    fn count(&self) -> u64 {
        match &self.values {
            Values::List(list) => list.len() as u64,
            Values::Range(range) => range.points.div_ceil(range.thin),
        }
    }

    /// The value with this index, O(1): each is computed from the ends, so that nothing accumulates.
    pub fn at(&self, index: u64) -> Node {
        match &self.values {
            Values::List(list) => list[index as usize].clone(),
            Values::Range(range) => self.node(range.at(index)),
        }
    }

    /// The value that a number from [0, 1) picks.
    pub fn pick(&self, uniform: f64) -> Node {
        match &self.values {
            Values::List(list) => {
                list[((uniform * list.len() as f64) as usize).min(list.len() - 1)].clone()
            }
            Values::Range(range) => self.node(range.pick(uniform)),
        }
    }

    /// Key and values, as text that says the same wherever it was written.
    pub(crate) fn definition(&self) -> String {
        match &self.values {
            Values::Range(range) => format!("{}: {range:?}", self.key),
            Values::List(list) => {
                let values: Vec<String> = list.iter().map(|node| node.value.to_string()).collect();
                format!("{}: [{}]", self.key, values.join(", "))
            }
        }
    }

    /// Values that show every mistake there can be: all of a list, the ends of a range and one from within.
    pub fn samples(&self) -> Vec<Node> {
        match &self.values {
            Values::List(list) => list.clone(),
            Values::Range(range) if range.points == 0 => {
                [0.0, 0.4, 1.0 - f64::EPSILON].map(|u| self.pick(u)).into()
            }
            Values::Range(_) => {
                let last = self.count() - 1;
                let mut indices = vec![0, 1.min(last), last];
                indices.dedup();
                indices.into_iter().map(|index| self.at(index)).collect()
            }
        }
    }

    fn node(&self, value: Value) -> Node {
        Node {
            value,
            origin: self.origin,
        }
    }
}

impl Range {
    fn at(&self, index: u64) -> Value {
        let (index, last) = (index * self.thin, self.points - 1);
        if index == 0 {
            return self.value(self.from);
        }
        if index == last {
            return self.value(self.to);
        }
        let part = index as f64 / last as f64;
        if self.log {
            return self.value(significant(
                self.from * (self.to / self.from).powf(part),
                LOG_DIGITS,
            ));
        }
        let (left, right) = ((last - index) as f64, index as f64);
        self.value(self.decimal((self.from * left + self.to * right) / last as f64))
    }

    fn pick(&self, uniform: f64) -> Value {
        let x = match (self.log, self.whole) {
            (true, _) => self.from * (self.to / self.from).powf(uniform),
            (false, false) => self.from + uniform * (self.to - self.from),
            // Each whole number is as likely as any other.
            (false, true) => (self.from + uniform * (self.to - self.from + 1.0)).floor(),
        };
        self.value(significant(x, LOG_DIGITS))
    }

    /// Rounded to decimals that the range's ends may have been written in.
    fn decimal(&self, x: f64) -> f64 {
        let largest = self.from.abs().max(self.to.abs());
        let decimals = LINEAR_DIGITS - 1 - largest.log10().floor() as i32;
        match usize::try_from(decimals) {
            // Adding zero makes −0 a 0.
            Ok(decimals) => format!("{x:.decimals$}").parse().unwrap_or(x) + 0.0,
            Err(_) => x.round(),
        }
    }

    fn value(&self, x: f64) -> Value {
        let x = if self.whole { x.round() } else { x };
        if (self.integers || self.whole) && x.fract() == 0.0 && x.abs() < 1e15 {
            Value::Integer(x as i64)
        } else {
            Value::Float(x)
        }
    }
}

fn significant(x: f64, digits: usize) -> f64 {
    format!("{x:.*e}", digits - 1).parse().unwrap_or(x)
}

fn read_axis(mut section: Section, design: Design, thin: u64) -> Result<Axis> {
    if !section.has("zip") {
        let part = read_part(section, design, thin)?;
        return Ok(Axis { parts: vec![part] });
    }
    let origin = section.origin_of("zip");
    let parts = section
        .sections("zip")?
        .into_iter()
        .map(|part| read_part(part, design, thin))
        .collect::<Result<Vec<Part>>>()?;
    let lengths: Vec<String> = parts
        .iter()
        .map(|part| format!("{} of {}", part.count(), part.key))
        .collect();
    if parts.is_empty() || parts.iter().any(|part| part.count() != parts[0].count()) {
        let found = format!("values: {}", lengths.join(", "));
        let allowed = "a list of axes with equally many values";
        return Err(section.contradiction("zip", origin, found, allowed));
    }
    section.finish()?;
    Ok(Axis { parts })
}

fn read_part(mut section: Section, design: Design, thin: u64) -> Result<Part> {
    const KEY: &str = "a key of the scenario, as in \"student.theta0\"; for seed, sweep.seeds";
    const VALUES: &str =
        "one of values = […], linear = { from, to, points or step }, log = { from, to, points }";
    let node = section
        .take("key")
        .ok_or_else(|| section.missing("key", KEY))?;
    let key = match &node.value {
        Value::Text(key) => split_key(key),
        _ => None,
    };
    let key = key
        .filter(|key| !["sweep", "seed", "experiment", "output"].contains(&key[0].as_str()))
        .ok_or_else(|| section.wrong("key", &node, KEY))?
        .join(".");
    let origin = section.origin().unwrap_or(node.origin);
    let given = ["values", "linear", "log"].map(|kind| section.has(kind));
    if given.iter().filter(|&&given| given).count() != 1 {
        let found = if given.contains(&true) {
            "more than one"
        } else {
            "nothing"
        };
        return Err(section.contradiction("values", Some(origin), found.into(), VALUES));
    }
    let values = if given[0] {
        let node = section.take("values").expect("it is there");
        match &node.value {
            Value::Array(list) if !list.is_empty() => {
                Values::List(list.iter().step_by(thin as usize).cloned().collect())
            }
            _ => return Err(section.wrong("values", &node, "a list of values, not empty")),
        }
    } else {
        let log = given[2];
        let inner = section.section(if log { "log" } else { "linear" })?;
        Values::Range(read_range(inner, log, design, thin)?)
    };
    section.finish()?;
    Ok(Part {
        key,
        origin,
        values,
    })
}

fn read_range(mut section: Section, log: bool, design: Design, thin: u64) -> Result<Range> {
    let allowed = if log {
        Allowed::POSITIVE
    } else {
        Allowed::closed(-1e300, 1e300, "a number")
    };
    let mut integers = true;
    let mut end = |section: &mut Section, key: &'static str| {
        integers &= section.is_integer(key);
        section
            .number(key, allowed)?
            .ok_or_else(|| section.missing(key, "an end of the range"))
    };
    let from = end(&mut section, "from")?;
    let to = end(&mut section, "to")?;
    let whole = section.boolean("whole")?.unwrap_or(false);
    let points_origin = section.origin_of("points").or(section.origin_of("step"));
    let points = section.integer("points", 2, 1 << 40)?;
    let step = match log {
        true => None,
        false => section.number("step", Allowed::POSITIVE)?,
    };
    let points = match (design, points, step) {
        (Design::Random { .. }, None, None) => 0,
        (Design::Grid, Some(points), None) => points,
        // As many steps as fit, with room for rounding.
        (Design::Grid, None, Some(step)) if to > from => {
            ((to - from) / step * (1.0 + 1e-12)).floor() as u64 + 1
        }
        (design, _, _) => {
            let found = "points and step, or neither, or a range that does not rise";
            let (found, allowed) = match design {
                Design::Random { .. } => ("points or step", "neither with design = \"random\""),
                Design::Grid if log => ("no points", "the number of points"),
                Design::Grid => (found, "points; or step, of a range that rises"),
            };
            return Err(section.contradiction("points", points_origin, found.into(), allowed));
        }
    };
    // With a step the last value may fall short of the end.
    let to = match step {
        Some(step) if points > 0 => from + step * (points - 1) as f64,
        _ => to,
    };
    section.finish()?;
    let mut range = Range {
        from,
        to,
        points,
        log,
        whole,
        integers: integers && step.is_none_or(|step| step.fract() == 0.0),
        thin,
    };
    range.to = if step.is_some() {
        range.decimal(to)
    } else {
        to
    };
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn axis(text: &str) -> Result<Vec<Value>> {
        let text = format!("[sweep]\n[[sweep.axis]]\nkey = \"a.b\"\n{text}");
        let document = Document::parse(Path::new("s.toml"), &text, &[]).unwrap();
        let sweep = Sweep::read(document)?;
        let axis = &sweep.axes[0];
        Ok((0..axis.count())
            .map(|i| axis.parts[0].at(i).value)
            .collect())
    }

    fn shown(text: &str) -> String {
        let values: Vec<String> = axis(text).unwrap().iter().map(Value::to_string).collect();
        values.join(" ")
    }

    #[test]
    fn linear_ranges_have_exact_decimals() {
        assert_eq!(
            shown("linear = { from = 0.1, to = 0.9, points = 9 }"),
            "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9"
        );
        assert_eq!(
            shown("linear = { from = -0.3, to = 0.35, step = 0.1 }"),
            "-0.3 -0.2 -0.1 0 0.1 0.2 0.3"
        );
        assert_eq!(
            shown("linear = { from = 10, to = 4, points = 4 }"),
            "10 8 6 4"
        );
        let many = axis("linear = { from = 0, to = 1.0, points = 100001 }").unwrap();
        for (i, value) in many.iter().enumerate() {
            let expected: f64 = format!("{}e-5", i).parse().unwrap();
            assert!(
                matches!(value, Value::Float(x) if *x == expected),
                "{value}"
            );
        }
    }

    #[test]
    fn logarithmic_ranges_have_their_ends_as_written_and_short_decimals() {
        assert_eq!(
            shown("log = { from = 1e-3, to = 10, points = 5 }"),
            "0.001 0.01 0.1 1 10"
        );
        assert_eq!(
            shown("log = { from = 0.1234567891, to = 0.2, points = 3 }"),
            "0.1234567891 0.157135 0.2"
        );
        assert_eq!(
            shown("log = { from = 10, to = 1000, points = 4, whole = true }"),
            "10 46 215 1000"
        );
    }

    #[test]
    fn a_thinned_axis_has_values_of_the_full_one() {
        let text = "log = { from = 1e-3, to = 10, points = 9 }";
        let full = axis(text).unwrap();
        let text = format!("[sweep]\nthin = 4\n[[sweep.axis]]\nkey = \"a.b\"\n{text}");
        let document = Document::parse(Path::new("s.toml"), &text, &[]).unwrap();
        let axis = &Sweep::read(document).unwrap().axes[0];
        assert_eq!(axis.count(), 3);
        for i in 0..3 {
            let (thin, full) = (&axis.parts[0].at(i).value, &full[4 * i as usize]);
            assert_eq!(thin.to_string(), full.to_string());
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, said) in [
            ("", "sweep.axis[0].values: found nothing"),
            ("values = []", "a list of values, not empty"),
            (
                "values = [1]\nlog = { from = 1, to = 2, points = 2 }",
                "more than one",
            ),
            (
                "log = { from = 0, to = 2, points = 2 }",
                "sweep.axis[0].log.from: found 0",
            ),
            (
                "log = { from = 1, to = 2 }",
                "sweep.axis[0].log.points: found no points",
            ),
            (
                "linear = { from = 1, to = 2, points = 2, step = 1 }",
                "points and step",
            ),
            (
                "linear = { from = 1, too = 2, points = 2 }",
                "did you mean to?",
            ),
            ("vals = [1]", "sweep.axis[0].values"),
        ] {
            let error = axis(text).unwrap_err().to_string();
            assert!(
                error.contains(said) && error.starts_with("s.toml:"),
                "{error}"
            );
        }
    }
}
