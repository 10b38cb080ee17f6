//! Which layers each image stands on, kept in one file: for `system df` over ten thousand images, two files an image were too many.
//!
//! ```text
//! "lbstacks" version:u8 crc32:u32 layers:u32            numbers are little-endian; the checksum is of all behind it
//! layer*    on_disk:u64 chain                           a text has its length before it, a byte
//! image*    ID count:u16 layer:u32*                     bottom layer first
//! ```
//!
//! A cache of what manifests, configs and trees say. An image's ID decides its stack, so an entry is never stale.

use std::collections::HashMap;

use crate::oci::{ChainId, ImageId};

const MAGIC: &[u8; 9] = b"lbstacks\x01";
const CHECKED_FROM: usize = MAGIC.len() + 4;

/// The layers of some images, each layer once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stacks {
    layers: Vec<Layer>,
    places: HashMap<ChainId, u32>,
    images: HashMap<ImageId, Vec<u32>>,
}

/// A layer on a certain chain of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) chain: ChainId,
    pub(super) on_disk: u64,
}

impl Stacks {
    /// Returns an image's layers as places in [`Stacks::layers`], bottom first.
    pub(super) fn get(&self, image: &ImageId) -> Option<&[u32]> {
        self.images.get(image).map(Vec::as_slice)
    }

    /// Returns all layers.
    pub(super) fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Counts the images.
    pub(super) fn len(&self) -> usize {
        self.images.len()
    }

    /// Adds an image.
    pub(super) fn add(&mut self, image: ImageId, layers: impl IntoIterator<Item = Layer>) {
        let stack = layers.into_iter().map(|layer| self.place(layer)).collect();
        self.images.insert(image, stack);
    }

    fn place(&mut self, layer: Layer) -> u32 {
        let next = u32::try_from(self.layers.len()).expect("fewer layers than files on any disk");
        let place = *self.places.entry(layer.chain.clone()).or_insert(next);
        if place == next {
            self.layers.push(layer);
        }
        place
    }

    /// Writes them, the images in no certain order.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = [MAGIC.as_slice(), &[0; 4]].concat();
        put_number(&mut out, self.layers.len());
        for layer in &self.layers {
            out.extend(layer.on_disk.to_le_bytes());
            put_text(&mut out, &layer.chain.to_string());
        }
        for (image, stack) in &self.images {
            put_text(&mut out, &image.to_string());
            out.extend(u16::try_from(stack.len()).unwrap_or(u16::MAX).to_le_bytes());
            out.extend(stack.iter().flat_map(|place| place.to_le_bytes()));
        }
        let checksum = crc32fast::hash(&out[CHECKED_FROM..]);
        out[MAGIC.len()..CHECKED_FROM].copy_from_slice(&checksum.to_le_bytes());
        out
    }

    /// Reads what [`Stacks::encode`] wrote; `None` of anything else.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (checksum, mut rest) = rest.split_first_chunk::<4>()?;
        if crc32fast::hash(rest) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let mut stacks = Self::default();
        for _ in 0..u32::from_le_bytes(take(&mut rest)?) {
            let on_disk = u64::from_le_bytes(take(&mut rest)?);
            stacks.place(Layer { chain: ChainId(text(&mut rest)?.parse().ok()?), on_disk });
        }
        while !rest.is_empty() {
            let image = ImageId(text(&mut rest)?.parse().ok()?);
            let count = u16::from_le_bytes(take(&mut rest)?);
            let place = |rest: &mut &[u8]| {
                let place = u32::from_le_bytes(take(rest)?);
                usize::try_from(place).ok().filter(|place| *place < stacks.layers.len())?;
                Some(place)
            };
            let stack = (0..count).map(|_| place(&mut rest)).collect::<Option<_>>()?;
            stacks.images.insert(image, stack);
        }
        Some(stacks)
    }
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    out.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.push(u8::try_from(text.len()).expect("digests are shorter"));
    out.extend(text.as_bytes());
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let [length] = take::<1>(rest)?;
    let (text, after) = rest.split_at_checked(usize::from(length))?;
    *rest = after;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Digest;

    fn layer(name: &str, on_disk: u64) -> Layer {
        Layer { chain: ChainId(Digest::of(name.as_bytes())), on_disk }
    }

    fn stacks() -> Stacks {
        let mut stacks = Stacks::default();
        let id = |name: &str| ImageId(Digest::of(name.as_bytes()));
        stacks.add(id("redis"), [layer("debian", 80), layer("redis", 20)]);
        stacks.add(id("httpd"), [layer("debian", 80), layer("httpd", 30)]);
        stacks.add(id("scratch"), []);
        stacks
    }

    #[test]
    fn stacks_are_read_back_as_they_were_written() {
        let stacks = stacks();
        assert_eq!(stacks.layers().len(), 3);
        assert_eq!(Stacks::decode(&stacks.encode()), Some(stacks));
    }

    #[test]
    fn what_is_cut_or_changed_is_no_stack() {
        let bytes = stacks().encode();
        for length in 0..bytes.len() {
            assert_eq!(Stacks::decode(&bytes[..length]), None, "{length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(Stacks::decode(&changed), None, "{at}");
        }
    }
}
