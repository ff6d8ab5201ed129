//! How often are two nodes active together, and what is the product of their activations? For x ~ N(0, I), exactly.

use luckflow::overlap::{GaussianPair, HalfAngle};

fn main() {
    println!("{:>8}  {:>12}  {:>12}", "θ", "D", "L");
    let pair = GaussianPair::new(1.0, 1.0);
    for i in 0..=6 {
        let theta = 0.5 * f64::from(i);
        let overlap = pair.at(HalfAngle::from_radians(theta));
        println!("{theta:8.1}  {:12.3e}  {:12.3e}", overlap.d, overlap.l);
    }
}
