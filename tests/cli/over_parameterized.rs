//! More student nodes than teacher nodes: Theorem 5 and the panels.

use crate::small::{json, place, run};
use predicates::prelude::*;

pub const OVER: &str = r#"experiment = "theorem5"

[teacher]
input_dim = 20
nodes = 3
threshold = 2.5
outputs = 3

[student]
extra = 2
theta0 = 0.1
"#;

#[test]
fn theorem5_prints_a_certificate_and_writes_its_figures() {
    let place = place(OVER);
    run(&place, &[])
        .assert()
        .success()
        .stdout(predicate::str::contains("Certified").and(predicate::str::contains("V_r → 0")));
    let folder = place.path().join("plots/small");
    for name in ["convergence.svg", "fan_out.svg", "spectrum.svg", "trajectory.csv"] {
        assert!(folder.join(name).exists(), "{name}");
    }
    let summary = json(&folder.join("summary.json"));
    for key in ["rate", "w_margin", "v_margin", "drift"] {
        assert!(summary["certificate"][key].as_f64().unwrap() > 0.0, "{key}");
    }
    assert!(summary["theta0_max"].as_f64().unwrap() > 0.0);
    assert_eq!(summary["envelope"]["verdict"], "holds");
    for bound in ["certified", "euclidean"] {
        assert_eq!(summary["rates"][bound]["verdict"], "holds", "{bound}");
    }
    for part in ["w_u", "v_u", "v_r"] {
        assert!(summary["limits"][part]["final"].as_f64().unwrap() < 1e-9);
        assert!(summary["limits"][part]["fitted"]["rate"].as_f64().unwrap() > 0.0);
        assert!(summary["limits"][part]["fitted"]["standard_error"].is_f64());
        assert_eq!(summary["limits"][part]["verdict"], "holds");
    }
    assert!(summary["lambda_min_L"].as_f64().unwrap() > 0.0);
    assert!(summary["joint"]["slowest"].as_f64().unwrap() > 0.0);
}

#[test]
fn panels_are_drawn_for_every_width_and_perturbation() {
    let text = r#"experiment = "fan-out-panels"
[teacher]
input_dim = 5
nodes = 4
weights = "grid"
outputs = 6
fan_out = "grid"
[panels]
students = [4, 8]
signals = [[1.0, 0.0], [1.0, 1.0]]
seeds = 2
[integrate]
method = "rk4"
horizon = 20
outputs = 10
"#;
    let place = place(text);
    run(&place, &["--threads", "1", "--out", "1"]).assert().success();
    run(&place, &["--threads", "2", "--out", "2"]).assert().success();
    for name in ["nodes.csv", "panels.svg"] {
        let read = |folder: &str| std::fs::read(place.path().join(folder).join(name)).unwrap();
        assert!(read("1") == read("2"), "{name}");
    }
    let summary = json(&place.path().join("1/summary.json"));
    let panels = summary["panels"].as_array().unwrap();
    assert_eq!(panels.len(), 4);
    // Students as many as the teacher have no r.
    assert!(panels[0]["r"].is_null() && panels[2]["r"]["mean"].as_f64().unwrap() > 0.0);
    for panel in panels {
        assert!(panel["loss_end"].as_f64().unwrap() < panel["loss_start"].as_f64().unwrap());
    }
    // Without a word of biases nothing is drawn for them, and norms are those of the students alone.
    for (rule, differs) in [("none", false), ("learned", true), ("separated", true)] {
        let set = format!("panels.biases={rule}");
        run(&place, &["--out", rule, "--set", &set]).assert().success();
        let nodes = |folder: &str| std::fs::read_to_string(place.path().join(folder).join("nodes.csv")).unwrap();
        assert_eq!(nodes(rule).lines().count(), nodes("1").lines().count());
        assert_eq!(nodes(rule) != nodes("1"), differs, "{rule}");
        let figure = std::fs::read_to_string(place.path().join(rule).join("panels.svg")).unwrap();
        assert_eq!(figure.contains("biases learned"), differs, "{rule}");
        let loss = |name: &str| {
            let summary = json(&place.path().join(rule).join("summary.json"));
            summary["panels"][3][name].as_f64().unwrap()
        };
        assert!(loss("loss_end") < 0.2 * loss("loss_start"), "{rule}");
    }
    run(&place, &["--set", "panels.biases=frozen"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("panels.biases").and(predicate::str::contains("separated")));
    run(&place, &["--set", "panels.students=[3]"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("panels.students").and(predicate::str::contains("[3]")));
}
