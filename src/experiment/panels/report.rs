//! What the panels leave behind: a table, `summary.json`, `nodes.csv` and `panels.svg`.

use crate::experiment::panels::Panels;
use crate::experiment::panels::figures::figure;
use crate::experiment::panels::{Outcome, Panel, Spread};
use crate::output::{Folder, FolderError, Provenance};
use crate::plot::number::short;
use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use serde::Serialize;
use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

/// Writes all files, each whole or not at all, and gives their paths.
pub fn write(
    outcome: &Outcome,
    folder: &Folder,
    provenance: &Provenance,
) -> Result<Vec<PathBuf>, FolderError> {
    Ok(vec![
        folder.write("nodes.csv", |out| write_nodes(outcome, out))?,
        folder.write_json("summary.json", &Summary::new(outcome, provenance))?,
        folder.write("panels.svg", |out| {
            out.write_all(figure(outcome).to_svg().as_bytes())
        })?,
    ])
}

/// students, signal_w, signal_v, seed, node, part (u or r), start, end: a row per run and node.
fn write_nodes(outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "students", "signal_w", "signal_v", "seed", "node", "part", "start", "end",
    ])?;
    for panel in &outcome.panels {
        for run in &panel.runs {
            for (node, (start, end)) in run.start.iter().zip(&run.end).enumerate() {
                csv.write_record([
                    panel.students.to_string(),
                    panel.signal[0].to_string(),
                    panel.signal[1].to_string(),
                    run.seed.to_string(),
                    (node + 1).to_string(),
                    if node < outcome.nodes { "u" } else { "r" }.to_owned(),
                    format!("{start:e}"),
                    format!("{end:e}"),
                ])?;
            }
        }
    }
    csv.flush()
}

#[derive(Serialize)]
struct Summary<'a> {
    experiment: &'static str,
    scenario: &'a Panels,
    provenance: &'a Provenance,
    panels: Vec<PanelFigures>,
    seconds: f64,
}

#[derive(Serialize)]
struct PanelFigures {
    students: usize,
    signal: [f64; 2],
    /// Norms of the fan-out at the end: of u and of r.
    u: Option<Figures>,
    r: Option<Figures>,
    loss_start: f64,
    loss_end: f64,
    largest_angle: f64,
    ends: Vec<String>,
}

#[derive(Serialize)]
struct Figures {
    mean: f64,
    least: f64,
    greatest: f64,
}

impl From<Spread> for Figures {
    fn from(spread: Spread) -> Self {
        Self {
            mean: spread.mean,
            least: spread.least,
            greatest: spread.greatest,
        }
    }
}

impl<'a> Summary<'a> {
    fn new(outcome: &'a Outcome, provenance: &'a Provenance) -> Self {
        let figures = |panel: &Panel| {
            let mean = |f: &dyn Fn(&crate::experiment::panels::Run) -> f64| {
                panel.runs.iter().map(f).sum::<f64>() / panel.runs.len() as f64
            };
            PanelFigures {
                students: panel.students,
                signal: panel.signal,
                u: panel.group(0..outcome.nodes).map(Figures::from),
                r: panel
                    .group(outcome.nodes..panel.students)
                    .map(Figures::from),
                loss_start: mean(&|run| run.loss[0]),
                loss_end: mean(&|run| run.loss[1]),
                largest_angle: mean(&|run| run.largest_angle),
                ends: panel
                    .runs
                    .iter()
                    .map(|run| run.reason.to_string())
                    .collect(),
            }
        };
        Self {
            experiment: "fan-out-panels",
            scenario: &outcome.scenario,
            provenance,
            panels: outcome.panels.iter().map(figures).collect(),
            seconds: outcome.seconds,
        }
    }
}

/// A line per panel.
pub fn table(outcome: &Outcome) -> String {
    let base = &outcome.scenario.base;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: m = {}, d = {}, {} seeds, V {}",
        base.name,
        outcome.nodes,
        base.teacher.input_dim.unwrap_or_default(),
        outcome.scenario.seeds,
        if base.normalized_fan_out {
            "with columns of unit norm"
        } else {
            "free"
        },
    );
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "n",
        "signal W, V",
        "‖v‖ of u",
        "‖v‖ of r",
        "largest of r",
        "loss",
    ]);
    for panel in &outcome.panels {
        let mean =
            |spread: Option<Spread>| spread.map_or("–".into(), |spread| short(spread.mean));
        let r = panel.group(outcome.nodes..panel.students);
        let loss = panel.runs.iter().map(|run| run.loss[1]).sum::<f64>() / panel.runs.len() as f64;
        table.add_row([
            panel.students.to_string(),
            format!("{}, {}", short(panel.signal[0]), short(panel.signal[1])),
            mean(panel.group(0..outcome.nodes)),
            mean(r),
            r.map_or("–".into(), |spread| short(spread.greatest)),
            short(loss),
        ]);
    }
    let _ = writeln!(text, "{table}");
    let _ = writeln!(text, "{:.1} s", outcome.seconds);
    text
}
