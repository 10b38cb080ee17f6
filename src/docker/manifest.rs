//! `docker manifest inspect` (docker/cli, cli/command/manifest/inspect.go and cli/registry/client).

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::failure::Failure;
use super::flags::Parsed;
use super::indent::{Escapes, reindent};
use super::{Output, error};
use crate::engine::{Engine, Error};
use crate::oci::{Descriptor, Document, ImageConfig, MediaType, Platform, Reference};
use crate::source::{self, Greeting};

/// Which manifest to show, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestInspect {
    /// The name, with `latest` filled in.
    pub reference: Reference,
    /// The list in front of it, which would be one that `docker manifest create` made here.
    pub list: Option<Reference>,
    /// `--insecure`: a registry that speaks plain HTTP will do.
    pub insecure: bool,
    /// `-v`.
    pub verbose: bool,
}

/// An image's manifest, or all manifests of an index.
enum Found {
    One(Entry),
    Many(Vec<Entry>),
}

/// A manifest with the name and platform that it is shown by.
struct Entry {
    name: String,
    document: Document,
    platform: Option<Platform>,
}

impl ManifestInspect {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let read = |text: &String| text.parse().map(Reference::or_latest).map_err(|error| Failure::new(1, error));
        let (list, name) = match parsed.arguments.as_slice() {
            [list, name, ..] => (Some(list), name),
            [name] => (None, name),
            [] => return Err(Failure::new(1, "invalid reference format")),
        };
        let reference = read(name)?;
        let list = list.map(read).transpose()?;
        Ok(Self { reference, list, insecure: parsed.is("insecure"), verbose: parsed.is("verbose") })
    }
}

pub(super) async fn run(
    inspect: &ManifestInspect,
    engine: &Engine,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    // Lists that `docker manifest create` would have made are not here.
    if inspect.list.is_some() {
        return Ok(Err(Failure::new(1, format!("No such manifest: {}", inspect.reference))));
    }
    let found = match find(inspect, engine).await {
        Ok(found) => found,
        Err(error) => return Ok(Err(Failure::new(1, sentence(&error, &inspect.reference)))),
    };
    let text = match (&found, inspect.verbose) {
        (Found::One(entry), false) => reindent(&text_of(&entry.document), "", "\t", Escapes::AsTheyAre),
        (Found::One(entry), true) => details(entry, ""),
        (Found::Many(entries), false) => index(entries),
        (Found::Many(entries), true) if entries.is_empty() => "[]".to_owned(),
        (Found::Many(entries), true) => {
            let entries: Vec<String> = entries.iter().map(|entry| format!("\n\t{}", details(entry, "\t"))).collect();
            format!("[{}\n]", entries.join(","))
        }
    };
    writeln!(output.out, "{text}")?;
    Ok(Ok(()))
}

/// Fetches the manifest, or the index with all its manifests: as in Docker, one that is missing is an error.
async fn find(inspect: &ManifestInspect, engine: &Engine) -> Result<Found, Error> {
    let reference = &inspect.reference;
    if !inspect.insecure && is_plain(engine, reference).await? {
        return Err(not_found());
    }
    let document = engine.remote_document(reference).await?;
    if !document.media_type().is_index() {
        let platform = if inspect.verbose { platform(engine, reference, &document).await? } else { None };
        return Ok(Found::One(Entry { name: reference.to_string(), document, platform }));
    }
    let fetch = async |entry: &Descriptor| {
        let child = reference.repository().with_digest(entry.digest.clone());
        let document = engine.remote_document(&child).await?;
        if document.media_type().is_index() {
            return Err(Error::UnsupportedType(document.media_type().clone()));
        }
        Ok(Entry { name: format!("{reference}@{}", entry.digest), document, platform: entry.platform.clone() })
    };
    let index = document.index()?;
    let mut entries = Vec::new();
    for entry in &index.manifests {
        entries.push(fetch(entry).await?);
    }
    Ok(Found::Many(entries))
}

/// Tells whether a registry is one that Docker would not ask here. Only one on this machine can be.
async fn is_plain(engine: &Engine, reference: &Reference) -> Result<bool, Error> {
    if !reference.repository().is_on_this_machine() {
        return Ok(false);
    }
    match engine.greet(reference.repository()).await {
        Ok(greeting) => Ok(greeting == Greeting::Plain),
        Err(Error::NotConnected(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn platform(engine: &Engine, reference: &Reference, document: &Document) -> Result<Option<Platform>, Error> {
    let config = document.manifest()?.config;
    if !config.media_type.is_image_config() {
        return Ok(None);
    }
    let raw = engine.remote_config(reference.repository(), &config).await?;
    Ok(Some(ImageConfig::parse(&raw)?.platform()))
}

fn not_found() -> Error {
    Error::Source(source::Error::Registry(source::RegistryError::bare(404, "MANIFEST_UNKNOWN")))
}

/// Whatever a registry refuses is a manifest that is not there.
fn sentence(error: &Error, reference: &Reference) -> String {
    match error {
        Error::Source(source::Error::Registry(_) | source::Error::Status { .. }) => {
            format!("no such manifest: {reference}")
        }
        // Docker gives up before it falls back to HTTP.
        Error::Source(source::Error::Network(error)) => {
            let url = error.url.replacen("http://", "https://", 1);
            let (method, reason) = (error.method, &error.reason);
            format!("failed to configure transport: error pinging v2 registry: {method} \"{url}\": {reason}")
        }
        Error::Source(source::Error::Login { method: _, url, cause }) => {
            format!("Get \"{url}\": {}", error::source(cause))
        }
        Error::UnsupportedType(media_type) => format!("unsupported manifest format: {media_type}"),
        other => error::sentence(other),
    }
}

fn text_of(document: &Document) -> String {
    String::from_utf8_lossy(document.bytes()).into_owned()
}

/// The list as Docker builds it anew: no annotations, the size before the digest, three blanks.
fn index(entries: &[Entry]) -> String {
    let is_oci = entries.first().is_none_or(|entry| *entry.document.media_type() == MediaType::OCI_MANIFEST);
    let entry = |entry: &Entry| {
        json!({
            "mediaType": entry.document.media_type(),
            "size": entry.document.bytes().len(),
            "digest": entry.document.digest(),
            "platform": entry.platform.as_ref().map_or_else(|| json!({ "architecture": "", "os": "" }), |p| json!(p)),
        })
    };
    let list = json!({
        "schemaVersion": 2,
        "mediaType": if is_oci { MediaType::OCI_INDEX } else { MediaType::DOCKER_INDEX },
        "manifests": entries.iter().map(entry).collect::<Vec<_>>(),
    });
    reindent(&list.to_string(), "", "   ", Escapes::Html)
}

/// All about one manifest, its own bytes among it.
fn details(entry: &Entry, prefix: &str) -> String {
    let document = &entry.document;
    let mut descriptor = json!({
        "mediaType": document.media_type(), "digest": document.digest(), "size": document.bytes().len(),
    });
    if let Some(platform) = &entry.platform {
        descriptor["platform"] = json!(platform);
    }
    let name = Value::from(entry.name.as_str());
    let raw = STANDARD.encode(document.bytes());
    let key = if *document.media_type() == MediaType::DOCKER_MANIFEST { "SchemaV2Manifest" } else { "OCIManifest" };
    let text = text_of(document);
    let object = format!(r#"{{"Ref":{name},"Descriptor":{descriptor},"Raw":"{raw}","{key}":{text}}}"#);
    reindent(&object, prefix, "\t", Escapes::Html)
}
