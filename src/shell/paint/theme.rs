//! Signs, words and colours.

use owo_colors::{OwoColorize, Style as Colour};

use crate::tutor::Tone;

/// How texts look on one terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns that a line may take, at most.
    pub width: usize,
    /// Whether there are colours.
    pub ink: Ink,
    /// Drawn or linear.
    pub form: Form,
}

/// Whether there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// ANSI colours and weights.
    Colour,
    /// None: emphasis and code keep their marks.
    None,
}

/// Whether lines and signs are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Rules, bars and signs; the output of a pull may be redrawn.
    Drawn,
    /// Words one after the other, for screen readers.
    Linear,
}

/// What a piece of text is, as far as its look goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Text,
    Strong,
    Emphasis,
    Code,
    Fence,
    Place,
    Sign,
    Quiet,
    Good,
    Bad,
    Doubtful,
    Help,
}

impl Style {
    /// Dresses a text; without ink it stays as it is.
    pub(super) fn paint(self, part: Part, text: &str) -> String {
        match (self.ink, colour(part)) {
            (Ink::Colour, Some(colour)) if !text.is_empty() => text.style(colour).to_string(),
            (Ink::Colour | Ink::None, _) => text.to_owned(),
        }
    }
}

fn colour(part: Part) -> Option<Colour> {
    let plain = Colour::new();
    match part {
        Part::Text | Part::Fence => None,
        Part::Strong => Some(plain.bold()),
        Part::Emphasis => Some(plain.italic()),
        Part::Code | Part::Help => Some(plain.cyan()),
        Part::Quiet => Some(plain.dimmed()),
        Part::Place => Some(plain.blue().bold()),
        Part::Sign => Some(plain.blue()),
        Part::Good => Some(plain.green().bold()),
        Part::Bad => Some(plain.red().bold()),
        Part::Doubtful => Some(plain.yellow().bold()),
    }
}

/// What stands at the left of a saying: before its first line, and before the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lead {
    pub(super) first: String,
    pub(super) later: String,
}

/// Returns the sign of a tone, or its word in the linear form, unless the text begins with that word anyway.
pub(super) fn lead(tone: Tone, text: &str, style: Style) -> Lead {
    let (part, sign, word) = match tone {
        Tone::Title | Tone::Prose => (Part::Text, "", ""),
        Tone::Task => (Part::Sign, "▸ ", "Task: "),
        Tone::Right => (Part::Good, "✓ ", "Right: "),
        Tone::Wrong => (Part::Bad, "✗ ", "Wrong: "),
        Tone::Unreadable => (Part::Doubtful, "? ", "Not understood: "),
        Tone::CannotCheck => (Part::Doubtful, "! ", "Cannot be checked: "),
        Tone::Hint => (Part::Help, "Hint: ", "Hint: "),
        Tone::Explain => (Part::Quiet, "│ ", "Explanation: "),
        Tone::Note => (Part::Quiet, "← ", "Note: "),
        Tone::Info => (Part::Quiet, "· ", "layerbook: "),
    };
    match (style.form, tone) {
        (Form::Linear, _) if text.starts_with(word.trim_end_matches(": ")) => {
            Lead { first: String::new(), later: String::new() }
        }
        (Form::Linear, _) => Lead { first: word.to_owned(), later: String::new() },
        (Form::Drawn, Tone::Explain) => {
            let bar = style.paint(part, sign);
            Lead { first: bar.clone(), later: bar }
        }
        (Form::Drawn, _) => {
            let blank = " ".repeat(sign.chars().count());
            Lead { first: style.paint(part, sign), later: blank }
        }
    }
}

/// Returns what stands before each line of a quotation.
pub(super) fn quote_bar(form: Form) -> &'static str {
    match form {
        Form::Drawn => "│ ",
        Form::Linear => "> ",
    }
}
