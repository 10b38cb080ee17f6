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
const MOST: usize = 1_000_000;

/// `seq [-w] [-s TEXT] [FIRST [STEP]] LAST`.
pub(super) fn seq(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let usage = |problem: &str| failed(&format!("seq: {problem}\nTry 'seq --help' for more information."), 1);
    let (mut between, mut is_even, mut format, mut rest) = ("\n".to_owned(), false, None, &words[1..]);
    while let Some((flag, behind)) =
        rest.split_first().filter(|(word, _)| word.starts_with('-') && word.parse::<f64>().is_err())
    {
        rest = behind;
        let attached = flag.chars().skip(2).collect::<String>();
        match flag.as_str() {
            "-w" => is_even = true,
            flag if flag.starts_with("-s") || flag.starts_with("-f") => {
                let value =
                    if attached.is_empty() { behind.first().cloned().unwrap_or_default() } else { attached.clone() };
                rest = if attached.is_empty() { behind.get(1..).unwrap_or_default() } else { behind };
                if flag.starts_with("-s") { between = value } else { format = Some(value) }
            }
            other => return usage(&format!("invalid option -- '{}'", other.trim_start_matches('-'))),
        }
    }
    let mut numbers = Vec::new();
    for word in rest {
        match word.parse::<f64>() {
            Ok(number) if number.is_finite() => numbers.push(number),
            _ => return usage(&format!("invalid floating point argument: {}", super::quoted(session, word))),
        }
    }
    let (first, step, last) = match numbers.as_slice() {
        [last] => (1.0, 1.0, *last),
        [first, last] => (*first, 1.0, *last),
        [_, 0.0, _] => return usage(&format!("invalid Zero increment value: {}", super::quoted(session, &rest[1]))),
        [first, step, last] => (*first, *step, *last),
        [] => return usage("missing operand"),
        _ => return usage(&format!("extra operand {}", super::quoted(session, &rest[3]))),
    };
    let digits = |word: &String| word.split_once('.').map_or(0, |(_, digits)| digits.len());
    let precision = rest[..rest.len().min(2)].iter().map(digits).max().unwrap_or(0);
    let number = |at: u32| first + f64::from(at) * step;
    let all =
        (0..).take(MOST).map(number).take_while(|n| if step > 0.0 { *n <= last + 1e-9 } else { *n >= last - 1e-9 });
    let mut texts: Vec<String> = all
        .map(|number| match &format {
            Some(format) => super::printed(session, format, &number.to_string()),
            None => format!("{number:.precision$}"),
        })
        .collect();
    if is_even {
        let width = texts.iter().map(String::len).max().unwrap_or(0);
        texts = texts.iter().map(|text| format!("{text:0>width$}")).collect();
    }
    said(if texts.is_empty() { String::new() } else { texts.join(&between) + "\n" })
}
