//! `docker load` (docker/cli, cli/command/image/load.go; moby, daemon/internal/image/tarexport/load.go).

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use super::failure::Failure;
use super::flags::Parsed;
use super::progress::{Amount, Display, Progress};
use super::{Output, View, error, pull};
use crate::engine::{ArchiveError, Engine, Error, LoadEvent, LoadedImage};
use crate::oci::Platform;

/// What to load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// `-i`; without it, standard input.
    pub input: Option<PathBuf>,
    /// `-q`.
    pub quiet: bool,
    /// `--platform`.
    pub platform: Option<Platform>,
}

impl Load {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        Ok(Self {
            input: parsed.non_empty("input").map(PathBuf::from),
            quiet: parsed.is("quiet"),
            platform: parsed.non_empty("platform").map(|text| pull::platform(&text)).transpose()?,
        })
    }
}

pub(super) async fn run(
    load: &Load,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    let mut file;
    let mut standard;
    let input: &mut (dyn Read + Send) = if let Some(path) = &load.input {
        file = match File::open(path) {
            Ok(file) => file,
            Err(cause) => {
                let reason = error::go_words(&cause);
                return Ok(Err(Failure::new(1, format!("open {}: {reason}", path.display()))));
            }
        };
        &mut file
    } else {
        match &mut output.input {
            Some(input) if !output.terminals.input => {
                standard = input;
                &mut standard
            }
            Some(_) | None => return Ok(Err(Failure::new(1, "requested load from stdin, but stdin is empty"))),
        }
    };
    let display = if view.terminal { Display::Terminal { columns: view.width } } else { Display::Plain };
    let mut nowhere = io::sink();
    // Without a terminal docker's client asks for the names alone.
    let lines: &mut (dyn Write + Send) = if view.terminal && !load.quiet { &mut *output.out } else { &mut nowhere };
    let mut lines = Lines { progress: Progress::new(lines, display), broken: Ok(()) };
    let loaded = engine.load(input, load.platform.as_ref(), &mut |event| lines.event(&event)).await;
    lines.broken?;
    match loaded {
        Ok(loaded) => write_loaded(&loaded, output.out).map(Ok),
        Err(failure) => Ok(Err(Failure::new(1, sentence(&failure, load)))),
    }
}

/// The daemon's answer has begun when it fails: there is nothing before its words.
fn sentence(failure: &Error, load: &Load) -> String {
    let words = error::sentence(failure);
    match (failure, &load.input) {
        (Error::Archive(ArchiveError::Input(_)), Some(path)) => format!("read {}: {words}", path.display()),
        _ => words,
    }
}

/// The lines about layers, on a terminal.
struct Lines<'a> {
    progress: Progress<'a>,
    /// The first write that failed; the load itself goes on.
    broken: io::Result<()>,
}

impl Lines<'_> {
    fn event(&mut self, event: &LoadEvent) {
        let LoadEvent { diff_id, current, total } = event;
        let amount = Amount { current: *current, total: *total };
        let written = self.progress.update(diff_id.0.short(), "Loading layer", amount);
        if self.broken.is_ok() {
            self.broken = written;
        }
    }
}

/// Writes the names; the IDs of all images where the last one has no name, as the daemon does.
fn write_loaded(loaded: &[LoadedImage], out: &mut (dyn Write + Send)) -> io::Result<()> {
    for image in loaded {
        for set in &image.names {
            let name = set.name.familiar();
            if let Some(before) = &set.taken_from {
                writeln!(
                    out,
                    "The image {name} already exists, renaming the old one with ID {before} to empty string"
                )?;
            }
            writeln!(out, "Loaded image: {name}")?;
        }
    }
    match loaded.last() {
        None => writeln!(out),
        Some(last) if last.names.is_empty() => {
            loaded.iter().try_for_each(|image| writeln!(out, "Loaded image ID: {}", image.id))
        }
        Some(_) => Ok(()),
    }
}
