//! `echo` and `seq`, and the escapes that `printf` knows too.

use std::iter::Peekable;
use std::str::Chars;

use super::{failed, said};
use crate::container::Session;
use crate::pipe::Outcome;

/// Which characters can be written behind a backslash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::container) enum Escapes {
    All,
    /// No hexadecimal numbers.
    OfDash,
}

/// Writes its words as the `echo` that Debian's sh has itself: it reads escapes in any case, and knows no flag but `-n`.
pub(in crate::container) fn dash_echo(words: &[String]) -> Outcome {
    let (end, rest) = match words {
        [flag, rest @ ..] if flag == "-n" => ("", rest),
        rest => ("\n", rest),
    };
    said(unescaped(&rest.join(" "), Escapes::OfDash) + end)
}

/// Writes its words; `-n` leaves the newline out, `-e` reads escapes.
pub(super) fn echo(_: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let is_flag = |word: &&String| {
        word.len() > 1 && word.starts_with('-') && word[1..].chars().all(|c| matches!(c, 'n' | 'e' | 'E'))
    };
    let flags = words[1..].iter().take_while(is_flag).count();
    let (flags, rest) = words[1..].split_at(flags);
    let has = |letter: char| flags.iter().any(|flag| flag.contains(letter));
    let text = rest.join(" ");
    let text = if has('e') { unescaped(&text, Escapes::All) } else { text };
    said(text + if has('n') { "" } else { "\n" })
}

/// Replaces what `echo -e` and `%b` know: octal numbers begin with a 0.
pub(in crate::container) fn unescaped(text: &str, escapes: Escapes) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' if letters.next_if_eq(&'0').is_some() => out.extend(coded(&mut letters, 8, 3)),
            '\\' => out += &escape(&mut letters, escapes),
            c => out.push(c),
        }
    }
    out
}

/// Reads what stands behind a backslash; an octal number has up to three digits.
pub(super) fn escape(letters: &mut Peekable<Chars<'_>>, escapes: Escapes) -> String {
    if letters.peek().is_some_and(|c| c.is_digit(8)) {
        return coded(letters, 8, 3).into_iter().collect();
    }
    match letters.next() {
        Some('n') => "\n".to_owned(),
        Some('t') => "\t".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('a') => "\u{7}".to_owned(),
        Some('b') => "\u{8}".to_owned(),
        Some('v') => "\u{b}".to_owned(),
        Some('f') => "\u{c}".to_owned(),
        Some('e') => "\u{1b}".to_owned(),
        Some('\\') | None => "\\".to_owned(),
        Some('x') if escapes == Escapes::All && letters.peek().is_some_and(char::is_ascii_hexdigit) => {
            coded(letters, 16, 2).into_iter().collect()
        }
        Some(other) => format!("\\{other}"),
    }
}

/// Reads the number of a character, of up to so many digits.
fn coded(letters: &mut Peekable<Chars<'_>>, radix: u32, most: usize) -> Option<char> {
    let mut code = 0;
    for _ in 0..most {
        let Some(digit) = letters.peek().and_then(|c| c.to_digit(radix)) else { break };
        code = code * radix + digit;
        letters.next();
    }
    char::from_u32(code)
}

/// The most numbers that are counted.
const MOST: i64 = 1_000_000;

pub(super) fn seq(_: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let numbers: Result<Vec<i64>, _> = words[1..].iter().map(|word| word.parse::<i64>()).collect();
    let (first, step, last) = match numbers.as_deref() {
        Ok([last]) => (1, 1, *last),
        Ok([first, last]) => (*first, 1, *last),
        Ok([first, step, last]) if *step != 0 => (*first, *step, *last),
        Ok(_) => return failed("seq: missing operand", 1),
        Err(_) => return failed("seq: whole numbers only in this workbook", 1),
    };
    let mut text = String::new();
    let mut number = first;
    for _ in 0..MOST {
        if (step > 0 && number > last) || (step < 0 && number < last) {
            break;
        }
        text += &format!("{number}\n");
        number = number.saturating_add(step);
    }
    said(text)
}
