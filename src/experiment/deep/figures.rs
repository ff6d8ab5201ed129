//! What figures of deep networks have in common.

use crate::experiment::seen::{between, change};
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};

/// A figure over epochs.
pub(super) fn over_epochs(title: impl Into<String>) -> Figure {
    Figure::new(title).x("epochs").counted()
}

/// How long was trained, in words.
pub(super) fn after(epochs: u64) -> String {
    match epochs {
        1 => "After one epoch".into(),
        _ => format!("After {epochs} epochs"),
    }
}

/// With ρ̄ upwards, to where all nodes are found.
pub(super) fn correlations(figure: Figure) -> Figure {
    figure.y("mean best correlation ρ̄ (1 = all found)").y_includes(&[0.9, 1.0])
}

/// What stands for the seeds.
pub(super) fn over_seeds(seeds: usize) -> String {
    match seeds {
        0 | 1 => "One seed.".into(),
        _ => format!("Medians over {seeds} seeds; bands from the least to the greatest."),
    }
}

/// (x, span over the runs), row by row as far as all runs came.
pub(super) fn spans<R>(runs: &[&[R]], of: impl Fn(usize, &R) -> (f64, f64)) -> Vec<(f64, Span)> {
    let rows = runs.iter().map(|run| run.len()).min().unwrap_or(0);
    let at = |i: usize| {
        let values = runs.iter().map(|run| of(i, &run[i]).1);
        Some((of(i, &runs[0][i]).0, Span::of(values)?))
    };
    (0..rows).filter_map(at).collect()
}

/// The first and the last median of a curve.
pub(super) fn ends(spans: &[(f64, Span)]) -> [f64; 2] {
    [spans.first(), spans.last()].map(|end| end.map_or(f64::NAN, |(_, span)| span.median))
}

/// The curves of all hidden layers.
pub(super) fn layers<'a>(
    figure: Figure,
    layers: &'a [Vec<(f64, Span)>],
    label: impl Fn(usize, &'a [(f64, Span)]) -> String,
) -> Figure {
    let layers = layers.iter().enumerate();
    layers.fold(figure, |figure, (l, spans)| figure.spread(label(l, spans), spans, Look::of_series(l)))
}

/// A hidden layer, with what its curve comes to.
pub(super) fn with_end(layer: usize, spans: &[(f64, Span)]) -> String {
    format!("{}: {} at the end", layer_name(layer), short(ends(spans)[1]))
}

/// Counted from 1.
pub(super) fn layer_name(layer: usize) -> String {
    format!("layer {}", layer + 1)
}

/// Values of the layers with their names.
pub(super) fn by_layer(values: impl IntoIterator<Item = f64>) -> impl Iterator<Item = (String, f64)> {
    let layers = values.into_iter().enumerate();
    layers.map(|(layer, value)| (layer_name(layer), value))
}

/// What becomes of ρ̄ along the curves of all layers.
pub(super) fn found(layers: &[Vec<(f64, Span)>]) -> String {
    let ends: Vec<[f64; 2]> = layers.iter().map(|spans| ends(spans)).collect();
    match &ends[..] {
        [[first, last]] => format!("ρ̄ {}", change(*first, *last)),
        _ => {
            let rising = ends.iter().filter(|[first, last]| last > first).count();
            let last = between(by_layer(ends.iter().map(|end| end[1])), "");
            format!("ρ̄ rises in {rising} of {} layers and ends at {last}", ends.len())
        }
    }
}
