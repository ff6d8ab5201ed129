use super::*;
use crate::overlap::{HalfAngle, gaussian::KernelTable};

/// Orthonormal W*, orthonormal rows of V*, random unit W_r in `dim` dimensions.
fn orthonormal(seed: u64, dim: usize, m: usize, r: usize, b: f64, theta0: f64, e0: f64) -> Problem {
    let mut stream = crate::rng::stream(seed, "extra", &[]);
    let drawn = crate::network::draw::gaussian_in_span(&mut stream, dim, m, r);
    let mut extra = drawn;
    for mut column in extra.columns_mut() {
        crate::network::unit::normalize(&mut column);
    }
    let mut teacher = Array2::zeros((extra.nrows(), m));
    teacher.slice_mut(ndarray::s![..m, ..]).assign(&Array2::eye(m));
    Problem {
        teacher,
        teacher_fan_out: Array2::eye(m),
        extra,
        threshold: b,
        angles: Array1::from_elem(m, theta0),
        fan_out_errors: Array1::from_elem(m + r, e0),
    }
}

#[test]
fn rates_are_of_the_order_that_the_prototype_found() {
    // Other draws of W_r: orders, not values. Rates over L(0).
    for (b, theta0, e0, figure) in [(2.0, 0.02, 0.02, 0.667), (2.5, 0.1, 0.05, 0.696), (3.0, 0.1, 0.05, 0.901)] {
        let l0 = KernelTable::new(b).at(HalfAngle::ZERO).l;
        for seed in 1..=20 {
            let problem = orthonormal(seed, 100, 5, 5, b, theta0, e0);
            let found = problem.certify().map_or(0.0, |c| c.rate) / l0;
            assert!((found / figure - 1.0).abs() < 0.2, "{b}, {seed}: {found} beside {figure}");
        }
    }
    assert!(orthonormal(1, 100, 3, 3, 1.0, 0.02, 0.02).certify().is_none());
}
