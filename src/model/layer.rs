//! A layer as a recipe plans it, and the bytes that come of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::content::Content;
use super::error::Problem;
use super::gzip::{self, OutOfReach};
use super::names::fill_in;
use super::recipe::{File, Step};
use super::rope::Rope;
use super::size::MOST;
use super::tar::{self, Entry, Kind};
use crate::oci::{Digest, Platform};

/// The empty layer of buildkit, which `WORKDIR` leaves where the directory was there before.
const EMPTY: [u8; 32] = [
    0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0xff, 0x62, 0x18, 0x05, 0xa3, 0x60, 0x14, 0x8c, 0x58, 0x00, 0x08, 0, 0, 0xff,
    0xff, 0x2e, 0xaf, 0xb5, 0xef, 0, 0x04, 0, 0,
];
/// Bytes that make a layer's size differ from platform to platform; smaller layers are scripts and settings.
pub(super) const LARGE: u64 = 64 * 1024;
const MAX_FILES: usize = 2_000;
const MAX_TEXT: usize = 64 * 1024;
/// Blank files have about this size, and there are at most so many.
const BLANK: u64 = 4_000_000;
const MAX_BLANKS: u64 = 40;

/// What a layer is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    entries: Vec<Entry>,
    mtime: u64,
    /// Size of the blob in bytes.
    pub(super) compressed: u64,
}

/// How much of a size a platform has: `part` of `whole`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub(super) part: u64,
    pub(super) whole: u64,
}

impl Scale {
    pub(super) const SAME: Self = Self { part: 1, whole: 1 };

    /// Scales a size, rounding down.
    pub(super) fn of(self, size: u64) -> u64 {
        let scaled = u128::from(size) * u128::from(self.part) / u128::from(self.whole.max(1));
        u64::try_from(scaled).unwrap_or(u64::MAX)
    }
}

/// A layer's bytes, described.
#[derive(Debug)]
pub(super) struct Bytes {
    /// The uncompressed tar.
    pub(super) tar: Rope,
    /// The compressed blob.
    pub(super) blob: Rope,
}

impl Plan {
    /// Plans the layer of a step. `compressed` is the size asked for, `None` what comes naturally.
    pub(super) fn of(
        step: &Step,
        platform: &Platform,
        mtime: u64,
        scale: Scale,
        compressed: Option<u64>,
    ) -> Result<Self, Problem> {
        let entries = entries(step, platform, scale)?;
        let mut plan = Self { entries, mtime, compressed: 0 };
        if plan.entries.iter().any(|entry| entry.on_disk() >= MOST) {
            return Err(Problem::TooLarge);
        }
        let content = plan.content().ok_or_else(|| Problem::Path(plan.longest_path()))?;
        plan.compressed = match compressed {
            Some(size) => size,
            None if plan.is_empty() => EMPTY.len() as u64,
            None => gzip::least(&content) + plan.on_disk() * 2 / 5,
        };
        if plan.compressed >= MOST || content.len() >= MOST { Err(Problem::TooLarge) } else { Ok(plan) }
    }

    /// Tells whether this is the empty layer.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Counts the bytes on disk as Docker's classic store does.
    pub(super) fn on_disk(&self) -> u64 {
        self.entries.iter().map(Entry::on_disk).sum()
    }

    /// Identifies all that the layer's bytes follow from, in 16 hexadecimal digits.
    pub(super) fn fingerprint(&self) -> String {
        let mut text = format!("layer 1\n{} {}\n", self.mtime, self.compressed);
        for entry in &self.entries {
            let kind = match &entry.kind {
                Kind::Directory => "directory".to_owned(),
                Kind::Blank(size) => format!("blank {size}"),
                Kind::Text(content) => format!("text {}", Digest::of(content.as_bytes())),
                Kind::Link(target) => format!("link {target:?}"),
            };
            let _ = writeln!(text, "{:?} {:o} {}:{} {kind}", entry.path, entry.mode, entry.user, entry.group);
        }
        Digest::of(text.as_bytes()).encoded()[..16].to_owned()
    }

    /// Makes the layer's bytes. Cheap: long stretches are described, not written.
    pub(super) fn bytes(&self) -> Result<Bytes, OutOfReach> {
        let mut content = self.content().unwrap_or_default();
        if self.is_empty() {
            let mut blob = Rope::default();
            blob.push(EMPTY.to_vec());
            return Ok(Bytes { tar: content.rope(), blob });
        }
        // Scripts in the record hold more than our blank ones; the archive ends in more zeros instead.
        let missing = (self.compressed + 1024).saturating_sub(content.len());
        content.zeros(missing.next_multiple_of(512));
        Ok(Bytes { tar: content.rope(), blob: gzip::compress(&content, self.compressed)? })
    }

    fn content(&self) -> Option<Content> {
        tar::write(&self.entries, self.mtime)
    }

    fn longest_path(&self) -> String {
        self.entries.iter().map(|entry| &entry.path).max_by_key(|path| path.len()).cloned().unwrap_or_default()
    }
}

/// Makes a step's entries: its files, the blank files that fill it up, and all their parents, sorted.
fn entries(step: &Step, platform: &Platform, scale: Scale) -> Result<Vec<Entry>, Problem> {
    if step.files.len() > MAX_FILES {
        return Err(Problem::TooMany { what: "files", limit: MAX_FILES });
    }
    let mut entries = BTreeMap::new();
    for (path, file) in &step.files {
        let entry = entry(&fill_in(path, platform), file, platform, scale)?;
        entries.insert(entry.path.clone(), entry);
    }
    if let Some(pad) = step.pad {
        let files = entries.values().map(Entry::on_disk).sum();
        let wanted = scale.of(pad.0);
        let rest = wanted.checked_sub(files).ok_or(Problem::Pad { files, pad: wanted })?;
        let under = fill_in(step.under.as_deref().unwrap_or("usr/share"), platform);
        for entry in blanks(checked(&under)?, rest) {
            entries.insert(entry.path.clone(), entry);
        }
    }
    let paths: Vec<String> = entries.keys().cloned().collect();
    for (at, path) in paths.iter().flat_map(|path| path.match_indices('/').map(move |(at, _)| (at, path))) {
        let parent = entries.entry(path[..at].to_owned()).or_insert_with(|| Entry::directory(&path[..at]));
        if parent.kind != Kind::Directory {
            return Err(Problem::Path(path.clone()));
        }
    }
    Ok(entries.into_values().collect())
}

/// Splits `size` into blank files below a directory.
fn blanks(under: &str, size: u64) -> Vec<Entry> {
    if size == 0 {
        return Vec::new();
    }
    let count = (size / BLANK).clamp(1, MAX_BLANKS);
    let each = size / count;
    let size_of = |n: u64| if n == count { size - each * (count - 1) } else { each };
    (1..=count).map(|n| regular(format!("{under}/blank-{n:02}"), Kind::Blank(size_of(n)))).collect()
}

fn regular(path: String, kind: Kind) -> Entry {
    Entry { path, kind, mode: 0o644, user: 0, group: 0 }
}

fn entry(path: &str, file: &File, platform: &Platform, scale: Scale) -> Result<Entry, Problem> {
    let path = checked(path)?;
    let scaled = |size: u64| if size >= LARGE { scale.of(size) } else { size };
    let mut entry = match (file.size, &file.text, &file.link, file.dir, file.gone) {
        (Some(size), None, None, None, None) => regular(path.to_owned(), Kind::Blank(scaled(size.0))),
        (None, Some(text), None, None, None) if text.len() <= MAX_TEXT => {
            regular(path.to_owned(), Kind::Text(fill_in(text, platform)))
        }
        (None, Some(_), None, None, None) => return Err(Problem::TooMany { what: "bytes of text", limit: MAX_TEXT }),
        (None, None, Some(target), None, None) => {
            let target = fill_in(target, platform);
            Entry { mode: 0o777, ..regular(path.to_owned(), Kind::Link(target)) }
        }
        (None, None, None, Some(_), None) => Entry::directory(path),
        (None, None, None, None, Some(_)) => {
            let (parent, name) = path.rsplit_once('/').map_or(("", path), |(parent, name)| (parent, name));
            let slash = if parent.is_empty() { "" } else { "/" };
            regular(format!("{parent}{slash}.wh.{name}"), Kind::Blank(0))
        }
        _ => return Err(Problem::FileKind(path.to_owned())),
    };
    if let Some(mode) = &file.mode {
        entry.mode = octal(mode).ok_or_else(|| Problem::Mode(mode.clone()))?;
    }
    if let Some(owner) = &file.owner {
        (entry.user, entry.group) = numbers(owner).ok_or_else(|| Problem::Owner(owner.clone()))?;
    }
    Ok(entry)
}

/// Lets through relative paths without `.`, `..`, empty components and control characters.
fn checked(path: &str) -> Result<&str, Problem> {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.chars().any(char::is_control);
    if path.split('/').all(plain) { Ok(path) } else { Err(Problem::Path(path.to_owned())) }
}

fn octal(text: &str) -> Option<u32> {
    let mode = u32::from_str_radix(text, 8).ok()?;
    (mode <= 0o7777 && text.bytes().all(|b| b.is_ascii_digit())).then_some(mode)
}

fn numbers(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| text.parse().ok().filter(|&n: &u32| n < 1 << 21);
    let (user, group) = text.split_once(':')?;
    Some((number(user)?, number(group)?))
}
