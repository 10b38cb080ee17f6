//! `du`: how much room a tree takes.

use std::collections::HashSet;

use super::{complain, listing, read};
use crate::container::Session;
use crate::container::files::{Follow, NodeId};
use crate::pipe::Outcome;

/// What to show.
struct Plan {
    summary: bool,
    files: bool,
    deepest: usize,
    unit: Unit,
    apparent: bool,
}

#[derive(Clone, Copy)]
enum Unit {
    Kibibytes,
    Mebibytes,
    Bytes,
    Human,
}

pub(super) fn du(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let longs =
        [("summarize", 's'), ("human-readable", 'h'), ("all", 'a'), ("max-depth", 'd'), ("total", 'c'), ("bytes", 'b')];
    let given = match read(session, words, "shakmcbxd:", &longs) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let plan = Plan {
        summary: given.has('s'),
        files: given.has('a'),
        deepest: given.value('d').and_then(|value| value.parse().ok()).unwrap_or(usize::MAX),
        unit: match () {
            () if given.has('h') => Unit::Human,
            () if given.has('m') => Unit::Mebibytes,
            () if given.has('b') => Unit::Bytes,
            () => Unit::Kibibytes,
        },
        apparent: given.has('b'),
    };
    let here = [".".to_owned()];
    let mut outcome = Outcome::default();
    let (mut seen, mut total) = (HashSet::new(), 0);
    for path in if given.operands.is_empty() { &here[..] } else { &given.operands[..] } {
        match session.find(path, Follow::AllButLast) {
            Ok(id) => total += measure(session, &plan, path, id, 0, &mut seen, &mut outcome.stdout),
            Err(error) if session.is_applet("du") => complain(&mut outcome, &format!("du: {path}: {error}")),
            Err(error) => complain(&mut outcome, &format!("du: cannot access '{path}': {error}")),
        }
    }
    if given.has('c') {
        write(plan.unit, total, "total", &mut outcome.stdout);
    }
    outcome
}

/// Measures a tree and writes what is to be shown, what is inside first. A file with several names counts once.
fn measure(
    session: &Session<'_>,
    plan: &Plan,
    path: &str,
    id: NodeId,
    depth: usize,
    seen: &mut HashSet<(usize, u64)>,
    out: &mut Vec<u8>,
) -> u64 {
    let node = session.files().node(id);
    if node.inode().is_some_and(|inode| !seen.insert(inode)) {
        return 0;
    }
    let mut bytes = if plan.apparent { node.size() } else { listing::blocks(node) * 1024 };
    let slash = if path.ends_with('/') { "" } else { "/" };
    for (name, child) in node.children() {
        let path = format!("{path}{slash}{}", String::from_utf8_lossy(name));
        bytes += measure(session, plan, &path, child, depth + 1, seen, out);
    }
    let shown = depth == 0 || (!plan.summary && depth <= plan.deepest && (plan.files || node.is_directory()));
    if shown {
        write(plan.unit, bytes, path, out);
    }
    bytes
}

fn write(unit: Unit, bytes: u64, path: &str, out: &mut Vec<u8>) {
    let amount = match unit {
        Unit::Kibibytes => bytes.div_ceil(1 << 10).to_string(),
        Unit::Mebibytes => bytes.div_ceil(1 << 20).to_string(),
        Unit::Bytes => bytes.to_string(),
        Unit::Human => listing::human(bytes),
    };
    out.extend(format!("{amount}\t{path}\n").into_bytes());
}
