//! `spectrum.svg` and `near-zero.svg`.

use crate::experiment::deep::hessian::{Outcome, Spectrum};
use crate::experiment::deep::report::{heading, log_range};
use crate::plot::number::short;
use crate::plot::{Chart, Line, Look, Scale};

/// Eigenvalues below this part of the largest are not drawn.
const DRAWN: f64 = 1e-10;

/// Eigenvalues from the largest, over the part of parameters that they stand for.
pub(super) fn spectrum(outcome: &Outcome) -> Chart {
    let first = outcome.scenario.base.seed;
    let lines: Vec<Line> = outcome
        .runs
        .iter()
        .filter(|run| run.seed == first)
        .enumerate()
        .map(|(i, run)| {
            let mut passed = 0.0;
            let largest = run.density.largest();
            let descending = run.density.points.iter().rev();
            let points = descending.map(|&(value, weight)| {
                passed += weight;
                (100.0 * passed, (value / largest).max(0.1 * DRAWN))
            });
            Line {
                label: format!(
                    "width {}×: {} parameters ({})",
                    run.width,
                    run.parameters,
                    run.method.name()
                ),
                points: points.collect(),
                look: Look::of_series(i),
            }
        })
        .collect();
    let near_zero = outcome.scenario.hessian.near_zero;
    let level = Line {
        label: format!("near zero: below {}", short(near_zero)),
        points: vec![(0.0, near_zero), (100.0, near_zero)],
        look: Look::FLOOR,
    };
    Chart {
        title: format!(
            "Spectrum of the Hessian after training: {}",
            heading(&outcome.scenario.base)
        ),
        x_label: "part of the parameters, from the stiffest direction (%)".into(),
        y_label: "eigenvalue".into(),
        y_unit: "of the largest".into(),
        x_scale: Scale::Linear,
        scale: Scale::Log,
        x_range: [0.0, 100.0],
        y_range: [DRAWN, 2.0],
        bands: Vec::new(),
        lines: lines.into_iter().chain([level]).collect(),
        notes: vec![format!(
            "Seed {first}. Lines end where eigenvalues are zero, negative or below 10⁻¹⁰."
        )],
    }
}

/// Flat and stiff directions over the number of parameters.
pub(super) fn near_zero(outcome: &Outcome) -> Chart {
    let mut runs: Vec<&Spectrum> = outcome.runs.iter().collect();
    runs.sort_by_key(|run| run.parameters);
    let points = |figure: &dyn Fn(&Spectrum) -> f64| -> Vec<(f64, f64)> {
        runs.iter()
            .map(|run| (run.parameters as f64, figure(run)))
            .collect()
    };
    let all = points(&|run| run.parameters as f64);
    let teacher = outcome.scenario.base.teacher.architecture.parameters() as f64;
    let x_range = log_range(all.iter().map(|point| point.0));
    let lines = vec![
        Line {
            label: "all parameters".into(),
            points: vec![(x_range[0], x_range[0]), (x_range[1], x_range[1])],
            look: Look::FLOOR,
        },
        Line {
            label: format!("the teacher's {teacher} parameters"),
            points: vec![(x_range[0], teacher), (x_range[1], teacher)],
            look: Look::PREDICTED,
        },
        Line {
            label: "eigenvalues near zero".into(),
            points: points(&|run| run.flat_directions),
            look: Look::of_series(1),
        },
        Line {
            label: "all others".into(),
            points: points(&|run| run.parameters as f64 - run.flat_directions),
            look: Look::of_series(2).marked(),
        },
    ];
    let values = lines
        .iter()
        .flat_map(|line| &line.points)
        .map(|point| point.1.max(1.0));
    let y_range = log_range(values);
    Chart {
        title: format!(
            "Flat directions and over-parameterization: {}",
            heading(&outcome.scenario.base)
        ),
        x_label: "parameters of the student".into(),
        y_label: "eigenvalues of the Hessian".into(),
        y_unit: "number".into(),
        x_scale: Scale::Log,
        scale: Scale::Log,
        x_range,
        y_range,
        bands: Vec::new(),
        lines,
        notes: vec![format!(
            "Near zero: below {} of the largest. Hessian on {} samples.",
            short(outcome.scenario.hessian.near_zero),
            outcome.scenario.hessian.samples
        )],
    }
}
