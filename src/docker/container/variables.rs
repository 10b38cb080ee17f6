//! Variables and labels as they are typed and as they stand in files of the host (docker/cli, pkg/kvfile).

use std::fs;

use crate::docker::error;

/// Looks a variable of the client's up.
pub(in crate::docker) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Gives variables without a value the client's; those that it does not have stay as they are.
pub(super) fn hand_on(variables: &mut [String], variable: Lookup<'_>) {
    for pair in variables.iter_mut().filter(|pair| !pair.contains('=')) {
        if let Some(value) = variable(pair) {
            *pair = format!("{pair}={value}");
        }
    }
}

/// Reads files of variables, one after the other. A name without a value is the client's variable, if it has one.
///
/// # Errors
/// The client's sentence.
pub(super) fn read_env(paths: &[String], variable: Lookup<'_>) -> Result<Vec<String>, String> {
    read(paths, |name| variable(name).map(|value| format!("{name}={value}")))
}

/// Reads files of labels. A name without a value is a label without one.
///
/// # Errors
/// The client's sentence.
pub(super) fn read_labels(paths: &[String]) -> Result<Vec<String>, String> {
    read(paths, |name| Some(name.to_owned()))
}

fn read(paths: &[String], alone: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, String> {
    let mut pairs = Vec::new();
    for path in paths {
        let text = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == std::io::ErrorKind::IsADirectory => {
                return Err(format!("invalid env file ({path}): read {path}: is a directory"));
            }
            Err(cause) => return Err(format!("open {path}: {}", error::go_words(&cause))),
        };
        pairs.extend(lines(&text, &alone).map_err(|reason| format!("invalid env file ({path}): {reason}"))?);
    }
    Ok(pairs)
}

fn lines(bytes: &[u8], alone: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "invalid utf8 bytes".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut pairs = Vec::new();
    for line in text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let name = line.split('=').next().unwrap_or_default();
        if name.is_empty() {
            return Err(format!("no variable name on line '{line}'"));
        }
        if name.contains(char::is_whitespace) {
            return Err(format!("variable '{name}' contains whitespaces"));
        }
        if line.contains('=') { pairs.push(line.to_owned()) } else { pairs.extend(alone(name)) }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_variable_or_the_name_of_the_clients() {
        let text = "\u{feff}X=1\n# a comment\n\n  Y=2 3\nHOME\nNOPE\nZ= a\n";
        let client = |name: &str| (name == "HOME").then(|| "HOME=/root".to_owned());
        assert_eq!(
            lines(text.as_bytes(), client),
            Ok(["X=1", "Y=2 3", "HOME=/root", "Z= a"].map(str::to_owned).into())
        );
    }

    #[test]
    fn a_line_without_a_name_is_refused() {
        let none = |_: &str| None;
        assert_eq!(lines(b"=x", none), Err("no variable name on line '=x'".to_owned()));
        assert_eq!(lines(b"a b=x", none), Err("variable 'a b' contains whitespaces".to_owned()));
    }

    #[test]
    fn what_has_no_value_is_handed_on() {
        let mut variables = ["A", "B=1", "C"].map(str::to_owned);
        hand_on(&mut variables, &|name| (name == "A").then(|| "x".to_owned()));
        assert_eq!(variables, ["A=x", "B=1", "C"]);
    }
}
