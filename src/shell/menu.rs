//! The first screen and the menu: what there is, how far the learner is, and what a typed line means.

use super::bench::Bench;
use super::complete::Known;
use super::error::{counted, noun};
use crate::docker;
use crate::lesson::{Kind, PICTURES, is_picture};
use crate::tutor::{Entry, Progress, State};

/// What a line typed at the menu means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// Open this lesson or problem.
    Open(Kind, String),
    /// Run a line of docker commands on the shell's images.
    Docker(String),
    /// List all of this kind.
    List(Kind),
    /// Play what is due again.
    Review,
    /// Draw a picture.
    Picture(String),
    /// Leave.
    Quit,
    /// Say what can be typed.
    Help,
    /// Nothing that is known; with a name that is near.
    Unknown(Option<String>),
}

/// Three lines for someone who has never been here.
pub(super) const WELCOME: &str = "**layerbook** teaches container images by doing: you type `docker` commands.\\\n\
    No Docker, no account, no network needed: the image engine is part of it.\\\n\
    A lesson takes about ten minutes; what you have done is kept.";

/// What can be typed at the menu.
pub(super) const HELP: &str = "Type a number or a name to open a lesson or problem; Enter opens the next one. Any `docker` command works \
    here too. `:quit` or Ctrl-D leaves.";

/// Reads a line typed at the menu.
pub(super) fn choose(line: &str, progress: &Progress) -> Choice {
    let line = line.trim();
    match line {
        "" => progress.next().map_or(Choice::Help, |entry| Choice::Open(entry.kind, entry.id.clone())),
        "review" | ":review" => Choice::Review,
        ":quit" | ":q" | "quit" | "exit" => Choice::Quit,
        "lessons" | ":lessons" | "learn" => Choice::List(Kind::Lesson),
        "problems" | "practice" | ":practice" => Choice::List(Kind::Problem),
        ":" | ":help" | "help" | "?" => Choice::Help,
        _ if is_picture(line) => Choice::Picture(line.to_owned()),
        _ if docker::is_docker_line(line) => Choice::Docker(line.to_owned()),
        _ => {
            let (kind, name) = as_at_the_shell(line);
            match find(name, kind, progress) {
                Ok(entry) => Choice::Open(entry.kind, entry.id.clone()),
                Err(near) => Choice::Unknown(near),
            }
        }
    }
}

/// Takes `learn` and `practice` off a line: who has learned to type them at the shell types them here too.
fn as_at_the_shell(line: &str) -> (Option<Kind>, &str) {
    match line.split_once(' ') {
        Some(("learn", name)) => (Some(Kind::Lesson), name),
        Some(("practice", name)) => (Some(Kind::Problem), name),
        Some(_) | None => (None, line),
    }
}

/// Finds a lesson or problem by its number, its id, or a beginning of it that no other has.
///
/// # Errors
/// A name that is near, where there is one.
pub(super) fn find<'p>(typed: &str, kind: Option<Kind>, progress: &'p Progress) -> Result<&'p Entry, Option<String>> {
    let typed = typed.trim().to_lowercase();
    let eligible = |entry: &&Entry| kind.is_none_or(|kind| entry.kind == kind);
    if let Ok(number) = typed.parse::<usize>() {
        let entry = number.checked_sub(1).and_then(|at| progress.entries.get(at)).filter(eligible);
        return entry.ok_or(None);
    }
    let entries: Vec<&Entry> = progress.entries.iter().filter(eligible).collect();
    if let Some(entry) = entries.iter().find(|entry| entry.id == typed) {
        return Ok(entry);
    }
    let mut beginning = entries.iter().filter(|entry| entry.id.starts_with(&typed));
    if let (Some(entry), None) = (beginning.next(), beginning.next()) {
        return Ok(entry);
    }
    let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    Err(crate::yaml::nearest(&typed, &ids).map(str::to_owned))
}

/// Returns all lessons and problems with their state, in Markdown.
pub(super) fn overview(progress: &Progress) -> String {
    let sections = [Kind::Lesson, Kind::Problem].into_iter().filter_map(|kind| section(kind, progress));
    match sections.collect::<Vec<_>>().join("\n| | | | |\n") {
        rows if rows.is_empty() => "This pack has no lessons and no problems.".to_owned(),
        rows => table(&rows),
    }
}

/// Returns what there is of the kind that comes next, and one line about the other: for a screen on which all of it has no room.
pub(super) fn in_short(progress: &Progress) -> String {
    let next = progress.next().map_or(Kind::Lesson, |entry| entry.kind);
    let blocks = [Kind::Lesson, Kind::Problem].into_iter().filter_map(|kind| {
        let section = section(kind, progress)?;
        Some(if kind == next { table(&section) } else { sum(kind, progress) })
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}

/// Returns all of one kind.
pub(super) fn list(kind: Kind, progress: &Progress) -> String {
    match section(kind, progress) {
        Some(section) => table(&section),
        None => format!("This pack has no {}s.", noun(kind)),
    }
}

fn table(rows: &str) -> String {
    format!("| | | | |\n|---|---|---|---|\n{rows}")
}

fn section(kind: Kind, progress: &Progress) -> Option<String> {
    let numbered = progress.entries.iter().enumerate().filter(|(_, entry)| entry.kind == kind);
    let rows: Vec<String> = numbered.map(|(at, entry)| row(at + 1, entry)).collect();
    (!rows.is_empty()).then(|| format!("| | {} | | |\n{}", title(kind), rows.join("\n")))
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Lesson => "Lessons",
        Kind::Problem => "Practice",
    }
}

fn sum(kind: Kind, progress: &Progress) -> String {
    let entries = || progress.entries.iter().filter(|entry| entry.kind == kind);
    let done = entries().filter(|entry| entry.state == State::Done).count();
    let all = counted(entries().count(), noun(kind));
    format!("{}: {all}, {done} done. Type `{}` to see them.", title(kind), title(kind).to_lowercase())
}

fn row(number: usize, entry: &Entry) -> String {
    let title = entry.title.replace('|', "\\|");
    format!("| {number} | {} | {title} | {} |", entry.id, state(entry))
}

fn state(entry: &Entry) -> String {
    match entry.state {
        State::New if entry.minutes > 0 => format!("{} min", entry.minutes),
        State::New => String::new(),
        State::Started { done, of } => format!("{done} of {of}"),
        State::Done => "done".to_owned(),
    }
}

/// Returns what comes next, as a saying.
pub(super) fn next(progress: &Progress) -> String {
    match progress.next() {
        Some(entry) => format!("Next: the {} `{}`.", noun(entry.kind), entry.id),
        None => "All done.".to_owned(),
    }
}

/// Returns the lesson or problem to go on with: one that was begun, else the first new one, else the first.
pub(super) fn next_of(kind: Kind, progress: &Progress) -> Option<&Entry> {
    let entries = || progress.entries.iter().filter(move |entry| entry.kind == kind);
    let begun = entries().find(|entry| matches!(entry.state, State::Started { .. }));
    begun.or_else(|| entries().find(|entry| entry.state == State::New)).or_else(|| entries().next())
}

/// Says that a line means nothing here.
pub(super) fn unknown(near: Option<&str>) -> String {
    match near {
        Some(near) => format!("There is no lesson or problem of that name. Did you mean `{near}`?"),
        None => "There is no lesson or problem of that name or number.".to_owned(),
    }
}

/// Returns what can be completed at the menu.
pub(super) fn known(progress: &Progress, bench: &Bench<'_>) -> Known {
    let ids = progress.entries.iter().map(|entry| entry.id.clone());
    let words = ids
        .chain(
            PICTURES.iter().chain(&["lessons", "practice", "review", ":help", ":quit"]).map(|word| (*word).to_owned()),
        )
        .collect();
    Known {
        words,
        images: bench.image_names(),
        containers: bench.container_names(),
        offered: bench.offered(),
        commands: super::bench::commands(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress() -> Progress {
        let entry =
            |id: &str, kind, state| Entry { id: id.to_owned(), kind, title: format!("About {id}"), minutes: 10, state };
        Progress {
            entries: vec![
                entry("images", Kind::Lesson, State::Done),
                entry("naming", Kind::Lesson, State::Started { done: 2, of: 8 }),
                entry("layers", Kind::Lesson, State::New),
                entry("naming-drill", Kind::Problem, State::New),
            ],
        }
    }

    #[track_caller]
    fn check(line: &str, expected: &Choice) {
        assert_eq!(choose(line, &progress()), *expected);
    }

    fn open(kind: Kind, id: &str) -> Choice {
        Choice::Open(kind, id.to_owned())
    }

    #[test]
    fn a_number_or_a_name_opens() {
        check("1", &open(Kind::Lesson, "images"));
        check("4", &open(Kind::Problem, "naming-drill"));
        check(" Layers ", &open(Kind::Lesson, "layers"));
        check("lay", &open(Kind::Lesson, "layers"));
        check("naming-", &open(Kind::Problem, "naming-drill"));
        check("learn layers", &open(Kind::Lesson, "layers"));
        check("practice naming", &open(Kind::Problem, "naming-drill"));
        check("practice layers", &Choice::Unknown(None));
    }

    #[test]
    fn enter_goes_on_with_what_was_begun() {
        check("", &open(Kind::Lesson, "naming"));
    }

    #[test]
    fn a_slip_gets_the_nearest_name() {
        check("layres", &Choice::Unknown(Some("layers".to_owned())));
        check("0", &Choice::Unknown(None));
        check("5", &Choice::Unknown(None));
    }

    #[test]
    fn words_and_docker_are_told_from_names() {
        check("exit", &Choice::Quit);
        check(":help", &Choice::Help);
        check("docker images | wc -l", &Choice::Docker("docker images | wc -l".to_owned()));
    }

    #[test]
    fn a_small_screen_shows_what_comes_next_and_counts_the_rest() {
        insta::assert_snapshot!(in_short(&progress()), @r"
        | | | | |
        |---|---|---|---|
        | | Lessons | | |
        | 1 | images | About images | done |
        | 2 | naming | About naming | 2 of 8 |
        | 3 | layers | About layers | 10 min |

        Practice: 1 problem, 0 done. Type `practice` to see them.
        ");
        check("practice", &Choice::List(Kind::Problem));
        check(":lessons", &Choice::List(Kind::Lesson));
        insta::assert_snapshot!(list(Kind::Problem, &progress()), @r"
        | | | | |
        |---|---|---|---|
        | | Practice | | |
        | 4 | naming-drill | About naming-drill | 10 min |
        ");
    }

    #[test]
    fn a_kind_keeps_the_other_out() {
        assert_eq!(find("naming", Some(Kind::Problem), &progress()).unwrap().id, "naming-drill");
        assert!(find("4", Some(Kind::Lesson), &progress()).is_err());
    }
}
