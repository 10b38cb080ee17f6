//! The names in an archive, and what each leads to. No file is opened here: a file is its digest and size.

use std::collections::BTreeMap;

use super::ArchiveError;
use crate::oci::Digest;

/// As many links in one name as Linux follows.
const MOST_LINKS: usize = 40;
/// As many bytes of names as an archive may have; an archive of a thousand images has about a tenth of it.
const MOST_NAME_BYTES: usize = 32 << 20;

/// The members of an archive by their names.
#[derive(Debug, Default)]
pub(super) struct Names {
    members: BTreeMap<Path, Member>,
    bytes: usize,
}

/// Names from the root down, without `.`, `..` and empty ones.
type Path = Vec<Vec<u8>>;

/// What a name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member {
    /// A file, in the pool.
    File(File),
    /// A folder.
    Directory,
    /// Another name: seen from the folder that it is in, or from the root where it begins with a slash.
    Link(Vec<u8>),
    /// A device or pipe, of which nothing can be read.
    Special,
}

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    /// Digest of its bytes: its name in the pool.
    pub(super) digest: Digest,
    /// Its size in bytes.
    pub(super) size: u64,
}

impl Names {
    /// Adds a member. Folders may come again.
    pub(super) fn add(&mut self, name: &[u8], member: Member) -> Result<(), ArchiveError> {
        let path = clean(name)?;
        self.bytes += name.len() + if let Member::Link(target) = &member { target.len() } else { 0 };
        if self.bytes > MOST_NAME_BYTES {
            return Err(ArchiveError::Names(MOST_NAME_BYTES));
        }
        match self.members.get(&path) {
            _ if path.is_empty() => {}
            Some(Member::Directory) if member == Member::Directory => {}
            Some(_) => return Err(ArchiveError::Duplicate(text(name))),
            None => drop(self.members.insert(path, member)),
        }
        Ok(())
    }

    /// Tells whether there is a file of that name, so far.
    pub(super) fn has(&self, name: &str) -> bool {
        self.file(name).is_ok()
    }

    /// Finds the file that a name leads to, through links.
    pub(super) fn file(&self, name: &str) -> Result<&File, ArchiveError> {
        let mut at: Path = Vec::new();
        let mut ahead: Vec<Vec<u8>> = reversed(name.as_bytes());
        let mut links = 0;
        while let Some(next) = ahead.pop() {
            if next == b".." {
                at.pop().ok_or_else(|| ArchiveError::Escape(name.to_owned()))?;
                continue;
            }
            at.push(next);
            let Some(Member::Link(target)) = self.members.get(&at) else { continue };
            links += 1;
            if links > MOST_LINKS {
                return Err(ArchiveError::TooManyLinks(name.to_owned()));
            }
            at.pop();
            if target.starts_with(b"/") {
                at.clear();
            }
            ahead.extend(reversed(target));
        }
        match self.members.get(&at) {
            Some(Member::File(file)) => Ok(file),
            Some(Member::Directory | Member::Link(_) | Member::Special) => Err(ArchiveError::NotAFile(name.to_owned())),
            None if at.is_empty() => Err(ArchiveError::NotAFile(name.to_owned())),
            None => Err(ArchiveError::NoFile(name.to_owned())),
        }
    }
}

/// Splits a path so that the first name is the last element.
fn reversed(path: &[u8]) -> Vec<Vec<u8>> {
    path.rsplit(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b".")).map(<[u8]>::to_vec).collect()
}

/// Resolves `.` and `..` in the name of a member, which must not lead out of the archive.
fn clean(name: &[u8]) -> Result<Path, ArchiveError> {
    let mut path: Path = Vec::new();
    for part in reversed(name).into_iter().rev() {
        if part == b".." {
            path.pop().ok_or_else(|| ArchiveError::Escape(text(name)))?;
        } else {
            path.push(part);
        }
    }
    Ok(path)
}

pub(super) fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &str) -> Member {
        Member::File(File { digest: Digest::of(content.as_bytes()), size: content.len() as u64 })
    }

    fn link(target: &str) -> Member {
        Member::Link(target.into())
    }

    #[track_caller]
    fn check(members: &[(&str, Member)], name: &str, expected: Result<&str, &str>) {
        let mut names = Names::default();
        let added = members.iter().try_for_each(|(name, member)| names.add(name.as_bytes(), member.clone()));
        let found = added.and_then(|()| names.file(name).map(|file| file.digest.clone()));
        let expected = expected.map(|content| Digest::of(content.as_bytes())).map_err(str::to_owned);
        assert_eq!(found.map_err(|error| error.to_string()), expected);
    }

    #[test]
    fn names_are_cleaned_and_links_are_followed() {
        check(&[("./a//b", file("x"))], "a/./b", Ok("x"));
        check(&[("/a", file("x"))], "c/../a", Ok("x"));
        check(&[("a/x", file("x")), ("b/l", link("../a/x"))], "b/l", Ok("x"));
        check(&[("a/x", file("x")), ("b", link("a"))], "b/x", Ok("x"));
        check(&[("a/x", file("x")), ("b/l", link("/a/x"))], "b/l", Ok("x"));
        check(&[("l", link("m")), ("m", link("x")), ("x", file("x"))], "l", Ok("x"));
    }

    #[test]
    fn nothing_leads_out_of_the_archive() {
        check(&[("../x", file("x"))], "x", Err("`../x` leads out of the archive"));
        check(&[("a/../../x", file("x"))], "x", Err("`a/../../x` leads out of the archive"));
        check(&[("x", file("x"))], "../x", Err("`../x` leads out of the archive"));
        check(&[("l", link("../../etc/passwd"))], "l", Err("`l` leads out of the archive"));
        check(&[("l", link("/etc/passwd"))], "l", Err("open l: no such file or directory"));
    }

    #[test]
    fn links_in_circles_end() {
        check(&[("l", link("l"))], "l", Err("`l` leads through too many links"));
        check(&[("l", link("m/x")), ("m", link("l"))], "m/x", Err("`m/x` leads through too many links"));
    }

    #[test]
    fn a_name_is_one_file() {
        check(&[("x", file("1")), ("./x", file("2"))], "x", Err("the archive has two files `./x`"));
        check(&[("x", file("1")), ("x", link("y"))], "x", Err("the archive has two files `x`"));
        check(&[("d", Member::Directory), ("d/", Member::Directory), ("d/x", file("x"))], "d/x", Ok("x"));
        check(&[("d", Member::Directory)], "d", Err("read d: is no file"));
        check(&[("d", Member::Special)], "d", Err("read d: is no file"));
        check(&[], ".", Err("read .: is no file"));
    }
}
