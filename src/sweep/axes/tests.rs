//! What axes come to, and which are refused.

use super::{AxisOption, Result, Sweep};
use crate::config::document::{Document, Value};
use std::path::Path;

fn axis(text: &str) -> Result<Vec<Value>> {
    let text = format!("[sweep]\n[[sweep.axis]]\nkey = \"a.b\"\n{text}");
    let document = Document::parse(Path::new("s.toml"), &text, &[]).unwrap();
    let sweep = Sweep::read(document)?;
    let axis = &sweep.axes[0];
    Ok((0..axis.count()).map(|i| axis.parts[0].at(i).value).collect())
}

fn shown(text: &str) -> String {
    let values: Vec<String> = axis(text).unwrap().iter().map(Value::to_string).collect();
    values.join(" ")
}

#[test]
fn linear_ranges_have_exact_decimals() {
    assert_eq!(shown("linear = { from = 0.1, to = 0.9, points = 9 }"), "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9");
    assert_eq!(shown("linear = { from = -0.3, to = 0.35, step = 0.1 }"), "-0.3 -0.2 -0.1 0 0.1 0.2 0.3");
    assert_eq!(shown("linear = { from = 10, to = 4, points = 4 }"), "10 8 6 4");
    let many = axis("linear = { from = 0, to = 1.0, points = 100001 }").unwrap();
    for (i, value) in many.iter().enumerate() {
        let expected: f64 = format!("{}e-5", i).parse().unwrap();
        assert!(matches!(value, Value::Float(x) if *x == expected), "{value}");
    }
}

#[test]
fn logarithmic_ranges_have_their_ends_as_written_and_short_decimals() {
    assert_eq!(shown("log = { from = 1e-3, to = 10, points = 5 }"), "0.001 0.01 0.1 1 10");
    assert_eq!(shown("log = { from = 0.1234567891, to = 0.2, points = 3 }"), "0.1234567891 0.157135 0.2");
    assert_eq!(shown("log = { from = 10, to = 1000, points = 4, whole = true }"), "10 46 215 1000");
}

#[test]
fn a_thinned_axis_has_values_of_the_full_one() {
    let text = "log = { from = 1e-3, to = 10, points = 9 }";
    let full = axis(text).unwrap();
    let text = format!("[sweep]\nthin = 4\n[[sweep.axis]]\nkey = \"a.b\"\n{text}");
    let document = Document::parse(Path::new("s.toml"), &text, &[]).unwrap();
    let axis = &Sweep::read(document).unwrap().axes[0];
    assert_eq!(axis.count(), 3);
    for i in 0..3 {
        let (thin, full) = (&axis.parts[0].at(i).value, &full[4 * i as usize]);
        assert_eq!(thin.to_string(), full.to_string());
    }
}

#[test]
fn mistakes_are_named() {
    for (text, said) in [
        ("", "sweep.axis[0].values: found nothing"),
        ("values = []", "a list of values, not empty"),
        ("values = [1]\nlog = { from = 1, to = 2, points = 2 }", "more than one"),
        ("log = { from = 0, to = 2, points = 2 }", "sweep.axis[0].log.from: found 0"),
        ("log = { from = 1, to = 2 }", "sweep.axis[0].log.points: found no points"),
        ("linear = { from = 1, to = 2, points = 2, step = 1 }", "points and step"),
        ("linear = { from = 1, too = 2, points = 2 }", "did you mean to?"),
        ("vals = [1]", "sweep.axis[0].values"),
        ("values = [1, 2, 1.0]", "found 1 twice"),
        ("linear = { from = 1, to = 1, points = 3 }", "sweep.axis[0].linear.to: found a range from 1 to 1"),
        (
            "linear = { from = 0, to = 1, step = 1e-300 }",
            "sweep.axis[0].linear.step: found 1e-300, which is more than 2⁴⁰ points",
        ),
        (
            "linear = { from = 0, to = 1, step = 2 }",
            "sweep.axis[0].linear.step: found 2; allowed: a step within",
        ),
        (
            "linear = { from = 1, to = 4, points = 10, whole = true }",
            "10 points that are the same after rounding",
        ),
        (
            "linear = { from = 1.0, to = 1.000000000001, points = 100 }",
            "100 points that are the same after rounding",
        ),
    ] {
        let error = axis(text).unwrap_err().to_string();
        assert!(error.contains(said) && error.starts_with("s.toml:"), "{error}");
    }
}

#[test]
fn values_of_narrow_and_of_wide_ranges_ascend_and_none_is_there_twice() {
    for text in [
        "log = { from = 1.0000001, to = 1.0000002, points = 5 }",
        "log = { from = 1, to = 1.00001, points = 50 }",
        "log = { from = 5e-324, to = 1e300, points = 7 }",
        "log = { from = 1, to = 1000, points = 40, whole = true }",
        "log = { from = 1e-3, to = 1e-2, points = 1000 }",
        "linear = { from = 0, to = 1e-9, points = 1000 }",
        "linear = { from = -1e300, to = 1e300, points = 5 }",
    ] {
        let numbers: Vec<f64> = axis(text).unwrap().iter().map(|x| x.number().unwrap()).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{text}: {numbers:?}");
    }
    assert_eq!(shown("log = { from = 1, to = 8, points = 10, whole = true }"), "1 2 3 4 5 6 8");
}

fn with_options(text: &str, options: &[&str]) -> Result<Sweep> {
    let mut document = Document::parse(Path::new("s.toml"), text, &[]).unwrap();
    for option in options {
        AxisOption::parse(option)?.apply(&mut document)?;
    }
    Sweep::read(document)
}

#[test]
fn axes_from_the_command_line_are_like_those_of_the_file() {
    let options = ["a.b=log:1e-3:10:5", "c.d=values:x,[1, 2],3", "e.f=linear:0:1:3"];
    let sweep = with_options("", &options).unwrap();
    let shown: Vec<String> = sweep.axes.iter().map(|axis| axis.parts[0].definition()).collect();
    assert_eq!(shown[1], "c.d: [\"x\", [1, 2], 3]");
    let values = |axis: usize| {
        let axis = &sweep.axes[axis];
        let values = (0..axis.count()).map(|i| axis.parts[0].at(i).value.to_string());
        values.collect::<Vec<_>>().join(" ")
    };
    assert_eq!((values(0), values(2)), ("0.001 0.01 0.1 1 10".into(), "0 0.5 1".into()));
    // In place of the file's.
    let text = "[[sweep.axis]]\nkey = \"a.b\"\nvalues = [1]\n";
    let sweep = with_options(text, &options[..1]).unwrap();
    assert_eq!((sweep.axes.len(), sweep.axes[0].count()), (1, 5));
    for (option, said) in [
        ("a.b=log:1:2", "sweep.axis[0].log.points: found no points"),
        ("a.b=log:0:2:3", "--axis: sweep.axis[0].log.from: found 0"),
        ("a.b=exp:0:2:3", "--axis: a.b: found `a.b=exp:0:2:3`"),
        ("a.b", "key=log:from:to:points"),
        ("a.b=values:1,,2", "--axis: a.b"),
        ("seed=values:1,2", "sweep.seeds"),
    ] {
        let error = with_options("", &[option]).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("--axis"), "{error}");
    }
}

#[test]
fn a_key_has_one_axis() {
    let axis = |key: &str| format!("[[sweep.axis]]\nkey = \"{key}\"\nvalues = [1, 2]\n");
    let zip = "[[sweep.axis]]\nzip = [{ key = \"a.b\", values = [3, 3] }, { key = \"c.d\", values = [1, 2] }]\n";
    for text in [axis("a.b") + &axis("a.b"), axis("a.b") + zip, axis("a.b") + &axis("a")] {
        let error = with_options(&text, &[]).unwrap_err().to_string();
        assert!(error.contains("beside an axis of") && error.starts_with("s.toml:"), "{error}");
    }
    assert_eq!(with_options(zip, &[]).unwrap().axes[0].count(), 2);
    // An option takes the place of the file's axis, but not that of another option.
    let option = "a.b=values:1,2,3";
    let one = with_options(&axis("a.b"), &[option]).unwrap();
    assert_eq!(one.axes[0].count(), 3);
    let error = with_options("", &[option, "a.b=values:4"]).unwrap_err();
    assert!(error.to_string().contains("a second axis of this key"), "{error}");
    let twice = zip.replace("[1, 2]", "[1, 1]");
    let error = with_options(&twice, &[]).unwrap_err().to_string();
    assert!(error.contains("3, 1 twice"), "{error}");
}
