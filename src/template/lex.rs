//! Tokens of a template, as Go's text/template cuts them. Knows no grammar: every token that the parser may see,
//! a lexical error included, is in the list.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Assign,
    Bool,
    Char,
    CharConstant,
    Declare,
    End,
    Error,
    Field,
    Identifier,
    Keyword,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    String,
    Text,
    Variable,
}

/// One token with its place in the source.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Byte offset in the source.
    pub(super) at: usize,
    /// Line in the source, from 1.
    pub(super) line: usize,
    /// The text as written; for an error its sentence.
    pub(super) text: String,
}

impl Token {
    /// Returns the token as Go's error messages show it.
    pub(super) fn shown(&self) -> String {
        match self.kind {
            Kind::End => "EOF".to_owned(),
            Kind::Error => self.text.clone(),
            Kind::Keyword => format!("<{}>", self.text),
            _ if self.text.len() > 10 => {
                let start: String = self.text.chars().take(10).collect();
                format!("{}...", super::quote::quoted(&start))
            }
            _ => super::quote::quoted(&self.text),
        }
    }

    /// Whether this is the keyword `word`.
    pub(super) fn is_keyword(&self, word: &str) -> bool {
        self.kind == Kind::Keyword && self.text == word
    }
}

const KEYWORDS: &[&str] =
    &[".", "block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"];
const SPACES: &[char] = &[' ', '\t', '\r', '\n'];

/// Cuts a template into tokens; the last one is `End` or `Error`.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { source, at: 0, start: 0, line: 1, counted: 0, parens: 0, tokens: Vec::new() };
    if let Err(message) = lexer.text() {
        lexer.push(Kind::Error, message);
    }
    lexer.tokens
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    start: usize,
    /// Line of the byte `counted`: lines are counted once, front to back.
    line: usize,
    counted: usize,
    parens: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn text(&mut self) -> Result<(), String> {
        let mut trim_left = false;
        loop {
            let rest = &self.source[self.at..];
            let (text, opens) = match rest.find("{{") {
                Some(end) => (&rest[..end], true),
                None => (rest, false),
            };
            let after = self.at + text.len() + 2;
            let trim_right = opens && has_left_trim(&self.source[after..]);
            let lead = if trim_left { text.len() - text.trim_start_matches(SPACES).len() } else { 0 };
            let mut kept = &text[lead..];
            if trim_right {
                kept = kept.trim_end_matches(SPACES);
            }
            self.start = self.at + lead;
            if !kept.is_empty() {
                self.push(Kind::Text, kept.to_owned());
            }
            self.at += text.len();
            self.start = self.at;
            if !opens {
                self.push(Kind::End, String::new());
                return Ok(());
            }
            trim_left = self.action(trim_right)?;
        }
    }

    /// Lexes one action or comment whose `{{` is next; returns whether it ends in a trim marker.
    fn action(&mut self, trimmed: bool) -> Result<bool, String> {
        let marker = if trimmed { 2 } else { 0 };
        if self.source[self.at + 2 + marker..].starts_with("/*") {
            return self.comment(marker);
        }
        self.at += 2;
        self.emit(Kind::LeftDelim);
        self.at += marker;
        self.start = self.at;
        self.parens = 0;
        loop {
            if let Some(trim) = self.right_delim() {
                if self.parens > 0 {
                    return Err("unclosed left paren".into());
                }
                self.at += if trim { 2 } else { 0 };
                self.start = self.at;
                self.at += 2;
                self.emit(Kind::RightDelim);
                return Ok(trim);
            }
            self.inside()?;
        }
    }

    fn comment(&mut self, marker: usize) -> Result<bool, String> {
        self.at += 2 + marker + 2;
        let end = self.source[self.at..].find("*/").ok_or("unclosed comment")?;
        self.at += end + 2;
        let trim = self.right_delim().ok_or("comment ends before closing delimiter")?;
        self.at += if trim { 4 } else { 2 };
        self.start = self.at;
        Ok(trim)
    }

    /// Returns whether `}}` is next, and whether with a trim marker before it.
    fn right_delim(&self) -> Option<bool> {
        let rest = &self.source[self.at..];
        if rest.starts_with(SPACES) && rest[1..].starts_with("-}}") {
            return Some(true);
        }
        rest.starts_with("}}").then_some(false)
    }

    fn inside(&mut self) -> Result<(), String> {
        let Some(c) = self.next() else { return Err("unclosed action".into()) };
        match c {
            _ if SPACES.contains(&c) => self.spaces(),
            '=' => self.emit(Kind::Assign),
            ':' if self.next() == Some('=') => self.emit(Kind::Declare),
            ':' => return Err("expected :=".into()),
            '|' => self.emit(Kind::Pipe),
            '"' => self.quoted('"', Kind::String, "unterminated quoted string")?,
            '\'' => self.quoted('\'', Kind::CharConstant, "unterminated character constant")?,
            '`' => self.raw()?,
            '$' => self.word(Kind::Variable)?,
            '.' if self.peek().is_some_and(|c| !c.is_ascii_digit()) => self.word(Kind::Field)?,
            '.' | '+' | '-' | '0'..='9' => self.number()?,
            '(' => {
                self.parens += 1;
                self.emit(Kind::LeftParen);
            }
            ')' => {
                self.parens = self.parens.checked_sub(1).ok_or("unexpected right paren")?;
                self.emit(Kind::RightParen);
            }
            _ if is_word(c) => self.word(Kind::Identifier)?,
            '!'..='~' => self.emit(Kind::Char),
            _ => return Err(format!("unrecognized character in action: {}", unicode(c))),
        }
        Ok(())
    }

    /// Takes a run of spaces, but leaves one that belongs to ` -}}`.
    fn spaces(&mut self) {
        self.at = self.start;
        while self.peek().is_some_and(|c| SPACES.contains(&c)) && self.right_delim().is_none() {
            self.next();
        }
        self.emit(Kind::Space);
    }

    fn word(&mut self, kind: Kind) -> Result<(), String> {
        while self.peek().is_some_and(is_word) {
            self.next();
        }
        if let Some(c) = self.peek().filter(|c| !ends_word(*c, &self.source[self.at..])) {
            return Err(format!("bad character {}", unicode(c)));
        }
        let word = &self.source[self.start..self.at];
        let kind = match kind {
            Kind::Variable => Kind::Variable,
            _ if KEYWORDS.contains(&word) => Kind::Keyword,
            Kind::Identifier if word == "true" || word == "false" => Kind::Bool,
            other => other,
        };
        self.emit(kind);
        Ok(())
    }

    fn quoted(&mut self, quote: char, kind: Kind, unterminated: &str) -> Result<(), String> {
        loop {
            match self.next() {
                None | Some('\n') => return Err(unterminated.into()),
                Some('\\') if self.next().is_none_or(|c| c == '\n') => return Err(unterminated.into()),
                Some(c) if c == quote => break,
                Some(_) => {}
            }
        }
        self.emit(kind);
        Ok(())
    }

    fn raw(&mut self) -> Result<(), String> {
        let end = self.source[self.at..].find('`').ok_or("unterminated raw quoted string")?;
        self.at += end + 1;
        self.emit(Kind::RawString);
        Ok(())
    }

    /// Takes what could be a number; the parser says whether it is one.
    fn number(&mut self) -> Result<(), String> {
        self.at = self.start;
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            for (letters, set) in [("xX", "0123456789abcdefABCDEF_"), ("oO", "01234567_"), ("bB", "01_")] {
                if self.accept(letters) {
                    digits = set;
                    break;
                }
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        if digits.len() == 11 && self.accept("eE") {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        if self.peek().is_some_and(is_word) {
            self.next();
            return Err(format!("bad number syntax: {}", super::quote::quoted(&self.source[self.start..self.at])));
        }
        self.emit(Kind::Number);
        Ok(())
    }

    fn accept(&mut self, set: &str) -> bool {
        let found = self.peek().is_some_and(|c| set.contains(c));
        self.at += usize::from(found);
        found
    }

    fn accept_run(&mut self, set: &str) {
        while self.accept(set) {}
    }

    fn peek(&self) -> Option<char> {
        self.source[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn emit(&mut self, kind: Kind) {
        let text = self.source[self.start..self.at].to_owned();
        self.push(kind, text);
        self.start = self.at;
    }

    fn push(&mut self, kind: Kind, text: String) {
        self.line += self.source[self.counted..self.start].matches('\n').count();
        self.counted = self.start;
        self.tokens.push(Token { kind, at: self.start, line: self.line, text });
    }
}

fn has_left_trim(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| rest.starts_with(SPACES))
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphabetic() || c.is_numeric()
}

fn ends_word(c: char, rest: &str) -> bool {
    SPACES.contains(&c) || matches!(c, '.' | ',' | '|' | ':' | ')' | '(') || rest.starts_with("}}")
}

fn unicode(c: char) -> String {
    format!("U+{:04X} '{c}'", c as u32)
}
