//! The docker command line inside the workbook: words in, Docker's exact text and exit status out.
//!
//! [`parse`] makes words a [`Command`], [`execute`] carries it out on an engine. One file a subcommand turns the engine's
//! data into rows and lines; `error` has Docker's sentences for the engine's errors, `format` and `table` its columns
//! and templates, `progress` the lines of a pull, `flags` and `catalog` its command line. What Docker prints is known
//! from docker/cli, moby and their output; nothing here speaks in layerbook's own voice but `version`, `info` and the
//! sentence about commands that are not there.

mod catalog;
mod command;
mod container;
mod container_catalog;
mod container_document;
mod disk_usage;
mod document;
mod error;
mod failure;
mod filter;
mod flag_values;
mod flags;
mod format;
mod glob;
mod help;
mod history;
mod image_rows;
mod images;
mod imagetools;
mod import;
mod indent;
mod inspect;
mod known;
mod line;
mod load;
mod login;
mod manifest;
mod ports;
mod progress;
mod prune;
mod pull;
mod push;
mod redirect;
mod remove;
mod run_flags;
mod save;
mod search;
mod spec;
mod system_prune;
mod table;
mod tag;
mod units;
mod version;

pub use crate::container::{Completer, Console, Typed};
pub use catalog::{CommandName, commands, named};
pub use command::{Command, Help, Why, parse};
pub use container::{
    Attach, Commit, ContainerCommand, Copy, Create, Exec, Export, Host, Kill, List, Logs, Names, Port, PruneContainers,
    PullPolicy, RemoveContainers, Rename, Run, Start, Stats, Top, Way,
};
pub use disk_usage::DiskUsage;
pub use failure::Failure;
pub use help::Page;
pub use history::History;
pub use images::Images;
pub use imagetools::ImageTools;
pub use import::Import;
pub use inspect::{Inspect, ObjectKind};
pub use line::{LineOutcome, RanCommand, is_docker_line, run_line};
pub use load::Load;
pub use login::{LogIn, LogOut};
pub use manifest::ManifestInspect;
pub use prune::Prune;
pub use pull::Pull;
pub use push::Push;
pub use remove::Remove;
pub use save::Save;
pub use search::Search;
pub use system_prune::SystemPrune;
pub use tag::Tag;
pub use version::{Info, Version};

use std::io::{self, BufRead, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::engine::Engine;

/// What rendering needs from outside.
#[derive(Debug, Clone)]
pub struct View {
    /// The time that ages are counted from.
    pub now: Timestamp,
    /// The zone for times in full, asked for where one is written: to find it takes a look through the system's zones.
    pub zone: fn() -> TimeZone,
    /// Columns of the terminal, asked for where a line is laid out: they change while a command runs.
    pub width: fn() -> usize,
    /// Whether standard output is a terminal: pull then redraws its lines.
    pub terminal: bool,
    /// Where images come from: `docker info` tells it.
    pub mode: Mode,
    /// Looks up a variable of the client's, which `-e NAME` hands on.
    pub variable: fn(&str) -> Option<String>,
}

/// Where images come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Names of the catalogue are played by the classroom, every other name is real.
    Classroom,
    /// Everything is the real registry.
    Online,
}

impl View {
    /// Writes how long ago something was.
    fn ago(&self, at: Timestamp) -> String {
        let mut text = String::new();
        self.put_ago(at, &mut text);
        text
    }

    /// Appends the same.
    fn put_ago(&self, at: Timestamp, text: &mut String) {
        units::put_age(self.now.duration_since(at).as_secs(), text);
        text.push_str(" ago");
    }

    /// Writes a time in the view's zone (strftime).
    fn local(&self, at: Timestamp, format: &str) -> String {
        at.to_zoned((self.zone)()).strftime(format).to_string()
    }

    /// Columns that text may be laid out for; `None` where there is no terminal.
    fn columns(&self) -> Option<usize> {
        self.terminal.then(self.width)
    }

    #[cfg(test)]
    fn for_tests(now: &str) -> Self {
        let now = now.parse().unwrap();
        Self { now, zone: || TimeZone::UTC, width: || 80, terminal: false, mode: Mode::Classroom, variable: |_| None }
    }
}

/// Columns of a terminal of which nothing is known.
const COLUMNS: usize = 80;

/// Where a command writes, and what answers its questions.
pub struct Output<'a> {
    /// Standard output.
    pub out: &'a mut (dyn Write + Send),
    /// Standard error.
    pub err: &'a mut (dyn Write + Send),
    /// Standard input; without one a question is answered as by an empty file.
    pub input: Option<&'a mut (dyn BufRead + Send)>,
    /// Who can be asked for a name or a password; `None` where nobody sits at a terminal.
    pub person: Option<&'a mut dyn Person>,
    /// Which of them a person sits at.
    pub terminals: Terminals,
    /// Someone who types lines into a container, with a prompt before each; without one, lines come from the input.
    pub console: Option<&'a mut dyn Console>,
    /// Tells the columns of the terminal that a container has.
    pub columns: fn() -> usize,
}

/// A person at a terminal.
pub trait Person: Send {
    /// Asks a question and returns the line that is typed; `None` where the person leaves instead.
    fn ask(&mut self, prompt: &str) -> io::Result<Option<String>>;

    /// Asks a question whose answer is not shown while it is typed.
    fn ask_secretly(&mut self, prompt: &str) -> io::Result<Option<String>>;
}

/// Which standard streams are a terminal. No archive is written to one, and none is read from one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminals {
    /// Standard input.
    pub input: bool,
    /// Standard output, whether lines on it are redrawn or not.
    pub output: bool,
}

impl<'a> Output<'a> {
    /// Joins two writers, without an input, a person and a terminal.
    pub fn new(out: &'a mut (dyn Write + Send), err: &'a mut (dyn Write + Send)) -> Self {
        let columns = || COLUMNS;
        Self { out, err, input: None, person: None, console: None, terminals: Terminals::default(), columns }
    }
}

/// Runs one docker command; `words` are its arguments without `docker` itself. Returns the exit status.
///
/// A command whose output nobody reads any more ends with status 1 and says nothing, as one killed by a broken pipe.
pub async fn execute(words: &[String], engine: &Engine, view: &View, output: &mut Output<'_>) -> i32 {
    match parse(words) {
        Ok(mut command) => {
            command.hand_on(&|name| (view.variable)(name));
            run(&command, engine, view, output).await
        }
        Err(failure) => report(&failure, output),
    }
}

/// Carries out a command that was parsed before. Returns the exit status.
pub async fn run(command: &Command, engine: &Engine, view: &View, output: &mut Output<'_>) -> i32 {
    match dispatch(command, engine, view, output).await {
        Ok(Ok(())) => output.out.flush().map_or(1, |()| 0),
        Ok(Err(failure)) => report(&failure, output),
        Err(_) => 1,
    }
}

fn report(failure: &Failure, output: &mut Output<'_>) -> i32 {
    let said = output.out.write_all(failure.said().as_bytes()).and_then(|()| output.out.flush());
    let told = output.err.write_all(failure.text().as_bytes()).and_then(|()| output.err.flush());
    if said.and(told).is_err() { 1 } else { failure.status() }
}

/// The outer error is a writer that failed, the inner one what the command came to.
async fn dispatch(
    command: &Command,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    match command {
        Command::Pull(pull) => pull::run(pull, engine, view, output).await,
        Command::Push(push) => push::run(push, engine, view, output).await,
        Command::Images(images) => images::run(images, engine, view, output),
        Command::Inspect(inspect) => inspect::run(inspect, engine, output),
        Command::History(history) => history::run(history, engine, view, output),
        Command::Remove(remove) => remove::run(remove, engine, output),
        Command::Tag(tag) => Ok(tag::run(tag, engine)),
        Command::Prune(prune) => prune::run(prune, engine, view, output),
        Command::Search(search) => search::run(search, engine, output).await,
        Command::Manifest(inspect) => manifest::run(inspect, engine, output).await,
        Command::ImageTools(inspect) => imagetools::run(inspect, engine, output).await,
        Command::LogIn(command) => login::log_in(command, engine, output).await,
        Command::LogOut(command) => login::log_out(command, engine, output).await,
        Command::Save(save) => save::run(save, engine, output),
        Command::Load(load) => load::run(load, engine, view, output).await,
        Command::Import(import) => import::run(import, engine, output),
        Command::SystemPrune(asked) => system_prune::run(asked, engine, view, output),
        Command::DiskUsage(asked) => disk_usage::run(asked, engine, view, output),
        Command::Version(version) => version::version(version, engine, output),
        Command::Info(info) => version::info(info, engine, view, output),
        Command::Container(command) => container::run(command, engine, view, output).await,
        Command::ShortVersion => version::short(output.out).map(Ok),
        Command::Help(help) => show_help(help, view, output).map(Ok),
    }
}

fn show_help(help: &Help, view: &View, output: &mut Output<'_>) -> io::Result<()> {
    const DEPRECATED: &str = "Flag shorthand -h has been deprecated, use --help";
    let text = help.page.text(view.columns());
    match help.why {
        Why::Asked => output.out.write_all(text.as_bytes()),
        Why::AskedByLetterFirst => {
            writeln!(output.err, "{DEPRECATED}")?;
            output.out.write_all(text.as_bytes())
        }
        Why::AskedByLetter => write!(output.out, "{DEPRECATED}\n{text}"),
        Why::NoCommand => write!(output.err, "{}{text}", help.page.lead()),
    }
}
