//! What can go wrong at the edge, with the exit status and the advice that belong to it.

use std::io;

use thiserror::Error;

use super::journal;
use crate::lesson::Kind;
use crate::yaml::Finding;
use crate::{model, source, store};

/// Why a task was not done.
#[derive(Debug, Error)]
pub enum Error {
    /// The home cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// A source of images cannot be used.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// The pack's model images cannot be made.
    #[error(transparent)]
    Model(#[from] model::Error),
    /// The pack cannot be used; what is wrong in it, at least one thing.
    #[error("the pack cannot be used")]
    BrokenPack(Vec<Finding>),
    /// The pack has no lesson or problem of that name.
    #[error("there is no {} `{name}`", noun(*kind))]
    Unknown {
        /// What was looked for.
        kind: Kind,
        /// The name as typed.
        name: String,
        /// A name that is near.
        nearest: Option<String>,
    },
    /// The pack has no lessons, or no problems.
    #[error("the pack has no {}", noun(*.0))]
    Empty(Kind),
    /// An argument cannot be used.
    #[error("{0}")]
    Usage(String),
    /// Standard input or the terminal failed.
    #[error("cannot read the next line")]
    Input(#[source] io::Error),
    /// Something of the system failed.
    #[error("cannot {action}")]
    System {
        /// What was being done.
        action: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or completed.
    Done,
    /// It failed.
    Failed,
    /// The command line cannot be used.
    Usage,
    /// The input ended before the lesson or problem was completed.
    InputEnded,
    /// The pack is broken.
    BrokenPack,
    /// Docker's own exit status.
    Docker(i32),
    /// A signal of this number asked for it.
    Signal(u8),
}

impl Exit {
    /// Returns the exit status of the process.
    pub fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::InputEnded => 3,
            Self::BrokenPack => 4,
            Self::Docker(status) => u8::try_from(status).unwrap_or(1),
            Self::Signal(number) => number.saturating_add(128),
        }
    }
}

impl Error {
    /// Returns how the program ends after it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::BrokenPack(_) | Self::Model(_) => Exit::BrokenPack,
            Self::Unknown { .. } | Self::Empty(_) | Self::Usage(_) => Exit::Usage,
            Self::Store(_) | Self::Journal(_) | Self::Source(_) | Self::Input(_) | Self::System { .. } => Exit::Failed,
        }
    }

    /// Says what to do about it, where there is something.
    fn advice(&self) -> Option<String> {
        match self {
            Self::Unknown { nearest: Some(near), .. } => Some(format!("Did you mean `{near}`?")),
            Self::Unknown { nearest: None, .. } => Some("`layerbook pack list` names them all.".to_owned()),
            Self::Store(store::Error::Io { .. }) | Self::Journal(journal::Error::Io { .. }) => Some(
                "`--home DIR` or LAYERBOOK_HOME names another folder; `layerbook doctor` looks at this one.".to_owned(),
            ),
            Self::Store(store::Error::Newer { .. }) | Self::Journal(journal::Error::Newer { .. }) => {
                Some("A newer layerbook has written there. Use that one, or another `--home`.".to_owned())
            }
            Self::Journal(journal::Error::NotAJournal { .. }) => {
                Some("Move the file away; layerbook then begins a new journal.".to_owned())
            }
            Self::Store(store::Error::Busy { .. }) => {
                Some("Two servers cannot share a folder: end the other one, or name another folder.".to_owned())
            }
            Self::Store(store::Error::Foreign { .. }) => {
                Some("Name an empty folder, a new one, or one that a registry was given before.".to_owned())
            }
            Self::Store(store::Error::Damaged { .. })
            | Self::Journal(journal::Error::NotAnObject)
            | Self::Source(_)
            | Self::BrokenPack(_)
            | Self::Model(_)
            | Self::Empty(_)
            | Self::Usage(_)
            | Self::Input(_)
            | Self::System { .. } => None,
        }
    }

    /// Writes the whole of it: what happened with its causes, the findings, the advice.
    pub fn report(&self) -> String {
        let mut text = format!("layerbook: {}\n", chain(self));
        if let Self::BrokenPack(findings) = self {
            text.extend(findings.iter().map(|finding| format!("{finding}\n")));
        }
        text.extend(self.advice().map(|advice| format!("{advice}\n")));
        text
    }
}

/// Writes an error and its causes in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        next = cause.source();
    }
    text
}

/// Returns the word for a kind.
pub(super) fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Lesson => "lesson",
        Kind::Problem => "problem",
    }
}

/// `1 error`, `2 errors`.
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
