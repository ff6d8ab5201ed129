//! Several like values as one.

use serde::Serialize;

/// Median, least and greatest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Span {
    /// Middle value, or the mean of the two middle ones.
    pub median: f64,
    /// least
    pub least: f64,
    /// greatest
    pub greatest: f64,
}

impl Span {
    /// Of all values but NaN; `None` if there are none.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.filter(|x| !x.is_nan()).collect();
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        Some(Self {
            median: 0.5 * (values[last / 2] + values[last.div_ceil(2)]),
            least: values[0],
            greatest: values[last],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_middle_values() {
        let spread = |values: &[f64]| Span::of(values.iter().copied());
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[f64::NAN]), None);
        let found = spread(&[3.0, f64::NAN, 1.0, 2.0]).unwrap();
        assert_eq!((found.median, found.least, found.greatest), (2.0, 1.0, 3.0));
        assert_eq!(spread(&[4.0, 1.0]).unwrap().median, 2.5);
        assert_eq!(spread(&[f64::INFINITY, 1.0, 2.0]).unwrap().greatest, f64::INFINITY);
    }
}
