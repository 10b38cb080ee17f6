//! `[[ ... ]]`.

use super::error::{SyntaxError, Token};
use super::lexer::{Parsed, Parser};
use super::{Condition, Word};

impl Parser {
    /// Reads what stands behind `[[`, with the `]]` at its end.
    pub(super) fn condition(&mut self) -> Parsed<Condition> {
        let condition = self.either()?;
        self.blank_lines()?;
        if self.takes("]]") { Ok(condition) } else { Err(self.unexpected()) }
    }

    fn either(&mut self) -> Parsed<Condition> {
        let mut left = self.both()?;
        while self.takes("||") {
            left = Condition::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Parsed<Condition> {
        let mut left = self.not()?;
        while self.takes("&&") {
            left = Condition::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Parsed<Condition> {
        self.blank_lines()?;
        if self.takes("! ") {
            return Ok(Condition::Not(Box::new(self.nested(Self::not)?)));
        }
        if self.takes("(") {
            let inner = self.nested(Self::either)?;
            self.blank_lines()?;
            return if self.takes(")") { Ok(inner) } else { Err(self.unexpected()) };
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Parsed<Condition> {
        let mut words = Vec::new();
        loop {
            self.blank_lines()?;
            if self.peek().is_none() {
                return Err(SyntaxError::EndOfFile(Some("]]")));
            }
            if self.starts_with("]]") || self.starts_with("&&") || self.starts_with("||") || self.starts_with(")") {
                break;
            }
            let word = if self.takes("<") {
                Word::literal("<".to_owned(), false)
            } else if self.takes(">") {
                Word::literal(">".to_owned(), false)
            } else if words.last().and_then(Word::plain) == Some("=~") {
                self.expression()?
            } else {
                self.word()?
            };
            if word.parts.is_empty() {
                return Err(self.unexpected());
            }
            words.push(word);
        }
        let operator = words.get(1).and_then(Word::plain).unwrap_or_default().to_owned();
        match <[Word; 3]>::try_from(words) {
            Ok([left, _, right]) if matches!(operator.as_str(), "=" | "==" | "!=" | "=~" | "<" | ">") => {
                Ok(Condition::Compare { left, operator, right })
            }
            Ok(words) => Ok(Condition::Test(words.into())),
            Err(words) if words.is_empty() || words.len() > 3 => {
                Err(SyntaxError::Unexpected(Token::Fixed("]]".to_owned())))
            }
            Err(words) => Ok(Condition::Test(words)),
        }
    }

    /// Reads a regular expression, in which parentheses and bars are its own.
    fn expression(&mut self) -> Parsed<Word> {
        let mut word = Word::default();
        while self.peek().is_some_and(|c| !c.is_whitespace()) {
            self.one(&mut word)?;
        }
        Ok(word)
    }
}
