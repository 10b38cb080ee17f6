//! Letting a container's program run: what it writes goes out and into the log, lines that are typed go in.

use std::io::{self, BufRead, Read};

use crate::container::{Container, Ended, LogLine, Record, Session, Settings, State, Stream, Typed, UserFault};
use crate::docker::{Output, error};
use crate::engine::Engine;

/// How a program is let run.
#[derive(Debug, Clone)]
pub(super) struct Play {
    /// Its words.
    pub(super) command: Vec<String>,
    /// Who runs it; empty for the container's user.
    pub(super) user: String,
    /// Where; empty for the container's place.
    pub(super) working_dir: String,
    /// More variables.
    pub(super) env: Vec<String>,
    /// Whether it has a terminal.
    pub(super) tty: bool,
    /// Whether what is typed reaches it.
    pub(super) input: bool,
    /// Whether anyone sees what it writes.
    pub(super) output: bool,
}

/// How it ended.
pub(super) enum Played {
    /// With this status.
    Exited(i32),
    /// It goes on.
    Running,
    /// It never started: the daemon's sentence, and the exit status.
    NotStarted(String, i32),
}

/// The words that every failure to start begins with.
pub(super) const CREATE_FAILED: &str = "failed to create task for container: failed to create shim task: OCI runtime create \
     failed: runc create failed: unable to start container process: error during container init: ";

/// Starts a container's own program, and keeps what is known about the container.
pub(super) fn start(
    engine: &Engine,
    record: Record,
    attached: bool,
    input: bool,
    output: &mut Output<'_>,
) -> io::Result<Result<Played, String>> {
    let own = Play::of(&record);
    let play = Play { input: input && own.input, output: attached, ..own };
    let mut container = match engine.open_container(record) {
        Ok(container) => container,
        Err(error) => return Ok(Err(error::sentence(&error))),
    };
    let now = || (engine.options().clock)();
    let begun = container.update(|record| {
        (record.state, record.started, record.finished) = (State::Running, Some(now()), None);
    });
    if let Err(error) = begun {
        return Ok(Err(error::container(&error)));
    }
    // Where the writer fails, the program has ended all the same.
    let played = play.run(engine, &mut container, output, Keep::Log);
    let state = match &played {
        Ok(Ok(Played::Running)) => State::Running,
        Ok(Ok(Played::Exited(status))) => State::Exited(*status),
        Ok(Ok(Played::NotStarted(..)) | Err(_)) => State::Created,
        Err(_) => State::Exited(1),
    };
    let ended = container.update(|record| {
        record.state = state;
        record.finished = matches!(state, State::Exited(_)).then(now);
    });
    match ended {
        Ok(()) => played,
        Err(error) => Ok(Err(error::container(&error))),
    }
}

/// Whether what a program writes is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Log,
    Nothing,
}

/// The daemon's sentence about a user that a program cannot run as.
fn user_sentence(fault: &UserFault) -> String {
    match fault {
        UserFault::Range => "uids and gids must be in range 0-2147483647".to_owned(),
        UserFault::NoUser(name) => format!("unable to find user {name}: no matching entries in passwd file"),
        UserFault::NoGroup(name) => format!("unable to find group {name}: no matching entries in group file"),
    }
}

impl Play {
    /// A container's own program as the container was made for it, with somebody looking.
    pub(super) fn of(record: &Record) -> Self {
        Self {
            command: record.command(),
            user: String::new(),
            working_dir: String::new(),
            env: Vec::new(),
            tty: record.options.tty,
            input: record.options.open_stdin,
            output: true,
        }
    }

    /// Lets a program run in a container. The inner error is the daemon's sentence.
    pub(super) fn run(
        &self,
        engine: &Engine,
        container: &mut Container,
        output: &mut Output<'_>,
        keep: Keep,
    ) -> io::Result<Result<Played, String>> {
        let record = container.record().clone();
        if !self.output && keep == Keep::Log && goes_on(&self.command) {
            return Ok(Ok(Played::Running));
        }
        let settings = Settings {
            clock: engine.options().clock,
            user: self.user.clone(),
            working_dir: self.working_dir.clone(),
            env: self.env.clone(),
            tty: self.tty,
            columns: output.columns,
            prints: engine.prints(&record),
            machine: machine(engine, &record),
        };
        let user = if self.user.is_empty() { record.config.user.clone() } else { self.user.clone() };
        let mut session = Session::new(container, settings);
        if let Err(fault) = session.check_user(&user) {
            return Ok(Ok(Played::NotStarted(user_sentence(&fault), 125)));
        }
        let mut taken = Taken { out: Vec::new() };
        let input = if self.reads_all() { read_all(output)? } else { Vec::new() };
        let is_typed = self.tty && self.input && self.output;
        let input = (!is_typed).then_some(input.as_slice());
        let ended = session.start(&self.command, input, &mut |stream, bytes| taken.take(stream, bytes));
        taken.pass(self.output, keep, engine, &record, output)?;
        let name = self.command.first().map_or("", String::as_str);
        Ok(match ended {
            Err(error) => Err(error::container(&error)),
            Ok(Some(Ended::Exited(status))) => Ok(Played::Exited(status)),
            Ok(Some(Ended::Shell) | None) if self.input && self.output => {
                self.lines(&mut session, engine, &record, output, keep)?;
                Ok(Played::Exited(session.status()))
            }
            Ok(Some(Ended::Shell)) if record.options.open_stdin && keep == Keep::Log => Ok(Played::Running),
            Ok(Some(Ended::Shell) | None) => Ok(Played::Exited(0)),
            Ok(Some(Ended::CannotRun(_))) if !self.output => Ok(Played::Running),
            Ok(Some(Ended::CannotRun(sentence))) => {
                writeln!(output.err, "{sentence}")?;
                Ok(Played::Exited(126))
            }
            Ok(Some(Ended::NotStarted { reason, status })) => Ok(Played::NotStarted(words(name, reason), status)),
        })
    }

    /// Tells whether the program is a shell that reads lines.
    pub(super) fn is_shell(&self) -> bool {
        let words: Vec<&str> = self.command.iter().map(|word| word.rsplit('/').next().unwrap_or_default()).collect();
        let words = words.strip_prefix(&["busybox"]).unwrap_or(&words);
        matches!(words, ["sh" | "bash" | "ash" | "dash"] | ["sh" | "bash" | "ash" | "dash", "-i" | "-l"])
    }

    /// A program that is no shell gets all that there is to read at once.
    fn reads_all(&self) -> bool {
        let last = self.command.last().map_or("", |word| word.rsplit('/').next().unwrap_or_default());
        self.input && !self.tty && !matches!(last, "sh" | "bash" | "ash" | "dash" | "-i" | "-l")
    }

    /// Passes lines to a shell, or to a program that reads what is typed, until it ends.
    fn lines(
        &self,
        session: &mut Session<'_>,
        engine: &Engine,
        record: &Record,
        output: &mut Output<'_>,
        keep: Keep,
    ) -> io::Result<()> {
        loop {
            let prompt = session.prompt();
            output.out.flush()?;
            let line = match (&mut output.console, &mut output.input) {
                (Some(console), _) if self.tty => console.line(&prompt, session.completer(), session.history())?,
                (_, Some(input)) => {
                    let line = read_line(*input)?;
                    if self.tty {
                        // Whoever reads the transcript sees what stood on the terminal.
                        writeln!(output.out, "{prompt}{}", line.as_deref().unwrap_or_default())?;
                    }
                    line.map_or(Typed::Ended, Typed::Line)
                }
                (_, None) => Typed::Ended,
            };
            let mut taken = Taken { out: Vec::new() };
            let mut take = |stream, bytes: &[u8]| taken.take(stream, bytes);
            let goes_on = match &line {
                Typed::Line(line) => session.type_line(line, &mut take),
                Typed::Interrupted => session.interrupt(),
                Typed::Ended => session.end_input(&mut take),
            };
            taken.pass(true, keep, engine, record, output)?;
            match goes_on {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => {
                    writeln!(output.err, "{}", error::daemon(error::container(&error)))?;
                    return Ok(());
                }
            }
        }
    }
}

/// What a program wrote, until it can be passed on.
struct Taken {
    out: Vec<(Stream, Vec<u8>)>,
}

impl Taken {
    fn take(&mut self, stream: Stream, bytes: &[u8]) {
        self.out.push((stream, bytes.to_vec()));
    }

    fn pass(
        self,
        shown: bool,
        keep: Keep,
        engine: &Engine,
        record: &Record,
        output: &mut Output<'_>,
    ) -> io::Result<()> {
        if keep == Keep::Log {
            let time = (engine.options().clock)();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let line = |(stream, bytes): &(Stream, Vec<u8>)| LogLine { stream: *stream, log: text(bytes), time };
            let lines: Vec<LogLine> = self.out.iter().map(line).collect();
            // A log that cannot be written is no reason to stop.
            let _ = engine.shelf().log(record, &lines);
        }
        for (stream, bytes) in self.out.iter().filter(|_| shown) {
            match stream {
                Stream::Err if !record.options.tty => output.err.write_all(bytes)?,
                Stream::Out | Stream::Err => output.out.write_all(bytes)?,
            }
        }
        output.out.flush()?;
        output.err.flush()
    }
}

/// Programs that only wait: with nobody looking they count as running.
fn goes_on(command: &[String]) -> bool {
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let name = |word: &str| word.rsplit('/').next().map(str::to_owned).unwrap_or_default();
    match words.as_slice() {
        [first, rest @ ..] if name(first) == "busybox" => {
            goes_on(&rest.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>())
        }
        [first, _, ..] if name(first) == "sleep" => true,
        [first, "-f" | "-F", ..] if name(first) == "tail" => true,
        _ => false,
    }
}

/// runc's words about a program that did not start.
fn words(name: &str, reason: &str) -> String {
    let reason = match reason {
        "stat" => format!("stat {name}: no such file or directory"),
        "is a directory" => "is a directory: permission denied".to_owned(),
        other => other.to_owned(),
    };
    format!("exec: \"{name}\": {reason}")
}

fn machine(engine: &Engine, record: &Record) -> String {
    let image = engine.inspect(&record.image.to_string());
    let architecture = image.map(|image| image.config.architecture.clone()).unwrap_or_default();
    match architecture.as_str() {
        "amd64" | "" => "x86_64".to_owned(),
        "arm64" => "aarch64".to_owned(),
        "386" => "i686".to_owned(),
        "arm" => "armv7l".to_owned(),
        other => other.to_owned(),
    }
}

/// The most that is read from an input, in bytes.
const MOST: u64 = 64 << 20;

fn read_all(output: &mut Output<'_>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(input) = &mut output.input {
        input.take(MOST).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn read_line(input: &mut (dyn BufRead + Send)) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    if input.take(MOST).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned()))
}
