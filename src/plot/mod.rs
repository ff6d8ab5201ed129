//! Figures: data first, then SVG. Charts, small multiples and maps are one type, with the same axes and the same key.
//!
//! Drawing needs the feature `plot`; without it a figure is data that serialises, and a table.

mod axes;
#[cfg(feature = "plot")]
mod axis;
#[cfg(feature = "plot")]
mod curves;
#[cfg(feature = "plot")]
mod dark;
#[cfg(feature = "plot")]
mod draw;
mod figure;
#[cfg(feature = "formats")]
mod formats;
#[cfg(feature = "plot")]
mod key;
#[cfg(feature = "plot")]
mod marks;
pub mod number;
#[cfg(feature = "plot")]
mod ruler;
mod size;
mod style;
#[cfg(feature = "plot")]
mod svg;
mod table;
#[cfg(feature = "plot")]
mod text;
mod values;

pub use axes::{Axis, Scale};
pub use figure::{Figure, Frames, Mark, Panel, Series};
#[cfg(feature = "formats")]
pub use formats::{Fonts, FormatError};
pub use size::{Ground, Place, Size};
pub use style::{Look, Marker};
#[cfg(feature = "plot")]
pub(crate) use text::runs;
