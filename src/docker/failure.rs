//! How a docker command fails: an exit status and what goes to standard error.

use std::fmt;

/// Exit status of flag errors.
pub(super) const FLAG_STATUS: i32 = 125;
/// Exit status of a template that cannot be parsed in `docker inspect`.
pub(super) const TEMPLATE_STATUS: i32 = 64;

/// Why a command did not do all that it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    status: i32,
    /// What Docker had printed before it noticed.
    said: String,
    text: String,
}

impl Failure {
    /// A sentence without its line break.
    pub(super) fn new(status: i32, sentence: impl fmt::Display) -> Self {
        Self::verbatim(status, format!("{sentence}\n"))
    }

    /// A text of one or more whole lines.
    pub(super) fn verbatim(status: i32, text: String) -> Self {
        Self { status, said: String::new(), text }
    }

    /// Several sentences, a line each.
    pub(super) fn all(status: i32, sentences: &[String]) -> Self {
        Self::new(status, sentences.join("\n"))
    }

    /// Puts before it what goes to standard output.
    pub(super) fn after(mut self, said: String) -> Self {
        self.said = said;
        self
    }

    /// Returns the exit status.
    pub fn status(&self) -> i32 {
        self.status
    }

    /// Returns what had gone to standard output.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// Returns what goes to standard error, whole lines.
    pub fn text(&self) -> &str {
        &self.text
    }
}
