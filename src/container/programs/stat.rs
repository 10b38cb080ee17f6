//! `stat` and `file`.

use super::{complain, listing, read, time};
use crate::container::Session;
use crate::container::binary::{self, Elf};
use crate::container::files::{Follow, Kind, Node, NodeId};
use crate::pipe::Outcome;

/// Enough of a file to tell what it is.
const HEAD: u64 = 64 << 10;

pub(super) fn stat(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let given = match read(session, words, "c:Lft", &[("format", 'c'), ("dereference", 'L')]) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let mut outcome = Outcome::default();
    for path in &given.operands {
        let found = session.find(path, if given.has('L') { Follow::Last } else { Follow::AllButLast });
        match found {
            Ok(id) => {
                let text = given
                    .value('c')
                    .map_or_else(|| whole(session, path, id), |format| formatted(session, path, id, format));
                outcome.stdout.extend(text.into_bytes());
            }
            Err(error) if session.is_applet("stat") => {
                complain(&mut outcome, &format!("stat: can't stat '{path}': {error}"));
            }
            Err(error) => complain(&mut outcome, &format!("stat: cannot statx '{path}': {error}")),
        }
    }
    outcome
}

fn kind_name(node: &Node) -> &'static str {
    match node.kind {
        Kind::File { size: 0, .. } => "regular empty file",
        Kind::File { .. } => "regular file",
        Kind::Symlink { .. } => "symbolic link",
        Kind::Directory { .. } => "directory",
        Kind::Character { .. } => "character special file",
        Kind::Block { .. } => "block special file",
        Kind::Fifo => "fifo",
    }
}

fn whole(session: &Session<'_>, path: &str, id: NodeId) -> String {
    let node = session.files().node(id);
    let shown = match &node.kind {
        Kind::Symlink { target } => format!("{path} -> {}", String::from_utf8_lossy(target)),
        _ => path.to_owned(),
    };
    let at = time::utc(node.meta.mtime, "%Y-%m-%d %H:%M:%S.000000000 +0000");
    format!(
        "  File: {shown}\n  Size: {:<10}\tBlocks: {:<10} IO Block: 4096   {}\nDevice: 0,1\tInode: {:<11} Links: {}\n\
         Access: ({:04o}/{})  Uid: ({:5}/{:>8})   Gid: ({:5}/{:>8})\nAccess: {at}\nModify: {at}\nChange: {at}\n",
        node.size(),
        listing::blocks(node) * 2,
        kind_name(node),
        id + 1,
        session.links(id),
        if node.is_symlink() { 0o777 } else { node.meta.mode },
        listing::mode_text(node),
        node.meta.uid,
        session.name_of_user(node.meta.uid),
        node.meta.gid,
        session.name_of_group(node.meta.gid),
    )
}

fn formatted(session: &Session<'_>, path: &str, id: NodeId, format: &str) -> String {
    let node = session.files().node(id);
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(c) = letters.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        text += &match letters.next() {
            Some('n') => path.to_owned(),
            Some('s') => node.size().to_string(),
            Some('a') => format!("{:o}", if node.is_symlink() { 0o777 } else { node.meta.mode }),
            Some('A') => listing::mode_text(node),
            Some('U') => session.name_of_user(node.meta.uid),
            Some('u') => node.meta.uid.to_string(),
            Some('G') => session.name_of_group(node.meta.gid),
            Some('g') => node.meta.gid.to_string(),
            Some('F') => kind_name(node).to_owned(),
            Some('h') => session.links(id).to_string(),
            Some('i') => (id + 1).to_string(),
            Some('b') => (listing::blocks(node) * 2).to_string(),
            Some('X' | 'Y' | 'Z') => node.meta.mtime.to_string(),
            Some('x' | 'y' | 'z') => time::utc(node.meta.mtime, "%Y-%m-%d %H:%M:%S.000000000 +0000"),
            Some(other) => format!("%{other}"),
            None => "%".to_owned(),
        };
    }
    text + "\n"
}

pub(super) fn file(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let mut outcome = Outcome::default();
    let paths: Vec<&String> = words[1..].iter().filter(|word| !word.starts_with('-')).collect();
    let widest = paths.iter().map(|path| path.len()).max().unwrap_or(0) + 1;
    for path in paths {
        let what = match session.find(path, Follow::AllButLast) {
            Ok(id) => describe(session, id),
            Err(error) => format!("cannot open `{path}' ({error})"),
        };
        outcome.stdout.extend(format!("{:widest$} {what}\n", format!("{path}:")).into_bytes());
    }
    outcome
}

fn describe(session: &Session<'_>, id: NodeId) -> String {
    let node = session.files().node(id);
    match &node.kind {
        Kind::Directory { .. } => "directory".to_owned(),
        Kind::Symlink { target } => format!("symbolic link to {}", String::from_utf8_lossy(target)),
        Kind::Character { major, minor } => format!("character special ({major}/{minor})"),
        Kind::Block { major, minor } => format!("block special ({major}/{minor})"),
        Kind::Fifo => "fifo (named pipe)".to_owned(),
        Kind::File { size: 0, .. } => "empty".to_owned(),
        Kind::File { .. } => session.read_node(id, HEAD).map_or_else(|error| error.to_string(), |head| content(&head)),
    }
}

fn content(head: &[u8]) -> String {
    if let Some(elf) = binary::elf(head) {
        return program(&elf);
    }
    let text = std::str::from_utf8(head).ok().filter(|text| !text.contains('\0'));
    match head {
        [b'#', b'!', ..] if text.is_some() => {
            let line = text.and_then(|text| text.lines().next()).unwrap_or_default();
            let by = line.trim_start_matches("#!").trim();
            let by = if matches!(by, "/bin/sh" | "/bin/dash") { "POSIX shell" } else { by };
            format!("{by} script, ASCII text executable")
        }
        [0x1f, 0x8b, ..] => "gzip compressed data".to_owned(),
        [b'P', b'K', 3, 4, ..] => "Zip archive data".to_owned(),
        [0x89, b'P', b'N', b'G', ..] => "PNG image data".to_owned(),
        _ => match text {
            Some(text) if text.is_ascii() => "ASCII text".to_owned(),
            Some(_) => "UTF-8 Unicode text".to_owned(),
            None => "data".to_owned(),
        },
    }
}

fn program(elf: &Elf) -> String {
    let kind = if elf.shared { "LSB pie executable" } else { "LSB executable" };
    let linked = match &elf.loader {
        Some(loader) => format!("dynamically linked, interpreter {loader}"),
        None => "statically linked".to_owned(),
    };
    format!("ELF {}-bit {kind}, {}, version 1 (SYSV), {linked}", elf.bits, elf.machine)
}
