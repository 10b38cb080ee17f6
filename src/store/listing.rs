//! A workspace's images in a compact form, so that one image among ten thousand is found without reading them all as JSON.
//!
//! ```text
//! "lbimages\n" version:u8 stamp:28 bytes crc32:u32      the head; numbers are little-endian
//! image*                                                each: length:u32, then its fields, each with its length before it
//! ```
//!
//! A cache of `index.json`, valid while the stamp is that file's: length, time of the last change, inode. Whatever does not fit is made
//! again from `index.json`, which alone is the truth. Small workspaces have no such file: their JSON is read as fast.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::{HeldImage, files};
use crate::oci::{Descriptor, ImageId, MediaType, Reference};

const MAGIC: &[u8; 9] = b"lbimages\n";
const VERSION: u8 = 1;
const STAMP: usize = 28;
const HEAD: usize = MAGIC.len() + 1 + STAMP + 4;
/// An `index.json` below this is read itself.
const FROM_BYTES: u64 = 64 * 1024;

/// Tells one state of `index.json` from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp([u8; STAMP]);

/// The images, still encoded.
pub(super) struct Listing(Vec<u8>);

/// What an image can be found by, without reading the rest of it.
pub struct Glimpse<'a> {
    /// The image's ID with its algorithm.
    pub id: &'a str,
    tags: &'a [u8],
    digests: &'a [u8],
}

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
        let mut body = Vec::with_capacity(images.len() * 320);
        for image in images {
            let start = body.len();
            body.extend([0; 4]);
            put_image(&mut body, image);
            let length = u32::try_from(body.len() - start - 4).unwrap_or(u32::MAX);
            body[start..start + 4].copy_from_slice(&length.to_le_bytes());
        }
        Self(body)
    }

    /// Reads the cache; `None` where it is absent, damaged or of another state of `index.json`.
    pub(super) fn read(path: &Path, stamp: Stamp) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let mut head = [0; HEAD];
        file.read_exact(&mut head).ok()?;
        let expected = Self::head(stamp);
        if head[..expected.len()] != expected {
            return None;
        }
        let mut body = Vec::with_capacity(usize::try_from(file.metadata().ok()?.len()).ok()?);
        file.read_to_end(&mut body).ok()?;
        (crc32fast::hash(&body).to_le_bytes() == head[expected.len()..]).then_some(Self(body))
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

    /// Reads the images that pass `test`, in their order. `None` where the encoding is not this version's after all.
    pub(super) fn images_where(&self, test: impl Fn(&Glimpse<'_>) -> bool) -> Option<Vec<HeldImage>> {
        let mut images = Vec::new();
        let mut rest = self.0.as_slice();
        while !rest.is_empty() {
            let entry = field(&mut rest)?;
            if test(&Glimpse::read(entry)?) {
                images.push(image(entry)?);
            }
        }
        Some(images)
    }
}

impl<'a> Glimpse<'a> {
    fn read(mut entry: &'a [u8]) -> Option<Self> {
        let id = text(&mut entry)?;
        Some(Self { id, tags: field(&mut entry)?, digests: field(&mut entry)? })
    }

    /// Tells whether the image has a name, written out in full: with a tag, or with a digest.
    pub fn is_named(&self, normalized: &str) -> bool {
        Texts(self.digests).any(|name| name == normalized) || Texts(self.tags).step_by(2).any(|name| name == normalized)
    }
}

fn put_image(out: &mut Vec<u8>, image: &HeldImage) {
    let mut names = Vec::new();
    put(out, image.id.to_string().as_bytes());
    for (tag, at) in &image.tags {
        put(&mut names, tag.normalized().as_bytes());
        put(&mut names, at.as_bytes());
    }
    put(out, &names);
    names.clear();
    for digest in &image.digests {
        put(&mut names, digest.normalized().as_bytes());
    }
    put(out, &names);
    put(out, image.manifest.media_type.as_str().as_bytes());
    put(out, image.manifest.digest.to_string().as_bytes());
    out.extend(image.manifest.size.to_le_bytes());
    out.extend(image.on_disk.to_le_bytes());
    put(out, image.created.as_deref().unwrap_or_default().as_bytes());
    put(out, image.parent.as_ref().map(ToString::to_string).unwrap_or_default().as_bytes());
}

fn image(mut entry: &[u8]) -> Option<HeldImage> {
    let id = ImageId(text(&mut entry)?.parse().ok()?);
    let (tags, digests) = (Texts(field(&mut entry)?), Texts(field(&mut entry)?));
    let media_type = MediaType::new(text(&mut entry)?);
    let manifest = text(&mut entry)?.parse().ok()?;
    let (size, on_disk) = (number(&mut entry)?, number(&mut entry)?);
    let (created, parent) = (text(&mut entry)?, text(&mut entry)?);
    let named = |name: &str| name.parse::<Reference>().ok();
    Some(HeldImage {
        id,
        manifest: Descriptor::new(media_type, manifest, size),
        tags: tags.pairs().map(|(name, at)| Some((named(name)?, at.to_owned()))).collect::<Option<_>>()?,
        digests: digests.map(named).collect::<Option<_>>()?,
        on_disk,
        created: (!created.is_empty()).then(|| created.to_owned()),
        parent: if parent.is_empty() { None } else { Some(ImageId(parent.parse().ok()?)) },
    })
}

/// Texts one behind the other. Ends where no whole text is left.
#[derive(Clone, Copy)]
struct Texts<'a>(&'a [u8]);

impl<'a> Texts<'a> {
    fn pairs(mut self) -> impl Iterator<Item = (&'a str, &'a str)> {
        std::iter::from_fn(move || Some((self.next()?, self.next()?)))
    }
}

impl<'a> Iterator for Texts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        text(&mut self.0)
    }
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(bytes);
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (field, after) = after.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *rest = after;
    Some(field)
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    std::str::from_utf8(field(rest)?).ok()
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    let (number, after) = rest.split_first_chunk::<8>()?;
    *rest = after;
    Some(u64::from_le_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Digest;
    use crate::store::{Store, Workspace, WorkspaceName};

    /// Enough of them that a cache is worth it.
    const MANY: usize = 200;

    fn image(number: usize) -> HeldImage {
        let id = Digest::of(&number.to_le_bytes());
        let at = "2026-01-02T03:04:05Z".to_owned();
        HeldImage {
            id: ImageId(id.clone()),
            manifest: Descriptor::new(MediaType::OCI_MANIFEST, id.clone(), 123),
            tags: [(format!("team/app{number}:v1").parse().unwrap(), at)].into(),
            digests: [format!("team/app{number}@{id}").parse().unwrap()].into(),
            on_disk: 1 << 40,
            created: (number % 2 == 0).then(|| "2026-01-01T00:00:00Z".to_owned()),
            parent: (number % 3 == 0).then(|| ImageId(id)),
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
        let by_tag = workspace.images_where(|image| image.is_named("docker.io/team/app7:v1")).unwrap();
        assert_eq!(by_tag, [image(7)]);
        let full = format!("docker.io/team/app8@{}", image(8).id);
        assert_eq!(workspace.images_where(|image| image.is_named(&full)).unwrap(), [image(8)]);
        assert!(workspace.images_where(|image| image.is_named("2026-01-02T03:04:05Z")).unwrap().is_empty());
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
        fs::write(&cache, &whole[..whole.len() / 2]).unwrap();
        assert_eq!(workspace.images().unwrap(), all);
    }
}
