//! Redirections.

use std::sync::{Arc, OnceLock};

use super::super::Dialect;
use super::lexer::{Parsed, Parser, Waiting};
use super::{Piece, Redirection, Target, Word};

const OPERATORS: &[&str] = &["&>>", "&>", ">>", ">&", ">|", "<<<", "<<-", "<<", "<&", "<>", ">", "<"];

impl Parser {
    /// Reads all redirections that stand here.
    pub(super) fn redirections(&mut self) -> Parsed<Vec<Redirection>> {
        let mut all = Vec::new();
        self.blanks();
        while let Some(one) = self.redirection()? {
            all.push(one);
            self.blanks();
        }
        Ok(all)
    }

    pub(super) fn redirection(&mut self) -> Parsed<Option<Redirection>> {
        let digits = self.text[self.at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let behind = self.at + digits;
        let Some(operator) = self.operator_at(behind).filter(|operator| digits == 0 || !operator.starts_with('&'))
        else {
            return Ok(None);
        };
        let number: String = self.text[self.at..behind].iter().collect();
        self.at = behind + operator.len();
        self.blanks();
        let word = self.word()?;
        if word.parts.is_empty() {
            return Err(self.unexpected());
        }
        let target = match operator {
            "<<" | "<<-" => self.announce(&word, operator == "<<-"),
            _ => Target::Word(word),
        };
        Ok(Some(Redirection { descriptor: number.parse().ok(), operator, target }))
    }

    /// Finds the operator at a place, of those that the shell knows.
    fn operator_at(&self, at: usize) -> Option<&'static str> {
        let rest = self.text.get(at..)?;
        let is_here = |operator: &&&str| {
            rest.len() >= operator.len() && rest.iter().copied().zip(operator.chars()).all(|(a, b)| a == b)
        };
        let is_known = |operator: &&&str| match self.dialect {
            Dialect::Bash => true,
            Dialect::Busybox => !matches!(**operator, "<<<" | "&>>"),
            Dialect::Dash => !matches!(**operator, "<<<" | "&>>" | "&>"),
        };
        OPERATORS.iter().filter(is_known).find(is_here).copied()
    }

    /// Notes a here-document whose lines come behind this line.
    fn announce(&mut self, word: &Word, is_indented: bool) -> Target {
        let text = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Parameter(parameter) => format!("${}", parameter.name),
            Piece::Substitution(_) | Piece::Arithmetic(_) => String::new(),
        };
        let body = Arc::new(OnceLock::new());
        self.waiting.push(Waiting {
            end: word.parts.iter().map(|part| text(&part.piece)).collect(),
            is_quoted: word.parts.iter().any(|part| part.is_quoted),
            is_indented,
            body: Arc::clone(&body),
        });
        Target::Document(body)
    }
}
