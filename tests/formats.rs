//! Figures as PDF and PNG: sizes, text, colours, and what is said where they cannot be had.

use assert_cmd::Command;
use luckflow::plot::{Figure, Fonts, Look, Size};

fn figure() -> Figure {
    Figure::new("A line, θ_j and ‖v‖")
        .x("time t")
        .log_y("angle θ (radians)")
        .line("falls", [(0.0, 1.0), (10.0, 1e-4)], Look::SAMPLED)
        .band("between", [(0.0, 0.1, 1.0), (10.0, 1e-5, 1e-4)], Look::HOLDS)
}

/// Fonts of this machine; on one without the tests say so and end.
fn fonts() -> Option<Fonts> {
    let found = Fonts::of_machine();
    if let Err(error) = &found {
        eprintln!("skipped: {error}");
    }
    found.ok()
}

#[test]
fn a_png_has_its_size_its_dots_an_inch_and_the_colours_of_the_figure() {
    let Some(fonts) = fonts() else { return };
    // 85 mm at 300 dots an inch, and 1080 pixels at two dots each.
    let print = 85.0 / 25.4 * 300.0;
    for (size, wide, dots) in [(Size::mm(85.0), print, 300.0), (Size::default(), 2160.0, 192.0)] {
        let bytes = figure().size(size).to_png(&fonts).unwrap();
        assert_eq!(bytes, figure().size(size).to_png(&fonts).unwrap());
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let (width, per_metre) = {
            let info = reader.info();
            (f64::from(info.width), info.pixel_dims.unwrap().xppu)
        };
        assert!((width - wide).abs() <= 1.0, "{width} and {wide}");
        assert!((f64::from(per_metre) * 0.0254 - dots).abs() < 0.1, "{per_metre}");
        let mut colors = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut colors).unwrap();
        let count = |color: [u8; 3]| colors.chunks_exact(3).filter(|dot| **dot == color).count();
        let all = colors.len() / 3;
        assert!(count([255, 255, 255]) > all / 2, "white paper");
        // The line (#0072b2) is some thousandths of the page, and so is black text.
        for color in [[0, 114, 178], [0, 0, 0]] {
            let part = count(color) as f64 / all as f64;
            assert!((5e-4..0.1).contains(&part), "{color:?}: {part}");
        }
    }
}

#[test]
fn a_pdf_has_a_page_of_the_figures_size_with_its_fonts_inside() {
    let Some(fonts) = fonts() else { return };
    let bytes = figure().size(Size::mm(180.0)).to_pdf(&fonts).unwrap();
    assert!(bytes.starts_with(b"%PDF-1."));
    let text = String::from_utf8_lossy(&bytes);
    let page = regex::Regex::new(r"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]").unwrap();
    let [width, height] = page.captures(&text).expect("a page").extract().1;
    let points = 180.0 / 25.4 * 72.0;
    assert!((width.parse::<f64>().unwrap() - points).abs() < 0.1, "{width} and {points}");
    let ratio = height.parse::<f64>().unwrap() / points;
    assert!((0.4..0.9).contains(&ratio), "{ratio}");
    assert!(text.contains("/FontFile"), "letters with their font");
    assert!(text.contains("/ToUnicode"), "text that can be searched");
}

#[test]
fn without_fonts_nothing_is_drawn_without_letters() {
    let Err(error) = Fonts::of_bytes(b"no font".to_vec()) else {
        panic!("no font in it");
    };
    assert!(error.to_string().contains("found no fonts"), "{error}");
}

#[test]
fn plot_writes_what_is_asked_for() {
    if fonts().is_none() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("run");
    let run = |arguments: &[&str]| {
        let mut luckflow = Command::new(assert_cmd::cargo::cargo_bin!("luckflow"));
        luckflow.current_dir(place.path()).args(arguments).assert()
    };
    run(&["run", "theorem4", "--out", "run", "--quiet"]).success();
    let svg = std::fs::read(folder.join("convergence.svg")).unwrap();
    run(&["plot", "run", "--format", "pdf,png", "--width", "85mm"]).success();
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    assert!(read("convergence.pdf").starts_with(b"%PDF"));
    assert!(read("rates.png").starts_with(b"\x89PNG"));
    assert_eq!(read("convergence.svg"), svg);
    let refused = run(&["plot", "run", "--format", "svg,eps"]).failure().code(2);
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("'eps'") && said.contains("allowed: svg, pdf, png"), "{said}");
}
