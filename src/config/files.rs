//! The files that anything serialisable names, wherever they stand in it.

use super::input_file::MARK;
use serde::ser::{self, Serialize, Serializer};
use serde_json::{Error, Value as Json};
use std::fmt::Display;
use std::path::PathBuf;

/// A file, and where in the serialised form its path stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// As JSON pointers have it: `/teacher/weights/file`.
    pub pointer: String,
    /// The path.
    pub path: PathBuf,
}

/// All [`InputFile`](super::InputFile)s of a value, in the order in which it serialises, told by their type and not by the names of keys:
/// for whatever depends on their contents.
pub fn files<T: Serialize + ?Sized>(value: &T) -> Vec<NamedFile> {
    let mut found = Vec::new();
    let finder = Finder {
        pointer: String::new(),
        found: &mut found,
    };
    // What cannot be serialised at all names no files either: the error is the serialiser's to tell.
    let _ = value.serialize(finder);
    found
}

struct Finder<'a> {
    pointer: String,
    found: &'a mut Vec<NamedFile>,
}

impl Finder<'_> {
    fn below(&mut self, key: impl Display) -> Finder<'_> {
        Finder {
            pointer: format!("{}/{key}", self.pointer),
            found: self.found,
        }
    }
}

/// Text, however it is wrapped; nothing else.
fn text<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    match serde_json::to_value(value)? {
        Json::String(text) => Ok(text),
        other => Err(ser::Error::custom(format!("{other} is no text"))),
    }
}

/// Values in which there is no file.
macro_rules! nothing_in {
    ($($method:ident($($kind:ty),*)),+) => {
        $(fn $method(self $(, _: $kind)*) -> Result<(), Error> { Ok(()) })+
    };
}

/// Values in which there may be some.
macro_rules! inside {
    ($($method:ident($($kind:ty),*)),+) => {
        $(fn $method(self $(, _: $kind)*) -> Result<Inside<'a>, Error> { Ok(Inside::new(self)) })+
    };
}

/// The same, under the name of a variant.
macro_rules! inside_variant {
    ($($method:ident),+) => {
        $(fn $method(self, _: &str, _: u32, variant: &str, _: usize) -> Result<Inside<'a>, Error> {
            let pointer = format!("{}/{variant}", self.pointer);
            Ok(Inside::new(Finder { pointer, ..self }))
        })+
    };
}

impl<'a> Serializer for Finder<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Inside<'a>;
    type SerializeTuple = Inside<'a>;
    type SerializeTupleStruct = Inside<'a>;
    type SerializeTupleVariant = Inside<'a>;
    type SerializeMap = Inside<'a>;
    type SerializeStruct = Inside<'a>;
    type SerializeStructVariant = Inside<'a>;

    nothing_in! {
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64), serialize_f32(f32),
        serialize_f64(f64), serialize_char(char), serialize_str(&str), serialize_bytes(&[u8]), serialize_none(),
        serialize_unit(), serialize_unit_struct(&'static str), serialize_unit_variant(&'static str, u32, &'static str)
    }

    inside! {
        serialize_seq(Option<usize>), serialize_tuple(usize), serialize_tuple_struct(&'static str, usize),
        serialize_map(Option<usize>), serialize_struct(&'static str, usize)
    }

    inside_variant!(serialize_tuple_variant, serialize_struct_variant);

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<(), Error> {
        if name != MARK {
            return value.serialize(self);
        }
        let path = text(value)?;
        self.found.push(NamedFile {
            pointer: self.pointer,
            path: path.into(),
        });
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self.below(variant))
    }
}

/// Within a list or a table.
struct Inside<'a> {
    finder: Finder<'a>,
    index: usize,
    key: String,
}

impl<'a> Inside<'a> {
    fn new(finder: Finder<'a>) -> Self {
        Self {
            finder,
            index: 0,
            key: String::new(),
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.index += 1;
        value.serialize(self.finder.below(self.index - 1))
    }
}

macro_rules! lists {
    ($($kind:ident: $method:ident),+) => {
        $(impl ser::$kind for Inside<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.item(value)
            }

            fn end(self) -> Result<(), Error> {
                Ok(())
            }
        })+
    };
}

lists!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

macro_rules! structs {
    ($($kind:ident),+) => {
        $(impl ser::$kind for Inside<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
                value.serialize(self.finder.below(key))
            }

            fn end(self) -> Result<(), Error> {
                Ok(())
            }
        })+
    };
}

structs!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = text(key)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(self.finder.below(&self.key))
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::InputFile;
    use serde::Serialize;

    #[derive(Serialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
        list: Vec<Option<Source>>,
        file: &'static str,
    }

    #[derive(Serialize)]
    struct Inner {
        weights: Source,
        number: f64,
    }

    #[derive(Serialize)]
    enum Source {
        #[serde(rename = "word")]
        Word,
        #[serde(rename = "file")]
        File(InputFile),
    }

    #[test]
    fn files_are_found_where_their_paths_stand() {
        let file = |name: &str| Source::File(InputFile::within("a".as_ref(), name));
        let value = Outer {
            inner: Inner {
                weights: file("w.npy"),
                number: 1.0,
            },
            list: vec![None, Some(Source::Word), Some(file("v.npy"))],
            file: "a/w.npy",
        };
        let found = files(&value);
        let pointers: Vec<&str> = found.iter().map(|file| &file.pointer[..]).collect();
        assert_eq!(pointers, ["/weights/file", "/list/2/file"]);
        let json = serde_json::to_value(&value).unwrap();
        for file in &found {
            assert_eq!(json.pointer(&file.pointer).unwrap(), file.path.to_str().unwrap());
        }
    }
}
