//! Tables for the terminal.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, Row, Table};

/// A table without rows; columns at the places `numbers` have their digits below each other.
pub fn table(header: impl Into<Row>, numbers: impl IntoIterator<Item = usize>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header(header);
    for place in numbers {
        let column = table.column_mut(place).expect("a column of the header");
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
