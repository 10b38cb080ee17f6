//! `docker image prune` (docker/cli, cli/command/image/prune.go).

use std::io::{self, Write};

use super::failure::Failure;
use super::filter::{self, Pair};
use super::flags::Parsed;
use super::{Output, View, error, units};
use crate::engine::{Engine, ImageSummary, Removal};

/// What to prune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prune {
    /// `-a`: images with names too.
    pub all: bool,
    /// `-f`: without asking.
    pub force: bool,
    /// `--filter`.
    pub filters: Vec<(String, String)>,
}

const FILTERS: &[&str] = &["dangling", "label", "label!", "until"];
const DANGLING: &str = "WARNING! This will remove all dangling images.";
const ALL: &str = "WARNING! This will remove all images without at least one container associated to them.";

impl Prune {
    pub(super) fn read(parsed: &Parsed) -> Self {
        Self { all: parsed.is("all"), force: parsed.is("force"), filters: parsed.pairs("filter") }
    }
}

pub(super) fn run(
    prune: &Prune,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    if !prune.force && !confirm(if prune.all { ALL } else { DANGLING }, output)? {
        return Ok(Ok(()));
    }
    match remove(prune, engine, view) {
        Ok((removals, bytes)) => report(&removals, bytes, output.out).map(Ok),
        Err(failure) => Ok(Err(failure)),
    }
}

/// Asks; only `y` goes on. Without an input the question is asked all the same, as Docker does with an empty one.
pub(super) fn confirm(warning: &str, output: &mut Output<'_>) -> io::Result<bool> {
    write!(output.out, "{warning}\nAre you sure you want to continue? [y/N] ")?;
    output.out.flush()?;
    let mut answer = String::new();
    if let Some(input) = &mut output.input {
        input.read_line(&mut answer)?;
    }
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}

pub(super) fn remove(prune: &Prune, engine: &Engine, view: &View) -> Result<(Vec<Removal>, u64), Failure> {
    let pairs: &[Pair] = &prune.filters;
    filter::check_names(pairs, FILTERS)?;
    // The client adds what `-a` means to the filters that were given, so that a value which is no truth is never alone.
    let all = prune.all || filter::values(pairs, "dangling").iter().any(|value| matches!(*value, "false" | "0"));
    let until = filter::until(pairs, view)?;
    let (labels, unwanted) = (filter::values(pairs, "label"), filter::values(pairs, "label!"));
    let chosen = |image: &ImageSummary| {
        let id = image.id.to_string();
        until.is_none_or(|until| image.created.unwrap_or_default() < until)
            && filter::has_labels(engine, &id, &labels)
            && filter::lacks_labels(engine, &id, &unwanted)
    };
    engine.prune(all, &chosen).map_err(|error| error::from_daemon(&error))
}

fn report(removals: &[Removal], bytes: u64, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let bytes = list(removals, bytes, out)?;
    writeln!(out, "Total reclaimed space: {}", units::long_size(bytes))
}

/// Lists what went, and returns the bytes that count.
pub(super) fn list(removals: &[Removal], bytes: u64, out: &mut (dyn Write + Send)) -> io::Result<u64> {
    if !removals.is_empty() {
        writeln!(out, "Deleted Images:")?;
        for removal in removals {
            match removal {
                Removal::Untagged(name) => writeln!(out, "untagged: {}", name.familiar())?,
                Removal::Deleted(digest) => writeln!(out, "deleted: {digest}")?,
            }
        }
        writeln!(out)?;
    }
    Ok(if removals.is_empty() { 0 } else { bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Digest;

    fn rendered(removals: &[Removal], bytes: u64) -> String {
        let mut out = Vec::new();
        report(removals, bytes, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_went_is_listed_before_the_space() {
        let removals =
            [Removal::Untagged("docker.io/library/redis:7".parse().unwrap()), Removal::Deleted(Digest::of(b"config"))];
        insta::assert_snapshot!(rendered(&removals, 394_100), @r"
        Deleted Images:
        untagged: redis:7
        deleted: sha256:b79606fb3afea5bd1609ed40b622142f1c98125abcfe89a76a661b0e8e343910

        Total reclaimed space: 394.1kB
        ");
        assert_eq!(rendered(&[], 0), "Total reclaimed space: 0B\n");
    }

    #[track_caller]
    fn check_answer(typed: Option<&str>, expected: bool) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut input = typed.map(str::as_bytes);
        let mut output = Output::new(&mut out, &mut err);
        output.input = input.as_mut().map(|input| input as &mut (dyn io::BufRead + Send));
        assert_eq!(confirm(DANGLING, &mut output).unwrap(), expected, "{typed:?}");
        let asked = "WARNING! This will remove all dangling images.\nAre you sure you want to continue? [y/N] ";
        assert_eq!(String::from_utf8(out).unwrap(), asked);
    }

    #[test]
    fn only_y_goes_on() {
        check_answer(Some("y\n"), true);
        check_answer(Some("Y\n"), true);
        check_answer(Some("yes\n"), false);
        check_answer(Some("\n"), false);
        check_answer(None, false);
    }
}
