//! Expressions in CEL, bounded before they run: source, nesting of macros, names; and while they run.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use cel::common::ast::{Expr, IdedExpr, LiteralValue};
use cel::extractors::Arguments;
use cel::{Context, DeclarationError, ExecutionError, Program, Value as Cel};

use super::bound;
use super::fact::{Fact, FactKind, Trouble};
use super::goal::RanLine;
use super::look;
use super::names::Need;
use super::scope::{Scope, fact_called};
use super::value::{Value, human_size};

const MAX_SOURCE: usize = 1024;
/// The parser and the interpreter recurse, and nothing can catch a stack that overflows.
const MAX_NESTING: usize = 64;
const MAX_MACROS: usize = 2;
/// Expressions that are remembered.
const MAX_KNOWN: usize = 1000;
const MAX_ITEMS: usize = 10_000;
/// Functions of the language itself and ours beside the facts.
const FUNCTIONS: &[&str] = &[
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "int",
    "uint",
    "double",
    "string",
    "bool",
    "type",
    "matches",
    "max",
    "min",
    "human_size",
    "round",
    "sum",
    "join",
    "short",
];

/// An expression that may run.
#[derive(Debug)]
pub(super) struct Expression {
    program: Program,
    /// What runs: its tree with its work bounded.
    bounded: IdedExpr,
    calls: Vec<Call>,
    /// Names that `map`, `filter` and their like make.
    made: Vec<String>,
    looks_at_the_store: bool,
}

/// A call of a fact with literal or named arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// The fact's key.
    pub(super) function: String,
    /// Its arguments.
    pub(super) arguments: Vec<Argument>,
}

/// An argument of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// A text.
    Literal(String),
    /// A drawn or frozen value.
    Name(String),
}

impl Expression {
    /// Reads an expression, or remembers it: the same ones are read again and again. The error says what is wrong with it.
    pub(super) fn parse(source: &str) -> Result<Arc<Self>, String> {
        static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Expression>>>> = LazyLock::new(Mutex::default);
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(expression) = known().get(source) {
            return Ok(Arc::clone(expression));
        }
        let expression = Arc::new(Self::read(source)?);
        let mut known = known();
        if known.len() == MAX_KNOWN {
            known.clear();
        }
        known.insert(source.to_owned(), Arc::clone(&expression));
        Ok(expression)
    }

    fn read(source: &str) -> Result<Self, String> {
        if source.len() > MAX_SOURCE {
            return Err(format!("an expression has at most {MAX_SOURCE} bytes"));
        }
        if nesting(source) > MAX_NESTING {
            return Err(format!("an expression nests at most {MAX_NESTING} deep"));
        }
        let compiled = on_deep_stack(|| Program::compile(source)).ok_or("this is not CEL")?;
        let program = compiled.map_err(|error| format!("this is not CEL: {error}"))?;
        let mut walk = Walk { calls: Vec::new(), made: Vec::new(), error: None };
        walk.visit(program.expression(), 0);
        if let Some(error) = walk.error {
            return Err(error);
        }
        let references = program.references();
        let looks_at_the_store = references.variables().into_iter().any(|name| matches!(name, "store" | "before"));
        drop(references);
        let bounded = bound::bounded(program.expression().clone());
        Ok(Self { program, bounded, calls: walk.calls, made: walk.made, looks_at_the_store })
    }

    /// Its syntax tree.
    pub(super) fn root(&self) -> &IdedExpr {
        self.program.expression()
    }

    /// The facts that it asks for.
    pub(super) fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Images that it looks into as a whole, written as texts write them.
    pub(super) fn looked_at(&self) -> Vec<String> {
        let of_images = |call: &Call| match call.function.as_str() {
            // The second one is a platform.
            "image" => call.arguments.iter().take(1).map(Argument::written).collect(),
            "shared_base" | "same_blobs" => call.arguments.iter().map(Argument::written).collect(),
            _ => Vec::new(),
        };
        self.calls.iter().flat_map(of_images).collect()
    }

    /// Names that it uses and that it does not make itself.
    pub(super) fn names(&self) -> Vec<String> {
        let references = self.program.references();
        let mut names: Vec<String> = references.variables().into_iter().map(str::to_owned).collect();
        names.retain(|name| !name.starts_with('@') && !self.made.contains(name));
        names.sort();
        names
    }

    /// Whether it uses one of these names.
    pub(super) fn uses(&self, names: &[&str]) -> bool {
        self.names().iter().any(|name| names.contains(&name.as_str()))
    }

    /// Computes the value.
    pub(super) fn value(&self, scope: &Scope<'_>, answer: Option<Cel>) -> Result<Cel, Trouble> {
        let facts = Arc::new(self.facts(scope)?);
        let stores = if self.looks_at_the_store { look::stores(scope)?.to_vec() } else { Vec::new() };
        let ran = Arc::new(scope.world.commands());
        let (bounded, variables) = (&self.bounded, scope.variables);
        on_deep_stack(move || {
            let mut context = Context::default();
            for (name, value) in variables {
                context.add_variable_from_value(name.clone(), value.clone());
            }
            if let Some(answer) = answer {
                context.add_variable_from_value("answer", answer);
            }
            for (name, value) in stores {
                context.add_variable_from_value(name, value);
            }
            add_functions(&mut context, &facts)
                .and_then(|()| add_commands(&mut context, &ran))
                .map_err(|error| Trouble(format!("a function is not available: {error}")))?;
            let work = bound::Work::begin();
            context
                .add_function(bound::TICK, move || work.goes_on())
                .map_err(|error| Trouble(format!("a function is not available: {error}")))?;
            Cel::resolve(bounded, &context).map_err(|error| Trouble(format!("an expression failed: {error}")))
        })
        .unwrap_or_else(|| Err(Trouble("an expression failed".to_owned())))
    }

    /// Computes the value as a text.
    pub(super) fn text(&self, scope: &Scope<'_>) -> Result<String, Trouble> {
        Ok(display(&self.value(scope, None)?))
    }

    /// Computes a truth; `answer` is what a learner gave.
    pub(super) fn holds(&self, scope: &Scope<'_>, answer: Option<Cel>) -> Result<bool, Trouble> {
        match self.value(scope, answer)? {
            Cel::Bool(holds) => Ok(holds),
            other => Err(Trouble(format!("an expression gives `{}` where true or false belongs", display(&other)))),
        }
    }

    /// All facts that it will ask for, computed beforehand: a function of CEL cannot borrow the world.
    fn facts(&self, scope: &Scope<'_>) -> Result<Facts, Trouble> {
        let mut known = Facts::new();
        for call in &self.calls {
            let arguments =
                call.arguments.iter().map(|argument| argument.value(scope)).collect::<Result<Vec<_>, _>>()?;
            let is_look = look::LOOKS.iter().any(|(name, _)| *name == call.function);
            let value = match fact_called(&call.function, &arguments) {
                Some(fact) => to_cel(&scope.fact(&fact)?)?,
                None if is_look => look::look(&call.function, &arguments, scope)?,
                None => return Err(Trouble(format!("`{}` of what?", call.function))),
            };
            known.insert((call.function.clone(), arguments), value);
        }
        Ok(known)
    }
}

impl Argument {
    /// As texts write it: `$name`.
    fn written(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Name(name) => format!("${name}"),
        }
    }

    fn value(&self, scope: &Scope<'_>) -> Result<String, Trouble> {
        match self {
            Self::Literal(text) => Ok(text.clone()),
            Self::Name(name) => {
                scope.variables.get(name).cloned().ok_or_else(|| Trouble(format!("nothing is called `{name}`")))
            }
        }
    }
}

impl Call {
    /// What has to be asked of a registry before it can be computed, beside the image that it is about.
    pub(super) fn need(&self, scope: &Scope<'_>) -> Option<Need> {
        let argument = |at: usize| scope.expand(&self.arguments.get(at)?.written()).ok();
        let reference = scope.reference(&argument(0)?).ok()?;
        match self.function.as_str() {
            "registry_tags" => Some(Need::Tags(reference.repository().clone())),
            "image" => Some(Need::Platform(reference, argument(1)?.parse().ok()?)),
            _ => None,
        }
    }

    /// Makes the fact, its argument written as texts write it: `$name`.
    pub(super) fn fact(&self) -> Option<Fact> {
        fact_called(&self.function, &self.arguments.iter().map(Argument::written).collect::<Vec<_>>())
    }
}

type Facts = BTreeMap<(String, Vec<String>), Cel>;

fn add_functions(context: &mut Context<'_, '_>, facts: &Arc<Facts>) -> Result<(), DeclarationError> {
    let looks = look::LOOKS.iter().map(|(name, _)| *name);
    for name in FactKind::ALL.iter().map(|(name, _)| *name).chain(looks) {
        let facts = Arc::clone(facts);
        let look_up = move |Arguments(arguments): Arguments| {
            let key = (name.to_owned(), arguments.iter().map(display).collect());
            facts.get(&key).cloned().ok_or_else(|| ExecutionError::function_error(name, "not known"))
        };
        context.add_function(name, look_up)?;
    }
    context.add_function("human_size", |bytes: i64| human_size(u64::try_from(bytes).unwrap_or(0)))?;
    context.add_function("short", |digest: Arc<String>| {
        digest.strip_prefix("sha256:").unwrap_or(&digest).chars().take(12).collect::<String>()
    })?;
    context.add_function("max", |Arguments(numbers): Arguments| extreme("max", &numbers, |one, other| one > other))?;
    context.add_function("min", |Arguments(numbers): Arguments| extreme("min", &numbers, |one, other| one < other))?;
    context.add_function("round", |number: f64| number.round())?;
    context.add_function("sum", |numbers: Arc<Vec<Cel>>| {
        numbers.iter().filter_map(integer).fold(0_i64, i64::saturating_add)
    })?;
    context.add_function("join", |items: Arc<Vec<Cel>>, between: Arc<String>| {
        items.iter().map(display).collect::<Vec<_>>().join(&between)
    })?;
    Ok(())
}

/// Functions about the commands of the step.
fn add_commands(context: &mut Context<'_, '_>, ran: &Arc<Vec<RanLine>>) -> Result<(), DeclarationError> {
    let (lines, last) = (Arc::clone(ran), Arc::clone(ran));
    context.add_function("ran", move |words: Arc<String>| look::has_run(&words, &lines))?;
    context.add_function("arg", move |at: i64| look::argument(at, &last))?;
    Ok(())
}

/// The first number that is `beyond` all others, of a list or of the arguments themselves.
fn extreme(name: &str, numbers: &[Cel], beyond: impl Fn(f64, f64) -> bool) -> Result<Cel, ExecutionError> {
    let numbers = match numbers {
        [Cel::List(items)] => items.as_slice(),
        numbers => numbers,
    };
    let mut found: Option<(f64, &Cel)> = None;
    for value in numbers {
        let number = float(value).ok_or_else(|| ExecutionError::function_error(name, "not a number"))?;
        if found.is_none_or(|(extreme, _)| beyond(number, extreme)) {
            found = Some((number, value));
        }
    }
    found.map(|(_, value)| value.clone()).ok_or_else(|| ExecutionError::function_error(name, "of nothing"))
}

#[expect(clippy::cast_precision_loss, reason = "only compared, and no size here needs 53 bits")]
fn float(value: &Cel) -> Option<f64> {
    match value {
        Cel::Int(number) => Some(*number as f64),
        Cel::UInt(number) => Some(*number as f64),
        Cel::Float(number) => Some(*number),
        _ => None,
    }
}

fn integer(value: &Cel) -> Option<i64> {
    if let Cel::Int(number) = value { Some(*number) } else { None }
}

fn to_cel(value: &Value) -> Result<Cel, Trouble> {
    let integer =
        |number: u64| i64::try_from(number).map(Cel::from).map_err(|_| Trouble("a number is too large".into()));
    Ok(match value {
        Value::Count(number) | Value::Size(number) => integer(*number)?,
        Value::Number(number) | Value::Ratio(number) => Cel::from(*number),
        Value::YesNo(yes) => Cel::from(*yes),
        Value::Argv(words) => list(words.clone())?,
        Value::Set(_, words) => list(words.iter().cloned().collect())?,
        Value::Order(items, order) => list(order.iter().filter_map(|at| items.get(*at)).cloned().collect())?,
        Value::Digest(_)
        | Value::Text(_)
        | Value::Ref(_)
        | Value::Platform(_)
        | Value::Reflect(_)
        | Value::Choice(_)
        | Value::Choices(_)
        | Value::Match(..) => Cel::from(value.display()),
    })
}

/// A list of texts, bounded.
pub(super) fn list(words: Vec<String>) -> Result<Cel, Trouble> {
    if words.len() > MAX_ITEMS {
        return Err(Trouble(format!("a list has more than {MAX_ITEMS} items")));
    }
    Ok(Cel::from(words))
}

/// A value as a person writes it.
pub(super) fn display(value: &Cel) -> String {
    match value {
        Cel::Int(number) => number.to_string(),
        Cel::UInt(number) => number.to_string(),
        Cel::Float(number) => number.to_string(),
        Cel::String(text) => text.to_string(),
        Cel::Bool(truth) => truth.to_string(),
        Cel::List(items) => items.iter().map(display).collect::<Vec<_>>().join(", "),
        Cel::Null => "nothing".to_owned(),
        other => format!("{other:?}"),
    }
}

/// An upper bound of how deep a source nests: every opening bracket and every operator, also those in texts, since
/// where a text ends is the parser's to say.
fn nesting(source: &str) -> usize {
    let symbols = ['(', '[', '{', '-', '!', '?', '+', '*', '/', '%', '&', '|', '<', '>', '='];
    let words = source.split(|c: char| !c.is_alphanumeric()).filter(|word| *word == "in").count();
    source.matches(symbols).count() + source.matches('.').count() + words
}

/// Works on a stack of its own: parser and interpreter need up to 200 KiB a level, more than a thread has. Work within such work stays
/// on its stack: who will judge thousands of answers does it all in here. `None` where the work panics.
pub fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    const STACK: usize = 48 << 20;
    thread_local!(static IS_DEEP: Cell<bool> = const { Cell::new(false) });
    if IS_DEEP.get() {
        return std::panic::catch_unwind(AssertUnwindSafe(work)).ok();
    }
    let work = || {
        IS_DEEP.set(true);
        work()
    };
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()?.join().ok()
    })
}

/// Looks through a syntax tree.
struct Walk {
    calls: Vec<Call>,
    made: Vec<String>,
    error: Option<String>,
}

impl Walk {
    fn visit(&mut self, node: &IdedExpr, macros: usize) {
        match &node.expr {
            Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
            Expr::Call(call) => {
                self.note_call(&call.func_name, &call.args, call.target.is_some());
                call.target.iter().for_each(|target| self.visit(target, macros));
                call.args.iter().for_each(|argument| self.visit(argument, macros));
            }
            Expr::Comprehension(inner) => {
                if macros == MAX_MACROS {
                    self.error = Some(format!("`map`, `filter` and their like nest at most {MAX_MACROS} deep"));
                    return;
                }
                self.made.push(inner.iter_var.clone());
                self.visit(&inner.iter_range, macros);
                for part in [&inner.accu_init, &inner.loop_cond, &inner.loop_step, &inner.result] {
                    self.visit(part, macros + 1);
                }
            }
            Expr::List(list) => list.elements.iter().for_each(|item| self.visit(item, macros)),
            Expr::Select(select) => {
                let field = select.field.as_str();
                if !look::MEMBERS.contains(&field) {
                    let near = crate::yaml::nearest(field, look::MEMBERS);
                    let near = near.map(|near| format!(". Did you mean `{near}`?")).unwrap_or_default();
                    self.error = Some(format!("nothing has a member `{field}`{near}"));
                }
                self.visit(&select.operand, macros);
            }
            Expr::Map(_) | Expr::Struct(_) => self.error = Some("an expression makes no mappings here".to_owned()),
        }
    }

    fn note_call(&mut self, name: &str, arguments: &[IdedExpr], is_method: bool) {
        if FactKind::ALL.iter().any(|(known, _)| *known == name) && !is_method {
            match arguments.iter().map(argument).collect::<Option<Vec<_>>>() {
                Some(arguments) => {
                    let call = Call { function: name.to_owned(), arguments };
                    match call.fact() {
                        Some(_) => self.calls.push(call),
                        None => self.error = Some(format!("`{name}`: {}", takes(name))),
                    }
                }
                None => self.error = Some(format!("`{name}` takes a text in quotes, or one name")),
            }
        } else if let (false, Some((_, takes))) = (is_method, look::LOOKS.iter().find(|(known, _)| *known == name)) {
            match arguments.iter().map(argument).collect::<Option<Vec<_>>>() {
                Some(arguments) if takes.contains(&arguments.len()) => {
                    self.calls.push(Call { function: name.to_owned(), arguments });
                }
                Some(_) | None => {
                    let takes = takes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
                    self.error = Some(format!("`{name}` takes {takes} of: a text in quotes, a name"));
                }
            }
        } else if name.starts_with(|c: char| c.is_alphabetic())
            && !FUNCTIONS.contains(&name)
            && !look::COMMANDS.contains(&name)
        {
            let looks = look::LOOKS.iter().map(|(key, _)| *key).chain(look::COMMANDS.iter().copied());
            let facts = FactKind::ALL.iter().map(|(key, _)| *key);
            let known: Vec<&str> = facts.chain(looks).chain(FUNCTIONS.iter().copied()).collect();
            let near = crate::yaml::nearest(name, &known).map(|near| format!(". Did you mean `{near}`?"));
            self.error = Some(format!("no function is called `{name}`{}", near.unwrap_or_default()));
        }
    }
}

fn takes(name: &str) -> &'static str {
    FactKind::ALL.iter().find(|(known, _)| *known == name).map_or("", |(_, kind)| kind.takes())
}

fn argument(node: &IdedExpr) -> Option<Argument> {
    match &node.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(Argument::Literal(text.inner().to_owned())),
        Expr::Ident(name) => Some(Argument::Name(name.clone())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuse(source: &str, expected: &str) {
        let error = Expression::parse(source).expect_err("it is refused");
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn bombs_do_not_run() {
        refuse(&"1+".repeat(600), "at most 1024 bytes");
        for deep in ["(", "-", "[", "!", "{", "a?", "a.", "1+", "a[", "f(", "a && ", "1 < ", "1 in ", "'\\'' + ("] {
            refuse(&deep.repeat(120), "nests at most 64 deep");
        }
        for deep in ["(", "-", "[", "a["] {
            refuse(&deep.repeat(60), "this is not CEL");
        }
        assert!(Expression::parse(&format!("{}1{}", "[".repeat(60), "]".repeat(60))).is_ok());
        refuse("[1].map(a, [1].map(b, [1].map(c, c)))", "nest at most 2 deep");
    }

    #[test]
    fn members_and_looks_are_known() {
        refuse("image('redis').layer", "Did you mean `layers`?");
        refuse("shared_base('redis')", "takes 2 of");
        refuse("imgae('redis').id", "Did you mean `image`?");
        assert!(Expression::parse("size(store.tags) > 1 && ran('pull') && arg(1) == 'redis'").is_ok());
    }

    #[test]
    fn facts_are_found_with_their_arguments() {
        let calls = |source: &str| Expression::parse(source).expect("it is sound").calls().to_vec();
        let literal = Argument::Literal("redis".to_owned());
        assert_eq!(calls("layers_of('redis') + 1"), [Call { function: "layers_of".into(), arguments: vec![literal] }]);
        assert_eq!(calls("size(cmd_of(image))")[0].arguments, [Argument::Name("image".to_owned())]);
        refuse("layers_of('re' + 'dis')", "takes a text in quotes");
        refuse("layers('redis')", "Did you mean `layers_of`?");
        refuse("layers_of('redis'", "this is not CEL");
    }
}
