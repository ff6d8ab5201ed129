//! A long run from the terminal's side: Ctrl-C, and a progress bar with the time left.

use super::quiet::Quiet;
use super::tell;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use luckflow::experiment::Hooks;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// Nothing is shown before this.
const PATIENCE: Duration = Duration::from_secs(1);

/// Into a file, a line every so often.
const LINES: Duration = Duration::from_secs(30);

/// Divisions of the bar.
const DIVISIONS: f64 = 1000.0;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// What the program is at.
static STAGE: AtomicU8 = AtomicU8::new(READING);

/// Nobody asks whether to stop, and nothing is found yet: Ctrl-C ends the program at once.
const READING: u8 = 0;

/// Something is computed. Who asks may stop and keep what there is.
const COMPUTING: u8 = 1;

/// What was found is written, to the end.
const WRITING: u8 = 2;

/// What was found is written, and drawn from there; it can be drawn again.
const DRAWING: u8 = 3;

/// Whether what is computed is kept as soon as it is known, so that nothing is left to be kept at the end.
static KEPT: AtomicBool = AtomicBool::new(false);

/// After Ctrl-C the program ends within this time, but for what is being written: one long step is not waited for.
const GRACE: Duration = Duration::from_millis(400);

/// How often it is looked at whether all is written.
const LOOK: Duration = Duration::from_millis(5);

/// Listens for Ctrl-C and shows progress on stderr: a bar on a terminal, now and then a line elsewhere.
pub struct Watch {
    started: Instant,
    quiet: Quiet,
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
        let stage = STAGE.load(Ordering::SeqCst);
        let is_kept = KEPT.load(Ordering::SeqCst) && stage != COMPUTING;
        if again || is_kept || stage == READING {
            end();
        }
        let waiting = std::thread::Builder::new().spawn(|| {
            std::thread::sleep(GRACE);
            while STAGE.load(Ordering::SeqCst) == WRITING {
                std::thread::sleep(LOOK);
            }
            end();
        });
        if waiting.is_err() && stage != WRITING {
            end();
        }
    });
    // SAFETY: ignoring a signal touches no memory.
    #[cfg(unix)]
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// Ends the program as a kill would, but for its status: all files are whole at any moment, and other threads compute.
fn end() -> ! {
    match (STAGE.load(Ordering::SeqCst), KEPT.load(Ordering::SeqCst)) {
        (COMPUTING, true) => tell("interrupted; --resume goes on from here"),
        (COMPUTING, false) => {
            tell("interrupted within a step: what is kept are checkpoints, if there are any");
        }
        (DRAWING, _) => tell("interrupted while drawing: luckflow plot and luckflow report go on"),
        _ => {}
    }
    // SAFETY: it ends the process, and nothing of it is run afterwards: BLAS, for one, would wait for its threads.
    #[cfg(unix)]
    unsafe {
        libc::_exit(super::INTERRUPTED.into())
    }
    #[cfg(not(unix))]
    std::process::exit(super::INTERRUPTED.into())
}

impl Watch {
    /// Begins to watch. The first Ctrl-C lets the run stop and keep what it has, unless a step takes too long for that;
    /// a second one ends the program at once.
    pub fn start(quiet: Quiet) -> Self {
        STAGE.store(COMPUTING, Ordering::SeqCst);
        Self {
            started: Instant::now(),
            quiet,
            terminal: std::io::stderr().is_terminal(),
            bar: OnceLock::new(),
            line: Mutex::new(Instant::now()),
        }
    }

    /// Like [`Watch::start`], of work that is kept piece by piece: nothing is waited for.
    pub fn start_of_rows(quiet: Quiet) -> Self {
        KEPT.store(true, Ordering::SeqCst);
        Self::start(quiet)
    }

    /// Takes the bar away: from now on what was found is written.
    pub fn finish(&self) {
        STAGE.store(WRITING, Ordering::SeqCst);
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    /// What was found is written: from now on it is drawn.
    pub fn draw(&self) {
        STAGE.store(DRAWING, Ordering::SeqCst);
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
        if self.quiet.quiet || self.started.elapsed() < PATIENCE {
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
