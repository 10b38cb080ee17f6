//! The members of a tar that is no layer, such as the archive that `docker save` writes: what each one is, then its content.
//!
//! The reader of layers, without their verdicts: names are as they stand there, links lead where they say, nothing is
//! played on a root. Bounded as a layer is.

use std::io::Read;

use super::archive::{Archive, Source, kind};
use super::{Error, Inflate, Limits, Name};

const CHUNK: usize = 128 << 10;

/// Reads the members of a tar, compressed or not, in order; content only as far as the caller wants it.
pub struct Members<'l, R> {
    archive: Archive<'l, Plain<R>>,
}

/// One member of a tar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name as it stands there.
    pub name: Name,
    /// What it is.
    pub kind: MemberKind,
    /// Its permissions, without its type.
    pub mode: u16,
    /// Seconds since 1970.
    pub mtime: i64,
}

/// What a member of a tar is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberKind {
    /// A file of so many bytes, which [`Members::read`] gives.
    File {
        /// Its size.
        size: u64,
    },
    /// A folder.
    Directory,
    /// A symbolic link; the target is seen from the folder that it is in.
    Symlink {
        /// Where it leads.
        target: Name,
    },
    /// Another name of an earlier member; the target is seen from the root.
    HardLink {
        /// The earlier name.
        target: Name,
    },
    /// A device that is read byte by byte.
    Character {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A device that is read block by block.
    Block {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A pipe.
    Fifo,
}

impl<'l, R: Read> Members<'l, R> {
    /// Looks at the first bytes and gets ready.
    pub fn open(input: R, limits: &'l Limits) -> Result<Self, Error> {
        let inflate = Inflate::open(input, limits)?;
        Ok(Self { archive: Archive::new(Plain::new(inflate), limits) })
    }

    /// Goes to the next member; none at the tar's end.
    ///
    /// # Errors
    /// [`Error::UnknownType`] also for a file that is stored with holes, which no program writes into such an archive.
    pub fn next_member(&mut self) -> Result<Option<Member>, Error> {
        loop {
            let Some(member) = self.archive.next()? else { return Ok(None) };
            let name = || Name::from(&member.header.link[..]);
            let device = member.header.device;
            let number = |number: i64| u32::try_from(number).unwrap_or_default();
            let kind = match member.header.kind {
                kind::GLOBAL => continue,
                kind::FILE if member.body.extents.is_some() => return Err(Error::UnknownType(b'S')),
                kind::FILE => MemberKind::File { size: member.header.size },
                kind::DIRECTORY => MemberKind::Directory,
                kind::SYMLINK => MemberKind::Symlink { target: name() },
                kind::HARD_LINK => MemberKind::HardLink { target: name() },
                kind::CHARACTER => MemberKind::Character { major: number(device.0), minor: number(device.1) },
                kind::BLOCK => MemberKind::Block { major: number(device.0), minor: number(device.1) },
                kind::FIFO => MemberKind::Fifo,
                unknown => return Err(Error::UnknownType(unknown)),
            };
            return Ok(Some(Member {
                name: Name::from(&member.header.name[..]),
                kind,
                mode: u16::try_from(member.header.mode & 0o7777).unwrap_or_default(),
                mtime: member.header.mtime,
            }));
        }
    }

    /// Reads some of the content of the file that came last; none at its end.
    pub fn read(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        self.archive.content(out)
    }

    /// Reads what stands behind the tar's end, so that a broken end of the compression is noticed, and whoever writes the
    /// other end of a pipe can finish.
    pub fn finish(self) -> Result<(), Error> {
        self.archive.into_stream().skip(u64::MAX).map(drop)
    }
}

/// Uncompressed bytes, counted.
pub(super) struct Plain<R> {
    inflate: Inflate<R>,
    chunk: Box<[u8]>,
    at: usize,
    filled: usize,
    before: u64,
}

impl<R: Read> Plain<R> {
    pub(super) fn new(inflate: Inflate<R>) -> Self {
        Self { inflate, chunk: vec![0; CHUNK].into(), at: 0, filled: 0, before: 0 }
    }

    /// Returns the bytes that are ready, at least one unless this is the end.
    fn ready(&mut self) -> Result<&[u8], Error> {
        if self.at == self.filled {
            self.before += self.filled as u64;
            self.at = 0;
            self.filled = 0;
            self.filled = self.inflate.fill(&mut self.chunk)?;
        }
        Ok(&self.chunk[self.at..self.filled])
    }
}

impl<R: Read> Source for Plain<R> {
    fn offset(&self) -> u64 {
        self.before + self.at as u64
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        let mut done = 0;
        while done < out.len() {
            let ready = self.ready()?;
            let step = ready.len().min(out.len() - done);
            if step == 0 {
                break;
            }
            out[done..done + step].copy_from_slice(&ready[..step]);
            self.at += step;
            done += step;
        }
        Ok(done)
    }

    fn skip(&mut self, count: u64) -> Result<u64, Error> {
        let mut left = count;
        while left > 0 {
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(self.ready()?.len());
            if step == 0 {
                break;
            }
            self.at += step;
            left -= step as u64;
        }
        Ok(count - left)
    }
}
