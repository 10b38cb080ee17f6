//! The writable layer as data: what is written to disk, and laid over the image again.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{Files, Hand, Kind, Meta, Node, NodeId, ROOT, Source};
use crate::rootfs::{Body, Extent};

/// All that a container has changed, a directory before what is in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Upper {
    pub(crate) entries: Vec<UpperEntry>,
}

/// One changed path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct UpperEntry {
    /// The path without a slash at its beginning; what is not ASCII is written as `%XX`.
    path: String,
    #[serde(flatten)]
    state: State,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum State {
    Gone,
    File(FileState),
    Symlink { meta: Meta, target: String },
    Directory { meta: Meta, opaque: bool },
    Character { meta: Meta, major: u32, minor: u32 },
    Block { meta: Meta, major: u32, minor: u32 },
    Fifo { meta: Meta },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct FileState {
    meta: Meta,
    size: u64,
    body: BodyPlace,
}

/// Where a changed file's bytes are: a file of the image whose mode was changed, or that was moved, keeps its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum BodyPlace {
    Own {
        own: String,
    },
    Layer {
        layer: usize,
        offset: u64,
        #[serde(default)]
        extents: Option<Vec<(u64, u64)>>,
    },
    Empty,
}

impl Upper {
    /// Joins what two have made of the same beginning: to `theirs` comes what `ours` changed since. Of a path that both changed, ours
    /// stands. What lies in a directory that is gone then is left out where the layer is laid over the image.
    pub(crate) fn merged(since: &Self, ours: &Self, theirs: &Self) -> Self {
        let states = |upper: &Self| -> BTreeMap<String, State> {
            upper.entries.iter().map(|entry| (entry.path.clone(), entry.state.clone())).collect()
        };
        let (before, now, mut joined) = (states(since), states(ours), states(theirs));
        for path in before.keys().filter(|path| !now.contains_key(*path)) {
            joined.remove(path);
        }
        joined.extend(now.into_iter().filter(|(path, state)| before.get(path) != Some(state)));
        // In the order of paths a directory stands before what is in it.
        Self { entries: joined.into_iter().map(|(path, state)| UpperEntry { path, state }).collect() }
    }

    /// Names the bodies of changed files.
    pub(crate) fn bodies(&self) -> HashSet<&str> {
        let own = self.entries.iter().filter_map(|entry| match &entry.state {
            State::File(FileState { body: BodyPlace::Own { own }, .. }) => Some(own.as_str()),
            _ => None,
        });
        own.collect()
    }
}

impl Files {
    /// Collects what was changed.
    pub(crate) fn upper(&self) -> Upper {
        let mut upper = Upper::default();
        self.collect(ROOT, Some(ROOT), &mut upper.entries);
        upper
    }

    /// Adds what was changed in a directory; whether the directory itself is listed follows from whether it was changed.
    fn collect(&self, folder: NodeId, below: Option<NodeId>, entries: &mut Vec<UpperEntry>) {
        let here = self.node(folder);
        if here.hand == Hand::Container {
            entries.push(self.entry(folder));
        }
        let opaque = matches!(here.kind, Kind::Directory { opaque: true, .. });
        let under = below.map(|id| self.image.node(id)).filter(|node| node.is_directory() && !opaque);
        for (name, _) in under.into_iter().flat_map(Node::children).filter(|(name, _)| here.child(name).is_none()) {
            let path = [&self.nodes.path(folder)[1..], b"/", name].concat();
            entries.push(UpperEntry { path: written(path.strip_prefix(b"/").unwrap_or(&path)), state: State::Gone });
        }
        for (name, id) in here.children() {
            let node = self.node(id);
            match node.hand {
                Hand::Image | Hand::Container if node.is_directory() => {
                    self.collect(id, under.and_then(|node| node.child(name)), entries);
                }
                Hand::Container => entries.push(self.entry(id)),
                Hand::Image | Hand::Mount => {}
            }
        }
    }

    fn entry(&self, id: NodeId) -> UpperEntry {
        let node = self.node(id);
        let meta = node.meta;
        let state = match &node.kind {
            Kind::File { size, source } => State::File(FileState { meta, size: *size, body: place(source) }),
            Kind::Symlink { target } => State::Symlink { meta, target: written(target) },
            Kind::Directory { opaque, .. } => State::Directory { meta, opaque: *opaque },
            Kind::Character { major, minor } => State::Character { meta, major: *major, minor: *minor },
            Kind::Block { major, minor } => State::Block { meta, major: *major, minor: *minor },
            Kind::Fifo => State::Fifo { meta },
        };
        UpperEntry { path: written(&self.nodes.path(id)[1..]), state }
    }

    /// Lays a writable layer over the image.
    pub(crate) fn apply(&mut self, upper: &Upper) {
        for entry in &upper.entries {
            let path = read(&entry.path);
            if path.is_empty() {
                if let State::Directory { meta, .. } = &entry.state {
                    let root = self.nodes.node_mut(ROOT);
                    (root.meta, root.hand) = (*meta, Hand::Container);
                }
                continue;
            }
            let (folder, name) = super::split(&path);
            let Some(parent) = self.nodes.plain(folder) else { continue };
            let there = self.node(parent).child(name);
            let (meta, kind) = match &entry.state {
                State::Gone => {
                    if let Some(id) = there {
                        self.nodes.detach(id);
                    }
                    continue;
                }
                State::Directory { meta, opaque } => {
                    let kept = there.filter(|id| !opaque && self.node(*id).is_directory());
                    if let Some(id) = kept {
                        let node = self.nodes.node_mut(id);
                        (node.meta, node.hand) = (*meta, Hand::Container);
                        continue;
                    }
                    (*meta, Kind::Directory { children: std::collections::BTreeMap::new(), opaque: *opaque })
                }
                State::File(file) => (file.meta, Kind::File { size: file.size, source: source(&file.body) }),
                State::Symlink { meta, target } => (*meta, Kind::Symlink { target: read(target) }),
                State::Character { meta, major, minor } => (*meta, Kind::Character { major: *major, minor: *minor }),
                State::Block { meta, major, minor } => (*meta, Kind::Block { major: *major, minor: *minor }),
                State::Fifo { meta } => (*meta, Kind::Fifo),
            };
            self.nodes.attach(Node { parent, name: name.to_vec(), meta, kind, hand: Hand::Container });
        }
    }

    /// Returns the bytes of the files that the container has written, as `docker ps -s` counts them.
    pub(crate) fn own_bytes(&self) -> u64 {
        let own = self.below(ROOT).into_iter().map(|id| self.node(id)).filter(|node| node.hand == Hand::Container);
        own.map(|node| if node.is_directory() { 0 } else { node.size() }).sum()
    }
}

fn place(source: &Source) -> BodyPlace {
    match source {
        Source::Own(own) => BodyPlace::Own { own: own.clone() },
        Source::Layer { layer, body } => {
            let extents = body.extents.as_ref().map(|all| all.iter().map(|e| (e.offset, e.length)).collect());
            BodyPlace::Layer { layer: *layer, offset: body.offset, extents }
        }
        // Only the empty files that every container has are of this kind outside of mounts.
        Source::Text(_) => BodyPlace::Empty,
    }
}

fn source(place: &BodyPlace) -> Source {
    match place {
        BodyPlace::Own { own } => Source::Own(own.clone()),
        BodyPlace::Layer { layer, offset, extents } => {
            let extent = |(offset, length): &(u64, u64)| Extent { offset: *offset, length: *length };
            let extents = extents.as_ref().map(|all| all.iter().map(extent).collect());
            Source::Layer { layer: *layer, body: Body { offset: *offset, extents } }
        }
        BodyPlace::Empty => Source::Text(std::sync::Arc::from([])),
    }
}

fn written(path: &[u8]) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
    const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');
    percent_encode(path, ESCAPED).to_string()
}

fn read(path: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(path).collect()
}
