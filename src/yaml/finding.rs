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

/// One thing that is wrong in a file, at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
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
        Self { file, line: 0, column: 0, message, suggestion: None, excerpt: String::new() }
    }
}

/// `file:line:column: message`, then the line with a caret below the place, then the suggestion.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        for number in [self.line, self.column].into_iter().take_while(|number| *number > 0) {
            write!(f, ":{number}")?;
        }
        write!(f, ": {}", self.message)?;
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
        self.push(at, message.into(), None);
    }

    /// Notes what is wrong at a place, and what to write instead.
    pub fn add_with(&mut self, at: Position, message: impl Into<String>, suggestion: impl Into<String>) {
        self.push(at, message.into(), Some(suggestion.into()));
    }

    /// Notes a word that is none of `known`, with the nearest of them, or with all of them where none is near.
    pub fn add_unknown(&mut self, at: Position, message: impl Into<String>, word: &str, known: &[&str]) {
        let suggestion = match nearest(word, known) {
            Some(near) => Some(format!("Did you mean `{near}`?")),
            None if known.is_empty() => None,
            None => Some(format!("Known here: {}.", known.join(", "))),
        };
        self.push(at, message.into(), suggestion);
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

    fn push(&mut self, at: Position, message: String, suggestion: Option<String>) {
        const MAX_EXCERPT: usize = 400;
        let line = self.text.lines().nth(at.line.wrapping_sub(1)).unwrap_or_default();
        let excerpt = line.chars().take(MAX_EXCERPT).collect();
        let column = if at.column > MAX_EXCERPT { 0 } else { at.column };
        self.list.push(Finding { file: self.file.to_owned(), line: at.line, column, message, suggestion, excerpt });
    }
}

/// Returns the known word that a mistyped one most likely means, if any is near enough.
pub fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let distance = |known: &&str| strsim::damerau_levenshtein(word, known);
    let near = known.iter().copied().min_by_key(distance)?;
    let may_differ = word.chars().count().max(near.chars().count()).div_ceil(3);
    (strsim::damerau_levenshtein(word, near) <= may_differ).then_some(near)
}
