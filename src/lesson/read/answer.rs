//! Reading what is right.

use crate::yaml::{Content, Entry, Fields, Findings, Node, nearest};

use super::super::fact::{Fact, FactKind, NamePart};
use super::super::model::{Answer, ValueType};
use super::super::value::Choice;

const OTHERS: &[&str] =
    &["choice", "choices", "yes_no", "text", "number", "order", "match", "command", "reflect", "cel"];
const TYPES: &[(&str, ValueType)] = &[
    ("count", ValueType::Count),
    ("size", ValueType::Size),
    ("number", ValueType::Number),
    ("text", ValueType::Text),
    ("yes_no", ValueType::YesNo),
    ("set", ValueType::Set),
    ("argv", ValueType::Argv),
    ("digest", ValueType::Digest),
    ("ref", ValueType::Ref),
    ("platform", ValueType::Platform),
];

/// Reads an answer: `{layers_of: redis}` and its like.
pub(super) fn answer(node: &Node, findings: &mut Findings<'_>) -> Option<Answer> {
    let Content::Map(entries) = &node.content else {
        return node.refuse("a kind of answer, `{layers_of: redis}` for example,", findings);
    };
    let known: Vec<&str> = FactKind::ALL.iter().map(|(key, _)| *key).chain(OTHERS.iter().copied()).collect();
    let Some(entry) = entries.iter().find(|entry| known.contains(&entry.key.as_str())) else {
        let first = entries.first().map_or("", |entry| entry.key.as_str());
        findings.add_unknown(node.at, format!("unknown kind of answer `{first}`"), first, &known);
        return None;
    };
    for extra in entries.iter().filter(|other| other.key != entry.key && !(other.key == "type" && has_type(&entry.key)))
    {
        let near = nearest(&extra.key, &known).unwrap_or("type");
        findings.add_unknown(extra.at, format!("unknown key `{}` in an answer", extra.key), &extra.key, &[near]);
    }
    if let Some((_, kind)) = FactKind::ALL.iter().find(|(key, _)| *key == entry.key) {
        return fact(*kind, &entry.value, findings).map(Answer::Fact);
    }
    other(entry, node, findings)
}

/// Kinds of answers beside which a `type` may stand.
fn has_type(kind: &str) -> bool {
    matches!(kind, "cel" | "command")
}

fn other(entry: &Entry, node: &Node, findings: &mut Findings<'_>) -> Option<Answer> {
    let value = &entry.value;
    Some(match entry.key.as_str() {
        "choice" => Answer::Choice(choices(value, findings)),
        "choices" => Answer::Choices(choices(value, findings)),
        "yes_no" => Answer::YesNo(yes_no(value, findings)?),
        "text" => Answer::Text(value.words(findings)),
        "number" => Answer::Number(value.word(findings)?),
        "order" => Answer::Order(value.words(findings)),
        "match" => Answer::Match(groups(value, findings)?),
        "command" => Answer::Command { line: value.text(findings)?, as_type: value_type(node, findings) },
        "reflect" => Answer::Reflect(value.text(findings)?),
        _ => Answer::Cel { source: value.text(findings)?, as_type: required_type(node, findings)? },
    })
}

/// `{layers_of: redis}`, or `{part_of: [NAME, tag]}`, `{env_of: [redis, REDIS_VERSION]}`, `{shared_base_of: [a, b]}`.
fn fact(kind: FactKind, node: &Node, findings: &mut Findings<'_>) -> Option<Fact> {
    let arguments = node.texts(findings);
    let Some(fact) = Fact::of(kind, &arguments) else {
        findings.add(node.at, kind.takes());
        return None;
    };
    let part = &fact.part;
    if kind == FactKind::Part {
        let words: Vec<&str> = NamePart::ALL.iter().map(|(word, _)| *word).collect();
        let word = part.as_deref().unwrap_or_default();
        if NamePart::find(word).is_none() && !word.starts_with('$') {
            findings.add_unknown(node.at, format!("`{word}` is no part of a name"), word, &words);
        }
    }
    Some(fact)
}

/// `true`, `false`, or the words that YAML 1.2 reads as texts.
fn yes_no(node: &Node, findings: &mut Findings<'_>) -> Option<bool> {
    match node.word(findings)?.to_lowercase().as_str() {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => node.refuse("`yes` or `no`", findings),
    }
}

fn choices(node: &Node, findings: &mut Findings<'_>) -> Vec<Choice> {
    let options: Vec<Choice> = node.list(findings).iter().filter_map(|node| choice(node, findings)).collect();
    if !options.iter().any(|option| option.right) {
        findings.add(node.at, "no option is `right`");
    }
    options
}

fn choice(node: &Node, findings: &mut Findings<'_>) -> Option<Choice> {
    let fields = Fields::of(node, &["right", "wrong", "say"], findings)?;
    let say = fields.text("say", findings);
    match (fields.get("right"), fields.get("wrong")) {
        (Some(text), None) => Some(Choice { text: text.word(findings)?, right: true, say }),
        (None, Some(text)) => Some(Choice { text: text.word(findings)?, right: false, say }),
        (None, None) | (Some(_), Some(_)) => {
            findings.add(node.at, "an option is either `right` or `wrong`");
            None
        }
    }
}

fn groups(node: &Node, findings: &mut Findings<'_>) -> Option<Vec<(String, String)>> {
    let Content::Map(entries) = &node.content else { return node.refuse("a mapping of items to groups", findings) };
    entries.iter().map(|entry| Some((entry.key.clone(), entry.value.word(findings)?))).collect()
}

fn required_type(node: &Node, findings: &mut Findings<'_>) -> Option<ValueType> {
    let Content::Map(entries) = &node.content else { return None };
    if !entries.iter().any(|entry| entry.key == "type") {
        findings.add(node.at, "`cel` needs a `type`");
    }
    value_type(node, findings)
}

fn value_type(node: &Node, findings: &mut Findings<'_>) -> Option<ValueType> {
    let Content::Map(entries) = &node.content else { return None };
    let entry = entries.iter().find(|entry| entry.key == "type")?;
    let word = entry.value.text(findings)?;
    let found = TYPES.iter().find(|(known, _)| *known == word).map(|(_, value_type)| *value_type);
    if found.is_none() {
        let known: Vec<&str> = TYPES.iter().map(|(known, _)| *known).collect();
        findings.add_unknown(entry.value.at, format!("unknown type `{word}`"), &word, &known);
    }
    found
}
