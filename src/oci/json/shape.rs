//! What documents look like to Docker's engine: the types that it reads them into, by the names that its errors show.

use serde_json::Value;

use super::{JsonError, time};

/// The type that a value is read into.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A string, by its type's name.
    Text(&'static str),
    /// A whole number.
    Whole(&'static str),
    /// True or false.
    Flag,
    /// A time.
    Time,
    /// A string, or a list of them.
    Words,
    /// A list, by its type's name.
    List(&'static str, &'static Shape),
    /// Names and values.
    Map(&'static str, &'static Shape),
    /// Named fields; others are passed over.
    Struct(&'static str, &'static [(&'static str, Shape)]),
}

use Shape::{Flag, List, Map, Struct, Text, Time, Whole, Words};

const TEXT: Shape = Text("string");
const TEXTS: Shape = List("[]string", &TEXT);
const TEXT_MAP: Shape = Map("map[string]string", &TEXT);
const SET: Shape = Struct("struct {}", &[]);

const DESCRIPTOR: Shape = Struct(
    "distribution.Descriptor",
    &[
        ("mediaType", TEXT),
        ("size", Whole("int64")),
        ("digest", Text("digest.Digest")),
        ("urls", TEXTS),
        ("annotations", TEXT_MAP),
    ],
);
const LAYERS: Shape = List("[]distribution.Descriptor", &DESCRIPTOR);

/// Docker's image manifest.
pub(in crate::oci) const DOCKER_MANIFEST: Shape = Struct(
    "schema2.Manifest",
    &[("schemaVersion", Whole("int")), ("mediaType", TEXT), ("config", DESCRIPTOR), ("layers", LAYERS)],
);

/// The OCI image manifest.
pub(in crate::oci) const OCI_MANIFEST: Shape = Struct(
    "ocischema.Manifest",
    &[
        ("schemaVersion", Whole("int")),
        ("mediaType", TEXT),
        ("config", DESCRIPTOR),
        ("layers", LAYERS),
        ("annotations", TEXT_MAP),
    ],
);

const PLATFORM: Shape = Struct(
    "manifestlist.PlatformSpec",
    &[
        ("architecture", TEXT),
        ("os", TEXT),
        ("os.version", TEXT),
        ("os.features", TEXTS),
        ("variant", TEXT),
        ("features", TEXTS),
    ],
);
const ENTRY: Shape = Struct(
    "manifestlist.ManifestDescriptor",
    &[
        ("mediaType", TEXT),
        ("size", Whole("int64")),
        ("digest", Text("digest.Digest")),
        ("urls", TEXTS),
        ("annotations", TEXT_MAP),
        ("platform", PLATFORM),
    ],
);

/// Docker's manifest list, and the OCI image index, which Docker reads into the same type.
pub(in crate::oci) const INDEX: Shape = Struct(
    "manifestlist.ManifestList",
    &[
        ("schemaVersion", Whole("int")),
        ("mediaType", TEXT),
        ("manifests", List("[]manifestlist.ManifestDescriptor", &ENTRY)),
    ],
);

const HEALTH: Shape = Struct(
    "container.HealthConfig",
    &[
        ("Test", TEXTS),
        ("Interval", Whole("time.Duration")),
        ("Timeout", Whole("time.Duration")),
        ("StartPeriod", Whole("time.Duration")),
        ("Retries", Whole("int")),
    ],
);
const CONFIG: Shape = Struct(
    "container.Config",
    &[
        ("User", TEXT),
        ("ExposedPorts", Map("nat.PortSet", &SET)),
        ("Env", TEXTS),
        ("Cmd", Words),
        ("Healthcheck", HEALTH),
        ("ArgsEscaped", Flag),
        ("Volumes", Map("map[string]struct {}", &SET)),
        ("WorkingDir", TEXT),
        ("Entrypoint", Words),
        ("OnBuild", TEXTS),
        ("Labels", TEXT_MAP),
        ("StopSignal", TEXT),
        ("StopTimeout", Whole("int")),
        ("Shell", Words),
    ],
);
const HISTORY: Shape = Struct(
    "image.History",
    &[("created", Time), ("author", TEXT), ("created_by", TEXT), ("comment", TEXT), ("empty_layer", Flag)],
);
const ROOT_FS: Shape =
    Struct("image.RootFS", &[("type", TEXT), ("diff_ids", List("[]layer.DiffID", &Text("layer.DiffID")))]);

/// An image's config.
pub(in crate::oci) const IMAGE: Shape = Struct(
    "image.Image",
    &[
        ("comment", TEXT),
        ("created", Time),
        ("author", TEXT),
        ("config", CONFIG),
        ("architecture", TEXT),
        ("variant", TEXT),
        ("os", TEXT),
        ("rootfs", ROOT_FS),
        ("history", List("[]image.History", &HISTORY)),
        ("os.version", TEXT),
        ("os.features", TEXTS),
    ],
);

const ITEM: Shape = Struct(
    "tarexport.manifestItem",
    &[("Config", TEXT), ("RepoTags", TEXTS), ("Layers", TEXTS), ("Parent", Text("image.ID"))],
);

/// `manifest.json` of a Docker archive.
pub const ARCHIVE: Shape = List("[]tarexport.manifestItem", &ITEM);

/// Compares a value with a shape. As in Go, a wrong type is told when everything was read, and the first one counts; a time that is
/// none is told at once. `null` is nothing, wherever it stands.
pub(in crate::oci) fn check(value: &Value, shape: &Shape) -> Result<(), JsonError> {
    let mut reader = Reader { owner: None, path: Vec::new(), first: None };
    reader.read(value, shape)?;
    reader.first.map_or(Ok(()), Err)
}

struct Reader<'v> {
    /// The name of the struct that is being read, without its package.
    owner: Option<&'static str>,
    /// The fields on the way here.
    path: Vec<&'v str>,
    /// The first wrong type.
    first: Option<JsonError>,
}

impl<'v> Reader<'v> {
    fn read(&mut self, value: &'v Value, shape: &Shape) -> Result<(), JsonError> {
        match (shape, value) {
            (_, Value::Null) | (Text(_) | Words, Value::String(_)) | (Flag, Value::Bool(_)) => {}
            (Time, Value::String(text)) => time::check(text)?,
            (Time, _) => return Err(JsonError::Time("Time.UnmarshalJSON: input is not a JSON string".to_owned())),
            (Words, Value::Array(words)) if words.iter().all(|word| word.is_string() || word.is_null()) => {}
            (Whole(name), Value::Number(number)) => {
                if number.as_i64().is_none() {
                    self.wrong(format!("number {number}"), name);
                }
            }
            (List(_, item), Value::Array(values)) => {
                for value in values {
                    self.read(value, item)?;
                }
            }
            (Map(_, item), Value::Object(values)) => {
                for value in values.values() {
                    self.read(value, item)?;
                }
            }
            (Struct(name, fields), Value::Object(values)) => {
                let owner = self.owner.replace(name.rsplit('.').next().unwrap_or(name));
                for (key, value) in values {
                    let field = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
                    if let Some((name, shape)) = field {
                        self.path.push(name);
                        self.read(value, shape)?;
                        self.path.pop();
                    }
                }
                self.owner = owner;
            }
            (Text(name) | Whole(name) | List(name, _) | Map(name, _) | Struct(name, _), _) => {
                self.wrong(kind(value), name);
            }
            (Words, _) => self.wrong(kind(value), "string"),
            (Flag, _) => self.wrong(kind(value), "bool"),
        }
        Ok(())
    }

    fn wrong(&mut self, value: impl Into<String>, wanted: &'static str) {
        let place = match self.owner {
            None => "value".to_owned(),
            Some(owner) => format!("struct field {owner}.{}", self.path.join(".")),
        };
        let error = JsonError::Type { value: value.into(), place, wanted };
        self.first.get_or_insert(error);
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn refuse(shape: &Shape, value: &Value, expected: &str) {
        let error = check(value, shape).unwrap_err().to_string();
        assert_eq!(error.strip_prefix("json: cannot unmarshal ").unwrap_or(&error), expected, "{value}");
    }

    // As a real engine answered to such documents.
    #[test]
    fn a_wrong_type_is_told_with_its_place() {
        let manifest = &DOCKER_MANIFEST;
        refuse(manifest, &json!([]), "array into Go value of type schema2.Manifest");
        refuse(manifest, &json!("x"), "string into Go value of type schema2.Manifest");
        refuse(
            manifest,
            &json!({ "schemaVersion": "2" }),
            "string into Go struct field Manifest.schemaVersion of type int",
        );
        let layers = "into Go struct field Manifest.layers of type []distribution.Descriptor";
        refuse(manifest, &json!({ "layers": "x" }), &format!("string {layers}"));
        let size = "into Go struct field Descriptor.layers.size of type int64";
        refuse(manifest, &json!({ "layers": [{ "size": "12" }] }), &format!("string {size}"));
        refuse(manifest, &json!({ "layers": [{ "size": 1.5 }] }), &format!("number 1.5 {size}"));
        let digest = "number into Go struct field Descriptor.config.digest of type digest.Digest";
        refuse(manifest, &json!({ "config": { "digest": 5 } }), digest);
        let annotations = "number into Go struct field Manifest.annotations of type string";
        refuse(&OCI_MANIFEST, &json!({ "annotations": { "a": 5 } }), annotations);
        let platform = "number into Go struct field PlatformSpec.manifests.platform.architecture of type string";
        refuse(&INDEX, &json!({ "manifests": [{ "platform": { "architecture": 5 } }] }), platform);
    }

    #[test]
    fn a_config_has_docker_s_types() {
        let field = |value: Value, expected: &str| refuse(&IMAGE, &value, expected);
        field(json!({ "rootfs": "x" }), "string into Go struct field Image.rootfs of type image.RootFS");
        let ids = "number into Go struct field RootFS.rootfs.diff_ids of type layer.DiffID";
        field(json!({ "rootfs": { "diff_ids": [5] } }), ids);
        field(json!({ "config": { "Env": "x" } }), "string into Go struct field Config.config.Env of type []string");
        field(json!({ "config": { "Cmd": 5 } }), "number into Go struct field Config.config.Cmd of type string");
        let ports = "array into Go struct field Config.config.ExposedPorts of type nat.PortSet";
        field(json!({ "config": { "ExposedPorts": ["80"] } }), ports);
        let empty = "string into Go struct field History.history.empty_layer of type bool";
        field(json!({ "history": [{ "empty_layer": "x" }] }), empty);
        field(json!({ "created": 5 }), "Time.UnmarshalJSON: input is not a JSON string");
    }

    #[test]
    fn what_docker_reads_passes() {
        let odd = json!({
            "ARCHITECTURE": "amd64", "created": null, "nobody": ["knows"], "config": { "Cmd": "a b", "Labels": null },
            "history": [null, { "created": "2024-01-01T00:00:00Z" }],
        });
        assert_eq!(check(&odd, &IMAGE), Ok(()));
        assert_eq!(check(&Value::Null, &DOCKER_MANIFEST), Ok(()));
    }

    #[test]
    fn the_first_wrong_type_counts_and_a_wrong_time_before_all() {
        refuse(&IMAGE, &json!({ "os": 5, "author": 6 }), "number into Go struct field Image.os of type string");
        let time = "Time.UnmarshalJSON: input is not a JSON string";
        refuse(&IMAGE, &json!({ "os": 5, "created": 6 }), time);
    }
}
