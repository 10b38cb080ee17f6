//! The images of an OCI layout, as its `index.json` lists them.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::files::{Files, blob_name};
use super::verify::{self, Found};
use super::{ArchiveError, IMAGE_NAME, INDEX, LAYOUT, LAYOUT_VERSION, LoadEvent};
use crate::engine::{Engine, Error, fetch, platform};
use crate::oci::{
    Algorithm, Descriptor, Digest, Document, ImageConfig, Manifest, MediaType, Platform, Reference, annotation,
};

/// Indexes may stand in indexes, to this depth.
const MAX_DEPTH: usize = 8;

/// The `index.json` of an archive, and the manifests that it reaches and has, by their configs.
pub(super) struct Layout {
    entries: Vec<Descriptor>,
    manifests: HashMap<Digest, Vec<Descriptor>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Marker {
    image_layout_version: String,
}

impl Layout {
    /// Reads the index and the manifests in it. An index may name what the archive does not have.
    pub(super) fn read(files: &Files<'_>) -> Result<Self, Error> {
        let marker: Option<Marker> = serde_json::from_slice(&files.document(LAYOUT)?).ok();
        if marker.is_none_or(|marker| marker.image_layout_version != LAYOUT_VERSION) {
            return Err(ArchiveError::Layout.into());
        }
        let index = Document::read(Some(&MediaType::OCI_INDEX), files.document(INDEX)?)?.index()?;
        let mut layout = Self { entries: index.manifests, manifests: HashMap::new() };
        let mut ahead = layout.entries.clone();
        let mut seen = HashSet::new();
        while let Some(entry) = ahead.pop() {
            if !entry.is_attestation() && files.blob(&entry.digest).is_ok() && seen.insert(entry.digest.clone()) {
                ahead.extend(layout.take(files, entry)?);
            }
        }
        Ok(layout)
    }

    /// Notes a manifest, or returns what an index names.
    fn take(&mut self, files: &Files<'_>, entry: Descriptor) -> Result<Vec<Descriptor>, Error> {
        let document = document(files, &entry)?;
        if document.media_type().is_index() {
            return Ok(document.index()?.manifests);
        }
        self.manifests.entry(document.manifest()?.config.digest).or_default().push(entry);
        Ok(Vec::new())
    }

    /// Finds the manifest of an image that a Docker archive lists, so that it keeps its own.
    pub(super) fn manifest_of(
        &self,
        files: &Files<'_>,
        config: &ImageConfig,
        layers: &[Descriptor],
    ) -> Option<Document> {
        let same = |(one, other): (&Descriptor, &Descriptor)| one.digest == other.digest && one.size == other.size;
        let is_it =
            |manifest: &Manifest| manifest.layers.len() == layers.len() && manifest.layers.iter().zip(layers).all(same);
        let names = [Algorithm::Sha256, Algorithm::Sha512].map(|algorithm| Digest::by(algorithm, config.raw()));
        let entries = names.iter().find_map(|name| self.manifests.get(name))?;
        let mut documents = entries.iter().filter_map(|entry| document(files, entry).ok());
        documents.find(|document| document.manifest().is_ok_and(|manifest| is_it(&manifest)))
    }
}

impl Engine {
    /// Reads the images of an OCI layout, in the order of its index; of an index of several platforms the one that is wanted.
    pub(super) async fn laid_out(
        &self,
        files: &Files<'_>,
        wanted: &Platform,
        events: &mut (dyn FnMut(LoadEvent) + Send),
    ) -> Result<Vec<Found>, Error> {
        let layout = Layout::read(files)?;
        let mut found: Vec<Found> = Vec::new();
        let mut known: HashMap<&Digest, usize> = HashMap::new();
        for entry in layout.entries.iter().filter(|entry| !entry.is_attestation()) {
            let at = if let Some(at) = known.get(&entry.digest) {
                *at
            } else {
                let document = manifest(files, document(files, entry)?, wanted)?;
                let image = self.image(files, &document, events).await?;
                found.iter().position(|known| known.id == image.id).unwrap_or_else(|| {
                    found.push(image);
                    found.len() - 1
                })
            };
            known.insert(&entry.digest, at);
            found[at].names.extend(name(entry)?);
        }
        Ok(found)
    }

    async fn image(
        &self,
        files: &Files<'_>,
        document: &Document,
        events: &mut (dyn FnMut(LoadEvent) + Send),
    ) -> Result<Found, Error> {
        let manifest = document.manifest()?;
        fetch::check_types(&manifest)?;
        let raw = files.document(&blob_name(&manifest.config.digest))?;
        for blob in manifest.layers.iter().chain([&manifest.config]) {
            check_size(files, blob)?;
        }
        let config = verify::config(&blob_name(&manifest.config.digest), &raw)?;
        let on_disk = self.verify_layers(&manifest.layers, &config, events).await?;
        self.found(document, &config, on_disk, Vec::new(), None)
    }
}

/// Walks from what the index names to the manifest for the platform that is wanted, among those that are there.
fn manifest(files: &Files<'_>, root: Document, wanted: &Platform) -> Result<Document, Error> {
    let mut at = root;
    for _ in 0..MAX_DEPTH {
        if !at.media_type().is_index() {
            return Ok(at);
        }
        let entries = platform::candidates(&at.index()?, wanted);
        let there = entries.iter().find(|entry| files.blob(&entry.digest).is_ok());
        at = document(files, there.ok_or_else(|| Error::NoMatchingPlatform(wanted.clone()))?)?;
    }
    Err(Error::NoMatchingPlatform(wanted.clone()))
}

fn document(files: &Files<'_>, entry: &Descriptor) -> Result<Document, Error> {
    files.blob(&entry.digest)?;
    check_size(files, entry)?;
    let bytes = files.document(&blob_name(&entry.digest))?;
    Ok(Document::read(Some(&entry.media_type), bytes)?.named_by(entry.digest.algorithm()))
}

fn check_size(files: &Files<'_>, blob: &Descriptor) -> Result<(), Error> {
    let actual = files.blob(&blob.digest)?.size;
    if actual == blob.size {
        return Ok(());
    }
    Err(Error::BlobSize { digest: blob.digest.clone(), expected: blob.size, actual })
}

/// Reads the name of an entry: containerd's whole name, else the layout's own. That one may be a tag alone, which names
/// nothing, and a name by digest is what a registry says, not an archive.
fn name(entry: &Descriptor) -> Result<Option<Reference>, Error> {
    let get = |key: &str| entry.annotations.get(key).map(String::as_str).filter(|name| !name.is_empty());
    let own = || get(annotation::REF_NAME).filter(|name| name.contains(['/', ':']));
    let Some(text) = get(IMAGE_NAME).or_else(own) else { return Ok(None) };
    let name: Reference = text.parse()?;
    Ok(Some(name).filter(|name| name.digest().is_none()).map(Reference::or_latest))
}
