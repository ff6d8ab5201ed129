//! A page in Chromium: nothing fails, nothing is loaded, and what is shown is what the files say.

use crate::driver::Browser;
use crate::results::{path, rows};
use serde_json::Value as Json;

/// Keys by their codes.
const RIGHT: &str = "\u{e014}";
const ESCAPE: &str = "\u{e00c}";

/// A page that has come up without a word on the console; `None` without a browser.
pub fn open(page: &str, width: u32) -> Option<Browser> {
    let browser = Browser::start(width, 900)?;
    browser.open(&path(page));
    browser.wait("return document.documentElement.classList.contains('scripted')");
    Some(browser)
}

/// No error, and no request but for the page itself and what it made.
pub fn assert_quiet(browser: &Browser) {
    assert_eq!(browser.console(), Vec::<String>::new());
    for url in browser.requests() {
        let own = ["file:", "data:", "blob:"].iter().any(|scheme| url.starts_with(scheme));
        assert!(own, "{url}");
    }
}

pub fn number(value: &Json) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

/// A selector of a figure's part.
fn of_figure(index: usize, part: &str) -> String {
    format!("#figure-0-{index} {part}")
}

#[test]
fn the_pointer_finds_the_values_of_the_table() {
    let Some(browser) = open("run/report.html", 1280) else {
        return;
    };
    let over = of_figure(0, ".u-over");
    browser.run("document.getElementById('figure-0-0').scrollIntoView()");
    browser.wait(&format!("return document.querySelector({over:?}) !== null"));
    let table = rows("run/figures/convergence.csv");
    let mut seen = 0;
    for part in [0.2, 0.45, 0.7] {
        browser.point(&over, [part, 0.5], false);
        let tip = of_figure(0, ".tip");
        browser.wait(&format!("return document.querySelector({tip:?}).hidden === false"));
        let shown = browser.run(&format!(
            "const tip = document.querySelector({tip:?});
             return [...tip.querySelectorAll('tr')].map((row) => [row.cells[1].textContent, row.querySelector('data').value])"
        ));
        let x = browser.run(&format!("return document.querySelector({tip:?} + ' p data')?.value ?? null"));
        for row in shown.as_array().unwrap() {
            let (label, y) = (row[0].as_str().unwrap(), number(&row[1]));
            let has = |known: &std::collections::HashMap<String, String>| known["y"].parse() == Ok(y);
            let known: Vec<_> = table.iter().filter(|known| plain(&known["series"]) == label && has(known)).collect();
            assert!(!known.is_empty(), "{label} = {y}");
            seen += 1;
        }
        assert!(table.iter().any(|known| known["x"].parse() == Ok(number(&x))), "{x}");
    }
    assert!(seen > 10, "{seen} values were shown");
    assert_quiet(&browser);
}

/// A label as it reads where its scripts are real ones.
fn plain(label: &str) -> String {
    label.replace("_{", "").replace("^{", "").replace(['_', '}'], "")
}

#[test]
fn curves_go_and_come_axes_turn_and_figures_are_kept() {
    let Some(browser) = open("run/report.html", 390) else {
        return;
    };
    let over = of_figure(0, ".u-over");
    browser.run("document.getElementById('figure-0-0').scrollIntoView()");
    browser.wait(&format!("return document.querySelector({over:?}) !== null"));
    let wide = browser.run("return document.documentElement.scrollWidth");
    assert!(
        wide.as_f64().unwrap() <= browser.run("return innerWidth").as_f64().unwrap(),
        "the page is as wide as its window"
    );
    let canvas = of_figure(0, "canvas");
    let picture = || browser.run(&format!("return document.querySelector({canvas:?}).toDataURL()"));
    let all = picture();
    let entry = of_figure(0, ".legend button");
    browser.point(&entry, [0.5, 0.5], true);
    browser.wait(&format!("return document.querySelector({entry:?}).getAttribute('aria-pressed') === 'false'"));
    assert_ne!(picture(), all, "a curve is gone");
    browser.point(&entry, [0.5, 0.5], true);
    assert_eq!(picture(), all, "and back");
    browser.run(&format!(
        "[...document.querySelectorAll({:?})].find((b) => b.textContent === 'log y').click()",
        of_figure(0, "button")
    ));
    assert_ne!(picture(), all, "a linear axis is another picture");
    let drawn = browser.run(&format!(
        "[...document.querySelectorAll({:?})].find((b) => b.textContent === 'as drawn').click();
         return document.querySelector({:?}).getBoundingClientRect().width",
        of_figure(0, "button"),
        of_figure(0, ".drawn svg")
    ));
    assert!(drawn.as_f64().unwrap() > 300.0);
    // What is kept as CSV is the file beside the figure.
    let kept = browser.run(
        "window.kept = []; const make = URL.createObjectURL; URL.createObjectURL = (blob) => { blob.text().then((t) => kept.push(t)); return make(blob); };
         [...document.querySelectorAll('#figure-0-0 button')].find((b) => b.textContent === 'CSV').click(); return true",
    );
    assert_eq!(kept, true);
    let text = browser.wait("return window.kept[0] ?? null");
    let mut csv = csv::Reader::from_reader(text.as_str().unwrap().as_bytes());
    let header: Vec<String> = csv.headers().unwrap().iter().map(String::from).collect();
    let table = rows("run/figures/convergence.csv");
    let mut count = 0;
    for (row, known) in csv.records().map(Result::unwrap).zip(&table) {
        for (name, field) in header.iter().zip(&row) {
            let same = field == known[name] || field.parse::<f64>().is_ok_and(|x| known[name].parse() == Ok(x));
            assert!(same, "{name}: {field} in place of {}", known[name]);
        }
        count += 1;
    }
    assert_eq!(count, table.len());
    assert_quiet(&browser);
}

#[test]
fn keys_do_what_the_pointer_does() {
    let Some(browser) = open("run/report.html", 1280) else {
        return;
    };
    browser.run("document.getElementById('figure-0-0').scrollIntoView()");
    browser.wait("return document.querySelector('#figure-0-0 .u-over') !== null");
    browser.run("document.querySelector('#figure-0-0 .plot').focus()");
    let x = || number(&browser.wait("return document.querySelector('#figure-0-0 .tip p data')?.value ?? null"));
    browser.press(RIGHT);
    let first = x();
    browser.press(RIGHT);
    assert!(x() > first);
    // Nearer: the first place in sight is another one; and all again.
    for (key, nearer) in [("+", true), ("0", false)] {
        browser.press(&format!("{key}{ESCAPE}{RIGHT}"));
        assert_eq!(x() > first, nearer, "{key}");
    }
    assert_quiet(&browser);
}

/// A sweep's page with its table.
pub fn explorer(folder: &str) -> Option<Browser> {
    let browser = open(&format!("{folder}/report.html"), 1280)?;
    browser.run("document.querySelector('.explorer').scrollIntoView()");
    browser.wait("return document.querySelector('.explorer .virtual tbody td') !== null");
    Some(browser)
}

/// Of the rows that the table shows, a column.
fn column(browser: &Browser, name: &str) -> Vec<String> {
    browser.run(&format!(
        "const head = [...document.querySelectorAll('.explorer .virtual th')].find((th) => th.textContent === {name:?});
         document.querySelector('.explorer .scroller').scrollLeft = head.offsetLeft; return true"
    ));
    let found = browser.wait(&format!(
        "const cells = document.querySelectorAll(`.explorer td[data-column=\"{name}\"]`);
         return cells.length ? [...cells].map((td) => td.title) : null"
    ));
    found.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn tables_sort_and_filter() {
    let Some(browser) = explorer("sweep") else {
        return;
    };
    let cells = rows("sweep/cells.csv");
    let numbers = |texts: &[String]| -> Vec<f64> { texts.iter().map(|text| text.parse().unwrap()).collect() };
    let click =
        "[...document.querySelectorAll('.explorer .virtual th button')].find((b) => b.textContent === 'worst').click()";
    browser.run(click);
    let mut wanted: Vec<f64> = cells.iter().map(|row| row["worst"].parse().unwrap()).collect();
    wanted.sort_by(f64::total_cmp);
    let shown = numbers(&column(&browser, "worst"));
    assert!(shown.len() > 10);
    assert_eq!(shown, wanted[..shown.len()]);
    browser.run(click);
    wanted.reverse();
    assert_eq!(numbers(&column(&browser, "worst")), wanted[..shown.len()]);
    let filter = |text: &str| {
        let script = format!(
            "const input = document.querySelector('.explorer input'); input.value = {text:?}; input.dispatchEvent(new Event('input'));
             return document.querySelector('.explorer output').value"
        );
        browser.run(&script).as_str().unwrap().to_owned()
    };
    let count = cells
        .iter()
        .filter(|row| row["printed_d0_verdict"] == "violated" && row["student.theta0"].parse::<f64>().unwrap() < 0.01)
        .count();
    assert!(count > 0 && count < cells.len());
    assert_eq!(
        filter("printed_d0_verdict = violated, student.theta0 < 0.01"),
        format!("{count} of {} rows", cells.len())
    );
    assert!(column(&browser, "printed_d0_verdict").iter().all(|verdict| verdict == "violated"));
    assert!(filter("colour = 3").starts_with("no column is called “colour”"));
    assert!(filter("worst < many").starts_with("“many” is no number"));
    assert_quiet(&browser);
}

#[test]
fn a_click_on_a_cell_shows_its_run_and_the_command_makes_it_again() {
    let Some(browser) = explorer("sweep") else {
        return;
    };
    browser.wait("return document.querySelector('.explorer canvas')?.width > 300");
    // The lower left corner: the smallest values of both axes.
    browser.point(".explorer .canvas-holder canvas", [0.15, 0.85], true);
    let command = browser.wait("return document.querySelector('.explorer .command code')?.textContent ?? null");
    let cells = rows("sweep/cells.csv");
    let shown = browser.run(
        "return Object.fromEntries([...document.querySelectorAll('.explorer details .list tr')].map((tr) => [tr.cells[0].textContent, tr.cells[1].textContent]))",
    );
    let number_of = |name: &str| shown[name].as_str().unwrap().split(' ').next().unwrap().parse::<f64>().unwrap();
    assert_eq!((number_of("student.theta0"), number_of("teacher.epsilon")), (1e-3, 1e-4));
    let row = cells.iter().find(|row| row["index"] == shown["index"].as_str().unwrap()).unwrap();
    for name in ["seed", "sharp", "sharp_simulated", "final_angle"] {
        assert_eq!(row[name].parse(), Ok(number_of(name)), "{name}");
    }
    assert_eq!(shown["sharp_verdict"], row["sharp_verdict"].as_str());
    let chosen = browser.run("return document.querySelector('.explorer tr.chosen').cells[0].textContent");
    assert_eq!(chosen, row["index"].as_str());
    assert_quiet(&browser);

    let place = tempfile::tempdir().unwrap();
    let words: Vec<&str> = command.as_str().unwrap().split(' ').skip(1).collect();
    crate::results::luckflow(place.path(), &words);
    let name = words.last().unwrap();
    let summary = std::fs::read(place.path().join(name).join("summary.json")).unwrap();
    let summary: Json = serde_json::from_slice(&summary).unwrap();
    let rate = &summary["rates"]["sharp"];
    assert_eq!(rate["simulated"].as_f64(), row["sharp_simulated"].parse().ok());
    assert_eq!(rate["value"].as_f64(), row["sharp"].parse().ok());
}
