//! `sed`: text changed line by line, as GNU's and busybox's do.

mod replace;
mod run;
mod script;

use super::{complain, failed};
use crate::container::Session;
use crate::pipe::{Outcome, Syntax};

use run::Editor;
use script::Reader;

/// What was typed behind `sed`.
#[derive(Default)]
struct Plan {
    script: Vec<String>,
    is_quiet: bool,
    is_extended: bool,
    /// `-i`, with what is put behind the name of a copy.
    in_place: Option<String>,
    files: Vec<String>,
}

pub(super) fn sed(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    let plan = match plan(session, &words[1..]) {
        Ok(plan) => plan,
        Err(outcome) => return outcome,
    };
    let syntax = if plan.is_extended { Syntax::Extended } else { Syntax::Basic };
    let commands = match Reader::read(&plan.script.join("\n"), syntax) {
        Ok(commands) => commands,
        Err(fault) if session.is_applet("sed") => return failed(&format!("sed: {}", fault.plain), 1),
        Err(fault) => return failed(&format!("sed: -e expression #1, char {}: {}", fault.at, fault.sentence), 1),
    };
    if plan.files.is_empty() {
        let mut editor = Editor::new(&commands, plan.is_quiet);
        editor.edit(&[String::from_utf8_lossy(input).into_owned()]);
        return if session.reads_all() { Outcome::default() } else { editor.outcome() };
    }
    let mut outcome = Outcome::default();
    let mut texts = Vec::new();
    for path in &plan.files {
        match session.read(path) {
            Ok(bytes) => texts.push((path, String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) => {
                let sentence = if session.is_applet("sed") {
                    format!("sed: {path}: {error}")
                } else {
                    format!("sed: can't read {path}: {error}")
                };
                complain(&mut outcome, &sentence);
                outcome.status = if session.is_applet("sed") { 1 } else { 2 };
            }
        }
    }
    let Some(suffix) = plan.in_place else {
        let mut editor = Editor::new(&commands, plan.is_quiet);
        editor.edit(&texts.into_iter().map(|(_, text)| text).collect::<Vec<_>>());
        let done = editor.outcome();
        return Outcome { stdout: done.stdout, status: done.status.max(outcome.status), ..outcome };
    };
    for (path, text) in texts {
        let mut editor = Editor::new(&commands, plan.is_quiet);
        editor.edit(std::slice::from_ref(&text));
        let kept =
            if suffix.is_empty() { Ok(0) } else { session.write(&format!("{path}{suffix}"), text.as_bytes(), 0o644) };
        if let Err(error) = kept.and_then(|_| session.write(path, &editor.outcome().stdout, 0o644)) {
            complain(&mut outcome, &format!("sed: couldn't open file {path}: {error}"));
        }
    }
    outcome
}

fn plan(session: &Session<'_>, words: &[String]) -> Result<Plan, Outcome> {
    let mut plan = Plan::default();
    let mut has_script = false;
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let mut value =
            |attached: &str| if attached.is_empty() { rest.next().cloned() } else { Some(attached.to_owned()) };
        match word.as_str() {
            "--quiet" | "--silent" => plan.is_quiet = true,
            "--regexp-extended" => plan.is_extended = true,
            "--in-place" => plan.in_place = Some(String::new()),
            "--" => plan.files.extend(rest.by_ref().cloned()),
            flags if flags.starts_with('-') && flags.len() > 1 => {
                for (at, letter) in flags.char_indices().skip(1) {
                    let attached = &flags[at + 1..];
                    match letter {
                        'n' => plan.is_quiet = true,
                        'E' | 'r' => plan.is_extended = true,
                        's' | 'u' | 'z' => {}
                        'i' => plan.in_place = Some(attached.to_owned()),
                        'e' | 'f' => {
                            let Some(text) = value(attached) else { return Err(usage(session)) };
                            has_script = true;
                            plan.script.push(if letter == 'e' { text } else { script_file(session, &text)? });
                        }
                        other => return Err(failed(&format!("sed: invalid option -- '{other}'"), 1)),
                    }
                    if matches!(letter, 'i' | 'e' | 'f') {
                        break;
                    }
                }
            }
            _ => plan.files.push(word.clone()),
        }
    }
    if !has_script {
        if plan.files.is_empty() {
            return Err(usage(session));
        }
        plan.script.push(plan.files.remove(0));
    }
    Ok(plan)
}

fn script_file(session: &Session<'_>, path: &str) -> Result<String, Outcome> {
    match session.read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()),
        Err(error) => Err(failed(&format!("sed: couldn't open file {path}: {error}"), 1)),
    }
}

fn usage(session: &Session<'_>) -> Outcome {
    if session.is_applet("sed") {
        return failed("Usage: sed [-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...", 1);
    }
    failed("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...", 1)
}
