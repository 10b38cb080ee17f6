//! A line as a shell reads it: words, quotes, `$(...)`, pipes and connectors. What would start a process, read or write
//! a file is recognised and refused by whoever runs the line.

use thiserror::Error;

/// Pipelines in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// The pipelines, each with how it hangs on the one before it.
    pub pipelines: Vec<(Connector, Pipeline)>,
}

/// When a pipeline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connector {
    /// In any case: the first one, and behind `;`.
    Always,
    /// Behind `&&`: if the one before succeeded.
    IfOk,
    /// Behind `||`: if the one before failed.
    IfFailed,
}

/// Commands joined by `|`; each is at least one word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pipeline {
    /// The commands.
    pub commands: Vec<Vec<Word>>,
}

/// A word of parts that stand side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// These characters.
    Text(String),
    /// The output of a script, without its last newlines; parted into words unless it is quoted.
    Substitution {
        /// What to run.
        script: Script,
        /// Whether it stands in double quotes.
        quoted: bool,
    },
}

/// Why a line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SyntaxError {
    /// A quote that is opened and never closed.
    #[error("a quote {0} is opened and never closed")]
    Unclosed(char),
    /// `$(` without `)`.
    #[error("a `$(` is opened and never closed")]
    UnclosedSubstitution,
    /// A connector with nothing beside it.
    #[error("there is no command beside `{0}`")]
    Missing(String),
    /// A redirection.
    #[error("`{0}` would read or write a file; the workbook has none, and shows the output here")]
    Redirection(char),
    /// `&` at the end, backquotes.
    #[error("`{0}` is not something that the workbook's line understands")]
    Unsupported(char),
    /// Too deeply nested.
    #[error("`$(...)` is nested too deeply")]
    Depth,
}

const MAX_DEPTH: usize = 8;

/// Reads a line; an empty one is an empty script.
pub fn parse(line: &str) -> Result<Script, SyntaxError> {
    let mut reader = Reader { rest: line.chars().collect::<Vec<_>>().into_iter().peekable(), depth: 0 };
    reader.script(false)
}

struct Reader {
    rest: std::iter::Peekable<std::vec::IntoIter<char>>,
    depth: usize,
}

/// What ends a command.
enum End {
    Line,
    Pipe,
    Connector(Connector, &'static str),
}

impl Reader {
    fn script(&mut self, inside: bool) -> Result<Script, SyntaxError> {
        let mut script = Script::default();
        let mut connector = Connector::Always;
        let mut joint = ";";
        let mut pipeline = Pipeline::default();
        loop {
            let (command, end) = self.command(inside)?;
            let is_empty = command.is_empty();
            if !is_empty {
                pipeline.commands.push(command);
            }
            match end {
                End::Pipe if is_empty => return Err(SyntaxError::Missing("|".to_owned())),
                End::Pipe => {
                    joint = "|";
                    continue;
                }
                End::Line | End::Connector(..) => {}
            }
            if is_empty && joint != ";" {
                return Err(SyntaxError::Missing(joint.to_owned()));
            }
            if !pipeline.commands.is_empty() {
                script.pipelines.push((connector, std::mem::take(&mut pipeline)));
            }
            match end {
                End::Line | End::Pipe => return Ok(script),
                End::Connector(_, sign) if is_empty => return Err(SyntaxError::Missing(sign.to_owned())),
                End::Connector(next, sign) => {
                    connector = next;
                    joint = sign;
                }
            }
        }
    }

    fn command(&mut self, inside: bool) -> Result<(Vec<Word>, End), SyntaxError> {
        let mut words = Vec::new();
        loop {
            while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
            let Some(c) = self.rest.peek().copied() else {
                return if inside { Err(SyntaxError::UnclosedSubstitution) } else { Ok((words, End::Line)) };
            };
            match c {
                ')' if inside => {
                    self.rest.next();
                    return Ok((words, End::Line));
                }
                '#' => while self.rest.next_if(|c| *c != '\n').is_some() {},
                ';' => {
                    self.rest.next();
                    return Ok((words, End::Connector(Connector::Always, ";")));
                }
                '|' => {
                    self.rest.next();
                    let or = self.rest.next_if_eq(&'|').is_some();
                    let end = if or { End::Connector(Connector::IfFailed, "||") } else { End::Pipe };
                    return Ok((words, end));
                }
                '&' => {
                    self.rest.next();
                    self.rest.next_if_eq(&'&').ok_or(SyntaxError::Unsupported('&'))?;
                    return Ok((words, End::Connector(Connector::IfOk, "&&")));
                }
                '<' | '>' => return Err(SyntaxError::Redirection(c)),
                _ => words.push(self.word(inside)?),
            }
        }
    }

    fn word(&mut self, inside: bool) -> Result<Word, SyntaxError> {
        let mut word = Word::default();
        while let Some(c) = self.rest.peek().copied() {
            match c {
                c if c.is_whitespace() || matches!(c, ';' | '|' | '&' | '<' | '>') => break,
                ')' if inside => break,
                '\'' => self.single(&mut word)?,
                '"' => self.double(&mut word)?,
                '`' => return Err(SyntaxError::Unsupported('`')),
                '\\' => {
                    self.rest.next();
                    word.push(self.rest.next().unwrap_or('\\'));
                }
                '$' => {
                    self.rest.next();
                    self.dollar(&mut word, false)?;
                }
                c => {
                    self.rest.next();
                    word.push(c);
                }
            }
        }
        Ok(word)
    }

    fn single(&mut self, word: &mut Word) -> Result<(), SyntaxError> {
        self.rest.next();
        word.open();
        loop {
            match self.rest.next().ok_or(SyntaxError::Unclosed('\''))? {
                '\'' => return Ok(()),
                c => word.push(c),
            }
        }
    }

    fn double(&mut self, word: &mut Word) -> Result<(), SyntaxError> {
        self.rest.next();
        word.open();
        loop {
            match self.rest.next().ok_or(SyntaxError::Unclosed('"'))? {
                '"' => return Ok(()),
                '\\' => match self.rest.next().ok_or(SyntaxError::Unclosed('"'))? {
                    c @ ('"' | '\\' | '$' | '`') => word.push(c),
                    c => {
                        word.push('\\');
                        word.push(c);
                    }
                },
                '$' => self.dollar(word, true)?,
                c => word.push(c),
            }
        }
    }

    /// Behind a dollar: a substitution, or nothing special.
    fn dollar(&mut self, word: &mut Word, quoted: bool) -> Result<(), SyntaxError> {
        if self.rest.next_if_eq(&'(').is_none() {
            word.push('$');
            return Ok(());
        }
        if self.depth >= MAX_DEPTH {
            return Err(SyntaxError::Depth);
        }
        self.depth += 1;
        let script = self.script(true)?;
        self.depth -= 1;
        word.parts.push(Part::Substitution { script, quoted });
        Ok(())
    }
}

impl Word {
    /// Makes sure that there is a text to go on with: `''` is a word too.
    fn open(&mut self) -> &mut String {
        if !matches!(self.parts.last(), Some(Part::Text(_))) {
            self.parts.push(Part::Text(String::new()));
        }
        match self.parts.last_mut() {
            Some(Part::Text(text)) => text,
            Some(Part::Substitution { .. }) | None => unreachable!("a text was put there"),
        }
    }

    fn push(&mut self, c: char) {
        self.open().push(c);
    }
}
