//! `docker start`, `stop`, `kill`, `restart` and `wait` (docker/cli, cli/command/container).

use super::play::{self, CREATE_FAILED, Played};
use super::{Done, NO_NAME, Names, each, find};
use crate::container::{Record, State};
use crate::docker::failure::{FLAG_STATUS, Failure};
use crate::docker::flags::Parsed;
use crate::docker::{Output, View, error};
use crate::engine::Engine;

/// What a signal that stops a program leaves as its status: 128 and the number of SIGKILL or SIGTERM.
const KILLED: i32 = 137;
const TERMINATED: i32 = 143;

/// Which containers to start, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Names and IDs as typed.
    pub names: Names,
    /// `-a`.
    pub attach: bool,
    /// `-i`.
    pub interactive: bool,
}

impl Start {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        Self { names: Names::read(parsed), attach: parsed.is("attach"), interactive: parsed.is("interactive") }
    }
}

pub(super) fn start(start: &Start, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    if !start.attach && !start.interactive {
        return start_all(&start.names, engine, view, output);
    }
    let [name] = start.names.0.as_slice() else {
        return Ok(Err(Failure::new(1, "you cannot start and attach multiple containers at once")));
    };
    let record = match find(engine, name) {
        Ok(record) => record,
        Err(failure) => return Ok(Err(failure)),
    };
    Ok(match play::start(engine, record.clone(), true, start.interactive, output)? {
        Ok(Played::Running | Played::Exited(0)) => remove_if_asked(engine, &record),
        Ok(Played::Exited(status)) => {
            remove_if_asked(engine, &record).and(Err(Failure::verbatim(status, String::new())))
        }
        Ok(Played::NotStarted(sentence, status)) => Err(Failure::new(1, error::daemon(full(sentence, status)))),
        Err(sentence) => Err(Failure::new(1, error::daemon(sentence))),
    })
}

/// Puts the daemon's words before a sentence of its runtime; what the daemon found out itself has none.
fn full(sentence: String, status: i32) -> String {
    if status == FLAG_STATUS { sentence } else { format!("{CREATE_FAILED}{sentence}") }
}

fn remove_if_asked(engine: &Engine, record: &Record) -> Result<(), Failure> {
    if record.options.auto_remove && !find(engine, &record.id)?.is_running() {
        engine.shelf().remove(record).map_err(super::failure)?;
    }
    Ok(())
}

fn start_all(names: &Names, engine: &Engine, _: &View, output: &mut Output<'_>) -> Done {
    let mut sentences = Vec::new();
    let mut failed = Vec::new();
    for name in &names.0 {
        match start_one(name, engine, output)? {
            Ok(()) => writeln!(output.out, "{name}")?,
            Err(sentence) => {
                sentences.push(if name.is_empty() { NO_NAME.to_owned() } else { error::daemon(sentence) });
                failed.push(name.as_str());
            }
        }
    }
    if failed.is_empty() {
        return Ok(Ok(()));
    }
    sentences.push(format!("Error: failed to start containers: {}", failed.join(", ")));
    Ok(Err(Failure::all(1, &sentences)))
}

fn start_one(name: &str, engine: &Engine, output: &mut Output<'_>) -> std::io::Result<Result<(), String>> {
    let record = match engine.shelf().find(name) {
        Ok(record) if record.state == State::Paused => {
            return Ok(Err("cannot start a paused container, try unpause instead".to_owned()));
        }
        Ok(record) if record.is_running() => return Ok(Ok(())),
        Ok(record) => record,
        Err(error) => return Ok(Err(error::container(&error))),
    };
    Ok(match play::start(engine, record, false, false, output)? {
        Ok(Played::Running | Played::Exited(_)) => Ok(()),
        Ok(Played::NotStarted(sentence, status)) => Err(full(sentence, status)),
        Err(sentence) => Err(sentence),
    })
}

/// Ends a container's program, and removes the container where it was to be removed.
fn end(engine: &Engine, record: Record, status: i32) -> Result<(), String> {
    let shelf = engine.shelf();
    let saved =
        if record.options.auto_remove { shelf.remove(&record) } else { shelf.save(&ended(engine, record, status)) };
    saved.map_err(|error| error::daemon(error::container(&error)))
}

fn ended(engine: &Engine, mut record: Record, status: i32) -> Record {
    (record.state, record.finished) = (State::Exited(status), Some((engine.options().clock)()));
    record
}

fn found(engine: &Engine, name: &str) -> Result<Record, String> {
    if name.is_empty() {
        return Err(NO_NAME.to_owned());
    }
    engine.shelf().find(name).map_err(|error| error::daemon(error::container(&error)))
}

/// A program that handles SIGTERM ends with 0, a shell or a program that only waits is killed after a while; what would run
/// here is not known, so it counts as the first, and as the second where it is known to wait.
pub(super) fn stop(names: &Names, engine: &Engine, output: &mut Output<'_>) -> Done {
    each(names, output, |name| {
        let record = found(engine, name)?;
        if !record.is_running() {
            return Ok(());
        }
        let status = if heeds_no_signal(&record) { KILLED } else { 0 };
        end(engine, record, status)
    })
}

/// The first process of a container gets no signal that it has not asked for, but SIGKILL.
fn heeds_no_signal(record: &Record) -> bool {
    let name = |word: &String| word.rsplit('/').next().unwrap_or_default().to_owned();
    record.command().iter().any(|word| matches!(name(word).as_str(), "sleep" | "tail" | "sh" | "bash" | "ash" | "dash"))
}

/// Which containers to send a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kill {
    /// Names and IDs as typed.
    pub names: Names,
    /// `-s`, as typed; empty for SIGKILL.
    pub signal: String,
}

impl Kill {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        Self { names: Names::read(parsed), signal: parsed.text("signal").unwrap_or_default().to_owned() }
    }
}

/// What a signal does to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Kills it, whatever it wants.
    Kills,
    /// Asks it to end.
    Ends,
    /// Tells it something.
    Tells,
}

/// Tells whether Docker knows a signal.
pub(super) fn is_signal(text: &str) -> bool {
    signal(text).is_some()
}

/// Reads a signal as Docker does: a name with or without `SIG`, or a number.
fn signal(text: &str) -> Option<Effect> {
    const NAMES: &[&str] = &[
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];
    let upper = text.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let number = match text.parse::<usize>() {
        Ok(number) => number,
        Err(_) if text.is_empty() => 9,
        Err(_) => NAMES.iter().position(|known| *known == name)? + 1,
    };
    match number {
        9 => Some(Effect::Kills),
        2 | 3 | 15 => Some(Effect::Ends),
        1..=64 => Some(Effect::Tells),
        _ => None,
    }
}

pub(super) fn kill(kill: &Kill, engine: &Engine, output: &mut Output<'_>) -> Done {
    each(&kill.names, output, |name| {
        let Some(effect) = signal(&kill.signal) else {
            return Err(error::daemon(format!("invalid signal: {}", kill.signal)));
        };
        let cannot = |why: String| error::daemon(format!("cannot kill container: {name}: {why}"));
        if name.is_empty() {
            return Err(NO_NAME.to_owned());
        }
        let record = engine.shelf().find(name).map_err(|error| cannot(error::container(&error)))?;
        if !record.is_running() {
            return Err(cannot(format!("container {} is not running", record.id)));
        }
        match effect {
            Effect::Kills => end(engine, record, KILLED),
            Effect::Ends if !heeds_no_signal(&record) => end(engine, record, 0),
            Effect::Ends | Effect::Tells => Ok(()),
        }
    })
}

pub(super) fn restart(names: &Names, engine: &Engine, _: &View, output: &mut Output<'_>) -> Done {
    let mut sentences = Vec::new();
    for name in &names.0 {
        let record = match found(engine, name) {
            Ok(record) => record,
            Err(sentence) => {
                sentences.push(sentence);
                continue;
            }
        };
        if record.is_running()
            && let Err(error) = engine.shelf().save(&ended(engine, record, TERMINATED))
        {
            sentences.push(error::daemon(error::container(&error)));
            continue;
        }
        match start_one(name, engine, output)? {
            Ok(()) => writeln!(output.out, "{name}")?,
            Err(sentence) => sentences.push(error::daemon(sentence)),
        }
    }
    Ok(if sentences.is_empty() { Ok(()) } else { Err(Failure::all(1, &sentences)) })
}

/// Nothing here runs by itself, so a container that runs would be waited for without end.
pub(super) fn wait(names: &Names, engine: &Engine, output: &mut Output<'_>) -> Done {
    let mut sentences = Vec::new();
    for name in &names.0 {
        match found(engine, name) {
            Ok(record) => match record.state {
                State::Exited(status) => writeln!(output.out, "{status}")?,
                State::Created => writeln!(output.out, "0")?,
                State::Running | State::Paused => sentences.push(format!(
                    "layerbook: {name} runs until it is stopped, and in a workbook nothing would stop it while you wait"
                )),
            },
            Err(sentence) => sentences.push(sentence),
        }
    }
    Ok(if sentences.is_empty() { Ok(()) } else { Err(Failure::all(1, &sentences)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_names_and_numbers() {
        for (text, effect) in [
            ("", Some(Effect::Kills)),
            ("9", Some(Effect::Kills)),
            ("SIGKILL", Some(Effect::Kills)),
            ("term", Some(Effect::Ends)),
            ("SIGHUP", Some(Effect::Tells)),
            ("10", Some(Effect::Tells)),
            ("FOO", None),
            ("0", None),
            ("65", None),
        ] {
            assert_eq!(signal(text), effect, "{text}");
        }
    }
}
