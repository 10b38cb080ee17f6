//! `ls`.

use super::{Given, complain, listing, read, said};
use crate::container::Session;
use crate::container::files::{Errno, Follow, NodeId, Want};
use crate::pipe::Outcome;

pub(super) fn ls(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let longs = [
        ("all", 'a'),
        ("almost-all", 'A'),
        ("human-readable", 'h'),
        ("recursive", 'R'),
        ("directory", 'd'),
        ("color", 'G'),
    ];
    let given = match read(session, words, "alAh1RdFrtSinGCgop", &longs) {
        Ok(given) => given,
        Err(outcome) => return outcome,
    };
    let listing = Listing { session, given: &given, busybox: session.is_applet("ls") };
    listing.run()
}

struct Listing<'a, 'c> {
    session: &'a Session<'c>,
    given: &'a Given,
    busybox: bool,
}

impl Listing<'_, '_> {
    fn run(&self) -> Outcome {
        let here = [".".to_owned()];
        let operands: &[String] = if self.given.operands.is_empty() { &here } else { &self.given.operands };
        let mut outcome = Outcome::default();
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for path in operands {
            // A link on the command line is followed, unless it is to be shown itself.
            let last = if self.given.has('l') || self.given.has('d') { Follow::AllButLast } else { Follow::Last };
            let found = self.session.find(path, last).or_else(|error| match error {
                Errno::NoEntry => self.session.find(path, Follow::AllButLast),
                error => Err(error),
            });
            match found {
                Ok(id) if self.session.files().node(id).is_directory() && !self.given.has('d') => {
                    folders.push((path.clone(), id));
                }
                Ok(id) => files.push((path.clone(), id)),
                Err(error) => {
                    complain(&mut outcome, &self.cannot(path, error));
                    outcome.status = if self.busybox { 1 } else { 2 };
                }
            }
        }
        self.sort(&mut files);
        self.sort(&mut folders);
        let mut text = self.rows(&files);
        let titled = operands.len() > 1 || self.given.has('R');
        for (path, id) in &folders {
            self.folder(path, *id, titled, &mut text, &mut outcome);
        }
        Outcome { stdout: said(text).stdout, ..outcome }
    }

    fn cannot(&self, path: &str, error: Errno) -> String {
        if self.busybox { format!("ls: {path}: {error}") } else { format!("ls: cannot access '{path}': {error}") }
    }

    fn folder(&self, path: &str, id: NodeId, titled: bool, text: &mut String, outcome: &mut Outcome) {
        if titled {
            let gap = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{gap}{path}:\n"));
        }
        let node = self.session.files().node(id);
        if !self.session.who.may(Want::Read, node) {
            let sentence = if self.busybox {
                format!("ls: can't open '{path}'")
            } else {
                format!("ls: cannot open directory '{path}'")
            };
            complain(outcome, &format!("{sentence}: {}", Errno::Access));
            return;
        }
        let mut shown: Vec<(String, NodeId)> = Vec::new();
        if self.given.has('a') {
            shown.extend([(".".to_owned(), id), ("..".to_owned(), node.parent)]);
        }
        let hidden = self.given.has('a') || self.given.has('A');
        let names = node.children().map(|(name, child)| (String::from_utf8_lossy(name).into_owned(), child));
        shown.extend(names.filter(|(name, _)| hidden || !name.starts_with('.')));
        self.sort(&mut shown);
        if self.given.has('l') {
            let blocks: u64 = shown.iter().map(|(_, id)| listing::blocks(self.session.files().node(*id))).sum();
            let total = if self.given.has('h') { listing::human(blocks * 1024) } else { blocks.to_string() };
            text.push_str(&format!("total {total}\n"));
        }
        text.push_str(&self.rows(&shown));
        if self.given.has('R') {
            for (name, child) in shown.iter().filter(|(name, _)| name != "." && name != "..") {
                if self.session.files().node(*child).is_directory() {
                    let slash = if path.ends_with('/') { "" } else { "/" };
                    self.folder(&format!("{path}{slash}{name}"), *child, true, text, outcome);
                }
            }
        }
    }

    fn sort(&self, rows: &mut [(String, NodeId)]) {
        let node = |id: &NodeId| self.session.files().node(*id);
        rows.sort_by(|(a, x), (b, y)| match () {
            () if self.given.has('t') => node(y).meta.mtime.cmp(&node(x).meta.mtime).then_with(|| a.cmp(b)),
            () if self.given.has('S') => node(y).size().cmp(&node(x).size()).then_with(|| a.cmp(b)),
            () => a.cmp(b),
        });
        if self.given.has('r') {
            rows.reverse();
        }
    }

    fn rows(&self, rows: &[(String, NodeId)]) -> String {
        let named: Vec<(String, NodeId)> = rows.iter().map(|(name, id)| (self.decorated(name, *id), *id)).collect();
        if self.given.has('l') || self.given.has('n') {
            let columns = self.session.columns(&named, self.given.has('h'), self.given.has('n'));
            return if self.busybox { listing::busybox(&columns) } else { listing::gnu(&columns) };
        }
        let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
        let in_columns = (self.session.writes_to_terminal() || self.given.has('C')) && !self.given.has('1');
        if in_columns {
            columns(&names, (self.session.settings.columns)())
        } else {
            names.iter().flat_map(|name| [name, "\n"]).collect()
        }
    }

    /// Adds what tells kinds apart, and the number of a file.
    fn decorated(&self, name: &str, id: NodeId) -> String {
        let node = self.session.files().node(id);
        let mark = match () {
            () if !self.given.has('F') && !self.given.has('p') => "",
            () if node.is_directory() => "/",
            () if self.given.has('p') => "",
            () if node.is_symlink() && !self.given.has('l') => "@",
            () if !node.is_symlink() && node.meta.mode & 0o111 != 0 => "*",
            () => "",
        };
        let number = if self.given.has('i') { format!("{:7} ", id + 1) } else { String::new() };
        format!("{number}{name}{mark}")
    }
}

/// Lays names out in as few rows as a terminal of that width allows, read downwards.
fn columns(names: &[&str], width: usize) -> String {
    let widths = |rows: usize| -> Vec<usize> {
        names.chunks(rows).map(|column| column.iter().map(|name| name.chars().count()).max().unwrap_or(0) + 2).collect()
    };
    let fits = |rows: &usize| widths(*rows).iter().sum::<usize>() <= width + 2;
    let rows = (1..=names.len()).find(fits).unwrap_or(names.len());
    let mut text = String::new();
    for row in 0..rows.min(names.len()) {
        let widths = widths(rows);
        let cells = names.iter().skip(row).step_by(rows).zip(&widths);
        let line: String = cells.map(|(name, width)| format!("{name:width$}")).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_downwards() {
        assert_eq!(columns(&["a", "b"], 80), "a  b\n");
        let names: Vec<String> = (0..12).map(|number| format!("a-rather-long-name-{number:02}")).collect();
        let text = columns(&names.iter().map(String::as_str).collect::<Vec<_>>(), 80);
        assert!(text.starts_with("a-rather-long-name-00  a-rather-long-name-04  a-rather-long-name-08\n"), "{text}");
        assert_eq!(columns(&[], 80), "");
        assert_eq!(columns(&["abc", "de", "f"], 8), "abc  f\nde\n");
    }
}
