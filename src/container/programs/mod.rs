//! Programs that look at files, imitated: each prints what the GNU tool prints, or busybox where the image has busybox.
//! They read and write the container's files and nothing else.

mod awk;
mod change;
mod copy;
mod diff;
mod dpkg;
mod du;
mod expr;
mod find;
mod identity;
mod launch;
mod letters;
mod list;
mod listing;
mod options;
mod pack;
mod path;
mod printf;
mod say;
mod sed;
mod stat;
mod system;
mod test;
mod text;
mod time;
mod version;

pub use identity::UserFault;
pub(super) use printf::formatted;
pub(super) use say::{Escapes, dash_echo, unescaped};
pub(super) use test::holds;
pub(super) use version::version;

use super::Session;
use crate::pipe::Outcome;

use options::{Given, read};

/// A program: it gets its words, the name first, and its input.
pub(super) type Program = fn(&mut Session<'_>, &[String], &[u8]) -> Outcome;

/// Finds the program of a name.
pub(super) fn find(name: &str) -> Option<Program> {
    let program: Program = match name {
        "ls" | "dir" => list::ls,
        "find" => find::find,
        "du" => du::du,
        "stat" => stat::stat,
        "file" => stat::file,
        "readlink" => path::readlink,
        "realpath" => path::realpath,
        "basename" => path::basename,
        "dirname" => path::dirname,
        "which" => path::which,
        "cat" => text::cat,
        "head" | "tail" | "wc" | "sort" | "uniq" | "cut" => text::filter,
        "grep" | "egrep" | "fgrep" => text::grep,
        "tee" => text::tee,
        "sha256sum" | "sha512sum" => text::checksum,
        "echo" => say::echo,
        "printf" => printf::printf,
        "seq" => say::seq,
        "touch" => change::touch,
        "mkdir" => change::mkdir,
        "rmdir" => change::rmdir,
        "rm" => change::rm,
        "chmod" => change::chmod,
        "chown" => change::chown,
        "mv" => copy::mv,
        "cp" => copy::cp,
        "ln" => copy::ln,
        "id" => identity::id,
        "whoami" => identity::whoami,
        "groups" => identity::groups,
        "uname" => system::uname,
        "arch" => system::arch,
        "hostname" => system::hostname,
        "pwd" => system::pwd,
        "date" => system::date,
        "printenv" => system::printenv,
        "env" => launch::env,
        "xargs" => launch::xargs,
        "timeout" | "nohup" | "nice" => launch::passing_on,
        "sed" => sed::sed,
        "awk" | "mawk" => awk::awk,
        "tr" => letters::tr,
        "rev" => letters::rev,
        "tac" => letters::tac,
        "nl" => letters::nl,
        "diff" => diff::diff,
        "expr" => expr::expr,
        "getent" => identity::getent,
        "nproc" => system::nproc,
        "tty" => system::tty,
        "ps" => system::ps,
        "true" | "sync" | "clear" | "sleep" => system::nothing,
        "false" => system::nothing_but_failure,
        "test" | "[" => test::test,
        "apk" => pack::apk,
        "dpkg" => dpkg::dpkg,
        "dpkg-query" => dpkg::dpkg_query,
        "apt" | "apt-get" | "apt-cache" | "pip" | "pip3" | "npm" => pack::installer,
        _ => return None,
    };
    Some(program)
}

/// A program that wrote something and was content.
pub(super) fn said(text: impl Into<Vec<u8>>) -> Outcome {
    Outcome { stdout: text.into(), ..Outcome::default() }
}

/// A program that complained.
pub(super) fn failed(sentence: &str, status: i32) -> Outcome {
    Outcome { stdout: Vec::new(), stderr: format!("{sentence}\n"), status }
}

/// Puts a name into quotes as GNU's programs do: in those of the language's letters, or in plain ones where it has none.
fn quoted(session: &Session<'_>, name: &str) -> String {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let language = names.iter().find_map(|name| session.value(name).filter(|value| !value.is_empty()));
    let has_letters = language.is_some_and(|language| language.to_ascii_uppercase().replace('-', "").contains("UTF8"));
    if has_letters { format!("‘{name}’") } else { format!("'{name}'") }
}

/// Writes one value by a format.
fn printed(session: &Session<'_>, format: &str, value: &str) -> String {
    let outcome = formatted(session, &[format.to_owned(), value.to_owned()]);
    String::from_utf8_lossy(&outcome.stdout).into_owned()
}

/// Adds a complaint to what a program wrote.
fn complain(outcome: &mut Outcome, sentence: &str) {
    outcome.stderr.push_str(sentence);
    outcome.stderr.push('\n');
    outcome.status = 1;
}
