//! `docker version` and `docker info`: what is behind these commands, honestly. Not Docker's text, since it is not
//! Docker; the keys that scripts ask for are there.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::failure::{Failure, TEMPLATE_STATUS};
use super::flags::Parsed;
use super::{Mode, Output, View, error};
use crate::container::{Record, State};
use crate::engine::Engine;
use crate::oci::Platform;
use crate::template::{self, Template};

/// `docker version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// `-f`.
    pub format: Option<String>,
}

/// `docker info`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// `-f`.
    pub format: Option<String>,
}

/// The Docker whose output is imitated.
const DOCKER: &str = "28.2.2";
const API: &str = "1.50";
const OLDEST_API: &str = "1.24";
const LAYERBOOK: &str = env!("CARGO_PKG_VERSION");

impl Version {
    pub(super) fn read(parsed: &Parsed) -> Self {
        Self { format: parsed.non_empty("format") }
    }
}

impl Info {
    pub(super) fn read(parsed: &Parsed) -> Self {
        Self { format: parsed.non_empty("format") }
    }
}

/// Writes the answer to `docker --version`.
pub(super) fn short(out: &mut (dyn Write + Send)) -> io::Result<()> {
    writeln!(out, "Docker version {DOCKER}, as played by layerbook {LAYERBOOK}")
}

pub(super) fn version(version: &Version, engine: &Engine, output: &mut Output<'_>) -> io::Result<Result<(), Failure>> {
    let platform = &engine.options().platform;
    let Platform { os, architecture, .. } = platform;
    let value = || {
        let part = json!({ "Version": DOCKER, "Os": os, "Arch": architecture });
        let mut client = part.clone();
        client["Context"] = json!("default");
        let mut server = part;
        server["Platform"] = json!({ "Name": format!("layerbook {LAYERBOOK}") });
        server["Components"] = json!([{ "Name": "Engine", "Version": DOCKER, "Details": {} }]);
        server["ApiVersion"] = json!(API);
        server["MinAPIVersion"] = json!(OLDEST_API);
        client["ApiVersion"] = json!(API);
        client["DefaultAPIVersion"] = json!(API);
        json!({ "Client": client, "Server": server })
    };
    let text = || {
        format!(
            "Client: layerbook {LAYERBOOK}\n Version:           {DOCKER} (imitated)\n OS/Arch:           {platform}\n\n\
             Server: layerbook {LAYERBOOK}\n Engine:\n  Version:          {DOCKER} (imitated)\n  OS/Arch:          {platform}\n"
        )
    };
    show(version.format.as_deref(), &VERSION, value, text, output)
}

pub(super) fn info(
    info: &Info,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let images = match engine.fold_images(|| 0_usize, |count, _| *count += 1) {
        Ok(images) => images,
        Err(error) => return Ok(Err(error::from_daemon(&error))),
    };
    let containers = match engine.shelf().list() {
        Ok(containers) => containers,
        Err(error) => return Ok(Err(error::from_daemon(&error.into()))),
    };
    let count = |fits: fn(&Record) -> bool| containers.iter().filter(|record| fits(record)).count();
    let (total, paused) = (containers.len(), count(|record| record.state == State::Paused));
    let running = count(Record::is_running) - paused;
    let stopped = total - running - paused;
    let mode = mode(view.mode);
    let Platform { os, architecture, .. } = &engine.options().platform;
    let value = || {
        json!({
            "Images": images,
            "Containers": total,
            "ContainersRunning": running,
            "ContainersPaused": paused,
            "ContainersStopped": stopped,
            "Driver": "overlay2",
            "LoggingDriver": "json-file",
            "DefaultRuntime": "runc",
            "Swarm": { "LocalNodeState": "inactive" },
            "Plugins": { "Volume": ["local"], "Network": [], "Log": ["json-file"] },
            "Debug": false,
            "ExperimentalBuild": false,
            "DockerRootDir": "/var/lib/docker",
            "IndexServerAddress": "https://index.docker.io/v1/",
            "ServerVersion": DOCKER,
            "OSType": os,
            "Architecture": architecture,
            "OperatingSystem": format!("layerbook {LAYERBOOK}"),
            "Name": "layerbook",
            "Labels": [format!("layerbook.mode={mode}")],
        })
    };
    let text = || {
        format!(
            "Client:\n Version:    {DOCKER} (imitated by layerbook {LAYERBOOK})\n Context:    default\n Debug Mode: false\n\n\
             Server:\n Containers: {total}\n  Running: {running}\n  Paused: {paused}\n  Stopped: {stopped}\n Images: {images}\n \
             Server Version: {DOCKER} (imitated)\n Storage Driver: overlay2 (imitated)\n \
             Operating System: layerbook {LAYERBOOK}, containers to look into, not to run\n OSType: {os}\n \
             Architecture: {architecture}\n Name: layerbook\n Registry: {mode}\n"
        )
    };
    show(info.format.as_deref(), &INFO, value, text, output)
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Classroom => "classroom (model images for the names of the catalogue, real registries for all others)",
        Mode::Online => "online (real registries)",
    }
}

/// The Go names of what a template is carried out on: of the template, and of the types.
struct Names {
    template: &'static str,
    whole: &'static str,
    parts: &'static [(&'static str, &'static str)],
}

const VERSION: Names = Names {
    template: "version",
    whole: "system.versionInfo",
    parts: &[("Client", "system.clientVersion"), ("Server", "*types.Version")],
};
const INFO: Names = Names { template: "", whole: "system.dockerInfo", parts: &[] };

impl Names {
    /// Tells of a template by its name; while it is carried out, without the words of the client.
    fn told(&self, error: &template::Error) -> String {
        let text = error.to_string().replacen("template: :", &format!("template: {}:", self.template), 1);
        match error {
            template::Error::Parse { .. } => text,
            template::Error::Execute { .. } => text.trim_start_matches("template parsing error: ").replacen(
                "executing \"\" at",
                &format!("executing {:?} at", self.template),
                1,
            ),
        }
    }
}

fn show(
    format: Option<&str>,
    names: &Names,
    value: impl Fn() -> Value,
    text: impl Fn() -> String,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let (text, ended) = match format {
        None => (text(), Ok(())),
        Some("json") => (format!("{}\n", value()), Ok(())),
        Some(format) => match Template::parse(format) {
            Err(error) => return Ok(Err(Failure::new(TEMPLATE_STATUS, names.told(&error)))),
            Ok(template) => {
                let (text, ended) = template.whole(&value(), names.whole, names.parts);
                (format!("{text}\n"), ended)
            }
        },
    };
    output.out.write_all(text.as_bytes())?;
    Ok(ended.map_err(|error| Failure::new(1, names.told(&error))))
}
