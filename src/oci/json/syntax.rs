//! Whether a text is JSON, byte by byte as Go's scanner goes over it: the first byte that cannot stand where it stands is named.

use super::JsonError;

/// As deep as Go's scanner goes.
const MAX_DEPTH: usize = 10_000;

/// Where in the text the scanner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Value,
    ValueOrEmpty,
    Key,
    KeyOrEmpty,
    AfterValue,
    End,
    Text,
    Escape,
    /// So many digits of `\uXXXX` are to come.
    Hex(u8),
    Minus,
    Zero,
    Digits,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigits,
    /// A literal, and how many of its letters were there.
    Literal(&'static str, usize),
}

/// What the scanner is inside of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Key,
    Member,
    Array,
}

/// Tells whether the bytes are one JSON value.
pub(super) fn check(bytes: &[u8]) -> Result<(), JsonError> {
    let mut scanner = Scanner { state: State::Value, inside: Vec::new() };
    for byte in bytes {
        scanner.step(*byte)?;
    }
    // A blank ends a number; whatever else has no end yet names it or waits on.
    if scanner.state != State::End {
        scanner.step(b' ')?;
    }
    if scanner.state == State::End { Ok(()) } else { Err(JsonError::End) }
}

/// Tells where the first value ends.
pub(super) fn end_of_first(bytes: &[u8]) -> Result<usize, JsonError> {
    let mut scanner = Scanner { state: State::Value, inside: Vec::new() };
    for (at, byte) in bytes.iter().enumerate() {
        let stepped = scanner.step(*byte);
        match (scanner.has_value(), stepped) {
            // Only a number is ended by what comes behind it.
            (true, _) => return Ok(if matches!(byte, b'"' | b'}' | b']' | b'a'..=b'z') { at + 1 } else { at }),
            (false, stepped) => stepped?,
        }
    }
    if scanner.state == State::Value && scanner.inside.is_empty() {
        return Err(JsonError::Nothing);
    }
    if scanner.step(b' ').is_ok() && scanner.has_value() { Ok(bytes.len()) } else { Err(JsonError::Cut) }
}

struct Scanner {
    state: State,
    inside: Vec<Inside>,
}

impl Scanner {
    fn has_value(&self) -> bool {
        self.inside.is_empty() && matches!(self.state, State::AfterValue | State::End)
    }

    // One line a rule of the grammar, in its order: joined, they would be harder to compare with it.
    #[expect(clippy::match_same_arms, reason = "one line a rule")]
    fn step(&mut self, byte: u8) -> Result<(), JsonError> {
        use State as S;
        let blank = matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.state = match (self.state, byte) {
            (S::Value | S::ValueOrEmpty | S::Key | S::KeyOrEmpty | S::End, _) if blank => self.state,
            (S::ValueOrEmpty, b']') | (S::KeyOrEmpty, b'}') => self.closed(),
            (S::Value | S::ValueOrEmpty, _) => return self.begin(byte),
            (S::Key | S::KeyOrEmpty, b'"') => S::Text,
            (S::Key | S::KeyOrEmpty, _) => return Err(refused(byte, "looking for beginning of object key string")),
            (S::AfterValue, _) => return self.after_value(byte),
            (S::End, _) => return Err(refused(byte, "after top-level value")),
            (S::Text, b'"') => S::AfterValue,
            (S::Text, b'\\') => S::Escape,
            (S::Text, ..b' ') => return Err(refused(byte, "in string literal")),
            (S::Text, _) => S::Text,
            (S::Escape, b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"') => S::Text,
            (S::Escape, b'u') => S::Hex(4),
            (S::Escape, _) => return Err(refused(byte, "in string escape code")),
            (S::Hex(left), _) if byte.is_ascii_hexdigit() => {
                if left == 1 {
                    S::Text
                } else {
                    S::Hex(left - 1)
                }
            }
            (S::Hex(_), _) => return Err(refused(byte, "in \\u hexadecimal character escape")),
            (S::Minus, b'0') => S::Zero,
            (S::Minus, b'1'..=b'9') | (S::Digits, b'0'..=b'9') => S::Digits,
            (S::Minus, _) => return Err(refused(byte, "in numeric literal")),
            (S::Zero | S::Digits, b'.') => S::Point,
            (S::Zero | S::Digits | S::Fraction, b'e' | b'E') => S::Exponent,
            (S::Point | S::Fraction, b'0'..=b'9') => S::Fraction,
            (S::Point, _) => return Err(refused(byte, "after decimal point in numeric literal")),
            (S::Exponent, b'+' | b'-') => S::ExponentSign,
            (S::Exponent | S::ExponentSign | S::ExponentDigits, b'0'..=b'9') => S::ExponentDigits,
            (S::Exponent | S::ExponentSign, _) => return Err(refused(byte, "in exponent of numeric literal")),
            (S::Zero | S::Digits | S::Fraction | S::ExponentDigits, _) => return self.after_value(byte),
            (S::Literal(word, there), _) => {
                let expected = word.as_bytes()[there];
                if byte != expected {
                    let place = format!("in literal {word} (expecting '{}')", char::from(expected));
                    return Err(refused(byte, &place));
                }
                if there + 1 == word.len() { S::AfterValue } else { S::Literal(word, there + 1) }
            }
        };
        Ok(())
    }

    fn begin(&mut self, byte: u8) -> Result<(), JsonError> {
        self.state = match byte {
            b'{' => self.enter(Inside::Key, State::KeyOrEmpty)?,
            b'[' => self.enter(Inside::Array, State::ValueOrEmpty)?,
            b'"' => State::Text,
            b'-' => State::Minus,
            b'0' => State::Zero,
            b'1'..=b'9' => State::Digits,
            b't' => State::Literal("true", 1),
            b'f' => State::Literal("false", 1),
            b'n' => State::Literal("null", 1),
            _ => return Err(refused(byte, "looking for beginning of value")),
        };
        Ok(())
    }

    fn enter(&mut self, inside: Inside, next: State) -> Result<State, JsonError> {
        if self.inside.len() == MAX_DEPTH {
            return Err(JsonError::Strict("exceeded max depth".to_owned()));
        }
        self.inside.push(inside);
        Ok(next)
    }

    fn closed(&mut self) -> State {
        self.inside.pop();
        if self.inside.is_empty() { State::End } else { State::AfterValue }
    }

    fn after_value(&mut self, byte: u8) -> Result<(), JsonError> {
        let Some(inside) = self.inside.last_mut() else {
            self.state = State::End;
            return self.step(byte);
        };
        self.state = match (*inside, byte) {
            (_, b' ' | b'\t' | b'\r' | b'\n') => State::AfterValue,
            (Inside::Key, b':') => {
                *inside = Inside::Member;
                State::Value
            }
            (Inside::Key, _) => return Err(refused(byte, "after object key")),
            (Inside::Member, b',') => {
                *inside = Inside::Key;
                State::Key
            }
            (Inside::Array, b',') => State::Value,
            (Inside::Member, b'}') | (Inside::Array, b']') => self.closed(),
            (Inside::Member, _) => return Err(refused(byte, "after object key:value pair")),
            (Inside::Array, _) => return Err(refused(byte, "after array element")),
        };
        Ok(())
    }
}

/// Names a byte as Go does, which takes it for a character of Latin-1.
fn refused(byte: u8, place: &str) -> JsonError {
    let character = match byte {
        b'\'' => "\\'".to_owned(),
        b'\\' => "\\\\".to_owned(),
        0x07 => "\\a".to_owned(),
        0x08 => "\\b".to_owned(),
        0x0b => "\\v".to_owned(),
        0x0c => "\\f".to_owned(),
        b'\n' => "\\n".to_owned(),
        b'\r' => "\\r".to_owned(),
        b'\t' => "\\t".to_owned(),
        ..b' ' | 0x7f => format!("\\x{byte:02x}"),
        0x80..=0xa0 | 0xad => format!("\\u{byte:04x}"),
        _ => char::from(byte).to_string(),
    };
    JsonError::Character(format!("'{character}'"), place.to_owned())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[track_caller]
    fn refuse(text: &[u8], expected: &str) {
        assert_eq!(check(text).unwrap_err().to_string(), expected, "{}", text.escape_ascii());
    }

    #[test]
    fn json_passes() {
        for text in [
            "null",
            " {} ",
            "[]",
            "[ 1 , -2.5e+10, 0, 0.1, 1E2 ]",
            r#"{"a":{"b":[true,false,null]},"c":"\u00e9\n"}"#,
            "\"\u{e9}\"",
            "5",
            "0",
            "-0",
            "[[],{}]",
        ] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
        }
        assert_eq!(check(b"\"\xff\""), Ok(()), "Go replaces what is no UTF-8");
    }

    // As a real engine answered to manifests of these bytes.
    #[test]
    fn the_first_character_that_cannot_stand_there_is_named() {
        refuse(b"not json", "invalid character 'o' in literal null (expecting 'u')");
        refuse(b"<html></html>", "invalid character '<' looking for beginning of value");
        refuse(b"{} x", "invalid character 'x' after top-level value");
        refuse(b"{} {}", "invalid character '{' after top-level value");
        refuse(b"{not json}", "invalid character 'n' looking for beginning of object key string");
        refuse(br#"{"a" 1}"#, "invalid character '1' after object key");
        refuse(br#"{"a":1 "b":2}"#, "invalid character '\"' after object key:value pair");
        refuse(b"[1 2]", "invalid character '2' after array element");
        refuse(b"\xef\xbb\xbf{}", "invalid character '\u{ef}' looking for beginning of value");
        refuse(b"{\"a\":\"\x01\"}", "invalid character '\\x01' in string literal");
        refuse(br#"{"a":"\q"}"#, "invalid character 'q' in string escape code");
        refuse(br#"{"a":"\u12g4"}"#, "invalid character 'g' in \\u hexadecimal character escape");
        refuse(br#"{"a":nul}"#, "invalid character '}' in literal null (expecting 'l')");
        refuse(br#"{"a":01}"#, "invalid character '1' after object key:value pair");
        refuse(br#"{"a":-}"#, "invalid character '}' in numeric literal");
        refuse(br#"{"a":1.}"#, "invalid character '}' after decimal point in numeric literal");
        refuse(br#"{"a":1e}"#, "invalid character '}' in exponent of numeric literal");
        refuse(br#"{"a":1,}"#, "invalid character '}' looking for beginning of object key string");
        refuse(br#"{"a":[1,]}"#, "invalid character ']' looking for beginning of value");
        refuse(br#"{"a":}"#, "invalid character '}' looking for beginning of value");
        refuse(b"{'a':1}", "invalid character '\\'' looking for beginning of object key string");
        refuse(b"}", "invalid character '}' looking for beginning of value");
        refuse(b"{}\x00", "invalid character '\\x00' after top-level value");
    }

    #[test]
    fn a_text_that_ends_too_early_is_told_by_what_a_blank_would_be_there() {
        for text in ["", " ", "{", "[", "{\"a\"", "{\"a\":", "{\"a\":1", "[1,", "\"x", "{\"a\":\"x"] {
            refuse(text.as_bytes(), "unexpected end of JSON input");
        }
        refuse(b"{\"a\":tru", "invalid character ' ' in literal true (expecting 'e')");
        refuse(b"-", "invalid character ' ' in numeric literal");
        refuse(b"\"\\", "invalid character ' ' in string escape code");
    }

    #[test]
    fn a_file_begins_with_a_value_and_may_go_on() {
        use super::end_of_first;
        for (text, end) in [("[] x", 2), (" {}{}", 3), ("\"a\"b", 3), ("nullx", 4), ("15 x", 2), ("15", 2), ("[1]", 3)]
        {
            assert_eq!(end_of_first(text.as_bytes()), Ok(end), "{text}");
        }
        for (text, words) in [("", "EOF"), (" \n", "EOF"), ("[{", "unexpected EOF"), ("tru", "unexpected EOF")] {
            assert_eq!(end_of_first(text.as_bytes()).unwrap_err().to_string(), words, "{text}");
        }
        assert_eq!(
            end_of_first(b"hello").unwrap_err().to_string(),
            "invalid character 'h' looking for beginning of value"
        );
    }

    #[test]
    fn depth_has_an_end() {
        assert!(check(&[b'['; 10_001]).unwrap_err().to_string().contains("exceeded max depth"));
    }
}
