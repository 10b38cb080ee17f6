//! `docker save` and `docker load`: archives there and back, and archives that nobody should load.

mod hostile;
mod load;
mod save;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Arc;

use jiff::tz::TimeZone;
use layerbook::docker::{Mode, Output, Terminals, View, execute};
use layerbook::engine::{Engine, EngineOptions};
use layerbook::oci::{Digest, Platform};
use layerbook::store::{Store, WorkspaceName};
use serde_json::{Value, json};

use crate::support::memory::{Image, ImageBuilder, Memory, tar_of};

/// Docker on a fresh store, whose registry is in memory.
struct Docker {
    engine: Engine,
    home: tempfile::TempDir,
}

impl Docker {
    fn new(source: Memory) -> Self {
        let home = tempfile::tempdir().unwrap();
        let workspace = Store::open(home.path()).unwrap().workspace(&WorkspaceName::Shell);
        let options = EngineOptions { platform: Platform::linux("amd64"), clock: now };
        Self { engine: Engine::new(workspace, Arc::new(source), options), home }
    }

    /// A store whose registry has nothing.
    fn empty() -> Self {
        Self::new(Memory::new())
    }

    fn raw(&self, line: &str, input: &[u8], terminals: Terminals) -> (Vec<u8>, String) {
        self.seen(line, input, terminals, &view())
    }

    fn seen(&self, line: &str, input: &[u8], terminals: Terminals, view: &View) -> (Vec<u8>, String) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let (mut out, mut err, mut input) = (Vec::new(), Vec::new(), input);
        let mut output = Output::new(&mut out, &mut err);
        output.input = Some(&mut input);
        output.terminals = terminals;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let status = runtime.block_on(execute(&words, &self.engine, view, &mut output));
        let mut text = String::from_utf8(err).unwrap();
        if status != 0 {
            text += &format!("[{status}]\n");
        }
        (out, text)
    }

    /// Runs a line and returns what it says, the status unless it is 0 behind it.
    fn run(&self, line: &str) -> String {
        self.feed(line, &[])
    }

    /// Runs a line on a standard input.
    fn feed(&self, line: &str, input: &[u8]) -> String {
        let (out, err) = self.raw(line, input, Terminals::default());
        String::from_utf8(out).unwrap() + &err
    }

    /// Runs a line that must print bytes and nothing else.
    #[track_caller]
    fn bytes(&self, line: &str) -> Vec<u8> {
        let (out, err) = self.raw(line, &[], Terminals::default());
        assert_eq!(err, "", "{line}");
        out
    }

    /// Lists the blobs in the pool and whatever is still arriving.
    fn files(&self) -> Vec<String> {
        let mut names = Vec::new();
        for folder in ["store/blobs/sha256", "store/blobs/sha512", "ingest"] {
            let entries = std::fs::read_dir(self.home.path().join(folder)).unwrap();
            let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            files.retain(|path| path.extension().is_none_or(|extension| extension != "lock"));
            names.extend(files.iter().filter_map(|path| path.file_name()?.to_str().map(str::to_owned)));
        }
        names.sort();
        names
    }

    fn images(&self) -> String {
        self.run("images --format {{.Repository}}:{{.Tag}}={{.ID}}")
    }
}

fn view() -> View {
    View { now: now(), zone: || TimeZone::UTC, width: || 80, terminal: false, mode: Mode::Online, variable: |_| None }
}

fn now() -> jiff::Timestamp {
    "2024-03-02T12:00:00Z".parse().unwrap()
}

fn base() -> ImageBuilder {
    ImageBuilder::new().layer([("etc/os", "base\n")])
}

fn app() -> Image {
    base().env("A=1").layer([("app", "one\n")]).label("team", "red").build()
}

/// A Docker that holds `demo:1` and `demo:2`, which stand on one base.
fn with_images() -> Docker {
    let source = Memory::new().image("demo:1", &base().build()).image("demo:2", &app());
    let docker = Docker::new(source);
    docker.run("pull -q demo:1");
    docker.run("pull -q demo:2");
    docker
}

/// An archive in the making, as other programs than ours would write it.
struct Tar(tar::Builder<Vec<u8>>);

/// The parts of an image as a Docker archive of old has them.
struct Parts {
    config: Vec<u8>,
    layers: Vec<Vec<u8>>,
}

impl Parts {
    fn of(layers: Vec<Vec<u8>>) -> Self {
        let config = json!({
            "architecture": "amd64", "os": "linux", "created": "2024-01-01T00:00:00Z", "config": { "Cmd": ["sh"] },
            "rootfs": { "type": "layers", "diff_ids": layers.iter().map(|layer| Digest::of(layer)).collect::<Vec<_>>() },
        });
        Self { config: config.to_string().into_bytes(), layers }
    }

    fn one() -> Self {
        Self::of(vec![tar_of([("etc/a", "hello")])])
    }

    fn two() -> Self {
        Self::of(vec![tar_of([("etc/a", "hello")]), tar_of([("etc/b", "world")])])
    }

    /// Makes the archive: `1.json` and `1-0/layer.tar` for image 1.
    fn archive(images: &[(&Self, &[&str])]) -> Tar {
        let mut tar = Tar::new();
        let mut items = Vec::new();
        for (number, (parts, tags)) in images.iter().enumerate() {
            let config = format!("{number}.json");
            tar = tar.file(&config, &parts.config);
            let mut layers = Vec::new();
            for (at, layer) in parts.layers.iter().enumerate() {
                layers.push(format!("{number}-{at}/layer.tar"));
                tar = tar.file(&layers[at], layer);
            }
            items.push(item(&config, tags, &layers));
        }
        tar.file("manifest.json", Value::from(items).to_string())
    }
}

fn item(config: &str, tags: &[&str], layers: &[String]) -> Value {
    let tags = if tags.is_empty() { Value::Null } else { json!(tags) };
    json!({ "Config": config, "RepoTags": tags, "Layers": layers })
}

impl Tar {
    fn new() -> Self {
        Self(tar::Builder::new(Vec::new()))
    }

    fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry(tar::EntryType::Regular, name, "", content.as_ref())
    }

    fn symlink(self, name: &str, target: &str) -> Self {
        self.entry(tar::EntryType::Symlink, name, target, &[])
    }

    fn hard_link(self, name: &str, target: &str) -> Self {
        self.entry(tar::EntryType::Link, name, target, &[])
    }

    /// Adds an entry with these very names, whatever they are.
    fn entry(mut self, kind: tar::EntryType, name: &str, link: &str, content: &[u8]) -> Self {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        let fields = header.as_old_mut();
        fields.name[..name.len()].copy_from_slice(name.as_bytes());
        fields.linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_cksum();
        self.0.append(&header, content).unwrap();
        self
    }

    fn bytes(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }
}

/// Reads an archive: names in order, each with its content.
fn entries(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut tar = tar::Archive::new(archive);
    let read = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.path().unwrap().to_string_lossy().into_owned(), content)
    };
    tar.entries().unwrap().map(read).collect()
}

fn json_of(archive: &[u8], name: &str) -> Value {
    let content: BTreeMap<String, Vec<u8>> = entries(archive).into_iter().collect();
    serde_json::from_slice(&content[name]).unwrap()
}
