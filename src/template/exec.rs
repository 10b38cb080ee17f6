//! Execution: walks a template's trees over a root value and writes text. Stops at Go's errors, and at a budget that
//! bounds time, memory and output whatever the template says.

use super::Error;
use super::ast::{Binding, Branch, Call, Command, Node, Operand, Pipe, Place, Term, Tree};
use super::functions::{Function, Library, Parameter, not_callable, unknown};
use super::methods;
use super::number::Number;
use super::printf;
use super::quote::quoted;
use super::value::{self, Value};
use super::write::MAX_TEXT;

/// Most bytes that a template may write.
const MAX_OUTPUT: usize = 16 << 20;
/// Most steps and bytes made on the way, together.
const BUDGET: usize = 64 << 20;
/// Deepest nesting of running blocks, pipelines and templates.
const MAX_DEPTH: usize = 100;

/// What a missing key of a map gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MissingKey {
    /// `<no value>`.
    NoValue,
    /// An error (`missingkey=error`).
    Fails,
}

/// Runs the first of the trees on a value.
pub(super) fn run(trees: &[Tree], root: Value, missing: MissingKey, library: Library) -> Result<String, Failure> {
    let mut run = Run {
        trees,
        tree: &trees[0],
        missing,
        library,
        place: None,
        variables: vec![("$", Slot::plain(root.clone()))],
        out: String::new(),
        left: BUDGET,
        depth: 0,
    };
    let ended = run.body(&Slot::plain(root), &trees[0].body);
    ended.map(|_| run.out.clone()).map_err(|reason| run.failure(reason))
}

/// Where and why an execution stopped; the source turns it into an error.
pub(super) struct Failure {
    at: Option<usize>,
    tree: String,
    context: String,
    reason: String,
}

impl Failure {
    /// Finds the failure's line and column in the source.
    pub(super) fn locate(self, source: &str) -> Error {
        let before = &source[..self.at.unwrap_or(0)];
        let line = 1 + before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        Error::Execute { line, column, tree: quoted(&self.tree), context: self.context, reason: self.reason }
    }
}

type Outcome<T> = Result<T, String>;

/// A value with what Go knows of it statically.
#[derive(Debug, Clone)]
struct Slot {
    value: Value,
    /// Whether it was taken from a place of type `interface {}`, which is then its type in complaints.
    boxed: bool,
}

impl Slot {
    fn plain(value: Value) -> Slot {
        Slot { value, boxed: false }
    }

    fn element(value: Value, shape: &super::shape::Shape) -> Slot {
        Slot { value, boxed: *shape == super::shape::Shape::Any }
    }

    fn type_name(&self) -> String {
        if self.boxed { "interface {}".into() } else { self.value.type_name().into_owned() }
    }
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

struct Run<'t> {
    trees: &'t [Tree],
    tree: &'t Tree,
    missing: MissingKey,
    library: Library,
    /// The node at work, which errors name.
    place: Option<&'t dyn Place>,
    variables: Vec<(&'t str, Slot)>,
    out: String,
    left: usize,
    depth: usize,
}

impl<'t> Run<'t> {
    fn failure(&self, reason: String) -> Failure {
        Failure {
            at: self.place.map(Place::offset),
            tree: self.tree.name.clone(),
            context: self.place.map(ToString::to_string).unwrap_or_default(),
            reason,
        }
    }

    fn body(&mut self, dot: &Slot, nodes: &'t [Node]) -> Outcome<Flow> {
        self.enter()?;
        for node in nodes {
            let flow = self.node(dot, node)?;
            if flow != Flow::On {
                self.depth -= 1;
                return Ok(flow);
            }
        }
        self.depth -= 1;
        Ok(Flow::On)
    }

    fn node(&mut self, dot: &Slot, node: &'t Node) -> Outcome<Flow> {
        self.spend(1)?;
        match node {
            Node::Text(text) => self.write(text)?,
            Node::Action(pipe) => {
                let value = self.pipe(dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.print(value)?;
                }
            }
            Node::If(branch) => return self.branch(dot, branch, |dot, _| dot.clone()),
            Node::With(branch) => return self.branch(dot, branch, |_, value| value),
            Node::Range(branch) => return self.range(dot, branch),
            Node::Call(call) => self.template(dot, call)?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On)
    }

    fn print(&mut self, slot: Slot) -> Outcome<()> {
        match slot.value.indirect() {
            Value::Missing => self.write("<no value>"),
            Value::Text(text, _) => self.write(&text),
            other @ Value::Row(_) => self.write(printf::sprint(&[other]).trim_start_matches('&')),
            other => self.write(&printf::sprint(&[other])),
        }
    }

    fn branch(&mut self, dot: &Slot, branch: &'t Branch, inner: fn(&Slot, Slot) -> Slot) -> Outcome<Flow> {
        let scope = self.variables.len();
        let value = self.pipe(dot, &branch.pipe)?;
        let flow = if value.value.is_true() {
            self.body(&inner(dot, value), &branch.body)?
        } else {
            self.otherwise(dot, branch)?
        };
        self.variables.truncate(scope);
        Ok(flow)
    }

    fn otherwise(&mut self, dot: &Slot, branch: &'t Branch) -> Outcome<Flow> {
        branch.otherwise.as_deref().map_or(Ok(Flow::On), |nodes| self.body(dot, nodes))
    }

    fn range(&mut self, dot: &Slot, branch: &'t Branch) -> Outcome<Flow> {
        let scope = self.variables.len();
        let value = self.pipe(dot, &branch.pipe)?.value.indirect();
        let mark = self.variables.len();
        let mut any = false;
        for (key, item) in Self::elements(value, branch)? {
            any = true;
            self.spend(1)?;
            if let [.., last] = &mut self.variables[scope..mark] {
                last.1 = item.clone();
            }
            if branch.pipe.variables.len() > 1 {
                self.variables[mark - 2].1 = Slot::plain(key);
            }
            let flow = self.body(&item, &branch.body)?;
            self.variables.truncate(mark);
            if flow == Flow::Break {
                break;
            }
        }
        let flow = if any { Flow::On } else { self.otherwise(dot, branch)? };
        self.variables.truncate(scope);
        Ok(flow)
    }

    /// Lists what a range goes over, with keys or indexes.
    fn elements(value: Value, branch: &Branch) -> Outcome<Box<dyn Iterator<Item = (Value, Slot)>>> {
        Ok(match value {
            Value::List(items, shape) => {
                let items = items.unwrap_or_else(|| [].into());
                Box::new((0..items.len()).map(move |at| (Value::int(at), Slot::element(items[at].clone(), shape))))
            }
            Value::Map(entries, shape) => {
                let entries = entries.iter().flat_map(|entries| entries.iter());
                let pairs = entries.map(|(key, item)| (Value::text(key), Slot::element(item.clone(), shape)));
                Box::new(pairs.collect::<Vec<_>>().into_iter())
            }
            Value::Int(count, name) if branch.pipe.variables.len() < 2 => {
                Box::new((0..count).map(move |at| (Value::Missing, Slot::plain(Value::Int(at, name)))))
            }
            Value::Int(count, _) => {
                return Err(format!("can't use {count} to iterate over more than one variable"));
            }
            Value::Missing => Box::new(std::iter::empty()),
            other => return Err(format!("range can't iterate over {}", printf::sprint(&[other]))),
        })
    }

    fn template(&mut self, dot: &Slot, call: &'t Call) -> Outcome<()> {
        self.place = Some(call);
        let tree = self.trees.iter().skip(1).find(|tree| tree.name == call.name);
        let tree = tree.ok_or_else(|| format!("template {} not defined", quoted(&call.name)))?;
        let dot = match &call.pipe {
            Some(pipe) => self.pipe(dot, pipe)?,
            None => Slot::plain(Value::Missing),
        };
        let outer = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        let caller = std::mem::replace(&mut self.tree, tree);
        self.body(&dot, &tree.body)?;
        self.tree = caller;
        self.variables = outer;
        Ok(())
    }

    fn pipe(&mut self, dot: &Slot, pipe: &'t Pipe) -> Outcome<Slot> {
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
        if let Some(arity) = methods::arity(&receiver.value, name) {
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

    fn variable(&mut self, name: &str) -> Outcome<&mut Slot> {
        let found = self.variables.iter_mut().rev().find(|(declared, _)| *declared == name);
        found.map(|(_, slot)| slot).ok_or_else(|| format!("undefined variable: {name}"))
    }

    fn write(&mut self, text: &str) -> Outcome<()> {
        if self.out.len() + text.len() > MAX_OUTPUT {
            return Err(format!("the output is larger than {MAX_OUTPUT} bytes"));
        }
        self.spend(text.len())?;
        self.out.push_str(text);
        Ok(())
    }

    /// Goes one level deeper; the caller comes back by `self.depth -= 1` unless it fails.
    fn enter(&mut self) -> Outcome<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("exceeded maximum template depth ({MAX_DEPTH})"));
        }
        Ok(())
    }

    fn spend(&mut self, amount: usize) -> Outcome<()> {
        self.left = self.left.checked_sub(amount).ok_or("the template does too much work")?;
        Ok(())
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
