//! ρ̄, ranks and fan-out norms of each variant, and what width does.

use crate::experiment::deep::figures::{
    after, correlations, layer, over_epochs, over_seeds, spans,
};
use crate::experiment::deep::report::heading;
use crate::experiment::deep::training::{EpochRow, Outcome, TrainingRun, Variant};
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};

fn title(outcome: &Outcome, what: &str, variant: Variant) -> String {
    format!(
        "{what}: {}, student {}",
        heading(&outcome.scenario.base),
        variant.words()
    )
}

fn over(
    outcome: &Outcome,
    variant: Variant,
    figure: impl Fn(&EpochRow) -> f64,
) -> Vec<(f64, Span)> {
    let runs: Vec<&[EpochRow]> = outcome.of(variant).map(|run| &run.rows[..]).collect();
    spans(&runs, |_, row| (row.epoch as f64, figure(row)))
}

fn depth(outcome: &Outcome) -> usize {
    outcome.scenario.base.teacher.architecture.depth()
}

fn seeds(outcome: &Outcome) -> String {
    over_seeds(outcome.scenario.base.seeds as usize)
}

pub(super) fn correlation(outcome: &Outcome, variant: Variant) -> Figure {
    let figure = correlations(over_epochs(title(outcome, "Teacher nodes found", variant)))
        .caption("How well the student's nodes correlate with the teacher's over the epochs, for each hidden layer.")
        .note("Mean over teacher nodes of the correlation with their best student node, on held-out samples; layer 1 is the lowest.")
        .note(seeds(outcome));
    (0..depth(outcome)).fold(figure, |figure, l| {
        layer(figure, l, &over(outcome, variant, |row| row.rho[l]))
    })
}

pub(super) fn rank(outcome: &Outcome, variant: Variant) -> Figure {
    let figure = over_epochs(title(outcome, "Rank of the final winners", variant))
        .caption("Where the nodes that win in the end stood among all nodes at each epoch, for each hidden layer.")
        .y("rank of the final winner (% of the layer's nodes)")
        .note("Where the student node that is the best at the end stood among all nodes before: 0 % if it was the best then. Mean over teacher nodes.")
        .note(seeds(outcome));
    (0..depth(outcome)).fold(figure, |figure, l| {
        let points = over(outcome, variant, |row| 100.0 * row.rank[l]);
        let first = points.first().map_or(f64::NAN, |(_, span)| span.median);
        let label = format!("layer {}: {} % at the start", l + 1, short(first));
        figure.spread(label, &points, Look::of_series(l))
    })
}

pub(super) fn fan_out(outcome: &Outcome, run: &TrainingRun) -> Figure {
    let figure = Figure::new(title(outcome, "Fan-out and correlation of student nodes", run.variant))
        .caption("Each student node's fan-out norm and its best correlation with a teacher node, layer by layer.")
        .x("norm of the fan-out, ‖vⱼ‖")
        .y("best correlation with a teacher node (1 = a copy)")
        .note(format!("{}, seed {}.", after(run.last.epoch), run.seed));
    let nodes = run.nodes.iter().map(Vec::len).sum();
    let shown = shown_epochs(run.rows.len(), nodes);
    let epochs = shown.iter().map(|&i| run.rows[i].epoch as f64).collect();
    (0..depth(outcome)).fold(figure.frames("epochs", epochs), |figure, l| {
        let digits = |i: usize| {
            if i == run.rows.len() - 1 {
                exact
            } else {
                five_digits
            }
        };
        let at = |&i: &usize| {
            let nodes = run.fan_out[i][l].iter().zip(&run.correlation[i][l]);
            let point = |(&norm, &rho): (&f64, &f64)| (digits(i)(norm), digits(i)(rho));
            nodes.map(point).collect()
        };
        let title = format!("layer {}, {} nodes", l + 1, run.nodes[l].len());
        figure
            .panel(title)
            .moving("student nodes", shown.iter().map(at).collect(), NODES)
    })
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

/// ρ̄ and loss over the width, for each spread and normalisation, where widths are many.
pub(super) fn comparisons(outcome: &Outcome) -> Vec<(String, Figure)> {
    let scenario = &outcome.scenario;
    let mut widths = scenario.student.widths.clone();
    if widths.len() < 2 {
        return Vec::new();
    }
    let mut variants = outcome.variants();
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
        let of = [heading(&scenario.base).as_str(), words].join(", ");
        let of = of.trim_end_matches(", ").to_owned();
        let norm = variant.batch_norm;
        let norm = norm.map_or(String::new(), |norm| {
            format!("-{:?}", norm.place).to_lowercase()
        });
        let suffix = format!("{}{norm}", variant.spread());
        let figure = |what: &str| {
            Figure::new(format!("{what}: {of}"))
                .log_x("width of the student's layers, in units of the teacher's")
                .counted()
                .note(format!(
                    "{}. {}",
                    after(scenario.base.training.epochs),
                    seeds(outcome)
                ))
        };
        let rho = correlations(figure("Over-parameterization")).caption(
            "How well nodes correlate with the teacher's after training, over the student's width.",
        );
        let rho = (0..depth(outcome)).fold(rho, |rho, l| {
            let points = over_widths(&|run| run.last.rho[l]);
            rho.spread(format!("layer {}", l + 1), &points, Look::of_series(l))
        });
        let loss = figure("Held-out loss over width")
            .caption("Held-out loss after training, over the student's width.")
            .log_y("held-out loss (as trained)")
            .spread(
                "held-out loss",
                &over_widths(&|run| run.last.held_out.loss),
                Look::of_series(0),
            );
        [
            (format!("width{suffix}.svg"), rho),
            (format!("width-loss{suffix}.svg"), loss),
        ]
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
        assert!(
            shown
                .windows(2)
                .all(|pair| (3..=4).contains(&(pair[1] - pair[0])))
        );
        assert_eq!(shown_epochs(11, 1_000_000), [0, 10]);
    }

    #[test]
    fn rounding_keeps_five_digits() {
        assert_eq!(
            [0.123_456, 1.0, f64::INFINITY].map(five_digits),
            [0.123_46, 1.0, f64::INFINITY]
        );
        assert!(five_digits(f64::NAN).is_nan());
    }
}
