//! Figures: what their data say, and what is seen of them.

use luckflow::measure::Span;
use luckflow::plot::{Axis, Figure, Ground, Look, Mark, Place, Scale, Size};
use proptest::prelude::*;

/// Every label of an axis: texts right of the left axis' name or below the panels, in order.
fn texts(svg: &str) -> Vec<String> {
    let text = |piece: &str| {
        let (_, rest) = piece.split_once('>').expect("an element");
        let (inside, _) = rest.split_once("</text>").expect("it ends");
        let mut plain = String::new();
        let mut is_tag = false;
        for c in inside.chars() {
            match c {
                '<' => is_tag = true,
                '>' => is_tag = false,
                c if !is_tag => plain.push(c),
                _ => {}
            }
        }
        plain
    };
    let pieces = svg.split("<text ").skip(1);
    let has_text = |piece: &&str| {
        !piece
            .split('>')
            .next()
            .is_some_and(|tag| tag.ends_with('/'))
    };
    pieces.filter(has_text).map(text).collect()
}

/// Labels of ticks: they alone have this size.
fn labels(svg: &str, anchor: &str) -> Vec<String> {
    let has = |piece: &&str| piece.contains("font-size=\"13\"") && piece.contains(anchor);
    let pieces = svg
        .split("<text ")
        .skip(1)
        .filter(|piece| has(&piece.split_once('>').expect("an element").0));
    pieces
        .flat_map(|piece| texts(&format!("<text {piece}")))
        .collect()
}

fn x_labels(svg: &str) -> Vec<String> {
    labels(svg, "\"middle\"")
}

fn y_labels(svg: &str) -> Vec<String> {
    labels(svg, "\"end\"")
}

/// Tags are closed in order, and nothing but XML's characters is in the text.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("tags end");
        assert!(!text.contains('>'), "{text}");
        match (tag.strip_prefix('/'), tag.ends_with('/')) {
            (Some(name), _) => assert_eq!(open.pop(), Some(name.to_owned())),
            (None, true) => {}
            (None, false) => open.push(tag.split(' ').next().unwrap().to_owned()),
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert!(open.is_empty());
    for line in svg.lines() {
        let known = !line.contains("NaN") && !line.contains("inf");
        assert!(known, "what is no number is left: {line}");
    }
    assert!(svg.chars().all(|c| c >= ' ' || c == '\n'));
}

#[test]
fn rows_of_panels_may_have_horizontal_axes_of_their_own() {
    let rows = |counts: [f64; 2], by_row: bool| {
        let mut figure = Figure::new("rows").x("node").y("norm").columns(2);
        for count in counts {
            for _ in 0..2 {
                let points = [(1.0, 0.5), (count, 0.5)];
                figure = figure
                    .panel(format!("{count}"))
                    .line("norm", points, Look::SIMULATED);
            }
        }
        if by_row { figure.x_by_row() } else { figure }.to_svg()
    };
    let last = |svg: &str| -> Vec<f64> {
        let labels = x_labels(svg)
            .into_iter()
            .map(|label| label.parse().unwrap());
        labels
            .collect::<Vec<f64>>()
            .chunk_by(|a, b| a < b)
            .map(|panel| panel[panel.len() - 1])
            .collect()
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
    Figure::new("ticks")
        .x("x")
        .log_y("y")
        .line("", [(0.0, low), (1.0, high)], Look::SIMULATED)
        .to_svg()
}

#[test]
fn log_axes_have_one_two_five_within_decades_and_one_style() {
    assert_eq!(y_labels(&log_figure(0.7, 1.9)), ["0.7", "0.8", "0.9", "1"]);
    assert_eq!(
        y_labels(&log_figure(1.0, 90.0)),
        ["1", "2", "5", "10", "20", "50", "100"]
    );
    assert_eq!(
        y_labels(&log_figure(0.002, 3000.0)),
        ["0.01", "0.1", "1", "10", "100", "1000"]
    );
    assert_eq!(
        y_labels(&log_figure(1e-5, 10.0)),
        ["10−5", "10−4", "10−3", "10−2", "10−1", "100", "101"]
    );
    // Within less than a digit.
    let narrow = y_labels(&log_figure(3.1, 3.3));
    assert_eq!(
        (narrow[0].as_str(), narrow[5].as_str()),
        ("3.1", "3.2"),
        "{narrow:?}"
    );
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

    /// Whatever the data are, there is a well-formed figure, the same each time, and it can be written as data.
    #[test]
    fn no_data_stop_a_figure(
        marks in prop::collection::vec(mark(), 0..6),
        title in ".{0,40}",
        logs in any::<[bool; 2]>(),
        range in prop::option::of([value(), value()]),
        cells in prop::collection::vec(-1e3..1e3_f64, 0..5),
        other in any::<bool>(),
    ) {
        let mut figure = Figure::new(title.clone());
        figure.x.scale = if logs[0] { Scale::Log } else { Scale::Linear };
        figure.y.scale = if logs[1] { Scale::Log } else { Scale::Linear };
        figure.x.whole = other;
        figure.y.range = range;
        if other {
            let mut cells = cells;
            cells.sort_by(f64::total_cmp);
            figure = figure.axes(
                Axis { cells: cells.clone(), ..Axis::default() },
                Axis { names: cells.iter().map(f64::to_string).collect(), cells, ..Axis::default() },
            );
        }
        for (i, mark) in marks.into_iter().enumerate() {
            if i == 3 {
                figure = figure.panel("another").size(Size { key: Place::Below, ..Size::mm(60.0) });
            }
            figure = figure.series(title.clone(), mark, Look::of_series(i));
        }
        let svg = figure.to_svg();
        assert_well_formed(&svg);
        prop_assert_eq!(svg, figure.clone().to_svg());
        // As data it loses nothing: read back it draws the same.
        let data = serde_json::to_string(&figure).expect("data can be written");
        let back: Figure = serde_json::from_str(&data).expect("and read");
        prop_assert_eq!(back.to_svg(), figure.to_svg());
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), data);
        // A row for each thing that is drawn.
        let rows: usize = figure.panels.iter().flat_map(|panel| &panel.series).map(|series| entries(&series.mark)).sum();
        prop_assert_eq!(table(&figure).len(), rows);
    }
}

/// Rows that a mark has in its figure's table.
fn entries(mark: &Mark) -> usize {
    match mark {
        Mark::Line(points) | Mark::Points(points) => points.len(),
        Mark::Band(points) | Mark::Whiskers(points) => points.len(),
        Mark::Level(_) | Mark::Divider(_) => 1,
        Mark::Cells(cells) => cells.len(),
        Mark::Heat(values, _) => values.iter().filter(|x| !x.is_nan()).count(),
        Mark::Pieces(pieces) => 2 * pieces.len(),
    }
}

/// A figure's table as CSV, read back.
fn table(figure: &Figure) -> Vec<csv::StringRecord> {
    let mut text = Vec::new();
    figure.table().write(&mut text).unwrap();
    let mut reader = csv::Reader::from_reader(&text[..]);
    reader.records().map(Result::unwrap).collect()
}

#[test]
fn a_figures_table_has_all_of_its_numbers() {
    let names = vec!["few".to_owned(), "many".to_owned()];
    let figure = Figure::new("table")
        .axes(Axis { names, ..cells() }, cells())
        .panel("left")
        .line(
            "a, b",
            [(0.1, 1.0 / 3.0), (f64::NAN, 1e-300)],
            Look::SIMULATED,
        )
        .band("band", [(1.0, 2.0, 3.0)], Look::of_series(0))
        .level("level", 0.5, Look::FLOOR)
        .cells("holds", vec![0, 3], Look::HOLDS)
        .heat("ratio", vec![f64::NAN, 2.5], [1.0, 3.0]);
    let rows = table(&figure);
    let row = |place: usize| rows[place].iter().collect::<Vec<_>>().join("|");
    assert_eq!(row(0), "left|a, b|line|0.1|0.3333333333333333||||");
    assert_eq!(row(1), "left|a, b|line||1e-300||||");
    assert_eq!(row(2), "left|band|band|1.0||2.0|3.0||");
    assert_eq!(row(3), "left|level|level||0.5||||");
    assert_eq!(row(4), "left|holds|cells|few|1.0||||");
    assert_eq!(row(5), "left|holds|cells|many|2.0||||");
    assert_eq!(row(6), "left|ratio|heat|many|1.0|||2.5|");
    assert_eq!(rows.len(), 7);
}

#[test]
fn points_that_move_are_drawn_where_they_end_and_all_frames_are_data() {
    let frames = [
        [(0.0, 1.0), (0.5, 2.0)],
        [(0.1, 1.5), (0.6, 2.5)],
        [(0.2, 1.25), (0.7, 3.0)],
    ];
    let all = frames.iter().map(|points| points.to_vec()).collect();
    let still = Figure::new("motion").x("x").y("y");
    let moving = still.clone().frames("epochs", vec![0.0, 2.0, 5.0]);
    let moving = moving.moving("nodes", all, Look::SAMPLED);
    let still = still.points("nodes", frames[2], Look::SAMPLED);
    assert_eq!(moving.to_svg(), still.to_svg());
    let rows = table(&moving);
    let row = |place: usize| rows[place].iter().collect::<Vec<_>>().join("|");
    assert_eq!(rows.len(), 6);
    assert_eq!(row(0), "|nodes|points|0.0|1.0||||0.0");
    assert_eq!(row(3), "|nodes|points|0.6|2.5||||2.0");
    assert_eq!(row(5), "|nodes|points|0.7|3.0||||5.0");
    assert!(table(&still).iter().all(|row| row[8].is_empty()));
    let data = serde_json::to_string(&moving).unwrap();
    let back: Figure = serde_json::from_str(&data).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), data);
    assert!(!serde_json::to_string(&still).unwrap().contains("earlier"));
}

#[test]
fn what_was_not_run_is_paler() {
    let axis = cells();
    let figure = |blank| {
        let map = Figure::new("map").axes(axis.clone(), axis.clone());
        let map = map.cells("holds", vec![0, 1, 2], Look::HOLDS);
        map.cells("not run", blank, Look::NOT_RUN).to_svg()
    };
    let (whole, part) = (figure(vec![]), figure(vec![2]));
    assert!(!whole.contains("fill-opacity"));
    // Over the upper left cell, and in the key.
    assert_eq!(
        part.matches("fill=\"#ffffff\" fill-opacity=\"0.6\"")
            .count(),
        2
    );
    let d = |svg: &str, after: &str| {
        let (_, rest) = svg.split_once(after).unwrap();
        rest.split("d=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let veil = d(&part, "<title>not run</title>");
    assert!(d(&whole, "<title>holds</title>").ends_with(&veil), "{veil}");
}

fn value() -> impl Strategy<Value = f64> {
    let special = [
        0.0,
        -0.0,
        1.0,
        1e-19,
        1e300,
        -1e300,
        f64::MAX,
        5e-324,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    prop_oneof![
        prop::sample::select(special.to_vec()),
        any::<f64>(),
        -10.0..10.0_f64
    ]
}

fn mark() -> impl Strategy<Value = Mark> {
    let pairs = || prop::collection::vec((value(), value()), 0..30);
    let triples = || prop::collection::vec((value(), value(), value()), 0..30);
    prop_oneof![
        pairs().prop_map(Mark::Line),
        pairs().prop_map(Mark::Points),
        triples().prop_map(Mark::Band),
        triples().prop_map(Mark::Whiskers),
        value().prop_map(Mark::Level),
        value().prop_map(Mark::Divider),
        prop::collection::vec(0..40_usize, 0..10).prop_map(Mark::Cells),
        (prop::collection::vec(value(), 0..20), [value(), value()])
            .prop_map(|(values, ends)| Mark::Heat(values, ends)),
        pairs().prop_map(|points| Mark::Pieces(
            points.windows(2).map(|pair| [pair[0], pair[1]]).collect()
        )),
    ]
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let svg = Figure::new("left out")
        .x("x")
        .log_y("y")
        .y_range([1.0, 10.0])
        .line(
            "with a zero",
            [(0.0, 2.0), (1.0, 0.0), (2.0, 5.0)],
            Look::of_series(1),
        )
        .level("far", 1e3, Look::FLOOR)
        .points("none", [(1.0, f64::NAN)], Look::of_set(0))
        .points(
            "endless",
            [(1.0, f64::INFINITY), (1.0, 2.0)],
            Look::of_set(0),
        )
        .to_svg();
    let texts = texts(&svg);
    for expected in [
        "with a zero",
        "far (off the scale)",
        "none (nothing to draw)",
        "Infinite values are left out.",
    ] {
        assert!(
            texts.iter().any(|text| text == expected),
            "{expected} in {texts:?}"
        );
    }
    assert!(
        texts
            .iter()
            .any(|text| text.starts_with("Wedges on the lower edge"))
    );
    // The curve has a gap at the zero: two pieces, and a wedge.
    assert_eq!(svg.matches("class=\"zero\"").count(), 1);
    let line = svg
        .split("<path d=\"")
        .find(|path| path.contains("#0072b2"))
        .expect("a curve");
    assert_eq!(line.split_once('"').unwrap().0.matches('M').count(), 2);
    let empty = Figure::new("empty").to_svg();
    assert!(self::texts(&empty).contains(&"Nothing to draw.".to_owned()));
}

#[test]
fn the_key_is_in_the_order_of_the_right_ends() {
    let svg = Figure::new("order")
        .x("x")
        .y("y")
        .line("low", [(0.0, 9.0), (1.0, 1.0)], Look::of_series(0))
        .level("middle", 5.0, Look::FLOOR)
        .line("high", [(0.0, 0.0), (1.0, 8.0)], Look::of_series(1))
        .to_svg();
    let texts = texts(&svg);
    let place = |label: &str| {
        texts
            .iter()
            .position(|text| text == label)
            .expect("in the key")
    };
    assert!(place("high") < place("middle") && place("middle") < place("low"));
}

#[test]
fn curves_have_markers_at_places_of_their_own() {
    let figure = Figure::new("the same curve").x("x").y("y");
    let svg = (0..3)
        .fold(figure, |figure, i| {
            figure.curve(format!("curve {i}"), [0.0, 1.0], |x| x, Look::of_series(i))
        })
        .to_svg();
    let hollow: Vec<&str> = svg
        .split("<path d=\"")
        .filter(|path| path.contains("fill=\"#fff\""))
        .collect();
    let places = hollow
        .iter()
        .flat_map(|path| path.split_once('"').unwrap().0.split('M').skip(1));
    let mut x: Vec<f64> = places
        .map(|place| place.split(' ').next().unwrap().parse().unwrap())
        .collect();
    x.retain(|&x| x < 740.0);
    assert!(x.len() >= 15, "{x:?}");
    x.sort_by(f64::total_cmp);
    assert!(x.windows(2).all(|pair| pair[1] - pair[0] > 20.0), "{x:?}");
    assert!(texts(&svg).contains(&"Hollow markers only tell curves apart.".to_owned()));
}

#[test]
fn one_run_has_no_band() {
    let one = |x: f64| Span {
        median: x,
        least: x,
        greatest: x,
    };
    let many = |x: f64| Span {
        median: x,
        least: 0.5 * x,
        greatest: 2.0 * x,
    };
    let of = |span: &dyn Fn(f64) -> Span| {
        let points = [1.0, 2.0, 3.0].map(|x| (x, span(x)));
        Figure::new("spread").spread("", &points, Look::of_series(0))
    };
    assert_eq!(of(&one).panels[0].series.len(), 1);
    assert!(matches!(of(&many).panels[0].series[0].mark, Mark::Band(_)));
}

#[test]
fn structure_is_that_of_svg() {
    let figure = Figure::new("W_u < W* & more")
        .caption("A curve of η^{0.5} and a bound.")
        .x("time t")
        .y("angle θ₀ (radians)")
        .line("bound", [(0.0, 1.0), (1.0, 2.0)], Look::of_part(0).1)
        .points(
            "many",
            (0..3500).map(|i| (f64::from(i), f64::from(i % 70))),
            Look::of_set(1),
        );
    let svg = figure.to_svg();
    assert_well_formed(&svg);
    for expected in [
        "role=\"img\"",
        "stroke-dasharray=\"18 6\"",
        "<desc id=",
        "A curve of η^0.5 and a bound.</desc>",
        ">W_u &lt; W* &amp; more</title>",
        "W<tspan dy=\"4.3\" font-size=\"13\">u</tspan>",
        "font-family=\"'Helvetica Neue'",
        "opacity=",
    ] {
        assert!(svg.contains(expected), "{expected}");
    }
    // One path for all points.
    assert!(svg.matches("<path").count() < 12);
    assert!(svg.len() < 150_000, "{} bytes", svg.len());
    let map = Figure::new("map")
        .axes(cells(), cells())
        .cells("violated", vec![0, 1, 3], Look::VIOLATED)
        .heat("level", vec![1.0, 2.0, f64::NAN, 3.0], [1.0, 3.0]);
    let svg = map.to_svg();
    assert!(svg.contains("<pattern id=") && svg.contains("fill=\"url(#"));
}

#[test]
fn a_dark_ground_changes_colours_and_nothing_else() {
    let figure = Figure::new("dark")
        .axes(cells(), cells())
        .cells("holds", vec![0], Look::VIOLATED)
        .heat("level", vec![1.0, 2.0, f64::NAN, 3.0], [1.0, 3.0]);
    let curve =
        Figure::new("dark")
            .x("x")
            .y("y")
            .line("a", [(0.0, 1.0), (1.0, 2.0)], Look::of_series(0));
    for figure in [figure, curve] {
        let (paper, dark) = (figure.to_svg(), figure.clone().on(Ground::Dark).to_svg());
        assert_well_formed(&dark);
        let colors = |svg: &str| -> Vec<String> {
            svg.split('"')
                .filter(|text| text.starts_with('#'))
                .map(String::from)
                .collect()
        };
        let without = |svg: &str| {
            let mut colors = colors(svg);
            // #000 is a part of #000000.
            colors.sort_by_key(|color| std::cmp::Reverse(color.len()));
            let colors = colors.iter().map(String::as_str);
            colors.fold(svg.to_owned(), |svg, color| svg.replace(color, ""))
        };
        let rest = without(&dark).replacen(" fill=\"\"", "", 1);
        assert_eq!(rest.len(), without(&paper).len(), "only colours");
        assert!(
            !colors(&dark)
                .iter()
                .any(|color| color == "#fff" || color == "#000")
        );
        // What stands for numbers stays.
        let scale = |svg: &str| -> Vec<String> {
            let lines = svg.lines().filter(|line| line.contains("class=\"scale\""));
            lines.map(String::from).collect()
        };
        assert_eq!(scale(&dark), scale(&paper));
    }
}

fn cells() -> Axis {
    Axis {
        cells: vec![1.0, 2.0],
        ..Axis::default()
    }
}

#[test]
fn sizes_are_true() {
    let figure = |size| {
        Figure::new("size")
            .x("x")
            .y("y")
            .line("a", [(0.0, 1.0), (1.0, 2.0)], Look::SIMULATED)
            .size(size)
    };
    // Journals want 6 to 7 points; from the last row of a room one reads 17 on a slide of 13⅓ inches.
    for (size, wide, range) in [
        (Size::mm(85.0), 85.0, 6.0..7.0),
        (Size::slide(), 338.7, 17.0..21.0),
    ] {
        let svg = figure(size).to_svg();
        assert!(svg.contains(&format!("width=\"{wide}mm\"")));
        let number = |after: &str| -> f64 {
            let (_, rest) = svg.split_once(after).expect(after);
            rest.split(['"', ' ']).next().unwrap().parse().unwrap()
        };
        // Points of a pixel of the drawing.
        let points = wide / 25.4 * 72.0 / number("viewBox=\"0 0 ");
        for size in svg.split("font-size=\"").skip(1) {
            let pixels: f64 = size.split('"').next().unwrap().parse().unwrap();
            assert!(range.contains(&(points * pixels)), "{pixels} pixels");
        }
    }
    assert!(
        figure(Size::default())
            .to_svg()
            .contains("width=\"1080\" height=\"620\"")
    );
}
