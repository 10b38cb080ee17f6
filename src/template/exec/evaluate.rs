//! Expressions: pipelines, commands, fields, methods and functions, and the values that pass as their arguments.

use super::{BUDGET, MissingKey, Outcome, Run, Slot};
use crate::template::ast::{Binding, Command, Operand, Pipe, Place, Term};
use crate::template::functions::{Function, Parameter, not_callable, unknown};
use crate::template::methods;
use crate::template::number::Number;
use crate::template::quote::quoted;
use crate::template::value::{self, Value};
use crate::template::write::MAX_TEXT;

impl<'t> Run<'t> {
    pub(super) fn pipe(&mut self, dot: &Slot, pipe: &'t Pipe) -> Outcome<Slot> {
        self.enter()?;
        self.place = Some(pipe);
        let mut value = None;
        for command in &pipe.commands {
            let result = self.command(dot, command, value)?;
            value = Some(Slot::plain(result.value));
        }
        let value = value.unwrap_or_else(|| Slot::plain(Value::Missing));
        for name in &pipe.variables {
            match pipe.binding {
                Binding::Declare => self.variables.push((name, value.clone())),
                Binding::Assign => *self.variable(name)? = value.clone(),
            }
        }
        self.depth -= 1;
        Ok(value)
    }

    /// Evaluates one command; `last` is the value of the command before it.
    fn command(&mut self, dot: &Slot, command: &'t Command, last: Option<Slot>) -> Outcome<Slot> {
        let (word, arguments) = (&command.words[0], &command.words[1..]);
        match &word.term {
            Term::Field(names) => {
                self.place = Some(word);
                self.fields(dot, dot.clone(), word, names, arguments, last)
            }
            Term::Chain { base, fields } => {
                self.place = Some(word);
                let receiver = self.chain_base(dot, base)?;
                self.fields(dot, receiver, word, fields, arguments, last)
            }
            Term::Variable { name, fields } if !fields.is_empty() => {
                self.place = Some(word);
                let receiver = self.variable(name)?.clone();
                self.fields(dot, receiver, word, fields, arguments, last)
            }
            Term::Function(name) => self.function(dot, name, word, command, arguments, last),
            term => {
                if !matches!(term, Term::Pipe(_)) {
                    self.place = Some(word);
                }
                if !arguments.is_empty() || last.is_some() {
                    return Err(format!("can't give argument to non-function {word}"));
                }
                self.plain(dot, word)
            }
        }
    }

    /// Evaluates a word that takes no arguments.
    fn plain(&mut self, dot: &Slot, word: &'t Operand) -> Outcome<Slot> {
        match &word.term {
            Term::Dot => Ok(dot.clone()),
            Term::Nil => Err("nil is not a command".into()),
            Term::Bool(value) => Ok(Slot::plain(Value::Bool(*value))),
            Term::Text { value, .. } => Ok(Slot::plain(Value::text(value))),
            Term::Number { value: Number::Int(value), .. } => Ok(Slot::plain(Value::Int(*value, "int"))),
            Term::Number { value: Number::Float(value), .. } => Ok(Slot::plain(Value::Float(*value))),
            Term::Number { value: Number::Huge, text } => Err(format!("{text} overflows int")),
            Term::Pipe(pipe) => self.pipe(dot, pipe),
            Term::Variable { name, fields } => {
                let receiver = self.variable(name)?.clone();
                if fields.is_empty() { Ok(receiver) } else { self.fields(dot, receiver, word, fields, &[], None) }
            }
            Term::Field(names) => self.fields(dot, dot.clone(), word, names, &[], None),
            Term::Chain { base, fields } => {
                let receiver = self.chain_base(dot, base)?;
                self.fields(dot, receiver, word, fields, &[], None)
            }
            Term::Function(name) => self.function(dot, name, word, word, &[], None),
        }
    }

    fn chain_base(&mut self, dot: &Slot, base: &'t Operand) -> Outcome<Slot> {
        self.place = Some(base);
        self.plain(dot, base)
    }

    fn fields(
        &mut self,
        dot: &Slot,
        receiver: Slot,
        word: &'t Operand,
        names: &[String],
        arguments: &'t [Operand],
        last: Option<Slot>,
    ) -> Outcome<Slot> {
        let Some((name, before)) = names.split_last() else { return Ok(receiver) };
        let mut receiver = receiver;
        for name in before {
            receiver = self.field(dot, receiver, word, name, &[], None)?;
        }
        self.field(dot, receiver, word, name, arguments, last)
    }

    fn field(
        &mut self,
        dot: &Slot,
        receiver: Slot,
        word: &'t Operand,
        name: &str,
        arguments: &'t [Operand],
        last: Option<Slot>,
    ) -> Outcome<Slot> {
        let type_name = receiver.type_name();
        if matches!(receiver.value, Value::Missing) {
            return match self.missing {
                _ if receiver.boxed => Err(format!("nil pointer evaluating interface {{}}.{name}")),
                MissingKey::Fails => Err(format!("nil data; no entry for key {}", quoted(name))),
                MissingKey::NoValue => Ok(Slot::plain(Value::Missing)),
            };
        }
        if let Some(arity) = methods::arity(&receiver.value, name, self.library) {
            return self.method(dot, &receiver.value, word, name, arity, arguments, last);
        }
        let called = !arguments.is_empty() || last.is_some();
        match receiver.value.indirect() {
            Value::Struct(values, record) => {
                let Some(value) = value::field(&values, record, name) else {
                    return Err(format!("can't evaluate field {name} in type {type_name}"));
                };
                if called {
                    return Err(format!("{name} has arguments but cannot be invoked as function"));
                }
                Ok(Slot::plain(value.clone()))
            }
            Value::Map(_, _) if called => Err(format!("{name} is not a method but has arguments")),
            Value::Map(entries, shape) => match entries.as_ref().and_then(|entries| entries.get(name)) {
                Some(value) => Ok(Slot::element(value.clone(), shape)),
                None if self.missing == MissingKey::Fails => Err(format!("map has no entry for key {}", quoted(name))),
                None => Ok(Slot::plain(Value::Missing)),
            },
            Value::Pointer(None, record) if record.fields.iter().any(|field| field.name == name) => {
                Err(format!("nil pointer evaluating {type_name}.{name}"))
            }
            _ => Err(format!("can't evaluate field {name} in type {type_name}")),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a call is its receiver, its name and its arguments")]
    fn method(
        &mut self,
        dot: &Slot,
        receiver: &Value,
        word: &'t Operand,
        name: &str,
        arity: usize,
        arguments: &'t [Operand],
        last: Option<Slot>,
    ) -> Outcome<Slot> {
        let given = arguments.len() + usize::from(last.is_some());
        if given != arity {
            return Err(format!("wrong number of args for {name}: want {arity} got {given}"));
        }
        let layout = match (arguments.first(), last) {
            (Some(argument), _) => self.argument(dot, argument, Parameter::Text)?,
            (None, Some(last)) => fitting(last.value, Parameter::Text)?,
            (None, None) => Value::text(""),
        };
        let layout = if let Value::Text(text, _) = &layout { text } else { "" };
        let result = methods::call(receiver, name, layout);
        self.place = Some(word);
        result.map(Slot::plain).map_err(|reason| format!("error calling {name}: {reason}"))
    }

    fn function(
        &mut self,
        dot: &Slot,
        name: &str,
        word: &'t Operand,
        whole: &'t dyn Place,
        arguments: &'t [Operand],
        last: Option<Slot>,
    ) -> Outcome<Slot> {
        self.place = Some(word);
        let function = Function::named(name).ok_or_else(|| unknown(name))?;
        let signature = function.signature(self.library);
        let given = arguments.len() + usize::from(last.is_some());
        let least = signature.fixed.len();
        match signature.rest {
            Some(_) if given < least => {
                return Err(format!("wrong number of args for {name}: want at least {least} got {}", arguments.len()));
            }
            None if given != least => {
                return Err(format!("wrong number of args for {name}: want {least} got {given}"));
            }
            Some(_) | None => {}
        }
        if matches!(function, Function::And | Function::Or) {
            return self.logic(dot, function, arguments, last);
        }
        let mut values = Vec::with_capacity(given);
        let parameter = |at: usize| signature.fixed.get(at).copied().or(signature.rest).unwrap_or(Parameter::Any);
        for (at, argument) in arguments.iter().enumerate() {
            values.push(self.argument(dot, argument, parameter(at))?);
        }
        if let Some(last) = last {
            values.push(fitting(last.value, parameter(arguments.len()))?);
        }
        let result = match (function, arguments.first()) {
            (Function::Call, Some(callee)) => Err(not_callable(&callee.to_string(), &values[0])),
            _ => function.run(self.library, &values),
        };
        if result.is_err() {
            self.place = Some(whole);
        }
        let result = result.map_err(|reason| format!("error calling {name}: {reason}"))?;
        self.spend(weight(&result))?;
        Ok(Slot::plain(result))
    }

    /// Evaluates `and` and `or`, which stop at the first argument that decides.
    fn logic(&mut self, dot: &Slot, function: Function, arguments: &'t [Operand], last: Option<Slot>) -> Outcome<Slot> {
        let mut value = Value::Missing;
        for argument in arguments {
            value = self.argument(dot, argument, Parameter::Any)?;
            if value.is_true() == (function == Function::Or) {
                return Ok(Slot::plain(value));
            }
        }
        Ok(Slot::plain(last.map_or(value, |last| last.value)))
    }

    fn argument(&mut self, dot: &Slot, word: &'t Operand, parameter: Parameter) -> Outcome<Value> {
        self.place = Some(word);
        match (&word.term, parameter) {
            (Term::Nil, Parameter::Any) => Ok(Value::Missing),
            (Term::Nil, Parameter::Text) => Err("cannot assign nil to string".into()),
            (Term::Nil, Parameter::Int) => Err("cannot assign nil to int".into()),
            (Term::Bool(_) | Term::Number { .. }, Parameter::Text) => Err(format!("expected string; found {word}")),
            (Term::Bool(_) | Term::Text { .. }, Parameter::Int) => Err(format!("expected integer; found {word}")),
            (Term::Number { value: Number::Float(value), .. }, Parameter::Int) => {
                whole(*value).ok_or_else(|| format!("expected integer; found {word}"))
            }
            _ => fitting(self.plain(dot, word)?.value, parameter),
        }
    }
}

/// Lets a value pass as an argument of a type.
fn fitting(value: Value, parameter: Parameter) -> Outcome<Value> {
    let (expected, fits) = match parameter {
        Parameter::Any => return Ok(value),
        Parameter::Text => ("string", matches!(value, Value::Text(_, "string"))),
        Parameter::Int => ("int", matches!(value, Value::Int(_, "int"))),
    };
    match value {
        _ if fits => Ok(value),
        Value::Missing => Err(format!("invalid value; expected {expected}")),
        other => Err(format!("wrong type for value; expected {expected}; got {}", other.type_name())),
    }
}

/// A float constant without a fraction is an integer constant too.
fn whole(value: f64) -> Option<Value> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    let fits = (value.fract() == 0.0 && value.abs() < 9.0e15).then_some(value as i64);
    fits.map(|value| Value::Int(value, "int"))
}

/// Counts what a function's result costs; a text beyond the limit costs everything.
fn weight(value: &Value) -> usize {
    match value {
        Value::Text(text, _) if text.len() > MAX_TEXT => BUDGET + 1,
        Value::Text(text, _) => text.len() + 1,
        Value::List(Some(items), _) => items.len() * 64,
        _ => 1,
    }
}
