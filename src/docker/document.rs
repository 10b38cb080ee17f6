//! The JSON that `docker inspect` prints of an image: the keys in docker/cli 29's order, empty ones left out.
//! Makes values, prints nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::engine::ImageDetails;
use crate::oci::ContainerConfig;

/// Go's zero time: an image that has no tag.
pub(super) const NEVER: &str = "0001-01-01T00:00:00Z";

/// Describes an image.
///
/// `GraphDriver` names the classic store's driver, since books and scripts look for it, and has no data: layers are
/// never unpacked here, so there are no folders to name.
pub(super) fn image(details: &ImageDetails) -> Value {
    let config = &details.config;
    let summary = &details.summary;
    let familiar = |names: &[crate::oci::Reference]| names.iter().map(crate::oci::Reference::familiar).collect();
    let tags: Vec<String> = familiar(&summary.tags);
    let digests: Vec<String> = familiar(&summary.digests);
    let mut image = Object::default();
    image.put("Id", json!(summary.id));
    image.put("RepoTags", json!(tags));
    image.put("RepoDigests", json!(digests));
    // An image without a comment of its own shows its last step's, as the daemon does.
    let last = config.history.last().map_or("", |step| step.comment.as_str());
    image.fill("Comment", some(if config.comment.is_empty() { last } else { &config.comment }));
    image.fill("Created", config.created.as_deref().map(go_time));
    image.fill("Author", some(&config.author));
    image.put("Config", container_config(&config.config));
    image.put("Architecture", json!(config.architecture));
    image.fill("Variant", some(&config.variant));
    image.put("Os", json!(config.os));
    image.fill("OsVersion", some(&config.os_version));
    image.put("Size", json!(summary.on_disk));
    image.put("GraphDriver", json!({ "Data": null, "Name": "overlay2" }));
    image.put("RootFS", json!({ "Type": "layers", "Layers": config.rootfs.diff_ids }));
    image.put("Metadata", json!({ "LastTagTime": tag_time(summary.tagged_at) }));
    Value::Object(image.0)
}

fn container_config(config: &ContainerConfig) -> Value {
    let mut object = Object::default();
    object.fill("User", some(&config.user));
    object.fill("ExposedPorts", some_map(config.exposed_ports.as_ref()));
    object.fill("Env", some_list(config.env.as_ref()));
    object.fill("Entrypoint", some_list(config.entrypoint.as_ref()));
    object.fill("Cmd", some_list(config.cmd.as_ref()));
    object.fill("Volumes", some_map(config.volumes.as_ref()));
    object.fill("WorkingDir", some(&config.working_dir));
    object.fill("Labels", some_map(config.labels.as_ref()));
    object.fill("StopSignal", some(&config.stop_signal));
    object.fill("StopTimeout", config.stop_timeout.map(|seconds| json!(seconds)));
    object.fill("ArgsEscaped", config.args_escaped.then_some(Value::Bool(true)));
    object.fill("Healthcheck", config.healthcheck.clone().filter(|check| !check.is_null()));
    object.fill("OnBuild", some_list(config.on_build.as_ref()));
    object.fill("Shell", some_list(config.shell.as_ref()));
    Value::Object(object.0)
}

/// An object that keeps the order of its keys.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    fn fill(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(key, value.into());
        }
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn some_list(list: Option<&Vec<String>>) -> Option<Value> {
    list.filter(|list| !list.is_empty()).map(|list| json!(list))
}

fn some_map<T: serde::Serialize>(map: Option<&BTreeMap<String, T>>) -> Option<Value> {
    map.filter(|map| !map.is_empty()).map(|map| json!(map))
}

/// Writes a config's time as Go does: without zeros at the end of the fraction.
fn go_time(text: &str) -> String {
    let Some((whole, rest)) = text.split_once('.') else { return text.to_owned() };
    let zone = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at(zone);
    match fraction.trim_end_matches('0') {
        "" => format!("{whole}{zone}"),
        fraction => format!("{whole}.{fraction}{zone}"),
    }
}

fn tag_time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| NEVER.to_owned(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_lose_the_zeros_of_their_fraction() {
        assert_eq!(go_time("2024-02-02T03:04:05.120000000Z"), "2024-02-02T03:04:05.12Z");
        assert_eq!(go_time("2024-02-02T03:04:05.000Z"), "2024-02-02T03:04:05Z");
        assert_eq!(go_time("2024-02-02T03:04:05+01:00"), "2024-02-02T03:04:05+01:00");
        assert_eq!(tag_time(None), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn empty_parts_of_the_config_are_left_out() {
        let config = ContainerConfig {
            env: Some(vec!["A=1".to_owned()]),
            cmd: Some(Vec::new()),
            working_dir: "/data".to_owned(),
            ..ContainerConfig::default()
        };
        assert_eq!(container_config(&config).to_string(), r#"{"Env":["A=1"],"WorkingDir":"/data"}"#);
    }
}
