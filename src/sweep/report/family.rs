//! `rates.svg` of a sweep over one axis: every rate as a line over it.

use super::axis;
use super::data::Data;
use crate::measure::Span;
use crate::plot::{Figure, Look, Scale};
use crate::sweep::record::Experiment;

/// The chart; `None` unless exactly one axis of numbers changes.
pub fn chart(data: &Data) -> Option<Figure> {
    let [free] = data.free_axes()[..] else {
        return None;
    };
    let axis = &data.axes[free];
    let x = axis.numbers().filter(|x| x.len() > 1)?;
    let mut cells: Vec<usize> = (0..data.rates.len()).collect();
    cells.sort_by_key(|&cell| axis.places[cell]);
    // Rates that are not positive are no place on the axis: their lines end.
    let over = |of: &dyn Fn(usize) -> Option<Span>| -> Vec<(f64, Span)> {
        let at = |&cell: &usize| Some((x[axis.places[cell] as usize], of(cell)?));
        let known = cells.iter().filter_map(at);
        known
            .filter(|(_, span)| span.median > 0.0 && span.median.is_finite())
            .collect()
    };
    let title = format!("Rates over one axis. {}", data.title());
    let name = axis::name(&axis.key);
    let figure = match axis.scale() {
        Scale::Linear => Figure::new(title).x(name),
        Scale::Log => Figure::new(title).log_x(name),
    };
    let mut figure = figure
        .caption("Every rate over the axis of the sweep, simulated and claimed.")
        .log_y("rate λ (per unit time)")
        .note("Lines end where a bound is vacuous.");
    if data.seeds > 1 {
        figure = figure.note("Medians over the runs; bands from the least to the greatest.");
    }
    let mut any = false;
    let mut add = |figure: Figure, name: &str, look: Look, of: &dyn Fn(usize) -> Option<Span>| {
        let points = over(of);
        any |= points.len() > 1;
        if points.len() > 1 {
            figure.spread(name, &points, look)
        } else {
            figure
        }
    };
    for (place, bound) in data.bounds.iter().enumerate() {
        if bound.name != "printed" {
            let value = |cell: usize| data.rates[cell][place].value;
            figure = add(figure, bound.label, Look::of_rate(bound.name), &value);
        }
    }
    let extra = |name: &'static str| move |cell: usize| data.extra(cell, name);
    figure = match data.experiment {
        Experiment::Theorem4 => {
            let figure = add(
                figure,
                "fitted slowest mode",
                Look::SAMPLED,
                &extra("fitted"),
            );
            add(
                figure,
                "simulated: worst along the run",
                Look::SIMULATED,
                &extra("worst"),
            )
        }
        Experiment::Theorem5 => {
            let simulated = |cell: usize| data.rates[cell][0].simulated;
            let figure = add(figure, "exact", Look::of_rate("exact"), &extra("exact"));
            let figure = add(
                figure,
                "fitted V_u → V*",
                Look::SAMPLED,
                &extra("v_u_fitted"),
            );
            add(
                figure,
                "simulated: weighted norm",
                Look::SIMULATED,
                &simulated,
            )
        }
    };
    any.then_some(figure)
}
