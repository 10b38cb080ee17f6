//! Reading goals.

use crate::yaml::{Content, Fields, Findings, Node};

use super::super::model::Goal;

const KNOWN: &[&str] = &["pulled", "gone", "tagged", "same_image", "no_dangling", "shares_base_with", "ran", "cel"];

/// Reads a goal: `{pulled: redis}` and its like.
pub(super) fn goal(node: &Node, findings: &mut Findings<'_>) -> Option<Goal> {
    let fields = Fields::of(node, KNOWN, findings)?;
    let [entry] = fields.entries() else {
        findings.add_with(node.at, "a goal has one key", format!("It is one of {}.", KNOWN.join(", ")));
        return None;
    };
    let value = &entry.value;
    match entry.key.as_str() {
        "pulled" => Some(Goal::Pulled(value.texts(findings))),
        "gone" => Some(Goal::Gone(value.texts(findings))),
        "tagged" => tagged(value, findings),
        "same_image" => match value.texts(findings).as_slice() {
            [one, other] => Some(Goal::SameImage(one.clone(), other.clone())),
            _ => value.refuse("a list of two names", findings),
        },
        "no_dangling" => value.boolean(findings).map(|_| Goal::NoDangling),
        "shares_base_with" => value.text(findings).map(Goal::SharesBaseWith),
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
