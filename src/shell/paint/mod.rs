//! How texts look: the tone of a saying and a subset of Markdown become lines of a terminal. The only place that
//! knows colours. Each tone has a sign, or in the linear form a word, so nothing is said by colour alone; what a text
//! brings of control characters is made visible and harmless.

mod block;
mod inline;
mod table;
mod theme;
mod typed;
mod wrap;

pub use theme::{Form, Ink, Style};

use block::Block;
use theme::Part;
use wrap::Margin;

use crate::tutor::Tone;

/// Turns sayings into text for one terminal.
#[derive(Debug, Clone, Copy)]
pub struct Painter {
    style: Style,
    /// Tells the columns of a terminal whose size changes.
    columns: Option<fn() -> usize>,
}

impl Painter {
    /// Makes a painter of that style.
    pub fn new(style: Style) -> Self {
        Self { style, columns: None }
    }

    /// Paints no wider than the terminal is at that moment.
    #[must_use]
    pub fn within(self, columns: fn() -> usize) -> Self {
        Self { columns: Some(columns), ..self }
    }

    /// Paints a saying: whole lines, each with its newline; nothing for an empty text.
    pub fn say(&self, tone: Tone, text: &str) -> String {
        let lead = theme::lead(tone, text, self.style);
        match tone {
            Tone::Title => self.title(text),
            Tone::Prose
            | Tone::Task
            | Tone::Right
            | Tone::Wrong
            | Tone::Unreadable
            | Tone::CannotCheck
            | Tone::Hint
            | Tone::Explain
            | Tone::Note
            | Tone::Info => self.blocks(text, &lead),
        }
    }

    /// Tells whether a saying stands off from what is above it by a blank line.
    pub fn stands_off(tone: Tone) -> bool {
        match tone {
            Tone::Title | Tone::Prose | Tone::Task | Tone::Explain | Tone::Note => true,
            Tone::Right | Tone::Wrong | Tone::Unreadable | Tone::CannotCheck | Tone::Hint | Tone::Info => false,
        }
    }

    /// Paints what stands before the cursor: `naming 3/8 > `.
    pub fn prompt(&self, place: &str) -> String {
        format!("{}{} ", self.style.paint(Part::Place, &neutral(place)), self.style.paint(Part::Sign, " >"))
    }

    /// Paints a command that the workbook runs by itself.
    pub fn command(&self, line: &str) -> String {
        format!("{}{}\n", self.style.paint(Part::Quiet, "$ "), self.style.paint(Part::Code, &neutral(line)))
    }

    /// Paints advice: `layerbook: ` and Markdown.
    pub fn advice(&self, text: &str) -> String {
        let first = self.style.paint(Part::Help, "layerbook: ");
        self.blocks(text, &theme::Lead { first, later: String::new() })
    }

    /// Paints the word about an output of which so many lines were cut.
    pub(super) fn cut(&self, lines: usize) -> String {
        let (noun, them) = if lines == 1 { ("line", "it") } else { ("lines", "them") };
        let quiet = |text: &str| self.style.paint(Part::Quiet, text);
        let word = self.style.paint(Part::Code, ":more");
        format!("{}{word}{}\n", quiet(&format!("... {lines} more {noun}, ")), quiet(&format!(" shows {them}")))
    }

    /// Paints a line while it is typed; its width stays the same.
    pub(super) fn typed(&self, line: &str) -> String {
        typed::pieces(line).into_iter().map(|(part, text)| self.style.paint(part, text)).collect()
    }

    /// Paints text that is not Markdown in the look of a part of lesser weight.
    pub fn quiet(&self, text: &str) -> String {
        self.style.paint(Part::Quiet, text)
    }

    /// Returns the style.
    pub fn style(&self) -> Style {
        let room = self.columns.map_or(usize::MAX, |columns| columns());
        Style { width: self.style.width.min(room), ..self.style }
    }

    fn title(&self, text: &str) -> String {
        let text = neutral(text.trim());
        let rule = match self.style.form {
            Form::Drawn => "─".repeat(unicode_width::UnicodeWidthStr::width(text.as_str()).min(self.style().width)),
            Form::Linear => return format!("{text}\n"),
        };
        format!("{}\n{}\n", self.style.paint(Part::Strong, &text), self.style.paint(Part::Quiet, &rule))
    }

    fn blocks(&self, text: &str, lead: &theme::Lead) -> String {
        let mut painted = String::new();
        let mut before: Option<Block> = None;
        for block in block::parse(&neutral(text)) {
            if before.as_ref().is_some_and(|before| !before.is_of_one_list_with(&block)) {
                painted.push_str(lead.later.trim_end());
                painted.push('\n');
            }
            let first = if before.is_none() { &lead.first } else { &lead.later };
            painted.push_str(&self.block(&block, &Margin::new(first, &lead.later)));
            before = Some(block);
        }
        painted
    }

    fn block(&self, block: &Block, margin: &Margin) -> String {
        match block {
            Block::Heading(text) => wrap::strong(text, margin, self.style()),
            Block::Paragraph(text) => wrap::paragraph(text, margin, self.style()),
            Block::Item { depth, marker, text } => {
                let marker = format!("{}{marker} ", "  ".repeat(*depth));
                wrap::paragraph(text, &margin.hang(&marker), self.style())
            }
            Block::Quote(text) => {
                let bar = theme::quote_bar(self.style.form);
                wrap::paragraph(text, &margin.followed_by(bar), self.style())
            }
            Block::Table { head, rows } => table::paint(head, rows, margin, self.style()),
            Block::Fence(lines) => fence(lines, margin, self.style()),
        }
    }
}

/// Lines of a diagram or a transcript: never wrapped, since their columns mean something.
fn fence(lines: &[String], margin: &Margin, style: Style) -> String {
    let line = |(number, line): (usize, &String)| {
        let margin = if number == 0 { &margin.first } else { &margin.later };
        let text = format!("{margin}  {}", style.paint(Part::Fence, line));
        format!("{}\n", text.trim_end())
    };
    lines.iter().enumerate().map(line).collect()
}

/// Makes control characters and characters that reorder text visible and harmless. Line breaks stay, a tab becomes
/// four spaces.
pub(super) fn neutral(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' => safe.push(c),
            '\t' => safe.push_str("    "),
            '\u{7f}' => safe.push('\u{2421}'),
            '\u{0}'..='\u{1f}' => safe.extend(char::from_u32(0x2400 + u32::from(c))),
            '\u{80}'..='\u{9f}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests;
