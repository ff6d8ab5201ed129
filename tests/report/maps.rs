//! Maps: a part of them seen larger, and blanks between the cells of a sweep that was refined.

use crate::browser::{assert_quiet, explorer, number};
use crate::results::{Row, path, read, rows};

const MAP: &str = ".explorer .canvas-holder canvas";

/// What the page says of the chosen run.
fn chosen(browser: &crate::driver::Browser, name: &str) -> f64 {
    let found = browser.wait(&format!(
        "return [...document.querySelectorAll('.explorer .detail .list tr')].find((tr) => tr.cells[0].textContent === {name:?})?.cells[1].textContent ?? null"
    ));
    let text = found.as_str().unwrap().split(' ').next().unwrap().to_owned();
    text.parse().unwrap()
}

fn is_zoomed(browser: &crate::driver::Browser) -> bool {
    browser.run(&format!("return document.querySelector({MAP:?}).dataset.zoomed")) == "true"
}

#[test]
fn a_rectangle_shows_its_cells_larger_and_two_clicks_or_a_key_show_all() {
    let Some(browser) = explorer("sweep") else {
        return;
    };
    browser.wait(&format!("return document.querySelector({MAP:?})?.width > 300"));
    assert!(!is_zoomed(&browser));
    // The upper right cell fills the map, whatever is clicked is that one.
    browser.drag(MAP, [0.85, 0.1], [0.97, 0.3]);
    assert!(is_zoomed(&browser));
    let none = browser.run("return document.querySelector('.explorer .command') === null");
    assert_eq!(none, true, "the rectangle's end is no click");
    browser.point(MAP, [0.3, 0.7], true);
    let corner = [chosen(&browser, "student.theta0"), chosen(&browser, "teacher.epsilon")];
    assert_eq!(corner, [0.3, 0.01]);
    browser.run(&format!("document.querySelector({MAP:?}).focus()"));
    browser.press("0");
    assert!(!is_zoomed(&browser));
    browser.point(MAP, [0.15, 0.8], true);
    assert_eq!(chosen(&browser, "student.theta0"), 1e-3);
    // By keys alone: nearer about what is chosen, and on beyond what is seen.
    browser.press("++++");
    assert!(is_zoomed(&browser));
    browser.press("\u{e014}\u{e014}\u{e014}\u{e007}");
    assert_eq!(chosen(&browser, "student.theta0"), 0.3);
    assert!(is_zoomed(&browser));
    let twice = format!("document.querySelector({MAP:?}).dispatchEvent(new MouseEvent('dblclick'))");
    browser.run(&twice);
    assert!(!is_zoomed(&browser));
    assert_quiet(&browser);
}

/// The rows of a sweep that was refined: those that have their place, and those that wait.
fn refined() -> Vec<Row> {
    let waiting = path("refined/pending.csv");
    let mut all = rows("refined/cells.csv");
    if waiting.exists() {
        all.extend(rows("refined/pending.csv"));
    }
    all
}

/// All values that an axis has.
fn values(all: &[Row], key: &str) -> Vec<f64> {
    let mut values: Vec<f64> = all.iter().map(|row| row[key].parse().unwrap()).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// Place of a value among them.
fn place(values: &[f64], text: &str) -> usize {
    let own: f64 = text.parse().unwrap();
    values.iter().position(|value| *value == own).unwrap()
}

#[test]
fn blanks_of_a_refined_sweep_are_as_the_nearest_cell_and_said_to_be() {
    let all = refined();
    assert!(all.len() < 17 * 17 / 2, "{} cells", all.len());
    let x = values(&all, "student.theta0");
    let y = values(&all, "teacher.epsilon");
    let at = |row: &Row, [a, b]: [&str; 2]| [place(&x, &row[a]), place(&y, &row[b])];
    let of_run = |row| at(row, ["student.theta0", "teacher.epsilon"]);
    let run = all.iter().map(|row| (of_run(row), &row["sharp_verdict"][..]));
    let run: Vec<([usize; 2], &str)> = run.collect();
    let svg = read("refined/verdicts.svg");
    assert!(svg.contains("where no cell was run the nearest one that was is shown, paler."));
    let drawn = rows("refined/figures/verdicts.csv");
    let of = |series: &str| -> Vec<[usize; 2]> {
        let own = drawn.iter().filter(|row| row["panel"].starts_with("sharp") && row["series"].starts_with(series));
        own.map(|row| at(row, ["x", "y"])).collect()
    };
    let blanks = of("not run");
    assert_eq!(blanks.len() + all.len(), x.len() * y.len());
    let mut seen = [0; 2];
    for (kind, verdict) in ["holds", "vacuous"].into_iter().enumerate() {
        for at in of(verdict) {
            let apart = |other: &[usize; 2]| other[0].abs_diff(at[0]).max(other[1].abs_diff(at[1]));
            let least = run.iter().map(|(place, _)| apart(place)).min().unwrap();
            assert_eq!(least > 0, blanks.contains(&at));
            // Of equally near ones any may be shown.
            let near = run.iter().filter(|(place, _)| apart(place) == least);
            assert!(near.clone().any(|(_, known)| *known == verdict), "{at:?}: {verdict}");
            seen[kind] += usize::from(least > 0);
        }
    }
    assert!(seen.iter().all(|&count| count > 10), "{seen:?}");
}

#[test]
fn a_page_has_every_row_of_a_refined_sweep_and_says_what_was_not_run() {
    let page = read("refined/report.html");
    let all = refined();
    let violated = all.iter().filter(|row| row.values().any(|field| field == "violated")).count();
    assert!(page.contains(&format!("{} of 289 points", all.len())));
    assert!(page.contains(&format!("{violated} with a violated bound")));
    let Some(browser) = explorer("refined") else {
        return;
    };
    let rows = browser.run("return document.querySelector('.explorer output').value");
    assert_eq!(rows, format!("{0} of {0} rows", all.len()));
    browser.wait(&format!("return document.querySelector({MAP:?})?.width > 300"));
    let (mut blanks, mut cells) = (0, 0);
    for i in 0..40 {
        let at = [0.12 + 0.1 * f64::from(i % 8), 0.1 + 0.17 * f64::from(i / 8)];
        browser.point(MAP, at, false);
        let said = browser.run("return [...document.querySelectorAll('.explorer .tip p')].map((p) => p.textContent)");
        match said[0].as_str().unwrap().starts_with("Nothing was run here") {
            true => blanks += 1,
            false => cells += 1,
        }
    }
    assert!(blanks > 3 && cells > 3, "{blanks} blanks, {cells} cells");
    // A click on any of them shows a run that there is.
    browser.point(MAP, [0.3, 0.3], true);
    let index = browser.wait("return document.querySelector('.explorer tr.chosen')?.cells[0].title ?? null");
    assert!(all.iter().any(|row| row["index"].parse() == Ok(number(&index))));
    assert_quiet(&browser);
}
