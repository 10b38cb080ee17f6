//! A pack in one `.tar` file. Reads regular files with plain names and refuses everything else: no link is followed, no
//! name leaves the pack, and number and size are bounded before anything is kept.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Component, Path};

use tar::{Archive, EntryType};

use crate::yaml::{Finding, MAX_BYTES};

/// Most bytes of an archive; a pack is text.
const MAX_ARCHIVE: u64 = 64 << 20;
const MAX_ENTRIES: usize = 5000;

/// The texts in an archive by their path inside the pack.
pub(super) type Texts = BTreeMap<String, String>;

/// Reads an archive. One folder around everything is taken off, as `tar -cf my-pack.tar my-pack` makes it.
pub(super) fn read(path: &Path) -> Result<Texts, Finding> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let refuse = |message: String| Finding::about_file(&name, message);
    let unreadable = |error: std::io::Error| refuse(format!("the archive cannot be read: {error}"));
    let file = fs::File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > MAX_ARCHIVE {
        return Err(refuse(format!("a pack is a regular file of at most {MAX_ARCHIVE} bytes")));
    }
    let mut archive = Archive::new(file.take(MAX_ARCHIVE));
    let mut texts = Texts::new();
    for (number, entry) in archive.entries().map_err(unreadable)?.enumerate() {
        if number == MAX_ENTRIES {
            return Err(refuse(format!("the archive has more than {MAX_ENTRIES} entries")));
        }
        let mut entry = entry.map_err(unreadable)?;
        let path = plain(&entry.path().map_err(unreadable)?).map_err(refuse)?;
        match entry.header().entry_type() {
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            EntryType::Regular | EntryType::Continuous => {}
            other => return Err(refuse(format!("`{path}` is {}, and a pack has files only", kind(other)))),
        }
        if let Some(text) = text(&mut entry, &path)?
            && texts.insert(path.clone(), text).is_some()
        {
            return Err(refuse(format!("`{path}` stands in the archive twice")));
        }
    }
    Ok(without_folder(texts))
}

/// Reads a text of a pack; files of other kinds, a picture or a readme, are passed over.
fn text(entry: &mut impl Read, path: &str) -> Result<Option<String>, Finding> {
    if Path::new(path).extension().is_none_or(|extension| extension != "yaml") {
        return Ok(None);
    }
    let refuse = |message: String| Finding::about_file(path, message);
    let mut bytes = Vec::new();
    let read = entry.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| refuse(format!("the file cannot be read: {error}")))?;
    if bytes.len() > MAX_BYTES {
        return Err(refuse(format!("the file is larger than {MAX_BYTES} bytes")));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| refuse("the file is not UTF-8".to_owned()))
}

/// A path of plain names: not absolute, no `..`, no drive letter.
fn plain(path: &Path) -> Result<String, String> {
    let mut names = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name.to_str().ok_or("a name in the archive is not UTF-8")?),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(format!("`{}` leads out of the pack", path.display()));
            }
        }
    }
    let joined = names.join("/");
    if joined.contains(['\\', ':']) { Err(format!("`{joined}` is no name on every system")) } else { Ok(joined) }
}

fn kind(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink => "a symbolic link",
        EntryType::Link => "a hard link",
        EntryType::Char | EntryType::Block => "a device",
        EntryType::Fifo => "a pipe",
        _ => "of a special kind",
    }
}

fn without_folder(texts: Texts) -> Texts {
    if texts.contains_key("pack.yaml") {
        return texts;
    }
    let folder = texts.keys().find_map(|path| path.strip_suffix("/pack.yaml")).filter(|name| !name.contains('/'));
    let Some(folder) = folder.map(|name| format!("{name}/")) else { return texts };
    texts.into_iter().filter_map(|(path, text)| Some((path.strip_prefix(&folder)?.to_owned(), text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Made(tar::Builder<Vec<u8>>);

    impl Made {
        fn new() -> Self {
            Self(tar::Builder::new(Vec::new()))
        }

        /// Writes the name as it is: the crate itself would refuse `..`.
        fn with(mut self, name: &str, kind: EntryType, text: &str) -> Self {
            let mut header = tar::Header::new_ustar();
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(kind);
            header.set_size(text.len() as u64);
            if kind == EntryType::Symlink {
                header.set_link_name("/etc/passwd").expect("it is short");
            }
            header.set_cksum();
            self.0.append(&header, text.as_bytes()).expect("memory has room");
            self
        }

        fn read(self) -> Result<Texts, Finding> {
            let folder = tempfile::tempdir().expect("there is room");
            let path = folder.path().join("pack.tar");
            fs::write(&path, self.0.into_inner().expect("memory has room")).expect("there is room");
            super::read(&path)
        }
    }

    #[track_caller]
    fn refuse(made: Made, expected: &str) {
        let message = made.read().expect_err("it is refused").message;
        assert!(message.contains(expected), "{message}");
    }

    #[test]
    fn a_folder_around_the_pack_is_taken_off() {
        let made = Made::new()
            .with("p/", EntryType::Directory, "")
            .with("p/pack.yaml", EntryType::Regular, "schema: 1\n")
            .with("p/readme.md", EntryType::Regular, "hello")
            .with("./p/lessons/a.yaml", EntryType::Regular, "id: a\n");
        let texts = made.read().expect("it is sound");
        assert_eq!(texts.keys().collect::<Vec<_>>(), ["lessons/a.yaml", "pack.yaml"]);
    }

    #[test]
    fn what_is_no_plain_file_is_refused() {
        refuse(Made::new().with("../pack.yaml", EntryType::Regular, "x"), "leads out of the pack");
        refuse(Made::new().with("/pack.yaml", EntryType::Regular, "x"), "leads out of the pack");
        refuse(Made::new().with("a/../../b.yaml", EntryType::Regular, "x"), "leads out of the pack");
        refuse(Made::new().with("pack.yaml", EntryType::Symlink, ""), "a symbolic link");
        refuse(Made::new().with("pack.yaml", EntryType::Link, ""), "a hard link");
        refuse(Made::new().with("pack.yaml", EntryType::Fifo, ""), "a pipe");
        refuse(Made::new().with("c:\\x.yaml", EntryType::Regular, "x"), "no name on every system");
        let twice = Made::new().with("pack.yaml", EntryType::Regular, "a").with("pack.yaml", EntryType::Regular, "b");
        refuse(twice, "twice");
        refuse(Made::new().with("a.yaml", EntryType::Regular, &"x".repeat(MAX_BYTES + 1)), "larger than");
    }

    #[test]
    fn no_archive_is_a_sentence() {
        let folder = tempfile::tempdir().expect("there is room");
        let path = folder.path().join("x.tar");
        fs::write(&path, "not a tar, and long enough ".repeat(40)).expect("there is room");
        assert!(super::read(&path).expect_err("it is refused").message.contains("cannot be read"));
        assert!(super::read(folder.path()).expect_err("it is refused").message.contains("regular file"));
    }
}
