//! `docker system prune` (docker/cli, cli/command/system/prune.go): stopped containers, then images. There are no networks, volumes
//! and build caches to remove.

use std::io;

use super::container::{PruneContainers, prune_containers};
use super::failure::Failure;
use super::flags::Parsed;
use super::prune::{self, Prune};
use super::{Output, View, units};
use crate::engine::Engine;

/// What to prune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemPrune {
    /// `-a`: images with names too.
    pub all: bool,
    /// `-f`: without asking.
    pub force: bool,
    /// `--volumes`.
    pub volumes: bool,
    /// `--filter`.
    pub filters: Vec<(String, String)>,
}

impl SystemPrune {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let filters = parsed.pairs("filter");
        if parsed.is("volumes") && filters.iter().any(|(name, _)| name == "until") {
            return Err(Failure::new(1, "ERROR: The \"until\" filter is not supported with \"--volumes\""));
        }
        Ok(Self { all: parsed.is("all"), force: parsed.is("force"), volumes: parsed.is("volumes"), filters })
    }

    fn warning(&self) -> String {
        let mut lines = vec!["all stopped containers", "all networks not used by at least one container"];
        lines.extend(self.volumes.then_some("all anonymous volumes not used by at least one container"));
        lines.extend(if self.all {
            ["all images without at least one container associated to them", "all build cache"]
        } else {
            ["all dangling images", "unused build cache"]
        });
        let list = |lines: Vec<&str>| lines.into_iter().map(|line| format!("  - {line}\n")).collect::<String>();
        let mut filters: Vec<String> = self.filters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        filters.sort();
        let filtered = if filters.is_empty() {
            String::new()
        } else {
            let filters = list(filters.iter().map(String::as_str).collect());
            format!("\n  Items to be pruned will be filtered with:\n{filters}")
        };
        format!("WARNING! This will remove:\n{}{filtered}", list(lines))
    }
}

pub(super) fn run(
    asked: &SystemPrune,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    if !asked.force && !prune::confirm(&asked.warning(), output)? {
        return Ok(Ok(()));
    }
    let containers = PruneContainers { force: true, filters: asked.filters.clone() };
    let freed = match prune_containers(&containers, engine, view, output)? {
        Ok(freed) => freed,
        Err(failure) => return Ok(Err(failure)),
    };
    let images = Prune { all: asked.all, force: true, filters: asked.filters.clone() };
    let (removals, bytes) = match prune::remove(&images, engine, view) {
        Ok(removed) => removed,
        Err(failure) => return Ok(Err(failure)),
    };
    let bytes = freed + prune::list(&removals, bytes, output.out)?;
    writeln!(output.out, "Total reclaimed space: {}", units::long_size(bytes)).map(Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_warning_names_what_goes_and_what_is_asked_of_it() {
        let filters = [("until", "1h"), ("label!", "y")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut prune = SystemPrune { all: false, force: false, volumes: false, filters: filters.into() };
        insta::assert_snapshot!(prune.warning(), @"
        WARNING! This will remove:
          - all stopped containers
          - all networks not used by at least one container
          - all dangling images
          - unused build cache

          Items to be pruned will be filtered with:
          - label!=y
          - until=1h
        ");
        (prune.all, prune.volumes, prune.filters) = (true, true, Vec::new());
        insta::assert_snapshot!(prune.warning(), @"
        WARNING! This will remove:
          - all stopped containers
          - all networks not used by at least one container
          - all anonymous volumes not used by at least one container
          - all images without at least one container associated to them
          - all build cache
        ");
    }
}
