//! `convergence.svg`, `fan_out.svg` and `spectrum.svg`.

use crate::experiment::theorem5::Outcome;
use crate::plot::number::short;
use crate::plot::{Chart, Line, Look, Scale};
use crate::theory::JointRate;

/// Snapshots in the fan-out plot.
const SNAPSHOTS: usize = 6;

/// The three errors on a log axis, each with its certified envelope.
pub fn convergence(outcome: &Outcome) -> Chart {
    let names = ["θ: W_u → W*", "‖v − v*‖: V_u → V*", "‖v‖: V_r → 0"];
    let mut lines = Vec::new();
    let mut notes = Vec::new();
    let has_extra =
        outcome.network.student.weights.ncols() > outcome.network.teacher.weights.ncols();
    let (mut least, mut greatest) = (f64::INFINITY, 0.0_f64);
    for part in (0..3).filter(|&part| part < 2 || has_extra) {
        let (measured, bound) = Look::of_part(part);
        if let Some(check) = &outcome.check {
            let points: Vec<_> = check
                .envelope
                .iter()
                .map(|(time, parts)| (*time, parts[part]))
                .collect();
            greatest = points.iter().map(|point| point.1).fold(greatest, f64::max);
            lines.push(Line {
                label: format!("{}, certified", names[part]),
                points,
                look: bound,
            });
        }
        let points: Vec<_> = outcome
            .rows
            .iter()
            .map(|row| (row.time, row.largest()[part]))
            .collect();
        greatest = points.iter().map(|point| point.1).fold(greatest, f64::max);
        least = points.iter().map(|point| point.1).fold(least, f64::min);
        let claim = &outcome.parts[part];
        let fitted = claim.fitted.map_or(String::new(), |fit| {
            format!(", fitted rate {}", short(fit.rate))
        });
        let label = format!("{}: {}{fitted}", names[part], claim.verdict);
        lines.push(Line {
            label,
            points,
            look: measured,
        });
    }
    let end = outcome.rows[outcome.rows.len() - 1].time;
    lines.push(Line {
        label: format!("noise floor {}", short(outcome.floor)),
        points: vec![(0.0, outcome.floor), (end, outcome.floor)],
        look: Look::FLOOR,
    });
    match &outcome.certificate {
        Some(certificate) => notes.push(format!("certified rate {}", short(certificate.rate))),
        None => notes.push("no certificate for this start".into()),
    }
    if let Some(slowest) = outcome.joint.as_ref().and_then(|joint| joint.slowest) {
        notes.push(format!("slowest rate at the limit {}", short(slowest)));
    }
    // A little below the floor, where there is only noise to see.
    let least = least.min(outcome.floor).max(0.01 * outcome.floor);
    Chart {
        title: title(outcome),
        x_label: "time t".into(),
        y_label: "largest error".into(),
        y_unit: "radians, and norms".into(),
        x_scale: Scale::Linear,
        scale: Scale::Log,
        x_range: [0.0, end],
        y_range: [0.3 * least, 2.0 * greatest.max(10.0 * least)],
        bands: Vec::new(),
        lines,
        notes,
    }
}

/// Norm of each student node's fan-out at a few times.
pub fn fan_out(outcome: &Outcome) -> Chart {
    let last = outcome.rows.len() - 1;
    // Early times are where things move: snapshots at equal ratios of time.
    let mut chosen: Vec<usize> = (0..SNAPSHOTS)
        .map(|i| match i {
            0 => 0,
            i => (last as f64)
                .powf(i as f64 / (SNAPSHOTS - 1) as f64)
                .round() as usize,
        })
        .collect();
    chosen.dedup();
    let m = outcome.network.teacher.weights.ncols();
    let n = outcome.network.student.weights.ncols();
    let lines: Vec<Line> = chosen
        .iter()
        .enumerate()
        .map(|(i, &row)| {
            let row = &outcome.rows[row];
            Line {
                label: format!("t = {}", short(row.time)),
                points: row
                    .fan_out_norms
                    .iter()
                    .enumerate()
                    .map(|(j, &v)| ((j + 1) as f64, v))
                    .collect(),
                look: Look::of_set(i + SNAPSHOTS - chosen.len()),
            }
        })
        .collect();
    let points = lines.iter().flat_map(|line| &line.points);
    let greatest = points.map(|point| point.1).fold(1e-12, f64::max);
    Chart {
        title: title(outcome),
        x_label: format!("student node: 1 to {m} are u, {} to {n} are r", m + 1),
        y_label: "norm of the fan-out, ‖vⱼ‖".into(),
        y_unit: "in units of V*".into(),
        x_scale: Scale::Linear,
        scale: Scale::Linear,
        x_range: [0.0, (n + 1) as f64],
        y_range: [-0.03 * greatest, 1.1 * greatest],
        bands: Vec::new(),
        lines,
        notes: Vec::new(),
    }
}

/// Eigenvalues of L and decay rates of the linearised flow, by rank.
pub fn spectrum(outcome: &Outcome, joint: &JointRate) -> Chart {
    let ranked = |values: &mut dyn Iterator<Item = f64>| -> Vec<(f64, f64)> {
        let values: Vec<f64> = values.filter(|&x| x > 0.0).collect();
        let count = values.len().max(2) as f64 - 1.0;
        values
            .iter()
            .enumerate()
            .map(|(i, &x)| (i as f64 / count, x))
            .collect()
    };
    let l = ranked(&mut joint.l_spectrum.iter().copied());
    let mut lines = vec![];
    let mut notes = vec![format!(
        "{} neutral directions, {} predicted",
        joint.neutral, joint.neutral_expected
    )];
    match &joint.rates {
        Some(rates) => {
            let decaying = rates.iter().copied().skip(joint.neutral);
            lines.push(Line {
                label: format!(
                    "rates of the flow at the limit, slowest {}",
                    joint.slowest.map_or("unknown".into(), short)
                ),
                points: ranked(&mut decaying.into_iter()),
                look: Look::of_set(5),
            });
        }
        None => notes.push(format!(
            "{} unknowns: of the flow's rates only the slowest is computed",
            joint.unknowns
        )),
    }
    lines.push(Line {
        label: format!("eigenvalues of L, smallest {}", short(joint.smallest_l())),
        points: l,
        look: Look::of_set(0),
    });
    let all = || {
        lines
            .iter()
            .flat_map(|line| &line.points)
            .map(|point| point.1)
    };
    let (least, greatest) = (
        all().fold(f64::INFINITY, f64::min),
        all().fold(0.0, f64::max),
    );
    Chart {
        title: title(outcome),
        x_label: "rank, from the smallest (0) to the largest (1)".into(),
        y_label: "eigenvalue".into(),
        y_unit: "per unit time".into(),
        x_scale: Scale::Linear,
        scale: Scale::Log,
        x_range: [-0.02, 1.02],
        y_range: [0.5 * least.max(1e-18), 2.0 * greatest],
        bands: Vec::new(),
        lines,
        notes,
    }
}

fn title(outcome: &Outcome) -> String {
    let network = &outcome.network;
    format!(
        "Theorem 5: m = {}, n = {}, C = {}, d = {}, b = {}",
        network.teacher.weights.ncols(),
        network.student.weights.ncols(),
        network.fan_out.ncols(),
        outcome.frame.dim(),
        short(outcome.threshold),
    )
}
