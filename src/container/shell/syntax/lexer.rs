//! The text of a script and how far it was read: blanks, comments, line breaks and the here-documents behind them.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::super::Dialect;
use super::error::{SyntaxError, Token};
use super::{List, Word};

/// Longest text in bytes.
const MAX_LENGTH: usize = 256 * 1024;
/// Deepest nesting of constructs and substitutions.
const MAX_DEPTH: usize = 40;

pub(super) type Parsed<T> = Result<T, SyntaxError>;

/// Reads a text one complete line after the other, as a shell does: what stands before a fault runs.
pub(in crate::container::shell) struct Parser {
    pub(super) text: Vec<char>,
    pub(super) at: usize,
    pub(super) depth: usize,
    pub(super) dialect: Dialect,
    /// Words that stand for others at the beginning of a command.
    pub(super) aliases: BTreeMap<String, String>,
    /// Here-documents that were named on this line.
    pub(super) waiting: Vec<Waiting>,
    /// Whether the text ends inside of a here-document, or with a backslash that joins it to the next line.
    pub(super) is_open: bool,
}

/// A here-document that was named and not read yet.
pub(super) struct Waiting {
    pub(super) end: String,
    /// Whether its word stood in quotes: nothing in it is replaced.
    pub(super) is_quoted: bool,
    /// Whether tabs at the beginning of its lines are left out: `<<-`.
    pub(super) is_indented: bool,
    pub(super) body: Arc<OnceLock<Word>>,
}

impl Parser {
    pub(in crate::container::shell) fn new(text: &str, dialect: Dialect) -> Self {
        let text: Vec<char> = text.chars().collect();
        Self { text, at: 0, depth: 0, dialect, aliases: BTreeMap::new(), waiting: Vec::new(), is_open: false }
    }

    /// Reads on with words that stand for others.
    pub(in crate::container::shell) fn set_aliases(&mut self, aliases: &BTreeMap<String, String>) {
        self.aliases.clone_from(aliases);
    }

    /// Reads the commands up to the end of a line, and as many lines as belong to them; nothing at the end of the text.
    pub(in crate::container::shell) fn next_line(&mut self) -> Parsed<Option<List>> {
        if self.text.len() > MAX_LENGTH {
            return Err(SyntaxError::TooLong);
        }
        self.blank_lines()?;
        if self.peek().is_none() {
            return Ok(None);
        }
        let mut list = List::new();
        loop {
            self.and_or(&mut list)?;
            self.blanks();
            match self.peek() {
                None => {
                    self.give_up_documents();
                    return Ok(Some(list));
                }
                Some('\n') => {
                    self.line_break()?;
                    return Ok(Some(list));
                }
                Some(_) => {}
            }
        }
    }

    /// Tells whether the next line belongs to what was read.
    pub(in crate::container::shell) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Returns the number of the line that is read; the first is 1.
    pub(in crate::container::shell) fn line(&self) -> usize {
        1 + self.text[..self.at].iter().filter(|c| **c == '\n').count()
    }

    /// Returns the text of the line that is read.
    pub(in crate::container::shell) fn line_text(&self) -> String {
        let begin = self.text[..self.at].iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1);
        self.text[begin..].iter().take_while(|c| **c != '\n').collect()
    }

    /// Makes a reader of a part of the text.
    pub(super) fn inner(&self, text: Vec<char>) -> Self {
        let (depth, dialect) = (self.depth, self.dialect);
        Self { text, at: 0, depth, dialect, aliases: BTreeMap::new(), waiting: Vec::new(), is_open: false }
    }

    /// Reads something that may hold others of its kind.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SyntaxError::TooDeep);
        }
        let done = read(self)?;
        self.depth -= 1;
        Ok(done)
    }

    /// Steps over spaces and tabs, joined lines, and a comment.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.starts_with("\\\n") => self.at += 2,
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    pub(super) fn blank_lines(&mut self) -> Parsed<()> {
        self.blanks();
        while self.peek() == Some('\n') {
            self.line_break()?;
            self.blanks();
        }
        Ok(())
    }

    /// Steps over a line break, and the here-documents behind it.
    pub(super) fn line_break(&mut self) -> Parsed<()> {
        self.at += 1;
        for document in std::mem::take(&mut self.waiting) {
            let body = self.document(&document)?;
            // Each is read once.
            let _ = document.body.set(body);
        }
        Ok(())
    }

    fn document(&mut self, document: &Waiting) -> Parsed<Word> {
        let mut body = Vec::new();
        loop {
            if self.peek().is_none() {
                self.is_open = true;
                break;
            }
            let mut line: Vec<char> = self.text[self.at..].iter().copied().take_while(|c| *c != '\n').collect();
            self.at = (self.at + line.len() + 1).min(self.text.len());
            if document.is_indented {
                line.drain(..line.iter().take_while(|c| **c == '\t').count());
            }
            if line.iter().copied().eq(document.end.chars()) {
                break;
            }
            body.extend(line);
            body.push('\n');
        }
        if document.is_quoted {
            return Ok(Word::literal(body.into_iter().collect(), true));
        }
        self.inner(body).quoted_text()
    }

    /// Leaves here-documents empty that the text names and has not.
    fn give_up_documents(&mut self) {
        for document in self.waiting.drain(..) {
            self.is_open = true;
            let _ = document.body.set(Word::literal(String::new(), true));
        }
    }

    /// Names what stands here.
    pub(super) fn unexpected(&mut self) -> SyntaxError {
        const OPERATORS: &[&str] = &["&&", "||", ";;", ";", "|", "&", "(", ")"];
        self.blanks();
        if let Some(operator) = OPERATORS.iter().find(|operator| self.starts_with(operator)) {
            return SyntaxError::Unexpected(Token::Fixed((*operator).to_owned()));
        }
        match self.peek() {
            None => SyntaxError::EndOfFile(None),
            Some('\n') => SyntaxError::Unexpected(Token::Newline),
            Some(c @ ('<' | '>')) => SyntaxError::Unexpected(Token::Redirection(c.to_string())),
            Some(_) => {
                let rest = self.text[self.at..].iter();
                let word = rest.take_while(|c| !c.is_whitespace() && !matches!(c, ';' | '&' | '|' | '(' | ')'));
                SyntaxError::Unexpected(Token::Word(word.collect()))
            }
        }
    }

    pub(super) fn starts_with(&self, token: &str) -> bool {
        let rest = &self.text[self.at..];
        rest.len() >= token.chars().count() && rest.iter().copied().zip(token.chars()).all(|(a, b)| a == b)
    }

    /// Steps over a token where it stands here.
    pub(super) fn takes(&mut self, token: &str) -> bool {
        let found = self.starts_with(token);
        if found {
            self.at += token.chars().count();
        }
        found
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }
}
