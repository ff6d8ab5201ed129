//! `scatter.svg`: simulated rates against analytic ones. A lower bound that holds has its points above the diagonal.

use super::data::Data;
use crate::plot::{Chart, Line, Look, Scale};

/// Points of one rate that are drawn, evenly spread over the cells.
const MOST_POINTS: usize = 1500;

/// The chart; `None` where there are fewer than two points.
pub fn chart(data: &Data) -> Option<Chart> {
    let mut lines = Vec::new();
    for (place, bound) in data.bounds.iter().enumerate() {
        // Without its factor d₀ the poster's rate is on another scale.
        if bound.name == "printed" {
            continue;
        }
        let points = points(data, |cell| {
            let rate = &data.rates[cell][place];
            Some((rate.value?.median, rate.simulated?.median))
        });
        let judged = match bound.name {
            "exact" => "fitted slowest mode",
            "certified" => "weighted norm",
            "derived" => "worst, of tan(θ/2)",
            _ => "worst",
        };
        lines.push(Line {
            label: format!("{} against {judged}", bound.label),
            points,
            look: Look::points_of_rate(bound.name),
        });
    }
    if data.kind.name == "theorem5" {
        lines.push(Line {
            label: "exact against fitted V_u → V*".into(),
            points: points(data, |cell| {
                Some((
                    data.extra(cell, "exact")?.median,
                    data.extra(cell, "v_u_fitted")?.median,
                ))
            }),
            look: Look::points_of_rate("exact"),
        });
    }
    lines.retain(|line| !line.points.is_empty());
    let all = || lines.iter().flat_map(|line| &line.points);
    if all().count() < 2 {
        return None;
    }
    let range = |of: fn(&(f64, f64)) -> f64| {
        let (least, greatest) = all().map(of).fold((f64::INFINITY, 0.0), |(a, b), x| {
            (f64::min(a, x), f64::max(b, x))
        });
        [0.7 * least, 1.4 * greatest]
    };
    let (x_range, y_range) = (range(|p| p.0), range(|p| p.1));
    let ends = [x_range[0].max(y_range[0]), x_range[1].min(y_range[1])];
    if ends[0] < ends[1] {
        lines.push(Line {
            label: "simulated = analytic; a bound that holds lies above".into(),
            points: ends.map(|x| (x, x)).into(),
            look: Look::FLOOR,
        });
    }
    Some(Chart {
        title: format!("Simulated and analytic rates. {}", data.title()),
        x_label: "analytic rate λ (per unit time)".into(),
        y_label: "simulated rate".into(),
        y_unit: "per unit time".into(),
        x_scale: Scale::Log,
        scale: Scale::Log,
        x_range,
        y_range,
        bands: Vec::new(),
        lines,
        notes: vec!["Medians over the runs of a cell, where both are positive.".into()],
    })
}

fn points(data: &Data, of: impl Fn(usize) -> Option<(f64, f64)>) -> Vec<(f64, f64)> {
    let cells = data.rates.len();
    (0..cells)
        .step_by(cells.div_ceil(MOST_POINTS).max(1))
        .filter_map(of)
        .filter(|&(x, y)| x > 0.0 && y > 0.0 && x.is_finite() && y.is_finite())
        .collect()
}
