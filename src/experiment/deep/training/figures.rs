//! ρ̄, ranks and fan-out norms of each variant, and what width does.

use crate::experiment::deep::figures::{
    after, by_layer, correlations, ends, found, layer_name, layers, over_epochs, over_seeds, spans, with_end,
};
use crate::experiment::deep::report::{heading, median};
use crate::experiment::deep::training::{EpochRow, Outcome, TrainingRun, Variant, at_end};
use crate::experiment::seen::{between, change};
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};

pub(super) fn setting(outcome: &Outcome, variant: Variant) -> String {
    let teacher = heading(&outcome.scenario.base.teacher);
    format!("{teacher}, student {}", variant.words())
}

fn over(outcome: &Outcome, variant: Variant, figure: impl Fn(&EpochRow) -> f64) -> Vec<(f64, Span)> {
    let runs: Vec<&[EpochRow]> = outcome.of(variant).map(|run| &run.rows[..]).collect();
    spans(&runs, |_, row| (row.epoch as f64, figure(row)))
}

/// A curve for each hidden layer.
fn of_layers(outcome: &Outcome, variant: Variant, figure: fn(&EpochRow, usize) -> f64) -> Vec<Vec<(f64, Span)>> {
    let depth = outcome.scenario.base.depth();
    (0..depth).map(|l| over(outcome, variant, |row| figure(row, l))).collect()
}

fn seeds(outcome: &Outcome) -> String {
    over_seeds(outcome.scenario.base.seeds as usize)
}

pub(super) fn correlation(outcome: &Outcome, variant: Variant) -> Figure {
    let curves = of_layers(outcome, variant, |row, l| row.rho[l]);
    let figure = correlations(over_epochs(found(&curves)))
        .caption("How well the student's nodes correlate with the teacher's over the epochs, for each hidden layer.")
        .setting(setting(outcome, variant))
        .note("Mean over teacher nodes of the correlation with their best student node, on held-out samples; layer 1 is the lowest.")
        .note(seeds(outcome));
    layers(figure, &curves, with_end)
}

pub(super) fn rank(outcome: &Outcome, variant: Variant) -> Figure {
    let curves = of_layers(outcome, variant, |row, l| 100.0 * row.rank[l]);
    let first = between(by_layer(curves.iter().map(|spans| ends(spans)[0])), " %");
    let figure = over_epochs(format!("At the start {first} of the nodes stood before the final winners"))
        .caption("Where the nodes that win in the end stood among all nodes at each epoch, for each hidden layer.")
        .setting(setting(outcome, variant))
        .y("rank of the final winner (% of the layer's nodes)")
        .note("Where the student node that is the best at the end stood among all nodes before: 0 % if it was the best then. Mean over teacher nodes.")
        .note(seeds(outcome));
    layers(figure, &curves, |l, spans| format!("{}: {} % at the start", layer_name(l), short(ends(spans)[0])))
}

pub(super) fn fan_out(outcome: &Outcome, run: &TrainingRun) -> Figure {
    let [fan_out, correlation] = [&run.fan_out, &run.correlation].map(|seen| at_end(seen));
    let both = fan_out.iter().zip(correlation);
    let better = both.filter(|(norms, best)| larger_correlates_better(norms, best)).count();
    let layers = fan_out.len();
    let title =
        format!("Nodes with the larger fan-outs correlate better with the teacher in {better} of {layers} layers");
    let figure = Figure::new(title)
        .caption("Each student node's fan-out norm and its best correlation with a teacher node, layer by layer. The larger fan-outs are those above the layer's median; they correlate better where the median of their correlations is above that of the others.")
        .setting(setting(outcome, run.variant))
        .x("norm of the fan-out, ‖vⱼ‖")
        .y("best correlation with a teacher node (1 = a copy)")
        .note(format!("{}, seed {}.", after(run.last.epoch), run.seed));
    let nodes = fan_out.iter().map(Vec::len).sum();
    let shown = shown_epochs(run.rows.len(), nodes);
    let epochs = shown.iter().map(|&i| run.rows[i].epoch as f64).collect();
    (0..layers).fold(figure.frames("epochs", epochs), |figure, l| {
        let digits = |i: usize| {
            if i == run.rows.len() - 1 { exact } else { five_digits }
        };
        let at = |&i: &usize| {
            let nodes = run.fan_out[i][l].iter().zip(&run.correlation[i][l]);
            let point = |(&norm, &rho): (&f64, &f64)| (digits(i)(norm), digits(i)(rho));
            nodes.map(point).collect()
        };
        let title = format!("{}, {} nodes", layer_name(l), fan_out[l].len());
        figure.panel(title).moving("student nodes", shown.iter().map(at).collect(), NODES)
    })
}

/// Whether the nodes with fan-outs above their median have the greater median of correlations.
fn larger_correlates_better(fan_out: &[f64], correlation: &[f64]) -> bool {
    let Some(middle) = median(fan_out.iter().copied()) else {
        return false;
    };
    let of = |larger: bool| {
        let nodes = fan_out.iter().zip(correlation);
        median(nodes.filter(|(norm, _)| (**norm > middle) == larger).map(|(_, best)| *best))
    };
    matches!((of(true), of(false)), (Some(larger), Some(others)) if larger > others)
}

/// How a student's nodes look.
const NODES: Look = Look::SAMPLED.sized(5.0);

/// Points of all frames of a scatter, about: a megabyte of a page.
const MOST_POINTS: usize = 50_000;

/// Of records of the start and of all epochs, those that are frames of a scatter of so many nodes: all, or as many as there is
/// room for, evenly spaced, with both ends.
fn shown_epochs(records: usize, nodes: usize) -> Vec<usize> {
    let frames = (MOST_POINTS / nodes.max(1)).clamp(2, records.max(2)) - 1;
    let last = records - 1;
    let mut shown: Vec<usize> = (0..=frames).map(|frame| frame * last / frames).collect();
    shown.dedup();
    shown
}

fn exact(x: f64) -> f64 {
    x
}

/// Enough for what is only looked at.
fn five_digits(x: f64) -> f64 {
    format!("{x:.4e}").parse().unwrap_or(x)
}

/// What a variant's figures over widths are told by, in names of files.
fn suffix(variant: Variant) -> String {
    let norm = variant.batch_norm;
    let norm = norm.map(|norm| format!("-{:?}", norm.place).to_lowercase());
    variant.spread() + &norm.unwrap_or_default()
}

/// ρ̄ and loss over the width, for each spread and normalisation, where widths are many.
pub(super) fn comparisons(outcome: &Outcome) -> Vec<(String, Figure)> {
    let scenario = &outcome.scenario;
    let mut widths = scenario.base.student.widths.clone();
    if widths.len() < 2 {
        return Vec::new();
    }
    let mut variants = scenario.variants();
    variants.retain(|variant| variant.width == widths[0]);
    widths.sort_unstable();
    let both = |variant: Variant| {
        let over_widths = |figure: &dyn Fn(&TrainingRun) -> f64| -> Vec<(f64, Span)> {
            let at = |&width: &usize| {
                let runs = outcome.of(Variant { width, ..variant });
                Some((width as f64, Span::of(runs.map(figure))?))
            };
            widths.iter().filter_map(at).collect()
        };
        let words = variant.words();
        let words = words.split_once(", ").map_or("", |(_, rest)| rest);
        let of = [heading(&scenario.base.teacher).as_str(), words].join(", ");
        let of = of.trim_end_matches(", ").to_owned();
        let suffix = suffix(variant);
        let figure = |title: String, caption: &str| {
            Figure::new(title)
                .caption(caption)
                .setting(&of)
                .log_x("width of the student's layers, in units of the teacher's")
                .counted()
                .note(format!("{}. {}", after(scenario.base.training.epochs), seeds(outcome)))
        };
        let [first, .., last] = widths[..] else {
            return Vec::new();
        };
        let ways = format!("from {first}× to {last}× the width");
        let depth = scenario.base.depth();
        let curves: Vec<_> = (0..depth).map(|l| over_widths(&|run| run.last.rho[l])).collect();
        let rho = correlations(figure(
            format!("{}, {ways}", found(&curves)),
            "How well nodes correlate with the teacher's after training, over the student's width.",
        ));
        let rho = layers(rho, &curves, |l, _| layer_name(l));
        let losses = over_widths(&|run| run.last.held_out.loss);
        let [narrow, wide] = ends(&losses);
        let loss = figure(
            format!("Held-out loss {} {ways}", change(narrow, wide)),
            "Held-out loss after training, over the student's width.",
        )
        .log_y("held-out loss (as trained)")
        .spread("held-out loss", &losses, Look::of_series(0));
        vec![(format!("width{suffix}"), rho), (format!("width-loss{suffix}"), loss)]
    };
    variants.into_iter().flat_map(both).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_epochs_are_frames_as_there_is_room_for() {
        assert_eq!(shown_epochs(41, 700), (0..41).collect::<Vec<_>>());
        assert_eq!(shown_epochs(1, 700), [0]);
        let shown = shown_epochs(41, 3500);
        assert_eq!(shown.len(), MOST_POINTS / 3500);
        assert_eq!((shown[0], shown[13]), (0, 40));
        assert!(shown.windows(2).all(|pair| (3..=4).contains(&(pair[1] - pair[0]))));
        assert_eq!(shown_epochs(11, 1_000_000), [0, 10]);
    }

    #[test]
    fn rounding_keeps_five_digits() {
        assert_eq!([0.123_456, 1.0, f64::INFINITY].map(five_digits), [0.123_46, 1.0, f64::INFINITY]);
        assert!(five_digits(f64::NAN).is_nan());
    }
}
