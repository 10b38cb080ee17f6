//! Reading goals.

use crate::yaml::{Content, Fields, Findings, Node};

use super::super::model::Goal;
use crate::container::ChangeKind;

const KNOWN: &[&str] = &[
    "pulled",
    "gone",
    "tagged",
    "same_image",
    "no_dangling",
    "shares_base_with",
    "file_in_container",
    "container_changed",
    "ran",
    "cel",
];

/// Reads a goal: `{pulled: redis}` and its like.
pub(super) fn goal(node: &Node, findings: &mut Findings<'_>) -> Option<Goal> {
    let fields = Fields::of(node, &[KNOWN, &["say"]].concat(), findings)?;
    let kinds: Vec<_> = fields.entries().iter().filter(|entry| entry.key != "say").collect();
    let [entry] = kinds.as_slice() else {
        let advice = format!("It is one of {}; `say` may stand beside it.", KNOWN.join(", "));
        findings.add_with(node.at, "a goal has one key", advice);
        return None;
    };
    let goal = bare(&entry.key, &entry.value, findings)?;
    match fields.text("say", findings) {
        Some(say) => Some(Goal::Said(Box::new(goal), say)),
        None => Some(goal),
    }
}

fn bare(key: &str, value: &Node, findings: &mut Findings<'_>) -> Option<Goal> {
    match key {
        "pulled" => Some(Goal::Pulled(value.texts(findings))),
        "gone" => Some(Goal::Gone(value.texts(findings))),
        "tagged" => tagged(value, findings),
        "same_image" => match value.texts(findings).as_slice() {
            [one, other] => Some(Goal::SameImage(one.clone(), other.clone())),
            _ => value.refuse("a list of two names", findings),
        },
        "no_dangling" => value.boolean(findings).map(|_| Goal::NoDangling),
        "shares_base_with" => value.text(findings).map(Goal::SharesBaseWith),
        "file_in_container" => file_in_container(value, findings),
        "container_changed" => container_changed(value, findings),
        "ran" => value.text(findings).map(Goal::Ran),
        "cel" => value.text(findings).map(Goal::Cel),
        _ => None,
    }
}

/// `tagged: NAME`, or `tagged: {name: NAME, image: IMAGE}`.
fn tagged(node: &Node, findings: &mut Findings<'_>) -> Option<Goal> {
    if let Content::Scalar(_) = node.content {
        return Some(Goal::Tagged { name: node.text(findings)?, image: None });
    }
    let fields = Fields::of(node, &["name", "image"], findings)?;
    Some(Goal::Tagged { name: fields.required_text("name", findings), image: fields.text("image", findings) })
}

/// `file_in_container: PATH`, or `{container: NAME, path: PATH, text: TEXT}`.
fn file_in_container(node: &Node, findings: &mut Findings<'_>) -> Option<Goal> {
    if let Content::Scalar(_) = node.content {
        let path = path(node, findings)?;
        return Some(Goal::FileInContainer { container: None, path, text: None });
    }
    let fields = Fields::of(node, &["container", "path", "text"], findings)?;
    let path = path(fields.required("path", findings)?, findings)?;
    Some(Goal::FileInContainer {
        container: fields.text("container", findings),
        path,
        text: fields.text("text", findings),
    })
}

/// `container_changed: NAME`, or `{container: NAME, path: PATH, how: added}`.
fn container_changed(node: &Node, findings: &mut Findings<'_>) -> Option<Goal> {
    const WAYS: &[(&str, ChangeKind)] =
        &[("added", ChangeKind::Added), ("changed", ChangeKind::Changed), ("deleted", ChangeKind::Deleted)];
    if let Content::Scalar(_) = node.content {
        let container = Some(node.text(findings)?);
        return Some(Goal::ContainerChanged { container, path: None, how: None });
    }
    let fields = Fields::of(node, &["container", "path", "how"], findings)?;
    let mut how = None;
    if let Some(node) = fields.get("how") {
        let word = node.text(findings)?;
        how = WAYS.iter().find(|(known, _)| *known == word).map(|(_, way)| *way);
        if how.is_none() {
            return node.refuse("added, changed or deleted", findings);
        }
    }
    let path = match fields.get("path") {
        Some(node) => Some(path(node, findings)?),
        None => None,
    };
    Some(Goal::ContainerChanged { container: fields.text("container", findings), path, how })
}

/// A path in a container begins at its root, whatever directory one is in.
fn path(node: &Node, findings: &mut Findings<'_>) -> Option<String> {
    let path = node.text(findings)?;
    if path.starts_with(['/', '$']) { Some(path) } else { node.refuse("a path that begins with `/`", findings) }
}
