//! Reads the expressions of a program of `awk`, the weakest operators first.

use super::lexer::Token;
use super::parser::{Fault, Parsed, Parser, regex};
use super::tree::{Expression, Operator, Place};

impl Parser {
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
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
    pub(super) fn joined(&mut self) -> Parsed<Expression> {
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
}
