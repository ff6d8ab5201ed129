//! Figures as SVG: line charts, small multiples, maps; each with its legend beside it.

mod chart;
mod figure;
mod grid;
mod map;
pub mod number;
mod style;

pub use chart::{Band, Chart, Line, Note, Scale};
pub use figure::Figure;
pub use grid::{Grid, GridCell, GridPoint};
pub use map::{Fill, Lattice, Map, Panel, Ramp};
pub use style::{Look, Shade, Stroke};
