//! `fmt.Sprintf` and its siblings: the format string. How one value is written stands in `write`.

use super::value::Value;
use super::write::{Flags, Printer};

/// Widths and precisions beyond this are refused, as in Go.
const TOO_LARGE: i64 = 1_000_000;

/// Writes values as `fmt.Sprint`: a space between two neighbours of which neither is a text.
pub(super) fn sprint(values: &[Value]) -> String {
    let mut printer = Printer::default();
    let mut was_text = true;
    for (index, value) in values.iter().enumerate() {
        let is_text = matches!(value, Value::Text(..));
        if index > 0 && !is_text && !was_text {
            printer.push(" ");
        }
        printer.value(value, 'v', 0);
        was_text = is_text;
    }
    printer.out
}

/// Writes values as `fmt.Sprintln`: spaces between all, a newline behind.
pub(super) fn sprintln(values: &[Value]) -> String {
    let mut printer = Printer::default();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            printer.push(" ");
        }
        printer.value(value, 'v', 0);
    }
    printer.push("\n");
    printer.out
}

/// Writes values by a format, with Go's complaints (`%!d(string=hi)`) inside the text.
pub(super) fn sprintf(format: &str, values: &[Value]) -> String {
    let mut run = Run { printer: Printer::default(), values, next: 0, reordered: false, good_index: true };
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        run.printer.push(&rest[..at]);
        rest = run.directive(&rest[at + 1..]);
    }
    run.printer.push(rest);
    run.extra();
    run.printer.out
}

struct Run<'a> {
    printer: Printer,
    values: &'a [Value],
    next: usize,
    reordered: bool,
    good_index: bool,
}

impl Run<'_> {
    /// Handles what follows one `%`; returns what is left of the format.
    fn directive<'f>(&mut self, text: &'f str) -> &'f str {
        self.printer.flags = Flags::default();
        self.good_index = true;
        let mut rest = self.flags(text);
        let mut after_index = false;
        rest = self.index(rest, &mut after_index);
        rest = self.width(rest, &mut after_index);
        rest = self.precision(rest, &mut after_index);
        if !after_index {
            rest = self.index(rest, &mut after_index);
        }
        let Some(verb) = rest.chars().next() else {
            self.printer.push("%!(NOVERB)");
            return rest;
        };
        self.verb(verb);
        &rest[verb.len_utf8()..]
    }

    fn flags<'f>(&mut self, text: &'f str) -> &'f str {
        let flags = &mut self.printer.flags;
        for (at, c) in text.char_indices() {
            match c {
                '#' => flags.sharp = true,
                '0' => flags.zero = true,
                '+' => flags.plus = true,
                '-' => flags.minus = true,
                ' ' => flags.space = true,
                _ => return &text[at..],
            }
        }
        ""
    }

    fn width<'f>(&mut self, text: &'f str, after_index: &mut bool) -> &'f str {
        if let Some(rest) = text.strip_prefix('*') {
            match self.integer() {
                Some(width) => {
                    self.printer.flags.minus |= width < 0;
                    self.printer.flags.width = usize::try_from(width.unsigned_abs()).ok();
                }
                None => self.printer.push("%!(BADWIDTH)"),
            }
            *after_index = false;
            return rest;
        }
        let (width, rest) = digits(text);
        if width.is_some() && *after_index {
            self.good_index = false;
        }
        self.printer.flags.width = width;
        rest
    }

    fn precision<'f>(&mut self, text: &'f str, after_index: &mut bool) -> &'f str {
        let Some(text) = text.strip_prefix('.') else { return text };
        if *after_index {
            self.good_index = false;
        }
        let text = self.index(text, after_index);
        if let Some(rest) = text.strip_prefix('*') {
            let precision = self.integer();
            self.printer.flags.precision = precision.and_then(|value| usize::try_from(value).ok());
            if precision.is_none() {
                self.printer.push("%!(BADPREC)");
            }
            *after_index = false;
            return rest;
        }
        let (precision, rest) = digits(text);
        self.printer.flags.precision = Some(precision.unwrap_or(0));
        rest
    }

    /// Reads `[3]`, which chooses the next value.
    fn index<'f>(&mut self, text: &'f str, found: &mut bool) -> &'f str {
        *found = false;
        let Some(inner) = text.strip_prefix('[') else { return text };
        self.reordered = true;
        let Some((number, rest)) = inner.split_once(']') else {
            self.good_index = false;
            return inner;
        };
        match number.parse::<usize>().ok().filter(|index| (1..=self.values.len()).contains(index)) {
            Some(index) => {
                self.next = index - 1;
                *found = true;
            }
            None => self.good_index = false,
        }
        rest
    }

    /// Takes the value that stands for a `*`.
    fn integer(&mut self) -> Option<i64> {
        let value = self.values.get(self.next)?;
        self.next += 1;
        match value {
            Value::Int(number, _) if number.abs() <= TOO_LARGE => Some(*number),
            _ => None,
        }
    }

    fn verb(&mut self, verb: char) {
        if verb == '%' {
            return self.printer.push("%");
        }
        if !self.good_index {
            return self.printer.push(&format!("%!{verb}(BADINDEX)"));
        }
        let Some(value) = self.values.get(self.next) else {
            return self.printer.push(&format!("%!{verb}(MISSING)"));
        };
        self.next += 1;
        let flags = &mut self.printer.flags;
        if verb == 'v' {
            flags.sharp_v = std::mem::take(&mut flags.sharp);
            flags.plus_v = std::mem::take(&mut flags.plus);
        }
        flags.zero &= !flags.minus;
        self.printer.value(value, verb, 0);
    }

    fn extra(&mut self) {
        if self.reordered || self.next >= self.values.len() {
            return;
        }
        self.printer.flags = Flags::default();
        self.printer.push("%!(EXTRA ");
        for (index, value) in self.values[self.next..].iter().enumerate() {
            if index > 0 {
                self.printer.push(", ");
            }
            self.printer.typed(value);
        }
        self.printer.push(")");
    }
}

/// Reads a decimal number; one that is too large swallows the rest of the format, as in Go.
fn digits(text: &str) -> (Option<usize>, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    match text[..end].parse::<i64>() {
        Ok(number) if number <= TOO_LARGE => (usize::try_from(number).ok(), &text[end..]),
        Err(_) if end == 0 => (None, text),
        Ok(_) | Err(_) => (None, ""),
    }
}
