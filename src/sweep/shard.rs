//! A part of a sweep, dealt so that all parts have like work.
//!
//! Of k shards each has one point of every k consecutive ones: a card of each round, as it were. Which one changes from round
//! to round, and within k rounds a shard has every place once. Were it always the same, an axis whose length k divides would
//! give one shard all its costly points.

use crate::rng;
use std::fmt;
use std::str::FromStr;

/// What shards are dealt by, whatever the sweep.
const DEAL: u64 = 1;

/// Shard `number` of `count`, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    count: u64,
}

impl Shard {
    /// The whole sweep.
    pub const WHOLE: Self = Self { number: 1, count: 1 };

    /// `None` unless there are as many.
    pub(super) fn new(number: u64, count: u64) -> Option<Self> {
        (1..=count).contains(&number).then_some(Self { number, count })
    }

    /// Which of them, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Number of points in this shard of a sweep with so many.
    pub fn len_of(&self, points: u64) -> u64 {
        let (rounds, rest) = (points / self.count, points % self.count);
        rounds + u64::from(self.place(rounds) < rest)
    }

    /// The sweep's index of a shard's point.
    pub fn index(&self, position: u64) -> u64 {
        position * self.count + self.place(position)
    }

    /// The other way; `None` for points of other shards.
    pub fn position(&self, index: u64) -> Option<u64> {
        let (round, place) = (index / self.count, index % self.count);
        (self.place(round) == place).then_some(round)
    }

    /// The numbers of the shards, of so many, that have the points of a round, one after another.
    pub fn owners(round: u64, count: u64) -> impl Iterator<Item = u64> {
        let turn = turn(round, count);
        (0..count).map(move |place| (place + count - turn) % count + 1)
    }

    /// Which point of a round it has.
    fn place(&self, round: u64) -> u64 {
        let turned = u128::from(self.number - 1) + u128::from(turn(round, self.count));
        (turned % u128::from(self.count)) as u64
    }
}

/// By how much the deal is turned in a round: k rounds have every turn once, in an order of their own. O(1), whatever k.
///
/// Four rounds of Feistel's network permute the numbers of 2b bits, b as small as holds k; one that is not below k is
/// permuted again, which walks within a cycle and so comes to one that is.
fn turn(round: u64, count: u64) -> u64 {
    let bits = (u64::BITS - (count - 1).leading_zeros()).div_ceil(2).max(1);
    let mask = (1 << bits) - 1;
    let mut turn = round % count;
    loop {
        let (mut high, mut low) = (turn >> bits, turn & mask);
        for step in 0..4 {
            let mixed = rng::derive(DEAL, "shards", &[round / count, count, step, low]);
            (high, low) = (low, high ^ mixed & mask);
        }
        turn = high << bits | low;
        if turn < count {
            return turn;
        }
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let shard = parts.and_then(|(number, count)| Self::new(number.parse().ok()?, count.parse().ok()?));
        shard.ok_or_else(|| "allowed: i/k with i from 1 to k, as in 1/4".into())
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_shard_has_all_the_costly_points() {
        // Costs that grow along the inner axis, the outer one, or both.
        let costs: [fn(u64, u64) -> f64; 3] = [
            |_, inner| 1.15_f64.powi(inner as i32),
            |outer, _| 1.05_f64.powi(outer as i32),
            |outer, inner| 1.05_f64.powi((outer + inner) as i32),
        ];
        for (cost, inner) in costs.into_iter().flat_map(|cost| [40, 32, 25].map(|n| (cost, n))) {
            let of = |index: u64| cost(index / inner, index % inner);
            let work: Vec<f64> = (1..=8)
                .map(|number| {
                    let shard = Shard { number, count: 8 };
                    let positions = 0..shard.len_of(1600);
                    positions.map(|position| of(shard.index(position))).sum()
                })
                .collect();
            let mean = work.iter().sum::<f64>() / 8.0;
            let busiest = work.iter().copied().fold(0.0, f64::max);
            assert!(busiest / mean < 1.1, "{inner}: {:.3}", busiest / mean);
        }
    }

    #[test]
    fn more_shards_than_anybody_has_cost_nothing() {
        for text in ["1/18446744073709551615", "18446744073709551615/18446744073709551615"] {
            let shard: Shard = text.parse().unwrap();
            assert!(shard.len_of(1000) <= 1);
            assert_eq!(shard.position(shard.index(0)), Some(0));
        }
    }

    #[test]
    fn shards_have_every_point_once() {
        for count in 1..9 {
            let mut seen = vec![0; 23];
            for number in 1..=count {
                let shard: Shard = format!("{number}/{count}").parse().unwrap();
                for position in 0..shard.len_of(23) {
                    let index = shard.index(position);
                    assert_eq!(shard.position(index), Some(position));
                    let mut owners = Shard::owners(index / count, count);
                    assert_eq!(owners.nth((index % count) as usize), Some(number));
                    seen[index as usize] += 1;
                }
            }
            assert_eq!(seen, vec![1; 23]);
        }
        for wrong in ["0/2", "3/2", "1", "1/0", "a/b", "-1/2"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
