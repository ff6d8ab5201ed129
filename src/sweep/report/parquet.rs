//! `cells.parquet`: the table with types, for readers of many rows.

use super::data::Data;
use crate::output::table::ColumnKind;
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Rows in memory at a time.
const GROUP: usize = 1 << 14;

/// Writes the table: numbers as doubles, counts as 64-bit integers, the rest as text; empty fields as nulls.
pub fn write(table: &Path, data: &Data, out: &mut (dyn Write + Send)) -> Result<()> {
    let external = |error: csv::Error| ParquetError::External(Box::new(error));
    let mut reader = csv::Reader::from_path(table).map_err(external)?;
    let header = reader.headers().map_err(external)?.clone();
    let kinds = kinds(data);
    let fields = header.iter().zip(&kinds);
    let fields = fields.map(|(name, &kind)| field(name, kind).map(Arc::new)).collect::<Result<Vec<_>>>()?;
    let schema = Type::group_type_builder("cells").with_fields(fields).build()?;
    let mut file = SerializedFileWriter::new(out, Arc::new(schema), Arc::default())?;
    let mut rows = reader.records();
    loop {
        let group: Vec<csv::StringRecord> = rows.by_ref().take(GROUP).collect::<csv::Result<_>>().map_err(external)?;
        if group.is_empty() {
            break;
        }
        let mut writer = file.next_row_group()?;
        for (place, &kind) in kinds.iter().enumerate() {
            let column: Vec<&str> = group.iter().map(|row| &row[place]).collect();
            write_column(&mut writer, kind, &column)?;
        }
        writer.close()?;
    }
    file.close().map(drop)
}

/// Of all columns: index, id, axes, seed, then those of the record.
fn kinds(data: &Data) -> Vec<ColumnKind> {
    let axis = |axis: &super::axis::Axis| match axis.numbers() {
        Some(_) => ColumnKind::Number,
        None => ColumnKind::Text,
    };
    let mut kinds = vec![ColumnKind::Count, ColumnKind::Text];
    kinds.extend(data.axes.iter().map(axis));
    kinds.push(ColumnKind::Count);
    kinds.extend(data.kind.columns().iter().map(|column| column.kind));
    kinds
}

fn field(name: &str, kind: ColumnKind) -> Result<Type> {
    let (physical, logical) = match kind {
        ColumnKind::Number => (Physical::DOUBLE, None),
        ColumnKind::Count => (Physical::INT64, None),
        ColumnKind::Text | ColumnKind::Verdict => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

fn write_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    kind: ColumnKind,
    column: &[&str],
) -> Result<()> {
    let missing = || ParquetError::General("fewer columns than fields".into());
    let mut writer = group.next_column()?.ok_or_else(missing)?;
    let levels: Vec<i16> = column.iter().map(|field| i16::from(!field.is_empty())).collect();
    let present = || column.iter().filter(|field| !field.is_empty());
    match kind {
        ColumnKind::Number => {
            let values: Vec<f64> = present().map(|f| f.parse().unwrap_or(f64::NAN)).collect();
            writer.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
        }
        ColumnKind::Count => {
            let values: Vec<i64> = present().map(|f| f.parse().unwrap_or(-1)).collect();
            writer.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
        }
        ColumnKind::Text | ColumnKind::Verdict => {
            let values: Vec<ByteArray> = present().map(|&f| ByteArray::from(f)).collect();
            writer.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
        }
    }
    writer.close()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::document::Value;
    use crate::experiment::ExperimentKind as Experiment;
    use crate::output::{Claim, Folder};
    use crate::sweep::row::{self, Row};
    use crate::sweep::{CELLS, Point};
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    #[test]
    fn the_table_reads_back_with_its_types() {
        let place = tempfile::tempdir().unwrap();
        let columns = Experiment::named("theorem4").unwrap().columns();
        let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
        let axes = ["student.theta0".to_owned()];
        let mut table = row::header(&axes, &columns);
        for index in 0..3 {
            let values = columns.iter().map(|column| match (&column.kind, index) {
                (ColumnKind::Number, 0) => String::new(),
                (ColumnKind::Number, _) => "1.5e-7".into(),
                (ColumnKind::Count, _) => "7".into(),
                (ColumnKind::Text, _) if column.name == "error" => String::new(),
                (ColumnKind::Text | ColumnKind::Verdict, _) => "holds".into(),
            });
            let values: Vec<String> = values.collect();
            let point = Point {
                index,
                values: vec![Value::Float(0.1 * index as f64)],
                seed: 1,
            };
            table.extend(Row::new(&point, "ab".into(), &values, &columns).line);
        }
        std::fs::write(place.path().join(CELLS), table).unwrap();
        let folder = Folder::claim(place.path(), Claim::Beside).unwrap();
        let shown = crate::sweep::report::show(&folder, &Default::default()).unwrap();
        let path = shown.written.iter().find(|path| path.ends_with("cells.parquet")).unwrap();
        let file = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
        let rows: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        let place = |name: &str| 4 + names.iter().position(|known| *known == name).unwrap();
        assert_eq!(rows[2].get_long(0).unwrap(), 2);
        assert_eq!(rows[2].get_double(2).unwrap(), 0.2);
        assert_eq!(rows[1].get_double(place("derived")).unwrap(), 1.5e-7);
        assert!(rows[0].get_double(place("derived")).is_err(), "null");
        assert_eq!(rows[1].get_string(place("sharp_verdict")).unwrap(), "holds");
        assert_eq!(rows[1].get_long(place("steps")).unwrap(), 7);
    }
}
