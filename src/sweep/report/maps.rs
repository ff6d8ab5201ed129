//! Maps over two axes: verdicts, tightness, and what is left of Theorem 5's errors.

use super::contour;
use super::data::{Data, Facet};
use super::violated::violated;
use crate::experiment::Levels;
use crate::experiment::seen::{between, range};
use crate::measure::Span;
use crate::plot::{Figure, Look, Mark};
use crate::theory::Verdict;

/// Levels below this are not told apart: that far down runs end by chance.
const NOISE: f64 = 1e-10;

/// Every map of a facet, with its file's name.
pub fn all(data: &Data, facet: &Facet) -> Vec<(&'static str, Figure)> {
    let mut maps = Vec::new();
    if !data.bounds.is_empty() {
        maps.push(("verdicts", verdicts(data, facet)));
    }
    maps.extend(tightness(data, facet).map(|map| ("tightness", map)));
    let shown = data.kind.view.levels.iter();
    maps.extend(shown.filter_map(|of| Some((of.name, levels(data, facet, of)?))));
    maps
}

fn map(data: &Data, facet: &Facet, title: String, caption: &str) -> Figure {
    let mut setting = data.setting();
    for fixed in &facet.fixed {
        setting += &format!(", {fixed}");
    }
    let [x, y] = facet.axes.map(|axis| data.axes[axis].of_cells());
    let refined = match facet.blanks().is_empty() {
        true => "",
        false => " The sweep was refined: where no cell was run the nearest one that was is shown, paler.",
    };
    Figure::new(title).caption(format!("{caption}{refined}")).setting(setting).axes(x, y)
}

/// Pales what was not run, over what is shown there.
fn paled(figure: Figure, facet: &Facet) -> Figure {
    figure.cells("not run: as the nearest cell that was", facet.blanks(), Look::NOT_RUN)
}

fn verdicts(data: &Data, facet: &Facet) -> Figure {
    let title = violated(data, &facet.run());
    let caption = "For each bound, the cells of the sweep in which it holds, is violated or claims nothing.";
    let figure = map(data, facet, title, caption);
    bounds(data).fold(figure, |figure, place| {
        let verdict = |cell: &Option<usize>| cell.map(|cell| data.rates[cell][place].verdict);
        let is = |wanted: Option<Verdict>| places(facet, move |cell| verdict(cell) == Some(wanted));
        let figure = figure.panel(data.bounds[place].label);
        let run = facet.run();
        let is_vacuous = |&cell: &usize| data.rates[cell][place].verdict == Some(Verdict::Vacuous);
        if run.iter().all(is_vacuous) {
            let run = run.len();
            return figure.sentence(format!("Vacuous in each of the {run} cells."));
        }
        let drawn = VERDICTS.into_iter().fold(figure, |figure, (verdict, label, look)| {
            let label = match verdict {
                Some(Verdict::Violated) if data.seeds > 1 => "violated in some run",
                _ => label,
            };
            figure.cells(label, is(verdict), look)
        });
        gamma_zero(paled(drawn, facet), data, facet, place)
    })
}

fn tightness(data: &Data, facet: &Facet) -> Option<Figure> {
    let of = |place: usize, cell: usize| data.rates[cell][place].tightness;
    // Without its factor d₀ the poster's rate is on another scale.
    let shown = || bounds(data).filter(|&place| data.bounds[place].name != "printed");
    let cells = 0..data.rates.len();
    shown().next()?;
    let every = shown().flat_map(|place| cells.clone().filter_map(move |cell| of(place, cell)));
    // Maps of one sweep have one bar, with 1 on it.
    let ends = bar(every.chain([1.0]).collect())?;
    let median = |place: usize| {
        let run = facet.run().into_iter();
        let middle = Span::of(run.filter_map(|cell| of(place, cell)))?;
        Some((data.bounds[place].label, middle.median))
    };
    let medians: Vec<_> = shown().filter_map(median).collect();
    let title = match medians.is_empty() {
        true => "In no cell is there a simulated rate beside a positive bound".into(),
        false => {
            let medians = between(medians, "");
            format!("In the median cell bounds are {medians} of the simulated rate")
        }
    };
    let caption = "For each bound, its ratio to the simulated rate in each cell; above 1 it is violated.";
    let figure = map(data, facet, title, caption);
    let figure = shown().fold(figure, |figure, place| {
        let values = facet.shown.iter().map(|cell| cell.and_then(|cell| of(place, cell)).unwrap_or(f64::NAN));
        let values: Vec<f64> = values.collect();
        let none = places(facet, |cell| cell.is_some_and(|cell| of(place, cell).is_none()));
        let violated =
            |cell: &Option<usize>| cell.is_some_and(|cell| data.rates[cell][place].verdict == Some(Verdict::Violated));
        let figure = figure.panel(data.bounds[place].label);
        if values.iter().all(|value| value.is_nan()) {
            return figure.sentence("Vacuous, or nothing to compare with, in every cell.");
        }
        let figure = figure
            .heat("bound / simulated rate", values, ends)
            .cells("vacuous, or nothing to compare with", none, Look::VACUOUS)
            .cells("violated: above 1", places(facet, violated), Look::HATCHED);
        gamma_zero(paled(figure, facet), data, facet, place)
    });
    Some(over_runs(figure, data, ""))
}

/// A panel per column, on one bar; hatched where a level has not vanished.
fn levels(data: &Data, facet: &Facet, of: &Levels) -> Option<Figure> {
    let title = format!("{}: {}", of.title, in_cells(data, facet, of));
    let figure = map(data, facet, title, of.caption);
    let cells = || (0..data.rates.len()).map(Some);
    let every = of.columns.iter().flat_map(|(name, _)| cells().map(|cell| level(data, name, &cell)));
    let known = every.filter(|value| !value.is_nan());
    let ends = bar(known.map(|value| value.max(NOISE)).collect())?;
    let figure = of.columns.iter().fold(figure, |figure, (name, title)| {
        let values: Vec<f64> = facet.shown.iter().map(|cell| level(data, name, cell)).collect();
        let figure = figure.panel(*title).heat(of.label, values, ends);
        let figure = without_level(figure, data, facet, (of, name));
        let figure = match of.alive {
            None => figure,
            Some(alive) => figure.cells(
                format!("above {alive}: has not vanished"),
                places(facet, |cell| level(data, name, cell) > alive),
                Look::HATCHED,
            ),
        };
        paled(figure, facet)
    });
    // Said only where it is so.
    let is_floor = ends[0] <= NOISE;
    let floor = " Below 10⁻¹⁰ levels are not told apart.";
    Some(over_runs(figure, data, if is_floor { floor } else { "" }))
}

/// Of each column the range of its levels, or in how many cells they have not vanished.
fn in_cells(data: &Data, facet: &Facet, of: &Levels) -> String {
    let run = facet.run();
    let all = run.len();
    let known = |name: &str| {
        let levels = run.iter().map(|&cell| level(data, name, &Some(cell)));
        levels.filter(|level| !level.is_nan()).collect::<Vec<f64>>()
    };
    let said = of.columns.iter().map(|(name, title)| {
        let known = known(name);
        let said = match of.alive {
            Some(alive) => known.iter().filter(|&&level| level > alive).count().to_string(),
            None => Span::of(known.into_iter()).map_or("nowhere known".into(), |span| range(&span)),
        };
        match of.columns.len() {
            1 => said,
            _ => format!("{said} ({title})"),
        }
    });
    let said = said.collect::<Vec<_>>().join(", ");
    match of.alive {
        Some(alive) => format!("above {alive} in {said} of {all} cells"),
        None => said,
    }
}

/// The cells that have no number, by the reason.
fn without_level(figure: Figure, data: &Data, facet: &Facet, (of, name): (&Levels, &str)) -> Figure {
    let declared = of.absent.map_or(&[][..], |absent| absent.reasons);
    let reasons = declared.iter().enumerate();
    let reasons = reasons.map(|(place, (_, meaning, look))| (Some(place), *meaning, *look));
    let failed = (None, FAILED, Look::FAILED);
    reasons.chain([failed]).fold(figure, |figure, (reason, meaning, look)| {
        let lacks = |cell: &Option<usize>| {
            cell.is_some_and(|cell| data.reason(cell, of.name) == reason) && level(data, name, cell).is_nan()
        };
        figure.cells(meaning, places(facet, lacks), look)
    })
}

/// NaN where there is none.
fn level(data: &Data, name: &str, cell: &Option<usize>) -> f64 {
    let span = cell.and_then(|cell| data.extra(cell, name));
    span.map_or(f64::NAN, |span| {
        if span.median.is_finite() {
            span.median.max(0.0)
        } else {
            f64::NAN
        }
    })
}

fn over_runs(figure: Figure, data: &Data, more: &str) -> Figure {
    let medians = if data.seeds > 1 {
        "Median over the runs of a cell."
    } else {
        ""
    };
    match format!("{medians}{more}").trim() {
        "" => figure,
        note => figure.note(note),
    }
}

/// Ends of a colour bar from all values, but a few that are far from all others do not decide: the bar goes from the
/// 2nd to the 98th percentile where the rest would more than double it.
fn bar(mut values: Vec<f64>) -> Option<[f64; 2]> {
    values.retain(|&value| value > 0.0 && value.is_finite());
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let size = |[low, high]: [f64; 2]| (high / low).ln();
    let all = [values[0], values[last]];
    let most = [values[last / 50], values[last - last / 50]];
    let [low, high] = if size(all) > 2.0 * size(most) { most } else { all };
    Some(if high > 1.001 * low {
        [low, high]
    } else {
        [0.9 * low, 1.1 * low]
    })
}

/// Places on the map at which cells of a kind are shown.
fn places(facet: &Facet, is: impl Fn(&Option<usize>) -> bool) -> Vec<usize> {
    let cells = facet.shown.iter().enumerate();
    cells.filter(|(_, cell)| is(cell)).map(|(place, _)| place).collect()
}

/// Those that claim to be lower bounds.
fn bounds(data: &Data) -> impl Iterator<Item = usize> + '_ {
    (0..data.bounds.len()).filter(|&place| data.bounds[place].is_lower())
}

fn gamma_zero(figure: Figure, data: &Data, facet: &Facet, place: usize) -> Figure {
    let columns = figure.x.cells.len();
    let pieces = contour::zero(&figure.x, &figure.y, |column, row| {
        data.rates[facet.cells[row * columns + column]?][place].gamma
    });
    match pieces.is_empty() {
        true => figure,
        false => figure.series("γ = 0: beyond it the bound claims nothing", Mark::Pieces(pieces), Look::CONTOUR),
    }
}

/// What cells are called and how they are drawn by what their runs say together; those that say nothing failed.
const VERDICTS: [(Option<Verdict>, &str, Look); 7] = [
    (Some(Verdict::Violated), "violated", Look::VIOLATED),
    (Some(Verdict::Holds), "holds", Look::HOLDS),
    (Some(Verdict::Undecided), "undecided: within the run's own error", Look::UNDECIDED),
    (Some(Verdict::Vacuous), "vacuous: the bound is not positive", Look::VACUOUS),
    (Some(Verdict::NotApplicable), "not applicable: a premise is not met", Look::NOT_APPLICABLE),
    (Some(Verdict::Untested), "untested", Look::UNTESTED),
    (None, FAILED, Look::FAILED),
];

const FAILED: &str = "the run failed";
