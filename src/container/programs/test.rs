//! `test` and `[`.

use super::failed;
use crate::container::Session;
use crate::container::files::{Follow, Kind, Node, Want};
use crate::pipe::Outcome;

pub(super) fn test(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let bracket = words[0].ends_with('[');
    let mut rest: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    if bracket && rest.pop() != Some("]") {
        return failed("sh: [: missing ]", 2);
    }
    match either(session, &rest) {
        Ok(holds) => Outcome { status: i32::from(!holds), ..Outcome::default() },
        Err(sentence) => failed(&format!("sh: {sentence}"), 2),
    }
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
        ["!", rest @ ..] => either(session, rest).map(|holds| !holds),
        [text] => Ok(!text.is_empty()),
        [operator, operand] => unary(session, operator, operand),
        [left, operator, right] => binary(left, operator, right),
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
        other => return Err(format!("{other}: unknown operand")),
    })
}

fn binary(left: &str, operator: &str, right: &str) -> Result<bool, String> {
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| format!("{text}: bad number"));
    let compare = || Ok::<_, String>(number(left)?.cmp(&number(right)?));
    Ok(match operator {
        "=" | "==" => left == right,
        "!=" => left != right,
        "-eq" => compare()?.is_eq(),
        "-ne" => compare()?.is_ne(),
        "-lt" => compare()?.is_lt(),
        "-le" => compare()?.is_le(),
        "-gt" => compare()?.is_gt(),
        "-ge" => compare()?.is_ge(),
        other => return Err(format!("{other}: unknown operand")),
    })
}
