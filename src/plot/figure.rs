//! A figure is data before it is SVG: whoever has one may draw it otherwise.

use super::{Chart, Grid, Map};

/// What can be drawn.
pub enum Figure {
    /// Curves over one axis.
    Chart(Chart),
    /// Small multiples.
    Grid(Grid),
    /// Areas over two axes.
    Map(Map),
}

impl Figure {
    /// The figure as SVG.
    pub fn to_svg(&self) -> String {
        match self {
            Self::Chart(chart) => chart.to_svg(),
            Self::Grid(grid) => grid.to_svg(),
            Self::Map(map) => map.to_svg(),
        }
    }
}

impl From<Chart> for Figure {
    fn from(chart: Chart) -> Self {
        Self::Chart(chart)
    }
}

impl From<Grid> for Figure {
    fn from(grid: Grid) -> Self {
        Self::Grid(grid)
    }
}

impl From<Map> for Figure {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}
