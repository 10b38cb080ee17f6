//! Readers of what is chosen, ordered or grouped: by letters, by numbers, or in words.

use std::collections::BTreeSet;

use super::value::Choice;

/// Letter of the option at a place.
pub fn letter(at: usize) -> char {
    char::from(b'a' + u8::try_from(at.min(25)).unwrap_or(25))
}

/// By letter, by number from 1, or by text.
pub(super) fn pick(options: &[Choice], text: &str) -> Option<usize> {
    let texts: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
    pick_text(&texts, text)
}

fn pick_text(options: &[&str], text: &str) -> Option<usize> {
    let plain = |text: &str| text.trim().trim_end_matches('.').replace('`', "").to_lowercase();
    let wanted = without_opinion(&plain(text)).to_owned();
    if let Some(at) = options.iter().position(|option| plain(option) == wanted) {
        return Some(at);
    }
    let label = wanted.trim_matches(['(', ')', '.', ':']);
    let by_letter = (0..options.len()).find(|at| label.len() == 1 && label.starts_with(letter(*at)));
    let by_number = label.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    if let Some(at) = by_letter.or(by_number.filter(|at| *at < options.len())) {
        return Some(at);
    }
    let mut begun = options.iter().enumerate().filter(|(_, option)| begins(&plain(option), &wanted));
    match (begun.next(), begun.next()) {
        (Some((at, _)), None) => Some(at),
        (Some(_), Some(_)) => None,
        (None, _) => by_words(options, &wanted),
    }
}

/// Whether an option begins with what was typed. A name or a number that goes on is another one: `16.15` is not `16.15-bookworm`.
fn begins(option: &str, wanted: &str) -> bool {
    let goes_on = |rest: &str| {
        let joined = rest.strip_prefix(['-', '.']).unwrap_or_default();
        joined.starts_with(char::is_alphanumeric) || rest.starts_with(|c: char| c.is_ascii_digit())
    };
    wanted.len() > 1 && option.strip_prefix(wanted).is_some_and(|rest| !goes_on(rest))
}

/// `I think b` is `b`.
fn without_opinion(text: &str) -> &str {
    const BEGINS: &[&str] =
        &["i think ", "i guess ", "i'd say ", "i would say ", "maybe ", "probably ", "it's ", "it is "];
    let rest = BEGINS.iter().find_map(|begin| text.strip_prefix(begin)).unwrap_or(text);
    let rest = rest.strip_prefix("that ").unwrap_or(rest);
    let is_label = |rest: &str| rest.trim_matches(['(', ')', '.', ':']).chars().count() == 1;
    let labelled = ["answer ", "option ", "it is ", "it's "].iter().find_map(|begin| rest.strip_prefix(begin));
    labelled.filter(|rest| is_label(rest)).unwrap_or(rest).trim()
}

/// By whole words that stand together in one option and in no other; small words before them do not matter.
fn by_words(options: &[&str], wanted: &str) -> Option<usize> {
    const SMALL: &[&str] = &["a", "an", "the", "it", "is", "it's", "in", "by", "on", "as"];
    const SHORTEST: usize = 3;
    let words = |text: &str| {
        let words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '-' | '_' | '.' | '/' | ':'));
        let words = words.map(|word| word.trim_matches(['.', ':', '\'']).to_lowercase());
        words.filter(|word| !word.is_empty()).collect::<Vec<String>>()
    };
    let telling = |text: &str| -> Vec<String> {
        words(text).into_iter().skip_while(|word| SMALL.contains(&word.as_str())).collect()
    };
    let wanted = telling(wanted);
    if wanted.iter().map(String::len).sum::<usize>() < SHORTEST {
        return None;
    }
    // One word may be about anything, unless the option begins with it, or it is a number or a tag.
    let holds = |option: &&str| match wanted.as_slice() {
        [only] => telling(option).first() == Some(only) || words(option).iter().any(|word| is_numbered(word, only)),
        several => words(option).windows(several.len()).any(|run| run == several),
    };
    let mut found = options.iter().enumerate().filter(|(_, option)| holds(option));
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Some(at),
        _ => None,
    }
}

/// Whether a word with digits is this word of an option: `1.0` is `v1.0`, and `20-slim` is `node:20-slim`.
fn is_numbered(word: &str, typed: &str) -> bool {
    let tag = word.rsplit_once(':').map_or(word, |(_, tag)| tag);
    typed.contains(|c: char| c.is_ascii_digit()) && (tag == typed || tag.strip_prefix('v') == Some(typed))
}

pub(super) fn picks(options: &[Choice], text: &str) -> Option<BTreeSet<usize>> {
    let texts: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
    if matches!(text.to_lowercase().as_str(), "all" | "all of them") {
        return Some((0..options.len()).collect());
    }
    places(&texts, text).map(|places| places.into_iter().collect())
}

pub(super) fn order(items: &[String], text: &str) -> Option<Vec<usize>> {
    let texts: Vec<&str> = items.iter().map(String::as_str).collect();
    let places = places(&texts, text)?;
    let different: BTreeSet<usize> = places.iter().copied().collect();
    (places.len() == items.len() && different.len() == items.len()).then_some(places)
}

pub(super) fn grouping(items: &[String], groups: &[String], text: &str) -> Option<Vec<usize>> {
    let texts: Vec<&str> = groups.iter().map(String::as_str).collect();
    if let Some(places) = numbered(items.len(), &texts, text) {
        return Some(places);
    }
    places(&texts, text).filter(|places| places.len() == items.len())
}

/// `1a 2c 3b`, `1-a, 2-c`, `1=c 2=d`: each item's number with a group, in any order.
fn numbered(items: usize, groups: &[&str], text: &str) -> Option<Vec<usize>> {
    let text = text.replace("->", "-").replace('→', "-");
    // Where a number begins, its pair does.
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut before = ' ';
    for character in text.chars() {
        if character.is_ascii_digit() && !before.is_ascii_digit() && !before.is_alphabetic() {
            pairs.push((String::new(), String::new()));
        }
        let (number, group) = pairs.last_mut()?;
        if character.is_ascii_digit() && group.is_empty() {
            number.push(character);
        } else {
            group.push(character);
        }
        before = character;
    }
    let mut found: Vec<Option<usize>> = vec![None; items];
    for (number, group) in &pairs {
        let group =
            group.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '=' | ':' | '.' | ')' | ',' | ';'));
        let at = groups.iter().position(|known| known.eq_ignore_ascii_case(group));
        let at = at.or_else(|| {
            let mut letters = group.chars();
            let only = letters.next().filter(|_| letters.next().is_none())?.to_ascii_lowercase();
            (0..groups.len()).find(|at| letter(*at) == only)
        })?;
        let place = found.get_mut(number.parse::<usize>().ok()?.checked_sub(1)?)?;
        if place.replace(at).is_some() {
            return None;
        }
    }
    found.into_iter().collect()
}

/// Several places: between commas, `<` or arrows, else between blanks, else letter by letter. `and` and `then` join.
fn places(options: &[&str], text: &str) -> Option<Vec<usize>> {
    let text = &text.replace("->", ",").replace(['→', '&'], ",").replace(" then ", ",").replace(" and ", ",");
    let split = |separators: &[char]| -> Option<Vec<usize>> {
        text.split(separators)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| pick_text(options, part))
            .collect()
    };
    let letters = || -> Option<Vec<usize>> {
        text.chars().filter(|c| !c.is_whitespace()).map(|c| pick_text(options, &c.to_string())).collect()
    };
    let found = split(&[',', '<', ';']).or_else(|| split(&[',', '<', ';', ' '])).or_else(letters)?;
    (!found.is_empty()).then_some(found)
}

/// Letters for an example of a grouping: as many as there are items.
pub(super) fn example(items: usize, groups: usize) -> String {
    let letters: Vec<String> = (0..items).map(|at| letter((at + 1) % groups.max(1)).to_string()).collect();
    letters.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_known_by_words_that_no_other_has() {
        let options =
            ["Kernel, the program that runs all others", "No. It asks several places", "In layer 1, below the files"];
        let check = |typed: &str, expected: Option<usize>| assert_eq!(pick_text(&options, typed), expected, "{typed}");
        check("a kernel", Some(0));
        check("several places", Some(1));
        check("layer 1", Some(2));
        check("no", Some(1));
        check("the", None);
        check("layer", Some(2));
        check("I think b", Some(1));
        check("I think it is c)", Some(2));
        check("the kernel the program that runs all others", Some(0));
        check("ker", Some(0));
        check("ernel", None);
        check("a program that asks", None);
        check("", None);
    }

    #[test]
    fn an_article_and_a_comma_make_no_other_option() {
        let options = ["A pull, and then bash", "An error: the image is not here", "Port, a part of the address"];
        let check = |typed: &str, expected: Option<usize>| assert_eq!(pick_text(&options, typed), expected, "{typed}");
        check("A pull and then bash", Some(0));
        check("pull and then bash", Some(0));
        check("an error, the image is not here", Some(1));
        check("a port", Some(2));
        check("I think a port", Some(2));
        check("a", Some(0));
    }

    #[test]
    fn a_grouping_may_be_numbered() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let (items, groups) = (texts(&["one", "two", "three"]), texts(&["image", "layer", "tag"]));
        let check = |typed: &str, expected: Option<&[usize]>| {
            assert_eq!(grouping(&items, &groups, typed).as_deref(), expected, "{typed}");
        };
        check("1a 2c 3b", Some(&[0, 2, 1]));
        check("1-a, 2-c, 3-b", Some(&[0, 2, 1]));
        check("1=c 2=c 3=A", Some(&[2, 2, 0]));
        check("3: layer, 1: image, 2: tag", Some(&[0, 2, 1]));
        check("1 -> a; 2 -> b; 3 -> c", Some(&[0, 1, 2]));
        check("1)a 2)b 3)c", Some(&[0, 1, 2]));
        check("a c b", Some(&[0, 2, 1]));
        check("1 3 2", Some(&[0, 2, 1]));
        check("1a 2b", None);
        check("1a 1b 2c", None);
        check("1a 2b 4c", None);
        check("1a 2z 3b", None);
        assert_eq!(example(4, 3), "b c a b");
    }

    #[test]
    fn a_number_or_a_tag_names_an_option() {
        let texts = ["Still 1.31.3", "`16.15-bookworm`", "`node:20`", "`node:20-slim`", "v1.0"];
        let check = |typed: &str, at: Option<usize>| assert_eq!(pick_text(&texts, typed), at, "{typed}");
        check("1.31.3", Some(0));
        check("20-slim", Some(3));
        check("node:20", Some(2));
        check("1.0", Some(4));
        // Another name than the one that goes on.
        check("16.15", None);
        check("node", None);
        check("slim", None);
    }

    #[test]
    fn an_option_has_a_letter_a_number_and_a_text() {
        let texts = ["More lines", "As many", "Fewer"];
        let check = |typed: &str, at: Option<usize>| assert_eq!(pick_text(&texts, typed), at, "{typed}");
        check("a", Some(0));
        check("B)", Some(1));
        check("3", Some(2));
        check("fewer", Some(2));
        check("more", Some(0));
        check("4", None);
        check("d", None);
        check("x", None);
    }
}
