//! `index`, `slice` and `len`.

use super::value::Value;

/// Takes an element by an index or key, then that one's element by the next.
pub(super) fn index(item: Value, keys: &[Value]) -> Result<Value, String> {
    if matches!(item, Value::Missing) {
        return Err("index of untyped nil".into());
    }
    keys.iter().try_fold(item, element)
}

fn element(item: Value, key: &Value) -> Result<Value, String> {
    match item.indirect() {
        Value::List(items, _) => {
            let items = items.as_deref().unwrap_or_default();
            let at = position(key, items.len())?;
            items.get(at).cloned().ok_or_else(|| "reflect: slice index out of range".into())
        }
        Value::Text(text, _) => {
            let at = position(key, text.len())?;
            let byte = text.as_bytes().get(at).ok_or("reflect: string index out of range")?;
            Ok(Value::Int(i64::from(*byte), "uint8"))
        }
        Value::Map(entries, item) => {
            let key = match key {
                Value::Text(key, "string") => key,
                Value::Missing => return Err("value is nil; should be of type string".into()),
                other => return Err(format!("value has type {}; should be string", other.type_name())),
            };
            let found = entries.and_then(|entries| entries.get(&**key).cloned());
            Ok(found.unwrap_or_else(|| Value::zero(item)))
        }
        Value::Pointer(None, _) | Value::Missing => Err("index of nil pointer".into()),
        other => Err(format!("can't index item of type {}", pointee(&other))),
    }
}

/// Cuts a text (by bytes) or a list between one, two or three bounds.
pub(super) fn slice(item: Value, bounds: &[Value]) -> Result<Value, String> {
    let length = match &item {
        Value::Missing => return Err("slice of untyped nil".into()),
        _ if bounds.len() > 3 => return Err(format!("too many slice indexes: {}", bounds.len())),
        Value::Text(..) if bounds.len() == 3 => return Err("cannot 3-index slice a string".into()),
        Value::Text(text, _) => text.len(),
        Value::List(items, _) => items.as_ref().map_or(0, |items| items.len()),
        other => return Err(format!("can't slice item of type {}", pointee(other))),
    };
    let mut at = [0, length, length];
    for (place, bound) in at.iter_mut().zip(bounds) {
        *place = position(bound, length)?;
    }
    for pair in at.windows(2) {
        if pair[0] > pair[1] {
            return Err(format!("invalid slice index: {} > {}", pair[0], pair[1]));
        }
    }
    Ok(match item {
        Value::Text(text, name) => Value::Text(String::from_utf8_lossy(&text.as_bytes()[at[0]..at[1]]).into(), name),
        Value::List(items, shape) => Value::List(items.map(|items| items[at[0]..at[1]].into()), shape),
        other => other,
    })
}

/// Counts elements, or the bytes of a text.
pub(super) fn length(item: Value) -> Result<usize, String> {
    match item.indirect() {
        Value::List(items, _) => Ok(items.map_or(0, |items| items.len())),
        Value::Map(entries, _) => Ok(entries.map_or(0, |entries| entries.len())),
        Value::Text(text, _) => Ok(text.len()),
        // Go says so of a nil that a template names; it is a slip of Go's, and what users see.
        Value::Missing => Err("reflect: call of reflect.Value.Type on zero Value".into()),
        Value::Pointer(None, _) => Err("len of nil pointer".into()),
        other => Err(format!("len of type {}", pointee(&other))),
    }
}

/// Names the type behind a line's pointer.
fn pointee(value: &Value) -> String {
    value.type_name().trim_start_matches('*').to_owned()
}

/// Reads an index; one past the end passes here, as in Go.
fn position(key: &Value, length: usize) -> Result<usize, String> {
    match key {
        Value::Int(number, _) | Value::Duration(number) => usize::try_from(*number)
            .ok()
            .filter(|at| *at <= length)
            .ok_or_else(|| format!("index out of range: {number}")),
        Value::Missing => Err("cannot index slice/array with nil".into()),
        other => Err(format!("cannot index slice/array with type {}", other.type_name())),
    }
}
