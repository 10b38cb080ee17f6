//! Pipelines: declarations, commands, operands and the terms that they are made of.

use super::{Parsed, Parser};
use crate::template::ast::{Binding, Command, Operand, Pipe, Term};
use crate::template::functions::Function;
use crate::template::lex::{Kind, Token};
use crate::template::number::Number;
use crate::template::quote::{quoted, unquoted};

impl Parser {
    pub(super) fn pipeline(&mut self, context: &str, end: Kind) -> Parsed<Pipe> {
        self.enter()?;
        let mut pipe =
            Pipe { at: self.peek_past_spaces().at, binding: Binding::Declare, variables: vec![], commands: vec![] };
        while self.declaration(context, &mut pipe)? {}
        loop {
            let token = self.peek_past_spaces();
            if token.kind == end {
                self.advance_past_spaces();
                break;
            }
            if !starts_operand(&token) {
                self.advance_past_spaces();
                return Err(self.unexpected(&token, context));
            }
            let command = self.command()?;
            pipe.commands.push(command);
        }
        self.depth -= 1;
        check(&pipe, context)?;
        Ok(pipe)
    }

    /// Takes `$x :=`, `$x =` or, in a range, `$x,`; returns whether another variable may follow.
    fn declaration(&mut self, context: &str, pipe: &mut Pipe) -> Parsed<bool> {
        let before = self.next;
        let variable = self.advance_past_spaces();
        if variable.kind != Kind::Variable {
            self.next = before;
            return Ok(false);
        }
        let next = self.peek_past_spaces();
        match next.kind {
            Kind::Assign | Kind::Declare => {
                self.advance_past_spaces();
                pipe.binding = if next.kind == Kind::Assign { Binding::Assign } else { Binding::Declare };
                self.declare(pipe, variable);
                Ok(false)
            }
            Kind::Char if next.text == "," => {
                self.advance_past_spaces();
                self.declare(pipe, variable);
                if context != "range" || pipe.variables.len() >= 2 {
                    return Err(format!("too many declarations in {context}"));
                }
                match self.peek_past_spaces().kind {
                    Kind::Variable | Kind::RightDelim | Kind::RightParen => Ok(true),
                    _ => Err("range can only initialize variables".into()),
                }
            }
            _ => {
                self.next = before;
                Ok(false)
            }
        }
    }

    fn declare(&mut self, pipe: &mut Pipe, variable: Token) {
        self.variables.push(variable.text.clone());
        pipe.variables.push(variable.text);
    }

    fn command(&mut self) -> Parsed<Command> {
        let mut command = Command { at: self.peek_past_spaces().at, words: Vec::new() };
        loop {
            self.peek_past_spaces();
            if let Some(operand) = self.operand()? {
                command.words.push(operand);
            }
            let before = self.next;
            let token = self.advance();
            match token.kind {
                Kind::Space => {}
                Kind::RightDelim | Kind::RightParen => {
                    self.next = before;
                    break;
                }
                Kind::Pipe => break,
                _ => return Err(self.unexpected(&token, "operand")),
            }
        }
        if command.words.is_empty() {
            return Err("empty command".into());
        }
        Ok(command)
    }

    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let Some(base) = self.term()? else { return Ok(None) };
        let at = self.peek().at;
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            fields.push(field_name(&self.advance()));
        }
        if fields.is_empty() {
            return Ok(Some(base));
        }
        let term = match base.term {
            Term::Field(mut names) => {
                names.append(&mut fields);
                Term::Field(names)
            }
            Term::Variable { name, fields: mut names } => {
                names.append(&mut fields);
                Term::Variable { name, fields: names }
            }
            Term::Bool(_) | Term::Text { .. } | Term::Number { .. } | Term::Nil | Term::Dot => {
                return Err(format!("unexpected . after term {}", quoted(&base.to_string())));
            }
            Term::Function(_) | Term::Pipe(_) | Term::Chain { .. } => Term::Chain { base: Box::new(base), fields },
        };
        Ok(Some(Operand { at, term }))
    }

    fn term(&mut self) -> Parsed<Option<Operand>> {
        let before = self.next;
        let token = self.advance_past_spaces();
        let term = match token.kind {
            Kind::Identifier if Function::named(&token.text).is_none() => {
                return Err(format!("function {} not defined", quoted(&token.text)));
            }
            Kind::Identifier => Term::Function(token.text),
            Kind::Keyword if token.text == "." => Term::Dot,
            Kind::Keyword if token.text == "nil" => Term::Nil,
            Kind::Variable => self.variable(token.text)?,
            Kind::Field => Term::Field(vec![field_name(&token)]),
            Kind::Bool => Term::Bool(token.text == "true"),
            Kind::Number | Kind::CharConstant => number(token.text)?,
            Kind::LeftParen => {
                let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
                return Ok(Some(Operand { at: pipe.at, term: Term::Pipe(Box::new(pipe)) }));
            }
            Kind::String | Kind::RawString => {
                let value = unquoted(&token.text).ok_or("invalid syntax")?;
                Term::Text { value, literal: token.text }
            }
            _ => {
                self.next = before;
                return Ok(None);
            }
        };
        Ok(Some(Operand { at: token.at, term }))
    }

    fn variable(&self, name: String) -> Parsed<Term> {
        if !self.variables.contains(&name) {
            return Err(format!("undefined variable {}", quoted(&name)));
        }
        Ok(Term::Variable { name, fields: Vec::new() })
    }
}

fn starts_operand(token: &Token) -> bool {
    match token.kind {
        Kind::Bool
        | Kind::CharConstant
        | Kind::Field
        | Kind::Identifier
        | Kind::Number
        | Kind::RawString
        | Kind::String
        | Kind::Variable
        | Kind::LeftParen => true,
        Kind::Keyword => token.text == "." || token.text == "nil",
        Kind::Assign
        | Kind::Char
        | Kind::Declare
        | Kind::End
        | Kind::Error
        | Kind::LeftDelim
        | Kind::Pipe
        | Kind::RightDelim
        | Kind::RightParen
        | Kind::Space
        | Kind::Text => false,
    }
}

fn field_name(token: &Token) -> String {
    token.text.trim_start_matches('.').to_owned()
}

fn number(text: String) -> Parsed<Term> {
    let value = if text.starts_with('\'') { character(&text)? } else { Number::parse(&text)? };
    Ok(Term::Number { value, text })
}

fn character(text: &str) -> Parsed<Number> {
    let inside = unquoted(text).filter(|inside| !inside.is_empty()).ok_or("invalid syntax")?;
    let mut characters = inside.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => Ok(Number::Int(i64::from(u32::from(only)))),
        _ => Err(format!("malformed character constant: {text}")),
    }
}

/// Refuses an empty pipeline, and a constant where a function must stand.
fn check(pipe: &Pipe, context: &str) -> Parsed<()> {
    if pipe.commands.is_empty() {
        return Err(format!("missing value for {context}"));
    }
    for (index, command) in pipe.commands.iter().enumerate().skip(1) {
        match command.words[0].term {
            Term::Bool(_) | Term::Dot | Term::Nil | Term::Number { .. } | Term::Text { .. } => {
                return Err(format!("non executable command in pipeline stage {}", index + 1));
            }
            Term::Field(_) | Term::Variable { .. } | Term::Function(_) | Term::Pipe(_) | Term::Chain { .. } => {}
        }
    }
    Ok(())
}
