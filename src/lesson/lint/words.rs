//! Words in prose: those that belittle, that speak by colour or picture alone, facts typed by hand, and diagrams that are
//! too wide.

use std::sync::LazyLock;

use regex::Regex;
use unicode_width::UnicodeWidthStr;

use crate::yaml::{Findings, Severity};

use super::Sheet;
use super::prose::{Prose, fenced, prose, sentences};

/// A learner who does not find it easy is told here that it is their fault.
const BELITTLING: &[&str] = &[
    "just",
    "simply",
    "obviously",
    "easy",
    "easily",
    "trivial",
    "trivially",
    "of course",
    "clearly",
    "everyone knows",
];
/// Columns that a diagram may have: 80, and two for its indentation.
const WIDEST: usize = 78;

static COLOURED: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)\b(in|the) (red|green|blue|yellow|orange)\b"));
static COUNTED: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\b([2-9]|[1-9][0-9]+) (layers|history lines|lines of history)\b"));
static DIGEST: LazyLock<Regex> = LazyLock::new(|| regex(r"sha256:[0-9a-f]{7,}"));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is sound")
}

/// Finds words that should be others.
pub(super) fn words(sheet: &Sheet<'_>, found: &mut Findings<'_>) {
    for text in prose(sheet.root) {
        let plain = sentences(text.text);
        belittling(&text, &plain, found);
        by_looks(&text, &plain, found);
        by_hand(&text, &plain, found);
        wide(&text, found);
    }
}

fn belittling(prose: &Prose<'_>, plain: &str, found: &mut Findings<'_>) {
    let lower = plain.to_lowercase();
    for word in BELITTLING {
        let is_word = |at: usize| {
            let before = lower[..at].chars().next_back().is_some_and(char::is_alphanumeric);
            let behind = lower[at + word.len()..].chars().next().is_some_and(char::is_alphanumeric);
            !before && !behind
        };
        if let Some((at, _)) = lower.match_indices(word).find(|(at, _)| is_word(*at)) {
            let written = plain.get(at..at + word.len()).unwrap_or(word);
            let place = found.place_of(written, prose.at);
            let advice = "Leave it out: who stumbles here reads that it was their fault.";
            found.breach(Severity::Warning, "belittling", place, format!("`{written}` belittles"), advice);
        }
    }
}

fn by_looks(prose: &Prose<'_>, plain: &str, found: &mut Findings<'_>) {
    if let Some(words) = COLOURED.find(plain) {
        let place = found.place_of(words.as_str(), prose.at);
        let message = format!("`{}` means something by its colour alone", words.as_str());
        let advice = "Say it in words too: colours are off in a pipe, and not everybody sees them.";
        found.breach(Severity::Warning, "colour-alone", place, message, advice);
    }
    let has_letters = prose.text.chars().any(char::is_alphanumeric);
    if !has_letters && prose.text.chars().any(|c| u32::from(c) > 0x2000) {
        let advice = "Say it in words too: a screen reader and many fonts have no such picture.";
        found.breach(Severity::Warning, "picture-alone", prose.at, "this text is a picture without a word", advice);
    }
}

fn by_hand(prose: &Prose<'_>, plain: &str, found: &mut Findings<'_>) {
    // An option or a wrong answer may well be another number than the fact.
    if matches!(prose.key, "right" | "wrong") {
        return;
    }
    if let Some(words) = COUNTED.find(plain) {
        let place = found.place_of(words.as_str(), prose.at);
        let message =
            format!("`{}` is a fact typed by hand, and the next build of the image has another", words.as_str());
        found.breach(Severity::Warning, "fact-by-hand", place, message, "Write `${layers_of(\"IMAGE\")}`.");
    }
    if let Some(digest) = DIGEST.find(prose.text) {
        let place = found.place_of(digest.as_str(), prose.at);
        let advice = "Write `${digest_of(\"IMAGE\")}`, or `${short(digest_of(\"IMAGE\"))}` for its beginning.";
        found.breach(Severity::Warning, "fact-by-hand", place, "this digest was typed by hand", advice);
    }
}

fn wide(prose: &Prose<'_>, found: &mut Findings<'_>) {
    for line in fenced(prose.text).filter(|line| line.width() > WIDEST) {
        let place = found.place_of(line.trim(), prose.at);
        let message =
            format!("this line of a diagram has {} columns, and {WIDEST} fit on a screen of 80", line.width());
        found.breach(Severity::Warning, "wide-diagram", place, message, "Break it: diagrams are never wrapped.");
    }
}
