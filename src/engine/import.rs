//! Making an image of a tar: its files become the only layer.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde_json::json;

use super::commit::without_nothing;
use super::{Engine, Error};
use crate::oci::{ContainerConfig, Descriptor, ImageId, MediaType, Platform, Reference};
use crate::rootfs::{Inflate, Limits};
use crate::store::HeldImage;

/// What to make of a tar.
#[derive(Debug, Clone, Default)]
pub struct ImportRequest {
    /// Its name, with a tag; none for an image without one.
    pub reference: Option<Reference>,
    /// The comment of the image and of its only step.
    pub message: String,
    /// What containers of it start with.
    pub config: ContainerConfig,
    /// Its platform; the engine's own where none is given.
    pub platform: Option<Platform>,
}

impl Engine {
    /// Makes an image of a tar, compressed or not, and returns its ID.
    ///
    /// # Errors
    /// [`Error::LayerContent`] where it is no tar.
    pub fn import(&self, input: &mut dyn Read, request: &ImportRequest) -> Result<ImageId, Error> {
        let _hold = self.store().hold()?;
        let layer = self.layer_of(&plain(input)?)?;
        let at = self.now();
        let platform = request.platform.as_ref().unwrap_or(&self.options.platform);
        let config = json!({
            "created": at,
            "comment": request.message,
            "architecture": platform.architecture,
            "os": platform.os,
            "config": without_nothing(json!(request.config)),
            "rootfs": { "type": "layers", "diff_ids": [layer.diff_id] },
            "history": [{ "created": at, "comment": request.message }],
        });
        let config = config.to_string().into_bytes();
        let digest = self.store().put_blob(&config)?;
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MediaType::OCI_MANIFEST,
            "config": { "mediaType": MediaType::OCI_CONFIG, "digest": digest, "size": config.len() },
            "layers": [layer.blob],
        });
        let manifest = manifest.to_string().into_bytes();
        self.store().put_blob(&manifest)?;
        let id = ImageId(digest);
        let image = HeldImage {
            id: id.clone(),
            manifest: Descriptor::of(MediaType::OCI_MANIFEST, &manifest),
            tags: BTreeMap::new(),
            digests: BTreeSet::new(),
            on_disk: layer.on_disk,
            created: Some(at.clone()),
            parent: None,
        };
        self.keep_made(image, request.reference.as_ref(), &at)?;
        Ok(id)
    }
}

/// Reads a tar without its compression.
fn plain(input: &mut dyn Read) -> Result<Vec<u8>, Error> {
    let unreadable =
        |cause: std::io::Error| Error::Store { what: "cannot read the archive".to_owned(), cause: Box::new(cause) };
    let other = |error: crate::rootfs::Error| unreadable(std::io::Error::other(error.to_string()));
    let mut inflate = Inflate::open(input, &Limits::default()).map_err(other)?;
    let mut tar = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match inflate.read(&mut chunk).map_err(unreadable)? {
            0 => return Ok(tar),
            count => tar.extend_from_slice(&chunk[..count]),
        }
    }
}
