//! Programs that run other programs: `xargs`, `env NAME=VALUE ...`, `timeout` and their kin.

use super::{failed, said};
use crate::container::Session;
use crate::container::shell::Found;
use crate::pipe::Outcome;

/// Runs that one `xargs` begins.
const MOST_RUNS: usize = 10_000;

/// Adds what a program wrote to what was written before.
pub(super) fn join(all: &mut Outcome, one: Outcome) {
    all.stdout.extend(one.stdout);
    all.stderr += &one.stderr;
    all.status = one.status;
}

/// `xargs [-0] [-n COUNT] [-I NAME] [-r] [-t] [PROGRAM...]`.
pub(super) fn xargs(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let (mut most, mut by_null, mut place, mut skips_empty, mut shows) = (usize::MAX, false, None, false, false);
    let mut rest = &words[1..];
    while let Some((flag, behind)) = rest.split_first().filter(|(word, _)| word.starts_with('-') && word.len() > 1) {
        rest = behind;
        let letter = flag.chars().nth(1).unwrap_or('-');
        if matches!(letter, 'n' | 'I' | 'L' | 'P' | 'd') {
            let attached = &flag[2..];
            let value =
                if attached.is_empty() { behind.first().cloned().unwrap_or_default() } else { attached.to_owned() };
            rest = if attached.is_empty() { behind.get(1..).unwrap_or_default() } else { behind };
            match letter {
                'n' | 'L' => most = value.parse().unwrap_or(1).max(1),
                'I' => place = Some(value),
                _ => {}
            }
            continue;
        }
        match flag.as_str() {
            "-0" | "--null" => by_null = true,
            "-r" | "--no-run-if-empty" => skips_empty = true,
            "-t" | "--verbose" => shows = true,
            _ => return failed(&format!("xargs: invalid option -- '{letter}'"), 1),
        }
    }
    if session.reads_all() {
        return Outcome::default();
    }
    let text = String::from_utf8_lossy(input).into_owned();
    let arguments = match (&place, by_null) {
        (_, true) => text.split_terminator('\0').map(str::to_owned).collect(),
        (Some(_), false) => {
            text.lines().map(|line| line.trim_start().to_owned()).filter(|line| !line.is_empty()).collect()
        }
        (None, false) => match arguments_of(&text) {
            Ok(arguments) => arguments,
            Err(sentence) => return failed(&sentence, 1),
        },
    };
    let echo = ["echo".to_owned()];
    let command = if rest.is_empty() { &echo[..] } else { rest };
    let lines: Vec<Vec<String>> = match &place {
        Some(name) => {
            let fill = |argument: &String| command.iter().map(|word| word.replace(name.as_str(), argument)).collect();
            arguments.iter().map(fill).collect()
        }
        None if arguments.is_empty() && !skips_empty => vec![command.to_vec()],
        None => arguments.chunks(most.min(5000)).map(|some| [command, some].concat()).collect(),
    };
    let (mut all, mut status) = (Outcome::default(), 0);
    for line in lines.iter().take(MOST_RUNS) {
        if shows {
            all.stderr += &format!("{}\n", line.join(" "));
        }
        if !matches!(session.look_up(&line[0]), Found::Program(_)) && !session.is_own_applet(&line[0]) {
            all.stderr += &format!("xargs: {}: No such file or directory\n", line[0]);
            return Outcome { status: 127, ..all };
        }
        join(&mut all, session.run_program(line, &[]));
        status = if all.status == 0 { status } else { 123 };
    }
    Outcome { status, ..all }
}

/// Splits at blanks; quotes and backslashes keep them.
fn arguments_of(text: &str) -> Result<Vec<String>, String> {
    let (mut all, mut open) = (Vec::new(), None::<String>);
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        match c {
            quote @ ('\'' | '"') => {
                let word = open.get_or_insert_default();
                loop {
                    match letters.next() {
                        Some(c) if c == quote => break,
                        Some('\n') | None => {
                            let kind = if quote == '"' { "double" } else { "single" };
                            return Err(format!(
                                "xargs: unmatched {kind} quote; by default quotes are special to xargs unless you use the -0 option"
                            ));
                        }
                        Some(c) => word.push(c),
                    }
                }
            }
            '\\' => open.get_or_insert_default().extend(letters.next()),
            c if c.is_whitespace() => all.extend(open.take()),
            c => open.get_or_insert_default().push(c),
        }
    }
    all.extend(open);
    Ok(all)
}

/// `timeout`, `nohup`, `nice`: their program runs as it is.
pub(super) fn passing_on(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let name = words[0].rsplit('/').next().unwrap_or_default();
    let mut rest = &words[1..];
    while let Some((flag, behind)) = rest.split_first().filter(|(word, _)| word.starts_with('-')) {
        let takes_value = matches!(flag.as_str(), "-s" | "-k" | "-n");
        rest = if takes_value { behind.get(1..).unwrap_or_default() } else { behind };
    }
    let command = if name == "timeout" { rest.get(1..).unwrap_or_default() } else { rest };
    match command.first() {
        None if name == "nice" => said("0\n"),
        None => failed(&format!("{name}: missing operand\nTry '{name} --help' for more information."), 125),
        Some(program) if !matches!(session.look_up(program), Found::Program(_)) && !session.is_own_applet(program) => {
            let sentence = if name == "timeout" { "failed to run command " } else { "" };
            failed(&format!("{name}: {sentence}{}: No such file or directory", super::quoted(session, program)), 127)
        }
        Some(_) => session.run_program(command, input),
    }
}

/// `env [-i] [-u NAME] [NAME=VALUE...] PROGRAM...`.
pub(super) fn env(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let before = session.variables.clone();
    let mut rest = &words[1..];
    while let Some((word, behind)) = rest.split_first() {
        match (word.as_str(), word.split_once('=')) {
            ("-i" | "-", _) => session.variables.iter_mut().for_each(|variable| variable.exported = false),
            ("-u", _) => {
                session.variables.retain(|variable| Some(&variable.name) != behind.first());
                rest = behind.get(1..).unwrap_or_default();
                continue;
            }
            ("--", _) => {}
            (_, Some((name, value))) => session.export(name, value),
            (word, None) if word.starts_with('-') => {}
            _ => break,
        }
        rest = behind;
    }
    let outcome = match rest.first() {
        None => {
            let exported = session.variables.iter().filter(|variable| variable.exported);
            said(exported.map(|v| format!("{}={}\n", v.name, v.value)).collect::<String>())
        }
        Some(program) => match session.look_up(program) {
            Found::Program(_) => session.run_program(rest, input),
            Found::Nothing if session.is_own_applet(program) => session.run_program(rest, input),
            Found::Directory | Found::NotExecutable => {
                failed(&format!("env: {}: Permission denied", super::quoted(session, program)), 126)
            }
            Found::Nothing if session.is_applet("env") => {
                failed(&format!("env: can't execute '{program}': No such file or directory"), 127)
            }
            Found::Nothing => {
                failed(&format!("env: {}: No such file or directory", super::quoted(session, program)), 127)
            }
        },
    };
    session.variables = before;
    outcome
}
