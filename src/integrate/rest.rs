//! When a run has come to rest, wherever that is: a stop condition for monitors.

use super::RunEnd;

/// Compares states a doubling of time apart. Where nothing has moved by more than `room` over the whole second half of
/// the time, the run is at rest.
///
/// A mode of rate λ and size a that has begun to decay moves by a e^{−λt/2} over that half: what is left of it then is the
/// square of `room`. One too slow to have begun, λt ≪ 1, would pass for rest; therefore nothing is said before the time
/// `least`, some times of the slowest rate that is expected. Growth from a tiny error is seen if it has reached `room` by
/// then.
#[derive(Clone, Debug)]
pub struct Rest {
    room: f64,
    least: f64,
    time: f64,
    state: Vec<f64>,
}

impl Rest {
    /// `room` is in units of the state's components; no rest is seen before time `least`.
    pub fn new(room: f64, least: f64) -> Self {
        Self {
            room,
            least,
            time: 0.0,
            state: Vec::new(),
        }
    }

    /// To be told of each accepted step; [`RunEnd::AtRest`] once the run is. O(1), and O(size) at each doubling of time.
    pub fn reached(&mut self, time: f64, y: &[f64]) -> Option<RunEnd> {
        // Written so that a NaN never is at rest.
        if !(time >= self.least && time >= 2.0 * self.time) {
            return None;
        }
        let known = self.state.len() == y.len();
        let pairs = self.state.iter().zip(y);
        let moved = pairs.fold(0.0_f64, |moved, (a, b)| moved.max((a - b).abs()));
        if known && moved <= self.room {
            return Some(RunEnd::AtRest { time, moved });
        }
        self.time = time;
        self.state.clear();
        self.state.extend_from_slice(y);
        None
    }
}
