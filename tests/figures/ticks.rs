//! Labels of axes, whatever their ends.

use super::*;

#[test]
fn rows_of_panels_may_have_horizontal_axes_of_their_own() {
    let rows = |counts: [f64; 2], by_row: bool| {
        let mut figure = Figure::new("rows").x("node").y("norm").columns(2);
        for count in counts {
            for _ in 0..2 {
                let points = [(1.0, 0.5), (count, 0.5)];
                figure = figure.panel(format!("{count}")).line("norm", points, Look::SIMULATED);
            }
        }
        if by_row { figure.x_by_row() } else { figure }.to_svg()
    };
    let last = |svg: &str| -> Vec<f64> {
        let labels = x_labels(svg).into_iter().map(|label| label.parse().unwrap());
        labels.collect::<Vec<f64>>().chunk_by(|a, b| a < b).map(|panel| panel[panel.len() - 1]).collect()
    };
    assert_eq!(last(&rows([40.0, 200.0], false)), [200.0; 4]);
    assert_eq!(last(&rows([40.0, 200.0], true)), [40.0, 40.0, 200.0, 200.0]);
    // A curve of the first row spans its panel: how far its ends are apart says how much of the axis it takes.
    let apart = |svg: &str| {
        let (_, curve) = svg.split_once("<title>norm</title>").unwrap();
        let path = regex::Regex::new(r#"d="M([\d.]+) [\d.]+L([\d.]+) "#).unwrap();
        let [from, to] = path.captures(curve).unwrap().extract().1;
        to.parse::<f64>().unwrap() - from.parse::<f64>().unwrap()
    };
    let ratio = apart(&rows([40.0, 200.0], true)) / apart(&rows([40.0, 200.0], false));
    assert!((ratio / (199.0 / 39.0) - 1.0).abs() < 0.01, "{ratio}");
    // One name of the axis cannot say two powers of ten: then all rows share it.
    assert_eq!(rows([40.0, 4e7], true), rows([40.0, 4e7], false));
}

fn log_figure(low: f64, high: f64) -> String {
    Figure::new("ticks").x("x").log_y("y").line("", [(0.0, low), (1.0, high)], Look::SIMULATED).to_svg()
}

#[test]
fn log_axes_have_one_two_five_within_decades_and_one_style() {
    assert_eq!(y_labels(&log_figure(0.7, 1.9)), ["0.7", "0.8", "0.9", "1"]);
    assert_eq!(y_labels(&log_figure(1.0, 90.0)), ["1", "2", "5", "10", "20", "50", "100"]);
    assert_eq!(y_labels(&log_figure(0.002, 3000.0)), ["0.01", "0.1", "1", "10", "100", "1000"]);
    assert_eq!(y_labels(&log_figure(1e-5, 10.0)), ["10−5", "10−4", "10−3", "10−2", "10−1", "100", "101"]);
    // Within less than a digit.
    let narrow = y_labels(&log_figure(3.1, 3.3));
    assert_eq!((narrow[0].as_str(), narrow[5].as_str()), ("3.1", "3.2"), "{narrow:?}");
    assert!(log_figure(1e-5, 10.0).contains("10<tspan dy=\"-4.7\" font-size=\"9.4\">−4</tspan>"));
}

proptest! {
    /// Three labels at least on every axis, whatever its ends; none twice.
    #[test]
    fn every_axis_has_three_labels(low in -280.0..280.0_f64, size in 1e-6..20.0_f64, log in any::<bool>(), mm in any::<bool>()) {
        let (low, high) = (10f64.powf(low), 10f64.powf(low + size));
        let figure = Figure::new("ticks").line("", [(low, low), (high, high)], Look::SIMULATED);
        let figure = if log { figure.log_x("x").log_y("y") } else { figure.x("x").y("y") };
        let svg = figure.size(if mm { Size::mm(85.0) } else { Size::default() }).to_svg();
        for labels in [x_labels(&svg), y_labels(&svg)] {
            prop_assert!(labels.len() > 2, "{labels:?}");
            let mut distinct = labels.clone();
            distinct.dedup();
            prop_assert_eq!(labels, distinct);
        }
    }

    /// Counts have whole labels.
    #[test]
    fn counts_have_whole_labels(first in 0..500_u32, count in 1..2000_u32) {
        let points = [(f64::from(first), 1.0), (f64::from(first + count), 2.0)];
        let svg = Figure::new("counts").x("epochs").counted().y("y").line("", points, Look::SIMULATED).to_svg();
        let labels = x_labels(&svg);
        prop_assert!(labels.len() > 1, "{labels:?}");
        for label in labels {
            prop_assert!(label.replace('−', "-").parse::<i64>().is_ok(), "{label}");
        }
    }
}
