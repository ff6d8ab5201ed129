//! Figures: data first, then SVG. Charts, small multiples and maps are one type, with the same axes and the same key.

mod axis;
mod draw;
mod figure;
mod key;
mod marks;
pub mod number;
mod style;
mod svg;
mod text;

pub use axis::{Axis, Scale};
pub use figure::{Figure, Mark, Panel, Place, Series, Size};
pub use style::{Look, Marker};
