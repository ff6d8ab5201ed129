//! Text as text: sub- and superscripts are real ones, widths are estimated for line breaks.
//!
//! `W_u`, `η^a` and `10^{−3}` are raised and lowered, and so are ₀ and ³: fonts draw those in sizes of their own.

use super::svg::Element;

/// What a reader may have; each has the Greek letters and signs.
pub(super) const FONTS: &str = "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
/// Scripts are so much smaller, and moved by this part of the size.
const SCRIPT: f64 = 0.72;
const LOWER: f64 = 0.24;
const RAISE: f64 = -0.36;

const RAISED: [(&str, &str); 2] = [("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−"), ("₀₁₂₃₄₅₆₇₈₉ⱼₖᵢ", "0123456789jki")];

/// Where a line of text is held.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text whose middle is at that height.
pub(super) fn text(content: &str, (x, y): (f64, f64), size: f64, anchor: Anchor) -> Element {
    let mut element = Element::new("text").at([("x", x), ("y", y + 0.35 * size), ("font-size", size)]);
    element = match anchor {
        Anchor::Start => element,
        Anchor::Middle => element.with("text-anchor", "middle"),
        Anchor::End => element.with("text-anchor", "end"),
    };
    let mut shift = 0.0;
    for (level, run) in runs(content) {
        let wanted = level * size;
        element = match (wanted == shift, level == 0.0) {
            (true, true) => element.saying(&run),
            (_, is_base) => {
                let span = Element::new("tspan").at([("dy", wanted - shift)]).saying(&run);
                element.holding(if is_base {
                    span
                } else {
                    span.at([("font-size", SCRIPT * size)])
                })
            }
        };
        shift = wanted;
    }
    element
}

/// Pieces of text with how far each is lowered, in units of the size: zero, below, or negative above.
pub(crate) fn runs(text: &str) -> Vec<(f64, String)> {
    let chars: Vec<char> = text.chars().collect();
    let mut runs: Vec<(f64, String)> = Vec::new();
    let mut put = |level: f64, piece: &[char]| match runs.last_mut() {
        Some((last, run)) if *last == level => run.extend(piece),
        _ => runs.push((level, piece.iter().collect())),
    };
    let mut i = 0;
    while i < chars.len() {
        let small = RAISED.iter().zip([RAISE, LOWER]).find_map(|((from, to), level)| {
            let place = from.chars().position(|c| c == chars[i])?;
            Some((level, to.chars().nth(place)?))
        });
        let (level, piece, next) = match (small, script(&chars, i)) {
            (Some((level, c)), _) => (level, vec![c], i + 1),
            (None, Some((level, from, to, next))) => (level, chars[from..to].to_vec(), next),
            (None, None) => (0.0, vec![chars[i]], i + 1),
        };
        put(level, &piece);
        i = next;
    }
    runs
}

/// At `_` or `^`: its level, where the script begins and ends, and where the text goes on. Names like `max_steps` stay.
fn script(chars: &[char], i: usize) -> Option<(f64, usize, usize, usize)> {
    let level = match chars[i] {
        '_' => LOWER,
        '^' => RAISE,
        _ => return None,
    };
    if chars.get(i + 1) == Some(&'{') {
        let end = i + 2 + chars[i + 2..].iter().position(|&c| c == '}')?;
        return Some((level, i + 2, end, end + 1));
    }
    let is_word = |place: Option<usize>| {
        place.and_then(|place| chars.get(place)).is_some_and(|c| c.is_alphanumeric() || *c == '_')
    };
    let one = is_word(i.checked_sub(1)) && !is_word(i.checked_sub(2));
    let fits = one && is_word(Some(i + 1)) && !is_word(Some(i + 2));
    fits.then_some((level, i + 1, i + 2, i + 2))
}

/// The text without its marks, for readers of titles.
pub(super) fn plain(text: &str) -> String {
    text.replace("_{", "_").replace("^{", "^").replace('}', "")
}

/// About how wide a line is in a wide one of the fonts.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let of = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' | '[' | ']' => 0.36,
        'f' | 't' | 'r' | ' ' | '-' | '/' | '·' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' | '→' | '√' | '∞' | '—' => 0.95,
        c if c.is_uppercase() => 0.7,
        _ => 0.61,
    };
    let part = |(level, run): (f64, String)| {
        let sum: f64 = run.chars().map(of).sum();
        if level == 0.0 { sum } else { SCRIPT * sum }
    };
    size * runs(text).into_iter().map(part).sum::<f64>()
}

/// Lines no wider than that, broken at spaces.
pub(super) fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.replace(" %", "\u{a0}%").split(' ') {
        let line = lines.last_mut().expect("never empty");
        if line.is_empty() {
            line.push_str(word);
        } else if width(line, size) + width(word, size) + 0.4 * size > room {
            lines.push(word.into());
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_told_from_names() {
        let levels = |text: &str| -> Vec<(i32, String)> {
            let sign = |level: f64| (level > 0.0) as i32 - (level < 0.0) as i32;
            runs(text).into_iter().map(|(level, run)| (sign(level), run)).collect()
        };
        let piece = |level, text: &str| (level, text.to_owned());
        assert_eq!(levels("W_u → W*"), [piece(0, "W"), piece(1, "u"), piece(0, " → W*")]);
        assert_eq!(levels("η^{0.498}·10⁻³"), [piece(0, "η"), piece(-1, "0.498"), piece(0, "·10"), piece(-1, "−3")]);
        assert_eq!(levels("θ₀, vⱼ"), [piece(0, "θ"), piece(1, "0"), piece(0, ", v"), piece(1, "j")]);
        for name in ["integrate.max_steps", "lambda_min_L", "a_", "_", "^", "x_{open", "theta_1"] {
            assert_eq!(levels(name), [piece(0, name)]);
        }
    }

    #[test]
    fn lines_break_at_spaces_and_keep_every_word() {
        let lines = wrap("one two three four", 10.0, 60.0);
        assert!(lines.len() > 1);
        assert_eq!(lines.join(" "), "one two three four");
    }
}
