//! What a session hears and what it asks for.

use serde_json::Value;

use crate::lesson::Need;
use crate::oci::Reference;

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The session was opened, or resumed.
    Opened,
    /// The learner typed a line (without its newline).
    Line(String),
    /// A command that the session asked for ([`Effect::Run`]) has run.
    Ran(Ran),
    /// References that the session asked for ([`Effect::Resolve`]) are frozen, or could not be; the text says why not.
    Resolved(Result<(), String>),
    /// Ctrl-C at the prompt or during a command.
    Interrupted,
    /// The input ended (Ctrl-D, end of the pipe).
    Left,
}

/// What came out of a command line.
#[derive(Debug, Clone, Default)]
pub struct Ran {
    /// The line as it was run.
    pub line: String,
    /// Standard output, whole.
    pub stdout: String,
    /// Standard error, whole.
    pub stderr: String,
    /// Exit status.
    pub status: i32,
}

/// What the session wants done, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Say something to the learner.
    Say {
        /// What kind of saying this is.
        tone: Tone,
        /// Markdown.
        text: String,
    },
    /// Run a line of docker commands and pipes, show its output as it comes, then report [`Event::Ran`].
    Run(String),
    /// Run a line and report [`Event::Ran`], without showing its output.
    RunQuietly(String),
    /// Find these out beforehand, for expressions that look at them. What cannot be found out cannot be checked later.
    Gather(Vec<Need>),
    /// Freeze these references, then report [`Event::Resolved`].
    Resolve(Vec<Reference>),
    /// Wait for the next line.
    Ask(Prompt),
    /// Append a record to the journal and sync it. The shell adds `seq` and `at`.
    Save(Value),
    /// Put the workspace into the start state of a lesson: these images, nothing else; then report [`Event::Ran`].
    Reset(Vec<Reference>),
    /// Keep the present state of the workspace under this name.
    Keep(String),
    /// Return to a snapshot, then report [`Event::Ran`]: status 0, or 1 where there is none of that name.
    Restore(String),
    /// The registry is as it was on this day, `2026-07-31`; the newest where absent. What was frozen stays frozen.
    Registry(Option<String>),
    /// The registry moves to this day; what was frozen is forgotten.
    Publish(Option<String>),
    /// Write a text to a file that the learner named; one that is there is left as it is.
    Write {
        /// The file, as it was typed.
        file: String,
        /// Markdown.
        text: String,
    },
    /// Draw a picture: `:layers redis postgres`, as it was typed.
    Draw(String),
    /// Show more of an output that was cut to the screen.
    More(Portion),
    /// The lesson or problem was completed.
    Finish,
    /// Leave to the menu, also where there was none before.
    Menu,
    /// Leave to the menu, or end.
    Leave,
}

/// How much more of an output is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portion {
    /// As much as fits on the screen.
    Screenful,
    /// All that is left.
    All,
}

/// What kind of saying something is; never a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// The title of a lesson or problem.
    Title,
    /// Explaining text.
    Prose,
    /// What is asked for now.
    Task,
    /// A right answer.
    Right,
    /// A wrong answer, with its reason.
    Wrong,
    /// The answer could not be read; no attempt counted.
    Unreadable,
    /// It cannot be checked now, and that is not the learner's fault.
    CannotCheck,
    /// A hint.
    Hint,
    /// Why it is so.
    Explain,
    /// A note beside a row of output.
    Note,
    /// The workbook speaks about itself: progress, help, resuming.
    Info,
}

/// What stands before the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Where one is, `naming 3/8` for example; the shell adds ` > `.
    pub place: String,
    /// Tutor words that mean something now, `:hint` for example, for completion and for a bare `:`.
    pub words: Vec<String>,
    /// Whether `Enter` alone goes on.
    pub enter_goes_on: bool,
}
