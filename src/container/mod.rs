//! Containers to look into: a writable layer over an image's layers, and a small shell that explores both.
//!
//! A container is a [`Record`] and what was changed in it, kept on a [`Shelf`] in the workspace. [`Container`] lays the changes
//! over the image's layers; [`Session`] runs command lines in it. Nothing of an image is ever executed: the programs that
//! look at files are imitated, each only where the image has a program of that name at a place of its `PATH`, and every other
//! program says what it is and that it cannot be run. Nothing of an image is ever unpacked on the host: a file is inflated
//! when its bytes are asked for. Knows no registry, no terminal and no docker command.

mod archive;
mod binary;
mod error;
mod files;
mod names;
mod packages;
mod peek;
mod programs;
mod record;
mod shelf;
mod shell;
mod transfer;

pub use error::Error;
pub use files::{Change, ChangeKind};
pub use peek::Found;
pub use programs::UserFault;
pub use record::{Record, RunOptions, State};
pub use shelf::Shelf;
pub use shell::{Completer, Console, Ended, Session, Settings, Stream, Typed};
pub use transfer::{CopyError, Source};

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::oci::{ContainerConfig, Descriptor, Digest, ImageId};
use crate::rootfs::Tree;
use crate::store::Store;

use files::{Bodies, Files, Nodes, Upper};

/// The layers of an image, the lowest first.
#[derive(Clone, Default)]
pub struct Layers {
    /// What each changes.
    pub trees: Vec<Tree>,
    /// The blob of each.
    pub blobs: Vec<Digest>,
    /// Gets a blob that is not in the pool yet; `None` where all of them are there.
    pub bring: Option<Arc<Bring>>,
}

/// Brings a blob into the pool when the first of its files is read; `false` where that cannot be done.
pub type Bring = dyn Fn(&Digest) -> bool + Send + Sync;

/// What a new container is made of.
#[derive(Debug, Clone)]
pub struct NewContainer {
    /// The name; empty for one that is made up.
    pub name: String,
    /// The image's ID.
    pub image: ImageId,
    /// The image as it was asked for.
    pub image_name: String,
    /// The image's manifest.
    pub manifest: Descriptor,
    /// What it starts with.
    pub config: ContainerConfig,
    /// Options that are no part of an image.
    pub options: RunOptions,
}

/// A piece of what a container's program wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Where to.
    pub stream: Stream,
    /// The text.
    pub log: String,
    /// When.
    pub time: Timestamp,
}

impl Shelf {
    /// Makes a container that was never started.
    ///
    /// # Errors
    /// [`Error::NameInUse`] where another one has the name.
    pub fn create(&self, new: NewContainer, now: Timestamp) -> Result<Record, Error> {
        self.add(Record {
            version: record::VERSION,
            id: shelf::new_id(now),
            name: new.name,
            image: new.image,
            image_name: new.image_name,
            manifests: vec![new.manifest],
            config: new.config,
            options: new.options,
            created: now,
            started: None,
            finished: None,
            state: State::Created,
            own_bytes: 0,
        })
    }
}

/// A container whose files can be seen.
pub struct Container {
    record: Record,
    shelf: Shelf,
    files: Arc<Files>,
    bodies: Arc<Bodies>,
    /// The writable layer as it was read or written last. What differs from it on disk is another's work.
    since: Upper,
}

impl Container {
    /// Lays a container's changes over its image's layers.
    pub fn open(shelf: &Shelf, record: Record, store: &Store, layers: &Layers) -> Result<Self, Error> {
        let mut files = Files::new(Arc::new(Nodes::of_layers(&layers.trees, record.created.as_second())));
        let since = shelf.upper(&record)?;
        files.apply(&since);
        let bodies = Bodies::new(store.clone(), layers, shelf.bodies(&record));
        Ok(Self { record, shelf: shelf.clone(), files: Arc::new(files), bodies: Arc::new(bodies), since })
    }

    /// Returns what is known about it.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Changes what is known about it, on disk too.
    pub fn update(&mut self, change: impl FnOnce(&mut Record)) -> Result<(), Error> {
        change(&mut self.record);
        self.shelf.save(&self.record)
    }

    /// Lists what it has changed.
    pub fn changes(&self) -> Vec<Change> {
        self.files.changes()
    }

    /// Writes what it has changed as the tar of a layer: the same changes give the same bytes.
    pub fn layer(&self) -> Result<Vec<u8>, Error> {
        files::pack(&self.files, &self.bodies).map_err(Error::Files)
    }

    /// Tells why a path is no place to be in, where it is none.
    pub fn no_folder(&self, path: &str) -> Option<&'static str> {
        if path.is_empty() {
            return None;
        }
        match self.files.find(files::ROOT, path, files::Follow::Last, files::Who::ROOT) {
            Ok(id) if self.files.node(id).is_directory() => None,
            Ok(_) => Some("not a directory"),
            Err(_) => Some("no such file or directory"),
        }
    }

    /// Writes its whole tree as a tar, the image's files and its own.
    pub fn export(&self, out: &mut dyn std::io::Write) -> std::io::Result<()> {
        files::pack_all(&self.files, &self.bodies.for_one_reading(), out)
    }

    /// Returns the bytes in its writable layer.
    pub fn own_bytes(&self) -> u64 {
        self.files.own_bytes()
    }

    /// Writes its changes to disk, and keeps what others have changed there meanwhile. Where it was removed, nothing is written.
    pub fn save(&mut self) -> Result<(), Error> {
        let _lock = self.shelf.lock()?;
        let Some(record) = self.shelf.current(&self.record)? else { return Ok(()) };
        let ours = self.files.upper();
        let theirs = self.shelf.upper(&record)?;
        let (upper, own_bytes) = if theirs == self.since {
            (ours.clone(), self.files.own_bytes())
        } else {
            let merged = Upper::merged(&self.since, &ours, &theirs);
            let mut files = self.files.of_image();
            files.apply(&merged);
            (files.upper(), files.own_bytes())
        };
        let mut unused = self.bodies.written();
        unused.extend(self.since.bodies().into_iter().map(str::to_owned));
        let used = upper.bodies();
        unused.retain(|body| !used.contains(body.as_str()));
        self.shelf.save_upper(&record, &upper, &unused)?;
        self.since = ours;
        self.record.own_bytes = own_bytes;
        if record.own_bytes != own_bytes {
            self.shelf.save(&Record { own_bytes, ..record })?;
        }
        Ok(())
    }
}
