//! `docker inspect` and `docker image inspect` (docker/cli, cli/command/inspect/inspector.go, system/inspect.go).

use std::io;

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Value, json};

use super::failure::{Failure, TEMPLATE_STATUS};
use super::flags::Parsed;
use super::{Output, container_document, document, error, pull};
use crate::container::Record;
use crate::engine::{Engine, Error};
use crate::oci::Platform;
use crate::template::{self, Template};

/// What to inspect, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspect {
    /// Names and IDs as typed, in order.
    pub names: Vec<String>,
    /// What kind of thing they are.
    pub kind: ObjectKind,
    /// `-f`.
    pub format: Option<String>,
    /// `-s`, which says nothing about images.
    pub size: bool,
    /// `--platform`.
    pub platform: Option<Platform>,
}

/// Kinds of things that Docker inspects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// `docker inspect` without `--type`: whatever has the name.
    Any,
    /// A Swarm config, node, secret, service or task: there is no swarm here.
    Swarm,
    /// A container.
    Container,
    /// An image.
    Image,
    /// A network: there are none here.
    Network,
    /// A plugin: there are none here.
    Plugin,
    /// A volume: there are none here.
    Volume,
}

const KINDS: &str = r#"must be one of "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume""#;
const NO_SWARM: &str = r#"This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again."#;

impl Inspect {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let kind = match parsed.text("type") {
            None => ObjectKind::Any,
            Some("") => return Err(Failure::new(1, format!("type is empty: {KINDS}"))),
            Some("image") => ObjectKind::Image,
            Some("container") => ObjectKind::Container,
            Some("network") => ObjectKind::Network,
            Some("plugin") => ObjectKind::Plugin,
            Some("volume") => ObjectKind::Volume,
            Some("config" | "node" | "secret" | "service" | "task") => ObjectKind::Swarm,
            Some(other) => return Err(Failure::new(1, format!("unknown type: {other:?}: {KINDS}"))),
        };
        Ok(Self { kind, ..Self::read_image(parsed)? })
    }

    pub(super) fn read_image(parsed: &Parsed) -> Result<Self, Failure> {
        Ok(Self {
            names: parsed.arguments.clone(),
            kind: ObjectKind::Image,
            format: parsed.non_empty("format"),
            size: parsed.is("size"),
            platform: parsed.non_empty("platform").map(|text| pull::platform(&text)).transpose()?,
        })
    }
}

impl Inspect {
    pub(super) fn read_container(parsed: &Parsed) -> Result<Self, Failure> {
        Ok(Self { kind: ObjectKind::Container, size: parsed.is("size"), ..Self::read_image(parsed)? })
    }
}

pub(super) fn run(inspect: &Inspect, engine: &Engine, output: &mut Output<'_>) -> io::Result<Result<(), Failure>> {
    let mut printer = match Printer::new(inspect.format.as_deref()) {
        Ok(printer) => printer,
        Err(error) => return Ok(Err(Failure::new(TEMPLATE_STATUS, error))),
    };
    let mut sentences = Vec::new();
    for name in &inspect.names {
        match find(inspect, name, engine) {
            Ok(image) => {
                if inspect.size && image.get("RepoTags").is_some() {
                    writeln!(output.err, "WARNING: --size ignored for image")?;
                }
                sentences.extend(printer.add(image).err().map(|error| error.to_string()));
            }
            Err(sentence) => sentences.push(sentence),
        }
    }
    output.out.write_all(printer.finish()?.as_bytes())?;
    Ok(if sentences.is_empty() { Ok(()) } else { Err(Failure::all(1, &sentences)) })
}

/// Finds one thing, or says why not in the client's words.
fn find(inspect: &Inspect, name: &str, engine: &Engine) -> Result<Value, String> {
    match inspect.kind {
        ObjectKind::Any => {
            if let Ok(record) = engine.shelf().find(name) {
                return Ok(shown(inspect, &record, engine));
            }
        }
        ObjectKind::Image => {}
        ObjectKind::Container if name.is_empty() => {}
        ObjectKind::Container => {
            let found = engine.shelf().find(name).map_err(|error| error::daemon(error::container(&error)))?;
            return Ok(shown(inspect, &found, engine));
        }
        ObjectKind::Swarm => return Err(error::daemon(NO_SWARM)),
        ObjectKind::Network => return Err(error::daemon(format!("network {name} not found"))),
        ObjectKind::Plugin => return Err(error::daemon(format!("plugin {name:?} not found"))),
        ObjectKind::Volume => return Err(error::daemon(format!("get {name}: no such volume"))),
    }
    if name.is_empty() {
        let anything = matches!(inspect.kind, ObjectKind::Any | ObjectKind::Container);
        let sentence = if anything { "invalid container name or ID: value is empty" } else { "Error: No such image: " };
        return Err(sentence.to_owned());
    }
    let details = engine.inspect(name).map_err(|error| match error {
        Error::NoSuchImage(_) | Error::AmbiguousId(_) | Error::Reference(_) if inspect.kind == ObjectKind::Any => {
            format!("Error: No such object: {name}")
        }
        error => error::daemon(error::sentence(&error)),
    })?;
    let held = details.config.platform();
    match &inspect.platform {
        Some(asked) if !asked.is(&held) => Err(error::daemon(error::other_platform(name, &held, asked))),
        Some(_) | None => Ok(document::image(&details)),
    }
}

/// A container's document; its sizes are counted only where they are asked for.
fn shown(inspect: &Inspect, record: &Record, engine: &Engine) -> Value {
    let mut document = container_document::container(record);
    if inspect.size {
        let image = engine.inspect(&record.image.to_string()).map_or(0, |details| details.summary.on_disk);
        document["SizeRw"] = json!(record.own_bytes);
        document["SizeRootFs"] = json!(image + record.own_bytes);
    }
    document
}

/// Collects what was found and prints it at the end, as Docker does.
enum Printer {
    Indented(Vec<Value>),
    Compact(Vec<Value>),
    Template(Template, String),
}

impl Printer {
    fn new(format: Option<&str>) -> Result<Self, template::Error> {
        Ok(match format {
            None => Self::Indented(Vec::new()),
            Some("json") => Self::Compact(Vec::new()),
            Some(text) => Self::Template(Template::parse(text)?, String::new()),
        })
    }

    fn add(&mut self, image: Value) -> Result<(), template::Error> {
        match self {
            Self::Indented(images) | Self::Compact(images) => images.push(image),
            Self::Template(template, text) => {
                let shape = if image.get("HostConfig").is_some() { &template::CONTAINER } else { &template::IMAGE };
                text.push_str(&template.inspect(&image, shape)?);
                text.push('\n');
            }
        }
        Ok(())
    }

    fn finish(self) -> io::Result<String> {
        Ok(match self {
            Self::Indented(images) => indented(&Value::Array(images))?,
            Self::Compact(images) => format!("{}\n", Value::Array(images)),
            Self::Template(_, text) if text.is_empty() => "\n".to_owned(),
            Self::Template(_, text) => text,
        })
    }
}

fn indented(value: &Value) -> io::Result<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    ")))?;
    bytes.push(b'\n');
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(format: Option<&str>, images: Vec<Value>, expected: &str) {
        let mut printer = Printer::new(format).unwrap();
        for image in images {
            printer.add(image).unwrap();
        }
        assert_eq!(printer.finish().unwrap(), expected);
    }

    #[test]
    fn json_is_indented_by_four() {
        let image = json!({ "Id": "sha256:1", "Config": {}, "Env": ["A=<b>&c"], "RepoTags": [] });
        check(
            None,
            vec![image],
            "[\n    {\n        \"Id\": \"sha256:1\",\n        \"Config\": {},\n        \"Env\": [\n            \"A=<b>&c\"\n        ],\n        \"RepoTags\": []\n    }\n]\n",
        );
    }

    #[test]
    fn nothing_found_is_an_empty_array_or_an_empty_line() {
        check(None, Vec::new(), "[]\n");
        check(Some("json"), Vec::new(), "[]\n");
        check(Some("{{.Id}}"), Vec::new(), "\n");
    }
}
