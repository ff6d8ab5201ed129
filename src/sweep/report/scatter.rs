//! `scatter.svg`: simulated rates against analytic ones. A lower bound that holds has its points above the diagonal.

use super::data::Data;
use crate::bound::Natural;
use crate::plot::{Figure, Look};
use crate::theory::Verdict;

/// Points of one rate that are drawn, evenly spread over the cells.
const MOST_POINTS: usize = 1500;

/// The chart; `None` where there are fewer than two points.
pub fn chart(data: &Data) -> Option<Figure> {
    let mut sets = Vec::new();
    for (place, bound) in data.bounds.iter().enumerate() {
        // A rate without a unit is on another scale.
        if bound.natural == Natural::Itself {
            continue;
        }
        let points = points(data, |cell| {
            let rate = &data.rates[cell][place];
            Some((rate.value?.median, rate.simulated?.median))
        });
        let label = format!("{} against {}", bound.label, bound.judged_by());
        sets.push((label, points, bound.look));
    }
    for pair in data.kind.view.pairs {
        let points = points(data, |cell| {
            let [x, y] = [pair.analytic, pair.simulated].map(|name| data.extra(cell, name));
            Some((x?.median, y?.median))
        });
        sets.push((pair.label.into(), points, pair.look));
    }
    sets.retain(|(_, points, _)| !points.is_empty());
    let all = || sets.iter().flat_map(|(_, points, _)| points);
    if all().count() < 2 {
        return None;
    }
    let ends =
        |of: fn(&(f64, f64)) -> f64| [all().map(of).fold(f64::INFINITY, f64::min), all().map(of).fold(0.0, f64::max)];
    let (x, y) = (ends(|p| p.0), ends(|p| p.1));
    let diagonal = [x[0].max(y[0]), x[1].min(y[1])].map(|x| (x, x));
    let mut figure = Figure::new(title(all().copied()))
        .caption("Each cell's simulated rate over each analytic one: a lower bound that holds has its points above the diagonal.")
        .setting(data.setting())
        .log_x("analytic rate λ (per unit time)")
        .log_y("simulated rate (per unit time)")
        .note("Cells where both are positive.");
    if data.seeds > 1 {
        figure = figure.note("Medians over the runs of a cell.");
    }
    let every = data.rates.len().div_ceil(MOST_POINTS);
    if every > 1 {
        figure = figure.note(format!("One cell in {every} is drawn."));
    }
    for (label, points, look) in sets {
        figure = figure.points(label, points, look);
    }
    Some(match diagonal[0] < diagonal[1] {
        true => figure.line("simulated = analytic; a bound that holds lies above", diagonal, Look::PREDICTED),
        false => figure,
    })
}

/// At how many points the simulated rate is the smaller one.
fn title(points: impl Iterator<Item = (f64, f64)>) -> String {
    let below = |(analytic, simulated): (f64, f64)| simulated < analytic - Verdict::tolerance_of_bound(analytic);
    let (count, all) = points.fold((0, 0), |(count, all), point| (count + usize::from(below(point)), all + 1));
    format!("The simulated rate is below the analytic one at {count} of {all} points")
}

fn points(data: &Data, of: impl Fn(usize) -> Option<(f64, f64)>) -> Vec<(f64, f64)> {
    let cells = data.rates.len();
    (0..cells)
        .step_by(cells.div_ceil(MOST_POINTS).max(1))
        .filter_map(of)
        .filter(|&(x, y)| x > 0.0 && y > 0.0 && x.is_finite() && y.is_finite())
        .collect()
}
