//! `rates.svg` of a sweep over one axis: every rate as a line over it.

use super::axis;
use super::data::Data;
use crate::measure::Span;
use crate::plot::{Band, Chart, Line, Look, Scale};

/// The chart; `None` unless exactly one axis of numbers changes.
pub fn chart(data: &Data) -> Option<Chart> {
    let [free] = data.free_axes()[..] else {
        return None;
    };
    if data.bounds.is_empty() {
        return None;
    }
    let axis = &data.axes[free];
    let x = axis.numbers()?;
    let mut cells: Vec<usize> = (0..data.rates.len()).collect();
    cells.sort_by_key(|&cell| axis.places[cell]);
    let at = |cell: usize| x[axis.places[cell] as usize];
    let line = |label: String, look: Look, of: &dyn Fn(usize) -> Option<Span>| Line {
        label,
        points: cells
            .iter()
            .filter_map(|&cell| Some((at(cell), of(cell)?.median)))
            .filter(|(_, y)| *y > 0.0 && y.is_finite())
            .collect(),
        look,
    };
    let mut lines = Vec::new();
    for (place, bound) in data.bounds.iter().enumerate() {
        if bound.name != "printed" {
            let look = Look::of_rate(bound.name);
            let value = |cell: usize| data.rates[cell][place].value;
            lines.push(line(bound.label.into(), look, &value));
        }
    }
    let simulated = |cell: usize| match data.kind.name {
        "theorem4" => data.extra(cell, "worst"),
        _ => data.rates[cell].first().and_then(|rate| rate.simulated),
    };
    let (fitted, name) = match data.kind.name {
        "theorem4" => ("fitted", "fitted slowest mode"),
        _ => ("v_u_fitted", "fitted V_u → V*"),
    };
    if data.kind.name == "theorem5" {
        let exact = |cell: usize| data.extra(cell, "exact");
        lines.push(line("exact".into(), Look::of_rate("exact"), &exact));
    }
    lines.push(line(name.into(), Look::SAMPLED, &|cell| {
        data.extra(cell, fitted)
    }));
    let worst = match data.kind.name {
        "theorem4" => "simulated: worst along the run",
        _ => "simulated: weighted norm",
    };
    lines.push(line(worst.into(), Look::SIMULATED, &simulated));
    lines.retain(|line| line.points.len() > 1);
    let band: Vec<(f64, f64, f64)> = cells
        .iter()
        .filter_map(|&cell| Some((at(cell), simulated(cell)?)))
        .filter(|(_, s)| s.least > 0.0 && s.greatest.is_finite())
        .map(|(x, s)| (x, s.least, s.greatest))
        .collect();
    let values = || {
        lines
            .iter()
            .flat_map(|line| &line.points)
            .map(|point| point.1)
    };
    let least = values().reduce(f64::min)?;
    let greatest = values().fold(least, f64::max);
    let (first, last) = (x[0], x[x.len() - 1]);
    (first < last).then(|| Chart {
        title: format!("Rates over one axis. {}", data.title()),
        x_label: axis::name(&axis.key),
        y_label: "rate λ".into(),
        y_unit: "per unit time".into(),
        x_scale: axis.scale(),
        scale: Scale::Log,
        x_range: [first, last],
        y_range: [0.5 * least, 2.0 * greatest],
        bands: (data.seeds > 1 && band.len() > 1)
            .then(|| Band {
                label: "least to greatest over the runs".into(),
                points: band,
                look: Look::SIMULATED,
            })
            .into_iter()
            .collect(),
        lines,
        notes: vec!["Medians over the runs; lines end where a bound is vacuous.".into()],
    })
}
