//! What `$NAME` and `${...}` stand for.

use super::glob::{Marked, Pattern};
use super::state::Origin;
use super::syntax::{Operation, Parameter, Sign, Which, Word};
use super::{Dialect, Session, Written};

/// What a piece of a word stands for.
pub(super) enum Value<'w> {
    Text(String),
    /// Arguments, each a word.
    Arguments(Vec<String>),
    /// Another word in its place.
    Word(&'w Word),
}

/// The longest value in which parts are looked for by a pattern, in characters.
const LONGEST: usize = 4096;

impl Session<'_> {
    pub(super) fn parameter<'w>(&mut self, parameter: &'w Parameter, written: &mut Written) -> Value<'w> {
        let name = parameter.name.as_str();
        if !self.knows(&parameter.operation) {
            self.fail(&self.bad_substitution(name), if self.dialect == Dialect::Bash { 1 } else { 2 }, written);
            return Value::Text(String::new());
        }
        if let Operation::Otherwise { sign, or_empty, word } = &parameter.operation {
            return self.otherwise(name, *sign, *or_empty, word, written);
        }
        let Some(value) = self.named(name).or_else(|| self.unset(name, written)) else {
            return Value::Text(String::new());
        };
        Value::Text(match &parameter.operation {
            Operation::Value | Operation::Otherwise { .. } | Operation::Bad => value,
            Operation::Length if matches!(name, "@" | "*") => self.arguments.len().to_string(),
            Operation::Length => value.chars().count().to_string(),
            Operation::Indirect => self.named(&value).unwrap_or_default(),
            Operation::Cut { from_end, is_longest, pattern } => {
                let pattern = Pattern::read(&self.marked(pattern, written));
                cut(&value, &pattern, *from_end, *is_longest)
            }
            Operation::Slice { .. } if matches!(name, "@" | "*") && self.dialect == Dialect::Bash => {
                self.some_arguments(&parameter.operation, written).join(" ")
            }
            Operation::Slice { from, length } => {
                let letters: Vec<char> = value.chars().collect();
                let (from, to) = self.bounds(letters.len(), from, length.as_ref(), written);
                letters[from..to].iter().collect()
            }
            Operation::Replace { which, pattern, by } => {
                let pattern = self.marked(pattern, written);
                let by = self.expand_to_one(by, written);
                replace(&value, &pattern, *which, &by)
            }
            Operation::Fold { to_upper, is_whole } => fold(&value, *to_upper, *is_whole),
        })
    }

    /// Returns the arguments that `$@` or `${@:FROM:LENGTH}` stands for.
    pub(super) fn some_arguments(&mut self, operation: &Operation, written: &mut Written) -> Vec<String> {
        match operation {
            Operation::Slice { from, length } if self.dialect == Dialect::Bash => {
                let all = [vec![self.place.name.clone()], self.arguments.clone()].concat();
                let (from, to) = self.bounds(all.len(), from, length.as_ref(), written);
                all[from..to].to_vec()
            }
            Operation::Slice { .. } if self.dialect == Dialect::Dash => {
                self.fail(&self.bad_substitution("@"), 2, written);
                Vec::new()
            }
            Operation::Slice { from, length } => {
                let letters: Vec<char> = self.arguments.join(" ").chars().collect();
                let (from, to) = self.bounds(letters.len(), from, length.as_ref(), written);
                vec![letters[from..to].iter().collect()]
            }
            _ => self.arguments.clone(),
        }
    }

    /// Tells whether the shell knows an operation.
    fn knows(&self, operation: &Operation) -> bool {
        match operation {
            Operation::Bad => false,
            Operation::Slice { .. } | Operation::Replace { .. } => self.dialect != Dialect::Dash,
            Operation::Indirect | Operation::Fold { .. } => self.dialect == Dialect::Bash,
            Operation::Value | Operation::Length | Operation::Otherwise { .. } | Operation::Cut { .. } => true,
        }
    }

    fn bad_substitution(&self, name: &str) -> String {
        match self.dialect {
            Dialect::Bash => format!("${{{name}}}: bad substitution"),
            Dialect::Dash => "Bad substitution".to_owned(),
            Dialect::Busybox => "syntax error: bad substitution".to_owned(),
        }
    }

    fn otherwise<'w>(
        &mut self,
        name: &str,
        sign: Sign,
        or_empty: bool,
        word: &'w Word,
        written: &mut Written,
    ) -> Value<'w> {
        let value = match name {
            "@" | "*" => self.named(name).filter(|_| !self.arguments.is_empty()),
            name => self.named(name),
        };
        let value = value.filter(|value| !or_empty || !value.is_empty());
        match (sign, value) {
            (Sign::Instead | Sign::Assign | Sign::Fail, Some(value)) => Value::Text(value),
            (Sign::Instead, None) | (Sign::Present, Some(_)) => Value::Word(word),
            (Sign::Present, None) => Value::Text(String::new()),
            (Sign::Assign, None) => {
                let value = self.expand_to_one(word, written);
                self.assign(name, &value, written);
                Value::Text(value)
            }
            (Sign::Fail, None) => {
                let told = self.expand_to_one(word, written);
                let told = match (told.as_str(), or_empty) {
                    ("", true) => "parameter null or not set",
                    ("", false) => "parameter not set",
                    (told, _) => told,
                };
                let status = if self.dialect == Dialect::Bash { 127 } else { 2 };
                self.fail(&format!("{name}: {told}"), status, written);
                Value::Text(String::new())
            }
        }
    }

    /// Complains about a variable that is not there where `set -u` asks for it; an empty value otherwise.
    fn unset(&mut self, name: &str, written: &mut Written) -> Option<String> {
        if !self.own.options.nounset || matches!(name, "@" | "*") {
            return Some(String::new());
        }
        let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
        match self.dialect {
            Dialect::Bash => {
                let sign = if is_number { "$" } else { "" };
                let status = if self.place.origin == Origin::Typed { 1 } else { 127 };
                self.fail(&format!("{sign}{name}: unbound variable"), status, written);
            }
            Dialect::Dash | Dialect::Busybox => self.fail(&format!("{name}: parameter not set"), 2, written),
        }
        None
    }

    /// Says what is wrong, and ends what runs.
    pub(super) fn fail(&mut self, sentence: &str, status: i32, written: &mut Written) {
        if !self.stops() {
            written.complain(&format!("{}: {sentence}", self.speaker()));
            self.give_up(status);
        }
    }

    /// Returns where a part of so many pieces begins and ends; numbers below 0 count from the end.
    fn bounds(&mut self, count: usize, from: &Word, length: Option<&Word>, written: &mut Written) -> (usize, usize) {
        let mut number = |word: &Word| {
            let text = self.expand_to_one(word, written);
            self.calculated(&text, written).unwrap_or(0)
        };
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let from = number(from);
        let from = if from < 0 { (count + from).max(0) } else { from.min(count) };
        let to = match length.map(number) {
            None => count,
            Some(length) if length < 0 => count + length,
            Some(length) => from.saturating_add(length),
        };
        let place = |number: i64| usize::try_from(number).unwrap_or(0);
        (place(from), place(to.clamp(from, count)))
    }

    /// Returns a variable's value, or that of a sign like `$?`.
    pub(super) fn named(&self, name: &str) -> Option<String> {
        match name {
            "?" => Some(self.status.to_string()),
            "$" => Some("1".to_owned()),
            "!" => self.own.last_background.map(|process| process.to_string()),
            "#" => Some(self.arguments.len().to_string()),
            "-" => Some(self.option_letters()),
            "@" => Some(self.arguments.join(" ")),
            "*" => Some(self.arguments.join(&self.separators().chars().take(1).collect::<String>())),
            "0" => Some(self.place.name.clone()),
            "PWD" => Some(self.files().path(self.at)),
            "OLDPWD" => Some(self.previous.clone()).filter(|place| !place.is_empty()),
            "LINENO" => Some(self.place.line.to_string()),
            "PPID" => Some("0".to_owned()),
            "UID" | "EUID" if self.dialect == Dialect::Bash => Some(self.who.uid.to_string()),
            "SECONDS" if self.dialect == Dialect::Bash => Some("0".to_owned()),
            "RANDOM" if self.dialect != Dialect::Dash => Some(self.random().to_string()),
            number if number.parse::<usize>().is_ok() => {
                self.arguments.get(number.parse::<usize>().unwrap_or(1).saturating_sub(1)).cloned()
            }
            name => self.value(name).map(str::to_owned),
        }
    }

    /// Returns a number that differs from one moment to the next.
    fn random(&self) -> u64 {
        let moment = (self.settings.clock)().as_nanosecond().unsigned_abs();
        u64::try_from(moment % 1_000_000_007).unwrap_or(0).wrapping_mul(1_103_515_245).wrapping_add(12_345) >> 16
            & 0x7fff
    }
}

/// `${NAME%PATTERN}`, `%%`, `#` and `##`: the value without its beginning or end.
fn cut(value: &str, pattern: &Pattern, from_end: bool, is_longest: bool) -> String {
    let mut places: Vec<usize> = value.char_indices().map(|(at, _)| at).chain([value.len()]).collect();
    if from_end != is_longest {
        places.reverse();
    }
    let fits = |at: &usize| pattern.fits_text(if from_end { &value[*at..] } else { &value[..*at] });
    match places.into_iter().find(fits) {
        Some(at) if from_end => value[..at].to_owned(),
        Some(at) => value[at..].to_owned(),
        None => value.to_owned(),
    }
}

/// `${NAME/PATTERN/WORD}`: the longest text that fits gives way.
fn replace(value: &str, pattern: &[Marked], which: Which, by: &str) -> String {
    let letters: Vec<char> = value.chars().collect();
    if pattern.is_empty() || letters.len() > LONGEST {
        return value.to_owned();
    }
    let pattern = Pattern::read(pattern);
    let fits = |from: usize, to: usize| pattern.fits_text(&letters[from..to].iter().collect::<String>());
    let longest = |from: usize| (from..=letters.len()).rev().find(|to| fits(from, *to));
    let text = |from: usize, to: usize| letters[from..to].iter().collect::<String>();
    match which {
        Which::AtBeginning => {
            longest(0).map_or_else(|| value.to_owned(), |to| by.to_owned() + &text(to, letters.len()))
        }
        Which::AtEnd => {
            let from = (0..=letters.len()).find(|from| fits(*from, letters.len()));
            from.map_or_else(|| value.to_owned(), |from| text(0, from) + by)
        }
        Which::First | Which::Every => {
            let (mut done, mut at, mut goes_on) = (String::new(), 0, true);
            while at < letters.len() {
                if let Some(to) = longest(at).filter(|to| goes_on && *to > at) {
                    done += by;
                    goes_on = which == Which::Every;
                    at = to;
                } else {
                    done.push(letters[at]);
                    at += 1;
                }
            }
            done
        }
    }
}

/// `${NAME^^}`, `${NAME,,}`: all letters, or the first one.
fn fold(value: &str, to_upper: bool, is_whole: bool) -> String {
    let change = |text: &str| if to_upper { text.to_uppercase() } else { text.to_lowercase() };
    let first = value.chars().next().map_or(0, char::len_utf8);
    let (changed, rest) = value.split_at(if is_whole { value.len() } else { first });
    change(changed) + rest
}
