//! `read`: a line of the input, split into variables.

use super::{Dialect, Session};
use crate::container::programs::failed;
use crate::pipe::Outcome;

/// A character, and whether a backslash stood before it.
type Escaped = (char, bool);

impl Session<'_> {
    /// Does some work with an input of its own: nothing of it has been read yet.
    pub(super) fn with_input<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::take(&mut self.taken);
        let done = work(self);
        self.taken = before;
        done
    }

    /// Returns what was not read yet of an input.
    pub(super) fn unread<'i>(&self, input: &'i [u8]) -> &'i [u8] {
        &input[self.taken.min(input.len())..]
    }

    /// `read [-r] NAME...`: status 1 where the input ends before a line does.
    pub(super) fn read_line(&mut self, arguments: &[String], input: &[u8]) -> Outcome {
        let flags = arguments.iter().take_while(|word| word.starts_with('-') && word.len() > 1).count();
        let (flags, names) = arguments.split_at(flags);
        if let Some(flag) = flags.iter().find(|flag| *flag != "-r") {
            return failed(&format!("{}: read: `{flag}`: this small shell knows -r", self.own_name()), 2);
        }
        let default = ["REPLY".to_owned()];
        let names = match (names, self.dialect) {
            ([], Dialect::Dash) => return failed("sh: 1: read: arg count", 2),
            ([], Dialect::Bash | Dialect::Busybox) => &default,
            (names, _) => names,
        };
        let raw = !flags.is_empty();
        let unread = String::from_utf8_lossy(self.unread(input)).into_owned();
        let (line, length, ended) = first_line(&unread, raw);
        self.taken += length;
        let separators = self.separators();
        let values = if names == default.as_slice() && arguments.len() == flags.len() {
            vec![line.iter().map(|(c, _)| *c).collect()]
        } else {
            split(&line, names.len(), &separators)
        };
        for (name, value) in names.iter().zip(values) {
            self.set(name, &value);
        }
        Outcome { status: i32::from(!ended), ..Outcome::default() }
    }
}

/// Returns the first line, how many bytes it takes with its end, and whether it has one.
fn first_line(text: &str, raw: bool) -> (Vec<Escaped>, usize, bool) {
    let mut line = Vec::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\n' => return (line, at + 1, true),
            '\\' if !raw => match characters.next() {
                Some((_, '\n')) | None => {}
                Some((_, escaped)) => line.push((escaped, true)),
            },
            c => line.push((c, false)),
        }
    }
    (line, text.len(), false)
}

/// Splits a line into so many values; the last one takes what is left, with the separators in it (POSIX, read).
fn split(line: &[Escaped], count: usize, separators: &str) -> Vec<String> {
    let mut rest = after_blanks(line, separators);
    let mut values = Vec::new();
    for _ in 1..count {
        let (field, behind) = field(rest, separators);
        values.push(text(field));
        rest = behind;
    }
    let (only, behind) = field(rest, separators);
    let trimmed = rest.iter().rposition(|c| !is_blank(*c, separators)).map_or(0, |at| at + 1);
    values.push(text(if behind.is_empty() { only } else { &rest[..trimmed] }));
    values
}

/// Takes a field off the beginning, with the separators that end it.
fn field<'l>(line: &'l [Escaped], separators: &str) -> (&'l [Escaped], &'l [Escaped]) {
    let end = line.iter().position(|c| is_separator(*c, separators)).unwrap_or(line.len());
    let behind = after_blanks(&line[end..], separators);
    let behind = match behind.split_first() {
        Some((c, rest)) if is_separator(*c, separators) => after_blanks(rest, separators),
        _ => behind,
    };
    (&line[..end], behind)
}

fn after_blanks<'l>(line: &'l [Escaped], separators: &str) -> &'l [Escaped] {
    &line[line.iter().take_while(|c| is_blank(**c, separators)).count()..]
}

fn is_separator((c, escaped): Escaped, separators: &str) -> bool {
    !escaped && separators.contains(c)
}

fn is_blank(c: Escaped, separators: &str) -> bool {
    is_separator(c, separators) && matches!(c.0, ' ' | '\t' | '\n')
}

fn text(field: &[Escaped]) -> String {
    field.iter().map(|(c, _)| *c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, separators: &str, expected: &[&str]) {
        let (line, _, _) = first_line(line, false);
        assert_eq!(split(&line, expected.len(), separators), expected);
    }

    #[test]
    fn the_last_value_takes_the_rest() {
        check("  a  b c  ", " \t\n", &["a", "b c"]);
        check("a:b:c", ":", &["a", "b:c"]);
        check("a:b:", ":", &["a", "b"]);
        check("a:b::", ":", &["a", "b::"]);
        check("a::b", ":", &["a", "", "b"]);
        check("a : b", " :", &["a", "b"]);
        check("a", ":", &["a", "", ""]);
        check(" a b ", "", &[" a b "]);
        check("a\\ b c", " ", &["a b", "c"]);
    }
}
