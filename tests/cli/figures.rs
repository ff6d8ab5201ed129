//! Every figure: its texts and geometry to the pixel, and that curves lie where their numbers say.

use crate::runs::{Run, THEOREM4, THEOREM5};
use crate::svg::{Drawing, Pixel};
use crate::util::{assert_snapshot, rounded};
use std::fmt::Write as _;

/// Points of a series that are shown, evenly spaced, with both ends.
const SHOWN: usize = 7;

fn figures(run: &Run) {
    let finished = run.finished();
    for name in finished.named(".svg") {
        let drawing = Drawing::parse(finished.text(name));
        let name = name.replace('/', ".");
        assert_snapshot(&format!("{}.{name}", run.name), &listing(&drawing));
    }
}

of_every_run!(figures);

/// A line per text and per series.
fn listing(drawing: &Drawing) -> String {
    let mut text = format!("{} × {}\n{}\n{}\n", drawing.size.0, drawing.size.1, drawing.title, drawing.caption);
    for label in &drawing.texts {
        let (place, anchor) = (shown(&label.at), &label.anchor);
        let _ = writeln!(text, "text {place}, {anchor}: {}", label.text);
    }
    for series in &drawing.series {
        let last = series.points.len().max(1) - 1;
        let some = series.points.len().min(SHOWN);
        let places: Vec<String> = (0..some).map(|i| shown(&series.points[i * last / (some.max(2) - 1)])).collect();
        let _ = writeln!(
            text,
            "series {} ({}): {} points, {}",
            series.label,
            series.look,
            series.points.len(),
            places.join(" ")
        );
    }
    rounded(&text)
}

fn shown(at: &Pixel) -> String {
    format!("{},{}", at.0.round(), at.1.round())
}

/// A column of a table by another, as (x, y).
fn columns(run: &Run, table: &str, [x, y]: [&str; 2]) -> Vec<(f64, f64)> {
    let mut reader = csv::Reader::from_reader(run.finished().text(table).as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|known| known == name).unwrap();
    let (x, y) = (place(x), place(y));
    let number = |field: &str| field.parse::<f64>().unwrap();
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| (number(&row[x]), number(&row[y]))).collect()
}

/// Every drawn point lies on the curve, within a pixel and a half of its log axis.
fn assert_on_curve(drawing: &Drawing, label: &str, curve: impl Fn(f64) -> f64) {
    let above = |decade: f64| drawing.value((0.0, decade), true).1;
    let per_pixel = (above(100.0) / above(101.0)).ln();
    let [_, height] = [drawing.size.0, drawing.size.1];
    let mut checked = 0;
    for &at in &drawing.series(label).points {
        let (x, y) = drawing.value(at, true);
        if at.1 < height {
            let off = (y / curve(x)).ln() / per_pixel;
            assert!(off.abs() < 1.5, "{label} at {x}: {y} in place of {}", curve(x));
            checked += 1;
        }
    }
    assert!(checked > 1, "{label} is not drawn");
}

/// Between the rows of a table, on a log axis.
fn interpolated(rows: &[(f64, f64)]) -> impl Fn(f64) -> f64 + '_ {
    move |x| {
        let pairs = rows.windows(2);
        let pair = pairs.clone().find(|pair| x <= pair[1].0).unwrap_or(&rows[rows.len() - 2..]);
        let part = (x - pair[0].0) / (pair[1].0 - pair[0].0);
        pair[0].1 * (pair[1].1 / pair[0].1).powf(part)
    }
}

#[test]
fn theorem4s_curves_are_those_of_the_run_and_of_its_bounds() {
    let finished = THEOREM4.finished();
    let drawing = Drawing::parse(finished.text("convergence.svg"));
    let rows = columns(&THEOREM4, "trajectory.csv", ["time", "largest_angle"]);
    assert_on_curve(&drawing, "simulated", interpolated(&rows));
    let summary: serde_json::Value = serde_json::from_str(finished.text("summary.json")).unwrap();
    let rate = |name: &str| summary["rates"][name]["value"].as_f64().unwrap();
    let theta0 = rows[0].1;
    let (sharp, derived) = (rate("sharp"), rate("derived"));
    assert_on_curve(&drawing, "sharp", |t| theta0 * (-sharp * t).exp());
    // A rate of tan(θ/2), not of θ.
    assert_on_curve(&drawing, "derived", |t| 2.0 * ((0.5 * theta0).tan() * (-derived * t).exp()).atan());
}

#[test]
fn theorem5s_curves_are_those_of_the_run_and_of_its_certificate() {
    let drawing = Drawing::parse(THEOREM5.finished().text("convergence.svg"));
    for (label, column) in [
        ("θ: W_u → W*, certified", "w_u_bound"),
        ("θ: W_u → W*: ", "w_u"),
        ("‖v‖: V_r → 0, certified", "v_r_bound"),
        ("‖v‖: V_r → 0: ", "v_r"),
    ] {
        let rows = columns(&THEOREM5, "trajectory.csv", ["time", column]);
        assert_on_curve(&drawing, label, interpolated(&rows));
    }
}
