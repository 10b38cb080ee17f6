//! `docker tag`.

use super::error;
use super::failure::Failure;
use super::flags::Parsed;
use crate::engine::Engine;
use crate::oci::{AnyReference, Reference};

/// Which image gets which name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Name or ID of the image, as typed.
    pub source: String,
    /// Its new name, without a digest.
    pub target: Reference,
}

impl Tag {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let source = parsed.arguments[0].clone();
        source.parse::<AnyReference>().map_err(|error| not_a_name(&source, &error))?;
        let target = &parsed.arguments[1];
        let target: Reference = target.parse().map_err(|error| not_a_name(target, &error))?;
        if target.digest().is_some() {
            return Err(Failure::new(1, "refusing to create a tag with a digest reference"));
        }
        Ok(Self { source, target: target.or_latest() })
    }
}

fn not_a_name(text: &str, error: &crate::oci::ReferenceError) -> Failure {
    Failure::new(1, format!("Error parsing reference: {text:?} is not a valid repository/tag: {error}"))
}

pub(super) fn run(tag: &Tag, engine: &Engine) -> Result<(), Failure> {
    engine.tag(&tag.source, &tag.target).map_err(|error| error::from_daemon(&error))
}
