//! `epochs.csv`, `nodes.csv`, networks, and for each variant ρ̄, ranks and fan-out norms as figures.

use super::{DeepTraining, EpochRow, Outcome, TrainingRun, at_end, confusion, figures};
use crate::experiment::deep::TEACHER;
use crate::experiment::deep::report::{ending, heading, median};
use crate::experiment::deep::start::STUDENT;
use crate::experiment::{Levels, Reading, Report, ResultFile, View};
use crate::network::deep::write_tensors;
use crate::output::{self, terminal};
use crate::plot::Figure;
use crate::plot::number::short;
use ndarray::Array2;
use std::fmt::Write as _;
use std::io;

/// `fan_out.l` and `correlation.l` (epochs + 1 × nodes) of each hidden layer l.
fn histories(run: &TrainingRun) -> Vec<(String, Array2<f32>)> {
    let both = [("fan_out", &run.fan_out), ("correlation", &run.correlation)];
    let layer = |l: usize| {
        both.map(|(name, of)| {
            let number = |(epoch, node): (usize, usize)| of[epoch][l][node] as f32;
            let shape = (of.len(), of[0][l].len());
            (format!("{name}.{l}"), Array2::from_shape_fn(shape, number))
        })
    };
    (0..run.fan_out[0].len()).flat_map(layer).collect()
}

fn epochs(outcome: &Outcome) -> output::Table<'_> {
    let depth = outcome.scenario.base.depth();
    type Field<'a> = Reading<(&'a TrainingRun, &'a EpochRow)>;
    let mut readings = vec![
        Field::text("label", "which training", |(run, _)| run.label.clone()),
        Field::count("width", "of hidden layers, in units of the teacher's", |(run, _)| run.variant.width),
        Field::text("batch_norm", "where batch normalisation stands", |(run, _)| {
            run.variant.batch_norm.map_or("none".into(), |norm| format!("{:?}", norm.place))
        }),
        Field::number("deviation", "", "σ of an input that is drawn", |(run, _)| run.variant.deviation),
        Field::count("seed", "of the training", |(run, _)| run.seed),
        Field::count("epoch", "epochs done", |(_, row)| row.epoch),
        Field::number("training_loss", "", "mean loss before each step", |(_, row)| row.training_loss),
        Field::number("held_out_loss", "", "on held-out samples", |(_, row)| row.held_out.loss),
        Field::number("accuracy", "", "of classes, on held-out samples", |(_, row)| row.held_out.accuracy),
    ];
    let rank = "mean rank of the final winners, as a part of the nodes, in layer";
    readings.extend(Field::numbered("rho", depth, "", "ρ̄ of layer", |(_, row), l| row.rho[l]));
    readings.extend(Field::numbered("rank", depth, "", rank, |(_, row), l| row.rank[l]));
    let rows = outcome.runs.iter().flat_map(|run| run.rows.iter().map(move |row| (run, row)));
    output::Table::of("epochs.csv", readings, rows)
}

fn nodes(outcome: &Outcome) -> output::Table<'_> {
    type Field<'a> = Reading<(&'a TrainingRun, usize, usize)>;
    let readings = vec![
        Field::text("label", "which training", |(run, ..)| run.label.clone()),
        Field::count("layer", "hidden layer, from the bottom", |(_, l, _)| l + 1),
        Field::count("node", "student node, from 1", |(.., j)| j + 1),
        Field::number("fan_out_start", "", "‖v‖ at the start", |(run, l, j)| run.fan_out[0][*l][*j]),
        Field::number("fan_out", "", "‖v‖ at the end", |(run, l, j)| at_end(&run.fan_out)[*l][*j]),
        Field::number("correlation", "", "with the best teacher node at the end", |(run, l, j)| {
            at_end(&run.correlation)[*l][*j]
        }),
    ];
    let runs = outcome.runs.iter();
    let layers = runs.flat_map(|run| at_end(&run.fan_out).iter().enumerate().map(move |layer| (run, layer)));
    let rows = layers.flat_map(|(run, (l, nodes))| (0..nodes.len()).map(move |j| (run, l, j)));
    output::Table::of("nodes.csv", readings, rows)
}

impl Report for DeepTraining {
    const VIEW: View = View::of_levels(
        "Deep training",
        &[
            Levels {
                name: "loss",
                title: "Held-out loss after training",
                caption: "The held-out loss at the end of the trainings.",
                label: "held-out loss",
                columns: &[("held_out_loss", "held-out loss")],
                alive: None,
                absent: None,
            },
            Levels {
                name: "correlation",
                title: "Teacher nodes found",
                caption: "How well the student's nodes correlate with the teacher's at the end.",
                label: "mean best correlation ρ̄",
                columns: &[
                    ("rho_lowest", "lowest layer"),
                    ("rho_highest", "highest hidden layer"),
                    ("rho_mean", "mean over layers"),
                ],
                alive: None,
                absent: None,
            },
        ],
    );

    /// What a sweep keeps: medians over all trainings of a scenario.
    fn columns() -> Vec<Reading<Outcome>> {
        let median = |name, meaning, of: fn(&TrainingRun) -> f64| {
            Reading::number(name, "", meaning, move |o: &Outcome| median(o.runs.iter().map(of)))
        };
        fn mean(values: &[f64]) -> f64 {
            values.iter().sum::<f64>() / values.len() as f64
        }
        vec![
            Reading::count("trainings", "of which these are medians", |o: &Outcome| o.runs.len()),
            median("epochs", "epochs done", |run| run.last.epoch as f64),
            median("parameters", "of the student", |run| run.parameters as f64),
            median("held_out_loss_start", "at the start", |run| run.start.held_out.loss),
            median("held_out_loss", "at the end", |run| run.last.held_out.loss),
            median("accuracy", "of classes at the end", |run| run.last.held_out.accuracy.unwrap_or(f64::NAN)),
            median("rho_lowest", "ρ̄ of the lowest layer", |run| run.last.rho[0]),
            median("rho_highest", "ρ̄ of the highest hidden layer", |run| run.last.rho[run.last.rho.len() - 1]),
            median("rho_mean", "ρ̄, mean over layers", |run| mean(&run.last.rho)),
            median("rank_at_start", "winners' rank, mean over layers", |run| mean(&run.start.rank)),
        ]
    }

    /// A line per variant: medians over the seeds.
    fn table(outcome: &Outcome) -> String {
        let base = &outcome.scenario.base;
        let depth = base.depth();
        let mut header = vec!["student".to_owned(), "held-out loss".to_owned()];
        header.extend((1..=depth).map(|l| format!("ρ̄ {l}")));
        header.push("winners' rank at the start".into());
        let mut table = terminal::table(header, []);
        for variant in outcome.scenario.variants() {
            let over = |figure: &dyn Fn(&TrainingRun) -> f64| {
                median(outcome.of(variant).map(figure)).map_or("–".into(), short)
            };
            let mut row = vec![variant.words(), over(&|run| run.last.held_out.loss)];
            row.extend((0..depth).map(|l| over(&|run| run.last.rho[l])));
            let ranks = |run: &TrainingRun| 100.0 * run.rows[0].rank.iter().sum::<f64>() / depth as f64;
            row.push(format!("{} %", over(&ranks)));
            table.add_row(row);
        }
        format!(
            "{}: {}, {} samples, {} epochs, batch {}, {} seed(s)\n{table}\n{}{}",
            base.name,
            heading(&base.teacher),
            base.data.samples,
            base.training.epochs,
            base.training.training.batch,
            base.seeds,
            remarks(outcome),
            ending(outcome),
        )
    }

    fn tables(outcome: &Outcome) -> Vec<output::Table<'_>> {
        let mut tables = vec![epochs(outcome), nodes(outcome)];
        tables.extend(confusion::table(outcome));
        tables
    }

    fn figures(outcome: &Outcome) -> Vec<(String, Figure)> {
        let mut drawn = Vec::new();
        let variants = outcome.scenario.variants();
        for &variant in &variants {
            let Some(first) = outcome.of(variant).next() else {
                continue;
            };
            let folder = match variants.len() {
                1 => String::new(),
                _ => first.label.trim_end_matches(&format!("-seed{}", first.seed)).to_owned() + "/",
            };
            for (name, chart) in [
                ("correlation", figures::correlation(outcome, variant)),
                ("rank", figures::rank(outcome, variant)),
                ("fan-out", figures::fan_out(outcome, first)),
            ] {
                drawn.push((format!("{folder}{name}"), chart));
            }
            let matrix = confusion::figure(outcome, variant);
            drawn.extend(matrix.map(|chart| (format!("{folder}confusion"), chart)));
        }
        drawn.extend(figures::comparisons(outcome));
        drawn
    }

    fn files(outcome: &Outcome) -> Vec<ResultFile<'_>> {
        let file = |run: &'_ TrainingRun| {
            let networks = [(TEACHER, &run.teacher), (STUDENT, &run.student)];
            let bytes = write_tensors(&networks, &histories(run), &[]);
            let bytes = bytes.map_err(io::Error::other);
            let name = format!("students/{}.safetensors", run.label);
            ResultFile::new(name, move |out| out.write_all(&bytes?))
        };
        let pictures = outcome.runs.iter().flat_map(|run| {
            run.pictures.iter().map(|picture| {
                let name = format!("students/{}/{}.png", run.label, picture.name);
                let file = ResultFile::new(name, move |out| picture.mosaic.write(out));
                file.captioned(&picture.caption)
            })
        });
        outcome.runs.iter().map(file).chain(pictures).collect()
    }
}

/// What is to be said of teachers, and of nodes that are constant.
fn remarks(outcome: &Outcome) -> String {
    let (depth, mut text) = (outcome.scenario.base.depth(), String::new());
    for teacher in &outcome.teachers {
        let accuracy = 100.0 * teacher.held_out.accuracy.unwrap_or(f64::NAN);
        let _ = writeln!(
            text,
            "Teacher of seed {}: {accuracy:.1} % of {} held-out images are classified rightly after {} epochs of its own.",
            teacher.seed, outcome.scenario.base.data.held_out, teacher.epochs
        );
    }
    let dead: Vec<usize> =
        (0..depth).map(|l| outcome.runs.iter().map(|run| run.silent_student_nodes[l]).sum()).collect();
    if dead.iter().any(|&count| count > 0) {
        let _ = writeln!(
            text,
            "Student nodes, over all runs, that are dead at the end, constant on the held-out samples: {} from the bottom.",
            dead.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
        );
    }
    let silent: usize = outcome.runs.iter().flat_map(|run| &run.silent).sum();
    if silent > 0 {
        let _ = writeln!(
            text,
            "{silent} teacher nodes, over all runs, are constant on the held-out samples and not counted in ρ̄."
        );
    }
    text
}
