//! `find`: walks a tree and prints what fits.

use super::{complain, failed};
use crate::container::Session;
use crate::container::files::{Errno, Follow, Kind, Node, NodeId, Want};
use crate::container::shell::Pattern;
use crate::pipe::Outcome;

/// One condition, and whether it is turned round.
struct Test {
    condition: Condition,
    inverted: bool,
}

enum Condition {
    Name(Pattern),
    AnyCase(Pattern),
    Path(Pattern),
    Type(char),
    Size(std::cmp::Ordering, u64, u64),
    Empty,
    Executable,
    Mode(u16),
    /// What stands before `-o` or after it.
    Or(Vec<Test>, Vec<Test>),
}

#[derive(Default)]
struct Plan {
    tests: Vec<Test>,
    deepest: Option<usize>,
    shallowest: usize,
    end: &'static str,
}

pub(super) fn find(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let begins = words[1..].iter().position(|word| word.starts_with('-') || word == "!" || word == "(");
    let (places, tests) = words[1..].split_at(begins.unwrap_or(words.len() - 1));
    let plan = match plan(tests) {
        Ok(plan) => plan,
        Err(sentence) => return failed(&format!("find: {sentence}"), 1),
    };
    let here = [".".to_owned()];
    let mut outcome = Outcome::default();
    for place in if places.is_empty() { &here[..] } else { places } {
        match session.find(place, Follow::AllButLast) {
            Ok(id) => walk(session, &plan, place, id, 0, &mut outcome),
            Err(error) if session.is_applet("find") => complain(&mut outcome, &format!("find: {place}: {error}")),
            Err(error) => complain(&mut outcome, &format!("find: ‘{place}’: {error}")),
        }
    }
    outcome
}

fn plan(words: &[String]) -> Result<Plan, String> {
    let mut plan = Plan { end: "\n", ..Plan::default() };
    let mut before: Option<Vec<Test>> = None;
    let mut words = words.iter();
    let mut inverted = false;
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("missing argument to `{word}'"));
        let condition = match word.as_str() {
            "!" | "-not" => {
                inverted = !inverted;
                continue;
            }
            "-print" | "-a" | "-and" | "-xdev" | "-mount" => continue,
            "-print0" => {
                plan.end = "\0";
                continue;
            }
            "-o" | "-or" => {
                let tests = std::mem::take(&mut plan.tests);
                before = Some(match before {
                    None => tests,
                    Some(before) => vec![Test { condition: Condition::Or(before, tests), inverted: false }],
                });
                continue;
            }
            "-maxdepth" => {
                plan.deepest = Some(value()?.parse().map_err(|_| "-maxdepth expects a number".to_owned())?);
                continue;
            }
            "-mindepth" => {
                plan.shallowest = value()?.parse().map_err(|_| "-mindepth expects a number".to_owned())?;
                continue;
            }
            "-name" => Condition::Name(Pattern::of(value()?)),
            "-iname" => Condition::AnyCase(Pattern::of(&value()?.to_lowercase())),
            "-path" | "-wholename" => Condition::Path(Pattern::of(value()?)),
            "-type" => match value()?.as_str() {
                kind @ ("f" | "d" | "l" | "c" | "b" | "p" | "s") => Condition::Type(kind.chars().next().unwrap_or('f')),
                other => return Err(format!("Unknown argument to -type: {other}")),
            },
            "-size" => size(value()?)?,
            "-empty" => Condition::Empty,
            "-executable" => Condition::Executable,
            "-perm" => permissions(value()?)?,
            other => return Err(format!("unknown predicate `{other}'")),
        };
        plan.tests.push(Test { condition, inverted });
        inverted = false;
    }
    if let Some(before) = before {
        let tests = std::mem::take(&mut plan.tests);
        plan.tests = vec![Test { condition: Condition::Or(before, tests), inverted: false }];
    }
    Ok(plan)
}

fn permissions(text: &str) -> Result<Condition, String> {
    let digits = text.trim_start_matches(['-', '/']);
    u16::from_str_radix(digits, 8).map(Condition::Mode).map_err(|_| format!("invalid mode ‘{text}’"))
}

/// `+1M`, `-10k`, `512c`: more, less, or that many units, rounded up.
fn size(text: &str) -> Result<Condition, String> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let invalid = || format!("Invalid argument `{text}' to -size");
    let (order, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (Greater, rest),
        Some(("-", rest)) => (Less, rest),
        _ => (Equal, text),
    };
    let digits = rest.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match &rest[digits.len()..] {
        "" | "b" => 512,
        "c" => 1,
        "w" => 2,
        "k" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return Err(invalid()),
    };
    Ok(Condition::Size(order, digits.parse().map_err(|_| invalid())?, unit))
}

fn walk(session: &Session<'_>, plan: &Plan, path: &str, id: NodeId, depth: usize, outcome: &mut Outcome) {
    let node = session.files().node(id);
    if depth >= plan.shallowest && all(&plan.tests, session, path, node) {
        outcome.stdout.extend_from_slice(path.as_bytes());
        outcome.stdout.extend_from_slice(plan.end.as_bytes());
    }
    if !node.is_directory() || plan.deepest.is_some_and(|deepest| depth >= deepest) {
        return;
    }
    if !session.who.may(Want::Read, node) {
        complain(outcome, &format!("find: ‘{path}’: {}", Errno::Access));
        return;
    }
    let slash = if path.ends_with('/') { "" } else { "/" };
    for (name, child) in node.children() {
        walk(session, plan, &format!("{path}{slash}{}", String::from_utf8_lossy(name)), child, depth + 1, outcome);
    }
}

fn all(tests: &[Test], session: &Session<'_>, path: &str, node: &Node) -> bool {
    tests.iter().all(|test| fits(&test.condition, session, path, node) != test.inverted)
}

fn fits(condition: &Condition, session: &Session<'_>, path: &str, node: &Node) -> bool {
    let name = || path.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(path);
    match condition {
        Condition::Name(pattern) => pattern.fits_text(name()),
        Condition::AnyCase(pattern) => pattern.fits_text(&name().to_lowercase()),
        Condition::Path(pattern) => pattern.fits_text(path),
        Condition::Type(letter) => letter_of(node) == *letter,
        Condition::Size(order, count, unit) => node.size().div_ceil(*unit).cmp(count) == *order,
        Condition::Empty => match &node.kind {
            Kind::File { size, .. } => *size == 0,
            Kind::Directory { children, .. } => children.is_empty(),
            _ => false,
        },
        Condition::Executable => session.who.may(Want::Pass, node),
        Condition::Mode(mode) => node.meta.mode & mode == *mode,
        Condition::Or(one, other) => all(one, session, path, node) || all(other, session, path, node),
    }
}

fn letter_of(node: &Node) -> char {
    match node.kind {
        Kind::File { .. } => 'f',
        Kind::Symlink { .. } => 'l',
        Kind::Directory { .. } => 'd',
        Kind::Character { .. } => 'c',
        Kind::Block { .. } => 'b',
        Kind::Fifo => 'p',
    }
}
