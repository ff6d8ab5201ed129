//! A page for browsers of this machine, and of no other: two answers by HTTP, over the loopback device.

use super::{Failure, say};
use luckflow::report::Live;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Bytes of a question, at most.
const LONGEST: u64 = 8192;

/// Who says nothing for so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Questions that are answered at the same time, at most.
const MOST: usize = 16;

/// Answers until the program is ended.
pub fn serve(live: Live, port: u16) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        Failure::runtime(format!("--serve: port {port}: found {error}; allowed: a port that is free"))
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    say(format_args!("open http://127.0.0.1:{port}/ (Ctrl-C ends)"))?;
    let (live, busy) = (Arc::new(live), Arc::new(AtomicUsize::new(0)));
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        let (live, busy) = (Arc::clone(&live), Arc::clone(&busy));
        if busy.fetch_add(1, Ordering::SeqCst) >= MOST {
            busy.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        std::thread::spawn(move || {
            // A browser that went away has no need of an answer.
            let _ = answer(stream, &live, port);
            busy.fetch_sub(1, Ordering::SeqCst);
        });
    }
    Ok(())
}

/// One question and its answer.
fn answer(mut stream: TcpStream, live: &Live, port: u16) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let (status, kind, body) = match Question::read(&stream)? {
        // Else a page from elsewhere could ask under a name of its own that leads here.
        Some(question) if !question.is_for(port) => (403, "text/plain", "not a name of this page".into()),
        Some(question) => match (&question.verb[..], &question.path[..]) {
            ("GET", "/") => (200, "text/html", live.page()),
            ("GET", "/version") => (200, "text/plain", live.version()),
            ("GET", _) => (404, "text/plain", "found nothing; allowed: /".into()),
            _ => (405, "text/plain", "allowed: GET".into()),
        },
        None => (400, "text/plain", "no question by HTTP".into()),
    };
    let reason = match status {
        200 => "OK",
        _ => "Refused",
    };
    let head = format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    finish(&mut stream)
}

/// Hears the question to its end: who closes with something unheard takes his answer back.
fn finish(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    let (mut unheard, mut left) = ([0; 1024], LONGEST as usize);
    while left > 0 {
        match stream.read(&mut unheard)? {
            0 => break,
            heard => left = left.saturating_sub(heard),
        }
    }
    Ok(())
}

/// What a browser wants.
struct Question {
    verb: String,
    path: String,
    host: String,
}

impl Question {
    /// `None` for what is no question.
    fn read(stream: &TcpStream) -> io::Result<Option<Self>> {
        let mut lines = BufReader::new(stream.take(LONGEST)).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let mut words = first.split(' ');
        let (Some(verb), Some(path), Some(version)) = (words.next(), words.next(), words.next()) else {
            return Ok(None);
        };
        if !version.starts_with("HTTP/1.") {
            return Ok(None);
        }
        let (mut host, mut ended) = (String::new(), false);
        for line in lines {
            let line = line?;
            if line.is_empty() {
                ended = true;
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("host")
            {
                host = value.trim().to_ascii_lowercase();
            }
        }
        Ok(ended.then(|| Self {
            verb: verb.into(),
            path: path.into(),
            host,
        }))
    }

    fn is_for(&self, port: u16) -> bool {
        [format!("127.0.0.1:{port}"), format!("localhost:{port}")].contains(&self.host)
    }
}
