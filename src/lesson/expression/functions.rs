//! What an expression can call.

use std::collections::BTreeSet;
use std::sync::Arc;

use cel::extractors::Arguments;
use cel::{Context, DeclarationError, ExecutionError, Value as Cel};

use super::super::look;
use super::super::reached::RanLine;
use super::super::value::human_size;
use super::{Facts, display};

/// Functions of values, and one for each fact that is asked for, whose answer is known beforehand.
pub(super) fn add_functions(context: &mut Context<'_, '_>, facts: &Arc<Facts>) -> Result<(), DeclarationError> {
    let called: BTreeSet<&String> = facts.keys().map(|(name, _)| name).collect();
    for name in called {
        let (facts, called) = (Arc::clone(facts), name.clone());
        let look_up = move |Arguments(arguments): Arguments| {
            let key = (called.clone(), arguments.iter().map(display).collect());
            facts.get(&key).cloned().ok_or_else(|| ExecutionError::function_error(&called, "not known"))
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
pub(super) fn add_commands(context: &mut Context<'_, '_>, ran: &Arc<Vec<RanLine>>) -> Result<(), DeclarationError> {
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
