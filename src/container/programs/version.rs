//! `--version`: GNU's programs say from which package they are; the image's database has its version.

use super::said;
use crate::container::Session;
use crate::pipe::Outcome;

/// Programs that come from other packages than coreutils: the program, the package, and what it calls itself.
const OTHERS: &[(&str, &str, &str)] = &[
    ("diff", "diffutils", "GNU diffutils"),
    ("egrep", "grep", "GNU grep"),
    ("fgrep", "grep", "GNU grep"),
    ("find", "findutils", "GNU findutils"),
    ("grep", "grep", "GNU grep"),
    ("sed", "sed", "GNU sed"),
    ("xargs", "findutils", "GNU findutils"),
];
const COREUTILS: &[&str] = &[
    "arch",
    "basename",
    "cat",
    "chmod",
    "chown",
    "cp",
    "cut",
    "date",
    "dirname",
    "du",
    "echo",
    "env",
    "expr",
    "groups",
    "head",
    "id",
    "ln",
    "ls",
    "mkdir",
    "mv",
    "nl",
    "nproc",
    "printenv",
    "printf",
    "pwd",
    "readlink",
    "realpath",
    "rm",
    "rmdir",
    "seq",
    "sha256sum",
    "sha512sum",
    "sleep",
    "sort",
    "stat",
    "tac",
    "tail",
    "tee",
    "timeout",
    "touch",
    "tr",
    "tty",
    "uname",
    "uniq",
    "wc",
    "whoami",
];

/// Answers `--version`, where the program is GNU's and its package is known.
pub(in crate::container) fn version(session: &Session<'_>, words: &[String]) -> Option<Outcome> {
    let name = words[0].rsplit('/').next().unwrap_or_default();
    if words.get(1).is_none_or(|word| word != "--version") || session.is_applet(name) {
        return None;
    }
    let other = OTHERS.iter().find(|(program, ..)| *program == name).map(|(_, package, title)| (*package, *title));
    let (package, title) = other.or_else(|| COREUTILS.contains(&name).then_some(("coreutils", "GNU coreutils")))?;
    let version = session.version_of(package)?;
    let version = version.split_once(':').map_or(version.as_str(), |(_, version)| version);
    Some(said(format!("{name} ({title}) {}\n", version.split('-').next().unwrap_or_default())))
}
