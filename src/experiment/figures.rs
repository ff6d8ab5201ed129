//! The figures of a result: `NAME.svg`, `figures/NAME.csv` for other tools, and `figures.json`, from which they are drawn
//! again.

use crate::config::shorten;
use crate::output::{Folder, FolderError, json};
use crate::plot::Figure;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io;
use std::path::{Component, Path, PathBuf};
use thiserror::Error;

/// All figures of a folder, in their order.
pub const FIGURES: &str = "figures.json";

/// Why the figures of a folder cannot be read.
#[derive(Debug, Error)]
#[error("{path}: found {source}; allowed: the figures.json that a run or a sweep wrote", path = path.display())]
pub struct FiguresError {
    path: PathBuf,
    source: io::Error,
}

#[derive(Serialize, Deserialize)]
struct Named<'a> {
    name: Cow<'a, str>,
    figure: Cow<'a, Figure>,
}

/// Writes [`FIGURES`], each figure's table, and its SVG; no SVG without the feature `plot`.
///
/// # Errors
/// A folder that cannot be written to.
pub fn keep(folder: &Folder, figures: &[(String, Figure)]) -> Result<Vec<PathBuf>, FolderError> {
    let mut written = vec![keep_data(folder, figures)?];
    written.extend(keep_drawn(folder, figures)?);
    Ok(written)
}

/// Writes [`FIGURES`].
///
/// # Errors
/// A folder that cannot be written to.
pub fn keep_data(folder: &Folder, figures: &[(String, Figure)]) -> Result<PathBuf, FolderError> {
    let named: Vec<Named> = figures
        .iter()
        .map(|(name, figure)| Named {
            name: Cow::Borrowed(name),
            figure: Cow::Borrowed(figure),
        })
        .collect();
    folder.write(FIGURES, |out| {
        serde_json::to_writer(&mut *out, &named)?;
        writeln!(out)
    })
}

/// Writes what can be made of [`FIGURES`] again: each figure's table, and its SVG.
///
/// # Errors
/// A folder that cannot be written to.
pub fn keep_drawn(folder: &Folder, figures: &[(String, Figure)]) -> Result<Vec<PathBuf>, FolderError> {
    let table = |(name, figure): &(String, Figure)| {
        let table = format!("figures/{name}.csv");
        folder.write(&table, |out| figure.table().write(out))
    };
    let mut written: Vec<PathBuf> = figures.par_iter().map(table).collect::<Result<_, _>>()?;
    written.extend(draw(folder, figures)?);
    Ok(written)
}

/// Writes each figure's SVG; nothing without the feature `plot`.
///
/// # Errors
/// A folder that cannot be written to.
#[cfg_attr(not(feature = "plot"), expect(unused_variables))]
pub fn draw(folder: &Folder, figures: &[(String, Figure)]) -> Result<Vec<PathBuf>, FolderError> {
    #[cfg(feature = "plot")]
    {
        let drawn = figures.par_iter().map(|(name, figure)| {
            let svg = figure.to_svg();
            folder.write(&format!("{name}.svg"), |out| out.write_all(svg.as_bytes()))
        });
        drawn.collect()
    }
    #[cfg(not(feature = "plot"))]
    Ok(Vec::new())
}

/// The figures of a result folder, with their names, as they were drawn.
///
/// # Errors
/// No such file, another one of that name, or a figure whose name leads out of the folder.
pub fn read(folder: &Path) -> Result<Vec<(String, Figure)>, FiguresError> {
    let path = folder.join(FIGURES);
    let read = || -> io::Result<Vec<Named>> {
        let named: Vec<Named> = serde_json::from_slice(&std::fs::read(&path)?).map_err(json::mistake)?;
        let inside = |named: &Named| {
            let mut parts = Path::new(&*named.name).components().peekable();
            parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
        };
        match named.iter().find(|named| !inside(named)) {
            None => Ok(named),
            Some(named) => Err(io::Error::other(shorten(&format!("a figure called {:?}", named.name)))),
        }
    };
    match read() {
        Ok(named) => Ok(named.into_iter().map(|named| (named.name.into_owned(), named.figure.into_owned())).collect()),
        Err(source) => Err(FiguresError { path, source }),
    }
}
