//! The only reader of YAML. Knows nothing of lessons or recipes.
//!
//! Two ways in: [`parse()`] gives a tree in which every value knows its place, for files that people write and whose
//! every mistake is to be told at once; [`load`] fills a type through serde, for files that a program writes.
//! What YAML has beyond plain data (anchors, tags, merge keys, several documents) is refused, and so is what is too
//! large or too deep.

use serde::de::DeserializeOwned;
use thiserror::Error;

mod fields;
mod finding;
mod node;
mod parse;

pub use fields::Fields;
pub use finding::{Finding, Findings, Position, SHAPE, Severity, nearest};
pub use node::{Content, Entry, Node, Scalar, ScalarKind};
pub use parse::{MAX_BYTES, parse};

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

/// Loads a document into a type. Depth and repetition are bounded by the parser.
pub fn load<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_yaml::from_str(text).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
        Error { line, column, message: with_nearest_key(error.to_string()) }
    })
}

/// Adds `Did you mean` to serde's sentence about an unknown field.
fn with_nearest_key(message: String) -> String {
    let ticked: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match ticked.split_first() {
        Some((unknown, known)) if message.contains("unknown field") => match nearest(unknown, known) {
            Some(near) => format!("{message}. Did you mean `{near}`?"),
            None => message,
        },
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[test]
    fn an_unknown_field_brings_the_nearest_known_one() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Recipe {
            #[expect(dead_code)]
            platforms: Vec<String>,
        }
        let error = super::load::<Recipe>("platform: [linux/amd64]\n").unwrap_err();
        assert!(error.message.ends_with("Did you mean `platforms`?"), "{error}");
    }
}
