//! A figure as SVG: title, panels with their axes, key.

use super::axis::{Coordinate, Ticks};
use super::dark::dark;
use super::figure::{Figure, Panel};
use super::key::Key;
use super::marks::{Frame, Turn};
use super::ruler::{LABEL, axes};
use super::size::{Ground, Place};
use super::svg::Element;
use super::text::{Anchor, FONTS, plain, text, width, wrap};

/// Sizes of text in pixels: names of axes and panels, the title of a large figure.
const NAME: f64 = 15.0;
const TITLE: f64 = 18.0;
/// The key beside the panels is so wide at most.
const KEY: f64 = 330.0;

/// Where everything is.
struct Sheet<'a> {
    figure: &'a Figure,
    /// Begins every id: pages may have several figures.
    prefix: String,
    /// One of all panels, or one of each row.
    x: Vec<Coordinate<'a>>,
    y: Coordinate<'a>,
    title: Vec<String>,
    title_size: f64,
    /// The vertical axis' name in lines, and the room for them.
    y_name: Vec<String>,
    aside: f64,
    columns: usize,
    rows: usize,
    /// Size of a panel with all that belongs to it.
    cell: (f64, f64),
    /// Around a panel's frame: left, top, right, bottom.
    margin: [f64; 4],
    /// As many as horizontal axes.
    x_ticks: Vec<Ticks>,
    y_ticks: Ticks,
    /// Above the panels.
    head: f64,
    /// How wide the key may be.
    key: f64,
}

/// Room for the name of the horizontal axis.
const FOOT: f64 = 30.0;

pub(super) fn svg(figure: &Figure, prefix: &str) -> String {
    let prefix = match prefix {
        "" => of_title(&figure.title),
        given => given.to_owned(),
    };
    let drawing = Sheet::of(figure, prefix).draw();
    match figure.ground {
        Ground::Paper => drawing.document(),
        Ground::Dark => dark(drawing).document(),
    }
}

impl<'a> Sheet<'a> {
    fn of(figure: &'a Figure, prefix: String) -> Self {
        let size = figure.size;
        let points = points(&figure.panels);
        let columns = match (figure.columns, figure.panels.len()) {
            (0, 0 | 1) => 1,
            (0, _) => 2,
            (given, _) => given,
        };
        let title_size = size.millimetres.map_or(TITLE, |_| NAME);
        let title = wrap(&figure.title, title_size, size.width - 28.0);
        let is_titled = figure.panels.iter().any(|panel| !panel.title.is_empty());
        let mut sheet = Self {
            figure,
            prefix,
            x: across(figure, columns),
            y: figure.y.spanning(points.iter().map(|point| point.1)),
            head: 16.0 + 1.3 * title_size * title.len() as f64,
            title,
            title_size,
            y_name: Vec::new(),
            aside: 30.0,
            columns,
            rows: figure.panels.len().div_ceil(columns).max(1),
            cell: (0.0, 0.0),
            margin: [0.0, if is_titled { 26.0 } else { 8.0 }, 18.0, 28.0],
            x_ticks: Vec::new(),
            y_ticks: Ticks::default(),
            key: match size.key {
                Place::Right => KEY.min(0.36 * size.width),
                Place::Below => size.width - 40.0,
            },
        };
        sheet.find_ticks();
        sheet
    }

    /// Pixels across for a panel.
    fn wide(&self) -> f64 {
        let size = self.figure.size;
        let beside = if size.key == Place::Right { self.key } else { 0.0 };
        (size.width - beside - self.aside) / self.columns as f64
    }

    /// As many labels as there is room for, and names beside them.
    fn find_ticks(&mut self) {
        let tall = match self.rows {
            1 => (self.figure.size.height - self.head - FOOT).min(1.2 * self.wide()),
            _ => 0.72 * self.wide() + 20.0,
        };
        let inside = tall - self.margin[1] - self.margin[3];
        self.y_ticks = self.y.ticks((inside / 36.0) as usize);
        let y_name = named(&self.figure.y.label, self.y_ticks.exponent);
        self.y_name = wrap(&y_name, NAME, tall * self.rows as f64 - self.margin[1]);
        self.aside = 13.0 + 17.0 * self.y_name.len() as f64;
        self.cell = (self.wide(), tall);
        let labels = self.y_ticks.labelled.iter();
        let widest = labels.map(|(_, label)| width(label, LABEL));
        self.margin[0] = 14.0 + widest.fold(0.0, f64::max);
        let across = self.cell.0 - self.margin[0] - self.margin[2];
        let most = if self.columns > 2 { 5 } else { 10 };
        let ticks = |x: &Coordinate| x.fitting(across, most, LABEL);
        self.x_ticks = self.x.iter().map(ticks).collect();
        for (part, label) in self.x_ticks.iter().filter_map(|x| x.labelled.last()) {
            let beyond = 0.5 * width(label, LABEL) - (1.0 - part) * across;
            self.margin[2] = self.margin[2].max(beyond + 4.0);
        }
    }

    /// Which of the horizontal axes a panel has.
    fn row_of(&self, index: usize) -> usize {
        (index / self.columns).min(self.x.len() - 1)
    }

    fn frame(&self, index: usize) -> Frame<'_> {
        let (wide, high) = self.cell;
        let left = self.aside + wide * (index % self.columns) as f64;
        let top = self.head + high * (index / self.columns) as f64;
        Frame {
            x: &self.x[self.row_of(index)],
            y: &self.y,
            left: left + self.margin[0],
            right: left + wide - self.margin[2],
            top: top + self.margin[1],
            bottom: top + high - self.margin[3],
            prefix: &self.prefix,
            index: Some(index),
        }
    }

    fn draw(&self) -> Element {
        let figure = self.figure;
        let size = figure.size;
        let foot = self.head + self.rows as f64 * self.cell.1 + FOOT;
        let key = Key::of(figure, |index| self.frame(index));
        let tall = key.height(self.key - 10.0, size.key);
        let (corner, height) = match size.key {
            Place::Right => {
                let top = self.head + self.margin[1];
                let left = size.width - self.key + 10.0;
                ((left, top), foot.max(top + tall + 10.0))
            }
            Place::Below => ((24.0, foot + 10.0), foot + tall + 20.0),
        };
        let mut svg = self.root(height);
        svg.push(self.definitions());
        let page = Element::new("rect").at([("width", size.width), ("height", height)]);
        svg.push(page.with("fill", "#fff"));
        let mut heading = Element::new("g").with("id", format!("{}-heading", self.prefix));
        for (i, line) in self.title.iter().enumerate() {
            let y = 8.0 + 1.3 * self.title_size * (i as f64 + 0.5);
            heading.push(text(line, (14.0, y), self.title_size, Anchor::Start));
        }
        svg.push(heading);
        svg.push(self.names(foot));
        for (index, panel) in figure.panels.iter().enumerate() {
            svg.push(self.panel(panel, index));
        }
        if figure.panels.is_empty() {
            svg.push(self.panel(&Panel::default(), 0));
        }
        svg.push(key.draw(corner, self.key - 10.0, size.key, &self.prefix));
        svg
    }

    fn root(&self, height: f64) -> Element {
        let size = self.figure.size;
        let id = |part: &str| format!("{}-{part}", self.prefix);
        let root = Element::new("svg").with("xmlns", "http://www.w3.org/2000/svg");
        let root = match size.millimetres {
            None => root.at([("width", size.width), ("height", height)]),
            Some(wide) => root
                .with("width", format!("{wide}mm"))
                .with("height", format!("{:.2}mm", wide * height / size.width)),
        };
        root.with("viewBox", format!("0 0 {:.1} {height:.1}", size.width))
            .with("xml:space", "preserve")
            .with("role", "img")
            .with("aria-labelledby", format!("{} {}", id("title"), id("caption")))
            .with("font-family", FONTS)
            .holding(Element::new("title").with("id", id("title")).saying(&plain(&self.figure.title)))
            .holding(Element::new("desc").with("id", id("caption")).saying(&plain(&self.caption())))
    }

    /// What is said of a figure to those who do not see it.
    fn caption(&self) -> String {
        let figure = self.figure;
        let caption = match figure.caption.is_empty() {
            true => format!("{} over {}.", figure.y.label, figure.x.label),
            false => figure.caption.clone(),
        };
        figure.notes.iter().fold(caption, |all, note| all + " " + note)
    }

    fn definitions(&self) -> Element {
        let mut definitions = Element::new("defs");
        let mut series = self.figure.panels.iter().flat_map(|panel| &panel.series);
        if series.clone().any(|series| series.look.hatched) {
            let lines = Element::new("path").with("d", "M-1 8L8 -1M-1 1L1 -1M6 8L8 6");
            definitions.push(self.pattern("hatch", lines.with("stroke", "#000")));
        }
        if series.any(|series| series.look.dotted) {
            let dot = Element::new("circle").at([("cx", 3.5), ("cy", 3.5), ("r", 1.0)]);
            definitions.push(self.pattern("dots", dot));
        }
        for index in 0..self.figure.panels.len() {
            let frame = self.frame(index);
            let rect = Element::new("rect").at([
                ("x", frame.left),
                ("y", frame.top),
                ("width", frame.right - frame.left),
                ("height", frame.bottom - frame.top),
            ]);
            let clip = Element::new("clipPath").with("id", format!("{}-clip{index}", self.prefix));
            definitions.push(clip.holding(rect));
        }
        definitions
    }

    /// What fills an area, in squares of seven pixels.
    fn pattern(&self, name: &str, drawing: Element) -> Element {
        Element::new("pattern")
            .with("id", format!("{}-{name}", self.prefix))
            .with("patternUnits", "userSpaceOnUse")
            .at([("width", 7.0), ("height", 7.0)])
            .holding(drawing)
    }

    /// What both axes are called.
    fn names(&self, foot: f64) -> Element {
        let count = self.figure.panels.len();
        let corner = self.frame(self.columns.min(count.max(1)) - 1);
        let (first, last) = (self.frame(0), self.frame(count.saturating_sub(1)));
        let mut group = Element::new("g").with("id", format!("{}-names", self.prefix));
        let x_name = named(&self.figure.x.label, self.x_ticks[0].exponent);
        let middle = 0.5 * (first.left + corner.right);
        group.push(text(&x_name, (middle, foot - 18.0), NAME, Anchor::Middle));
        let middle = 0.5 * (first.top + last.bottom);
        for (i, line) in self.y_name.iter().enumerate() {
            let place = format!("translate({:.1} {middle:.1}) rotate(-90)", 16.0 + 17.0 * i as f64);
            let turned = text(line, (0.0, 0.0), NAME, Anchor::Middle);
            group.push(turned.with("transform", place));
        }
        group
    }

    fn panel(&self, panel: &Panel, index: usize) -> Element {
        let frame = self.frame(index);
        let ticks = (&self.x_ticks[self.row_of(index)], &self.y_ticks);
        let mut group = Element::new("g").with("id", format!("{}-panel{index}", self.prefix));
        if !panel.title.is_empty() {
            group.push(text(&panel.title, (frame.left, frame.top - 13.0), NAME, Anchor::Start));
        }
        let seen = panel.series.iter().any(|series| series.seen(&frame).is_some());
        if panel.sentence.is_some() || !seen {
            let sentence = panel.sentence.as_deref().unwrap_or("Nothing to draw.");
            let lines = wrap(sentence, NAME, 0.9 * (frame.right - frame.left));
            for (i, line) in lines.iter().enumerate() {
                let at = (0.5 * (frame.left + frame.right), 0.5 * (frame.top + frame.bottom) + 20.0 * i as f64);
                group.push(text(line, at, NAME, Anchor::Middle));
            }
            group.push(axes(&frame, ticks, false));
            return group;
        }
        let is_map = !self.figure.x.cells.is_empty();
        if !is_map {
            group.push(axes(&frame, ticks, true));
        }
        let mut turn = Turn {
            index: 0,
            count: panel.series.iter().filter(|series| series.is_dense()).count(),
        };
        for (place, series) in panel.series.iter().enumerate() {
            let id = format!("{}-{index}-{place}", self.prefix);
            group.push(series.draw(&frame, turn).with("id", id));
            turn.index += usize::from(series.is_dense());
        }
        if is_map {
            group.push(axes(&frame, ticks, false));
        }
        group
    }
}

/// Every point of panels.
fn points(panels: &[Panel]) -> Vec<(f64, f64)> {
    let series = panels.iter().flat_map(|panel| &panel.series);
    series.flat_map(|series| series.mark.points()).collect()
}

/// The horizontal axis of all panels, or those of the rows; where labels of these are multiples of different powers of
/// ten, which one name cannot say, it is one for all.
fn across(figure: &Figure, columns: usize) -> Vec<Coordinate<'_>> {
    let of = |panels: &[Panel]| {
        let points = points(panels);
        figure.x.spanning(points.iter().map(|point| point.0))
    };
    if figure.x.by_row && !figure.panels.is_empty() {
        let rows: Vec<Coordinate> = figure.panels.chunks(columns).map(of).collect();
        let exponent = |row: &Coordinate| row.ticks(5).exponent;
        if rows.iter().all(|row| exponent(row) == exponent(&rows[0])) {
            return rows;
        }
    }
    vec![of(&figure.panels)]
}

/// A name with the power of ten that labels are multiples of, before the unit.
fn named(label: &str, exponent: i32) -> String {
    let power = format!("10^{{{}}}", exponent.to_string().replace('-', "−"));
    match (exponent, label.rfind('(').filter(|_| label.ends_with(')'))) {
        (0, _) => label.to_owned(),
        (_, Some(place)) => format!("{}({power} {}", &label[..place], &label[place + 1..]),
        (_, None) => format!("{label} ({power})"),
    }
}

/// From a title, the same for the same (FNV-1a).
fn of_title(title: &str) -> String {
    let hash = title.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("f{hash:08x}")
}
