//! `docker save` (docker/cli, cli/command/image/save.go; moby's atomicwriter for what a path may be).

use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::flags::Parsed;
use super::{Output, error, pull};
use crate::engine::{ArchiveError, Engine, Error};
use crate::oci::Platform;

/// What to save, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Save {
    /// Names and IDs as typed, in order.
    pub names: Vec<String>,
    /// `-o`; without it, standard output.
    pub output: Option<PathBuf>,
    /// `--platform`.
    pub platform: Option<Platform>,
}

impl Save {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        Ok(Self {
            names: parsed.arguments.clone(),
            output: parsed.non_empty("output").map(PathBuf::from),
            platform: parsed.non_empty("platform").map(|text| pull::platform(&text)).transpose()?,
        })
    }
}

pub(super) fn run(save: &Save, engine: &Engine, output: &mut Output<'_>) -> io::Result<Result<(), Failure>> {
    let platform = save.platform.as_ref();
    let saved = if let Some(path) = &save.output {
        if let Err(reason) = check_path(path) {
            return Ok(Err(Failure::new(1, format!("failed to save image: {reason}"))));
        }
        engine.save_file(&save.names, platform, path)
    } else if output.terminals.output {
        let refused = "cowardly refusing to save to a terminal. Use the -o flag or redirect";
        return Ok(Err(Failure::new(1, refused)));
    } else {
        match engine.save(&save.names, platform, output.out) {
            // Nobody reads any more.
            Err(Error::Archive(ArchiveError::Output(cause))) => return Err(cause),
            saved => saved,
        }
    };
    Ok(saved.map_err(|error| error::from_daemon(&error)))
}

/// Refuses what is no place for a file, before anything is done.
pub(super) fn check_path(path: &Path) -> Result<(), String> {
    let stat = |path: &Path, reason: &str| format!("invalid output path: stat {}: {reason}", path.display());
    // A slash at the end means the folder itself.
    let text = path.to_string_lossy();
    let parent = match text.strip_suffix('/') {
        Some(folder) => Some(Path::new(folder)),
        None => path.parent(),
    };
    if let Some(folder) = parent.filter(|folder| !folder.as_os_str().is_empty()) {
        let found = fs::metadata(folder).map_err(|cause| stat(folder, &error::go_words(&cause)))?;
        if !found.is_dir() {
            return Err(stat(folder, "not a directory"));
        }
    }
    match fs::symlink_metadata(path) {
        Ok(found) => check_type(found.file_type()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(cause) => Err(format!("failed to stat output path: {}", error::go_words(&cause))),
    }
}

fn check_type(kind: FileType) -> Result<(), String> {
    let name = match kind {
        kind if kind.is_file() => return Ok(()),
        kind if kind.is_dir() => "a directory",
        kind if kind.is_symlink() => "a symbolic link directly",
        kind => special(kind),
    };
    Err(format!("cannot write to {name}"))
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_fifo() => "a named pipe (FIFO)",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_char_device() => "a character device file",
        kind if kind.is_block_device() => "a block device file",
        _ => "an irregular file of unknown type",
    }
}

#[cfg(not(unix))]
fn special(_kind: FileType) -> &'static str {
    "an irregular file of unknown type"
}
