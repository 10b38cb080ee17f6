//! A script of `sed` as data.

use regex::Regex;

use super::replace::Template;
use crate::pipe::{Syntax, translate};

/// What runs on a line, and on which.
pub(super) struct Command {
    pub(super) from: Option<Address>,
    pub(super) to: Option<Address>,
    /// Whether it runs on all other lines: `!`.
    pub(super) is_inverted: bool,
    pub(super) action: Action,
}

pub(super) enum Address {
    Line(usize),
    Last,
    Fits(Regex),
    /// `FIRST~STEP`.
    Every(usize, usize),
    /// `,+COUNT`.
    More(usize),
}

pub(super) enum Action {
    /// `{`: where its commands end.
    Group(usize),
    Replace {
        pattern: Regex,
        template: Template,
        /// The match with which it begins; 1 is the first.
        number: usize,
        is_global: bool,
        prints: bool,
    },
    Letters(Vec<(char, char)>),
    Append(String),
    Insert(String),
    Change(String),
    Branch(Jump, Option<String>),
    /// A command of one letter alone.
    Plain(char),
    Quit {
        prints: bool,
        status: i32,
    },
}

/// When a branch is taken.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Jump {
    Always,
    /// Something was replaced since the line was read.
    Replaced,
    NotReplaced,
    /// It is the place itself: `:NAME`.
    Here,
}

/// What is wrong with a script, and where; busybox says it without a place.
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) sentence: String,
    pub(super) plain: String,
}

pub(super) struct Reader {
    text: Vec<char>,
    at: usize,
    syntax: Syntax,
    last: Option<Regex>,
}

impl Reader {
    pub(super) fn read(text: &str, syntax: Syntax) -> Result<Vec<Command>, Fault> {
        let mut reader = Self { text: text.chars().collect(), at: 0, syntax, last: None };
        let (mut commands, mut open) = (Vec::new(), Vec::new());
        loop {
            reader.skip(|c| c.is_whitespace() || c == ';');
            match reader.peek() {
                None => break,
                Some('#') => reader.skip(|c| c != '\n'),
                Some('}') => {
                    reader.at += 1;
                    let Some(begin) = open.pop() else { return Err(reader.fault("unexpected `}'")) };
                    let end = commands.len();
                    if let Some(Command { action: Action::Group(to), .. }) = commands.get_mut::<usize>(begin) {
                        *to = end;
                    }
                }
                Some(_) => {
                    let command = reader.command()?;
                    if matches!(command.action, Action::Group(_)) {
                        open.push(commands.len());
                    }
                    commands.push(command);
                }
            }
        }
        if open.is_empty() { Ok(commands) } else { Err(Fault { at: 0, ..reader.fault("unmatched `{'") }) }
    }

    fn command(&mut self) -> Result<Command, Fault> {
        let from = self.address()?;
        let mut to = None;
        self.skip(|c| c == ' ');
        if from.is_some() && self.takes(',') {
            self.skip(|c| c == ' ');
            to = self.second_address()?;
            if to.is_none() {
                return Err(self.fault("unexpected `,'"));
            }
        }
        self.skip(|c| c == ' ');
        let is_inverted = self.takes('!');
        self.skip(|c| c == ' ' || c == '!');
        Ok(Command { from, to, is_inverted, action: self.action()? })
    }

    fn address(&mut self) -> Result<Option<Address>, Fault> {
        match self.peek() {
            Some('0'..='9') => {
                let first = self.number();
                if self.takes('~') {
                    Ok(Some(Address::Every(first, self.number())))
                } else {
                    Ok(Some(Address::Line(first)))
                }
            }
            Some('$') => {
                self.at += 1;
                Ok(Some(Address::Last))
            }
            Some('/') => self.expression().map(Some),
            Some('\\') => {
                self.at += 1;
                self.expression().map(Some)
            }
            _ => Ok(None),
        }
    }

    fn second_address(&mut self) -> Result<Option<Address>, Fault> {
        if self.takes('+') { Ok(Some(Address::More(self.number()))) } else { self.address() }
    }

    fn expression(&mut self) -> Result<Address, Fault> {
        let text = self.delimited("unterminated address regex")?;
        let ignores_case = self.takes('I');
        self.regex(&text, ignores_case).map(Address::Fits)
    }

    fn action(&mut self) -> Result<Action, Fault> {
        let Some(letter) = self.peek() else { return Err(self.fault("missing command")) };
        self.at += 1;
        let action = match letter {
            '{' => return Ok(Action::Group(0)),
            's' => self.replacement()?,
            'y' => self.letters()?,
            'a' | 'i' | 'c' => {
                let text = self.text_behind()?;
                return Ok(match letter {
                    'a' => Action::Append(text),
                    'i' => Action::Insert(text),
                    _ => Action::Change(text),
                });
            }
            ':' => {
                let name = self.label();
                return Ok(Action::Branch(Jump::Here, name));
            }
            'b' => Action::Branch(Jump::Always, self.label()),
            't' => Action::Branch(Jump::Replaced, self.label()),
            'T' => Action::Branch(Jump::NotReplaced, self.label()),
            'q' | 'Q' => {
                self.skip(|c| c == ' ');
                Action::Quit { prints: letter == 'q', status: i32::try_from(self.number() & 0xff).unwrap_or(0) }
            }
            '=' | 'd' | 'D' | 'g' | 'G' | 'h' | 'H' | 'l' | 'n' | 'N' | 'p' | 'P' | 'x' | 'z' => Action::Plain(letter),
            other => {
                let plain = format!("unsupported command {other}");
                return Err(Fault { plain, ..self.fault(&format!("unknown command: `{other}'")) });
            }
        };
        self.skip(|c| c == ' ' || c == '\t');
        match self.peek() {
            None | Some('\n' | ';' | '}' | '#') => Ok(action),
            Some(_) => {
                self.at += 1;
                Err(self.fault(if letter == 's' { "unknown option to `s'" } else { "extra characters after command" }))
            }
        }
    }

    fn replacement(&mut self) -> Result<Action, Fault> {
        const UNENDED: &str = "unterminated `s' command";
        let pattern = self.delimited(UNENDED)?;
        self.at -= 1;
        let template = self.delimited(UNENDED)?;
        let (mut number, mut is_global, mut prints, mut ignores_case) = (1, false, false, false);
        loop {
            match self.peek() {
                Some('g') => is_global = true,
                Some('p') => prints = true,
                Some('I' | 'i') => ignores_case = true,
                Some('e' | 'm' | 'M') => {}
                Some('0'..='9') => {
                    number = self.number().max(1);
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        let pattern = self.regex(&pattern, ignores_case)?;
        Ok(Action::Replace { pattern, template: Template::read(&template), number, is_global, prints })
    }

    fn letters(&mut self) -> Result<Action, Fault> {
        const UNENDED: &str = "unterminated `y' command";
        let from = plain(&self.delimited(UNENDED)?);
        self.at -= 1;
        let to = plain(&self.delimited(UNENDED)?);
        if from.len() != to.len() {
            return Err(self.fault("strings for `y' command are different lengths"));
        }
        Ok(Action::Letters(from.into_iter().zip(to).collect()))
    }

    /// The text of `a`, `i` and `c`, up to the end of its line.
    fn text_behind(&mut self) -> Result<String, Fault> {
        self.skip(|c| c == ' ' || c == '\t');
        if self.takes('\\') {
            self.skip(|c| c == ' ' || c == '\t');
            let _ = self.takes('\n');
        }
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\n' => break,
                '\\' => {
                    text.extend(self.peek());
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
        self.at = self.at.min(self.text.len());
        if text.is_empty() { Err(self.fault("expected \\ after `a', `c' or `i'")) } else { Ok(text + "\n") }
    }

    fn label(&mut self) -> Option<String> {
        self.skip(|c| c == ' ');
        let begin = self.at;
        self.skip(|c| !matches!(c, '\n' | ';' | '}' | ' '));
        Some(self.text[begin..self.at].iter().collect::<String>()).filter(|name| !name.is_empty())
    }

    /// Takes the text between two of the character that stands here; the second one is taken too.
    fn delimited(&mut self, unended: &str) -> Result<String, Fault> {
        let Some(delimiter) = self.peek() else { return Err(self.fault(unended)) };
        self.at += 1;
        let (mut text, mut in_brackets) = (String::new(), false);
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                c if c == delimiter && !in_brackets => return Ok(text),
                '\\' => match self.peek() {
                    Some(next) if next == delimiter => {
                        self.at += 1;
                        text.push(next);
                    }
                    Some(next) => {
                        self.at += 1;
                        text.extend(['\\', next]);
                    }
                    None => text.push('\\'),
                },
                c => {
                    in_brackets = (in_brackets || c == '[') && (c != ']' || text.ends_with('[')) && delimiter != '[';
                    text.push(c);
                }
            }
        }
        Err(Fault { plain: format!("unmatched '{delimiter}'"), ..self.fault(unended) })
    }

    /// Makes an expression of its text; an empty one is the last again.
    fn regex(&mut self, text: &str, ignores_case: bool) -> Result<Regex, Fault> {
        if let Some(last) = self.last.clone().filter(|_| text.is_empty()) {
            return Ok(last);
        }
        let text = text.replace("\\n", "\n").replace("\\t", "\t");
        let pattern = translate(&text, self.syntax).map_err(|sentence| self.fault(&sentence))?.pattern;
        let built = regex::RegexBuilder::new(&pattern).case_insensitive(ignores_case).build();
        let built = built.map_err(|_| self.fault("Invalid preceding regular expression"))?;
        self.last = Some(built.clone());
        Ok(built)
    }

    fn number(&mut self) -> usize {
        let begin = self.at;
        self.skip(|c| c.is_ascii_digit());
        self.text[begin..self.at].iter().collect::<String>().parse().unwrap_or(0)
    }

    fn fault(&self, sentence: &str) -> Fault {
        Fault { at: self.at, sentence: sentence.to_owned(), plain: sentence.to_owned() }
    }

    fn skip(&mut self, fits: impl Fn(char) -> bool) {
        self.at += self.text[self.at..].iter().take_while(|c| fits(**c)).count();
    }

    fn takes(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }
}

/// The letters of `y`, with what stands behind backslashes.
fn plain(text: &str) -> Vec<char> {
    let mut letters = text.chars();
    let mut all = Vec::new();
    while let Some(c) = letters.next() {
        all.push(match c {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            },
            c => c,
        });
    }
    all
}
