//! Programs that read text: the filters of the workbook's pipes, over the container's files.

use std::cell::Cell;

use sha2::{Digest as _, Sha512};

use super::{complain, read, said};
use crate::container::Session;
use crate::container::files::{Errno, Follow, NodeId, Want};
use crate::oci::Digest;
use crate::pipe::{self, Outcome};

/// The container's files as filters see them.
struct Here<'a, 'c> {
    session: &'a Session<'c>,
    /// Whether a file was read: who reads none reads the input.
    asked: Cell<bool>,
}

impl pipe::Files for Here<'_, '_> {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        self.asked.set(true);
        self.session.read(name).map_err(|error| error.to_string())
    }
}

/// Runs a filter; one that reads the input and may get more of it says nothing yet.
fn filtered(session: &mut Session<'_>, name: &str, arguments: &[String], input: &[u8]) -> Outcome {
    let here = Here { session, asked: Cell::new(false) };
    let outcome = pipe::run_among(name, arguments, input, &here);
    let reads_input = !here.asked.get() && outcome.stderr.is_empty();
    if reads_input && session.reads_all() { Outcome::default() } else { outcome }
}

pub(super) fn filter(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let name = words[0].rsplit('/').next().unwrap_or_default();
    filtered(session, name, &words[1..], input)
}

pub(super) fn cat(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let given = match read(session, words, "nuAevtbsET", &[("number", 'n')]) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let stdin = ["-".to_owned()];
    let mut outcome = Outcome::default();
    for path in if given.operands.is_empty() { &stdin[..] } else { &given.operands[..] } {
        match (path.as_str(), session.read(path)) {
            ("-", _) => {
                outcome.stdout.extend_from_slice(input);
                if session.reads_all() {
                    return outcome;
                }
            }
            (_, Ok(bytes)) => outcome.stdout.extend(bytes),
            (_, Err(Errno::IsDirectory)) if session.is_applet("cat") => {
                complain(&mut outcome, "cat: read error: Is a directory");
            }
            (_, Err(error)) if session.is_applet("cat") => {
                complain(&mut outcome, &format!("cat: can't open '{path}': {error}"));
            }
            (_, Err(error)) => complain(&mut outcome, &format!("cat: {path}: {error}")),
        }
    }
    if given.has('s') {
        let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let mut was_empty = false;
        let keeps = |line: &&str| !(std::mem::replace(&mut was_empty, *line == "\n") && *line == "\n");
        outcome.stdout = text.split_inclusive('\n').filter(keeps).collect::<String>().into_bytes();
    }
    if given.has('A') || given.has('E') || given.has('T') || given.has('e') || given.has('t') {
        let has = |letters: [char; 3]| letters.into_iter().any(|letter| given.has(letter));
        outcome.stdout = signs_shown(&outcome.stdout, has(['A', 'E', 'e']), has(['A', 'T', 't']));
    }
    if given.has('n') || given.has('b') {
        let mut number = 0;
        let lines = outcome.stdout.split_inclusive(|byte| *byte == b'\n');
        let numbered = lines.map(|line| {
            if given.has('b') && matches!(line, b"\n" | b"$\n") {
                return line.to_vec();
            }
            number += 1;
            [format!("{number:6}\t").as_bytes(), line].concat()
        });
        outcome.stdout = numbered.collect::<Vec<_>>().concat();
    }
    outcome
}

/// Shows the ends of lines as `$`, and tabs as `^I`.
fn signs_shown(text: &[u8], ends: bool, tabs: bool) -> Vec<u8> {
    text.iter()
        .flat_map(|byte| match byte {
            b'\n' if ends => b"$\n".to_vec(),
            b'\t' if tabs => b"^I".to_vec(),
            byte => vec![*byte],
        })
        .collect()
}

/// `grep`, and with `-r` over all files of a tree.
pub(super) fn grep(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let (mut arguments, mut deep) = (Vec::new(), false);
    match words[0].rsplit('/').next() {
        Some("egrep") => arguments.push("-E".to_owned()),
        Some("fgrep") => arguments.push("-F".to_owned()),
        _ => {}
    }
    for word in &words[1..] {
        let is_cluster =
            word.starts_with('-') && !word.starts_with("--") && word.contains(['r', 'R']) && word.len() < 6;
        deep |= is_cluster || word == "--recursive";
        match word.as_str() {
            "--recursive" | "-r" | "-R" => {}
            word if is_cluster => arguments.push(word.replace(['r', 'R'], "")),
            word => arguments.push(word.to_owned()),
        }
    }
    if !deep {
        return filtered(session, "grep", &arguments, input);
    }
    let operands = arguments.iter().filter(|word| !word.starts_with('-')).count();
    let places =
        if operands > 1 { arguments.split_off(arguments.len() - (operands - 1)) } else { vec![".".to_owned()] };
    let mut complaints = Outcome::default();
    arguments.insert(0, "-H".to_owned());
    for place in &places {
        match session.find(place, Follow::Last) {
            Ok(id) => files_below(session, place, id, &mut arguments),
            Err(error) => complain(&mut complaints, &format!("grep: {place}: {error}")),
        }
    }
    let here = Here { session, asked: Cell::new(false) };
    let mut outcome = pipe::run_among("grep", &arguments, &[], &here);
    outcome.stderr.insert_str(0, &complaints.stderr);
    outcome.status = if complaints.status == 0 { outcome.status } else { 2 };
    outcome
}

/// Adds the paths of all readable files of a tree; links are not followed.
fn files_below(session: &Session<'_>, path: &str, id: NodeId, found: &mut Vec<String>) {
    let node = session.files().node(id);
    if node.is_directory() {
        let slash = if path.ends_with('/') { "" } else { "/" };
        for (name, child) in node.children() {
            files_below(session, &format!("{path}{slash}{}", String::from_utf8_lossy(name)), child, found);
        }
    } else if matches!(node.kind, crate::container::files::Kind::File { .. }) && session.who.may(Want::Read, node) {
        found.push(path.to_owned());
    }
}

pub(super) fn tee(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let given = match read(session, words, "ai", &[("append", 'a')]) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let mut outcome = said(input);
    session.reads_all();
    for path in &given.operands {
        let before = if given.has('a') { session.read(path).unwrap_or_default() } else { Vec::new() };
        if let Err(error) = session.write(path, &[&before, input].concat(), session.masked(0o666)) {
            complain(&mut outcome, &format!("tee: {path}: {error}"));
        }
    }
    outcome
}

/// `sha256sum` and `sha512sum`.
pub(super) fn checksum(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let name = words[0].rsplit('/').next().unwrap_or_default();
    let sum = |bytes: &[u8]| {
        if name == "sha512sum" { hex(&Sha512::digest(bytes)) } else { Digest::of(bytes).encoded().to_owned() }
    };
    let paths: Vec<&String> = words[1..].iter().filter(|word| !word.starts_with('-')).collect();
    if paths.is_empty() && session.reads_all() {
        return Outcome::default();
    }
    if paths.is_empty() {
        return said(format!("{}  -\n", sum(input)));
    }
    let mut outcome = Outcome::default();
    for path in paths {
        match session.read(path) {
            Ok(bytes) => outcome.stdout.extend(format!("{}  {path}\n", sum(&bytes)).into_bytes()),
            Err(error) => complain(&mut outcome, &format!("{name}: {path}: {error}")),
        }
    }
    outcome
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
