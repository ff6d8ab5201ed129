//! What a point of a sweep costs beside its simulation: planning, identity, and keeping its row.

use criterion::{Criterion, criterion_group, criterion_main};
use luckflow::sweep::{Identities, Opening, Plan, Row, Shard, Store, of_point};
use luckflow::{config::Document, sweep::axes::Sweep};
use std::hint::black_box;
use std::path::Path;

const TEXT: &str = r#"
    experiment = "theorem4"
    [teacher]
    input_dim = 30
    nodes = 5
    epsilon = 0.01
    [student]
    theta0 = 0.1
    [sweep]
    seeds = 1000000
    [[sweep.axis]]
    key = "student.theta0"
    log = { from = 1e-3, to = 1.0, points = 1000 }
    [[sweep.axis]]
    key = "teacher.epsilon"
    log = { from = 1e-5, to = 0.5, points = 1000 }
"#;

fn sweep(criterion: &mut Criterion) {
    let document = Document::parse(Path::new("bench.toml"), TEXT, &[]).unwrap();
    let plan = Plan::new(Sweep::read(document).unwrap()).unwrap();
    let identities = Identities::default();
    let mut group = criterion.benchmark_group("sweep");
    group.bench_function("point", |bench| {
        bench.iter(|| plan.point(black_box(123_456_789)));
    });
    let point = plan.point(123_456_789);
    group.bench_function("scenario of a point", |bench| {
        bench.iter(|| plan.scenario(black_box(&point)).unwrap());
    });
    let scenario = plan.scenario(&point).unwrap();
    group.bench_function("identity of a point", |bench| {
        bench.iter(|| of_point(&identities, black_box(&scenario)));
    });

    let folder = tempfile::tempdir().unwrap();
    let columns = plan.kind().columns();
    let fields: Vec<String> = columns.iter().map(|_| "0.123456789012345".into()).collect();
    let mut store = Store::open(folder.path(), &plan, &identities, Shard::WHOLE, Opening::default()).unwrap();
    let mut index = 0;
    group.bench_function("keeping a row", |bench| {
        bench.iter(|| {
            let point = plan.point(index);
            index += 1;
            let row = Row::new(&point, of_point(&identities, &scenario), &fields, &columns);
            store.deliver(row, Some(0.01)).and_then(|due| due.sync()).unwrap();
        });
    });
    // Pairs in the wrong order go through the table of rows that wait.
    group.bench_function("keeping two rows in the wrong order", |bench| {
        bench.iter(|| {
            for index in [index + 1, index] {
                let point = plan.point(index);
                let row = Row::new(&point, of_point(&identities, &scenario), &fields, &columns);
                store.deliver(row, Some(0.01)).and_then(|due| due.sync()).unwrap();
            }
            index += 2;
        });
    });
    group.finish();
}

criterion_group!(benches, sweep);
criterion_main!(benches);
