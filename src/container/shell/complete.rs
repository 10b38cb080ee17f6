//! What Tab offers in a container: programs of its `PATH`, and paths.

use std::sync::Arc;

use super::Session;
use crate::container::files::{Files, Follow, NodeId, Want, Who};

/// Completes the word that ends at a byte of a line: returns the byte where it begins, and the candidates, sorted.
pub type Completer = Arc<dyn Fn(&str, usize) -> (usize, Vec<String>) + Send + Sync>;

const BUILTINS: &[&str] =
    &["cd", "echo", "exit", "export", "history", "pwd", "read", "set", "shift", "test", "type", "unset"];

impl Session<'_> {
    /// Returns what completes words at this moment. It sees the files as they are now.
    pub fn completer(&self) -> Completer {
        let files = Arc::clone(&self.container.files);
        let (at, who) = (self.at, self.who);
        let path = self.value("PATH").unwrap_or_default().to_owned();
        Arc::new(move |line, cursor| complete(&files, at, who, &path, &line[..cursor]))
    }
}

fn complete(files: &Files, at: NodeId, who: Who, path: &str, line: &str) -> (usize, Vec<String>) {
    let begin = line.rfind([' ', '\t', '|', ';', '&', '(', '<', '>', '=']).map_or(0, |blank| blank + 1);
    let word = &line[begin..];
    let before = line[..begin].trim_end();
    let is_command = before.is_empty() || before.ends_with(['|', ';', '&', '(']);
    let found =
        if is_command && !word.contains('/') { programs(files, who, path, word) } else { paths(files, at, who, word) };
    (begin, found)
}

fn programs(files: &Files, who: Who, path: &str, word: &str) -> Vec<String> {
    if word.is_empty() {
        return Vec::new();
    }
    let folders = path.split(':').filter_map(|folder| files.find(0, folder, Follow::Last, who).ok());
    let names =
        folders.flat_map(|id| files.node(id).children().map(|(name, _)| String::from_utf8_lossy(name).into_owned()));
    let mut found: Vec<String> = names.chain(BUILTINS.iter().map(|name| (*name).to_owned())).collect();
    found.retain(|name| name.starts_with(word));
    found.sort();
    found.dedup();
    found
}

/// Offers the names in a directory; those of directories end in a slash.
fn paths(files: &Files, at: NodeId, who: Who, word: &str) -> Vec<String> {
    let (folder, start) = word.rfind('/').map_or(("", word), |slash| word.split_at(slash + 1));
    let found = if folder.is_empty() { Ok(at) } else { files.find(at, folder, Follow::Last, who) };
    let Ok(id) = found else { return Vec::new() };
    if !who.may(Want::Read, files.node(id)) {
        return Vec::new();
    }
    let mut offered = Vec::new();
    for (name, _) in files.node(id).children() {
        let name = String::from_utf8_lossy(name);
        if !name.starts_with(start) || (name.starts_with('.') && !start.starts_with('.')) {
            continue;
        }
        let target = files.find(id, &name, Follow::Last, who);
        let slash = if target.is_ok_and(|id| files.node(id).is_directory()) { "/" } else { "" };
        offered.push(format!("{folder}{name}{slash}"));
    }
    offered
}
