//! What a docker pipeline printed, as a right value: an author's `command:` answer.

use super::fact::Trouble;
use super::given::Given;
use super::model::ValueType;
use super::number;
use super::reader::read;
use super::value::{SetKind, Value};
use crate::oci::{Digest, Platform, Reference};

/// Reads the standard output of a line that ended well. Without a type its looks decide: a whole number, a digest, a
/// size with its unit, else a text.
///
/// # Errors
/// Where it has no value of that type, or none at all.
pub fn value(stdout: &str, as_type: Option<ValueType>) -> Result<Value, Trouble> {
    let text = stdout.trim();
    if text.is_empty() {
        return Err(Trouble("the command that computes the answer printed nothing".to_owned()));
    }
    let found = as_type.map_or_else(|| by_looks(text), |as_type| of_type(text, as_type));
    found.ok_or_else(|| {
        Trouble(format!("the command that computes the answer printed `{text}`, which is not of its type"))
    })
}

fn by_looks(text: &str) -> Option<Value> {
    let number = text.bytes().all(|byte| byte.is_ascii_digit());
    let size = || text.chars().last().is_some_and(|last| last == 'B').then(|| of_type(text, ValueType::Size)).flatten();
    let digest = || text.starts_with("sha256:").then(|| of_type(text, ValueType::Digest)).flatten();
    if number {
        of_type(text, ValueType::Count)
    } else {
        size().or_else(digest).or_else(|| of_type(text, ValueType::Text))
    }
}

fn of_type(text: &str, as_type: ValueType) -> Option<Value> {
    match as_type {
        ValueType::Count => number::count(text).map(Value::Count),
        ValueType::Size => whole_bytes(number::size(text)?.0).map(Value::Size),
        ValueType::Number => number::number(text).map(|(number, _)| Value::Number(number)),
        ValueType::Text => Some(Value::Text(vec![text.to_owned()])),
        ValueType::YesNo => match text {
            "true" | "yes" => Some(Value::YesNo(true)),
            "false" | "no" => Some(Value::YesNo(false)),
            _ => None,
        },
        ValueType::Set => {
            let words = text.split_whitespace().filter_map(|word| SetKind::Words.normal_word(word));
            Some(Value::Set(SetKind::Words, words.collect()))
        }
        ValueType::Argv => match read(&Value::Argv(Vec::new()), text) {
            Ok(Given::Argv(words)) => Some(Value::Argv(words)),
            Ok(_) | Err(_) => None,
        },
        ValueType::Digest => text.parse::<Digest>().ok().map(Value::Digest),
        ValueType::Ref => text.parse::<Reference>().ok().map(|name| Value::Ref(name.or_latest())),
        ValueType::Platform => text.parse::<Platform>().ok().map(|platform| Value::Platform(platform.normalized())),
    }
}

/// Sizes are far below 2^53 and never negative here.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be neither negative nor large")]
fn whole_bytes(bytes: f64) -> Option<u64> {
    (0.0..9e15).contains(&bytes).then_some(bytes.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_printed_is_read_by_its_looks() {
        let check = |printed: &str, expected: Value| assert_eq!(value(printed, None).unwrap(), expected, "{printed}");
        check("7\n", Value::Count(7));
        check("117MB\n", Value::Size(117_000_000));
        check("redis-server\n", Value::Text(vec!["redis-server".to_owned()]));
        assert!(value("\n", None).is_err());
        assert!(value("soup", Some(ValueType::Count)).is_err());
    }
}
