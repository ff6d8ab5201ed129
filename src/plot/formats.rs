//! Figures as PDF and PNG, from their SVG, with fonts of this machine.

use super::figure::Figure;
use super::text::FONTS;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Family, Query, Source};
use resvg::usvg::{Options, Tree};
use std::sync::Arc;
use thiserror::Error;

/// Pixels of an inch, as SVG has them.
const PIXELS: f32 = 96.0;
/// Dots of an inch in print, and of a drawing for screens.
const PRINT: f32 = 300.0;
const SCREEN: f32 = 192.0;
const INCH: f64 = 0.0254;

/// Why a figure cannot be had in another format.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// Letters would be missing.
    #[error(
        "found no fonts on this machine; allowed: one at least, as Debian's fonts-dejavu-core or fonts-liberation have"
    )]
    NoFonts,
    /// A mistake in this program or in a crate of it.
    #[error("a figure that could not be converted: {0}")]
    Conversion(String),
}

/// The fonts of this machine.
#[derive(Clone)]
pub struct Fonts(Arc<Database>);

impl Fonts {
    /// Looks for them: some milliseconds.
    ///
    /// # Errors
    /// There are none.
    pub fn of_machine() -> Result<Self, FormatError> {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        Self::of(fonts)
    }

    /// The first of the figures' own fonts that is there stands for those that are not; else any does.
    fn of(mut fonts: Database) -> Result<Self, FormatError> {
        let names = FONTS.split(", ").map(|name| name.trim_matches('\''));
        let is_there = |name: &&str| {
            let families = [Family::Name(name)];
            let query = Query {
                families: &families,
                ..Query::default()
            };
            fonts.query(&query).is_some()
        };
        let own = names.clone().find(is_there).map(str::to_owned);
        let any = || Some(fonts.faces().next()?.families.first()?.0.clone());
        let family = own.or_else(any).ok_or(FormatError::NoFonts)?;
        fonts.set_sans_serif_family(family.as_str());
        fonts.set_serif_family(family.as_str());
        Ok(Self(Arc::new(fonts)))
    }

    /// The fonts in a file's bytes alone.
    ///
    /// # Errors
    /// There are none in it.
    pub fn of_bytes(bytes: Vec<u8>) -> Result<Self, FormatError> {
        let mut fonts = Database::new();
        fonts.load_font_source(Source::Binary(Arc::new(bytes)));
        Self::of(fonts)
    }

    fn tree(&self, figure: &Figure) -> Result<Tree, FormatError> {
        let options = Options {
            dpi: PIXELS,
            fontdb: Arc::clone(&self.0),
            ..Options::default()
        };
        Tree::from_str(&figure.to_svg(), &options).map_err(failed)
    }
}

fn failed(error: impl std::fmt::Display) -> FormatError {
    FormatError::Conversion(error.to_string())
}

impl Figure {
    /// The figure as PDF: a page of its size, text as text with its fonts inside; the same bytes for the same data and
    /// fonts.
    ///
    /// # Errors
    /// What svg2pdf cannot convert.
    pub fn to_pdf(&self, fonts: &Fonts) -> Result<Vec<u8>, FormatError> {
        let tree = fonts.tree(self)?;
        let page = svg2pdf::PageOptions { dpi: PIXELS };
        svg2pdf::to_pdf(&tree, svg2pdf::ConversionOptions::default(), page).map_err(failed)
    }

    /// The figure as PNG: 300 dots an inch where it has a size in millimetres, else two for each of its pixels; the same
    /// bytes for the same data and fonts.
    ///
    /// # Errors
    /// More dots than there is memory for.
    pub fn to_png(&self, fonts: &Fonts) -> Result<Vec<u8>, FormatError> {
        let tree = fonts.tree(self)?;
        let dots = self.size.millimetres.map_or(SCREEN, |_| PRINT);
        let scale = dots / PIXELS;
        let size = tree.size().to_int_size().scale_by(scale);
        let too_large = || failed("too many dots");
        let size = size.ok_or_else(too_large)?;
        let mut dotted = Pixmap::new(size.width(), size.height()).ok_or_else(too_large)?;
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut dotted.as_mut());
        // The page is opaque: the last of four numbers says nothing.
        let colors: Vec<u8> = dotted.data().chunks_exact(4).flat_map(|dot| &dot[..3]).copied().collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, size.width(), size.height());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let per_metre = (f64::from(dots) / INCH).round() as u32;
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: per_metre,
            yppu: per_metre,
            unit: png::Unit::Meter,
        }));
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&colors).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(bytes)
    }
}
