//! `rates.svg` of a sweep over one axis: every rate as a line over it.

use super::axis;
use super::data::Data;
use super::violated::violated;
use crate::bound::Natural;
use crate::experiment::Levels;
use crate::experiment::seen::change;
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look, Scale};

/// Every chart, with its file's name; none unless exactly one axis of numbers changes.
pub fn all(data: &Data) -> Vec<(&'static str, Figure)> {
    let mut charts: Vec<_> = rates(data).map(|chart| ("rates", chart)).into_iter().collect();
    let shown = data.kind.view.levels.iter();
    charts.extend(shown.filter_map(|of| Some((of.name, levels(data, of)?))));
    charts
}

/// What is over one axis of numbers.
struct Over<'a> {
    axis: &'a axis::Axis,
    cells: Vec<usize>,
    x: &'a [f64],
}

impl<'a> Over<'a> {
    fn new(data: &'a Data) -> Option<Self> {
        let [free] = data.free_axes()[..] else {
            return None;
        };
        let axis = &data.axes[free];
        let x = axis.numbers().filter(|x| x.len() > 1)?;
        let mut cells: Vec<usize> = (0..data.rates.len()).collect();
        cells.sort_by_key(|&cell| axis.places[cell]);
        Some(Self { axis, cells, x })
    }

    /// Where there is a number that is positive: what is not is no place on a logarithmic axis, and its line ends.
    fn points(&self, of: impl Fn(usize) -> Option<Span>) -> Vec<(f64, Span)> {
        let at = |&cell: &usize| Some((self.x[self.axis.places[cell] as usize], of(cell)?));
        let known = self.cells.iter().filter_map(at);
        known.filter(|(_, span)| span.median > 0.0 && span.median.is_finite()).collect()
    }

    fn figure(&self, data: &Data, title: String, caption: &str) -> Figure {
        let figure = Figure::new(title).caption(caption).setting(data.setting());
        let name = axis::name(&self.axis.key);
        let figure = match self.axis.scale() {
            Scale::Linear => figure.x(name),
            Scale::Log => figure.log_x(name),
        };
        match data.seeds {
            0 | 1 => figure,
            _ => figure.note("Medians over the runs; bands from the least to the greatest."),
        }
    }
}

/// A label, the spans over the axis, and how they are drawn.
type Curve = (&'static str, Vec<(f64, Span)>, Look);

/// Those that have more than a point; `None` where none has.
fn long(curves: impl Iterator<Item = Curve>) -> Option<Vec<Curve>> {
    let long: Vec<Curve> = curves.filter(|(_, points, _)| points.len() > 1).collect();
    (!long.is_empty()).then_some(long)
}

fn drawn(figure: Figure, curves: Vec<Curve>) -> Figure {
    curves.into_iter().fold(figure, |figure, (label, points, look)| figure.spread(label, &points, look))
}

/// Columns that are no rates.
fn levels(data: &Data, of: &Levels) -> Option<Figure> {
    let over = Over::new(data)?;
    let curves = of.columns.iter().enumerate().map(|(place, (column, label))| {
        let points = over.points(|cell| data.extra(cell, column));
        (*label, points, Look::of_series(place))
    });
    let curves = long(curves)?;
    let said = curves.iter().filter_map(|(label, points, _)| {
        let [(from, first), .., (to, last)] = &points[..] else {
            return None;
        };
        let change = change(first.median, last.median);
        let over = format!("{change} from {} to {}", short(*from), short(*to));
        Some(match of.columns.len() {
            1 => over,
            _ => format!("{label} {over}"),
        })
    });
    let title = format!("{}: {}", of.title, said.collect::<Vec<_>>().join("; "));
    Some(drawn(over.figure(data, title, of.caption).log_y(of.label), curves))
}

/// Every rate; `None` where there are none.
fn rates(data: &Data) -> Option<Figure> {
    let over = Over::new(data)?;
    // A rate without a unit is on another scale.
    let bounds = data.bounds.iter().enumerate().filter(|(_, bound)| bound.natural != Natural::Itself);
    let bounds = bounds.map(|(place, bound)| {
        let points = over.points(|cell| data.rates[cell][place].value);
        (bound.label, points, bound.look)
    });
    let rates = data.kind.view.rates.iter();
    let rates = rates.map(|rate| (rate.label, over.points(|cell| data.extra(cell, rate.column)), rate.look));
    let curves = long(bounds.chain(rates))?;
    let figure = over
        .figure(data, violated(data, &over.cells), "Every rate over the axis of the sweep, simulated and claimed.")
        .log_y("rate λ (per unit time)")
        .note("Lines end where a bound is vacuous.");
    Some(drawn(figure, curves))
}
