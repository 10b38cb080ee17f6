//! Programs that tell about the system a container sees. There is no kernel of its own to tell of: `uname` names the
//! machine that the image is for, and layerbook as the kernel's release.

use super::{failed, said, time};
use crate::container::Session;
use crate::pipe::Outcome;

const RELEASE: &str = "layerbook";
const VERSION: &str = "#1 workbook";

pub(super) fn uname(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let flags: String = words[1..].iter().map(|word| word.trim_start_matches('-')).collect();
    let all = flags.contains('a');
    let machine = session.settings.machine.clone();
    let fields = [
        ('s', "Linux".to_owned()),
        ('n', session.container.record().hostname().to_owned()),
        ('r', RELEASE.to_owned()),
        ('v', VERSION.to_owned()),
        ('m', machine),
        ('o', if session.is_applet("uname") { "Linux".to_owned() } else { "GNU/Linux".to_owned() }),
    ];
    let shown = |letter: char| all || flags.contains(letter) || (flags.is_empty() && letter == 's');
    let words: Vec<String> = fields.into_iter().filter(|(letter, _)| shown(*letter)).map(|(_, text)| text).collect();
    said(words.join(" ") + "\n")
}

pub(super) fn arch(session: &mut Session<'_>, _: &[String], _: &[u8]) -> Outcome {
    said(format!("{}\n", session.settings.machine))
}

pub(super) fn hostname(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    match words.get(1).map(String::as_str) {
        Some("-i" | "-I") => said("172.17.0.2\n"),
        Some(name) if !name.starts_with('-') => failed("hostname: sethostname: Operation not permitted", 1),
        _ => said(format!("{}\n", session.container.record().hostname())),
    }
}

pub(super) fn pwd(session: &mut Session<'_>, _: &[String], _: &[u8]) -> Outcome {
    said(format!("{}\n", session.files().path(session.at)))
}

pub(super) fn date(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let format = words[1..].iter().find_map(|word| word.strip_prefix('+'));
    said(time::utc(session.seconds(), format.unwrap_or("%a %b %e %H:%M:%S UTC %Y")) + "\n")
}

/// `printenv`: the variables, or the values of some.
pub(super) fn printenv(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    if words.len() == 1 {
        let exported = session.variables.iter().filter(|variable| variable.exported);
        return said(exported.map(|v| format!("{}={}\n", v.name, v.value)).collect::<String>());
    }
    let found: Vec<String> =
        words[1..].iter().filter_map(|name| session.value(name)).map(|value| format!("{value}\n")).collect();
    let status = i32::from(found.len() + 1 < words.len());
    Outcome { status, ..said(found.concat()) }
}

/// The processes of a container: the one program that runs, and what lists it.
pub(super) fn ps(session: &mut Session<'_>, _: &[String], _: &[u8]) -> Outcome {
    let command = session.container.record().command().join(" ");
    let user = session.user_name();
    if session.is_applet("ps") {
        return said(format!(
            "PID   USER     TIME  COMMAND\n    1 {user:<8}  0:00 {command}\n    7 {user:<8}  0:00 ps\n"
        ));
    }
    let name = command.split_whitespace().next().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
    said(format!("    PID TTY          TIME CMD\n      1 pts/0    00:00:00 {name}\n      7 pts/0    00:00:00 ps\n"))
}

/// Does nothing and is content: `true`, `sync`, `clear`; `sleep` too, since nobody learns from waiting.
pub(super) fn nothing(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    match (words[0].rsplit('/').next(), words.get(1)) {
        (Some("sleep"), None) => failed("sleep: missing operand", 1),
        (Some("clear"), _) if session.writes_to_terminal() => said("\u{1b}[H\u{1b}[J"),
        _ => Outcome::default(),
    }
}

pub(super) fn nothing_but_failure(_: &mut Session<'_>, _: &[String], _: &[u8]) -> Outcome {
    Outcome { status: 1, ..Outcome::default() }
}

/// One processor, as in a container that is given no more.
pub(super) fn nproc(_: &mut Session<'_>, _: &[String], _: &[u8]) -> Outcome {
    said("1\n")
}

pub(super) fn tty(session: &mut Session<'_>, _: &[String], _: &[u8]) -> Outcome {
    if session.settings.tty { said("/dev/pts/0\n") } else { Outcome { status: 1, ..said("not a tty\n") } }
}
