//! A figure is data before it is SVG: whoever has one may draw it otherwise.

use super::axes::{Axis, Scale};
use super::size::{Ground, Size};
use super::style::Look;
use super::values;
use crate::measure::Span;
use serde::{Deserialize, Serialize};

/// Points of a curve that is given as a function.
const SAMPLES: usize = 200;

/// What can be drawn: one panel or several that share their axes, horizontal ones perhaps in each row
/// alone, and their key.
///
/// Ends of axes are found from the data, series with one label share their line of the key, and what cannot be drawn —
/// no number, zero on a log axis, off the scale — is left out and named there.
///
/// It serialises with every number that it has, those that are not finite too (NaN as `null`, infinities as `"inf"` and
/// `"-inf"`): read back it draws the same bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Figure {
    /// Above all: what is seen.
    pub title: String,
    /// What is drawn and what was run, in a sentence or two.
    pub caption: String,
    /// Horizontal.
    pub x: Axis,
    /// Vertical.
    pub y: Axis,
    /// Row by row.
    pub panels: Vec<Panel>,
    /// Panels in a row; 0 for as many as look well.
    pub columns: usize,
    /// Sentences at the end of the key.
    pub notes: Vec<String>,
    /// How large it is.
    pub size: Size,
    /// On what.
    #[serde(default)]
    pub ground: Ground,
    /// What a slider goes over, where points move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<Frames>,
}

/// What a slider goes over, where points move: a drawing shows where they end, a page any frame.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Frames {
    /// What it is called, as in "epochs".
    pub label: String,
    /// Its values, ascending; the last is what a drawing shows.
    #[serde(with = "values")]
    pub values: Vec<f64>,
}

/// What shares one frame.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Panel {
    /// Above it; empty for the only panel.
    pub title: String,
    /// In this order, the last on top.
    pub series: Vec<Series>,
    /// In place of a drawing that would say no more.
    pub sentence: Option<String>,
}

/// What has one look and one line of the key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Series {
    /// Text of the key; empty for one that is not in it.
    pub label: String,
    /// How it looks.
    pub look: Look,
    /// What is drawn; of points that move the last of the figure's frames.
    #[serde(flatten)]
    pub mark: Mark,
    /// (x, y) of points that move, in each frame before the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "values")]
    pub earlier: Vec<Vec<(f64, f64)>>,
}

/// What a series consists of, in values of the axes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "mark", content = "data")]
pub enum Mark {
    /// (x, y), joined; NaN makes a gap.
    #[serde(with = "values")]
    Line(Vec<(f64, f64)>),
    /// (x, y), each by itself.
    #[serde(with = "values")]
    Points(Vec<(f64, f64)>),
    /// (x, low, high): the area between two curves.
    #[serde(with = "values")]
    Band(Vec<(f64, f64, f64)>),
    /// (x, low, high): a vertical line for each.
    #[serde(with = "values")]
    Whiskers(Vec<(f64, f64, f64)>),
    /// A horizontal line.
    #[serde(with = "values")]
    Level(f64),
    /// A vertical line.
    #[serde(with = "values")]
    Divider(f64),
    /// Cells of a map, counted row by row from below, that have the look.
    Cells(Vec<usize>),
    /// A number for each cell, shown as a colour on a logarithmic bar; NaN for none. With the ends of the bar.
    Heat(#[serde(with = "values")] Vec<f64>, #[serde(with = "values")] [f64; 2]),
    /// Pieces of a contour.
    #[serde(with = "values")]
    Pieces(Vec<[(f64, f64); 2]>),
}

impl Figure {
    /// Nothing yet, under a title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// What is drawn, in a sentence or two.
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = caption.into();
        self
    }

    /// What was run, as the caption's last sentence.
    pub fn setting(mut self, setting: impl std::fmt::Display) -> Self {
        let space = if self.caption.is_empty() { "" } else { " " };
        self.caption += &format!("{space}Setting: {setting}.");
        self
    }

    /// What the horizontal axis is called, with its unit in parentheses.
    pub fn x(mut self, label: impl Into<String>) -> Self {
        self.x.label = label.into();
        self
    }

    /// What the vertical axis is called.
    pub fn y(mut self, label: impl Into<String>) -> Self {
        self.y.label = label.into();
        self
    }

    /// A logarithmic horizontal axis.
    pub fn log_x(mut self, label: impl Into<String>) -> Self {
        self.x.scale = Scale::Log;
        self.x(label)
    }

    /// A logarithmic vertical axis.
    pub fn log_y(mut self, label: impl Into<String>) -> Self {
        self.y.scale = Scale::Log;
        self.y(label)
    }

    /// The horizontal axis counts: only whole numbers have ticks.
    pub fn counted(mut self) -> Self {
        self.x.whole = true;
        self
    }

    /// The horizontal axis of each row of panels ends where its data do.
    pub fn x_by_row(mut self) -> Self {
        self.x.by_row = true;
        self
    }

    /// Both axes as they are.
    pub fn axes(self, x: Axis, y: Axis) -> Self {
        Self { x, y, ..self }
    }

    /// Ends of the vertical axis in place of those of the data. What lies beyond is cut off.
    pub fn y_range(mut self, range: [f64; 2]) -> Self {
        self.y.range = Some(range);
        self
    }

    /// Values that the vertical axis reaches to whatever the data are.
    pub fn y_includes(mut self, values: &[f64]) -> Self {
        self.y.include.extend(values);
        self
    }

    /// How large it is.
    pub fn size(self, size: Size) -> Self {
        Self { size, ..self }
    }

    /// On what it is drawn.
    pub fn on(self, ground: Ground) -> Self {
        Self { ground, ..self }
    }

    /// Panels in a row.
    pub fn columns(self, columns: usize) -> Self {
        Self { columns, ..self }
    }

    /// What follows is in a panel of its own.
    pub fn panel(mut self, title: impl Into<String>) -> Self {
        self.panels.push(Panel {
            title: title.into(),
            ..Panel::default()
        });
        self
    }

    /// A sentence in place of what the panel has.
    pub fn sentence(mut self, sentence: impl Into<String>) -> Self {
        self.last().sentence = Some(sentence.into());
        self
    }

    /// A sentence at the end of the key.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Something that is drawn, in the panel begun last.
    pub fn series(mut self, label: impl Into<String>, mark: Mark, look: Look) -> Self {
        let label = label.into();
        self.last().series.push(Series {
            label,
            look,
            mark,
            earlier: Vec::new(),
        });
        self
    }

    fn last(&mut self) -> &mut Panel {
        if self.panels.is_empty() {
            self.panels.push(Panel::default());
        }
        self.panels.last_mut().expect("there is one")
    }

    /// A curve through points.
    pub fn line(self, label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>, look: Look) -> Self {
        self.series(label, Mark::Line(points.into_iter().collect()), look)
    }

    /// A curve that is a function, between two values of x.
    pub fn curve(self, label: impl Into<String>, [from, to]: [f64; 2], of: impl Fn(f64) -> f64, look: Look) -> Self {
        let at = |i: usize| from + (to - from) * i as f64 / SAMPLES as f64;
        self.line(label, (0..=SAMPLES).map(|i| (at(i), of(at(i)))), look)
    }

    /// Points by themselves.
    pub fn points(self, label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>, look: Look) -> Self {
        self.series(label, Mark::Points(points.into_iter().collect()), look)
    }

    /// What a slider goes over.
    pub fn frames(mut self, label: impl Into<String>, values: Vec<f64>) -> Self {
        let label = label.into();
        self.frames = Some(Frames { label, values });
        self
    }

    /// Points that move: where they are in each of the figure's frames.
    pub fn moving(self, label: impl Into<String>, mut frames: Vec<Vec<(f64, f64)>>, look: Look) -> Self {
        let last = frames.pop().unwrap_or_default();
        let mut figure = self.points(label, last, look);
        if let Some(series) = figure.last().series.last_mut() {
            series.earlier = frames;
        }
        figure
    }

    /// The area between two curves.
    pub fn band(self, label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64, f64)>, look: Look) -> Self {
        self.series(label, Mark::Band(points.into_iter().collect()), look)
    }

    /// Medians as a curve, and a band from the least to the greatest where these differ.
    pub fn spread(self, label: impl Into<String>, spans: &[(f64, Span)], look: Look) -> Self {
        let label = label.into();
        let medians = spans.iter().map(|(x, span)| (*x, span.median));
        let band = spans.iter().map(|(x, span)| (*x, span.least, span.greatest));
        match spans.iter().any(|(_, span)| span.least < span.greatest) {
            true => self.band(label.clone(), band, look),
            false => self,
        }
        .line(label, medians, look)
    }

    /// A horizontal line.
    pub fn level(self, label: impl Into<String>, y: f64, look: Look) -> Self {
        self.series(label, Mark::Level(y), look)
    }

    /// Cells of a map that have a look, if there are any.
    pub fn cells(self, label: impl Into<String>, cells: Vec<usize>, look: Look) -> Self {
        match cells.is_empty() {
            true => self,
            false => self.series(label, Mark::Cells(cells), look),
        }
    }

    /// A number for each cell of a map, on a colour bar with these ends.
    pub fn heat(self, label: impl Into<String>, values: Vec<f64>, ends: [f64; 2]) -> Self {
        self.series(label, Mark::Heat(values, ends), Look::CONTOUR)
    }

    /// The figure as SVG: the same bytes for the same data.
    #[cfg(feature = "plot")]
    pub fn to_svg(&self) -> String {
        self.to_svg_as("")
    }

    /// The same with ids that begin with `prefix`, for pages with several figures; with none they begin with one from the
    /// title.
    #[cfg(feature = "plot")]
    pub fn to_svg_as(&self, prefix: &str) -> String {
        super::draw::svg(self, prefix)
    }
}

#[cfg(feature = "plot")]
impl Mark {
    /// Every point that it has; NaN for the coordinate that a line across does not have.
    pub(super) fn points(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Line(points) | Self::Points(points) => points.clone(),
            Self::Band(points) | Self::Whiskers(points) => {
                let both = points.iter().flat_map(|&(x, low, high)| [(x, low), (x, high)]);
                both.collect()
            }
            Self::Level(y) => vec![(f64::NAN, *y)],
            Self::Divider(x) => vec![(*x, f64::NAN)],
            Self::Cells(_) | Self::Heat(..) | Self::Pieces(_) => Vec::new(),
        }
    }
}
