//! Lines of commands, compared by what they mean: a command has several names, and an image is written in several ways.

use crate::docker::{self, CommandName};
use crate::oci::Reference;
use crate::pipe::{Script, Word};

use super::reader::shell_words;

/// What the words of a line mean, in any order.
pub(super) struct CommandLine(Vec<Meaning>);

/// What a word means; of a command's name all words together.
enum Meaning {
    Command(CommandName),
    Other(String),
}

impl CommandLine {
    /// Reads a line, or some words of one; `docker` may be left out. `None` where there is no word.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut meanings = Vec::new();
        match Script::parse(text) {
            Ok(script) => add_script(&script, &mut meanings),
            Err(_) => add_command(&shell_words(text)?, &mut meanings),
        }
        (!meanings.is_empty()).then_some(Self(meanings))
    }

    /// Tells whether it has all that the other one asks for.
    pub(super) fn has_all_of(&self, wanted: &Self) -> bool {
        wanted.0.iter().all(|wanted| self.0.iter().any(|here| here.is_as(wanted)))
    }
}

impl Meaning {
    fn is_as(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Command(here), Self::Command(wanted)) => here.does(*wanted),
            (Self::Other(here), Self::Other(wanted)) => here == wanted || is_same_image(here, wanted),
            (Self::Command(_), Self::Other(_)) | (Self::Other(_), Self::Command(_)) => false,
        }
    }
}

fn is_same_image(one: &str, other: &str) -> bool {
    let image = |word: &str| word.parse::<Reference>().ok().map(Reference::or_latest);
    image(one).is_some_and(|one| image(other) == Some(one))
}

/// Adds all commands of a line; those inside of `$(...)` have run too.
fn add_script(script: &Script, meanings: &mut Vec<Meaning>) {
    for command in script.steps.iter().flat_map(|step| &step.commands) {
        command.words.iter().flat_map(Word::substitutions).for_each(|inner| add_script(inner, meanings));
        let words = command.words.iter().skip_while(|word| word.is_assignment());
        add_command(&words.filter_map(Word::literal).collect::<Vec<_>>(), meanings);
    }
}

fn add_command(words: &[String], meanings: &mut Vec<Meaning>) {
    let behind = words.strip_prefix(&["docker".to_owned()]).unwrap_or(words);
    let rest = match docker::named(behind) {
        Some((command, length)) => {
            meanings.push(Meaning::Command(command));
            &behind[length..]
        }
        None => words,
    };
    meanings.extend(rest.iter().cloned().map(Meaning::Other));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_as_wanted(line: &str, wanted: &str) -> bool {
        let read = |text: &str| CommandLine::read(text).unwrap();
        read(line).has_all_of(&read(wanted))
    }

    #[track_caller]
    fn check(line: &str, wanted: &str) {
        assert!(is_as_wanted(line, wanted), "`{line}` is as wanted by `{wanted}`");
    }

    #[track_caller]
    fn check_other(line: &str, wanted: &str) {
        assert!(!is_as_wanted(line, wanted), "`{line}` is not what `{wanted}` wants");
    }

    #[test]
    fn an_image_is_the_same_however_it_is_written() {
        for name in ["redis", "redis:latest", "library/redis", "docker.io/library/redis:latest"] {
            check(&format!("docker inspect {name}"), "docker inspect redis");
            check(&format!("docker inspect -f '{{{{.Id}}}}' {name}"), "inspect redis:latest");
        }
        check_other("docker inspect redis:7", "docker inspect redis");
        check_other("docker inspect ghcr.io/library/redis", "docker inspect redis");
    }

    #[test]
    fn a_command_is_the_same_by_each_of_its_names() {
        check("docker image ls redis", "docker images redis");
        check("docker images", "image list");
        check("docker image history redis", "history redis");
        check("docker rmi redis", "docker image remove redis");
        check("docker image inspect redis", "docker inspect redis");
        check("docker inspect redis", "docker image inspect redis");
        check_other("docker manifest inspect redis", "docker inspect redis");
        check_other("docker buildx imagetools inspect redis", "docker inspect redis");
        check_other("docker container inspect redis", "docker image inspect redis");
        check_other("docker container ls", "docker image ls");
    }

    #[test]
    fn each_command_of_a_line_counts() {
        check("docker pull -q nginx; docker image ls nginx", "docker images nginx");
        check("LANG=C docker rmi $(docker image ls -q)", "docker images -q");
        check("docker history redis|wc -l", "docker history redis | wc -l");
        check("docker pull --platform linux/s390x redis", "--platform linux/s390x");
        check_other("docker pull redis", "docker pull -q redis");
    }
}
