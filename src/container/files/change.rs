//! Changing a container's file system. What is changed becomes the container's own, as overlayfs copies it up.

use super::{Errno, Files, Hand, Kind, Meta, Node, NodeId, ROOT, Source, Want, Who};

/// The time of a change in seconds since 1970.
pub(crate) type Now = i64;

impl Files {
    /// Puts something new into a directory.
    pub(crate) fn create(
        &mut self,
        parent: NodeId,
        name: &[u8],
        kind: Kind,
        mode: u16,
        who: Who,
        now: Now,
    ) -> Result<NodeId, Errno> {
        self.may_change(parent, who)?;
        if self.node(parent).child(name).is_some() {
            return Err(Errno::Exists);
        }
        let meta = Meta { mode, uid: who.uid, gid: who.gid, mtime: now };
        let node =
            Node { parent, name: name.to_vec(), meta, kind: self.fresh(parent, name, kind), hand: Hand::Container };
        let id = self.nodes.attach(node);
        self.stamp(parent, now);
        Ok(id)
    }

    /// A directory where the image has one hides what the image has in it.
    fn fresh(&self, parent: NodeId, name: &[u8], kind: Kind) -> Kind {
        let Kind::Directory { children, .. } = kind else { return kind };
        let path = [self.nodes.path(parent), b"/".to_vec(), name.to_vec()].concat();
        let hides = self.image.plain(&path).is_some_and(|id| self.image.node(id).is_directory());
        Kind::Directory { children, opaque: hides }
    }

    /// Gives a file other bytes.
    pub(crate) fn set_body(&mut self, id: NodeId, source: Source, size: u64, who: Who, now: Now) -> Result<(), Errno> {
        if !who.may(Want::Write, self.node(id)) {
            return Err(Errno::Access);
        }
        match &mut self.own(id).kind {
            Kind::File { size: old, source: from } => (*old, *from) = (size, source),
            Kind::Directory { .. } => return Err(Errno::IsDirectory),
            Kind::Symlink { .. } | Kind::Character { .. } | Kind::Block { .. } | Kind::Fifo => {
                return Err(Errno::NoDevice);
            }
        }
        self.stamp(id, now);
        Ok(())
    }

    /// Sets permissions; only the owner and root may.
    pub(crate) fn set_mode(&mut self, id: NodeId, mode: u16, who: Who) -> Result<(), Errno> {
        self.owned_by(id, who)?;
        self.own(id).meta.mode = mode;
        Ok(())
    }

    /// Sets owner and group; only root may.
    pub(crate) fn set_owner(&mut self, id: NodeId, uid: Option<u32>, gid: Option<u32>, who: Who) -> Result<(), Errno> {
        if who.uid != 0 {
            return Err(Errno::NotPermitted);
        }
        let meta = &mut self.own(id).meta;
        (meta.uid, meta.gid) = (uid.unwrap_or(meta.uid), gid.unwrap_or(meta.gid));
        Ok(())
    }

    /// Sets the time of the last change.
    pub(crate) fn set_time(&mut self, id: NodeId, time: Now, who: Who) -> Result<(), Errno> {
        if who.uid != 0 && !who.may(Want::Write, self.node(id)) {
            return Err(Errno::Access);
        }
        self.own(id).meta.mtime = time;
        Ok(())
    }

    /// Removes something with all that is in it.
    pub(crate) fn remove(&mut self, id: NodeId, who: Who, now: Now) -> Result<(), Errno> {
        if id == ROOT || self.node(id).hand == Hand::Mount {
            return Err(Errno::Busy);
        }
        let parent = self.node(id).parent;
        self.may_change(parent, who)?;
        self.nodes.detach(id);
        self.stamp(parent, now);
        Ok(())
    }

    /// Moves something to another place, over what is there.
    pub(crate) fn rename(&mut self, id: NodeId, parent: NodeId, name: &[u8], who: Who, now: Now) -> Result<(), Errno> {
        if self.is_within(parent, id) {
            return Err(Errno::Invalid);
        }
        self.may_change(parent, who)?;
        if let Some(there) = self.node(parent).child(name) {
            if there == id {
                return Ok(());
            }
            match (self.node(id).is_directory(), self.node(there).is_directory()) {
                (true, false) => return Err(Errno::NotDirectory),
                (false, true) => return Err(Errno::IsDirectory),
                (true, true) if self.node(there).children().next().is_some() => return Err(Errno::NotEmpty),
                (true, true) | (false, false) => self.remove(there, who, now)?,
            }
        }
        self.remove(id, who, now)?;
        let copy = self.node(id).clone();
        let moved = self.graft(&copy, parent, name);
        self.stamp(parent, now);
        // A directory that moves takes all with it: each part is the container's own now.
        debug_assert!(self.node(moved).hand == Hand::Container);
        Ok(())
    }

    fn graft(&mut self, node: &Node, parent: NodeId, name: &[u8]) -> NodeId {
        let children: Vec<NodeId> = node.children().map(|(_, child)| child).collect();
        let kind = if node.is_directory() { self.fresh(parent, name, Kind::directory()) } else { node.kind.clone() };
        let id = self.nodes.attach(Node { parent, name: name.to_vec(), meta: node.meta, kind, hand: Hand::Container });
        for child in children {
            let child = self.node(child).clone();
            let name = child.name.clone();
            self.graft(&child, id, &name);
        }
        id
    }

    /// Mounts something over a path, for as long as the file system is in use.
    pub(crate) fn mount(&mut self, path: &str, kind: Kind, mode: u16) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let Some(parent) = self.nodes.plain(folder.as_bytes()) else { return };
        let meta = Meta { mode, uid: 0, gid: 0, mtime: 0 };
        self.nodes.attach(Node { parent, name: name.as_bytes().to_vec(), meta, kind, hand: Hand::Mount });
    }

    /// Makes a node the container's own. A mount stays one: what is written there is in no layer.
    fn own(&mut self, id: NodeId) -> &mut Node {
        let node = self.nodes.node_mut(id);
        if node.hand == Hand::Image {
            node.hand = Hand::Container;
        }
        node
    }

    fn stamp(&mut self, id: NodeId, now: Now) {
        self.own(id).meta.mtime = now;
    }

    fn may_change(&self, folder: NodeId, who: Who) -> Result<(), Errno> {
        let node = self.node(folder);
        if !node.is_directory() {
            return Err(Errno::NotDirectory);
        }
        let may = who.may(Want::Write, node) && who.may(Want::Pass, node);
        if may { Ok(()) } else { Err(Errno::Access) }
    }

    fn owned_by(&self, id: NodeId, who: Who) -> Result<(), Errno> {
        if who.uid == 0 || self.node(id).meta.uid == who.uid { Ok(()) } else { Err(Errno::NotPermitted) }
    }

    fn is_within(&self, mut id: NodeId, top: NodeId) -> bool {
        loop {
            if id == top {
                return true;
            }
            if id == ROOT {
                return false;
            }
            id = self.node(id).parent;
        }
    }
}
