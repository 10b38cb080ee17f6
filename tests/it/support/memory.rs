//! A source in memory, and images built for it. Content is stored under the digest of its bytes unless a test
//! plants something else there; nothing depends on time or place.
#![allow(dead_code, reason = "subjects use different parts of it")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt as _};
use layerbook::oci::{Descriptor, DiffId, Digest, Document, ImageConfig, MediaType, Platform, Reference, Repository};
use layerbook::source::{Blob, Error, Registry, RegistryError, Target};
use serde_json::{Value, json};

/// When everything here was made.
const CREATED: &str = "2024-01-02T03:04:05Z";
/// Streams come in chunks of this many bytes.
const CHUNK: usize = 16 << 10;

/// A registry without a network. Cheap to share; what is added is there at once.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Content>);

#[derive(Debug, Default)]
struct Content {
    tags: BTreeMap<Repository, BTreeMap<String, Digest>>,
    documents: BTreeMap<Digest, Document>,
    blobs: BTreeMap<Digest, Bytes>,
}

impl Memory {
    /// Makes a source that knows nothing.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds an image under a name, `redis:7` for example, which then points to it.
    #[track_caller]
    pub(crate) fn image(self, name: &str, image: &Image) -> Self {
        self.add(image);
        self.document(name, &image.document)
    }

    /// Adds an index of images, one a platform, under a name.
    #[track_caller]
    pub(crate) fn index(self, name: &str, images: &[Image]) -> Self {
        for image in images {
            self.add(image);
        }
        self.document(name, &index(images))
    }

    /// Adds a manifest or index alone under a name; what it points to may be missing.
    #[track_caller]
    pub(crate) fn document(self, name: &str, document: &Document) -> Self {
        self.point(name, document);
        self
    }

    /// Adds a blob and returns its digest.
    pub(crate) fn blob(&self, bytes: impl Into<Bytes>) -> Digest {
        let bytes = bytes.into();
        let digest = Digest::of(&bytes);
        self.plant(&digest, bytes);
        digest
    }

    /// Puts bytes under a digest that need not be theirs.
    pub(crate) fn plant(&self, digest: &Digest, bytes: impl Into<Bytes>) {
        self.content().blobs.insert(digest.clone(), bytes.into());
    }

    /// Takes a blob away.
    pub(crate) fn lose(&self, digest: &Digest) {
        self.content().blobs.remove(digest);
    }

    /// Lets a name point to a document from now on.
    #[track_caller]
    pub(crate) fn point(&self, name: &str, document: &Document) {
        let reference = name.parse::<Reference>().expect("tests name images correctly").or_latest();
        let mut content = self.content();
        content.documents.insert(document.digest().clone(), document.clone());
        let tags = content.tags.entry(reference.repository().clone()).or_default();
        if let Some(tag) = reference.tag() {
            tags.insert(tag.to_owned(), document.digest().clone());
        }
    }

    fn add(&self, image: &Image) {
        let mut content = self.content();
        content.documents.insert(image.document.digest().clone(), image.document.clone());
        let blobs = image.blobs.iter().map(|bytes| (Digest::of(bytes), bytes.clone()));
        content.blobs.extend(blobs);
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().expect("no test panics while it holds the content")
    }
}

impl Content {
    fn find(&self, repository: &Repository, target: &Target) -> Result<Document, Error> {
        let tags = self.tags_of(repository)?;
        let digest = match target {
            Target::Tag(tag) => tags.get(tag).ok_or_else(|| missing("MANIFEST_UNKNOWN", "manifest unknown"))?,
            Target::Digest(digest) => digest,
        };
        self.documents.get(digest).cloned().ok_or_else(|| missing("MANIFEST_UNKNOWN", "manifest unknown"))
    }

    fn tags_of(&self, repository: &Repository) -> Result<&BTreeMap<String, Digest>, Error> {
        self.tags.get(repository).ok_or_else(|| missing("NAME_UNKNOWN", "repository name not known to registry"))
    }

    fn open(&self, repository: &Repository, digest: &Digest, offset: u64) -> Result<Blob, Error> {
        self.tags_of(repository)?;
        let unknown = || missing("BLOB_UNKNOWN", "blob unknown to registry");
        let bytes = self.blobs.get(digest).cloned().ok_or_else(unknown)?;
        let size = bytes.len();
        let start = usize::try_from(offset).unwrap_or(size).min(size);
        let rest = bytes.slice(start..);
        let chunks = (0..rest.len()).step_by(CHUNK).map(move |at| Ok(rest.slice(at..rest.len().min(at + CHUNK))));
        Ok(Blob { offset: start as u64, size: Some(size as u64), stream: stream::iter(chunks).boxed() })
    }
}

fn missing(code: &str, message: &str) -> Error {
    Error::Registry(RegistryError { status: 404, code: code.to_owned(), message: message.to_owned() })
}

impl Registry for Memory {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>> {
        async move { self.content().find(repository, target).map(|document| document.descriptor()) }.boxed()
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, Error>> {
        async move { self.content().find(repository, target) }.boxed()
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, Error>> {
        async move { self.content().open(repository, digest, offset) }.boxed()
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        async move { Ok(self.content().tags_of(repository)?.keys().cloned().collect()) }.boxed()
    }
}

/// An image: its manifest, and every blob that the manifest points to.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    /// The manifest.
    pub(crate) document: Document,
    /// The config.
    pub(crate) config: ImageConfig,
    /// The config's bytes, then the layers', bottom first.
    pub(crate) blobs: Vec<Bytes>,
}

/// Makes the index of some images, in their order.
pub(crate) fn index(images: &[Image]) -> Document {
    let entry = |image: &Image| {
        let platform = Some(image.config.platform());
        Descriptor { platform, ..image.document.descriptor() }
    };
    let entries: Vec<_> = images.iter().map(entry).collect();
    document(
        &MediaType::OCI_INDEX,
        &json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": entries }),
    )
}

/// Makes a document of JSON.
#[track_caller]
pub(crate) fn document(media_type: &MediaType, value: &Value) -> Document {
    Document::read(Some(media_type), value.to_string().into()).expect("tests write readable documents")
}

/// Builds an image, OCI types, `linux/amd64` unless told otherwise.
#[derive(Debug, Clone)]
pub(crate) struct ImageBuilder {
    layers: Vec<Vec<u8>>,
    history: Vec<Value>,
    platform: Platform,
    env: Vec<String>,
    cmd: Vec<String>,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

impl ImageBuilder {
    /// Starts with no layer.
    pub(crate) fn new() -> Self {
        Self {
            layers: Vec::new(),
            history: Vec::new(),
            platform: Platform::linux("amd64"),
            env: Vec::new(),
            cmd: Vec::new(),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
        }
    }

    /// Adds a layer of files; a path that ends in `/` is a folder, one whose name begins with `.wh.` a whiteout.
    pub(crate) fn layer<P: AsRef<str>, C: AsRef<[u8]>>(self, files: impl IntoIterator<Item = (P, C)>) -> Self {
        self.tar(tar_of(files))
    }

    /// Adds a layer of a tar as it is.
    pub(crate) fn tar(mut self, tar: Vec<u8>) -> Self {
        let step = self.history.len() + 1;
        self.history.push(json!({ "created": CREATED, "created_by": format!("COPY step-{step} / # buildkit") }));
        self.layers.push(tar);
        self
    }

    /// Sets a variable, `A=1`.
    pub(crate) fn env(mut self, pair: &str) -> Self {
        self.env.push(pair.to_owned());
        self.note(&format!("ENV {pair}"))
    }

    /// Sets the command.
    pub(crate) fn cmd(mut self, words: &[&str]) -> Self {
        self.cmd = words.iter().map(|&word| word.to_owned()).collect();
        let words = json!(words);
        self.note(&format!("CMD {words}"))
    }

    /// Sets a label.
    pub(crate) fn label(mut self, key: &str, value: &str) -> Self {
        self.labels.insert(key.to_owned(), value.to_owned());
        self.note(&format!("LABEL {key}={value}"))
    }

    /// Sets an annotation of the manifest.
    pub(crate) fn annotation(mut self, key: &str, value: &str) -> Self {
        self.annotations.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Sets the platform, `linux/arm/v7`.
    #[track_caller]
    pub(crate) fn platform(mut self, text: &str) -> Self {
        self.platform = text.parse().expect("tests name platforms correctly");
        self
    }

    fn note(mut self, created_by: &str) -> Self {
        self.history.push(json!({ "created": CREATED, "created_by": created_by, "empty_layer": true }));
        self
    }

    /// Builds the image.
    pub(crate) fn build(self) -> Image {
        let layers: Vec<_> = self.layers.iter().map(|tar| gzip(tar)).collect();
        let config = Bytes::from(self.config().to_string());
        let describe = |layer: &Bytes| Descriptor::of(MediaType::OCI_LAYER_GZIP, layer);
        let mut manifest = json!({
            "schemaVersion": 2,
            "mediaType": MediaType::OCI_MANIFEST,
            "config": Descriptor::of(MediaType::OCI_CONFIG, &config),
            "layers": layers.iter().map(describe).collect::<Vec<_>>(),
        });
        if !self.annotations.is_empty() {
            manifest["annotations"] = json!(self.annotations);
        }
        Image {
            document: document(&MediaType::OCI_MANIFEST, &manifest),
            config: ImageConfig::parse(&config).expect("this is a config"),
            blobs: std::iter::once(config).chain(layers).collect(),
        }
    }

    fn config(&self) -> Value {
        let mut run = json!({});
        for (key, words) in [("Env", &self.env), ("Cmd", &self.cmd)] {
            if !words.is_empty() {
                run[key] = json!(words);
            }
        }
        if !self.labels.is_empty() {
            run["Labels"] = json!(self.labels);
        }
        let diff_ids: Vec<_> = self.layers.iter().map(|tar| DiffId(Digest::of(tar))).collect();
        let mut config = json!({
            "created": CREATED,
            "architecture": self.platform.architecture,
            "os": self.platform.os,
            "config": run,
            "rootfs": { "type": "layers", "diff_ids": diff_ids },
            "history": self.history,
        });
        if !self.platform.variant.is_empty() {
            config["variant"] = json!(self.platform.variant);
        }
        config
    }
}

/// Packs files, mode 0644 and 0755, owner root, at the beginning of Unix time.
pub(crate) fn tar_of<P: AsRef<str>, C: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, C)>) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let (path, content) = (path.as_ref(), content.as_ref());
        let mut header = tar::Header::new_ustar();
        let is_folder = path.ends_with('/');
        header.set_entry_type(if is_folder { tar::EntryType::Directory } else { tar::EntryType::Regular });
        header.set_mode(if is_folder { 0o755 } else { 0o644 });
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, path, content).expect("memory takes every byte");
    }
    tar.into_inner().expect("memory takes every byte")
}

/// Compresses without a time in the header.
pub(crate) fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes every byte");
    encoder.finish().expect("memory takes every byte").into()
}
