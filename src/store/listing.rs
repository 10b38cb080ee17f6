//! A workspace's images in a compact form, so that one image among ten thousand is found without reading them all as JSON.
//!
//! ```text
//! "lbimages\n" version:u8 stamp:28 bytes crc32:u32      the head; numbers are little-endian
//! image*                                                each with its length before it, as each text in it has
//! ```
//!
//! What is read of ten thousand images must be little: a length below 255 is one byte, the usual media type none, the manifest's
//! digest is binary. They stand in the order in which they are listed, newest first, so that nobody sorts them, and are read through
//! a small buffer: the pages of three megabytes cost more than reading them does. The checksum is known at the end alone; until then
//! what was made of them is not to be shown.
//!
//! A cache of `index.json`, valid while the stamp is that file's: length, time of the last change, inode. Whatever does not fit is made
//! again from `index.json`, which alone is the truth. Small workspaces have no such file: their JSON is read as fast.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::UNIX_EPOCH;

use jiff::Timestamp;

use super::{HeldImage, files};
use crate::oci::{Descriptor, Digest, ImageId, MediaType, Reference};

const MAGIC: &[u8; 9] = b"lbimages\n";
const VERSION: u8 = 3;
const STAMP: usize = 28;
const HEAD: usize = MAGIC.len() + 1 + STAMP + 4;
/// A length that is not one byte: four more follow.
const LONG: u8 = u8::MAX;
/// Nanoseconds of no time.
const NO_TIME: i32 = i32::MIN;
/// An `index.json` below this is read itself.
const FROM_BYTES: u64 = 64 * 1024;
/// Bytes that are read of the cache at once.
const CHUNK: u64 = 64 * 1024;

/// Tells one state of `index.json` from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp([u8; STAMP]);

/// The images, still encoded.
pub(super) struct Listing(Vec<u8>);

/// An image of a listing. Nothing of it is copied until it is asked for.
pub struct Glimpse<'a> {
    /// The image's ID with its algorithm.
    pub id: &'a str,
    tags: Texts<'a>,
    digests: Texts<'a>,
    rest: &'a [u8],
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
        let parents: HashSet<&ImageId> = images.iter().filter_map(|image| image.parent.as_ref()).collect();
        let mut newest_first: Vec<(u32, &HeldImage)> = (0..).zip(images).collect();
        newest_first.sort_by_cached_key(|(_, image)| Reverse(image.created_at()));
        let mut body = Vec::with_capacity(images.len() * 330);
        let mut entry = Vec::new();
        for (place, image) in newest_first {
            entry.clear();
            put_image(&mut entry, image, place, parents.contains(&image.id));
            put(&mut body, &entry);
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

/// What was taken for an image is none.
#[derive(Debug)]
pub struct Damage;

impl<'a> Glimpse<'a> {
    fn read(mut entry: &'a [u8]) -> Option<Self> {
        let id = text(&mut entry)?;
        let (tags, digests) = (Texts(field(&mut entry)?), Texts(field(&mut entry)?));
        Some(Self { id, tags, digests, rest: entry })
    }

    /// Tells whether the image has a name, written out in full: with a tag, or with a digest.
    pub fn is_named(&self, normalized: &str) -> bool {
        let (tags, mut digests) = (self.tags.clone(), self.digests.clone());
        digests.any(|name| name == normalized) || tags.into_pairs().any(|(name, _)| name == normalized)
    }

    /// Reads all of it.
    pub fn image(&self) -> Result<HeldImage, Damage> {
        let mut rest = self.rest;
        image(self, &mut rest).ok_or(Damage)
    }

    /// Reads what a listing shows.
    pub fn listed(&self) -> Result<ListedImage<'a>, Damage> {
        let mut rest = self.rest;
        listed(self, &mut rest).ok_or(Damage)
    }

    /// Returns its place in the order in which the images were first held.
    pub(super) fn place(&self) -> Result<u32, Damage> {
        let mut rest = self.rest;
        take(&mut rest).map(u32::from_le_bytes).ok_or(Damage)
    }
}

/// What a listing shows of an image, as text of the listing.
pub struct ListedImage<'a> {
    /// The image's ID with its algorithm.
    pub id: &'a str,
    /// Bytes on disk of all layers.
    pub on_disk: u64,
    /// When it was made; `None` where its config does not say.
    pub created: Option<Timestamp>,
    /// The ID of the image it was committed from.
    pub parent: Option<&'a str>,
    /// Whether a held image was committed from it.
    pub is_parent: bool,
    tags: Texts<'a>,
    digests: Texts<'a>,
}

impl<'a> ListedImage<'a> {
    /// Full names with tags, in the order of repositories.
    pub fn tags(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.tags.clone().step_by(2)
    }

    /// When each of the names with tags was set here (RFC 3339), in their order.
    pub fn tagged_at(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.tags.clone().skip(1).step_by(2)
    }

    /// Full names with digests, in the same order.
    pub fn digests(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.digests.clone()
    }
}

fn put_image(out: &mut Vec<u8>, image: &HeldImage, place: u32, is_parent: bool) {
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
    out.extend(place.to_le_bytes());
    out.push(u8::from(is_parent));
    let created = image.created_at();
    out.extend(created.map_or(0, Timestamp::as_second).to_le_bytes());
    out.extend(created.map_or(NO_TIME, Timestamp::subsec_nanosecond).to_le_bytes());
    out.extend(image.on_disk.to_le_bytes());
    put(out, image.parent.as_ref().map(ToString::to_string).unwrap_or_default().as_bytes());
    let media_type = &image.manifest.media_type;
    put(out, if *media_type == MediaType::OCI_MANIFEST { b"" } else { media_type.as_str().as_bytes() });
    put_digest(out, &image.manifest.digest);
    out.extend(image.manifest.size.to_le_bytes());
    put(out, image.created.as_deref().unwrap_or_default().as_bytes());
}

fn listed<'a>(entry: &Glimpse<'a>, rest: &mut &'a [u8]) -> Option<ListedImage<'a>> {
    let [_place @ .., is_parent] = take::<5>(rest)?;
    let (seconds, nanoseconds) = (i64::from_le_bytes(take(rest)?), i32::from_le_bytes(take(rest)?));
    let created = if nanoseconds == NO_TIME { None } else { Some(Timestamp::new(seconds, nanoseconds).ok()?) };
    let on_disk = number(rest)?;
    let parent = text(rest)?;
    let parent = (!parent.is_empty()).then_some(parent);
    Some(ListedImage {
        id: entry.id,
        on_disk,
        created,
        parent,
        is_parent: is_parent != 0,
        tags: entry.tags.clone(),
        digests: entry.digests.clone(),
    })
}

fn image<'a>(entry: &Glimpse<'a>, rest: &mut &'a [u8]) -> Option<HeldImage> {
    let ListedImage { on_disk, parent, .. } = listed(entry, rest)?;
    let media_type = match text(rest)? {
        "" => MediaType::OCI_MANIFEST,
        other => MediaType::new(other),
    };
    let manifest = digest(rest)?;
    let (size, created) = (number(rest)?, text(rest)?);
    let (tags, digests) = (entry.tags.clone(), entry.digests.clone());
    Some(HeldImage {
        id: ImageId(entry.id.parse().ok()?),
        manifest: Descriptor::new(media_type, manifest, size),
        tags: tags.into_pairs().map(|(name, at)| Some((named(name)?, at.to_owned()))).collect::<Option<_>>()?,
        digests: digests.map(named).collect::<Option<_>>()?,
        on_disk,
        created: (!created.is_empty()).then(|| created.to_owned()),
        parent: parent.map(|id| id.parse().map(ImageId)).transpose().ok()?,
    })
}

fn named(name: &str) -> Option<Reference> {
    Reference::of_normalized(name).ok()
}

/// Texts one behind the other. Ends where no whole text is left.
#[derive(Clone)]
struct Texts<'a>(&'a [u8]);

impl<'a> Texts<'a> {
    fn into_pairs(mut self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        std::iter::from_fn(move || Some((self.next()?, self.next()?)))
    }
}

impl<'a> Iterator for Texts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        text(&mut self.0)
    }

    /// Does not look at what is passed over.
    fn nth(&mut self, count: usize) -> Option<&'a str> {
        for _ in 0..count {
            field(&mut self.0)?;
        }
        self.next()
    }
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    match u8::try_from(bytes.len()) {
        Ok(length) if length != LONG => out.push(length),
        _ => {
            out.push(LONG);
            out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        }
    }
    out.extend(bytes);
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let [short] = take(rest)?;
    let length = if short == LONG { u32::from_le_bytes(take(rest)?) } else { u32::from(short) };
    let (field, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(field)
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    std::str::from_utf8(field(rest)?).ok()
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    take(rest).map(u64::from_le_bytes)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

/// Writes a digest as its algorithm and its bytes, two digits each.
fn put_digest(out: &mut Vec<u8>, digest: &Digest) {
    let bytes = digest.encoded().as_bytes().chunks(2).map(|pair| {
        let digits = std::str::from_utf8(pair).unwrap_or_default();
        u8::from_str_radix(digits, 16).unwrap_or_default()
    });
    put(out, digest.algorithm().name().as_bytes());
    put(out, &bytes.collect::<Vec<u8>>());
}

fn digest(rest: &mut &[u8]) -> Option<Digest> {
    let (algorithm, bytes) = (text(rest)?, field(rest)?);
    let encoded: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{algorithm}:{encoded}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Algorithm;
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
