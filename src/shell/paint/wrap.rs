//! Words into lines of at most so many columns.

use unicode_width::UnicodeWidthStr;

use super::inline::{self, Span};
use super::theme::{Form, Ink, Part, Style};

/// What stands at the left: before the first line, and before the others.
pub(super) struct Margin {
    pub(super) first: String,
    pub(super) later: String,
}

impl Margin {
    pub(super) fn new(first: &str, later: &str) -> Self {
        Self { first: first.to_owned(), later: later.to_owned() }
    }

    /// Adds a marker to the first line and as many blanks to the others.
    pub(super) fn hang(&self, marker: &str) -> Self {
        Self {
            first: format!("{}{marker}", self.first),
            later: format!("{}{}", self.later, " ".repeat(marker.width())),
        }
    }

    /// Adds a bar to each line.
    pub(super) fn followed_by(&self, bar: &str) -> Self {
        Self { first: format!("{}{bar}", self.first), later: format!("{}{bar}", self.later) }
    }
}

/// Wraps a text with inline marks; each line ends with a newline.
pub(super) fn paragraph(text: &str, margin: &Margin, style: Style) -> String {
    compose(&inline::parse(text), margin, style)
}

/// Wraps a text that is strong as a whole.
pub(super) fn strong(text: &str, margin: &Margin, style: Style) -> String {
    let strengthen = |span: Span| match span.part {
        Part::Text => Span { part: Part::Strong, ..span },
        _ => span,
    };
    compose(&inline::parse(text).into_iter().map(strengthen).collect::<Vec<_>>(), margin, style)
}

fn compose(spans: &[Span], margin: &Margin, style: Style) -> String {
    let first = style.width.saturating_sub(visible_width(&margin.first));
    let later = style.width.saturating_sub(visible_width(&margin.later));
    let lines = lines(spans, first, later, style);
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let left = if number == 0 { &margin.first } else { &margin.later };
        text.push_str(format!("{left}{line}").trim_end());
        text.push('\n');
    }
    text
}

/// Breaks spans into lines of at most `first`, then `later` columns; a word that is longer has a line of its own.
pub(super) fn lines(spans: &[Span], first: usize, later: usize, style: Style) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in words(spans, later, style) {
        let room = if lines.len() == 1 { first } else { later };
        let gap = usize::from(used > 0 && word.gap == Gap::Blank);
        let line_is_full = used > 0 && word.gap != Gap::None && used + gap + word.width > room;
        if word.gap == Gap::Break || line_is_full {
            lines.push(String::new());
            used = 0;
        }
        let gap = usize::from(used > 0 && word.gap == Gap::Blank);
        if let Some(line) = lines.last_mut() {
            line.push_str(&" ".repeat(gap));
            line.push_str(&word.painted);
        }
        used += gap + word.width;
    }
    lines
}

/// What stands before a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Blank,
    Break,
}

struct Word {
    painted: String,
    width: usize,
    gap: Gap,
}

/// Cuts spans into words. Pieces without a blank between them (a code and its comma) are one word; code that fits
/// into a line stays together.
fn words(spans: &[Span], room: usize, style: Style) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut gap = Gap::None;
    let mut open = false;
    for span in spans {
        let dressed = dress(span, style);
        let keep = span.part == Part::Code && dressed.width() <= room;
        for piece in pieces(&dressed, keep) {
            match piece {
                Piece::Gap(found) => (gap, open) = (found, false),
                Piece::Word(text) => {
                    let (painted, width) = (style.paint(span.part, text), text.width());
                    match words.last_mut().filter(|_| open) {
                        Some(word) => {
                            word.painted.push_str(&painted);
                            word.width += width;
                        }
                        None => words.push(Word { painted, width, gap }),
                    }
                    (gap, open) = (Gap::None, true);
                }
            }
        }
    }
    words
}

enum Piece<'a> {
    Word(&'a str),
    Gap(Gap),
}

fn pieces(text: &str, keep: bool) -> Vec<Piece<'_>> {
    if keep {
        return vec![Piece::Word(text)];
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            let gap = if rest[..blank].contains('\n') { Gap::Break } else { Gap::Blank };
            pieces.push(Piece::Gap(gap));
            rest = &rest[blank..];
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            pieces.push(Piece::Word(&rest[..end]));
            rest = &rest[end..];
        }
    }
    pieces
}

/// Without ink, marks stay where they tell something that the words do not.
fn dress(span: &Span, style: Style) -> String {
    match (style.ink, style.form, span.part) {
        (Ink::None, _, Part::Code) if span.text.contains('`') => format!("`` {} ``", span.text),
        (Ink::None, _, Part::Code) => format!("`{}`", span.text),
        (Ink::None, Form::Drawn, Part::Strong | Part::Emphasis) => format!("*{}*", span.text),
        _ => span.text.clone(),
    }
}

/// Columns that a painted text takes.
pub(super) fn visible_width(painted: &str) -> usize {
    let mut width = 0;
    let mut rest = painted;
    while let Some((text, escape)) = rest.split_once('\u{1b}') {
        width += text.width();
        rest = escape.split_once('m').map_or("", |(_, rest)| rest);
    }
    width + rest.width()
}
