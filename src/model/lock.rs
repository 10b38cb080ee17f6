//! The lock: digests of all layers of all platforms, computed once and committed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::image::Build;
use super::layer::Layer;
use super::tar::Segment;
use super::{Error, Recipe};
use crate::oci::{Algorithm, DiffId, Digest, Hasher};
use crate::yaml;

/// Digests of layers by what they are made of, so that a base's layers stand there once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    layers: BTreeMap<String, Locked>,
}

/// What was computed of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Locked {
    /// Digest of the compressed bytes.
    pub(super) digest: Digest,
    /// Digest of the tar.
    pub(super) diff_id: DiffId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    /// Fingerprint -> `digest diff-id`.
    layers: BTreeMap<String, String>,
}

impl Lock {
    /// Reads `lock.yaml`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let failed = |message: String| Error::Recipe { file: "lock.yaml".to_owned(), message };
        let file: File = yaml::load(text).map_err(|error| Error::Yaml { file: "lock.yaml".to_owned(), error })?;
        if file.schema != 1 {
            return Err(failed(format!("schema {} is not known here; this layerbook reads schema 1", file.schema)));
        }
        let mut layers = BTreeMap::new();
        for (fingerprint, line) in file.layers {
            let locked = line.split_once(' ').and_then(|(digest, diff_id)| {
                Some(Locked { digest: digest.parse().ok()?, diff_id: DiffId(diff_id.parse().ok()?) })
            });
            let locked = locked.ok_or_else(|| failed(format!("the line of {fingerprint} is not two digests")))?;
            layers.insert(fingerprint, locked);
        }
        Ok(Self { layers })
    }

    pub(super) fn get(&self, layer: &Layer) -> Option<&Locked> {
        self.layers.get(&layer.fingerprint())
    }

    /// Writes `lock.yaml`.
    pub fn to_yaml(&self) -> String {
        let mut text = "# Written by `layerbook pack build`: what a layer is made of, its digest, its diff ID.\n\
                        schema: 1\nlayers:\n"
            .to_owned();
        for (fingerprint, locked) in &self.layers {
            let _ = writeln!(text, "  \"{fingerprint}\": {} {}", locked.digest, locked.diff_id);
        }
        text
    }
}

/// Writes every layer of every platform and computes its digests, on two threads. Takes seconds.
///
/// # Errors
/// A recipe that is not sound, or a compressed size that its files cannot reach.
pub fn build_lock(recipes: &[Recipe]) -> Result<Lock, Error> {
    let mut wanted: BTreeMap<String, (String, Layer)> = BTreeMap::new();
    for build in Build::all(recipes)? {
        for (layer, _) in build.layers() {
            wanted.insert(layer.fingerprint(), (build.recipe().id.clone(), layer.clone()));
        }
    }
    let work = std::sync::Mutex::new(wanted.into_iter());
    let next = || work.lock().ok()?.next();
    let run = || -> Result<Vec<(String, Locked)>, Error> {
        let mut done = Vec::new();
        while let Some((fingerprint, (recipe, layer))) = next() {
            let failed = |message| Error::Recipe { file: recipe, message };
            done.push((fingerprint, compute(&layer).map_err(failed)?));
        }
        Ok(done)
    };
    let (one, two) = std::thread::scope(|scope| {
        let other = scope.spawn(run);
        (run(), other.join().unwrap_or_else(|_| Ok(Vec::new())))
    });
    Ok(Lock { layers: one?.into_iter().chain(two?).collect() })
}

/// Computes both digests of a layer.
pub(super) fn compute(layer: &Layer) -> Result<Locked, String> {
    let mut packed = Hasher::new(Algorithm::Sha256);
    let mut count = 0;
    let size = layer.compressed();
    let pieces = layer.write().map_err(|least| format!("a layer cannot be {size} bytes; the least is {least}"))?;
    for piece in pieces {
        count += piece.len() as u64;
        packed.update(&piece);
    }
    if count != size {
        return Err(format!("a layer of {size} bytes came out with {count}"));
    }
    let mut plain = Hasher::new(Algorithm::Sha256);
    let zeros = vec![0; 64 * 1024];
    for segment in layer.tar() {
        match segment {
            Segment::Bytes(bytes) => plain.update(&bytes),
            Segment::Zeros(mut left) => {
                while left > 0 {
                    let step = usize::try_from(left).unwrap_or(zeros.len()).min(zeros.len());
                    plain.update(&zeros[..step]);
                    left -= step as u64;
                }
            }
        }
    }
    Ok(Locked { digest: packed.finish(), diff_id: DiffId(plain.finish()) })
}
