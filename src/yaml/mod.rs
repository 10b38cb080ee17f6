//! The only reader of YAML: strict loading with file positions. Knows nothing of lessons or recipes.

mod finding;

pub use finding::Finding;

use serde::de::DeserializeOwned;
use thiserror::Error;

/// Why a YAML text could not be loaded, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{line}:{column}: {message}")]
pub struct Error {
    /// Line, from 1; 0 where unknown.
    pub line: usize,
    /// Column, from 1; 0 where unknown.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Loads a document.
pub fn load<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_yaml::from_str(text).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
        Error { line, column, message: error.to_string() }
    })
}
