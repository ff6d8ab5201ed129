//! The times at which a run is looked at.

use crate::config::document::Value;
use serde::Serialize;

/// Times of equal ratios begin at this part of the horizon, where no other beginning is given.
const FIRST: f64 = 1e-3;

/// Most output times.
const MOST: u64 = 1_000_000;

/// The times at which a run is looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outputs {
    /// The ends of so many equal intervals.
    Count(u64),
    /// These, ascending.
    Times(Vec<f64>),
    /// So many with equal ratios.
    Log {
        /// How many.
        log: u64,
        /// The first; `None` for a thousandth of the horizon.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<f64>,
    },
}

impl Outputs {
    /// Ascending times in (0, horizon], the last of them the horizon.
    pub fn times(&self, horizon: f64) -> Vec<f64> {
        match self {
            Self::Count(count) => (1..=*count).map(|i| horizon * i as f64 / *count as f64).collect(),
            Self::Times(times) => {
                let within = times.iter().copied().filter(|&time| time < horizon);
                within.chain([horizon]).collect()
            }
            Self::Log { log, from } => {
                let first = from.unwrap_or(FIRST * horizon);
                if first >= horizon {
                    return vec![horizon];
                }
                let ratio = horizon / first;
                let part = |i: u64| i as f64 / (log - 1) as f64;
                let inner = (0..log - 1).map(|i| first * ratio.powf(part(i)));
                inner.chain([horizon]).collect()
            }
        }
    }

    /// How many there are for a horizon that lies beyond all of them.
    pub fn count(&self) -> u64 {
        match self {
            Self::Count(count) | Self::Log { log: count, .. } => *count,
            Self::Times(times) => times.len() as u64,
        }
    }

    /// A time that steps of fixed length should divide: that between two outputs, if it is always the same, or all of it.
    pub fn interval(&self, horizon: f64) -> f64 {
        match self {
            Self::Count(count) => horizon / *count as f64,
            _ => horizon,
        }
    }

    /// The last of listed times.
    pub fn last(&self) -> Option<f64> {
        match self {
            Self::Times(times) => times.last().copied(),
            _ => None,
        }
    }

    /// A number, a list of times, or `{ log = n, from = t }`.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let positive = |value: &Value| value.number().filter(|&x| x > 0.0);
        match value {
            Value::Integer(_) => {
                let count = value.whole()?;
                (10..=MOST).contains(&count).then_some(Self::Count(count))
            }
            Value::Array(items) if !items.is_empty() && items.len() as u64 <= MOST => {
                let times = items.iter().map(|node| positive(&node.value));
                let times: Vec<f64> = times.collect::<Option<_>>()?;
                let ascending = times.windows(2).all(|pair| pair[0] < pair[1]);
                ascending.then_some(Self::Times(times))
            }
            Value::Table(table) => {
                let log = table.get("log")?.value.whole()?;
                let from = match table.get("from") {
                    Some(node) => Some(positive(&node.value)?),
                    None => None,
                };
                let known = 1 + usize::from(from.is_some());
                let fits = table.len() == known && (2..=MOST).contains(&log);
                fits.then_some(Self::Log { log, from })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Outputs;

    #[test]
    fn times_ascend_to_the_horizon() {
        assert_eq!(Outputs::Count(4).times(2.0), [0.5, 1.0, 1.5, 2.0]);
        let listed = Outputs::Times(vec![0.1, 1.0, 3.0]);
        assert_eq!(listed.times(3.0), [0.1, 1.0, 3.0]);
        assert_eq!(listed.times(2.0), [0.1, 1.0, 2.0]);
        assert_eq!(listed.times(5.0), [0.1, 1.0, 3.0, 5.0]);
        let log = |from| Outputs::Log { log: 4, from }.times(1000.0);
        for times in [log(None), log(Some(1.0))] {
            assert_eq!((times[0], times[3]), (1.0, 1000.0));
            for pair in times.windows(2) {
                assert!((pair[1] / pair[0] - 10.0).abs() < 1e-12);
            }
        }
        assert_eq!(log(Some(1000.0)), [1000.0]);
    }
}
