//! `echo`, `printf` and `seq`.

use std::iter::Peekable;
use std::str::Chars;

use super::{failed, said};
use crate::container::Session;
use crate::pipe::Outcome;

/// Writes its words as the `echo` that Debian's sh has itself: it reads escapes in any case, and knows no flag but `-n`.
pub(in crate::container) fn dash_echo(words: &[String]) -> Outcome {
    let (end, rest) = match words {
        [flag, rest @ ..] if flag == "-n" => ("", rest),
        rest => ("\n", rest),
    };
    said(unescape(&rest.join(" ")) + end)
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
    let text = if has('e') { unescape(&text) } else { text };
    said(text + if has('n') { "" } else { "\n" })
}

/// Writes its words by a format, again and again until all are used.
pub(super) fn printf(_: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let Some(format) = words.get(1) else { return failed("printf: usage: printf format [arguments]", 2) };
    let mut arguments = words[2..].iter();
    let mut text = String::new();
    loop {
        let before = arguments.len();
        text += &one_round(format, &mut arguments);
        if arguments.len() == 0 || arguments.len() == before {
            return said(text);
        }
    }
}

fn one_round(format: &str, arguments: &mut std::slice::Iter<'_, String>) -> String {
    let mut text = String::new();
    let mut letters = format.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' => text += &escape(&mut letters),
            '%' if letters.next_if_eq(&'%').is_some() => text.push('%'),
            '%' => {
                let mut flags = String::new();
                while let Some(flag) = letters.next_if(|c| matches!(c, '-' | '0'..='9' | '.' | '+' | ' ')) {
                    flags.push(flag);
                }
                let argument = arguments.next().map_or("", String::as_str);
                let number = || argument.parse::<i64>().unwrap_or(0);
                let value = match letters.next() {
                    Some('d' | 'i' | 'u') => number().to_string(),
                    Some('x') => format!("{:x}", number()),
                    Some('o') => format!("{:o}", number()),
                    Some('c') => argument.chars().take(1).collect(),
                    Some('b') => unescape(argument),
                    Some('s' | _) | None => argument.to_owned(),
                };
                text += &padded(&flags, &value);
            }
            c => text.push(c),
        }
    }
    text
}

fn padded(flags: &str, value: &str) -> String {
    let (left, rest) = flags.strip_prefix('-').map_or((false, flags), |rest| (true, rest));
    let (width, cut) = rest.split_once('.').unwrap_or((rest, ""));
    let zeros = width.starts_with('0') && !left;
    let value: String = match cut.parse::<usize>() {
        Ok(cut) => value.chars().take(cut).collect(),
        Err(_) => value.to_owned(),
    };
    // Nobody reads further than that.
    let width = width.parse::<usize>().unwrap_or(0).min(4096);
    match (left, zeros) {
        (true, _) => format!("{value:<width$}"),
        (false, true) => format!("{value:0>width$}"),
        (false, false) => format!("{value:>width$}"),
    }
}

/// Replaces what `echo -e` and `%b` know: octal numbers begin with a 0.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' if letters.next_if_eq(&'0').is_some() => out.extend(coded(&mut letters, 8, 3)),
            '\\' => out += &escape(&mut letters),
            c => out.push(c),
        }
    }
    out
}

/// Reads what stands behind a backslash; an octal number has up to three digits.
fn escape(letters: &mut Peekable<Chars<'_>>) -> String {
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
        Some('x') if letters.peek().is_some_and(char::is_ascii_hexdigit) => coded(letters, 16, 2).into_iter().collect(),
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
