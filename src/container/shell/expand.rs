//! Words as a shell passes them on: variables and substitutions put in, split at blanks, globs looked up.

use super::alternatives::alternatives;
use super::glob::{Marked, Pattern};
use super::parameter::Value;
use super::state::SEPARATORS;
use super::syntax::{Operation, Part, Piece, Word};
use super::{Dialect, Session, Written};
use crate::container::files::{Follow, NodeId, ROOT, Want};

/// Whether a word stands alone, or inside of `${...}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Outer,
    Inner,
}

/// Words under construction.
#[derive(Default)]
struct Fields {
    done: Vec<Vec<Marked>>,
    open: Option<Vec<Marked>>,
    /// Characters that part words.
    separators: String,
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
    fn split(&mut self, text: &str) {
        for c in text.chars() {
            let is_separator = self.separators.contains(c);
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
        let alternatives = if self.dialect == Dialect::Bash { alternatives(word) } else { vec![word.clone()] };
        let mut words = Vec::new();
        for word in alternatives {
            let mut fields = Fields { separators: self.separators(), ..Fields::default() };
            self.add(&word, Depth::Outer, false, &mut fields, written);
            let fields = fields.finish();
            words.extend(fields.into_iter().flat_map(|field| self.glob(&field)));
        }
        words
    }

    /// Makes one word: the value of an assignment, the target of a redirection.
    pub(super) fn expand_to_one(&mut self, word: &Word, written: &mut Written) -> String {
        self.marked(word, written).into_iter().map(|(c, _)| c).collect()
    }

    /// Makes one text that keeps in mind what stood in quotes: a pattern.
    pub(super) fn marked(&mut self, word: &Word, written: &mut Written) -> Vec<Marked> {
        let mut text = Vec::new();
        self.mark_word(word, Depth::Outer, false, &mut text, written);
        text
    }

    fn add(&mut self, word: &Word, depth: Depth, is_quoted: bool, fields: &mut Fields, written: &mut Written) {
        // `"$@"` of no arguments is no word, where nothing else stands in it.
        let is_all = |part: &Part| part.is_quoted && all_of(&part.piece, true).is_some();
        let vanishes = self.arguments.is_empty() && word.parts.iter().any(is_all);
        for (at, part) in word.parts.iter().enumerate() {
            let quoted = is_quoted || part.is_quoted;
            match &part.piece {
                Piece::Literal(text) if vanishes && text.is_empty() => {}
                Piece::Literal(text) if quoted => fields.append(text, true),
                Piece::Literal(text) => match depth {
                    Depth::Outer if at == 0 => fields.append(&self.tilde(text), false),
                    Depth::Outer => fields.append(text, false),
                    Depth::Inner => fields.split(text),
                },
                piece => match self.value_of(piece, quoted, written) {
                    Value::Text(text) if quoted => fields.append(&text, true),
                    Value::Text(text) => fields.split(&text),
                    Value::Arguments(arguments) => {
                        for (at, argument) in arguments.iter().enumerate() {
                            if at > 0 {
                                fields.next();
                            }
                            if quoted { fields.append(argument, true) } else { fields.split(argument) }
                        }
                    }
                    Value::Word(word) => self.add(word, Depth::Inner, quoted, fields, written),
                },
            }
        }
    }

    fn mark_word(&mut self, word: &Word, depth: Depth, is_quoted: bool, all: &mut Vec<Marked>, written: &mut Written) {
        for (at, part) in word.parts.iter().enumerate() {
            let quoted = is_quoted || part.is_quoted;
            let text = match &part.piece {
                Piece::Literal(text) if at == 0 && !quoted && depth == Depth::Outer => self.tilde(text),
                Piece::Literal(text) => text.clone(),
                piece => match self.value_of(piece, true, written) {
                    Value::Text(text) => text,
                    Value::Arguments(arguments) => arguments.join(" "),
                    Value::Word(word) => {
                        self.mark_word(word, Depth::Inner, quoted, all, written);
                        continue;
                    }
                },
            };
            all.extend(text.chars().map(|c| (c, quoted)));
        }
    }

    fn value_of<'w>(&mut self, piece: &'w Piece, is_quoted: bool, written: &mut Written) -> Value<'w> {
        if let Some(operation) = all_of(piece, is_quoted) {
            return Value::Arguments(self.some_arguments(operation, written));
        }
        match piece {
            Piece::Literal(text) => Value::Text(text.clone()),
            Piece::Parameter(parameter) => self.parameter(parameter, written),
            Piece::Substitution(list) => Value::Text(self.substitute(list, written)),
            Piece::Arithmetic(word) => {
                let expression = self.expand_to_one(word, written);
                Value::Text(self.calculated(&expression, written).map(|n| n.to_string()).unwrap_or_default())
            }
        }
    }

    /// Returns the characters that part words: those of `IFS`, and blanks where there is none.
    pub(super) fn separators(&self) -> String {
        self.value("IFS").unwrap_or(SEPARATORS).to_owned()
    }

    fn tilde(&self, text: &str) -> String {
        let end = text.find('/').unwrap_or(text.len());
        match text[..end].strip_prefix('~') {
            Some("") => format!("{}{}", self.value("HOME").unwrap_or("~"), &text[end..]),
            Some(user) => match self.home_of(user) {
                Some(home) => format!("{home}{}", &text[end..]),
                None => text.to_owned(),
            },
            None => text.to_owned(),
        }
    }

    /// Looks up a pattern; one that fits nothing stays as it is.
    fn glob(&self, field: &[Marked]) -> Vec<String> {
        let plain: String = field.iter().map(|(c, _)| *c).collect();
        if self.own.options.noglob || !field.iter().any(|(c, quoted)| !quoted && matches!(c, '*' | '?' | '[')) {
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
        let wants_folders = plain.ends_with('/');
        let is_folder = |path: &str| self.find(path, Follow::Last).is_ok_and(|id| self.files().node(id).is_directory());
        open.retain(|(_, path)| !wants_folders || is_folder(path));
        let end = if wants_folders { "/" } else { "" };
        let mut found: Vec<String> = open.into_iter().map(|(_, path)| path + end).collect();
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

/// Tells whether a piece stands for arguments, each a word: `$@`, and `$*` outside of quotes.
fn all_of(piece: &Piece, is_quoted: bool) -> Option<&Operation> {
    let Piece::Parameter(parameter) = piece else { return None };
    let is_all = parameter.name == "@" || parameter.name == "*" && !is_quoted;
    let is_each = matches!(parameter.operation, Operation::Value | Operation::Slice { .. });
    (is_all && is_each).then_some(&parameter.operation)
}
