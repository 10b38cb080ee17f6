//! `find`: walks a tree, and prints what fits or does something with it.

use std::cell::{Cell, RefCell};

use super::say::{Escapes, unescaped};
use super::{complain, failed, quoted};
use crate::container::Session;
use crate::container::files::{Errno, Follow, Kind, Node, NodeId, Want};
use crate::container::shell::Pattern;
use crate::pipe::Outcome;

/// How deep parentheses may lead.
const DEEPEST: usize = 32;

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
    /// Changed behind this second.
    Newer(i64),
    User(u32),
    Group(u32),
    /// Nothing below it is looked at.
    Prune,
    /// What is done with what fits up to here; its place among the actions.
    Act(usize),
    All(Vec<Test>),
    /// What stands before `-o` or after it.
    Or(Vec<Test>, Vec<Test>),
}

/// What is done with a path.
enum Action {
    Print(&'static str),
    Format(String),
    Run(Vec<String>),
    /// `-exec ... +`: one program gets all paths.
    RunAll(Vec<String>),
    Delete,
}

#[derive(Default)]
struct Plan {
    tests: Vec<Test>,
    actions: Vec<Action>,
    deepest: Option<usize>,
    shallowest: usize,
}

/// What was found by now, with the action that each is for.
#[derive(Default)]
struct Walk {
    found: RefCell<Vec<(usize, String, NodeId)>>,
    is_pruned: Cell<bool>,
    outcome: Outcome,
}

pub(super) fn find(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let begins = words[1..].iter().position(|word| word.starts_with('-') || word == "!" || word == "(");
    let (places, tests) = words[1..].split_at(begins.unwrap_or(words.len() - 1));
    let mut plan = Plan::default();
    match either(session, &mut plan, &mut tests.iter(), 0) {
        Ok(tests) => plan.tests = tests,
        Err(sentence) if session.is_applet("find") => {
            return failed(
                &format!("find: {}", sentence.replace("unknown predicate `", "unrecognized: ").trim_end_matches('\'')),
                1,
            );
        }
        Err(sentence) => return failed(&format!("find: {sentence}"), 1),
    }
    if plan.actions.is_empty() {
        plan.actions.push(Action::Print("\n"));
        let tests = std::mem::take(&mut plan.tests);
        plan.tests = vec![always(Condition::All(tests)), always(Condition::Act(0))];
    }
    let here = [".".to_owned()];
    let mut walk = Walk::default();
    for place in if places.is_empty() { &here[..] } else { places } {
        match session.find(place, Follow::AllButLast) {
            Ok(id) => walk.below(session, &plan, place, id, 0),
            Err(error) if session.is_applet("find") => complain(&mut walk.outcome, &format!("find: {place}: {error}")),
            Err(error) => complain(&mut walk.outcome, &format!("find: {}: {error}", quoted(session, place))),
        }
    }
    let Walk { found, mut outcome, .. } = walk;
    let status = outcome.status;
    act(session, &plan, found.into_inner(), &mut outcome);
    outcome.status = outcome.status.max(status);
    outcome
}

/// Does what the plan says with what was found.
fn act(session: &mut Session<'_>, plan: &Plan, mut found: Vec<(usize, String, NodeId)>, outcome: &mut Outcome) {
    if plan.actions.iter().any(|action| matches!(action, Action::Delete)) {
        // What lies in a directory goes before it.
        found.reverse();
    }
    for (number, path, id) in &found {
        match &plan.actions[*number] {
            Action::Print(end) => outcome.stdout.extend(format!("{path}{end}").into_bytes()),
            Action::Format(format) => outcome.stdout.extend(described(session, format, path, *id).into_bytes()),
            Action::Run(words) => {
                let line: Vec<String> = words.iter().map(|word| word.replace("{}", path)).collect();
                run(session, &line, outcome);
            }
            Action::RunAll(_) => {}
            Action::Delete => {
                let (who, now) = (session.who, session.seconds());
                let is_full = session.files().node(*id).children().next().is_some();
                let done = if is_full { Err(Errno::NotEmpty) } else { session.files_mut().remove(*id, who, now) };
                if let Err(error) = done {
                    complain(outcome, &format!("find: cannot delete {}: {error}", quoted(session, path)));
                }
            }
        }
    }
    for (at, action) in plan.actions.iter().enumerate() {
        let Action::RunAll(words) = action else { continue };
        let paths: Vec<String> =
            found.iter().filter(|(number, ..)| *number == at).map(|(_, path, _)| path.clone()).collect();
        if !paths.is_empty() {
            let words: Vec<String> = words.iter().filter(|word| *word != "{}").cloned().collect();
            run(session, &[words, paths].concat(), outcome);
        }
    }
}

fn run(session: &mut Session<'_>, line: &[String], outcome: &mut Outcome) {
    if !session.is_there(&line[0]) && !session.is_own_applet(&line[0]) {
        return complain(outcome, &format!("find: {}: No such file or directory", quoted(session, &line[0])));
    }
    let status = outcome.status;
    super::launch::join(outcome, session.run_program(line, &[]));
    outcome.status = status;
}

/// `-printf`: a path by a format.
fn described(session: &Session<'_>, format: &str, path: &str, id: NodeId) -> String {
    let node = session.files().node(id);
    let (folder, name) = path.trim_end_matches('/').rsplit_once('/').unwrap_or((".", path));
    let format = unescaped(format, Escapes::All);
    let (mut text, mut letters) = (String::new(), format.chars());
    while let Some(c) = letters.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        match letters.next() {
            Some('p') => text += path,
            Some('f') => text += if name.is_empty() { path } else { name },
            Some('h') => text += folder,
            Some('s') => text += &node.size().to_string(),
            Some('m') => text += &format!("{:o}", node.meta.mode),
            Some('u') => text += &session.name_of_user(node.meta.uid),
            Some('g') => text += &session.name_of_group(node.meta.gid),
            Some('U') => text += &node.meta.uid.to_string(),
            Some('G') => text += &node.meta.gid.to_string(),
            Some('y') => text.push(letter_of(node)),
            Some('l') => {
                if let Kind::Symlink { target } = &node.kind {
                    text += &String::from_utf8_lossy(target);
                }
            }
            Some('%') | None => text.push('%'),
            Some(other) => text.extend(['%', other]),
        }
    }
    text
}

fn always(condition: Condition) -> Test {
    Test { condition, inverted: false }
}

/// Reads conditions up to the end or to a `)`.
fn either(
    session: &Session<'_>,
    plan: &mut Plan,
    words: &mut std::slice::Iter<'_, String>,
    depth: usize,
) -> Result<Vec<Test>, String> {
    if depth > DEEPEST {
        return Err("nested too deep".to_owned());
    }
    let mut tests: Vec<Test> = Vec::new();
    let mut before: Option<Vec<Test>> = None;
    let mut inverted = false;
    while let Some(word) = words.next() {
        let condition = match word.as_str() {
            ")" => break,
            "(" => Condition::All(either(session, plan, words, depth + 1)?),
            "!" | "-not" => {
                inverted = !inverted;
                continue;
            }
            "-a" | "-and" | "-xdev" | "-mount" | "-depth" | "-d" => continue,
            "-o" | "-or" => {
                let done = std::mem::take(&mut tests);
                before = Some(match before {
                    None => done,
                    Some(before) => vec![always(Condition::Or(before, done))],
                });
                continue;
            }
            "-maxdepth" | "-mindepth" => {
                let number = value(word, words)?.parse().map_err(|_| format!("{word} expects a number"))?;
                if word == "-maxdepth" {
                    plan.deepest = Some(number);
                } else {
                    plan.shallowest = number;
                }
                continue;
            }
            word => match action(word, words)? {
                Some(action) => {
                    plan.actions.push(action);
                    Condition::Act(plan.actions.len() - 1)
                }
                None => condition(session, word, words)?,
            },
        };
        tests.push(Test { condition, inverted });
        inverted = false;
    }
    Ok(match before {
        Some(before) => vec![always(Condition::Or(before, tests))],
        None => tests,
    })
}

fn value<'w>(word: &str, words: &mut std::slice::Iter<'w, String>) -> Result<&'w String, String> {
    words.next().ok_or_else(|| format!("missing argument to `{word}'"))
}

fn action(word: &str, words: &mut std::slice::Iter<'_, String>) -> Result<Option<Action>, String> {
    Ok(Some(match word {
        "-print" => Action::Print("\n"),
        "-print0" => Action::Print("\0"),
        "-printf" => Action::Format(value(word, words)?.clone()),
        "-delete" => Action::Delete,
        "-exec" | "-ok" | "-execdir" => {
            let mut line = Vec::new();
            loop {
                match value(word, words)?.as_str() {
                    ";" if !line.is_empty() => return Ok(Some(Action::Run(line))),
                    "+" if line.last().is_some_and(|word| word == "{}") => return Ok(Some(Action::RunAll(line))),
                    word => line.push(word.to_owned()),
                }
            }
        }
        _ => return Ok(None),
    }))
}

fn condition(session: &Session<'_>, word: &str, words: &mut std::slice::Iter<'_, String>) -> Result<Condition, String> {
    Ok(match word {
        "-name" => Condition::Name(Pattern::of(value(word, words)?)),
        "-iname" => Condition::AnyCase(Pattern::of(&value(word, words)?.to_lowercase())),
        "-path" | "-wholename" => Condition::Path(Pattern::of(value(word, words)?)),
        "-type" => match value(word, words)?.as_str() {
            kind @ ("f" | "d" | "l" | "c" | "b" | "p" | "s") => Condition::Type(kind.chars().next().unwrap_or('f')),
            other => return Err(format!("Unknown argument to -type: {other}")),
        },
        "-size" => size(value(word, words)?)?,
        "-empty" => Condition::Empty,
        "-executable" => Condition::Executable,
        "-perm" => permissions(session, value(word, words)?)?,
        "-prune" => Condition::Prune,
        "-newer" => {
            let path = value(word, words)?;
            let id = session.find(path, Follow::Last).map_err(|error| format!("{}: {error}", quoted(session, path)))?;
            Condition::Newer(session.files().node(id).meta.mtime)
        }
        "-mtime" => {
            let text = value(word, words)?;
            let days: i64 = text
                .trim_start_matches(['+', '-'])
                .parse()
                .map_err(|_| format!("invalid argument `{text}' to `-mtime'"))?;
            let begins = session.seconds() - days * 86_400;
            if text.starts_with('-') {
                Condition::Newer(begins)
            } else {
                Condition::All(vec![Test { condition: Condition::Newer(begins - 86_400), inverted: true }])
            }
        }
        "-user" => {
            let name = value(word, words)?;
            let number = session.number_of_user(name);
            Condition::User(number.ok_or_else(|| format!("{} is not the name of a known user", quoted(session, name)))?)
        }
        "-group" => {
            let name = value(word, words)?;
            let number = session.number_of_group(name);
            Condition::Group(
                number.ok_or_else(|| format!("{} is not the name of an existing group", quoted(session, name)))?,
            )
        }
        other => return Err(format!("unknown predicate `{other}'")),
    })
}

fn permissions(session: &Session<'_>, text: &str) -> Result<Condition, String> {
    let digits = text.trim_start_matches(['-', '/']);
    u16::from_str_radix(digits, 8).map(Condition::Mode).map_err(|_| format!("invalid mode {}", quoted(session, text)))
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

impl Walk {
    fn below(&mut self, session: &Session<'_>, plan: &Plan, path: &str, id: NodeId, depth: usize) {
        let node = session.files().node(id);
        self.is_pruned.set(false);
        if depth >= plan.shallowest {
            self.all(&plan.tests, session, path, id);
        }
        if !node.is_directory() || self.is_pruned.get() || plan.deepest.is_some_and(|deepest| depth >= deepest) {
            return;
        }
        if !session.who.may(Want::Read, node) {
            complain(&mut self.outcome, &format!("find: {}: {}", quoted(session, path), Errno::Access));
            return;
        }
        let slash = if path.ends_with('/') { "" } else { "/" };
        for (name, child) in node.children() {
            self.below(session, plan, &format!("{path}{slash}{}", String::from_utf8_lossy(name)), child, depth + 1);
        }
    }

    fn all(&self, tests: &[Test], session: &Session<'_>, path: &str, id: NodeId) -> bool {
        tests.iter().all(|test| self.fits(&test.condition, session, path, id) != test.inverted)
    }

    fn fits(&self, condition: &Condition, session: &Session<'_>, path: &str, id: NodeId) -> bool {
        let node = session.files().node(id);
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
            Condition::Newer(second) => node.meta.mtime > *second,
            Condition::User(uid) => node.meta.uid == *uid,
            Condition::Group(gid) => node.meta.gid == *gid,
            Condition::Prune => {
                self.is_pruned.set(true);
                true
            }
            Condition::Act(number) => {
                self.found.borrow_mut().push((*number, path.to_owned(), id));
                true
            }
            Condition::All(tests) => self.all(tests, session, path, id),
            Condition::Or(one, other) => self.all(one, session, path, id) || self.all(other, session, path, id),
        }
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
