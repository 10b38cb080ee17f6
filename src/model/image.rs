//! From recipe to image: the layers of each platform, and the documents that name them.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::Error;
use super::layer::Layer;
use super::lock::{Lock, Locked};
use super::recipe::{Recipe, Step};
use crate::oci::{Descriptor, Digest, MediaType, Platform, annotation};

/// On a layer's descriptor: its bytes on disk, so that they are known before a pull.
const ON_DISK: &str = "layerbook.on-disk";
const BUILDER: &str = "buildkit.dockerfile.v0";
/// Layers up to this size are the same on every platform; the rest is scaled.
const SMALL: u64 = 20_000;

/// A recipe for one platform, with its base's steps below its own.
pub(super) struct Build<'a> {
    recipe: &'a Recipe,
    platform: Platform,
    steps: Vec<(&'a Step, Option<Layer>)>,
}

impl<'a> Build<'a> {
    /// Makes every platform of every recipe.
    pub(super) fn all(recipes: &'a [Recipe]) -> Result<Vec<Self>, Error> {
        let known: HashMap<&str, &Recipe> = recipes.iter().map(|recipe| (recipe.id.as_str(), recipe)).collect();
        let mut builds = Vec::new();
        for recipe in recipes {
            for platform in &recipe.platforms {
                let name = platform.platform.as_str();
                let steps = steps(recipe, &known, name, Some(platform.bytes), 0)?;
                let platform = name.parse().map_err(|e| failed(recipe, format!("{e}")))?;
                builds.push(Self { recipe, platform, steps });
            }
        }
        Ok(builds)
    }

    pub(super) fn recipe(&self) -> &'a Recipe {
        self.recipe
    }

    /// Goes through the layers, bottom first, each with its step's number.
    pub(super) fn layers(&self) -> impl Iterator<Item = (&Layer, usize)> {
        self.steps.iter().enumerate().filter_map(|(number, (_, layer))| Some((layer.as_ref()?, number)))
    }

    /// Writes config and manifest. `keep` takes each blob or document with its digest.
    pub(super) fn documents(&self, lock: &Lock, keep: &mut dyn FnMut(Descriptor, Held)) -> Result<Descriptor, Error> {
        let mut locked: Vec<(&Layer, &Locked)> = Vec::new();
        for (layer, step) in self.layers() {
            let stale = || Error::Stale { recipe: self.recipe.id.clone(), step, platform: self.platform.to_string() };
            locked.push((layer, lock.get(layer).ok_or_else(stale)?));
        }
        let config = to_bytes(&self.config(&locked));
        let config_descriptor = Descriptor::of(MediaType::OCI_CONFIG, &config);
        keep(config_descriptor.clone(), Held::Bytes(config));
        let mut layers = Vec::new();
        for (layer, locked) in locked {
            let mut descriptor = Descriptor::new(MediaType::OCI_LAYER_GZIP, locked.digest.clone(), layer.compressed());
            descriptor.annotations.insert(ON_DISK.to_owned(), layer.on_disk().to_string());
            keep(descriptor.clone(), Held::Layer(layer.clone()));
            layers.push(descriptor);
        }
        let manifest = to_bytes(&json!({
            "schemaVersion": 2,
            "mediaType": MediaType::OCI_MANIFEST,
            "config": config_descriptor,
            "layers": layers,
            "annotations": {annotation::MODEL: self.recipe.record},
        }));
        let mut descriptor = Descriptor::of(MediaType::OCI_MANIFEST, &manifest);
        keep(descriptor.clone(), Held::Bytes(manifest));
        descriptor.platform = Some(self.platform.clone());
        Ok(descriptor)
    }

    fn config(&self, layers: &[(&Layer, &Locked)]) -> Value {
        let mut config = Map::new();
        config.insert("architecture".to_owned(), json!(self.platform.architecture));
        if !self.platform.variant.is_empty() {
            config.insert("variant".to_owned(), json!(self.platform.variant));
        }
        config.insert("config".to_owned(), self.container());
        config.insert("created".to_owned(), json!(self.recipe.created));
        let history: Vec<Value> = self.steps.iter().map(|(step, layer)| history(step, layer.is_none())).collect();
        config.insert("history".to_owned(), json!(history));
        config.insert("os".to_owned(), json!(self.platform.os));
        let diff_ids: Vec<&Digest> = layers.iter().map(|(_, locked)| &locked.diff_id.0).collect();
        config.insert("rootfs".to_owned(), json!({"type": "layers", "diff_ids": diff_ids}));
        Value::Object(config)
    }

    fn container(&self) -> Value {
        let recipe = &self.recipe.config;
        let set = |names: &[String]| names.iter().map(|name| (name.clone(), json!({}))).collect::<Map<_, _>>();
        let mut container = Map::new();
        let mut put = |name: &str, value: Value| {
            let blank = matches!(&value, Value::Null)
                || value.as_str() == Some("")
                || value.as_object().is_some_and(Map::is_empty);
            if !blank {
                container.insert(name.to_owned(), value);
            }
        };
        put("User", json!(recipe.user));
        put("ExposedPorts", Value::Object(set(&recipe.ports)));
        put("Env", json!(recipe.env));
        put("Entrypoint", json!(recipe.entrypoint));
        put("Cmd", json!(recipe.cmd));
        put("Volumes", Value::Object(set(&recipe.volumes)));
        put("WorkingDir", json!(recipe.workdir));
        put("Labels", json!(recipe.labels));
        put("StopSignal", json!(recipe.stop_signal));
        Value::Object(container)
    }
}

/// What a digest of the catalogue stands for.
#[derive(Clone)]
pub(super) enum Held {
    /// A document or a small blob.
    Bytes(Bytes),
    /// A layer, written when it is asked for.
    Layer(Layer),
}

/// Writes the index over the platforms of a recipe, with an attestation for each where the record has them.
pub(super) fn index(recipe: &Recipe, manifests: &[Descriptor], keep: &mut dyn FnMut(Descriptor, Held)) -> Descriptor {
    let mut entries = manifests.to_vec();
    if recipe.attestations {
        entries.extend(manifests.iter().map(|manifest| attestation(recipe, manifest, keep)));
    }
    let index = to_bytes(&json!({"schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": entries}));
    let descriptor = Descriptor::of(MediaType::OCI_INDEX, &index);
    keep(descriptor.clone(), Held::Bytes(index));
    descriptor
}

/// Writes a statement about a manifest: what BuildKit calls an attestation, with nothing in it but whom it is about.
fn attestation(recipe: &Recipe, subject: &Descriptor, keep: &mut dyn FnMut(Descriptor, Held)) -> Descriptor {
    let name = format!("pkg:docker/{}@{}", recipe.repository, recipe.id);
    let statement = to_bytes(&json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://slsa.dev/provenance/v0.2",
        "subject": [{"name": name, "digest": {"sha256": subject.digest.encoded()}}],
        "predicate": {},
    }));
    let layer = Descriptor::of(MediaType::IN_TOTO, &statement);
    let config = to_bytes(&json!({
        "architecture": "unknown", "os": "unknown", "config": {},
        "rootfs": {"type": "layers", "diff_ids": [layer.digest]},
    }));
    let config_descriptor = Descriptor::of(MediaType::OCI_CONFIG, &config);
    let manifest = to_bytes(&json!({
        "schemaVersion": 2, "mediaType": MediaType::OCI_MANIFEST, "config": config_descriptor, "layers": [layer],
    }));
    let mut descriptor = Descriptor::of(MediaType::OCI_MANIFEST, &manifest);
    keep(layer, Held::Bytes(statement));
    keep(config_descriptor, Held::Bytes(config));
    keep(descriptor.clone(), Held::Bytes(manifest));
    descriptor.platform = Some(Platform::from_parts("unknown", "unknown", "", ""));
    descriptor.annotations = BTreeMap::from([
        (annotation::REFERENCE_TYPE.to_owned(), "attestation-manifest".to_owned()),
        ("vnd.docker.reference.digest".to_owned(), subject.digest.to_string()),
    ]);
    descriptor
}

/// Collects a recipe's steps for a platform, the base's first.
fn steps<'a>(
    recipe: &'a Recipe,
    known: &HashMap<&str, &'a Recipe>,
    platform: &str,
    total: Option<u64>,
    depth: usize,
) -> Result<Vec<(&'a Step, Option<Layer>)>, Error> {
    const MAX_DEPTH: usize = 8;
    let mut all = Vec::new();
    if let Some(base) = &recipe.base {
        let base = known.get(base.as_str()).filter(|_| depth < MAX_DEPTH);
        let base = base.ok_or_else(|| {
            failed(
                recipe,
                format!("its base `{}` is not among the recipes", recipe.base.as_deref().unwrap_or_default()),
            )
        })?;
        let own = base.platforms.iter().find(|p| p.platform == platform).map(|p| p.bytes);
        all = steps(base, known, platform, own, depth + 1)?;
    }
    let below: u64 = all.iter().filter_map(|(_, layer)| layer.as_ref()).map(Layer::compressed).sum();
    let scale = Scale::new(recipe, below, total)?;
    for step in &recipe.steps {
        let layer = step.layer.as_ref().map(|layer| {
            let (compressed, on_disk) = scale.of(layer.compressed, layer.on_disk);
            Layer::new(layer, seconds(&step.at), compressed, on_disk)
        });
        all.push((step, layer));
    }
    Ok(all)
}

/// How a platform's layers differ from the first platform's: the large ones share what its total leaves, in proportion.
struct Scale {
    /// Large compressed bytes of the first platform and of this one.
    from: u64,
    to: u64,
    /// The largest layer takes what rounding leaves.
    largest: u64,
    rest: u64,
}

impl Scale {
    fn new(recipe: &Recipe, below: u64, total: Option<u64>) -> Result<Self, Error> {
        let sizes: Vec<u64> = recipe.steps.iter().filter_map(|step| Some(step.layer.as_ref()?.compressed)).collect();
        let large = || sizes.iter().copied().filter(|size| *size > SMALL);
        let from: u64 = large().sum();
        let small: u64 = sizes.iter().copied().filter(|size| *size <= SMALL).sum();
        // A base that the record does not have for this platform keeps the first platform's sizes.
        let to = match total {
            None => from,
            Some(total) => total
                .checked_sub(below + small)
                .ok_or_else(|| failed(recipe, format!("a platform's {total} bytes are fewer than its base's")))?,
        };
        if from == 0 && to != 0 {
            return Err(failed(recipe, format!("{to} bytes of a platform belong to no layer")));
        }
        let scaled: u64 = large().map(|size| scale(size, from, to)).sum();
        Ok(Self { from, to, largest: large().max().unwrap_or(0), rest: to - scaled })
    }

    fn of(&self, compressed: u64, on_disk: u64) -> (u64, u64) {
        if compressed <= SMALL {
            return (compressed, on_disk);
        }
        let rest = if compressed == self.largest { self.rest } else { 0 };
        (scale(compressed, self.from, self.to) + rest, scale(on_disk, self.from, self.to))
    }
}

fn scale(size: u64, from: u64, to: u64) -> u64 {
    u64::try_from(u128::from(size) * u128::from(to) / u128::from(from.max(1))).unwrap_or(size)
}

fn history(step: &Step, empty: bool) -> Value {
    let mut entry =
        json!({"created": step.at, "created_by": step.by, "comment": step.comment.as_deref().unwrap_or(BUILDER)});
    if empty {
        entry["empty_layer"] = json!(true);
    }
    entry
}

fn seconds(at: &str) -> i64 {
    at.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second)
}

fn to_bytes(value: &Value) -> Bytes {
    value.to_string().into()
}

fn failed(recipe: &Recipe, message: String) -> Error {
    Error::Recipe { file: recipe.id.clone(), message }
}
