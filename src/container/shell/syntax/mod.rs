//! A shell's lines as data: lists, pipelines, commands and words as the POSIX Shell Command Language has them, and what bash and
//! busybox add. Nothing is run here and no variable is replaced.

mod braces;
mod commands;
mod condition;
mod error;
mod lexer;
mod redirections;
mod words;

pub(super) use commands::is_name;
pub(super) use error::SyntaxError;
pub(super) use lexer::Parser;

use std::sync::{Arc, OnceLock};

pub(super) use crate::pipe::When;

/// Pipelines that run one after the other.
pub(super) type List = Vec<Item>;

/// A pipeline and when it runs.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) when: When,
    /// Whether `!` stands before it.
    pub(super) is_negated: bool,
    /// The commands joined by `|`, at least one.
    pub(super) commands: Vec<Command>,
    /// Whether `&` stands behind it.
    pub(super) is_background: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Command {
    Simple(Simple),
    Compound { compound: Compound, redirections: Vec<Redirection> },
}

/// A program, a function or a word of the shell with its arguments; assignments alone.
#[derive(Debug, Clone, Default)]
pub(super) struct Simple {
    /// The line on which it begins; the first is 1.
    pub(super) line: usize,
    pub(super) assignments: Vec<Assignment>,
    pub(super) words: Vec<Word>,
    pub(super) redirections: Vec<Redirection>,
}

/// `NAME=VALUE`, or `NAME+=VALUE`.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    pub(super) name: String,
    pub(super) value: Word,
    pub(super) appends: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Compound {
    /// `{ ...; }`.
    Group(List),
    /// `( ... )`.
    Subshell(List),
    If {
        branches: Vec<(List, List)>,
        otherwise: List,
    },
    For {
        name: String,
        /// Nothing where `in` is missing: the shell's arguments.
        words: Option<Vec<Word>>,
        body: List,
    },
    /// `for ((FIRST; CONDITION; STEP))`.
    Count {
        first: Word,
        condition: Word,
        step: Word,
        body: List,
    },
    Loop {
        ends_on_success: bool,
        condition: List,
        body: List,
    },
    Case {
        word: Word,
        arms: Vec<Arm>,
    },
    Function {
        name: String,
        body: Arc<Command>,
    },
    /// `[[ ... ]]`.
    Condition(Condition),
    /// `(( ... ))`.
    Arithmetic(Word),
}

/// `PATTERN | PATTERN) ... ;;`.
#[derive(Debug, Clone)]
pub(super) struct Arm {
    pub(super) patterns: Vec<Word>,
    pub(super) body: List,
}

/// What `[[ ]]` asks.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// Words of `test`.
    Test(Vec<Word>),
    /// `LEFT OPERATOR RIGHT`.
    Compare {
        left: Word,
        operator: String,
        right: Word,
    },
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

/// `>`, `<` and their kin.
#[derive(Debug, Clone)]
pub(super) struct Redirection {
    /// The number before the operator.
    pub(super) descriptor: Option<u32>,
    pub(super) operator: &'static str,
    pub(super) target: Target,
}

#[derive(Debug, Clone)]
pub(super) enum Target {
    Word(Word),
    /// A here-document: its lines are read behind the line that names it.
    Document(Arc<OnceLock<Word>>),
}

/// A word: pieces without a space between them.
#[derive(Debug, Clone, Default)]
pub(super) struct Word {
    pub(super) parts: Vec<Part>,
}

/// A piece of a word.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) piece: Piece,
    /// Whether it stood in quotes, so that its text is never split into words.
    pub(super) is_quoted: bool,
}

impl Part {
    /// Tells whether it is a text of blanks alone.
    pub(super) fn is_empty(&self) -> bool {
        matches!(&self.piece, Piece::Literal(text) if text.trim().is_empty())
    }
}

#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// Text, quotes and backslashes removed.
    Literal(String),
    /// `$(...)` or backquotes: the output of commands.
    Substitution(List),
    /// `$NAME` or `${...}`.
    Parameter(Box<Parameter>),
    /// `$((...))`.
    Arithmetic(Word),
}

/// A variable, and what is made of its value.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) operation: Operation,
}

#[derive(Debug, Clone)]
pub(super) enum Operation {
    Value,
    /// `${#NAME}`.
    Length,
    /// `${!NAME}`.
    Indirect,
    /// `${NAME-WORD}` and its kin.
    Otherwise {
        sign: Sign,
        /// Whether an empty value counts as none: `:`.
        or_empty: bool,
        word: Word,
    },
    /// `${NAME#PATTERN}`, `##`, `%` and `%%`.
    Cut {
        from_end: bool,
        is_longest: bool,
        pattern: Word,
    },
    /// `${NAME:FROM:LENGTH}`.
    Slice {
        from: Word,
        length: Option<Word>,
    },
    /// `${NAME/PATTERN/WORD}`.
    Replace {
        which: Which,
        pattern: Word,
        by: Word,
    },
    /// `${NAME^^}`, `${NAME,,}`.
    Fold {
        to_upper: bool,
        is_whole: bool,
    },
    /// What no shell knows.
    Bad,
}

/// What happens where a variable has no value, or for `+` has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// `-`: the word stands for it.
    Instead,
    /// `=`: the word becomes its value.
    Assign,
    /// `?`: the shell ends with the word.
    Fail,
    /// `+`: the word stands for a value that is there.
    Present,
}

/// Which parts of a value are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    First,
    Every,
    AtBeginning,
    AtEnd,
}

impl Word {
    /// Returns the word's text where nothing in it is quoted or replaced.
    pub(super) fn plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part { piece: Piece::Literal(text), is_quoted: false }] => Some(text),
            _ => None,
        }
    }

    fn literal(text: String, is_quoted: bool) -> Self {
        Self { parts: vec![Part { piece: Piece::Literal(text), is_quoted }] }
    }

    /// Adds a character of text.
    fn push(&mut self, c: char, quoted: bool) {
        self.text(quoted).push(c);
    }

    /// Returns the text at the word's end, a new one if the last part is not such a text.
    fn text(&mut self, quoted: bool) -> &mut String {
        let fits =
            matches!(self.parts.last(), Some(Part { piece: Piece::Literal(_), is_quoted }) if *is_quoted == quoted);
        if !fits {
            self.parts.push(Part { piece: Piece::Literal(String::new()), is_quoted: quoted });
        }
        match self.parts.last_mut() {
            Some(Part { piece: Piece::Literal(text), .. }) => text,
            _ => unreachable!("a text was pushed just now if there was none"),
        }
    }
}
