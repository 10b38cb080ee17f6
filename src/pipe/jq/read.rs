//! JSON texts as jq reads them, one behind the other, with jq's complaints and positions.

use jaq_json::{Map, Val};

/// Deepest nesting of a value.
const MAX_DEPTH: usize = 256;

/// A value and how many lines of input were read when it was complete.
pub(super) type Item = Result<(Val, usize), String>;

/// An open array or object.
enum Open {
    Array(Vec<Val>),
    Object(Map, Option<Val>),
}

/// Reads a stream of values; after an error there are no more.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
    column: usize,
    token: Vec<u8>,
    value: Option<Val>,
    open: Vec<Open>,
    /// Whether a value must follow a comma or colon.
    expects: bool,
    failed: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8]) -> Reader<'a> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        Reader {
            text,
            at: 0,
            line: 1,
            column: 0,
            token: Vec::new(),
            value: None,
            open: Vec::new(),
            expects: false,
            failed: false,
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), String> {
        match byte {
            b'"' => {
                self.literal()?;
                let text = self.string()?;
                self.give(text)
            }
            b' ' | b'\t' | b'\r' | b'\n' => self.literal(),
            b'[' | b'{' | b':' | b',' | b']' | b'}' => {
                self.literal()?;
                self.structure(byte)
            }
            _ => {
                self.token.push(byte);
                Ok(())
            }
        }
    }

    fn structure(&mut self, byte: u8) -> Result<(), String> {
        match byte {
            b'[' | b'{' => self.begin(byte),
            b':' => self.colon(),
            b',' => self.comma(),
            b']' => self.end_array(),
            _ => self.end_object(),
        }
    }

    fn begin(&mut self, byte: u8) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err("Exceeds depth limit for parsing".into());
        }
        if self.value.is_some() {
            return Err("Expected separator between values".into());
        }
        self.expects = false;
        self.open.push(if byte == b'[' { Open::Array(Vec::new()) } else { Open::Object(Map::default(), None) });
        Ok(())
    }

    fn colon(&mut self) -> Result<(), String> {
        let value = self.value.take();
        match (self.open.last_mut(), value) {
            (None | Some(Open::Array(_)), _) => Err("':' not as part of an object".into()),
            (Some(Open::Object(..)), None) => Err("Expected string key before ':'".into()),
            (Some(Open::Object(_, Some(_))), Some(_)) => Err("':' should follow a key".into()),
            (Some(Open::Object(_, key)), Some(text @ Val::TStr(_))) => {
                *key = Some(text);
                Ok(())
            }
            (Some(Open::Object(..)), Some(_)) => Err("Object keys must be strings".into()),
        }
    }

    fn comma(&mut self) -> Result<(), String> {
        let value = self.value.take().ok_or("Expected value before ','")?;
        match self.open.last_mut() {
            None => return Err("',' not as part of an object or array".into()),
            Some(Open::Array(items)) => items.push(value),
            Some(Open::Object(entries, key)) => {
                let key = key.take().ok_or("Objects must consist of key:value pairs")?;
                entries.insert(key, value);
            }
        }
        self.expects = true;
        Ok(())
    }

    fn end_array(&mut self) -> Result<(), String> {
        let value = self.value.take();
        let Some(Open::Array(mut items)) = self.open.pop() else { return Err("Unmatched ']'".into()) };
        match value {
            Some(value) => items.push(value),
            None if self.expects || !items.is_empty() => return Err("Expected another array element".into()),
            None => {}
        }
        self.expects = false;
        self.value = Some(items.into_iter().collect());
        Ok(())
    }

    fn end_object(&mut self) -> Result<(), String> {
        let value = self.value.take();
        let Some(Open::Object(mut entries, key)) = self.open.pop() else { return Err("Unmatched '}'".into()) };
        match (key, value) {
            (Some(key), Some(value)) => {
                entries.insert(key, value);
            }
            (None, None) if !self.expects && entries.is_empty() => {}
            (None, None) => return Err("Expected another key-value pair".into()),
            (Some(_), None) | (None, Some(_)) => return Err("Objects must consist of key:value pairs".into()),
        }
        self.expects = false;
        self.value = Some(Val::obj(entries));
        Ok(())
    }

    fn give(&mut self, value: Val) -> Result<(), String> {
        if self.value.is_some() {
            return Err("Expected separator between values".into());
        }
        self.expects = false;
        self.value = Some(value);
        Ok(())
    }

    /// Reads the token before the current byte, if there is one.
    fn literal(&mut self) -> Result<(), String> {
        if self.token.is_empty() {
            return Ok(());
        }
        let token = std::mem::take(&mut self.token);
        let value = match (token.first(), token.as_slice()) {
            (_, b"nan") => Val::from(f64::NAN),
            (_, b"null") => Val::Null,
            (_, b"true") => Val::Bool(true),
            (_, b"false") => Val::Bool(false),
            (Some(b't' | b'f'), _) => return Err("Invalid literal".into()),
            (Some(b'n'), token) if token.len() > 1 => return Err("Invalid literal".into()),
            _ => number(&token).ok_or("Invalid numeric literal")?,
        };
        self.give(value)
    }

    /// Reads a string whose opening quote is taken.
    fn string(&mut self) -> Result<Val, String> {
        let mut bytes = Vec::new();
        loop {
            let Some(byte) = self.advance() else { return Err("Unfinished string".into()) };
            match byte {
                b'"' => break,
                b'\\' => {
                    let Some(escape) = self.advance() else { return Err("Unfinished string".into()) };
                    self.escape(escape, &mut bytes)?;
                }
                _ => bytes.push(byte),
            }
        }
        Ok(Val::utf8_str(String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn escape(&mut self, escape: u8, bytes: &mut Vec<u8>) -> Result<(), String> {
        let byte = match escape {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'"' | b'\\' | b'/' => escape,
            b'u' => {
                let c = self.unicode()?;
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return Err("Invalid escape".into()),
        };
        bytes.push(byte);
        Ok(())
    }

    fn unicode(&mut self) -> Result<char, String> {
        let high = self.hexadecimal()?;
        if !(0xd800..0xdc00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or('\u{fffd}'));
        }
        if !self.text[self.at..].starts_with(b"\\u") {
            return Ok('\u{fffd}');
        }
        self.advance();
        self.advance();
        let low = self.hexadecimal()?;
        let code = 0x1_0000 + ((high - 0xd800) << 10) + low.wrapping_sub(0xdc00);
        Ok(char::from_u32(code).filter(|_| (0xdc00..0xe000).contains(&low)).unwrap_or('\u{fffd}'))
    }

    fn hexadecimal(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.advance().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or("Invalid escape")?;
        }
        Ok(code)
    }

    fn advance(&mut self) -> Option<u8> {
        let byte = *self.text.get(self.at)?;
        self.at += 1;
        self.column += 1;
        if byte == b'\n' {
            self.line += 1;
            self.column = 0;
        }
        Some(byte)
    }

    /// Takes a value that is complete: no array or object around it is open.
    fn complete(&mut self) -> Option<Item> {
        if !self.open.is_empty() {
            return None;
        }
        let value = self.value.take()?;
        let ends = self.text[self.at.saturating_sub(1)..].contains(&b'\n') && self.column > 0;
        Some(Ok((value, self.line - 1 + usize::from(ends))))
    }

    fn finish(&mut self) -> Option<Item> {
        if let Err(problem) = self.literal() {
            return Some(Err(format!("{problem} at EOF at line {}, column {}", self.line, self.column)));
        }
        if !self.open.is_empty() {
            let place = format!("line {}, column {}", self.line, self.column);
            return Some(Err(format!("Unfinished JSON term at EOF at {place}")));
        }
        self.complete()
    }
}

impl Iterator for Reader<'_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        if self.failed {
            return None;
        }
        while let Some(byte) = self.advance() {
            if let Err(problem) = self.step(byte) {
                self.failed = true;
                let eof = if problem.starts_with("Unfinished") { " at EOF" } else { "" };
                return Some(Err(format!("{problem}{eof} at line {}, column {}", self.line, self.column)));
            }
            if let Some(item) = self.complete() {
                return Some(item);
            }
        }
        let last = self.finish();
        self.failed = true;
        last
    }
}

/// Reads a number; jq takes what C's `strtod` takes, hexadecimal and infinity apart.
fn number(token: &[u8]) -> Option<Val> {
    let text = std::str::from_utf8(token).ok()?;
    let shaped = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    if !shaped || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match text.parse::<isize>() {
        Ok(integer) => Some(Val::from(integer)),
        Err(_) => text.parse::<f64>().ok().map(double),
    }
}

/// Makes a number of a double; a whole one becomes an integer, which jaq prints without a point inside texts.
fn double(number: f64) -> Val {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() != 0.0 || number.abs() >= EXACT || (number == 0.0 && number.is_sign_negative()) {
        return Val::from(number);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    let integer = number as isize;
    Val::from(integer)
}
