//! One pass over a layer: uncompressed bytes, diff ID, file list; or the file list alone.

use std::io::Read;
use std::thread;

use crate::oci::DiffId;

use super::archive::{Archive, Source};
use super::build::Builder;
use super::members::Plain;
use super::stream::Stream;
use super::{Compression, Error, Inflate, Limits, Tree};

/// What one pass over a layer tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Digest of all uncompressed bytes, those behind the tar's end too. The caller compares it with the config.
    pub diff_id: DiffId,
    /// How the bytes were compressed, whatever the media type says.
    pub compression: Compression,
    /// The files, and the layer's sizes ([`Tree::totals`]).
    pub tree: Tree,
}

/// Reads a layer once, to the very end of `input`, so that a reader that hashes the compressed bytes sees them all.
///
/// Blocks: for a thread that may. Hashes on a second thread; takes a few hundred KiB, the decoder's window and
/// the file list. After an error `input` is left anywhere.
///
/// The sentences of the errors are Docker's; `failed to register layer: ` is not in them.
pub fn scan(input: impl Read, limits: &Limits) -> Result<Layer, Error> {
    let inflate = Inflate::open(input, limits)?;
    let compression = inflate.compression();
    thread::scope(|scope| {
        let mut stream = Stream::start(inflate, scope);
        let builder = members(&mut stream, limits)?;
        let (diff_id, uncompressed) = stream.finish()?;
        let tree = builder.finish(uncompressed)?;
        Ok(Layer { diff_id, compression, tree })
    })
}

/// Lists the files of a layer whose diff ID is known: reads as [`scan()`] does, and hashes nothing.
pub fn list(input: impl Read, limits: &Limits) -> Result<Tree, Error> {
    let mut plain = Plain::new(Inflate::open(input, limits)?);
    let builder = members(&mut plain, limits)?;
    plain.skip(u64::MAX)?;
    builder.finish(plain.offset())
}

fn members(source: &mut impl Source, limits: &Limits) -> Result<Builder, Error> {
    let mut builder = Builder::new(limits);
    let mut archive = Archive::new(source, limits);
    while let Some(member) = archive.next()? {
        builder.add(member)?;
    }
    Ok(builder)
}
