//! Expressions in CEL, bounded before they run: source, nesting of macros, names; and while they run.

mod call;
mod functions;
mod walk;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use cel::common::ast::IdedExpr;
use cel::parser::PrattParser;
use cel::{Context, Env, Value as Cel};

pub(super) use call::{Argument, Call};
use functions::{add_commands, add_functions};
use walk::Walk;

use super::bound;
use super::deep::on_deep_stack;
use super::fact::Trouble;
use super::look;
use super::scope::{Scope, fact_called};
use super::value::Value;

const MAX_SOURCE: usize = 1024;
/// The parser and the interpreter recurse, and nothing can catch a stack that overflows.
const MAX_NESTING: usize = 64;
/// Expressions that are remembered.
const MAX_KNOWN: usize = 1000;
const MAX_ITEMS: usize = 10_000;

/// What every expression can use; it takes longer to be made than most expressions to run.
static STANDARD: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// An expression that may run.
#[derive(Debug)]
pub(super) struct Expression {
    tree: IdedExpr,
    /// What runs: the tree with its work bounded.
    bounded: IdedExpr,
    calls: Vec<Call>,
    names: Vec<String>,
    looks_at_the_store: bool,
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
        // The crate's other parser, made by ANTLR, reads the same trees and takes many times as long.
        let tree = on_deep_stack(|| PrattParser::new().parse(source)).ok_or("this is not CEL")?;
        let tree = tree.map_err(|error| format!("this is not CEL: {error}"))?;
        let Walk { calls, made, .. } = Walk::through(&tree)?;
        let mut names: Vec<String> = tree.references().variables().into_iter().map(str::to_owned).collect();
        let looks_at_the_store = names.iter().any(|name| matches!(name.as_str(), "store" | "before"));
        names.retain(|name| !name.starts_with('@') && !made.contains(name));
        names.sort();
        let bounded = bound::bounded(tree.clone());
        Ok(Self { tree, bounded, calls, names, looks_at_the_store })
    }

    /// Its syntax tree.
    pub(super) fn root(&self) -> &IdedExpr {
        &self.tree
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

    /// Names that it uses and that no `map`, `filter` or the like of its own makes; sorted.
    pub(super) fn names(&self) -> &[String] {
        &self.names
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
            let mut context = Context::with_env(Arc::clone(&STANDARD));
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

type Facts = BTreeMap<(String, Vec<String>), Cel>;

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
    fn both_parsers_of_the_crate_read_the_same_tree() {
        let sources = [
            "layers_of('redis') + 1 * 2 - -3 % 4",
            "a != \"b\" && !(a == 'c' || size(store.tags) >= 2)",
            "before.images.filter(i, i.tags.exists(t, t.startsWith('redis:'))).map(i, i.id)[0]",
            "answer.contains('\\n') ? 1.5 : [true, false].all(x, x) ? 0x1F : 2u",
            r"ran('pull') && arg(1) in ['redis', r'\d'] // said",
        ];
        // Each counts its nodes in its own way.
        let numbers = regex::Regex::new(r"\bid: \d+").expect("it is sound");
        let shape = |tree: &IdedExpr| numbers.replace_all(&format!("{tree:?}"), "").into_owned();
        for source in sources {
            let tree = PrattParser::new().parse(source).expect("it is sound");
            let other = cel::Program::compile(source).expect("it is sound");
            assert_eq!(shape(&tree), shape(other.expression()), "{source}");
        }
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
