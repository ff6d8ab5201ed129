//! A long run from the terminal's side: Ctrl-C, and a progress bar with the time left.

use super::tell;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use luckflow::experiment::Hooks;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// Nothing is shown before this.
const PATIENCE: Duration = Duration::from_secs(1);

/// Into a file, a line every so often.
const LINES: Duration = Duration::from_secs(30);

/// Divisions of the bar.
const DIVISIONS: f64 = 1000.0;

/// Whether somebody asks now and then if to stop; until then Ctrl-C ends the program at once.
static WATCHED: AtomicBool = AtomicBool::new(false);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C and shows progress on stderr: a bar on a terminal, now and then a line elsewhere.
pub struct Watch {
    started: Instant,
    quiet: bool,
    terminal: bool,
    bar: OnceLock<ProgressBar>,
    /// When the last line was written, where there is no terminal.
    line: Mutex<Instant>,
}

/// From now on Ctrl-C, and SIGTERM, end with status 130; files that grow beyond a limit are errors and no end.
pub fn listen() {
    // A handler that cannot be set leaves Ctrl-C as it was: it ends the program.
    let _ = ctrlc::set_handler(|| {
        let again = INTERRUPTED.swap(true, Ordering::SeqCst);
        if again || !WATCHED.load(Ordering::SeqCst) {
            std::process::exit(super::INTERRUPTED.into());
        }
    });
    // SAFETY: ignoring a signal touches no memory.
    #[cfg(unix)]
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

impl Watch {
    /// Begins to watch. The first Ctrl-C lets the run stop and keep what it has, a second one ends the program at once.
    pub fn start(quiet: bool) -> Self {
        WATCHED.store(true, Ordering::SeqCst);
        Self {
            started: Instant::now(),
            quiet,
            terminal: std::io::stderr().is_terminal(),
            bar: OnceLock::new(),
            line: Mutex::new(Instant::now()),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

impl Hooks for Watch {
    fn interrupted(&self) -> bool {
        INTERRUPTED.load(Ordering::Relaxed)
    }

    fn remark(&self, text: &str) {
        // Whoever is not there to read it has not asked for it.
        let line = format!("note: {text}");
        match self.bar.get() {
            Some(bar) => bar.suspend(|| tell(&line)),
            None => tell(&line),
        }
    }

    fn progress(&self, fraction: f64, of: &str) {
        if self.quiet || self.started.elapsed() < PATIENCE {
            return;
        }
        let passed = self.started.elapsed();
        let left = passed.mul_f64((1.0 - fraction).max(0.0) / fraction.max(1e-6));
        let message = || {
            let (passed, left) = (HumanDuration(passed), HumanDuration(left));
            format!("{of}: {passed:#} passed, {left:#} left")
        };
        if !self.terminal {
            let mut line = self.line.lock().expect("nothing panics with it");
            if line.elapsed() > LINES {
                tell(&message());
                *line = Instant::now();
            }
            return;
        }
        // The message comes first: on 80 columns the bar has what it leaves.
        let bar = self.bar.get_or_init(|| {
            let style = ProgressStyle::with_template("{wide_msg} [{bar:10}] {percent:>3}%");
            ProgressBar::new(DIVISIONS as u64).with_style(style.expect("a valid template"))
        });
        bar.set_message(message());
        bar.set_position((fraction * DIVISIONS) as u64);
    }
}
