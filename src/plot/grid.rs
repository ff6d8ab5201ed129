//! Small charts in rows and columns that share their axes: a ring for the start and a disc with a whisker for the end of each point.

use super::chart::{FONT, zoom, zoomed, zoomed_svg};
use plotters::coord::Shift;
use plotters::prelude::*;

const CELL: (u32, u32) = (330, 230);
const HEAD: u32 = 84;
const LEFT: u32 = 60;
const FOOT: u32 = 34;

/// Colours of the start, and of the end left and right of the dividing line (Okabe and Ito).
const START: RGBColor = RGBColor(230, 159, 0);
const FIRST: RGBColor = RGBColor(0, 114, 178);
const SECOND: RGBColor = RGBColor(0, 0, 0);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Failure = Box<dyn std::error::Error>;

/// One point over time and over repetitions.
pub struct GridPoint {
    /// Position.
    pub x: f64,
    /// At the start.
    pub start: f64,
    /// At the end: mean, least, greatest.
    pub end: [f64; 3],
}

/// One small chart.
pub struct GridCell {
    /// Above it.
    pub title: String,
    /// Its points.
    pub points: Vec<GridPoint>,
    /// A vertical line between two groups of points.
    pub divider: f64,
}

/// Small charts, row by row.
pub struct Grid {
    /// Above all.
    pub title: String,
    /// What is drawn how, in words.
    pub legend: [String; 3],
    /// Below all.
    pub x_label: String,
    /// At the left.
    pub y_label: String,
    /// Number of columns.
    pub columns: usize,
    /// The charts.
    pub cells: Vec<GridCell>,
}

impl Grid {
    /// The charts as SVG.
    pub fn to_svg(&self) -> String {
        let rows = self.cells.len().div_ceil(self.columns) as u32;
        let size = (
            LEFT + CELL.0 * self.columns as u32,
            HEAD + CELL.1 * rows + FOOT,
        );
        zoomed_svg(size, |root| self.draw(root, size, rows))
    }

    fn draw(&self, root: &Area, size: (u32, u32), rows: u32) -> Result<(), Failure> {
        let text = |pixels: u32| (FONT, zoom(pixels)).into_text_style(root);
        root.draw_text(&self.title, &text(18), (zoomed(14), zoomed(12)))?;
        let mut x = 30;
        for (label, (color, filled)) in
            self.legend
                .iter()
                .zip([(START, false), (FIRST, true), (SECOND, true)])
        {
            let style = color.stroke_width(zoom(1));
            let style = if filled { style.filled() } else { style };
            root.draw(&Circle::new((zoomed(x), zoomed(58)), zoom(4), style))?;
            root.draw_text(label, &text(14), (zoomed(x + 12), zoomed(50)))?;
            x += 40 + 8 * label.chars().count() as i32;
        }
        let turned = text(15).transform(FontTransform::Rotate270);
        root.draw_text(
            &self.y_label,
            &turned,
            (zoomed(18), zoomed((HEAD + CELL.1 * rows / 2 + 90) as i32)),
        )?;
        let below = (
            zoomed((size.0 / 2) as i32 - 140),
            zoomed(size.1 as i32 - 28),
        );
        root.draw_text(&self.x_label, &text(15), below)?;

        let field = root.clone().shrink(
            (zoom(LEFT), zoom(HEAD)),
            (zoom(size.0 - LEFT), zoom(CELL.1 * rows)),
        );
        let areas = field.split_evenly((rows as usize, self.columns));
        let top = self
            .cells
            .iter()
            .flat_map(|cell| &cell.points)
            .map(|point| point.start.max(point.end[2]))
            .fold(1e-12, f64::max);
        for (cell, area) in self.cells.iter().zip(&areas) {
            cell.draw(area, 1.08 * top)?;
        }
        Ok(())
    }
}

impl GridCell {
    fn draw(&self, area: &Area, top: f64) -> Result<(), Failure> {
        let last = self.points.iter().map(|point| point.x).fold(1.0, f64::max);
        let mut chart = ChartBuilder::on(area)
            .margin(zoom(6))
            .margin_right(zoom(16))
            .caption(&self.title, (FONT, zoom(14)))
            .x_label_area_size(zoom(26))
            .y_label_area_size(zoom(38))
            .build_cartesian_2d(0.0..last + 1.0, -0.03 * top..top)?;
        chart
            .configure_mesh()
            .x_labels(5)
            .y_labels(5)
            .label_style((FONT, zoom(12)))
            .light_line_style(TRANSPARENT)
            .bold_line_style(RGBColor(230, 230, 230).stroke_width(zoom(1)))
            .axis_style(BLACK.stroke_width(zoom(1)))
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| format!("{y:.1}").replace('-', "−"))
            .draw()?;
        let divider = RGBColor(120, 120, 120).stroke_width(zoom(1));
        let line = [(self.divider, 0.0), (self.divider, top)];
        chart.draw_series(DashedLineSeries::new(line, zoomed(4), zoomed(4), divider))?;
        // Many points are drawn small.
        let radius = if self.points.len() > 60 {
            zoomed(2)
        } else {
            zoomed(3)
        };
        chart.draw_series(self.points.iter().map(|point| {
            Circle::new((point.x, point.start), radius, START.stroke_width(zoom(1)))
        }))?;
        let color = |x: f64| if x < self.divider { FIRST } else { SECOND };
        chart.draw_series(self.points.iter().map(|point| {
            let whisker = vec![(point.x, point.end[1]), (point.x, point.end[2])];
            PathElement::new(whisker, color(point.x).stroke_width(zoom(1)))
        }))?;
        chart.draw_series(
            self.points
                .iter()
                .map(|point| Circle::new((point.x, point.end[0]), radius, color(point.x).filled())),
        )?;
        Ok(())
    }
}
