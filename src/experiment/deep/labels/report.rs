//! `epochs.csv`, and figures of what is fitted.

use super::{ImplicitRegularization, LabelRow, LabelRun, Labels, Outcome, figures};
use crate::experiment::deep::report::{ending, heading};
use crate::experiment::{Levels, Reading, Report, View};
use crate::output::{self, terminal};
use crate::plot::Figure;
use crate::plot::number::short;

fn epochs(outcome: &Outcome) -> output::Table<'_> {
    type Field<'a> = Reading<(&'a LabelRun, &'a LabelRow)>;
    let mut readings = vec![
        Field::text("labels", "what they are made of", |(run, _)| run.labels.name()),
        Field::count("seed", "of the training", |(run, _)| run.seed),
        Field::count("epoch", "epochs done", |(_, row)| row.epoch),
        Field::number("training_loss", "", "mean loss before each step", |(_, row)| row.training_loss),
        Field::number("held_out_loss", "", "on held-out samples", |(_, row)| row.held_out_loss),
    ];
    for (i, ordinal) in ["first", "second"].into_iter().enumerate() {
        let [component, fitted] = ["component", "fitted"].map(|name| format!("{name}_{}", i + 1));
        readings.extend([
            Field::text(component, format!("{ordinal} component"), move |(run, _)| {
                run.labels.components().get(i).copied()
            }),
            Field::number(fitted, "", "the part of it that is fitted", move |(_, row)| row.fitted.get(i).copied()),
        ]);
    }
    let rows = outcome.runs.iter().flat_map(|run| run.rows.iter().map(move |row| (run, row)));
    output::Table::of("epochs.csv", readings, rows)
}

impl Report for ImplicitRegularization {
    const VIEW: View = View::of_levels(
        "Implicit regularization",
        &[Levels {
            name: "half-fitted",
            title: "How soon half of the labels is fitted",
            caption: "Epochs until half of each pure kind of labels is fitted.",
            label: "epochs",
            columns: &[
                ("small_epochs_to_half", "small teacher"),
                ("large_epochs_to_half", "large teacher"),
                ("noise_epochs_to_half", "noise"),
            ],
            alive: None,
            absent: None,
        }],
    );

    /// What a sweep keeps: when half of each pure kind of labels is fitted.
    fn columns() -> Vec<Reading<Outcome>> {
        let of = |labels: Labels| {
            let name = labels.name();
            [
                Reading::number(
                    format!("{name}_epochs_to_half"),
                    "epochs",
                    format!("until half of {name} labels is fitted"),
                    move |o: &Outcome| o.finding(labels).and_then(|finding| finding.epochs_to_half[0]),
                ),
                Reading::number(
                    format!("{name}_fitted"),
                    "",
                    format!("the part of {name} labels that is fitted at the end"),
                    move |o: &Outcome| o.finding(labels).map(|finding| finding.fitted[0]),
                ),
            ]
        };
        Labels::PURE.into_iter().flat_map(of).collect()
    }

    /// A line per kind of labels and component: medians over the seeds.
    fn table(outcome: &Outcome) -> String {
        let base = &outcome.scenario.base;
        let mut table = terminal::table(
            ["labels", "component", "half fitted after epochs", "fitted at the end", "held-out loss", "its least"],
            [],
        );
        for finding in &outcome.findings {
            for (i, component) in finding.components.iter().enumerate() {
                let when = finding.epochs_to_half[i];
                table.add_row([
                    finding.labels.clone(),
                    (*component).to_owned(),
                    when.map_or("never".into(), |epochs| format!("{epochs:.1}")),
                    short(finding.fitted[i]),
                    short(finding.held_out_loss),
                    short(finding.least_held_out_loss),
                ]);
            }
        }
        format!(
            "{}: small {}, large teacher {}, student {}, {} samples, {} seed(s)\n{table}\n{}",
            base.name,
            heading(&base.teacher),
            outcome.scenario.large_architecture().widths(),
            outcome.scenario.student_architecture().widths(),
            base.data.samples,
            base.seeds,
            ending(outcome),
        )
    }

    fn tables(outcome: &Outcome) -> Vec<output::Table<'_>> {
        vec![epochs(outcome)]
    }

    fn figures(outcome: &Outcome) -> Vec<(String, Figure)> {
        vec![
            ("fitted".into(), figures::fitted(outcome)),
            ("mixtures".into(), figures::mixtures(outcome)),
            ("held-out".into(), figures::held_out(outcome)),
        ]
    }
}
