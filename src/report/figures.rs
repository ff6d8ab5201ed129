//! Figures in a page: as drawn, with their captions; scripts find their data beside.

use super::folder::ResultFolder;
use super::html::{Html, tag};
use crate::plot::Figure;

/// Rows of a figure's table from which on the page has the figure as it is drawn, and not its data: some megabytes.
const MOST_ROWS: usize = 100_000;

/// Whether the page has a figure's data.
pub(super) fn is_live(figure: &Figure) -> bool {
    figure.table_len() <= MOST_ROWS
}

/// A figure's card.
pub(super) fn card(folders: &[ResultFolder], folder: usize, index: usize) -> Html {
    let of = &folders[folder];
    let (name, figure) = &of.figures[index];
    let id = id(folder, index);
    let title = match folders.len() {
        1 => name.clone(),
        _ => format!("{}: {name}", of.name),
    };
    let about = tag("figcaption")
        .child(tag("h3").text(title))
        .child(tag("p").class("title").rich(&figure.title))
        .child(tag("p").rich(&figure.caption));
    // With ids of its own: figures of one run have one title.
    let drawn = tag("div").class("drawn").raw(&figure.to_svg_as(&id));
    let card = tag("figure").with("id", &id);
    match is_live(figure) {
        true => card
            .with("data-folder", folder.to_string())
            .with("data-figure", index.to_string())
            .child(about)
            .child(drawn),
        false => card.child(about).child(drawn).child(
            tag("p")
                .class("note")
                .text(format!("More than {MOST_ROWS} rows of data: they are in figures/{name}.csv.")),
        ),
    }
}

/// What a figure is called in links.
pub(super) fn id(folder: usize, index: usize) -> String {
    format!("figure-{folder}-{index}")
}
