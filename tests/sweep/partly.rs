//! Sweeps of which a part is there: shards that are lost, and cells along a boundary.

use super::*;

#[test]
fn what_there_is_of_shards_becomes_a_sweep_that_goes_on() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "whole"]).assert().success();
    for shard in ["2/3", "3/3"] {
        sweep(&place, &["--quiet", "--shard", shard]).assert().success();
    }
    let shard = |number: u64| format!("plots/s/shard-{number}-of-3");
    let luck = |arguments: &[&str]| {
        let mut command = luckflow();
        command.current_dir(place.path()).args(arguments);
        command
    };
    // The third was broken off: half of its rows, one of them half written.
    let path = place.path().join(shard(3)).join("cells.csv");
    let rows = cells(&place, &shard(3));
    let half: Vec<&str> = rows.lines().take(8).collect();
    std::fs::write(&path, half.join("\n") + "\n12,ab").unwrap();
    let partial = ["merge", &shard(3), &shard(2), "--out", "part", "--partial"];
    luck(&partial).assert().success().stdout(predicate::str::contains("21 of 21 points"));
    luck(&["status", "part"]).assert().success().stdout(predicate::str::contains("21 of 42 points"));
    // Its figures show what there is.
    let lines = |folder: &str| {
        let text = std::fs::read_to_string(place.path().join(folder).join("aggregate.csv"));
        text.unwrap().lines().count()
    };
    assert!(lines("part") > 14 && lines("part") < lines("whole"));
    sweep(&place, &["--quiet", "--out", "part", "--resume"]).assert().success().stderr("");
    assert!(cells(&place, "part") == cells(&place, "whole"));
    // Rows that were there are not computed again.
    let seconds = std::fs::read_to_string(place.path().join("part/seconds.csv")).unwrap();
    assert_eq!(seconds.lines().count(), 1 + 42 + 7);

    let refuses = |arguments: &[&str], said: &str| {
        let assert = luck(arguments).assert().code(2);
        let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        assert!(error.contains(said) && error.contains("allowed"), "{error}");
    };
    let twice = ["merge", &shard(2), &shard(2), "--out", "x", "--partial"];
    refuses(&twice, "found shards 2, 2");
    refuses(&partial, "earlier results");
    // Into one of its own parts: --force would take that away before it is read.
    let (own, before) = (shard(2), cells(&place, &shard(2)));
    let forced = ["merge", &shard(3), &own, "--out", &own, "--partial", "--force"];
    refuses(&forced, "found one of the shards");
    let whole = ["merge", &own, "--out", &own, "--force"];
    refuses(&whole, "found one of the shards");
    assert!(cells(&place, &own) == before);
    // What waits is verified too, and its file named.
    let waiting = place.path().join(&own).join("pending.csv");
    std::fs::write(&waiting, "index,id\n41,abc,0000\n").unwrap();
    luck(&["plot", &own])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("pending.csv:2: found a row"));
    std::fs::remove_file(&waiting).unwrap();
    std::fs::write(&path, rows.replace("holds", "vacuous")).unwrap();
    let damaged = ["merge", &shard(3), &shard(2), "--out", "y", "--partial"];
    refuses(&damaged, "not as it was written");
}

#[test]
fn a_boundary_is_found_in_fewer_cells_and_the_rest_can_follow() {
    let place = place(FINE);
    sweep(&place, &["--quiet", "--out", "whole"]).assert().success();
    let refine = ["--refine", "sharp_verdict = holds", "--coarse", "4"];
    sweep(&place, &[&["--quiet", "--out", "part"][..], &refine].concat()).assert().success();
    let rows = |folder: &str| {
        let read = |name: &str| {
            let text = std::fs::read_to_string(place.path().join(folder).join(name));
            let text = text.unwrap_or_default();
            let lines = text.lines().skip(1).map(String::from);
            lines.collect::<Vec<_>>()
        };
        [read("cells.csv"), read("pending.csv")].concat()
    };
    let (all, near) = (rows("whole"), rows("part"));
    assert_eq!(all.len(), 17 * 17);
    assert!(near.len() < all.len() / 2, "{}", near.len());
    // They are rows of the whole, in its order.
    let mut whole = all.iter();
    assert!(near.iter().all(|row| whole.any(|other| other == row)));
    // Every pair of neighbours that differ is there.
    let index = |row: &String| row.split(',').next().unwrap().parse::<usize>().unwrap();
    let column = header(&place, "whole").iter().position(|name| name == "sharp_verdict").unwrap();
    let holds = |row: &String| row.split(',').nth(column) == Some("holds");
    assert!(all.iter().any(&holds) && !all.iter().all(&holds));
    let known: Vec<usize> = near.iter().map(index).collect();
    for cell in 0..all.len() {
        let right = (cell % 17 < 16).then_some(cell + 1);
        let below = (cell + 17 < all.len()).then_some(cell + 17);
        for other in right.into_iter().chain(below) {
            if holds(&all[cell]) != holds(&all[other]) {
                assert!(known.contains(&cell) && known.contains(&other), "{cell} {other}");
            }
        }
    }
    sweep(&place, &["--quiet", "--out", "part", "--resume"]).assert().success();
    assert!(cells(&place, "part") == cells(&place, "whole"));
    let refused = |more: &[&str], said: &str| {
        let assert = sweep(&place, more).assert().code(2);
        let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        assert!(error.contains(said), "{error}");
    };
    refused(&["--refine", "sharp_verdikt = holds"], "did you mean sharp_verdict?");
    refused(&["--refine", "sharp"], "NAME = VALUE");
    // More than may wait in memory is refused before anything is laid out.
    let wide = |key: &str| format!("{key}=log:1e-3:0.5:1000000");
    let axes = [wide("student.theta0"), wide("teacher.epsilon")];
    let huge = ["--axis", &axes[0], "--axis", &axes[1], "--coarse"];
    for (coarse, said) in [
        ("1", "--refine: found 1000000000000 points"),
        ("1000", "allowed: 1000000 at most, as with a larger --coarse"),
    ] {
        refused(&[&huge[..], &[coarse, "--refine", "sharp > 0"]].concat(), said);
    }
    refused(
        &[
            "--refine",
            "sharp > 0",
            "--set",
            "sweep.design=random",
            "--set",
            "sweep.points=3",
            "--axis",
            "student.theta0=values:0.1,0.2",
            "--axis",
            "teacher.epsilon=values:0.1,0.2",
        ],
        "design = \"grid\"",
    );
}

/// Columns of a table.
fn header(place: &TempDir, folder: &str) -> Vec<String> {
    let text = cells(place, folder);
    let first = text.lines().next().unwrap();
    first.split(',').map(String::from).collect()
}

/// A boundary between where a bound holds and where it is vacuous.
const FINE: &str = r#"
    experiment = "theorem4"
    teacher = { input_dim = 8, nodes = 4 }
    student = { theta0 = 0.1 }
    [[sweep.axis]]
    key = "student.theta0"
    log = { from = 1e-3, to = 1.0, points = 17 }
    [[sweep.axis]]
    key = "teacher.epsilon"
    log = { from = 1e-4, to = 0.5, points = 17 }
"#;

#[test]
fn cells_have_as_many_seeds_as_their_spread_asks_for() {
    let place = place(SMALL);
    let seeds = ["--quiet", "--set", "sweep.seeds=8"];
    sweep(&place, &[&seeds[..], &["--out", "whole"]].concat()).assert().success();
    let until = ["--until", "worst < 1e-5", "--out", "part"];
    sweep(&place, &[&seeds[..], &until].concat()).assert().success();
    let read = |folder: &str, name: &str| {
        let text = std::fs::read_to_string(place.path().join(folder).join(name));
        text.unwrap_or_default()
    };
    let whole = cells(&place, "whole");
    let column = header(&place, "whole").iter().position(|name| name == "worst").unwrap();
    let worst = |row: &str| row.split(',').nth(column).unwrap().parse::<f64>().unwrap();
    let rows: Vec<&str> = whole.lines().skip(1).collect();
    let part = read("part", "cells.csv") + &read("part", "pending.csv");
    let mut counts = Vec::new();
    for cell in rows.chunks(8) {
        let error = |count: usize| {
            let values: Vec<f64> = cell[..count].iter().map(|row| worst(row)).collect();
            let mean = values.iter().sum::<f64>() / count as f64;
            let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
            (squares / ((count - 1) * count) as f64).sqrt()
        };
        let enough = (3..8).find(|&count| error(count) < 1e-5).unwrap_or(8);
        let there = cell.iter().filter(|row| part.contains(*row)).count();
        assert_eq!(there, enough, "{}", cell[0]);
        counts.push(there);
    }
    counts.sort_unstable();
    counts.dedup();
    assert!(counts.len() > 1, "all cells are alike: {counts:?}");
    let resume = ["--out", "part", "--resume"];
    sweep(&place, &[&seeds[..], &resume].concat()).assert().success();
    assert!(cells(&place, "part") == whole);
    let wide = ["--axis", "student.theta0=log:1e-3:0.5:1000000"];
    sweep(&place, &[&wide[..], &["--set", "sweep.seeds=9", "--until", "worst < 1"]].concat())
        .assert()
        .code(2)
        .stderr(predicate::str::contains("allowed: 1000000 at most"));
    sweep(&place, &["--until", "worst < 1"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("found 2 seeds at each cell; allowed: 4 or more"));
}
