//! `printf`: words by a format, as coreutils, busybox and the shells themselves write them.

use std::iter::Peekable;
use std::str::Chars;

use super::say::{Escapes, escape, unescaped};
use crate::container::Session;
use crate::container::shell::Dialect;
use crate::pipe::Outcome;

/// Nobody reads further than that.
const WIDEST: usize = 4096;

/// Writes its words by a format, again and again until all are used.
pub(super) fn printf(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    formatted(session, &words[1..])
}

/// What `printf` writes of these words, the format first.
pub(in crate::container) fn formatted(session: &Session<'_>, words: &[String]) -> Outcome {
    let words = words.strip_prefix(&["--".to_owned()]).unwrap_or(words);
    let Some((format, arguments)) = words.split_first() else { return usage(session) };
    let mut writer =
        Writer { session, arguments: arguments.iter(), text: String::new(), outcome: Outcome::default(), ends: false };
    loop {
        let before = writer.arguments.len();
        writer.round(format);
        if writer.ends || writer.arguments.len() == 0 || writer.arguments.len() == before {
            return Outcome { stdout: writer.text.into_bytes(), ..writer.outcome };
        }
    }
}

fn usage(session: &Session<'_>) -> Outcome {
    match session.dialect() {
        Dialect::Dash => super::failed(&format!("{}: usage: printf format [arg ...]", session.speaker_of("printf")), 2),
        Dialect::Bash => super::failed("printf: usage: printf [-v var] format [arguments]", 2),
        Dialect::Busybox => super::failed("sh: usage: printf FORMAT [ARGUMENT...]", 2),
    }
}

struct Writer<'s, 'c> {
    session: &'s Session<'c>,
    arguments: std::slice::Iter<'s, String>,
    text: String,
    outcome: Outcome,
    /// Whether nothing more is written.
    ends: bool,
}

/// What stands between a percent sign and its letter.
#[derive(Default)]
struct Directive {
    flags: String,
    width: usize,
    precision: Option<usize>,
}

impl<'s> Writer<'s, '_> {
    fn round(&mut self, format: &str) {
        let mut letters = format.chars().peekable();
        while let Some(c) = letters.next() {
            match c {
                '\\' if letters.next_if_eq(&'c').is_some() => self.stop(),
                '\\' => self.text += &escape(&mut letters, self.escapes()),
                '%' if letters.next_if_eq(&'%').is_some() => self.text.push('%'),
                '%' => self.directive(&mut letters),
                c => self.text.push(c),
            }
            if self.ends {
                return;
            }
        }
    }

    fn escapes(&self) -> Escapes {
        if self.session.dialect() == Dialect::Dash { Escapes::OfDash } else { Escapes::All }
    }

    fn stop(&mut self) {
        if self.session.dialect() == Dialect::Busybox {
            self.ends = true;
        } else {
            self.text += "\\c";
        }
    }

    fn directive(&mut self, letters: &mut Peekable<Chars<'_>>) {
        let mut directive = Directive::default();
        while let Some(flag) = letters.next_if(|c| matches!(c, '-' | '+' | ' ' | '#' | '0')) {
            directive.flags.push(flag);
        }
        directive.width = match self.size(letters) {
            Some(width) if width < 0 => {
                directive.flags.push('-');
                usize::try_from(width.unsigned_abs()).unwrap_or(0)
            }
            width => usize::try_from(width.unwrap_or(0)).unwrap_or(0),
        }
        .min(WIDEST);
        if letters.next_if_eq(&'.').is_some() {
            let size = self.size(letters).unwrap_or(0);
            directive.precision = usize::try_from(size).ok().map(|size| size.min(WIDEST));
        }
        let sizes = match self.session.dialect() {
            Dialect::Bash => "hjlLtz",
            Dialect::Busybox => "hlLz",
            Dialect::Dash => "",
        };
        while letters.next_if(|c| sizes.contains(*c)).is_some() {}
        let behind: String = letters.clone().collect();
        self.value(letters.next(), &behind, &directive);
    }

    /// Reads a width or a precision; `*` takes it from the arguments.
    fn size(&mut self, letters: &mut Peekable<Chars<'_>>) -> Option<i64> {
        if letters.next_if_eq(&'*').is_some() {
            return self.arguments.next().and_then(|text| text.parse().ok());
        }
        let mut digits = String::new();
        while let Some(digit) = letters.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        digits.parse().ok()
    }

    fn value(&mut self, letter: Option<char>, behind: &str, directive: &Directive) {
        let Some(letter) = letter else { return self.no_directive(behind) };
        let cut = |text: &str| text.chars().take(directive.precision.unwrap_or(usize::MAX)).collect::<String>();
        match letter {
            's' => {
                let text = cut(self.argument());
                self.pad(&text, directive);
            }
            'b' => {
                let text = self.argument();
                let (text, ends) = text.find("\\c").map_or((text, false), |at| (&text[..at], true));
                self.pad(&cut(&unescaped(text, self.escapes())), directive);
                self.ends |= ends;
            }
            'c' => {
                let text = self.argument().chars().take(1).collect::<String>();
                self.pad(&text, directive);
            }
            'q' if self.session.dialect() == Dialect::Bash => {
                let text = quoted(self.argument());
                self.pad(&text, directive);
            }
            'd' | 'i' => {
                let number = self.number();
                let sign = sign(number < 0, directive);
                self.whole(sign, &number.unsigned_abs().to_string(), directive);
            }
            'u' | 'x' | 'X' | 'o' => {
                let number = self.number().cast_unsigned();
                let has_prefix = directive.flags.contains('#') && number != 0;
                let (prefix, digits) = match letter {
                    'x' => ("0x", format!("{number:x}")),
                    'X' => ("0X", format!("{number:X}")),
                    'o' => ("0", format!("{number:o}")),
                    _ => ("", number.to_string()),
                };
                self.whole(if has_prefix { prefix } else { "" }, &digits, directive);
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let number = self.fraction();
                let shown = shown(number.abs(), letter, directive);
                self.aligned(sign(number.is_sign_negative(), directive), &shown, number.is_finite(), directive);
            }
            _ => self.no_directive(behind),
        }
    }

    fn argument(&mut self) -> &'s str {
        self.arguments.next().map_or("", String::as_str)
    }

    fn number(&mut self) -> i64 {
        let Some(text) = self.arguments.next() else { return 0 };
        if let Some(letter) = text.strip_prefix(['\'', '"']) {
            return letter.chars().next().map_or(0, |c| i64::from(u32::from(c)));
        }
        let (number, rest) = whole_number(text.trim_start());
        if rest.is_empty() && !text.trim().is_empty() {
            return number;
        }
        if text.is_empty() {
            return 0;
        }
        self.no_number(text, rest.len() == text.trim_start().len());
        if self.session.dialect() == Dialect::Busybox { 0 } else { number }
    }

    fn fraction(&mut self) -> f64 {
        let Some(text) = self.arguments.next() else { return 0.0 };
        if let Some(letter) = text.strip_prefix(['\'', '"']) {
            return letter.chars().next().map_or(0.0, |c| f64::from(u32::from(c)));
        }
        let trimmed = text.trim_start();
        let best = (0..=trimmed.len())
            .rev()
            .filter(|at| trimmed.is_char_boundary(*at))
            .find_map(|at| trimmed[..at].parse::<f64>().ok().map(|number| (number, at)));
        let (number, end) = best.unwrap_or((0.0, 0));
        if end < trimmed.len() || trimmed.is_empty() {
            self.no_number(text, end == 0);
        }
        number
    }

    fn no_number(&mut self, text: &str, is_none: bool) {
        let sentence = match self.session.dialect() {
            Dialect::Bash => format!("{}: {text}: invalid number", self.session.speaker_of("printf")),
            Dialect::Dash => {
                let what = if is_none { "expected numeric value" } else { "not completely converted" };
                format!("{}: {text}: {what}", self.session.speaker_of("printf"))
            }
            Dialect::Busybox => format!("sh: invalid number '{text}'"),
        };
        self.outcome.stderr += &(sentence + "\n");
        self.outcome.status = 1;
    }

    fn no_directive(&mut self, behind: &str) {
        let shown: String = behind.chars().take(1).collect();
        let (sentence, status) = match self.session.dialect() {
            Dialect::Bash => (format!("{}: `{shown}': invalid format character", self.session.speaker_of("printf")), 1),
            Dialect::Dash => (format!("{}: %{shown}: invalid directive", self.session.speaker_of("printf")), 2),
            Dialect::Busybox => (format!("sh: %{behind}: invalid format"), 1),
        };
        self.outcome.stderr += &(sentence + "\n");
        self.outcome.status = status;
        self.ends = true;
    }

    fn pad(&mut self, text: &str, directive: &Directive) {
        let blanks = " ".repeat(directive.width.saturating_sub(text.chars().count()));
        let (before, behind) =
            if directive.flags.contains('-') { ("", blanks) } else { (blanks.as_str(), String::new()) };
        self.text += &format!("{before}{text}{behind}");
    }

    /// Writes a whole number; a precision says how many digits it has at least.
    fn whole(&mut self, sign: &str, digits: &str, directive: &Directive) {
        let digits = format!("{}{digits}", "0".repeat(directive.precision.unwrap_or(0).saturating_sub(digits.len())));
        self.aligned(sign, &digits, directive.precision.is_none(), directive);
    }

    fn aligned(&mut self, sign: &str, digits: &str, may_fill: bool, directive: &Directive) {
        let fills = may_fill && directive.flags.contains('0') && !directive.flags.contains('-');
        let length = sign.len() + digits.len();
        let zeros = if fills { "0".repeat(directive.width.saturating_sub(length)) } else { String::new() };
        self.pad(&format!("{sign}{zeros}{digits}"), directive);
    }
}

fn sign(is_negative: bool, directive: &Directive) -> &'static str {
    match () {
        () if is_negative => "-",
        () if directive.flags.contains('+') => "+",
        () if directive.flags.contains(' ') => " ",
        () => "",
    }
}

/// Reads a number as C does, and returns what stands behind it.
fn whole_number(text: &str) -> (i64, &str) {
    let (sign, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (if text.starts_with('-') { -1 } else { 1 }, rest),
        None => (1, text),
    };
    let (radix, digits) = if let Some(digits) = rest.strip_prefix("0x").or(rest.strip_prefix("0X")) {
        (16, digits)
    } else if rest.len() > 1 && rest.starts_with('0') {
        (8, rest)
    } else {
        (10, rest)
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    if end == 0 {
        return (0, text);
    }
    let number = i128::from_str_radix(&digits[..end], radix).unwrap_or(i128::MAX) * sign;
    let number = number.clamp(i64::MIN.into(), i64::MAX.into());
    (i64::try_from(number).unwrap_or(0), &digits[end..])
}

fn shown(number: f64, letter: char, directive: &Directive) -> String {
    let precision = directive.precision.unwrap_or(6);
    let text = match letter.to_ascii_lowercase() {
        _ if number.is_nan() => "nan".to_owned(),
        _ if number.is_infinite() => "inf".to_owned(),
        'f' => format!("{number:.precision$}"),
        'e' => scientific(number, precision),
        _ => shortest(number, precision.max(1), directive.flags.contains('#')),
    };
    if letter.is_ascii_uppercase() { text.to_uppercase() } else { text }
}

/// Writes a number with one digit before its point, and an exponent of at least two digits.
fn scientific(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// `%g`: the shorter form, without zeros at the end.
fn shortest(number: f64, precision: usize, keeps_zeros: bool) -> String {
    let exponent = scientific(number, precision - 1);
    let exponent = exponent.split_once('e').and_then(|(_, exponent)| exponent.parse::<i64>().ok()).unwrap_or(0);
    let size = i64::try_from(precision).unwrap_or(i64::MAX);
    let without_zeros = |text: &str| {
        let has_zeros = text.contains('.') && !keeps_zeros;
        if has_zeros { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    if exponent < -4 || exponent >= size {
        let text = scientific(number, precision - 1);
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{exponent}", without_zeros(digits));
    }
    let decimals = usize::try_from(size - 1 - exponent).unwrap_or(0);
    without_zeros(&format!("{number:.decimals$}"))
}

/// Writes a word so that bash reads it as one: `%q`.
fn quoted(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    let is_plain = |c: char| c.is_alphanumeric() || "_-./,:+@%=^".contains(c);
    text.chars().map(|c| if is_plain(c) { c.to_string() } else { format!("\\{c}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: f64, letter: char, precision: Option<usize>, expected: &str) {
        let directive = Directive { precision, ..Directive::default() };
        assert_eq!(shown(number, letter, &directive), expected);
    }

    #[test]
    fn fractions_are_written_as_c_writes_them() {
        check(1.2345, 'f', Some(2), "1.23");
        check(2.25, 'f', Some(1), "2.2");
        check(1234.5, 'e', None, "1.234500e+03");
        check(0.0001, 'g', None, "0.0001");
        check(0.00001, 'g', None, "1e-05");
        check(1e10, 'G', None, "1E+10");
        check(100_000.0, 'g', None, "100000");
        check(0.0, 'g', None, "0");
    }
}
