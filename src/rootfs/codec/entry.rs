//! One entry after the other as bytes, and back.

use super::super::{Body, Entry, Extent, Kind, Origin, Totals, Tree};
use super::TreeError;

/// Writes entries, which must come in order.
#[derive(Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    before: Vec<u8>,
    count: u64,
}

impl Writer {
    pub(crate) fn push(&mut self, entry: &Entry) {
        let shared = self.before.iter().zip(&entry.path).take_while(|(a, b)| a == b).count();
        self.number(shared as u64);
        self.string(&entry.path[shared..]);
        self.before.clone_from(&entry.path);
        self.count += 1;
        self.bytes.push(tag(&entry.kind));
        for number in [entry.mode.into(), entry.uid.into(), entry.gid.into(), zigzag(entry.mtime)] {
            self.number(number);
        }
        self.kind(&entry.kind);
    }

    pub(crate) fn finish(self, on_disk: u64, uncompressed: u64) -> Tree {
        Tree { totals: Totals { on_disk, uncompressed, entries: self.count }, body: self.bytes.into() }
    }

    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::File { size, body } => self.content(*size, body),
            Kind::HardLink { target, size, body } => {
                self.string(target);
                self.content(*size, body);
            }
            Kind::Symlink { target } => self.string(target),
            Kind::Directory { opaque, origin } => {
                self.bytes.push(u8::from(*opaque) | u8::from(*origin == Origin::Implied) << 1);
            }
            Kind::Character { major, minor } | Kind::Block { major, minor } => {
                self.number((*major).into());
                self.number((*minor).into());
            }
            Kind::Fifo | Kind::Whiteout => {}
        }
    }

    fn content(&mut self, size: u64, body: &Body) {
        self.number(size);
        self.number(body.offset);
        let Some(extents) = &body.extents else { return self.number(0) };
        self.number(extents.len() as u64 + 1);
        for extent in extents {
            self.number(extent.offset);
            self.number(extent.length);
        }
    }

    fn string(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.bytes.push(number.to_le_bytes()[0]);
    }
}

/// Reads entries; an error only where the bytes were not written by [`Writer`].
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    path: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, path: Vec::new() }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn entry(&mut self) -> Result<Entry, TreeError> {
        self.next_path()?;
        let tag = self.byte()?;
        let mode = u16::try_from(self.number()?).ok().filter(|mode| *mode <= 0o7777).ok_or(TreeError::Damaged)?;
        let (uid, gid) = (self.small()?, self.small()?);
        let mtime = unzigzag(self.number()?);
        let kind = self.kind(tag)?;
        Ok(Entry { path: self.path.clone(), kind, mode, uid, gid, mtime })
    }

    fn next_path(&mut self) -> Result<(), TreeError> {
        let shared = self.length()?;
        if shared > self.path.len() {
            return Err(TreeError::Damaged);
        }
        let rest = self.string()?;
        self.path.truncate(shared);
        self.path.extend_from_slice(rest);
        let is_clean = self.path.split(|byte| *byte == b'/').all(|name| !matches!(name, b"" | b"." | b".."));
        if is_clean { Ok(()) } else { Err(TreeError::Damaged) }
    }

    fn kind(&mut self, tag: u8) -> Result<Kind, TreeError> {
        Ok(match tag {
            0 => {
                let (size, body) = self.content()?;
                Kind::File { size, body }
            }
            1 => {
                let target = self.string()?.to_vec();
                let (size, body) = self.content()?;
                Kind::HardLink { target, size, body }
            }
            2 => Kind::Symlink { target: self.string()?.to_vec() },
            3 => {
                let flags = self.byte()?;
                let origin = if flags & 2 == 0 { Origin::Stated } else { Origin::Implied };
                if flags > 3 {
                    return Err(TreeError::Damaged);
                }
                Kind::Directory { opaque: flags & 1 != 0, origin }
            }
            4 => Kind::Character { major: self.small()?, minor: self.small()? },
            5 => Kind::Block { major: self.small()?, minor: self.small()? },
            6 => Kind::Fifo,
            7 => Kind::Whiteout,
            _ => return Err(TreeError::Damaged),
        })
    }

    fn content(&mut self) -> Result<(u64, Body), TreeError> {
        let (size, offset) = (self.number()?, self.number()?);
        let extents = match self.number()? {
            0 => None,
            count => Some((1..count).map(|_| self.extent()).collect::<Result<_, _>>()?),
        };
        Ok((size, Body { offset, extents }))
    }

    fn extent(&mut self) -> Result<Extent, TreeError> {
        Ok(Extent { offset: self.number()?, length: self.number()? })
    }

    fn string(&mut self) -> Result<&'a [u8], TreeError> {
        let length = self.length()?;
        let (string, rest) = self.bytes.split_at_checked(length).ok_or(TreeError::Damaged)?;
        self.bytes = rest;
        Ok(string)
    }

    fn byte(&mut self) -> Result<u8, TreeError> {
        let (byte, rest) = self.bytes.split_first().ok_or(TreeError::Damaged)?;
        self.bytes = rest;
        Ok(*byte)
    }

    fn length(&mut self) -> Result<usize, TreeError> {
        usize::try_from(self.number()?).map_err(|_| TreeError::Damaged)
    }

    fn small(&mut self) -> Result<u32, TreeError> {
        u32::try_from(self.number()?).map_err(|_| TreeError::Damaged)
    }

    fn number(&mut self) -> Result<u64, TreeError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(TreeError::Damaged);
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(TreeError::Damaged)
    }
}

fn tag(kind: &Kind) -> u8 {
    match kind {
        Kind::File { .. } => 0,
        Kind::HardLink { .. } => 1,
        Kind::Symlink { .. } => 2,
        Kind::Directory { .. } => 3,
        Kind::Character { .. } => 4,
        Kind::Block { .. } => 5,
        Kind::Fifo => 6,
        Kind::Whiteout => 7,
    }
}

fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}
