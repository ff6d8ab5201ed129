//! `rates.svg`: the instantaneous rate over time, with the bounds as levels.

use super::convergence::{label, title};
use crate::experiment::theorem4::Outcome;
use crate::measure::{Row, Trajectory};
use crate::plot::number::short;
use crate::plot::{Chart, Line, Look, Scale};

/// The chart.
pub fn chart(outcome: &Outcome) -> Chart {
    let above = |trajectory: &Trajectory| -> Vec<(f64, f64)> {
        let rows = trajectory.rows.iter();
        rows.filter(|row| row.largest_angle() > outcome.rate_floor)
            .map(|row: &Row| (row.time, row.rate()))
            .collect()
    };
    let simulated = above(&outcome.primary.trajectory);
    let exact = outcome.exact.as_ref().map(|exact| above(&exact.trajectory));
    let end = simulated.last().map_or(1.0, |&(time, _)| time);
    let all = simulated.iter().chain(exact.iter().flatten());
    let (least, greatest) = all.fold((0.0_f64, 0.0_f64), |(least, greatest), &(_, rate)| {
        (least.min(rate), greatest.max(rate))
    });
    let top = if greatest > 0.0 { 1.3 * greatest } else { 1.0 };
    let range = [1.1 * least, top];

    let mut lines = Vec::new();
    let mut notes = Vec::new();
    for claim in &outcome.claims {
        match claim.value {
            Some(value)
                if claim.verdict.claims_something() && (range[0]..=range[1]).contains(&value) =>
            {
                lines.push(Line {
                    label: label(claim),
                    points: vec![(0.0, value), (end, value)],
                    look: Look::of_rate(claim.bound.name),
                });
            }
            Some(_) if claim.verdict.claims_something() => {
                notes.push(format!("{} (off the scale)", label(claim)));
            }
            _ => notes.push(label(claim)),
        }
    }
    let sampled = exact.is_some();
    if let Some(points) = exact {
        lines.push(Line {
            label: "exact overlaps".into(),
            points,
            look: Look::SIMULATED,
        });
    }
    lines.push(Line {
        label: if sampled {
            "sampled overlaps, first run"
        } else {
            "simulated"
        }
        .into(),
        points: simulated,
        look: if sampled {
            Look::SAMPLED
        } else {
            Look::SIMULATED
        },
    });
    if let Some(fit) = outcome.measured.slowest_mode {
        lines.push(Line {
            label: format!(
                "fitted slowest mode: λ = {} ± {}",
                short(fit.rate),
                short(fit.standard_error)
            ),
            points: vec![(0.0, fit.rate), (end, fit.rate)],
            look: Look::FITTED,
        });
    }
    notes.push(format!(
        "Rates are read where the largest angle is above {}.",
        short(outcome.rate_floor)
    ));
    Chart {
        title: title(outcome),
        x_label: "time t".into(),
        y_label: "rate λ = −d/dt log max θⱼ".into(),
        y_unit: "per unit time".into(),
        x_scale: Scale::Linear,
        scale: Scale::Linear,
        x_range: [0.0, end],
        y_range: range,
        bands: Vec::new(),
        lines,
        notes,
    }
}
