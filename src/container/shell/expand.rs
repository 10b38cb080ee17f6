//! Words as a shell passes them on: variables and substitutions put in, split at blanks, globs looked up.

use super::glob::Pattern;
use super::session::SEPARATORS;
use super::{Session, Written};
use crate::container::files::{Follow, NodeId, ROOT, Want};
use crate::pipe::{Part, Piece, Word};

/// A character, and whether it stood in quotes.
pub(super) type Marked = (char, bool);

/// Words under construction.
#[derive(Default)]
struct Fields {
    done: Vec<Vec<Marked>>,
    open: Option<Vec<Marked>>,
    /// Whether blanks have ended the last word: a separator behind them is part of that end.
    closed: bool,
}

impl Fields {
    fn append(&mut self, text: &str, quoted: bool) {
        if quoted || !text.is_empty() {
            self.closed = false;
            self.open.get_or_insert_default().extend(text.chars().map(|c| (c, quoted)));
        }
    }

    /// Splits what a variable or a substitution gave (POSIX, field splitting): blanks of `IFS` part words and vanish, any other
    /// character of it ends a word, an empty one too.
    fn split(&mut self, text: &str, separators: &str) {
        for c in text.chars() {
            let is_separator = separators.contains(c);
            if is_separator && matches!(c, ' ' | '\t' | '\n') {
                self.closed |= self.open.is_some();
                self.done.extend(self.open.take());
            } else if is_separator {
                if !std::mem::take(&mut self.closed) {
                    self.done.push(self.open.take().unwrap_or_default());
                }
            } else {
                self.closed = false;
                self.open.get_or_insert_default().push((c, false));
            }
        }
    }

    fn next(&mut self) {
        self.done.extend(self.open.take());
    }

    fn finish(mut self) -> Vec<Vec<Marked>> {
        self.next();
        self.done
    }
}

impl Session<'_> {
    /// Makes the words that a command gets of one word that was typed.
    pub(super) fn expand(&mut self, word: &Word, written: &mut Written) -> Vec<String> {
        let mut fields = Fields::default();
        let separators = self.separators();
        // `"$@"` of no arguments is no word, where nothing else stands in it.
        let is_all = |part: &Part| part.quoted && part.piece == Piece::Variable("@".to_owned());
        let vanishes = self.arguments.is_empty() && word.parts.iter().any(is_all);
        for (at, part) in word.parts.iter().enumerate() {
            match &part.piece {
                Piece::Literal(text) if vanishes && text.is_empty() => {}
                Piece::Literal(text) if at == 0 && !part.quoted => fields.append(&self.tilde(text), false),
                Piece::Literal(text) => fields.append(text, part.quoted),
                Piece::Variable(name) if name == "@" || name == "*" && !part.quoted => {
                    self.all_arguments(part.quoted, &separators, &mut fields);
                }
                Piece::Variable(name) => {
                    let value = self.parameter(name);
                    if part.quoted { fields.append(&value, true) } else { fields.split(&value, &separators) }
                }
                Piece::Substitution(script) => {
                    let output = self.substitute(script, written);
                    if part.quoted { fields.append(&output, true) } else { fields.split(&output, &separators) }
                }
            }
        }
        fields.finish().into_iter().flat_map(|field| self.glob(&field)).collect()
    }

    /// Makes one word: the value of an assignment, the target of a redirection.
    pub(super) fn expand_to_one(&mut self, word: &Word, written: &mut Written) -> String {
        let mut text = String::new();
        for (at, part) in word.parts.iter().enumerate() {
            match &part.piece {
                Piece::Literal(literal) if at == 0 && !part.quoted => text.push_str(&self.tilde(literal)),
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Variable(name) => text.push_str(&self.parameter(name)),
                Piece::Substitution(script) => text.push_str(&self.substitute(script, written)),
            }
        }
        text
    }

    fn all_arguments(&self, quoted: bool, separators: &str, fields: &mut Fields) {
        for (at, argument) in self.arguments.iter().enumerate() {
            if at > 0 {
                fields.next();
            }
            if quoted { fields.append(argument, true) } else { fields.split(argument, separators) }
        }
    }

    /// Returns the characters that part words: those of `IFS`, and blanks where there is none.
    pub(super) fn separators(&self) -> String {
        self.value("IFS").unwrap_or(SEPARATORS).to_owned()
    }

    fn tilde(&self, text: &str) -> String {
        match text.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                format!("{}{rest}", self.value("HOME").unwrap_or("~"))
            }
            _ => text.to_owned(),
        }
    }

    /// Returns what `$NAME` or `${...}` stands for.
    fn parameter(&mut self, text: &str) -> String {
        if let Some(name) = text.strip_prefix('#').filter(|name| !name.is_empty()) {
            return self.named(name).unwrap_or_default().chars().count().to_string();
        }
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        let (name, rest) = if end == 0 { (text, "") } else { text.split_at(end) };
        let value = self.named(name);
        let full = value.clone().filter(|value| !value.is_empty());
        let or = |value: Option<String>, other: &str| value.unwrap_or_else(|| other.to_owned());
        match rest {
            "" => value.unwrap_or_default(),
            _ if rest.starts_with(":-") => or(full, &rest[2..]),
            _ if rest.starts_with(":+") => full.map(|_| rest[2..].to_owned()).unwrap_or_default(),
            _ if rest.starts_with(":=") => {
                let new = or(full, &rest[2..]);
                self.set(name, &new);
                new
            }
            _ if rest.starts_with('-') => or(value, &rest[1..]),
            _ if rest.starts_with('+') => value.map(|_| rest[1..].to_owned()).unwrap_or_default(),
            _ => trimmed(&value.unwrap_or_default(), rest),
        }
    }

    fn named(&self, name: &str) -> Option<String> {
        match name {
            "?" => Some(self.status.to_string()),
            "$" => Some("1".to_owned()),
            "#" => Some(self.arguments.len().to_string()),
            "@" => Some(self.arguments.join(" ")),
            "*" => Some(self.arguments.join(&self.separators().chars().take(1).collect::<String>())),
            "0" => Some(self.own_name().to_owned()),
            "PWD" => Some(self.files().path(self.at)),
            "OLDPWD" => Some(self.previous.clone()).filter(|place| !place.is_empty()),
            number if number.parse::<usize>().is_ok() => {
                self.arguments.get(number.parse::<usize>().unwrap_or(1).saturating_sub(1)).cloned()
            }
            name => self.value(name).map(str::to_owned),
        }
    }

    /// Looks up a pattern; one that fits nothing stays as it is.
    fn glob(&self, field: &[Marked]) -> Vec<String> {
        let plain: String = field.iter().map(|(c, _)| *c).collect();
        if !field.iter().any(|(c, quoted)| !quoted && matches!(c, '*' | '?' | '[')) {
            return vec![plain];
        }
        let absolute = plain.starts_with('/');
        let parts: Vec<&[Marked]> = field.split(|(c, _)| *c == '/').filter(|part| !part.is_empty()).collect();
        let mut open: Vec<(NodeId, String)> = vec![(if absolute { ROOT } else { self.at }, String::new())];
        for (at, part) in parts.iter().enumerate() {
            let is_last = at + 1 == parts.len();
            open =
                open.into_iter().flat_map(|(id, path)| self.glob_in(id, &path, part, at, absolute, is_last)).collect();
        }
        let mut found: Vec<String> = open.into_iter().map(|(_, path)| path).collect();
        found.sort();
        if found.is_empty() { vec![plain] } else { found }
    }

    fn glob_in(
        &self,
        id: NodeId,
        path: &str,
        part: &[Marked],
        at: usize,
        absolute: bool,
        is_last: bool,
    ) -> Vec<(NodeId, String)> {
        let pattern = Pattern::read(part);
        let node = self.files().node(id);
        if !node.is_directory() || !self.who.may(Want::Read, node) {
            return Vec::new();
        }
        let slash = if at > 0 || absolute { "/" } else { "" };
        if let Some(name) = pattern.literal().filter(|name| matches!(name.as_str(), "." | "..")) {
            let next = if name == ".." { node.parent } else { id };
            return vec![(next, format!("{path}{slash}{name}"))];
        }
        let mut found = Vec::new();
        for (name, child) in node.children() {
            let name = String::from_utf8_lossy(name);
            if !pattern.fits(&name) {
                continue;
            }
            let next = if is_last { Ok(child) } else { self.files().find(id, &name, Follow::Last, self.who) };
            found.extend(next.ok().map(|next| (next, format!("{path}{slash}{name}"))));
        }
        found
    }
}

/// `${NAME%PATTERN}`, `%%`, `#` and `##`: the value without its beginning or end.
fn trimmed(value: &str, rest: &str) -> String {
    let pattern = |text: &str| Pattern::read(&text.chars().map(|c| (c, false)).collect::<Vec<_>>());
    let cuts = || value.char_indices().map(|(at, _)| at).chain([value.len()]);
    let (kept, found) = if let Some(text) = rest.strip_prefix("##") {
        let pattern = pattern(text);
        (false, cuts().filter(|at| pattern.fits_text(&value[..*at])).max())
    } else if let Some(text) = rest.strip_prefix('#') {
        let pattern = pattern(text);
        (false, cuts().find(|at| pattern.fits_text(&value[..*at])))
    } else if let Some(text) = rest.strip_prefix("%%") {
        let pattern = pattern(text);
        (true, cuts().find(|at| pattern.fits_text(&value[*at..])))
    } else if let Some(text) = rest.strip_prefix('%') {
        let pattern = pattern(text);
        (true, cuts().filter(|at| pattern.fits_text(&value[*at..])).max())
    } else {
        (false, None)
    };
    match (found, kept) {
        (Some(at), true) => value[..at].to_owned(),
        (Some(at), false) => value[at..].to_owned(),
        (None, _) => value.to_owned(),
    }
}
