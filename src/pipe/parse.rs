//! Reads a line into a `Script`: quotes, substitutions, connectors, comments.

use super::script::{Command, Part, Piece, Redirection, Script, Step, SyntaxError, When, Word};

/// Longest line in bytes.
const MAX_LENGTH: usize = 256 * 1024;
/// Deepest nesting of substitutions.
const MAX_DEPTH: usize = 16;

type Parsed<T> = Result<T, SyntaxError>;

impl Script {
    /// Reads a line (or several: a newline separates like `;`).
    pub fn parse(line: &str) -> Result<Script, SyntaxError> {
        parse(line)
    }
}

fn parse(line: &str) -> Parsed<Script> {
    if line.len() > MAX_LENGTH {
        return Err(SyntaxError::TooLong { limit: MAX_LENGTH });
    }
    let mut reader = Reader { text: line.chars().collect(), at: 0, depth: 0 };
    let script = reader.script()?;
    match reader.peek() {
        None => Ok(script),
        Some(_) => Err(reader.unsupported(")")),
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    depth: usize,
}

impl Reader {
    /// Reads steps up to the end or to a `)`, which is left.
    fn script(&mut self) -> Parsed<Script> {
        let mut steps: Vec<Step> = Vec::new();
        let mut connector: Option<(When, &'static str)> = None;
        loop {
            self.blanks();
            let column = self.at + 1;
            if self.peek().is_none_or(|c| c == ')') {
                break;
            }
            if let Some((when, token)) = self.connector() {
                let bare = steps.is_empty() || connector.is_some();
                if bare && (token != "\n") {
                    return Err(SyntaxError::Unexpected { token: token.trim().into(), column });
                }
                connector = if bare { connector } else { Some((when, token)) };
                continue;
            }
            let when = connector.take().map_or(When::Always, |(when, _)| when);
            steps.push(Step { when, commands: self.pipeline()? });
        }
        match connector {
            Some((When::Succeeded | When::Failed, token)) => Err(SyntaxError::Unfinished { token: token.into() }),
            Some((When::Always, _)) | None => Ok(Script { steps }),
        }
    }

    fn connector(&mut self) -> Option<(When, &'static str)> {
        let found = [("&&", When::Succeeded), ("||", When::Failed), (";", When::Always), ("\n", When::Always)];
        let (token, when) = found.into_iter().find(|(token, _)| self.starts_with(token))?;
        self.at += token.len();
        Some((when, token))
    }

    fn pipeline(&mut self) -> Parsed<Vec<Command>> {
        let mut commands = vec![self.command()?];
        loop {
            self.blanks();
            if self.peek() != Some('|') || self.starts_with("||") {
                return Ok(commands);
            }
            self.at += 1;
            self.blank_lines();
            if self.peek().is_none_or(|c| c == ')') {
                return Err(SyntaxError::Unfinished { token: "|".into() });
            }
            commands.push(self.command()?);
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        let mut command = Command::default();
        loop {
            self.blanks();
            if let Some(operator) = self.redirection() {
                self.blanks();
                let target = self.word()?;
                if target.parts.is_empty() {
                    return Err(SyntaxError::NoTarget { operator });
                }
                command.redirections.push(Redirection { operator, target });
                continue;
            }
            let word = self.word()?;
            if word.parts.is_empty() {
                break;
            }
            command.words.push(word);
        }
        if command.words.is_empty() && command.redirections.is_empty() {
            return Err(self.nothing_here());
        }
        Ok(command)
    }

    /// Explains why no word starts here.
    fn nothing_here(&self) -> SyntaxError {
        let column = self.at + 1;
        let token = ["&&", "||", "|", ";"].into_iter().find(|token| self.starts_with(token));
        match token {
            Some(token) => SyntaxError::Unexpected { token: token.into(), column },
            None => self.unsupported(&self.peek().map(String::from).unwrap_or_default()),
        }
    }

    /// Takes a redirection's operator with the digits before it.
    fn redirection(&mut self) -> Option<String> {
        let digits = self.text[self.at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let rest = &self.text[self.at + digits..];
        let operators = ["&>>", "&>", ">>", ">&", ">|", "<<<", "<<", "<&", "<>", ">", "<"];
        let found = operators.into_iter().find(|operator| {
            let standalone = digits == 0 || !operator.starts_with('&');
            standalone && rest.iter().copied().zip(operator.chars()).filter(|(a, b)| a == b).count() == operator.len()
        })?;
        let end = self.at + digits + found.len();
        let operator = self.text[self.at..end].iter().collect();
        self.at = end;
        Some(operator)
    }

    /// Reads a word; it has no parts if none starts here.
    fn word(&mut self) -> Parsed<Word> {
        let mut word = Word::default();
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\n' | '|' | ';' | '<' | '>' | ')' => break,
                '&' if self.starts_with("&&") => break,
                '&' | '(' => return Err(self.unsupported(&c.to_string())),
                '#' if word.parts.is_empty() => break,
                '\'' => self.single(&mut word)?,
                '"' => self.double(&mut word)?,
                '\\' => self.escape(&mut word),
                '$' | '`' if self.substitutes() => word.parts.push(self.substitution(false)?),
                _ => {
                    self.at += 1;
                    push(&mut word, c, false);
                }
            }
        }
        Ok(word)
    }

    fn escape(&mut self, word: &mut Word) {
        match self.text.get(self.at + 1) {
            None => push(word, '\\', false),
            Some('\n') => {}
            Some(c) => push(word, *c, true),
        }
        self.at = (self.at + 2).min(self.text.len());
    }

    fn single(&mut self, word: &mut Word) -> Parsed<()> {
        let open = self.at;
        self.at += 1;
        let length = self.text[self.at..].iter().position(|c| *c == '\'');
        let length = length.ok_or(SyntaxError::Quote { quote: '\'', column: open + 1 })?;
        let text: String = self.text[self.at..self.at + length].iter().collect();
        self.at += length + 1;
        literal(word, true).push_str(&text);
        Ok(())
    }

    fn double(&mut self, word: &mut Word) -> Parsed<()> {
        let open = self.at;
        self.at += 1;
        literal(word, true);
        loop {
            let c = self.peek().ok_or(SyntaxError::Quote { quote: '"', column: open + 1 })?;
            match c {
                '"' => {
                    self.at += 1;
                    return Ok(());
                }
                '\\' => self.escape_in_double(word),
                '$' | '`' if self.substitutes() => word.parts.push(self.substitution(true)?),
                _ => {
                    self.at += 1;
                    push(word, c, true);
                }
            }
        }
    }

    /// In double quotes a backslash escapes only what would be special there.
    fn escape_in_double(&mut self, word: &mut Word) {
        match self.text.get(self.at + 1).copied() {
            Some('\n') => self.at += 2,
            Some(c @ ('$' | '`' | '"' | '\\')) => {
                self.at += 2;
                push(word, c, true);
            }
            _ => {
                self.at += 1;
                push(word, '\\', true);
            }
        }
    }

    fn substitutes(&self) -> bool {
        self.starts_with("$(") || self.peek() == Some('`')
    }

    fn substitution(&mut self, quoted: bool) -> Parsed<Part> {
        if self.starts_with("$((") {
            return Err(self.unsupported("$(("));
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SyntaxError::TooDeep { limit: MAX_DEPTH });
        }
        let script = if self.peek() == Some('`') { self.backquoted() } else { self.parenthesised() }?;
        self.depth -= 1;
        Ok(Part { piece: Piece::Substitution(script), quoted })
    }

    fn parenthesised(&mut self) -> Parsed<Script> {
        let column = self.at + 1;
        self.at += 2;
        let script = match self.script() {
            Err(SyntaxError::Unfinished { .. }) if self.peek().is_none() => {
                return Err(SyntaxError::Substitution { column });
            }
            other => other?,
        };
        if self.peek() != Some(')') {
            return Err(SyntaxError::Substitution { column });
        }
        self.at += 1;
        Ok(script)
    }

    fn backquoted(&mut self) -> Parsed<Script> {
        let open = self.at;
        self.at += 1;
        let mut inner = Vec::new();
        loop {
            let c = self.peek().ok_or(SyntaxError::Quote { quote: '`', column: open + 1 })?;
            self.at += 1;
            match (c, self.peek()) {
                ('`', _) => break,
                ('\\', Some(escaped @ ('`' | '\\' | '$'))) => {
                    self.at += 1;
                    inner.push(escaped);
                }
                _ => inner.push(c),
            }
        }
        let mut reader = Reader { text: inner, at: 0, depth: self.depth };
        let script = reader.script()?;
        if reader.peek().is_some() {
            return Err(self.unsupported(")"));
        }
        Ok(script)
    }

    /// Steps over spaces and tabs, joined lines, and a comment.
    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.starts_with("\\\n") => self.at += 2,
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn blank_lines(&mut self) {
        self.blanks();
        while self.peek() == Some('\n') {
            self.at += 1;
            self.blanks();
        }
    }

    fn unsupported(&self, token: &str) -> SyntaxError {
        SyntaxError::Unsupported { token: token.to_owned(), column: self.at + 1 }
    }

    fn starts_with(&self, token: &str) -> bool {
        let rest = &self.text[self.at..];
        rest.len() >= token.len() && rest.iter().copied().zip(token.chars()).all(|(a, b)| a == b)
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }
}

fn push(word: &mut Word, c: char, quoted: bool) {
    literal(word, quoted).push(c);
}

/// Returns the text at the end of the word, a new one if the last part is not such a text.
fn literal(word: &mut Word, quoted: bool) -> &mut String {
    let fits = matches!(word.parts.last(), Some(Part { piece: Piece::Literal(_), quoted: q }) if *q == quoted);
    if !fits {
        word.parts.push(Part { piece: Piece::Literal(String::new()), quoted });
    }
    match &mut word.parts.last_mut().expect("a part was pushed just now if there was none").piece {
        Piece::Literal(text) => text,
        Piece::Substitution(_) => unreachable!("the last part was checked to be a literal"),
    }
}
