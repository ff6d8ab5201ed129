//! `luckflow plot`: the figures of a result folder, from their data alone.

use super::aggregate::Aggregate;
use super::quiet::Quiet;
use super::{Failure, number};
use clap::Args;
use luckflow::experiment::figures;
use luckflow::output::{Claim, Folder};
use luckflow::plot::{Figure, Ground, Size};
use luckflow::sweep::aggregate::Form;
use luckflow::sweep::report::{ShowError, check, show};
use std::path::PathBuf;

/// Narrower than this there is no room for labels; wider than this no page.
const WIDTHS: std::ops::RangeInclusive<f64> = 60.0..=400.0;

/// What to draw again, and how.
#[derive(Args)]
pub struct Arguments {
    /// Folder of a run, with its figures.json, or of a sweep, whole or not, with its cells.csv
    folder: PathBuf,
    /// Width on paper, as in 85mm for a column and 180mm for a page, with the key below and text of 6 to 7 points
    /// [default: for screens]
    #[arg(long, value_name = "MM", value_parser = width)]
    width: Option<f64>,
    /// svg, pdf, png, separated by commas; the last two of a program that was built with the feature "formats"
    #[arg(long = "format", value_name = "FORMATS", value_delimiter = ',', default_value = "svg", value_parser = format)]
    formats: Vec<Format>,
    /// paper: white; slides: text and lines as large as a projector wants, 13⅓ inches wide; dark: the dark ground of screens
    #[arg(long, value_name = "STYLE", value_parser = ["paper", "slides", "dark"], default_value = "paper")]
    style: String,
    #[command(flatten)]
    aggregate: Aggregate,
    #[command(flatten)]
    quiet: Quiet,
}

/// Draws what the folder has.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.folder;
    let is_sweep = path.join(luckflow::sweep::CELLS).exists();
    if !is_sweep && !path.join(figures::FIGURES).exists() {
        return Err(Failure::usage(format!(
            "{}: found neither {} nor {}; allowed: the folder of a run or of a sweep",
            path.display(),
            figures::FIGURES,
            luckflow::sweep::CELLS,
        )));
    }
    if !is_sweep && arguments.aggregate.is_given() {
        return Err(Failure::usage(format!(
            "--columns, --long: {}: found a run; allowed: the folder of a sweep",
            path.display()
        )));
    }
    let folder = Folder::claim(path, Claim::Beside).map_err(Failure::usage)?;
    if is_sweep {
        draw(&folder, &arguments.aggregate.form(), arguments.quiet)?;
        let is_usual = arguments.width.is_none() && arguments.style == "paper";
        if is_usual && arguments.formats == [Format::Svg] {
            return Ok(());
        }
    }
    let all = figures::read(path).map_err(Failure::usage)?;
    let all: Vec<(String, Figure)> = all.into_iter().map(|(name, figure)| (name, arguments.styled(figure))).collect();
    let mut written = Vec::new();
    if arguments.formats.contains(&Format::Svg) {
        written.extend(figures::draw(&folder, &all).map_err(Failure::runtime)?);
    }
    #[cfg(feature = "formats")]
    converted(&folder, &all, &arguments.formats, &mut written)?;
    arguments.quiet.wrote(written)
}

/// In what figures are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Svg,
    Pdf,
    Png,
}

fn format(text: &str) -> Result<Format, String> {
    match text.trim() {
        "svg" => Ok(Format::Svg),
        "pdf" | "png" if !cfg!(feature = "formats") => {
            Err("allowed: svg; of a program that was built with `--features formats` pdf and png, too".into())
        }
        "pdf" => Ok(Format::Pdf),
        "png" => Ok(Format::Png),
        _ => Err("allowed: svg, pdf, png".into()),
    }
}

/// Writes figures as PDF and PNG, where these are wanted.
#[cfg(feature = "formats")]
fn converted(
    folder: &Folder,
    all: &[(String, Figure)],
    formats: &[Format],
    written: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    use luckflow::plot::{Fonts, FormatError};
    type Convert = fn(&Figure, &Fonts) -> Result<Vec<u8>, FormatError>;
    let wanted: Vec<(&str, Convert)> =
        [(Format::Pdf, "pdf", Figure::to_pdf as Convert), (Format::Png, "png", Figure::to_png as Convert)]
            .into_iter()
            .filter(|(format, ..)| formats.contains(format))
            .map(|(_, ending, convert)| (ending, convert))
            .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let named = |error: FormatError| Failure::runtime(format!("--format: {error}"));
    let fonts = Fonts::of_machine().map_err(named)?;
    for (name, figure) in all {
        for (ending, convert) in &wanted {
            let bytes = convert(figure, &fonts).map_err(named)?;
            let name = format!("{name}.{ending}");
            let path = folder.write(&name, |out| out.write_all(&bytes));
            written.push(path.map_err(Failure::runtime)?);
        }
    }
    Ok(())
}

impl Arguments {
    /// As it is to look.
    fn styled(&self, figure: Figure) -> Figure {
        let ground = match &self.style[..] {
            "dark" => Ground::Dark,
            _ => Ground::Paper,
        };
        let figure = figure.on(ground);
        let size = match (self.width, &self.style[..]) {
            (width, "slides") => Size {
                millimetres: width.or(Size::slide().millimetres),
                ..Size::slide()
            },
            (Some(width), _) => Size::mm(width),
            (None, _) => return figure,
        };
        figure.size(size)
    }
}

/// Writes `aggregate.csv` and figures into a sweep's folder.
pub fn draw(folder: &Folder, form: &Form, quiet: Quiet) -> Result<(), Failure> {
    let failed = |error| match error {
        ShowError::Column(mistake) => Failure::usage(mistake),
        other => Failure::runtime(other),
    };
    check(folder, form).map_err(failed)?;
    // A page shows the table too, and reads it meanwhile.
    #[cfg(feature = "plot")]
    let (shown, table) = rayon::join(|| show(folder, form), || luckflow::report::Sweep::read(folder.path()));
    #[cfg(not(feature = "plot"))]
    let shown = show(folder, form);
    let shown = shown.map_err(failed)?;
    quiet.say(shown.table)?;
    quiet.wrote(&shown.written)?;
    #[cfg(feature = "plot")]
    super::report::beside(folder, table.map_err(Failure::runtime)?, quiet)?;
    Ok(())
}

/// Millimetres, with their unit or without.
fn width(text: &str) -> Result<f64, String> {
    let (least, most) = (WIDTHS.start(), WIDTHS.end());
    let allowed = format!("millimetres from {least} to {most}, as in 85mm");
    number::number(text.strip_suffix("mm").unwrap_or(text).trim(), |mm| WIDTHS.contains(&mm), &allowed)
}
