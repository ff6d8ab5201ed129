//! The table's cells, with what the figures need of them.

use super::axis::Axis;
use super::nearest::nearest;
use super::sieve::Sieve;
use crate::bound::{Bound, Natural};
use crate::experiment::{ExperimentKind, Levels, simulated, verdict};
use crate::measure::Span;
use crate::sweep::table::{Cell, Cells, Head, RowValues, TableError};
use crate::sweep::texts::Texts;
use crate::theory::Verdict;
use std::path::Path;

/// The worst first: a cell's runs say together the first of these that is said by at least one of them.
const WORST_FIRST: [Verdict; Verdict::ALL.len()] = [
    Verdict::Violated,
    Verdict::Holds,
    Verdict::Undecided,
    Verdict::Vacuous,
    Verdict::NotApplicable,
    Verdict::Untested,
];

/// A rate in one cell.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Over the runs.
    pub value: Option<Span>,
    /// What it was judged by.
    pub simulated: Option<Span>,
    /// value/simulated, where both are positive: the median.
    pub tightness: Option<f64>,
    /// What γ = 0 is a contour of: the rate in units in which it varies smoothly.
    pub gamma: Option<f64>,
    /// Verdicts together; `None` where every run failed.
    pub verdict: Option<Verdict>,
}

/// Everything that is drawn.
pub struct Data {
    /// What was run.
    pub kind: &'static ExperimentKind,
    /// The columns that change.
    pub axes: Vec<Axis>,
    /// Rates that some run had a verdict on: bounds on the flow say nothing of runs by steps, and the other way round.
    pub bounds: Vec<&'static Bound>,
    /// For each cell, each rate.
    pub rates: Vec<Vec<Rate>>,
    /// For each cell, each of [`Data::extra`]'s columns.
    extras: Vec<Vec<Option<Span>>>,
    /// For each cell, each of the view's levels: which of the reasons for having none it has.
    reasons: Vec<Vec<Option<usize>>>,
    /// For each rate, how many runs have each verdict.
    pub verdicts: Vec<[usize; Verdict::ALL.len()]>,
    /// Runs per cell, at most.
    pub seeds: usize,
    /// Of a table with too many cells, which are drawn; all else here speaks of these alone, but for counts and medians.
    pub sieve: Option<Sieve>,
    /// Cells of the table.
    pub cells: usize,
    /// For each rate, bound/simulated where positive, of all cells.
    tightness: Vec<Vec<f64>>,
}

/// Where a bound and what it is judged by stand in a row.
struct Judged {
    natural: Natural,
    value: usize,
    measured: usize,
    verdict: usize,
    d0: Option<usize>,
}

/// What is made of a cell.
struct Found {
    rates: Vec<Rate>,
    verdicts: Vec<[usize; Verdict::ALL.len()]>,
    extras: Vec<Option<Span>>,
    reasons: Vec<Option<usize>>,
    runs: usize,
    values: Vec<String>,
}

/// A map's cells: all of the first two axes, one value of each other.
pub struct Facet {
    /// Which axis is horizontal and which vertical.
    pub axes: [usize; 2],
    /// "key = value" of the others.
    pub fixed: Vec<String>,
    /// Cell at each place, row by row from below; `None` where nothing was run.
    pub cells: Vec<Option<usize>>,
    /// Cell that is shown at each place: of a sweep that was refined, where nothing was run, the nearest one that was.
    pub shown: Vec<Option<usize>>,
}

impl Data {
    /// Reads a table. About a hundred bytes for each number of a cell that is drawn, and eight for each rate of another.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let sieve = Sieve::of(path)?;
        let table = Cells::open(path)?;
        let head = table.head().clone();
        let view = head.experiment.view;
        let judged: Vec<Judged> = view.bounds.iter().map(|bound| Judged::of(bound, &head)).collect();
        let columns: Vec<usize> = view.columns().map(|name| head.column(name)).collect();
        let of = |head: &Head, cell: Cell| Found {
            rates: judged.iter().map(|judged| judged.rate(&cell)).collect(),
            verdicts: judged.iter().map(|judged| cell.verdicts(judged.verdict)).collect(),
            extras: columns.iter().map(|&column| cell.spread(column)).collect(),
            reasons: view.levels.iter().map(|levels| reason(levels, head, &cell)).collect(),
            runs: cell.runs.len(),
            values: cell.values,
        };
        let mut values: Vec<Texts> = head.axes.iter().map(|_| Texts::default()).collect();
        let mut verdicts = vec![[0; Verdict::ALL.len()]; judged.len()];
        let mut tightness: Vec<Vec<f64>> = vec![Vec::new(); judged.len()];
        let (mut rates, mut extras, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
        let (mut seeds, mut cells) = (0, 0);
        table.each(of, |found| {
            for (all, counts) in verdicts.iter_mut().zip(&found.verdicts) {
                all.iter_mut().zip(counts).for_each(|(all, count)| *all += count);
            }
            for (all, rate) in tightness.iter_mut().zip(&found.rates) {
                all.extend(rate.tightness);
            }
            seeds = seeds.max(found.runs);
            cells += 1;
            if sieve.as_ref().is_none_or(|sieve| sieve.keeps(cells - 1)) {
                values.iter_mut().zip(&found.values).for_each(|(all, value)| all.push(value));
                rates.push(found.rates);
                extras.push(found.extras);
                reasons.push(found.reasons);
            }
            Ok(())
        })?;
        let kept = spoken_of(&verdicts);
        for rates in &mut rates {
            *rates = kept.iter().map(|&place| rates[place]).collect();
        }
        let axes = head.axes.iter().zip(values);
        Ok(Self {
            kind: head.experiment,
            axes: axes.map(|(key, column)| Axis::new(key, &column)).collect(),
            bounds: kept.iter().map(|&place| &view.bounds[place]).collect(),
            rates,
            extras,
            reasons,
            verdicts: kept.iter().map(|&place| verdicts[place]).collect(),
            tightness: kept.iter().map(|&place| std::mem::take(&mut tightness[place])).collect(),
            seeds,
            sieve,
            cells,
        })
    }

    /// A further column of a cell.
    pub fn extra(&self, cell: usize, name: &str) -> Option<Span> {
        let place = self.kind.view.columns().position(|known| known == name);
        self.extras[cell][place.expect("a column that is kept")]
    }

    /// Why a cell has no level, as a place among the reasons that are declared; `None` where it failed.
    pub fn reason(&self, cell: usize, levels: &str) -> Option<usize> {
        let mut names = self.kind.view.levels.iter();
        let place = names.position(|known| known.name == levels);
        self.reasons[cell][place.expect("levels of the view")]
    }

    /// The axes that change by themselves; none where cells are scattered at random.
    pub fn free_axes(&self) -> Vec<usize> {
        // Where no value comes twice, axes of a grid go up or down; random ones go to and fro.
        let scattered = |axis: &Axis| axis.len() == self.rates.len() && !axis.is_monotonic();
        if self.axes.len() > 1 && self.axes.iter().any(scattered) {
            return Vec::new();
        }
        let mut free: Vec<usize> = Vec::new();
        for (place, axis) in self.axes.iter().enumerate() {
            let tied = free.iter().any(|&other| axis.follows(&self.axes[other]));
            if axis.len() > 1 && !tied {
                free.push(place);
            }
        }
        free
    }

    /// The maps there are; none unless the cells are a grid of at least two axes, or the beginning of one.
    pub fn facets(&self) -> Vec<Facet> {
        let free = self.free_axes();
        let [x, y, rest @ ..] = free.as_slice() else {
            return Vec::new();
        };
        let full: usize = free.iter().map(|&axis| self.axes[axis].len()).product();
        let cells = self.rates.len();
        // A sweep that was broken off lacks less than one value of its first axis. One that was refined lacks many cells, but
        // has the others in the grid's order, which random ones have not.
        let is_begun = cells <= full && full - cells < full / self.axes[*x].len();
        let places = &self.axes[*x].places;
        let is_refined = cells <= full && (places.is_sorted() || places.iter().rev().is_sorted());
        if !is_begun && !is_refined {
            return Vec::new();
        }
        let mut facets: Vec<Facet> = Vec::new();
        let (columns, rows) = (self.axes[*x].len(), self.axes[*y].len());
        let mut places = std::collections::HashMap::new();
        for cell in 0..cells {
            let of = |&axis: &usize| self.axes[axis].places[cell] as usize;
            let fixed: Vec<usize> = rest.iter().map(of).collect();
            let facet = *places.entry(fixed.clone()).or_insert_with(|| {
                let named = rest
                    .iter()
                    .zip(&fixed)
                    .map(|(&axis, &place)| format!("{} = {}", self.axes[axis].key, self.axes[axis].values[place]));
                facets.push(Facet {
                    axes: [*x, *y],
                    fixed: named.collect(),
                    cells: vec![None; columns * rows],
                    shown: Vec::new(),
                });
                facets.len() - 1
            });
            facets[facet].cells[of(y) * columns + of(x)] = Some(cell);
        }
        for facet in &mut facets {
            facet.shown = match is_begun {
                true => facet.cells.clone(),
                false => facet.lent(columns),
            };
        }
        facets
    }

    /// Median over the cells of bound/simulated, where positive.
    pub fn median_tightness(&self, bound: usize) -> Option<f64> {
        let values = self.tightness[bound].iter().copied();
        Span::of(values).map(|spread| spread.median)
    }

    /// What was run, for captions.
    pub fn setting(&self) -> String {
        let name = self.kind.view.title;
        let runs = match self.seeds {
            1 => "one run each".to_owned(),
            seeds => format!("{seeds} runs each"),
        };
        let drawn = self.sieve.as_ref().map(|sieve| format!("; {}", sieve.words()));
        format!("{name}, {} cells, {runs}{}", self.cells, drawn.unwrap_or_default())
    }
}

/// Places of the bounds that some run has a verdict on; all, where every run failed: that is to be seen.
fn spoken_of(verdicts: &[[usize; Verdict::ALL.len()]]) -> Vec<usize> {
    let spoken = |place: &usize| verdicts[*place].iter().any(|&count| count > 0);
    let some: Vec<usize> = (0..verdicts.len()).filter(spoken).collect();
    match some.is_empty() {
        true => (0..verdicts.len()).collect(),
        false => some,
    }
}

/// The first of the declared reasons that a run of the cell has.
fn reason(levels: &Levels, head: &Head, cell: &Cell) -> Option<usize> {
    let absent = levels.absent?;
    let column = head.column(absent.column);
    let mut reasons = absent.reasons.iter();
    reasons.position(|(word, ..)| cell.runs.iter().any(|run| run.text(column) == *word))
}

impl Facet {
    /// The cells that were run.
    pub fn run(&self) -> Vec<usize> {
        self.cells.iter().copied().flatten().collect()
    }

    /// With the nearest cell in each blank.
    fn lent(&self, columns: usize) -> Vec<Option<usize>> {
        let known: Vec<bool> = self.cells.iter().map(Option::is_some).collect();
        let sources = nearest(&known, columns).into_iter();
        sources.map(|source| self.cells[source?]).collect()
    }

    /// Places where another cell is shown than was run.
    pub fn blanks(&self) -> Vec<usize> {
        let places = 0..self.cells.len();
        let lent = |&at: &usize| self.cells[at].is_none() && self.shown[at].is_some();
        places.filter(lent).collect()
    }
}

impl Judged {
    fn of(bound: &'static Bound, head: &Head) -> Self {
        Self {
            natural: bound.natural,
            value: head.column(bound.name),
            measured: head.column(&simulated(bound.name)),
            verdict: head.column(&verdict(bound.name)),
            d0: matches!(bound.natural, Natural::D0).then(|| head.column("d0")),
        }
    }

    fn rate(&self, cell: &Cell) -> Rate {
        let median = |f: &dyn Fn(&RowValues) -> f64| Span::of(cell.runs.iter().map(f)).map(|span| span.median);
        let positive = |x: f64| if x > 0.0 { x } else { f64::NAN };
        let is_said = |verdict: &Verdict| cell.runs.iter().any(|run| run.text(self.verdict) == verdict.name());
        Rate {
            value: cell.spread(self.value),
            simulated: cell.spread(self.measured),
            tightness: median(&|run| positive(run.number(self.value)) / positive(run.number(self.measured))),
            gamma: median(&|run| match self.natural {
                Natural::Itself => run.number(self.value),
                Natural::D0 => run.number(self.value) / self.d0.map_or(1.0, |d0| run.number(d0)),
                Natural::Presence => f64::NAN,
            }),
            verdict: WORST_FIRST.into_iter().find(is_said),
        }
    }
}
