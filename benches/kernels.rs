//! D and L of one pair: by integrals and from the table; and what a table costs to build.

use criterion::{Criterion, criterion_group, criterion_main};
use luckflow::overlap::gaussian::KernelTable;
use luckflow::overlap::{GaussianPair, HalfAngle};
use std::hint::black_box;

fn kernels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kernels");
    for b in [0.0, 2.0] {
        let (pair, table) = (GaussianPair::new(b, b), KernelTable::new(b));
        for (side, rho) in [("acute", 0.3), ("obtuse", -0.3)] {
            let angle = HalfAngle::from_rho(rho);
            group.bench_function(format!("integrals, b = {b}, {side}"), |bench| {
                bench.iter(|| pair.at(black_box(angle)));
            });
            group.bench_function(format!("table, b = {b}, {side}"), |bench| {
                bench.iter(|| table.at(black_box(angle)));
            });
        }
        group.bench_function(format!("building the table, b = {b}"), |bench| {
            bench.iter(|| KernelTable::new(black_box(b)));
        });
    }
    let unequal = GaussianPair::new(1.0, 1.001);
    let angle = HalfAngle::from_rho(0.3);
    group.bench_function("integrals, thresholds 1 and 1.001", |bench| {
        bench.iter(|| unequal.at(black_box(angle)));
    });
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
