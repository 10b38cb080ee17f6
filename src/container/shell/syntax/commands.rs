//! Lists, pipelines, constructs and simple commands.

use std::sync::Arc;

use super::super::Dialect;
use super::error::{SyntaxError, Token};
use super::lexer::{Parsed, Parser};
use super::{Arm, Assignment, Command, Compound, Item, List, Redirection, Simple, Target, When, Word};

/// Words that end a part of a construct.
const ENDS: &[&str] = &["do", "done", "then", "elif", "else", "fi", "esac", "}"];

impl Parser {
    /// Reads commands up to one of the words in `ends`, which stays.
    pub(super) fn list(&mut self, ends: &[&'static str]) -> Parsed<List> {
        let mut list = List::new();
        loop {
            self.blank_lines()?;
            if self.is_at(ends) {
                return Ok(list);
            }
            if self.peek().is_none() {
                return Err(SyntaxError::EndOfFile(ends.last().copied()));
            }
            self.and_or(&mut list)?;
        }
    }

    /// Reads commands of which there must be one.
    fn some(&mut self, ends: &[&'static str]) -> Parsed<List> {
        let list = self.list(ends)?;
        if list.is_empty() { Err(self.unexpected_end()) } else { Ok(list) }
    }

    /// Names the operator or the word of the shell that stands here.
    fn unexpected_end(&mut self) -> SyntaxError {
        match self.keyword() {
            Some(word) => SyntaxError::Unexpected(Token::Fixed(word)),
            None => self.unexpected(),
        }
    }

    fn is_at(&self, ends: &[&'static str]) -> bool {
        ends.iter().any(|end| match *end {
            ")" | ";;" => self.starts_with(end),
            word => self.keyword().is_some_and(|found| found == word),
        })
    }

    /// Reads pipelines joined by `&&` and `||`, with the `;` or `&` behind them.
    pub(super) fn and_or(&mut self, list: &mut List) -> Parsed<()> {
        let mut when = When::Always;
        loop {
            list.push(self.pipeline(when)?);
            self.blanks();
            when = if self.takes("&&") {
                When::Succeeded
            } else if self.takes("||") {
                When::Failed
            } else {
                break;
            };
            self.blank_lines()?;
            if self.peek().is_none() {
                return Err(SyntaxError::EndOfFile(None));
            }
        }
        match self.peek() {
            Some(';') if !self.starts_with(";;") => self.at += 1,
            Some('&') => {
                self.at += 1;
                list.last_mut().into_iter().for_each(|item| item.is_background = true);
            }
            None | Some('\n' | ')' | ';') => {}
            Some(_) => return Err(self.unexpected()),
        }
        Ok(())
    }

    fn pipeline(&mut self, when: When) -> Parsed<Item> {
        let mut is_negated = false;
        while self.keyword().is_some_and(|word| word == "!") {
            self.at += 1;
            self.blanks();
            is_negated = !is_negated;
        }
        let mut commands = vec![self.nested(Self::command)?];
        loop {
            self.blanks();
            if !self.starts_with("|") || self.starts_with("||") {
                return Ok(Item { when, is_negated, commands, is_background: false });
            }
            self.at += 1;
            if self.dialect == Dialect::Bash && self.takes("&") {
                let both = Redirection {
                    descriptor: Some(2),
                    operator: ">&",
                    target: Target::Word(Word::literal("1".into(), false)),
                };
                commands.last_mut().into_iter().for_each(|command| command.redirections().push(both.clone()));
            }
            self.blank_lines()?;
            if self.peek().is_none() {
                return Err(SyntaxError::EndOfFile(None));
            }
            commands.push(self.nested(Self::command)?);
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        self.blanks();
        self.replace_alias();
        let word = self.keyword();
        let knows_more = self.dialect != Dialect::Dash;
        let compound = match word.as_deref() {
            None if self.starts_with("((") && self.dialect == Dialect::Bash => self.arithmetic_command()?,
            None if self.takes("(") => Some(self.subshell()?),
            Some(word) if ENDS.contains(&word) => return Err(self.unexpected_end()),
            Some(word @ ("{" | "if" | "while" | "until" | "for" | "case")) => {
                self.at += word.len();
                Some(self.construct(word)?)
            }
            Some("function") if knows_more => {
                self.at += "function".len();
                self.blanks();
                let name = self.word()?.plain().unwrap_or_default().to_owned();
                self.blanks();
                let _ = self.takes("()");
                Some(self.function(name)?)
            }
            Some("[[") if knows_more => {
                self.at += 2;
                Some(Compound::Condition(self.condition()?))
            }
            Some("select") if self.dialect == Dialect::Bash => return Err(SyntaxError::Missing("select")),
            _ => None,
        };
        match compound {
            Some(function @ Compound::Function { .. }) => {
                Ok(Command::Compound { compound: function, redirections: Vec::new() })
            }
            Some(compound) => Ok(Command::Compound { compound, redirections: self.redirections()? }),
            None => self.simple(),
        }
    }

    /// `(( ... ))`; nothing where the parentheses are those of two shells.
    fn arithmetic_command(&mut self) -> Parsed<Option<Compound>> {
        match self.between_parentheses(self.at + 2) {
            Some(end) if self.text.get(end + 1) == Some(&')') => {
                let expression = self.text[self.at + 2..end].to_vec();
                self.at = end + 2;
                self.inner(expression).quoted_text().map(|word| Some(Compound::Arithmetic(word)))
            }
            Some(_) => {
                self.at += 1;
                self.subshell().map(Some)
            }
            None => Err(SyntaxError::EndOfFile(Some(")"))),
        }
    }

    fn subshell(&mut self) -> Parsed<Compound> {
        let body = self.some(&[")"])?;
        self.at += 1;
        Ok(Compound::Subshell(body))
    }

    fn construct(&mut self, word: &str) -> Parsed<Compound> {
        match word {
            "{" => {
                let body = self.some(&["}"])?;
                self.at += 1;
                Ok(Compound::Group(body))
            }
            "if" => self.conditions(),
            "for" => self.for_loop(),
            "case" => self.case(),
            _ => {
                let condition = self.some(&["do"])?;
                Ok(Compound::Loop { ends_on_success: word == "until", condition, body: self.body()? })
            }
        }
    }

    fn conditions(&mut self) -> Parsed<Compound> {
        let mut branches = Vec::new();
        let mut otherwise = List::new();
        loop {
            let condition = self.some(&["then"])?;
            self.at += "then".len();
            branches.push((condition, self.some(&["elif", "else", "fi"])?));
            if self.takes("elif") {
                continue;
            }
            if self.takes("else") {
                otherwise = self.some(&["fi"])?;
            }
            self.at += "fi".len();
            return Ok(Compound::If { branches, otherwise });
        }
    }

    fn for_loop(&mut self) -> Parsed<Compound> {
        self.blanks();
        if self.starts_with("((") && self.dialect == Dialect::Bash {
            return self.counted_loop();
        }
        let word = self.word()?;
        if word.parts.is_empty() && (self.dialect == Dialect::Bash || self.peek().is_none()) {
            return Err(self.unexpected());
        }
        let name = word.plain().filter(|name| is_name(name));
        let Some(name) = name else {
            let name = word.plain().unwrap_or_default().to_owned();
            return Err(SyntaxError::BadName { name, what: "for loop variable" });
        };
        let name = name.to_owned();
        self.blank_lines()?;
        let mut words = None;
        if self.keyword().is_some_and(|word| word == "in") {
            self.at += 2;
            words = Some(self.words()?);
        }
        self.blanks();
        if self.peek() == Some(';') && !self.starts_with(";;") {
            self.at += 1;
        }
        Ok(Compound::For { name, words, body: self.body()? })
    }

    /// `for ((FIRST; CONDITION; STEP))`.
    fn counted_loop(&mut self) -> Parsed<Compound> {
        let end = self.between_parentheses(self.at + 2).ok_or(SyntaxError::EndOfFile(Some(")")))?;
        let text = self.text[self.at + 2..end].to_vec();
        let parts: Vec<&[char]> = text.split(|c| *c == ';').collect();
        let ([first, condition, step], Some(')')) = (parts.as_slice(), self.text.get(end + 1)) else {
            return Err(SyntaxError::Unexpected(Token::Fixed("((".to_owned())));
        };
        let word = |text: &[char]| self.inner(text.to_vec()).quoted_text();
        let (first, condition, step) = (word(first)?, word(condition)?, word(step)?);
        self.at = end + 2;
        self.blanks();
        if self.peek() == Some(';') {
            self.at += 1;
        }
        Ok(Compound::Count { first, condition, step, body: self.body()? })
    }

    fn words(&mut self) -> Parsed<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.blanks();
            let word = self.word()?;
            if word.parts.is_empty() {
                return Ok(words);
            }
            words.push(word);
        }
    }

    /// `do ... done`.
    fn body(&mut self) -> Parsed<List> {
        self.blank_lines()?;
        match self.keyword() {
            Some(word) if word == "do" => self.at += 2,
            _ if self.peek().is_none() => return Err(SyntaxError::EndOfFile(Some("do"))),
            _ => return Err(self.unexpected_end()),
        }
        let body = self.some(&["done"])?;
        self.at += "done".len();
        Ok(body)
    }

    fn case(&mut self) -> Parsed<Compound> {
        self.blanks();
        let word = self.word()?;
        if word.parts.is_empty() {
            return Err(self.unexpected());
        }
        self.blank_lines()?;
        match self.keyword() {
            Some(word) if word == "in" => self.at += 2,
            _ if self.peek().is_none() => return Err(SyntaxError::EndOfFile(Some("in"))),
            _ => return Err(self.unexpected()),
        }
        let mut arms = Vec::new();
        loop {
            self.blank_lines()?;
            if self.is_at(&["esac"]) {
                self.at += "esac".len();
                return Ok(Compound::Case { word, arms });
            }
            arms.push(self.arm()?);
        }
    }

    fn arm(&mut self) -> Parsed<Arm> {
        if self.peek().is_none() {
            return Err(SyntaxError::EndOfFile(Some(")")));
        }
        let _ = self.takes("(");
        let mut patterns = Vec::new();
        loop {
            self.blanks();
            let pattern = self.word()?;
            if pattern.parts.is_empty() {
                return Err(self.unexpected());
            }
            patterns.push(pattern);
            self.blanks();
            if self.takes(")") {
                break;
            }
            if !self.takes("|") {
                return Err(if self.peek().is_none() { SyntaxError::EndOfFile(Some(")")) } else { self.unexpected() });
            }
        }
        let body = self.list(&["esac", ";;"])?;
        let _ = self.takes(";;");
        Ok(Arm { patterns, body })
    }

    fn function(&mut self, name: String) -> Parsed<Compound> {
        self.blank_lines()?;
        if self.peek().is_none() {
            return Err(SyntaxError::EndOfFile(None));
        }
        if self.dialect != Dialect::Bash && !is_name(&name) {
            return Err(SyntaxError::BadName { name, what: "function name" });
        }
        let body = Arc::new(self.nested(Self::command)?);
        Ok(Compound::Function { name, body })
    }

    fn simple(&mut self) -> Parsed<Command> {
        let mut simple = Simple { line: self.line(), ..Simple::default() };
        loop {
            self.blanks();
            if let Some(redirection) = self.redirection()? {
                simple.redirections.push(redirection);
            } else if let Some(assignment) = self.assignment(simple.words.is_empty())? {
                simple.assignments.push(assignment);
            } else {
                let word = self.word()?;
                if word.parts.is_empty() {
                    break;
                }
                simple.words.push(word);
                if self.peek() == Some('(') {
                    return self.function_or_fault(&simple);
                }
            }
        }
        if simple.words.is_empty() && simple.assignments.is_empty() && simple.redirections.is_empty() {
            return Err(self.unexpected());
        }
        Ok(Command::Simple(simple))
    }

    /// `NAME() ...`.
    fn function_or_fault(&mut self, simple: &Simple) -> Parsed<Command> {
        let open = self.at;
        self.at += 1;
        self.blanks();
        match (simple.words.as_slice(), simple.assignments.as_slice()) {
            ([word], []) if self.takes(")") => {
                let name = word.plain().unwrap_or_default().to_owned();
                Ok(Command::Compound { compound: self.function(name)?, redirections: Vec::new() })
            }
            _ => {
                self.at = open;
                Err(self.unexpected())
            }
        }
    }

    /// `NAME=VALUE` before a command's words.
    fn assignment(&mut self, is_first: bool) -> Parsed<Option<Assignment>> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').count();
        let name: String = rest[..length].iter().collect();
        if !is_first || !is_name(&name) {
            return Ok(None);
        }
        let appends = self.dialect == Dialect::Bash && rest[length..].starts_with(&['+', '=']);
        if !appends && rest.get(length) != Some(&'=') {
            return Ok(None);
        }
        self.at += length + 1 + usize::from(appends);
        if self.peek() == Some('(') {
            return Err(if self.dialect == Dialect::Bash { SyntaxError::Missing("arrays") } else { self.unexpected() });
        }
        Ok(Some(Assignment { name, value: self.word()?, appends }))
    }

    /// Returns the word that stands here, where it may be one of the shell's own.
    fn keyword(&self) -> Option<String> {
        let rest = &self.text[self.at..];
        let is_end = |c: &char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>');
        let length = rest.iter().position(is_end).unwrap_or(rest.len());
        let is_word = |c: &char| c.is_ascii_alphabetic() || matches!(c, '{' | '}' | '!' | '[' | ']');
        ((1..=8).contains(&length) && rest[..length].iter().all(is_word)).then(|| rest[..length].iter().collect())
    }

    /// Puts in what an alias stands for.
    fn replace_alias(&mut self) {
        let mut used: Vec<String> = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let is_end = |c: &char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>');
            let length = rest.iter().position(is_end).unwrap_or(rest.len());
            let name: String = rest[..length].iter().collect();
            let Some(text) = self.aliases.get(&name).filter(|_| !used.contains(&name)) else { return };
            self.text.splice(self.at..self.at + length, text.chars());
            used.push(name);
        }
    }
}

impl Command {
    fn redirections(&mut self) -> &mut Vec<Redirection> {
        match self {
            Self::Simple(Simple { redirections, .. }) | Self::Compound { redirections, .. } => redirections,
        }
    }
}

/// Tells whether a text may name a variable.
pub(in crate::container::shell) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
