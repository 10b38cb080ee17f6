//! Options as getopt reads them: letters in a cluster, long names, operands anywhere.

use super::failed;
use crate::container::Session;
use crate::pipe::Outcome;

/// What a program was given.
#[derive(Debug, Default)]
pub(super) struct Given {
    letters: Vec<(char, String)>,
    pub(super) operands: Vec<String>,
}

impl Given {
    pub(super) fn has(&self, letter: char) -> bool {
        self.letters.iter().any(|(known, _)| *known == letter)
    }

    pub(super) fn value(&self, letter: char) -> Option<&str> {
        self.letters.iter().rev().find(|(known, _)| *known == letter).map(|(_, value)| value.as_str())
    }
}

/// Reads a program's words. In `letters` a colon follows a letter that takes a value; `longs` are other names of letters.
pub(super) fn read(
    session: &Session<'_>,
    words: &[String],
    letters: &str,
    longs: &[(&str, char)],
) -> Result<Given, Outcome> {
    let name = words[0].rsplit('/').next().unwrap_or_default();
    let takes = |letter: char| {
        let at = letters.find(letter).filter(|_| letter != ':')?;
        Some(letters[at + letter.len_utf8()..].starts_with(':'))
    };
    let mut given = Given::default();
    let mut rest = words[1..].iter();
    while let Some(word) = rest.next() {
        if word == "--" {
            given.operands.extend(rest.by_ref().cloned());
        } else if let Some(long) = word.strip_prefix("--") {
            let (long, value) = long.split_once('=').unwrap_or((long, ""));
            let Some((_, letter)) = longs.iter().find(|(known, _)| *known == long) else {
                return Err(unknown(session, name, &format!("--{long}"), Shape::Long));
            };
            let own = if takes(*letter) == Some(true) && value.is_empty() { rest.next().cloned() } else { None };
            given.letters.push((*letter, own.unwrap_or_else(|| value.to_owned())));
        } else if word.len() > 1 && word.starts_with('-') {
            for (at, letter) in word.char_indices().skip(1) {
                match takes(letter) {
                    None => return Err(unknown(session, name, &letter.to_string(), Shape::Letter)),
                    Some(false) => given.letters.push((letter, String::new())),
                    Some(true) => {
                        let attached = &word[at + letter.len_utf8()..];
                        let value = if attached.is_empty() { rest.next().cloned() } else { Some(attached.to_owned()) };
                        let Some(value) = value else {
                            return Err(failed(&format!("{name}: option requires an argument -- '{letter}'"), 1));
                        };
                        given.letters.push((letter, value));
                        break;
                    }
                }
            }
        } else {
            given.operands.push(word.clone());
        }
    }
    Ok(given)
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Letter,
    Long,
}

fn unknown(session: &Session<'_>, name: &str, option: &str, shape: Shape) -> Outcome {
    if session.is_applet(name) {
        return failed(&format!("{name}: unrecognized option: {}", option.trim_start_matches('-')), 1);
    }
    let problem = match shape {
        Shape::Letter => format!("invalid option -- '{option}'"),
        Shape::Long => format!("unrecognized option '{option}'"),
    };
    failed(&format!("{name}: {problem}\nTry '{name} --help' for more information."), if name == "ls" { 2 } else { 1 })
}
