//! A registry on loopback that can be written to, and the moves of a client that pushes.
#![expect(clippy::unwrap_used, reason = "a registry that cannot be set up has failed the test")]

use std::ops::Deref;

use layerbook::oci::{Algorithm, Digest, MediaType};
use layerbook::server::Options;
use layerbook::source::Registry as Source;
use layerbook::store::{Depot, Durability};
use serde_json::{Value, json};

use super::client::{Reply, Server};
use crate::support::memory::Memory;

pub(super) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// A server with a folder for what is pushed.
pub(super) struct Registry {
    server: Server,
    pub(super) depot: Depot,
    pub(super) folder: tempfile::TempDir,
}

impl Deref for Registry {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Registry {
    pub(super) async fn new() -> Self {
        Self::before(Memory::new()).await
    }

    pub(super) async fn before(source: impl Source + 'static) -> Self {
        Self::with(source, Options::default()).await
    }

    pub(super) async fn with(source: impl Source + 'static, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::open(folder.path(), Durability::Fleeting).unwrap();
        let options = Options { depot: Some(depot.clone()), ..options };
        Self { server: Server::with(source, options).await, depot, folder }
    }

    /// Ends the server and returns what it leaves.
    pub(super) async fn finish(self) -> tempfile::TempDir {
        self.server.finish().await;
        self.folder
    }

    /// Serves a folder in which something may be already.
    pub(super) async fn again(folder: tempfile::TempDir) -> Self {
        let depot = Depot::open(folder.path(), Durability::Lasting).unwrap();
        let options = Options { depot: Some(depot.clone()), ..Options::default() };
        Self { server: Server::with(Memory::new(), options).await, depot, folder }
    }

    /// Opens an upload and returns its path.
    pub(super) async fn open(&self, name: &str) -> String {
        let reply = self.give(&format!("POST /v2/{name}/blobs/uploads/"), "").await;
        assert_eq!(reply.status(), "202");
        reply.header("location").unwrap().to_owned()
    }

    /// Pushes a blob and returns its digest.
    pub(super) async fn blob(&self, name: &str, bytes: impl AsRef<[u8]>) -> Digest {
        let digest = Digest::of(bytes.as_ref());
        let reply = self.give(&format!("POST /v2/{name}/blobs/uploads/?digest={digest}"), bytes).await;
        assert_eq!(reply.status(), "201", "{}", reply.body());
        digest
    }

    /// Pushes a manifest with its blobs, under a tag or digest.
    pub(super) async fn image(&self, name: &str, target: &str, more: Value) -> Digest {
        let bytes = self.manifest(name, more).await;
        let reply = self.put(name, target, OCI_MANIFEST, &bytes).await;
        assert_eq!(reply.status(), "201", "{}", reply.body());
        Digest::of(&bytes)
    }

    /// Pushes the blobs of a manifest and returns its bytes; `more` is added to its fields.
    pub(super) async fn manifest(&self, name: &str, more: Value) -> Vec<u8> {
        let (config, layer) = (self.blob(name, "{}").await, self.blob(name, "a layer").await);
        let mut manifest = json!({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": config, "size": 2 },
            "layers": [{ "mediaType": MediaType::OCI_LAYER, "digest": layer, "size": 7 }],
        });
        manifest.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        manifest.to_string().into_bytes()
    }

    pub(super) async fn put(&self, name: &str, target: &str, media_type: &str, bytes: &[u8]) -> Reply {
        self.give(&format!("PUT /v2/{name}/manifests/{target}\nContent-Type: {media_type}"), bytes).await
    }

    pub(super) async fn status(&self, lines: &str) -> String {
        self.ask(lines).await.status().to_owned()
    }
}

/// The SHA-512 digest of bytes.
pub(super) fn sha512(bytes: &[u8]) -> Digest {
    Digest::by(Algorithm::Sha512, bytes)
}

/// The code of an error.
pub(super) fn code(reply: &Reply) -> String {
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    format!("{} {}", reply.status(), body["errors"][0]["code"].as_str().unwrap())
}
