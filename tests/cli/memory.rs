//! Estimates of memory, against what runs take; and the refusal of what cannot be had.

use luckflow::config::{Document, Override};
use luckflow::experiment::Scenario;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// What the program itself takes, threads and BLAS included.
const PROGRAM: f64 = 40e6;

/// The most that a process had in memory, in bytes, when it has ended well.
fn peak(command: &mut Command) -> f64 {
    #[expect(clippy::zombie_processes, reason = "wait4 below waits for it")]
    let child = command.spawn().unwrap();
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    let mut status = 0;
    // SAFETY: both are places for what the call writes, and the child is this process's own.
    let waited = unsafe { libc::wait4(child.id() as libc::pid_t, &mut status, 0, usage.as_mut_ptr()) };
    assert_eq!(waited, child.id() as libc::pid_t);
    assert_eq!(status, 0);
    // SAFETY: the call has filled it.
    1024.0 * unsafe { usage.assume_init() }.ru_maxrss as f64
}

fn command(place: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("luckflow"));
    command.current_dir(place.path()).args(arguments);
    command
}

/// Estimate and measurement of a shipped scenario with some changes.
fn both(name: &str, changes: &[&str]) -> [f64; 2] {
    let overrides: Vec<Override> = changes.iter().map(|text| Override::parse(text).unwrap()).collect();
    let document = Document::load(Path::new(name), &overrides).unwrap();
    let scenario = Scenario::interpret(document).unwrap();
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let estimate = one_thread.install(|| scenario.memory().total());
    let place = tempfile::tempdir().unwrap();
    let mut arguments = vec!["run", name, "--quiet", "--threads", "1"];
    for change in changes {
        arguments.extend(["--set", change]);
    }
    let mut run = command(&place, &arguments);
    [estimate, peak(run.stderr(Stdio::null())) - PROGRAM]
}

#[test]
fn estimates_are_within_a_factor_of_two_of_what_runs_take() {
    let sampled = [
        "overlap.method=monte-carlo",
        "overlap.samples=4000000",
        "integrate.method=rk4",
        "integrate.step=0.1",
        "integrate.horizon=0.1",
        "integrate.outputs=10",
    ];
    let watched = ["integrate.outputs=1000000", "integrate.horizon=5"];
    let trained = ["data.samples=1000000", "training.epochs=1", "training.batch=4096", "student.widths=[1]", "seeds=1"];
    let wide = ["teacher.input_dim=6000", "flow.steps=2", "flow.outputs=2", "flow.samples=100", "data.held_out=100"];
    let cases: [(&str, &[&str]); 4] = [
        ("deep-flow", &wide),
        ("theorem5", &sampled),
        ("theorem4", &watched),
        ("fc-gaussian-small", &trained),
    ];
    for (name, changes) in cases {
        let [estimate, measured] = both(name, changes);
        assert!(measured > 1e8, "{name}: too small to tell, {measured:e}");
        let ratio = estimate / measured;
        assert!((0.5..2.0).contains(&ratio), "{name}: {estimate:e} of {measured:e}");
    }
}

#[test]
fn a_run_that_cannot_have_its_memory_is_refused_with_figures() {
    let place = tempfile::tempdir().unwrap();
    let huge = [
        "run",
        "theorem5",
        "--set",
        "overlap.method=monte-carlo",
        "--set",
        "overlap.samples=1000000000000",
        "--set",
        "integrate.method=rk4",
    ];
    let refused = command(&place, &huge).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    for part in ["theorem5", "TB for the sample", "are free", "--over-memory"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!place.path().join("plots").exists());

    let dry = command(&place, &huge).arg("--dry-run").output().unwrap();
    assert!(dry.status.success());
    let said = String::from_utf8(dry.stdout).unwrap();
    assert!(said.contains("for the sample"), "{said}");
    assert!(!place.path().join("plots").exists());
}

#[test]
fn too_little_address_space_is_an_error_and_no_hang() {
    let place = tempfile::tempdir().unwrap();
    let program = assert_cmd::cargo::cargo_bin("luckflow");
    for (kilobytes, verb) in [(150_000, "run theorem4"), (150_000, "--version"), (300_000, "list")] {
        let line = format!("ulimit -v {kilobytes}; exec {} {verb}", program.display());
        let output = Command::new("sh").current_dir(place.path()).args(["-c", &line]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{kilobytes}: {output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("ulimit -v: found"), "{said}");
    }
}

#[test]
fn a_limit_on_threads_makes_it_slower_and_nothing_else() {
    use std::os::unix::process::CommandExt;
    /// Limits do not bind root; nobody has no processes beside these.
    const NOBODY: u32 = 65534;
    let place = tempfile::tempdir().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(place.path(), open).unwrap();
    // The program where nobody may run it.
    let program = place.path().join("luckflow");
    std::fs::copy(assert_cmd::cargo::cargo_bin("luckflow"), &program).unwrap();
    // SAFETY: it reads a number.
    let is_root = unsafe { libc::geteuid() } == 0;
    if !is_root {
        println!("skipped: the limit counts all processes of a user, and only root can be another");
        return;
    }
    let short = "--set=integrate.outputs=10";
    let axis = "--axis=student.theta0=values:0.1,0.2";
    let verbs: [&[&str]; 4] = [
        &["run", "theorem4", short, "--out=a"],
        &["run", "theorem5", short, "--set=integrate.horizon=1", "--out=b"],
        &["sweep", "theorem4", short, axis, "--out=c"],
        &["overlap", "--theta=1", "--b=0"],
    ];
    for (arguments, limit) in verbs.iter().flat_map(|verb| [(verb, 1), (verb, 2), (verb, 4)]) {
        let mut command = Command::new(&program);
        // BLAS begins its threads before the program is asked.
        command.current_dir(place.path()).env("OPENBLAS_NUM_THREADS", "1").args(*arguments).uid(NOBODY);
        // SAFETY: between fork and exec only this call to the system is made.
        unsafe {
            command.pre_exec(move || {
                let limit = libc::rlimit {
                    rlim_cur: limit,
                    rlim_max: limit,
                };
                match libc::setrlimit(libc::RLIMIT_NPROC, &raw const limit) {
                    0 => Ok(()),
                    _ => Err(std::io::Error::last_os_error()),
                }
            });
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{limit}: {output:?}");
        for folder in ["a", "b", "c"] {
            let _ = std::fs::remove_dir_all(place.path().join(folder));
        }
    }
}

#[test]
fn paths_that_are_no_text_are_paths() {
    use std::os::unix::ffi::OsStrExt;
    let place = tempfile::tempdir().unwrap();
    let folder = std::ffi::OsStr::from_bytes(b"not-\xff-text");
    let run = ["run", "theorem4", "--quiet", "--set", "integrate.outputs=10", "--out"];
    let output = command(&place, &run).arg(folder).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(place.path().join(folder).join("summary.json").exists());
    let sweep = ["sweep", "theorem4", "--quiet", "--axis", "seed2=values:1", "--out"];
    let output = command(&place, &sweep).arg(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_point_of_a_sweep_that_is_too_large_is_a_row_that_says_so() {
    let place = tempfile::tempdir().unwrap();
    let sweep = [
        "sweep",
        "theorem4-monte-carlo",
        "--axis",
        "overlap.samples=values:1000,1000000000000",
        "--set",
        "overlap.replicas=1",
        "--quiet",
        "--out",
        "out",
    ];
    let output = command(&place, &sweep).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let cells = std::fs::read_to_string(place.path().join("out/cells.csv")).unwrap();
    let lines: Vec<&str> = cells.lines().collect();
    assert!(!lines[1].contains("needs about"), "{}", lines[1]);
    assert!(lines[2].contains("for the sample"), "{}", lines[2]);
}
