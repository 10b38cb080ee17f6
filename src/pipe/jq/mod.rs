//! `jq`, through the crates jaq-core, jaq-std and jaq-json. Programs see no environment and no clock; those that
//! define functions are refused, since a function that calls itself could exhaust the stack; one that runs too long
//! is given up. The rest of jq is as jaq understands it, printed and worded as jq does.

mod compile;
mod data;
mod error;
mod read;
mod run;
mod write;

use std::sync::mpsc;
use std::time::Duration;

use super::Outcome;
use write::Style;

/// How long a program may run.
const PATIENCE: Duration = Duration::from_secs(20);
/// The stack of a running program: deep values are freed recursively.
const STACK: usize = 256 << 20;

/// What the options ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags of the command line")]
struct Settings {
    style: Style,
    slurp: bool,
    null_input: bool,
    raw_input: bool,
    exit_status: bool,
}

const USAGE: &str = "Use jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq";

/// Runs jq on standard input.
pub(super) fn run(arguments: &[String], stdin: &[u8]) -> Outcome {
    let (settings, program, file) = match settings(arguments) {
        Ok(read) => read,
        Err(problem) => return Outcome::failed(&format!("jq: {problem}\n{USAGE}"), 2),
    };
    if let Some(name) = file {
        return Outcome::failed(&format!("jq: error: Could not open file {name}: No such file or directory"), 2);
    }
    let input = stdin.to_vec();
    in_time(move || run::run(&program, settings, &input))
}

/// Runs a program on a thread of its own, with room and an end.
fn in_time(work: impl FnOnce() -> Outcome + Send + 'static) -> Outcome {
    let (done, result) = mpsc::channel();
    let thread = std::thread::Builder::new().name("jq".into()).stack_size(STACK).spawn(move || {
        // Nobody listens any more when the program was given up.
        let _ = done.send(work());
    });
    match thread {
        Ok(_) => result
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| Outcome::failed("jq: error: the program ran too long and was given up", 5)),
        Err(_) => Outcome::failed("jq: error: no thread to run in", 5),
    }
}

/// Reads options, the program, and a file's name if one stands behind it.
fn settings(arguments: &[String]) -> Result<(Settings, String, Option<String>), String> {
    let mut settings = Settings::default();
    let mut words = Vec::new();
    let mut only_words = false;
    for argument in arguments {
        match argument.strip_prefix('-') {
            Some("-") if !only_words => only_words = true,
            Some(letters) if !only_words && !letters.is_empty() => settings.read(argument, letters)?,
            _ => words.push(argument.clone()),
        }
    }
    let mut words = words.into_iter();
    let program = words.next().unwrap_or_else(|| ".".into());
    Ok((settings, program, words.next()))
}

impl Settings {
    fn read(&mut self, argument: &str, letters: &str) -> Result<(), String> {
        let unknown = || format!("Unknown option {argument}");
        let long = match letters {
            "-raw-output" => "r",
            "-join-output" => "j",
            "-compact-output" => "c",
            "-exit-status" => "e",
            "-slurp" => "s",
            "-null-input" => "n",
            "-raw-input" => "R",
            "-sort-keys" => "S",
            "-tab" => "t",
            "-ascii-output" => "a",
            "-monochrome-output" => "M",
            "-color-output" => "C",
            _ if letters.starts_with('-') => return Err(unknown()),
            short => return short.chars().try_for_each(|letter| self.set(letter).ok_or_else(unknown)),
        };
        long.chars().try_for_each(|letter| self.set_any(letter).ok_or_else(unknown))
    }

    fn set(&mut self, letter: char) -> Option<()> {
        if letter == 't' { None } else { self.set_any(letter) }
    }

    fn set_any(&mut self, letter: char) -> Option<()> {
        match letter {
            'r' => self.style.raw = true,
            'j' => (self.style.raw, self.style.joined) = (true, true),
            'c' => self.style.compact = true,
            'e' => self.exit_status = true,
            's' => self.slurp = true,
            'n' => self.null_input = true,
            'R' => self.raw_input = true,
            'S' => self.style.sorted = true,
            't' => self.style.tabs = true,
            'a' => self.style.ascii = true,
            'M' => {}
            _ => return None,
        }
        Some(())
    }
}
