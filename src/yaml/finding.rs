//! What is wrong in a file of a pack, and where.

use std::fmt;

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// Column in characters, from 1; 0 where the whole line is meant.
    pub column: usize,
}

/// Whether a file can be used as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It cannot, or what it says is not so.
    Error,
    /// It can, and a learner would be worse off than need be.
    Warning,
}

impl Severity {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The rule of every finding about the shape of a file.
pub const SHAPE: &str = "shape";

/// One thing that is wrong in a file, at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether the file can be used all the same.
    pub severity: Severity,
    /// The rule that it breaks, `wide-diagram` for example; [`SHAPE`] where keys and types are not as they must be.
    pub rule: &'static str,
    /// The file's path inside the pack, `lessons/pull.yaml` for example.
    pub file: String,
    /// Line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// Column in characters, from 1; 0 where the whole line is meant.
    pub column: usize,
    /// What is wrong, without a final period.
    pub message: String,
    /// What to write instead, a whole sentence: `Did you mean `answer`?`.
    pub suggestion: Option<String>,
    /// The line as it stands in the file, empty where none is meant.
    pub excerpt: String,
}

impl Finding {
    /// Says something about a whole file.
    pub fn about_file(file: &str, message: impl Into<String>) -> Self {
        let (file, message) = (file.to_owned(), message.into());
        let (severity, rule) = (Severity::Error, SHAPE);
        Self { severity, rule, file, line: 0, column: 0, message, suggestion: None, excerpt: String::new() }
    }

    /// Sorts findings by file and place, errors before warnings at one place, and drops what is said twice.
    pub fn sort(findings: &mut Vec<Self>) {
        findings.sort_by(|one, other| one.order().cmp(&other.order()));
        findings.dedup();
    }

    fn order(&self) -> (&str, usize, usize, Severity, &str) {
        (&self.file, self.line, self.column, self.severity, &self.message)
    }
}

/// `file:line:column: message`, with `warning: ` before the message of one; then the line with a caret below the place, then the suggestion.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        for number in [self.line, self.column].into_iter().take_while(|number| *number > 0) {
            write!(f, ":{number}")?;
        }
        match self.severity {
            Severity::Error => write!(f, ": {}", self.message)?,
            Severity::Warning => write!(f, ": warning: {}", self.message)?,
        }
        if self.line > 0 && self.column > 0 && !self.excerpt.is_empty() {
            let gutter = self.line.to_string();
            let (blank, indent) = (" ".repeat(gutter.len()), self.indent());
            write!(f, "\n{gutter} | {}\n{blank} | {indent}^", self.excerpt)?;
        }
        match &self.suggestion {
            Some(suggestion) => write!(f, "\n{suggestion}"),
            None => Ok(()),
        }
    }
}

impl Finding {
    /// Blanks up to the place, as wide as the text before it: a tab stays a tab.
    fn indent(&self) -> String {
        let before = self.excerpt.chars().take(self.column - 1);
        before.map(|c| if c == '\t' { "\t".to_owned() } else { blanks_for(c) }).collect()
    }
}

fn blanks_for(character: char) -> String {
    " ".repeat(unicode_width::UnicodeWidthChar::width(character).unwrap_or(0))
}

/// What was found in one file so far.
#[derive(Debug, Clone)]
pub struct Findings<'t> {
    file: &'t str,
    text: &'t str,
    list: Vec<Finding>,
}

impl<'t> Findings<'t> {
    /// Starts with nothing found in `file`, whose content is `text`.
    pub fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, list: Vec::new() }
    }

    /// Notes what is wrong at a place.
    pub fn add(&mut self, at: Position, message: impl Into<String>) {
        self.push(Severity::Error, SHAPE, at, message.into(), None);
    }

    /// Notes what is wrong at a place, and what to write instead.
    pub fn add_with(&mut self, at: Position, message: impl Into<String>, suggestion: impl Into<String>) {
        self.push(Severity::Error, SHAPE, at, message.into(), Some(suggestion.into()));
    }

    /// Notes that a rule is broken, and what to write instead.
    pub fn breach(
        &mut self,
        severity: Severity,
        rule: &'static str,
        at: Position,
        message: impl Into<String>,
        suggestion: impl Into<String>,
    ) {
        let suggestion = Some(suggestion.into()).filter(|suggestion| !suggestion.is_empty());
        self.push(severity, rule, at, message.into(), suggestion);
    }

    /// Notes a word that is none of `known`, with the nearest of them, or with all of them where none is near.
    pub fn add_unknown(&mut self, at: Position, message: impl Into<String>, word: &str, known: &[&str]) {
        let suggestion = match nearest(word, known) {
            Some(near) => Some(format!("Did you mean `{near}`?")),
            None if known.is_empty() => None,
            None => Some(format!("Known here: {}.", known.join(", "))),
        };
        self.push(Severity::Error, SHAPE, at, message.into(), suggestion);
    }

    /// Finds where a whole word or phrase stands in the file, from a place on; the place itself where it stands nowhere
    /// below.
    pub fn place_of(&self, word: &str, from: Position) -> Position {
        let lines = self.text.lines().enumerate().skip(from.line.saturating_sub(1));
        for (at, line) in lines {
            let skipped = if at + 1 == from.line { from.column.saturating_sub(1) } else { 0 };
            let begin = line.char_indices().nth(skipped).map_or(line.len(), |(at, _)| at);
            let mut found = line[begin..].match_indices(word).map(|(found, _)| begin + found);
            if let Some(found) = found.find(|found| is_whole(line, *found, word)) {
                return Position { line: at + 1, column: line[..found].chars().count() + 1 };
            }
        }
        from
    }

    /// Tells whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns what was found, in the order of the file.
    pub fn into_list(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| (finding.line, finding.column));
        self.list
    }

    fn push(
        &mut self,
        severity: Severity,
        rule: &'static str,
        at: Position,
        message: String,
        suggestion: Option<String>,
    ) {
        const MAX_EXCERPT: usize = 400;
        let line = self.text.lines().nth(at.line.wrapping_sub(1)).unwrap_or_default();
        let excerpt = line.chars().take(MAX_EXCERPT).collect();
        let column = if at.column > MAX_EXCERPT { 0 } else { at.column };
        let (file, line) = (self.file.to_owned(), at.line);
        self.list.push(Finding { severity, rule, file, line, column, message, suggestion, excerpt });
    }
}

/// Whether no letter goes on before or behind the word.
fn is_whole(line: &str, at: usize, word: &str) -> bool {
    let goes_on = |inner: Option<char>, outer: Option<char>| {
        inner.is_some_and(char::is_alphanumeric) && outer.is_some_and(char::is_alphanumeric)
    };
    let before = goes_on(word.chars().next(), line[..at].chars().next_back());
    let behind = goes_on(word.chars().next_back(), line[at + word.len()..].chars().next());
    !before && !behind
}

/// Returns the known word that a mistyped one most likely means, if any is near enough.
pub fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let distance = |known: &&str| strsim::damerau_levenshtein(word, known);
    let near = known.iter().copied().min_by_key(distance)?;
    let may_differ = word.chars().count().max(near.chars().count()).div_ceil(3);
    (strsim::damerau_levenshtein(word, near) <= may_differ).then_some(near)
}
