//! The sections about one folder.

use super::figures::card;
use super::folder::ResultFolder;
use super::html::{Html, head, number, table, tag};
use super::{pictures, settings};
use crate::experiment::{ExperimentKind, Judged};
use crate::plot::Look;
use crate::theory::Verdict;
use rayon::prelude::*;

/// A part of the page: its heading, by which links find it, and what it has.
pub(super) fn part(id: &str, title: &str, inside: impl IntoIterator<Item = Html>) -> Html {
    tag("section").with("id", id).child(tag("h2").text(title)).children(inside)
}

/// A folder's sections, each with the id that a link goes to. Figures stand elsewhere where there are several folders.
pub(super) fn parts(folders: &[ResultFolder], place: usize) -> Vec<(String, String, Html)> {
    let folder = &folders[place];
    let mut parts = Vec::new();
    let of = match folders.len() {
        1 => String::new(),
        _ => format!(" of {}", folder.name),
    };
    let mut add = |id: &str, title: &str, inside: Vec<Html>| {
        let (id, title) = (format!("{id}-{place}"), format!("{title}{of}"));
        let part = part(&id, &title, inside);
        parts.push((id, title, part));
    };
    if !folder.verdicts.is_empty() && folders.len() == 1 {
        add("verdicts", "Verdicts", vec![verdicts(&folder.verdicts)]);
    }
    if !folder.figures.is_empty() && folders.len() == 1 {
        let cards = (0..folder.figures.len()).into_par_iter().map(|index| card(folders, place, index));
        add("figures", "Figures", cards.collect());
    }
    if !folder.pictures.is_empty() {
        add("filters", "Filters", pictures::section(&folder.pictures));
    }
    if let Some(sweep) = &folder.sweep {
        add("sweep", "Sweep", sweep.section(place));
    }
    if !folder.tables.is_empty() || !folder.omitted.is_empty() {
        add("tables", "Tables", tables(folder, place));
    }
    add("scenario", "Scenario", vec![settings::section(&folder.settings)]);
    add("provenance", "Provenance", vec![provenance(folder)]);
    parts
}

/// What was run, and how it ended.
pub(super) fn about(folder: &ResultFolder) -> [Html; 2] {
    let about = ExperimentKind::named(&folder.experiment).map_or("", |kind| kind.about);
    [
        tag("p").child(tag("code").text(&folder.experiment)).rich(format!(" {about}")),
        tag("p").class("end").text(&folder.end),
    ]
}

/// A claim, what is simulated, and why the verdict is what it is.
fn verdicts(all: &[Judged]) -> Html {
    let rows = all.iter().map(|judged| {
        [
            head("").rich(&judged.label).child(tag("small").text(&judged.source)),
            number(judged.claimed).with("data-name", "claimed"),
            number(judged.simulated).with("data-name", "simulated"),
            number(judged.tolerance).with("data-name", "tolerance"),
            tag("td").child(chip(judged.verdict)),
            tag("td").rich(&judged.why).child(tag("small").class("formula").rich(&judged.formula)),
        ]
    });
    table("verdicts", ["claim", "claimed", "simulated", "tolerance", "verdict", "why"], rows)
}

/// A verdict as a word that one sees from afar.
pub(super) fn chip(verdict: Verdict) -> Html {
    tag("span")
        // As in the page's styles.
        .with("class", format!("chip {}", verdict.name().replace(' ', "-")))
        .with("title", verdict.meaning())
        .text(verdict.name())
}

/// How cells of a verdict look, as in maps.
pub(super) fn look(verdict: Verdict) -> Look {
    match verdict {
        Verdict::Holds => Look::HOLDS,
        Verdict::Violated => Look::VIOLATED,
        Verdict::Vacuous => Look::VACUOUS,
        Verdict::NotApplicable => Look::NOT_APPLICABLE,
        Verdict::Untested => Look::UNTESTED,
        Verdict::Undecided => Look::UNDECIDED,
    }
}

/// A place for each table, which scripts fill.
fn tables(folder: &ResultFolder, place: usize) -> Vec<Html> {
    let shown = folder.tables.iter().enumerate().map(|(index, table)| {
        let rows = match table.rows {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        tag("details")
            .class("table")
            .with("data-folder", place.to_string())
            .with("data-table", index.to_string())
            .child(tag("summary").text(format!("{} – {rows}", table.name)))
            .child(
                tag("p")
                    .class("without-scripts")
                    .text("The table needs scripts; the file beside this page has every row."),
            )
    });
    let omitted = folder
        .omitted
        .iter()
        .map(|name| tag("p").text(format!("{name} is too large for a page; it lies in the folder.")));
    shown.chain(omitted).collect()
}

fn provenance(folder: &ResultFolder) -> Html {
    let own = ("folder".to_owned(), folder.path.display().to_string());
    let lines = folder.provenance.iter().chain([&own]);
    let rows = lines.map(|(key, value)| [head(key), tag("td").child(tag("code").text(value))]);
    table("provenance", ["", ""], rows)
}
