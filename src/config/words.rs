//! Types whose values a scenario writes as words, or as a table with one file in it.

use super::InputFile;

/// A type with one word for each of its values, and perhaps with values that are files: `{ file = "w.npy" }`.
pub trait Words: Sized + 'static {
    /// The words.
    const WORDS: &'static [&'static str];
    /// For files the key within the braces, and an ending that says what is meant.
    const FILES: &'static [(&'static str, &'static str)] = &[];

    /// The word of a value; of a file the key within the braces.
    fn word(&self) -> &'static str;

    /// The value of a word.
    fn of_word(word: &str) -> Option<Self>;

    /// The value of a file, by the key within the braces.
    fn of_file(_key: &str, _file: InputFile) -> Option<Self> {
        None
    }
}

/// An enum whose values have words, each written once: `One = "one"` for a word, `File("file", ".npy")` for a file, these in
/// braces of their own. It
/// serialises as a scenario has it.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$doc:meta])* $value:ident = $word:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $value,)+
        }

        $crate::config::words::words_of!($name { $($value = $word,)+ });
    };
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$doc:meta])* $value:ident = $word:literal,)*
        }
        files {
            $($(#[$file_doc:meta])* $file:ident($key:literal, $ending:literal),)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $value,)*
            $($(#[$file_doc])* #[serde(rename = $key)] $file($crate::config::InputFile),)+
        }

        $crate::config::words::words_of!($name { $($value = $word,)* } files { $($file($key, $ending),)+ });
    };
}

/// The words of an enum that stands elsewhere, and its files, if it has any.
macro_rules! words_of {
    (
        $name:ty { $($value:ident = $word:literal,)* }
        $(files { $($file:ident($key:literal, $ending:literal),)+ })?
    ) => {
        impl $crate::config::Words for $name {
            const WORDS: &'static [&'static str] = &[$($word),*];
            $(const FILES: &'static [(&'static str, &'static str)] = &[$(($key, $ending)),+];)?

            // Not every enum that stands elsewhere has a word for each of its values.
            #[allow(unreachable_patterns)]
            fn word(&self) -> &'static str {
                match self {
                    $(Self::$value => $word,)*
                    $($(Self::$file(_) => $key,)+)?
                    _ => "",
                }
            }

            fn of_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$value),)*
                    _ => None,
                }
            }

            $(fn of_file(key: &str, file: $crate::config::InputFile) -> Option<Self> {
                match key {
                    $($key => Some(Self::$file(file)),)+
                    _ => None,
                }
            })?
        }
    };
}

pub(crate) use {words, words_of};

/// Serialises an enum that stands elsewhere as its word.
pub(crate) fn as_word<W: Words, S: serde::Serializer>(value: &W, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.word())
}
