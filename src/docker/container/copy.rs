//! `docker cp` (docker/cli, cli/command/container/cp.go), both ways, without `-`.

use std::path::Path;

use super::{Done, find};
use crate::container::CopyError as E;
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
    /// The path on the host.
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
        if outside == "-" {
            return Err(Failure::new(
                1,
                "layerbook: cp: a tar archive by `-` is not read or written here; name a path",
            ));
        }
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
    if copy.way == Way::In && Path::new(&copy.outside).symlink_metadata().is_err() {
        return Ok(Err(Failure::new(1, format!("lstat {}: no such file or directory", copy.outside))));
    }
    let opened = find(engine, &copy.name).and_then(|r| engine.open_container(r).map_err(|e| error::from_daemon(&e)));
    let mut container = match opened {
        Ok(container) => container,
        Err(failure) => return Ok(Err(failure)),
    };
    let now = (engine.options().clock)();
    let copied = match copy.way {
        Way::Out => container.copy_out(&copy.inside, Path::new(&copy.outside), copy.follow),
        Way::In => container.copy_in(Path::new(&copy.outside), &copy.inside, now),
    };
    let sentence = match copied {
        Ok(bytes) => {
            if view.terminal && !copy.quiet {
                let to = match copy.way {
                    Way::Out => copy.outside.clone(),
                    Way::In => format!("{}:{}", copy.name, copy.inside),
                };
                writeln!(output.err, "Successfully copied {} to {to}", units::size(bytes))?;
            }
            return Ok(Ok(()));
        }
        Err(E::NotInside(path)) => error::daemon(format!("Could not find the file {path} in container {}", copy.name)),
        Err(E::NotOutside(path)) => format!("lstat {path}: no such file or directory"),
        Err(E::NoFolder(path)) => format!("invalid output path: directory {path:?} does not exist"),
        Err(E::Refused(path, reason)) => format!("{path}: {reason}"),
        Err(E::Container(error)) => error::daemon(error::container(&error)),
    };
    Ok(Err(Failure::new(1, sentence)))
}
