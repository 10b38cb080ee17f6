//! How `fmt` writes one value by one verb: its flags, its padding, its complaints.

use super::float;
use super::quote::{Charset, quoted_with};
use super::shape::Record;
use super::time;
use super::value::Value;

/// Most bytes that one text may have: what a template makes beyond them is cut, and execution then fails.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// The flags of a directive.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "five independent flag characters and two meanings of `v`")]
pub(super) struct Flags {
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`: names of fields.
    pub(super) plus_v: bool,
    /// `%#v`: Go syntax.
    pub(super) sharp_v: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

/// A text under construction with the flags of the current directive.
#[derive(Debug, Default)]
pub(super) struct Printer {
    pub(super) out: String,
    pub(super) flags: Flags,
}

impl Printer {
    /// Appends a text as it is, unless the limit is passed.
    pub(super) fn push(&mut self, text: &str) {
        if self.out.len() <= MAX_TEXT {
            self.out.push_str(text);
        }
    }

    /// Writes `type=value`, or `<nil>`.
    pub(super) fn typed(&mut self, value: &Value) {
        if !matches!(value, Value::Missing) {
            self.push(&value.type_name());
            self.push("=");
        }
        self.value(value, 'v', 0);
    }

    /// Writes a value by a verb; `depth` counts the containers around it.
    pub(super) fn value(&mut self, value: &Value, verb: char, depth: usize) {
        if verb == 'T' {
            return self.text(&value.type_name(), 's');
        }
        match value {
            Value::Missing if verb != 'v' => self.complain(value, verb),
            Value::Missing if self.flags.sharp_v && depth > 0 => self.push("interface {}(nil)"),
            Value::Missing => self.padded("<nil>"),
            Value::Bool(flag) if matches!(verb, 't' | 'v') => self.padded(if *flag { "true" } else { "false" }),
            Value::Int(number, _) if "vdboOxXcqU".contains(verb) => self.integer(*number, verb),
            Value::Duration(number) if "dboOcU".contains(verb) || self.flags.sharp_v => self.integer(*number, verb),
            Value::Duration(number) if "vsqxX".contains(verb) => self.text(&time::duration(*number), verb),
            Value::Time(time) if "vsqxX".contains(verb) => self.text(&time::long(*time), verb),
            Value::Float(number) if "veEfFgG".contains(verb) => self.float(*number, verb),
            Value::Text(text, _) if "vsqxX".contains(verb) => self.text(text, verb),
            Value::List(items, _) => self.list(value, items.as_deref(), verb, depth),
            Value::Map(entries, _) => {
                let entries = entries.iter().flat_map(|entries| entries.iter());
                self.map(value, entries.map(|(key, item)| (key.as_str(), item)), verb, depth);
            }
            Value::Row(row) => {
                let fields = row.fields.iter().map(|(key, item)| (key.as_str(), item));
                self.push(if depth == 0 { "&" } else { "" });
                self.members(fields, verb, depth);
            }
            Value::Struct(values, record) => self.record(values, record, verb, depth),
            Value::Pointer(Some(values), record) if depth == 0 => {
                self.push("&");
                self.record(values, record, verb, depth);
            }
            Value::Pointer(fields, _) if verb == 'v' => {
                self.padded(if fields.is_some() { "0xc000010000" } else { "<nil>" });
            }
            Value::Bool(_)
            | Value::Int(..)
            | Value::Float(_)
            | Value::Text(..)
            | Value::Duration(_)
            | Value::Time(_)
            | Value::Pointer(..) => self.complain(value, verb),
        }
    }

    fn complain(&mut self, value: &Value, verb: char) {
        self.push(&format!("%!{verb}("));
        self.typed(value);
        self.push(")");
    }

    fn list(&mut self, list: &Value, items: Option<&[Value]>, verb: char, depth: usize) {
        let go = self.flags.sharp_v && verb == 'v';
        if go {
            self.push(&list.type_name());
        }
        let Some(items) = items else { return self.push(if go { "(nil)" } else { "[]" }) };
        self.push(if go { "{" } else { "[" });
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.push(if go { ", " } else { " " });
            }
            self.value(item, verb, depth + 1);
        }
        self.push(if go { "}" } else { "]" });
    }

    fn map<'v>(&mut self, map: &Value, entries: impl Iterator<Item = (&'v str, &'v Value)>, verb: char, depth: usize) {
        let go = self.flags.sharp_v && verb == 'v';
        self.push(if go { "" } else { "map[" });
        if go {
            self.push(&map.type_name());
            self.push(if matches!(map, Value::Map(None, _)) { "(nil)" } else { "{" });
        }
        for (index, (key, item)) in entries.enumerate() {
            if index > 0 {
                self.push(if go { ", " } else { " " });
            }
            self.value(&Value::text(key), verb, depth + 1);
            self.push(":");
            self.value(item, verb, depth + 1);
        }
        match map {
            Value::Map(None, _) if go => {}
            _ => self.push(if go { "}" } else { "]" }),
        }
    }

    fn record(&mut self, values: &[Value], record: &'static Record, verb: char, depth: usize) {
        if self.flags.sharp_v && verb == 'v' {
            self.push(record.name);
        }
        self.members(record.fields.iter().map(|field| field.name).zip(values), verb, depth);
    }

    fn members<'v>(&mut self, members: impl Iterator<Item = (&'v str, &'v Value)>, verb: char, depth: usize) {
        let go = self.flags.sharp_v && verb == 'v';
        self.push("{");
        for (index, (name, value)) in members.enumerate() {
            if index > 0 {
                self.push(if go { ", " } else { " " });
            }
            if go || (self.flags.plus_v && verb == 'v') {
                self.push(name);
                self.push(":");
            }
            self.value(value, verb, depth + 1);
        }
        self.push("}");
    }

    fn text(&mut self, text: &str, verb: char) {
        let cut = match self.flags.precision {
            Some(length) => text.char_indices().nth(length).map_or(text, |(at, _)| &text[..at]),
            None => text,
        };
        match verb {
            'x' | 'X' => self.hexadecimal(text.as_bytes(), verb),
            'q' => self.padded(&self.quoted(cut)),
            'v' if self.flags.sharp_v => self.padded(&quoted_with(text, '"', Charset::Unicode)),
            _ => self.padded(cut),
        }
    }

    fn quoted(&self, text: &str) -> String {
        let plain = !text.chars().any(|c| (c.is_control() && c != '\t') || matches!(c, '`' | '\u{feff}'));
        if self.flags.sharp && plain {
            return format!("`{text}`");
        }
        quoted_with(text, '"', if self.flags.plus { Charset::Ascii } else { Charset::Unicode })
    }

    fn hexadecimal(&mut self, bytes: &[u8], verb: char) {
        let bytes = &bytes[..self.flags.precision.unwrap_or(bytes.len()).min(bytes.len())];
        let prefix = match (self.flags.sharp, verb) {
            (false, _) => "",
            (true, 'X') => "0X",
            (true, _) => "0x",
        };
        let digits = |byte: &u8| if verb == 'X' { format!("{byte:02X}") } else { format!("{byte:02x}") };
        let words: Vec<String> = bytes.iter().map(digits).collect();
        let separator = if self.flags.space { format!(" {prefix}") } else { String::new() };
        let prefix = if bytes.is_empty() { "" } else { prefix };
        self.padded(&format!("{prefix}{}", words.join(&separator)));
    }

    fn integer(&mut self, number: i64, verb: char) {
        let character = u32::try_from(number).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
        let charset = if self.flags.plus { Charset::Ascii } else { Charset::Unicode };
        match verb {
            'c' => self.padded(&character.to_string()),
            'q' => self.padded(&quoted_with(&character.to_string(), '\'', charset)),
            'U' if self.flags.sharp => self.padded(&format!("U+{number:04X} '{character}'")),
            'U' => self.padded(&format!("U+{number:04X}")),
            _ => self.digits(number, verb),
        }
    }

    fn digits(&mut self, number: i64, verb: char) {
        let magnitude = number.unsigned_abs();
        let (prefix, digits) = match verb {
            'b' => ("0b", format!("{magnitude:b}")),
            'o' => ("0", format!("{magnitude:o}")),
            'O' => ("0o", format!("{magnitude:o}")),
            'x' => ("0x", format!("{magnitude:x}")),
            'X' => ("0X", format!("{magnitude:X}")),
            _ => ("", magnitude.to_string()),
        };
        let prefix = if self.flags.sharp || verb == 'O' { prefix } else { "" };
        let sign = self.sign(number < 0);
        let digits = match self.flags.precision {
            Some(0) if number == 0 => return self.blank(),
            Some(least) => format!("{digits:0>least$}"),
            None => digits,
        };
        let zeros = self.flags.precision.is_none() && self.flags.zero;
        self.number(&format!("{sign}{prefix}"), &digits, zeros);
    }

    fn float(&mut self, number: f64, verb: char) {
        let magnitude = number.abs();
        let precision = self.flags.precision;
        let digits = match verb {
            'e' | 'E' => float::exponent(magnitude, Some(precision.unwrap_or(6)), verb),
            'f' | 'F' => format!("{magnitude:.*}", precision.unwrap_or(6)),
            'G' => float::general(magnitude, precision, 'E'),
            _ => float::general(magnitude, precision, 'e'),
        };
        let sign = self.sign(number.is_sign_negative());
        self.number(sign, &digits, self.flags.zero);
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.flags.plus, self.flags.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }

    /// Writes a number whose zeros, if asked for, stand between the sign and the digits.
    fn number(&mut self, head: &str, digits: &str, zeros: bool) {
        let width = self.flags.width.unwrap_or(0);
        let missing = if zeros { width.saturating_sub(head.len() + digits.len()) } else { 0 };
        let zero = std::mem::replace(&mut self.flags.zero, false);
        self.padded(&format!("{head}{}{digits}", "0".repeat(missing)));
        self.flags.zero = zero;
    }

    fn blank(&mut self) {
        let width = self.flags.width.unwrap_or(0);
        self.push(&" ".repeat(width));
    }

    /// Writes a text at the width asked for, counted in characters.
    fn padded(&mut self, text: &str) {
        let missing = self.flags.width.unwrap_or(0).saturating_sub(text.chars().count());
        let fill = if self.flags.zero { "0" } else { " " }.repeat(missing);
        if !self.flags.minus {
            self.push(&fill);
        }
        self.push(text);
        if self.flags.minus {
            self.push(&fill);
        }
    }
}
