//! The second form of Theorem B: the smallest eigenvalue of a quadratic form in the tangents.

use super::definite::{largest_eigenvalue, least_eigenvalue};
use super::distance::{Inputs, Region};
use super::geometry::{Nodes, largest_row};
use super::interval::Interval;
use super::ledger::{Ledger, Side};
use super::read::{Mistake, Node};
use ndarray::Array2;

/// Pieces on which cos θ times a chord slope is bounded.
const PIECES: usize = 16;

/// ω of the pairs, ω' of the constant part, ω'' of the own products; or what each of them costs.
struct Splits {
    pairs: Interval,
    constant: Interval,
    own: Interval,
}

impl Splits {
    fn of(values: &[f64]) -> Self {
        let [pairs, constant, own] = [values[0], values[1], values[2]].map(Interval::from);
        Self { pairs, constant, own }
    }
}

/// What the file says of the form.
struct Form {
    own: Interval,
    /// C = D(Γ*) − λ_D
    constant: Array2<Interval>,
    against: Array2<f64>,
    towards: Array2<f64>,
    splits: Splits,
}

/// Prices are differences of nearly equal numbers where angles are small: so far the search knows them, relative.
const PRICE_ROOM: f64 = 1e-9;

/// λ_B of a region, from below.
pub fn rate(inputs: &Inputs, region: &Region, node: &Node, ledger: &mut Ledger) -> Result<f64, Mistake> {
    let bounds = node.at("bounds")?;
    let (kernel, nodes, count) = (&inputs.kernel, &inputs.nodes, inputs.nodes.len());
    let splits = splits(node, ledger)?;
    let gates = Array2::from_shape_fn((count, count), |at| kernel.gate(nodes.angles[at]));
    let least = Interval::from(least_eigenvalue(&gates));
    let least = ledger.at_most("bounds.least", "λ_D of D(Γ*)", bounds.number("least")?, least);
    let own = least - (kernel.tail - kernel.gate(region.theta));
    let own = ledger.at_most("bounds.own", "o = λ_D − (Q − D(θ̂))", bounds.number("own")?, own);
    let against = bounds.matrix("against", Some(count), Some(count))?;
    ledger.table("bounds.against", "A: cos θ × chord slope", Side::AtLeast, &against, |j, k| {
        (j != k).then(|| steepest_product(inputs, nodes.angles[[j, k]], region.theta))
    });
    let towards = bounds.matrix("towards", Some(count), Some(count))?;
    ledger.table("bounds.towards", "g: a × chord slope", Side::AtMost, &towards, |j, k| {
        let chord = || Interval::from(kernel.flattest_chord(nodes.angles[[j, k]], region.pair));
        (j != k).then(|| (region.alignment * chord()).low)
    });
    let mut constant = gates;
    constant.diag_mut().mapv_inplace(|d| d - least);
    let form = Form {
        own,
        constant,
        against,
        towards,
        splits: Splits::of(&splits),
    };
    let costs = form.costs(inputs, region, &bounds, ledger)?;
    let smallest = own.low.min(least_eigenvalue(&form.matrix(nodes)));
    let smallest = Interval::from(smallest);
    let share = if smallest.low > 0.0 {
        region.tangential()
    } else {
        Interval::ONE
    };
    Ok((smallest * share - costs).low)
}

/// ω of the three splits, each in (0, 1].
fn splits(node: &Node, ledger: &mut Ledger) -> Result<Vec<f64>, Mistake> {
    let splits = node.numbers("splits", Some(3))?;
    let ends = [(Side::AtMost, 1.0), (Side::AtLeast, f64::MIN_POSITIVE)];
    for (&split, (side, end)) in splits.iter().flat_map(|split| ends.map(|end| (split, end))) {
        ledger.note("splits", "0 < ω ≤ 1", side, split, end);
    }
    Ok(splits)
}

impl Form {
    /// What the region takes off the form.
    fn costs(&self, inputs: &Inputs, region: &Region, bounds: &Node, ledger: &mut Ledger) -> Result<Interval, Mistake> {
        let (kernel, nodes, count) = (&inputs.kernel, &inputs.nodes, inputs.nodes.len());
        let (a, radius) = (region.alignment, region.radius);
        let apart = Interval::ONE - Interval::ONE / (count as f64);
        let epsilon = radius * (apart / 2.0).sqrt();
        let row = largest_row(count, |j, k| nodes.cosines[[j, k]]);
        let single = row * region.fourth() / 2.0;
        let both = row * region.fourth() / Interval::from(2.0).sqrt();
        let steepest = Nodes::pairs(count).map(|(j, k)| {
            let far = nodes.widest(j, k, Interval::ZERO);
            kernel.chord_above(far, (far.cos() + region.product / a).min(1.0).acos())
        });
        let small = Interval::from(steepest.fold(0.0, f64::max)) / (a * 4.0) * epsilon.squared();
        let bent = largest_row(count, |j, k| {
            nodes.cosines[[j, k]].abs() * kernel.density_above(nodes.widest(j, k, region.pair))
        });
        let quartic = self.quartic(inputs, region);
        let cost = small + radius / 2.0 * bent + quartic / 16.0;
        let cost = ledger.at_least("bounds.cost", "what no ω has a share in", bounds.number("cost")?, cost);
        let largest = |table: &Array2<f64>| Interval::from(table.iter().copied().fold(0.0, f64::max));
        let prices = [
            largest(&self.towards) * ((Interval::ONE + Interval::from(0.5) / a) * epsilon + both).squared(),
            quartic * 9.0 / 16.0,
            largest(&self.against) * single.squared(),
        ];
        let claimed = bounds.numbers("prices", Some(3))?;
        ledger.row(
            "bounds.prices",
            "of 1/ω − 1, 1/ω' − 1, 1 + 1/ω''",
            Side::AtLeast,
            &claimed,
            &prices.map(|x| x.high * (1.0 - PRICE_ROOM)),
        );
        // The rate rests on the larger of both.
        let both = claimed.iter().zip(prices);
        let price: Vec<f64> = both.map(|(&claimed, own)| own.high.max(claimed)).collect();
        let price = Splits::of(&price);
        let inverse = |split: Interval| Interval::ONE / split;
        Ok(cost
            + price.pairs * (inverse(self.splits.pairs) - 1.0)
            + price.constant * (inverse(self.splits.constant) - 1.0)
            + price.own * (inverse(self.splits.own) + 1.0))
    }

    /// q: ‖XNC^½‖² ≤ qR² for X = W, W* or between.
    fn quartic(&self, inputs: &Inputs, region: &Region) -> Interval {
        let all = self.constant[[0, 0]] * region.radius.squared();
        let products = Array2::from_shape_fn(self.constant.dim(), |(j, k)| match j == k {
            true => self.constant[[j, k]].abs(),
            false => self.constant[[j, k]].abs() * inputs.nodes.widest(j, k, region.pair).cos(),
        });
        all.min(region.chord.squared() * largest_eigenvalue(&products))
    }

    /// The form on m vectors of R^k, of which it sees the tangents; along a node o + (1 − ω')C.
    fn matrix(&self, nodes: &Nodes) -> Array2<Interval> {
        let (k, count) = nodes.weights.dim();
        let kept = Interval::ONE - self.splits.constant;
        let towards =
            |j: usize, l: usize| (Interval::ONE - self.splits.pairs) * self.towards[[j, l]].min(self.towards[[l, j]]);
        let mut matrix = Array2::from_elem((count * k, count * k), Interval::ZERO);
        for j in 0..count {
            let own = self.own + kept * self.constant[[j, j]];
            for i in 0..k {
                matrix[[j * k + i, j * k + i]] = own;
            }
            for l in (0..count).filter(|&l| l != j) {
                let factor = towards(j, l) - (self.splits.own + 1.0) * self.against[[j, l]];
                let (here, there) = (nodes.beside(j, l), nodes.beside(l, j));
                for a in 0..k {
                    for b in 0..k {
                        let own = &mut matrix[[j * k + a, j * k + b]];
                        *own = *own + factor * here[a] * here[b];
                        if l < j {
                            let both = nodes.across_both([j, l], [a, b]);
                            let entry = kept * self.constant[[j, l]] * both + towards(j, l) * here[a] * there[b];
                            matrix[[j * k + a, l * k + b]] = entry;
                            matrix[[l * k + b, j * k + a]] = entry;
                        }
                    }
                }
            }
        }
        matrix
    }
}

/// sup over θ ≤ `reach` of cos θ times the steepest chord within θ of `angle`, by pieces.
fn steepest_product(inputs: &Inputs, angle: Interval, reach: Interval) -> f64 {
    let at = |i: usize| reach * (i as f64 / PIECES as f64);
    let piece = |i: usize| {
        let chord = inputs.kernel.steepest_chord(angle, at(i + 1));
        (at(i).cos() * chord).high
    };
    (0..PIECES).map(piece).fold(0.0, |most, x| if x <= most { most } else { x })
}
