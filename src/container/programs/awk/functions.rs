//! The functions of `awk`, its own and a program's.

use std::collections::BTreeMap;

use super::machine::{Frame, Machine, count, index, split};
use super::parser::regex;
use super::run::Flow;
use super::tree::{Expression, Place};
use super::value::Value;
use crate::container::programs::formatted;

/// How deep functions may call one another.
const DEEPEST: usize = 32;

impl Machine<'_, '_, '_> {
    pub(super) fn call(&mut self, name: &str, arguments: &[Expression]) -> Value {
        match name {
            "length" => self.length(arguments.first()),
            "sub" | "gsub" => self.substitute(name == "gsub", arguments),
            "split" => self.split_into(arguments),
            "match" => self.find(arguments),
            name => {
                if let Some(at) = self.program.functions.iter().position(|function| function.name == name) {
                    return self.own(at, arguments);
                }
                let values: Vec<Value> = arguments.iter().map(|argument| self.value(argument)).collect();
                self.plain(name, &values)
            }
        }
    }

    /// Functions that are given values alone.
    fn plain(&mut self, name: &str, values: &[Value]) -> Value {
        let text = |at: usize| values.get(at).map(|value| self.text(value)).unwrap_or_default();
        let number = |at: usize| values.get(at).map_or(0.0, Value::number);
        match name {
            "substr" => Value::Text(part(&text(0), number(1), values.get(2).map(Value::number))),
            "index" => {
                let (text, part) = (text(0), text(1));
                Value::Number(text.find(&part).map_or(0.0, |at| count(text[..at].chars().count() + 1)))
            }
            "sprintf" => Value::Text(self.format(values)),
            "tolower" => Value::Text(text(0).to_lowercase()),
            "toupper" => Value::Text(text(0).to_uppercase()),
            "int" => Value::Number(number(0).trunc()),
            "sqrt" => Value::Number(number(0).sqrt()),
            "exp" => Value::Number(number(0).exp()),
            "log" => Value::Number(number(0).ln()),
            "sin" => Value::Number(number(0).sin()),
            "cos" => Value::Number(number(0).cos()),
            "atan2" => Value::Number(number(0).atan2(number(1))),
            "rand" => Value::Number(0.5),
            "srand" => Value::Number(0.0),
            "systime" => {
                let seconds = self.session.seconds();
                Value::Read(seconds.to_string())
            }
            "system" => {
                let outcome = self.shell(&text(0), &[]);
                self.outcome.stdout.extend(outcome.stdout);
                self.outcome.stderr += &outcome.stderr;
                Value::Number(f64::from(outcome.status))
            }
            "close" | "fflush" => {
                let name = text(0);
                self.close(&name);
                Value::Number(0.0)
            }
            name => {
                self.outcome.stderr += &format!("awk: function {name} never defined\n");
                self.outcome.status = 2;
                Value::Nothing
            }
        }
    }

    fn close(&mut self, name: &str) {
        use super::machine::Goal;
        self.read.remove(name);
        let is_meant = |goal: &Goal| match goal {
            Goal::File(known) | Goal::Longer(known) | Goal::Program(known) => known == name,
        };
        if let Some(at) = self.written.iter().position(|(goal, _)| is_meant(goal)) {
            let (goal, bytes) = self.written.remove(at);
            self.deliver(&goal, &bytes);
        }
    }

    fn length(&mut self, argument: Option<&Expression>) -> Value {
        if let Some(Expression::Place(Place::Variable(name))) = argument
            && let Some(length) = self.length_of(name)
        {
            return Value::Number(length);
        }
        let text = match argument {
            Some(argument) => self.value_text(argument),
            None => self.text(&self.field(0)),
        };
        Value::Number(count(text.chars().count()))
    }

    /// `sub(PATTERN, TEXT, PLACE)`: replaces the first match; `gsub` all of them.
    fn substitute(&mut self, is_every: bool, arguments: &[Expression]) -> Value {
        let [pattern, by, ..] = arguments else { return Value::Number(0.0) };
        let record = Place::Field(Box::new(Expression::Number(0.0)));
        let place = match arguments.get(2) {
            None => &record,
            Some(Expression::Place(place)) => place,
            Some(_) => return Value::Number(0.0),
        };
        let Some(pattern) = self.pattern(pattern) else { return Value::Number(0.0) };
        let by = self.value_text(by);
        let value = self.get(place);
        let text = self.text(&value);
        let (mut done, mut end, mut found) = (String::new(), 0, 0);
        for part in pattern.find_iter(&text).take(if is_every { usize::MAX } else { 1 }) {
            done += &text[end..part.start()];
            done += &filled(&by, part.as_str());
            end = part.end();
            found += 1;
        }
        if found > 0 {
            done += &text[end..];
            self.set(place, Value::Text(done));
        }
        Value::Number(count(found))
    }

    fn pattern(&mut self, pattern: &Expression) -> Option<regex::Regex> {
        match pattern {
            Expression::Fits(expression) => Some(expression.clone()),
            other => {
                let text = self.value_text(other);
                regex(&text).ok()
            }
        }
    }

    /// `split(TEXT, ARRAY, SEPARATOR)`.
    fn split_into(&mut self, arguments: &[Expression]) -> Value {
        let [text, Expression::Place(Place::Variable(array)), ..] = arguments else { return Value::Number(0.0) };
        let text = self.value_text(text);
        let parts = match arguments.get(2) {
            Some(Expression::Fits(expression)) if text.is_empty() => {
                expression.split("").take(0).map(str::to_owned).collect()
            }
            Some(Expression::Fits(expression)) => expression.split(&text).map(str::to_owned).collect(),
            Some(separator) => {
                let separator = self.value_text(separator);
                split(&text, &separator)
            }
            None => split(&text, &self.text_of("FS")),
        };
        let number = count(parts.len());
        let name = self.array_name(array);
        let parts = parts.into_iter().enumerate().map(|(at, part)| ((at + 1).to_string(), Value::Read(part)));
        self.arrays.insert(name, parts.collect::<BTreeMap<_, _>>());
        Value::Number(number)
    }

    /// `match(TEXT, PATTERN)`: where the match begins; `RSTART` and `RLENGTH` say it too.
    fn find(&mut self, arguments: &[Expression]) -> Value {
        let [text, pattern, ..] = arguments else { return Value::Number(0.0) };
        let text = self.value_text(text);
        let found = self.pattern(pattern).and_then(|pattern| pattern.find(&text).map(|found| found.range()));
        let (start, length) = found.map_or((0.0, -1.0), |range| {
            (count(text[..range.start].chars().count() + 1), count(text[range].chars().count()))
        });
        self.set_variable("RSTART", Value::Number(start));
        self.set_variable("RLENGTH", Value::Number(length));
        Value::Number(start)
    }

    /// A function of the program.
    fn own(&mut self, at: usize, arguments: &[Expression]) -> Value {
        if self.frames.len() >= DEEPEST {
            self.outcome.stderr += "awk: functions call one another too deep\n";
            self.outcome.status = 2;
            return Value::Nothing;
        }
        let program = self.program;
        let function = &program.functions[at];
        let mut frame = Frame::default();
        for (number, parameter) in function.parameters.iter().enumerate() {
            let value = match arguments.get(number) {
                Some(Expression::Place(Place::Variable(name))) => {
                    let array = self.array_name(name);
                    if self.arrays.contains_key(&array) {
                        frame.arrays.insert(parameter.clone(), array);
                    }
                    self.variable(name)
                }
                Some(argument) => self.value(argument),
                None => Value::Nothing,
            };
            frame.values.insert(parameter.clone(), value);
        }
        self.frames.push(frame);
        let flow = self.statements(&function.body);
        self.frames.pop();
        match flow {
            Flow::Return(value) => value,
            _ => Value::Nothing,
        }
    }
}

/// Writes values by a format.
pub(super) fn format(machine: &Machine<'_, '_, '_>, format: &str, values: &[Value]) -> String {
    let (mut text, mut values) = (String::new(), values.iter());
    let mut letters = format.chars().peekable();
    while let Some(c) = letters.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        if letters.next_if_eq(&'%').is_some() {
            text.push('%');
            continue;
        }
        let mut directive = "%".to_owned();
        while let Some(flag) = letters.next_if(|c| matches!(c, '-' | '+' | ' ' | '#' | '0'..='9' | '.' | '*')) {
            if flag == '*' {
                directive += &precise(values.next().map_or(0.0, Value::number)).to_string();
            } else {
                directive.push(flag);
            }
        }
        let Some(letter) = letters.next() else { return text + &directive };
        let value = values.next().cloned().unwrap_or_default();
        let (letter, word) = match (letter, &value) {
            ('d' | 'i', _) => ('d', precise(value.number()).to_string()),
            ('o' | 'x' | 'X' | 'u', _) => (letter, precise(value.number()).to_string()),
            ('e' | 'E' | 'f' | 'F' | 'g' | 'G', _) => (letter, value.number().to_string()),
            ('c', Value::Number(number)) => {
                let code = u32::try_from(precise(*number)).ok().and_then(char::from_u32);
                ('s', code.map(String::from).unwrap_or_default())
            }
            ('c', value) => ('c', machine.text(value)),
            (_, value) => ('s', machine.text(value)),
        };
        directive.push(letter);
        text += &String::from_utf8_lossy(&formatted(machine.session, &[directive, word]).stdout);
    }
    text
}

/// Puts the match in the place of `&`.
fn filled(by: &str, found: &str) -> String {
    let (mut done, mut letters) = (String::new(), by.chars().peekable());
    while let Some(c) = letters.next() {
        match c {
            '&' => done += found,
            '\\' if letters.next_if_eq(&'&').is_some() => done.push('&'),
            '\\' if letters.next_if_eq(&'\\').is_some() => done.push('\\'),
            c => done.push(c),
        }
    }
    done
}

/// `substr(TEXT, FROM, LENGTH)`, counted from 1.
fn part(text: &str, from: f64, length: Option<f64>) -> String {
    let begin = from.round();
    let end = length.map_or(f64::INFINITY, |length| begin + length.round());
    let begin = begin.max(1.0);
    if end <= begin {
        return String::new();
    }
    text.chars().skip(index(begin) - 1).take(index((end - begin).min(1e9))).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "a number out of range becomes the nearest one")]
pub(super) fn precise(number: f64) -> i64 {
    number as i64
}
