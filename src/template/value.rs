//! Values as Go's reflection sees them: data with a Go type. Made from JSON by a shape; immutable.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::shape::{Place, Record, Shape};

/// Behind a pointer that is nil.
const NOTHING: Record = Record { name: "int64", fields: &[] };

/// A value of a running template.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// No value: a missing key, a nil interface, `nil`.
    Missing,
    Bool(bool),
    /// An integer of the Go type named.
    Int(i64, &'static str),
    Float(f64),
    /// A text of the Go type named: `string`, `json.Number`, `digest.Digest`.
    Text(Rc<str>, &'static str),
    Duration(i64),
    /// A point in time; none is Go's zero time.
    Time(Option<Timestamp>),
    /// A slice; none is a nil slice.
    List(Option<Rc<[Value]>>, &'static Shape),
    /// A map; none is a nil map.
    Map(Option<Rc<BTreeMap<String, Value>>>, &'static Shape),
    /// A struct, its fields in the record's order.
    Struct(Rc<[Value]>, &'static Record),
    /// A pointer to a struct; none is nil.
    Pointer(Option<Rc<[Value]>>, &'static Record),
    /// A line of a list command, whose fields are methods.
    Row(Rc<Row>),
}

/// A line of a list command.
#[derive(Debug)]
pub(super) struct Row {
    /// The Go type, as `*formatter.imageContext`.
    pub(super) type_name: String,
    pub(super) fields: BTreeMap<String, Value>,
}

impl Value {
    /// Makes a `string`.
    pub(super) fn text(text: impl AsRef<str>) -> Value {
        Value::Text(text.as_ref().into(), "string")
    }

    /// Makes an `int`; lengths beyond it cannot occur.
    pub(super) fn int(value: usize) -> Value {
        Value::Int(i64::try_from(value).unwrap_or(i64::MAX), "int")
    }

    /// Reads JSON as a Go value of the given type; what does not fit the type is its zero value.
    pub(super) fn decode(json: &Json, shape: &'static Shape) -> Value {
        match (shape, json) {
            (Shape::Any, _) => Value::decode_any(json),
            (Shape::Text, _) => Value::text(json.as_str().unwrap_or_default()),
            (Shape::Digest, _) => Value::Text(json.as_str().unwrap_or_default().into(), "digest.Digest"),
            (Shape::Bool, _) => Value::Bool(json.as_bool().unwrap_or_default()),
            (Shape::Integer(name), _) => Value::Int(json.as_i64().unwrap_or_default(), name),
            (Shape::Duration, _) => Value::Duration(json.as_i64().unwrap_or_default()),
            (Shape::Time, _) => Value::Time(json.as_str().and_then(|text| text.parse().ok())),
            (Shape::List(item), Json::Array(items)) => {
                Value::List(Some(items.iter().map(|json| Value::decode(json, item)).collect()), item)
            }
            (Shape::List(item), _) => Value::List(None, item),
            (Shape::Map(item), Json::Object(entries)) => {
                let decoded = entries.iter().map(|(key, json)| (key.clone(), Value::decode(json, item)));
                Value::Map(Some(Rc::new(decoded.collect())), item)
            }
            (Shape::Map(item), _) => Value::Map(None, item),
            (Shape::Struct(record), _) => Value::Struct(fields(json, record), record),
            (Shape::Pointer(record), Json::Object(_)) => Value::Pointer(Some(fields(json, record)), record),
            (Shape::Pointer(record), _) => Value::Pointer(None, record),
            (Shape::Optional(name), Json::Number(number)) => Value::Int(number.as_i64().unwrap_or_default(), name),
            (Shape::Optional(_), Json::Bool(truth)) => Value::Bool(*truth),
            (Shape::Optional(_), _) => Value::Pointer(None, &NOTHING),
        }
    }

    fn decode_any(json: &Json) -> Value {
        match json {
            Json::Null => Value::Missing,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => Value::Text(number.to_string().into(), "json.Number"),
            Json::String(text) => Value::text(text),
            Json::Array(_) => Value::decode(json, &Shape::List(&Shape::Any)),
            Json::Object(_) => Value::decode(json, &Shape::Map(&Shape::Any)),
        }
    }

    /// Reads JSON as a line of a list command; objects inside it are lines too, of the types that `nested` has for their keys.
    pub(super) fn row(json: &Json, type_name: &str, nested: &[(&str, &str)]) -> Value {
        match json {
            Json::Null => Value::Missing,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(value) => Value::Int(value, "int"),
                None => Value::Float(number.as_f64().unwrap_or_default()),
            },
            Json::String(text) => Value::text(text),
            Json::Array(items) => {
                Value::List(Some(items.iter().map(|item| Value::row(item, type_name, nested)).collect()), &Shape::Any)
            }
            Json::Object(entries) => {
                let of =
                    |key: &str| nested.iter().find(|(known, _)| *known == key).map_or(type_name, |(_, name)| *name);
                let field = |(key, json): (&String, &Json)| (key.clone(), Value::row(json, of(key), nested));
                let fields = entries.iter().map(field).collect();
                Value::Row(Rc::new(Row { type_name: type_name.to_owned(), fields }))
            }
        }
    }

    /// Returns the name of the value's Go type; a missing value has none.
    pub(super) fn type_name(&self) -> Cow<'_, str> {
        match self {
            Value::Missing => Cow::Borrowed("<nil>"),
            Value::Bool(_) => Cow::Borrowed("bool"),
            Value::Int(_, name) | Value::Text(_, name) => Cow::Borrowed(name),
            Value::Float(_) => Cow::Borrowed("float64"),
            Value::Duration(_) => Cow::Borrowed("time.Duration"),
            Value::Time(_) => Cow::Borrowed("time.Time"),
            Value::List(_, item) => Cow::Owned(format!("[]{item}")),
            Value::Map(_, item) => Cow::Owned(format!("map[string]{item}")),
            Value::Struct(_, record) => Cow::Borrowed(record.name),
            Value::Pointer(_, record) => Cow::Owned(format!("*{}", record.name)),
            Value::Row(row) => Cow::Borrowed(&row.type_name),
        }
    }

    /// Whether `if` takes the value for true.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Value::Missing => false,
            Value::Bool(value) => *value,
            Value::Int(value, _) | Value::Duration(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Text(text, _) => !text.is_empty(),
            Value::List(items, _) => items.as_ref().is_some_and(|items| !items.is_empty()),
            Value::Map(entries, _) => entries.as_ref().is_some_and(|entries| !entries.is_empty()),
            Value::Pointer(fields, _) => fields.is_some(),
            Value::Time(_) | Value::Struct(..) | Value::Row(_) => true,
        }
    }

    /// Follows a pointer; a nil one stays.
    pub(super) fn indirect(self) -> Value {
        match self {
            Value::Pointer(Some(fields), record) => Value::Struct(fields, record),
            other => other,
        }
    }

    /// Returns the zero value that Go puts for an absent element of the type.
    pub(super) fn zero(shape: &'static Shape) -> Value {
        Value::decode(&Json::Null, shape)
    }

    /// Whether JSON's `omitempty` leaves the value out.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Value::Time(_) | Value::Struct(..) => false,
            other => !other.is_true(),
        }
    }
}

fn fields(json: &Json, record: &'static Record) -> Rc<[Value]> {
    let read = |field: &'static super::shape::Field| match field.place {
        Place::Embedded => Value::decode(json, &field.shape),
        Place::Always | Place::OmitEmpty => Value::decode(json.get(field.key).unwrap_or(&Json::Null), &field.shape),
    };
    record.fields.iter().map(read).collect()
}

/// Finds a field by its Go name, in embedded structs too.
pub(super) fn field<'a>(values: &'a [Value], record: &'static Record, name: &str) -> Option<&'a Value> {
    let direct = record.fields.iter().position(|field| field.name == name);
    direct.map(|at| &values[at]).or_else(|| {
        record.fields.iter().zip(values).find_map(|(outer, value)| match (outer.place, value) {
            (Place::Embedded, Value::Struct(inner, record)) => field(inner, record, name),
            _ => None,
        })
    })
}
