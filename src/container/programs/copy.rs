//! Programs that put files elsewhere: `mv`, `cp`, `ln`.

use super::{complain, failed, read};
use crate::container::Session;
use crate::container::files::{Errno, Follow, Kind, NodeId, Want};
use crate::pipe::Outcome;

/// Where something goes: a directory, and the name in it.
struct Place {
    parent: NodeId,
    name: Vec<u8>,
    path: String,
}

/// Finds where `source` goes when `target` is named: into a directory under its own name, or to that very path.
fn place(session: &Session<'_>, source: &str, target: &str) -> Result<Place, Errno> {
    let folder = session.find(target, Follow::Last).ok().filter(|id| session.files().node(*id).is_directory());
    let Some(parent) = folder else {
        let (parent, name) = session.files().find_parent(session.at, target, session.who)?;
        return Ok(Place { parent, name: name.to_vec(), path: target.to_owned() });
    };
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let slash = if target.ends_with('/') { "" } else { "/" };
    Ok(Place { parent, name: name.as_bytes().to_vec(), path: format!("{target}{slash}{name}") })
}

/// Parts operands into what is moved and where to; several need a directory.
fn parted<'o>(session: &Session<'_>, name: &str, operands: &'o [String]) -> Result<(&'o [String], &'o str), Outcome> {
    match operands.split_last() {
        None => Err(failed(&format!("{name}: missing file operand"), 1)),
        Some((only, [])) => Err(failed(&format!("{name}: missing destination file operand after '{only}'"), 1)),
        Some((target, sources)) => {
            let is_folder = session.find(target, Follow::Last).is_ok_and(|id| session.files().node(id).is_directory());
            if sources.len() > 1 && !is_folder {
                return Err(failed(&format!("{name}: target '{target}': No such file or directory"), 1));
            }
            Ok((sources, target))
        }
    }
}

pub(super) fn mv(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let given = match read(session, words, "finuvT", &[("force", 'f'), ("no-clobber", 'n')]) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let (sources, target) = match parted(session, "mv", &given.operands) {
        Ok(parted) => parted,
        Err(outcome) => return outcome,
    };
    let (mut outcome, who, now) = (Outcome::default(), session.who, session.seconds());
    for source in sources {
        let id = match session.find(source, Follow::AllButLast) {
            Ok(id) => id,
            Err(error) if session.is_applet("mv") => {
                complain(&mut outcome, &format!("mv: can't rename '{source}': {error}"));
                continue;
            }
            Err(error) => {
                complain(&mut outcome, &format!("mv: cannot stat '{source}': {error}"));
                continue;
            }
        };
        let moved = place(session, source, target)
            .and_then(|place| session.files_mut().rename(id, place.parent, &place.name, who, now));
        if let Err(error) = moved {
            complain(&mut outcome, &format!("mv: cannot move '{source}' to '{target}': {error}"));
        }
    }
    outcome
}

pub(super) fn cp(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let longs = [("recursive", 'r'), ("archive", 'a'), ("force", 'f'), ("preserve", 'p')];
    let given = match read(session, words, "rRafpdLPinvuT", &longs) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let (sources, target) = match parted(session, "cp", &given.operands) {
        Ok(parted) => parted,
        Err(outcome) => return outcome,
    };
    let deep = given.has('r') || given.has('R') || given.has('a');
    let keep = given.has('a') || given.has('p');
    let mut outcome = Outcome::default();
    for source in sources {
        let follow =
            if given.has('a') || given.has('d') || given.has('P') || deep { Follow::AllButLast } else { Follow::Last };
        let id = match session.find(source, follow) {
            Ok(id) => id,
            Err(error) => {
                let verb = if session.is_applet("cp") { "can't stat" } else { "cannot stat" };
                complain(&mut outcome, &format!("cp: {verb} '{source}': {error}"));
                continue;
            }
        };
        if session.files().node(id).is_directory() && !deep {
            let sentence = if session.is_applet("cp") {
                format!("cp: omitting directory '{source}'")
            } else {
                format!("cp: -r not specified; omitting directory '{source}'")
            };
            complain(&mut outcome, &sentence);
            continue;
        }
        let copied = place(session, source, target).and_then(|place| copy(session, id, &place, keep));
        if let Err(error) = copied {
            let verb = if session.is_applet("cp") { "can't create" } else { "cannot create regular file" };
            complain(&mut outcome, &format!("cp: {verb} '{target}': {error}"));
        }
    }
    outcome
}

/// Copies a tree to a place. What is there already is written over; directories are joined.
fn copy(session: &mut Session<'_>, id: NodeId, place: &Place, keep: bool) -> Result<(), Errno> {
    let (who, now) = (session.who, session.seconds());
    let node = session.files().node(id).clone();
    if node.is_directory() && session.files().below(id).contains(&place.parent) {
        return Err(Errno::Invalid);
    }
    if !who.may(Want::Read, &node) {
        return Err(Errno::Access);
    }
    let there = session.files().node(place.parent).child(&place.name);
    let made = match (there, &node.kind) {
        (Some(there), Kind::Directory { .. }) if session.files().node(there).is_directory() => there,
        (Some(_), Kind::Directory { .. }) => return Err(Errno::NotDirectory),
        (Some(there), Kind::File { .. }) if there == id => return Err(Errno::Exists),
        (Some(there), Kind::File { size, source }) if !session.files().node(there).is_symlink() => {
            session.files_mut().set_body(there, source.clone(), *size, who, now)?;
            there
        }
        (Some(_), Kind::File { .. }) => {
            return session
                .read_node(id, u64::MAX)
                .and_then(|bytes| session.write(&place.path, &bytes, node.meta.mode).map(drop));
        }
        (there, kind) => {
            there.into_iter().try_for_each(|there| session.files_mut().remove(there, who, now))?;
            let kind = if node.is_directory() { Kind::directory() } else { kind.clone() };
            session.files_mut().create(place.parent, &place.name, kind, node.meta.mode, who, now)?
        }
    };
    let children: Vec<(Vec<u8>, NodeId)> = node.children().map(|(name, child)| (name.to_vec(), child)).collect();
    for (name, child) in children {
        let path = format!("{}/{}", place.path, String::from_utf8_lossy(&name));
        copy(session, child, &Place { parent: made, name, path }, keep)?;
    }
    if keep {
        session.files_mut().set_time(made, node.meta.mtime, who)?;
        if who.uid == 0 {
            session.files_mut().set_owner(made, Some(node.meta.uid), Some(node.meta.gid), who)?;
        }
    }
    Ok(())
}

pub(super) fn ln(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let given = match read(session, words, "sfnvT", &[("symbolic", 's'), ("force", 'f')]) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let Some((source, rest)) = given.operands.split_first() else { return failed("ln: missing file operand", 1) };
    let target = rest.first().map_or(".", String::as_str);
    match link(session, source, target, given.has('s'), given.has('f')) {
        Ok(()) => Outcome::default(),
        Err(error) if session.is_applet("ln") => failed(&format!("ln: {target}: {error}"), 1),
        Err(error) => {
            let kind = if given.has('s') { "symbolic" } else { "hard" };
            failed(&format!("ln: failed to create {kind} link '{target}': {error}"), 1)
        }
    }
}

fn link(session: &mut Session<'_>, source: &str, target: &str, symbolic: bool, force: bool) -> Result<(), Errno> {
    let (who, now) = (session.who, session.seconds());
    let place = place(session, source, target)?;
    let (kind, mode) = if symbolic {
        (Kind::Symlink { target: source.as_bytes().to_vec() }, 0o777)
    } else {
        let node = session.files().node(session.find(source, Follow::Last)?);
        if node.is_directory() {
            return Err(Errno::NotPermitted);
        }
        (node.kind.clone(), node.meta.mode)
    };
    let there = session.files().node(place.parent).child(&place.name);
    match there {
        Some(there) if force => session.files_mut().remove(there, who, now)?,
        Some(_) => return Err(Errno::Exists),
        None => {}
    }
    session.files_mut().create(place.parent, &place.name, kind, mode, who, now).map(drop)
}
