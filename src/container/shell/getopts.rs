//! `getopts`: the options among a shell's arguments, one with each call.

use super::{Dialect, Session};
use crate::pipe::Outcome;

impl Session<'_> {
    /// `getopts LETTERS NAME [WORD...]`; status 1 where no option is left.
    pub(super) fn getopts(&mut self, words: &[String]) -> Outcome {
        let (letters, name, arguments) = match words {
            [letters, name] => (letters.as_str(), name, self.arguments.clone()),
            [letters, name, rest @ ..] => (letters.as_str(), name, rest.to_vec()),
            _ => return self.getopts_usage(),
        };
        let (is_silent, letters) = letters.strip_prefix(':').map_or((false, letters), |letters| (true, letters));
        let mut index =
            self.value("OPTIND").and_then(|text| text.parse::<usize>().ok()).filter(|at| *at > 0).unwrap_or(1);
        let word: Vec<char> = arguments.get(index - 1).map(|word| word.chars().collect()).unwrap_or_default();
        let is_option = word.len() > 1 && word[0] == '-';
        if !is_option || word == ['-', '-'] {
            let index = index + usize::from(is_option);
            self.set("OPTIND", &index.to_string());
            self.set(name, "?");
            self.own.letters_read = 0;
            return Outcome { status: 1, ..Outcome::default() };
        }
        let at = self.own.letters_read + 1;
        let letter = word.get(at).copied().unwrap_or('?');
        let behind: String = word.iter().skip(at + 1).collect();
        let place = letters.find(letter).filter(|_| letter != ':');
        let takes_word = place.is_some_and(|place| letters[place + letter.len_utf8()..].starts_with(':'));
        self.own.letters_read = if behind.is_empty() || takes_word { 0 } else { at };
        index += usize::from(self.own.letters_read == 0);
        let mut stderr = String::new();
        let (found, value) = match place {
            None if is_silent => ('?', Some(letter.to_string())),
            None => {
                stderr = self.option_fault(letter, "illegal option", "Illegal option");
                ('?', None)
            }
            Some(_) if !takes_word => (letter, None),
            Some(_) if !behind.is_empty() => (letter, Some(behind)),
            Some(_) => {
                let value = arguments.get(index - 1).cloned();
                index += usize::from(value.is_some());
                match value {
                    Some(value) => (letter, Some(value)),
                    None if is_silent => (':', Some(letter.to_string())),
                    None => {
                        stderr = self.option_fault(letter, "option requires an argument", "No arg for");
                        ('?', None)
                    }
                }
            }
        };
        self.set("OPTIND", &index.to_string());
        self.set(name, &found.to_string());
        match value {
            Some(value) => self.set("OPTARG", &value),
            None => self.variables.retain(|variable| variable.name != "OPTARG"),
        }
        Outcome { stderr, ..Outcome::default() }
    }

    fn option_fault(&self, letter: char, bash: &str, others: &str) -> String {
        match self.dialect {
            Dialect::Bash => format!("{}: {bash} -- {letter}\n", self.place.name),
            Dialect::Dash | Dialect::Busybox if bash == "illegal option" => format!("{others} -{letter}\n"),
            Dialect::Dash | Dialect::Busybox => format!("{others} -{letter} option\n"),
        }
    }

    fn getopts_usage(&mut self) -> Outcome {
        match self.dialect {
            Dialect::Bash => crate::container::programs::failed("getopts: usage: getopts optstring name [arg ...]", 2),
            Dialect::Dash => self.complain("getopts", "Usage: getopts optstring var [arg...]", 2),
            Dialect::Busybox => self.complain("getopts", "usage: getopts optstring var [arg]", 2),
        }
    }
}
