//! Reading goals.

use crate::yaml::{Content, Fields, Findings, Node};

use super::super::model::Goal;

const KNOWN: &[&str] = &["pulled", "gone", "tagged", "same_image", "no_dangling", "shares_base_with", "ran", "cel"];

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
