//! Right values: what an answer is compared with, and how.

use std::collections::BTreeSet;

use crate::oci::{Digest, Platform, Reference};

use super::given::Given;

/// An option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it says.
    pub text: String,
    /// Whether it is right.
    pub right: bool,
    /// Why it is wrong.
    pub say: Option<String>,
}

/// A value that an answer is compared with. Its kind decides how what is typed is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number of things.
    Count(u64),
    /// Bytes; 3 % more or less is right.
    Size(u64),
    /// A digest, of which 7 digits suffice.
    Digest(Digest),
    /// A command with its arguments.
    Argv(Vec<String>),
    /// Words in which the order does not count.
    Set(SetKind, BTreeSet<String>),
    /// Texts, each of them right.
    Text(Vec<String>),
    /// A number.
    Number(f64),
    /// How many times larger one thing is than another, by sizes of three digits.
    Ratio(f64),
    /// Yes or no.
    YesNo(bool),
    /// A name of an image, its defaults filled in.
    Ref(Reference),
    /// A platform, in its normal form.
    Platform(Platform),
    /// A model answer to a free text, which is neither right nor wrong.
    Reflect(String),
    /// One option of these.
    Choice(Vec<Choice>),
    /// All right options of these.
    Choices(Vec<Choice>),
    /// These items as they are shown, and the right order as indices into them.
    Order(Vec<String>, Vec<usize>),
    /// These items, and the group of each; groups as they are shown.
    Match(Vec<String>, Vec<String>, Vec<usize>),
}

/// What the words of a set are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetKind {
    /// Any words.
    Words,
    /// Ports: `6379` is `6379/tcp`.
    Ports,
    /// Platforms: `linux/arm64` is `linux/arm64/v8`.
    Platforms,
    /// Names of variables: `PATH=/bin` is `PATH`.
    Variables,
    /// Names of images; a tag alone is enough where it is the tag of one of them.
    Tags,
}

impl SetKind {
    /// The form in which words of a set are compared; `None` where the word cannot be read as one of them.
    pub(super) fn normal_word(self, word: &str) -> Option<String> {
        match self {
            Self::Variables => {
                Some(word.split_once('=').map_or(word, |(name, _)| name).trim_start_matches('$').to_owned())
            }
            Self::Tags if word.contains(['/', ':']) => word.parse::<Reference>().ok().map(|name| name.familiar()),
            Self::Words | Self::Tags => Some(word.to_owned()),
            Self::Ports if word.contains('/') => Some(word.to_lowercase()),
            Self::Ports => word.parse::<u16>().ok().map(|port| format!("{port}/tcp")),
            Self::Platforms => word.parse::<Platform>().ok().map(|platform| platform.normalized().to_string()),
        }
    }
}

/// Words as they are compared: capitals do not count.
fn plain_words(words: &BTreeSet<String>) -> BTreeSet<String> {
    words.iter().map(|word| plain(word)).collect()
}

/// How far the ratio of two sizes may be off that are known to three digits each.
const RATIO_TOLERANCE: f64 = 0.005;

/// How far a size may be off.
pub(super) const SIZE_TOLERANCE: f64 = 0.03;

impl Value {
    /// Tells whether what was given is this.
    pub fn accepts(&self, given: &Given) -> bool {
        match (self, given) {
            (Self::Count(right), Given::Count(given)) => right == given,
            (Self::Size(right), Given::Size { bytes, .. }) => near(*bytes, float(*right), SIZE_TOLERANCE),
            (Self::Digest(right), Given::Digest(prefix)) => {
                right.encoded().starts_with(prefix.as_str()) || right.to_string() == *prefix
            }
            (Self::Argv(right), Given::Argv(given)) => right == given,
            (Self::Set(SetKind::Tags, right), Given::Set(given)) => same_tags(right, given),
            (Self::Set(SetKind::Words, right), Given::Set(given)) => plain_words(right) == plain_words(given),
            (Self::Set(_, right), Given::Set(given)) => right == given,
            (Self::Ref(right), Given::Ref(given)) => right == given,
            (Self::Platform(right), Given::Platform(given)) => right == given,
            (Self::Reflect(_), Given::Text(_)) => true,
            (Self::Text(right), Given::Text(given)) => right.iter().any(|right| plain(right) == plain(given)),
            (Self::Number(right), Given::Number { value, digits }) => rounds_to(*right, *value, *digits),
            (Self::Ratio(right), Given::Number { value, digits }) => {
                rounds_to(*right, *value, *digits) || near(*value, *right, RATIO_TOLERANCE)
            }
            (Self::Argv(right), Given::Printed(given)) => right.join(" ") == *given,
            (Self::YesNo(right), Given::YesNo(given)) => right == given,
            (Self::Choice(options), Given::Picks(picks)) => {
                picks.iter().all(|at| options.get(*at).is_some_and(|option| option.right))
            }
            (Self::Choices(options), Given::Picks(picks)) => {
                let right = |(at, option): (usize, &Choice)| option.right == picks.contains(&at);
                options.iter().enumerate().all(right)
            }
            (Self::Order(_, right) | Self::Match(_, _, right), Given::Order(given)) => right == given,
            _ => false,
        }
    }

    /// Says the value as a person would write it.
    pub fn display(&self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Size(bytes) => human_size(*bytes),
            Self::Digest(digest) => digest.to_string(),
            Self::Argv(words) => display_argv(words),
            Self::Set(_, words) => words.iter().cloned().collect::<Vec<_>>().join(", "),
            Self::Ref(reference) => reference.familiar(),
            Self::Platform(platform) => platform.to_string(),
            Self::Reflect(model) => model.clone(),
            Self::Text(texts) => texts.first().cloned().unwrap_or_default(),
            Self::Number(number) | Self::Ratio(number) => short_number(*number),
            Self::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Self::Choice(options) | Self::Choices(options) => {
                let right = options.iter().filter(|option| option.right).map(|option| option.text.as_str());
                right.collect::<Vec<_>>().join(", ")
            }
            Self::Order(items, order) => {
                order.iter().filter_map(|at| items.get(*at)).cloned().collect::<Vec<_>>().join(", ")
            }
            Self::Match(items, groups, right) => {
                let pair = |(item, group): (&String, &usize)| format!("{item}: {}", groups[*group]);
                items.iter().zip(right).map(pair).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// A number with one digit behind the point, or two below ten; all of a whole one. Of a number below a tenth two digits that count.
fn short_number(number: f64) -> String {
    if number.fract().abs() < f64::EPSILON || !number.is_finite() {
        return number.to_string();
    }
    let decimals = match number.abs() {
        10.0.. => 1,
        0.1.. => 2,
        small => format!("{small:.12}").trim_start_matches("0.").chars().take_while(|c| *c == '0').count() + 2,
    };
    let text = format!("{number:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Whether each name given is one of these, whole or by its tag, and none of these is left out.
fn same_tags(right: &BTreeSet<String>, given: &BTreeSet<String>) -> bool {
    given.iter().all(|given| right.iter().any(|right| is_tag(right, given)))
        && right.iter().all(|right| given.iter().any(|given| is_tag(right, given)))
}

/// `8` and `redis:8` both mean `redis:8`.
pub(super) fn is_tag(right: &str, given: &str) -> bool {
    right == given || right.strip_suffix(given).is_some_and(|rest| rest.ends_with(':'))
}

/// `["redis-server"]`, or `none` where there is no word.
pub(super) fn display_argv(words: &[String]) -> String {
    if words.is_empty() {
        return "none".to_owned();
    }
    serde_json::to_string(words).expect("a list of texts is JSON")
}

/// Bytes as Docker's tables print them: decimal units, three digits (docker/go-units, `HumanSize`).
pub fn human_size(bytes: u64) -> String {
    let mut size = float(bytes);
    let mut units = ["B", "kB", "MB", "GB", "TB", "PB"].into_iter();
    let mut unit = units.next().unwrap_or("B");
    while size >= 1000.0 {
        let Some(next) = units.next() else { break };
        (size, unit) = (size / 1000.0, next);
    }
    format!("{}{unit}", three_digits(size))
}

/// Go's `%.3g` for 0 to 1000.
fn three_digits(size: f64) -> String {
    let decimals = if size >= 99.95 {
        0
    } else if size >= 9.995 {
        1
    } else {
        2
    };
    let text = format!("{size:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Sizes are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
pub(super) fn float(bytes: u64) -> f64 {
    bytes as f64
}

pub(super) fn near(given: f64, right: f64, tolerance: f64) -> bool {
    (given - right).abs() <= right * tolerance
}

/// Whether the right number, rounded to the digits that were written (at least two), is the number given.
fn rounds_to(right: f64, given: f64, digits: u32) -> bool {
    if right == 0.0 || given == 0.0 {
        return (right - given).abs() < f64::EPSILON;
    }
    let digits = i32::try_from(digits.max(2)).unwrap_or(2);
    let magnitude = right.abs().log10().floor();
    let unit = 10_f64.powf(magnitude - f64::from(digits) + 1.0);
    (right - given).abs() <= unit / 2.0 + right.abs() * 1e-9
}

/// Texts are compared without capitals, quotes, backticks and outer blanks.
fn plain(text: &str) -> String {
    let inner = text.trim().trim_matches(['`', '"', '\'']).trim_end_matches('.');
    inner.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_in_dockers_tables() {
        let check = |bytes, expected: &str| assert_eq!(human_size(bytes), expected);
        check(0, "0B");
        check(117_000_000, "117MB");
        check(7_380_000, "7.38MB");
        check(1_010_000_000, "1.01GB");
        check(74_800_000, "74.8MB");
        check(999, "999B");
        check(70_000_000, "70MB");
    }

    #[test]
    fn a_number_is_told_with_no_more_digits_than_anybody_asks_for() {
        let check = |number: f64, expected: &str| {
            assert_eq!(short_number(number), expected);
            let (given, digits) = crate::lesson::number::number(expected).unwrap();
            assert!(rounds_to(number, given, digits), "{number} is told as {expected}, and that is right");
        };
        check(71.372, "71.4");
        check(10.04, "10");
        check(2.857, "2.86");
        check(1.5, "1.5");
        check(9.999, "10");
        check(0.126, "0.13");
        check(0.0347, "0.035");
        check(1234.56, "1234.6");
        check(7.0, "7");
        check(70.0, "70");
    }

    #[test]
    fn a_number_is_right_to_the_digits_that_were_written() {
        assert!(rounds_to(2.668, 2.7, 2));
        assert!(rounds_to(2.668, 2.67, 3));
        assert!(!rounds_to(2.668, 2.65, 3));
        assert!(!rounds_to(2.668, 3.0, 1));
    }
}
