//! A sweep's folder of any size, with generated rows: what planning, joining, searching and drawing take of time and memory is
//! then measured by the program itself.
//!
//!     cargo bench --bench large_sweep -- 1000000 FOLDER [SHARDS]
//!     /usr/bin/time -v target/release/luckflow plot FOLDER --columns derived
//!
//! Rows are those of 256 real runs, each in the place on the grid that it has on one of 16 × 16 points.

use luckflow::config::Document;
use luckflow::experiment::Silent;
use luckflow::output::Identities;
use luckflow::sweep::axes::Sweep;
use luckflow::sweep::{Opening, Plan, Row, Shard, Store, of_point};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Values along each axis of the runs that are real.
const REAL: u64 = 16;

/// A square grid over start angle and overlap.
fn plan(side: u64) -> Result<Plan, Box<dyn Error>> {
    let text = format!(
        r#"
        experiment = "theorem4"
        teacher = {{ input_dim = 8, nodes = 3, epsilon = 0.01 }}
        student = {{ theta0 = 0.1 }}
        integrate = {{ outputs = 20, rtol = 1e-8, atol = 1e-10 }}
        [[sweep.axis]]
        key = "student.theta0"
        log = {{ from = 1e-3, to = 1.0, points = {side} }}
        [[sweep.axis]]
        key = "teacher.epsilon"
        log = {{ from = 1e-5, to = 0.4, points = {side} }}
        "#
    );
    let document = Document::parse(Path::new("large.toml"), &text, &[])?;
    Ok(Plan::new(Sweep::read(document)?)?)
}

/// The findings of all points of the small grid.
fn records() -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    let plan = plan(REAL)?;
    let found = (0..plan.points()).map(|index| {
        let scenario = plan.scenario(&plan.point(index))?;
        let record = scenario.prepare()?.record(&Silent)?;
        Ok(record.expect("nobody interrupts").fields().to_vec())
    });
    found.collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds an option of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let [rows, folder, rest @ ..] = &arguments[..] else {
        println!("large_sweep: give a number of rows and a folder");
        return Ok(());
    };
    let (rows, shards): (u64, u64) = (rows.parse()?, rest.first().map_or(Ok(1), |word| word.parse())?);
    let side = rows.isqrt();
    let records = records()?;
    let begun = Instant::now();
    let plan = plan(side)?;
    println!("planned {} points in {:.1?}", plan.points(), begun.elapsed());
    for number in 1..=shards {
        let shard: Shard = format!("{number}/{shards}").parse().map_err(|_| "no such shard")?;
        let folder = match shards {
            1 => PathBuf::from(folder),
            _ => Path::new(folder).join(number.to_string()),
        };
        write(&plan, &folder, shard, &records)?;
    }
    Ok(())
}

/// Writes a shard's rows as a sweep writes them.
fn write(plan: &Plan, folder: &Path, shard: Shard, records: &[Vec<String>]) -> Result<(), Box<dyn Error>> {
    let (begun, side) = (Instant::now(), plan.points().isqrt());
    let (identities, columns) = (Identities::default(), plan.kind().columns());
    let mut store = Store::open(folder, plan, &identities, shard, Opening::default())?;
    let rows = shard.len_of(plan.points());
    for position in 0..rows {
        let point = plan.point(shard.index(position));
        let [across, along] = [point.index / side, point.index % side].map(|at| at * REAL / side);
        let fields = &records[(across * REAL + along) as usize];
        let id = of_point(&identities, &plan.scenario(&point)?);
        store.deliver(Row::new(&point, id, fields, &columns), Some(0.001))?.sync()?;
    }
    store.finish()?;
    let bytes = std::fs::metadata(folder.join("cells.csv"))?.len();
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{rows} rows in {seconds:.1} s, {:.1} µs each; {} bytes each",
        1e6 * seconds / rows as f64,
        bytes / rows
    );
    Ok(())
}
