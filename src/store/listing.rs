//! A workspace's images in a compact form, so that one image among ten thousand is found without reading them all as JSON.
//!
//! ```text
//! "lbimages\n" version:u8 stamp:28 bytes crc32:u32      the head; numbers are little-endian
//! image*                                                each with its length before it, as each text in it has
//! ```
//!
//! What is read of ten thousand images must be little: the usual media type is left out, the manifest's digest is binary. They stand in the order in which they are listed, newest first, so that nobody sorts them, and are read through
//! a small buffer: the pages of three megabytes cost more than reading them does. The checksum is known at the end alone; until then
//! what was made of them is not to be shown.
//!
//! A cache of `index.json`, valid while the stamp is that file's: length, time of the last change, inode. Whatever does not fit is made
//! again from `index.json`, which alone is the truth. Small workspaces have no such file: their JSON is read as fast.

mod entry;

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::encoding::{field, put};
use super::{HeldImage, files};
use crate::oci::ImageId;

pub use entry::{Damage, Glimpse, ListedImage};

const MAGIC: &[u8; 9] = b"lbimages\n";
const VERSION: u8 = 3;
const STAMP: usize = 28;
const HEAD: usize = MAGIC.len() + 1 + STAMP + 4;
/// An `index.json` below this is read itself.
const FROM_BYTES: u64 = 64 * 1024;
/// Bytes that are read of the cache at once.
const CHUNK: u64 = 64 * 1024;

/// Tells one state of `index.json` from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp([u8; STAMP]);

/// The images, still encoded.
pub(super) struct Listing(Vec<u8>);

impl Stamp {
    /// Reads the stamp of an `index.json`; `None` where it is absent or not worth a cache.
    pub(super) fn of(index: &Path) -> Option<Self> {
        let metadata = fs::metadata(index).ok().filter(|metadata| metadata.len() >= FROM_BYTES)?;
        let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let mut stamp = [0; STAMP];
        stamp[..8].copy_from_slice(&metadata.len().to_le_bytes());
        stamp[8..16].copy_from_slice(&changed.as_secs().to_le_bytes());
        stamp[16..20].copy_from_slice(&changed.subsec_nanos().to_le_bytes());
        stamp[20..].copy_from_slice(&inode(&metadata).to_le_bytes());
        Some(Self(stamp))
    }
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

impl Listing {
    pub(super) fn of(images: &[HeldImage]) -> Self {
        let parents: HashSet<&ImageId> = images.iter().filter_map(|image| image.parent.as_ref()).collect();
        let mut newest_first: Vec<(u32, &HeldImage)> = (0..).zip(images).collect();
        newest_first.sort_by_cached_key(|(_, image)| Reverse(image.created_at()));
        let mut body = Vec::with_capacity(images.len() * 330);
        let mut encoded = Vec::new();
        for (place, image) in newest_first {
            encoded.clear();
            entry::put_image(&mut encoded, image, place, parents.contains(&image.id));
            put(&mut body, &encoded);
        }
        Self(body)
    }

    /// Shows each image to `look`. `None` where the encoding is not this version's after all.
    pub(super) fn each(&self, look: impl FnMut(&Glimpse<'_>) -> Result<(), Damage>) -> Option<()> {
        let mut entries = Entries::of(self.0.as_slice(), self.0.len() as u64);
        entries.each(look)
    }

    /// Shows each image of the cache to `look`. `None` where the cache is absent, of another state of `index.json` or damaged, which
    /// may be found out after the last image.
    pub(super) fn each_cached(
        path: &Path,
        stamp: Stamp,
        look: impl FnMut(&Glimpse<'_>) -> Result<(), Damage>,
    ) -> Option<()> {
        let mut file = File::open(path).ok()?;
        let mut head = [0; HEAD];
        file.read_exact(&mut head).ok()?;
        let checksum = head.strip_prefix(Self::head(stamp).as_slice())?;
        let length = file.metadata().ok()?.len().checked_sub(HEAD as u64)?;
        let mut entries = Entries::of(file, length);
        entries.each(look)?;
        (entries.checksum.finalize().to_le_bytes() == checksum).then_some(())
    }

    /// Writes the cache. A failure costs time later and nothing else.
    pub(super) fn write(&self, path: &Path, stamp: Stamp) {
        let _ = files::replace_unsynced(path, |file| {
            file.write_all(&Self::head(stamp))?;
            file.write_all(&crc32fast::hash(&self.0).to_le_bytes())?;
            file.write_all(&self.0)
        });
    }

    fn head(stamp: Stamp) -> Vec<u8> {
        [MAGIC.as_slice(), &[VERSION], &stamp.0].concat()
    }
}

/// Encoded images, of which few are in memory at a time.
struct Entries<R> {
    source: R,
    /// Bytes that were not read yet.
    left: u64,
    /// What was read, and where in it the next image begins.
    buffer: Vec<u8>,
    at: usize,
    /// Of what was read.
    checksum: crc32fast::Hasher,
}

impl<R: Read> Entries<R> {
    fn of(source: R, length: u64) -> Self {
        Self { source, left: length, buffer: Vec::new(), at: 0, checksum: crc32fast::Hasher::new() }
    }

    fn each(&mut self, mut look: impl FnMut(&Glimpse<'_>) -> Result<(), Damage>) -> Option<()> {
        loop {
            let mut rest = &self.buffer[self.at..];
            if let Some(entry) = field(&mut rest) {
                look(&Glimpse::read(entry)?).ok()?;
                self.at = self.buffer.len() - rest.len();
            } else if self.left > 0 {
                self.read_more()?;
            } else {
                return (self.at == self.buffer.len()).then_some(());
            }
        }
    }

    fn read_more(&mut self) -> Option<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let old = self.buffer.len();
        let asked = CHUNK.min(self.left);
        let got = self.source.by_ref().take(asked).read_to_end(&mut self.buffer).ok()?;
        self.checksum.update(&self.buffer[old..]);
        self.left -= asked;
        (got as u64 == asked).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::{Algorithm, Descriptor, Digest, MediaType};
    use crate::store::{Store, Workspace, WorkspaceName};

    /// Enough of them that a cache is worth it, and is read in several pieces.
    const MANY: usize = 500;
    const TIMES: &[&str] =
        &["2026-01-01T00:00:00Z", "1969-12-31T23:59:59.25Z", "0001-01-01T00:00:00Z", "no time", LONG_TEXT];
    /// Longer than a length of one byte can say.
    const LONG_TEXT: &str = concat!(
        "2026-01-01T00:00:00.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000Z",
    );

    fn image(number: usize) -> HeldImage {
        let id_bytes = number.to_le_bytes();
        let id = Digest::of(&id_bytes);
        let at = "2026-01-02T03:04:05Z".to_owned();
        HeldImage {
            id: ImageId(id.clone()),
            manifest: if number.is_multiple_of(2) {
                Descriptor::new(MediaType::OCI_MANIFEST, id.clone(), 123)
            } else {
                Descriptor::new(MediaType::DOCKER_MANIFEST, Digest::by(Algorithm::Sha512, &id_bytes), 1 << 40)
            },
            tags: [(format!("team/app{number}:v1").parse().unwrap(), at)].into(),
            digests: [format!("team/app{number}@{id}").parse().unwrap()].into(),
            on_disk: 1 << 40,
            created: TIMES.get(number % (TIMES.len() + 1)).map(|time| (*time).to_owned()),
            parent: number.is_multiple_of(3).then_some(ImageId(id)),
        }
    }

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let home = tempfile::tempdir().unwrap();
        let workspace = Store::open(home.path()).unwrap().workspace(&WorkspaceName::Shell);
        workspace.update(|images| images.extend((0..MANY).map(image))).unwrap();
        (home, workspace)
    }

    #[test]
    fn what_is_read_from_the_cache_is_what_was_written() {
        let (home, workspace) = workspace();
        let all: Vec<HeldImage> = (0..MANY).map(image).collect();
        let cache = home.path().join("store/images.cache");
        assert!(!cache.exists());
        assert_eq!(workspace.images().unwrap(), all);
        assert!(cache.exists());
        assert_eq!(workspace.images().unwrap(), all);
        let listed = |times: &mut Vec<_>, image: ListedImage<'_>| {
            times.push(image.created);
            Ok(())
        };
        let listed = workspace.fold_listed(Vec::new, listed).unwrap();
        let mut created: Vec<_> = all.iter().map(HeldImage::created_at).collect();
        created.sort_by_key(|at| Reverse(*at));
        assert_eq!(listed, created);
        let by_tag = workspace.images_where(|image| image.is_named("docker.io/team/app7:v1")).unwrap();
        assert_eq!(by_tag, [image(7)]);
        let full = format!("docker.io/team/app8@{}", image(8).id);
        assert_eq!(workspace.images_where(|image| image.is_named(&full)).unwrap(), [image(8)]);
        assert!(workspace.images_where(|image| image.is_named("2026-01-02T03:04:05Z")).unwrap().is_empty());
    }

    #[test]
    fn an_image_may_be_longer_than_what_is_read_at_once() {
        let (_home, workspace) = workspace();
        let at = "2026-01-02T03:04:05Z".to_owned();
        let names = (0..2000).map(|tag| (format!("team/long-{}:{tag}", "x".repeat(100)).parse().unwrap(), at.clone()));
        workspace.update(|images| images[7].tags.extend(names)).unwrap();
        let from_index = workspace.images().unwrap();
        let tags = from_index.iter().map(|image| image.tags.len()).sum::<usize>();
        assert_eq!(tags, MANY + 2000);
        assert_eq!(workspace.images().unwrap(), from_index);
    }

    #[test]
    fn a_change_makes_the_cache_stale() {
        let (_home, workspace) = workspace();
        workspace.images().unwrap();
        workspace.update(|images| drop(images.remove(0))).unwrap();
        assert_eq!(workspace.images().unwrap().len(), MANY - 1);
        workspace.update(|images| images[0].on_disk = 7).unwrap();
        assert_eq!(workspace.images().unwrap()[0].on_disk, 7);
    }

    #[test]
    fn a_damaged_cache_is_made_again() {
        let (home, workspace) = workspace();
        let all = workspace.images().unwrap();
        let cache = home.path().join("store/images.cache");
        let whole = fs::read(&cache).unwrap();
        for at in [0, 9, 20, HEAD - 1, HEAD, whole.len() - 1] {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&cache, damaged).unwrap();
            assert_eq!(workspace.images().unwrap(), all, "{at}");
            assert_eq!(fs::read(&cache).unwrap(), whole, "{at}");
        }
        for (what, odd) in [("cut", &whole[..whole.len() / 2]), ("longer", &[whole.as_slice(), &whole].concat())] {
            fs::write(&cache, odd).unwrap();
            assert_eq!(workspace.images().unwrap(), all, "{what}");
            assert_eq!(fs::read(&cache).unwrap(), whole, "{what}");
        }
    }
}
