//! `expr`: numbers and texts calculated word by word.

use regex::Regex;

use super::{failed, said};
use crate::container::Session;
use crate::pipe::{Outcome, Syntax, translate};

/// Operators with two sides, the weakest first.
const OPERATORS: &[&[&str]] =
    &[&["|"], &["&"], &["<", "<=", "=", "==", "!=", ">=", ">"], &["+", "-"], &["*", "/", "%"], &[":"]];
/// How deep parentheses may lead.
const DEEPEST: usize = 32;

pub(super) fn expr(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let mut reader = Reader { words: &words[1..], at: 0, depth: 0 };
    if words.len() == 1 {
        return failed("expr: missing operand\nTry 'expr --help' for more information.", 2);
    }
    let value = reader.binary(0);
    match (value, reader.words.get(reader.at)) {
        (Ok(value), None) => {
            let is_nothing = value.is_empty() || value.parse() == Ok(0);
            Outcome { status: i32::from(is_nothing), ..said(format!("{value}\n")) }
        }
        (Ok(_), Some(word)) => {
            failed(&format!("expr: syntax error: unexpected argument {}", super::quoted(session, word)), 2)
        }
        (Err(sentence), _) if session.is_applet("expr") => {
            failed(&format!("expr: {}", sentence.replace("non-integer", "non-numeric")), 2)
        }
        (Err(sentence), _) => failed(&format!("expr: {sentence}"), 2),
    }
}

struct Reader<'w> {
    words: &'w [String],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn binary(&mut self, strength: usize) -> Result<String, String> {
        let Some(operators) = OPERATORS.get(strength) else { return self.operand() };
        let mut left = self.binary(strength + 1)?;
        while let Some(operator) = self.words.get(self.at).filter(|word| operators.contains(&word.as_str())).cloned() {
            self.at += 1;
            let right = self.binary(strength + 1)?;
            left = apply(&operator, &left, &right)?;
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<String, String> {
        let word = self.next()?;
        match word.as_str() {
            "(" => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err("nested too deep".to_owned());
                }
                let inner = self.binary(0)?;
                self.depth -= 1;
                match self.next() {
                    Ok(end) if end == ")" => Ok(inner),
                    _ => Err(format!("syntax error: expecting ')' after '{inner}'")),
                }
            }
            "length" if self.has_more() => Ok(self.next()?.chars().count().to_string()),
            "index" if self.has_more() => {
                let (text, letters) = (self.next()?, self.next()?);
                Ok(text.chars().position(|c| letters.contains(c)).map_or(0, |at| at + 1).to_string())
            }
            "substr" if self.has_more() => {
                let (text, from, length) = (self.next()?, self.next()?, self.next()?);
                let size = |text: &str| text.parse::<usize>().unwrap_or(0);
                let skipped = size(&from).checked_sub(1);
                Ok(skipped.map_or_else(String::new, |skipped| text.chars().skip(skipped).take(size(&length)).collect()))
            }
            "match" if self.has_more() => {
                let (text, pattern) = (self.next()?, self.next()?);
                apply(":", &text, &pattern)
            }
            _ => Ok(word),
        }
    }

    fn has_more(&self) -> bool {
        self.at < self.words.len()
    }

    fn next(&mut self) -> Result<String, String> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word.ok_or_else(|| {
            format!("syntax error: missing argument after '{}'", self.words.last().map_or("", String::as_str))
        })
    }
}

fn apply(operator: &str, left: &str, right: &str) -> Result<String, String> {
    let is_nothing = |text: &str| text.is_empty() || text.parse() == Ok(0);
    let number = |text: &str| text.parse::<i64>().map_err(|_| "non-integer argument".to_owned());
    let order = || match (left.parse::<i64>(), right.parse::<i64>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        _ => left.cmp(right),
    };
    let truth = |holds: bool| Ok(i64::from(holds).to_string());
    match operator {
        "|" => Ok(if is_nothing(left) { right } else { left }.to_owned()),
        "&" => Ok(if is_nothing(left) || is_nothing(right) { "0" } else { left }.to_owned()),
        "<" => truth(order().is_lt()),
        "<=" => truth(order().is_le()),
        "=" | "==" => truth(order().is_eq()),
        "!=" => truth(order().is_ne()),
        ">=" => truth(order().is_ge()),
        ">" => truth(order().is_gt()),
        ":" => fitting(left, right),
        operator => {
            let (left, right) = (number(left)?, number(right)?);
            if right == 0 && matches!(operator, "/" | "%") {
                return Err("division by zero".to_owned());
            }
            Ok(match operator {
                "+" => left.wrapping_add(right),
                "-" => left.wrapping_sub(right),
                "*" => left.wrapping_mul(right),
                "/" => left.wrapping_div(right),
                _ => left.wrapping_rem(right),
            }
            .to_string())
        }
    }
}

/// `TEXT : PATTERN`: the group of the match at the beginning, or its length.
fn fitting(text: &str, pattern: &str) -> Result<String, String> {
    let has_group = pattern.contains("\\(");
    let pattern = translate(pattern, Syntax::Basic)?.pattern;
    let expression = Regex::new(&format!("^(?:{pattern})")).map_err(|_| "Invalid regular expression".to_owned())?;
    let found = expression.captures(text);
    Ok(match found {
        Some(found) if has_group => found.get(1).map_or("", |group| group.as_str()).to_owned(),
        Some(found) => found[0].chars().count().to_string(),
        None if has_group => String::new(),
        None => "0".to_owned(),
    })
}
