//! Blocks of the Markdown subset: headings, paragraphs, lists, quotations, tables, fenced lines.

/// One block. Inline marks are not yet read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// `# Heading`, of any level.
    Heading(String),
    /// Lines up to a blank one, joined by spaces; a line that ends with `\` or two spaces keeps its break.
    Paragraph(String),
    /// `- item` or `1. item`.
    Item {
        /// Levels of indentation.
        depth: usize,
        /// `-` or `1.`.
        marker: String,
        /// Its text.
        text: String,
    },
    /// `> quotation`.
    Quote(String),
    /// Rows between `|`.
    Table {
        /// The first row.
        head: Vec<String>,
        /// The others, each with as many cells as the head.
        rows: Vec<Vec<String>>,
    },
    /// Lines between fences, as they are.
    Fence(Vec<String>),
}

impl Block {
    /// Tells whether a block that follows goes on with the same list. Numbered items behind dashes, or dashes behind numbers,
    /// are another list, unless one of them is indented more.
    pub(super) fn is_of_one_list_with(&self, next: &Self) -> bool {
        let (Self::Item { depth, marker, .. }, Self::Item { depth: next_depth, marker: next_marker, .. }) =
            (self, next)
        else {
            return false;
        };
        depth != next_depth || (marker == "-") == (next_marker == "-")
    }
}

/// Reads a text. Everything is some block: what is not understood is a paragraph.
pub(super) fn parse(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let (block, taken) = next(&lines[at..]);
        blocks.extend(block);
        at += taken;
    }
    blocks
}

/// Reads the block at the beginning of `lines`; returns it with the number of lines that it takes.
fn next(lines: &[&str]) -> (Option<Block>, usize) {
    let line = lines[0];
    if line.trim().is_empty() {
        return (None, 1);
    }
    if let Some(mark) = fence_mark(line) {
        return fence(lines, mark);
    }
    if is_table(lines) {
        return table(lines);
    }
    if let Some(title) = heading(line) {
        return (Some(Block::Heading(title.to_owned())), 1);
    }
    if let Some((depth, marker, rest)) = item(line) {
        let (text, taken) = joined(rest, &lines[1..]);
        return (Some(Block::Item { depth, marker, text }), taken + 1);
    }
    if line.trim_start().starts_with('>') {
        let quoted: Vec<&str> = lines.iter().map_while(|line| line.trim_start().strip_prefix('>')).collect();
        let (text, _) = joined(quoted[0], &quoted[1..]);
        return (Some(Block::Quote(text)), quoted.len());
    }
    let (text, taken) = joined(line, &lines[1..]);
    (Some(Block::Paragraph(text)), taken + 1)
}

/// Joins a line with those that continue it.
fn joined(first: &str, rest: &[&str]) -> (String, usize) {
    let mut text = String::new();
    let mut last = first;
    let mut taken = 0;
    for line in rest {
        if starts_block(line) {
            break;
        }
        push(&mut text, last, true);
        (last, taken) = (line, taken + 1);
    }
    push(&mut text, last, false);
    (text, taken)
}

fn push(text: &mut String, line: &str, more: bool) {
    let hard = line.ends_with('\\') || line.ends_with("  ");
    text.push_str(line.trim().trim_end_matches('\\'));
    if more {
        text.push(if hard { '\n' } else { ' ' });
    }
}

fn starts_block(line: &str) -> bool {
    let bare = line.trim_start();
    bare.is_empty()
        || fence_mark(line).is_some()
        || heading(line).is_some()
        || item(line).is_some()
        || bare.starts_with('>')
        || bare.starts_with('|')
}

fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    ((1..=6).contains(&level) && rest.starts_with(' ')).then(|| rest.trim())
}

fn item(line: &str) -> Option<(usize, String, &str)> {
    let bare = line.trim_start();
    let depth = (line.len() - bare.len()) / 2;
    if let Some(rest) = bare.strip_prefix("- ").or_else(|| bare.strip_prefix("* ")) {
        return Some((depth, "-".to_owned(), rest));
    }
    let digits = bare.chars().take_while(char::is_ascii_digit).count();
    let rest = bare[digits..].strip_prefix(". ")?;
    (1..=3).contains(&digits).then(|| (depth, format!("{}.", &bare[..digits]), rest))
}

fn fence_mark(line: &str) -> Option<&'static str> {
    ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark))
}

fn fence(lines: &[&str], mark: &str) -> (Option<Block>, usize) {
    let body: Vec<&str> = lines[1..].iter().take_while(|line| !line.trim_start().starts_with(mark)).copied().collect();
    let indent = lines[0].len() - lines[0].trim_start().len();
    let cut = |line: &&str| {
        let blank = line.len() - line.trim_start_matches(' ').len();
        line[indent.min(blank)..].to_owned()
    };
    (Some(Block::Fence(body.iter().map(cut).collect())), (body.len() + 2).min(lines.len()))
}

/// A table is a row followed by a row of dashes.
fn is_table(lines: &[&str]) -> bool {
    let is_rule = |line: &&str| line.contains('-') && line.trim().chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
    lines[0].trim_start().starts_with('|') && lines.get(1).is_some_and(is_rule)
}

fn table(lines: &[&str]) -> (Option<Block>, usize) {
    let rows: Vec<Vec<String>> =
        lines.iter().take_while(|line| line.trim_start().starts_with('|')).map(|line| cells(line)).collect();
    let taken = rows.len();
    let mut rows = rows.into_iter();
    let head = rows.next().unwrap_or_default();
    let mut body: Vec<Vec<String>> = rows.skip(1).collect();
    for row in &mut body {
        row.resize(head.len(), String::new());
    }
    (Some(Block::Table { head, rows: body }), taken)
}

/// Splits a row at its bars; `\|` and a bar in code are text.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches('|');
    let mut cells = vec![String::new()];
    let mut in_code = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'|') => cells.last_mut().into_iter().for_each(|cell| cell.push('|')),
            '|' if !in_code => cells.push(String::new()),
            other => {
                in_code ^= other == '`';
                cells.last_mut().into_iter().for_each(|cell| cell.push(other));
            }
        }
        if c == '\\' && chars.peek() == Some(&'|') {
            chars.next();
        }
    }
    if cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}
