//! A layer of a recipe for one platform: what is in it, and its bytes.

use bytes::Bytes;

use super::gzip::{Plan, Writer};
use super::recipe::LayerRecipe;
use super::tar::{self, Content, Entry, Segment};
use crate::oci::Digest;

/// The empty layer, byte for byte as builders have made it since 2017: a tar of zeros in 32 bytes.
const EMPTY: [u8; 32] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0x62, 0x18, 0x05, 0xa3, 0x60, 0x14, 0x8c, 0x58, 0x00,
    0x08, 0x00, 0x00, 0xff, 0xff, 0x2e, 0xaf, 0xb5, 0xef, 0x00, 0x04, 0x00, 0x00,
];
/// Where fillings are.
const BLANK_FOLDER: &str = "usr/share/layerbook-model";

/// A layer that can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layer {
    /// The empty layer.
    Empty,
    /// Files, blank ones filling up to the size on disk.
    Files { entries: Vec<Entry>, mtime: i64, compressed: u64, on_disk: u64 },
}

impl Layer {
    /// Makes the layer of a step. `compressed` and `on_disk` are the platform's, `own` the part of `on_disk` that is scaled.
    pub(super) fn new(recipe: &LayerRecipe, mtime: i64, compressed: u64, on_disk: u64) -> Self {
        if compressed == EMPTY.len() as u64 && recipe.files.is_empty() {
            return Self::Empty;
        }
        let mut entries: Vec<Entry> = recipe.files.iter().map(|(path, file)| entry(path, file)).collect();
        let named: u64 = recipe.files.values().map(super::recipe::FileRecipe::on_disk).sum();
        // One file, so that there is one run of zeros long enough to meet the compressed size.
        let open = on_disk.saturating_sub(named);
        if open > 0 {
            let path = format!("{BLANK_FOLDER}/blank-{compressed}");
            entries.push(Entry { path, content: Content::Blank(open), mode: 0o644, owner: 0 });
        }
        Self::Files { entries, mtime, compressed, on_disk: on_disk.max(named) }
    }

    /// Returns the bytes on disk as the classic store counts them.
    pub(super) fn on_disk(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Files { on_disk, .. } => *on_disk,
        }
    }

    /// Returns the compressed bytes.
    pub(super) fn compressed(&self) -> u64 {
        match self {
            Self::Empty => EMPTY.len() as u64,
            Self::Files { compressed, .. } => *compressed,
        }
    }

    /// Names what the layer is made of in one digest: the lock is stale where it differs.
    pub(super) fn fingerprint(&self) -> String {
        Digest::of(format!("{self:?}").as_bytes()).encoded()[..16].to_owned()
    }

    /// Lists the pieces of the uncompressed tar.
    pub(super) fn tar(&self) -> Vec<Segment> {
        match self {
            Self::Empty => vec![Segment::Zeros(1024)],
            Self::Files { entries, mtime, .. } => tar::write(entries, *mtime),
        }
    }

    /// Writes the compressed bytes; the error is the smallest size that would do.
    pub(super) fn write(&self) -> Result<Box<dyn Iterator<Item = Bytes> + Send>, u64> {
        match self {
            Self::Empty => Ok(Box::new(std::iter::once(Bytes::from_static(&EMPTY)))),
            Self::Files { compressed, .. } => {
                let segments = self.tar();
                let plan = Plan::find(&segments, *compressed)?;
                Ok(Box::new(Writer::new(segments, plan)))
            }
        }
    }
}

fn entry(path: &str, file: &super::recipe::FileRecipe) -> Entry {
    let is_folder = path.ends_with('/');
    let content = match (&file.text, &file.link) {
        _ if is_folder => Content::Directory,
        (Some(text), _) => Content::Text(text.clone()),
        (None, Some(link)) => Content::Link(link.clone()),
        (None, None) => Content::Blank(file.size.unwrap_or(0)),
    };
    let usual = match (&content, file.mode.is_some()) {
        (Content::Directory, false) => 0o755,
        (Content::Link(_), false) => 0o777,
        _ => file.mode_bits().unwrap_or(0o644),
    };
    Entry { path: path.to_owned(), content, mode: usual, owner: file.owner }
}
