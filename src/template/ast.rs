//! The tree of a parsed template. Each node shows itself as Go does, since error messages quote it.

use std::fmt::{self, Display, Formatter};

use super::number::Number;
use super::quote::quoted;

/// A node that an execution error can point at.
pub(super) trait Place: Display {
    /// Returns the node's byte offset in the source.
    fn offset(&self) -> usize;
}

/// A named template: its body.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) name: String,
    pub(super) body: Vec<Node>,
}

/// One part of a body.
#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    Action(Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    Call(Call),
    Break,
    Continue,
}

/// The parts of `if`, `with` and `range`.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) pipe: Pipe,
    pub(super) body: Vec<Node>,
    pub(super) otherwise: Option<Vec<Node>>,
}

/// `{{template "name" pipeline}}`.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) pipe: Option<Pipe>,
}

/// How a pipeline's variables receive its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binding {
    Declare,
    Assign,
}

/// Commands joined by `|`, with the variables that take the result.
#[derive(Debug)]
pub(super) struct Pipe {
    pub(super) at: usize,
    pub(super) binding: Binding,
    pub(super) variables: Vec<String>,
    pub(super) commands: Vec<Command>,
}

/// A word and its arguments.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) at: usize,
    pub(super) words: Vec<Operand>,
}

/// One word.
#[derive(Debug)]
pub(super) struct Operand {
    pub(super) at: usize,
    pub(super) term: Term,
}

/// What a word is.
#[derive(Debug)]
pub(super) enum Term {
    Dot,
    Nil,
    Bool(bool),
    Number { value: Number, text: String },
    Text { value: String, literal: String },
    Field(Vec<String>),
    Variable { name: String, fields: Vec<String> },
    Function(String),
    Pipe(Box<Pipe>),
    Chain { base: Box<Operand>, fields: Vec<String> },
}

impl Place for Pipe {
    fn offset(&self) -> usize {
        self.at
    }
}

impl Place for Command {
    fn offset(&self) -> usize {
        self.at
    }
}

impl Place for Operand {
    fn offset(&self) -> usize {
        self.at
    }
}

impl Place for Call {
    fn offset(&self) -> usize {
        self.at
    }
}

impl Display for Pipe {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let binding = if self.binding == Binding::Assign { "=" } else { ":=" };
            write!(f, "{} {binding} ", self.variables.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            f.write_str(if index > 0 { " | " } else { "" })?;
            write!(f, "{command}")?;
        }
        Ok(())
    }
}

impl Display for Command {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, word) in self.words.iter().enumerate() {
            f.write_str(if index > 0 { " " } else { "" })?;
            word.inside(f)?;
        }
        Ok(())
    }
}

impl Operand {
    /// Shows the word as part of another node, where a pipeline needs its parentheses.
    fn inside(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if matches!(self.term, Term::Pipe(_)) { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.term {
            Term::Dot => f.write_str("."),
            Term::Nil => f.write_str("nil"),
            Term::Bool(value) => write!(f, "{value}"),
            Term::Number { text, .. } => f.write_str(text),
            Term::Text { literal, .. } => f.write_str(literal),
            Term::Field(names) => fields(f, names),
            Term::Variable { name, fields: names } => f.write_str(name).and_then(|()| fields(f, names)),
            Term::Function(name) => f.write_str(name),
            Term::Pipe(pipe) => write!(f, "{pipe}"),
            Term::Chain { base, fields: names } => base.inside(f).and_then(|()| fields(f, names)),
        }
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{template {}", quoted(&self.name))?;
        if let Some(pipe) = &self.pipe {
            write!(f, " {pipe}")?;
        }
        f.write_str("}}")
    }
}

fn fields(f: &mut Formatter<'_>, names: &[String]) -> fmt::Result {
    names.iter().try_for_each(|name| write!(f, ".{name}"))
}
