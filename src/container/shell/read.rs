//! `read`: a line of the input, split into variables.

use super::{Dialect, Session};
use crate::pipe::Outcome;

/// What was read of a session's input.
#[derive(Default)]
pub(super) struct Reading {
    /// Bytes that `read` has taken.
    pub(super) taken: usize,
    /// Whether more may be typed.
    pub(super) open: bool,
    /// Whether a program has read all that was typed and waits for more.
    pub(super) starved: bool,
}

/// A character, and whether a backslash stood before it.
type Escaped = (char, bool);

impl Session<'_> {
    /// Does some work with an input of its own: nothing of it has been read yet, and nothing more comes.
    pub(super) fn with_input<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let open = std::mem::take(&mut self.reading.open);
        let done = self.with_rest(work);
        self.reading.open = open;
        done
    }

    /// Does some work with what was not read yet of the input.
    pub(super) fn with_rest<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::take(&mut self.reading.taken);
        let done = work(self);
        self.reading.taken = before;
        done
    }

    /// Returns what was not read yet of an input.
    pub(super) fn unread<'i>(&self, input: &'i [u8]) -> &'i [u8] {
        &input[self.reading.taken.min(input.len())..]
    }

    /// `read [-rs] [-p PROMPT] [-n COUNT] NAME...`: status 1 where the input ends before a line does.
    pub(super) fn read_line(&mut self, arguments: &[String], input: &[u8]) -> Outcome {
        let wish = match self.wish(arguments) {
            Ok(wish) => wish,
            Err(outcome) => return outcome,
        };
        // Only someone at a terminal is asked.
        let stderr = if self.settings.tty && self.reading.open { wish.prompt } else { String::new() };
        let names = match (wish.names, self.dialect) {
            ([], Dialect::Dash) => return self.complain("read", "arg count", 2),
            ([], Dialect::Bash | Dialect::Busybox) => None,
            (names, _) => Some(names),
        };
        let unread = String::from_utf8_lossy(self.unread(input)).into_owned();
        let (mut line, mut length, mut ended) = first_line(&unread, wish.is_raw);
        if let Some(most) = wish.most.filter(|most| *most < line.len()) {
            line.truncate(most);
            length = line.iter().map(|(c, escaped)| c.len_utf8() + usize::from(*escaped)).sum();
            ended = true;
        }
        if !ended && self.reads_all() {
            return Outcome { stderr, ..Outcome::default() };
        }
        self.reading.taken += length;
        let separators = self.separators();
        match names {
            Some(names) => {
                let values = split(&line, names.len(), &separators);
                names.iter().zip(values).for_each(|(name, value)| self.set(name, &value));
            }
            None => self.set("REPLY", &text(&line)),
        }
        Outcome { status: i32::from(!ended), stderr, ..Outcome::default() }
    }

    /// Reads what `read` is to do.
    fn wish<'w>(&mut self, arguments: &'w [String]) -> Result<Wish<'w>, Outcome> {
        let mut wish = Wish { names: arguments, is_raw: false, prompt: String::new(), most: None };
        while let Some((word, rest)) = wish.names.split_first().filter(|(word, _)| word.starts_with('-')) {
            wish.names = rest;
            if word == "--" {
                break;
            }
            for (at, letter) in word.char_indices().skip(1) {
                let takes_value = match (letter, self.dialect) {
                    ('r', _) | ('s' | 'e', Dialect::Bash | Dialect::Busybox) => false,
                    ('p', _) | ('n' | 'N' | 't', Dialect::Bash | Dialect::Busybox) => true,
                    (_, Dialect::Dash) => return Err(self.complain("read", &format!("Illegal option -{letter}"), 2)),
                    _ => return Err(self.complain("read", &format!("-{letter}: this small shell has it not"), 2)),
                };
                wish.is_raw |= letter == 'r';
                if takes_value {
                    let attached = &word[at + 1..];
                    let own = if attached.is_empty() { wish.names.first().cloned() } else { Some(attached.to_owned()) };
                    wish.names = if attached.is_empty() { wish.names.get(1..).unwrap_or_default() } else { wish.names };
                    match letter {
                        'p' => wish.prompt = own.unwrap_or_default(),
                        'n' | 'N' => wish.most = own.and_then(|text| text.parse().ok()),
                        // Nobody waits for anything here.
                        _ => {}
                    }
                    break;
                }
            }
        }
        Ok(wish)
    }
}

/// What `read` is to do.
struct Wish<'w> {
    names: &'w [String],
    is_raw: bool,
    prompt: String,
    /// How many characters it takes at most.
    most: Option<usize>,
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
