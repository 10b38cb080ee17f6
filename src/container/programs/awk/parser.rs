//! Reads a program of `awk`.

use regex::Regex;

use super::lexer::{Token, tokens};
use super::tree::{Expression, Function, Operator, Output, Pattern, Place, Program, Rule, Statement};
use crate::pipe::{Syntax, translate};

/// How deep expressions and statements may lead.
const DEEPEST: usize = 60;

type Parsed<T> = Result<T, Fault>;

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
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
    /// Whether `>` ends an expression: it stands behind `print`.
    in_print: bool,
    /// Whether `in` ends an expression: it stands in the head of `for`.
    in_head: bool,
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

    fn list(&mut self, end: &'static str) -> Parsed<Vec<Expression>> {
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

    fn expression(&mut self) -> Parsed<Expression> {
        self.deeper(Self::choice)
    }

    fn choice(&mut self) -> Parsed<Expression> {
        let left = self.or()?;
        if self.takes("?") {
            self.lines();
            let one = self.expression()?;
            self.lines();
            self.expect(":")?;
            self.lines();
            let other = self.expression()?;
            return Ok(Expression::Choice(Box::new(left), Box::new(one), Box::new(other)));
        }
        let operator = match self.peek() {
            Token::Fixed("=") => None,
            Token::Fixed(word @ ("+=" | "-=" | "*=" | "/=" | "%=" | "^=")) => word.chars().next(),
            _ => return Ok(left),
        };
        let Expression::Place(place) = left else { return Err(self.fault()) };
        self.at += 1;
        self.lines();
        Ok(Expression::Assign(place, operator, Box::new(self.expression()?)))
    }

    fn or(&mut self) -> Parsed<Expression> {
        let mut left = self.and()?;
        while self.takes("||") {
            self.lines();
            left = Expression::Binary(Operator::Or, Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed<Expression> {
        let mut left = self.membership()?;
        while self.takes("&&") {
            self.lines();
            left = Expression::Binary(Operator::And, Box::new(left), Box::new(self.membership()?));
        }
        Ok(left)
    }

    fn membership(&mut self) -> Parsed<Expression> {
        let mut left = self.matching()?;
        while !self.in_head && self.takes("in") {
            let Token::Name(array) = self.next() else { return Err(self.fault()) };
            left = Expression::In(vec![left], array);
        }
        Ok(left)
    }

    fn matching(&mut self) -> Parsed<Expression> {
        let mut left = self.comparison()?;
        loop {
            let is_inverted = match self.peek() {
                Token::Fixed("~") => false,
                Token::Fixed("!") if matches!(self.tokens.get(self.at + 1), Some((Token::Fixed("~"), _))) => {
                    self.at += 1;
                    true
                }
                _ => return Ok(left),
            };
            self.at += 1;
            let pattern = Box::new(self.comparison()?);
            left = Expression::Match { text: Box::new(left), pattern, is_inverted };
        }
    }

    fn comparison(&mut self) -> Parsed<Expression> {
        let left = self.joined()?;
        let operator = match self.peek() {
            Token::Fixed("<") => Operator::Less,
            Token::Fixed("<=") => Operator::LessOrEqual,
            Token::Fixed("==") => Operator::Equal,
            Token::Fixed("!=") => Operator::NotEqual,
            Token::Fixed(">") if !self.in_print => Operator::Greater,
            Token::Fixed(">=") => Operator::GreaterOrEqual,
            Token::Fixed("|") if matches!(self.tokens.get(self.at + 1), Some((Token::Fixed("getline"), _))) => {
                self.at += 2;
                let place =
                    if matches!(self.peek(), Token::Name(_) | Token::Fixed("$")) { Some(self.place()?) } else { None };
                return Ok(Expression::ReadCommand(Box::new(left), place));
            }
            _ => return Ok(left),
        };
        self.at += 1;
        Ok(Expression::Binary(operator, Box::new(left), Box::new(self.joined()?)))
    }

    /// Values side by side are joined.
    fn joined(&mut self) -> Parsed<Expression> {
        let mut left = self.sum()?;
        loop {
            let begins = match self.peek() {
                Token::Number(_) | Token::Text(_) | Token::Regex(_) | Token::Name(_) | Token::Call(_) => true,
                Token::Fixed("!") => !matches!(self.tokens.get(self.at + 1), Some((Token::Fixed("~"), _))),
                Token::Fixed(word) => matches!(*word, "$" | "(" | "-" | "+" | "++" | "--"),
                Token::Line | Token::End => false,
            };
            if !begins {
                return Ok(left);
            }
            left = Expression::Binary(Operator::Join, Box::new(left), Box::new(self.sum()?));
        }
    }

    fn sum(&mut self) -> Parsed<Expression> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek() {
                Token::Fixed("+") => Operator::Plus,
                Token::Fixed("-") => Operator::Minus,
                _ => return Ok(left),
            };
            self.at += 1;
            left = Expression::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Parsed<Expression> {
        let mut left = self.unary()?;
        loop {
            let operator = match self.peek() {
                Token::Fixed("*") => Operator::Times,
                Token::Fixed("/") => Operator::Over,
                Token::Fixed("%") => Operator::Rest,
                _ => return Ok(left),
            };
            self.at += 1;
            left = Expression::Binary(operator, Box::new(left), Box::new(self.unary()?));
        }
    }

    fn unary(&mut self) -> Parsed<Expression> {
        if self.takes("!") {
            return self.deeper(Self::unary).map(|inner| Expression::Not(Box::new(inner)));
        }
        if self.takes("-") {
            return self.deeper(Self::unary).map(|inner| Expression::Negative(Box::new(inner)));
        }
        if self.takes("+") {
            return self.deeper(Self::unary).map(|inner| Expression::Number2(Box::new(inner)));
        }
        let base = self.stepped()?;
        if self.takes("^") {
            let exponent = self.deeper(Self::unary)?;
            return Ok(Expression::Binary(Operator::Power, Box::new(base), Box::new(exponent)));
        }
        Ok(base)
    }

    fn stepped(&mut self) -> Parsed<Expression> {
        for (sign, by) in [("++", 1.0), ("--", -1.0)] {
            if self.takes(sign) {
                return Ok(Expression::Step { place: self.place()?, by, is_before: true });
            }
        }
        let value = self.primary()?;
        let Expression::Place(place) = value else { return Ok(value) };
        for (sign, by) in [("++", 1.0), ("--", -1.0)] {
            if self.takes(sign) {
                return Ok(Expression::Step { place, by, is_before: false });
            }
        }
        Ok(Expression::Place(place))
    }

    fn place(&mut self) -> Parsed<Place> {
        match self.primary()? {
            Expression::Place(place) => Ok(place),
            _ => Err(self.fault()),
        }
    }

    fn primary(&mut self) -> Parsed<Expression> {
        let line = self.line();
        match self.next() {
            Token::Number(number) => Ok(Expression::Number(number)),
            Token::Text(text) => Ok(Expression::Text(text)),
            Token::Regex(text) => regex(&text).map(Expression::Fits).map_err(|sentence| Fault { line, sentence }),
            Token::Name(name) if self.takes("[") => Ok(Expression::Place(Place::Element(name, self.list("]")?))),
            Token::Name(name) if name == "length" => Ok(Expression::Call(name, Vec::new())),
            Token::Name(name) => Ok(Expression::Place(Place::Variable(name))),
            Token::Call(name) => {
                self.at += 1;
                Ok(Expression::Call(name, self.list(")")?))
            }
            Token::Fixed("$") => {
                let number = if self.takes("++") {
                    Expression::Step { place: self.place()?, by: 1.0, is_before: true }
                } else if self.takes("-") {
                    Expression::Negative(Box::new(self.primary()?))
                } else {
                    self.deeper(Self::primary)?
                };
                Ok(Expression::Place(Place::Field(Box::new(number))))
            }
            Token::Fixed("(") => {
                let mut list = self.deeper(|parser| parser.list(")"))?;
                if self.takes("in") {
                    let Token::Name(array) = self.next() else { return Err(self.fault()) };
                    return Ok(Expression::In(list, array));
                }
                match list.pop() {
                    // In parentheses it is a value and no place.
                    Some(Expression::Place(place @ Place::Field(_))) if list.is_empty() => Ok(Expression::Place(place)),
                    Some(only) if list.is_empty() => Ok(only),
                    _ => Err(self.fault()),
                }
            }
            _ => {
                self.at -= 1;
                Err(self.fault())
            }
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault { line: self.line(), sentence: "nested too deep".to_owned() });
        }
        let done = read(self)?;
        self.depth -= 1;
        Ok(done)
    }

    fn fault(&self) -> Fault {
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

    fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |(_, line)| *line)
    }

    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn is(&self, word: &'static str) -> bool {
        *self.peek() == Token::Fixed(word)
    }

    fn takes(&mut self, word: &'static str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, word: &'static str) -> Parsed<()> {
        if self.takes(word) { Ok(()) } else { Err(self.fault()) }
    }

    fn lines(&mut self) {
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
