//! Ctrl-C in the middle of a step that takes long.

use super::*;
use std::time::Instant;

/// Half a second, on a machine that is six times as slow.
const OBEDIENCE: Duration = Duration::from_secs(3);

#[test]
fn one_long_step_is_not_waited_for() {
    let place = place(SMALL);
    let cases: [(&[&str], &str); 2] = [
        // The rates of a point with 1,500 nodes take minutes.
        (&["sweep", "theorem5", "--axis=student.extra=values:1500,1600"], "sweep.json"),
        // So does the start of students with 2,000 nodes.
        (
            &["run", "fan-out-panels", "--set=teacher.nodes=200", "--set=panels.students=[2000]"],
            "scenario.toml",
        ),
    ];
    for (arguments, file) in cases {
        let out = arguments[0];
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("luckflow"));
        command.current_dir(place.path()).args(arguments).args(["--quiet", "--out", out]);
        let mut running = Running::start(&mut command);
        let begun = place.path().join(out).join(file);
        running.wait_until("its folder is there", |_| begun.exists());
        std::thread::sleep(Duration::from_millis(300));
        let pressed = Instant::now();
        running.signal("INT");
        assert_eq!(running.wait().unwrap().code(), Some(130), "{arguments:?}");
        assert!(pressed.elapsed() < OBEDIENCE, "{:?}", pressed.elapsed());
        // What was there is whole: it can be gone on with, or begun anew.
        let again = match out {
            "sweep" => "--resume",
            _ => "--force",
        };
        let mut small = luckflow();
        small.current_dir(place.path()).args([
            out,
            "theorem4",
            "--quiet",
            "--set=integrate.outputs=10",
            again,
            "--out",
            out,
        ]);
        if out == "sweep" {
            small.args(["--axis=student.theta0=values:0.1", "--force"]);
        }
        small.assert().success();
    }
}
