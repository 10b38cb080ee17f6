//! Programs about paths: `readlink`, `realpath`, `basename`, `dirname`, `which`.

use super::{complain, failed, read, said};
use crate::container::Session;
use crate::container::files::{Follow, Kind};
use crate::pipe::Outcome;

pub(super) fn readlink(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let given = match read(session, words, "fenmvq", &[("canonicalize", 'f')]) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    for path in &given.operands {
        let canonical = given.has('f') || given.has('e') || given.has('m');
        let found = session.find(path, if canonical { Follow::Last } else { Follow::AllButLast });
        let text = found.ok().and_then(|id| match &session.files().node(id).kind {
            Kind::Symlink { target } => Some(String::from_utf8_lossy(target).into_owned()),
            _ if canonical => Some(session.files().path(id)),
            _ => None,
        });
        match text {
            Some(text) => outcome.stdout.extend(format!("{text}\n").into_bytes()),
            None => outcome.status = 1,
        }
    }
    outcome
}

pub(super) fn realpath(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let mut outcome = Outcome::default();
    for path in words[1..].iter().filter(|word| !word.starts_with('-')) {
        match session.find(path, Follow::Last) {
            Ok(id) => outcome.stdout.extend(format!("{}\n", session.files().path(id)).into_bytes()),
            Err(error) => complain(&mut outcome, &format!("realpath: {path}: {error}")),
        }
    }
    outcome
}

pub(super) fn basename(_: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let Some(path) = words.get(1) else { return failed("basename: missing operand", 1) };
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let suffix = words.get(2).map_or("", String::as_str);
    let short = name.strip_suffix(suffix).filter(|short| !short.is_empty()).unwrap_or(name);
    said(format!("{}\n", if name.is_empty() { "/" } else { short }))
}

pub(super) fn dirname(_: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let Some(path) = words.get(1) else { return failed("dirname: missing operand", 1) };
    let folder = match path.trim_end_matches('/').rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None if path.starts_with('/') => "/",
        None => ".",
    };
    said(format!("{folder}\n"))
}

pub(super) fn which(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let mut outcome = Outcome::default();
    for name in words[1..].iter().filter(|word| !word.starts_with('-')) {
        match session.which(name) {
            Some(path) => outcome.stdout.extend(format!("{path}\n").into_bytes()),
            None => outcome.status = 1,
        }
    }
    outcome
}
