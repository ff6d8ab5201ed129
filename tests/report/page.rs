//! What stands in a page, by its text alone.

use crate::results::{HOSTILE, PLACE, luckflow, path, read, rows};
use luckflow::experiment::figures;
use regex::Regex;
use std::collections::HashSet;

/// The page without scripts, styles and data.
fn body(page: &str) -> String {
    let block = Regex::new(r"(?s)<(script|style)[ >].*?</(script|style)>").unwrap();
    block.replace_all(page, "").into_owned()
}

/// What a reader sees of it.
fn text(page: &str) -> String {
    let tags = Regex::new(r"(?s)<[^>]*>").unwrap();
    let text = tags.replace_all(&body(page), "").replace("&#39;", "'");
    text.replace("&quot;", "\"")
}

#[test]
fn what_a_file_is_called_is_text() {
    let page = read("run/report.html");
    assert!(!page.contains("<script>alert") && !page.contains("<img"));
    assert!(text(&page).contains("&lt;script&gt;alert(1)&lt;img"), "the name is shown");
    // Two scripts run; the others are data.
    assert_eq!(page.matches("<script>").count(), 2);
    let data =
        page.matches("<script type=\"application/json\"").count() + page.matches("<script type=\"text/plain\"").count();
    assert_eq!(page.matches("<script").count(), 2 + data);
    let start = page.find("id=\"data\">").unwrap() + 10;
    let json = &page[start..start + page[start..].find("</script>").unwrap()];
    serde_json::from_str::<serde_json::Value>(json).expect("data are JSON");
    assert!(path(HOSTILE).exists());
}

#[test]
fn nothing_is_loaded() {
    let link = Regex::new(r#"(?:src|href|action)="([^"]*)""#).unwrap();
    let url = Regex::new(r"url\((.)").unwrap();
    for name in ["run/report.html", "sweep/report.html"] {
        let page = read(name);
        assert!(page.contains("content=\"default-src &#39;none&#39;; script-src &#39;sha256-"));
        assert!(!page.contains("unsafe-inline") && !page.contains("@import"));
        for found in link.captures_iter(&body(&page)) {
            assert!(found[1].starts_with('#'), "{name}: {}", &found[0]);
        }
        for found in url.captures_iter(&page) {
            assert_eq!(&found[1], "#", "{name}: {}", &found[0]);
        }
        assert!(page.len() < 3_000_000, "{name}: {} bytes", page.len());
        assert!(page.contains("Copyright (c) 2022 Leon Sorokin"), "uPlot's licence goes with it");
    }
}

#[test]
fn every_figure_is_there_without_scripts() {
    let id = Regex::new(r#" id="([^"]*)""#).unwrap();
    for name in ["run", "sweep"] {
        let page = read(&format!("{name}/report.html"));
        let body = body(&page);
        let figures = figures::read(&path(name)).unwrap();
        assert!(figures.len() >= 2, "{name}");
        assert_eq!(body.matches("<figure ").count(), figures.len());
        assert_eq!(body.matches("<svg xmlns").count(), figures.len());
        for (figure, _) in &figures {
            assert!(body.contains(&format!("<h3>{figure}</h3>")), "{name}: {figure}");
            assert!(path(&format!("{name}/figures/{figure}.csv")).exists());
        }
        let ids: Vec<&str> = id.captures_iter(&page).map(|found| found.get(1).unwrap().as_str()).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "ids are unique");
    }
}

#[test]
fn every_verdict_has_its_numbers_and_a_reason() {
    let text = text(&read("run/report.html"));
    let verdicts = rows("run/verdicts.csv");
    assert_eq!(verdicts.len(), 6);
    for row in &verdicts {
        let begin = row["why"].split(|c: char| c.is_ascii_digit()).next().unwrap();
        assert!(begin.len() > 20 && text.contains(begin), "{row:?}");
        let [claimed, simulated, tolerance] =
            ["claimed", "simulated", "tolerance"].map(|name| row[name].parse::<f64>().unwrap());
        let fits = match &row["claim"][..] {
            "exact" => (claimed - simulated).abs() <= tolerance,
            _ => claimed <= simulated + tolerance,
        };
        let verdict = if fits { "holds" } else { "violated" };
        assert_eq!(row["verdict"], verdict, "{row:?}");
    }
}

#[test]
fn reasons_are_those_of_their_verdicts() {
    let place = tempfile::tempdir().unwrap();
    let scenario = "experiment = \"theorem4\"\nteacher = { nodes = 4, input_dim = 6 }\nstudent = { theta0 = 0.02 }\n";
    std::fs::write(place.path().join("s.toml"), scenario).unwrap();
    let why = |set: &str, claim: &str| {
        luckflow(place.path(), &["run", "s.toml", "--set", set, "--out", "o", "--force"]);
        let all = luckflow::experiment::read_verdicts(&place.path().join("o")).unwrap();
        let found = all.into_iter().find(|judged| judged.claim == claim).unwrap();
        (found.verdict.to_string(), found.why)
    };
    let (verdict, reason) = why("teacher.threshold=0", "derived");
    assert_eq!(verdict, "vacuous");
    assert!(reason.contains("is not positive for this start"), "{reason}");
    let (verdict, reason) = why("flow.projection=false", "sharp");
    assert_eq!(verdict, "not applicable");
    assert!(reason.starts_with("A premise is not met: the flow is not projected"), "{reason}");
    let (verdict, reason) = why("teacher.threshold=2.5", "sharp");
    assert_eq!(verdict, "holds");
    assert!(reason.starts_with("All along the run θ fell at a rate of at least"), "{reason}");
    let (verdict, reason) = why("teacher.threshold=2.5", "printed");
    assert_eq!(verdict, "violated");
    assert!(reason.starts_with("At some time θ fell at a rate of only"), "{reason}");
}

#[test]
fn a_page_of_several_says_what_differs() {
    luckflow(PLACE.path(), &["report", "run", "sweep", "--out", "both.html"]);
    let page = read("both.html");
    let body = body(&page);
    for expected in [
        "<section id=\"index\"><h2>Index</h2>",
        "<h2>What differs</h2>",
        "<th scope=\"row\">teacher.weights</th>",
        "<h3>run: convergence</h3>",
        "<h3>sweep: verdicts</h3>",
    ] {
        assert!(body.contains(expected), "{expected}");
    }
    let again = assert_cmd::Command::cargo_bin("luckflow")
        .unwrap()
        .current_dir(PLACE.path())
        .args(["report", "run", "sweep", "--out", "both.html"])
        .assert()
        .code(2);
    let said = String::from_utf8(again.get_output().stderr.clone()).unwrap();
    assert!(said.contains("--force to replace it"), "{said}");
}

#[test]
fn violations_are_listed_and_counted() {
    let cells = rows("sweep/cells.csv");
    let violated = cells.iter().filter(|row| row.values().any(|field| field == "violated")).count();
    assert!(violated > 0);
    let page = read("sweep/report.html");
    assert!(text(&page).contains(&format!("{violated} runs violate a bound.")));
    let first = cells.iter().find(|row| row["printed_verdict"] == "violated").unwrap();
    let listed = format!(
        "<th scope=\"row\">{}</th><td>student.theta0 = {}, teacher.epsilon = {}</td>",
        first["index"], first["student.theta0"], first["teacher.epsilon"]
    );
    assert!(page.contains(&listed), "{listed}");
}

#[test]
fn a_run_is_drawn_again_from_its_figures_alone() {
    let place = tempfile::tempdir().unwrap();
    let copy = |name: &str| std::fs::copy(path(name), place.path().join("figures.json")).unwrap();
    copy("run/figures.json");
    let svg = || std::fs::read_to_string(place.path().join("convergence.svg")).unwrap();
    luckflow(place.path(), &["plot", "."]);
    assert_eq!(svg(), read("run/convergence.svg"));
    luckflow(place.path(), &["plot", ".", "--width", "85mm"]);
    assert!(svg().contains("width=\"85mm\""));
    luckflow(place.path(), &["plot", ".", "--style", "slides"]);
    assert!(svg().contains("width=\"338.7mm\"") && svg().contains("fill=\"#fff\""));
    let narrow = ["--style", "slides", "--width", "254mm"];
    luckflow(place.path(), &[&["plot", "."][..], &narrow].concat());
    assert!(svg().contains("width=\"254mm\"") && svg().contains("viewBox=\"0 0 720.0"));
    luckflow(place.path(), &["plot", ".", "--style", "dark"]);
    assert!(svg().contains("fill=\"#14161a\"") && !svg().contains("fill=\"#fff\""));
    let hostile = std::fs::read_to_string(place.path().join("figures.json")).unwrap();
    std::fs::write(place.path().join("figures.json"), hostile.replace("\"convergence\"", "\"../out\"")).unwrap();
    let refused = assert_cmd::Command::cargo_bin("luckflow")
        .unwrap()
        .current_dir(place.path())
        .args(["plot", "."])
        .assert()
        .code(2);
    let said = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(said.contains("a figure called \"../out\""), "{said}");
}

#[test]
fn a_folder_without_results_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let refused = assert_cmd::Command::cargo_bin("luckflow").unwrap().arg("report").arg(place.path()).assert().code(2);
    let said = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(said.contains("found no results; allowed: the folder of a run or of a sweep"), "{said}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing is written");
}

#[test]
fn figures_with_more_than_a_page_holds_are_as_drawn() {
    let place = tempfile::tempdir().unwrap();
    let outputs = "integrate.outputs=120000";
    let run = ["run", "theorem4", "--set", outputs, "--out", "o", "--quiet"];
    luckflow(place.path(), &run);
    let page = std::fs::read_to_string(place.path().join("o/report.html")).unwrap();
    // At most 100,000 rows of another figure.
    assert!(page.len() < 4_000_000, "{} bytes", page.len());
    assert!(text(&page).contains("they are in figures/convergence.csv"));
    assert!(!page.contains("data-figure=\"0\"") && page.contains("id=\"figure-0-0\""));
}
