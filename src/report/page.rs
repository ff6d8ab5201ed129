//! The page as a whole: policy, styles, contents, data, scripts.

use super::encode::source;
use super::figures::is_live;
use super::folder::ResultFolder;
use super::html::{Html, document, json, tag};
use super::pack::Packed;
use super::{compare, live, run};
use crate::plot::Figure;
use crate::theory::Verdict;
use rayon::prelude::*;
use serde::Serialize;

/// Everything that is seen.
const STYLES: [&str; 2] = [include_str!("assets/uplot/uPlot.min.css"), include_str!("assets/page.css")];

/// uPlot, under its licence.
const PLOTTING: &str =
    concat!("/*\n", include_str!("assets/uplot/LICENSE"), "*/\n", include_str!("assets/uplot/uPlot.iife.min.js"));

/// The page's own scripts share one scope, each before those that build on it.
const SCRIPTS: [&str; 10] = [
    include_str!("assets/base.js"),
    include_str!("assets/ticks.js"),
    include_str!("assets/legend.js"),
    include_str!("assets/chart.js"),
    include_str!("assets/edge.js"),
    include_str!("assets/zoom.js"),
    include_str!("assets/map.js"),
    include_str!("assets/table.js"),
    include_str!("assets/sweep.js"),
    include_str!("assets/main.js"),
];

/// What the scripts find.
#[derive(Serialize)]
struct Data<'a> {
    folders: Vec<FolderData<'a>>,
    verdicts: Vec<VerdictData>,
    /// Columns of a figure's table.
    columns: Vec<String>,
}

#[derive(Serialize)]
struct FolderData<'a> {
    name: &'a str,
    figures: Vec<FigureData<'a>>,
    tables: &'a [Packed],
    sweep: Option<super::sweep::Shown<'a>>,
}

#[derive(Serialize)]
struct FigureData<'a> {
    name: &'a str,
    /// None where it is too large for a page.
    figure: Option<&'a Figure>,
}

#[derive(Serialize)]
struct VerdictData {
    name: &'static str,
    meaning: &'static str,
    look: crate::plot::Look,
}

/// The page about these folders, at least one.
pub fn page(folders: &[ResultFolder]) -> String {
    written(folders, None)
}

/// The same, which asks whoever serves it whether this is still its version, if it has one.
pub(super) fn written(folders: &[ResultFolder], version: Option<&str>) -> String {
    let scripts = format!("(() => {{\"use strict\";\n{}}})();", SCRIPTS.concat());
    let styles = STYLES.concat();
    let parts = || {
        let of_folders = (0..folders.len()).into_par_iter().flat_map_iter(|place| run::parts(folders, place));
        let of_folders: Vec<_> = of_folders.collect();
        compare::parts(folders).into_iter().chain(of_folders).collect::<Vec<_>>()
    };
    let (parts, data) = rayon::join(parts, || data(folders));
    let links = parts.iter().map(|(id, title, _)| tag("a").with("href", format!("#{id}")).text(title));
    let nav = tag("nav").with("aria-label", "Sections").children(links);
    let header = tag("header").child(tag("h1").text(title(folders)));
    let header = match folders {
        [one] => header.children(run::about(one)),
        _ => header,
    };
    let main = tag("main").children(parts.into_iter().map(|(_, _, part)| part));
    let body = tag("body")
        .child(header)
        .child(nav)
        .child(main)
        .children(data)
        .child(tag("script").raw(PLOTTING))
        .child(tag("script").raw(&scripts))
        .children(version.map(|_| tag("script").raw(live::SCRIPT)));
    let viewport = tag("meta").with("name", "viewport").with("content", "width=device-width, initial-scale=1");
    let title = tag("title").text(format!("{} – luckflow", title(folders)));
    let head = [viewport].into_iter().chain(version.map(live::mark)).chain([title, tag("style").raw(&styles)]);
    document(&policy(&styles, &scripts, version), head, body)
}

fn title(folders: &[ResultFolder]) -> String {
    match folders {
        [one] => one.name.clone(),
        many => format!("{} results", many.len()),
    }
}

/// Nothing is loaded, no script runs but the page's own; one that is served asks for its version.
fn policy(styles: &str, scripts: &str, version: Option<&str>) -> String {
    let asks = version.map_or(String::new(), |_| format!(" {}; connect-src 'self'", source(live::SCRIPT)));
    format!(
        "default-src 'none'; script-src {} {}{asks}; style-src {}; img-src data: blob:; base-uri 'none'; form-action 'none'",
        source(PLOTTING),
        source(scripts),
        source(styles),
    )
}

/// Blocks of data, which no browser runs.
fn data(folders: &[ResultFolder]) -> Vec<Html> {
    let data = Data {
        folders: folders.iter().map(of_folder).collect(),
        verdicts: Verdict::ALL
            .map(|verdict| VerdictData {
                name: verdict.name(),
                meaning: verdict.meaning(),
                look: run::look(verdict),
            })
            .into(),
        columns: Figure::table_columns().into_iter().map(|column| column.name.into_owned()).collect(),
    };
    let mut blocks = vec![tag("script").with("type", "application/json").with("id", "data").raw(&json(&data))];
    let mut block = |id: String, packed: &Packed| {
        let script = tag("script").with("type", "text/plain").with("id", id);
        blocks.push(script.raw(&packed.data));
    };
    for (place, folder) in folders.iter().enumerate() {
        if let Some(data) = folder.sweep.as_ref().and_then(|sweep| sweep.data.as_ref()) {
            block(format!("cells-{place}"), data);
        }
        for (index, table) in folder.tables.iter().enumerate() {
            block(format!("table-{place}-{index}"), table);
        }
    }
    blocks
}

fn of_folder(folder: &ResultFolder) -> FolderData<'_> {
    FolderData {
        name: &folder.name,
        figures: folder
            .figures
            .iter()
            .map(|(name, figure)| FigureData {
                name,
                figure: Some(figure).filter(|figure| is_live(figure)),
            })
            .collect(),
        tables: &folder.tables,
        sweep: folder.sweep.as_ref().and_then(|sweep| sweep.shown()),
    }
}
