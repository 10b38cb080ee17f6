//! Which layers each image stands on, kept in one file: for `system df` over ten thousand images, two files an image were too many.
//!
//! ```text
//! "lbstacks" version:u8 crc32:u32 layers:u32            numbers are little-endian; the checksum is of all behind it
//! layer*    on_disk:u64 chain                           a text has its length before it
//! image*    ID count:u16 layer:u32*                     newest first; bottom layer first
//! ```
//!
//! A cache of what manifests, configs and trees say. An image's ID decides its stack, so an entry is never stale.

use std::collections::HashMap;

use crate::store::encoding::{number, put, take, text};

const MAGIC: &[u8; 9] = b"lbstacks\x01";
const CHECKED_FROM: usize = MAGIC.len() + 4;

/// The layers of some images, each layer once, as they are encoded.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stacks<'a> {
    /// Layers, each on a certain chain of others.
    pub(super) layers: Vec<Layer<'a>>,
    /// The images, in the order in which they were added.
    pub(super) images: Vec<Stack<'a>>,
}

/// A layer on a certain chain of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layer<'a> {
    /// The chain ID.
    pub(super) chain: &'a str,
    pub(super) on_disk: u64,
}

/// What one image stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stack<'a> {
    /// The image's ID.
    pub(super) image: &'a str,
    places: &'a [[u8; 4]],
}

impl<'a> Stack<'a> {
    /// Returns the layers as places in [`Stacks::layers`], bottom first.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> + use<'a> {
        self.places.iter().map(|place| u32::from_le_bytes(*place) as usize)
    }
}

impl<'a> Stacks<'a> {
    /// Reads what a [`Writer`] wrote; `None` of anything else.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (checksum, mut rest) = rest.split_first_chunk::<4>()?;
        if crc32fast::hash(rest) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let mut stacks = Self::default();
        for _ in 0..u32::from_le_bytes(take(&mut rest)?) {
            let on_disk = number(&mut rest)?;
            stacks.layers.push(Layer { chain: text(&mut rest)?, on_disk });
        }
        while !rest.is_empty() {
            let image = text(&mut rest)?;
            let count = usize::from(u16::from_le_bytes(take(&mut rest)?));
            let (places, after) = rest.split_at_checked(count * 4)?;
            rest = after;
            let stack = Stack { image, places: places.as_chunks().0 };
            if stack.places().any(|place| place >= stacks.layers.len()) {
                return None;
            }
            stacks.images.push(stack);
        }
        Some(stacks)
    }

    /// Returns the layers of an image, bottom first.
    pub(super) fn layers_of(&self, stack: Stack<'a>) -> impl Iterator<Item = Layer<'a>> {
        stack.places().map(|place| self.layers[place])
    }
}

/// Writes stacks, one image after the other.
#[derive(Default)]
pub(super) struct Writer {
    places: HashMap<String, u32>,
    layers: Vec<u8>,
    images: Vec<u8>,
}

impl Writer {
    /// Adds an image with its layers, bottom first.
    pub(super) fn add<'l>(&mut self, image: &str, layers: impl IntoIterator<Item = Layer<'l>>) {
        let places: Vec<u32> = layers.into_iter().map(|layer| self.place(layer)).collect();
        put(&mut self.images, image.as_bytes());
        // An image has at most 127 layers in Docker.
        let count = u16::try_from(places.len()).unwrap_or(u16::MAX);
        self.images.extend(count.to_le_bytes());
        self.images.extend(places.iter().take(usize::from(count)).flat_map(|place| place.to_le_bytes()));
    }

    fn place(&mut self, layer: Layer<'_>) -> u32 {
        if let Some(place) = self.places.get(layer.chain) {
            return *place;
        }
        let next = u32::try_from(self.places.len()).expect("fewer layers than files on any disk");
        self.places.insert(layer.chain.to_owned(), next);
        self.layers.extend(layer.on_disk.to_le_bytes());
        put(&mut self.layers, layer.chain.as_bytes());
        next
    }

    /// Returns all of it.
    pub(super) fn finish(self) -> Vec<u8> {
        let layers = u32::try_from(self.places.len()).expect("fewer layers than files on any disk");
        let mut out = [MAGIC.as_slice(), &[0; 4], &layers.to_le_bytes(), &self.layers, &self.images].concat();
        let checksum = crc32fast::hash(&out[CHECKED_FROM..]);
        out[MAGIC.len()..CHECKED_FROM].copy_from_slice(&checksum.to_le_bytes());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBIAN: Layer<'_> = Layer { chain: "sha256:de", on_disk: 80 };
    const REDIS: Layer<'_> = Layer { chain: "sha256:ed", on_disk: 20 };
    const HTTPD: Layer<'_> = Layer { chain: "sha256:ad", on_disk: 30 };

    fn bytes() -> Vec<u8> {
        let mut writer = Writer::default();
        writer.add("sha256:1", [DEBIAN, REDIS]);
        writer.add("sha256:2", [DEBIAN, HTTPD]);
        writer.add("sha256:3", []);
        writer.finish()
    }

    #[test]
    fn stacks_are_read_back_as_they_were_written() {
        let bytes = bytes();
        let stacks = Stacks::read(&bytes).unwrap();
        assert_eq!(stacks.layers, [DEBIAN, REDIS, HTTPD]);
        let of = |stack: &Stack<'_>| (stack.image.to_owned(), stacks.layers_of(*stack).map(|l| l.on_disk).collect());
        let read: Vec<(String, Vec<u64>)> = stacks.images.iter().map(of).collect();
        let expected = [("sha256:1", vec![80, 20]), ("sha256:2", vec![80, 30]), ("sha256:3", vec![])];
        assert_eq!(read, expected.map(|(image, layers)| (image.to_owned(), layers)));
    }

    #[test]
    fn what_is_cut_or_changed_is_no_stack() {
        let bytes = bytes();
        for length in 0..bytes.len() {
            assert_eq!(Stacks::read(&bytes[..length]), None, "{length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(Stacks::read(&changed), None, "{at}");
        }
    }
}
