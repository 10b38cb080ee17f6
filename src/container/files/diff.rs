//! What a container has changed, as `docker diff` lists it.

use super::{Files, Hand, NodeId, ROOT};

/// One changed path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened to it.
    pub kind: ChangeKind,
    /// The path, beginning with a slash.
    pub path: String,
}

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is there in the image too; of a directory also where only something in it has changed.
    Changed,
    /// It is gone.
    Deleted,
}

impl ChangeKind {
    /// Returns Docker's letter for it.
    pub fn letter(self) -> char {
        match self {
            Self::Added => 'A',
            Self::Changed => 'C',
            Self::Deleted => 'D',
        }
    }
}

impl Files {
    /// Lists the changes: a directory before what is in it, names in byte order.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let mut found = Vec::new();
        self.compare(ROOT, Some(ROOT), &mut found);
        found
    }

    /// Adds the changes in a directory; `below` is what the image has at its path. Returns whether there were any.
    fn compare(&self, folder: NodeId, below: Option<NodeId>, found: &mut Vec<Change>) -> bool {
        let here = self.node(folder);
        let under = below.map(|id| self.image.node(id)).filter(|node| node.is_directory());
        let opaque = matches!(here.kind, super::Kind::Directory { opaque: true, .. });
        let mut names: Vec<&[u8]> = here.children().map(|(name, _)| name).collect();
        if !opaque {
            names.extend(under.into_iter().flat_map(|node| node.children().map(|(name, _)| name)));
        }
        names.sort_unstable();
        names.dedup();
        let before = found.len();
        for name in names {
            let was = under.and_then(|node| node.child(name));
            if let Some(id) = here.child(name) {
                self.compare_one(id, was, found);
            } else {
                let path = [self.path(folder).as_bytes(), b"/", name].concat();
                found.push(change(ChangeKind::Deleted, &path));
            }
        }
        found.len() > before
    }

    fn compare_one(&self, id: NodeId, was: Option<NodeId>, found: &mut Vec<Change>) {
        let node = self.node(id);
        if node.hand == Hand::Mount {
            return;
        }
        let at = found.len();
        let kind = if was.is_some() { ChangeKind::Changed } else { ChangeKind::Added };
        found.push(change(kind, self.path(id).as_bytes()));
        let inside = node.is_directory() && self.compare(id, was, found);
        if node.hand == Hand::Image && !inside {
            found.truncate(at);
        }
    }
}

fn change(kind: ChangeKind, path: &[u8]) -> Change {
    Change { kind, path: String::from_utf8_lossy(path).replace("//", "/") }
}
