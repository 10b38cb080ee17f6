//! `awk`: the language that reads records and fields, as mawk and busybox run it.

mod expressions;
mod functions;
mod lexer;
mod machine;
mod parser;
mod run;
mod tree;
mod value;

use super::failed;
use crate::container::Session;
use crate::container::files::Follow;
use crate::container::shell::Found;
use crate::pipe::Outcome;

use machine::Machine;
use parser::Parser;

/// Which of the programs that are called `awk` it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kin {
    Mawk,
    Busybox,
    Other,
}

pub(super) fn awk(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let kin = kin(session, &words[0]);
    let (mut separator, mut assignments, mut text) = (None, Vec::new(), None::<String>);
    let mut rest = &words[1..];
    while let Some((flag, behind)) = rest.split_first().filter(|(word, _)| word.starts_with('-') && word.len() > 1) {
        rest = behind;
        if flag == "--" {
            break;
        }
        let (letter, attached) = (flag.chars().nth(1).unwrap_or('-'), flag.chars().skip(2).collect::<String>());
        if !matches!(letter, 'F' | 'v' | 'f') {
            return failed(&format!("awk: not an option: {flag}"), 2);
        }
        let value = if attached.is_empty() { behind.first().cloned() } else { Some(attached.clone()) };
        let Some(value) = value else { return usage(kin) };
        rest = if attached.is_empty() { &behind[1..] } else { behind };
        match letter {
            'F' => separator = Some(value),
            'v' => assignments.push(value),
            _ => match session.read(&value) {
                Ok(bytes) => *text.get_or_insert_default() += &String::from_utf8_lossy(&bytes),
                Err(error) => return failed(&format!("awk: cannot open {value} ({error})"), 2),
            },
        }
    }
    let Some(text) = text.or_else(|| {
        let (first, behind) = rest.split_first()?;
        rest = behind;
        Some(first.clone())
    }) else {
        return usage(kin);
    };
    let program = match Parser::read(&text) {
        Ok(program) => program,
        Err(fault) if kin == Kin::Busybox => {
            let line = fault.line.min(text.lines().count().max(1));
            return failed(&format!("awk: cmd. line:{line}: Unexpected token"), 1);
        }
        Err(fault) => return failed(&format!("awk: line {}: {}", fault.line, fault.sentence), 2),
    };
    let mut machine = Machine::new(session, &program, kin);
    machine.set_text("FS", separator.as_deref().map_or(" ", |text| if text == "t" { "\t" } else { text }));
    for assignment in &assignments {
        machine.assign_word(assignment);
    }
    machine.play(rest, input)
}

fn kin(session: &Session<'_>, name: &str) -> Kin {
    if session.is_applet("awk") {
        return Kin::Busybox;
    }
    let found = match session.look_up(name) {
        Found::Program(id) => Some(id),
        Found::Directory | Found::NotExecutable | Found::Nothing => session.find(name, Follow::Last).ok(),
    };
    let is_mawk = found.is_some_and(|id| session.files().node(id).name == b"mawk");
    if is_mawk { Kin::Mawk } else { Kin::Other }
}

fn usage(kin: Kin) -> Outcome {
    match kin {
        Kin::Busybox => failed("Usage: awk [OPTIONS] [AWK_PROGRAM] [FILE]...", 1),
        Kin::Mawk => failed("Usage: mawk [Options] [Program] [file ...]", 0),
        Kin::Other => failed("Usage: awk [POSIX or GNU style options] -f progfile [--] file ...", 2),
    }
}
