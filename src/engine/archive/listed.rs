//! The images of a Docker archive, as its `manifest.json` lists them.

use std::fs::File;

use serde_json::json;

use super::files::Files;
use super::item::Item;
use super::layout::Layout;
use super::verify::{self, Found};
use super::{ArchiveError, LoadEvent, MANIFEST};
use crate::engine::{Engine, Error};
use crate::oci::{self, Descriptor, Digest, Document, ImageConfig, ImageId, MediaType, Reference};
use crate::rootfs::{Compression, Inflate, Limits};

impl Engine {
    /// Reads the images that `manifest.json` lists, in its order.
    pub(super) async fn listed(
        &self,
        files: &Files<'_>,
        events: &mut (dyn FnMut(LoadEvent) + Send),
    ) -> Result<Vec<Found>, Error> {
        let items: Option<Vec<Option<Item>>> =
            oci::json::read_first(&files.document(MANIFEST)?, &oci::json::ARCHIVE)
                .map_err(|cause| ArchiveError::Json { name: MANIFEST.to_owned(), cause })?;
        let items = items.ok_or(ArchiveError::NullManifest)?;
        let layout = Layout::read(files).ok();
        let mut found: Vec<Found> = Vec::new();
        for item in items.into_iter().map(Option::unwrap_or_default) {
            let config = &files.file(&item.config)?.digest;
            match found.iter_mut().find(|known| known.id.0 == *config) {
                Some(known) => known.names.extend(names(&item)?),
                None => found.push(self.item(files, layout.as_ref(), item, events).await?),
            }
        }
        Ok(found)
    }

    async fn item(
        &self,
        files: &Files<'_>,
        layout: Option<&Layout>,
        item: Item,
        events: &mut (dyn FnMut(LoadEvent) + Send),
    ) -> Result<Found, Error> {
        let config = verify::config(&item.config, &files.document(&item.config)?)?;
        let names = names(&item)?;
        let listed = item.layers.unwrap_or_default();
        let expected = config.rootfs.diff_ids.len();
        if listed.len() != expected {
            return Err(ArchiveError::LayerCount { expected: listed.len(), actual: expected }.into());
        }
        let mut layers = Vec::with_capacity(listed.len());
        for name in &listed {
            let file = files.file(name)?;
            layers.push(Descriptor::new(self.layer_type(&file.digest)?, file.digest.clone(), file.size));
        }
        let on_disk = self.verify_layers(&layers, &config, events).await?;
        let parent = item.parent.and_then(|id| id.parse().ok()).map(ImageId);
        let own = layout.and_then(|layout| layout.manifest_of(files, &config, &layers));
        let document = own.map_or_else(|| described(&config, &layers), Ok)?;
        self.found(&document, &config, on_disk, names, parent)
    }

    /// Puts an image's documents into the pool.
    pub(super) fn found(
        &self,
        document: &Document,
        config: &ImageConfig,
        on_disk: u64,
        names: Vec<Reference>,
        parent: Option<ImageId>,
    ) -> Result<Found, Error> {
        self.put_documents(config, &document.manifest()?, document)?;
        Ok(Found {
            id: config.image_id(),
            manifest: document.descriptor(),
            on_disk,
            created: config.created.clone(),
            diff_ids: config.rootfs.diff_ids.clone(),
            names,
            parent,
        })
    }

    /// Tells a layer's media type by its first bytes: Docker archives do not say it.
    fn layer_type(&self, digest: &Digest) -> Result<MediaType, Error> {
        let file: File = self.store().open_blob(digest)?;
        let inflate =
            Inflate::open(file, &Limits::default()).map_err(|error| ArchiveError::Layer(error.to_string()))?;
        Ok(match inflate.compression() {
            Compression::None => MediaType::OCI_LAYER,
            Compression::Gzip => MediaType::OCI_LAYER_GZIP,
            Compression::Zstd => MediaType::OCI_LAYER_ZSTD,
        })
    }
}

/// Makes the manifest of an image whose archive has none.
fn described(config: &ImageConfig, layers: &[Descriptor]) -> Result<Document, Error> {
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MediaType::OCI_MANIFEST,
        "config": Descriptor::of(MediaType::OCI_CONFIG, config.raw()),
        "layers": layers,
    });
    Ok(Document::read(Some(&MediaType::OCI_MANIFEST), manifest.to_string().into())?)
}

/// Reads an image's names, each with a tag; with a digest it would claim what only a registry can say.
fn names(item: &Item) -> Result<Vec<Reference>, Error> {
    let name = |text: &String| {
        let name: Reference = text.parse()?;
        let has_tag = name.tag().is_some() && name.digest().is_none();
        if has_tag { Ok(name) } else { Err(ArchiveError::Tag(text.clone()).into()) }
    };
    item.repo_tags.iter().flatten().map(name).collect()
}
