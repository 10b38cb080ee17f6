//! `docker import` (docker/cli, cli/command/image/import.go; moby, `daemon/images/image_import.go`).

use std::fs::File;
use std::io::{self, Read};

use super::container::change;
use super::failure::Failure;
use super::flags::Parsed;
use super::{Output, error};
use crate::engine::{Engine, Error, ImportRequest};
use crate::oci::{ContainerConfig, Platform, PlatformError, Reference};

/// What to make an image of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// A file, or `-` for standard input.
    pub source: String,
    /// The new image's name as typed; empty for none.
    pub name: String,
    /// `-m`.
    pub message: String,
    /// `-c`, in order.
    pub changes: Vec<String>,
    /// `--platform`, as typed.
    pub platform: Option<String>,
}

impl Import {
    pub(super) fn read(parsed: &Parsed) -> Self {
        Self {
            source: parsed.arguments[0].clone(),
            name: parsed.arguments.get(1).cloned().unwrap_or_default(),
            message: parsed.non_empty("message").unwrap_or_default(),
            changes: parsed.list("change"),
            platform: parsed.non_empty("platform"),
        }
    }
}

pub(super) fn run(import: &Import, engine: &Engine, output: &mut Output<'_>) -> io::Result<Result<(), Failure>> {
    let made = match import.source.as_str() {
        "-" => match &mut output.input {
            Some(input) if !output.terminals.input => image(import, engine, input),
            Some(_) | None => image(import, engine, &mut io::empty()),
        },
        address if address.starts_with("http://") || address.starts_with("https://") => Err(Failure::new(
            1,
            "layerbook: import: an address is not asked here; name a file, or - for standard input",
        )),
        path => open(path).and_then(|mut file| image(import, engine, &mut file)),
    };
    match made {
        Ok(id) => writeln!(output.out, "{id}").map(Ok),
        Err(failure) => Ok(Err(failure)),
    }
}

fn open(path: &str) -> Result<File, Failure> {
    let failed = |cause: &io::Error| Failure::new(1, format!("open {path}: {}", error::go_words(cause)));
    let file = File::open(path).map_err(|cause| failed(&cause))?;
    match file.metadata() {
        Ok(data) if data.is_dir() => Err(Failure::new(1, format!("read {path}: is a directory"))),
        Ok(_) => Ok(file),
        Err(cause) => Err(failed(&cause)),
    }
}

fn image(import: &Import, engine: &Engine, mut input: impl Read) -> Result<String, Failure> {
    let daemon = |sentence: String| Failure::new(1, error::daemon(sentence));
    let reference = Some(&import.name).filter(|name| !name.is_empty()).map(|name| name.parse::<Reference>());
    let reference = reference.transpose().map_err(|error| Failure::new(1, error))?;
    if reference.as_ref().is_some_and(|reference| reference.digest().is_some()) {
        return Err(daemon("cannot import digest reference".to_owned()));
    }
    let platform = import.platform.as_ref().map(|text| text.parse::<Platform>()).transpose();
    let platform = platform.map_err(|error: PlatformError| daemon(format!("{error}: invalid argument")))?;
    let mut config = ContainerConfig::default();
    change::apply(&mut config, &import.changes).map_err(daemon)?;
    let message = if import.message.is_empty() { "Imported from -".to_owned() } else { import.message.clone() };
    let request = ImportRequest { reference: reference.map(Reference::or_latest), message, config, platform };
    match engine.import(&mut input, &request) {
        Ok(id) => Ok(id.to_string()),
        Err(Error::LayerContent { digest: _, reason }) => Err(daemon(reason)),
        Err(error) => Err(error::from_daemon(&error)),
    }
}
