//! Recipes and their lock, each fault at its place.

use std::borrow::Cow;

use crate::model::{Catalogue, Error, LOCK_FILE, Problem, Recipes};
use crate::pack::File;
use crate::yaml::{Finding, Findings, Node, Position, Severity, parse};

const FOLDER: &str = "lessons/images";
/// The rule that a lock is older than its recipes.
const STALE: &str = "stale-lock";
const BUILD: &str = "`layerbook pack build FOLDER` writes it anew.";

/// Finds what is wrong in recipes and in their lock.
pub(super) fn recipes(files: &[File]) -> Vec<Finding> {
    let recipes: Vec<&File> = files.iter().filter(|file| file.name != "lock").collect();
    let mut findings = Vec::new();
    let mut sound = Vec::new();
    for file in recipes {
        match parse(&file.path, &file.text) {
            Ok(root) => sound.push((file, root)),
            Err(found) => findings.extend(found),
        }
    }
    let named = || sound.iter().map(|(file, _)| (format!("{}.yaml", file.name), file.text.clone()));
    let faults = Recipes::faults(named());
    findings.extend(faults.iter().map(|fault| told(fault, &sound)));
    if findings.is_empty() && !sound.is_empty() {
        findings.extend(lock(files, named()).iter().map(|fault| told(fault, &sound)));
    }
    findings
}

/// What is wrong between sound recipes and their lock.
fn lock(files: &[File], named: impl Iterator<Item = (String, Cow<'static, str>)>) -> Option<Error> {
    let Some(lock) = files.iter().find(|file| file.name == "lock") else {
        return Some(Error::NotInLock(LOCK_FILE.to_owned()));
    };
    Catalogue::load(named, &lock.text).and_then(|catalogue| catalogue.check()).err()
}

fn told(fault: &Error, files: &[(&File, Node)]) -> Finding {
    let of = |name: &str| files.iter().find(|(file, _)| format!("{}.yaml", file.name) == *name);
    let about = |name: &str, rule: &'static str, message: String, advice: &str, place: &dyn Fn(&Node) -> Position| {
        let Some((file, root)) = of(name) else {
            let suggestion = Some(advice.to_owned()).filter(|advice| !advice.is_empty());
            return Finding { rule, suggestion, ..Finding::about_file(&format!("{FOLDER}/{name}"), message) };
        };
        let mut found = Findings::new(&file.path, &file.text);
        found.breach(Severity::Error, rule, place(root), message, advice);
        found.into_list().remove(0)
    };
    let shape = crate::yaml::SHAPE;
    match fault {
        Error::Unreadable { file, cause } => {
            let at = Position { line: cause.line, column: cause.column };
            let message = cause.message.split(" at line ").next().unwrap_or_default().to_owned();
            about(file, shape, message, "", &|_| at)
        }
        Error::Recipe { file, problem } => {
            about(file, "recipe", problem.to_string(), advice(problem), &|root| place(problem, root))
        }
        Error::Step { file, step, problem } => about(file, "recipe", problem.to_string(), advice(problem), &|root| {
            let steps = root.get("steps").map(Node::items).unwrap_or_default();
            steps.get(step - 1).map_or(root.at, |step| place(problem, step))
        }),
        Error::Layer { file, layer, cause, platform, .. } => {
            let message = format!("on {platform} this layer cannot have the size that is asked for: {cause}");
            about(file, "recipe", message, "", &|root| sized(root, *layer))
        }
        Error::Stale { file, layer, .. } => {
            let message = "the lock knows another layer than this".to_owned();
            about(file, STALE, message, BUILD, &|root| sized(root, *layer))
        }
        Error::Unlocked { file, what } => {
            about(file, STALE, format!("{what} are not those that the lock knows"), BUILD, &|root| root.at)
        }
        Error::NotInLock(file) if file == LOCK_FILE => {
            about(file, STALE, "the lock is missing".to_owned(), BUILD, &|root| root.at)
        }
        Error::NotInLock(file) => {
            about(file, STALE, "the lock does not know this recipe".to_owned(), BUILD, &|root| root.at)
        }
        Error::SameTag { second, .. } => about(second, "recipe", fault.to_string(), "", &|root| value(root, "tags")),
        Error::Again(inner) => told(inner, files),
        Error::Missing(_) | Error::BadLock { .. } | Error::Schema(_) | Error::Differs { .. } => {
            about(LOCK_FILE, STALE, fault.to_string(), BUILD, &|root| root.at)
        }
        Error::SamePath { .. } | Error::TooMany { .. } => about("", "recipe", fault.to_string(), "", &|root| root.at),
    }
}

fn value(node: &Node, key: &str) -> Position {
    node.get(key).map_or(node.at, |value| value.at)
}

/// The nth step that has files or a size.
fn sized(root: &Node, layer: usize) -> Position {
    let steps = root.get("steps").map(Node::items).unwrap_or_default();
    let makes_layer = |step: &&Node| {
        ["run", "copy", "add", "workdir", "verbatim"].iter().any(|key| step.get(key).is_some())
            && (step.get("workdir").is_some()
                || step.get("files").is_some()
                || step.get("pad").is_some()
                || step.get("compressed").is_some())
    };
    steps.iter().filter(makes_layer).nth(layer.saturating_sub(1)).map_or(root.at, |step| step.at)
}

/// Where in a recipe or step a problem stands.
fn place(problem: &Problem, node: &Node) -> Position {
    let named = |text: &str| find(node, text).unwrap_or(node.at);
    match problem {
        Problem::Name { .. } => value(node, "name"),
        Problem::Day(_) => value(node, "publish"),
        Problem::Time(_) | Problem::NoTime => value(node, "created"),
        Problem::Tag(text)
        | Problem::SamePlatform(text)
        | Problem::NoBase(text)
        | Problem::ListedTwice(text)
        | Problem::NoPart(text)
        | Problem::NoLikeness(text)
        | Problem::Unchanged(text)
        | Problem::Cycle(text)
        | Problem::FileKind(text)
        | Problem::Path(text)
        | Problem::Mode(text)
        | Problem::Owner(text) => named(text),
        Problem::BaseWithout { platform, .. } | Problem::Total { platform, .. } | Problem::Share { platform, .. } => {
            named(platform)
        }
        Problem::None(key) => value(node, key),
        Problem::TooMany { what, .. } => value(node, what),
        Problem::Pad { .. } => value(node, "pad"),
        Problem::Platform(_) => value(node, "platforms"),
        Problem::Together { .. } | Problem::StepsTwice => value(node, "steps"),
        Problem::Instructions(_) | Problem::NoLayer(_) | Problem::TooLarge => node.at,
    }
}

/// Finds a scalar or key with this text.
fn find(node: &Node, text: &str) -> Option<Position> {
    match &node.content {
        crate::yaml::Content::Scalar(scalar) => (scalar.text == text).then_some(node.at),
        crate::yaml::Content::List(items) => items.iter().find_map(|item| find(item, text)),
        crate::yaml::Content::Map(entries) => {
            entries.iter().find_map(|entry| if entry.key == text { Some(entry.at) } else { find(&entry.value, text) })
        }
    }
}

fn advice(problem: &Problem) -> &'static str {
    match problem {
        Problem::NoBase(_) => "A base is an image of a recipe in the same pack, published on the same day or before.",
        Problem::Together { .. } | Problem::TooLarge => "No image that anybody learns with is as large.",
        Problem::Mode(_) => "Write it in quotes: \"0755\".",
        _ => "",
    }
}
