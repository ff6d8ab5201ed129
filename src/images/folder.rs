//! A folder with images to train on and images to test on, known by the names of its files.

use super::{ImageError, Images, cifar, idx};
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
}

/// Files of the binary CIFAR-10.
const CIFAR10: [&str; 5] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
];

impl Format {
    const ALL: [Self; 3] = [Self::Cifar10, Self::Cifar100, Self::Idx];

    /// The file by whose name a folder is known.
    const fn mark(self) -> &'static str {
        match self {
            Self::Cifar10 => CIFAR10[0],
            Self::Cifar100 => "train.bin",
            Self::Idx => "train-images-idx3-ubyte.gz",
        }
    }

    /// What its publishers call the archive.
    pub const fn archive(self) -> &'static str {
        match self {
            Self::Cifar10 => "cifar-10-binary.tar.gz",
            Self::Cifar100 => "cifar-100-binary.tar.gz",
            Self::Idx => "train-images-idx3-ubyte.gz and three more",
        }
    }

    /// Where such files are had.
    pub const fn origin(self) -> &'static str {
        match self {
            Self::Cifar10 | Self::Cifar100 => "https://www.cs.toronto.edu/~kriz/cifar.html",
            Self::Idx => "for Fashion-MNIST: Debian's package dataset-fashion-mnist",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cifar10 => "CIFAR-10",
            Self::Cifar100 => "CIFAR-100",
            Self::Idx => "IDX",
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
            Format::Cifar10 => (
                cifar::read(folder, &CIFAR10, format)?,
                cifar::read(folder, &["test_batch.bin"], format)?,
            ),
            Format::Cifar100 => (
                cifar::read(folder, &["train.bin"], format)?,
                cifar::read(folder, &["test.bin"], format)?,
            ),
            Format::Idx => (idx_pair(folder, "train")?, idx_pair(folder, "t10k")?),
        };
        if test.shape() != train.shape() {
            let found = format!("images of {} to test on", test.shape());
            let allowed = format!("those of {} to train on", train.shape());
            return Err(ImageError::malformed(folder, format, found, allowed));
        }
        Ok(Self {
            format,
            train,
            test,
        })
    }

    /// The files that [`ImageFolder::open`] reads: what a result depends on.
    ///
    /// # Errors
    /// A folder that cannot be read or has no file of a known name.
    pub fn files(folder: &Path) -> Result<Vec<PathBuf>, ImageError> {
        let named = |names: &[&str]| names.iter().map(|name| folder.join(name)).collect();
        Ok(match recognise(folder)? {
            Format::Cifar10 => {
                let mut files: Vec<PathBuf> = named(&CIFAR10);
                files.push(folder.join("test_batch.bin"));
                files
            }
            Format::Cifar100 => named(&["train.bin", "test.bin"]),
            Format::Idx => ["train", "t10k"]
                .iter()
                .flat_map(|part| idx_files(folder, part))
                .collect(),
        })
    }

    /// 10 or 100 of CIFAR; of IDX files, which do not say, one more than the largest label.
    pub fn classes(&self) -> usize {
        match self.format {
            Format::Cifar10 => return 10,
            Format::Cifar100 => return 100,
            Format::Idx => {}
        }
        let labels = self.train.labels().iter().chain(self.test.labels());
        labels.max().map_or(0, |&label| usize::from(label) + 1)
    }
}

fn recognise(folder: &Path) -> Result<Format, ImageError> {
    let mut names = Vec::new();
    for entry in folder.read_dir().map_err(ImageError::unreadable(folder))? {
        let entry = entry.map_err(ImageError::unreadable(folder))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    let has = |name: &str| names.iter().any(|other| other == name);
    for format in Format::ALL {
        let mark = format.mark();
        if has(mark) || mark.strip_suffix(".gz").is_some_and(has) {
            return Ok(format);
        }
        let pickled = match format {
            Format::Cifar10 => "data_batch_1",
            Format::Cifar100 => "train",
            Format::Idx => continue,
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

/// `train` or `t10k`: images and labels.
fn idx_pair(folder: &Path, part: &str) -> Result<Images, ImageError> {
    let [images, labels] = idx_files(folder, part);
    idx::read(&images, &labels)
}

fn idx_files(folder: &Path, part: &str) -> [PathBuf; 2] {
    ["images-idx3", "labels-idx1"]
        .map(|kind| packed_or_not(folder, &format!("{part}-{kind}-ubyte")))
}

fn packed_or_not(folder: &Path, name: &str) -> PathBuf {
    let plain = folder.join(name);
    if plain.exists() {
        return plain;
    }
    folder.join(format!("{name}.gz"))
}
