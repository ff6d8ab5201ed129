//! Colours that colour-blind readers tell apart (Okabe and Ito, 2008; the wine of Tol), and what tells series apart without colour.
//!
//! Measurements are solid, bounds and predictions dashed, each in a way of its own. Series that may cover each other get
//! narrower from one to the next and have markers of different shapes.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const BLACK: Rgb = Rgb(0, 0, 0);
const BLUE: Rgb = Rgb(0, 114, 178);
const VERMILLION: Rgb = Rgb(213, 94, 0);
const GREEN: Rgb = Rgb(0, 158, 115);
const PURPLE: Rgb = Rgb(204, 121, 167);
const ORANGE: Rgb = Rgb(230, 159, 0);
const SKY: Rgb = Rgb(86, 180, 233);
const WINE: Rgb = Rgb(136, 34, 85);

/// Pixels of a dash and of its gap.
type Dash = Option<[u8; 2]>;

const SOLID: Dash = None;
const LONG: Dash = Some([18, 6]);
const DASH: Dash = Some([10, 5]);
const SHORT: Dash = Some([5, 4]);
const DOTS: Dash = Some([2, 4]);
const SPARSE: Dash = Some([7, 13]);
const NEARLY_SOLID: Dash = Some([30, 4]);

/// Red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rgb(pub u8, pub u8, pub u8);

/// Shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marker {
    /// Filled.
    Disc,
    /// Its outline.
    Circle,
    /// Filled; so are those that follow, but for the crosses.
    Square,
    /// One corner above.
    Triangle,
    /// On its corner.
    Diamond,
    /// One corner below.
    Wedge,
    /// Upright.
    Plus,
    /// Oblique.
    Cross,
}

/// How a series looks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    #[serde(serialize_with = "hex", deserialize_with = "of_hex")]
    pub(super) color: Rgb,
    /// None for a line without gaps.
    pub(super) dash: Dash,
    /// Of a line, in pixels.
    pub(super) width: f64,
    /// Of points, and of lines at their points.
    pub(super) marker: Option<Marker>,
    /// Of a marker, in pixels.
    pub(super) radius: f64,
    /// Of an area.
    pub(super) hatched: bool,
    /// The same with dots, which are told from hatches.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) dotted: bool,
}

fn hex<S: Serializer>(color: &Rgb, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&code(*color))
}

fn of_hex<'de, D: Deserializer<'de>>(from: D) -> Result<Rgb, D::Error> {
    let text = String::deserialize(from)?;
    let known = || {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let of = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Rgb(of(0)?, of(2)?, of(4)?))
    };
    known().ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &"#rrggbb"))
}

/// #rrggbb
pub(super) fn code(Rgb(r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

impl Look {
    const fn new(color: Rgb, dash: Dash, width: f64) -> Self {
        Self {
            color,
            dash,
            width,
            marker: None,
            radius: 4.0,
            hatched: false,
            dotted: false,
        }
    }

    /// The run that the figure is about.
    pub const SIMULATED: Self = Self::new(BLACK, SOLID, 3.0);
    /// A sampled run.
    pub const SAMPLED: Self = Self::new(BLUE, SOLID, 2.0).marked(Marker::Disc);
    /// A line through the tail.
    pub const FITTED: Self = Self::new(VERMILLION, DOTS, 3.0);
    /// The level below which there is noise.
    pub const FLOOR: Self = Self::new(Rgb(160, 160, 160), SOLID, 1.0);
    /// What the theory predicts.
    pub const PREDICTED: Self = Self::new(Rgb(80, 80, 80), DASH, 1.5);
    /// An area where a bound holds.
    pub const HOLDS: Self = Self::new(SKY, SOLID, 1.0);
    /// Where it is violated.
    pub const VIOLATED: Self = Self::new(VERMILLION, SOLID, 1.0).hatched();
    /// The hatches of a violated bound, over what else is shown.
    pub const HATCHED: Self = Self::new(BLACK, SOLID, 0.0).hatched();
    /// Where it claims nothing.
    pub const VACUOUS: Self = Self::new(Rgb(232, 232, 232), SOLID, 1.0);
    /// Where a premise is not met.
    pub const NOT_APPLICABLE: Self = Self::new(Rgb(190, 190, 190), SOLID, 1.0);
    /// Where the run's own error does not decide.
    pub const UNDECIDED: Self = Self::new(ORANGE, SOLID, 1.0);
    /// Where there is nothing to compare with.
    pub const UNTESTED: Self = Self::new(Rgb(255, 255, 255), SOLID, 1.0);
    /// Where the run failed.
    pub const FAILED: Self = Self::new(Rgb(60, 60, 60), SOLID, 1.0);
    /// Where nothing is proved, though something may be.
    pub const UNCERTIFIED: Self = Self::VACUOUS.dotted();
    /// Where nothing can be proved: there is a counterexample.
    pub const REFUTED: Self = Self::NOT_APPLICABLE.hatched();
    /// Over cells that were not run and are shown as others that were: these are paler.
    pub const NOT_RUN: Self = Self::new(Rgb(255, 255, 255), SOLID, 0.0);
    /// The border between areas.
    pub const CONTOUR: Self = Self::new(BLACK, SOLID, 2.0);

    /// With a marker.
    pub const fn marked(self, marker: Marker) -> Self {
        Self {
            marker: Some(marker),
            ..self
        }
    }

    /// With markers of another radius.
    pub const fn sized(self, radius: f64) -> Self {
        Self { radius, ..self }
    }

    /// With thin lines.
    pub const fn thin(self) -> Self {
        Self { width: 1.0, ..self }
    }

    /// Without a marker.
    pub const fn unmarked(self) -> Self {
        Self { marker: None, ..self }
    }

    const fn hatched(self) -> Self {
        Self { hatched: true, ..self }
    }

    const fn dotted(self) -> Self {
        Self { dotted: true, ..self }
    }

    /// The same without gaps.
    pub const fn solid(self) -> Self {
        Self { dash: SOLID, ..self }
    }

    /// Whether it only makes paler what it lies over.
    #[cfg(feature = "plot")]
    pub(super) fn is_veil(self) -> bool {
        self.width == 0.0 && !self.hatched
    }

    /// One of three parts of a measurement, with the look of its bound.
    pub fn of_part(index: usize) -> (Self, Self) {
        let (color, width, marker, bound) = [
            (BLUE, 3.5, Marker::Square, LONG),
            (VERMILLION, 2.5, Marker::Triangle, SHORT),
            (GREEN, 2.0, Marker::Diamond, SPARSE),
        ][index % 3];
        (Self::new(color, SOLID, width).marked(marker), Self::new(color, bound, 2.0))
    }

    /// One of a few measured series.
    pub fn of_series(index: usize) -> Self {
        const LOOKS: [(Rgb, f64, Marker); 8] = [
            (BLACK, 4.5, Marker::Disc),
            (BLUE, 3.5, Marker::Square),
            (VERMILLION, 3.0, Marker::Triangle),
            (GREEN, 2.5, Marker::Diamond),
            (PURPLE, 2.2, Marker::Plus),
            (ORANGE, 2.0, Marker::Wedge),
            (SKY, 1.8, Marker::Cross),
            (WINE, 1.5, Marker::Circle),
        ];
        let (color, width, marker) = LOOKS[index % LOOKS.len()];
        Self::new(color, SOLID, width).marked(marker)
    }

    /// Points of one of a few sets: each smaller than the one before, so that it hides none.
    pub fn of_set(index: usize) -> Self {
        const LOOKS: [(Rgb, Marker); 6] = [
            (ORANGE, Marker::Circle),
            (PURPLE, Marker::Square),
            (SKY, Marker::Triangle),
            (GREEN, Marker::Diamond),
            (BLUE, Marker::Cross),
            (BLACK, Marker::Disc),
        ];
        let index = index.min(LOOKS.len() - 1);
        let (color, marker) = LOOKS[index];
        Self::new(color, SOLID, 1.5).marked(marker).sized(7.5 - index as f64)
    }

    /// The poster's rate, to the letter.
    pub const PRINTED: Self = Self::rate(PURPLE, SPARSE, Marker::Cross, 4.0);
    /// The poster's rate in units of time.
    pub const PRINTED_D0: Self = Self::rate(PURPLE, LONG, Marker::Circle, 5.0);
    /// A rate that is proved.
    pub const DERIVED: Self = Self::rate(BLUE, DASH, Marker::Square, 4.0);
    /// A sharper one.
    pub const SHARP: Self = Self::rate(GREEN, SHORT, Marker::Diamond, 4.0);
    /// One of another norm.
    pub const EUCLIDEAN: Self = Self::rate(WINE, DOTS, Marker::Triangle, 4.0);
    /// The exact rate.
    pub const EXACT: Self = Self::rate(ORANGE, NEARLY_SOLID, Marker::Wedge, 3.0);

    const fn rate(color: Rgb, dash: Dash, marker: Marker, radius: f64) -> Self {
        Self::new(color, dash, 2.0).marked(marker).sized(radius)
    }
}

#[cfg(feature = "plot")]
impl Marker {
    /// Whether it has no inside.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Circle | Self::Plus | Self::Cross)
    }

    /// Its path around a point, in moves from there.
    pub(super) fn path(self, r: f64) -> String {
        let s = 0.85 * r;
        let (minus_r, minus_s) = (-r, -s);
        let (r2, s2, w2) = (2.0 * r, 2.0 * s, 1.7 * r);
        match self {
            Self::Disc | Self::Circle => {
                format!("m{minus_r:.1} 0a{r:.1} {r:.1} 0 1 0 {r2:.1} 0a{r:.1} {r:.1} 0 1 0-{r2:.1} 0z")
            }
            Self::Square => format!("m{minus_s:.1} {minus_s:.1}h{s2:.1}v{s2:.1}h-{s2:.1}z"),
            Self::Triangle => format!("m0 {minus_r:.1}l{s:.1} {w2:.1}h-{s2:.1}z"),
            Self::Wedge => format!("m0 {r:.1}l{s:.1}-{w2:.1}h-{s2:.1}z"),
            Self::Diamond => format!("m0 {minus_r:.1}l{r:.1} {r:.1}l{minus_r:.1} {r:.1}l{minus_r:.1} {minus_r:.1}z"),
            Self::Plus => format!("m{minus_r:.1} 0h{r2:.1}m{minus_r:.1} {minus_r:.1}v{r2:.1}"),
            Self::Cross => {
                format!("m{minus_s:.1} {minus_s:.1}l{s2:.1} {s2:.1}m0-{s2:.1}l-{s2:.1} {s2:.1}")
            }
        }
    }
}
