//! A page that is served while results come.

use crate::driver::Browser;
use crate::results::luckflow;
use crate::running::Running;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Served {
    program: Child,
    port: u16,
}

impl Served {
    fn of(place: &Path, folder: &str) -> Self {
        let mut program = Command::new(assert_cmd::cargo::cargo_bin!("luckflow"))
            .current_dir(place)
            .args(["report", folder, "--serve=0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(program.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let (_, rest) = line.split_once("http://127.0.0.1:").expect("an address");
        let port = rest.split('/').next().unwrap().parse().unwrap();
        Self { program, port }
    }

    /// Head and body of what is answered to a question.
    fn ask(&self, question: &str, host: &str) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let text = format!("{question} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    fn get(&self, path: &str) -> String {
        let (head, body) = self.ask(&format!("GET {path}"), &format!("localhost:{}", self.port));
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
        body
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

const SCENARIO: &str =
    "experiment = 'theorem4'\nstudent.theta0 = 0.02\nteacher = { input_dim = 6, nodes = 3, threshold = 2.0 }";

#[test]
fn a_page_follows_what_is_in_its_folder_and_is_for_this_machine_alone() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a.toml"), SCENARIO).unwrap();
    let served = Served::of(place.path(), "out");
    let (empty, first) = (served.get("/"), served.get("/version"));
    assert!(empty.contains("out: no results yet") && empty.contains(&first), "{empty}");
    assert_eq!(served.get("/version"), first);
    luckflow(place.path(), &["run", "a.toml", "--out", "out", "--quiet"]);
    let second = served.get("/version");
    assert_ne!(second, first);
    let page = served.get("/");
    assert!(page.contains("<h2>Verdicts</h2>") && page.contains(&second));
    assert!(page.contains("connect-src"));
    // What lies in the folder asks nobody.
    let kept = std::fs::read_to_string(place.path().join("out/report.html")).unwrap();
    assert!(!kept.contains("connect-src") && !kept.contains("fetch("));

    let own = format!("127.0.0.1:{}", served.port);
    for (question, host, status) in [
        ("GET /", "elsewhere.example:80", "403"),
        ("GET /", "", "403"),
        ("GET /a.toml", &own, "404"),
        ("GET /../a.toml", &own, "404"),
        ("POST /", &own, "405"),
        ("nonsense", &own, "400"),
    ] {
        let (head, body) = served.ask(question, host);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{question}: {head}");
        assert!(!body.contains("Verdicts") && !body.contains("teacher"), "{body}");
    }
    // Longer than any question may be, and no question at all.
    let (head, _) = served.ask(&format!("GET /{}", "a".repeat(9000)), &own);
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    assert!(TcpStream::connect(("127.0.0.2", served.port)).is_err());
}

#[test]
fn a_port_that_is_taken_is_named() {
    let place = tempfile::tempdir().unwrap();
    let served = Served::of(place.path(), "out");
    let mut second = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("luckflow"));
    let port = format!("--serve={}", served.port);
    let failed = second.args(["report", "out", &port]).assert().failure();
    let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    assert!(said.contains(&served.port.to_string()) && said.contains("allowed: a port that is free"), "{said}");
}

/// So many points that a sweep is met while it goes on.
const SWEEP: &str = "experiment = 'theorem4'\nstudent.theta0 = 0.02\nteacher = { input_dim = 6, nodes = 3 }\nsweep = { axis = [{ key = 'teacher.threshold', linear = { from = 1, to = 3, points = 800 } }] }";

#[test]
fn a_browser_follows_a_sweep_while_it_goes_on() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("s.toml"), SWEEP).unwrap();
    let Some(browser) = Browser::start(1280, 900) else {
        return;
    };
    let served = Served::of(place.path(), "out");
    browser.visit(&format!("http://127.0.0.1:{}/", served.port));
    let mut sweep = Command::new(assert_cmd::cargo::cargo_bin!("luckflow"));
    sweep.args(["sweep", "s.toml", "--out", "out", "--jobs", "1", "--quiet"]);
    let mut sweep = Running::start(sweep.current_dir(place.path()));
    let table = place.path().join("out/cells.csv");
    sweep.wait_until("some rows", |_| {
        let text = std::fs::read_to_string(&table).unwrap_or_default();
        text.lines().count() > 20
    });
    // Held, so that it has no end while the page is looked at.
    sweep.signal("STOP");
    let done = "return Number(document.querySelector('.end')?.textContent.match(/(\\d+) of 800 points/)?.[1] ?? 0)";
    let first = browser.wait(&format!("{done} || null")).as_f64().unwrap();
    assert!((1.0..800.0).contains(&first), "{first}");
    sweep.signal("CONT");
    assert!(sweep.wait().unwrap().success());
    browser.wait(&format!("{done} === 800"));
    browser.wait("return document.querySelectorAll('figure').length > 0");
}

#[test]
fn a_browser_shows_what_has_come() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a.toml"), SCENARIO).unwrap();
    let Some(browser) = Browser::start(1280, 900) else {
        return;
    };
    let served = Served::of(place.path(), "out");
    browser.visit(&format!("http://127.0.0.1:{}/", served.port));
    browser.wait("return document.body.textContent.includes('no results yet')");
    luckflow(place.path(), &["run", "a.toml", "--out", "out", "--quiet"]);
    browser.wait("return document.documentElement.classList.contains('scripted') && document.querySelector('h2').textContent === 'Verdicts'");
}
