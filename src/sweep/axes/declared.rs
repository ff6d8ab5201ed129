//! The keys of `[sweep]`.

use super::DesignName;
use crate::config::{Fallback, Key, Range, keys};

/// Most values of an axis, and most points.
pub(in crate::sweep) const MOST_POINTS: u64 = 1 << 40;

const NUMBER: Range = Range::closed(-1e300, 1e300, "a number");

keys! {
    /// The keys of `[sweep]`; those of an axis also hold for each axis of a `zip`.
    pub KEYS {
        /// Runs of each cell.
        SEEDS = Key::whole("sweep.seeds", 1, MOST_POINTS)
            .or(Fallback::Whole(1))
            .means("runs at each cell, with seeds counted up from the scenario's; `aggregate.csv` has their median, least and greatest");
        /// How points come from axes.
        DESIGN = Key::words::<DesignName>("sweep.design")
            .or(Fallback::Word("grid"))
            .means("all combinations, or `points` draws from all axes, each with a seed of its own: independent ones, or a scrambled Sobol sequence, which leaves no gaps and no heaps (65,536 points and 256 axes at most)");
        /// Of a random design.
        POINTS = Key::whole("sweep.points", 1, MOST_POINTS)
            .or(Fallback::Rule("none"))
            .means("how many, with \"random\" or \"sobol\"");
        /// A first look.
        THIN = Key::whole("sweep.thin", 1, MOST_POINTS)
            .or(Fallback::Whole(1))
            .means("of a grid, use every so many-th value of each axis: a first look, whose rows the full sweep uses again");
        /// What changes.
        KEY = Key::form(
            "sweep.axis[].key",
            "a key of the scenario, as in \"student.theta0\", on one axis only; for seed, sweep.seeds",
        )
            .means("what changes: any key but `seed`, `experiment`, `output.…`");
        /// Values one by one.
        VALUES = Key::form("sweep.axis[].values", "a list of values, not empty, none twice")
            .or(Fallback::Rule("none"))
            .means("as written");
        /// Equal differences: the first value.
        LINEAR_FROM = Key::number("sweep.axis[].linear.from", NUMBER)
            .means("the first of values with equal differences, rounded to 12 digits of the larger end: 0.1, 0.2, 0.3 and no 0.30000000000000004");
        /// Equal differences: the last value.
        LINEAR_TO = Key::number("sweep.axis[].linear.to", NUMBER)
            .means("the last of them; with `step` the values end before it where it falls short");
        /// Equal differences: how many.
        LINEAR_POINTS = Key::whole("sweep.axis[].linear.points", 2, MOST_POINTS)
            .or(Fallback::Rule("as step says"))
            .means("how many; none with \"random\" or \"sobol\"");
        /// Equal differences: how large.
        LINEAR_STEP = Key::number("sweep.axis[].linear.step", Range::POSITIVE)
            .or(Fallback::Rule("as points say"))
            .means("in place of `points`: the difference, of a range that rises");
        /// Equal differences of whole numbers.
        LINEAR_WHOLE = Key::flag("sweep.axis[].linear.whole")
            .or(Fallback::Flag(false))
            .means("round to whole numbers");
        /// Equal ratios: the first value.
        LOG_FROM = Key::number("sweep.axis[].log.from", Range::POSITIVE)
            .means("the first of values with equal ratios, rounded to 6 digits, or as many as keep them apart; the ends as written");
        /// Equal ratios: the last value.
        LOG_TO = Key::number("sweep.axis[].log.to", Range::POSITIVE)
            .means("the last of them");
        /// Equal ratios: how many.
        LOG_POINTS = Key::whole("sweep.axis[].log.points", 2, MOST_POINTS)
            .or(Fallback::Rule("none"))
            .means("how many; none with \"random\" or \"sobol\"");
        /// Equal ratios of whole numbers.
        LOG_WHOLE = Key::flag("sweep.axis[].log.whole")
            .or(Fallback::Flag(false))
            .means("round to whole numbers; those that come out twice are there once");
        /// Axes that go together.
        ZIP = Key::form("sweep.axis[].zip", "a list of axes with equally many values")
            .or(Fallback::Rule("none"))
            .means("in place of `key`: keys that change together, as in `zip = [{ key = \"teacher.nodes\", values = [2, 4] }, { key = \"teacher.outputs\", values = [2, 4] }]`");
    }
}
