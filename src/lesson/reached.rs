//! What a step's commands came to.

/// A command line that ran during a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RanLine {
    /// The line as typed.
    pub line: String,
    /// Its exit status.
    pub status: i32,
}

/// Whether a goal is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// It is.
    Yes,
    /// It is not; a sentence or two say what is and what was asked.
    No(String),
}
