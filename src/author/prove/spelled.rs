//! How a learner would type a right value.

use crate::lesson::{Value, letter};

/// Spells a value as its reader reads it.
pub(super) fn spelled(value: &Value) -> String {
    match value {
        Value::Set(_, words) if words.is_empty() => "none".to_owned(),
        Value::Count(_)
        | Value::Size(_)
        | Value::Digest(_)
        | Value::Argv(_)
        | Value::Set(..)
        | Value::Text(_)
        | Value::Number(_)
        | Value::Ratio(_)
        | Value::YesNo(_)
        | Value::Platform(_)
        | Value::Reflect(_) => value.display(),
        Value::Ref(name) => {
            let familiar = name.familiar();
            // Nobody types the tag that Docker fills in.
            familiar.strip_suffix(":latest").unwrap_or(&familiar).to_owned()
        }
        Value::Choice(options) => letters(options.iter().position(|option| option.right)),
        Value::Choices(options) => letters((0..options.len()).filter(|at| options[*at].right)),
        Value::Order(_, order) | Value::Match(_, _, order) => letters(order.iter().copied()),
    }
}

fn letters(places: impl IntoIterator<Item = usize>) -> String {
    places.into_iter().map(|at| letter(at).to_string()).collect::<Vec<_>>().join(" ")
}
