//! A folder with images to train on and images to test on, known by the names of its files.

use super::{ImageError, Images, arrays, cifar, idx, pictures};
use std::fmt;
use std::path::{Path, PathBuf};

/// In which files images come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `data_batch_1.bin` to `data_batch_5.bin`, `test_batch.bin`.
    Cifar10,
    /// `train.bin`, `test.bin`.
    Cifar100,
    /// `train-images-idx3-ubyte` and three more, packed (`.gz`) or not.
    Idx,
    /// `x_train.npy`, `y_train.npy`, `x_test.npy`, `y_test.npy`.
    Npy,
    /// The same arrays in one `.npz`.
    Npz,
    /// `train/CLASS/*.png`, `test/CLASS/*.png`.
    Pictures,
}

/// Files of the binary CIFAR-10.
const CIFAR10: [&str; 5] =
    ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"];

impl Format {
    const ALL: [Self; 6] = [Self::Cifar10, Self::Cifar100, Self::Idx, Self::Npy, Self::Npz, Self::Pictures];

    /// What a folder is known by.
    const fn mark(self) -> &'static str {
        match self {
            Self::Cifar10 => CIFAR10[0],
            Self::Cifar100 => "train.bin",
            Self::Idx => "train-images-idx3-ubyte.gz",
            Self::Npy => "x_train.npy",
            Self::Npz => "one .npz",
            Self::Pictures => "folders train and test",
        }
    }

    /// Whether a folder with files of these names is of this format.
    fn is_of(self, folder: &Path, names: &[String]) -> bool {
        let has = |name: &str| names.iter().any(|other| other == name);
        match self {
            Self::Npz => archives(names).count() == 1,
            Self::Pictures => ["train", "test"].iter().all(|part| folder.join(part).is_dir()),
            _ => {
                let mark = self.mark();
                has(mark) || mark.strip_suffix(".gz").is_some_and(has)
            }
        }
    }

    /// What its publishers call the archive.
    pub const fn archive(self) -> &'static str {
        match self {
            Self::Cifar10 => "cifar-10-binary.tar.gz",
            Self::Cifar100 => "cifar-100-binary.tar.gz",
            Self::Idx => "train-images-idx3-ubyte.gz and three more",
            Self::Npy => "x_train.npy and three more",
            Self::Npz => "a .npz",
            Self::Pictures => "PNG files in folders",
        }
    }

    /// Where such files are had.
    pub const fn origin(self) -> &'static str {
        match self {
            Self::Cifar10 | Self::Cifar100 => "https://www.cs.toronto.edu/~kriz/cifar.html",
            Self::Idx => "for Fashion-MNIST: Debian's package dataset-fashion-mnist",
            Self::Npy | Self::Npz => "as keras.datasets has them, by numpy.save or numpy.savez",
            Self::Pictures => "train/CLASS/*.png and test/CLASS/*.png",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cifar10 => "CIFAR-10",
            Self::Cifar100 => "CIFAR-100",
            Self::Idx => "IDX",
            Self::Npy => "NumPy arrays",
            Self::Npz => "a NumPy archive",
            Self::Pictures => "PNG pictures",
        })
    }
}

/// Images to train on and images to test on.
#[derive(Clone, Debug)]
pub struct ImageFolder {
    /// How they were stored.
    pub format: Format,
    /// To train on.
    pub train: Images,
    /// Never trained on.
    pub test: Images,
}

impl ImageFolder {
    /// Reads a folder.
    ///
    /// # Errors
    /// No file of a known name, files that cannot be read or hold something else, test images of another size.
    pub fn open(folder: &Path) -> Result<Self, ImageError> {
        let format = recognise(folder)?;
        let (train, test) = match format {
            Format::Cifar10 => {
                (cifar::read(folder, &CIFAR10, format)?, cifar::read(folder, &["test_batch.bin"], format)?)
            }
            Format::Cifar100 => {
                (cifar::read(folder, &["train.bin"], format)?, cifar::read(folder, &["test.bin"], format)?)
            }
            Format::Idx => (idx::read(&idx_files(folder, "train"))?, idx::read(&idx_files(folder, "t10k"))?),
            Format::Npy => (arrays::read_files(folder, "train")?, arrays::read_files(folder, "test")?),
            Format::Npz => arrays::read_archive(&archive(folder)?)?.into(),
            Format::Pictures => (pictures::read(folder, "train")?, pictures::read(folder, "test")?),
        };
        if test.shape() != train.shape() {
            let found = format!("images of {} to test on", test.shape());
            let allowed = format!("those of {} to train on", train.shape());
            return Err(ImageError::malformed(folder, format, found, allowed));
        }
        Ok(Self { format, train, test })
    }

    /// The files that [`ImageFolder::open`] reads: what a result depends on.
    ///
    /// # Errors
    /// A folder that cannot be read or has no file of a known name.
    pub fn files(folder: &Path) -> Result<Vec<PathBuf>, ImageError> {
        let named = |names: &[&str]| -> Vec<PathBuf> { names.iter().map(|name| folder.join(name)).collect() };
        Ok(match recognise(folder)? {
            Format::Cifar10 => [named(&CIFAR10), named(&["test_batch.bin"])].concat(),
            Format::Cifar100 => named(&["train.bin", "test.bin"]),
            Format::Idx => ["train", "t10k"].iter().flat_map(|part| idx_files(folder, part)).collect(),
            Format::Npy => named(&["x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"]),
            Format::Npz => vec![archive(folder)?],
            Format::Pictures => {
                let files = [pictures::files(folder, "train")?, pictures::files(folder, "test")?];
                files.into_iter().flatten().map(|(path, _)| path).collect()
            }
        })
    }

    /// 10 or 100 of CIFAR; of others, which do not say, one more than the largest label.
    pub fn classes(&self) -> usize {
        match self.format {
            Format::Cifar10 => return 10,
            Format::Cifar100 => return 100,
            Format::Idx | Format::Npy | Format::Npz | Format::Pictures => {}
        }
        let labels = self.train.labels().iter().chain(self.test.labels());
        labels.max().map_or(0, |&label| usize::from(label) + 1)
    }
}

fn names(folder: &Path) -> Result<Vec<String>, ImageError> {
    let names = pictures::names(folder, |_| true)?.into_iter();
    Ok(names.map(|name| name.to_string_lossy().into_owned()).collect())
}

fn archives(names: &[String]) -> impl Iterator<Item = &String> {
    names.iter().filter(|name| name.ends_with(".npz"))
}

/// The one archive of a folder.
fn archive(folder: &Path) -> Result<PathBuf, ImageError> {
    let names = names(folder)?;
    let name = archives(&names).next().map_or("none.npz", String::as_str);
    Ok(folder.join(name))
}

fn recognise(folder: &Path) -> Result<Format, ImageError> {
    let mut names = names(folder)?;
    for format in Format::ALL {
        if format.is_of(folder, &names) {
            return Ok(format);
        }
        let pickled = match format {
            Format::Cifar10 => "data_batch_1",
            Format::Cifar100 => "train",
            _ => continue,
        };
        // A folder `train` is something else.
        let path = folder.join(pickled);
        if path.is_file() {
            return Err(ImageError::Pickled { path, format });
        }
    }
    names.truncate(3);
    let found = match names.join(", ") {
        none if none.is_empty() => "nothing".into(),
        some => some,
    };
    let allowed = Format::ALL.map(|format| format!("{} ({format})", format.mark()));
    Err(ImageError::Unknown {
        path: folder.to_owned(),
        found,
        allowed: allowed.join(", "),
    })
}

/// Images and labels of `train` or `t10k`: packed, unless they stand there unpacked.
fn idx_files(folder: &Path, part: &str) -> [PathBuf; 2] {
    ["images-idx3", "labels-idx1"].map(|kind| {
        let plain = folder.join(format!("{part}-{kind}-ubyte"));
        if plain.exists() {
            plain
        } else {
            plain.with_added_extension("gz")
        }
    })
}
