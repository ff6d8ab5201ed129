//! Theorem 4: a rate of ‖W − W*‖_F by Theorem A or B (docs/theory.md, section 5).

use super::gaussian::Gaussian;
use super::geometry::{Nodes, arc, chord, in_ball, largest, largest_row, sinc};
use super::interval::Interval;
use super::ledger::{Ledger, Side};
use super::reach::reach;
use super::read::{Mistake, Node};
use super::{comparison_form, profile};

/// Cosines of an orthonormal teacher's nodes are at most this: what is left is rounding of the file's numbers.
const ORTHOGONAL: f64 = 1e-13;

/// What is given: teacher and start.
pub struct Inputs {
    pub kernel: Gaussian,
    pub nodes: Nodes,
    /// No θ_j is larger where the rate begins to hold.
    angles: Vec<f64>,
}

impl Inputs {
    /// With an entry the rate holds from there on, else from the start on.
    pub fn read(node: &Node, entry: Option<&Node>) -> Result<Self, Mistake> {
        let teacher = node.matrix("teacher", None, None)?;
        let count = teacher.nrows();
        Ok(Self {
            kernel: Gaussian::new(node.number("threshold")?),
            nodes: Nodes::of(&teacher),
            angles: match entry {
                Some(entry) => entry.numbers("angles", Some(count))?,
                None => vec![node.not_negative("angle")?; count],
            },
        })
    }
}

/// {Σ δ_j² ≤ R², θ_j ≤ θ̂}, and what follows from it.
pub struct Region {
    pub radius: Interval,
    /// θ̂
    pub theta: Interval,
    /// The largest θ_j + θ_k.
    pub pair: Interval,
    /// δ̂
    pub chord: Interval,
    /// e: the largest |Δ_j·Δ_k|.
    pub product: Interval,
    /// a: the smallest c_j + c_k − 1.
    pub alignment: Interval,
}

impl Region {
    fn new(radius: f64, theta: Interval) -> Self {
        let radius = Interval::from(radius);
        let pair = (theta * 2.0).min(arc(radius / Interval::from(2.0).sqrt()) * 2.0);
        let chord = chord(theta);
        let product = (radius.squared() / 2.0).min(chord.squared());
        Self {
            radius,
            theta,
            pair,
            chord,
            product,
            alignment: Interval::ONE - product,
        }
    }

    /// cos²(θ̂/2)
    pub fn tangential(&self) -> Interval {
        (self.theta / 2.0).cos().squared()
    }

    /// min(R, δ̂)
    pub fn fourth(&self) -> Interval {
        self.radius.min(self.chord)
    }
}

/// Checks one certificate against what is given.
pub fn check(inputs: &Inputs, node: &Node, ledger: &mut Ledger) -> Result<(), Mistake> {
    let form = node.word("form", &["orthonormal", "split", "comparison"])?;
    let rate = node.positive("rate")?;
    let bounds = node.at("bounds")?;
    let region = region(inputs, node, &bounds, rate, ledger)?;
    let found = match form {
        "orthonormal" => {
            let largest = Nodes::pairs(inputs.nodes.len())
                .map(|at| inputs.nodes.cosines[at].abs())
                .fold(Interval::ZERO, Interval::max);
            ledger.at_least("form", "orthonormal: the largest cosine of two nodes", ORTHOGONAL, largest);
            profile::orthonormal(inputs, &region, &bounds, ledger)?
        }
        "split" => profile::split(inputs, &region, &bounds, ledger)?,
        _ => comparison_form::rate(inputs, &region, node, ledger)?,
    };
    ledger.note("rate", "λ of ‖W − W*‖_F", Side::AtMost, rate, found);
    Ok(())
}

/// The region of the file: that the start is in it, and that no angle leaves it.
fn region(inputs: &Inputs, node: &Node, bounds: &Node, rate: f64, ledger: &mut Ledger) -> Result<Region, Mistake> {
    let (radius, theta) = (node.positive("radius")?, node.not_negative("largest_angle")?);
    let squares = inputs.angles.iter().map(|&angle| chord(angle.into()).squared());
    let start = squares.sum::<Interval>().sqrt();
    ledger.at_least("radius", "R ≥ ‖W(0) − W*‖_F", radius, start);
    ledger.note("radius", "R ≤ 1, as far as the theorem goes", Side::AtMost, radius, 1.0);
    let (held, whole) = in_ball(radius.into(), theta);
    let region = Region::new(radius, held);
    let kernel = &inputs.kernel;
    let count = inputs.nodes.len();
    let pull = kernel.gate(region.theta) * sinc(region.theta);
    let near = |j: usize, k: usize| Interval::from(kernel.gate(inputs.nodes.angles[[j, k]] - region.pair).high);
    let steepest = Nodes::pairs(count)
        .map(|(j, k)| kernel.density_above(inputs.nodes.widest(j, k, region.pair)))
        .fold(0.0, f64::max);
    let push = largest_row(count, near) + inputs.nodes.norm(count) * steepest;
    let pull = ledger.at_most("bounds.pull", "q in θ_j' ≤ −qθ_j + c‖W − W*‖", bounds.number("pull")?, pull);
    let push = ledger.at_least("bounds.push", "c in θ_j' ≤ −qθ_j + c‖W − W*‖", bounds.number("push")?, push);
    if !whole {
        let reached = reach(largest(&inputs.angles), push * region.radius, pull, rate);
        ledger.note("largest_angle", "θ̂, above all that an angle reaches", Side::Above, theta, reached.high);
    }
    Ok(region)
}
