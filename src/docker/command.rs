//! Words into a [`Command`]: what a docker line asks for, resolved and checked as far as Docker's client checks it.
//! Carries nothing out.

use super::catalog::{self, GLOBAL_FLAGS, Spec, Verb};
use super::failure::{FLAG_STATUS, Failure};
use super::flags::{self, FlagError, HELP, Order, Parsed};
use super::help::{self, Page};
use super::history::History;
use super::images::Images;
use super::inspect::Inspect;
use super::known;
use super::prune::Prune;
use super::pull::Pull;
use super::remove::Remove;
use super::tag::Tag;
use super::version::{Info, Version};

/// A docker command, ready to be carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `docker pull`.
    Pull(Pull),
    /// `docker images`.
    Images(Images),
    /// `docker inspect` and `docker image inspect`.
    Inspect(Inspect),
    /// `docker history`.
    History(History),
    /// `docker rmi`.
    Remove(Remove),
    /// `docker tag`.
    Tag(Tag),
    /// `docker image prune`.
    Prune(Prune),
    /// `docker version`.
    Version(Version),
    /// `docker info`.
    Info(Info),
    /// `docker --version`.
    ShortVersion,
    /// A help page.
    Help(Help),
}

/// A help page that is to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Help {
    /// The page.
    pub page: Page,
    /// Asked for by `--help`, by the letter `-h` that Docker calls deprecated, or shown since no command was given.
    pub why: Why,
}

/// Why a help page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was asked for.
    Asked,
    /// It was asked for by `-h`.
    AskedByLetter,
    /// A command is missing: the page goes to standard error.
    NoCommand,
}

/// Reads a docker line; `words` are its arguments without `docker` itself.
///
/// # Errors
/// [`Failure`] with Docker's own text and exit status: 125 for flags, 1 for everything else.
pub fn parse(words: &[String]) -> Result<Command, Failure> {
    let parsed = flags::parse(words, GLOBAL_FLAGS, Order::FlagsFirst)
        .map_err(|error| flag_error(&error, "docker", "[OPTIONS] COMMAND [ARG...]"))?;
    if parsed.is(HELP.long) {
        return Ok(Command::Help(Help { page: Page::DOCKER, why: why(&parsed) }));
    }
    if parsed.is("version") {
        return Ok(Command::ShortVersion);
    }
    let Some((name, rest)) = parsed.arguments.split_first() else {
        return Ok(Command::Help(Help { page: Page::DOCKER, why: Why::NoCommand }));
    };
    match name.as_str() {
        "help" => help_topic(rest),
        "image" => image(rest),
        "system" if rest.first().is_some_and(|sub| sub == "info") => named("system info", &rest[1..]),
        name => named(name, rest),
    }
}

fn asked(page: Page) -> Command {
    Command::Help(Help { page, why: Why::Asked })
}

fn why(parsed: &Parsed) -> Why {
    if parsed.short_help { Why::AskedByLetter } else { Why::Asked }
}

/// `docker help [COMMAND...]`.
fn help_topic(words: &[String]) -> Result<Command, Failure> {
    let name = words.join(" ");
    match (name.as_str(), catalog::find(&name)) {
        ("", _) => Ok(asked(Page::DOCKER)),
        ("image", _) => Ok(asked(Page::IMAGE)),
        (name, Some(spec)) => Ok(asked(Page::command(spec, name))),
        (name, None) if known::is_dockers(name) => Err(not_ours(name)),
        (name, None) => {
            let topic = name.strip_prefix("image ").unwrap_or(name);
            Err(Failure::new(1, format!("unknown help topic: {topic}")))
        }
    }
}

/// `docker image ...`.
fn image(words: &[String]) -> Result<Command, Failure> {
    let parsed = flags::parse(words, &[], Order::FlagsFirst).map_err(|error| flag_error(&error, "docker image", ""))?;
    if parsed.is(HELP.long) {
        return Ok(Command::Help(Help { page: Page::IMAGE, why: why(&parsed) }));
    }
    match parsed.arguments.split_first() {
        None => Ok(Command::Help(Help { page: Page::IMAGE, why: Why::NoCommand })),
        Some((name, rest)) => named(&format!("image {name}"), rest),
    }
}

fn named(name: &str, words: &[String]) -> Result<Command, Failure> {
    match catalog::find(name) {
        Some(spec) => command(spec, spec.canonical(name), words),
        None if known::is_dockers(name) => Err(not_ours(name)),
        None => Err(unknown(name)),
    }
}

fn command(spec: &'static Spec, name: &'static str, words: &[String]) -> Result<Command, Failure> {
    let parsed = flags::parse(words, spec.flags, Order::Interspersed)
        .map_err(|error| flag_error(&error, &format!("docker {name}"), spec.usage))?;
    if parsed.is(HELP.long) {
        return Ok(Command::Help(Help { page: Page::command(spec, name), why: why(&parsed) }));
    }
    match help::arity_error(spec, name, parsed.arguments.len()) {
        Some(text) => Err(Failure::verbatim(1, text)),
        None => resolve(spec.verb, name, &parsed),
    }
}

fn resolve(verb: Verb, name: &str, parsed: &Parsed) -> Result<Command, Failure> {
    match verb {
        Verb::Pull => Pull::read(parsed).map(Command::Pull),
        Verb::Images => Ok(Command::Images(Images::read(parsed, name))),
        Verb::Inspect => Inspect::read(parsed).map(Command::Inspect),
        Verb::ImageInspect => Inspect::read_image(parsed).map(Command::Inspect),
        Verb::History => History::read(parsed).map(Command::History),
        Verb::Remove => Ok(Command::Remove(Remove::read(parsed))),
        Verb::Tag => Tag::read(parsed).map(Command::Tag),
        Verb::Prune => Ok(Command::Prune(Prune::read(parsed))),
        Verb::Version => Ok(Command::Version(Version::read(parsed))),
        Verb::Info => Ok(Command::Info(Info::read(parsed))),
    }
}

fn flag_error(error: &FlagError, path: &str, usage: &str) -> Failure {
    Failure::verbatim(FLAG_STATUS, format!("{error}\n{}", help::tail(path, usage, "Run")))
}

/// A word that Docker does not know either.
fn unknown(name: &str) -> Failure {
    let sentence = format!("docker: unknown command: docker {name}\n");
    let tail = match name.split_once(' ') {
        Some((group, _)) => help::tail(&format!("docker {group}"), "", "Run"),
        None => "\nRun 'docker --help' for more information\n".to_owned(),
    };
    Failure::verbatim(1, sentence + &tail)
}

/// A command of Docker's that layerbook does not have: our own sentence in the form of an unknown command.
fn not_ours(name: &str) -> Failure {
    let sentence = format!(
        "docker: layerbook does not have 'docker {name}' yet; it pulls, lists, inspects, tags and removes images"
    );
    Failure::verbatim(1, format!("{sentence}\n\nRun 'docker --help' for more information\n"))
}
