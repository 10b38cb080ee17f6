//! The members of a tar, in order, with the place of each one's content; read as Go's `archive/tar` reads them.
//!
//! GNU's long names and POSIX' extended headers belong to the next member and are joined with it. A length in an
//! extended header never applies to a header that is itself an extension: readers that disagree here can be made to see
//! different files in one tar.

use super::header::{self, BLOCK, BLOCK_U64, Header, text};
use super::pax::{Extended, Storage, check_length};
use super::sparse::MapReader;
use super::{Body, Bound, Error, Extent, Limits};

/// One member of a tar. For regular files `header.size` is the size when read, holes included.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) header: Header,
    pub(super) body: Body,
}

/// Types of members, as they stand in the header.
pub(super) mod kind {
    pub(crate) const OLD_FILE: u8 = 0;
    pub(crate) const FILE: u8 = b'0';
    pub(crate) const HARD_LINK: u8 = b'1';
    pub(crate) const SYMLINK: u8 = b'2';
    pub(crate) const CHARACTER: u8 = b'3';
    pub(crate) const BLOCK: u8 = b'4';
    pub(crate) const DIRECTORY: u8 = b'5';
    pub(crate) const FIFO: u8 = b'6';
    pub(crate) const EXTENDED: u8 = b'x';
    pub(crate) const GLOBAL: u8 = b'g';
    pub(crate) const LONG_NAME: u8 = b'L';
    pub(crate) const LONG_LINK: u8 = b'K';
}

/// The uncompressed bytes of a tar.
pub(super) trait Source {
    /// Returns the position in the tar.
    fn offset(&self) -> u64;

    /// Fills `out` as far as there are bytes.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Error>;

    /// Reads over `count` bytes, or as many as there are; returns how many.
    fn skip(&mut self, count: u64) -> Result<u64, Error>;
}

/// Reads the members of a tar.
pub(super) struct Archive<'l, S> {
    stream: S,
    limits: &'l Limits,
    headers: u64,
    unread: u64,
    padding: u64,
}

/// What headers before a member say about it.
#[derive(Default)]
struct Ahead {
    extended: Option<Extended>,
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
}

impl<'l, S: Source> Archive<'l, S> {
    pub(super) fn new(stream: S, limits: &'l Limits) -> Self {
        Self { stream, limits, headers: 0, unread: 0, padding: 0 }
    }

    /// Reads some of the content of the member that came last; none at its end.
    pub(super) fn content(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        let wanted = usize::try_from(self.unread).unwrap_or(usize::MAX).min(out.len());
        let read = self.stream.read(&mut out[..wanted])?;
        self.unread -= read as u64;
        if read < wanted { Err(Error::UnexpectedEnd) } else { Ok(read) }
    }

    /// Gives the stream back, to be read to its end.
    pub(super) fn into_stream(self) -> S {
        self.stream
    }

    /// Returns the next member; none at the end of the tar, which may come before the end of the stream.
    /// A global extended header comes as a member: it has a name, though nobody reads what it says.
    pub(super) fn next(&mut self) -> Result<Option<Member>, Error> {
        let mut ahead = Ahead::default();
        loop {
            let Some(header) = self.header()? else { return Ok(None) };
            match header.kind {
                kind::EXTENDED => ahead.extended = Some(Extended::parse(&self.extension(header.size)?)?),
                kind::LONG_NAME => ahead.name = Some(text(&self.extension(header.size)?).to_vec()),
                kind::LONG_LINK => ahead.link = Some(text(&self.extension(header.size)?).to_vec()),
                kind::GLOBAL => {
                    self.extension(header.size)?;
                    return Ok(Some(Member { header, body: Body::default() }));
                }
                _ => return self.member(header, ahead).map(Some),
            }
        }
    }

    fn member(&mut self, mut header: Header, ahead: Ahead) -> Result<Member, Error> {
        let extended = ahead.extended.unwrap_or_default();
        extended.apply(&mut header);
        header.name = ahead.name.unwrap_or(header.name);
        header.link = ahead.link.unwrap_or(header.link);
        if header.kind == kind::OLD_FILE {
            header.kind = if header.name.ends_with(b"/") { kind::DIRECTORY } else { kind::FILE };
        }
        let has_content = !matches!(
            header.kind,
            kind::HARD_LINK | kind::SYMLINK | kind::CHARACTER | kind::BLOCK | kind::DIRECTORY | kind::FIFO
        );
        self.unread = if has_content { header.size } else { 0 };
        self.padding = padding(self.unread);
        let extents = if header.kind == kind::FILE { self.extents(extended, &mut header)? } else { None };
        self.check_names(&header)?;
        Ok(Member { header, body: Body { offset: self.stream.offset(), extents } })
    }

    /// Returns the map of a file with holes and sets its size to the one it has when read.
    fn extents(&mut self, extended: Extended, header: &mut Header) -> Result<Option<Vec<Extent>>, Error> {
        let (size, extents) = match extended.storage(header)? {
            Storage::Whole => return Ok(None),
            Storage::Holes { size, extents } => (size, extents),
            Storage::HolesMappedInBody { size } => (size, self.map_in_body(header.size, size)?),
        };
        header.size = size;
        Ok(Some(extents))
    }

    fn map_in_body(&mut self, stored: u64, size: u64) -> Result<Vec<Extent>, Error> {
        let mut map = MapReader::default();
        let mut read = 0;
        let mut is_complete = false;
        while !is_complete {
            check_length(read + BLOCK_U64, self.limits.extended)?;
            let block = self.block()?.filter(|_| read + BLOCK_U64 <= stored).ok_or(Error::UnexpectedEnd)?;
            is_complete = map.take(&block)?;
            read += BLOCK_U64;
        }
        self.unread = stored - read;
        Extent::check(map.pairs(), size, self.unread)
    }

    fn check_names(&self, header: &Header) -> Result<(), Error> {
        let longest = header.name.len().max(header.link.len());
        if longest > self.limits.path { Err(Error::Beyond(Bound::Path(self.limits.path))) } else { Ok(()) }
    }

    /// Reads over what is left of the last member, then reads a header.
    fn header(&mut self) -> Result<Option<Header>, Error> {
        let content = std::mem::take(&mut self.unread);
        if self.stream.skip(content)? < content {
            return Err(Error::UnexpectedEnd);
        }
        let padding = std::mem::take(&mut self.padding);
        self.stream.skip(padding)?;
        let Some(block) = self.block()? else { return Ok(None) };
        if block == [0; BLOCK] {
            return self.end();
        }
        self.headers += 1;
        if self.headers > self.limits.headers {
            return Err(Error::Beyond(Bound::Headers(self.limits.headers)));
        }
        header::parse(&block).map(Some)
    }

    /// After one block of zeros there is another one, or nothing.
    fn end(&mut self) -> Result<Option<Header>, Error> {
        match self.block()? {
            Some(block) if block != [0; BLOCK] => Err(Error::Header),
            Some(_) | None => Ok(None),
        }
    }

    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, Error> {
        let mut block = [0; BLOCK];
        match self.stream.read(&mut block)? {
            0 => Ok(None),
            BLOCK => Ok(Some(block)),
            _ => Err(Error::UnexpectedEnd),
        }
    }

    /// Reads the content of an extended header, as long as its own header says.
    fn extension(&mut self, size: u64) -> Result<Vec<u8>, Error> {
        let mut content = vec![0; check_length(size, self.limits.extended)?];
        if self.stream.read(&mut content)? < content.len() {
            return Err(Error::UnexpectedEnd);
        }
        self.stream.skip(padding(size))?;
        Ok(content)
    }
}

fn padding(size: u64) -> u64 {
    (BLOCK_U64 - size % BLOCK_U64) % BLOCK_U64
}
