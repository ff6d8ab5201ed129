//! The page of a training: nodes epoch by epoch, filters, classes.

use crate::browser::{assert_quiet, number, open};
use crate::results::{Row, luckflow, path, read, rows};
use std::collections::HashSet;

#[test]
fn filters_are_in_the_page_and_have_captions() {
    let page = read("training/report.html");
    let listed = std::fs::read(path("training/pictures.json")).unwrap();
    let listed: Vec<serde_json::Value> = serde_json::from_slice(&listed).unwrap();
    // Kernels and both layers, of both seeds.
    assert_eq!(listed.len(), 2 * 3);
    assert_eq!(page.matches("<img ").count(), listed.len());
    use base64::Engine;
    for picture in &listed {
        let name = picture["name"].as_str().unwrap();
        let bytes = std::fs::read(path("training").join(name)).unwrap();
        let letters = base64::engine::general_purpose::STANDARD.encode(bytes);
        assert!(page.contains(&format!("src=\"data:image/png;base64,{letters}\"")));
        let caption = picture["caption"].as_str().unwrap().replace('\'', "&#39;");
        assert!(page.contains(&format!("<p>{caption}</p>")), "{caption}");
    }
}

#[test]
fn pictures_from_elsewhere_are_refused() {
    let place = tempfile::tempdir().unwrap();
    for name in ["summary.json", "figures.json", "columns.json"] {
        std::fs::copy(path("training").join(name), place.path().join(name)).unwrap();
    }
    let refused = |name: &str, bytes: &[u8], said: &str| {
        std::fs::write(place.path().join("a.png"), bytes).unwrap();
        let list = serde_json::json!([{ "name": name, "caption": "" }]).to_string();
        std::fs::write(place.path().join("pictures.json"), list).unwrap();
        let mut command = assert_cmd::Command::cargo_bin("luckflow").unwrap();
        let failed = command.arg("report").arg(place.path()).assert().code(2);
        let error = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        assert!(error.contains(said), "{error}");
    };
    refused("../a.png", b"", "a picture called \"../a.png\"");
    refused("a.png", b"<svg onload=alert(1)>", "found no PNG");
    // One that is gone is no reason to show nothing.
    let list = r#"[{ "name": "gone.png", "caption": "" }]"#;
    std::fs::write(place.path().join("pictures.json"), list).unwrap();
    luckflow(place.path(), &["report", "."]);
}

#[test]
fn the_slider_goes_over_the_epochs_of_the_table() {
    let Some(browser) = open("training/report.html", 1280) else {
        return;
    };
    let table = rows("training/figures/fan-out.csv");
    let frames: HashSet<&str> = table.iter().map(|row| &row["frame"][..]).collect();
    assert_eq!(frames, HashSet::from(["0.0", "1.0", "2.0", "3.0"]));
    let at = browser.run(
        "const card = [...document.querySelectorAll('figure[data-figure]')].find((f) => f.querySelector('h3').textContent === 'fan-out');
         card.scrollIntoView(); return card.id",
    );
    let card = format!("#{}", at.as_str().unwrap());
    let bar = format!("{card} .slider input");
    browser.wait(&format!("return document.querySelector({bar:?}) !== null"));
    assert_eq!(browser.run(&format!("return document.querySelector({bar:?}).max")), "3");
    // By the keys, as a reader without a pointer has it: the last epoch comes first.
    for frame in ["3", "0", "2"] {
        browser.run(&format!(
            "const bar = document.querySelector({bar:?}); bar.value = {frame}; bar.dispatchEvent(new Event('input'));"
        ));
        assert_eq!(browser.run(&format!("return document.querySelector({card:?} + ' .slider output').value")), frame);
        let shown = shown_points(&browser, &card);
        let known = |x: f64, y: f64| {
            let fits = |row: &&Row| {
                row["frame"] == format!("{frame}.0") && row["x"].parse() == Ok(x) && row["y"].parse() == Ok(y)
            };
            table.iter().any(|row| fits(&row))
        };
        assert!(!shown.is_empty(), "epoch {frame}");
        assert!(shown.iter().all(|&(x, y)| known(x, y)), "epoch {frame}: {shown:?}");
    }
    let loaded = browser
        .run("return [...document.querySelectorAll('img')].every((img) => img.complete && img.naturalWidth > 0)");
    assert_eq!(loaded, true);
    assert_quiet(&browser);
}

/// Points of a figure's first panel that the pointer meets on its way over it.
fn shown_points(browser: &crate::driver::Browser, card: &str) -> Vec<(f64, f64)> {
    let mut found: Vec<(f64, f64)> = Vec::new();
    let over = format!("{card} .u-over");
    for i in 0..36 {
        let at = [0.1 + 0.16 * f64::from(i % 6), 0.1 + 0.16 * f64::from(i / 6)];
        browser.point(&over, at, false);
        let shown = browser.run(&format!(
            "const tip = document.querySelector({card:?} + ' .tip');
             return tip.hidden ? null : [...tip.querySelectorAll('data')].map((d) => d.value)"
        ));
        if let Some(values) = shown.as_array() {
            let point = (number(&values[0]), number(&values[1]));
            if !found.contains(&point) {
                found.push(point);
            }
        }
    }
    found
}

#[test]
fn classes_are_counted_in_the_table_in_the_figure_and_in_the_summary() {
    let counts = rows("training/confusion.csv");
    assert_eq!(counts.len(), 2 * 10 * 10);
    let of = |row: &Row| row["samples"].parse::<u64>().unwrap();
    assert_eq!(counts.iter().map(of).sum::<u64>(), 2 * 60);
    let summary = std::fs::read(path("training/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
    for (seed, finding) in summary["findings"].as_array().unwrap().iter().enumerate() {
        let own = counts.iter().filter(|row| row["label"] == finding["label"].as_str().unwrap());
        let mut same = 0;
        for row in own.clone() {
            let [i, j] = ["teacher_class", "student_class"].map(|name| row[name].parse::<usize>().unwrap());
            assert_eq!(finding["confusion"]["counts"][i][j], of(row));
            same += if i == j { of(row) } else { 0 };
        }
        assert_eq!(own.count(), 100, "seed {seed}");
        let agreement = finding["confusion"]["agreement"].as_f64().unwrap();
        assert!((agreement - same as f64 / 60.0).abs() < 1e-12);
    }
    // The figure has both seeds together, and no cell without a sample.
    let cells = rows("training/figures/confusion.csv");
    for cell in &cells {
        let is_here = |row: &&Row| row["teacher_class"] == cell["y"] && row["student_class"] == cell["x"];
        let sum: u64 = counts.iter().filter(is_here).map(of).sum();
        assert!(sum > 0 && cell["value"].parse() == Ok(sum as f64), "{cell:?}");
    }
    let all: f64 = cells.iter().map(|cell| cell["value"].parse::<f64>().unwrap()).sum();
    assert_eq!(all, 120.0);
}
