//! How large a figure is, and on what it is drawn.

use serde::{Deserialize, Serialize};

/// What a figure is drawn on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// White.
    #[default]
    Paper,
    /// Nearly black, for screens; grey turns over, and dark colours get lighter.
    Dark,
}

/// Where the key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Beside the panels.
    Right,
    /// Under them.
    Below,
}

/// How large a figure is. Text is as large as pixels and millimetres want it: 13 to 15 pixels, 6 to 7 points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// Pixels of the drawing; of a figure in millimetres those in which text has its usual size.
    pub width: f64,
    /// The same, without a key below; more where the key needs more.
    pub height: f64,
    /// Width on paper.
    pub millimetres: Option<f64>,
    /// Where the key is.
    pub key: Place,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            width: 1080.0,
            height: 620.0,
            millimetres: None,
            key: Place::Right,
        }
    }
}

impl Size {
    /// Of a column (85) or a page (180) in print, with the key below.
    pub fn mm(width: f64) -> Self {
        // 14 pixels are 6.5 points.
        let pixels = width / 25.4 * 72.0 / 6.5 * 14.0;
        Self {
            width: pixels,
            height: 120.0 + 0.45 * pixels,
            millimetres: Some(width),
            key: Place::Below,
        }
    }

    /// Of a slide, 13⅓ × 7½ inches: text of 17 to 20 points, which the last row reads, lines as much thicker.
    pub fn slide() -> Self {
        Self {
            width: 720.0,
            height: 405.0,
            millimetres: Some(338.7),
            key: Place::Right,
        }
    }
}
