//! Reads a program of `awk`.

use regex::Regex;

use super::lexer::{Token, tokens};
use super::tree::{Expression, Function, Output, Pattern, Program, Rule, Statement};
use crate::pipe::{Syntax, translate};

/// How deep expressions and statements may lead.
const DEEPEST: usize = 60;

pub(super) type Parsed<T> = Result<T, Fault>;

/// What is wrong with a program, and on which line.
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) sentence: String,
}

/// Makes an expression of its text.
pub(super) fn regex(text: &str) -> Result<Regex, String> {
    let text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\/", "/").replace("\\\"", "\"");
    let pattern = translate(&text, Syntax::Extended)?.pattern;
    Regex::new(&pattern).map_err(|_| format!("regular expression compile failed\n{text}"))
}

pub(super) struct Parser {
    pub(super) tokens: Vec<(Token, usize)>,
    pub(super) at: usize,
    depth: usize,
    /// Whether `>` ends an expression: it stands behind `print`.
    pub(super) in_print: bool,
    /// Whether `in` ends an expression: it stands in the head of `for`.
    pub(super) in_head: bool,
    ranges: usize,
}

impl Parser {
    pub(super) fn read(text: &str) -> Parsed<Program> {
        let tokens = tokens(text).map_err(|sentence| Fault { line: 1, sentence })?;
        let mut parser = Self { tokens, at: 0, depth: 0, in_print: false, in_head: false, ranges: 0 };
        let mut program = Program::default();
        loop {
            parser.ends();
            if *parser.peek() == Token::End {
                program.ranges = parser.ranges;
                return Ok(program);
            }
            if parser.takes("function") {
                program.functions.push(parser.function()?);
            } else {
                program.rules.push(parser.rule()?);
            }
        }
    }

    fn function(&mut self) -> Parsed<Function> {
        let (Token::Name(name) | Token::Call(name)) = self.next() else { return Err(self.fault()) };
        self.expect("(")?;
        let mut parameters = Vec::new();
        while !self.takes(")") {
            match self.next() {
                Token::Name(name) => parameters.push(name),
                _ => return Err(self.fault()),
            }
            let _ = self.takes(",");
            self.lines();
        }
        self.lines();
        Ok(Function { name, parameters, body: self.block()? })
    }

    fn rule(&mut self) -> Parsed<Rule> {
        let pattern = if self.takes("BEGIN") {
            Pattern::Begin
        } else if self.takes("END") {
            Pattern::End
        } else if self.is("{") {
            Pattern::Always
        } else {
            let from = self.expression()?;
            if self.takes(",") {
                self.lines();
                self.ranges += 1;
                Pattern::Range(from, self.expression()?, self.ranges - 1)
            } else {
                Pattern::If(from)
            }
        };
        let body = if self.is("{") { Some(self.block()?) } else { None };
        if body.is_none() && matches!(pattern, Pattern::Begin | Pattern::End) {
            return Err(self.fault());
        }
        Ok(Rule { pattern, body })
    }

    fn block(&mut self) -> Parsed<Vec<Statement>> {
        self.expect("{")?;
        let mut all = Vec::new();
        loop {
            self.ends();
            if self.takes("}") {
                return Ok(all);
            }
            if *self.peek() == Token::End {
                let line = self.line() + 1;
                return Err(Fault { line, sentence: "missing } near end of file".to_owned() });
            }
            all.push(self.statement()?);
        }
    }

    fn statement(&mut self) -> Parsed<Statement> {
        self.deeper(Self::statement_here)
    }

    fn statement_here(&mut self) -> Parsed<Statement> {
        if self.is("{") {
            return self.block().map(Statement::Block);
        }
        let Token::Fixed(word) = *self.peek() else { return self.simple_statement() };
        if !matches!(word, "if" | "while" | "do" | "for") {
            return self.simple_statement();
        }
        self.at += 1;
        match word {
            "if" => {
                let condition = self.condition()?;
                let body = self.body()?;
                let before = self.at;
                self.ends();
                if self.takes("else") {
                    return Ok(Statement::If(condition, body, Some(self.body()?)));
                }
                self.at = before;
                Ok(Statement::If(condition, body, None))
            }
            "while" => {
                let condition = self.condition()?;
                Ok(Statement::While(condition, self.body()?))
            }
            "do" => {
                let body = self.body()?;
                self.ends();
                self.expect("while")?;
                Ok(Statement::DoWhile(body, self.condition()?))
            }
            _ => self.for_loop(),
        }
    }

    fn condition(&mut self) -> Parsed<Expression> {
        self.expect("(")?;
        let condition = self.whole()?;
        self.expect(")")?;
        Ok(condition)
    }

    /// Reads an expression in which nothing ends early.
    fn whole(&mut self) -> Parsed<Expression> {
        let before = (std::mem::take(&mut self.in_print), std::mem::take(&mut self.in_head));
        let expression = self.expression();
        (self.in_print, self.in_head) = before;
        expression
    }

    fn body(&mut self) -> Parsed<Box<Statement>> {
        self.lines();
        if self.takes(";") {
            return Ok(Box::new(Statement::Block(Vec::new())));
        }
        self.statement().map(Box::new)
    }

    fn for_loop(&mut self) -> Parsed<Statement> {
        self.expect("(")?;
        if let (
            Token::Name(name),
            Some((Token::Fixed("in"), _)),
            Some((Token::Name(array), _)),
            Some((Token::Fixed(")"), _)),
        ) = (
            self.peek().clone(),
            self.tokens.get(self.at + 1).cloned(),
            self.tokens.get(self.at + 2).cloned(),
            self.tokens.get(self.at + 3).cloned(),
        ) {
            self.at += 4;
            return Ok(Statement::ForIn(name, array, self.body()?));
        }
        let first = if self.is(";") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(";")?;
        self.lines();
        let condition = if self.is(";") { None } else { Some(self.expression()?) };
        self.expect(";")?;
        self.lines();
        let then = if self.is(")") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(")")?;
        Ok(Statement::For(first, condition, then, self.body()?))
    }

    fn simple_statement(&mut self) -> Parsed<Statement> {
        let statement = self.simple()?;
        match self.peek() {
            Token::Fixed(";") | Token::Line => self.at += 1,
            Token::Fixed("}") | Token::End => {}
            _ => return Err(self.fault()),
        }
        Ok(statement)
    }

    fn simple(&mut self) -> Parsed<Statement> {
        let Token::Fixed(word) = *self.peek() else { return self.expression().map(Statement::Expression) };
        let is_end = |parser: &Self| matches!(parser.peek(), Token::Fixed(";" | "}") | Token::Line | Token::End);
        let known = matches!(word, "print" | "printf" | "next" | "exit" | "return" | "break" | "continue" | "delete");
        if !known {
            return self.expression().map(Statement::Expression);
        }
        self.at += 1;
        Ok(match word {
            "next" => Statement::Next,
            "break" => Statement::Break,
            "continue" => Statement::Continue,
            "exit" => Statement::Exit(if is_end(self) { None } else { Some(self.expression()?) }),
            "return" => Statement::Return(if is_end(self) { None } else { Some(self.expression()?) }),
            "delete" => {
                let Token::Name(name) = self.next() else { return Err(self.fault()) };
                let index = if self.takes("[") { Some(self.list("]")?) } else { None };
                Statement::Delete(name, index)
            }
            word => {
                let values = self.printed()?;
                let output = self.output()?;
                if word == "print" { Statement::Print(values, output) } else { Statement::Printf(values, output) }
            }
        })
    }

    /// The values behind `print`, with or without parentheses.
    fn printed(&mut self) -> Parsed<Vec<Expression>> {
        let is_end =
            |token: &Token| matches!(token, Token::Fixed(";" | "}" | ">" | ">>" | "|") | Token::Line | Token::End);
        if is_end(self.peek()) {
            return Ok(Vec::new());
        }
        let begin = self.at;
        if self.takes("(") {
            let before = (std::mem::take(&mut self.in_print), std::mem::take(&mut self.in_head));
            let list = self.list(")");
            (self.in_print, self.in_head) = before;
            let list = list?;
            if is_end(self.peek()) {
                return Ok(list);
            }
            self.at = begin;
        }
        self.in_print = true;
        let mut values = Vec::new();
        let read = loop {
            match self.expression() {
                Ok(value) => values.push(value),
                Err(fault) => break Err(fault),
            }
            if !self.takes(",") {
                break Ok(());
            }
            self.lines();
        };
        self.in_print = false;
        read.map(|()| values)
    }

    fn output(&mut self) -> Parsed<Output> {
        Ok(if self.takes(">") {
            Output::Write(self.joined()?)
        } else if self.takes(">>") {
            Output::Append(self.joined()?)
        } else if self.takes("|") {
            Output::Pipe(self.joined()?)
        } else {
            Output::Standard
        })
    }

    pub(super) fn list(&mut self, end: &'static str) -> Parsed<Vec<Expression>> {
        let mut all = Vec::new();
        self.lines();
        while !self.takes(end) {
            all.push(self.whole()?);
            self.lines();
            if !self.is(end) {
                self.expect(",")?;
                self.lines();
            }
        }
        Ok(all)
    }

    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault { line: self.line(), sentence: "nested too deep".to_owned() });
        }
        let done = read(self)?;
        self.depth -= 1;
        Ok(done)
    }

    pub(super) fn fault(&self) -> Fault {
        let near = match self.peek() {
            Token::Fixed(word) => (*word).to_owned(),
            Token::Name(name) | Token::Call(name) => name.clone(),
            Token::Text(text) | Token::Regex(text) => text.clone(),
            Token::Number(number) => number.to_string(),
            Token::Line => "end of line".to_owned(),
            Token::End => "end of file".to_owned(),
        };
        let near = if near.starts_with("end of") { near } else { format!("near {near}") };
        let sentence = if near.starts_with("end of") {
            format!("syntax error at or near {near}")
        } else {
            format!("syntax error at or {near}")
        };
        Fault { line: self.line(), sentence }
    }

    pub(super) fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |(_, line)| *line)
    }

    pub(super) fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn is(&self, word: &'static str) -> bool {
        *self.peek() == Token::Fixed(word)
    }

    pub(super) fn takes(&mut self, word: &'static str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, word: &'static str) -> Parsed<()> {
        if self.takes(word) { Ok(()) } else { Err(self.fault()) }
    }

    pub(super) fn lines(&mut self) {
        while *self.peek() == Token::Line {
            self.at += 1;
        }
    }

    fn ends(&mut self) {
        while matches!(self.peek(), Token::Line | Token::Fixed(";")) {
            self.at += 1;
        }
    }
}
