//! A drawing on a dark ground: the same tree in other colours. Grey turns over, and dark colours get lighter.

use super::style::{Rgb, code};
use super::svg::Element;

/// What is white on paper.
const GROUND: Rgb = Rgb(20, 22, 26);
/// What is black on paper.
const INK: Rgb = Rgb(230, 232, 235);
/// Colours of elements of this class stand for numbers, and stay.
pub(super) const SCALE: &str = "scale";
/// No colour is darker than this, as the middle between its largest and its smallest part.
const LIGHT: f64 = 0.58;

/// A drawing for paper, on a dark ground.
pub(super) fn dark(drawing: Element) -> Element {
    drawing.recolored(SCALE, &of).with("fill", code(INK))
}

/// In place of `#rgb` or `#rrggbb`; whatever is none of these stays.
fn of(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#')?;
    let part = |at: usize, len: usize| u8::from_str_radix(digits.get(at..at + len)?, 16).ok();
    let color = match digits.len() {
        3 => [0, 1, 2].map(|i| part(i, 1).map(|part| 17 * part)),
        6 => [0, 2, 4].map(|i| part(i, 2)),
        _ => return None,
    };
    let [r, g, b] = [color[0]?, color[1]?, color[2]?];
    Some(code(lighter(Rgb(r, g, b))))
}

fn lighter(Rgb(r, g, b): Rgb) -> Rgb {
    let parts = [r, g, b];
    let (least, most) = (r.min(g).min(b), r.max(g).max(b));
    let mix = |from: u8, to: u8, part: f64| (f64::from(from) + part * (f64::from(to) - f64::from(from))).round() as u8;
    if most - least < 16 {
        let part = f64::from(most) / 255.0;
        return Rgb(mix(INK.0, GROUND.0, part), mix(INK.1, GROUND.1, part), mix(INK.2, GROUND.2, part));
    }
    let middle = (f64::from(least) + f64::from(most)) / 510.0;
    let part = ((LIGHT - middle) / (1.0 - middle)).max(0.0);
    let [r, g, b] = parts.map(|x| mix(x, 255, part));
    Rgb(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_and_white_change_places_and_colours_are_never_dark() {
        assert_eq!(of("#fff").as_deref(), Some("#14161a"));
        assert_eq!(of("#000000").as_deref(), Some("#e6e8eb"));
        assert_eq!(of("none"), None);
        assert_eq!(of("url(#hatch)"), None);
        for color in ["#0072b2", "#882255", "#009e73"] {
            let lighter = of(color).unwrap();
            let part = |at: usize| u8::from_str_radix(&lighter[at..at + 2], 16).unwrap();
            let all = [part(1), part(3), part(5)].map(u32::from);
            let middle = all.iter().max().unwrap() + all.iter().min().unwrap();
            assert!(middle >= 290, "{color} is {lighter}");
        }
        assert_eq!(of("#e69f00").as_deref(), Some("#ecb63c"));
    }
}
