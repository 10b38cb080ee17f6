//! Making an image of a container: its changes become a layer on top of its image's.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use flate2::{Compression, GzBuilder};
use serde_json::{Map, Value, json};

use super::{Engine, Error, layer, tag};
use crate::container::Record;
use crate::oci::{
    self, ContainerConfig, Descriptor, Digest, DocumentError, ImageConfig, ImageId, MediaType, Reference,
};
use crate::store::HeldImage;

/// What to make of a container.
#[derive(Debug, Clone, Default)]
pub struct CommitRequest {
    /// Its name, with a tag; none for an image without one.
    pub reference: Option<Reference>,
    /// Who makes it.
    pub author: String,
    /// The comment of its last step.
    pub message: String,
    /// What containers of it start with.
    pub config: ContainerConfig,
}

/// The layer that a tar becomes.
pub(super) struct NewLayer {
    pub(super) blob: Descriptor,
    pub(super) diff_id: crate::oci::DiffId,
    pub(super) on_disk: u64,
}

impl Engine {
    /// Makes an image of a container and returns its ID. The same changes at the same moment give the same image.
    pub fn commit(&self, record: &Record, request: &CommitRequest) -> Result<ImageId, Error> {
        let _hold = self.store().hold()?;
        let container = self.open_container(record.clone())?;
        let layer = self.new_layer(&container.layer()?)?;
        let base = self.config_of(&record.image)?;
        let at = self.now();
        let config = config(&base, record, request, layer.as_ref(), &at)?;
        let config_digest = self.store().put_blob(&config)?;
        let manifest = self.manifest_with(record, &config_digest, config.len() as u64, layer.as_ref())?;
        self.store().put_blob(&manifest)?;
        let id = ImageId(config_digest);
        let on_disk = self
            .manifest_of(record)?
            .layers
            .iter()
            .try_fold(0, |sum, blob| layer::held(self.store(), blob).map(|totals| sum + totals.on_disk))?;
        let image = HeldImage {
            id: id.clone(),
            manifest: Descriptor::of(MediaType::OCI_MANIFEST, &manifest),
            tags: BTreeMap::new(),
            digests: BTreeSet::new(),
            on_disk: on_disk + layer.map_or(0, |layer| layer.on_disk),
            created: Some(at.clone()),
            parent: Some(record.image.clone()),
        };
        self.keep_made(image, request.reference.as_ref(), &at)?;
        Ok(id)
    }

    /// Puts an image that was made here into the workspace, unless it is there, and names it.
    pub(super) fn keep_made(&self, image: HeldImage, name: Option<&Reference>, at: &str) -> Result<(), Error> {
        let id = image.id.clone();
        self.workspace.update(|images| {
            if !images.iter().any(|known| known.id == id) {
                images.push(image);
            }
            if let Some(name) = name {
                tag::set_tag(images, name, at, |image| image.id == id);
            }
        })?;
        Ok(())
    }

    /// Keeps a container's changes as a layer; nothing where there are none.
    fn new_layer(&self, tar: &[u8]) -> Result<Option<NewLayer>, Error> {
        // The two empty blocks that end a tar.
        if tar.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        self.layer_of(tar).map(Some)
    }

    /// Keeps a tar as a layer.
    pub(super) fn layer_of(&self, tar: &[u8]) -> Result<NewLayer, Error> {
        let compressed = compress(tar)
            .map_err(|cause| Error::Store { what: "cannot compress the layer".to_owned(), cause: Box::new(cause) })?;
        let blob = Descriptor::of(MediaType::OCI_LAYER_GZIP, &compressed);
        self.store().put_blob(&compressed)?;
        let totals = layer::keep(self.store(), &blob, &layer::scan(compressed.as_slice(), &blob)?)?;
        Ok(NewLayer { blob, diff_id: totals.diff_id, on_disk: totals.on_disk })
    }

    /// Takes the image's manifest with another config and one layer more. It gets OCI's types, whatever it was before:
    /// the store is an OCI layout, and not every reader of layouts looks at Docker's types.
    fn manifest_with(
        &self,
        record: &Record,
        config: &Digest,
        config_size: u64,
        layer: Option<&NewLayer>,
    ) -> Result<Vec<u8>, Error> {
        let base = record.manifest().ok_or_else(|| Error::NoSuchImage(record.image_name.clone()))?;
        let mut manifest = object(&self.store().read_blob(&base.digest)?)?;
        manifest.insert("mediaType".to_owned(), json!(MediaType::OCI_MANIFEST));
        if let Some(Value::Object(own)) = manifest.get_mut("config") {
            own.insert("mediaType".to_owned(), json!(MediaType::OCI_CONFIG));
            own.insert("digest".to_owned(), json!(config));
            own.insert("size".to_owned(), json!(config_size));
        }
        if let Some(Value::Array(layers)) = manifest.get_mut("layers") {
            let docker = json!(MediaType::DOCKER_LAYER_GZIP);
            for known in
                layers.iter_mut().filter_map(|layer| layer.get_mut("mediaType")).filter(|known| **known == docker)
            {
                *known = json!(MediaType::OCI_LAYER_GZIP);
            }
            layers.extend(layer.map(|layer| json!(layer.blob)));
        }
        Ok(Value::Object(manifest).to_string().into_bytes())
    }
}

/// Writes the config: the image's, with one step more.
fn config(
    base: &ImageConfig,
    record: &Record,
    request: &CommitRequest,
    layer: Option<&NewLayer>,
    at: &str,
) -> Result<Vec<u8>, Error> {
    let mut new = object(base.raw())?;
    // What a builder wrote about the container that it made the image in.
    for key in ["container", "container_config", "docker_version", "author", "comment"] {
        new.remove(key);
    }
    new.insert("created".to_owned(), json!(at));
    if !request.author.is_empty() {
        new.insert("author".to_owned(), json!(request.author));
    }
    new.insert("config".to_owned(), without_nothing(json!(request.config)));
    let command = record.config.cmd.clone().unwrap_or_default().join(" ");
    let mut step = Map::new();
    step.insert("created".to_owned(), json!(at));
    step.insert("created_by".to_owned(), json!(command));
    if !request.author.is_empty() {
        step.insert("author".to_owned(), json!(request.author));
    }
    if !request.message.is_empty() {
        step.insert("comment".to_owned(), json!(request.message));
    }
    match (layer, new.get_mut("rootfs").and_then(|rootfs| rootfs.get_mut("diff_ids"))) {
        (Some(layer), Some(Value::Array(diff_ids))) => diff_ids.push(json!(layer.diff_id)),
        (Some(layer), _) => {
            new.insert("rootfs".to_owned(), json!({ "type": "layers", "diff_ids": [layer.diff_id] }));
        }
        (None, _) => {
            step.insert("empty_layer".to_owned(), json!(true));
        }
    }
    match new.get_mut("history") {
        Some(Value::Array(history)) => history.push(Value::Object(step)),
        _ => {
            new.insert("history".to_owned(), json!([step]));
        }
    }
    Ok(Value::Object(new).to_string().into_bytes())
}

/// Leaves out what is not set.
pub(super) fn without_nothing(value: Value) -> Value {
    let Value::Object(fields) = value else { return value };
    let is_set = |value: &Value| !matches!(value, Value::Null | Value::Bool(false)) && value != "";
    Value::Object(fields.into_iter().filter(|(_, value)| is_set(value)).collect())
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Error> {
    oci::json::read(bytes).map_err(|error| DocumentError::Json(error).into())
}

/// Compresses a layer; the header names no time and no system.
fn compress(tar: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::default());
    encoder.write_all(tar)?;
    encoder.finish()
}
