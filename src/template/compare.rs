//! `eq`, `lt` and their kin: Go's rules on which types compare.

use std::cmp::Ordering;

use super::value::Value;

const NONE: &str = "missing argument for comparison";
const TYPE: &str = "invalid type for comparison";
const MIXED: &str = "incompatible types for comparison";

/// Whether the first value equals any of the others.
pub(super) fn equals_any(first: &Value, others: &[Value]) -> Result<bool, String> {
    if others.is_empty() {
        return Err(NONE.into());
    }
    for other in others {
        if equal(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the first value sorts before the second.
pub(super) fn less(first: &Value, second: &Value) -> Result<bool, String> {
    if kind(first) == Kind::Other || kind(second) == Kind::Other {
        return Err(TYPE.into());
    }
    if kind(first) == Kind::Bool && kind(second) == Kind::Bool {
        return Err(TYPE.into());
    }
    order(first, second).map(|order| order == Some(Ordering::Less)).ok_or_else(|| MIXED.into())
}

/// Whether the first value sorts before the second or equals it.
pub(super) fn less_or_equal(first: &Value, second: &Value) -> Result<bool, String> {
    Ok(less(first, second)? || equal(first, second)?)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Int,
    Float,
    Text,
    Other,
}

fn kind(value: &Value) -> Kind {
    match value {
        Value::Bool(_) => Kind::Bool,
        Value::Int(..) | Value::Duration(_) => Kind::Int,
        Value::Float(_) => Kind::Float,
        Value::Text(..) => Kind::Text,
        Value::Missing
        | Value::Time(_)
        | Value::List(..)
        | Value::Map(..)
        | Value::Struct(..)
        | Value::Pointer(..)
        | Value::Row(_) => Kind::Other,
    }
}

/// Compares two values of one basic kind; none if the kinds differ. The inner option is none for NaN.
#[expect(clippy::option_option, reason = "not comparable and not ordered are two answers")]
fn order(first: &Value, second: &Value) -> Option<Option<Ordering>> {
    match (first, second) {
        (Value::Bool(a), Value::Bool(b)) => Some(Some(a.cmp(b))),
        (Value::Int(a, _) | Value::Duration(a), Value::Int(b, _) | Value::Duration(b)) => Some(Some(a.cmp(b))),
        (Value::Float(a), Value::Float(b)) => Some(a.partial_cmp(b)),
        (Value::Text(a, _), Value::Text(b, _)) => Some(Some(a.as_bytes().cmp(b.as_bytes()))),
        _ => None,
    }
}

fn equal(first: &Value, second: &Value) -> Result<bool, String> {
    if let Some(order) = order(first, second) {
        return Ok(order == Some(Ordering::Equal));
    }
    match (kind(first), kind(second)) {
        (Kind::Other, Kind::Other) => others_equal(first, second),
        _ if matches!(first, Value::Missing) || matches!(second, Value::Missing) => Ok(false),
        _ => Err(MIXED.into()),
    }
}

/// Compares what is no number, text or truth: nil equals nil, and only comparable Go types may meet.
fn others_equal(first: &Value, second: &Value) -> Result<bool, String> {
    let nil = |value: &Value| {
        matches!(value, Value::Missing | Value::List(None, _) | Value::Map(None, _) | Value::Pointer(None, _))
    };
    let differ = std::mem::discriminant(first) != std::mem::discriminant(second);
    if differ && !matches!(first, Value::Missing) && !matches!(second, Value::Missing) {
        return Err(format!(
            "non-comparable types {}: {}, {}: {}",
            shown(first),
            first.type_name(),
            second.type_name(),
            shown(second)
        ));
    }
    if nil(first) || nil(second) {
        return Ok(nil(first) && nil(second));
    }
    match (first, second) {
        (Value::Time(a), Value::Time(b)) => Ok(a == b),
        (Value::Struct(a, left), Value::Struct(b, right)) if left.fields.is_empty() => {
            Ok(left == right && a.len() == b.len())
        }
        (Value::Pointer(..), Value::Pointer(..)) | (Value::Row(_), Value::Row(_)) => Ok(same(first, second)),
        _ => Err(format!("non-comparable type {}: {}", shown(second), second.type_name())),
    }
}

/// Whether two pointers point to the same thing.
fn same(first: &Value, second: &Value) -> bool {
    match (first, second) {
        (Value::Pointer(Some(a), _), Value::Pointer(Some(b), _)) => std::rc::Rc::ptr_eq(a, b),
        (Value::Row(a), Value::Row(b)) => std::rc::Rc::ptr_eq(a, b),
        _ => false,
    }
}

fn shown(value: &Value) -> String {
    super::printf::sprint(std::slice::from_ref(value))
}
