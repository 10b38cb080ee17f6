//! `WWW-Authenticate` (RFC 9110, 11.6.1), read as leniently as it is safe.

use std::collections::BTreeMap;

/// One challenge of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    /// The scheme in lower case, `bearer` for example.
    pub(super) scheme: String,
    /// The parameters, names in lower case.
    pub(super) parameters: BTreeMap<String, String>,
}

impl Challenge {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// Reads all challenges of a header; a header may hold several. What cannot be read ends there without an error.
pub(super) fn parse(header: &str) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    let mut rest = separators(header);
    while !rest.is_empty() {
        let (word, after) = split_word(rest);
        if word.is_empty() {
            break;
        }
        let after_space = after.trim_start();
        if let Some(value) = after_space.strip_prefix('=') {
            let (value, next) = read_value(value.trim_start());
            if let Some(challenge) = challenges.last_mut() {
                challenge.parameters.entry(word.to_ascii_lowercase()).or_insert(value);
            }
            rest = separators(next);
        } else {
            challenges.push(Challenge { scheme: word.to_ascii_lowercase(), parameters: BTreeMap::new() });
            rest = separators(after);
        }
    }
    challenges.retain(|challenge| matches!(challenge.scheme.as_str(), "bearer" | "basic"));
    challenges
}

fn separators(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', ',', ';'])
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text.find([' ', '\t', ',', ';', '=', '"']).unwrap_or(text.len());
    text.split_at(end)
}

/// Reads a quoted or bare value. A bare one ends at a comma or space, so that a URL may stand there without quotes.
fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t', ',']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, &quoted[at + 1..]),
            c => value.push(c),
        }
    }
    // Never closed: nothing that follows can be trusted to be what it seems.
    (String::new(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: &str) {
        let show = |c: &Challenge| {
            let parameters: Vec<String> = c.parameters.iter().map(|(k, v)| format!("{k}={v}")).collect();
            format!("{} {}", c.scheme, parameters.join(" "))
        };
        assert_eq!(parse(header).iter().map(show).collect::<Vec<_>>().join(" | "), expected, "{header}");
    }

    #[test]
    fn parameters_are_read_with_and_without_quotes() {
        check(r#"Bearer realm="https://a/t",service="s""#, "bearer realm=https://a/t service=s");
        check(r#"BEARER REALM = "https://a/t" , Service="s""#, "bearer realm=https://a/t service=s");
        check("Bearer realm=https://a:5000/t,service=s", "bearer realm=https://a:5000/t service=s");
        check(r#"Bearer realm="a\"b", scope="x,y""#, "bearer realm=a\"b scope=x,y");
        check(r#"Bearer realm="https://a/t";service="s""#, "bearer realm=https://a/t service=s");
        check(r#"Bearer realm="https://a/t",,service="s""#, "bearer realm=https://a/t service=s");
    }

    #[test]
    fn several_challenges_may_stand_in_one_header() {
        check(r#"Basic realm="x", Bearer realm="https://a/t""#, "basic realm=x | bearer realm=https://a/t");
        check(r#"Negotiate, Bearer realm="https://a/t""#, "bearer realm=https://a/t");
        check(r#" Bearer realm="https://a/t""#, "bearer realm=https://a/t");
        check("basic", "basic ");
        check("", "");
    }

    #[test]
    fn a_quote_that_never_ends_gives_nothing_away() {
        check(r#"Bearer realm="https://a/t"#, "bearer realm=");
    }
}
