//! Arguments as GNU's programs take them: short flags in clusters, long ones, values joined or apart.

use super::Outcome;

/// One argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Arg {
    /// A flag without value.
    Flag(char),
    /// A flag with its value.
    Value(char, String),
    /// Anything else.
    Operand(String),
}

/// What a program takes.
pub(super) struct Spec {
    pub(super) program: &'static str,
    /// Letters without a value.
    pub(super) flags: &'static str,
    /// Letters with a value.
    pub(super) values: &'static str,
    /// Long names with the letter that they stand for.
    pub(super) long: &'static [(&'static str, char)],
    /// Exit status of a wrong argument.
    pub(super) usage_status: i32,
}

impl Spec {
    pub(super) fn parse(&self, arguments: &[String]) -> Result<Vec<Arg>, Outcome> {
        let mut found = Vec::new();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == "--" {
                found.extend(rest.by_ref().cloned().map(Arg::Operand));
            } else if let Some(long) = argument.strip_prefix("--") {
                found.push(self.long(long, &mut rest)?);
            } else if argument.len() > 1 && argument.starts_with('-') {
                self.cluster(&argument[1..], &mut rest, &mut found)?;
            } else {
                found.push(Arg::Operand(argument.clone()));
            }
        }
        Ok(found)
    }

    fn long<'a>(&self, text: &str, rest: &mut impl Iterator<Item = &'a String>) -> Result<Arg, Outcome> {
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value.to_owned())));
        let letter = self.long.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter);
        let letter = letter.ok_or_else(|| self.wrong(&format!("unrecognized option '--{name}'")))?;
        if self.flags.contains(letter) {
            return Ok(Arg::Flag(letter));
        }
        let value = value.or_else(|| rest.next().cloned());
        let value = value.ok_or_else(|| self.wrong(&format!("option '--{name}' requires an argument")))?;
        Ok(Arg::Value(letter, value))
    }

    fn cluster<'a>(
        &self,
        letters: &str,
        rest: &mut impl Iterator<Item = &'a String>,
        found: &mut Vec<Arg>,
    ) -> Result<(), Outcome> {
        for (at, letter) in letters.char_indices() {
            if self.flags.contains(letter) {
                found.push(Arg::Flag(letter));
            } else if self.values.contains(letter) {
                let joined = &letters[at + letter.len_utf8()..];
                let value = if joined.is_empty() { rest.next().cloned() } else { Some(joined.to_owned()) };
                let missing = || self.wrong(&format!("option requires an argument -- '{letter}'"));
                found.push(Arg::Value(letter, value.ok_or_else(missing)?));
                return Ok(());
            } else {
                return Err(self.wrong(&format!("invalid option -- '{letter}'")));
            }
        }
        Ok(())
    }

    /// Words an error as GNU's programs do.
    pub(super) fn wrong(&self, what: &str) -> Outcome {
        let program = self.program;
        let advice = match program {
            "grep" => "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.".to_owned(),
            _ => format!("Try '{program} --help' for more information."),
        };
        Outcome::failed(format!("{program}: {what}\n{advice}\n"), self.usage_status)
    }
}
