//! Here-documents: `<<WORD`, and the lines up to the word as a command's input.

use super::{Session, Written};
use crate::pipe::{Script, SyntaxError};

impl Session<'_> {
    /// What a here-document gives to its command: variables are replaced unless its word stood in quotes.
    pub(super) fn document_text(&mut self, document: &HereDocument, written: &mut Written) -> String {
        if document.is_quoted {
            return document.body.clone();
        }
        let quoted = document.body.replace('"', "\\\"");
        let word = Script::parse_with_variables(&format!("\"{quoted}\"")).ok();
        let word = word.and_then(|script| script.steps.first()?.commands.first()?.words.first().cloned());
        word.map_or_else(|| document.body.clone(), |word| self.expand_to_one(&word, written))
    }
}

/// `<<WORD` and the lines up to the word.
pub(super) struct HereDocument {
    /// The line without it.
    pub(super) line: String,
    /// The lines behind the word.
    pub(super) after: String,
    body: String,
    is_quoted: bool,
    pub(super) ended: bool,
}

/// Finds the first here-document of a text, with the lines before the one on which it begins. A line inside of quotes begins none.
pub(super) fn here_document(text: &str) -> Option<(&str, HereDocument)> {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    starts.into_iter().find_map(|start| {
        let document = on_first_line(&text[start..])?;
        let before = text[..start].trim_end_matches('\n');
        let is_open = matches!(
            Script::parse_with_variables(before),
            Err(SyntaxError::Quote { .. } | SyntaxError::Substitution { .. })
        );
        (!is_open).then_some((before, document))
    })
}

/// Finds the here-document of a text's first line, outside of quotes.
fn on_first_line(text: &str) -> Option<HereDocument> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut quote = None;
    let at = first.char_indices().find_map(|(at, c)| {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '\'' | '"') => quote = Some(c),
            None if first[at..].starts_with("<<") && !first[at..].starts_with("<<<") => return Some(at),
            Some(_) | None => {}
        }
        None
    })?;
    let behind = &first[at + 2..];
    let (indented, behind) = behind.strip_prefix('-').map_or((false, behind), |behind| (true, behind));
    let behind = behind.trim_start();
    let end = behind.find(|c: char| c.is_whitespace() || matches!(c, '|' | ';' | '>' | '&')).unwrap_or(behind.len());
    let word = behind[..end].trim_matches(['\'', '"']);
    if word.is_empty() {
        return None;
    }
    let mut document = HereDocument {
        line: format!("{}{}", &first[..at], &behind[end..]),
        after: String::new(),
        body: String::new(),
        is_quoted: word.len() < end,
        ended: false,
    };
    let mut lines = rest.lines();
    for line in lines.by_ref() {
        let line = if indented { line.trim_start_matches('\t') } else { line };
        if line == word {
            document.ended = true;
            break;
        }
        document.body += line;
        document.body.push('\n');
    }
    document.after = lines.collect::<Vec<_>>().join("\n");
    if Session::is_incomplete(&document.line) {
        // What begins on its line goes on behind it.
        document.line = format!("{}\n{}", document.line, std::mem::take(&mut document.after));
    }
    Some(document)
}
