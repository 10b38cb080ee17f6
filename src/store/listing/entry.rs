//! One image of a listing, as it is encoded.

use jiff::Timestamp;

use crate::oci::{Descriptor, Digest, ImageId, MediaType, Reference};
use crate::store::HeldImage;
use crate::store::encoding::{Texts, field, number, put, take, text};

/// Nanoseconds of no time.
const NO_TIME: i32 = i32::MIN;

/// An image of a listing. Nothing of it is copied until it is asked for.
pub struct Glimpse<'a> {
    /// The image's ID with its algorithm.
    pub id: &'a str,
    tags: Texts<'a>,
    digests: Texts<'a>,
    rest: &'a [u8],
}

/// What was taken for an image is none.
#[derive(Debug)]
pub struct Damage;

impl<'a> Glimpse<'a> {
    pub(super) fn read(mut entry: &'a [u8]) -> Option<Self> {
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
    pub(in crate::store) fn place(&self) -> Result<u32, Damage> {
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

/// Appends an image. `place` is its place in the order in which images were first held.
pub(super) fn put_image(out: &mut Vec<u8>, image: &HeldImage, place: u32, is_parent: bool) {
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
