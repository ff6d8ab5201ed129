//! A headless Chromium, asked by the WebDriver protocol over plain HTTP.

use serde_json::{Value as Json, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Nothing that a page does takes as long.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a driver is started before it counts as broken.
const ATTEMPTS: usize = 3;

/// A driver and its port; `None` for one that ended before it named it.
fn driver() -> io::Result<Option<(Child, u16)>> {
    let mut driver =
        Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let out = driver.stdout.take().expect("it is piped");
    let port = BufReader::new(out).lines().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    match port {
        Some(port) => Ok(Some((driver, port))),
        None => driver.wait().map(|_| None),
    }
}

/// A browser with one window. It ends with this.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    /// Of so many pixels; `None`, with a word, where Chromium or its driver is not installed.
    pub fn start(width: u32, height: u32) -> Option<Self> {
        let mut begun = None;
        // Where much else starts at the same time one may not.
        for _ in 0..ATTEMPTS {
            match driver() {
                Ok(None) => continue,
                Ok(found) => begun = found,
                Err(_) => {
                    eprintln!("skipped: no chromedriver here (Debian: chromium-driver)");
                    return None;
                }
            }
            break;
        }
        let (driver, port) = begun.expect("a driver that names its port");
        let mut browser = Self {
            driver,
            port,
            session: String::new(),
        };
        let size = format!("--window-size={width},{height}");
        let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", &size];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        }}});
        let begun = browser.ask("POST", "/session", &wanted);
        browser.session = begun["sessionId"].as_str().expect("a session").to_owned();
        Some(browser)
    }

    /// Opens a file.
    pub fn open(&self, path: &Path) {
        self.visit(&format!("file://{}", path.display()));
    }

    /// Opens an address.
    pub fn visit(&self, url: &str) {
        self.post("url", &json!({ "url": url }));
    }

    /// What a script returns.
    pub fn run(&self, script: &str) -> Json {
        self.post("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// What a script returns once that is neither null nor false.
    pub fn wait(&self, script: &str) -> Json {
        let begun = Instant::now();
        loop {
            let found = self.run(script);
            if !matches!(found, Json::Null | Json::Bool(false)) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "never: {script}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Moves the pointer to a place within an element, in parts of its size, and clicks if asked to.
    pub fn point(&self, selector: &str, [x, y]: [f64; 2], click: bool) {
        let script = format!(
            "const e = document.querySelector({selector:?}); e.scrollIntoView({{ block: 'center' }});
             const r = e.getBoundingClientRect(); return [r.left + {x} * r.width, r.top + {y} * r.height];"
        );
        let at = self.run(&script);
        let of = |i: usize| at[i].as_f64().unwrap().round();
        let mut acts = vec![json!({ "type": "pointerMove", "x": of(0), "y": of(1), "duration": 50 })];
        if click {
            acts.extend([json!({ "type": "pointerDown", "button": 0 }), json!({ "type": "pointerUp", "button": 0 })]);
        }
        let pointer = json!({ "type": "pointer", "id": "mouse", "actions": acts });
        self.post("actions", &json!({ "actions": [pointer] }));
    }

    /// Draws with the pointer from one place within an element to another, in parts of its size.
    pub fn drag(&self, selector: &str, from: [f64; 2], to: [f64; 2]) {
        self.point(selector, from, false);
        let script = format!(
            "const r = document.querySelector({selector:?}).getBoundingClientRect(); return [r.left, r.top, r.width, r.height];"
        );
        let rect = self.run(&script);
        let of = |i: usize| rect[i].as_f64().unwrap();
        let at = |i: usize| (of(i) + to[i] * of(i + 2)).round();
        let acts = [
            json!({ "type": "pointerDown", "button": 0 }),
            json!({ "type": "pointerMove", "x": at(0), "y": at(1), "duration": 100 }),
            json!({ "type": "pointerUp", "button": 0 }),
        ];
        let pointer = json!({ "type": "pointer", "id": "mouse", "actions": acts });
        self.post("actions", &json!({ "actions": [pointer] }));
    }

    /// Types into what has the focus.
    pub fn press(&self, keys: &str) {
        let acts: Vec<Json> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|act| json!({ "type": act, "value": key.to_string() })))
            .collect();
        let keyboard = json!({ "type": "key", "id": "keys", "actions": acts });
        self.post("actions", &json!({ "actions": [keyboard] }));
    }

    /// What the console says.
    pub fn console(&self) -> Vec<String> {
        let log = self.post("se/log", &json!({ "type": "browser" }));
        let lines = log.as_array().unwrap().iter();
        lines.map(|line| line["message"].to_string()).collect()
    }

    /// The addresses of all requests.
    pub fn requests(&self) -> Vec<String> {
        let log = self.post("se/log", &json!({ "type": "performance" }));
        let sent = |line: &Json| {
            let event: Json = serde_json::from_str(line["message"].as_str()?).ok()?;
            let message = &event["message"];
            let is_request = message["method"] == "Network.requestWillBeSent";
            is_request.then(|| message["params"]["request"]["url"].as_str().unwrap().to_owned())
        };
        log.as_array().unwrap().iter().filter_map(sent).collect()
    }

    fn post(&self, verb: &str, body: &Json) -> Json {
        self.ask("POST", &format!("/session/{}/{verb}", self.session), body)
    }

    fn ask(&self, method: &str, path: &str, body: &Json) -> Json {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(3 * PATIENCE)).unwrap();
        let body = body.to_string();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            self.port
        )
        .unwrap();
        let mut answer = BufReader::new(stream);
        let (mut line, mut size) = (String::new(), 0);
        answer.read_line(&mut line).unwrap();
        let is_well = line.contains(" 200 ");
        line.clear();
        while answer.read_line(&mut line).unwrap() > 2 {
            if let Some(number) = line.to_lowercase().strip_prefix("content-length:") {
                size = number.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut bytes = vec![0; size];
        answer.read_exact(&mut bytes).unwrap();
        let answer: Json = serde_json::from_slice(&bytes).unwrap();
        let value = answer["value"].clone();
        assert!(is_well, "{method} {path}: {value}");
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Without panics: a test that has failed goes on to say so.
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = write!(
                stream,
                "DELETE /session/{} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n",
                self.session, self.port
            );
            let _ = stream.read(&mut [0; 256]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
