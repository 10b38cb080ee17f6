//! `diff`: two texts compared line by line, as GNU's and busybox's tell it.

use super::{failed, said, time};
use crate::container::Session;
use crate::container::files::{Errno, Follow};
use crate::pipe::Outcome;

/// The most pairs of lines that are compared; longer texts differ as a whole.
const MOST_PAIRS: usize = 4_000_000;
/// Lines around a change that `-u` shows.
const AROUND: usize = 3;

/// Lines of the one text that lines of the other one stand for, each as a range.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

pub(super) fn diff(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let (flags, paths): (Vec<&String>, Vec<&String>) =
        words[1..].iter().partition(|word| word.starts_with('-') && word.len() > 1);
    let has = |letter: char| flags.iter().any(|flag| !flag.starts_with("--") && flag.contains(letter));
    let [old, new] = paths.as_slice() else {
        let problem = match paths.as_slice() {
            [] => "missing operand after 'diff'".to_owned(),
            [only] => format!("missing operand after {}", super::quoted(session, only)),
            [_, _, extra, ..] => format!("extra operand {}", super::quoted(session, extra)),
            [_, _] => String::new(),
        };
        return failed(&format!("diff: {problem}\ndiff: Try 'diff --help' for more information."), 2);
    };
    let read = |path: &String| if path == "-" { Ok(input.to_vec()) } else { session.read(path) };
    let texts = match (read(old), read(new)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(Errno::IsDirectory), _) | (_, Err(Errno::IsDirectory)) => {
            return failed("diff: this small one compares files, not directories", 2);
        }
        (Err(error), _) => return failed(&format!("diff: {old}: {error}"), 2),
        (_, Err(error)) => return failed(&format!("diff: {new}: {error}"), 2),
    };
    if texts.0 == texts.1 {
        let told = if has('s') { format!("Files {old} and {new} are identical\n") } else { String::new() };
        return said(told);
    }
    if has('q') {
        return Outcome { status: 1, ..said(format!("Files {old} and {new} differ\n")) };
    }
    let (before, after) = (String::from_utf8_lossy(&texts.0), String::from_utf8_lossy(&texts.1));
    let lines = |text: &str| -> Vec<String> { text.split_inclusive('\n').map(str::to_owned).collect() };
    let (before, after) = (lines(&before), lines(&after));
    let changes = changes(&before, &after);
    let is_applet = session.is_applet("diff");
    if !has('u') && !is_applet {
        return Outcome { status: 1, ..said(plain(&changes, &before, &after)) };
    }
    let moment = |path: &String| match session.find(path, Follow::Last) {
        Ok(id) if !is_applet => {
            let moment = time::utc(session.files().node(id).meta.mtime, "%Y-%m-%d %H:%M:%S");
            format!("\t{moment}.000000000 +0000")
        }
        Ok(_) | Err(_) => String::new(),
    };
    let head = format!("--- {old}{}\n+++ {new}{}\n", moment(old), moment(new));
    Outcome { status: 1, ..said(head + &unified(&changes, &before, &after)) }
}

/// Finds the lines that differ: a longest common sequence stays.
fn changes(old: &[String], new: &[String]) -> Vec<Change> {
    let begin = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let (rest_old, rest_new) = (&old[begin..], &new[begin..]);
    let end = rest_old.iter().rev().zip(rest_new.iter().rev()).take_while(|(one, other)| one == other).count();
    let (old, new) = (&rest_old[..rest_old.len() - end], &rest_new[..rest_new.len() - end]);
    let (rows, columns) = (old.len(), new.len());
    if rows * columns > MOST_PAIRS {
        return vec![Change { old: begin..begin + rows, new: begin..begin + columns }];
    }
    // How many lines two ends have in common.
    let mut common = vec![0_u32; (rows + 1) * (columns + 1)];
    let at = |row: usize, column: usize| row * (columns + 1) + column;
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            common[at(row, column)] = if old[row] == new[column] {
                common[at(row + 1, column + 1)] + 1
            } else {
                common[at(row + 1, column)].max(common[at(row, column + 1)])
            };
        }
    }
    let (mut row, mut column, mut found) = (0, 0, Vec::new());
    while row < rows || column < columns {
        let (first_row, first_column) = (row, column);
        while row < rows || column < columns {
            if row < rows && column < columns && old[row] == new[column] {
                break;
            }
            let takes_old =
                column == columns || (row < rows && common[at(row + 1, column)] >= common[at(row, column + 1)]);
            if takes_old { row += 1 } else { column += 1 }
        }
        if (row, column) != (first_row, first_column) {
            found.push(Change { old: begin + first_row..begin + row, new: begin + first_column..begin + column });
        }
        while row < rows && column < columns && old[row] == new[column] {
            (row, column) = (row + 1, column + 1);
        }
    }
    found
}

/// `2c2`, `4a5`, `5d4`, with the lines of both.
fn plain(changes: &[Change], old: &[String], new: &[String]) -> String {
    let place = |range: &std::ops::Range<usize>| match range.len() {
        0 => range.start.to_string(),
        1 => range.end.to_string(),
        _ => format!("{},{}", range.start + 1, range.end),
    };
    let mut text = String::new();
    for Change { old: from, new: to } in changes {
        let letter = match (from.is_empty(), to.is_empty()) {
            (true, _) => 'a',
            (_, true) => 'd',
            (false, false) => 'c',
        };
        text += &format!("{}{letter}{}\n", place(from), place(to));
        text += &marked("< ", &old[from.clone()]);
        text += if letter == 'c' { "---\n" } else { "" };
        text += &marked("> ", &new[to.clone()]);
    }
    text
}

/// Puts a sign before lines; one without an end says so.
fn marked(sign: &str, lines: &[String]) -> String {
    let end = |line: &String| if line.ends_with('\n') { "" } else { "\n\\ No newline at end of file\n" };
    lines.iter().map(|line| format!("{sign}{line}{}", end(line))).collect()
}

fn unified(changes: &[Change], old: &[String], new: &[String]) -> String {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes {
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|last| change.old.start - last.old.end <= 2 * AROUND) => {
                group.push(change);
            }
            _ => groups.push(vec![change]),
        }
    }
    groups.iter().map(|group| hunk(group, old, new)).collect()
}

/// Changes that stand near one another, with the lines around them.
fn hunk(group: &[&Change], old: &[String], new: &[String]) -> String {
    let ([first, ..], [.., last]) = (group, group) else { return String::new() };
    let before = first.old.start.min(AROUND);
    let behind = (old.len() - last.old.end).min(AROUND);
    let place = |begin: usize, end: usize| match end - begin {
        0 => format!("{begin},0"),
        1 => end.to_string(),
        length => format!("{},{length}", begin + 1),
    };
    let mut text = format!(
        "@@ -{} +{} @@\n",
        place(first.old.start - before, last.old.end + behind),
        place(first.new.start - before, last.new.end + behind)
    );
    let mut at = first.old.start - before;
    for change in group {
        text += &marked(" ", &old[at..change.old.start]);
        text += &marked("-", &old[change.old.clone()]);
        text += &marked("+", &new[change.new.clone()]);
        at = change.old.end;
    }
    text + &marked(" ", &old[at..at + behind])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        let lines = |text: &str| -> Vec<String> { text.split_inclusive('\n').map(str::to_owned).collect() };
        let (old, new) = (lines(old), lines(new));
        assert_eq!(plain(&changes(&old, &new), &old, &new), expected);
    }

    #[test]
    fn lines_are_changed_added_and_deleted() {
        check("a\nb\nc\nd\n", "a\nx\nc\nd\ne\n", "2c2\n< b\n---\n> x\n4a5\n> e\n");
        check("a\nb\nc\n", "a\n", "2,3d1\n< b\n< c\n");
        check("a\nb", "a\nb\nc\n", "2c2,3\n< b\n\\ No newline at end of file\n---\n> b\n> c\n");
    }
}
