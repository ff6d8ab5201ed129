//! What a sweep over an experiment shows: declared beside its columns.

use crate::bound::Bound;
use crate::plot::Look;

/// What a sweep over an experiment shows.
#[derive(Clone, Copy)]
pub struct View {
    /// As in "Theorem 4".
    pub title: &'static str,
    /// Rates that have verdicts: maps of them, and of how tight they are.
    pub bounds: &'static [Bound],
    /// Further rates that are drawn beside them over one axis.
    pub rates: &'static [Rate],
    /// Pairs of columns, analytic and simulated, beside each bound and what it was judged by.
    pub pairs: &'static [Pair],
    /// Other numbers: maps over two axes, lines over one.
    pub levels: &'static [Levels],
}

/// A column that is a rate.
#[derive(Clone, Copy)]
pub struct Rate {
    /// Its column.
    pub column: &'static str,
    /// In the key.
    pub label: &'static str,
    /// How it is drawn.
    pub look: Look,
}

/// Two columns that should be equal.
#[derive(Clone, Copy)]
pub struct Pair {
    /// The column of the analytic rate.
    pub analytic: &'static str,
    /// And of the simulated one.
    pub simulated: &'static str,
    /// In the key.
    pub label: &'static str,
    /// How it is drawn.
    pub look: Look,
}

/// Columns that share a figure.
#[derive(Clone, Copy)]
pub struct Levels {
    /// Name of the file.
    pub name: &'static str,
    /// What there is to see.
    pub title: &'static str,
    /// In a sentence.
    pub caption: &'static str,
    /// What is measured, with its unit.
    pub label: &'static str,
    /// Columns, and what each is.
    pub columns: &'static [(&'static str, &'static str)],
    /// A level above this has not vanished.
    pub alive: Option<f64>,
    /// Why a run that came to its end may have no level.
    pub absent: Option<Absent>,
}

/// Why there is no number: a column of words, and how each is drawn. Of a cell's runs the first of them counts.
#[derive(Clone, Copy)]
pub struct Absent {
    /// Its column.
    pub column: &'static str,
    /// Words, what they mean, and how they are drawn.
    pub reasons: &'static [(&'static str, &'static str, Look)],
}

impl View {
    /// Nothing but levels.
    pub const fn of_levels(title: &'static str, levels: &'static [Levels]) -> Self {
        Self {
            title,
            bounds: &[],
            rates: &[],
            pairs: &[],
            levels,
        }
    }

    /// Every column that is read for the figures, but those of bounds.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        let rates = self.rates.iter().map(|rate| rate.column);
        let pairs = self.pairs.iter();
        let pairs = pairs.flat_map(|pair| [pair.analytic, pair.simulated]);
        let levels = self.levels.iter().flat_map(|levels| levels.columns);
        rates.chain(pairs).chain(levels.map(|column| column.0))
    }
}
