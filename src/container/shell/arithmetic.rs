//! Whole numbers in `$((...))`: the operators of C (POSIX, Arithmetic Expansion), and the powers and commas of bash.

use super::syntax::is_name;
use super::{Dialect, Session, Written};

/// How deep parentheses and variables may lead.
const DEEPEST: usize = 32;

/// Operators with two sides, the weakest first; each row is of one strength.
const OPERATORS: &[&[&str]] = &[
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];
const ASSIGNMENTS: &[&str] = &["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="];

/// What is wrong with an expression.
enum Fault {
    /// A number is missing before this.
    Operand(String),
    /// More stands behind the end.
    Rest(String),
    DivisionByZero(String),
    Number(String),
    TooDeep,
}

struct Reader<'s, 'c> {
    session: &'s mut Session<'c>,
    text: Vec<char>,
    at: usize,
    depth: usize,
    /// Whether nothing is changed: the side that is not taken of `?:`, `&&` and `||`.
    is_skipped: bool,
}

impl Session<'_> {
    /// Calculates an expression; says what is wrong with it, and ends what runs.
    pub(super) fn calculated(&mut self, expression: &str, written: &mut Written) -> Option<i64> {
        match self.value_at(expression, 0) {
            Ok(number) => Some(number),
            Err(fault) => {
                let sentence = self.fault_told(expression, &fault);
                self.fail(&sentence, if self.dialect == Dialect::Bash { 1 } else { 2 }, written);
                None
            }
        }
    }

    fn value_at(&mut self, expression: &str, depth: usize) -> Result<i64, Fault> {
        if expression.trim().is_empty() {
            return Ok(0);
        }
        if depth > DEEPEST {
            return Err(Fault::TooDeep);
        }
        let mut reader = Reader { session: self, text: expression.chars().collect(), at: 0, depth, is_skipped: false };
        let mut value = reader.assignment()?;
        while reader.session.dialect == Dialect::Bash && reader.takes(",") {
            value = reader.assignment()?;
        }
        reader.blanks();
        if reader.at < reader.text.len() { Err(Fault::Rest(reader.rest())) } else { Ok(value) }
    }

    fn fault_told(&self, expression: &str, fault: &Fault) -> String {
        let shown = expression.trim_start();
        match (self.dialect, fault) {
            (Dialect::Bash, Fault::Operand(rest)) => {
                let token = if rest.trim().is_empty() { last_operator(shown).to_owned() + rest } else { rest.clone() };
                format!("{shown}: syntax error: operand expected (error token is \"{token}\")")
            }
            (Dialect::Bash, Fault::Rest(rest)) => {
                format!("{shown}: syntax error in expression (error token is \"{rest}\")")
            }
            (Dialect::Bash, Fault::DivisionByZero(rest)) => {
                format!("{shown}: division by 0 (error token is \"{rest}\")")
            }
            (Dialect::Bash, Fault::Number(text)) => {
                format!("{text}: value too great for base (error token is \"{text}\")")
            }
            (Dialect::Bash, Fault::TooDeep) => {
                format!("{shown}: expression recursion level exceeded (error token is \"{shown}\")")
            }
            (Dialect::Dash, Fault::Operand(_)) => format!("arithmetic expression: expecting primary: \"{expression}\""),
            (Dialect::Dash, Fault::Rest(_)) => format!("arithmetic expression: expecting EOF: \"{expression}\""),
            (Dialect::Dash, Fault::DivisionByZero(_)) => {
                format!("arithmetic expression: division by zero: \"{expression}\"")
            }
            (Dialect::Dash, Fault::Number(text)) => format!("Illegal number: {text}"),
            (Dialect::Busybox, Fault::DivisionByZero(_)) => "divide by zero".to_owned(),
            (Dialect::Busybox, Fault::TooDeep) => "expression recursion loop detected".to_owned(),
            (Dialect::Dash, Fault::TooDeep)
            | (Dialect::Busybox, Fault::Operand(_) | Fault::Rest(_) | Fault::Number(_)) => {
                "arithmetic syntax error".to_owned()
            }
        }
    }
}

fn last_operator(text: &str) -> &str {
    let text = text.trim_end();
    &text[text.trim_end_matches(|c: char| c.is_ascii_punctuation()).len()..]
}

impl Reader<'_, '_> {
    fn assignment(&mut self) -> Result<i64, Fault> {
        let begin = self.at;
        if let Some(name) = self.name() {
            self.blanks();
            let rest: String = self.text[self.at..].iter().take(3).collect();
            let found = ASSIGNMENTS.iter().rev().find(|sign| rest.starts_with(**sign) && !rest.starts_with("=="));
            if let Some(sign) = found {
                self.at += sign.len();
                let right = self.assignment()?;
                let operator = sign.trim_end_matches('=');
                let value = match operator {
                    "" => right,
                    operator => {
                        let left = self.variable(&name)?;
                        self.apply(operator, left, right)?
                    }
                };
                self.set(&name, value);
                return Ok(value);
            }
        }
        self.at = begin;
        self.choice()
    }

    /// `CONDITION ? ONE : OTHER`.
    fn choice(&mut self) -> Result<i64, Fault> {
        let condition = self.binary(0)?;
        if !self.takes("?") {
            return Ok(condition);
        }
        let one = self.skipping(condition == 0, Self::assignment)?;
        if !self.takes(":") {
            return Err(Fault::Operand(self.rest()));
        }
        let other = self.skipping(condition != 0, Self::assignment)?;
        Ok(if condition == 0 { other } else { one })
    }

    fn binary(&mut self, strength: usize) -> Result<i64, Fault> {
        let Some(operators) = OPERATORS.get(strength) else { return self.power() };
        let mut left = self.binary(strength + 1)?;
        while let Some(operator) = self.operator(operators) {
            let is_decided = (operator == "&&" && left == 0) || (operator == "||" && left != 0);
            self.blanks();
            let behind = self.rest();
            let right = self.skipping(is_decided, |reader| reader.binary(strength + 1))?;
            left = match (operator, right) {
                ("/" | "%", 0) if self.is_skipped => 0,
                ("/" | "%", 0) => return Err(Fault::DivisionByZero(behind)),
                _ => self.apply(operator, left, right)?,
            };
        }
        Ok(left)
    }

    /// Takes one of these operators, where it is not the beginning of another one.
    fn operator(&mut self, among: &[&'static str]) -> Option<&'static str> {
        self.blanks();
        let rest: String = self.text[self.at..].iter().take(3).collect();
        let operator = among.iter().find(|operator| rest.starts_with(**operator))?;
        let behind = rest[operator.len()..].chars().next();
        let is_longer = match *operator {
            "*" if self.session.dialect == Dialect::Dash => false,
            "|" | "&" | "<" | ">" | "*" => behind.is_some_and(|c| operator.ends_with(c)),
            _ => false,
        };
        let assigns = behind == Some('=') && !matches!(*operator, "==" | "!=" | "<=" | ">=" | "&&" | "||");
        if is_longer || assigns {
            return None;
        }
        self.at += operator.len();
        Some(operator)
    }

    fn apply(&self, operator: &str, left: i64, right: i64) -> Result<i64, Fault> {
        let shift = u32::try_from(right & 63).unwrap_or(0);
        Ok(match operator {
            "||" => i64::from(left != 0 || right != 0),
            "&&" => i64::from(left != 0 && right != 0),
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => i64::from(left == right),
            "!=" => i64::from(left != right),
            "<=" => i64::from(left <= right),
            ">=" => i64::from(left >= right),
            "<" => i64::from(left < right),
            ">" => i64::from(left > right),
            "<<" => left.wrapping_shl(shift),
            ">>" => left.wrapping_shr(shift),
            "+" => left.wrapping_add(right),
            "-" => left.wrapping_sub(right),
            "*" => left.wrapping_mul(right),
            "/" | "%" if right == 0 && self.is_skipped => 0,
            "/" | "%" if right == 0 => return Err(Fault::DivisionByZero(right.to_string())),
            "/" => left.wrapping_div(right),
            _ => left.wrapping_rem(right),
        })
    }

    fn power(&mut self) -> Result<i64, Fault> {
        let base = self.unary()?;
        if self.session.dialect == Dialect::Dash || !self.takes("**") {
            return Ok(base);
        }
        let exponent = self.power()?;
        Ok(base.wrapping_pow(u32::try_from(exponent).unwrap_or(0)))
    }

    fn unary(&mut self) -> Result<i64, Fault> {
        self.blanks();
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::TooDeep);
        }
        let value = self.unary_here()?;
        self.depth -= 1;
        Ok(value)
    }

    fn unary_here(&mut self) -> Result<i64, Fault> {
        for (sign, step) in [("++", 1), ("--", -1)] {
            if self.session.dialect != Dialect::Dash && self.takes(sign) {
                self.blanks();
                return match self.name() {
                    Some(name) => {
                        let value = self.variable(&name)?.wrapping_add(step);
                        self.set(&name, value);
                        Ok(value)
                    }
                    None => self.unary(),
                };
            }
        }
        match self.text.get(self.at) {
            Some('-') => self.signed().map(i64::wrapping_neg),
            Some('+') => self.signed(),
            Some('!') => self.signed().map(|value| i64::from(value == 0)),
            Some('~') => self.signed().map(|value| !value),
            Some('(') => {
                self.at += 1;
                let value = self.assignment()?;
                if self.takes(")") { Ok(value) } else { Err(Fault::Operand(self.rest())) }
            }
            _ => self.operand(),
        }
    }

    fn signed(&mut self) -> Result<i64, Fault> {
        self.at += 1;
        self.unary()
    }

    fn operand(&mut self) -> Result<i64, Fault> {
        let begin = self.at;
        if let Some(name) = self.name() {
            let value = self.variable(&name)?;
            for (sign, step) in [("++", 1), ("--", -1)] {
                if self.session.dialect != Dialect::Dash && self.takes(sign) {
                    self.set(&name, value.wrapping_add(step));
                }
            }
            return Ok(value);
        }
        let is_part = |c: &&char| c.is_ascii_alphanumeric() || matches!(c, '#' | '_');
        let word: String = self.text[begin..].iter().take_while(is_part).collect();
        if word.is_empty() {
            return Err(Fault::Operand(self.rest()));
        }
        self.at += word.len();
        number(&word).ok_or(Fault::Number(word))
    }

    /// Returns a variable's number; a text is an expression of its own.
    fn variable(&mut self, name: &str) -> Result<i64, Fault> {
        let value = self.session.named(name).unwrap_or_default();
        match number(value.trim()) {
            Some(number) => Ok(number),
            None if value.trim().is_empty() => Ok(0),
            None if self.session.dialect == Dialect::Dash => Err(Fault::Number(value)),
            None => self.session.value_at(&value, self.depth + 1),
        }
    }

    fn set(&mut self, name: &str, value: i64) {
        if !self.is_skipped {
            self.session.set(name, &value.to_string());
        }
    }

    fn skipping<T>(&mut self, skip: bool, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.is_skipped;
        self.is_skipped |= skip;
        let done = read(self);
        self.is_skipped = before;
        done
    }

    fn name(&mut self) -> Option<String> {
        self.blanks();
        let is_part = |c: &&char| c.is_ascii_alphanumeric() || **c == '_';
        let name: String = self.text[self.at..].iter().take_while(is_part).collect();
        let found = is_name(&name);
        self.at += if found { name.len() } else { 0 };
        found.then_some(name)
    }

    fn takes(&mut self, token: &str) -> bool {
        self.blanks();
        let found = self.text[self.at..].iter().take(token.len()).copied().eq(token.chars());
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn blanks(&mut self) {
        self.at += self.text[self.at..].iter().take_while(|c| c.is_whitespace()).count();
    }

    fn rest(&self) -> String {
        self.text[self.at..].iter().collect()
    }
}

/// Reads a number as C does; `BASE#DIGITS` as bash does.
fn number(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (base, digits) = if let Some((base, digits)) = digits.split_once('#') {
        (base.parse().ok().filter(|base| (2..=36).contains(base))?, digits)
    } else if let Some(digits) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        (16, digits)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, &digits[1..])
    } else {
        (10, digits)
    };
    i64::from_str_radix(digits, base).ok().filter(|_| !digits.starts_with(['+', '-'])).map(|value| sign * value)
}
