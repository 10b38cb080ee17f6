//! Reading numbers: digits with separators, words, sizes with units.

/// Reads a whole number: `1,234`, `1 234`, `1_234`, `seven`, `twenty-one`, `a hundred and seven`; words after it may say of
/// what (`7 layers`), and words before it that it is one (`it is 7`, `only 7`).
pub(super) fn count(text: &str) -> Option<u64> {
    let text = bare(text);
    digits(&text).or_else(|| words(&text)).or_else(|| with_noun(&text))
}

/// `7 layers`, `seven of them`: up to three words behind the number, none of which takes it back or adds another.
fn with_noun(text: &str) -> Option<u64> {
    let starts = text.match_indices(' ').map(|(at, _)| at).rev().take(3);
    let is_noun = |word: &str| {
        word.chars().all(char::is_alphabetic) && words(word).is_none() && !matches!(word, "and" | "or" | "to" | "not")
    };
    let mut found = starts.filter(|at| text[*at..].split_whitespace().all(is_noun));
    found.find_map(|at| digits(&text[..at]).or_else(|| words(&text[..at])))
}

fn digits(text: &str) -> Option<u64> {
    let well_grouped = || {
        let mut groups = text.split([',', ' ', '_', '\'', '.']);
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
    };
    let plain = text.bytes().all(|b| b.is_ascii_digit());
    if text.is_empty() || !(plain || well_grouped()) {
        return None;
    }
    text.chars().filter(|c| !matches!(c, ',' | ' ' | '_' | '\'' | '.')).collect::<String>().parse().ok()
}

const SMALL: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// Number words below a thousand.
fn words(text: &str) -> Option<u64> {
    match text {
        "none" | "no" | "nothing" => return Some(0),
        "a dozen" => return Some(12),
        _ => {}
    }
    let mut sum = 0;
    let mut smallest = u64::MAX;
    for word in text.split([' ', '-']).filter(|word| !matches!(*word, "and" | "a" | "")) {
        let (value, rank) = match word {
            "hundred" if sum == 0 => (100, 100),
            "hundred" if sum < 10 => (sum * 99, 100),
            _ => word_value(word)?,
        };
        if rank >= smallest && rank != 100 {
            return None;
        }
        (sum, smallest) = (sum + value, rank);
    }
    (smallest != u64::MAX).then_some(sum)
}

/// A word's value, and its rank: a word of the same rank cannot follow.
fn word_value(word: &str) -> Option<(u64, u64)> {
    if let Some(small) = SMALL.iter().position(|known| *known == word) {
        return Some((small as u64, 1));
    }
    let tens = TENS.iter().position(|known| *known == word)?;
    Some(((tens as u64 + 2) * 10, 10))
}

/// Reads a number with a point or a comma, and counts its significant digits.
pub(super) fn number(text: &str) -> Option<(f64, u32)> {
    let text = &bare(text);
    let text = text.trim_start_matches('+');
    let ends = [" times larger", " times as large", " times", "x", "×", "%", " percent", " per cent"];
    let text = ends.iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text).trim();
    let grouped = digits(text).filter(|_| text.contains(' ')).map(|number| number.to_string());
    let text = grouped.unwrap_or_else(|| text.replace(['_', '\''], ""));
    if let Some(number) = words(&text) {
        return Some((f64::from(u32::try_from(number).ok()?), 2));
    }
    let text = decimal_point(&text);
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-')) {
        return None;
    }
    let digits = text.chars().filter(char::is_ascii_digit).skip_while(|c| *c == '0').count();
    text.parse().ok().map(|value| (value, u32::try_from(digits).unwrap_or(u32::MAX)))
}

/// Words before a number that leave it what it is. `at least`, `not`, `more than` make it another.
const LEADING: &[&str] = &[
    "about",
    "around",
    "roughly",
    "approximately",
    "only",
    "just",
    "exactly",
    "it's",
    "its",
    "it",
    "is",
    "there",
    "are",
    "that's",
    "i",
    "think",
    "count",
    "see",
    "the",
    "answer",
    "has",
    "have",
    "takes",
    "=",
];

/// Takes off what people write around a number: `about 2.3`, `~2.3`, `It is 7.`; an estimate is an answer.
fn bare(text: &str) -> String {
    let text = text.trim().trim_end_matches(['.', '!']).to_lowercase().replace('’', "'");
    let mut rest = text.trim_start_matches(['~', '≈', '=', '#']).trim_start();
    while let Some((_, after)) = rest.split_once(' ').filter(|(word, _)| LEADING.contains(word)) {
        rest = after.trim_start();
    }
    rest.trim().to_owned()
}

/// `1,234,567` groups thousands; one comma after a lone zero or with other than three digits after it is a decimal comma.
fn decimal_point(text: &str) -> String {
    let commas = text.matches(',').count();
    let after = text.rsplit(',').next().map_or(0, str::len);
    if commas == 1 && !text.contains('.') && (after != 3 || text.starts_with("0,")) {
        text.replace(',', ".")
    } else {
        text.replace(',', "")
    }
}

const UNITS: &[(&str, f64)] = &[
    ("b", 1.0),
    ("byte", 1.0),
    ("bytes", 1.0),
    ("k", 1e3),
    ("kb", 1e3),
    ("m", 1e6),
    ("mb", 1e6),
    ("megabyte", 1e6),
    ("megabytes", 1e6),
    ("g", 1e9),
    ("gb", 1e9),
    ("gigabyte", 1e9),
    ("gigabytes", 1e9),
    ("tb", 1e12),
    ("kib", 1024.0),
    ("mib", 1_048_576.0),
    ("gib", 1_073_741_824.0),
];

/// Reads a size and says how it was understood. Without a unit, a large number is bytes and a small one megabytes.
pub(super) fn size(text: &str) -> Option<(f64, String)> {
    let text = bare(text);
    if matches!(text.as_str(), "none" | "nothing" | "zero") {
        return Some((0.0, "0 B".to_owned()));
    }
    // A part of something is no size.
    if text.ends_with('%') {
        return None;
    }
    let split = text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let (value, _) = number(&digits.replace(' ', ""))?;
    if value < 0.0 {
        return None;
    }
    let word = unit.trim();
    if word.is_empty() {
        let (factor, unit) = if value >= 100_000.0 { (1.0, "bytes") } else { (1e6, "MB") };
        return Some((value * factor, format!("{value} {unit}")));
    }
    let (_, factor) = UNITS.iter().find(|(known, _)| *known == word)?;
    Some((value * factor, format!("{value} {}", shown(word))))
}

/// A unit as it is written; a word stays one.
fn shown(unit: &str) -> String {
    match unit {
        "kib" | "mib" | "gib" => unit[..1].to_uppercase() + "iB",
        "k" | "m" | "g" | "kb" | "mb" | "gb" | "tb" | "b" => unit.to_uppercase().replace('K', "k"),
        word => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_many_spellings() {
        let check = |typed: &str, expected: Option<u64>| assert_eq!(count(typed), expected, "{typed}");
        check("7", Some(7));
        check(" 7. ", Some(7));
        check("seven", Some(7));
        check("Seven layers", Some(7));
        check("7 layers", Some(7));
        check("1,234", Some(1234));
        check("1 234", Some(1234));
        check("twenty-one", Some(21));
        check("a hundred and seven", Some(107));
        check("two hundred", Some(200));
        check("none", Some(0));
        check("It's 4.", Some(4));
        check("about 4", Some(4));
        check("there are only 4 layers", Some(4));
        check("#6", Some(6));
        check("~ 30", Some(30));
        check("at least 4", None);
        check("not 4", None);
        check("more than 4", None);
        check("it is", None);
        check("soup", None);
        check("one two", None);
        check("12,34", None);
        check("-3", None);
        check("7.5", None);
        check("", None);
        check("99999999999999999999999", None);
    }

    #[test]
    fn sizes_have_units() {
        let check =
            |typed: &str, expected: Option<f64>| assert_eq!(size(typed).map(|(bytes, _)| bytes), expected, "{typed}");
        check("117MB", Some(117e6));
        check("117 mb", Some(117e6));
        check("about 117 MB", Some(117e6));
        check("1,5 GB", Some(1.5e9));
        check("1.01GB", Some(1.01e9));
        check("2 MiB", Some(2_097_152.0));
        check("117", Some(117e6));
        check("117000000", Some(117e6));
        check("117,000,000 bytes", Some(117e6));
        check("67mb.", Some(67e6));
        check("It takes 67 MB", Some(67e6));
        check("38%", None);
        check("large", None);
        check("5 apples", None);
    }
}
