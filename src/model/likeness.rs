//! Recipes that say only what differs from another one: `like` and `change`.

use std::collections::BTreeMap;

use super::error::Problem;

/// Writes a text anew with other words. All are sought at once, the longest first, so what was put in is not sought again.
///
/// # Errors
/// A word that the text does not have.
pub(super) fn changed(text: &str, words: &BTreeMap<String, String>) -> Result<String, Problem> {
    let mut by_length: Vec<(&String, &String, bool)> = words.iter().map(|(from, to)| (from, to, false)).collect();
    by_length.sort_by_key(|(from, ..)| std::cmp::Reverse(from.len()));
    let mut new = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let found = by_length.iter_mut().find(|(from, ..)| !from.is_empty() && rest.starts_with(from.as_str()));
        rest = if let Some((from, to, seen)) = found {
            *seen = true;
            new.push_str(to);
            &rest[from.len()..]
        } else {
            new.push(first);
            &rest[first.len_utf8()..]
        };
    }
    match by_length.iter().find(|(.., seen)| !seen) {
        Some((from, ..)) => Err(Problem::Unchanged((*from).clone())),
        None => Ok(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, words: &[(&str, &str)], expected: Result<&str, &str>) {
        let words = words.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        let found = changed(text, &words);
        assert_eq!(found, expected.map(str::to_owned).map_err(|word| Problem::Unchanged(word.to_owned())));
    }

    #[test]
    fn what_was_put_in_is_not_sought_again() {
        check("a b ab", &[("a", "b"), ("b", "a")], Ok("b a ba"));
        check("3.11.15 of 3.11", &[("3.11", "3.10"), ("3.11.15", "3.10.20")], Ok("3.10.20 of 3.10"));
        check("ü 1", &[("1", "2")], Ok("ü 2"));
    }

    #[test]
    fn a_word_that_is_not_there_is_named() {
        check("a", &[("a", "b"), ("c", "d")], Err("c"));
        check("a", &[("", "b")], Err(""));
    }
}
