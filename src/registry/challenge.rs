//! Reading `WWW-Authenticate` (RFC 9110, 11.6.1): several challenges in one header or in several, and what real
//! registries write instead. Never fails: what cannot be read is left out.

/// A way to log in that a registry offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    /// Scheme in lower case.
    pub(super) scheme: String,
    /// Parameters in order; names in lower case.
    pub(super) parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Returns a parameter's value, where it is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

/// Reads all challenges of one header value, in order, unknown schemes included.
pub(super) fn read(header: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let mut rest = skip_separators(header);
    while !rest.is_empty() {
        let (name, after) = word(rest);
        let value = after.trim_start().strip_prefix('=');
        rest = match (value, found.last_mut()) {
            (Some(after), Some(challenge)) if !name.is_empty() => {
                let (value, after) = value_of(after.trim_start());
                challenge.parameters.push((name.to_ascii_lowercase(), value));
                after
            }
            (Some(after), _) => after,
            (None, _) => {
                if !name.is_empty() {
                    found.push(Challenge { scheme: name.to_ascii_lowercase(), parameters: Vec::new() });
                }
                after
            }
        };
        rest = skip_separators(rest);
    }
    found
}

fn skip_separators(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
}

/// Takes a name off the front; a quoted one (`"Bearer" realm=..`) loses its quotes.
/// Always takes at least one character, so that reading ends.
fn word(text: &str) -> (&str, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"').unwrap_or((quoted, ""));
    }
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '=' | '"')).unwrap_or(text.len());
    text.split_at(end)
}

/// Takes a value off the front: quoted with escapes, in single quotes, or up to the next comma or space
/// (an unquoted `realm=https://a/t` is no token by the letter, yet means what it says).
fn value_of(text: &str) -> (String, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted_value(quoted);
    }
    if let Some((value, rest)) = text.strip_prefix('\'').and_then(|quoted| quoted.split_once('\'')) {
        return (value.to_owned(), rest);
    }
    let end = text.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(text.len());
    (text[..end].to_owned(), &text[end..])
}

/// Reads up to the closing quote. A value without one is empty: nobody knows where it ends.
fn quoted_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => {
                value.push(character);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, &text[at + 1..]),
            _ => value.push(character),
        }
    }
    (String::new(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: &str) {
        let known = read(header).into_iter().filter(|c| matches!(c.scheme.as_str(), "bearer" | "basic"));
        let line = |c: Challenge| {
            let parameters: Vec<_> = c.parameters.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("{} {}", c.scheme, parameters.join("|")).trim_end().to_owned()
        };
        assert_eq!(known.map(line).collect::<Vec<_>>().join(" & "), expected, "{header}");
    }

    #[test]
    fn several_challenges_stand_in_one_header() {
        check(
            r#"Bearer realm="https://a/t",service="s", Basic realm="x""#,
            "bearer realm=https://a/t|service=s & basic realm=x",
        );
        check(r#"Negotiate, Bearer realm="https://a/t""#, "bearer realm=https://a/t");
        check(r#"Negotiate YWJj==, Basic realm="x", charset="UTF-8""#, "basic realm=x|charset=UTF-8");
    }

    #[test]
    fn quotes_are_read_as_meant() {
        check(r#"Bearer realm="https://a/t?x=1,2",service="s""#, "bearer realm=https://a/t?x=1,2|service=s");
        check(r#"BEARER Realm = "a\"b" , SERVICE="s""#, "bearer realm=a\"b|service=s");
        check("Bearer realm=https://a/t,service=s", "bearer realm=https://a/t|service=s");
        check("Bearer realm='https://a/t'", "bearer realm=https://a/t");
        check(r#""Bearer" realm="a" service="s""#, "bearer realm=a|service=s");
        check(r#"Bearer realm="https://a/t";service="s""#, "bearer realm=https://a/t|service=s");
        check(r#"  Bearer realm="https://a/t",,service="s""#, "bearer realm=https://a/t|service=s");
    }

    #[test]
    fn nonsense_is_left_out() {
        check("", "");
        check("====", "");
        check("Bearer realm", "bearer");
        check(r#"Bearer realm="open"#, "bearer realm=");
        check("Bearer realm=\"\\", "bearer realm=");
        check("=x Bearer realm=é", "bearer realm=é");
    }

    /// Where containerd's reader is known to fall short, with what is meant.
    const BETTER: &[(&str, &str)] = &[
        (r#"Negotiate, Bearer realm="https://a/t""#, r#"[["bearer",{"realm":"https://a/t"}]]"#),
        (r#"Bearer realm="https://a/t";service="s""#, r#"[["bearer",{"realm":"https://a/t","service":"s"}]]"#),
        ("Bearer realm='https://a/t'", r#"[["bearer",{"realm":"https://a/t"}]]"#),
        (r#"Bearer realm="https://a/t",,service="s""#, r#"[["bearer",{"realm":"https://a/t","service":"s"}]]"#),
    ];

    #[test]
    fn every_recorded_header_reads_as_in_containerd_or_better() {
        for line in include_str!("../../tests/it/recorded/www_authenticate_containerd.jsonl").lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let header = case["header"].as_str().unwrap();
            let expected = match BETTER.iter().find(|(known, _)| *known == header) {
                Some((_, better)) => serde_json::from_str(better).unwrap(),
                None => recorded(&case["parsed"]),
            };
            assert_eq!(ours(header), expected, "{header}");
        }
    }

    fn recorded(parsed: &serde_json::Value) -> serde_json::Value {
        let scheme = |number: &serde_json::Value| if number == 4 { "bearer" } else { "basic" };
        parsed.as_array().unwrap().iter().map(|c| serde_json::json!([scheme(&c["Scheme"]), c["Parameters"]])).collect()
    }

    fn ours(header: &str) -> serde_json::Value {
        let known = read(header).into_iter().filter(|c| matches!(c.scheme.as_str(), "bearer" | "basic"));
        known
            .map(|c| {
                let parameters: serde_json::Map<_, _> =
                    c.parameters.into_iter().map(|(key, value)| (key, value.into())).collect();
                serde_json::json!([c.scheme, parameters])
            })
            .collect()
    }
}
