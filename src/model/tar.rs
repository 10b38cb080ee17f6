//! A writer of ustar archives (POSIX.1-1988) whose bytes depend on its input alone. Frozen, as `gzip` is.
//! Refuses what ustar cannot say: paths over 255 bytes, files of 8 GiB and more.

use super::content::Content;

const BLOCK: u64 = 512;

/// One entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Path without a leading or trailing `/`.
    pub(super) path: String,
    pub(super) kind: Kind,
    pub(super) mode: u32,
    pub(super) user: u32,
    pub(super) group: u32,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    /// A file of so many zeros.
    Blank(u64),
    Text(String),
    Link(String),
}

impl Entry {
    /// Makes a directory as root has it.
    pub(super) fn directory(path: &str) -> Self {
        Self { path: path.to_owned(), kind: Kind::Directory, mode: 0o755, user: 0, group: 0 }
    }

    /// Counts what Docker's classic store counts: content of files, targets of links.
    pub(super) fn on_disk(&self) -> u64 {
        match &self.kind {
            Kind::Directory => 0,
            Kind::Blank(size) => *size,
            Kind::Text(text) | Kind::Link(text) => text.len() as u64,
        }
    }
}

/// Writes the archive. `None`: a path or link that ustar cannot hold.
pub(super) fn write(entries: &[Entry], mtime: u64) -> Option<Content> {
    let mut content = Content::default();
    for entry in entries {
        content.push(&header(entry, mtime)?);
        let size = match &entry.kind {
            Kind::Directory | Kind::Link(_) => 0,
            Kind::Blank(size) => {
                content.zeros(*size);
                *size
            }
            Kind::Text(text) => {
                content.push(text.as_bytes());
                text.len() as u64
            }
        };
        content.zeros(size.next_multiple_of(BLOCK) - size);
    }
    content.zeros(2 * BLOCK);
    Some(content)
}

fn header(entry: &Entry, mtime: u64) -> Option<[u8; 512]> {
    let (type_flag, size, link, slash) = match &entry.kind {
        Kind::Directory => (b'5', 0, "", "/"),
        Kind::Blank(size) => (b'0', *size, "", ""),
        Kind::Text(text) => (b'0', text.len() as u64, "", ""),
        Kind::Link(target) => (b'2', 0, target.as_str(), ""),
    };
    let path = format!("{}{slash}", entry.path);
    let (prefix, name) = split_path(&path)?;
    let mut header = [0; 512];
    put(&mut header, 0, 100, name.as_bytes())?;
    octal(&mut header, 100, 8, entry.mode.into())?;
    octal(&mut header, 108, 8, entry.user.into())?;
    octal(&mut header, 116, 8, entry.group.into())?;
    octal(&mut header, 124, 12, size)?;
    octal(&mut header, 136, 12, mtime)?;
    put(&mut header, 148, 8, b"        ")?;
    put(&mut header, 156, 1, &[type_flag])?;
    put(&mut header, 157, 100, link.as_bytes())?;
    put(&mut header, 257, 8, b"ustar\x0000")?;
    put(&mut header, 345, 155, prefix.as_bytes())?;
    let sum: u64 = header.iter().map(|&byte| u64::from(byte)).sum();
    put(&mut header, 148, 8, format!("{sum:06o}\0 ").as_bytes())?;
    Some(header)
}

/// Splits a path over 100 bytes at a `/` so that both halves fit.
fn split_path(path: &str) -> Option<(&str, &str)> {
    if path.len() <= 100 {
        return Some(("", path));
    }
    let slashes = path.match_indices('/').filter(|(at, _)| *at > 0 && *at + 1 < path.len());
    let mut halves = slashes.map(|(at, _)| (&path[..at], &path[at + 1..]));
    halves.find(|(prefix, name)| prefix.len() <= 155 && name.len() <= 100)
}

fn put(header: &mut [u8; 512], at: usize, width: usize, bytes: &[u8]) -> Option<()> {
    header[at..at + width].get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(())
}

/// Writes a number in octal digits with a closing NUL.
fn octal(header: &mut [u8; 512], at: usize, width: usize, value: u64) -> Option<()> {
    let digits = width - 1;
    put(header, at, digits, format!("{value:0digits$o}").as_bytes())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn entry(path: &str, kind: Kind) -> Entry {
        Entry { path: path.to_owned(), kind, mode: 0o644, user: 101, group: 102 }
    }

    #[test]
    fn another_reader_finds_what_was_written() {
        let long = format!("{}/name", "d".repeat(120));
        let entries = [
            Entry::directory("bin"),
            entry("bin/blank", Kind::Blank(700)),
            entry("bin/text", Kind::Text("hello\n".to_owned())),
            entry("link", Kind::Link("bin/text".to_owned())),
            entry(&long, Kind::Blank(0)),
        ];
        let bytes: Vec<u8> = write(&entries, 1_789_000_000).unwrap().rope().chunks(0).flatten().collect();
        let mut archive = tar::Archive::new(bytes.as_slice());
        let mut seen = Vec::new();
        for file in archive.entries().unwrap() {
            let mut file = file.unwrap();
            let mut text = Vec::new();
            file.read_to_end(&mut text).unwrap();
            let header = file.header();
            seen.push(format!(
                "{} {:?} {:o} {} {} {}",
                file.path().unwrap().display(),
                header.entry_type(),
                header.mode().unwrap(),
                header.uid().unwrap(),
                header.mtime().unwrap(),
                text.len()
            ));
        }
        assert_eq!(
            seen[..4].join("\n"),
            "bin/ Directory 755 0 1789000000 0\nbin/blank Regular 644 101 1789000000 700\nbin/text Regular 644 101 1789000000 6\nlink Symlink 644 101 1789000000 0"
        );
        assert!(seen[4].starts_with(&long));
    }

    #[test]
    fn a_path_too_long_for_ustar_is_refused() {
        assert!(write(&[entry(&"p".repeat(101), Kind::Blank(0))], 0).is_none());
        assert!(write(&[entry(&"d/".repeat(200), Kind::Blank(0))], 0).is_none());
    }
}
