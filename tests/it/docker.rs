//! The docker command line on an engine whose registry is a shelf of small images in memory.

#![expect(clippy::unwrap_used, reason = "a test whose stage cannot be set ends here")]

mod change;
mod failures;
mod format;
mod inspect;
mod line;
mod list;
mod login;
mod outside;
mod pull;
mod push;
mod registry;
mod usage;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use jiff::tz::TimeZone;
use layerbook::docker::{Mode, Output, View, execute};
use layerbook::engine::{Engine, EngineOptions};
use layerbook::oci::{Descriptor, Digest, Document, Platform, Repository};
use layerbook::source::{Blob, Error, Registry, RegistryError, Target};
use layerbook::store::{Store, WorkspaceName};
use serde_json::{Value, json};

/// A registry in memory.
#[derive(Default)]
struct Shelf {
    documents: HashMap<(String, String), Vec<u8>>,
    blobs: HashMap<String, Vec<u8>>,
    tags: HashMap<String, Vec<String>>,
}

impl Shelf {
    /// Puts an image of one layer a file on the shelf.
    fn put(&mut self, repository: &str, tag: &str, files: &[(&str, &str)], config: Value) {
        let layers: Vec<Vec<u8>> = files.iter().map(|(path, text)| tar(path, text)).collect();
        let mut config = config;
        config["rootfs"] =
            json!({ "type": "layers", "diff_ids": layers.iter().map(|l| Digest::of(l)).collect::<Vec<_>>() });
        let config = config.to_string().into_bytes();
        let layer = |bytes: &Vec<u8>| descriptor("application/vnd.oci.image.layer.v1.tar", bytes);
        let manifest = json!({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
            "layers": layers.iter().map(layer).collect::<Vec<_>>(),
        });
        self.add(repository, tag, &manifest);
        for blob in layers.into_iter().chain([config]) {
            self.blobs.insert(Digest::of(&blob).to_string(), blob);
        }
    }

    fn add(&mut self, repository: &str, tag: &str, document: &Value) -> Digest {
        let bytes = document.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        self.tags.entry(repository.to_owned()).or_default().push(tag.to_owned());
        for target in [tag.to_owned(), digest.to_string()] {
            self.documents.insert((repository.to_owned(), target), bytes.clone());
        }
        digest
    }

    fn read_raw(&self, repository: &str, tag: &str) -> Vec<u8> {
        self.documents[&(repository.to_owned(), tag.to_owned())].clone()
    }

    fn read(&self, repository: &Repository, target: &Target) -> Result<Document, Error> {
        let key = (repository.path().to_owned(), target.to_string());
        let bytes = self.documents.get(&key).ok_or_else(|| missing("MANIFEST_UNKNOWN", "manifest unknown"))?;
        Ok(Document::read(None, Bytes::copy_from_slice(bytes))?)
    }
}

fn missing(code: &str, message: &str) -> Error {
    Error::Registry(RegistryError { status: 404, code: code.to_owned(), message: message.to_owned() })
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": Digest::of(bytes), "size": bytes.len() })
}

fn tar(path: &str, text: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    builder.append_data(&mut header, path, text.as_bytes()).unwrap();
    builder.into_inner().unwrap()
}

impl Registry for Shelf {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>> {
        async move { Ok(self.read(repository, target)?.descriptor()) }.boxed()
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, Error>> {
        async move { self.read(repository, target) }.boxed()
    }

    fn blob<'a>(&'a self, _: &'a Repository, digest: &'a Digest, offset: u64) -> BoxFuture<'a, Result<Blob, Error>> {
        async move {
            let bytes = self.blobs.get(&digest.to_string()).ok_or_else(|| missing("BLOB_UNKNOWN", "no such blob"))?;
            let rest = Bytes::copy_from_slice(&bytes[usize::try_from(offset).unwrap()..]);
            Ok(Blob { offset, size: Some(bytes.len() as u64), stream: stream::iter([Ok(rest)]).boxed() })
        }
        .boxed()
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        async move {
            let tags = self.tags.get(repository.path());
            tags.cloned().ok_or_else(|| missing("NAME_UNKNOWN", "repository name not known to registry"))
        }
        .boxed()
    }
}

/// Docker on a fresh store.
struct Terminal {
    engine: Engine,
    _home: tempfile::TempDir,
}

impl Terminal {
    fn new() -> Self {
        Self::on(Arc::new(shelf()))
    }

    /// Takes images from any source.
    fn on(source: Arc<dyn Registry>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let workspace = Store::open(home.path()).unwrap().workspace(&WorkspaceName::Shell);
        let options = EngineOptions { platform: Platform::linux("amd64"), clock: now };
        let engine = Engine::new(workspace, source, options).with_outside(outside::outside());
        Self { engine, _home: home }
    }

    /// Runs a docker line, split at blanks; `_` stands for a blank inside a word. Shows what is printed, and the status
    /// unless it is 0.
    fn run(&self, line: &str) -> String {
        self.run_with(line, "", &mut None)
    }

    /// Runs a docker line with an input, and a person where there is one.
    fn run_with(&self, line: &str, input: &str, person: &mut Option<outside::Typist>) -> String {
        let words: Vec<String> = line.split(' ').map(|word| word.replace('_', " ")).collect();
        format!("$ docker {line}\n{}", self.run_words_with(&words, input, person))
    }

    /// Runs words as they are, empty ones too.
    fn run_words(&self, words: &[String]) -> String {
        self.run_words_with(words, "", &mut None)
    }

    fn run_words_with(&self, words: &[String], input: &str, person: &mut Option<outside::Typist>) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut input = input.as_bytes();
        let person = person.as_mut().map(|person| person as &mut dyn layerbook::docker::Person);
        let mut output = Output::new(&mut out, &mut err);
        output.input = Some(&mut input);
        output.person = person;
        let status = runtime.block_on(execute(words, &self.engine, &view(), &mut output));
        let (out, err) = (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap());
        let status = if status == 0 { String::new() } else { format!("[{status}]\n") };
        format!("{out}{err}{status}")
    }
}

fn view() -> View {
    View {
        now: now(),
        zone: || TimeZone::UTC,
        width: || 80,
        terminal: false,
        mode: Mode::Classroom,
        variable: |_| None,
    }
}

fn now() -> jiff::Timestamp {
    "2024-03-02T12:00:00Z".parse().unwrap()
}

fn shelf() -> Shelf {
    let mut shelf = Shelf::default();
    let base = ("etc/os-release", "ID=demo\n");
    let history = |steps: &[(&str, bool)]| {
        let step = |(by, empty): &(&str, bool)| json!({ "created": "2024-02-28T10:00:00Z", "created_by": by, "comment": "buildkit.dockerfile.v0", "empty_layer": empty });
        json!(steps.iter().map(step).collect::<Vec<_>>())
    };
    let config = |created: &str, config: Value, history: Value| json!({ "created": created, "architecture": "amd64", "os": "linux", "config": config, "history": history });
    let one = config(
        "2024-02-28T10:00:00.500Z",
        json!({ "Cmd": ["sh"], "Labels": { "team": "red" } }),
        history(&[("ADD rootfs /", false)]),
    );
    shelf.put("library/demo", "1.0", &[base], one);
    let steps = [
        ("ADD rootfs /", false),
        ("ENV A=1", true),
        ("RUN /bin/sh -c echo hello <b> && echo a long line > /etc/motd # buildkit", false),
    ];
    let two = config("2024-03-01T10:00:00Z", json!({ "Env": ["A=1"], "Cmd": ["sh"] }), history(&steps));
    shelf.put("library/demo", "2.0", &[base, ("etc/motd", "hello\n")], two);
    let arm = json!({ "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": Digest::of(b"arm"), "size": 3,
                      "platform": { "architecture": "arm64", "os": "linux" } });
    let index =
        json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [arm] });
    shelf.add("library/other", "latest", &index);
    let layers = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5"), ("f", "6"), ("a", "1")];
    shelf.put("library/many", "latest", &layers, config("2024-03-01T10:00:00Z", json!({}), json!([])));
    let one = shelf.read_raw("library/demo", "1.0");
    let mut amd = descriptor("application/vnd.oci.image.manifest.v1+json", &one);
    amd["platform"] = json!({ "architecture": "amd64", "os": "linux" });
    let mut attestation = amd.clone();
    attestation["platform"] = json!({ "architecture": "unknown", "os": "unknown" });
    attestation["annotations"] =
        json!({ "vnd.docker.reference.digest": amd["digest"], "vnd.docker.reference.type": "attestation-manifest" });
    let index = json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [amd, attestation] });
    shelf.documents.insert(("library/both".to_owned(), Digest::of(&one).to_string()), one);
    shelf.add("library/both", "latest", &index);
    shelf
}

/// Runs docker lines one after the other on a fresh store.
fn check(lines: &[&str]) -> String {
    let terminal = Terminal::new();
    lines.iter().map(|line| terminal.run(line)).collect()
}
