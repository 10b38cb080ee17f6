//! The lock beside the recipes: digests and sizes of all layers of all platforms, so that manifests need no layer.
//!
//! It also lists names and tags, so that a catalogue opens without reading its recipes. A row is
//! `fingerprint digest diff-id compressed on-disk uncompressed`, both digests sha256; the fingerprint is of
//! what the recipe says about the layer.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde::Deserialize;

use super::error::Error;
use super::gzip::OutOfReach;
use super::image::{Image, Layer, Variant};
use crate::oci::{DiffId, Digest};
use crate::yaml;

/// The version of the lock that is read and written.
pub(super) const SCHEMA: u64 = 1;

/// The lock, read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    schema: u64,
    /// By name of the recipe file.
    images: BTreeMap<String, Locked>,
}

/// What is locked of one recipe.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Locked {
    pub(super) name: String,
    pub(super) tags: Vec<String>,
    pub(super) publish: String,
    /// By platform: one row a layer of the recipe's own, bottom first.
    pub(super) layers: BTreeMap<String, String>,
}

/// One layer as the lock knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) fingerprint: String,
    /// Digest of the compressed blob.
    pub(super) digest: Digest,
    pub(super) diff_id: DiffId,
    pub(super) compressed: u64,
    /// Bytes on disk as Docker's classic store counts them.
    pub(super) on_disk: u64,
    pub(super) uncompressed: u64,
}

impl Lock {
    /// Joins what is locked of each recipe, by the recipe's file name.
    pub(super) fn of(images: BTreeMap<String, Locked>) -> Self {
        Self { schema: SCHEMA, images }
    }

    /// Reads a lock. Rows are read when they are needed.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let unreadable = |cause| Error::Unreadable { file: super::LOCK_FILE.to_owned(), cause };
        let lock: Self = yaml::load(text).map_err(unreadable)?;
        if lock.schema == SCHEMA { Ok(lock) } else { Err(Error::Schema(lock.schema)) }
    }

    pub(super) fn images(&self) -> &BTreeMap<String, Locked> {
        &self.images
    }

    /// Reads all rows that can be read.
    pub(super) fn by_fingerprint(&self) -> HashMap<String, Row> {
        let texts = self.images.values().flat_map(|image| image.layers.values());
        let rows = texts.flat_map(|text| text.lines()).filter_map(Row::parse);
        rows.map(|row| (row.fingerprint.clone(), row)).collect()
    }

    /// Writes the lock as YAML.
    pub fn to_yaml(&self) -> String {
        let mut text = "# Made by `layerbook pack build`; not to be edited.\n\
            # A row: fingerprint of the recipe, digest, diff ID, bytes compressed, on disk, uncompressed.\n"
            .to_owned();
        let quoted = |words: &[String]| words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "schema: {}\nimages:", self.schema);
        for (file, image) in &self.images {
            let tags = quoted(&image.tags);
            let _ = writeln!(text, "  {file:?}:\n    name: {:?}\n    tags: [{tags}]", image.name);
            let _ = writeln!(text, "    publish: {:?}\n    layers:", image.publish);
            for (platform, rows) in &image.layers {
                let _ = writeln!(text, "      {platform:?}: |");
                for row in rows.lines() {
                    let _ = writeln!(text, "        {row}");
                }
            }
        }
        text
    }
}

impl Locked {
    /// Reads the rows of all platforms that can be read.
    pub(super) fn every_row(&self) -> impl Iterator<Item = Row> {
        self.layers.values().flat_map(|text| text.lines()).filter_map(Row::parse)
    }

    /// Refuses another set of platforms than the recipe's.
    pub(super) fn check_platforms(&self, file: &str, image: &Image) -> Result<(), Error> {
        let known = |variant: &Variant| self.layers.contains_key(&variant.text);
        let same = image.variants.iter().all(known) && image.variants.len() == self.layers.len();
        if same { Ok(()) } else { Err(Error::unlocked(file, "the platforms")) }
    }

    /// Reads the rows of a platform's own layers and compares them with the recipe.
    pub(super) fn rows(&self, file: &str, variant: &Variant) -> Result<Vec<Row>, Error> {
        let text = self.layers.get(&variant.text).ok_or_else(|| Error::unlocked(file, "the platforms"))?;
        let rows: Option<Vec<Row>> = text.lines().map(Row::parse).collect();
        let rows = rows.ok_or_else(|| Error::BadLock { file: file.to_owned(), platform: variant.text.clone() })?;
        let own = variant.own();
        for (at, (layer, row)) in own.iter().zip(&rows).enumerate() {
            if layer.plan.fingerprint() != row.fingerprint {
                return Err(Error::Stale {
                    file: file.to_owned(),
                    platform: variant.text.clone(),
                    layer: at + 1,
                    created_by: layer.created_by.clone(),
                });
            }
        }
        if own.len() == rows.len() {
            Ok(rows)
        } else {
            Err(Error::unlocked(file, &format!("the layers of {}", variant.text)))
        }
    }
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let [fingerprint, digest, diff_id, compressed, on_disk, uncompressed] =
            line.split(' ').collect::<Vec<_>>().try_into().ok()?;
        Some(Self {
            fingerprint: fingerprint.to_owned(),
            digest: format!("sha256:{digest}").parse().ok()?,
            diff_id: DiffId(format!("sha256:{diff_id}").parse().ok()?),
            compressed: compressed.parse().ok()?,
            on_disk: on_disk.parse().ok()?,
            uncompressed: uncompressed.parse().ok()?,
        })
    }

    /// Generates a layer and describes it.
    pub(super) fn of(layer: &Layer) -> Result<Self, OutOfReach> {
        let bytes = layer.plan.bytes()?;
        Ok(Self {
            fingerprint: layer.plan.fingerprint(),
            digest: bytes.blob.digest(),
            diff_id: DiffId(bytes.tar.digest()),
            compressed: bytes.blob.len(),
            on_disk: layer.plan.on_disk(),
            uncompressed: bytes.tar.len(),
        })
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { fingerprint, digest, diff_id, compressed, on_disk, uncompressed } = self;
        let (digest, diff_id) = (digest.encoded(), diff_id.0.encoded());
        write!(f, "{fingerprint} {digest} {diff_id} {compressed} {on_disk} {uncompressed}")
    }
}
