//! Whatever is drawn: there is a figure, and all of its numbers are in its table.

use super::*;

proptest! {
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
        prop_assert_eq!(figure.table_len(), rows);
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
        .line("a, b", [(0.1, 1.0 / 3.0), (f64::NAN, 1e-300)], Look::SIMULATED)
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
    let frames = [[(0.0, 1.0), (0.5, 2.0)], [(0.1, 1.5), (0.6, 2.5)], [(0.2, 1.25), (0.7, 3.0)]];
    let all = frames.iter().map(|points| points.to_vec()).collect();
    let still = Figure::new("motion").x("x").y("y");
    let moving = still.clone().frames("epochs", vec![0.0, 2.0, 5.0]);
    let moving = moving.moving("nodes", all, Look::SAMPLED);
    let still = still.points("nodes", frames[2], Look::SAMPLED);
    assert_eq!(moving.to_svg(), still.to_svg());
    let rows = table(&moving);
    let row = |place: usize| rows[place].iter().collect::<Vec<_>>().join("|");
    assert_eq!([rows.len(), moving.table_len()], [6, 6]);
    assert_eq!(row(0), "|nodes|points|0.0|1.0||||0.0");
    assert_eq!(row(3), "|nodes|points|0.6|2.5||||2.0");
    assert_eq!(row(5), "|nodes|points|0.7|3.0||||5.0");
    assert!(table(&still).iter().all(|row| row[8].is_empty()));
    let data = serde_json::to_string(&moving).unwrap();
    let back: Figure = serde_json::from_str(&data).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), data);
    assert!(!serde_json::to_string(&still).unwrap().contains("earlier"));
}

fn value() -> impl Strategy<Value = f64> {
    let special = [0.0, -0.0, 1.0, 1e-19, 1e300, -1e300, f64::MAX, 5e-324, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    prop_oneof![prop::sample::select(special.to_vec()), any::<f64>(), -10.0..10.0_f64]
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
        (prop::collection::vec(value(), 0..20), [value(), value()]).prop_map(|(values, ends)| Mark::Heat(values, ends)),
        pairs().prop_map(|points| Mark::Pieces(points.windows(2).map(|pair| [pair[0], pair[1]]).collect())),
    ]
}
