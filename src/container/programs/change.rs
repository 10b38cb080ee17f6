//! Programs that change files where they are: `touch`, `mkdir`, `rmdir`, `rm`, `chmod`, `chown`.

use super::{complain, failed, read};
use crate::container::Session;
use crate::container::files::{Errno, Follow, Kind, NodeId};
use crate::pipe::Outcome;

pub(super) fn touch(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let given = match read(session, words, "acmhd:t:r:", &[("no-create", 'c')]) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let (mut outcome, who, now) = (Outcome::default(), session.who, session.seconds());
    for path in &given.operands {
        let done = match session.find(path, Follow::Last) {
            Ok(id) => session.files_mut().set_time(id, now, who),
            Err(Errno::NoEntry) if given.has('c') => Ok(()),
            Err(Errno::NoEntry) => session.write(path, b"", session.masked(0o666)).map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            let sentence = if session.is_applet("touch") {
                format!("touch: {path}: {error}")
            } else {
                format!("touch: cannot touch '{path}': {error}")
            };
            complain(&mut outcome, &sentence);
        }
    }
    outcome
}

pub(super) fn mkdir(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let given = match read(session, words, "pvm:", &[("parents", 'p'), ("mode", 'm')]) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let mode = given.value('m').and_then(|text| u16::from_str_radix(text, 8).ok()).unwrap_or(session.masked(0o777));
    let mut outcome = Outcome::default();
    for path in &given.operands {
        let done = if given.has('p') { make_all(session, path, mode) } else { make(session, path, mode) };
        if let Err(error) = done {
            let sentence = if session.is_applet("mkdir") {
                format!("mkdir: can't create directory '{path}': {error}")
            } else {
                format!("mkdir: cannot create directory {}: {error}", super::quoted(session, path))
            };
            complain(&mut outcome, &sentence);
        }
    }
    outcome
}

fn make(session: &mut Session<'_>, path: &str, mode: u16) -> Result<(), Errno> {
    let (who, now, at) = (session.who, session.seconds(), session.at);
    if session.find(path, Follow::AllButLast).is_ok() {
        return Err(Errno::Exists);
    }
    let (parent, name) = session.files().find_parent(at, path, who)?;
    let name = name.to_vec();
    session.files_mut().create(parent, &name, Kind::directory(), mode, who, now).map(drop)
}

fn make_all(session: &mut Session<'_>, path: &str, mode: u16) -> Result<(), Errno> {
    let ends = path.char_indices().filter(|(at, c)| *c == '/' && *at > 0).map(|(at, _)| at).chain([path.len()]);
    for end in ends {
        match session.find(&path[..end], Follow::Last) {
            Ok(id) if session.files().node(id).is_directory() => {}
            Ok(_) => return Err(if end == path.len() { Errno::Exists } else { Errno::NotDirectory }),
            Err(Errno::NoEntry) => make(session, &path[..end], mode)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

pub(super) fn rmdir(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let (mut outcome, who, now) = (Outcome::default(), session.who, session.seconds());
    for path in words[1..].iter().filter(|word| !word.starts_with('-')) {
        let done = session.find(path, Follow::AllButLast).and_then(|id| match session.files().node(id) {
            node if !node.is_directory() => Err(Errno::NotDirectory),
            node if node.children().next().is_some() => Err(Errno::NotEmpty),
            _ => session.files_mut().remove(id, who, now),
        });
        if let Err(error) = done {
            let sentence = if session.is_applet("rmdir") {
                format!("rmdir: '{path}': {error}")
            } else {
                format!("rmdir: failed to remove '{path}': {error}")
            };
            complain(&mut outcome, &sentence);
        }
    }
    outcome
}

pub(super) fn rm(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let given = match read(session, words, "rRfivd", &[("recursive", 'r'), ("force", 'f'), ("no-preserve-root", 'n')]) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    if given.operands.is_empty() && !given.has('f') {
        return failed("rm: missing operand", 1);
    }
    let deep = given.has('r') || given.has('R');
    let mut outcome = Outcome::default();
    for path in &given.operands {
        let refused = match session.find(path, Follow::AllButLast) {
            Err(Errno::NoEntry) if given.has('f') => None,
            Err(error) => Some(error.to_string()),
            Ok(id) if session.files().node(id).is_directory() && !deep => Some(Errno::IsDirectory.to_string()),
            Ok(0) => {
                complain(&mut outcome, "rm: it is dangerous to operate recursively on '/'");
                continue;
            }
            Ok(id) => remove(session, id).err().map(|error| error.to_string()),
        };
        if let Some(reason) = refused {
            let sentence = match () {
                () if !session.is_applet("rm") => format!("rm: cannot remove '{path}': {reason}"),
                () if reason == Errno::IsDirectory.to_string() => format!("rm: '{path}' is a directory"),
                () => format!("rm: can't remove '{path}': {reason}"),
            };
            complain(&mut outcome, &sentence);
        }
    }
    outcome
}

/// Removes a tree, what is inside first: what may not be removed keeps what it is in.
fn remove(session: &mut Session<'_>, id: NodeId) -> Result<(), Errno> {
    let (who, now) = (session.who, session.seconds());
    let children: Vec<NodeId> = session.files().node(id).children().map(|(_, child)| child).collect();
    children.into_iter().try_for_each(|child| remove(session, child))?;
    session.files_mut().remove(id, who, now)
}

pub(super) fn chmod(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let deep = words.iter().any(|word| word == "-R");
    let mut operands = words[1..].iter().filter(|word| *word != "-R");
    let Some(text) = operands.next() else { return failed("chmod: missing operand", 1) };
    let (mut outcome, who) = (Outcome::default(), session.who);
    for path in operands {
        let found = match session.find(path, Follow::Last) {
            Ok(id) if deep => session.files().below(id),
            Ok(id) => vec![id],
            Err(error) if session.is_applet("chmod") => {
                complain(&mut outcome, &format!("chmod: {path}: {error}"));
                continue;
            }
            Err(error) => {
                complain(&mut outcome, &format!("chmod: cannot access '{path}': {error}"));
                continue;
            }
        };
        for id in found {
            let node = session.files().node(id);
            if node.is_symlink() {
                continue;
            }
            let Some(mode) = mode(text, node.meta.mode, node.is_directory()) else {
                return failed(&format!("chmod: invalid mode: {}", super::quoted(session, text)), 1);
            };
            if let Err(error) = session.files_mut().set_mode(id, mode, who) {
                complain(&mut outcome, &format!("chmod: changing permissions of '{path}': {error}"));
            }
        }
    }
    outcome
}

/// Reads a mode, `755` or `u+x,go-w`, and applies it to the old one.
fn mode(text: &str, old: u16, directory: bool) -> Option<u16> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return u16::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o7777);
    }
    text.split(',').try_fold(old, |old, clause| {
        let at = clause.find(['+', '-', '='])?;
        let (who, rest) = clause.split_at(at);
        let (operator, letters) = rest.split_at(1);
        let groups = if who.is_empty() || who.contains('a') { "ugo" } else { who };
        let (mut bits, mut mask) = (0, 0);
        for group in groups.chars() {
            let (shift, special) = match group {
                'u' => (6, 0o4000),
                'g' => (3, 0o2000),
                'o' => (0, 0),
                _ => return None,
            };
            mask |= 0o7 << shift;
            for letter in letters.chars() {
                bits |= match letter {
                    'r' => 4 << shift,
                    'w' => 2 << shift,
                    'x' => 1 << shift,
                    'X' if directory || old & 0o111 != 0 => 1 << shift,
                    'X' => 0,
                    's' => special,
                    't' => 0o1000,
                    _ => return None,
                };
            }
        }
        Some(match operator {
            "+" => old | bits,
            "-" => old & !bits,
            _ => (old & !mask) | bits,
        })
    })
}

pub(super) fn chown(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let deep = words.iter().any(|word| word == "-R");
    let mut operands = words[1..].iter().filter(|word| *word != "-R");
    let Some(text) = operands.next() else { return failed("chown: missing operand", 1) };
    let (user, group) = text.split_once(':').map_or((text.as_str(), None), |(user, group)| (user, Some(group)));
    let uid = session.number_of_user(user);
    let gid = group.filter(|group| !group.is_empty()).map(|group| session.number_of_group(group));
    if (uid.is_none() && !user.is_empty()) || gid == Some(None) {
        return failed(&format!("chown: invalid user: {}", super::quoted(session, text)), 1);
    }
    let (mut outcome, who) = (Outcome::default(), session.who);
    for path in operands {
        match session.find(path, Follow::Last) {
            Ok(id) => {
                let all = if deep { session.files().below(id) } else { vec![id] };
                let mut each = all.into_iter();
                if let Some(error) =
                    each.find_map(|id| session.files_mut().set_owner(id, uid, gid.flatten(), who).err())
                {
                    complain(&mut outcome, &format!("chown: changing ownership of '{path}': {error}"));
                }
            }
            Err(error) => complain(&mut outcome, &format!("chown: cannot access '{path}': {error}")),
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_octal_or_symbolic() {
        for (text, old, expected) in [
            ("755", 0, Some(0o755)),
            ("4755", 0, Some(0o4755)),
            ("+x", 0o644, Some(0o755)),
            ("u+s", 0o755, Some(0o4755)),
            ("go-rx", 0o755, Some(0o700)),
            ("u=rw,g=r,o=", 0o777, Some(0o640)),
            ("a+X", 0o644, Some(0o644)),
            ("99", 0, None),
            ("z+x", 0, None),
            ("x", 0, None),
        ] {
            assert_eq!(mode(text, old, false), expected, "{text}");
        }
    }
}
