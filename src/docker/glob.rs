//! Go's `path.Match`, which `--filter reference=` uses: `*` and `?` stop at `/`, and a bad pattern is an error even
//! where the text has ended before.

/// The pattern is malformed; the words are Go's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub(super) struct BadPattern;

/// Tells whether the pattern matches the whole text.
pub(super) fn matches(pattern: &str, text: &str) -> Result<bool, BadPattern> {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    match_all(&pattern, &text)
}

fn match_all(mut pattern: &[char], mut text: &[char]) -> Result<bool, BadPattern> {
    while !pattern.is_empty() {
        let (star, chunk, rest) = split(pattern);
        if star && chunk.is_empty() {
            return Ok(!text.contains(&'/'));
        }
        match find(star, chunk, text, rest.is_empty())? {
            Some(after) => text = after,
            None => return check_rest(rest).map(|()| false),
        }
        pattern = rest;
    }
    Ok(text.is_empty())
}

/// Finds the chunk at the beginning of the text, or behind what a star may swallow. The last chunk must end the text.
fn find<'a>(star: bool, chunk: &[char], text: &'a [char], last: bool) -> Result<Option<&'a [char]>, BadPattern> {
    let reach = if star { text.iter().take_while(|c| **c != '/').count() } else { 0 };
    for skipped in 0..=reach {
        if let Some(after) = match_chunk(chunk, &text[skipped..])?
            && (after.is_empty() || !last)
        {
            return Ok(Some(after));
        }
    }
    Ok(None)
}

fn check_rest(mut pattern: &[char]) -> Result<(), BadPattern> {
    while !pattern.is_empty() {
        let (_, chunk, rest) = split(pattern);
        match_chunk(chunk, &[])?;
        pattern = rest;
    }
    Ok(())
}

/// Splits off leading stars and what stands before the next star.
fn split(pattern: &[char]) -> (bool, &[char], &[char]) {
    let stars = pattern.iter().take_while(|c| **c == '*').count();
    let body = &pattern[stars..];
    let (mut at, mut in_class) = (0, false);
    while let Some(c) = body.get(at) {
        match c {
            '\\' => at += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '*' if !in_class => break,
            _ => {}
        }
        at += 1;
    }
    let at = at.min(body.len());
    (stars > 0, &body[..at], &body[at..])
}

/// Matches a chunk without stars at the beginning of the text and returns what is left. Reads the chunk to its end
/// in any case, to find out whether it is well formed.
fn match_chunk<'a>(mut chunk: &[char], mut text: &'a [char]) -> Result<Option<&'a [char]>, BadPattern> {
    let mut failed = false;
    while let Some((first, rest)) = chunk.split_first() {
        failed |= text.is_empty();
        let c = if failed { None } else { text.first().copied() };
        let fits = match first {
            '[' => {
                let (fits, after) = match_class(rest, c)?;
                chunk = after;
                fits
            }
            '?' => {
                chunk = rest;
                c != Some('/')
            }
            '\\' => {
                let (literal, after) = rest.split_first().ok_or(BadPattern)?;
                chunk = after;
                c == Some(*literal)
            }
            literal => {
                chunk = rest;
                c == Some(*literal)
            }
        };
        failed |= !fits;
        if !failed {
            text = &text[1..];
        }
    }
    Ok((!failed).then_some(text))
}

/// Reads a class behind its `[`.
fn match_class(mut class: &[char], c: Option<char>) -> Result<(bool, &[char]), BadPattern> {
    let negated = class.first() == Some(&'^');
    if negated {
        class = &class[1..];
    }
    let mut found = false;
    let mut ranges = 0;
    while ranges == 0 || class.first() != Some(&']') {
        let (low, rest) = class_char(class)?;
        class = rest;
        let mut high = low;
        if class.first() == Some(&'-') {
            (high, class) = class_char(&class[1..])?;
        }
        found |= c.is_some_and(|c| (low..=high).contains(&c));
        ranges += 1;
    }
    Ok((found != negated, &class[1..]))
}

fn class_char(class: &[char]) -> Result<(char, &[char]), BadPattern> {
    let (c, rest) = match class.split_first() {
        None | Some(('-' | ']', _)) => return Err(BadPattern),
        Some(('\\', rest)) => rest.split_first().ok_or(BadPattern)?,
        Some(split) => split,
    };
    // A class that ends the pattern is not closed.
    if rest.is_empty() { Err(BadPattern) } else { Ok((*c, rest)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(matches(pattern, text), Ok(expected), "{pattern} {text}");
    }

    #[test]
    fn stars_and_question_marks_stop_at_a_slash() {
        check("abc", "abc", true);
        check("*", "abc", true);
        check("*", "a/b", false);
        check("re*", "redis:latest", true);
        check("re*", "library/redis", false);
        check("*/redis", "library/redis", true);
        check("a*b*c*d*e*/f", "axbxcxdxe/f", true);
        check("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false);
        check("a?b", "a/b", false);
        check("a?b", "a☺b", true);
        check("a*", "ab/c", false);
        check("**x", "ax", true);
        check("", "", true);
        check("", "x", false);
    }

    #[test]
    fn classes_have_ranges_and_can_be_negated() {
        check("ab[c]", "abc", true);
        check("ab[b-d]", "abc", true);
        check("ab[e-g]", "abc", false);
        check("ab[^c]", "abc", false);
        check("ab[^e-g]", "abc", true);
        check(r"a\*b", "a*b", true);
        check(r"[\-x]", "-", true);
        check("[*]x", "*x", true);
    }

    #[test]
    fn a_bad_pattern_is_found_even_behind_a_mismatch() {
        for pattern in ["[", "[a", "[]a]", "[-]", "[x-]", "[^", "[^bc", "a[", "a\\", "x*["] {
            assert_eq!(matches(pattern, "a"), Err(BadPattern), "{pattern}");
        }
    }
}
