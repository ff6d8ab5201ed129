//! `spectrum.svg` and `near-zero.svg`.

use crate::experiment::deep::figures::ends;
use crate::experiment::deep::hessian::{Outcome, Spectrum, SpectrumMethod};
use crate::experiment::deep::report::heading;
use crate::experiment::seen::{change, list};
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};

/// Eigenvalues below this part of the largest are not drawn.
const DRAWN: f64 = 1e-10;

/// Eigenvalues from the largest, over the part of parameters that they stand for.
pub(super) fn spectrum(outcome: &Outcome) -> Figure {
    let (base, near_zero) = (&outcome.scenario.base, outcome.scenario.hessian.near_zero);
    let first = || outcome.runs.iter().filter(|run| run.seed == base.seed);
    let flat = first().map(|run| {
        let part = 100.0 * run.flat_directions / run.parameters as f64;
        format!("{} % at width {}×", short(part), run.width)
    });
    let flat: Vec<String> = flat.collect();
    let figure = Figure::new(format!("Eigenvalues near zero: {}", list(&flat)))
        .caption("Eigenvalues of the Hessian after training from the largest down, over the part of the parameters that they stand for.")
        .setting(heading(&base.teacher))
        .x("part of the parameters, from the stiffest direction (%)")
        .log_y("eigenvalue (of the largest)")
        .y_range([DRAWN, 2.0])
        .level(format!("near zero: below {}", short(near_zero)), near_zero, Look::FLOOR)
        .note(format!("Seed {}. What lies below 10⁻¹⁰ is not drawn.", base.seed));
    let estimated = outcome.runs.iter().any(|run| run.method == SpectrumMethod::Lanczos);
    let figure = match estimated {
        true => figure.note("Of Lanczos, each step is a point of the estimated density, as wide as its weight."),
        false => figure,
    };
    first().enumerate().fold(figure, |figure, (i, run)| {
        let (width, parameters) = (run.width, run.parameters);
        let label = format!("width {width}×: {parameters} parameters ({})", run.method.name());
        figure.line(label, descending(run), Look::of_series(i).unmarked())
    })
}

/// (% of the parameters, eigenvalue over the largest). Between the points of an estimate nothing is known: each is a
/// step by itself.
fn descending(run: &Spectrum) -> Vec<(f64, f64)> {
    let largest = run.density.largest();
    let mut passed = 0.0;
    let steps = run.density.points.iter().rev().flat_map(|&(value, weight)| {
        let from = 100.0 * passed;
        passed += weight;
        let (to, height) = (100.0 * passed, value / largest);
        match run.method == SpectrumMethod::Whole {
            true => vec![(to, height)],
            false => vec![(from, height), (to, height), (to, f64::NAN)],
        }
    });
    steps.collect()
}

/// Flat and stiff directions over the number of parameters.
pub(super) fn near_zero(outcome: &Outcome) -> Figure {
    let scenario = &outcome.scenario;
    let mut sizes: Vec<usize> = outcome.runs.iter().map(|run| run.parameters).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let over = |figure: &dyn Fn(&Spectrum) -> f64| -> Vec<(f64, Span)> {
        let at = |&size: &usize| {
            let runs = outcome.runs.iter().filter(|run| run.parameters == size);
            Some((size as f64, Span::of(runs.map(figure))?))
        };
        sizes.iter().filter_map(at).collect()
    };
    let teacher = scenario.base.teacher.architecture.parameters() as f64;
    let flat = over(&|run| run.flat_directions);
    let others = over(&|run| run.parameters as f64 - run.flat_directions);
    let said = |spans: &[(f64, Span)]| {
        let [first, last] = ends(spans);
        change(first, last)
    };
    Figure::new(format!(
        "The number of eigenvalues near zero {} with the student's size, that of all others {}",
        said(&flat),
        said(&others)
    ))
    .caption("How many eigenvalues of the Hessian are near zero and how many are not, over the student's parameters.")
    .setting(heading(&scenario.base.teacher))
    .log_x("parameters of the student")
    .log_y("eigenvalues of the Hessian (number)")
    .line("all parameters", sizes.iter().map(|&size| (size as f64, size as f64)), Look::FLOOR)
    .level(format!("the teacher's {teacher} parameters"), teacher, Look::PREDICTED)
    .spread("eigenvalues near zero", &flat, Look::of_series(1))
    .spread("all others", &others, Look::of_series(2))
    .note(format!(
        "Near zero: below {} of the largest. Hessian on {} samples.",
        short(scenario.hessian.near_zero),
        scenario.hessian.samples
    ))
}
