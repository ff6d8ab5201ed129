//! How a node turns relative to its teacher's.

use crate::overlap::HalfAngle;

/// θ of a unit node to `target`, of any norm, and dθ/dt where a node of the length `norm` moves at `velocity`. O(k).
pub fn turning(node: &[f64], (norm, velocity): (f64, &[f64]), target: &[f64]) -> (f64, f64) {
    let [square] = sums(node, target, velocity, |_, t, _| [t * t]);
    let scale = 1.0 / square.sqrt();
    // θ̇ = −ẇ·u, u the unit vector of P⊥ w*; w* − w first, so that nothing cancels near it.
    let [minus, plus, along] = sums(node, target, velocity, |w, t, _| {
        let (toward, sum) = (scale * t - w, scale * t + w);
        [toward * toward, sum * sum, toward * w]
    });
    let [square, speed] = sums(node, target, velocity, |w, t, v| {
        let toward = scale * t - w - along * w;
        [toward * toward, v * toward]
    });
    let length = square.sqrt();
    let rate = if length > 0.0 { -(speed / norm) / length } else { 0.0 };
    (HalfAngle::from_squares(minus, plus).radians(), rate)
}

/// The same of a node of any norm. It is copied.
pub fn turning_of_any(node: &[f64], moves: (f64, &[f64]), target: &[f64]) -> (f64, f64) {
    let unit: Vec<f64> = node.iter().map(|x| x / moves.0).collect();
    turning(&unit, moves, target)
}

/// Sums over the entries of three vectors, four at a time, which need not wait for each other.
#[inline(always)]
fn sums<const N: usize>(a: &[f64], b: &[f64], c: &[f64], term: impl Fn(f64, f64, f64) -> [f64; N]) -> [f64; N] {
    let mut sums = [[0.0; 4]; N];
    let mut add = |place: usize, terms: [f64; N]| {
        for (sum, term) in sums.iter_mut().zip(terms) {
            sum[place] += term;
        }
    };
    let ((a, last_a), (b, last_b), (c, last_c)) = (a.as_chunks::<4>(), b.as_chunks::<4>(), c.as_chunks::<4>());
    for ((a, b), c) in a.iter().zip(b).zip(c) {
        for i in 0..4 {
            add(i, term(a[i], b[i], c[i]));
        }
    }
    for (i, ((a, b), c)) in last_a.iter().zip(last_b).zip(last_c).enumerate() {
        add(i, term(*a, *b, *c));
    }
    sums.map(|[a, b, c, d]| (a + b) + (c + d))
}
