//! `luckflow data`: what a folder of images holds.

use super::{Failure, say};
use clap::Args;
use comfy_table::Table;
use luckflow::images::{ImageFolder, Images, Moments};
use luckflow::output::terminal;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Images in a row of the sheet.
const COLUMNS: usize = 16;

/// Which folder, and whether to draw.
#[derive(Args)]
pub struct Arguments {
    /// Folder with the files of CIFAR-10 or CIFAR-100 (binary), of MNIST or Fashion-MNIST (IDX, packed or not), with x_train,
    /// y_train, x_test and y_test as .npy or in one .npz, or with train/CLASS/*.png and test/CLASS/*.png
    folder: PathBuf,
    /// Write a sheet of samples, a row per class in the order of the table; a PNG file that does not exist yet
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
}

/// Prints classes and counts, means and deviations.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    let folder = ImageFolder::open(&arguments.folder).map_err(Failure::usage)?;
    let classes = folder.classes();
    say(format_args!(
        "{}: {} images of {} to train on, {} to test on; {classes} classes",
        folder.format,
        folder.train.len(),
        folder.train.shape(),
        folder.test.len(),
    ))?;
    say(counts(&folder))?;
    say(moments(&folder.train))?;
    if let Some(path) = &arguments.sheet {
        draw(&folder.train, classes, path).map_err(|error| Failure::runtime(format!("{}: {error}", path.display())))?;
        say(format_args!("wrote {}", path.display()))?;
    }
    Ok(())
}

fn counts(folder: &ImageFolder) -> Table {
    let classes = folder.classes();
    let mut table = terminal::table(["class", "train", "test"], []);
    let train = folder.train.counts(classes);
    let test = folder.test.counts(classes);
    for (class, (train, test)) in train.iter().zip(test).enumerate() {
        table.add_row([class, *train, test].map(|number| number.to_string()));
    }
    table
}

/// Of the images to train on.
fn moments(images: &Images) -> Table {
    let Moments { mean, deviation } = Moments::of(images);
    let mut table = terminal::table(["channel", "mean", "deviation"], []);
    for (channel, (mean, deviation)) in mean.iter().zip(deviation).enumerate() {
        table.add_row([channel.to_string(), format!("{mean:.4}"), format!("{deviation:.4}")]);
    }
    table
}

fn draw(images: &Images, classes: usize, path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create_new(path)?);
    images.write_sheet(classes, COLUMNS, &mut file)?;
    file.flush()
}
