//! `${...}`: a variable, and what is made of it.

use super::error::SyntaxError;
use super::lexer::{Parsed, Parser};
use super::{Operation, Parameter, Sign, Which, Word};

impl Parser {
    /// Reads what stands behind `${`, with the brace that ends it.
    pub(super) fn braces(&mut self, is_quoted: bool) -> Parsed<Parameter> {
        if self.starts_with("#") && !self.starts_with("#}") {
            self.at += 1;
            let name = self.parameter_name();
            return self.closed(name, Operation::Length);
        }
        if self.starts_with("!") && !self.starts_with("!}") {
            self.at += 1;
            let name = self.parameter_name();
            return self.closed(name, Operation::Indirect);
        }
        let name = self.parameter_name();
        let operation = if name.is_empty() { Operation::Bad } else { self.operation(is_quoted)? };
        self.closed(name, operation)
    }

    /// Steps over the brace at the end; what else stands before it makes no sense.
    fn closed(&mut self, name: String, operation: Operation) -> Parsed<Parameter> {
        let operation = if self.peek() == Some('}') { operation } else { Operation::Bad };
        while self.peek() != Some('}') {
            self.part(&mut Word::default(), false)?;
        }
        self.at += 1;
        Ok(Parameter { name, operation })
    }

    fn parameter_name(&mut self) -> String {
        let rest = &self.text[self.at..];
        let is_name = |c: &&char| c.is_ascii_alphanumeric() || **c == '_';
        let length = match rest.first() {
            Some('?' | '$' | '#' | '@' | '*' | '!' | '-') => 1,
            Some('0'..='9') => rest.iter().take_while(|c| c.is_ascii_digit()).count(),
            _ => rest.iter().take_while(is_name).count(),
        };
        let name = rest[..length].iter().collect();
        self.at += length;
        name
    }

    fn operation(&mut self, is_quoted: bool) -> Parsed<Operation> {
        let or_empty = self.peek() == Some(':') && matches!(self.text.get(self.at + 1), Some('-' | '=' | '?' | '+'));
        self.at += usize::from(or_empty);
        for (token, sign) in [("-", Sign::Instead), ("=", Sign::Assign), ("?", Sign::Fail), ("+", Sign::Present)] {
            if self.takes(token) {
                let word = self.up_to("}", is_quoted)?;
                return Ok(Operation::Otherwise { sign, or_empty, word });
            }
        }
        for (token, from_end, is_longest) in
            [("##", false, true), ("#", false, false), ("%%", true, true), ("%", true, false)]
        {
            if self.takes(token) {
                return Ok(Operation::Cut { from_end, is_longest, pattern: self.up_to("}", false)? });
            }
        }
        for (token, to_upper, is_whole) in
            [("^^", true, true), ("^", true, false), (",,", false, true), (",", false, false)]
        {
            if self.takes(token) {
                return Ok(Operation::Fold { to_upper, is_whole });
            }
        }
        if self.takes(":") {
            let from = self.up_to(":}", true)?;
            let length = if self.takes(":") { Some(self.up_to("}", true)?) } else { None };
            return Ok(Operation::Slice { from, length });
        }
        if self.takes("/") {
            return self.replacement();
        }
        Ok(Operation::Value)
    }

    fn replacement(&mut self) -> Parsed<Operation> {
        use super::super::Dialect;
        let which = match self.peek() {
            Some('/') => Which::Every,
            Some('#') if self.dialect == Dialect::Bash => Which::AtBeginning,
            Some('%') if self.dialect == Dialect::Bash => Which::AtEnd,
            _ => Which::First,
        };
        self.at += usize::from(which != Which::First);
        let pattern = self.up_to("/}", false)?;
        let by = if self.takes("/") { self.up_to("}", false)? } else { Word::default() };
        Ok(Operation::Replace { which, pattern, by })
    }

    /// Reads a word up to one of these characters outside of quotes.
    fn up_to(&mut self, ends: &str, is_quoted: bool) -> Parsed<Word> {
        let mut word = Word::default();
        while self.peek().is_none_or(|c| !ends.contains(c)) {
            self.part(&mut word, is_quoted)?;
        }
        Ok(word)
    }

    fn part(&mut self, word: &mut Word, is_quoted: bool) -> Parsed<()> {
        match self.peek() {
            None => Err(SyntaxError::Brace),
            Some('"') if is_quoted => self.double(word),
            Some(_) if is_quoted => self.one_quoted(word, "$`\"\\}"),
            Some(_) => self.one(word),
        }
    }
}
