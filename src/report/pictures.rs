//! Pictures beside the figures, as filters of a convolution: inside the page, as they are.

use super::encode::base64;
use super::folder::{ReadError, object};
use super::html::{Html, tag};
use crate::experiment::{PICTURES, Picture};
use std::io;
use std::path::{Component, Path};

/// Pictures of more bytes, all together, are not in the page.
const MOST_BYTES: u64 = 2_000_000;

/// How a PNG begins.
const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A picture with its bytes; none where there is no room for it.
pub(super) struct Shown {
    picture: Picture,
    bytes: Option<Vec<u8>>,
}

/// The pictures of a folder, the first ones with their bytes.
pub(super) fn read(folder: &Path) -> Result<Vec<Shown>, ReadError> {
    let path = folder.join(PICTURES);
    let pictures: Vec<Picture> = object(&path)?.unwrap_or_default();
    let mut room = MOST_BYTES;
    let mut shown = Vec::new();
    for picture in pictures {
        let file = folder.join(&picture.name);
        let failed = |error| ReadError::file(&file, error);
        // A name with a way out of the folder is none of this program.
        let mut parts = Path::new(&picture.name).components();
        if !parts.all(|part| matches!(part, Component::Normal(_))) {
            let named = io::Error::other(format!("a picture called {:?}", picture.name));
            return Err(ReadError::file(path, named));
        }
        let Ok(size) = file.metadata().map(|file| file.len()) else {
            continue;
        };
        let bytes = match room.checked_sub(size) {
            None => None,
            Some(rest) => {
                room = rest;
                Some(std::fs::read(&file).map_err(failed)?)
            }
        };
        if bytes.as_ref().is_some_and(|bytes| !bytes.starts_with(MAGIC)) {
            return Err(failed(io::Error::other("no PNG")));
        }
        shown.push(Shown { picture, bytes });
    }
    Ok(shown)
}

/// A part for the pictures of each training, of which the first is open.
pub(super) fn section(pictures: &[Shown]) -> Vec<Html> {
    let place = |shown: &Shown| {
        let name = Path::new(&shown.picture.name);
        name.parent().map(|place| place.display().to_string()).unwrap_or_default()
    };
    let groups = pictures.chunk_by(|a, b| place(a) == place(b));
    let part = |(index, group): (usize, &[Shown])| {
        let details = match index {
            0 => tag("details").with("open", ""),
            _ => tag("details"),
        };
        details
            .class("pictures")
            .child(tag("summary").text(place(&group[0])))
            .children(group.iter().map(card))
    };
    groups.enumerate().map(part).collect()
}

fn card(shown: &Shown) -> Html {
    let Picture { name, caption } = &shown.picture;
    let about = tag("figcaption").child(tag("p").text(caption));
    let figure = tag("figure").class("picture");
    match &shown.bytes {
        Some(bytes) => {
            let data = format!("data:image/png;base64,{}", base64(bytes));
            let image = tag("img").with("src", data).with("alt", caption);
            let wide = tag("div").class("wide").child(image);
            figure.child(about).child(wide)
        }
        None => figure
            .child(about)
            .child(tag("p").class("note").text(format!("There is no more room in the page: it is in {name}."))),
    }
}
