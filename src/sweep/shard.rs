//! A part of a sweep: every so many-th point, so that all parts have like work.

use std::fmt;
use std::str::FromStr;

/// Shard `number` of `count`, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    count: u64,
}

impl Shard {
    /// The whole sweep.
    pub const WHOLE: Self = Self {
        number: 1,
        count: 1,
    };

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
        points.saturating_sub(self.number - 1).div_ceil(self.count)
    }

    /// The sweep's index of a shard's point.
    pub fn index(&self, position: u64) -> u64 {
        position * self.count + self.number - 1
    }

    /// The other way; `None` for points of other shards.
    pub fn position(&self, index: u64) -> Option<u64> {
        (index % self.count == self.number - 1).then_some(index / self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(number, count)| {
            Some((number.parse::<u64>().ok()?, count.parse::<u64>().ok()?))
        });
        match parts {
            Some((number, count)) if (1..=count).contains(&number) => Ok(Self { number, count }),
            _ => Err("allowed: i/k with i from 1 to k, as in 1/4".into()),
        }
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
    fn shards_have_every_point_once() {
        for count in 1..6 {
            let mut seen = vec![0; 23];
            for number in 1..=count {
                let shard: Shard = format!("{number}/{count}").parse().unwrap();
                for position in 0..shard.len_of(23) {
                    let index = shard.index(position);
                    assert_eq!(shard.position(index), Some(position));
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
