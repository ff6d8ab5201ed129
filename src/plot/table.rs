//! A figure as a table: a row for each thing that is drawn, for whoever draws it with other tools.

use super::axes::Axis;
use super::figure::{Figure, Mark, Panel, Series};
use crate::output::Cell::{Empty, Number};
use crate::output::{Cell, Column, Table};

/// What stands in a row behind panel, series and mark: x, y, low, high and value.
type Entry = [Cell; 5];

impl Figure {
    /// Columns of [`Figure::table`], in the units of the axes.
    pub fn table_columns() -> Vec<Column> {
        vec![
            Column::text("panel", "title of the panel; empty for the only one"),
            Column::text("series", "as in the key"),
            Column::text("mark", "what is drawn at each row"),
            Column::number("x", "", "of the horizontal axis; empty for a level"),
            Column::number("y", "", "of the vertical axis; empty for a divider"),
            Column::number("low", "", "of a band or a whisker"),
            Column::number("high", "", "of a band or a whisker"),
            Column::number("value", "", "of a cell that is shown as a colour"),
            Column::number("frame", "", "where points move: value of the slider"),
        ]
    }

    /// All that is drawn, with all digits: a row for each point, each place of a band, each cell of a map; two for each
    /// piece of a contour; of points that move a row for each in each frame. What is no number is empty.
    pub fn table(&self) -> Table<'_> {
        let rows = self.panels.iter().flat_map(|panel| self.rows(panel));
        Table::new("figure.csv", Self::table_columns(), rows)
    }

    /// How many rows [`Figure::table`] has.
    pub fn table_len(&self) -> usize {
        let of_series = |series: &Series| {
            let frames = self.frames.as_ref().map_or(0, |frames| frames.values.len());
            let earlier = series.earlier.iter().take(frames).map(Vec::len);
            earlier.sum::<usize>() + series.mark.len()
        };
        self.panels.iter().flat_map(|panel| &panel.series).map(of_series).sum()
    }

    fn rows<'a>(&'a self, panel: &'a Panel) -> impl Iterator<Item = Vec<Cell>> + 'a {
        panel.series.iter().flat_map(move |series: &'a Series| {
            let first = [&panel.title[..], &series.label, series.mark.name()];
            let entries = self.moving_entries(series).into_iter();
            entries.map(move |(entry, frame)| {
                let first = first.map(Cell::from).into_iter();
                first.chain(entry).chain([frame.into()]).collect()
            })
        })
    }

    /// Of all frames, where a series has several, each with its frame.
    fn moving_entries(&self, series: &Series) -> Vec<(Entry, Option<f64>)> {
        let last = self.entries(&series.mark).into_iter();
        let (Some(frames), false) = (&self.frames, series.earlier.is_empty()) else {
            return last.map(|entry| (entry, None)).collect();
        };
        let earlier = series.earlier.iter().zip(&frames.values);
        let earlier = earlier.flat_map(|(points, &frame)| points.iter().map(move |at| (point(at), Some(frame))));
        earlier.chain(last.map(|entry| (entry, frames.values.last().copied()))).collect()
    }

    fn entries(&self, mark: &Mark) -> Vec<Entry> {
        match mark {
            Mark::Line(points) | Mark::Points(points) => points.iter().map(point).collect(),
            Mark::Band(spans) | Mark::Whiskers(spans) => spans.iter().map(span).collect(),
            Mark::Level(y) => vec![[Empty, Number(*y), Empty, Empty, Empty]],
            Mark::Divider(x) => vec![[Number(*x), Empty, Empty, Empty, Empty]],
            Mark::Cells(cells) => cells.iter().map(|&cell| self.cell(cell, Empty)).collect(),
            Mark::Heat(values, _) => {
                let known = values.iter().enumerate().filter(|(_, x)| !x.is_nan());
                known.map(|(cell, &x)| self.cell(cell, Number(x))).collect()
            }
            Mark::Pieces(pieces) => pieces.iter().flatten().map(point).collect(),
        }
    }

    /// Of a map's cell.
    fn cell(&self, cell: usize, value: Cell) -> Entry {
        let columns = self.x.cells.len().max(1);
        [place(&self.x, cell % columns), place(&self.y, cell / columns), Empty, Empty, value]
    }
}

/// By its name where it has one.
fn place(axis: &Axis, at: usize) -> Cell {
    match axis.names.get(at) {
        Some(name) => Cell::Text(name.clone()),
        None => axis.cells.get(at).copied().into(),
    }
}

fn point(&(x, y): &(f64, f64)) -> Entry {
    [Number(x), Number(y), Empty, Empty, Empty]
}

fn span(&(x, low, high): &(f64, f64, f64)) -> Entry {
    [Number(x), Empty, Number(low), Number(high), Empty]
}

impl Mark {
    /// How many entries it has.
    fn len(&self) -> usize {
        match self {
            Self::Line(points) | Self::Points(points) => points.len(),
            Self::Band(spans) | Self::Whiskers(spans) => spans.len(),
            Self::Level(_) | Self::Divider(_) => 1,
            Self::Cells(cells) => cells.len(),
            Self::Heat(values, _) => values.iter().filter(|x| !x.is_nan()).count(),
            Self::Pieces(pieces) => pieces.as_flattened().len(),
        }
    }

    /// As figures that serialise have it.
    fn name(&self) -> &'static str {
        match self {
            Self::Line(_) => "line",
            Self::Points(_) => "points",
            Self::Band(_) => "band",
            Self::Whiskers(_) => "whiskers",
            Self::Level(_) => "level",
            Self::Divider(_) => "divider",
            Self::Cells(_) => "cells",
            Self::Heat(..) => "heat",
            Self::Pieces(_) => "pieces",
        }
    }
}
