//! The tags of a repository by variant; tags of one image stand on one line with its size.

use super::{Frame, lines_of};
use crate::lesson::human_size;
use crate::oci::Digest;

/// A tag, and what it points at where that was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagSize {
    /// The tag.
    pub tag: String,
    /// Digest of what it points at, and packed bytes of the image for this platform.
    pub image: Option<(Digest, u64)>,
}

/// Kinds of tags, in the order in which they are shown.
const KINDS: &[(&str, &str)] = &[
    ("plain", "versions, on their usual base"),
    ("slim", "slim: the same base with less in it"),
    ("alpine", "alpine: on Alpine Linux, with musl in place of glibc"),
    ("release", "with the base's release in the name"),
    ("windows", "for Windows"),
    ("other", "other variants"),
];

const RELEASES: &[&str] = &[
    "buster",
    "bullseye",
    "bookworm",
    "trixie",
    "forky",
    "sid",
    "focal",
    "jammy",
    "noble",
    "resolute",
    "stable",
    "testing",
    "unstable",
    "oldstable",
];

/// Lists tags by kind, whole lines.
pub fn tags(repository: &str, tags: &[TagSize], frame: Frame) -> String {
    let mut text = format!("{repository} offers {}.\n", super::count(tags.len(), "tag"));
    for (kind, title) in KINDS {
        let rows = rows(tags.iter().filter(|tag| kind_of(&tag.tag) == *kind));
        if rows.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{title}:\n"));
        for (names, size) in rows {
            let size = size.map_or_else(|| "not looked at".to_owned(), |bytes| format!("{} packed", human_size(bytes)));
            let mut lines = lines_of(names.into_iter(), frame.width.saturating_sub(20)).into_iter();
            let first = lines.next().unwrap_or_default();
            text.push_str(format!("  {size:>14}  {first}").trim_end());
            text.push('\n');
            text.extend(lines.map(|line| format!("  {:>14}  {line}\n", "")));
        }
    }
    text
}

/// Tags of one image together; tags that were not looked up all in one row.
fn rows<'t>(tags: impl Iterator<Item = &'t TagSize>) -> Vec<(Vec<String>, Option<u64>)> {
    let mut rows: Vec<(Option<&Digest>, Vec<String>, Option<u64>)> = Vec::new();
    for tag in tags {
        let (digest, size) = tag.image.as_ref().map(|(digest, size)| (digest, *size)).unzip();
        match rows.iter_mut().find(|(known, ..)| *known == digest) {
            Some((_, names, _)) => names.push(tag.tag.clone()),
            None => rows.push((digest, vec![tag.tag.clone()], size)),
        }
    }
    rows.into_iter().map(|(_, names, size)| (names, size)).collect()
}

/// The kind by the words of a tag.
fn kind_of(tag: &str) -> &'static str {
    let words: Vec<&str> = tag.split(['-', '_']).collect();
    let is =
        |known: &str| words.iter().any(|word| word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') == known);
    if is("alpine") {
        "alpine"
    } else if is("slim") {
        "slim"
    } else if is("windowsservercore") || is("nanoserver") {
        "windows"
    } else if RELEASES.iter().any(|release| is(release)) {
        "release"
    } else if words.iter().all(|word| is_version(word)) {
        "plain"
    } else {
        "other"
    }
}

/// `1.25`, `latest`, `16beta1`, `v1.0`.
fn is_version(word: &str) -> bool {
    let bare = word.trim_start_matches('v');
    word == "latest" || bare.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_fall_into_kinds() {
        let check = |tag: &str, expected: &str| assert_eq!(kind_of(tag), expected, "{tag}");
        check("3.11", "plain");
        check("latest", "plain");
        check("3.11-slim-bookworm", "slim");
        check("16-alpine3.22", "alpine");
        check("7-bookworm", "release");
        check("perl", "other");
        check("3.14-windowsservercore-ltsc2025", "windows");
    }
}
