//! The words of a program of `awk`.

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    Regex(String),
    Name(String),
    /// A name with a parenthesis right behind it: a call.
    Call(String),
    /// An operator or a word of the language.
    Fixed(&'static str),
    Line,
    End,
}

const KEYWORDS: &[&str] = &[
    "BEGIN", "END", "if", "else", "while", "for", "do", "break", "continue", "next", "exit", "return", "delete", "in",
    "function", "func", "getline", "print", "printf",
];
const OPERATORS: &[&str] = &[
    "**=", "&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", ">>", "**", "{", "}",
    "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", "<", ">", "|", "?", ":", "~", "$", "=",
];

/// Splits a program into words, each with its line.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, String> {
    let mut lexer = Lexer { text: text.chars().collect(), at: 0, line: 1, all: Vec::new() };
    while lexer.one()? {}
    Ok(lexer.all)
}

struct Lexer {
    text: Vec<char>,
    at: usize,
    line: usize,
    all: Vec<(Token, usize)>,
}

impl Lexer {
    fn one(&mut self) -> Result<bool, String> {
        let Some(c) = self.text.get(self.at).copied() else {
            self.push(Token::End);
            return Ok(false);
        };
        match c {
            ' ' | '\t' | '\r' => self.at += 1,
            '\\' if self.text.get(self.at + 1) == Some(&'\n') => {
                self.at += 2;
                self.line += 1;
            }
            '\n' => {
                self.at += 1;
                self.push(Token::Line);
                self.line += 1;
            }
            '#' => self.at += self.text[self.at..].iter().take_while(|c| **c != '\n').count(),
            '"' => {
                let text = self.between('"')?;
                self.push(Token::Text(crate::container::programs::unescaped(
                    &text.replace("\\\"", "\"").replace("\\/", "/"),
                    crate::container::programs::Escapes::OfDash,
                )));
            }
            '/' if self.begins_regex() => {
                let text = self.between('/')?;
                self.push(Token::Regex(text.replace("\\/", "/")));
            }
            c if c.is_ascii_digit() || c == '.' && self.text.get(self.at + 1).is_some_and(char::is_ascii_digit) => {
                self.number();
            }
            c if c.is_ascii_alphabetic() || c == '_' => self.name(),
            c => {
                let rest: String = self.text[self.at..].iter().take(3).collect();
                let Some(operator) = OPERATORS.iter().find(|operator| rest.starts_with(**operator)) else {
                    return Err(format!("unexpected character '{c}'"));
                };
                self.at += operator.len();
                self.push(Token::Fixed(match *operator {
                    "**" => "^",
                    "**=" => "^=",
                    other => other,
                }));
            }
        }
        Ok(true)
    }

    fn push(&mut self, token: Token) {
        self.all.push((token, self.line));
    }

    /// A slash divides behind a value, and begins an expression anywhere else.
    fn begins_regex(&self) -> bool {
        match self.all.last().map(|(token, _)| token) {
            Some(Token::Number(_) | Token::Text(_) | Token::Regex(_) | Token::Name(_)) => false,
            Some(Token::Fixed(word)) => !matches!(*word, ")" | "]" | "$" | "++" | "--"),
            Some(Token::Call(_) | Token::Line | Token::End) | None => true,
        }
    }

    fn between(&mut self, quote: char) -> Result<String, String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.text.get(self.at).copied() {
                None | Some('\n') if quote == '"' => return Err(format!("runaway string constant \"{text} ...")),
                None | Some('\n') => {
                    return Err(format!("regular expression compile failed (missing closing /)\n/{text}"));
                }
                Some(c) if c == quote => break,
                Some('\\') => {
                    text.push('\\');
                    text.extend(self.text.get(self.at + 1));
                    self.at += 2;
                }
                Some(c) => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Ok(text)
    }

    fn number(&mut self) {
        let rest: String = self.text[self.at..].iter().take(64).collect();
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let mut end = digits(&rest);
        if rest[end..].starts_with('.') {
            end += 1 + digits(&rest[end + 1..]);
        }
        if rest[end..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
            let exponent = digits(&rest[end + 1 + sign..]);
            end += if exponent > 0 { 1 + sign + exponent } else { 0 };
        }
        self.at += end;
        self.push(Token::Number(rest[..end].parse().unwrap_or(0.0)));
    }

    fn name(&mut self) {
        let is_part = |c: &&char| c.is_ascii_alphanumeric() || **c == '_';
        let name: String = self.text[self.at..].iter().take_while(is_part).collect();
        self.at += name.len();
        let token = match KEYWORDS.iter().find(|word| **word == name) {
            Some(word) => Token::Fixed(if *word == "func" { "function" } else { word }),
            None if self.text.get(self.at) == Some(&'(') => Token::Call(name),
            None => Token::Name(name),
        };
        self.push(token);
    }
}
