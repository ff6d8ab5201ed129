//! Along an axis: where its ends are, where values lie, and which ticks have labels.

use super::axes::{Axis, Scale};
use super::number::short;
use super::text::width;
use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;
use std::ops::RangeInclusive;

/// What is drawn of an axis lies between these; a log axis begins at 10⁻³⁰⁰.
const LARGEST: f64 = 1e300;
/// Labels between these are plain numbers.
const PLAIN: RangeInclusive<f64> = 0.999e-3..=1.0001e4;
/// Room at both ends, as a part of the axis.
const ROOM: f64 = 0.03;

/// An axis whose ends are known, on its own scale: those of a log axis are exponents.
pub(super) struct Coordinate<'a> {
    pub(super) axis: &'a Axis,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// What stands along an axis; places are parts of it.
#[derive(Debug, Default)]
pub(super) struct Ticks {
    pub(super) labelled: Vec<(f64, String)>,
    pub(super) minor: Vec<f64>,
    /// Labels are multiples of this power of ten.
    pub(super) exponent: i32,
}

impl Axis {
    /// Half way between the cells' places, on the axis' own scale, and as far beyond the first and the last.
    fn borders(&self) -> Vec<f64> {
        let at: Vec<f64> = self.cells.iter().map(|&x| self.warp(x)).collect();
        match at[..] {
            [] => vec![0.0, 1.0],
            [one] => vec![one - 0.5, one + 0.5],
            [first, second, ..] => {
                let last = at.len() - 1;
                let mut borders = vec![1.5 * first - 0.5 * second];
                borders.extend(at.windows(2).map(|pair| 0.5 * (pair[0] + pair[1])));
                borders.push(1.5 * at[last] - 0.5 * at[last - 1]);
                borders
            }
        }
    }

    fn warp(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => value,
            Scale::Log => value.log10(),
        }
    }

    /// Whether a value has a place on an axis of this scale.
    pub(super) fn has(&self, value: f64) -> bool {
        match self.scale {
            Scale::Linear => value.abs() <= LARGEST,
            Scale::Log => (1.0 / LARGEST..=LARGEST).contains(&value),
        }
    }

    /// With ends that show all values, and some room.
    pub(super) fn spanning(&self, values: impl Iterator<Item = f64>) -> Coordinate<'_> {
        let [low, high] = self.ends(values);
        Coordinate { axis: self, low, high }
    }

    fn ends(&self, values: impl Iterator<Item = f64>) -> [f64; 2] {
        // Narrower ones would be lost in rounding.
        let is_range = |low: f64, high: f64| {
            let size = low.abs().max(high.abs());
            high - low > (1e-9 * size).max(1e-290) && size <= LARGEST
        };
        if let Some(range) = self.range
            && range.iter().all(|&end| self.has(end))
        {
            let [low, high] = range.map(|end| self.warp(end));
            if is_range(low, high) {
                return [low, high];
            }
        }
        if !self.cells.is_empty() {
            let borders = self.borders();
            let [low, high] = [borders[0], borders[borders.len() - 1]];
            return if is_range(low, high) { [low, high] } else { [0.0, 1.0] };
        }
        let values = values.chain(self.include.iter().copied());
        // Ticks go a little beyond the data.
        let inside = |&x: &f64| self.has(10.0 * x) && self.has(0.1 * x);
        let known = values.filter(inside).map(|x| self.warp(x));
        let [low, high] = known.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)]);
        let size = low.abs().max(high.abs());
        match self.scale {
            _ if low > high => [0.0, 1.0],
            Scale::Log if high - low < 1e-3 => [low - 0.35, high + 0.35],
            Scale::Linear if size < 1.0 / LARGEST => [-1.0, 1.0],
            Scale::Linear if self.whole && high - low < 1.0 => [low - 1.0, high + 1.0],
            Scale::Linear if high - low < 1e-9 * size => [low - 0.1 * size, high + 0.1 * size],
            _ => [low - ROOM * (high - low), high + ROOM * (high - low)],
        }
    }
}

impl Coordinate<'_> {
    /// 0 at the low end, 1 at the high one. NaN where a value has no place.
    pub(super) fn part(&self, value: f64) -> f64 {
        if !self.axis.has(value) {
            return f64::NAN;
        }
        self.place(self.axis.warp(value))
    }

    fn place(&self, warped: f64) -> f64 {
        (warped - self.low) / (self.high - self.low)
    }

    /// Whether a value can be seen, borders included.
    pub(super) fn shows(&self, value: f64) -> bool {
        (-1e-9..=1.0 + 1e-9).contains(&self.part(value))
    }

    /// Borders of a map's cells. Those that have no place are at the low end.
    pub(super) fn borders(&self) -> Vec<f64> {
        let borders = self.axis.borders().into_iter();
        borders.map(|at| self.place(at).clamp(0.0, 1.0).max(0.0)).collect()
    }

    /// As many labels as fit beside each other.
    pub(super) fn fitting(&self, pixels: f64, most: usize, size: f64) -> Ticks {
        let fits = |ticks: &Ticks| {
            ticks.labelled.windows(2).all(|pair| {
                let [one, other] = [&pair[0].1, &pair[1].1].map(|label| width(label, size));
                (pair[1].0 - pair[0].0) * pixels > 0.5 * (one + other) + 8.0
            })
        };
        let tried = (3..=most).rev().map(|room| self.ticks(room));
        let mut fitting = tried.filter(fits);
        fitting.next().unwrap_or_else(|| self.ticks(3))
    }

    /// At least three labels where that can be, at most about `room`.
    pub(super) fn ticks(&self, room: usize) -> Ticks {
        let axis = self.axis;
        let few = axis.scale == Scale::Linear && (2..=room).contains(&axis.cells.len());
        if few || !axis.names.is_empty() {
            let every = axis.cells.len().div_ceil(room).max(1);
            let text = |i: usize, value: f64| axis.names.get(i).cloned().unwrap_or(short(value));
            let cells = axis.cells.iter().enumerate().filter(|(_, x)| self.shows(**x));
            let cells = cells.step_by(every);
            return Ticks {
                labelled: cells.map(|(i, &x)| (self.part(x), text(i, x))).collect(),
                ..Ticks::default()
            };
        }
        match axis.scale {
            Scale::Linear => self.linear_ticks(room),
            Scale::Log => self.log_ticks(room),
        }
    }

    /// At multiples of 1, 2 or 5 times a power of ten.
    fn linear_ticks(&self, room: usize) -> Ticks {
        let (low, high) = (self.low, self.high);
        let exponent = low.abs().max(high.abs()).log10().floor() as i32;
        let unit = 10f64.powi(exponent);
        let shown = if (-3..5).contains(&exponent) { 0 } else { exponent };
        let points = multiples(low / unit, high / unit, room.max(3));
        let whole = |x: &f64| !self.axis.whole || (x * unit - (x * unit).round()).abs() < 1e-6;
        let points: Vec<f64> = points.into_iter().filter(whole).collect();
        let scale = 10f64.powi(exponent - shown);
        let step = points.windows(2).map(|pair| pair[1] - pair[0]).fold(1.0, f64::min);
        let digits = (-(step * scale).log10() - 1e-6).ceil().clamp(0.0, 17.0) as usize;
        let label = |x: f64| signed(format!("{:.digits$}", x * scale));
        // A tick may lie beyond the largest number that an axis has.
        let places = points.iter().map(|&x| (self.part(x * unit), label(x)));
        Ticks {
            labelled: places.filter(|(place, _)| place.is_finite()).collect(),
            minor: Vec::new(),
            exponent: shown,
        }
    }

    /// The coarsest of decades, 1-2-5 and all digits that gives four labels, or else three; or else equal differences.
    fn log_ticks(&self, room: usize) -> Ticks {
        const DIGITS: [u32; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        let (first, last) = (self.low.floor() as i32, self.high.ceil() as i32);
        let place = |&(n, digit): &(i32, u32)| self.place(f64::from(n) + f64::from(digit).log10());
        let inside =
            |tick: &(i32, u32)| (-1e-9..=1.0 + 1e-9).contains(&place(tick)) && (tick.0 >= 0 || !self.axis.whole);
        let chosen = |every: i32, digits: &[u32]| -> Vec<(i32, u32)> {
            let decades = (first..=last).filter(|n| n % every == 0);
            let all = decades.flat_map(|n| digits.iter().map(move |&digit| (n, digit)));
            all.filter(inside).collect()
        };
        let decades = [200, 100, 50, 20, 10, 5, 2, 1].map(|every| chosen(every, &[1]));
        let within: [&[u32]; 3] = [&[1, 2, 5], &DIGITS, &[1, 5]];
        let within = within.map(|digits| chosen(1, digits));
        let all = || decades.iter().chain(&within);
        let fitting = |least: usize| all().find(|ticks| (least..=room.max(4)).contains(&ticks.len()));
        let most = all().find(|ticks| ticks.len() > 2 && self.high - self.low > 1.0);
        let Some(labelled) = fitting(4).or_else(|| fitting(3)).or(most) else {
            return self.equal_on_log(room);
        };
        let plain = labelled.iter().all(|&(n, digit)| PLAIN.contains(&value(n, digit)));
        let minor = match last - first {
            ..9 => chosen(1, &DIGITS),
            9..40 => chosen(1, &[1]),
            _ => Vec::new(),
        };
        Ticks {
            labelled: labelled.iter().map(|tick| (place(tick), power(*tick, plain))).collect(),
            minor: minor.iter().filter(|tick| !labelled.contains(tick)).map(place).collect(),
            exponent: 0,
        }
    }

    /// Less than a decade is nearly linear.
    fn equal_on_log(&self, room: usize) -> Ticks {
        let exponent = self.low.floor();
        let inside = |x: f64| 10f64.powf(x - exponent);
        let points = multiples(inside(self.low), inside(self.high), room.max(3));
        let plain = points.iter().all(|x| PLAIN.contains(&(x * 10f64.powf(exponent))));
        let label = |x: f64| match plain {
            true => signed(trimmed(x * 10f64.powf(exponent))),
            false => signed(format!("{}·10^{{{exponent}}}", trimmed(x))),
        };
        let place = |x: f64| self.place(exponent + x.log10());
        Ticks {
            labelled: points.into_iter().map(|x| (place(x), label(x))).collect(),
            ..Ticks::default()
        }
    }
}

/// Multiples of 1, 2 or 5 times a power of ten between two numbers of order one: three or more, up to about `most`.
fn multiples(low: f64, high: f64, most: usize) -> Vec<f64> {
    let (size, largest) = (high - low, low.abs().max(high.abs()));
    // Plotters steps on for ever where a step is lost to rounding.
    if !(size > 1e-9 * largest && size > 1e-290 && largest < LARGEST) {
        return vec![low, 0.5 * low + 0.5 * high, high];
    }
    let points = |count| RangedCoordf64::from(low..high).key_points(BoldPoints(count));
    let found = (most..most + 6).map(points).find(|found| found.len() > 2);
    found.unwrap_or_else(|| vec![low, 0.5 * (low + high), high])
}

fn value(n: i32, digit: u32) -> f64 {
    f64::from(digit) * 10f64.powi(n)
}

fn power((n, digit): (i32, u32), plain: bool) -> String {
    signed(match (plain, digit) {
        (true, _) => trimmed(value(n, digit)),
        (false, 1) => format!("10^{{{n}}}"),
        (false, _) => format!("{digit}·10^{{{n}}}"),
    })
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// With a minus that is one, and none before zero.
fn signed(text: String) -> String {
    let is_zero = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
    text.replace('-', if is_zero { "" } else { "−" })
}
