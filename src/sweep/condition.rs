//! What is asked of a run: `sharp_verdict = violated and student.theta0 < 0.1`.

use std::str::FromStr;

/// A name, and what its value is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// A key of the scenario, a column of a sweep, or a place in a summary, as in `rates.sharp.verdict`.
    pub name: String,
    relation: Relation,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Is,
    IsNot,
    AtMost,
    AtLeast,
    Below,
    Above,
}

/// As they are written; those of two signs before those that they begin with.
const RELATIONS: [(&str, Relation); 6] = [
    ("!=", Relation::IsNot),
    ("<=", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("<", Relation::Below),
    (">", Relation::Above),
    ("=", Relation::Is),
];

/// Several conditions, all of which are to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions(pub Vec<Condition>);

impl Condition {
    /// Whether a value is as it is to be. Numbers are compared as numbers, and are in no order with words.
    pub fn holds(&self, found: &str) -> bool {
        let numbers = (found.parse::<f64>(), self.value.parse::<f64>());
        let (Ok(found), Ok(value)) = numbers else {
            return match self.relation {
                Relation::Is => found == self.value,
                Relation::IsNot => found != self.value,
                _ => false,
            };
        };
        match self.relation {
            Relation::Is => found == value,
            Relation::IsNot => found != value,
            Relation::AtMost => found <= value,
            Relation::AtLeast => found >= value,
            Relation::Below => found < value,
            Relation::Above => found > value,
        }
    }
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let first = text.find(['=', '!', '<', '>']);
        let split = first.and_then(|place| {
            let (name, rest) = text.split_at(place);
            let (sign, relation) = RELATIONS.iter().find(|(sign, _)| rest.starts_with(sign))?;
            Some((name.trim(), *relation, rest[sign.len()..].trim()))
        });
        let right = split
            .filter(|(name, _, value)| !name.is_empty() && !value.is_empty() && !value.starts_with(['=', '<', '>']));
        let (name, relation, value) = right.ok_or_else(|| {
            let found = text.trim();
            format!("found {found:?}; allowed: NAME = VALUE, also with !=, <, <=, >, >=; several joined by \"and\"")
        })?;
        Ok(Self {
            name: name.into(),
            relation,
            value: value.trim_matches('"').into(),
        })
    }
}

impl FromStr for Conditions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(" and ").map(Condition::from_str);
        Ok(Self(parts.collect::<Result<_, _>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers_and_words_as_words() {
        let holds = |text: &str, found: &str| text.parse::<Condition>().unwrap().holds(found);
        assert!(holds("a = 1e-3", "0.001") && !holds("a = 1e-3", "0.0011"));
        assert!(holds("a<=2", "2") && !holds("a<2", "2.0") && holds("a > -1", "0"));
        assert!(holds("v = \"not applicable\"", "not applicable"));
        assert!(holds("v != holds", "violated") && !holds("v != holds", "holds"));
        assert!(!holds("a < 3", "holds") && !holds("a < 3", ""));
        assert!(!holds("a < 3", "NaN") && !holds("a = nan", "nan"));
    }

    #[test]
    fn several_are_joined_and_what_is_none_is_refused() {
        let both: Conditions = "a = 1 and b.c[0].d >= 2".parse().unwrap();
        let names: Vec<&str> = both.0.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["a", "b.c[0].d"]);
        for wrong in ["", "a", "a =", "= 3", "a == 3", "a = 1 and b", "a ! 3"] {
            assert!(wrong.parse::<Conditions>().is_err(), "{wrong}");
        }
    }
}
