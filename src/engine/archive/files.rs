//! One pass over an archive: every file of it goes into the pool under the digest of its bytes, since what is a layer and what
//! is not is told at the end of most archives.

use std::io::Read;

use bytes::Bytes;

use super::ArchiveError;
use super::names::{File, Member, Names, text};
use crate::engine::Error;
use crate::oci::{Algorithm, Digest, MAX_DOCUMENT_BYTES};
use crate::rootfs::{Limits, MemberKind, Members};
use crate::store::Store;

const CHUNK: usize = 128 << 10;
/// As many members as an archive may have.
const MOST_MEMBERS: u64 = 1 << 20;

/// The files of an archive, all in the pool.
pub(super) struct Files<'s> {
    store: &'s Store,
    names: Names,
}

impl<'s> Files<'s> {
    /// Reads an archive, compressed or not, to its end. Lets others run between chunks, so that Ctrl-C is heard.
    pub(super) async fn read(store: &'s Store, input: &mut (dyn Read + Send)) -> Result<Self, Error> {
        let limits = Limits { headers: MOST_MEMBERS, ..Limits::default() };
        let mut members = Members::open(input, &limits).map_err(ArchiveError::from)?;
        let mut names = Names::default();
        while let Some(member) = members.next_member().map_err(ArchiveError::from)? {
            let name = member.name.as_bytes();
            let member = match member.kind {
                MemberKind::File { size } => {
                    Member::File(File { digest: take_in(store, name, &mut members).await?, size })
                }
                MemberKind::Directory => Member::Directory,
                MemberKind::Symlink { target } => Member::Link(target.as_bytes().to_vec()),
                MemberKind::HardLink { target } => Member::Link([b"/", target.as_bytes()].concat()),
                MemberKind::Character { .. } | MemberKind::Block { .. } | MemberKind::Fifo => Member::Special,
            };
            names.add(name, member)?;
        }
        members.finish().map_err(ArchiveError::from)?;
        Ok(Self { store, names })
    }

    /// Tells whether there is a file of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.has(name)
    }

    /// Finds a file by its name.
    pub(super) fn file(&self, name: &str) -> Result<&File, ArchiveError> {
        self.names.file(name)
    }

    /// Finds a blob of an OCI layout, which has the digest that it is called by.
    pub(super) fn blob(&self, digest: &Digest) -> Result<&File, ArchiveError> {
        let name = blob_name(digest);
        let file = self.names.file(&name)?;
        if file.digest == *digest { Ok(file) } else { Err(wrong_digest(name, digest, &file.digest)) }
    }

    /// Reads a document whole.
    pub(super) fn document(&self, name: &str) -> Result<Bytes, Error> {
        let File { digest, size } = self.file(name)?;
        if *size > MAX_DOCUMENT_BYTES {
            return Err(ArchiveError::TooLarge { name: name.to_owned(), size: *size, limit: MAX_DOCUMENT_BYTES }.into());
        }
        Ok(self.store.read_blob(digest)?)
    }
}

/// The name of a blob in an OCI layout.
pub(super) fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().name(), digest.encoded())
}

/// Puts the file that came last into the pool. One whose name is a digest must have that digest.
async fn take_in(
    store: &Store,
    name: &[u8],
    members: &mut Members<'_, &mut (dyn Read + Send)>,
) -> Result<Digest, Error> {
    let claimed = claimed(name);
    let mut spool = store.spool(claimed.as_ref().map_or(Algorithm::Sha256, Digest::algorithm))?;
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = members.read(&mut chunk).map_err(ArchiveError::from)?;
        if read == 0 {
            break;
        }
        spool.write(&chunk[..read])?;
        tokio::task::yield_now().await;
    }
    let actual = spool.commit()?;
    match claimed {
        Some(claimed) if claimed != actual => Err(wrong_digest(text(name), &claimed, &actual).into()),
        Some(_) | None => Ok(actual),
    }
}

fn wrong_digest(name: String, expected: &Digest, actual: &Digest) -> ArchiveError {
    ArchiveError::BlobDigest { name, expected: expected.clone(), actual: actual.clone() }
}

/// Returns the digest that a file below `blobs/` claims.
fn claimed(name: &[u8]) -> Option<Digest> {
    let name = std::str::from_utf8(name).ok()?;
    let (algorithm, encoded) = name.trim_start_matches("./").strip_prefix("blobs/")?.split_once('/')?;
    format!("{algorithm}:{encoded}").parse().ok()
}
