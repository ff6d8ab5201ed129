//! What is read off a run at the states that its method took, in memory that does not grow with their number.

use super::Row;
use super::rates::WorstRate;

/// Points for fits; where there are more, every other one is left out.
const MOST: usize = 1 << 14;

/// The largest angle and the slowest mode at one time.
#[derive(Clone, Copy, Debug)]
struct Point {
    time: f64,
    angle: f64,
    mode: Option<f64>,
}

/// Statistics of all states that it was shown: nothing that lies between output times escapes the extremes.
#[derive(Clone, Debug)]
pub struct Readings {
    rate_floor: f64,
    points: Vec<Point>,
    /// One of so many states becomes a point.
    stride: u64,
    taken: u64,
    worst: Option<WorstRate>,
    start: f64,
    last: Option<Row>,
    largest_rise: f64,
    balance: f64,
}

impl Readings {
    /// None yet. Rates are read above `rate_floor`.
    pub fn new(rate_floor: f64) -> Self {
        Self {
            rate_floor,
            points: Vec::new(),
            stride: 1,
            taken: 0,
            worst: None,
            start: f64::NAN,
            last: None,
            largest_rise: 0.0,
            balance: 0.0,
        }
    }

    /// Takes in the next state. O(m).
    pub fn take(&mut self, row: Row) {
        let loss = row.snapshot.loss;
        match &self.last {
            None => self.start = loss,
            Some(last) => {
                let rise = (loss - last.snapshot.loss) / self.start;
                self.largest_rise = self.largest_rise.max(rise);
            }
        }
        let balance = (loss + row.snapshot.dissipated - self.start) / self.start;
        self.balance = self.balance.max(balance.abs());
        let snapshot = &row.snapshot;
        self.watch(row.time, &snapshot.angles, &snapshot.angle_rates);
        if self.taken.is_multiple_of(self.stride) {
            self.points.push(Point {
                time: row.time,
                angle: row.largest_angle(),
                mode: row.slowest_mode,
            });
        }
        if self.points.len() == MOST {
            let mut place = 0..MOST;
            self.points.retain(|_| place.next().is_some_and(|place| place.is_multiple_of(2)));
            self.stride *= 2;
        }
        self.taken += 1;
        self.last = Some(row);
    }

    /// Takes in the rates alone, of a state between those that are read: θ_j, and dθ_j/dt. O(m).
    pub fn watch(&mut self, time: f64, angles: &[f64], rates: &[f64]) {
        if angles.iter().any(|angle| *angle > self.rate_floor) {
            let rate = WorstRate::at(time, angles, rates);
            self.worst = Some(self.worst.map_or(rate, |worst| worst.and(rate)));
        }
    }

    /// The smallest rates above the rate floor; `None` if no state lay there.
    pub fn worst(&self) -> Option<WorstRate> {
        self.worst
    }

    /// Times and largest angles, for a fit.
    pub fn largest_angles(&self) -> Vec<(f64, f64)> {
        let points = self.points.iter();
        points.map(|point| (point.time, point.angle)).collect()
    }

    /// Times and amplitudes of the slowest mode, where it is known.
    pub fn slowest_mode(&self) -> Vec<(f64, f64)> {
        let points = self.points.iter();
        let points = points.filter_map(|point| Some((point.time, point.mode?)));
        points.collect()
    }

    /// ℓ at the first state; NaN before there is one.
    pub fn loss_start(&self) -> f64 {
        self.start
    }

    /// The last state.
    pub fn last(&self) -> Option<&Row> {
        self.last.as_ref()
    }

    /// Largest rise of the loss from one state to the next, relative to ℓ(0).
    pub fn largest_rise(&self) -> f64 {
        self.largest_rise
    }

    /// Largest |ℓ(t) + dissipated(t) − ℓ(0)|, relative to ℓ(0): zero for an exact gradient flow.
    pub fn energy_residual(&self) -> f64 {
        self.balance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Snapshot;

    fn row(time: f64, angle: f64, rate: f64, loss: f64) -> Row {
        Row {
            time,
            snapshot: Snapshot {
                loss,
                dissipated: 1.0 - loss,
                angles: vec![0.5 * angle, angle],
                angle_rates: vec![0.0, -rate * angle],
            },
            slowest_mode: Some(2.0 * angle),
        }
    }

    #[test]
    fn the_worst_of_very_many_states_is_kept_though_few_points_are() {
        let mut readings = Readings::new(1e-6);
        let count = 3 * MOST;
        for i in 0..count {
            // One state in all of them falls more slowly, and one rises: neither is a point that is kept.
            let rate = if i == MOST + 1 { 0.25 } else { 1.0 };
            let loss = if i == MOST + 3 { 0.75 } else { 0.5 };
            readings.take(row(i as f64, 0.1, rate, if i == 0 { 1.0 } else { loss }));
        }
        let worst = readings.worst().unwrap();
        assert!((worst.theta - 0.25).abs() < 1e-15);
        assert_eq!(worst.time, (MOST + 1) as f64);
        assert_eq!(readings.largest_rise(), 0.25);
        let points = readings.largest_angles();
        assert!(points.len() < MOST && points.len() >= MOST / 2);
        assert!(points.windows(2).all(|pair| pair[1].0 - pair[0].0 == 4.0));
        assert_eq!(readings.last().unwrap().time, (count - 1) as f64);
    }

    #[test]
    fn below_the_floor_no_rate_is_read() {
        let mut readings = Readings::new(0.2);
        readings.take(row(0.0, 0.1, 1.0, 1.0));
        assert!(readings.worst().is_none());
        assert_eq!(readings.slowest_mode(), [(0.0, 0.2)]);
    }
}
