//! One declaration of each key: what is read, what a mistake is answered with, what the documentation says.

use super::range::Range;
use super::value::{Node, Origin, Value};
use super::words::Words;
use std::fmt;

/// A key of a scenario, and all that is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// With its section, as in `student.theta0`.
    pub path: &'static str,
    /// What is allowed.
    pub kind: ValueKind,
    /// Whether "auto" is allowed beside that.
    pub auto: bool,
    /// Whether a list of such is allowed beside one.
    pub list: bool,
    /// What holds where it is not written.
    pub fallback: Fallback,
    /// What it is, in the field's words and symbols.
    pub meaning: &'static str,
    /// Of the number.
    pub unit: Option<&'static str>,
    /// Of an axis along which it changes.
    pub label: Option<&'static str>,
    /// A value to begin with, as it is written in a scenario; where there is none, the fallback.
    pub example: Option<&'static str>,
}

/// What is allowed for a key.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ValueKind {
    /// A number.
    Number(Range),
    /// A whole number between ends that are allowed.
    Whole {
        /// least
        low: u64,
        /// greatest
        high: u64,
    },
    /// true or false.
    Flag,
    /// One of a few words, or a file under a key in braces.
    Words {
        /// the words
        words: &'static [&'static str],
        /// keys and endings of files
        files: &'static [(&'static str, &'static str)],
    },
    /// Anything else, in words.
    Form(&'static str),
}

/// What holds where a key is not written.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Fallback {
    /// It must be written.
    Required,
    /// A number.
    Number(f64),
    /// A whole number.
    Whole(u64),
    /// true or false.
    Flag(bool),
    /// A word.
    Word(&'static str),
    /// A list of words.
    Words(&'static [&'static str]),
    /// Something that depends on other keys, in words.
    Rule(&'static str),
}

impl Key {
    const fn new(path: &'static str, kind: ValueKind) -> Self {
        Self {
            path,
            kind,
            auto: false,
            list: false,
            fallback: Fallback::Required,
            meaning: "",
            unit: None,
            label: None,
            example: None,
        }
    }

    /// A number in a range.
    pub const fn number(path: &'static str, range: Range) -> Self {
        Self::new(path, ValueKind::Number(range))
    }

    /// A whole number from `low` to `high`, at most 2⁶³ − 1: beyond that TOML has no whole numbers.
    pub const fn whole(path: &'static str, low: u64, high: u64) -> Self {
        assert!(low <= high && high <= i64::MAX as u64);
        Self::new(path, ValueKind::Whole { low, high })
    }

    /// true or false.
    pub const fn flag(path: &'static str) -> Self {
        Self::new(path, ValueKind::Flag)
    }

    /// One of the words or files of a type.
    pub const fn words<W: Words>(path: &'static str) -> Self {
        let (words, files) = (W::WORDS, W::FILES);
        Self::new(path, ValueKind::Words { words, files })
    }

    /// A file, `{ file = "…" }`, with the ending that says what is meant.
    pub const fn file(path: &'static str, files: &'static [(&'static str, &'static str)]) -> Self {
        Self::new(path, ValueKind::Words { words: &[], files })
    }

    /// What no other kind covers, in words.
    pub const fn form(path: &'static str, words: &'static str) -> Self {
        Self::new(path, ValueKind::Form(words))
    }

    /// "auto" is allowed too, and holds where nothing is written.
    pub const fn or_auto(mut self) -> Self {
        self.auto = true;
        self.fallback = Fallback::Word("auto");
        self
    }

    /// A list of such is allowed too.
    pub const fn or_list(mut self) -> Self {
        self.list = true;
        self
    }

    /// What holds where nothing is written.
    pub const fn or(mut self, fallback: Fallback) -> Self {
        self.fallback = fallback;
        self
    }

    /// What it is.
    pub const fn means(mut self, meaning: &'static str) -> Self {
        self.meaning = meaning;
        self
    }

    /// Its unit.
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// What an axis along which it changes is called.
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// A value to begin with.
    pub const fn example(mut self, example: &'static str) -> Self {
        self.example = Some(example);
        self
    }

    /// The key within its section.
    pub fn name(&self) -> &'static str {
        self.path.rsplit_once('.').map_or(self.path, |(_, name)| name)
    }

    /// Its section; "" at the top level.
    pub fn section(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(section, _)| section)
    }

    /// What is allowed, in words: the same in documentation and in errors.
    pub fn allowed(&self) -> String {
        let mut words = self.kind.to_string();
        if self.auto {
            words.push_str(", or \"auto\"");
        }
        if self.list {
            words.push_str(", or a list of such without repetition");
        }
        words
    }

    /// What holds where nothing is written, as a scenario would have it; `None` where it must be written or depends on
    /// other keys.
    pub fn default_text(&self) -> Option<String> {
        Some(match self.fallback {
            Fallback::Required | Fallback::Rule(_) => return None,
            // At least one digit after the point: a number is no whole one.
            Fallback::Number(number) if (1e-3..1e6).contains(&number.abs()) => {
                format!("{number:?}")
            }
            Fallback::Number(0.0) => "0.0".into(),
            Fallback::Number(number) => format!("{number:e}"),
            Fallback::Whole(number) => number.to_string(),
            Fallback::Flag(flag) => flag.to_string(),
            Fallback::Word(word) => format!("\"{word}\""),
            Fallback::Words(words) => format!("[{}]", quoted(words, ", ")),
        })
    }

    /// The same as a value.
    pub(super) fn default_value(&self) -> Option<Value> {
        let text = |word: &&str| Node::new(Value::Text((*word).into()), Origin::Set);
        Some(match self.fallback {
            Fallback::Required | Fallback::Rule(_) => return None,
            Fallback::Number(number) => Value::Float(number),
            Fallback::Whole(number) => Value::Integer(number as i64),
            Fallback::Flag(flag) => Value::Boolean(flag),
            Fallback::Word(word) => Value::Text(word.into()),
            Fallback::Words(words) => Value::Array(words.iter().map(text).collect()),
        })
    }
}

/// What is allowed, in words.
impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Number(range) => f.write_str(range.words),
            Self::Whole { low, high } => write!(f, "a whole number from {low} to {}", large(high)),
            Self::Flag => f.write_str("true or false"),
            Self::Words { words, files } => {
                let files = files.iter().map(|(key, ending)| format!("{{ {key} = \"…{ending}\" }}"));
                let words = words.iter().map(|word| format!("\"{word}\""));
                f.write_str(&words.chain(files).collect::<Vec<_>>().join(" or "))
            }
            Self::Form(words) => f.write_str(words),
        }
    }
}

/// Words in quotation marks.
pub(super) fn quoted(words: &[&str], between: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    quoted.join(between)
}

/// A large power of two, or one less, as such.
fn large(number: u64) -> String {
    const LEAST: u64 = 1 << 20;
    let power = |of: u64| {
        let digits = of.trailing_zeros().to_string();
        let raised = digits
            .bytes()
            .map(|digit| ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][(digit - b'0') as usize]);
        format!("2{}", raised.collect::<String>())
    };
    match number {
        number if number < LEAST => number.to_string(),
        number if number.is_power_of_two() => power(number),
        number if (number + 1).is_power_of_two() => format!("{} − 1", power(number + 1)),
        number => number.to_string(),
    }
}

/// Declares keys of one section or experiment, each once, and the list of all of them.
macro_rules! keys {
    ($(#[$meta:meta])* $visible:vis $list:ident { $($(#[$doc:meta])* $name:ident = $key:expr;)+ }) => {
        $($(#[$doc])* $visible static $name: $crate::config::Key = $key;)+

        $(#[$meta])*
        $visible static $list: &[&$crate::config::Key] = &[$(&$name),+];
    };
}

pub(crate) use keys;
