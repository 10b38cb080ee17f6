//! Gzip streams as layers have them: any number of members, and bytes behind the last one that mean nothing (RFC 1952).

use std::io::{self, BufRead};

use crc32fast::Hasher;
use flate2::{Decompress, FlushDecompress, Status};

use super::{Error, GzipFault};

const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
const HEADER_CHECKSUM: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0xe0;

/// Inflates all members of a gzip stream, one decoder for all of them.
pub(super) struct Gzip<R> {
    input: R,
    at: Position,
    decoder: Decompress,
    checksum: Hasher,
    length: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    FirstMember,
    LaterMember,
    Data,
    End,
}

impl<R: BufRead> Gzip<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, at: Position::FirstMember, decoder: Decompress::new(false), checksum: Hasher::new(), length: 0 }
    }

    pub(super) fn input(&self) -> &R {
        &self.input
    }

    /// Reads some bytes; none at the end, which is where the *input* ends too.
    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        loop {
            match self.at {
                Position::FirstMember => self.start()?,
                Position::LaterMember => self.start_or_drain()?,
                Position::Data => match self.inflate(out)? {
                    0 => {}
                    read => return Ok(read),
                },
                Position::End => return Ok(0),
            }
        }
    }

    fn start(&mut self) -> Result<(), Error> {
        if !self.header()? {
            return Err(Error::Gzip(GzipFault::Header));
        }
        self.decoder.reset(false);
        self.checksum.reset();
        self.length = 0;
        self.at = Position::Data;
        Ok(())
    }

    /// Reads to the end what is no member: unpigz warns of it, and nobody sees the warning.
    fn start_or_drain(&mut self) -> Result<(), Error> {
        match self.start() {
            Err(Error::Gzip(GzipFault::Header)) => {
                io::copy(&mut self.input, &mut io::sink()).map_err(Error::Input)?;
                self.at = Position::End;
                Ok(())
            }
            started => started,
        }
    }

    fn inflate(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        let input = self.input.fill_buf().map_err(Error::Input)?;
        let at_end = input.is_empty();
        let (read_before, written_before) = (self.decoder.total_in(), self.decoder.total_out());
        let status = self.decoder.decompress(input, out, FlushDecompress::None).map_err(|fault| {
            Error::Gzip(GzipFault::Data(fault.message().unwrap_or("invalid deflate stream").to_owned()))
        })?;
        let read = small(self.decoder.total_in() - read_before);
        let written = small(self.decoder.total_out() - written_before);
        self.input.consume(read);
        self.checksum.update(&out[..written]);
        self.length = self.length.wrapping_add(u32::try_from(written).expect("buffers are smaller than 4 GiB"));
        match status {
            Status::StreamEnd => self.trailer()?,
            Status::Ok | Status::BufError if at_end && written == 0 => return Err(Error::Gzip(GzipFault::Incomplete)),
            Status::Ok | Status::BufError => {}
        }
        Ok(written)
    }

    fn trailer(&mut self) -> Result<(), Error> {
        let missing = Error::Gzip(GzipFault::Trailer);
        let Some(checksum) = self.word()? else { return Err(missing) };
        let Some(length) = self.word()? else { return Err(missing) };
        if checksum != self.checksum.clone().finalize() {
            return Err(Error::Gzip(GzipFault::Checksum));
        }
        if length != self.length {
            return Err(Error::Gzip(GzipFault::Length));
        }
        self.at = Position::LaterMember;
        Ok(())
    }

    /// Reads a member's header; false where there is none, or only the beginning of one.
    fn header(&mut self) -> Result<bool, Error> {
        for expected in MAGIC {
            if self.byte()? != Some(expected) {
                return Ok(false);
            }
        }
        let Some(flags) = self.byte()? else { return Ok(false) };
        if flags & RESERVED != 0 || !self.skip(6)? {
            return Ok(false);
        }
        if flags & EXTRA != 0 {
            let (Some(low), Some(high)) = (self.byte()?, self.byte()?) else { return Ok(false) };
            if !self.skip(u16::from_le_bytes([low, high]))? {
                return Ok(false);
            }
        }
        for text in [NAME, COMMENT] {
            if flags & text != 0 && !self.skip_text()? {
                return Ok(false);
            }
        }
        Ok(flags & HEADER_CHECKSUM == 0 || self.skip(2)?)
    }

    fn skip(&mut self, count: u16) -> Result<bool, Error> {
        for _ in 0..count {
            if self.byte()?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn skip_text(&mut self) -> Result<bool, Error> {
        loop {
            match self.byte()? {
                None => return Ok(false),
                Some(0) => return Ok(true),
                Some(_) => {}
            }
        }
    }

    fn word(&mut self) -> Result<Option<u32>, Error> {
        let mut word = [0; 4];
        for place in &mut word {
            let Some(byte) = self.byte()? else { return Ok(None) };
            *place = byte;
        }
        Ok(Some(u32::from_le_bytes(word)))
    }

    fn byte(&mut self) -> Result<Option<u8>, Error> {
        let byte = self.input.fill_buf().map_err(Error::Input)?.first().copied();
        self.input.consume(usize::from(byte.is_some()));
        Ok(byte)
    }
}

fn small(count: u64) -> usize {
    usize::try_from(count).expect("no more than the buffer holds")
}
