//! A small pflag: flags as Docker's commands read them, with pflag's own error texts. Knows no command.

use std::fmt;
use std::num::IntErrorKind;

use thiserror::Error;

use super::flag_values::{Value, ValueError};

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing, or `=true` and `=false`; the default.
    Switch(bool),
    /// A text; the last one wins.
    Text,
    /// `name=value`, any number of them.
    Filter,
    /// A text, any number of them.
    List,
    /// `NAME` or `NAME=value` of a variable, any number of them.
    Variable,
    /// A whole number; the text is the default as a help page shows it.
    Number(&'static str),
    /// A text that means something of its own.
    Of(Value),
}

/// One flag of a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag {
    /// The name behind `--`.
    pub(super) long: &'static str,
    /// The letter behind `-`.
    pub(super) short: Option<char>,
    /// What it takes.
    pub(super) kind: Kind,
    /// Its line on the help page; empty where the page leaves it out.
    pub(super) usage: &'static str,
}

impl Flag {
    pub(super) const fn new(long: &'static str, short: Option<char>, kind: Kind, usage: &'static str) -> Self {
        Self { long, short, kind, usage }
    }
}

/// `-h, --help` of every command.
pub(super) const HELP: Flag = Flag::new("help", Some('h'), Kind::Switch(false), "");

/// Whether flags may stand behind arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Anywhere, up to `--`.
    Interspersed,
    /// Only before the first argument, which is a command of its own.
    FlagsFirst,
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Parsed {
    set: Vec<(&'static str, String)>,
    defaults: Vec<&'static str>,
    /// Arguments in order.
    pub(super) arguments: Vec<String>,
    /// Whether `-h` was used, which Docker calls deprecated.
    pub(super) short_help: bool,
}

/// Why words are no flags, in pflag's words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum FlagError {
    #[error("unknown flag: --{0}")]
    UnknownLong(String),
    #[error("unknown shorthand flag: {letter:?} in -{cluster}")]
    UnknownShort { letter: char, cluster: String },
    #[error("bad flag syntax: {0}")]
    Syntax(String),
    #[error("flag needs an argument: --{0}")]
    LongNeedsArgument(&'static str),
    #[error("flag needs an argument: {letter:?} in -{cluster}")]
    ShortNeedsArgument { letter: char, cluster: String },
    #[error("invalid argument {value:?} for \"{flag}\" flag: {reason}")]
    Value { value: String, flag: String, reason: ValueError },
}

impl Parsed {
    /// Tells whether a switch is on.
    pub(super) fn is(&self, long: &str) -> bool {
        match self.text(long) {
            Some(value) => value == "true",
            None => self.defaults.contains(&long),
        }
    }

    /// Returns the last value of a flag.
    pub(super) fn text(&self, long: &str) -> Option<&str> {
        self.set.iter().rev().find(|(name, _)| *name == long).map(|(_, value)| value.as_str())
    }

    /// Returns a text that is not empty: an empty one means the default in Docker.
    pub(super) fn non_empty(&self, long: &str) -> Option<String> {
        self.text(long).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// Returns all values of a flag in order.
    pub(super) fn list(&self, long: &str) -> Vec<String> {
        self.set.iter().filter(|(name, _)| *name == long).map(|(_, value)| value.clone()).collect()
    }

    /// Returns a number.
    pub(super) fn number(&self, long: &str) -> Option<i64> {
        self.text(long)?.parse().ok()
    }

    /// Tells whether a flag was given at all.
    pub(super) fn given(&self, long: &str) -> bool {
        self.text(long).is_some()
    }

    /// Returns the pairs of a filter flag in order; names in lower case, both sides trimmed.
    pub(super) fn pairs(&self, long: &str) -> Vec<(String, String)> {
        let values = self.set.iter().filter(|(name, _)| *name == long);
        let pair = |value: &str| {
            let (name, value) = value.split_once('=')?;
            Some((name.trim().to_lowercase(), value.trim().to_owned()))
        };
        values.filter_map(|(_, value)| pair(value)).collect()
    }

    fn set(&mut self, flag: &Flag, value: &str) -> Result<(), FlagError> {
        let value = checked(flag.kind, value).map_err(|reason| FlagError::Value {
            value: value.to_owned(),
            flag: Names(flag).to_string(),
            reason,
        })?;
        self.set.push((flag.long, value));
        Ok(())
    }
}

/// Reads words by a command's flags; `--help` is always among them.
pub(super) fn parse(words: &[String], flags: &[Flag], order: Order) -> Result<Parsed, FlagError> {
    let defaults = flags.iter().filter(|flag| flag.kind == Kind::Switch(true)).map(|flag| flag.long).collect();
    let mut parsed = Parsed { defaults, ..Parsed::default() };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            parsed.arguments.extend(words.by_ref().cloned());
        } else if let Some(long) = word.strip_prefix("--") {
            parse_long(long, flags, &mut words, &mut parsed)?;
        } else if let Some(cluster) = word.strip_prefix('-').filter(|cluster| !cluster.is_empty()) {
            parse_cluster(cluster, flags, &mut words, &mut parsed)?;
        } else {
            parsed.arguments.push(word.clone());
            if order == Order::FlagsFirst {
                parsed.arguments.extend(words.by_ref().cloned());
            }
        }
    }
    Ok(parsed)
}

type Words<'a> = std::slice::Iter<'a, String>;

fn parse_long(text: &str, flags: &[Flag], words: &mut Words<'_>, parsed: &mut Parsed) -> Result<(), FlagError> {
    if text.starts_with(['-', '=']) {
        return Err(FlagError::Syntax(format!("--{text}")));
    }
    let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
    let flag = find(flags, |flag| flag.long == name).ok_or_else(|| FlagError::UnknownLong(name.to_owned()))?;
    let value = match (value, flag.kind) {
        (Some(value), _) => value,
        (None, Kind::Switch(_)) => "true",
        (None, Kind::Text | Kind::Filter | Kind::List | Kind::Variable | Kind::Number(_) | Kind::Of(_)) => {
            words.next().ok_or(FlagError::LongNeedsArgument(flag.long))?
        }
    };
    parsed.set(flag, value)
}

/// Reads `-aq`, `-f=x`, `-fx` or `-f x`.
fn parse_cluster(text: &str, flags: &[Flag], words: &mut Words<'_>, parsed: &mut Parsed) -> Result<(), FlagError> {
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let cluster = rest;
        let Some(flag) = find(flags, |flag| flag.short == Some(letter)) else {
            return Err(FlagError::UnknownShort { letter, cluster: cluster.to_owned() });
        };
        parsed.short_help |= flag.long == HELP.long;
        rest = &rest[letter.len_utf8()..];
        if let Some(value) = rest.strip_prefix('=').filter(|value| !value.is_empty()) {
            return parsed.set(flag, value);
        }
        match flag.kind {
            Kind::Switch(_) => parsed.set(flag, "true")?,
            Kind::Text | Kind::Filter | Kind::List | Kind::Variable | Kind::Number(_) | Kind::Of(_)
                if !rest.is_empty() =>
            {
                return parsed.set(flag, rest);
            }
            Kind::Text | Kind::Filter | Kind::List | Kind::Variable | Kind::Number(_) | Kind::Of(_) => {
                let needs = || FlagError::ShortNeedsArgument { letter, cluster: cluster.to_owned() };
                return parsed.set(flag, words.next().ok_or_else(needs)?);
            }
        }
    }
    Ok(())
}

fn find(flags: &[Flag], is: impl Fn(&Flag) -> bool) -> Option<&Flag> {
    flags.iter().chain([&HELP]).find(|flag| is(flag))
}

/// Checks a value; switches come out as `true` or `false`.
fn checked(kind: Kind, value: &str) -> Result<String, ValueError> {
    match kind {
        Kind::Variable if value.is_empty() || value.starts_with('=') => Err(ValueError::Variable(value.to_owned())),
        Kind::Text | Kind::List | Kind::Variable => Ok(value.to_owned()),
        Kind::Filter if value.is_empty() || value.contains('=') => Ok(value.to_owned()),
        Kind::Filter => Err(ValueError::Filter),
        Kind::Number(_) => int(value),
        Kind::Of(kind) => kind.check(value),
        Kind::Switch(_) => match value {
            "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok("true".to_owned()),
            "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok("false".to_owned()),
            _ => Err(ValueError::Switch(value.to_owned())),
        },
    }
}

/// Reads a number as Go does, by its prefix also in other bases; it comes out in decimals.
fn int(text: &str) -> Result<String, ValueError> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (if text.starts_with('-') { "-" } else { "" }, digits),
        None => ("", text),
    };
    let lower = digits.to_lowercase();
    let (digits, base) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        _ if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
        _ => (lower.as_str(), 10),
    };
    // A second sign is none of the number.
    if digits.starts_with(['-', '+']) {
        return Err(ValueError::Int(text.to_owned()));
    }
    match i64::from_str_radix(&format!("{sign}{digits}"), base) {
        Ok(number) => Ok(number.to_string()),
        Err(error) => Err(match error.kind() {
            IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => ValueError::IntRange(text.to_owned()),
            _ => ValueError::Int(text.to_owned()),
        }),
    }
}

/// A flag as errors name it: `-f, --filter` or `--digests`.
struct Names<'a>(&'a Flag);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.short {
            // pflag leaves a deprecated letter out.
            Some(letter) if self.0.long != HELP.long => write!(f, "-{letter}, --{}", self.0.long),
            _ => write!(f, "--{}", self.0.long),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: &[Flag] = &[
        Flag::new("all", Some('a'), Kind::Switch(false), ""),
        Flag::new("filter", Some('f'), Kind::Filter, ""),
        Flag::new("format", None, Kind::Text, ""),
        Flag::new("human", Some('H'), Kind::Switch(true), ""),
        Flag::new("quiet", Some('q'), Kind::Switch(false), ""),
    ];

    fn read(line: &str) -> Result<Parsed, FlagError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words, FLAGS, Order::Interspersed)
    }

    #[track_caller]
    fn check(line: &str, on: &[&str], arguments: &[&str]) {
        let parsed = read(line).unwrap();
        let is_on: Vec<&str> = FLAGS.iter().map(|flag| flag.long).filter(|long| parsed.is(long)).collect();
        assert_eq!(is_on, on, "{line}");
        assert_eq!(parsed.arguments, arguments, "{line}");
    }

    #[track_caller]
    fn refuse(line: &str, expected: &str) {
        assert_eq!(read(line).unwrap_err().to_string(), expected);
    }

    #[test]
    fn flags_stand_anywhere_before_two_dashes() {
        check("-a redis -q", &["all", "human", "quiet"], &["redis"]);
        check("-- -a", &["human"], &["-a"]);
        check("- x", &["human"], &["-", "x"]);
    }

    #[test]
    fn a_cluster_is_several_flags() {
        check("-aq", &["all", "human", "quiet"], &[]);
        check("-aq=false", &["all", "human"], &[]);
        check("-H=false", &[], &[]);
        check("-qa --all=0", &["human", "quiet"], &[]);
    }

    #[test]
    fn values_come_in_four_shapes_and_the_last_wins() {
        for line in ["-f a=b", "-fa=b", "-f=a=b", "--filter a=b", "--filter=a=b"] {
            assert_eq!(read(line).unwrap().pairs("filter"), [("a".to_owned(), "b".to_owned())], "{line}");
        }
        assert_eq!(read("--format a --format=b").unwrap().text("format"), Some("b"));
        assert_eq!(read("--format=").unwrap().non_empty("format"), None);
    }

    #[test]
    fn filter_names_are_lower_case_and_trimmed() {
        let words = [String::from("-f"), String::from(" Dangling = True ")];
        let parsed = parse(&words, FLAGS, Order::Interspersed).unwrap();
        assert_eq!(parsed.pairs("filter"), [("dangling".to_owned(), "True".to_owned())]);
    }

    #[test]
    fn the_first_argument_ends_the_flags_where_a_command_follows() {
        let words: Vec<String> = ["-a", "pull", "-q"].map(str::to_owned).into();
        let parsed = parse(&words, FLAGS, Order::FlagsFirst).unwrap();
        assert_eq!(parsed.arguments, ["pull", "-q"]);
        assert!(!parsed.is("quiet"));
    }

    #[test]
    fn a_number_is_go_s() {
        assert_eq!(int("25"), Ok("25".to_owned()));
        assert_eq!(int("-0x10"), Ok("-16".to_owned()));
        assert_eq!(int("010"), Ok("8".to_owned()));
        assert_eq!(int("abc").unwrap_err().to_string(), "strconv.ParseInt: parsing \"abc\": invalid syntax");
        assert_eq!(int("--1").unwrap_err().to_string(), "strconv.ParseInt: parsing \"--1\": invalid syntax");
        let much = int("99999999999999999999").unwrap_err().to_string();
        assert_eq!(much, "strconv.ParseInt: parsing \"99999999999999999999\": value out of range");
    }

    #[test]
    fn errors_are_pflag_s() {
        refuse("--bogus", "unknown flag: --bogus");
        refuse("--bogus=1", "unknown flag: --bogus");
        refuse("-xq", "unknown shorthand flag: 'x' in -xq");
        refuse("-aqx", "unknown shorthand flag: 'x' in -x");
        refuse("-q=", "unknown shorthand flag: '=' in -=");
        refuse("---", "bad flag syntax: ---");
        refuse("--=x", "bad flag syntax: --=x");
        refuse("--format", "flag needs an argument: --format");
        refuse("-af", "flag needs an argument: 'f' in -f");
        refuse(
            "-f foo",
            r#"invalid argument "foo" for "-f, --filter" flag: bad format of filter (expected name=value)"#,
        );
        refuse(
            "-q=maybe",
            r#"invalid argument "maybe" for "-q, --quiet" flag: strconv.ParseBool: parsing "maybe": invalid syntax"#,
        );
        refuse("--help=x", r#"invalid argument "x" for "--help" flag: strconv.ParseBool: parsing "x": invalid syntax"#);
    }
}
