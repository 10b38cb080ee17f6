//! From a file to a lesson or problem. Reads on after a mistake, so that all of them are told at once.

mod answer;
mod check;
mod goal;
mod step;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::model::Moment;
use crate::pack::{File, Manifest};
use crate::yaml::{Content, Fields, Finding, Findings, Node, parse};

use super::model::{Activity, Hint, Kind, Step, StepKind, Test};

const SCHEMA: u64 = 1;
const LESSON: &[&str] = &[
    "schema", "id", "title", "minutes", "track", "concepts", "needs", "start", "vary", "where", "first", "freeze",
    "steps",
];
const PROBLEM: &[&str] = &[
    "schema", "id", "title", "minutes", "level", "track", "concepts", "needs", "start", "vary", "where", "first",
    "freeze", "ask", "goal", "parts", "hints", "solve", "wrong", "explain", "tests",
];

/// A file as far as it could be read.
#[derive(Debug)]
pub(super) struct Look {
    /// The file's values with their places; `None` where it is no YAML.
    pub(super) root: Option<Node>,
    /// What could be understood.
    pub(super) activity: Option<Activity>,
    /// What is wrong.
    pub(super) findings: Vec<Finding>,
}

/// Reads one file.
pub(super) fn activity(kind: Kind, file: &File, manifest: &Manifest) -> Result<Activity, Vec<Finding>> {
    match look(kind, file, manifest) {
        Look { activity: Some(activity), findings, .. } if findings.is_empty() => Ok(activity),
        Look { findings, .. } => Err(findings),
    }
}

/// Reads one file as far as it can be read.
pub(super) fn look(kind: Kind, file: &File, manifest: &Manifest) -> Look {
    let root = match parse(&file.path, &file.text) {
        Ok(root) => root,
        Err(findings) => return Look { root: None, activity: None, findings },
    };
    let mut findings = Findings::new(&file.path, &file.text);
    let read = read(kind, &root, manifest, &mut findings);
    if let Some(activity) = &read {
        if activity.id != file.name {
            findings.add(root.at, format!("the file is called `{}` and its id is `{}`", file.name, activity.id));
        }
        check::names(activity, &root, manifest, &mut findings);
    }
    Look { root: Some(root), activity: read, findings: findings.into_list() }
}

fn read(kind: Kind, root: &Node, manifest: &Manifest, findings: &mut Findings<'_>) -> Option<Activity> {
    let known = match kind {
        Kind::Lesson => LESSON,
        Kind::Problem => PROBLEM,
    };
    let fields = Fields::of(root, known, findings)?;
    schema(&fields, findings)?;
    let small = |number: Option<u64>| u32::try_from(number.unwrap_or_default()).unwrap_or(u32::MAX);
    Some(Activity {
        id: fields.required_text("id", findings),
        kind,
        title: fields.required_text("title", findings),
        minutes: small(fields.integer("minutes", findings)),
        level: small(fields.integer("level", findings)),
        track: fields.text("track", findings).unwrap_or_default(),
        concepts: fields.texts("concepts", findings),
        needs: fields.texts("needs", findings),
        start: fields.get("start").map(|node| start(node, findings)).unwrap_or_default(),
        start_commands: fields.get("start").map(|node| start_commands(node, findings)).unwrap_or_default(),
        registry: fields.get("start").and_then(|node| first_moment(node, manifest, findings)),
        conditions: fields.texts("where", findings),
        vary: fields.get("vary").map(|node| vary(node, findings)).unwrap_or_default(),
        first: fields.get("first").map(|node| words_by_name(node, findings)).unwrap_or_default(),
        freeze: fields.get("freeze").map(|node| texts_by_name(node, findings)).unwrap_or_default(),
        ask: if kind == Kind::Problem { fields.required_text("ask", findings) } else { String::new() },
        steps: match kind {
            Kind::Lesson => steps(&fields, "steps", manifest, findings),
            Kind::Problem => parts(&fields, manifest, findings),
        },
        tests: fields.get("tests").map(|node| tests(node, findings)).unwrap_or_default(),
        varies: OnceLock::new(),
    })
}

/// Refuses a newer schema before anything else is said about the file.
pub(crate) fn schema(fields: &Fields<'_>, findings: &mut Findings<'_>) -> Option<()> {
    let node = fields.required("schema", findings)?;
    let version = node.integer(findings)?;
    if version == SCHEMA {
        return Some(());
    }
    let message = format!("this file has schema {version}, and this layerbook reads schema {SCHEMA}");
    let advice = if version > SCHEMA { "A newer layerbook reads it." } else { "Write `schema: 1`." };
    findings.add_with(node.at, message, advice);
    None
}

fn steps(fields: &Fields<'_>, key: &str, manifest: &Manifest, findings: &mut Findings<'_>) -> Vec<Step> {
    let nodes = fields.required(key, findings).map(|node| node.list(findings)).unwrap_or_default();
    let steps = nodes.iter().filter_map(|node| Some((node, step::step(node, manifest, findings)?))).collect::<Vec<_>>();
    for (at, (node, step)) in steps.iter().enumerate() {
        if steps[..at].iter().any(|(_, before)| before.id == step.id) {
            findings.add(node.at, format!("another step is called `{}`", step.id));
        }
    }
    steps.into_iter().map(|(_, step)| step).collect()
}

/// A problem's goal becomes the first step, and takes the problem's way there. Hints and rules of the problem, and its way where it has no
/// goal, are those of each part without its own.
fn parts(fields: &Fields<'_>, manifest: &Manifest, findings: &mut Findings<'_>) -> Vec<Step> {
    let shared = step::common(fields, Activity::GOAL.to_owned(), StepKind::Recap(Vec::new()), findings);
    let mut steps = steps(fields, "parts", manifest, findings);
    let has_goal = fields.get("goal").is_some();
    for part in &mut steps {
        if part.solve.is_empty() && !has_goal {
            part.solve.clone_from(&shared.solve);
        }
        if part.hints.is_empty() {
            part.hints.clone_from(&shared.hints);
        }
        part.wrong.extend(shared.wrong.iter().cloned());
    }
    let task = fields.text("ask", findings).unwrap_or_default();
    match fields.get("goal") {
        Some(node) => {
            let goal = goal::goal(node, findings);
            steps.splice(0..0, goal.map(|goal| Step { kind: StepKind::Do { task, goal }, ..shared }));
        }
        // Without a goal there is nothing to do before the first part: what it is about is said.
        None => steps.insert(0, Step { kind: StepKind::Say(task), solve: Vec::new(), ..shared }),
    }
    steps
}

/// `start: {store: [redis], run: ["docker run --name web redis true"]}`: docker commands, each a line.
fn start_commands(node: &Node, findings: &mut Findings<'_>) -> Vec<String> {
    let Content::Map(entries) = &node.content else { return Vec::new() };
    let Some(run) = entries.iter().find(|entry| entry.key == "run") else { return Vec::new() };
    let mut lines = Vec::new();
    for line in run.value.list(findings) {
        let Some(text) = line.text(findings) else { continue };
        if !text.starts_with("docker ") {
            findings.add(line.at, format!("`{text}` is no docker command"));
        }
        lines.push(text);
    }
    lines
}

/// `start: {store: [redis], registry: september}`; `store: empty` is the same as no list.
fn start(node: &Node, findings: &mut Findings<'_>) -> Vec<String> {
    let Some(fields) = Fields::of(node, &["store", "registry", "run"], findings) else { return Vec::new() };
    match fields.get("store") {
        Some(store) if matches!(&store.content, Content::Scalar(scalar) if scalar.text == "empty") => Vec::new(),
        Some(store) => store.list(findings).iter().filter_map(|name| name.text(findings)).collect(),
        None => Vec::new(),
    }
}

/// `start: {registry: july}`: a day, or a name that `pack.yaml` gives to one.
fn first_moment(node: &Node, manifest: &Manifest, findings: &mut Findings<'_>) -> Option<String> {
    let Content::Map(entries) = &node.content else { return None };
    moment(&entries.iter().find(|entry| entry.key == "registry")?.value, manifest, findings)
}

/// Reads a day, or a name that `pack.yaml` gives to one.
fn moment(node: &Node, manifest: &Manifest, findings: &mut Findings<'_>) -> Option<String> {
    let word = node.text(findings)?;
    if let Some((_, day)) = manifest.moments.iter().find(|(name, _)| *name == word) {
        return Some(day.clone());
    }
    if Moment::parse(&word).is_ok() {
        return Some(word);
    }
    let known: Vec<&str> = manifest.moments.iter().map(|(name, _)| name.as_str()).collect();
    findings.add_unknown(
        node.at,
        format!("`{word}` is no day, and `pack.yaml` has no moment of that name"),
        &word,
        &known,
    );
    None
}

fn vary(node: &Node, findings: &mut Findings<'_>) -> Vec<(String, Vec<String>)> {
    let mut varied = Vec::new();
    for entry in entries(node, findings) {
        let values = entry.value.list(findings).iter().filter_map(|value| value.word(findings)).collect::<Vec<_>>();
        if values.is_empty() {
            findings.add(entry.value.at, format!("`{}` has no value to draw", entry.key));
        }
        varied.push((entry.key.clone(), values));
    }
    varied
}

fn entries<'n>(node: &'n Node, findings: &mut Findings<'_>) -> &'n [crate::yaml::Entry] {
    match &node.content {
        Content::Map(entries) => entries,
        Content::Scalar(_) | Content::List(_) => {
            node.refuse::<()>("a mapping", findings);
            &[]
        }
    }
}

fn words_by_name(node: &Node, findings: &mut Findings<'_>) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for entry in entries(node, findings) {
        words.extend(entry.value.word(findings).map(|word| (entry.key.clone(), word)));
    }
    words
}

fn texts_by_name(node: &Node, findings: &mut Findings<'_>) -> Vec<(String, String)> {
    let entries = entries(node, findings).iter();
    entries.filter_map(|entry| Some((entry.key.clone(), entry.value.text(findings)?))).collect()
}

fn tests(node: &Node, findings: &mut Findings<'_>) -> Vec<Test> {
    node.list(findings).iter().filter_map(|node| test(node, findings)).collect()
}

fn test(node: &Node, findings: &mut Findings<'_>) -> Option<Test> {
    let fields = Fields::of(node, &["type", "if", "expect"], findings)?;
    let typed = fields.required("type", findings)?;
    Some(Test {
        typed: words_by_name(typed, findings).into_iter().collect(),
        when: fields.get("if").map(|node| words_by_name(node, findings)).unwrap_or_default(),
        expect: fields.required_text("expect", findings),
    })
}

/// Reads hints: texts, and `worked: sibling` at the end.
fn hints(node: &Node, findings: &mut Findings<'_>) -> Vec<Hint> {
    node.items().iter().filter_map(|node| hint(node, findings)).collect()
}

fn hint(node: &Node, findings: &mut Findings<'_>) -> Option<Hint> {
    if let Content::Scalar(_) = node.content {
        return node.text(findings).map(Hint::Text);
    }
    let fields = Fields::of(node, &["worked"], findings)?;
    let worked = fields.required("worked", findings)?;
    match worked.text(findings)?.as_str() {
        "sibling" => Some(Hint::WorkedSibling),
        word => {
            findings.add_unknown(worked.at, format!("unknown hint `worked: {word}`"), word, &["sibling"]);
            None
        }
    }
}
