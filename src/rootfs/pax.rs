//! Extended headers of POSIX: records `LENGTH KEY=VALUE\n` that overrule fields of the next header.

use super::header::Header;
use super::{Bound, Error, Extent};

/// What the records of one extended header say, as far as a file list needs it.
#[derive(Debug, Default)]
pub(super) struct Extended {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    uid: Option<i64>,
    gid: Option<i64>,
    size: Option<u64>,
    mtime: Option<i64>,
    sparse: SparseRecords,
}

/// Records of GNU tar's three ways to store a file with holes.
#[derive(Debug, Default)]
struct SparseRecords {
    major: Option<Vec<u8>>,
    minor: Option<Vec<u8>>,
    name: Option<Vec<u8>>,
    size: Option<u64>,
    blocks: Option<u64>,
    map: Vec<u64>,
    has_map: bool,
}

/// How the file behind an extended header is stored.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Storage {
    /// As it is.
    Whole,
    /// With holes; the map was in the extended header.
    Holes { size: u64, extents: Vec<Extent> },
    /// With holes; the map stands before the content.
    HolesMappedInBody { size: u64 },
}

impl Extended {
    pub(super) fn parse(mut records: &[u8]) -> Result<Self, Error> {
        let mut extended = Self::default();
        while !records.is_empty() {
            let (key, value, rest) = record(records)?;
            extended.set(key, value)?;
            records = rest;
        }
        Ok(extended)
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error> {
        let text = || Some(value.to_vec()).filter(|value| !value.is_empty());
        match key {
            b"path" => self.path = text(),
            b"linkpath" => self.link = text(),
            b"uid" => self.uid = integer(value)?,
            b"gid" => self.gid = integer(value)?,
            b"size" => self.size = unsigned(value)?,
            b"mtime" => self.mtime = time(value)?,
            b"GNU.sparse.major" => self.sparse.major = text(),
            b"GNU.sparse.minor" => self.sparse.minor = text(),
            b"GNU.sparse.name" => self.sparse.name = text(),
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => self.sparse.size = unsigned(value)?,
            b"GNU.sparse.numblocks" => self.sparse.blocks = unsigned(value)?,
            b"GNU.sparse.map" => self.sparse.set_map(value)?,
            b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => self.sparse.add_to_map(value)?,
            _ => {}
        }
        Ok(())
    }

    /// Overrules the fields of a header.
    pub(super) fn apply(&self, header: &mut Header) {
        if let Some(path) = &self.path {
            header.name.clone_from(path);
        }
        if let Some(link) = &self.link {
            header.link.clone_from(link);
        }
        header.uid = self.uid.unwrap_or(header.uid);
        header.gid = self.gid.unwrap_or(header.gid);
        header.size = self.size.unwrap_or(header.size);
        header.mtime = self.mtime.unwrap_or(header.mtime);
    }

    /// Tells how a regular file is stored and gives it its real name.
    pub(super) fn storage(self, header: &mut Header) -> Result<Storage, Error> {
        let sparse = self.sparse;
        let in_body = match (sparse.major.as_deref(), sparse.minor.as_deref()) {
            (Some(b"0"), Some(b"0" | b"1")) => false,
            (Some(b"1"), Some(b"0")) => true,
            (None, None) if sparse.has_map => false,
            // Written by something unknown: then it is a file as any other.
            _ => return Ok(Storage::Whole),
        };
        if let Some(name) = sparse.name {
            header.name = name;
        }
        let size = sparse.size.unwrap_or(header.size);
        if in_body {
            return Ok(Storage::HolesMappedInBody { size });
        }
        if sparse.blocks.and_then(|blocks| blocks.checked_mul(2)) != Some(sparse.map.len() as u64) {
            return Err(Error::Header);
        }
        Ok(Storage::Holes { size, extents: Extent::check(&sparse.map, size, header.size)? })
    }
}

impl SparseRecords {
    fn set_map(&mut self, value: &[u8]) -> Result<(), Error> {
        self.has_map = true;
        self.map.clear();
        let numbers = value.split(|byte| *byte == b',').filter(|number| !number.is_empty());
        for number in numbers {
            self.map.push(unsigned(number)?.ok_or(Error::Header)?);
        }
        Ok(())
    }

    fn add_to_map(&mut self, value: &[u8]) -> Result<(), Error> {
        self.has_map = true;
        self.map.push(unsigned(value)?.ok_or(Error::Header)?);
        Ok(())
    }
}

/// Key, value, and the records that follow.
type Record<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// Takes one record off.
fn record(records: &[u8]) -> Result<Record<'_>, Error> {
    let blank = records.iter().position(|byte| *byte == b' ').ok_or(Error::Header)?;
    let length = unsigned(&records[..blank])?.ok_or(Error::Header)?;
    let length = usize::try_from(length).map_err(|_| Error::Header)?;
    if length < 5 || length > records.len() || length <= blank {
        return Err(Error::Header);
    }
    let (record, rest) = records.split_at(length);
    let record = record[blank + 1..].strip_suffix(b"\n").ok_or(Error::Header)?;
    let equals = record.iter().position(|byte| *byte == b'=').filter(|at| *at > 0).ok_or(Error::Header)?;
    let (key, value) = (&record[..equals], &record[equals + 1..]);
    let without_nul = if matches!(key, b"path" | b"linkpath" | b"uname" | b"gname") { value } else { key };
    if without_nul.contains(&0) { Err(Error::Header) } else { Ok((key, value, rest)) }
}

/// An empty value takes an earlier one back.
fn integer(value: &[u8]) -> Result<Option<i64>, Error> {
    if value.is_empty() {
        return Ok(None);
    }
    std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).map(Some).ok_or(Error::Header)
}

fn unsigned(value: &[u8]) -> Result<Option<u64>, Error> {
    integer(value)?.map(|value| u64::try_from(value).map_err(|_| Error::Header)).transpose()
}

/// Seconds, possibly with a fraction, rounded towards the past.
fn time(value: &[u8]) -> Result<Option<i64>, Error> {
    let mut parts = value.splitn(2, |byte| *byte == b'.');
    let seconds = parts.next().unwrap_or_default();
    let fraction = parts.next().unwrap_or_default();
    if !fraction.iter().all(u8::is_ascii_digit) {
        return Err(Error::Header);
    }
    let before_zero = seconds.starts_with(b"-") && fraction.iter().any(|digit| *digit != b'0');
    Ok(integer(seconds)?.map(|seconds| seconds.saturating_sub(i64::from(before_zero))))
}

/// Refuses an extended header or map that is longer than it may be.
pub(super) fn check_length(length: u64, limit: u64) -> Result<usize, Error> {
    let beyond = Error::Beyond(Bound::Extended(limit));
    if length > limit { Err(beyond) } else { usize::try_from(length).map_err(|_| beyond) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(records: &[u8], expected: Option<(&str, u64, i64)>) {
        let mut header = Header { name: b"short".to_vec(), size: 1, mtime: 1, ..Header::default() };
        let read = Extended::parse(records).ok().map(|extended| {
            extended.apply(&mut header);
            (String::from_utf8(header.name.clone()).unwrap(), header.size, header.mtime)
        });
        assert_eq!(read, expected.map(|(name, size, mtime)| (name.to_owned(), size, mtime)), "{records:?}");
    }

    #[test]
    fn records_overrule_the_header() {
        check(b"12 path=a/b\n11 size=42\n", Some(("a/b", 42, 1)));
        check(b"16 mtime=-1.500\n", Some(("short", 1, -2)));
        check(b"13 mtime=7.9\n", Some(("short", 1, 7)));
        check(b"12 path=a=b\n", Some(("a=b", 1, 1)));
        check(b"", Some(("short", 1, 1)));
    }

    #[test]
    fn an_empty_value_takes_the_earlier_one_back() {
        check(b"12 path=a/b\n9 path=\n", None);
        check(b"12 path=a/b\n8 path=\n", Some(("short", 1, 1)));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        check(b"12 path=a/b", None);
        check(b"99 path=a/b\n", None);
        check(b"path=a/b\n", None);
        check(b"1 path=a\n", None);
        check(b"10 size=-1\n", None);
        check(b"11 size=4x\n", None);
        check(b"9 pathab\n", None);
        check(b"10 path=a\0\n", None);
    }

    #[test]
    fn a_map_of_holes_gives_the_real_size() {
        let records = b"22 GNU.sparse.major=0
22 GNU.sparse.minor=1
25 GNU.sparse.name=holes
24 GNU.sparse.size=5000
\
            26 GNU.sparse.numblocks=2
27 GNU.sparse.map=0,5,99,1
";
        let mut header = Header { size: 6, ..Header::default() };
        let storage = Extended::parse(records).unwrap().storage(&mut header).unwrap();
        let extents = vec![Extent { offset: 0, length: 5 }, Extent { offset: 99, length: 1 }];
        assert_eq!(storage, Storage::Holes { size: 5000, extents });
        assert_eq!(header.name, b"holes");
    }
}
