//! What an author may ask for.

use std::path::PathBuf;

use crate::author::Shape;

/// A task about a pack. Where it names no pack, the one in use is meant: that of `--pack`, or the built-in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackTask {
    /// Compute digests and sizes of all model layers of the pack in this folder.
    Build(PathBuf),
    /// List the lessons, problems and images of the pack.
    List,
    /// Find everything that is wrong in a pack.
    Check {
        /// The pack.
        pack: Option<PathBuf>,
        /// How findings are told.
        form: FindingForm,
        /// What makes the check fail.
        bar: Bar,
    },
    /// Begin a pack in this folder.
    New(PathBuf),
    /// Play one step of a lesson or problem, and again whenever its file is saved.
    Try {
        /// The file.
        file: PathBuf,
        /// The step's id; the first one where absent.
        step: Option<String>,
    },
    /// Print the JSON Schema of a kind of file.
    Schema(Shape),
    /// Prove that the checks of a pack are right.
    Test {
        /// The pack.
        pack: Option<PathBuf>,
        /// Only the lesson or problem with this id.
        only: Option<String>,
        /// How findings are told.
        form: FindingForm,
        /// What makes the proof fail.
        bar: Bar,
    },
}

/// How findings are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingForm {
    /// For a person: the line, a caret, what to write instead.
    Text,
    /// One JSON document.
    Json,
}

/// What makes a check fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// Errors.
    Errors,
    /// Warnings too.
    Warnings,
}
