//! What a running program of `awk` knows: variables, the record and its fields, and what it has written.

use std::collections::{BTreeMap, HashMap};

use super::Kin;
use super::parser::regex;
use super::tree::{Place, Program};
use super::value::Value;
use crate::container::Session;
use crate::container::programs::formatted;
use crate::pipe::Outcome;

/// The most fields of a record.
const MOST_FIELDS: usize = 100_000;

/// The parameters of a function that runs.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) values: HashMap<String, Value>,
    /// Parameters that are arrays, by the names of the arrays.
    pub(super) arrays: HashMap<String, String>,
}

pub(super) struct Machine<'s, 'c, 'p> {
    pub(super) session: &'s mut Session<'c>,
    pub(super) program: &'p Program,
    pub(super) kin: Kin,
    variables: HashMap<String, Value>,
    pub(super) arrays: HashMap<String, BTreeMap<String, Value>>,
    pub(super) frames: Vec<Frame>,
    record: String,
    fields: Vec<Value>,
    /// Which ranges have begun.
    pub(super) ranges: Vec<bool>,
    pub(super) outcome: Outcome,
    /// What goes to files and programs, by their names.
    pub(super) written: Vec<(Goal, Vec<u8>)>,
    /// What programs gave and was not read yet.
    pub(super) read: HashMap<String, Vec<String>>,
    /// How many more rounds loops may have.
    pub(super) rounds_left: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Goal {
    File(String),
    /// A file, and what is in it already stays.
    Longer(String),
    Program(String),
}

impl<'s, 'c, 'p> Machine<'s, 'c, 'p> {
    pub(super) fn new(session: &'s mut Session<'c>, program: &'p Program, kin: Kin) -> Self {
        let mut machine = Self {
            session,
            program,
            kin,
            variables: HashMap::new(),
            arrays: HashMap::new(),
            frames: Vec::new(),
            record: String::new(),
            fields: Vec::new(),
            ranges: vec![false; program.ranges],
            outcome: Outcome::default(),
            written: Vec::new(),
            read: HashMap::new(),
            rounds_left: 1_000_000,
        };
        for (name, text) in
            [("OFS", " "), ("ORS", "\n"), ("RS", "\n"), ("CONVFMT", "%.6g"), ("OFMT", "%.6g"), ("SUBSEP", "\u{1c}")]
        {
            machine.set_text(name, text);
        }
        let environment = machine.session.variables.iter().filter(|variable| variable.exported);
        let environment = environment.map(|v| (v.name.clone(), Value::Read(v.value.clone()))).collect();
        machine.arrays.insert("ENVIRON".to_owned(), environment);
        machine
    }

    pub(super) fn set_text(&mut self, name: &str, text: &str) {
        self.variables.insert(name.to_owned(), Value::Text(text.to_owned()));
    }

    pub(super) fn text_of(&self, name: &str) -> String {
        self.text(&self.variables.get(name).cloned().unwrap_or_default())
    }

    /// `NAME=VALUE` among the operands, or behind `-v`; `false` where it is a file's name.
    pub(super) fn assign_word(&mut self, word: &str) -> bool {
        let Some((name, value)) = word.split_once('=') else { return false };
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_name {
            let value = crate::container::programs::unescaped(value, crate::container::programs::Escapes::OfDash);
            self.variables.insert(name.to_owned(), Value::Read(value));
        }
        is_name
    }

    /// Writes a number as `awk` does where it joins or prints it.
    pub(super) fn shown(&self, number: f64) -> String {
        let most = if self.kin == Kin::Mawk { f64::from(i32::MAX) } else { 1e16 };
        if number.fract() == 0.0 && number.abs() <= most {
            return format!("{number:.0}").replace("-0", if number == 0.0 { "0" } else { "-0" });
        }
        let format = match self.variables.get("CONVFMT") {
            Some(Value::Text(format) | Value::Read(format)) => format.clone(),
            _ => "%.6g".to_owned(),
        };
        String::from_utf8_lossy(&formatted(self.session, &[format, number.to_string()]).stdout).into_owned()
    }

    pub(super) fn text(&self, value: &Value) -> String {
        value.text(&|number| self.shown(number))
    }

    pub(super) fn variable(&self, name: &str) -> Value {
        if let Some(value) = self.frames.last().and_then(|frame| frame.values.get(name)) {
            return value.clone();
        }
        match name {
            "NF" => Value::Number(count(self.fields.len())),
            name => self.variables.get(name).cloned().unwrap_or_default(),
        }
    }

    pub(super) fn set_variable(&mut self, name: &str, value: Value) {
        if let Some(own) = self.frames.last_mut().and_then(|frame| frame.values.get_mut(name)) {
            *own = value;
        } else if name == "NF" {
            self.fields.resize(index(value.number()).min(MOST_FIELDS), Value::Nothing);
            self.join_fields();
        } else {
            self.variables.insert(name.to_owned(), value);
        }
    }

    /// Returns the name of the array that a name stands for.
    pub(super) fn array_name(&mut self, name: &str) -> String {
        let depth = self.frames.len();
        match self.frames.last_mut() {
            Some(frame) if frame.arrays.contains_key(name) => frame.arrays[name].clone(),
            Some(frame) if frame.values.contains_key(name) => {
                let own = format!("{name} {depth}");
                frame.arrays.insert(name.to_owned(), own.clone());
                self.arrays.insert(own.clone(), BTreeMap::new());
                own
            }
            _ => name.to_owned(),
        }
    }

    pub(super) fn element(&mut self, array: &str, key: &str) -> Value {
        let name = self.array_name(array);
        self.arrays.entry(name).or_default().entry(key.to_owned()).or_default().clone()
    }

    pub(super) fn set_element(&mut self, array: &str, key: String, value: Value) {
        let name = self.array_name(array);
        self.arrays.entry(name).or_default().insert(key, value);
    }

    pub(super) fn field(&self, number: usize) -> Value {
        match number {
            0 => Value::Read(self.record.clone()),
            number => self.fields.get(number - 1).cloned().unwrap_or_default(),
        }
    }

    pub(super) fn set_field(&mut self, number: usize, value: Value) {
        if number == 0 {
            let text = self.text(&value);
            return self.set_record(text);
        }
        if number > self.fields.len() {
            self.fields.resize(number.min(MOST_FIELDS), Value::Nothing);
        }
        if let Some(field) = self.fields.get_mut(number - 1) {
            *field = value;
        }
        self.join_fields();
    }

    fn join_fields(&mut self) {
        let texts: Vec<String> = self.fields.iter().map(|field| self.text(field)).collect();
        self.record = texts.join(&self.text_of("OFS"));
    }

    pub(super) fn set_record(&mut self, text: String) {
        self.fields = split(&text, &self.text_of("FS")).into_iter().map(Value::Read).collect();
        self.record = text;
    }

    /// Splits what was read into records.
    pub(super) fn records(&self, text: &str) -> Vec<String> {
        match self.text_of("RS").as_str() {
            "\n" => text.lines().map(str::to_owned).collect(),
            "" => text
                .split("\n\n")
                .map(|part| part.trim_matches('\n').to_owned())
                .filter(|part| !part.is_empty())
                .collect(),
            separator if separator.chars().count() == 1 => {
                let text = text.strip_suffix('\n').unwrap_or(text);
                text.split_terminator(separator).map(str::to_owned).collect()
            }
            separator => split(text.strip_suffix('\n').unwrap_or(text), separator),
        }
    }

    pub(super) fn get(&mut self, place: &Place) -> Value {
        match place {
            Place::Variable(name) => self.variable(name),
            Place::Field(number) => {
                let number = index(self.value(number).number());
                self.field(number)
            }
            Place::Element(array, keys) => {
                let key = self.key(keys);
                self.element(array, &key)
            }
        }
    }

    pub(super) fn set(&mut self, place: &Place, value: Value) {
        match place {
            Place::Variable(name) => self.set_variable(name, value),
            Place::Field(number) => {
                let number = index(self.value(number).number());
                self.set_field(number, value);
            }
            Place::Element(array, keys) => {
                let key = self.key(keys);
                self.set_element(array, key, value);
            }
        }
    }

    pub(super) fn key(&mut self, keys: &[super::tree::Expression]) -> String {
        let keys: Vec<String> = keys.iter().map(|key| self.value_text(key)).collect();
        keys.join(&self.text_of("SUBSEP"))
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts that far")]
pub(super) fn count(number: usize) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number out of range becomes the nearest one"
)]
pub(super) fn index(number: f64) -> usize {
    number.max(0.0) as usize
}

/// Splits a text at a separator: a blank stands for blanks of any kind and number.
pub(super) fn split(text: &str, separator: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    match separator {
        " " => text.split_whitespace().map(str::to_owned).collect(),
        "" => text.chars().map(String::from).collect(),
        one if one.chars().count() == 1 && one != "\\" => text.split(one).map(str::to_owned).collect(),
        expression => match regex(expression) {
            Ok(expression) => expression.split(text).map(str::to_owned).collect(),
            Err(_) => vec![text.to_owned()],
        },
    }
}
