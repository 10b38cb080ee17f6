//! A list of files that several recipes share, so that each of them stays short: `parts-debian.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::packages::Packages;
use super::recipe::{File, Step};
use super::size::Size;

/// The files of a part, in the shortest form for each kind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Programs with their sizes.
    #[serde(default)]
    programs: BTreeMap<String, Size>,
    /// Symbolic links by what they point to.
    #[serde(default)]
    links: BTreeMap<String, Vec<String>>,
    /// Empty directories.
    #[serde(default)]
    directories: Vec<String>,
    /// All others.
    #[serde(default)]
    files: BTreeMap<String, File>,
    /// Packages.
    #[serde(default)]
    packages: Packages,
}

/// Returns the name of a part's file.
pub(super) fn file_of(name: &str) -> String {
    format!("{PREFIX}{name}.yaml")
}

/// What the names of parts' files begin with.
pub(super) const PREFIX: &str = "parts-";

impl Part {
    /// Adds the part to a step. What the step says itself stays.
    pub(super) fn join(&self, step: &mut Step) {
        let programs = self.programs.iter().map(|(path, size)| (path, File::program(*size)));
        let link = |(target, paths): (&'_ String, &'_ Vec<String>)| {
            let target = target.clone();
            paths.clone().into_iter().map(move |path| (path, File::link(&target)))
        };
        let links = self.links.iter().flat_map(link);
        let directories = self.directories.iter().map(|path| (path.clone(), File::directory()));
        let files = self.files.iter().map(|(path, file)| (path.clone(), file.clone()));
        let all = programs.map(|(path, file)| (path.clone(), file)).chain(links).chain(directories).chain(files);
        for (path, file) in all {
            step.files.entry(path).or_insert(file);
        }
        let own = std::mem::replace(&mut step.packages, self.packages.clone());
        step.packages.add(&own);
    }
}
