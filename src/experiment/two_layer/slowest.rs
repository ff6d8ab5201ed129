//! The slowest state that a search finds within the same limits as a start, beside what is certified of that start.

use super::keys::STARTS;
use crate::config::ScenarioError;
use crate::config::section::Section;
use crate::experiment::{Absent, Hooks, Levels, Reading};
use crate::falsify::{Found, Search};
use crate::plot::Look;
use crate::plot::number::short;
use serde::Serialize;
use std::fmt;

/// Steps of the search from each beginning.
const ITERATIONS: usize = 200;

/// The column of the rate that was found.
pub(in crate::experiment) const SLOWEST_FOUND: &str = "slowest_found";

/// What a sweep with searches shows: how much of what could be certified is.
pub(in crate::experiment) const CERTIFIED_OF_FOUND: Levels = Levels {
    name: "certified_of_found",
    title: "How much of the slowest rate that was found is certified",
    caption: "The Euclidean certificate's rate over that of the slowest start that a search found within the same limits: no certificate could have more than 1. Cells without a certificate say why: every start that was found converges, and nothing is proved; or one was found whose distance grows, so that nothing can be; or a premise is not met. Places that are blank were not run.",
    label: "certified rate / slowest rate found",
    columns: &[("certified_of_found", "Euclidean certificate")],
    alive: None,
    absent: Some(Absent {
        column: CERTIFIABILITY,
        reasons: &[
            (REFUTED, "uncertifiable: a start is found whose distance grows", Look::REFUTED),
            (
                UNCERTIFIED,
                "uncertified: every start that is found converges, nothing is proved",
                Look::UNCERTIFIED,
            ),
            (NOT_APPLICABLE, "not applicable: a premise is not met", Look::NOT_APPLICABLE),
            (NOT_SEARCHED, "not searched", Look::UNTESTED),
        ],
    }),
};

/// The column that says why there is no certificate, and its words.
const CERTIFIABILITY: &str = "certifiability";
const CERTIFIED: &str = "certified";
const UNCERTIFIED: &str = "uncertified";
const REFUTED: &str = "uncertifiable";
const NOT_APPLICABLE: &str = "not applicable";
const NOT_SEARCHED: &str = "not searched";

/// `[falsify]`
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Falsify {
    /// Random beginnings of the search; 0 for none.
    pub starts: u64,
}

impl Falsify {
    /// Reads the section.
    pub(in crate::experiment) fn read(mut section: Section) -> Result<Self, ScenarioError> {
        let starts = section.whole(&STARTS)?;
        section.finish()?;
        Ok(Self { starts })
    }

    /// Searches, if it is asked for; `found` is what there is, if anything, and the rate that is certified, if one is.
    pub(in crate::experiment) fn slowest(
        &self,
        seed: u64,
        hooks: &dyn Hooks,
        found: impl FnOnce(&Search) -> Option<(Found, Option<f64>)>,
    ) -> Option<Slowest> {
        if self.starts == 0 {
            return None;
        }
        let (found, certified) = found(&Search {
            starts: self.starts as usize,
            iterations: ITERATIONS,
            seed,
            hooks,
        })?;
        // Half a search is none.
        (!hooks.interrupted()).then(|| Slowest::of(&found, certified))?
    }
}

/// What a search came to. No rate of the distance that is larger can be proved of all such starts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Slowest {
    /// The smallest −d/dt log of the distance that was found; negative where the distance grows.
    pub rate: f64,
    /// The certified rate over it; `None` without a certificate, and where nothing can be certified.
    pub share: Option<f64>,
    /// Evaluations of the rate.
    pub evaluations: usize,
}

/// The columns of a sweep; `of` says what the rate is of, `applies` whether the certificate's premises are met.
pub(in crate::experiment) fn columns<O: 'static>(
    of: &'static str,
    slowest: fn(&O) -> Option<Slowest>,
    applies: fn(&O) -> bool,
) -> [Reading<O>; 3] {
    let certifiability = move |o: &O| match slowest(o) {
        _ if !applies(o) => NOT_APPLICABLE,
        None => NOT_SEARCHED,
        Some(found) => found.certifiability(),
    };
    [
        Reading::text(
            CERTIFIABILITY,
            "certified, uncertified, uncertifiable (a start is found whose distance grows), not applicable (a premise is not met), not searched",
            certifiability,
        ),
        Reading::number(SLOWEST_FOUND, "1/time", of, move |o: &O| slowest(o).map(|slowest| slowest.rate)),
        Reading::number(
            CERTIFIED_OF_FOUND.columns[0].0,
            "",
            "the Euclidean rate over the slowest that a search found",
            move |o: &O| slowest(o).and_then(|slowest| slowest.share),
        ),
    ]
}

impl fmt::Display for Slowest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = short(self.rate);
        write!(f, "The slowest start that was found within these limits: {rate} of the distance; ")?;
        match self.share {
            Some(share) => write!(f, "{:.3} of that is certified", share),
            None if self.rate > 0.0 => write!(f, "nothing is certified"),
            None => write!(f, "nothing can be certified in this norm"),
        }
    }
}

impl Slowest {
    fn certifiability(&self) -> &'static str {
        match self.share {
            Some(_) => CERTIFIED,
            None if self.rate > 0.0 => UNCERTIFIED,
            None => REFUTED,
        }
    }

    /// Of a search against the rate 1; `certified` is the rate that is proved, if one is. `None` where nothing was found.
    fn of(found: &Found, certified: Option<f64>) -> Option<Self> {
        let certified = certified.filter(|rate| *rate > 0.0 && found.ratio > 0.0);
        found.ratio.is_finite().then(|| Self {
            rate: found.ratio,
            share: certified.map(|rate| rate / found.ratio),
            evaluations: found.evaluations,
        })
    }
}
