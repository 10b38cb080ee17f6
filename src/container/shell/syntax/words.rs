//! Words: quotes, backslashes, variables and substitutions.

use super::super::Dialect;
use super::error::SyntaxError;
use super::lexer::{Parsed, Parser};
use super::{Parameter, Part, Piece, Word};
use crate::container::programs::{Escapes, unescaped};

impl Parser {
    /// Reads a word; it has no parts if none starts here.
    pub(super) fn word(&mut self) -> Parsed<Word> {
        let mut word = Word::default();
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\n' | '\r' | '|' | ';' | '<' | '>' | '&' | '(' | ')' => break,
                '#' if word.parts.is_empty() => break,
                _ => self.one(&mut word)?,
            }
        }
        Ok(word)
    }

    /// Reads one character of a word, or what it begins.
    pub(super) fn one(&mut self, word: &mut Word) -> Parsed<()> {
        match self.peek() {
            Some('\'') => self.single(word)?,
            Some('"') => self.double(word)?,
            Some('\\') => self.escape(word),
            Some('$') if self.starts_with("$'") && self.dialect != Dialect::Dash => self.coded(word)?,
            Some('$') if self.starts_with("$\"") && self.dialect == Dialect::Bash => self.at += 1,
            Some('$' | '`') if self.replaced(word, false)? => {}
            Some(c) => {
                self.at += 1;
                word.push(c, false);
            }
            None => {}
        }
        Ok(())
    }

    fn escape(&mut self, word: &mut Word) {
        match self.text.get(self.at + 1) {
            None => {
                self.is_open = true;
                word.push('\\', false);
            }
            Some('\n') => {}
            Some(c) => word.push(*c, true),
        }
        self.at = (self.at + 2).min(self.text.len());
    }

    fn single(&mut self, word: &mut Word) -> Parsed<()> {
        let length = self.text[self.at + 1..].iter().position(|c| *c == '\'').ok_or(SyntaxError::Quote('\''))?;
        word.text(true).extend(&self.text[self.at + 1..self.at + 1 + length]);
        self.at += length + 2;
        Ok(())
    }

    /// `$'...'`: its backslashes stand for characters.
    fn coded(&mut self, word: &mut Word) -> Parsed<()> {
        self.at += 2;
        let mut raw = String::new();
        loop {
            let c = self.peek().ok_or(SyntaxError::Quote('\''))?;
            self.at += 1;
            match (c, self.peek()) {
                ('\'', _) => break,
                ('\\', Some(quote @ ('\'' | '"'))) => {
                    self.at += 1;
                    raw.push(quote);
                }
                ('\\', Some(next)) => {
                    self.at += 1;
                    raw.extend(['\\', next]);
                }
                _ => raw.push(c),
            }
        }
        word.text(true).push_str(&unescaped(&raw, Escapes::All));
        Ok(())
    }

    pub(super) fn double(&mut self, word: &mut Word) -> Parsed<()> {
        self.at += 1;
        word.text(true);
        loop {
            match self.peek().ok_or(SyntaxError::Quote('"'))? {
                '"' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => self.one_quoted(word, "$`\"\\")?,
            }
        }
    }

    /// Reads a whole text as if it stood in double quotes, in which a quote is text.
    pub(super) fn quoted_text(&mut self) -> Parsed<Word> {
        let mut word = Word::literal(String::new(), true);
        while self.peek().is_some() {
            self.one_quoted(&mut word, "$`\\")?;
        }
        Ok(word)
    }

    /// Reads one character between double quotes; a backslash escapes only what would be special there.
    pub(super) fn one_quoted(&mut self, word: &mut Word, special: &str) -> Parsed<()> {
        match (self.peek(), self.text.get(self.at + 1).copied()) {
            (Some('\\'), Some('\n')) => self.at += 2,
            (Some('\\'), Some(c)) if special.contains(c) => {
                self.at += 2;
                word.push(c, true);
            }
            (Some('$' | '`'), _) if self.replaced(word, true)? => {}
            (Some(c), _) => {
                self.at += 1;
                word.push(c, true);
            }
            (None, _) => {}
        }
        Ok(())
    }

    /// Takes a variable or a substitution; `false` where the dollar sign is text.
    pub(super) fn replaced(&mut self, word: &mut Word, is_quoted: bool) -> Parsed<bool> {
        let piece = if self.peek() == Some('`') {
            Piece::Substitution(self.nested(Self::backquoted)?)
        } else if let Some(expression) = self.arithmetic()? {
            Piece::Arithmetic(expression)
        } else if self.takes("$(") {
            Piece::Substitution(self.nested(Self::parenthesised)?)
        } else if self.takes("${") {
            Piece::Parameter(Box::new(self.nested(|parser| parser.braces(is_quoted))?))
        } else if let Some(name) = self.name_behind_dollar() {
            Piece::Parameter(Box::new(Parameter { name, operation: super::Operation::Value }))
        } else {
            return Ok(false);
        };
        word.parts.push(Part { piece, is_quoted });
        Ok(true)
    }

    fn name_behind_dollar(&mut self) -> Option<String> {
        let rest = &self.text[self.at + 1..];
        let length = match rest.first()? {
            '?' | '$' | '#' | '@' | '*' | '!' | '-' | '0'..='9' => 1,
            _ => rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').count(),
        };
        self.at += if length > 0 { 1 + length } else { 0 };
        (length > 0).then(|| rest_of(&self.text, self.at, length))
    }

    /// `$((...))`; nothing where the parentheses are those of commands.
    fn arithmetic(&mut self) -> Parsed<Option<Word>> {
        if !self.starts_with("$((") {
            return Ok(None);
        }
        match self.between_parentheses(self.at + 3) {
            Some(end) if self.text.get(end + 1) == Some(&')') => {
                let expression = self.text[self.at + 3..end].to_vec();
                self.at = end + 2;
                self.nested(|parser| parser.inner(expression).quoted_text()).map(Some)
            }
            Some(_) => Ok(None),
            None => Err(SyntaxError::Arithmetic),
        }
    }

    /// Finds the parenthesis that closes the one before a place.
    pub(super) fn between_parentheses(&self, from: usize) -> Option<usize> {
        let mut open = 0_usize;
        for (at, c) in self.text.iter().enumerate().skip(from) {
            match c {
                '(' => open += 1,
                ')' if open == 0 => return Some(at),
                ')' => open -= 1,
                _ => {}
            }
        }
        None
    }

    fn parenthesised(&mut self) -> Parsed<super::List> {
        let outer = std::mem::take(&mut self.waiting);
        let list = self.list(&[")"]).map_err(|error| match error {
            SyntaxError::EndOfFile(Some(")")) => SyntaxError::Substitution,
            other => other,
        })?;
        self.waiting.splice(..0, outer);
        self.at += 1;
        Ok(list)
    }

    fn backquoted(&mut self) -> Parsed<super::List> {
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let c = self.peek().ok_or(SyntaxError::Quote('`'))?;
            self.at += 1;
            match (c, self.peek()) {
                ('`', _) => break,
                ('\\', Some(escaped @ ('`' | '\\' | '$'))) => {
                    self.at += 1;
                    text.push(escaped);
                }
                _ => text.push(c),
            }
        }
        let mut inner = self.inner(text);
        let mut list = super::List::new();
        while let Some(line) = inner.next_line()? {
            list.extend(line);
        }
        Ok(list)
    }
}

fn rest_of(text: &[char], end: usize, length: usize) -> String {
    text[end - length..end].iter().collect()
}
