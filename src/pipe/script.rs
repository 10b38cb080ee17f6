//! The line's syntax as a shell reads it, as data. Nothing is run here, no file name is expanded, no variable is
//! replaced: `$NAME` stays as typed.

/// A line: pipelines that run one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// The pipelines in order; none for an empty line or a comment.
    pub steps: Vec<Step>,
}

/// A pipeline and when it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What stands before the pipeline; the first one's is `Always`.
    pub when: When,
    /// The commands joined by `|`, at least one.
    pub commands: Vec<Command>,
}

/// When a pipeline runs, given the exit status of the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// After `;`, or first: in any case.
    Always,
    /// After `&&`: if the status is 0.
    Succeeded,
    /// After `||`: if the status is not 0.
    Failed,
}

/// A command: its words and redirections, not both empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Command {
    /// The words, the command's name first.
    pub words: Vec<Word>,
    /// The redirections in order; the workbook may refuse them.
    pub redirections: Vec<Redirection>,
}

/// `>`, `<` and their kin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirection {
    /// The operator with its descriptor, as typed: `>`, `>>`, `<`, `2>`, `2>&`, `<<`.
    pub operator: String,
    /// The file name or descriptor behind it.
    pub target: Word,
}

/// A word: pieces without a space between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// The pieces in order; an empty quoted literal for `''`.
    pub parts: Vec<Part>,
}

/// A piece of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What stands there.
    pub piece: Piece,
    /// Whether it stood in quotes, so that its text is never split into words.
    pub quoted: bool,
}

/// What a part of a word holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text, quotes and backslashes removed.
    Literal(String),
    /// `$(...)` or backquotes: the output of another line.
    Substitution(Script),
}

/// Why a line cannot be read. Columns count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// A quote without its partner.
    #[error("unterminated quoted string: the `{quote}` at column {column} is never closed")]
    Quote {
        /// The quote: `'`, `"` or a backquote.
        quote: char,
        /// Where it opens.
        column: usize,
    },
    /// `$(` without `)`.
    #[error("the `$(` at column {column} is never closed")]
    Substitution {
        /// Where it opens.
        column: usize,
    },
    /// An operator where a command should be.
    #[error("unexpected `{token}` at column {column}: a command is missing before it")]
    Unexpected {
        /// The operator as typed.
        token: String,
        /// Where it stands.
        column: usize,
    },
    /// An operator with nothing behind it.
    #[error("the line ends after `{token}`: a command is missing")]
    Unfinished {
        /// The operator as typed.
        token: String,
    },
    /// A redirection without a file name.
    #[error("the redirection `{operator}` names no file")]
    NoTarget {
        /// The operator as typed.
        operator: String,
    },
    /// Shell syntax that the workbook has not.
    #[error("`{token}` at column {column} is more shell than this workbook speaks; put it in quotes if it is text")]
    Unsupported {
        /// The syntax as typed.
        token: String,
        /// Where it stands.
        column: usize,
    },
    /// Substitutions nested too deep.
    #[error("`$(...)` is nested deeper than {limit} levels")]
    TooDeep {
        /// The most levels.
        limit: usize,
    },
    /// A line beyond all use.
    #[error("the line is longer than {limit} bytes")]
    TooLong {
        /// The most bytes.
        limit: usize,
    },
}

impl Word {
    /// Tells whether the word assigns a variable where it stands before a command: `NAME=value`, the name not in quotes.
    pub fn is_assignment(&self) -> bool {
        let Some(Part { piece: Piece::Literal(text), quoted: false }) = self.parts.first() else { return false };
        text.split_once('=').is_some_and(|(name, _)| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    }

    /// Lists the substitutions of the word in order; `expand` takes their outputs.
    pub fn substitutions(&self) -> impl Iterator<Item = &Script> {
        self.parts.iter().filter_map(|part| match &part.piece {
            Piece::Substitution(script) => Some(script),
            Piece::Literal(_) => None,
        })
    }

    /// Makes the words that the shell would pass on: `outputs` holds the standard output of each substitution.
    ///
    /// Trailing newlines of an output are dropped; an unquoted output is split at spaces, tabs and newlines, and may
    /// give no word at all. A missing output counts as empty.
    pub fn expand(&self, outputs: &[String]) -> Vec<String> {
        let mut fields = Fields::default();
        let mut outputs = outputs.iter();
        for part in &self.parts {
            match &part.piece {
                Piece::Literal(text) => fields.append(text, part.quoted),
                Piece::Substitution(_) => {
                    let output = outputs.next().map_or("", |text| text.trim_end_matches('\n'));
                    if part.quoted { fields.append(output, true) } else { fields.split(output) }
                }
            }
        }
        fields.finish()
    }

    /// Returns the word's text if it holds no substitution.
    pub fn literal(&self) -> Option<String> {
        self.substitutions().next().is_none().then(|| self.expand(&[]).concat())
    }
}

/// Words under construction.
#[derive(Default)]
struct Fields {
    done: Vec<String>,
    open: Option<String>,
}

impl Fields {
    fn append(&mut self, text: &str, quoted: bool) {
        if quoted || !text.is_empty() {
            self.open.get_or_insert_default().push_str(text);
        }
    }

    fn split(&mut self, text: &str) {
        const BLANKS: [char; 3] = [' ', '\t', '\n'];
        for (index, field) in text.split(BLANKS).enumerate() {
            if index > 0 {
                self.done.extend(self.open.take());
            }
            self.append(field, false);
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.done.extend(self.open);
        self.done
    }
}
