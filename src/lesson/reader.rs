//! Readers: from what was typed to what was meant. What cannot be read is no attempt.

use std::collections::BTreeSet;

use crate::oci::{Platform, Reference, ReferenceError};

use super::choose::{example, grouping, order, pick, picks};
use super::given::Given;
use super::number::{count, number, size};
use super::value::{SetKind, Value, display_argv};

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
            None if *kind == SetKind::Tags && typed.split([',', ' ', ';']).any(has_capitals) => wanted(CAPITALS),
            None if *kind == SetKind::Ports => wanted("a port. Write its number, `8080` or `8080/tcp` for example."),
            None => wanted("a list. Put commas between its parts."),
        },
        Value::Ref(_) => match reference(typed) {
            Some(reference) => Ok(Given::Ref(reference)),
            None if has_capitals(bare(typed)) => wanted(CAPITALS),
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
            None => wanted(&format!(
                "a grouping. Write a letter for each number, in their order: `{}` for example.",
                example(items.len(), groups.len())
            )),
        },
    }
}

fn clip(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// A name, whatever `docker pull` may stand before it.
fn reference(text: &str) -> Option<Reference> {
    bare(text).parse::<Reference>().ok().map(Reference::or_latest)
}

fn bare(text: &str) -> &str {
    let name = text.trim_matches(['`', '"', '\'']);
    name.strip_prefix("docker pull ").unwrap_or(name).trim()
}

const CAPITALS: &str =
    "the name of an image. Only a tag may have capitals: all that stands before it is in small letters.";

/// Tells whether a name is none because of its capitals alone.
fn has_capitals(name: &str) -> bool {
    let refused =
        matches!(name.parse::<Reference>(), Err(ReferenceError::Uppercase(_) | ReferenceError::ContainsUppercase));
    refused && name.to_lowercase().parse::<Reference>().is_ok()
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
        text if says_none(text) => return Some(Given::Argv(Vec::new())),
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
    if matches!(text.to_lowercase().as_str(), "none" | "nothing" | "[]" | "{}") || says_none(&text.to_lowercase()) {
        return Some(BTreeSet::new());
    }
    if kind == SetKind::Ports
        && let Some(port) = spoken_port(text)
    {
        return Some(BTreeSet::from([port]));
    }
    if let Ok(words) = serde_json::from_str::<Vec<String>>(text) {
        let words: Option<BTreeSet<String>> = words.iter().map(|word| kind.normal_word(word)).collect();
        return words;
    }
    let inner = text.strip_prefix("map").filter(|rest| rest.starts_with('[')).unwrap_or(text);
    let inner = inner.trim_matches(['[', ']', '{', '}']);
    let bare = |word: &'_ str| {
        word.trim_end_matches(":{}").trim_end_matches([':', '{']).trim_matches(['"', '\'', '`']).to_owned()
    };
    let words = inner.split([',', ' ', ';']).map(bare).filter(|word| !word.is_empty());
    let words = words.filter(|word| !matches!(word.as_str(), "and" | "&" | "port" | "ports"));
    let words: Option<BTreeSet<String>> = words.map(|word| kind.normal_word(&word)).collect();
    words.filter(|words| !words.is_empty())
}

/// `no`, `no entrypoint`, `it has none`, `there are none`: each says that nothing is there.
fn says_none(text: &str) -> bool {
    const NAMES: &[&str] =
        &["entrypoint", "entry point", "cmd", "command", "default command", "port", "ports", "value", "variables"];
    let text = text.trim_end_matches(['.', '!']);
    let text = ["it has ", "it's ", "there is ", "there are ", "it exposes "]
        .iter()
        .find_map(|begin| text.strip_prefix(begin))
        .unwrap_or(text);
    matches!(text, "no" | "none" | "nothing") || text.strip_prefix("no ").is_some_and(|what| NAMES.contains(&what))
}

/// One port in other words: `80 tcp`, `tcp/80`, `port eighty`.
fn spoken_port(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let text = text.strip_prefix("port ").unwrap_or(&text).trim_end_matches('.');
    let of = |number: &str, protocol: &str| {
        let number = u16::try_from(count(number)?).ok()?;
        matches!(protocol, "tcp" | "udp" | "sctp").then(|| format!("{number}/{protocol}"))
    };
    if let Some((one, other)) = text.split_once('/').or_else(|| text.rsplit_once(' ')) {
        let (one, other) = (one.trim(), other.trim());
        return of(one, other).or_else(|| of(other, one));
    }
    text.chars().all(|c| c.is_alphabetic() || c == '-').then(|| of(text, "tcp")).flatten()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_many_spellings_and_a_port_some() {
        for typed in ["no", "no entrypoint", "It has none.", "there is none", "No command", "none"] {
            assert_eq!(argv(typed), Some(Given::Argv(Vec::new())), "{typed}");
        }
        assert_eq!(argv("no such"), Some(Given::Argv(vec!["no".to_owned(), "such".to_owned()])));
        for typed in ["80", "80/tcp", "80 tcp", "tcp/80", "TCP 80", "eighty", "port 80", "port eighty"] {
            assert_eq!(set(SetKind::Ports, typed), Some(BTreeSet::from(["80/tcp".to_owned()])), "{typed}");
        }
        assert_eq!(set(SetKind::Ports, "53/udp"), Some(BTreeSet::from(["53/udp".to_owned()])));
        assert_eq!(set(SetKind::Ports, "80 443").map(|ports| ports.len()), Some(2));
        assert_eq!(set(SetKind::Ports, "no ports"), Some(BTreeSet::new()));
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
    fn ports_and_platforms_have_a_normal_form() {
        assert_eq!(set(SetKind::Ports, "6379"), set(SetKind::Ports, "6379/tcp"));
        assert_eq!(
            set(SetKind::Platforms, "linux/arm64, linux/amd64"),
            set(SetKind::Platforms, "linux/amd64 linux/arm64/v8")
        );
        assert_eq!(set(SetKind::Ports, "many"), None);
    }

    #[test]
    fn who_writes_a_name_in_capitals_is_told_so() {
        let name = Value::Ref("mongo".parse().unwrap());
        let tags = Value::Set(SetKind::Tags, BTreeSet::from(["mongo:8".to_owned()]));
        let speaks = |right: &Value, typed: &str| read(right, typed).is_err_and(|told| told.contains("small letters"));
        for typed in ["MongoDB", "docker pull Mongo:8", "`library/Mongo`", "ghcr.io/Ada/app"] {
            assert!(speaks(&name, typed), "{typed}");
        }
        assert!(speaks(&tags, "mongo:8, Mongo:7"));
        for typed in ["the newest one", "A sentence.", "mongo:", "-"] {
            assert!(!speaks(&name, typed), "{typed}");
        }
        assert!(read(&name, "mongo:8-Noble").is_ok());
    }

    #[test]
    fn seven_digits_are_enough_of_a_digest() {
        assert_eq!(digest("sha256:4F4FB700ef54"), Some("4f4fb700ef54".to_owned()));
        assert_eq!(digest("redis@sha256:4f4fb700ef54"), Some("4f4fb700ef54".to_owned()));
        assert_eq!(digest("4f4fb"), None);
        assert_eq!(digest("soup and bread"), None);
    }
}
