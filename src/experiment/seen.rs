//! What a figure shows, in words made of the numbers that it draws: for titles.

use crate::measure::Span;
use crate::plot::number::short;
use crate::theory::Verdict;

/// "falls from 0.02 to 10⁻¹⁴", "rises from …", or "stays at 0.02" where both read the same.
pub(crate) fn change(from: f64, to: f64) -> String {
    let [first, last] = [from, to].map(short);
    match (first == last, to < from) {
        (true, _) => format!("stays at {last}"),
        (_, true) => format!("falls from {first} to {last}"),
        _ => format!("rises from {first} to {last}"),
    }
}

/// "a", "a and b", "a, b and c".
pub(crate) fn list(parts: &[impl AsRef<str>]) -> String {
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// "printed is violated; derived and sharp hold": names by their verdicts, the worst first.
pub(crate) fn verdicts<'a>(claims: impl IntoIterator<Item = (&'a str, Verdict)>) -> String {
    const WORDS: [(Verdict, [&str; 2]); 6] = [
        (Verdict::Violated, ["is violated", "are violated"]),
        (Verdict::Undecided, ["is undecided", "are undecided"]),
        (Verdict::Holds, ["holds", "hold"]),
        (Verdict::Vacuous, ["is vacuous", "are vacuous"]),
        (Verdict::Untested, ["is untested", "are untested"]),
        (Verdict::NotApplicable, ["does not apply", "do not apply"]),
    ];
    let claims: Vec<(&str, Verdict)> = claims.into_iter().collect();
    let said = WORDS.iter().filter_map(|(verdict, [one, many])| {
        let named = claims.iter().filter(|(_, own)| own == verdict);
        let named: Vec<&str> = named.map(|(name, _)| *name).collect();
        let verb = if named.len() == 1 { one } else { many };
        (!named.is_empty()).then(|| format!("{} {verb}", list(&named)))
    });
    said.collect::<Vec<_>>().join("; ")
}

/// "0.5 (layer 4) to 0.9 (layer 1)", with a unit behind each number: the least and the greatest of what has names.
pub(crate) fn between<S: AsRef<str>>(named: impl IntoIterator<Item = (S, f64)>, unit: &str) -> String {
    let mut known: Vec<(S, f64)> = named.into_iter().filter(|(_, x)| !x.is_nan()).collect();
    known.sort_by(|a, b| a.1.total_cmp(&b.1));
    let number = |x: f64| format!("{}{unit}", short(x));
    let say = |(name, x): &(S, f64)| format!("{} ({})", number(*x), name.as_ref());
    match &known[..] {
        [] => "an unknown value".into(),
        [(_, only)] => number(*only),
        [first, .., last] if short(first.1) == short(last.1) => number(first.1),
        [first, .., last] => format!("{} to {}", say(first), say(last)),
    }
}

/// "0.1 to 0.5", or "0.1" where both read the same.
pub(crate) fn range(span: &Span) -> String {
    let [least, greatest] = [span.least, span.greatest].map(short);
    match least == greatest {
        true => least,
        false => format!("{least} to {greatest}"),
    }
}

/// "for a and b, not for c", "for none of a and b".
pub(crate) fn for_which<S: AsRef<str>>(named: impl IntoIterator<Item = (S, bool)>) -> String {
    let (yes, no): (Vec<_>, Vec<_>) = named.into_iter().partition(|(_, is)| *is);
    let [yes, no] = [yes, no].map(|part| part.into_iter().map(|(name, _)| name).collect::<Vec<S>>());
    match (yes.is_empty(), no.is_empty()) {
        (false, true) => format!("for {}", list(&yes)),
        (false, false) => format!("for {}, not for {}", list(&yes), list(&no)),
        (true, _) => format!("for none of {}", list(&no)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_said_as_they_read() {
        assert_eq!(change(0.02, 1e-14), "falls from 0.02 to 10⁻¹⁴");
        assert_eq!(change(1.0, 2.5), "rises from 1 to 2.5");
        assert_eq!(change(0.300_001, 0.3), "stays at 0.3");
        let span = |values: [f64; 2]| range(&Span::of(values.into_iter()).unwrap());
        assert_eq!(span([2.0, 1.0]), "1 to 2");
        assert_eq!(span([1.0, 1.000_001]), "1");
    }

    #[test]
    fn names_are_grouped_by_their_verdicts() {
        use Verdict::{Holds, Vacuous, Violated};
        let claims = [("a", Holds), ("b", Violated), ("c", Holds), ("d", Vacuous)];
        let said = "b is violated; a and c hold; d is vacuous";
        assert_eq!(verdicts(claims), said);
        assert_eq!(verdicts([]), "");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn ends_of_a_range_have_their_names() {
        let layers = [("layer 1", 0.9), ("layer 2", f64::NAN), ("layer 3", 0.5)];
        assert_eq!(between(layers, ""), "0.5 (layer 3) to 0.9 (layer 1)");
        assert_eq!(between([("one", 3.0)], " %"), "3 %");
        assert_eq!(between([("one", 3.0), ("two", 3.0)], ""), "3");
        assert_eq!(between([("one", f64::NAN)], ""), "an unknown value");
    }

    #[test]
    fn what_it_is_so_for_comes_first() {
        assert_eq!(for_which([("a", false), ("b", true)]), "for b, not for a");
        assert_eq!(for_which([("a", true), ("b", true)]), "for a and b");
        assert_eq!(for_which([("a", false)]), "for none of a");
    }
}
