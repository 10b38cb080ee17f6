//! What is wrong in a file of a pack, and where.

use std::fmt;

/// One thing that is wrong in a file, at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file's path inside the pack, `lessons/pull.yaml` for example.
    pub file: String,
    /// Line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// Column in characters, from 1; 0 where the whole line is meant.
    pub column: usize,
    /// What is wrong, one sentence without a final period.
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
            let (blank, caret) = (" ".repeat(gutter.len()), " ".repeat(self.column - 1));
            write!(f, "\n{gutter} | {}\n{blank} | {caret}^", self.excerpt)?;
        }
        match &self.suggestion {
            Some(suggestion) => write!(f, "\n{suggestion}"),
            None => Ok(()),
        }
    }
}
