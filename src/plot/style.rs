//! Colours that colour-blind readers tell apart (Okabe and Ito, 2008), and strokes that do without colour.

use plotters::style::RGBColor;

/// How a line is stroked. Measurements are solid, bounds are dashed: each bound in a way of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// A measurement.
    Solid,
    /// A measurement with a marker every now and then.
    Marked,
    /// Markers without a line; the width is their radius.
    Points,
    /// – – –
    LongDash,
    /// - - -
    Dash,
    /// ‑ ‑ ‑
    ShortDash,
    /// · · ·
    Dots,
    /// -   -   -
    SparseDash,
    /// ——— ———
    NearlySolid,
}

impl Stroke {
    /// Length of dash and gap in pixels, where it is dashed.
    pub(super) fn dash(self) -> Option<(i32, i32)> {
        match self {
            Self::Solid | Self::Marked | Self::Points => None,
            Self::LongDash => Some((18, 6)),
            Self::SparseDash => Some((7, 13)),
            Self::NearlySolid => Some((30, 4)),
            Self::Dash => Some((10, 5)),
            Self::ShortDash => Some((5, 4)),
            Self::Dots => Some((2, 4)),
        }
    }
}

/// Colour, stroke and width of a line.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub(super) color: RGBColor,
    pub(super) stroke: Stroke,
    pub(super) width: u32,
}

impl Look {
    const fn new((r, g, b): (u8, u8, u8), stroke: Stroke, width: u32) -> Self {
        Self {
            color: RGBColor(r, g, b),
            stroke,
            width,
        }
    }

    /// The run that the chart is about.
    pub const SIMULATED: Self = Self::new((0, 0, 0), Stroke::Solid, 3);
    /// A sampled run.
    pub const SAMPLED: Self = Self::new((0, 114, 178), Stroke::Marked, 2);
    /// A line through the tail.
    pub const FITTED: Self = Self::new((213, 94, 0), Stroke::Dots, 3);
    /// The level below which there is noise.
    pub const FLOOR: Self = Self::new((150, 150, 150), Stroke::Solid, 1);

    /// One of three parts of a measurement, with the look of its bound.
    pub fn of_part(index: usize) -> (Self, Self) {
        let (color, measured, width, bound) = [
            ((0, 114, 178), Stroke::Solid, 3, Stroke::LongDash),
            ((213, 94, 0), Stroke::Marked, 3, Stroke::ShortDash),
            ((0, 158, 115), Stroke::Solid, 2, Stroke::SparseDash),
        ][index % 3];
        (
            Self::new(color, measured, width),
            Self::new(color, bound, 2),
        )
    }

    /// One of a few measured series: each with a colour, a stroke and a width of its own.
    pub fn of_series(index: usize) -> Self {
        const LOOKS: [((u8, u8, u8), Stroke, u32); 8] = [
            ((0, 0, 0), Stroke::Solid, 3),
            ((0, 114, 178), Stroke::Marked, 2),
            ((213, 94, 0), Stroke::LongDash, 3),
            ((0, 158, 115), Stroke::Dots, 4),
            ((204, 121, 167), Stroke::NearlySolid, 2),
            ((230, 159, 0), Stroke::Solid, 2),
            ((86, 180, 233), Stroke::Dash, 3),
            ((120, 120, 120), Stroke::SparseDash, 3),
        ];
        let (color, stroke, width) = LOOKS[index % LOOKS.len()];
        Self::new(color, stroke, width)
    }

    /// What the theory predicts.
    pub const PREDICTED: Self = Self::new((120, 120, 120), Stroke::Dash, 2);

    /// The same colour as a line without gaps.
    pub fn solid(self) -> Self {
        Self {
            stroke: Stroke::Solid,
            width: 2,
            ..self
        }
    }

    /// The same with a marker at points.
    pub fn marked(self) -> Self {
        Self {
            stroke: Stroke::Marked,
            ..self
        }
    }

    /// Points of one of a few sets: rings that get smaller from one to the next, and the last one discs.
    pub fn of_set(index: usize) -> Self {
        const COLORS: [(u8, u8, u8); 6] = [
            (230, 159, 0),
            (204, 121, 167),
            (86, 180, 233),
            (0, 158, 115),
            (0, 114, 178),
            (0, 0, 0),
        ];
        let index = index.min(COLORS.len() - 1);
        Self::new(COLORS[index], Stroke::Points, 8 - index as u32)
    }

    /// Whether its points are discs.
    pub(super) fn is_filled(&self) -> bool {
        self.width <= 3
    }

    /// The look of a rate, by its name.
    pub fn of_rate(name: &str) -> Self {
        match name {
            "printed" => Self::new((204, 121, 167), Stroke::SparseDash, 2),
            "printed_d0" => Self::new((204, 121, 167), Stroke::LongDash, 2),
            "derived" | "certified" => Self::new((0, 114, 178), Stroke::Dash, 2),
            "sharp" => Self::new((0, 158, 115), Stroke::ShortDash, 2),
            _ => Self::new((230, 159, 0), Stroke::NearlySolid, 2),
        }
    }
}

impl Look {
    /// Points of a rate, by its name: discs and rings of different sizes.
    pub fn points_of_rate(name: &str) -> Self {
        let Self { color, .. } = Self::of_rate(name);
        let (color, radius) = match name {
            "exact" => (RGBColor(0, 0, 0), 2),
            "sharp" => (color, 3),
            "derived" | "certified" => (RGBColor(0, 114, 178), 4),
            _ => (color, 6),
        };
        Self {
            color,
            stroke: Stroke::Points,
            width: radius,
        }
    }
}

/// How an area is filled: in greys, too, each is told from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shade {
    pub(super) color: RGBColor,
    pub(super) hatched: bool,
}

impl Shade {
    const fn new((r, g, b): (u8, u8, u8), hatched: bool) -> Self {
        Self {
            color: RGBColor(r, g, b),
            hatched,
        }
    }

    /// A bound that holds.
    pub const HOLDS: Self = Self::new((86, 180, 233), false);
    /// A bound that is violated.
    pub const VIOLATED: Self = Self::new((213, 94, 0), true);
    /// A bound that claims nothing.
    pub const VACUOUS: Self = Self::new((232, 232, 232), false);
    /// Nothing to compare with.
    pub const UNTESTED: Self = Self::new((255, 255, 255), false);
    /// A point that failed.
    pub const FAILED: Self = Self::new((60, 60, 60), false);

    /// Whether areas of this kind are hatched.
    pub fn is_hatched(&self) -> bool {
        self.hatched
    }
}
