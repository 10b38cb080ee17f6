//! Finding programs, and finding out whose shell it is.

use super::{Dialect, Session};
use crate::container::files::{Errno, Follow, NodeId, Want};

/// What a command's name means in a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::container) enum Found {
    Program(NodeId),
    Directory,
    NotExecutable,
    Nothing,
}

impl Session<'_> {
    /// Finds a program by path, or by name in the places of `PATH`.
    pub(in crate::container) fn look_up(&self, name: &str) -> Found {
        if name.contains('/') {
            return self.judge(name);
        }
        let path = self.value("PATH").unwrap_or_default().to_owned();
        let mut found = Found::Nothing;
        for folder in path.split(':').filter(|_| !name.is_empty()) {
            match self.judge(&format!("{folder}/{name}")) {
                Found::Program(id) => return Found::Program(id),
                Found::NotExecutable => found = Found::NotExecutable,
                Found::Directory | Found::Nothing => {}
            }
        }
        found
    }

    /// Returns the path at which a name is found in `PATH`.
    pub(in crate::container) fn which(&self, name: &str) -> Option<String> {
        if name.contains('/') {
            return matches!(self.judge(name), Found::Program(_)).then(|| name.to_owned());
        }
        let path = self.value("PATH").unwrap_or_default();
        let mut places = path.split(':').map(|folder| format!("{folder}/{name}"));
        places.find(|place| matches!(self.judge(place), Found::Program(_)))
    }

    fn judge(&self, path: &str) -> Found {
        match self.find(path, Follow::Last) {
            Ok(id) if self.files().node(id).is_directory() => Found::Directory,
            Ok(id) if self.who.may(Want::Pass, self.files().node(id)) => Found::Program(id),
            Ok(_) | Err(Errno::Access) => Found::NotExecutable,
            Err(_) => Found::Nothing,
        }
    }

    /// Tells whether a program is busybox under whatever name: a link to it, or another name of the same file.
    pub(in crate::container) fn is_busybox(&self, id: NodeId) -> bool {
        let node = self.files().node(id);
        if node.name == b"busybox" {
            return true;
        }
        let busybox = self.find("/bin/busybox", Follow::Last);
        busybox.is_ok_and(|other| {
            other == id || node.inode().is_some_and(|one| self.files().node(other).inode() == Some(one))
        })
    }

    /// Tells whether a name in the image's `PATH` is busybox.
    pub(in crate::container) fn is_applet(&self, name: &str) -> bool {
        match self.look_up(name) {
            Found::Program(id) => self.is_busybox(id),
            // Called through busybox itself.
            Found::Directory | Found::NotExecutable | Found::Nothing => self.dialect == Dialect::Busybox,
        }
    }

    /// Finds out whose shell a program is; nothing where it is none.
    pub(super) fn shell_of(&self, id: NodeId, name: &str) -> Option<Dialect> {
        let name = name.rsplit('/').next().unwrap_or(name).trim_start_matches('-');
        if !matches!(name, "sh" | "bash" | "ash" | "dash") {
            return None;
        }
        match self.files().node(id).name.as_slice() {
            _ if self.is_busybox(id) => Some(Dialect::Busybox),
            b"bash" => Some(Dialect::Bash),
            _ if name == "bash" => Some(Dialect::Bash),
            _ => Some(Dialect::Dash),
        }
    }
}
