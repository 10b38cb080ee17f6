//! The lock beside the recipes: digests and sizes of all layers of all platforms, so that manifests need no layer.
//!
//! It also lists names and tags, so that a catalogue opens without reading its recipes. A row is
//! `fingerprint digest diff-id compressed on-disk uncompressed`, both digests sha256; the fingerprint is of
//! what the recipe says about the layer.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde::Deserialize;

use super::error::Error;
use super::gzip::OutOfReach;
use super::image::{Image, Layer, Variant};
use super::recipes::{Recipes, unlocked};
use crate::oci::{DiffId, Digest};
use crate::yaml;

/// The version of the lock that is read and written.
pub const SCHEMA: u64 = 1;

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
    layers: BTreeMap<String, String>,
}

/// One layer as the lock knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    fingerprint: String,
    /// Digest of the compressed blob.
    pub(super) digest: Digest,
    pub(super) diff_id: DiffId,
    pub(super) compressed: u64,
    /// Bytes on disk as Docker's classic store counts them.
    pub(super) on_disk: u64,
    pub(super) uncompressed: u64,
}

/// Which layers [`check`] regenerates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Those whose uncompressed size is below this many bytes.
    Below(u64),
    /// All.
    All,
}

impl Lock {
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
    fn by_fingerprint(&self) -> HashMap<String, Row> {
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
        if same { Ok(()) } else { Err(unlocked(file, "the platforms")) }
    }

    /// Reads the rows of a platform's own layers and compares them with the recipe.
    pub(super) fn rows(&self, file: &str, variant: &Variant) -> Result<Vec<Row>, Error> {
        let text = self.layers.get(&variant.text).ok_or_else(|| unlocked(file, "the platforms"))?;
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
        if own.len() == rows.len() { Ok(rows) } else { Err(unlocked(file, &format!("the layers of {}", variant.text))) }
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
    fn of(layer: &Layer) -> Result<Self, OutOfReach> {
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

/// Makes the lock of these recipes: generates each layer once, on all processors. Layers that `before` knows by their
/// fingerprint are taken from there; without it all are made, which may take a minute.
pub fn build(recipes: &Recipes, before: Option<&Lock>) -> Result<Lock, Error> {
    let images = recipes.images()?;
    let mut rows = before.map(Lock::by_fingerprint).unwrap_or_default();
    rows.extend(generate(&tasks(recipes, &images, |fingerprint| !rows.contains_key(fingerprint)))?);
    let mut lock = Lock { schema: SCHEMA, images: BTreeMap::new() };
    for (at, image) in images.iter().enumerate() {
        let layers = image.variants.iter().map(|variant| {
            let row = |layer: &Arc<Layer>| format!("{}\n", rows[&layer.plan.fingerprint()]);
            (variant.text.clone(), variant.own().iter().map(row).collect())
        });
        let (layers, recipe) = (layers.collect(), recipes.recipe(at)?);
        let (name, tags, publish) = (recipe.name.clone(), recipe.tags.clone(), recipe.publish.clone());
        lock.images.insert(recipes.file(at).to_owned(), Locked { name, tags, publish, layers });
    }
    Ok(lock)
}

/// Generates layers anew and compares them with the lock.
pub fn check(recipes: &Recipes, lock: &Lock, extent: Extent) -> Result<(), Error> {
    let images = recipes.images()?;
    let locked = locked_rows(recipes, &images, lock)?;
    let wanted = |row: &Row| match extent {
        Extent::Below(limit) => row.uncompressed < limit,
        Extent::All => true,
    };
    let tasks = tasks(recipes, &images, |fingerprint| locked.get(fingerprint).is_some_and(wanted));
    let rows = generate(&tasks)?;
    for task in &tasks {
        let fingerprint = task.layer.plan.fingerprint();
        let (actual, locked) = (&rows[&fingerprint], &locked[&fingerprint]);
        if actual != locked {
            return Err(Error::Differs {
                file: task.file.to_owned(),
                platform: task.variant.text.clone(),
                layer: task.number,
                actual: actual.to_string(),
                locked: locked.to_string(),
            });
        }
    }
    Ok(())
}

/// The rows of all layers by their fingerprints, after comparing the lock with the recipes.
fn locked_rows(recipes: &Recipes, images: &[&Image], lock: &Lock) -> Result<HashMap<String, Row>, Error> {
    let mut rows = HashMap::new();
    for (at, image) in images.iter().enumerate() {
        let file = recipes.file(at);
        let locked = lock.images.get(file).ok_or_else(|| Error::NotInLock(file.to_owned()))?;
        locked.check_platforms(file, image)?;
        for variant in &image.variants {
            rows.extend(locked.rows(file, variant)?.into_iter().map(|row| (row.fingerprint.clone(), row)));
        }
    }
    Ok(rows)
}

/// A layer to generate, and where it stands.
struct Task<'a> {
    file: &'a str,
    variant: &'a Variant,
    number: usize,
    layer: &'a Layer,
}

impl Task<'_> {
    fn error(&self, cause: OutOfReach) -> Error {
        Error::Layer {
            file: self.file.to_owned(),
            platform: self.variant.text.clone(),
            layer: self.number,
            created_by: self.layer.created_by.clone(),
            cause,
        }
    }
}

/// Lists each different layer once, the largest first so that all processors end at about the same time.
fn tasks<'a>(recipes: &'a Recipes, images: &[&'a Image], wanted: impl Fn(&str) -> bool) -> Vec<Task<'a>> {
    let mut tasks = BTreeMap::new();
    for (file, image) in images.iter().enumerate().map(|(at, image)| (recipes.file(at), *image)) {
        for variant in &image.variants {
            for (at, layer) in variant.own().iter().enumerate() {
                let fingerprint = layer.plan.fingerprint();
                if wanted(&fingerprint) {
                    tasks.entry(fingerprint).or_insert(Task { file, variant, number: at + 1, layer });
                }
            }
        }
    }
    let mut tasks: Vec<Task<'a>> = tasks.into_values().collect();
    tasks.sort_by_key(|task| std::cmp::Reverse(task.layer.plan.on_disk()));
    tasks
}

fn generate(tasks: &[Task<'_>]) -> Result<HashMap<String, Row>, Error> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(HashMap::with_capacity(tasks.len()));
    let failed = Mutex::new(None);
    let work = || {
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            match Row::of(task.layer) {
                Ok(row) => drop(held(&done).insert(row.fingerprint.clone(), row)),
                Err(cause) => {
                    held(&failed).get_or_insert(task.error(cause));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from).min(8) {
            scope.spawn(work);
        }
    });
    match into_inner(failed) {
        Some(error) => Err(error),
        None => Ok(into_inner(done)),
    }
}

/// What the workers leave is whole after each step, also where one of them panicked.
fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
