//! What figures of deep networks have in common.

use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};

/// A figure over epochs.
pub(super) fn over_epochs(title: String) -> Figure {
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
    figure
        .y("mean best correlation ρ̄ (1 = all found)")
        .y_includes(&[0.9, 1.0])
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

/// The curve of a hidden layer, with what it comes to.
pub(super) fn layer(figure: Figure, layer: usize, spans: &[(f64, Span)]) -> Figure {
    let last = spans.last().map_or(f64::NAN, |(_, span)| span.median);
    let label = format!("layer {}: {} at the end", layer + 1, short(last));
    figure.spread(label, spans, Look::of_series(layer))
}
