//! Texts with `$name`, `${expression}` and `$$`. `$(...)` and Docker's `{{...}}` stay as they are: they are taught.

use thiserror::Error;

/// A text in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    parts: Vec<Part>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
    Expression(String),
}

/// Why a text cannot be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum TemplateError {
    /// `${` without `}`.
    #[error("`${{` is never closed with `}}`")]
    Open,
}

impl Template {
    /// Takes a text apart. A `$` before anything else than a letter, `_`, `{` or `$` is a dollar.
    pub(super) fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            push_text(&mut parts, &rest[..at]);
            let after = &rest[at + 1..];
            if let Some(inner) = after.strip_prefix('{') {
                let end = end_of_expression(inner).ok_or(TemplateError::Open)?;
                parts.push(Part::Expression(inner[..end].to_owned()));
                rest = &inner[end + 1..];
            } else if let Some(inner) = after.strip_prefix('$') {
                push_text(&mut parts, "$");
                rest = inner;
            } else {
                let length = name_length(after);
                if length == 0 {
                    push_text(&mut parts, "$");
                } else {
                    parts.push(Part::Name(after[..length].to_owned()));
                }
                rest = &after[length..];
            }
        }
        push_text(&mut parts, rest);
        Ok(Self { parts })
    }

    /// Names that stand as `$name`.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Text(_) | Part::Expression(_) => None,
        })
    }

    /// Sources that stand as `${source}`.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Expression(source) => Some(source.as_str()),
            Part::Text(_) | Part::Name(_) => None,
        })
    }

    /// Puts the text together again; the first part that cannot be filled in ends it.
    pub(super) fn expand<E>(
        &self,
        name: impl Fn(&str) -> Result<String, E>,
        expression: impl Fn(&str) -> Result<String, E>,
    ) -> Result<String, E> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Ok(text.clone()),
                Part::Name(text) => name(text),
                Part::Expression(source) => expression(source),
            })
            .collect()
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

fn name_length(text: &str) -> usize {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return 0;
    }
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())
}

/// Where the `}` stands that closes an expression: braces in it count, those in its texts do not.
fn end_of_expression(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(at),
            (None, '}') => depth -= 1,
            (Some(_) | None, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let template = Template::parse(text).unwrap();
        let expanded = template.expand::<()>(|name| Ok(format!("<{name}>")), |source| Ok(format!("[{source}]")));
        assert_eq!(expanded.unwrap(), expected);
    }

    #[test]
    fn names_and_expressions_are_filled_in() {
        check("Pull `$image` now.", "Pull `<image>` now.");
        check("${layers_of(\"redis\")} layers", "[layers_of(\"redis\")] layers");
        check("${{\"a}\": 1}[\"a}\"]}", "[{\"a}\": 1}[\"a}\"]]");
    }

    #[test]
    fn what_the_course_teaches_stays() {
        check("docker rmi $(docker images -q)", "docker rmi $(docker images -q)");
        check("{{len .RootFS.Layers}}", "{{len .RootFS.Layers}}");
        check("5 $$ and $5", "5 $ and $5");
        check("$", "$");
    }

    #[test]
    fn an_open_expression_is_refused() {
        assert_eq!(Template::parse("${a"), Err(TemplateError::Open));
    }
}
