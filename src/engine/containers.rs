//! Containers of the workspace: what they are made of, and what they take.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::{Engine, Error, ImageDetails, layer};
use crate::container::{self, Change, Container, Found, Layers, NewContainer, Record, RunOptions, Shelf};
use crate::oci::{ContainerConfig, ImageConfig, Manifest};
use crate::store::{self, HostFile};

/// On a manifest of a model image: what its programs print, a JSON object from command line to output.
const PRINTS: &str = "layerbook.prints";

/// What is known about a container.
#[derive(Debug, Clone)]
pub struct ContainerFacts {
    /// What it is made of, and how it stands.
    pub record: Record,
    /// What it has changed.
    pub changes: Vec<Change>,
    /// Bytes in its writable layer.
    pub own_bytes: u64,
}

impl Engine {
    /// Returns the containers of the workspace.
    pub fn shelf(&self) -> Shelf {
        Shelf::new(&self.workspace)
    }

    /// Makes a container of a held image; `image_name` is what was typed. The place that it starts in is made where the image has
    /// none.
    pub fn create_container(
        &self,
        image: &ImageDetails,
        image_name: &str,
        name: &str,
        config: ContainerConfig,
        options: RunOptions,
    ) -> Result<Record, Error> {
        let new = NewContainer {
            name: name.to_owned(),
            image: image.summary.id.clone(),
            image_name: image_name.to_owned(),
            manifest: image.manifest.clone(),
            config,
            options,
        };
        let now = (self.options.clock)();
        let working_dir = new.config.working_dir.clone();
        let record = self.shelf().create(new, now)?;
        if !working_dir.trim_matches('/').is_empty() {
            self.open_container(record.clone())?.make_folder(&working_dir, now)?;
        }
        Ok(record)
    }

    /// Opens a container: its changes over the layers of its image, which may have lost its names since.
    pub fn open_container(&self, record: Record) -> Result<Container, Error> {
        let vouch = self.outside.vouch.as_ref();
        let mut layers = Layers { bring: vouch.map(|vouch| layer::bringing(self.store(), vouch)), ..Layers::default() };
        for blob in &self.manifest_of(&record)?.layers {
            layers.trees.push(layer::tree(self.store(), blob, vouch.map(|vouch| &**vouch))?);
            layers.blobs.push(blob.digest.clone());
        }
        Ok(Container::open(&self.shelf(), record, self.store(), &layers)?)
    }

    /// Tells about a container: what it is, and what it has changed.
    pub fn container_facts(&self, record: Record) -> Result<ContainerFacts, Error> {
        let container = self.open_container(record)?;
        Ok(ContainerFacts {
            changes: container.changes(),
            own_bytes: container.own_bytes(),
            record: container.record().clone(),
        })
    }

    /// Returns what a container stands on: its image's config, bytes of each layer on disk, and of all of them packed.
    pub fn ground(&self, record: &Record) -> Result<(ImageConfig, Option<Vec<u64>>, u64), Error> {
        let manifest = self.manifest_of(record)?;
        let config = self.config_of(&record.image)?.as_ref().clone();
        let packed = manifest.layers.iter().map(|layer| layer.size).sum();
        Ok((config, self.sizes_on_disk(&manifest.layers), packed))
    }

    /// Looks at a path of a container; `None` where nothing is.
    pub fn file_in_container(&self, record: Record, path: &str) -> Result<Option<Found>, Error> {
        Ok(self.open_container(record)?.peek(path)?)
    }

    /// Writes a container's whole tree as a tar into a file of the host: whole or not at all.
    pub fn export_file(&self, container: &Container, path: &Path) -> Result<(), Error> {
        let mut file = HostFile::create(path)?;
        container.export(&mut file).map_err(container::Error::Files)?;
        Ok(file.finish()?)
    }

    /// Writes a container's ID into a file of the host.
    pub fn write_id(&self, record: &Record, path: &Path) -> Result<(), Error> {
        Ok(store::write_host_file(path, record.id.as_bytes())?)
    }

    /// Returns what programs of a container's image are declared to print.
    pub fn prints(&self, record: &Record) -> BTreeMap<String, String> {
        let manifest = self.manifest_of(record).ok();
        let text = manifest.as_ref().and_then(|manifest| manifest.annotations.get(PRINTS));
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// Removes all containers, running or not.
    pub fn clear_containers(&self) -> Result<(), Error> {
        Ok(self.shelf().clear()?)
    }

    pub(super) fn manifest_of(&self, record: &Record) -> Result<Arc<Manifest>, Error> {
        let descriptor = record.manifest().ok_or_else(|| Error::NoSuchImage(record.image_name.clone()))?;
        self.manifest_at(&descriptor.digest)
    }
}
