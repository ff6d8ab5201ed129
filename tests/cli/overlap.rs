//! `luckflow overlap`.

use crate::small::luckflow;
use serde_json::Value;

#[test]
fn overlap_prints_both_kernels_and_their_slopes() {
    let assert = luckflow().args(["overlap", "--theta", "0.7", "--b", "1"]).assert().success();
    let answer: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(answer["theta"], 0.7);
    assert_eq!(answer["b"], 1.0);
    assert_eq!(answer["b2"], 1.0);
    // By quadrature at 15 digits.
    for (key, value) in [
        ("D", 0.092_505_205_264_147),
        ("L", 0.048_405_923_810_527),
        ("dD_dtheta", -0.090_310_642_584_216),
        ("dL_dtheta", -0.059_593_489_392_717),
    ] {
        let found = answer[key].as_f64().unwrap();
        assert!((found - value).abs() < 1e-14, "{key}: {found}");
    }
    assert!(answer.get("monte_carlo").is_none());

    let assert = luckflow()
        .args(["overlap", "--theta", "2", "--b=-0.5", "--b2", "0.5", "--samples", "100000", "--seed", "3"])
        .assert()
        .success();
    let answer: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    let sampled = &answer["monte_carlo"];
    for key in ["D", "L"] {
        let error = (sampled[key].as_f64().unwrap() - answer[key].as_f64().unwrap()).abs();
        assert!(error < 4.0 * sampled[format!("{key}_standard_error")].as_f64().unwrap());
    }
}

#[test]
fn overlap_refuses_what_is_no_angle_and_no_threshold() {
    for arguments in [
        &["--theta", "nan", "--b", "1"][..],
        &["--theta", "-0.1", "--b", "1"],
        &["--theta", "3.15", "--b", "1"],
        &["--theta", "1", "--b", "inf"],
        &["--theta", "1", "--b", "NaN"],
        &["--theta", "1", "--b", "1e308"],
        &["--theta", "1", "--b", "1", "--b2=-2e100"],
        &["--theta", "1"],
        &["--b", "1"],
        &["--theta", "1", "--b", "1", "--samples", "0"],
        &["--theta", "1", "--b", "1", "--seed", "3"],
        &["--theta", "one", "--b", "1"],
    ] {
        let assert = luckflow().arg("overlap").args(arguments).assert().code(2).stdout("");
        let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        assert!(error.contains("--"), "{arguments:?}: {error}");
    }
}
