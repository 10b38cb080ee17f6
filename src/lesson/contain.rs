//! Goals about containers: what is in one, and what it has changed; and what is so instead, in words.

use crate::container::{ChangeKind, Found};
use crate::engine::{ContainerFacts, Error};

use super::fact::Trouble;
use super::reached::Reached;
use super::scope::Scope;

/// Whether a container has something at a path, with a text in it where one is asked for.
pub(super) fn has_file(
    container: Option<&str>,
    path: &str,
    text: Option<&str>,
    scope: &Scope<'_>,
) -> Result<Reached, Trouble> {
    let path = scope.expand(path)?;
    let text = text.map(|text| scope.expand(text)).transpose()?;
    let mut what_is = None;
    for found in match candidates(container, scope)? {
        Ok(found) => found,
        Err(why) => return Ok(Reached::No(why)),
    } {
        let name = &found.record.name;
        let is = match (scope.world.file(&found, &path).map_err(|error| unreadable(&error))?, &text) {
            (None, _) => format!("The container `{name}` has nothing at `{path}` yet."),
            (Some(_), None) => return Ok(Reached::Yes),
            (Some(Found::File { text: held, .. }), Some(text)) if held.contains(text.as_str()) => {
                return Ok(Reached::Yes);
            }
            (Some(Found::File { size: 0, .. }), Some(_)) => {
                format!("`{path}` in the container `{name}` is there, and empty.")
            }
            (Some(Found::File { text: held, .. }), Some(text)) => {
                format!(
                    "`{path}` in the container `{name}` is there, and does not hold `{}`. It begins with `{}`.",
                    text.trim(),
                    beginning(&held)
                )
            }
            (Some(Found::Directory), Some(_)) => format!("`{path}` in the container `{name}` is a directory."),
            (Some(Found::Other), Some(_)) => format!("`{path}` in the container `{name}` is no plain file."),
        };
        what_is.get_or_insert(is);
    }
    Ok(Reached::No(what_is.unwrap_or_default()))
}

/// Whether a container differs from its image, at this path and in this way where they are asked for.
pub(super) fn has_changed(
    container: Option<&str>,
    path: Option<&str>,
    how: Option<ChangeKind>,
    scope: &Scope<'_>,
) -> Result<Reached, Trouble> {
    let path = path.map(|path| scope.expand(path)).transpose()?;
    let mut what_is = None;
    for found in match candidates(container, scope)? {
        Ok(found) => found,
        Err(why) => return Ok(Reached::No(why)),
    } {
        let fits = |kind: ChangeKind| how.is_none_or(|how| how == kind);
        let at_path = found.changes.iter().find(|change| path.as_ref().is_some_and(|path| change.path == *path));
        let reached = match (&path, at_path) {
            (Some(_), Some(change)) => fits(change.kind),
            (Some(_), None) => false,
            (None, _) => found.changes.iter().any(|change| fits(change.kind)),
        };
        if reached {
            return Ok(Reached::Yes);
        }
        what_is.get_or_insert_with(|| so_far(&found, path.as_deref(), how));
    }
    Ok(Reached::No(what_is.unwrap_or_default()))
}

/// What a container has changed in place of what was asked for.
fn so_far(found: &ContainerFacts, path: Option<&str>, how: Option<ChangeKind>) -> String {
    let name = &found.record.name;
    let at_path = found.changes.iter().find(|change| Some(change.path.as_str()) == path);
    match (path, at_path, how) {
        _ if found.changes.is_empty() => {
            format!("The container `{name}` is still exactly as its image; `docker diff {name}` lists what it changes.")
        }
        (Some(path), Some(change), Some(how)) => {
            format!("In the container `{name}`, `{path}` is {}, and was to be {}.", word(change.kind), word(how))
        }
        (Some(path), _, _) => {
            format!("The container `{name}` has changes, but not at `{path}`; `docker diff {name}` lists them.")
        }
        (None, _, Some(how)) => {
            format!(
                "The container `{name}` has changes, but nothing in it is {}; `docker diff {name}` lists them.",
                word(how)
            )
        }
        (None, _, None) => format!("The container `{name}` is not yet as it was to be."),
    }
}

fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "added",
        ChangeKind::Changed => "changed",
        ChangeKind::Deleted => "deleted",
    }
}

/// The containers that a goal may mean, the newest first; the inner error says that there is none.
fn candidates(name: Option<&str>, scope: &Scope<'_>) -> Result<Result<Vec<ContainerFacts>, String>, Trouble> {
    let all = scope.world.containers().map_err(|error| unreadable(&error))?;
    let names: Vec<String> = all.iter().map(|found| format!("`{}`", found.record.name)).collect();
    let Some(name) = name.map(|name| scope.expand(name)).transpose()? else {
        return Ok(if all.is_empty() { Err("No container is here yet.".to_owned()) } else { Ok(all) });
    };
    let found: Vec<ContainerFacts> = all.into_iter().filter(|found| found.record.name == name).collect();
    if !found.is_empty() {
        return Ok(Ok(found));
    }
    let others = match names.as_slice() {
        [] => "No container is here.".to_owned(),
        [only] => format!("There is {only}."),
        more => format!("There are {}.", more.join(", ")),
    };
    Ok(Err(format!("No container is called `{name}` yet. {others}")))
}

/// The first line of a text, short.
fn beginning(text: &str) -> String {
    const MOST: usize = 40;
    text.lines().next().unwrap_or_default().chars().take(MOST).map(|c| if c == '`' { '\'' } else { c }).collect()
}

pub(super) fn unreadable(error: &Error) -> Trouble {
    Trouble(format!("a container cannot be read: {error}"))
}
