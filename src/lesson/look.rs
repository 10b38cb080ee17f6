//! What an expression may look into beyond the facts: a whole image, a name's parts, the store, the step's commands.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value as Cel;
use cel::objects::{Key, Map};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::command_line::CommandLine;
use super::expression::list;
use super::fact::{NamePart, Trouble};
use super::reached::RanLine;
use super::reader::shell_words;
use super::scope::Scope;
use super::several::common_bottom;
use crate::container::ChangeKind;
use crate::engine::{Error, ImageFacts, ImageSummary, Weight};
use crate::oci::{DiffId, Platform, Reference};

/// Functions that look something up, with the numbers of names that they take.
pub(super) const LOOKS: &[(&str, &[usize])] = &[
    ("image", &[1, 2]),
    ("tag", &[1]),
    ("ref", &[1]),
    ("shared_base", &[2]),
    ("same_blobs", &[2]),
    ("container", &[1]),
    ("registry_tags", &[1]),
];
/// Functions about the commands of the step.
pub(super) const COMMANDS: &[&str] = &["ran", "arg"];
/// Names that always mean something.
pub(super) const NAMES: &[&str] = &["answer", "store", "before"];
/// Members of all that can be looked into.
pub(super) const MEMBERS: &[&str] = &[
    "id",
    "digest",
    "manifest",
    "layers",
    "diff_id",
    "compressed",
    "on_disk",
    "history",
    "created_by",
    "empty",
    "config",
    "env",
    "cmd",
    "entrypoint",
    "user",
    "workdir",
    "ports",
    "volumes",
    "labels",
    "stop_signal",
    "created",
    "platform",
    "index",
    "entries",
    "attestation",
    "images",
    "tags",
    "digests",
    "bytes",
    "dangling",
    "store",
    "blobs",
    "reclaimable",
    "name",
    "exists",
    "image",
    "image_id",
    "state",
    "running",
    "command",
    "changes",
    "kind",
    "path",
    "registry",
    "namespace",
    "repository",
    "tag",
    "full",
    "short",
];

/// Looks something up before the expression runs.
pub(super) fn look(function: &str, names: &[String], scope: &Scope<'_>) -> Result<Cel, Trouble> {
    let facts = |at: usize| scope.image(names.get(at).map_or("", String::as_str));
    Ok(match function {
        "image" => match names.get(1) {
            None => to_cel(&image(&facts(0)?)),
            Some(platform) => to_cel(&image(&for_platform(&names[0], platform, scope)?)),
        },
        "container" => to_cel(&container(&names[0], scope)?),
        "registry_tags" => {
            let repository = scope.reference(&names[0])?.repository().clone();
            let tags = scope.world.registry_tags(&repository);
            list(tags.map_err(|error| Trouble(error.to_string()))?)?
        }
        "tag" => to_cel(&held(&names[0], scope)?),
        "ref" => to_cel(&reference(&scope.reference(&names[0])?)),
        "shared_base" => {
            let (one, other) = (facts(0)?, facts(1)?);
            number(common_bottom(&one.config.rootfs.diff_ids, &other.config.rootfs.diff_ids))
        }
        _ => {
            let (one, other) = (facts(0)?, facts(1)?);
            let theirs: Vec<&DiffId> = other.config.rootfs.diff_ids.iter().collect();
            number(one.config.rootfs.diff_ids.iter().filter(|id| theirs.contains(id)).count())
        }
    })
}

/// `store`, and `before.store` as it was when the step began.
pub(super) fn stores(scope: &Scope<'_>) -> Result<[(&'static str, Cel); 2], Trouble> {
    let now = scope.world.images().map_err(|error| Trouble(format!("the workspace cannot be read: {error}")))?;
    let weight =
        |weight: Result<Weight, Error>| weight.map_err(|error| Trouble(format!("blobs cannot be read: {error}")));
    let was = store(&scope.world.images_before(), &weight(scope.world.weight_before())?);
    let is = store(&now, &weight(scope.world.weight())?);
    Ok([("store", to_cel(&is)), ("before", to_cel(&json!({ "store": was })))])
}

fn number(count: usize) -> Cel {
    Cel::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Whether a command with all that these words ask for ran and ended well.
pub(super) fn has_run(words: &str, ran: &[RanLine]) -> bool {
    let Some(wanted) = CommandLine::read(words) else { return false };
    let is_it = |line: &RanLine| CommandLine::read(&line.line).is_some_and(|line| line.has_all_of(&wanted));
    ran.iter().any(|line| line.status == 0 && is_it(line))
}

/// A word of the last command behind `docker`, from 0; empty where there is none.
pub(super) fn argument(at: i64, ran: &[RanLine]) -> String {
    let words = ran.last().and_then(|line| shell_words(&line.line)).unwrap_or_default();
    usize::try_from(at).ok().and_then(|at| words.get(at.checked_add(1)?).cloned()).unwrap_or_default()
}

fn for_platform(name: &str, platform: &str, scope: &Scope<'_>) -> Result<ImageFacts, Trouble> {
    let reference = scope.reference(name)?;
    let wanted: Platform = platform.parse().map_err(|error| Trouble(format!("`{platform}`: {error}")))?;
    let found = scope.world.facts_for(&reference, &wanted);
    found.map_err(|error| Trouble(format!("nothing is known about `{}` for {wanted}: {error}", reference.familiar())))
}

/// A container by its name. One that is not there has no state and no changes, so that a goal can wait for it.
fn container(name: &str, scope: &Scope<'_>) -> Result<Json, Trouble> {
    let all = scope.world.containers().map_err(|error| super::contain::unreadable(&error))?;
    let Some(found) = all.into_iter().find(|found| found.record.name == name || found.record.short_id() == name) else {
        return Ok(json!({
            "name": name, "exists": false, "id": "", "image": "", "image_id": "", "state": "", "running": false,
            "command": [], "changes": [], "bytes": 0,
        }));
    };
    let record = &found.record;
    let changes = found.changes.iter().map(|change| {
        let kind = match change.kind {
            ChangeKind::Added => "added",
            ChangeKind::Changed => "changed",
            ChangeKind::Deleted => "deleted",
        };
        json!({"kind": kind, "path": change.path})
    });
    Ok(json!({
        "name": record.name,
        "exists": true,
        "id": record.id,
        "image": record.image_name,
        "image_id": record.image.0.to_string(),
        "state": record.state.word(),
        "running": record.is_running(),
        "command": record.command(),
        "changes": changes.collect::<Vec<_>>(),
        "bytes": found.own_bytes,
    }))
}

fn image(facts: &ImageFacts) -> Json {
    let config = &facts.config.config;
    let mut made = facts.config.history.iter().filter(|step| !step.empty_layer);
    let layers = facts.layers.iter().zip(&facts.config.rootfs.diff_ids).enumerate().map(|(at, (layer, diff_id))| {
        let mut row = json!({
            "digest": layer.digest.to_string(), "diff_id": diff_id.to_string(), "compressed": layer.size,
            "created_by": made.next().map(|step| step.created_by.clone()).unwrap_or_default(),
        });
        put(&mut row, "on_disk", facts.on_disk.as_ref().and_then(|sizes| sizes.get(at)).map(|bytes| json!(bytes)));
        row
    });
    let history = facts.config.history.iter().rev();
    let history = history.map(|step| json!({"created_by": step.created_by, "empty": step.empty_layer}));
    let keys = |map: Option<Vec<String>>| map.unwrap_or_default();
    let entries = facts.platforms.iter().map(|entry| {
        let platform = entry.platform.as_ref().map(ToString::to_string).unwrap_or_default();
        json!({"platform": platform, "digest": entry.digest.to_string(), "attestation": entry.attestation})
    });
    let mut whole = json!({
        "id": facts.config.image_id().0.to_string(),
        "digest": facts.digest.to_string(),
        "manifest": facts.manifest.to_string(),
        "layers": layers.collect::<Vec<_>>(),
        "history": history.collect::<Vec<_>>(),
        "compressed": facts.layers.iter().map(|layer| layer.size).sum::<u64>(),
        "config": {
            "env": config.env.clone().unwrap_or_default(),
            "cmd": config.cmd.clone().unwrap_or_default(),
            "entrypoint": config.entrypoint.clone().unwrap_or_default(),
            "user": config.user, "workdir": config.working_dir, "stop_signal": config.stop_signal,
            "ports": keys(config.exposed_ports.as_ref().map(|map| map.keys().cloned().collect())),
            "volumes": keys(config.volumes.as_ref().map(|map| map.keys().cloned().collect())),
            "labels": config.labels.clone().unwrap_or_default(),
        },
        "platform": facts.config.platform().to_string(),
        "index": {"entries": entries.collect::<Vec<_>>()},
    });
    // What is not known is not there, and asking for it is no wrong answer but cannot be checked.
    put(&mut whole, "on_disk", facts.on_disk.as_ref().map(|sizes| json!(sizes.iter().sum::<u64>())));
    whole
}

fn put(object: &mut Json, key: &str, value: Option<Json>) {
    if let (Json::Object(fields), Some(value)) = (object, value) {
        fields.insert(key.to_owned(), value);
    }
}

fn reference(name: &Reference) -> Json {
    let parts = NamePart::ALL.iter().map(|(word, part)| ((*word).to_owned(), Json::String(part.of(name))));
    let mut fields: JsonMap<String, Json> = parts.collect();
    fields.insert("full".to_owned(), name.normalized().into());
    fields.insert("short".to_owned(), name.familiar().into());
    Json::Object(fields)
}

/// The image that a name of the workspace stands for.
fn held(name: &str, scope: &Scope<'_>) -> Result<Json, Trouble> {
    let name = scope.reference(name)?;
    let images = scope.world.images().map_err(|error| Trouble(format!("the workspace cannot be read: {error}")))?;
    let image = images.iter().find(|image| image.tags.contains(&name));
    let image = image.ok_or_else(|| Trouble(format!("`{}` is not here", name.familiar())))?;
    let mut whole = summary(image);
    put(&mut whole, "platform", scope.world.platform_of(image).map(|platform| json!(platform.to_string())));
    Ok(whole)
}

fn store(images: &[ImageSummary], weight: &Weight) -> Json {
    let tags = images.iter().flat_map(|image| &image.tags).map(Reference::familiar).collect::<Vec<_>>();
    let dangling = images.iter().filter(|image| image.tags.is_empty()).map(|image| image.id.0.to_string());
    json!({
        "images": images.iter().map(summary).collect::<Vec<_>>(),
        "tags": tags,
        "dangling": dangling.collect::<Vec<_>>(),
        "bytes": images.iter().map(|image| image.on_disk).sum::<u64>(),
        "blobs": weight.blobs.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "reclaimable": weight.reclaimable,
    })
}

fn summary(image: &ImageSummary) -> Json {
    json!({
        "id": image.id.0.to_string(),
        "tags": image.tags.iter().map(Reference::familiar).collect::<Vec<_>>(),
        "digests": image.digests.iter().map(Reference::familiar).collect::<Vec<_>>(),
        "on_disk": image.on_disk,
    })
}

/// Every whole number is signed there: comparing a signed with an unsigned one gives false.
fn to_cel(json: &Json) -> Cel {
    match json {
        Json::Null => Cel::Null,
        Json::Bool(truth) => Cel::Bool(*truth),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Cel::Float(number.as_f64().unwrap_or_default()), Cel::Int)
        }
        Json::String(text) => Cel::from(text.as_str()),
        Json::Array(items) => Cel::List(Arc::new(items.iter().map(to_cel).collect())),
        Json::Object(fields) => {
            let map: HashMap<Key, Cel> =
                fields.iter().map(|(key, value)| (key.as_str().into(), to_cel(value))).collect();
            Cel::Map(Map { map: Arc::new(map) })
        }
    }
}
