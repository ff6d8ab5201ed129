//! The key of a figure: one line for each label, with samples of all that has it; colour bars; sentences.

use super::axes::{Axis, Scale};
use super::axis::Coordinate;
use super::curves::glyphs;
use super::dark::SCALE;
use super::figure::{Figure, Mark, Panel, Series};
use super::marks::{Frame, STEPS, Turn, color};
use super::size::Place;
use super::style::code;
use super::svg::Element;
use super::text::{Anchor, text, width, wrap};

/// Pixels from line to line, and between entries.
const LINE: f64 = 19.0;
const GAP: f64 = 7.0;
/// Where samples end and texts begin.
const SAMPLE: f64 = 48.0;
const INDENT: f64 = 58.0;
const SIZE: f64 = 14.0;
/// Size of a colour bar.
const BAR: (f64, f64) = (220.0, 14.0);

/// All entries, in their order.
pub(super) struct Key<'a> {
    entries: Vec<Entry<'a>>,
}

#[derive(Default)]
struct Entry<'a> {
    label: String,
    /// Those that are drawn differently.
    samples: Vec<&'a Series>,
    bar: Option<[f64; 2]>,
    /// Of the right end of its curve, in pixels.
    end: Option<f64>,
    seen: bool,
}

impl<'a> Key<'a> {
    /// `frame` is that of each panel.
    pub(super) fn of<'f>(figure: &'a Figure, frame: impl Fn(usize) -> Frame<'f>) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let labelled = |(index, panel): (usize, &'a Panel)| {
            let labelled = panel.series.iter().filter(|series| !series.label.is_empty());
            labelled.map(move |series| (index, series))
        };
        for (index, series) in figure.panels.iter().enumerate().flat_map(labelled) {
            let place = entries.iter().position(|entry| entry.label == series.label);
            let place = place.unwrap_or_else(|| {
                entries.push(Entry {
                    label: series.label.clone(),
                    ..Entry::default()
                });
                entries.len() - 1
            });
            entries[place].add(series, &frame(index));
        }
        // Curves from above to below, as a reader meets them at the right; what is no curve comes after them.
        if figure.panels.len() == 1 {
            entries.sort_by(|a, b| {
                let height = |entry: &Entry| entry.end.unwrap_or(f64::INFINITY);
                height(a).total_cmp(&height(b))
            });
        }
        for entry in entries.iter_mut().filter(|entry| !entry.seen) {
            entry.label += entry.absence();
        }
        let sentences = remarks(figure, &frame).into_iter().chain(figure.notes.clone());
        entries.extend(sentences.map(|label| Entry {
            label,
            ..Entry::default()
        }));
        Self { entries }
    }

    /// Pixels from the first line to the last, where it may be so wide.
    pub(super) fn height(&self, room: f64, place: Place) -> f64 {
        self.placed(room, place).1
    }

    /// Each entry's place, and the height of all.
    fn placed(&self, room: f64, place: Place) -> (Vec<(f64, f64, f64)>, f64) {
        let widest = self.entries.iter().map(Entry::width).fold(1.0, f64::max);
        let columns = match place {
            Place::Right => 1.0,
            Place::Below => (room / widest).floor().clamp(1.0, 4.0),
        };
        let wide = room / columns;
        let (mut places, mut top, mut x, mut row) = (Vec::new(), 0.0, 0.0, 0.0_f64);
        for entry in &self.entries {
            let is_sentence = entry.samples.is_empty();
            if x > 0.0 && (is_sentence || x + wide > room + 1.0) {
                (top, x, row) = (top + row, 0.0, 0.0);
            }
            let own = if is_sentence { room } else { wide };
            places.push((x, top, own));
            row = row.max(entry.height(own));
            x += own;
        }
        (places, top + row)
    }

    /// Drawn from its upper left corner on.
    pub(super) fn draw(&self, (left, top): (f64, f64), room: f64, place: Place, prefix: &str) -> Element {
        let mut group = Element::new("g").with("id", format!("{prefix}-key"));
        let (places, _) = self.placed(room, place);
        for (entry, (x, y, wide)) in self.entries.iter().zip(places) {
            entry.draw(&mut group, (left + x, top + y), wide, prefix);
        }
        group
    }
}

impl<'a> Entry<'a> {
    fn add(&mut self, series: &'a Series, frame: &Frame) {
        let end = series.seen(frame);
        self.seen |= end.is_some();
        if matches!(series.mark, Mark::Line(_) | Mark::Level(_)) {
            self.end = self.end.or(end.map(|(_, y)| y));
        }
        if let Mark::Heat(_, ends) = series.mark {
            self.bar = Some(ends);
        }
        let kind = |series: &Series| std::mem::discriminant(&series.mark);
        let same = |known: &&Series| kind(known) == kind(series) && known.look == series.look;
        if !self.samples.iter().any(same) {
            self.samples.push(series);
        }
    }

    /// Why nothing is seen of it.
    fn absence(&self) -> &'static str {
        let known = |series: &&Series| series.mark.points().iter().any(|(_, y)| y.is_finite());
        let is_known = self.samples.iter().any(known);
        if is_known {
            " (off the scale)"
        } else {
            " (nothing to draw)"
        }
    }

    fn indent(&self) -> f64 {
        if self.samples.is_empty() || self.bar.is_some() {
            0.0
        } else {
            INDENT
        }
    }

    fn width(&self) -> f64 {
        if self.samples.is_empty() {
            1.0
        } else {
            self.indent() + width(&self.label, SIZE).max(120.0) + 24.0
        }
    }

    fn lines(&self, room: f64) -> Vec<String> {
        wrap(&self.label, SIZE, room - self.indent() - 10.0)
    }

    fn height(&self, room: f64) -> f64 {
        let bar = if self.bar.is_some() { BAR.1 + 30.0 } else { 0.0 };
        LINE * self.lines(room).len() as f64 + GAP + bar
    }

    fn draw(&self, group: &mut Element, (left, top): (f64, f64), room: f64, prefix: &str) {
        let middle = top + 0.5 * LINE;
        for series in self.samples.iter().filter(|_| self.bar.is_none()) {
            sample(group, series, (left, middle), prefix);
        }
        let lines = self.lines(room);
        for (i, line) in lines.iter().enumerate() {
            let at = (left + self.indent(), middle + LINE * i as f64);
            group.push(text(line, at, SIZE, Anchor::Start));
        }
        if let Some(ends) = self.bar {
            bar(group, ends, (left, top + LINE * lines.len() as f64 + 2.0), BAR.0.min(room - 40.0));
        }
    }
}

/// A small drawing of what a series looks like, by the hand that draws it in its panel.
fn sample(group: &mut Element, series: &Series, (left, middle): (f64, f64), prefix: &str) {
    let axis = Axis {
        cells: vec![0.0],
        ..Axis::default()
    };
    let unit = Coordinate {
        axis: &axis,
        low: -0.5,
        high: 0.5,
    };
    let frame = Frame {
        x: &unit,
        y: &unit,
        left,
        right: left + SAMPLE,
        top: middle - 7.0,
        bottom: middle + 7.0,
        prefix,
        index: None,
    };
    let center = (left + 0.5 * SAMPLE, middle);
    let mut look = series.look;
    let across = [(-0.5, 0.0), (0.5, 0.0)];
    let mark = match &series.mark {
        Mark::Line(_) => {
            look.marker = None;
            Mark::Line(across.into())
        }
        Mark::Points(_) => Mark::Points(vec![(0.0, 0.0)]),
        Mark::Band(_) => Mark::Band(across.map(|(x, _)| (x, -0.5, 0.5)).into()),
        Mark::Whiskers(_) => Mark::Whiskers(vec![(0.0, -0.5, 0.5)]),
        Mark::Level(_) => Mark::Level(0.0),
        Mark::Divider(_) => Mark::Divider(0.0),
        Mark::Cells(_) | Mark::Heat(..) => Mark::Cells(vec![0]),
        Mark::Pieces(_) => Mark::Pieces(vec![across]),
    };
    let is_area = matches!(mark, Mark::Cells(_));
    let drawn = Series {
        label: String::new(),
        look,
        mark,
        earlier: Vec::new(),
    };
    // What makes others paler is seen over something.
    if look.is_veil() {
        group.push(block((left, middle)).with("fill", "#888"));
    }
    group.push(drawn.draw(&frame, Turn { index: 0, count: 1 }));
    if is_area {
        let outline = block((left, middle)).with("fill", "none");
        group.push(outline.with("stroke", "#000"));
    }
    if let (Mark::Line(_), Some(_)) = (&series.mark, series.look.marker) {
        group.push(glyphs(&[center], series.look, series.is_dense()));
    }
}

/// As large as the sample of an area.
fn block((left, middle): (f64, f64)) -> Element {
    Element::new("rect").at([("x", left), ("y", middle - 7.0), ("width", SAMPLE), ("height", 14.0)])
}

/// A colour bar with its labels under it.
fn bar(group: &mut Element, [low, high]: [f64; 2], (left, top): (f64, f64), wide: f64) {
    let axis = Axis {
        scale: Scale::Log,
        range: Some([low, high]),
        ..Axis::default()
    };
    let along = axis.spanning(std::iter::empty());
    let each = wide / STEPS as f64;
    for step in 0..STEPS {
        let x = left + each * step as f64;
        // Each to the end, the next one over it: no seams.
        let rest = Element::new("rect")
            .at([("x", x), ("y", top), ("width", left + wide - x), ("height", BAR.1)])
            .with("fill", code(color(step)))
            .with("class", SCALE);
        group.push(rest);
    }
    for (part, label) in along.fitting(wide, 6, 13.0).labelled {
        let x = left + part * wide;
        let tick = Element::new("path")
            .with("d", super::svg::path(&[(x, top + BAR.1), (x, top + BAR.1 + 4.0)]))
            .with("stroke", "#000");
        group.push(tick);
        group.push(text(&label, (x, top + BAR.1 + 13.0), 13.0, Anchor::Middle));
    }
}

/// Sentences that the data ask for.
fn remarks<'f>(figure: &Figure, frame: &impl Fn(usize) -> Frame<'f>) -> Vec<String> {
    let all = || figure.panels.iter().flat_map(|panel| &panel.series);
    let points = |series: &Series| match &series.mark {
        Mark::Line(points) | Mark::Points(points) => points.clone(),
        _ => Vec::new(),
    };
    let mut remarks = Vec::new();
    if all().any(Series::is_dense) {
        remarks.push("Hollow markers only tell curves apart.");
    }
    let at_edge = |(index, panel): (usize, &Panel)| {
        let frame = frame(index);
        let mut points = panel.series.iter().flat_map(points);
        points.any(|point| frame.is_at_edge(point))
    };
    if figure.panels.iter().enumerate().any(at_edge) {
        remarks.push("Wedges on the lower edge: zero or less, which a log axis does not have.");
    }
    if all().flat_map(|series| series.mark.points()).any(|(x, y)| x.is_infinite() || y.is_infinite()) {
        remarks.push("Infinite values are left out.");
    }
    let beyond = |series: &Series| match &series.mark {
        Mark::Heat(values, [low, high]) => values.iter().any(|x| x < low || x > high),
        _ => false,
    };
    if all().any(beyond) {
        remarks.push("Levels beyond the bar have the colour of its end.");
    }
    remarks.into_iter().map(String::from).collect()
}
