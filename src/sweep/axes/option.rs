//! `--axis key=…`: an axis from the command line.

use crate::config::document::{Document, Node, Origin, Table, Value};
use crate::config::{ScenarioError, loose, split, wrong_option};

/// How an axis is written on the command line.
const FORM: &str = "key=log:from:to:points, key=linear:from:to:points or key=values:a,b,c, as in student.theta0=log:1e-3:1:40; \
                    without points where design = \"random\"";

/// `--axis key=…`, taken apart.
#[derive(Clone, Debug)]
pub struct AxisOption {
    key: String,
    axis: Table,
}

impl AxisOption {
    /// Reads `student.theta0=log:1e-3:1:40`, `teacher.nodes=values:2,4,8` and the like. Whether the values make sense is seen
    /// when the sweep is read.
    ///
    /// # Errors
    /// Another form than these.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let wrong = || wrong_option(text, "--axis", FORM);
        let (keys, rest) = split(text, "--axis", FORM)?;
        let key = keys.join(".");
        let (kind, rest) = rest.split_once(':').ok_or_else(wrong)?;
        let node = |text: &str| match text.trim() {
            "" => Err(wrong()),
            text => loose(text, Origin::Axis).ok_or_else(wrong),
        };
        let values = match kind.trim() {
            "values" => {
                let items = elements(rest).map(node).collect::<Result<_, _>>()?;
                Value::Array(items)
            }
            "log" | "linear" => {
                let parts: Vec<&str> = rest.split(':').collect();
                if !(2..=3).contains(&parts.len()) {
                    return Err(wrong());
                }
                let names = ["from", "to", "points"];
                let entries = names.iter().zip(parts);
                let entries = entries.map(|(name, part)| Ok(((*name).to_owned(), node(part)?)));
                Value::Table(entries.collect::<Result<_, ScenarioError>>()?)
            }
            _ => return Err(wrong()),
        };
        let named = Value::Text(key.clone());
        Ok(Self {
            axis: Table::from([
                ("key".to_owned(), Node::new(named, Origin::Axis)),
                (kind.trim().to_owned(), Node::new(values, Origin::Axis)),
            ]),
            key,
        })
    }

    /// Gives the document this axis, in place of one that it may have for the same key, else behind those that it has; a
    /// scenario without `[sweep]` gets one.
    ///
    /// # Errors
    /// A `sweep` that is no section, or a `sweep.axis` that is no list; a second option for the same key.
    pub fn apply(&self, document: &mut Document) -> Result<(), ScenarioError> {
        let section = |value| Node::new(value, Origin::Axis);
        let place = document.place(Some(Origin::Axis));
        let mistake = |key: &str, found: &str, allowed: &str| ScenarioError {
            place,
            key: key.into(),
            found: found.into(),
            allowed: allowed.into(),
        };
        let sweep = document.root.entry("sweep".into()).or_insert_with(|| section(Value::Table(Table::new())));
        let axis = section(Value::Table(self.axis.clone()));
        if let Value::Table(sweep) = &mut sweep.value {
            let axes = sweep.entry("axis".into()).or_insert_with(|| section(Value::Array(Vec::new())));
            if let Value::Array(axes) = &mut axes.value {
                match axes.iter_mut().find(|axis| self.is_of(axis)) {
                    Some(old) if old.origin == Origin::Axis => {
                        let allowed = "one, with all values: key=values:a,b,c";
                        return Err(mistake(&self.key, "a second axis of this key", allowed));
                    }
                    Some(old) => *old = axis,
                    None => axes.push(axis),
                }
                return Ok(());
            }
        }
        let found = "something else than axes in the scenario";
        Err(mistake("sweep.axis", found, "[[sweep.axis]], or none"))
    }

    /// Whether an axis of the scenario is one of the same key alone.
    fn is_of(&self, axis: &Node) -> bool {
        let Value::Table(axis) = &axis.value else {
            return false;
        };
        matches!(axis.get("key"), Some(node) if matches!(&node.value, Value::Text(key) if *key == self.key))
    }
}

/// Parts between commas, of which those in brackets, braces and quotation marks are none.
fn elements(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let mut quoted = false;
    text.split(move |c| {
        match c {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            _ => (),
        }
        c == ',' && depth == 0 && !quoted
    })
}
