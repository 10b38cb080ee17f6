//! A lesson pack: its files and its `pack.yaml`. Embedded in the binary, or read from a folder or a `.tar`.
//! Knows what stands where, not what a lesson means; executes nothing.

mod archive;
mod files;
mod manifest;

use std::path::Path;

use crate::yaml::Finding;

pub use files::{File, Files};
pub use manifest::Manifest;

/// A pack's files with its `pack.yaml` understood.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    /// What `pack.yaml` says.
    pub manifest: Manifest,
    /// The lessons, in the order of `pack.yaml`.
    pub lessons: Vec<File>,
    /// The practice problems, in the order of `pack.yaml`.
    pub exercises: Vec<File>,
    /// Everything in `lessons/images/`, sorted by name: recipes, the lists that they share, the lock, what a search finds.
    pub images: Vec<File>,
}

impl Pack {
    /// Reads the pack that is part of the binary.
    pub fn built_in() -> Result<Self, Vec<Finding>> {
        Self::from_files(Files::embedded())
    }

    /// Reads a pack from a folder or a `.tar` on disk. Only the places that a pack has are looked at, no link is followed out of
    /// them, and number and size of the files are bounded.
    pub fn open(path: &Path) -> Result<Self, Vec<Finding>> {
        Self::from_files(Files::open(path).map_err(|finding| vec![finding])?)
    }

    /// Reads a pack from its texts.
    pub fn from_files(files: Files) -> Result<Self, Vec<Finding>> {
        let Some(file) = &files.manifest else {
            return Err(vec![Finding::about_file("pack.yaml", "a pack begins with this file, and it is missing")]);
        };
        let manifest = Manifest::read(file, &files)?;
        let lessons = ordered(&manifest.lessons, files.lessons);
        let exercises = ordered(&manifest.exercises, files.exercises);
        Ok(Self { manifest, lessons, exercises, images: files.images })
    }

    /// Lists the recipes by name, without what stands beside them.
    pub fn recipes(&self) -> impl Iterator<Item = &str> {
        let is_recipe = |name: &&str| !matches!(*name, "lock" | "search") && !name.starts_with("parts-");
        self.images.iter().map(|file| file.name.as_str()).filter(is_recipe)
    }
}

fn ordered(order: &[String], files: Vec<File>) -> Vec<File> {
    let place = |file: &File| order.iter().position(|name| *name == file.name).unwrap_or(usize::MAX);
    let mut files = files;
    files.sort_by_key(place);
    files
}
