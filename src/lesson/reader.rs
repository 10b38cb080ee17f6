//! Readers: from what was typed to what was meant. What cannot be read is no attempt.

use std::collections::BTreeSet;

use crate::oci::{Platform, Reference};

use super::model::Choice;
use super::number::{count, number, size};
use super::value::{SetKind, Value, display_argv};

/// What was given, read as the right value's kind is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A number of things.
    Count(u64),
    /// Bytes, and the text as it was understood.
    Size {
        /// Bytes.
        bytes: f64,
        /// The number and unit that were read.
        shown: String,
    },
    /// Digits of a digest, or a whole one of another algorithm.
    Digest(String),
    /// A command with its arguments.
    Argv(Vec<String>),
    /// A command as Go prints it, `[nginx -g daemon off;]`: where its words end is not to be seen.
    Printed(String),
    /// Words in which the order does not count.
    Set(BTreeSet<String>),
    /// A text.
    Text(String),
    /// A name of an image, its defaults filled in.
    Ref(Reference),
    /// A platform, in its normal form.
    Platform(Platform),
    /// A number and how many digits were written.
    Number {
        /// The number.
        value: f64,
        /// Significant digits.
        digits: u32,
    },
    /// Yes or no.
    YesNo(bool),
    /// Options, by their place.
    Picks(BTreeSet<usize>),
    /// Places of items, or groups of items, in order.
    Order(Vec<usize>),
}

impl Given {
    /// Says how it was read, for an answer that nothing explains.
    pub fn display(&self, right: &Value) -> String {
        match self {
            Self::Count(count) => format!("the number {count}"),
            Self::Size { shown, .. } => shown.clone(),
            Self::Digest(digits) => format!("a digest that starts with `{digits}`"),
            Self::Argv(words) => format!("the command `{}`", display_argv(words)),
            Self::Printed(words) => format!("the command `[{words}]`"),
            Self::Set(words) => format!("the set {}", ticked(words.iter())),
            Self::Text(text) => format!("the text `{text}`"),
            Self::Ref(reference) => format!("the name `{}`", reference.normalized()),
            Self::Platform(platform) => format!("the platform `{platform}`"),
            Self::Number { value, .. } => format!("the number {value}"),
            Self::YesNo(yes) => format!("`{}`", if *yes { "yes" } else { "no" }),
            Self::Picks(picks) => match right {
                Value::Choice(options) | Value::Choices(options) => {
                    ticked(picks.iter().filter_map(|at| options.get(*at)).map(|option| &option.text))
                }
                _ => "your choice".to_owned(),
            },
            Self::Order(order) => match right {
                Value::Order(items, _) => ticked(order.iter().filter_map(|at| items.get(*at))),
                _ => "your grouping".to_owned(),
            },
        }
    }
}

fn ticked<'t>(words: impl Iterator<Item = &'t String>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Reads what was typed as an answer to a question whose right answer is `right`; the error says what is wanted.
pub(super) fn read(right: &Value, typed: &str) -> Result<Given, String> {
    let typed = typed.trim();
    let wanted = |form: &str| Err(format!("I could not read `{}` as {form}", clip(typed)));
    match right {
        Value::Count(_) => match count(typed) {
            Some(number) => Ok(Given::Count(number)),
            None => wanted("a number. Digits or words are fine: `12` or `twelve`."),
        },
        Value::Size(_) => match size(typed) {
            Some((bytes, shown)) => Ok(Given::Size { bytes, shown }),
            None => wanted("a size. Write a number and a unit, `74.8MB` for example."),
        },
        Value::Number(_) | Value::Ratio(_) => match number(typed) {
            Some((value, digits)) => Ok(Given::Number { value, digits }),
            None => wanted("a number."),
        },
        Value::Digest(_) => match digest(typed) {
            Some(digits) => Ok(Given::Digest(digits)),
            None => wanted("a digest. Its first 7 hexadecimal digits are enough, with or without `sha256:`."),
        },
        Value::Argv(_) => match argv(typed) {
            Some(given) => Ok(given),
            None => wanted("a command. Write it as `inspect` shows it, `[\"sh\", \"-c\"]`, or as you would type it."),
        },
        Value::Set(kind, _) => match set(*kind, typed) {
            Some(words) => Ok(Given::Set(words)),
            None => wanted("a list. Put commas between its parts."),
        },
        Value::Ref(_) => match reference(typed) {
            Some(reference) => Ok(Given::Ref(reference)),
            None => wanted("the name of an image, `redis:8` for example."),
        },
        Value::Platform(_) => match platform(typed) {
            Some(platform) => Ok(Given::Platform(platform)),
            None => wanted("a platform. Write system and processor, `linux/arm64` for example."),
        },
        Value::Text(_) | Value::Reflect(_) if typed.is_empty() => wanted("an answer."),
        Value::Text(_) | Value::Reflect(_) => Ok(Given::Text(typed.to_owned())),
        Value::YesNo(_) => match typed.trim_end_matches(['.', '!']).to_lowercase().as_str() {
            "y" | "yes" | "yep" | "yeah" | "sure" | "true" => Ok(Given::YesNo(true)),
            "n" | "no" | "nope" | "false" => Ok(Given::YesNo(false)),
            _ => wanted("`yes` or `no`."),
        },
        Value::Choice(options) => match pick(options, typed) {
            Some(at) => Ok(Given::Picks(BTreeSet::from([at]))),
            None => wanted("one of the options. Its letter is enough."),
        },
        Value::Choices(options) => match picks(options, typed) {
            Some(picks) => Ok(Given::Picks(picks)),
            None => wanted("some of the options. Write their letters, `a c` for example."),
        },
        Value::Order(items, _) => match order(items, typed) {
            Some(order) => Ok(Given::Order(order)),
            None => wanted("an order. Write each letter once, `b a c` for example."),
        },
        Value::Match(items, groups, _) => match grouping(items, groups, typed) {
            Some(order) => Ok(Given::Order(order)),
            None => wanted("a grouping. Write a letter for each number, in their order: `b a b` for example."),
        },
    }
}

fn clip(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// A name, whatever `docker pull` may stand before it.
fn reference(text: &str) -> Option<Reference> {
    let name = text.trim_matches(['`', '"', '\'']);
    let name = name.strip_prefix("docker pull ").unwrap_or(name).trim();
    name.parse::<Reference>().ok().map(Reference::or_latest)
}

fn platform(text: &str) -> Option<Platform> {
    text.trim_matches(['`', '"', '\'']).to_lowercase().parse::<Platform>().ok().map(|platform| platform.normalized())
}

/// `sha256:` is dropped; 7 digits or more.
fn digest(text: &str) -> Option<String> {
    let text = text.rsplit_once('@').map_or(text, |(_, digest)| digest);
    let digits =
        text.rsplit_once("sha256:").map_or(text, |(_, digits)| digits).trim_end_matches(['…', '.']).to_lowercase();
    let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    (is_hex && (7..=64).contains(&digits.len())).then_some(digits)
}

/// JSON form or shell form, with or without the Dockerfile's word before it. No command at all has many spellings.
fn argv(text: &str) -> Option<Given> {
    let bare = ["CMD ", "ENTRYPOINT ", "cmd ", "entrypoint "].iter().find_map(|word| text.strip_prefix(word));
    let text = bare.unwrap_or(text).trim().trim_matches('`');
    match text.to_lowercase().as_str() {
        "" => return None,
        "none" | "null" | "nil" | "<nil>" | "nothing" | "[]" | "-" | "empty" => return Some(Given::Argv(Vec::new())),
        _ => {}
    }
    if let Some(inner) = text.strip_prefix('[') {
        let inner = inner.strip_suffix(']')?;
        if let Ok(words) = serde_json::from_str(text) {
            return Some(Given::Argv(words));
        }
        // `docker history` prints `["nginx" "-g"]`, and `{{.Config.Cmd}}` prints `[nginx -g]`.
        if inner.contains(['"', '\'']) {
            return shell_words(inner).map(Given::Argv);
        }
        return Some(Given::Printed(inner.trim().to_owned()));
    }
    shell_words(text).map(Given::Argv)
}

/// Splits at blanks; quotes hold together.
pub(super) fn shell_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for character in text.chars() {
        match quote {
            Some(open) if character == open => quote = None,
            None if matches!(character, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            None if character.is_whitespace() => words.extend(word.take()),
            Some(_) | None => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    (quote.is_none() && !words.is_empty()).then_some(words)
}

fn set(kind: SetKind, text: &str) -> Option<BTreeSet<String>> {
    if matches!(text.to_lowercase().as_str(), "none" | "nothing" | "[]" | "{}") {
        return Some(BTreeSet::new());
    }
    if let Ok(words) = serde_json::from_str::<Vec<String>>(text) {
        let words: Option<BTreeSet<String>> = words.iter().map(|word| normal_word(kind, word)).collect();
        return words;
    }
    let inner = text.strip_prefix("map").filter(|rest| rest.starts_with('[')).unwrap_or(text);
    let inner = inner.trim_matches(['[', ']', '{', '}']);
    let bare = |word: &'_ str| {
        word.trim_end_matches(":{}").trim_end_matches([':', '{']).trim_matches(['"', '\'', '`']).to_owned()
    };
    let words = inner.split([',', ' ', ';']).map(bare).filter(|word| !word.is_empty());
    let words = words.filter(|word| !matches!(word.as_str(), "and" | "&" | "port" | "ports"));
    let words: Option<BTreeSet<String>> = words.map(|word| normal_word(kind, &word)).collect();
    words.filter(|words| !words.is_empty())
}

/// The form in which words of a set are compared.
pub(super) fn normal_word(kind: SetKind, word: &str) -> Option<String> {
    match kind {
        SetKind::Variables => {
            Some(word.split_once('=').map_or(word, |(name, _)| name).trim_start_matches('$').to_owned())
        }
        SetKind::Tags if word.contains(['/', ':']) => word.parse::<Reference>().ok().map(|name| name.familiar()),
        SetKind::Words | SetKind::Tags => Some(word.to_owned()),
        SetKind::Ports if word.contains('/') => Some(word.to_lowercase()),
        SetKind::Ports => word.parse::<u16>().ok().map(|port| format!("{port}/tcp")),
        SetKind::Platforms => word.parse::<Platform>().ok().map(|platform| platform.normalized().to_string()),
    }
}

/// Letter of the option at a place.
pub fn letter(at: usize) -> char {
    char::from(b'a' + u8::try_from(at.min(25)).unwrap_or(25))
}

/// What was typed, options in place of their letters; `None` where it cannot be read as some of them.
pub fn in_words(right: &Value, typed: &str) -> Option<String> {
    let joined = |texts: Vec<&str>| texts.join("; ");
    match (right, read(right, typed).ok()?) {
        (Value::Choice(options) | Value::Choices(options), Given::Picks(picks)) => {
            Some(joined(picks.iter().filter_map(|at| Some(options.get(*at)?.text.as_str())).collect()))
        }
        (Value::Order(items, _), Given::Order(places)) => {
            Some(joined(places.iter().filter_map(|at| Some(items.get(*at)?.as_str())).collect()))
        }
        (Value::Match(items, groups, _), Given::Order(places)) => {
            let pair = |(item, at): (&String, &usize)| Some(format!("{item}: {}", groups.get(*at)?));
            let pairs: Vec<String> = items.iter().zip(&places).filter_map(pair).collect();
            Some(pairs.join("; "))
        }
        _ => None,
    }
}

/// By letter, by number from 1, or by text.
fn pick(options: &[Choice], text: &str) -> Option<usize> {
    let texts: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
    pick_text(&texts, text)
}

fn pick_text(options: &[&str], text: &str) -> Option<usize> {
    let plain = |text: &str| text.trim().trim_end_matches('.').replace('`', "").to_lowercase();
    let wanted = plain(text);
    if let Some(at) = options.iter().position(|option| plain(option) == wanted) {
        return Some(at);
    }
    let label = wanted.trim_matches(['(', ')', '.', ':']);
    let by_letter = (0..options.len()).find(|at| label.len() == 1 && label.starts_with(letter(*at)));
    let by_number = label.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    if let Some(at) = by_letter.or(by_number.filter(|at| *at < options.len())) {
        return Some(at);
    }
    let mut begun =
        options.iter().enumerate().filter(|(_, option)| wanted.len() > 1 && plain(option).starts_with(&wanted));
    match (begun.next(), begun.next()) {
        (Some((at, _)), None) => Some(at),
        (Some(_), Some(_)) => None,
        (None, _) => by_words(options, &wanted),
    }
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
    // One word may be about anything, unless the option begins with it.
    let holds = |option: &&str| match wanted.as_slice() {
        [only] => telling(option).first() == Some(only),
        several => words(option).windows(several.len()).any(|run| run == several),
    };
    let mut found = options.iter().enumerate().filter(|(_, option)| holds(option));
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Some(at),
        _ => None,
    }
}

fn picks(options: &[Choice], text: &str) -> Option<BTreeSet<usize>> {
    let texts: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
    if matches!(text.to_lowercase().as_str(), "all" | "all of them") {
        return Some((0..options.len()).collect());
    }
    places(&texts, text).map(|places| places.into_iter().collect())
}

fn order(items: &[String], text: &str) -> Option<Vec<usize>> {
    let texts: Vec<&str> = items.iter().map(String::as_str).collect();
    let places = places(&texts, text)?;
    let different: BTreeSet<usize> = places.iter().copied().collect();
    (places.len() == items.len() && different.len() == items.len()).then_some(places)
}

fn grouping(items: &[String], groups: &[String], text: &str) -> Option<Vec<usize>> {
    let texts: Vec<&str> = groups.iter().map(String::as_str).collect();
    places(&texts, text).filter(|places| places.len() == items.len())
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
        check("ker", Some(0));
        check("ernel", None);
        check("a program that asks", None);
        check("", None);
    }

    #[test]
    fn a_command_has_two_forms_and_gos_own() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let check =
            |typed: &str, expected: &[&str]| assert_eq!(argv(typed).unwrap(), Given::Argv(words(expected)), "{typed}");
        check("redis-server", &["redis-server"]);
        check("[\"nginx\", \"-g\", \"daemon off;\"]", &["nginx", "-g", "daemon off;"]);
        check("nginx -g 'daemon off;'", &["nginx", "-g", "daemon off;"]);
        check("CMD [\"nginx\" \"-g\"]", &["nginx", "-g"]);
        assert_eq!(argv("[nginx -g daemon off;]"), Some(Given::Printed("nginx -g daemon off;".to_owned())));
        check("CMD [\"redis-server\"]", &["redis-server"]);
        check("none", &[]);
        assert_eq!(argv("nginx -g 'daemon"), None);
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

    #[test]
    fn ports_and_platforms_have_a_normal_form() {
        assert_eq!(set(SetKind::Ports, "6379"), set(SetKind::Ports, "6379/tcp"));
        assert_eq!(
            set(SetKind::Platforms, "linux/arm64, linux/amd64"),
            set(SetKind::Platforms, "linux/amd64 linux/arm64/v8")
        );
        assert_eq!(set(SetKind::Ports, "many"), None);
    }

    #[test]
    fn seven_digits_are_enough_of_a_digest() {
        assert_eq!(digest("sha256:4F4FB700ef54"), Some("4f4fb700ef54".to_owned()));
        assert_eq!(digest("redis@sha256:4f4fb700ef54"), Some("4f4fb700ef54".to_owned()));
        assert_eq!(digest("4f4fb"), None);
        assert_eq!(digest("soup and bread"), None);
    }
}
