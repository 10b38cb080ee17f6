//! Saving: an OCI layout and a Docker archive in one tar, whose bytes depend on nothing but the images and names in it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tar::{Builder, EntryType, Header};

use super::choice::{Chosen, choose};
use super::files::blob_name;
use super::item::Item;
use super::{ArchiveError, DISTRIBUTION_SOURCE, IMAGE_NAME, INDEX, LAYOUT, LAYOUT_VERSION, MANIFEST};
use crate::engine::{Engine, Error};
use crate::oci::{Descriptor, Digest, Hasher, Manifest, MediaType, Platform, Reference, annotation};
use crate::store::{self, HeldImage, HostFile};

/// Modes as containerd's exporter has them.
const FOLDER: u32 = 0o755;
const BLOB: u32 = 0o444;
const LIST: u32 = 0o644;

impl Engine {
    /// Writes images as one archive: the named ones, by name or ID, each name without a tag with all its tags.
    ///
    /// # Errors
    /// Before the first byte: [`Error::NoSuchImage`], [`ArchiveError::NoSuchName`], [`ArchiveError::Empty`]. Later:
    /// [`ArchiveError::Output`] where `out` fails, [`Error::Store`] where a blob is damaged.
    pub fn save(&self, names: &[String], platform: Option<&Platform>, out: &mut dyn Write) -> Result<(), Error> {
        let _hold = self.store().hold()?;
        let images = self.workspace.images()?;
        let chosen = choose(&images, names)?;
        let mut contents = Vec::with_capacity(chosen.len());
        for chosen in chosen {
            contents.push(self.content(chosen, platform)?);
        }
        Archive { engine: self, tar: Builder::new(out) }.write(&contents)
    }

    /// Writes images into a file of the host, which is there whole or not at all.
    pub fn save_file(&self, names: &[String], platform: Option<&Platform>, path: &Path) -> Result<(), Error> {
        let mut file = HostFile::create(path)?;
        self.save(names, platform, &mut io::BufWriter::with_capacity(128 * 1024, &mut file))?;
        Ok(file.finish()?)
    }

    fn content<'a>(&self, chosen: Chosen<'a>, platform: Option<&Platform>) -> Result<Content<'a>, Error> {
        let Chosen { image, names } = chosen;
        let details = self.details(image)?;
        let held = details.config.platform();
        if let Some(asked) = platform.filter(|asked| !asked.is(&held)) {
            let name = names.first().map_or_else(|| image.id.to_string(), Reference::familiar);
            return Err(ArchiveError::Platform { name, held, asked: asked.clone() }.into());
        }
        let manifest = self.manifest(image)?;
        if manifest.layers.is_empty() {
            return Err(ArchiveError::Empty.into());
        }
        Ok(Content { image, names, manifest })
    }
}

/// An image as the archive has it.
struct Content<'a> {
    image: &'a HeldImage,
    names: Vec<Reference>,
    manifest: Arc<Manifest>,
}

impl Content<'_> {
    /// Lists the blobs that it consists of.
    fn blobs(&self) -> impl Iterator<Item = &Digest> {
        let layers = self.manifest.layers.iter().map(|layer| &layer.digest);
        [&self.image.manifest.digest, &self.manifest.config.digest, &self.image.id.0].into_iter().chain(layers)
    }

    /// Makes its entries of `index.json`: one a name, or one without a name.
    fn entries(&self) -> Vec<Descriptor> {
        let mut plain = self.image.manifest.clone();
        for digest in &self.image.digests {
            let repository = digest.repository();
            let key = format!("{DISTRIBUTION_SOURCE}{}", repository.domain());
            let paths = plain.annotations.entry(key).or_default();
            let separator = if paths.is_empty() { "" } else { "," };
            *paths += &format!("{separator}{}", repository.path());
        }
        let named = |name: &Reference| {
            let mut entry = plain.clone();
            entry.annotations.insert(IMAGE_NAME.to_owned(), name.normalized());
            entry.annotations.insert(annotation::REF_NAME.to_owned(), name.tag().unwrap_or_default().to_owned());
            entry
        };
        if self.names.is_empty() { vec![plain] } else { self.names.iter().map(named).collect() }
    }

    /// Makes its entry of `manifest.json`; `all` tells whether its parent is in the archive too.
    fn item(&self, all: &[Content<'_>]) -> Item {
        let parent = self.image.parent.as_ref().filter(|id| all.iter().any(|other| other.image.id == **id));
        Item {
            config: blob_name(&self.image.id.0),
            repo_tags: Some(self.names.iter().map(Reference::familiar).collect()),
            layers: Some(self.manifest.layers.iter().map(|layer| blob_name(&layer.digest)).collect()),
            parent: parent.map(ToString::to_string),
        }
    }
}

/// The tar that is being written.
struct Archive<'e, W: Write> {
    engine: &'e Engine,
    tar: Builder<W>,
}

impl<W: Write> Archive<'_, W> {
    fn write(mut self, contents: &[Content<'_>]) -> Result<(), Error> {
        let blobs: BTreeSet<&Digest> = contents.iter().flat_map(Content::blobs).collect();
        self.folder("blobs/")?;
        let mut algorithm = None;
        for digest in blobs {
            if algorithm.replace(digest.algorithm()) != Some(digest.algorithm()) {
                self.folder(&format!("blobs/{}/", digest.algorithm().name()))?;
            }
            self.blob(digest)?;
        }
        let entries: Vec<Descriptor> = contents.iter().flat_map(Content::entries).collect();
        let items: Vec<Item> = contents.iter().map(|content| content.item(contents)).collect();
        let index = json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": entries });
        self.file(INDEX, LIST, index.to_string().as_bytes())?;
        self.file(MANIFEST, LIST, json!(items).to_string().as_bytes())?;
        self.file(LAYOUT, BLOB, json!({ "imageLayoutVersion": LAYOUT_VERSION }).to_string().as_bytes())?;
        let mut out = self.tar.into_inner().map_err(ArchiveError::Output)?;
        Ok(out.flush().map_err(ArchiveError::Output)?)
    }

    fn folder(&mut self, name: &str) -> Result<(), Error> {
        let mut header = header(EntryType::Directory, FOLDER, 0);
        Ok(self.tar.append_data(&mut header, name, io::empty()).map_err(ArchiveError::Output)?)
    }

    fn file(&mut self, name: &str, mode: u32, bytes: &[u8]) -> Result<(), Error> {
        let mut header = header(EntryType::Regular, mode, bytes.len() as u64);
        Ok(self.tar.append_data(&mut header, name, bytes).map_err(ArchiveError::Output)?)
    }

    /// Writes a blob of the pool and verifies it on the way.
    fn blob(&mut self, digest: &Digest) -> Result<(), Error> {
        let file = self.engine.open_blob(digest)?;
        let damaged = || Error::from(store::Error::Damaged { path: digest.to_string().into() });
        let size = file.metadata().map_err(|_| damaged())?.len();
        let mut verified = Verified { file: file.take(size), hasher: Hasher::new(digest.algorithm()), failed: false };
        let mut header = header(EntryType::Regular, BLOB, size);
        let written = self.tar.append_data(&mut header, blob_name(digest), &mut verified);
        if verified.failed || (written.is_ok() && verified.hasher.finish() != *digest) {
            return Err(damaged());
        }
        Ok(written.map_err(ArchiveError::Output)?)
    }
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header
}

/// A blob's file; hashes what passes and remembers that an error was its own.
struct Verified {
    file: io::Take<File>,
    hasher: Hasher,
    failed: bool,
}

impl Read for Verified {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer);
        match &read {
            Ok(count) => self.hasher.update(&buffer[..*count]),
            Err(_) => self.failed = true,
        }
        read
    }
}
