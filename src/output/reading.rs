//! A column and what stands in it, declared together.

use super::{Cell, Column, Table};
use std::borrow::Cow;

/// A column, and how its field is read off what a row is of.
pub struct Reading<R> {
    /// Which column.
    pub column: Column,
    read: Box<dyn Fn(&R) -> Cell + Send + Sync>,
}

impl<R> Reading<R> {
    /// A column of floating-point numbers.
    pub fn number<T: Into<Cell>>(
        name: impl Into<Cow<'static, str>>,
        unit: &'static str,
        meaning: impl Into<Cow<'static, str>>,
        read: impl Fn(&R) -> T + Send + Sync + 'static,
    ) -> Self {
        Self::new(Column::number(name, unit, meaning), read)
    }

    /// A column of whole numbers.
    pub fn count<T: Into<Cell>>(
        name: impl Into<Cow<'static, str>>,
        meaning: impl Into<Cow<'static, str>>,
        read: impl Fn(&R) -> T + Send + Sync + 'static,
    ) -> Self {
        Self::new(Column::count(name, meaning), read)
    }

    /// A column of words.
    pub fn text<T: Into<Cell>>(
        name: impl Into<Cow<'static, str>>,
        meaning: impl Into<Cow<'static, str>>,
        read: impl Fn(&R) -> T + Send + Sync + 'static,
    ) -> Self {
        Self::new(Column::text(name, meaning), read)
    }

    /// Columns `name_1`, `name_2`, … of numbers, whose meaning ends in that number; `read` is told it less one.
    pub fn numbered<T: Into<Cell>>(
        name: &'static str,
        count: usize,
        unit: &'static str,
        meaning: &'static str,
        read: impl Fn(&R, usize) -> T + Clone + Send + Sync + 'static,
    ) -> impl Iterator<Item = Self> {
        (0..count).map(move |i| {
            let read = read.clone();
            let (name, meaning) = (format!("{name}_{}", i + 1), format!("{meaning} {}", i + 1));
            Self::number(name, unit, meaning, move |row| read(row, i))
        })
    }

    /// A column of any kind.
    pub fn new<T: Into<Cell>>(column: Column, read: impl Fn(&R) -> T + Send + Sync + 'static) -> Self {
        Self {
            column,
            read: Box::new(move |row| read(row).into()),
        }
    }

    /// The field of a row.
    pub fn of(&self, row: &R) -> Cell {
        (self.read)(row)
    }
}

impl<'a> Table<'a> {
    /// A table of what is read off each row.
    pub fn of<R: 'a>(name: &'static str, readings: Vec<Reading<R>>, rows: impl IntoIterator<Item = R> + 'a) -> Self {
        let columns = readings.iter().map(|reading| reading.column.clone()).collect();
        let fields = move |row: R| readings.iter().map(|reading| reading.of(&row)).collect();
        Self::new(name, columns, rows.into_iter().map(fields))
    }
}
