//! `[sweep]`: which keys of the scenario take which values.

mod declared;
mod option;
mod range;
mod read;

pub use declared::KEYS;
pub(super) use declared::MOST_POINTS;
pub use option::AxisOption;

use crate::config::ScenarioError;
use crate::config::document::{Document, Node, Origin};
use crate::config::section::Section;
use crate::config::words::words;
use declared::{SEEDS, THIN};
use range::Range;

type Result<T> = std::result::Result<T, ScenarioError>;

/// A scenario file with a `[sweep]` section, before the scenario's meaning.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Everything but `[sweep]`.
    pub base: Document,
    /// How points come from axes.
    pub design: Design,
    /// The first is drawn horizontally, the second vertically.
    pub axes: Vec<Axis>,
    /// Each point is run with so many seeds, counted up from the scenario's.
    pub seeds: u64,
}

/// How points come from axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// All combinations.
    Grid,
    /// So many random draws from all axes together.
    Random {
        /// how many
        points: u64,
    },
    /// So many points of a scrambled Sobol sequence, a dimension for each axis: random, but evenly spread.
    Sobol {
        /// how many
        points: u64,
    },
}

impl Design {
    /// How many cells it draws; `None` for a grid, whose axes say it.
    pub fn drawn(self) -> Option<u64> {
        match self {
            Self::Grid => None,
            Self::Random { points } | Self::Sobol { points } => Some(points),
        }
    }
}

words! {
    /// How points come from axes.
    pub enum DesignName {
        /// All combinations.
        Grid = "grid",
        /// Random draws.
        Random = "random",
        /// A scrambled Sobol sequence.
        Sobol = "sobol",
    }
}

/// Keys that change together: one, or the several of a `zip`.
#[derive(Clone, Debug)]
pub struct Axis {
    /// At least one, all of the same length.
    pub parts: Vec<Part>,
}

/// One key with its values.
#[derive(Clone, Debug)]
pub struct Part {
    /// As in `student.theta0`.
    pub key: String,
    /// Where its values were written.
    pub origin: Origin,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    List(Vec<Node>),
    Range(Range),
}

impl Sweep {
    /// Takes `[sweep]` out of a document.
    ///
    /// # Errors
    /// The first mistake in `[sweep]`: among others two axes of one key, and an axis on which a value stands twice.
    pub fn read(mut document: Document) -> Result<Self> {
        let mut root = Section::root(document.clone());
        if !root.has("sweep") {
            let allowed = "a [sweep] section with at least one [[sweep.axis]]; \
                           luckflow run takes scenarios without";
            return Err(root.contradiction("sweep", "nothing".into(), allowed));
        }
        let mut section = root.section("sweep")?;
        let design = read::design(&mut section)?;
        let seeds = section.whole(&SEEDS)?;
        let thin = section.whole(&THIN)?;
        let axes = section
            .sections("axis")?
            .into_iter()
            .map(|axis| read::axis(axis, design, thin))
            .collect::<Result<Vec<_>>>()?;
        read::refuse_twice(&document, &axes)?;
        read::refuse_many(&section, design, axes.len())?;
        if axes.is_empty() && seeds == 1 {
            let allowed = "at least one [[sweep.axis]] with key and values, linear or log; or seeds";
            return Err(section.missing("axis", allowed));
        }
        section.finish()?;
        document.root.remove("sweep");
        Ok(Self {
            base: document,
            design,
            axes,
            seeds,
        })
    }
}

impl Axis {
    /// Number of values; 0 for ranges that are drawn from at random.
    pub fn count(&self) -> u64 {
        self.parts[0].count()
    }

    /// Whether its values lie between two ends, so that there is something between two of them.
    pub fn is_range(&self) -> bool {
        self.parts[0].is_range()
    }
}

impl Part {
    fn is_range(&self) -> bool {
        matches!(self.values, Values::Range(_))
    }

    fn count(&self) -> u64 {
        match &self.values {
            Values::List(list) => list.len() as u64,
            Values::Range(range) => range.count(),
        }
    }

    /// The value with this index, O(1): each is computed from the ends, so that nothing accumulates.
    pub fn at(&self, index: u64) -> Node {
        match &self.values {
            Values::List(list) => list[index as usize].clone(),
            Values::Range(range) => Node::new(range.at(index), self.origin),
        }
    }

    /// The value that a number from [0, 1) picks.
    pub fn pick(&self, uniform: f64) -> Node {
        match &self.values {
            Values::List(list) => list[((uniform * list.len() as f64) as usize).min(list.len() - 1)].clone(),
            Values::Range(range) => Node::new(range.pick(uniform), self.origin),
        }
    }

    /// Key and values, as text that says the same wherever it was written.
    pub(crate) fn definition(&self) -> String {
        match &self.values {
            Values::Range(range) => format!("{}: {range:?}", self.key),
            Values::List(list) => {
                let values: Vec<String> = list.iter().map(|node| node.value.to_string()).collect();
                format!("{}: [{}]", self.key, values.join(", "))
            }
        }
    }

    /// Values that show every mistake there can be: all of a list, the ends of a range and one from within.
    pub fn samples(&self) -> Vec<Node> {
        match &self.values {
            Values::List(list) => list.clone(),
            Values::Range(range) if range.points == 0 => [0.0, 0.4, 1.0 - f64::EPSILON].map(|u| self.pick(u)).into(),
            Values::Range(_) => {
                let last = self.count() - 1;
                let mut indices = vec![0, 1.min(last), last];
                indices.dedup();
                indices.into_iter().map(|index| self.at(index)).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
