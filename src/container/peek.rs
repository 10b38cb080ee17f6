//! A look at one path of a container, for whoever asks whether something is there.

use std::io;

use super::files::{Follow, Kind, ROOT, Who};
use super::{Container, Error};

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A file with this many bytes; the text is its beginning, at most [`Found::MOST`] bytes.
    File {
        /// Its size in bytes.
        size: u64,
        /// What it begins with; bytes that are no UTF-8 are replaced.
        text: String,
    },
    /// A directory.
    Directory,
    /// Something else.
    Other,
}

impl Found {
    /// The most that is read of a file, in bytes.
    pub const MOST: u64 = 64 << 10;
}

impl Container {
    /// Looks at a path, links followed, as root sees it; `None` where nothing is.
    pub fn peek(&self, path: &str) -> Result<Option<Found>, Error> {
        let Ok(id) = self.files.find(ROOT, path, Follow::Last, Who::ROOT) else { return Ok(None) };
        Ok(Some(match &self.files.node(id).kind {
            Kind::File { size, source } => {
                let bytes = self.bodies.read_head(source, *size, Found::MOST);
                let bytes = bytes.map_err(|error| Error::Files(io::Error::other(error.to_string())))?;
                Found::File { size: *size, text: String::from_utf8_lossy(&bytes).into_owned() }
            }
            Kind::Directory { .. } => Found::Directory,
            Kind::Symlink { .. } | Kind::Character { .. } | Kind::Block { .. } | Kind::Fifo => Found::Other,
        }))
    }
}
