//! `docker buildx imagetools inspect` (docker/buildx, util/imagetools/printers.go).

use std::io;

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::flags::Parsed;
use super::indent::{Escapes, reindent};
use super::{Output, error};
use crate::engine::{Engine, Error};
use crate::oci::{Descriptor, Document, Index, Reference, Repository};
use crate::source;
use crate::template::{self, Field, Place, Record, Shape, Template};

/// Which image of a registry to show, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageTools {
    /// The name, with `latest` filled in.
    pub reference: Reference,
    /// `--raw`: the registry's bytes.
    pub raw: bool,
    /// `--format`; `None` is the listing.
    pub format: Option<String>,
}

/// The template that means the listing.
const LISTING: &str = "{{.Manifest}}";

const fn field(name: &'static str, key: &'static str, shape: Shape, place: Place) -> Field {
    Field { name, key, shape, place }
}

/// What a template sees of an image whose name leads to a manifest.
const PLAIN: Shape = Shape::Struct(&Record {
    name: "imagetools.tplInput",
    fields: &[
        field("Name", "name", Shape::Text, Place::OmitEmpty),
        field("Manifest", "manifest", Shape::Struct(&DESCRIPTOR), Place::OmitEmpty),
        field("Image", "image", Shape::Pointer(&IMAGE), Place::OmitEmpty),
    ],
});

/// What it sees of an image whose name leads to an index of one platform.
const ONE: Shape = Shape::Struct(&Record {
    name: "imagetools.tplInput",
    fields: &[
        field("Name", "name", Shape::Text, Place::OmitEmpty),
        field("Manifest", "manifest", Shape::Struct(&MANIFEST), Place::OmitEmpty),
        field("Image", "image", Shape::Pointer(&IMAGE), Place::OmitEmpty),
    ],
});

/// What it sees of an image for several platforms.
const SEVERAL: Shape = Shape::Struct(&Record {
    name: "imagetools.tplInputs",
    fields: &[
        field("Name", "name", Shape::Text, Place::OmitEmpty),
        field("Manifest", "manifest", Shape::Struct(&MANIFEST), Place::OmitEmpty),
        field("Image", "image", Shape::Map(&Shape::Pointer(&IMAGE)), Place::OmitEmpty),
    ],
});

const TEXTS: Shape = Shape::List(&Shape::Text);
const SET: Shape = Shape::Map(&Shape::Struct(&Record { name: "struct {}", fields: &[] }));

const IMAGE: Record = Record {
    name: "v1.Image",
    fields: &[
        field("Created", "created", Shape::Time, Place::OmitEmpty),
        field("Author", "author", Shape::Text, Place::OmitEmpty),
        field("Platform", "", Shape::Struct(&PLATFORM), Place::Embedded),
        field("Config", "config", Shape::Struct(&CONFIG), Place::OmitEmpty),
        field("RootFS", "rootfs", Shape::Struct(&ROOT_FS), Place::Always),
        field("History", "history", Shape::List(&Shape::Struct(&HISTORY)), Place::OmitEmpty),
    ],
};

const CONFIG: Record = Record {
    name: "v1.ImageConfig",
    fields: &[
        field("User", "User", Shape::Text, Place::OmitEmpty),
        field("ExposedPorts", "ExposedPorts", SET, Place::OmitEmpty),
        field("Env", "Env", TEXTS, Place::OmitEmpty),
        field("Entrypoint", "Entrypoint", TEXTS, Place::OmitEmpty),
        field("Cmd", "Cmd", TEXTS, Place::OmitEmpty),
        field("Volumes", "Volumes", SET, Place::OmitEmpty),
        field("WorkingDir", "WorkingDir", Shape::Text, Place::OmitEmpty),
        field("Labels", "Labels", Shape::Map(&Shape::Text), Place::OmitEmpty),
        field("StopSignal", "StopSignal", Shape::Text, Place::OmitEmpty),
        field("ArgsEscaped", "ArgsEscaped", Shape::Bool, Place::OmitEmpty),
    ],
};

const ROOT_FS: Record = Record {
    name: "v1.RootFS",
    fields: &[
        field("Type", "type", Shape::Text, Place::Always),
        field("DiffIDs", "diff_ids", Shape::List(&Shape::Digest), Place::Always),
    ],
};

const HISTORY: Record = Record {
    name: "v1.History",
    fields: &[
        field("Created", "created", Shape::Time, Place::OmitEmpty),
        field("CreatedBy", "created_by", Shape::Text, Place::OmitEmpty),
        field("Author", "author", Shape::Text, Place::OmitEmpty),
        field("Comment", "comment", Shape::Text, Place::OmitEmpty),
        field("EmptyLayer", "empty_layer", Shape::Bool, Place::OmitEmpty),
    ],
};

/// buildx has no name for it, so that Go shows all of it.
const MANIFEST: Record = Record {
    name: "struct { SchemaVersion int \"json:\\\"schemaVersion\\\"\"; MediaType string \"json:\\\"mediaType,omitempty\\\"\"; Digest \
           digest.Digest \"json:\\\"digest\\\"\"; Size int64 \"json:\\\"size\\\"\"; Manifests []v1.Descriptor \
           \"json:\\\"manifests\\\"\"; Annotations map[string]string \"json:\\\"annotations,omitempty\\\"\" }",
    fields: &[
        field("SchemaVersion", "schemaVersion", Shape::Integer("int"), Place::OmitEmpty),
        field("MediaType", "mediaType", Shape::Text, Place::OmitEmpty),
        field("Digest", "digest", Shape::Digest, Place::Always),
        field("Size", "size", Shape::Integer("int64"), Place::Always),
        field("Manifests", "manifests", Shape::List(&Shape::Struct(&DESCRIPTOR)), Place::OmitEmpty),
        field("Annotations", "annotations", Shape::Map(&Shape::Text), Place::OmitEmpty),
    ],
};

const DESCRIPTOR: Record = Record {
    name: "v1.Descriptor",
    fields: &[
        field("MediaType", "mediaType", Shape::Text, Place::Always),
        field("Digest", "digest", Shape::Digest, Place::Always),
        field("Size", "size", Shape::Integer("int64"), Place::Always),
        field("URLs", "urls", Shape::List(&Shape::Text), Place::OmitEmpty),
        field("Annotations", "annotations", Shape::Map(&Shape::Text), Place::OmitEmpty),
        field("Platform", "platform", Shape::Pointer(&PLATFORM), Place::OmitEmpty),
    ],
};

const PLATFORM: Record = Record {
    name: "v1.Platform",
    fields: &[
        field("Architecture", "architecture", Shape::Text, Place::Always),
        field("OS", "os", Shape::Text, Place::Always),
        field("OSVersion", "os.version", Shape::Text, Place::OmitEmpty),
        field("Variant", "variant", Shape::Text, Place::OmitEmpty),
    ],
};

impl ImageTools {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let format = parsed.non_empty("format");
        let raw = parsed.is("raw");
        if raw && format.is_some() {
            return Err(failure("format and raw cannot be used together"));
        }
        let reference: Reference = parsed.arguments[0].parse().map_err(failure)?;
        let format = format.filter(|format| format != LISTING);
        Ok(Self { reference: reference.or_latest(), raw, format })
    }
}

/// buildx puts a word of its own before every error.
fn failure(sentence: impl std::fmt::Display) -> Failure {
    Failure::new(1, format!("ERROR: {sentence}"))
}

pub(super) async fn run(
    inspect: &ImageTools,
    engine: &Engine,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let reference = &inspect.reference;
    let refused = |error: &Error| Ok(Err(failure(sentence(error, reference))));
    let document = match engine.remote_document(reference).await {
        Ok(document) => document,
        Err(error) => return refused(&error),
    };
    if inspect.raw {
        // Without a line break at the end, so that the digest of what is printed is the manifest's.
        return output.out.write_all(document.bytes()).map(Ok);
    }
    let Some(format) = &inspect.format else {
        return match listing(reference, &document) {
            Ok(text) => output.out.write_all(text.as_bytes()).map(Ok),
            Err(error) => refused(&error),
        };
    };
    let input = match input(reference, &document, format, engine).await {
        Ok(input) => input,
        Err(error) => return refused(&error),
    };
    let told = |error: template::Error| failure(error.to_string().trim_start_matches("template parsing error: "));
    let template = match Template::parse(format) {
        Ok(template) => template,
        Err(error) => return Ok(Err(told(error))),
    };
    let shape = match (document.media_type().is_index(), has_several(&input)) {
        (false, _) => &PLAIN,
        (true, false) => &ONE,
        (true, true) => &SEVERAL,
    };
    let (text, ended) = template.typed(&input, shape);
    if let Err(error) = ended {
        output.out.write_all(text.as_bytes())?;
        return Ok(Err(told(error)));
    }
    // buildx lays out what its `json` makes.
    let is_json = format.trim_start().starts_with("{{json ") && format.matches("{{").count() == 1;
    let text = if is_json { reindent(&text, "", "  ", Escapes::AsTheyAre) } else { text };
    writeln!(output.out, "{text}")?;
    Ok(Ok(()))
}

/// Tells whether the configs of several platforms are there, by platform.
fn has_several(input: &Value) -> bool {
    input["image"].as_object().is_some_and(|image| !image.contains_key("rootfs"))
}

fn sentence(error: &Error, reference: &Reference) -> String {
    match error {
        Error::Source(source::Error::Registry(answer)) if answer.status == 404 => format!("{reference}: not found"),
        other => error::sentence(other),
    }
}

/// The listing: three lines, and for an index a block an entry.
fn listing(reference: &Reference, document: &Document) -> Result<String, Error> {
    let head = [
        ("Name:", reference.to_string()),
        ("MediaType:", document.media_type().to_string()),
        ("Digest:", document.digest().to_string()),
    ];
    let mut text = block(&head);
    if document.media_type().is_index() {
        text += &block(&[("", String::new()), ("Manifests:", String::new())]);
        text += &entries(reference, &document.index()?);
    }
    Ok(text)
}

/// The entries of an index. Annotations end the columns above them and have their own; a line of blanks between two
/// entries belongs to the columns below it.
fn entries(reference: &Reference, index: &Index) -> String {
    let mut text = String::new();
    let mut rows: Vec<(&str, String)> = Vec::new();
    for (at, entry) in index.manifests.iter().enumerate() {
        if at > 0 {
            rows.push(("", String::new()));
        }
        rows.push(("  Name:", format!("{reference}@{}", entry.digest)));
        rows.push(("  MediaType:", entry.media_type.to_string()));
        let Some(platform) = &entry.platform else { continue };
        rows.push(("  Platform:", platform.to_string()));
        if !platform.os_version.is_empty() {
            rows.push(("  OSVersion:", platform.os_version.clone()));
        }
        if !entry.urls.is_empty() {
            rows.push(("  URLs:", entry.urls.join(", ")));
        }
        if !entry.annotations.is_empty() {
            rows.push(("  Annotations:", String::new()));
            text += &block(&std::mem::take(&mut rows));
            let named = |(name, value): (&String, &String)| (format!("    {name}:"), value.clone());
            text += &block(&entry.annotations.iter().map(named).collect::<Vec<_>>());
        }
    }
    text + &block(&rows)
}

/// Two columns with one blank between them, as Go's tabwriter lays them out.
fn block<N: AsRef<str>>(rows: &[(N, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.as_ref().len()).max().unwrap_or(0);
    rows.iter().map(|(name, value)| format!("{:<width$} {value}\n", name.as_ref())).collect()
}

/// What a template sees. Configs are fetched only where the template looks at them.
async fn input(reference: &Reference, document: &Document, format: &str, engine: &Engine) -> Result<Value, Error> {
    let mut manifest = json!({ "digest": document.digest(), "size": document.bytes().len() });
    manifest["mediaType"] = json!(document.media_type());
    let looks = format.contains(".Image") || format.contains("json .}}");
    let repository = reference.repository();
    let mut image = Value::Null;
    if document.media_type().is_index() {
        let index = document.index()?;
        manifest["schemaVersion"] = json!(2);
        manifest["manifests"] = json!(index.manifests);
        manifest["annotations"] = json!(index.annotations);
        if looks {
            image = configs(repository, &index, engine).await?;
        }
    } else if looks {
        image = config(repository, document, engine).await?;
    }
    Ok(json!({ "name": reference.to_string(), "manifest": manifest, "image": image }))
}

/// The configs of an index by platform; of the one platform where there is no other.
async fn configs(repository: &Repository, index: &Index, engine: &Engine) -> Result<Value, Error> {
    let mut all = Map::new();
    for entry in index.manifests.iter().filter(|entry| !entry.is_attestation()) {
        let Descriptor { digest, platform: Some(platform), .. } = entry else { continue };
        let document = engine.remote_document(&repository.with_digest(digest.clone())).await?;
        all.insert(platform.to_string(), config(repository, &document, engine).await?);
    }
    if all.len() == 1 { Ok(all.into_iter().next().map_or(Value::Null, |(_, only)| only)) } else { Ok(all.into()) }
}

async fn config(repository: &Repository, document: &Document, engine: &Engine) -> Result<Value, Error> {
    let raw = engine.remote_config(repository, &document.manifest()?.config).await?;
    Ok(serde_json::from_slice(&raw).unwrap_or(Value::Null))
}
