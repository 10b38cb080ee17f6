//! `docker cp` (docker/cli, cli/command/container/cp.go), both ways, between files and through pipes.

use std::io;
use std::path::Path;

use super::{Done, find};
use crate::container::{Container, CopyError as E, Source};
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
use crate::docker::{Output, View, error, units};
use crate::engine::Engine;

/// What to copy where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The container as typed.
    pub name: String,
    /// The path in it.
    pub inside: String,
    /// The path on the host; `-` for a tar on standard input or output.
    pub outside: String,
    /// Which way.
    pub way: Way,
    /// `-L`.
    pub follow: bool,
    /// `-q`.
    pub quiet: bool,
}

/// Which way something is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Out of the container.
    Out,
    /// Into the container.
    In,
}

const NO_PATH: &str = "bad parameter: pathcannot be empty";

impl Copy {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let [from, to] = [0, 1].map(|at| parsed.arguments[at].as_str());
        for (path, what) in [(from, "source"), (to, "destination")] {
            if path.is_empty() {
                return Err(Failure::new(1, format!("{what} can not be empty")));
            }
        }
        let (name, inside, outside, way) = match (parted(from), parted(to)) {
            (Some(_), Some(_)) => return Err(Failure::new(1, "copying between containers is not supported")),
            (None, None) => return Err(Failure::new(1, "must specify at least one container source")),
            (Some((name, inside)), None) => (name, inside, to, Way::Out),
            (None, Some((name, inside))) => (name, inside, from, Way::In),
        };
        Ok(Self {
            name: name.to_owned(),
            inside: inside.to_owned(),
            outside: outside.to_owned(),
            way,
            follow: parsed.is("follow-link"),
            quiet: parsed.is("quiet"),
        })
    }
}

/// Parts `CONTAINER:PATH`; a path of the host that has a colon in it begins with a slash or a dot.
fn parted(text: &str) -> Option<(&str, &str)> {
    if text.starts_with(['/', '.']) {
        return None;
    }
    text.split_once(':').filter(|(name, _)| !name.is_empty())
}

pub(super) fn run(copy: &Copy, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    if copy.outside == "-" {
        return match copy.way {
            Way::Out => stream_out(copy, engine, output),
            Way::In => Ok(stream_in(copy, engine, output)),
        };
    }
    let copied = match copy.way {
        Way::Out => copy_out(copy, engine),
        Way::In => copy_in(copy, engine),
    };
    let bytes = match copied {
        Ok(bytes) => bytes,
        Err(failure) => return Ok(Err(failure)),
    };
    if view.terminal && !copy.quiet {
        let to = match copy.way {
            Way::Out => copy.outside.clone(),
            Way::In => format!("{}:{}", copy.name, copy.inside),
        };
        writeln!(output.err, "Successfully copied {} to {to}", units::size(bytes))?;
    }
    Ok(Ok(()))
}

/// The client looks at its own side before it asks the daemon about the container's.
fn copy_in(copy: &Copy, engine: &Engine) -> Result<u64, Failure> {
    let source = Source::find(&copy.outside, copy.follow).map_err(|error| told(&error, copy))?;
    let mut container = open(copy, engine).or_else(|failure| {
        source.check_place(&copy.inside).map_err(|error| told(&error, copy))?;
        Err(failure)
    })?;
    let now = (engine.options().clock)();
    container.copy_in(&source, &copy.inside, now).map_err(|error| told(&error, copy))
}

fn copy_out(copy: &Copy, engine: &Engine) -> Result<u64, Failure> {
    let outside = Path::new(&copy.outside);
    check_output(outside).map_err(|sentence| Failure::new(1, sentence))?;
    if copy.inside.is_empty() {
        return Err(Failure::new(1, error::daemon(NO_PATH)));
    }
    open(copy, engine)?.copy_out(&copy.inside, outside, copy.follow).map_err(|error| told(&error, copy))
}

/// Writes the path as a tar to standard output.
fn stream_out(copy: &Copy, engine: &Engine, output: &mut Output<'_>) -> Done {
    if copy.inside.is_empty() {
        return Ok(Err(Failure::new(1, error::daemon(NO_PATH))));
    }
    let container = match open(copy, engine) {
        Ok(container) => container,
        Err(failure) => return Ok(Err(failure)),
    };
    match container.archive(&copy.inside, copy.follow, output.out) {
        // Nobody reads any more.
        Err(E::Output(cause)) => Err(cause),
        written => Ok(written.map_err(|error| told(&error, copy))),
    }
}

/// Lays the tar from standard input over the path.
fn stream_in(copy: &Copy, engine: &Engine, output: &mut Output<'_>) -> Result<(), Failure> {
    // The client asks about the path alone, and hears the same of a container that is not there.
    let mut container = open(copy, engine).map_err(|_| told(&E::NoFolder, copy))?;
    let now = (engine.options().clock)();
    let extracted = match &mut output.input {
        Some(input) => container.extract(input, &copy.inside, now),
        None => container.extract(&mut io::empty(), &copy.inside, now),
    };
    extracted.map_err(|error| told(&error, copy))
}

fn open(copy: &Copy, engine: &Engine) -> Result<Container, Failure> {
    let record = find(engine, &copy.name)?;
    engine.open_container(record).map_err(|error| error::from_daemon(&error))
}

/// Refuses a path of the host that nothing can be written to.
fn check_output(path: &Path) -> Result<(), String> {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    if let Some(folder) = whole.parent()
        && folder.metadata().is_err_and(|error| missing(&error))
    {
        return Err(format!("invalid output path: directory \"{}\" does not exist", folder.display()));
    }
    let slash = if path.to_string_lossy().ends_with('/') { "/" } else { "" };
    let asked = format!("{}{slash}", whole.display().to_string().trim_end_matches('/'));
    match Path::new(&asked).metadata() {
        Err(error) if !missing(&error) => Err(format!("stat {asked}: {}", error::go_words(&error))),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// What the client says by itself, and what the daemon says.
fn told(error: &E, copy: &Copy) -> Failure {
    let sentence = match error {
        E::NotInside(path) => error::daemon(format!("Could not find the file {path} in container {}", copy.name)),
        E::NotOutside(path) => format!("lstat {path}: no such file or directory"),
        E::NotDirectory | E::NoDirectory | E::DirectoryOntoFile | E::Output(_) => error.to_string(),
        E::NoFolder => format!("destination \"{}:{}\" must be a directory", copy.name, copy.inside),
        E::NoPlace | E::Clash(_) => error::daemon(error),
        E::Refused(path, reason) => format!("{path}: {reason}"),
        E::Container(error) => error::daemon(error::container(error)),
    };
    Failure::new(1, sentence)
}
