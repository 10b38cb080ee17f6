//! A program of `awk` as data.

use regex::Regex;

/// What is done, and for which records.
pub(super) struct Rule {
    pub(super) pattern: Pattern,
    /// Nothing: the record is printed.
    pub(super) body: Option<Vec<Statement>>,
}

pub(super) enum Pattern {
    Begin,
    End,
    Always,
    If(Expression),
    /// From the first record that fits to the next that fits; the number is the range's own.
    Range(Expression, Expression, usize),
}

pub(super) struct Function {
    pub(super) name: String,
    pub(super) parameters: Vec<String>,
    pub(super) body: Vec<Statement>,
}

#[derive(Default)]
pub(super) struct Program {
    pub(super) rules: Vec<Rule>,
    pub(super) functions: Vec<Function>,
    pub(super) ranges: usize,
}

pub(super) enum Statement {
    Expression(Expression),
    Print(Vec<Expression>, Output),
    Printf(Vec<Expression>, Output),
    If(Expression, Box<Statement>, Option<Box<Statement>>),
    While(Expression, Box<Statement>),
    DoWhile(Box<Statement>, Expression),
    For(Option<Box<Statement>>, Option<Expression>, Option<Box<Statement>>, Box<Statement>),
    ForIn(String, String, Box<Statement>),
    Block(Vec<Statement>),
    Delete(String, Option<Vec<Expression>>),
    Next,
    Exit(Option<Expression>),
    Return(Option<Expression>),
    Break,
    Continue,
}

/// Where what is printed goes.
pub(super) enum Output {
    Standard,
    /// `>`.
    Write(Expression),
    /// `>>`.
    Append(Expression),
    /// `|`.
    Pipe(Expression),
}

pub(super) enum Expression {
    Number(f64),
    Text(String),
    /// `/.../` alone: whether the record fits.
    Fits(Regex),
    Place(Place),
    Assign(Place, Option<char>, Box<Expression>),
    /// `++`, `--`: by how much, and whether the new value counts.
    Step {
        place: Place,
        by: f64,
        is_before: bool,
    },
    Not(Box<Expression>),
    Negative(Box<Expression>),
    Number2(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Match {
        text: Box<Expression>,
        pattern: Box<Expression>,
        is_inverted: bool,
    },
    In(Vec<Expression>, String),
    Choice(Box<Expression>, Box<Expression>, Box<Expression>),
    Call(String, Vec<Expression>),
    /// `COMMAND | getline NAME`.
    ReadCommand(Box<Expression>, Option<Place>),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Operator {
    Or,
    And,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Join,
    Plus,
    Minus,
    Times,
    Over,
    Rest,
    Power,
}

/// What can have a value.
pub(super) enum Place {
    Variable(String),
    Field(Box<Expression>),
    Element(String, Vec<Expression>),
}
