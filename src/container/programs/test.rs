//! `test` and `[`.

use super::failed;
use crate::container::Session;
use crate::container::files::{Follow, Kind, Node, Want};
use crate::container::shell::Dialect;
use crate::pipe::Outcome;

pub(super) fn test(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let name = words[0].as_str();
    let has_bracket = name.ends_with('[');
    let mut rest = &words[1..];
    if has_bracket {
        match rest.split_last() {
            Some((last, before)) if last == "]" => rest = before,
            _ => {
                let missing = if session.dialect() == Dialect::Bash { "missing `]'" } else { "missing ]" };
                return failed(&format!("{}: {missing}", speaker(session, name)), 2);
            }
        }
    }
    match holds(session, rest) {
        Ok(holds) => Outcome { status: i32::from(!holds), ..Outcome::default() },
        Err(sentence) => failed(&format!("{}: {sentence}", speaker(session, name)), 2),
    }
}

fn speaker(session: &Session<'_>, name: &str) -> String {
    match session.dialect() {
        Dialect::Busybox => "sh".to_owned(),
        Dialect::Bash | Dialect::Dash => session.speaker_of(name),
    }
}

/// Tells whether a condition holds, given its words without brackets; or what is wrong with it.
pub(in crate::container) fn holds(session: &Session<'_>, words: &[String]) -> Result<bool, String> {
    either(session, &words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn either(session: &Session<'_>, words: &[&str]) -> Result<bool, String> {
    if let Some(at) = words.iter().position(|word| *word == "-o").filter(|at| *at > 0 && words.len() > 3) {
        return Ok(either(session, &words[..at])? | either(session, &words[at + 1..])?);
    }
    if let Some(at) = words.iter().position(|word| *word == "-a").filter(|at| *at > 0 && words.len() > 3) {
        return Ok(either(session, &words[..at])? & either(session, &words[at + 1..])?);
    }
    match words {
        [] => Ok(false),
        [text] => Ok(!text.is_empty()),
        ["!", rest @ ..] => either(session, rest).map(|holds| !holds),
        ["(", inner @ .., ")"] => either(session, inner),
        [operator, operand] => unary(session, operator, operand),
        [left, operator, right] => binary(session, left, operator, right),
        [_, word, ..] => Err(format!("{word}: unknown operand")),
    }
}

fn unary(session: &Session<'_>, operator: &str, operand: &str) -> Result<bool, String> {
    let found = || session.find(operand, Follow::Last).ok().map(|id| session.files().node(id));
    Ok(match operator {
        "-n" => !operand.is_empty(),
        "-z" => operand.is_empty(),
        "-e" => found().is_some(),
        "-f" => found().is_some_and(|node| matches!(node.kind, Kind::File { .. })),
        "-d" => found().is_some_and(Node::is_directory),
        "-s" => found().is_some_and(|node| node.size() > 0),
        "-r" => found().is_some_and(|node| session.who.may(Want::Read, node)),
        "-w" => found().is_some_and(|node| session.who.may(Want::Write, node)),
        "-x" => found().is_some_and(|node| session.who.may(Want::Pass, node)),
        "-L" | "-h" => session.find(operand, Follow::AllButLast).is_ok_and(|id| session.files().node(id).is_symlink()),
        "-t" => session.settings.tty,
        "-v" if session.dialect() == Dialect::Bash => session.value(operand).is_some(),
        "-b" => found().is_some_and(|node| matches!(node.kind, Kind::Block { .. })),
        "-c" => found().is_some_and(|node| matches!(node.kind, Kind::Character { .. })),
        "-p" => found().is_some_and(|node| matches!(node.kind, Kind::Fifo)),
        "-S" => false,
        "-u" => found().is_some_and(|node| node.meta.mode & 0o4000 != 0),
        "-g" => found().is_some_and(|node| node.meta.mode & 0o2000 != 0),
        "-k" => found().is_some_and(|node| node.meta.mode & 0o1000 != 0),
        "-O" => found().is_some_and(|node| node.meta.uid == session.who.uid),
        "-G" => found().is_some_and(|node| node.meta.gid == session.who.gid),
        other => return Err(unknown(session, other)),
    })
}

fn binary(session: &Session<'_>, left: &str, operator: &str, right: &str) -> Result<bool, String> {
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| no_number(session, text));
    let compare = || Ok::<_, String>(number(left)?.cmp(&number(right)?));
    let changed = |path: &str| session.find(path, Follow::Last).ok().map(|id| session.files().node(id).meta.mtime);
    Ok(match operator {
        "=" | "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        ">" => left > right,
        "-eq" => compare()?.is_eq(),
        "-ne" => compare()?.is_ne(),
        "-lt" => compare()?.is_lt(),
        "-le" => compare()?.is_le(),
        "-gt" => compare()?.is_gt(),
        "-ge" => compare()?.is_ge(),
        "-nt" => changed(left) > changed(right),
        "-ot" => changed(left) < changed(right),
        "-ef" => {
            matches!((session.find(left, Follow::Last), session.find(right, Follow::Last)), (Ok(a), Ok(b)) if a == b)
        }
        other => return Err(unknown(session, other)),
    })
}

fn no_number(session: &Session<'_>, text: &str) -> String {
    match session.dialect() {
        Dialect::Bash => format!("{text}: integer expression expected"),
        Dialect::Dash => format!("Illegal number: {text}"),
        Dialect::Busybox => format!("{text}: bad number"),
    }
}

fn unknown(session: &Session<'_>, word: &str) -> String {
    match session.dialect() {
        Dialect::Bash => format!("{word}: unary operator expected"),
        Dialect::Dash => format!("{word}: unexpected operator"),
        Dialect::Busybox => format!("{word}: unknown operand"),
    }
}
