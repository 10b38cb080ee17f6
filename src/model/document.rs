//! Configs, manifests, indexes and attestations of an image, written from its recipe and its lock.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use serde::Serialize;
use serde_json::json;

use super::image::{Image, Variant};
use super::instruction::{Line, Settings};
use super::lock::Row;
use super::recipe::Attestation;
use crate::oci::json::JsonError;
use crate::oci::{Descriptor, DiffId, Digest, Document, DocumentError, MediaType, Platform, annotation};

/// On an attestation's index entry: the digest of the image that it is about.
const REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";
/// On an attestation's layer.
const PREDICATE_TYPE: &str = "in-toto.io/predicate-type";

/// All that a registry holds of an image besides its layers.
#[derive(Debug)]
pub(super) struct Documents {
    pub(super) index: Document,
    /// Platform manifests and attestation manifests.
    pub(super) manifests: HashMap<Digest, Document>,
    /// Configs and in-toto statements.
    pub(super) blobs: HashMap<Digest, Bytes>,
}

/// A config as BuildKit writes it: keys sorted.
#[derive(Serialize)]
struct Config<'a> {
    architecture: &'a str,
    #[serde(rename = "config")]
    settings: &'a Settings,
    created: &'a str,
    history: &'a [Line],
    os: &'a str,
    rootfs: RootFs<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    variant: &'a str,
}

#[derive(Serialize)]
struct RootFs<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    diff_ids: Vec<&'a DiffId>,
}

/// A manifest or an index; the fields in the order in which BuildKit writes them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outer<'a> {
    schema_version: u8,
    media_type: MediaType,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<Descriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: Option<Vec<Descriptor>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifests: Option<&'a [Descriptor]>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<&'static str, String>,
}

/// Writes an image's documents. `name` is what the statements call it; `rows` are the layers of each variant.
pub(super) fn write(name: &str, image: &Image, rows: &[Vec<Row>]) -> Result<Documents, DocumentError> {
    let mut writer = Writer { manifests: HashMap::new(), blobs: HashMap::new() };
    let mut entries = Vec::new();
    for (variant, rows) in image.variants.iter().zip(rows) {
        let manifest = writer.manifest(variant, rows)?;
        entries.push(Descriptor { platform: Some(variant.platform.clone()), ..manifest.clone() });
        if !variant.attestations.is_empty() {
            entries.push(writer.attestation(name, variant, &manifest)?);
        }
    }
    let index = Outer {
        schema_version: 2,
        media_type: MediaType::OCI_INDEX,
        config: None,
        layers: None,
        manifests: Some(&entries),
        annotations: BTreeMap::new(),
    };
    let index = Document::read(Some(&MediaType::OCI_INDEX), json_bytes(&index)?)?;
    Ok(Documents { index, manifests: writer.manifests, blobs: writer.blobs })
}

struct Writer {
    manifests: HashMap<Digest, Document>,
    blobs: HashMap<Digest, Bytes>,
}

impl Writer {
    fn manifest(&mut self, variant: &Variant, rows: &[Row]) -> Result<Descriptor, DocumentError> {
        let platform = &variant.platform;
        let config = Config {
            architecture: &platform.architecture,
            settings: &variant.settings,
            created: &variant.created,
            history: &variant.history,
            os: &platform.os,
            rootfs: RootFs { kind: "layers", diff_ids: rows.iter().map(|row| &row.diff_id).collect() },
            variant: &platform.variant,
        };
        let config = self.blob(MediaType::OCI_CONFIG, json_bytes(&config)?);
        let layers = rows.iter().map(layer).collect();
        let mut annotations = mark();
        if !variant.prints.is_empty() {
            let prints = serde_json::to_string(&variant.prints).map_err(JsonError::from)?;
            annotations.insert(annotation::PRINTS, prints);
        }
        self.document(config, layers, annotations)
    }

    /// Writes the attestation manifest of a platform as BuildKit does, and its entry in the index.
    fn attestation(
        &mut self,
        name: &str,
        variant: &Variant,
        subject: &Descriptor,
    ) -> Result<Descriptor, DocumentError> {
        let statements = variant.attestations.iter().map(|kind| self.statement(*kind, name, variant, subject));
        let layers = statements.collect::<Result<Vec<Descriptor>, DocumentError>>()?;
        let diff_ids: Vec<&Digest> = layers.iter().map(|layer| &layer.digest).collect();
        let config = json!({
            "architecture": "unknown",
            "config": {},
            "os": "unknown",
            "rootfs": { "type": "layers", "diff_ids": diff_ids },
        });
        let config = self.blob(MediaType::OCI_CONFIG, json_bytes(&config)?);
        let mut entry = self.document(config, layers, mark())?;
        entry.platform = Some(Platform::from_parts("unknown", "unknown", "", ""));
        entry.annotations.insert(REFERENCE_DIGEST.to_owned(), subject.digest.to_string());
        entry.annotations.insert(annotation::REFERENCE_TYPE.to_owned(), "attestation-manifest".to_owned());
        Ok(entry)
    }

    /// Writes an in-toto statement that says no more than what it is about.
    fn statement(
        &mut self,
        kind: Attestation,
        name: &str,
        variant: &Variant,
        subject: &Descriptor,
    ) -> Result<Descriptor, DocumentError> {
        let platform = variant.text.replace('/', "%2F");
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": kind.predicate_type(),
            "subject": [{
                "name": format!("pkg:docker/{name}?platform={platform}"),
                "digest": { "sha256": subject.digest.encoded() },
            }],
            "predicate": {},
        });
        let mut layer = self.blob(Attestation::media_type(), json_bytes(&statement)?);
        layer.annotations.insert(PREDICATE_TYPE.to_owned(), kind.predicate_type().to_owned());
        Ok(layer)
    }

    fn document(
        &mut self,
        config: Descriptor,
        layers: Vec<Descriptor>,
        annotations: BTreeMap<&'static str, String>,
    ) -> Result<Descriptor, DocumentError> {
        let manifest = Outer {
            schema_version: 2,
            media_type: MediaType::OCI_MANIFEST,
            config: Some(config),
            layers: Some(layers),
            manifests: None,
            annotations,
        };
        let document = Document::read(Some(&MediaType::OCI_MANIFEST), json_bytes(&manifest)?)?;
        let descriptor = document.descriptor();
        self.manifests.insert(descriptor.digest.clone(), document);
        Ok(descriptor)
    }

    fn blob(&mut self, media_type: MediaType, bytes: Bytes) -> Descriptor {
        let descriptor = Descriptor::of(media_type, &bytes);
        self.blobs.insert(descriptor.digest.clone(), bytes);
        descriptor
    }
}

/// Marks what was made from a recipe.
fn mark() -> BTreeMap<&'static str, String> {
    BTreeMap::from([(annotation::MODEL, "1".to_owned())])
}

fn layer(row: &Row) -> Descriptor {
    let mut layer = Descriptor::new(MediaType::OCI_LAYER_GZIP, row.digest.clone(), row.compressed);
    layer.annotations.insert(annotation::ON_DISK.to_owned(), row.on_disk.to_string());
    layer
}

fn json_bytes(value: &impl Serialize) -> Result<Bytes, DocumentError> {
    Ok(serde_json::to_vec(value).map(Bytes::from).map_err(JsonError::from)?)
}
