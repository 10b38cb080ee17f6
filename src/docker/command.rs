//! Words into a [`Command`]: what a docker line asks for, resolved and checked as far as Docker's client checks it.
//! Carries nothing out.

use super::catalog::{self, GLOBAL_FLAGS};
use super::container::{
    Attach, Commit, ContainerCommand, Copy, Create, Exec, Export, Kill, List, Logs, Names, Port, PruneContainers,
    RemoveContainers, Rename, Run, Start, Stats, Top,
};
use super::disk_usage::DiskUsage;
use super::failure::{FLAG_STATUS, Failure};
use super::flags::{self, FlagError, HELP, Order, Parsed};
use super::help::{self, Page};
use super::history::History;
use super::images::Images;
use super::imagetools::ImageTools;
use super::import::Import;
use super::inspect::Inspect;
use super::known::{self, Group};
use super::load::Load;
use super::login::{LogIn, LogOut};
use super::manifest::ManifestInspect;
use super::prune::Prune;
use super::pull::Pull;
use super::push::Push;
use super::remove::Remove;
use super::save::Save;
use super::search::Search;
use super::spec::{Spec, Verb};
use super::system_prune::SystemPrune;
use super::tag::Tag;
use super::version::{Info, Version};

/// A docker command, ready to be carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `docker pull`.
    Pull(Pull),
    /// `docker push`.
    Push(Push),
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
    /// `docker search`.
    Search(Search),
    /// `docker manifest inspect`.
    Manifest(ManifestInspect),
    /// `docker buildx imagetools inspect`.
    ImageTools(ImageTools),
    /// `docker login`.
    LogIn(LogIn),
    /// `docker logout`.
    LogOut(LogOut),
    /// `docker save`.
    Save(Save),
    /// `docker load`.
    Load(Load),
    /// `docker import`.
    Import(Import),
    /// `docker system df`.
    DiskUsage(DiskUsage),
    /// `docker system prune`.
    SystemPrune(SystemPrune),
    /// `docker version`.
    Version(Version),
    /// `docker info`.
    Info(Info),
    /// A command about containers.
    Container(ContainerCommand),
    /// `docker --version`.
    ShortVersion,
    /// A help page.
    Help(Help),
}

impl Command {
    /// Gives variables that were typed without a value the client's.
    pub(super) fn hand_on(&mut self, variable: &dyn Fn(&str) -> Option<String>) {
        if let Self::Container(command) = self {
            command.hand_on(variable);
        }
    }
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
    /// It was asked for by `-h` behind a command.
    AskedByLetter,
    /// It was asked for by `-h` before any command: the warning goes to standard error.
    AskedByLetterFirst,
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
    if let Some(level) = parsed.non_empty("log-level").filter(|level| !is_log_level(level)) {
        return Err(Failure::new(1, format!("Unable to parse logging level: {level}")));
    }
    if parsed.is(HELP.long) {
        return match parsed.arguments.split_first() {
            Some((name, rest)) if known::group(name).is_some() || is_known(name) => {
                with_help(why_first(&parsed), rest, |words| {
                    known::group(name).map_or_else(|| named(name, words), |group| grouped(group, words))
                })
            }
            Some(_) | None => Ok(Command::Help(Help { page: Page::DOCKER, why: why_first(&parsed) })),
        };
    }
    // With a command it says nothing.
    if parsed.is("version") && parsed.arguments.is_empty() {
        return Ok(Command::ShortVersion);
    }
    let Some((name, rest)) = parsed.arguments.split_first() else {
        return Ok(Command::Help(Help { page: Page::DOCKER, why: Why::NoCommand }));
    };
    match (name.as_str(), known::group(name)) {
        ("help", _) => help(rest),
        (_, Some(group)) => grouped(group, rest),
        (name, None) if !is_known(name) => lost(name, rest),
        (name, None) => named(name, rest),
    }
}

/// Help that is asked for before a command is about the command.
fn with_help(
    why: Why,
    rest: &[String],
    then: impl FnOnce(&[String]) -> Result<Command, Failure>,
) -> Result<Command, Failure> {
    let words: Vec<String> = std::iter::once("--help".to_owned()).chain(rest.iter().cloned()).collect();
    match then(&words)? {
        Command::Help(help) => Ok(Command::Help(Help { why, ..help })),
        other => Ok(other),
    }
}

/// The levels of the library that Docker logs with.
fn is_log_level(text: &str) -> bool {
    let levels = ["panic", "fatal", "error", "warn", "warning", "info", "debug", "trace"];
    levels.iter().any(|level| text.eq_ignore_ascii_case(level))
}

fn why(parsed: &Parsed) -> Why {
    if parsed.short_help { Why::AskedByLetter } else { Why::Asked }
}

fn why_first(parsed: &Parsed) -> Why {
    if parsed.short_help { Why::AskedByLetterFirst } else { Why::Asked }
}

/// `docker help`: a command with flags of its own.
fn help(words: &[String]) -> Result<Command, Failure> {
    let parsed = flags::parse(words, &[], Order::Interspersed)
        .map_err(|error| flag_error(&error, "docker help", "[command]"))?;
    if parsed.is(HELP.long) {
        return Ok(Command::Help(Help { page: Page::HELP, why: why(&parsed) }));
    }
    help_topic(&parsed.arguments)
}

/// `docker help [COMMAND...]`.
fn help_topic(words: &[String]) -> Result<Command, Failure> {
    let name = words.join(" ");
    let asked = |page| Ok(Command::Help(Help { page, why: Why::Asked }));
    if name.is_empty() {
        return asked(Page::DOCKER);
    }
    match (known::group(&name), catalog::find(&name)) {
        (Some(group), _) => asked(Page::group(group)),
        (None, Some(spec)) => asked(Page::command(spec, &name)),
        (None, None) if known::is_dockers(&name) => Err(not_ours(&name)),
        (None, None) if known::is_dockers(&words[0]) && known::group(&words[0]).is_none() => Err(not_ours(&words[0])),
        (None, None) => {
            let topic = words.iter().find(|word| known::group(word).is_none()).unwrap_or(&name);
            Err(Failure::new(1, format!("unknown help topic: {topic}")))
        }
    }
}

/// `docker image ...`, `docker system ...`.
fn grouped(group: &'static Group, words: &[String]) -> Result<Command, Failure> {
    let parsed = flags::parse(words, &[], Order::FlagsFirst)
        .map_err(|error| flag_error(&error, &format!("docker {}", group.name), group.usage))?;
    if parsed.is(HELP.long) {
        let name = |word: &String| format!("{} {word}", group.name);
        return match parsed.arguments.split_first() {
            Some((word, rest)) if is_known(&name(word)) => {
                with_help(why(&parsed), rest, |words| named(&name(word), words))
            }
            Some(_) | None => Ok(Command::Help(Help { page: Page::group(group), why: why(&parsed) })),
        };
    }
    match parsed.arguments.split_first() {
        None => Ok(Command::Help(Help { page: Page::group(group), why: Why::NoCommand })),
        Some((name, rest)) => {
            let name = format!("{} {name}", group.name);
            match known::group(&name) {
                Some(group) => grouped(group, rest),
                None if is_known(&name) => named(&name, rest),
                None => lost_in(group, &name, words),
            }
        }
    }
}

/// A word that Docker does not know: the flags behind it are read as Docker's own before anyone looks at the word.
fn lost(name: &str, rest: &[String]) -> Result<Command, Failure> {
    let parsed = flags::parse(rest, GLOBAL_FLAGS, Order::Interspersed)
        .map_err(|error| flag_error(&error, "docker", "[OPTIONS] COMMAND [ARG...]"))?;
    if parsed.is(HELP.long) {
        return Ok(Command::Help(Help { page: Page::DOCKER, why: why(&parsed) }));
    }
    Err(unknown(name))
}

/// The same in a group: its flags are read as the group's before anyone looks at the word.
fn lost_in(group: &'static Group, name: &str, words: &[String]) -> Result<Command, Failure> {
    let parsed = flags::parse(words, &[], Order::Interspersed)
        .map_err(|error| flag_error(&error, &format!("docker {}", group.name), group.usage))?;
    if parsed.is(HELP.long) {
        return Ok(Command::Help(Help { page: Page::group(group), why: why(&parsed) }));
    }
    Err(unknown(name))
}

fn is_known(name: &str) -> bool {
    catalog::find(name).is_some() || known::is_dockers(name)
}

fn named(name: &str, words: &[String]) -> Result<Command, Failure> {
    match catalog::find(name) {
        Some(spec) => command(spec, spec.canonical(name), words),
        None if known::is_dockers(name) => Err(not_ours(name)),
        None => Err(unknown(name)),
    }
}

fn command(spec: &'static Spec, name: &'static str, words: &[String]) -> Result<Command, Failure> {
    let parsed = flags::parse(words, spec.flags, spec.order())
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
        Verb::Push => Push::read(parsed).map(Command::Push),
        Verb::Images => Ok(Command::Images(Images::read(parsed, name))),
        Verb::Inspect => Inspect::read(parsed).map(Command::Inspect),
        Verb::ImageInspect => Inspect::read_image(parsed).map(Command::Inspect),
        Verb::History => History::read(parsed).map(Command::History),
        Verb::Remove => Ok(Command::Remove(Remove::read(parsed))),
        Verb::Tag => Tag::read(parsed).map(Command::Tag),
        Verb::Prune => Ok(Command::Prune(Prune::read(parsed))),
        Verb::Search => Ok(Command::Search(Search::read(parsed))),
        Verb::ManifestInspect => ManifestInspect::read(parsed).map(Command::Manifest),
        Verb::ImageToolsInspect => ImageTools::read(parsed).map(Command::ImageTools),
        Verb::LogIn => LogIn::read(parsed).map(Command::LogIn),
        Verb::LogOut => Ok(Command::LogOut(LogOut::read(parsed))),
        Verb::Save => Save::read(parsed).map(Command::Save),
        Verb::Load => Load::read(parsed).map(Command::Load),
        Verb::Import => Ok(Command::Import(Import::read(parsed))),
        Verb::SystemPrune => SystemPrune::read(parsed).map(Command::SystemPrune),
        Verb::DiskUsage => Ok(Command::DiskUsage(DiskUsage::read(parsed))),
        Verb::Version => Ok(Command::Version(Version::read(parsed))),
        Verb::Info => Ok(Command::Info(Info::read(parsed))),
        Verb::ContainerInspect => Inspect::read_container(parsed).map(Command::Inspect),
        Verb::Run => Run::read(parsed).map(Box::new).map(ContainerCommand::Run).map(Command::Container),
        Verb::Create => {
            Create::read(parsed, "create").map(Box::new).map(ContainerCommand::Create).map(Command::Container)
        }
        Verb::Start => Ok(Command::Container(ContainerCommand::Start(Start::read(parsed)))),
        Verb::Stop => Ok(Command::Container(ContainerCommand::Stop(Names::read(parsed)))),
        Verb::Kill => Ok(Command::Container(ContainerCommand::Kill(Kill::read(parsed)))),
        Verb::Restart => Ok(Command::Container(ContainerCommand::Restart(Names::read(parsed)))),
        Verb::Wait => Ok(Command::Container(ContainerCommand::Wait(Names::read(parsed)))),
        Verb::Exec => Ok(Command::Container(ContainerCommand::Exec(Exec::read(parsed)))),
        Verb::Ps => Ok(Command::Container(ContainerCommand::List(List::read(parsed)))),
        Verb::RemoveContainer => Ok(Command::Container(ContainerCommand::Remove(RemoveContainers::read(parsed)))),
        Verb::PruneContainers => Ok(Command::Container(ContainerCommand::Prune(PruneContainers::read(parsed)))),
        Verb::Rename => Rename::read(parsed).map(ContainerCommand::Rename).map(Command::Container),
        Verb::Diff => Ok(Command::Container(ContainerCommand::Diff(parsed.arguments[0].clone()))),
        Verb::Commit => Commit::read(parsed).map(ContainerCommand::Commit).map(Command::Container),
        Verb::Copy => Copy::read(parsed).map(ContainerCommand::Copy).map(Command::Container),
        Verb::Pause => Ok(Command::Container(ContainerCommand::Pause(Names::read(parsed)))),
        Verb::Unpause => Ok(Command::Container(ContainerCommand::Unpause(Names::read(parsed)))),
        Verb::Attach => Ok(Command::Container(ContainerCommand::Attach(Attach::read(parsed)))),
        Verb::Export => Ok(Command::Container(ContainerCommand::Export(Export::read(parsed)))),
        Verb::Port => Ok(Command::Container(ContainerCommand::Port(Port::read(parsed)))),
        Verb::Stats => Ok(Command::Container(ContainerCommand::Stats(Stats::read(parsed)))),
        Verb::Top => Ok(Command::Container(ContainerCommand::Top(Top::read(parsed)))),
        Verb::Logs => Ok(Command::Container(ContainerCommand::Logs(Logs::read(parsed)))),
    }
}

fn flag_error(error: &FlagError, path: &str, usage: &str) -> Failure {
    Failure::verbatim(FLAG_STATUS, format!("{error}\n{}", help::tail(path, usage, "Run")))
}

/// A word that Docker does not know either.
fn unknown(name: &str) -> Failure {
    let sentence = format!("docker: unknown command: docker {name}\n");
    let tail = match name.rsplit_once(' ').filter(|(group, _)| known::group(group).is_some()) {
        Some((group, _)) => {
            let usage = known::group(group).map_or("", |group| group.usage);
            help::tail(&format!("docker {group}"), usage, "Run")
        }
        None => "\nRun 'docker --help' for more information\n".to_owned(),
    };
    Failure::verbatim(1, sentence + &tail)
}

/// A command of Docker's that layerbook does not have: our own sentence in the form of an unknown command.
fn not_ours(name: &str) -> Failure {
    let sentence =
        format!("docker: layerbook does not have 'docker {name}' yet; it works with images and looks into containers");
    Failure::verbatim(1, format!("{sentence}\n\nRun 'docker --help' for more information\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, Failure> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_pull_is_resolved() {
        let Ok(Command::Pull(pull)) = read("-D pull redis --platform=arm64 -q") else { panic!("a pull") };
        assert_eq!(pull.reference.to_string(), "docker.io/library/redis:latest");
        assert_eq!(pull.platform.map(|platform| platform.to_string()).as_deref(), Some("linux/arm64"));
        assert!(pull.quiet && pull.default_tag && !pull.all_tags);
    }

    #[test]
    fn aliases_are_the_same_command() {
        for (one, other) in [
            ("image pull x", "pull x"),
            ("image history x", "history x"),
            ("image remove -f x", "rmi --force x"),
            ("image tag x y", "tag x y"),
            ("image list -q", "image ls --quiet"),
            ("image inspect x", "inspect --type image x"),
            ("system info", "info"),
        ] {
            assert_eq!(read(one), read(other), "{one}");
        }
    }

    #[test]
    fn flags_of_docker_itself_stand_before_the_command_only() {
        assert_eq!(read("-H tcp://x images"), read("images"));
        assert_eq!(read("images --debug").unwrap_err().status(), FLAG_STATUS);
        assert_eq!(read("--version"), Ok(Command::ShortVersion));
    }

    #[test]
    fn flags_behind_an_unknown_word_come_before_the_word() {
        let page = |line: &str| matches!(read(line), Ok(Command::Help(_)));
        for line in ["nosuch --help", "nosuch x -h", "image nosuch --help", "image nosuch x -h"] {
            assert!(page(line), "{line}");
        }
        for (line, status) in [("nosuch --bogus", FLAG_STATUS), ("image nosuch --bogus", FLAG_STATUS), ("nosuch", 1)] {
            assert_eq!(read(line).unwrap_err().status(), status, "{line}");
        }
        assert!(read("image nosuch -- --help").unwrap_err().text().starts_with("docker: unknown command"));
    }

    #[test]
    fn help_before_a_command_is_about_the_command() {
        let page = |line: &str| match read(line) {
            Ok(Command::Help(help)) => help.page,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(page("--help pull"), page("pull --help"));
        assert_eq!(page("--help image pull x"), page("image pull --help"));
        assert_eq!(page("image --help rm"), page("image rm --help"));
        assert_eq!(page("image --help nosuch"), page("image --help"));
        assert_eq!(page("--help nosuch"), page("--help"));
    }

    #[test]
    fn a_level_that_nothing_is_logged_by_is_refused_before_all_else() {
        for line in ["-l x images", "-l x --version", "--log-level=x --help"] {
            assert_eq!(read(line).unwrap_err().text(), "Unable to parse logging level: x\n", "{line}");
        }
        assert!(read("-l WARN images").is_ok() && read("--log-level= images").is_ok());
    }

    #[test]
    fn the_default_tag_is_told_before_a_bad_platform() {
        let failure = read("pull redis --platform a/b/c/d").unwrap_err();
        assert_eq!(failure.said(), "Using default tag: latest\n");
        assert_eq!(failure.text(), "\"a/b/c/d\": cannot parse platform specifier: invalid argument\n");
    }
}
