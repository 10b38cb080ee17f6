//! Words of a Dockerfile's instructions: quotes, backslashes and variables (moby/buildkit, frontend/dockerfile/shell and parser).

/// The variables that words may name, as `NAME=value`.
pub(super) type Env<'a> = &'a [String];

/// Removes quotes and backslashes, and puts the values of variables in.
///
/// # Errors
/// A quote or a brace that is never closed, in the daemon's words.
pub(super) fn expand(word: &str, env: Env<'_>) -> Result<String, String> {
    let failed = |reason: &str| format!("failed to process {word:?}: {reason}");
    let unclosed =
        |quote: &str| failed(&format!("unexpected end of statement while looking for matching {quote}-quote"));
    let (mut text, mut rest, mut quoted) = (String::new(), word, false);
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\'' if !quoted => {
                let (inner, after) = rest.split_once('\'').ok_or_else(|| unclosed("single"))?;
                text += inner;
                rest = after;
            }
            '"' => quoted = !quoted,
            '\\' => {
                let next = rest.chars().next();
                rest = &rest[next.map_or(0, char::len_utf8)..];
                if quoted && !matches!(next, Some('"' | '$' | '\\')) {
                    text.push(c);
                }
                text.extend(next);
            }
            '$' => {
                let (value, used) = variable(rest, env).map_err(|reason| failed(&reason))?;
                text += &value;
                rest = &rest[used..];
            }
            c => text.push(c),
        }
    }
    if quoted { Err(unclosed("double")) } else { Ok(text) }
}

/// Reads what stands behind a dollar sign; returns the value, and how many bytes it took.
fn variable(text: &str, env: Env<'_>) -> Result<(String, usize), String> {
    let lookup = |name: &str| {
        let pairs = env.iter().rev().filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if let Some(inner) = text.strip_prefix('{') {
        let end = inner.find('}').ok_or("syntax error: missing '}'")?;
        let inner = &inner[..end];
        let (name, rule) = inner.split_at(inner.find(|c| !is_name(c)).unwrap_or(inner.len()));
        let held = lookup(name);
        let is_set = held.as_ref().is_some_and(|value| !value.is_empty());
        let value = match rule.split_at_checked(2) {
            Some((":-", word)) if !is_set => expand(word, env)?,
            Some((":+", word)) => {
                if is_set {
                    expand(word, env)?
                } else {
                    String::new()
                }
            }
            Some((":-", _)) | None if rule.is_empty() || rule.starts_with(':') => held.unwrap_or_default(),
            _ => return Err(format!("unsupported modifier ({rule}) in substitution")),
        };
        return Ok((value, end + 2));
    }
    let name = &text[..text.find(|c| !is_name(c)).unwrap_or(text.len())];
    if name.is_empty() { Ok(("$".to_owned(), 0)) } else { Ok((lookup(name).unwrap_or_default(), name.len())) }
}

/// Parts a line at blanks that stand in no quotes; quotes and backslashes stay.
pub(super) fn split(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut letters = text.trim().chars();
    while let Some(c) = letters.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => {
                word.push(c);
                word.extend(letters.next());
            }
            (c, Some(open)) => {
                word.push(c);
                quote = Some(open).filter(|open| *open != c);
            }
            (c @ ('"' | '\''), None) => {
                word.push(c);
                quote = Some(c);
            }
            (c, None) if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (c, None) => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, expected: Result<&str, &str>) {
        let env = ["A=1", "P=/x:/y"].map(str::to_owned);
        assert_eq!(expand(word, &env).as_deref().map_err(String::as_str), expected, "{word}");
    }

    #[test]
    fn variables_are_put_in_but_not_in_single_quotes() {
        check("$A-${P}", Ok("1-/x:/y"));
        check("\"$P\"'$P'", Ok("/x:/y$P"));
        check("${NO:-d}${A:-d}${A:+yes}${NO:+yes}$NO", Ok("d1yes"));
        check("a\\ b\\$A", Ok("a b$A"));
        check("$", Ok("$"));
        check("\"a$A b\"c", Ok("a1 bc"));
    }

    #[test]
    fn what_is_never_closed_is_told() {
        let double = "failed to process \"\\\"x\": unexpected end of statement while looking for matching double-quote";
        check("\"x", Err(double));
        check("${A", Err("failed to process \"${A\": syntax error: missing '}'"));
    }

    #[test]
    fn blanks_in_quotes_part_nothing() {
        assert_eq!(split("A=1 B=\"x y\" C='p q' D=a\\ b"), ["A=1", "B=\"x y\"", "C='p q'", "D=a\\ b"]);
    }
}
