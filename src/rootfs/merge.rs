//! Layers laid over one another, as overlayfs shows them to a container.

use std::iter::Peekable;

use super::codec::components;
use super::{Entries, Entry, Kind, Origin, Tree};

/// Lists what is to be seen from above a stack of layers, the lowest first in `layers`.
///
/// A whiteout removes what lower layers have; an opaque directory hides what lower layers have in it; of two directories
/// of one path the upper one gives its mode, owner and time unless it is only implied, and what is in them is joined;
/// anything else replaces what is below it. No whiteouts are listed.
pub fn merge(layers: &[Tree]) -> Merged<'_> {
    Merged { layers: layers.iter().map(|tree| tree.entries().peekable()).collect(), open: Vec::new() }
}

/// What is to be seen from above, in the order of a walk; see [`merge`].
pub struct Merged<'a> {
    layers: Vec<Peekable<Entries<'a>>>,
    open: Vec<Shade>,
}

/// A path that is to be seen, and the layer that it is seen in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedEntry {
    /// Number of the layer that the entry is from, the lowest being 0.
    pub layer: usize,
    /// The entry, never a whiteout.
    pub entry: Entry,
}

/// What a path means for all below it: layers under `floor` are hidden there.
struct Shade {
    path: Vec<u8>,
    floor: usize,
}

impl Iterator for Merged<'_> {
    type Item = MergedEntry;

    fn next(&mut self) -> Option<MergedEntry> {
        loop {
            let path = self.next_path()?;
            let floor = self.floor_above(&path);
            let mut here = self.take(&path);
            here.retain(|found| found.layer >= floor);
            let Some(below) = floor_below(&here, floor) else { continue };
            self.open.push(Shade { path, floor: below });
            let seen = seen_from_above(here, below);
            if seen.as_ref().is_some_and(|seen| seen.entry.kind != Kind::Whiteout) {
                return seen;
            }
        }
    }
}

impl Merged<'_> {
    fn next_path(&mut self) -> Option<Vec<u8>> {
        let heads = self.layers.iter_mut().filter_map(|layer| layer.peek());
        let first = heads.min_by(|a, b| components(&a.path).cmp(components(&b.path)))?;
        Some(first.path.clone())
    }

    /// Takes the entries of one path, the lowest first.
    fn take(&mut self, path: &[u8]) -> Vec<MergedEntry> {
        let heads = self.layers.iter_mut().enumerate();
        heads
            .filter_map(|(layer, entries)| {
                let entry = entries.next_if(|entry| entry.path == path)?;
                Some(MergedEntry { layer, entry })
            })
            .collect()
    }

    fn floor_above(&mut self, path: &[u8]) -> usize {
        while self.open.last().is_some_and(|shade| !is_below(path, &shade.path)) {
            self.open.pop();
        }
        self.open.last().map_or(0, |shade| shade.floor)
    }
}

fn is_below(path: &[u8], folder: &[u8]) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with(b"/"))
}

/// The lowest layer that is to be seen below a path: directories let look through unless they are opaque.
/// Nothing where the path itself is hidden.
fn floor_below(here: &[MergedEntry], floor: usize) -> Option<usize> {
    here.last()?;
    for found in here.iter().rev() {
        match found.entry.kind {
            Kind::Directory { opaque: false, .. } => {}
            Kind::Directory { opaque: true, .. } => return Some(found.layer),
            Kind::File { .. }
            | Kind::HardLink { .. }
            | Kind::Symlink { .. }
            | Kind::Character { .. }
            | Kind::Block { .. }
            | Kind::Fifo
            | Kind::Whiteout => return Some(found.layer + 1),
        }
    }
    Some(floor)
}

/// The uppermost entry; for directories the uppermost that has attributes of its own.
fn seen_from_above(mut here: Vec<MergedEntry>, below: usize) -> Option<MergedEntry> {
    let is_directory = |found: &MergedEntry| matches!(found.entry.kind, Kind::Directory { .. });
    let is_stated = |found: &MergedEntry| matches!(found.entry.kind, Kind::Directory { origin: Origin::Stated, .. });
    if here.last().is_some_and(is_directory) {
        let stated = here.iter().rposition(|found| found.layer >= below && is_stated(found));
        return Some(here.swap_remove(stated.unwrap_or(here.len() - 1)));
    }
    here.pop()
}
