//! JSON as Docker's engine reads it: what is refused, is refused in the words of Go's decoder.
//!
//! `syntax` goes over the text, `shape` compares what it says with the types that Docker reads it into. What passes both is decoded
//! here, more strictly in a few corners (a field that comes twice, a negative size); those have words of their own.

mod shape;
mod syntax;
mod time;

use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

pub use shape::{ARCHIVE, Shape};
pub(super) use shape::{DOCKER_MANIFEST, IMAGE, INDEX, OCI_MANIFEST, check as check_shape};

/// Why bytes are not the JSON that is expected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JsonError {
    /// The text ends too early.
    #[error("unexpected end of JSON input")]
    End,
    /// There is no value where a file should begin with one.
    #[error("EOF")]
    Nothing,
    /// The file ends within its first value.
    #[error("unexpected EOF")]
    Cut,
    /// A character that cannot stand there; the character as Go quotes it, and where it stands.
    #[error("invalid character {0} {1}")]
    Character(String, String),
    /// A value of another type than expected.
    #[error("json: cannot unmarshal {value} into Go {place} of type {wanted}")]
    Type {
        /// What stands there: `string`, `number 1.5`.
        value: String,
        /// `value`, or `struct field Manifest.layers`.
        place: String,
        /// The type in Go's notation.
        wanted: &'static str,
    },
    /// A time that is none.
    #[error("{0}")]
    Time(String),
    /// Go reads it, this engine does not; the parser's words.
    #[error("invalid JSON: {0}")]
    Strict(String),
}

/// Decodes JSON.
///
/// # Errors
/// See [`JsonError`]; a value of a wrong type is [`JsonError::Strict`], since nothing says here what Go would read it into.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    syntax::check(bytes)?;
    Ok(serde_json::from_slice(bytes)?)
}

/// Decodes the value that a file begins with, as Docker reads what it is given as a file; what comes behind it is not looked at.
///
/// # Errors
/// See [`JsonError`].
pub fn read_first<T: DeserializeOwned>(bytes: &[u8], shape: &Shape) -> Result<T, JsonError> {
    let end = syntax::end_of_first(bytes)?;
    let value: Value = serde_json::from_slice(&bytes[..end])?;
    check_shape(&value, shape)?;
    Ok(serde_json::from_value(value)?)
}

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        Self::Strict(error.to_string())
    }
}
