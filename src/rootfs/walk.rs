//! The headers of a tar, one after the other. Field formats are the crate `tar`'s; the walk is ours, because offsets are
//! needed, extension headers must be bounded, and the stream is read to its very end.

use tar::{EntryType, Header, PaxExtensions};

use super::entry::{Entry, Kind};
use super::feed::Feed;
use super::tree::{Builder, Tree};
use super::{Error, Limits};

const BLOCK: u64 = 512;
const WHITEOUT: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";
/// Leftovers of aufs, which Docker keeps as plain files.
const AUFS: &[u8] = b".wh..wh.";

/// What extension headers say about the entry after them.
#[derive(Default)]
struct Extensions {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
    mtime: Option<i64>,
}

/// Reads all entries and stops before what stands behind the archive.
pub(super) fn walk(feed: &mut Feed<'_, '_>, limits: &Limits) -> Result<Tree, Error> {
    let mut builder = Builder::default();
    let mut extensions = Extensions::default();
    while let Some(header) = next_header(feed)? {
        let size = header.entry_size().map_err(|_| Error::Header)?;
        match header.entry_type() {
            EntryType::XHeader => extensions.read_pax(&extension(feed, size, limits)?)?,
            EntryType::XGlobalHeader => drop(extension(feed, size, limits)?),
            EntryType::GNULongName => extensions.path = Some(text(extension(feed, size, limits)?)),
            EntryType::GNULongLink => extensions.link = Some(text(extension(feed, size, limits)?)),
            _ => {
                if builder.len() as u64 >= limits.entries {
                    return Err(Error::Limit { what: "entries", limit: limits.entries });
                }
                entry(feed, &header, std::mem::take(&mut extensions), limits, &mut builder)?;
            }
        }
    }
    builder.finish()
}

/// Reads a header block; `None` at the end of the archive, with or without the blocks that should mark it.
fn next_header(feed: &mut Feed<'_, '_>) -> Result<Option<Header>, Error> {
    let mut header = Header::new_old();
    let block = header.as_mut_bytes();
    match feed.take(block)? {
        0 => return Ok(None),
        count if count < block.len() => return Err(Error::Truncated),
        _ if block.iter().all(|byte| *byte == 0) => return Ok(None),
        _ => {}
    }
    let sum: u32 =
        block.iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { u32::from(*b) }).sum();
    if header.cksum().ok() == Some(sum) { Ok(Some(header)) } else { Err(Error::Header) }
}

fn entry(
    feed: &mut Feed<'_, '_>,
    header: &Header,
    extensions: Extensions,
    limits: &Limits,
    builder: &mut Builder,
) -> Result<(), Error> {
    if header.entry_type() == EntryType::GNUSparse {
        skip_sparse_map(feed, header)?;
    }
    let raw_path = extensions.path.unwrap_or_else(|| header.path_bytes().into_owned());
    let stored = extensions.size.unwrap_or(header.entry_size().map_err(|_| Error::Header)?);
    let kind = kind(header.entry_type())?;
    // Only files have content; a size that other types claim is not followed by bytes in Go's reader either.
    let body = if kind == Kind::File { stored } else { 0 };
    let offset = feed.position();
    let padded = body.checked_add(BLOCK - 1).ok_or(Error::Header)? / BLOCK * BLOCK;
    let skipped = feed.skip(padded)?;
    if skipped < body {
        return Err(Error::Truncated);
    }
    let link = match kind {
        Kind::Symlink | Kind::Hardlink => {
            extensions.link.or_else(|| header.link_name_bytes().map(std::borrow::Cow::into_owned)).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    if raw_path.len() as u64 > limits.path || link.len() as u64 > limits.path {
        return Err(Error::Limit { what: "bytes in a path", limit: limits.path });
    }
    let Some(path) = clean(&raw_path).ok_or_else(|| Error::Name(lossy(&raw_path)))? else { return Ok(()) };
    let link = if kind == Kind::Hardlink {
        clean(&link).flatten().ok_or_else(|| Error::LinkTarget(lossy(&link)))?
    } else {
        link
    };
    let size = if header.entry_type() == EntryType::GNUSparse { sparse_size(header) } else { body };
    let (path, kind, size) = whiteout(path, kind, size)?;
    builder.push(&Entry {
        path: &path,
        kind,
        mode: header.mode().unwrap_or(0) & 0o7777,
        uid: extensions.uid.or(header.uid().ok()).unwrap_or(0),
        gid: extensions.gid.or(header.gid().ok()).unwrap_or(0),
        size,
        mtime: extensions.mtime.or_else(|| header.mtime().ok().map(u64::cast_signed)).unwrap_or(0),
        link: &link,
        offset,
    });
    Ok(())
}

fn kind(entry_type: EntryType) -> Result<Kind, Error> {
    Ok(match entry_type {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Kind::File,
        EntryType::Link => Kind::Hardlink,
        EntryType::Symlink => Kind::Symlink,
        EntryType::Char => Kind::CharDevice,
        EntryType::Block => Kind::BlockDevice,
        EntryType::Directory => Kind::Directory,
        EntryType::Fifo => Kind::Fifo,
        other if other.as_byte() == 0 => Kind::File,
        other => return Err(Error::Type(other.as_byte())),
    })
}

/// Tells a whiteout by its name; even a directory so called is one.
fn whiteout(path: Vec<u8>, kind: Kind, size: u64) -> Result<(Vec<u8>, Kind, u64), Error> {
    let at = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let name = &path[at..];
    if name == OPAQUE {
        return Ok((path[..at.saturating_sub(1)].to_vec(), Kind::Opaque, 0));
    }
    if name.starts_with(AUFS) {
        return Ok((path, kind, size));
    }
    match name.strip_prefix(WHITEOUT) {
        Some(b"" | b"." | b"..") => Err(Error::Whiteout(lossy(&path))),
        Some(hidden) => Ok(([&path[..at], hidden].concat(), Kind::Whiteout, 0)),
        None => Ok((path, kind, size)),
    }
}

/// Makes a path relative to the root. `Some(None)` is the root itself, `None` would leave it.
#[expect(clippy::option_option, reason = "three different answers, used by the next lines only")]
fn clean(path: &[u8]) -> Option<Option<Vec<u8>>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some((!parts.is_empty()).then(|| parts.join(&b'/')))
}

fn extension(feed: &mut Feed<'_, '_>, size: u64, limits: &Limits) -> Result<Vec<u8>, Error> {
    if size > limits.extension {
        return Err(Error::Limit { what: "bytes in an extension header", limit: limits.extension });
    }
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
    if feed.take(&mut bytes)? < bytes.len() {
        return Err(Error::Truncated);
    }
    feed.skip((BLOCK - size % BLOCK) % BLOCK)?;
    Ok(bytes)
}

/// GNU's long names end with a NUL byte.
fn text(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    bytes.truncate(end);
    bytes
}

impl Extensions {
    fn read_pax(&mut self, bytes: &[u8]) -> Result<(), Error> {
        for extension in PaxExtensions::new(bytes) {
            let extension = extension.map_err(|_| Error::Header)?;
            let value = extension.value_bytes();
            let number = || extension.value().ok().and_then(|text| text.parse::<u64>().ok());
            match extension.key_bytes() {
                b"path" => self.path = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => self.size = Some(number().ok_or(Error::Header)?),
                b"uid" => self.uid = number(),
                b"gid" => self.gid = number(),
                b"mtime" => self.mtime = extension.value().ok().and_then(whole_seconds),
                _ => {}
            }
        }
        Ok(())
    }
}

/// PAX times may have a fraction: the second that has begun.
fn whole_seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    let behind_zero = text.starts_with('-') && fraction.bytes().any(|digit| digit != b'0');
    Some(if behind_zero { seconds - 1 } else { seconds })
}

fn skip_sparse_map(feed: &mut Feed<'_, '_>, header: &Header) -> Result<(), Error> {
    let mut more = header.as_gnu().is_some_and(tar::GnuHeader::is_extended);
    let mut block = [0; 512];
    while more {
        if feed.take(&mut block)? < block.len() {
            return Err(Error::Truncated);
        }
        more = block[504] == 1;
    }
    Ok(())
}

fn sparse_size(header: &Header) -> u64 {
    header.as_gnu().and_then(|header| header.real_size().ok()).unwrap_or(0)
}

pub(super) fn lossy(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
