//! What is seen of a figure: words, keys, markers, structure, grounds, sizes.

use super::*;

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
    assert_eq!(part.matches("fill=\"#ffffff\" fill-opacity=\"0.6\"").count(), 2);
    let d = |svg: &str, after: &str| {
        let (_, rest) = svg.split_once(after).unwrap();
        rest.split("d=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let veil = d(&part, "<title>not run</title>");
    assert!(d(&whole, "<title>holds</title>").ends_with(&veil), "{veil}");
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let svg = Figure::new("left out")
        .x("x")
        .log_y("y")
        .y_range([1.0, 10.0])
        .line("with a zero", [(0.0, 2.0), (1.0, 0.0), (2.0, 5.0)], Look::of_series(1))
        .level("far", 1e3, Look::FLOOR)
        .points("none", [(1.0, f64::NAN)], Look::of_set(0))
        .points("endless", [(1.0, f64::INFINITY), (1.0, 2.0)], Look::of_set(0))
        .to_svg();
    let texts = texts(&svg);
    for expected in ["with a zero", "far (off the scale)", "none (nothing to draw)", "Infinite values are left out."] {
        assert!(texts.iter().any(|text| text == expected), "{expected} in {texts:?}");
    }
    assert!(texts.iter().any(|text| text.starts_with("Wedges on the lower edge")));
    // The curve has a gap at the zero: two pieces, and a wedge.
    assert_eq!(svg.matches("class=\"zero\"").count(), 1);
    let line = svg.split("<path d=\"").find(|path| path.contains("#0072b2")).expect("a curve");
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
    let place = |label: &str| texts.iter().position(|text| text == label).expect("in the key");
    assert!(place("high") < place("middle") && place("middle") < place("low"));
}

#[test]
fn curves_have_markers_at_places_of_their_own() {
    let figure = Figure::new("the same curve").x("x").y("y");
    let svg = (0..3)
        .fold(figure, |figure, i| figure.curve(format!("curve {i}"), [0.0, 1.0], |x| x, Look::of_series(i)))
        .to_svg();
    let hollow: Vec<&str> = svg.split("<path d=\"").filter(|path| path.contains("fill=\"#fff\"")).collect();
    let places = hollow.iter().flat_map(|path| path.split_once('"').unwrap().0.split('M').skip(1));
    let mut x: Vec<f64> = places.map(|place| place.split(' ').next().unwrap().parse().unwrap()).collect();
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
        .points("many", (0..3500).map(|i| (f64::from(i), f64::from(i % 70))), Look::of_set(1));
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
    let map = Figure::new("map").axes(cells(), cells()).cells("violated", vec![0, 1, 3], Look::VIOLATED).heat(
        "level",
        vec![1.0, 2.0, f64::NAN, 3.0],
        [1.0, 3.0],
    );
    let svg = map.to_svg();
    assert!(svg.contains("<pattern id=") && svg.contains("fill=\"url(#"));
}

#[test]
fn a_dark_ground_changes_colours_and_nothing_else() {
    let figure = Figure::new("dark").axes(cells(), cells()).cells("holds", vec![0], Look::VIOLATED).heat(
        "level",
        vec![1.0, 2.0, f64::NAN, 3.0],
        [1.0, 3.0],
    );
    let curve = Figure::new("dark").x("x").y("y").line("a", [(0.0, 1.0), (1.0, 2.0)], Look::of_series(0));
    for figure in [figure, curve] {
        let (paper, dark) = (figure.to_svg(), figure.clone().on(Ground::Dark).to_svg());
        assert_well_formed(&dark);
        let colors = |svg: &str| -> Vec<String> {
            svg.split('"').filter(|text| text.starts_with('#')).map(String::from).collect()
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
        assert!(!colors(&dark).iter().any(|color| color == "#fff" || color == "#000"));
        // What stands for numbers stays.
        let scale = |svg: &str| -> Vec<String> {
            let lines = svg.lines().filter(|line| line.contains("class=\"scale\""));
            lines.map(String::from).collect()
        };
        assert_eq!(scale(&dark), scale(&paper));
    }
}

#[test]
fn sizes_are_true() {
    let figure =
        |size| Figure::new("size").x("x").y("y").line("a", [(0.0, 1.0), (1.0, 2.0)], Look::SIMULATED).size(size);
    // Journals want 6 to 7 points; from the last row of a room one reads 17 on a slide of 13⅓ inches.
    for (size, wide, range) in [(Size::mm(85.0), 85.0, 6.0..7.0), (Size::slide(), 338.7, 17.0..21.0)] {
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
    assert!(figure(Size::default()).to_svg().contains("width=\"1080\" height=\"620\""));
}
