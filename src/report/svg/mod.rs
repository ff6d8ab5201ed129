//! Line charts as SVG: one panel, with its legend beside it.

mod chart;
mod grid;
pub mod number;
mod style;

pub use chart::{Band, Chart, Line, Note, Scale};
pub use grid::{Grid, GridCell, GridPoint};
pub use style::{Look, Stroke};
