//! Getting documents: from the cache where the digest is known, else from the source.

use super::{Engine, Error, platform};
use crate::oci::{
    Descriptor, Digest, Document, ImageConfig, MAX_DOCUMENT_BYTES, Manifest, MediaType, Platform, Reference, Repository,
};
use crate::source::{self, Target};

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;

/// Indexes may stand in indexes, to this depth.
const MAX_DEPTH: usize = 8;

/// An image's documents, all verified and readable, before any layer is fetched.
#[derive(Debug, Clone)]
pub(super) struct Documents {
    /// Digest of what the name points at.
    pub(super) root: Digest,
    /// The platform manifest.
    pub(super) document: Document,
    /// The same, decoded.
    pub(super) manifest: Manifest,
    /// The config.
    pub(super) config: Arc<ImageConfig>,
}

impl Engine {
    /// Resolves a name: by its digest, by a pin of the workspace, or by asking the source.
    pub(super) async fn root(&self, reference: &Reference) -> Result<Document, Error> {
        let repository = reference.repository();
        let pinned = reference.digest().cloned().or_else(|| self.workspace.pin(reference));
        let digest = if let Some(digest) = pinned {
            digest
        } else {
            let target = Target::Tag(reference.tag().unwrap_or("latest").to_owned());
            self.source.resolve(repository, &target).await?.digest
        };
        self.document(repository, &digest).await
    }

    /// Fetches what a name points at, manifest or index, from the source unless the digest is known here.
    pub async fn remote_document(&self, reference: &Reference) -> Result<Document, Error> {
        self.root(&reference.clone().or_latest()).await
    }

    /// Fetches the config that a manifest of the repository points at.
    pub async fn remote_config(&self, repository: &Repository, config: &Descriptor) -> Result<Bytes, Error> {
        self.config(repository, config).await
    }

    /// Walks from the root document to the manifest for `platform` and its config.
    pub(super) async fn documents(
        &self,
        repository: &Repository,
        root: Document,
        wanted: &Platform,
    ) -> Result<Documents, Error> {
        let digest = root.digest().clone();
        let document = self.platform_manifest(repository, root, wanted).await?;
        let manifest = document.manifest()?;
        check_types(&manifest)?;
        let parse = |raw: &Bytes| Ok::<_, Error>(ImageConfig::parse(raw)?);
        let config = match self.store().made_of_document(&manifest.config.digest, parse) {
            Some(config) => config,
            None => Arc::new(parse(&self.config(repository, &manifest.config).await?)?),
        };
        if config.rootfs.diff_ids.len() != manifest.layers.len() {
            return Err(Error::LayersMismatch);
        }
        Ok(Documents { root: digest, document, manifest, config })
    }

    async fn platform_manifest(
        &self,
        repository: &Repository,
        root: Document,
        wanted: &Platform,
    ) -> Result<Document, Error> {
        let mut document = root;
        for _ in 0..MAX_DEPTH {
            if !document.media_type().is_index() {
                return Ok(document);
            }
            let entries = platform::candidates(&document.index()?, wanted);
            let best = entries.first().ok_or_else(|| Error::NoMatchingPlatform(wanted.clone()))?;
            document = self.document(repository, &best.digest).await?;
        }
        Err(Error::NoMatchingPlatform(wanted.clone()))
    }

    /// Gets a manifest or index by digest and keeps it.
    async fn document(&self, repository: &Repository, digest: &Digest) -> Result<Document, Error> {
        if let Some(document) = self.store().made_of_document(digest, |bytes| read_as(digest, bytes)) {
            return Ok((*document).clone());
        }
        let document = self.source.document(repository, &Target::Digest(digest.clone())).await?;
        let document = document.named_by(digest.algorithm());
        if document.digest() != digest {
            let actual = document.digest().clone();
            return Err(source::Error::DigestMismatch { expected: digest.clone(), actual }.into());
        }
        self.store().put_document(digest, document.bytes())?;
        Ok(document)
    }

    /// Gets a config blob whole and keeps it.
    async fn config(&self, repository: &Repository, config: &Descriptor) -> Result<Bytes, Error> {
        if let Some(bytes) = self.store().document(&config.digest) {
            return Ok(bytes);
        }
        if config.size > MAX_DOCUMENT_BYTES {
            return Err(source::Error::TooLarge { limit: MAX_DOCUMENT_BYTES }.into());
        }
        let mut blob = self.source.blob(repository, &config.digest, 0).await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = blob.stream.next().await {
            bytes.extend_from_slice(&chunk?);
            if bytes.len() as u64 > config.size {
                break;
            }
        }
        if bytes.len() as u64 != config.size {
            let (digest, actual) = (config.digest.clone(), bytes.len() as u64);
            return Err(Error::BlobSize { digest, expected: config.size, actual });
        }
        if Digest::by(config.digest.algorithm(), &bytes) != config.digest {
            return Err(Error::LayerDigest(config.digest.clone()));
        }
        self.store().put_document(&config.digest, &bytes)?;
        Ok(bytes.into())
    }
}

/// Reads a document whose digest is known, and names it by that one.
pub(super) fn read_as(digest: &Digest, bytes: &Bytes) -> Result<Document, Error> {
    Ok(Document::read(None, bytes.clone())?.named_by(digest.algorithm()))
}

/// Refuses what is no image: an artifact's config, layers of unknown types.
pub(super) fn check_types(manifest: &Manifest) -> Result<(), Error> {
    let config = &manifest.config.media_type;
    // Docker's own builders once wrote configs as plain JSON.
    let legacy = [MediaType::new("application/octet-stream"), MediaType::new("application/json"), MediaType::new("")];
    if !config.is_image_config() && !legacy.contains(config) {
        return Err(Error::UnsupportedType(config.clone()));
    }
    match manifest.layers.iter().find(|layer| !layer.media_type.is_layer()) {
        Some(layer) => Err(Error::UnsupportedType(layer.media_type.clone())),
        None => Ok(()),
    }
}
