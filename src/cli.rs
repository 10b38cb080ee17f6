//! The command line as typed, and what it means. The only reader of environment variables.

mod pack;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

use clap::builder::{FalseyValueParser, OsStringValueParser, TypedValueParser};
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use etcetera::BaseStrategy;
use layerbook::lesson::Kind;
use layerbook::oci::Platform;
use layerbook::server::Sparse;
use layerbook::shell::{Console, Form, Ink, Options, Origin, Pushes, Reach, ReportForm, Serving, Stream, Style, Task};

use pack::PackCommand;

/// Columns where nobody says how many there are.
const WIDTH: usize = 80;
/// Rows where there is no terminal to ask.
const HEIGHT: usize = 24;
/// Columns that a text takes at most: longer lines are hard to read.
const WIDEST: usize = 100;
/// Seeds lie below it, so that every JSON reader keeps them exact.
const SEEDS: u64 = 1 << 53;

const EXAMPLES: &str = "\
Examples:
  layerbook                          open the workbook
  layerbook learn naming             open a lesson; without a name, the next one
  layerbook docker pull redis        one docker command on the embedded engine
  layerbook docker images | wc -l    its output and exit status are Docker's own

Docker is not needed, and neither are an account or a network.";

const LEARN_EXAMPLES: &str = "\
Examples:
  layerbook learn                                    the lesson that is next
  layerbook learn layers                             a lesson by name; `layerbook progress` lists them
  layerbook learn layers --report json < answers     read answers from a file, end with a line of JSON

Exit status: 0 completed, 3 the input ended before, 2 wrong usage, 4 broken pack.";

const PRACTICE_EXAMPLES: &str = "\
Examples:
  layerbook practice                      the problem that is next
  layerbook practice redis-facts          a problem by name
  layerbook practice redis-facts --seed 7 --learner ada
                                          values are drawn from seed, learner, problem and attempt

Exit status: 0 completed, 3 the input ended before, 2 wrong usage, 4 broken pack.";

const SHOW_EXAMPLES: &str = "\
Examples:
  layerbook show layers redis httpd       stacks side by side, shared layers once
  layerbook show name redis               the parts of a name, and what Docker fills in
  layerbook show tags redis               tags by variant
  layerbook show sizes python:3.11 python:3.11-slim
                                          on disk and packed, as bars";

const DOCKER_EXAMPLES: &str = "\
Examples:
  layerbook docker pull python:3.11-slim
  layerbook docker images --digests
  layerbook --online docker pull ghcr.io/owner/image:tag
  layerbook docker --help             what is known of docker

Everything behind `docker` is passed on as it is; options of layerbook stand before it.";

const SERVE_EXAMPLES: &str = "\
Examples:
  layerbook registry serve                          then, elsewhere: docker pull 127.0.0.1:5001/library/redis
  layerbook registry serve --addr 127.0.0.1:0       take any free port; standard error says which
  layerbook registry serve --pack ./my-pack         the images of another pack
  layerbook registry serve --moment 2026-09-10      tags mean what they meant that day
  layerbook registry serve --writable               then, elsewhere: docker push 127.0.0.1:5001/ada/app
  layerbook registry serve --writable --dir ./reg   what is pushed is there again next time";

/// Learn container images by doing, in the terminal.
#[derive(Debug, Parser)]
#[command(name = "layerbook", version, after_help = EXAMPLES, propagate_version = false, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What holds for every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
struct Settings {
    /// Keep images and progress in this folder
    // An empty variable is none.
    #[arg(long, global = true, value_name = "DIR", env = "LAYERBOOK_HOME", hide_env_values = true, value_parser = OsStringValueParser::new().map(PathBuf::from))]
    home: Option<PathBuf>,
    /// Use this lesson pack, a folder or a .tar, instead of the built-in one
    #[arg(long, global = true, value_name = "PATH")]
    pack: Option<PathBuf>,
    /// Take every image from its real registry
    #[arg(long, global = true, env = "LAYERBOOK_ONLINE", hide_env_values = true, value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    online: bool,
    /// Ask this registry first for images of Docker Hub
    #[arg(long, global = true, value_name = "URL")]
    mirror: Option<String>,
    /// Let this registry, or these addresses, speak plain HTTP or show any certificate
    #[arg(long = "insecure-registry", global = true, value_name = "HOST[:PORT]|CIDR")]
    insecure: Vec<String>,
    /// Who learns; decides with the seed which values a problem draws
    #[arg(long, global = true, value_name = "NAME", default_value = "learner", value_parser = learner, hide_default_value = true)]
    learner: String,
    /// Draw a problem's values from this number
    #[arg(long, global = true, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..SEEDS), hide_default_value = true)]
    seed: u64,
    /// Plain lines for screen readers: no redrawing, no lines or signs drawn, no output cut
    #[arg(long, global = true)]
    plain: bool,
    /// Use colours; `auto` is on a terminal, unless `NO_COLOR` is set
    #[arg(
        long,
        global = true,
        value_name = "auto|always|never",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true
    )]
    color: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Report {
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open a lesson
    #[command(after_help = LEARN_EXAMPLES)]
    Learn {
        /// Name of the lesson, or its number in the menu; without it, the next one
        lesson: Option<String>,
        #[command(flatten)]
        report: Reporting,
        /// Skip the lesson if two problems on it go without a slip
        #[arg(long, conflicts_with = "report")]
        test_out: bool,
    },
    /// Open a practice problem
    #[command(after_help = PRACTICE_EXAMPLES)]
    Practice {
        /// Name of the problem, or its number in the menu; without it, the next one
        problem: Option<String>,
        #[command(flatten)]
        report: Reporting,
    },
    /// Practise what is due again
    Review {
        #[command(flatten)]
        report: Reporting,
    },
    /// Show what is done and what is next
    Progress {
        /// Print one JSON document
        #[arg(long, value_name = "json", hide_possible_values = true)]
        format: Option<Report>,
    },
    /// Draw a picture of images, a name, a repository's tags or its page
    #[command(after_help = SHOW_EXAMPLES)]
    Show {
        /// What to draw
        #[arg(value_parser = ["layers", "name", "tags", "hub", "sizes"])]
        picture: String,
        /// Images, names, or one repository
        #[arg(value_name = "ARGS")]
        names: Vec<String>,
    },
    /// Run one docker command on the embedded engine
    #[command(after_help = DOCKER_EXAMPLES, override_usage = "layerbook [OPTIONS] docker [ARGS]...")]
    Docker {
        /// A docker command with its arguments
        #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
    /// Serve the model images as a registry
    #[command(subcommand)]
    Registry(RegistryCommand),
    /// Write, check, test and build lesson packs
    #[command(subcommand, after_help = pack::EXAMPLES)]
    Pack(PackCommand),
    /// Show what works here, to paste into a question
    Doctor {
        /// Ask Docker Hub too, or the mirror
        #[arg(long)]
        registries: bool,
    },
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
struct Reporting {
    /// End with one line of JSON: how each step went
    #[arg(long, value_name = "json", hide_possible_values = true)]
    report: Option<Report>,
}

#[derive(Debug, Subcommand)]
enum RegistryCommand {
    /// Serve the model images over HTTP until Ctrl-C
    #[command(after_help = SERVE_EXAMPLES)]
    Serve {
        /// Listen on this address
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5001")]
        addr: String,
        /// Let images be pushed to it and deleted from it
        #[arg(long)]
        writable: bool,
        /// Keep what is pushed in this folder; without it, it is gone at the end
        #[arg(long, value_name = "DIR", requires = "writable")]
        dir: Option<PathBuf>,
        /// Refuse manifests that name a layer which is not there
        #[arg(long, requires = "writable")]
        strict: bool,
        /// Serve the tags as they were on this day
        #[arg(long, value_name = "YYYY-MM-DD")]
        moment: Option<String>,
    },
}

/// What the process is to do.
#[derive(Debug)]
pub(crate) enum Request {
    /// A task with its settings.
    Task(Box<Task>, Box<Options>),
    /// Print a completion script.
    Completions(clap_complete::Shell),
}

/// Understands a command line; the first word is the program's name.
///
/// # Errors
/// What clap prints: an error with exit status 2, or a help page or the version with 0.
pub(crate) fn understand(words: impl IntoIterator<Item = OsString>) -> Result<Request, clap::Error> {
    let cli = Cli::try_parse_from(shielded(words.into_iter().collect()))?;
    let command = match cli.command {
        Some(Command::Completions { shell }) => return Ok(Request::Completions(shell)),
        other => other,
    };
    let task = task(command)?;
    Ok(Request::Task(Box::new(task), Box::new(options(cli.settings)?)))
}

/// Returns the completion script of a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "layerbook", &mut script);
    script
}

/// Puts `--` behind `docker`, so that nothing that follows is read as layerbook's own: not `--help`, not `--`.
fn shielded(mut words: Vec<OsString>) -> Vec<OsString> {
    let command = Cli::command();
    let takes_value = |word: &str| {
        let mut options = command.get_arguments().filter(|option| option.get_action().takes_values());
        options.any(|option| option.get_long().is_some_and(|long| word.strip_prefix("--") == Some(long)))
    };
    let mut at = 1;
    while let Some(word) = words.get(at).and_then(|word| word.to_str()).filter(|word| word.starts_with('-')) {
        at += if takes_value(word) { 2 } else { 1 };
    }
    if words.get(at).is_some_and(|word| word == "docker") {
        words.insert(at + 1, "--".into());
    }
    words
}

fn task(command: Option<Command>) -> Result<Task, clap::Error> {
    Ok(match command {
        None => Task::Workbook,
        Some(Command::Learn { lesson, test_out: true, .. }) => Task::TestOut(lesson),
        Some(Command::Learn { lesson, report, .. }) => study(Kind::Lesson, lesson, &report),
        Some(Command::Practice { problem, report }) => study(Kind::Problem, problem, &report),
        Some(Command::Review { report }) => Task::Review(form(report.report)),
        Some(Command::Progress { format }) => Task::Progress(form(format)),
        Some(Command::Show { picture, names }) => Task::Show([vec![picture], names].concat()),
        Some(Command::Docker { words }) => Task::Docker(readable(words)?),
        Some(Command::Registry(RegistryCommand::Serve { addr, writable, dir, strict, moment })) => {
            let pushes = match dir {
                Some(folder) => Pushes::Kept(folder),
                None if writable => Pushes::Forgotten,
                None => Pushes::Refused,
            };
            let sparse = if strict { Sparse::Refused } else { Sparse::Allowed };
            Task::Serve(Serving { address: addr, day: moment, pushes, sparse })
        }
        Some(Command::Pack(command)) => Task::Pack(command.task()),
        Some(Command::Doctor { registries }) => {
            Task::Doctor(if registries { Reach::Registries } else { Reach::Nothing })
        }
        Some(Command::Completions { .. }) => unreachable!("completions are answered before"),
    })
}

fn study(kind: Kind, name: Option<String>, report: &Reporting) -> Task {
    Task::Study { kind, name, report: form(report.report) }
}

fn form(report: Option<Report>) -> ReportForm {
    match report {
        Some(Report::Json) => ReportForm::Json,
        None => ReportForm::None,
    }
}

fn readable(words: Vec<OsString>) -> Result<Vec<String>, clap::Error> {
    let readable = |word: OsString| {
        let refused = |word: OsString| usage(&format!("`{}` is no UTF-8 text", word.to_string_lossy()));
        word.into_string().map_err(refused)
    };
    words.into_iter().map(readable).collect()
}

fn options(settings: Settings) -> Result<Options, clap::Error> {
    let console = Console {
        input: stream(&std::io::stdin()),
        output: stream(&std::io::stdout()),
        error: stream(&std::io::stderr()),
        dumb: is_dumb(),
    };
    Ok(Options {
        home: settings.home.filter(|home| !home.as_os_str().is_empty()).map_or_else(default_home, Ok)?,
        pack: settings.pack,
        origin: if settings.online { Origin::Online } else { Origin::Classroom },
        rehearsal: None,
        docker_config: docker_config(),
        mirror: settings.mirror,
        insecure: settings.insecure,
        learner: settings.learner,
        seed: settings.seed,
        style: Style {
            width: WIDEST,
            ink: ink(settings.color, settings.plain, console.output),
            form: if settings.plain || is_dumb() { Form::Linear } else { Form::Drawn },
        },
        columns,
        rows,
        console,
        clock: now,
        zone: jiff::tz::TimeZone::system,
        platform: Platform::host(),
        variable: |name| std::env::var(name).ok(),
    })
}

/// The time; a clock that stands beyond the year 9999 counts as its end.
fn now() -> jiff::Timestamp {
    std::time::SystemTime::now().try_into().unwrap_or(jiff::Timestamp::MAX)
}

/// Columns of the terminal at this moment.
fn columns() -> usize {
    terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0)).max(1)
}

/// Rows of the terminal at this moment.
fn rows() -> usize {
    terminal_size::terminal_size().map_or(HEIGHT, |(_, height)| usize::from(height.0)).max(1)
}

fn stream(stream: &impl IsTerminal) -> Stream {
    if stream.is_terminal() { Stream::Terminal } else { Stream::Pipe }
}

fn ink(when: When, plain: bool, output: Stream) -> Ink {
    match when {
        When::Always => Ink::Colour,
        When::Never => Ink::None,
        When::Auto => match output {
            Stream::Terminal if !plain && !is_dumb() && !is_set("NO_COLOR") => Ink::Colour,
            Stream::Terminal | Stream::Pipe => Ink::None,
        },
    }
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// A terminal that cannot move its cursor, or one that the line editor takes for such.
fn is_dumb() -> bool {
    let dumb =
        |term: std::ffi::OsString| ["dumb", "cons25", "emacs"].iter().any(|name| term.eq_ignore_ascii_case(name));
    std::env::var_os("TERM").is_some_and(dumb)
}

/// Docker's own configuration: where it keeps logins and names credential helpers.
fn docker_config() -> Option<PathBuf> {
    let folder = std::env::var_os("DOCKER_CONFIG").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let folder = folder.or_else(|| Some(etcetera::home_dir().ok()?.join(".docker")));
    Some(folder?.join("config.json"))
}

fn default_home() -> Result<PathBuf, clap::Error> {
    let strategy = etcetera::base_strategy::choose_native_strategy();
    let strategy =
        strategy.map_err(|_| usage("no home folder is known: name one with `--home DIR` or LAYERBOOK_HOME"))?;
    Ok(strategy.data_dir().join("layerbook"))
}

fn learner(name: &str) -> Result<String, String> {
    let fits = (1..=32).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if fits { Ok(name.to_owned()) } else { Err("a name has 1 to 32 of the characters a-z, 0-9 and -".to_owned()) }
}

fn usage(message: &str) -> clap::Error {
    Cli::command().error(clap::error::ErrorKind::ValueValidation, message)
}

#[cfg(test)]
mod tests;
