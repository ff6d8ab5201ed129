//! Axes out of `[[sweep.axis]]`.

use super::declared::{
    DESIGN, KEY, LINEAR_FROM, LINEAR_POINTS, LINEAR_STEP, LINEAR_TO, LINEAR_WHOLE, LOG_FROM, LOG_POINTS, LOG_TO,
    LOG_WHOLE, MOST_POINTS, POINTS, VALUES as LIST, ZIP,
};
use super::{Axis, Design, DesignName, Part, Range, Result, Values};
use crate::config::document::{Document, Node, Origin, Value};
use crate::config::section::Section;
use crate::config::split_key;
use std::collections::HashSet;

/// Values of a range that are looked at one by one, where only that tells whether some come out twice.
const MOST_LOOKED_AT: u64 = 1_000_000;

/// Points of a Sobol sequence, and its dimensions: as many as the crate has.
const LONGEST: u64 = 1 << 16;
const DIMENSIONS: usize = 256;

/// What an axis has its values from.
const VALUES: &str = "one of values = […], linear = { from, to, points or step }, log = { from, to, points }";

/// One `[[sweep.axis]]`.
pub(super) fn axis(mut section: Section, design: Design, thin: u64) -> Result<Axis> {
    if !section.has("zip") {
        let part = part(section, design, thin, false)?;
        return Ok(Axis { parts: vec![part] });
    }
    let path = section.full("zip");
    let parts = section
        .sections("zip")?
        .into_iter()
        .map(|section| part(section, design, thin, true))
        .collect::<Result<Vec<Part>>>()?;
    let lengths: Vec<String> = parts.iter().map(|part| format!("{} of {}", part.count(), part.key)).collect();
    if parts.is_empty() || parts.iter().any(|part| part.count() != parts[0].count()) {
        let found = format!("values: {}", lengths.join(", "));
        return Err(section.contradiction(&path, found, &ZIP.allowed()));
    }
    if let Some(twice) = repeated(&parts) {
        let found = format!("{twice} twice");
        let allowed = "combinations of which none is there twice; for replicates, sweep.seeds";
        return Err(section.contradiction(&path, found, allowed));
    }
    section.finish()?;
    Ok(Axis { parts })
}

/// Values that lists have together more than once; ranges have none twice.
fn repeated(parts: &[Part]) -> Option<String> {
    if parts.iter().any(Part::is_range) {
        return None;
    }
    let mut seen = HashSet::new();
    let together = |i| {
        let values = parts.iter().map(|part| part.at(i).value.to_string());
        values.collect::<Vec<_>>().join(", ")
    };
    (0..parts[0].count()).map(together).find(|values| !seen.insert(values.clone()))
}

/// No key may change along two axes.
pub(super) fn refuse_twice(document: &Document, axes: &[Axis]) -> Result<()> {
    let mut seen: Vec<&str> = Vec::new();
    for part in axes.iter().flat_map(|axis| &axis.parts) {
        let clashes = |other: &&str| {
            let (long, short) = match other.len() > part.key.len() {
                true => (*other, part.key.as_str()),
                false => (part.key.as_str(), *other),
            };
            // A section and a key in it clash too.
            let rest = long.strip_prefix(short);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if let Some(other) = seen.iter().find(|other| clashes(other)) {
            let found = format!("\"{}\" beside an axis of \"{other}\"", part.key);
            return Err(document.mistake(Some(part.origin), "sweep.axis", found, "one axis for each key"));
        }
        seen.push(&part.key);
    }
    Ok(())
}

/// How points come from axes.
pub(super) fn design(section: &mut Section) -> Result<Design> {
    let points = section.whole_if(&POINTS)?;
    let name: DesignName = section.word(&DESIGN)?;
    match (name, points) {
        (DesignName::Grid, None) => Ok(Design::Grid),
        (DesignName::Grid, Some(_)) => {
            let found = "points with design = \"grid\"".into();
            let allowed = "points in each axis, or design = \"random\" or \"sobol\"";
            Err(section.contradiction(POINTS.path, found, allowed))
        }
        (_, None) => {
            let allowed = "with design = \"random\" or \"sobol\", the number of points";
            Err(section.missing(POINTS.name(), allowed))
        }
        (DesignName::Random, Some(points)) => Ok(Design::Random { points }),
        (DesignName::Sobol, Some(points)) if points <= LONGEST => Ok(Design::Sobol { points }),
        (DesignName::Sobol, Some(points)) => {
            let found = format!("{points} points with design = \"sobol\"");
            let allowed = format!("{LONGEST} at most; any number with design = \"random\"");
            Err(section.contradiction(POINTS.path, found, &allowed))
        }
    }
}

/// Refuses more axes than a design has dimensions.
pub(super) fn refuse_many(section: &Section, design: Design, axes: usize) -> Result<()> {
    if !matches!(design, Design::Sobol { .. }) || axes <= DIMENSIONS {
        return Ok(());
    }
    let found = format!("{axes} axes with design = \"sobol\"");
    let allowed = format!("{DIMENSIONS} at most; any number with design = \"random\"");
    Err(section.contradiction("sweep.axis", found, &allowed))
}

fn part(mut section: Section, design: Design, thin: u64, zipped: bool) -> Result<Part> {
    let node = section.take("key").ok_or_else(|| section.missing("key", &KEY.allowed()))?;
    let key = match &node.value {
        Value::Text(key) => split_key(key),
        _ => None,
    };
    let key = key
        .filter(|key| !["sweep", "seed", "experiment", "output"].contains(&key[0].as_str()))
        .ok_or_else(|| section.wrong("key", &node, &KEY.allowed()))?
        .join(".");
    let given: Vec<&'static str> = ["values", "linear", "log"].into_iter().filter(|kind| section.has(kind)).collect();
    let [kind] = given[..] else {
        let found = if given.is_empty() { "nothing" } else { "more than one" };
        let path = section.full("values");
        return Err(section.contradiction(&path, found.into(), VALUES));
    };
    let origin = section.origin_of(&section.full(kind)).unwrap_or(node.origin);
    let path = section.full(kind);
    let values = match kind {
        "values" => list(&mut section, thin)?,
        kind => {
            let inner = section.section(kind)?;
            distinct(range(inner, &path, design, thin)?, origin, &section, &path)?
        }
    };
    let part = Part { key, origin, values };
    // What stands twice in one list of a zip may stand beside different values of the others.
    if !zipped && let Some(twice) = repeated(std::slice::from_ref(&part)) {
        let allowed = format!("{}; for replicates, sweep.seeds", LIST.allowed());
        return Err(section.contradiction(&path, format!("{twice} twice"), &allowed));
    }
    section.finish()?;
    Ok(part)
}

fn list(section: &mut Section, thin: u64) -> Result<Values> {
    let node = section.take("values").expect("it is there");
    match &node.value {
        Value::Array(list) if !list.is_empty() => {
            Ok(Values::List(list.iter().step_by(thin as usize).cloned().collect()))
        }
        _ => Err(section.wrong("values", &node, &LIST.allowed())),
    }
}

/// Refuses a range in which values are the same after rounding; of whole numbers with equal ratios keeps each once.
fn distinct(range: Range, origin: Origin, section: &Section, path: &str) -> Result<Values> {
    let same = |points: &str| {
        let found = format!("{points} that are the same after rounding, from {} to {}", range.from, range.to);
        let allowed = "fewer points, or ends further apart; for replicates, sweep.seeds";
        Err(section.contradiction(path, found, allowed))
    };
    match range.is_distinct() {
        Some(true) => Ok(Values::Range(range)),
        Some(false) => same(&format!("{} points", range.points)),
        None if range.points > MOST_LOOKED_AT => same(&format!("some of {} points", range.points)),
        None => {
            let full = Range { thin: 1, ..range };
            let mut values: Vec<Node> = (0..range.points).map(|index| Node::new(full.at(index), origin)).collect();
            values.dedup_by_key(|node| node.value.to_string());
            let values = values.into_iter().step_by(range.thin as usize);
            Ok(Values::List(values.collect()))
        }
    }
}

fn range(mut section: Section, path: &str, design: Design, thin: u64) -> Result<Range> {
    let log = path.ends_with("log");
    let (from_key, to_key, points_key, whole_key) = match log {
        true => (&LOG_FROM, &LOG_TO, &LOG_POINTS, &LOG_WHOLE),
        false => (&LINEAR_FROM, &LINEAR_TO, &LINEAR_POINTS, &LINEAR_WHOLE),
    };
    let is_integer = |section: &Section, key: &str| matches!(section.peek(key), Some(node) if matches!(node.value, Value::Integer(_)));
    let integers = is_integer(&section, "from") && is_integer(&section, "to");
    let from = section.number(from_key)?;
    let to = section.number(to_key)?;
    let whole = section.flag(whole_key)?;
    let points = section.whole_if(points_key)?;
    let step = match log {
        true => None,
        false => section.number_if(&LINEAR_STEP)?,
    };
    if from == to || whole && from.round() == to.round() {
        let found = format!("a range from {from} to {to}");
        let allowed = "two different ends, or values = [one]";
        return Err(section.contradiction(&format!("{path}.to"), found, allowed));
    }
    let points = count(&section, path, design, (from, to), (points, step))?;
    section.finish()?;
    let mut range = Range {
        from,
        to,
        points,
        log,
        whole,
        integers: integers && step.is_none_or(|step| step.fract() == 0.0),
        thin,
    };
    // With a step the last value may fall short of the end.
    if let Some(step) = step {
        range.to = range.decimal(from + step * (points - 1) as f64);
    }
    Ok(range)
}

/// How many values there are; 0 where they are drawn at random.
fn count(
    section: &Section,
    path: &str,
    design: Design,
    (from, to): (f64, f64),
    (points, step): (Option<u64>, Option<f64>),
) -> Result<u64> {
    let log = path.ends_with("log");
    Ok(match (design, points, step) {
        (Design::Random { .. } | Design::Sobol { .. }, None, None) => 0,
        (Design::Grid, Some(points), None) => points,
        (Design::Grid, None, Some(step)) if to > from => steps(from, to, step).ok_or_else(|| {
            let (found, allowed) = match step > to - from {
                true => (format!("{step}"), "a step within the range"),
                false => (format!("{step:e}, which is more than 2⁴⁰ points"), "a larger step"),
            };
            section.contradiction(&format!("{path}.step"), found, allowed)
        })?,
        (design, points, _) => {
            let (found, allowed) = match design {
                Design::Random { .. } | Design::Sobol { .. } => {
                    ("points or step", "neither with design = \"random\" or \"sobol\"")
                }
                Design::Grid if log => ("no points", "the number of points"),
                Design::Grid => (
                    "points and step, or neither, or a range that does not rise",
                    "points; or step, of a range that rises",
                ),
            };
            let at = if points.is_some() || log { "points" } else { "step" };
            return Err(section.contradiction(&format!("{path}.{at}"), found.into(), allowed));
        }
    })
}

/// As many values as fit, with room for rounding: at least two, at most [`MOST_POINTS`].
fn steps(from: f64, to: f64, step: f64) -> Option<u64> {
    let steps = ((to - from) / step * (1.0 + 1e-12)).floor();
    (1.0..MOST_POINTS as f64).contains(&steps).then(|| steps as u64 + 1)
}
