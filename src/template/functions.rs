//! The functions that a template may call: Go's own and Docker's. A closed set.

use std::collections::BTreeMap;

use super::compare;
use super::escape;
use super::index;
use super::json::{self, Html};
use super::printf;
use super::quote::quoted;
use super::value::Value;
use super::write::{MAX_TEXT, Printer};

/// A function by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    And,
    Call,
    Eq,
    Ge,
    Gt,
    Html,
    Index,
    Join,
    Js,
    Json,
    Le,
    Len,
    Lower,
    Lt,
    Ne,
    Not,
    Or,
    Pad,
    Print,
    Printf,
    Println,
    Slice,
    Split,
    Title,
    Truncate,
    Upper,
    Urlquery,
}

/// Which functions Docker installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Library {
    /// Those for values.
    Rows,
    /// `HeaderFunctions`: most of Docker's own return their first argument, so that a table's header stays whole.
    Header,
}

/// The type that a function asks of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    Any,
    Text,
    Int,
}

/// The types of a function's arguments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signature {
    pub(super) fixed: &'static [Parameter],
    /// The type of any further arguments.
    pub(super) rest: Option<Parameter>,
}

use Parameter::{Any, Int, Text};

impl Function {
    /// Finds a function by its name.
    pub(super) fn named(name: &str) -> Option<Function> {
        let found = match name {
            "and" => Function::And,
            "call" => Function::Call,
            "eq" => Function::Eq,
            "ge" => Function::Ge,
            "gt" => Function::Gt,
            "html" => Function::Html,
            "index" => Function::Index,
            "join" => Function::Join,
            "js" => Function::Js,
            "json" => Function::Json,
            "le" => Function::Le,
            "len" => Function::Len,
            "lower" => Function::Lower,
            "lt" => Function::Lt,
            "ne" => Function::Ne,
            "not" => Function::Not,
            "or" => Function::Or,
            "pad" => Function::Pad,
            "print" => Function::Print,
            "printf" => Function::Printf,
            "println" => Function::Println,
            "slice" => Function::Slice,
            "split" => Function::Split,
            "title" => Function::Title,
            "truncate" => Function::Truncate,
            "upper" => Function::Upper,
            "urlquery" => Function::Urlquery,
            _ => return None,
        };
        Some(found)
    }

    /// Returns the types of the arguments.
    pub(super) fn signature(self, library: Library) -> Signature {
        let (fixed, rest): (&'static [Parameter], _) = match self {
            Function::And | Function::Or | Function::Call | Function::Eq | Function::Index | Function::Slice => {
                (&[Any], Some(Any))
            }
            Function::Ge | Function::Gt | Function::Le | Function::Lt | Function::Ne => (&[Any, Any], None),
            Function::Html | Function::Js | Function::Urlquery | Function::Print | Function::Println => {
                (&[], Some(Any))
            }
            Function::Printf => (&[Text], Some(Any)),
            Function::Len | Function::Not => (&[Any], None),
            Function::Json if library == Library::Rows => (&[Any], None),
            Function::Json | Function::Lower | Function::Title | Function::Upper => (&[Text], None),
            Function::Join if library == Library::Rows => (&[Any, Text], None),
            Function::Join | Function::Split => (&[Text, Text], None),
            Function::Pad => (&[Text, Int, Int], None),
            Function::Truncate => (&[Text, Int], None),
        };
        Signature { fixed, rest }
    }

    /// Runs the function on arguments that fit its signature; the error is Go's, without `error calling`.
    pub(super) fn run(self, library: Library, arguments: &[Value]) -> Result<Value, String> {
        let first = || arguments.first().cloned().unwrap_or(Value::Missing);
        let text = |at: usize| if let Some(Value::Text(text, _)) = arguments.get(at) { text } else { "" };
        let int = |at: usize| if let Some(Value::Int(number, _)) = arguments.get(at) { *number } else { 0 };
        if library == Library::Header && self.is_kept_out_of_headers() {
            return Ok(first());
        }
        Ok(match self {
            Function::And | Function::Or => first(),
            Function::Call => return Err("call of nil".into()),
            Function::Eq => Value::Bool(compare::equals_any(&first(), &arguments[1..])?),
            Function::Ne => Value::Bool(!compare::equals_any(&first(), &arguments[1..])?),
            Function::Lt => Value::Bool(compare::less(&first(), &arguments[1])?),
            Function::Le => Value::Bool(compare::less_or_equal(&first(), &arguments[1])?),
            Function::Gt => Value::Bool(!compare::less_or_equal(&first(), &arguments[1])?),
            Function::Ge => Value::Bool(!compare::less(&first(), &arguments[1])?),
            Function::Html => Value::text(escape::html(&joined(arguments))),
            Function::Js => Value::text(escape::js(&joined(arguments))),
            Function::Urlquery => Value::text(escape::url_query(&joined(arguments))),
            Function::Index => index::index(first(), &arguments[1..])?,
            Function::Slice => index::slice(first(), &arguments[1..])?,
            Function::Len => Value::int(index::length(first())?),
            Function::Join => Value::text(join(&first(), text(1))?),
            Function::Json => {
                let mut out = String::new();
                json::write(&mut out, &first(), Html::Kept);
                Value::text(out)
            }
            Function::Lower => Value::text(escape::lower(text(0))),
            Function::Upper => Value::text(escape::upper(text(0))),
            Function::Title => Value::text(escape::title(text(0))),
            Function::Not => Value::Bool(!first().is_true()),
            Function::Pad => Value::text(pad(text(0), int(1), int(2))?),
            Function::Print => Value::text(printf::sprint(arguments)),
            Function::Printf => Value::text(printf::sprintf(text(0), &arguments[1..])),
            Function::Println => Value::text(printf::sprintln(arguments)),
            Function::Split => split(text(0), text(1)),
            Function::Truncate => Value::text(truncate(text(0), int(1))?),
        })
    }

    fn is_kept_out_of_headers(self) -> bool {
        matches!(
            self,
            Function::Json
                | Function::Split
                | Function::Join
                | Function::Title
                | Function::Lower
                | Function::Upper
                | Function::Truncate
        )
    }
}

/// Joins arguments as `html`, `js` and `urlquery` do: as they would be printed.
fn joined(arguments: &[Value]) -> String {
    let shown = |value: &Value| match value.clone().indirect() {
        Value::Missing => Value::text("<no value>"),
        other => other,
    };
    printf::sprint(&arguments.iter().map(shown).collect::<Vec<_>>())
}

fn join(elements: &Value, separator: &str) -> Result<String, String> {
    let joined = |texts: &mut dyn Iterator<Item = String>| {
        let mut printer = Printer::default();
        for (index, text) in texts.enumerate() {
            if index > 0 {
                printer.push(separator);
            }
            printer.push(&text);
        }
        printer.out
    };
    let print = |value: &Value| printf::sprint(std::slice::from_ref(value));
    match elements {
        Value::Missing => Ok(String::new()),
        Value::List(items, _) => Ok(joined(&mut items.iter().flat_map(|items| items.iter()).map(print))),
        Value::Map(entries, _) => {
            let values = entries.iter().flat_map(|entries: &std::rc::Rc<BTreeMap<_, _>>| entries.values());
            let mut texts: Vec<String> = values.map(print).collect();
            texts.sort();
            Ok(joined(&mut texts.into_iter()))
        }
        other => Err(format!("expected slice, got {}", other.type_name())),
    }
}

fn split(text: &str, separator: &str) -> Value {
    let parts = if separator.is_empty() {
        text.chars().map(|c| Value::text(c.encode_utf8(&mut [0; 4]))).collect()
    } else {
        text.split(separator).map(Value::text).collect()
    };
    Value::List(Some(parts), &super::shape::Shape::Text)
}

fn pad(text: &str, before: i64, after: i64) -> Result<String, String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let spaces = |count: i64| {
        let count = usize::try_from(count).map_err(|_| "strings: negative Repeat count".to_owned())?;
        Ok::<_, String>(" ".repeat(count.min(MAX_TEXT)))
    };
    Ok(format!("{}{text}{}", spaces(before)?, spaces(after)?))
}

fn truncate(text: &str, length: i64) -> Result<String, String> {
    let cut = usize::try_from(length).map_err(|_| format!("runtime error: slice bounds out of range [:{length}]"))?;
    Ok(String::from_utf8_lossy(&text.as_bytes()[..cut.min(text.len())]).into_owned())
}

/// Returns what `call` says of a value, since templates hold no functions.
pub(super) fn not_callable(word: &str, value: &Value) -> String {
    match value {
        Value::Missing => "call of nil".into(),
        other => format!("non-function {word} of type {}", other.type_name()),
    }
}

/// Returns the complaint about a function that is not there.
pub(super) fn unknown(name: &str) -> String {
    format!("{} is not a defined function", quoted(name))
}
