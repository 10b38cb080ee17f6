//! Instructions of a Dockerfile that change how containers of an image start: what `docker commit -c` takes (moby,
//! daemon/builder/dockerfile; moby/buildkit, frontend/dockerfile/instructions).

use serde_json::{Map, Value, json};

use super::words::{self, Env};
use crate::docker::flag_values;
use crate::docker::ports;
use crate::oci::ContainerConfig;

const KNOWN: &[&str] = &[
    "CMD",
    "ENTRYPOINT",
    "HEALTHCHECK",
    "ENV",
    "EXPOSE",
    "LABEL",
    "ONBUILD",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];
/// A health check may not come more often, in nanoseconds.
const SHORTEST: i64 = 1_000_000;

/// Applies instructions, one or more in each text. All of them are looked at before the first is applied.
///
/// # Errors
/// The daemon's sentence.
pub(in crate::docker) fn apply(config: &mut ContainerConfig, texts: &[String]) -> Result<(), String> {
    if texts.is_empty() {
        return Ok(());
    }
    let instructions = instructions(&texts.join("\n"));
    if instructions.is_empty() {
        return Err("file with no instructions".to_owned());
    }
    if let Some((word, _)) = instructions.iter().find(|(word, _)| !KNOWN.contains(&word.to_uppercase().as_str())) {
        return Err(format!("{} is not a valid change command", word.to_lowercase()));
    }
    let own_command = config.cmd.clone();
    let mut has_command = false;
    for (word, rest) in &instructions {
        apply_one(config, &word.to_uppercase(), rest, &mut has_command)?;
    }
    // What is empty now is the container's again.
    if config.entrypoint.as_ref().is_none_or(Vec::is_empty) && config.cmd.as_ref().is_none_or(Vec::is_empty) {
        config.cmd = own_command;
    }
    Ok(())
}

/// Parts a text into instructions, each a word and what stands behind it.
fn instructions(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut line = String::new();
    for part in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        if let Some(begun) = part.trim_end().strip_suffix('\\') {
            line += begun;
            continue;
        }
        line += part;
        let whole = std::mem::take(&mut line);
        let whole = whole.trim();
        if !whole.is_empty() {
            let (word, rest) = whole.split_once(char::is_whitespace).unwrap_or((whole, ""));
            found.push((word.to_owned(), rest.trim().to_owned()));
        }
    }
    found
}

fn apply_one(config: &mut ContainerConfig, word: &str, rest: &str, has_command: &mut bool) -> Result<(), String> {
    let env = config.env.clone().unwrap_or_default();
    match word {
        "CMD" => {
            config.cmd = Some(command(rest, &["/bin/sh", "-c"])?);
            *has_command = true;
        }
        "ENTRYPOINT" => {
            config.entrypoint = if rest.is_empty() { None } else { Some(command(rest, &["/bin/sh", "-c"])?) };
            if !*has_command {
                config.cmd = None;
            }
        }
        "HEALTHCHECK" => config.healthcheck = Some(health(rest)?),
        "ENV" => {
            for (name, value) in pairs(word, rest, &env)? {
                let env = config.env.get_or_insert_default();
                let pair = format!("{name}={value}");
                match env.iter_mut().find(|known| known.split('=').next() == Some(&name)) {
                    Some(known) => *known = pair,
                    None => env.push(pair),
                }
            }
        }
        "LABEL" => config.labels.get_or_insert_default().extend(pairs(word, rest, &env)?),
        "EXPOSE" => {
            for text in several(word, rest)? {
                let text = words::expand(&text, &env)?;
                for port in if text.is_empty() { Vec::new() } else { ports::publish(&text)? } {
                    config.exposed_ports.get_or_insert_default().insert(port.inside, json!({}));
                }
            }
        }
        "USER" => config.user = words::expand(only(word, rest)?, &env)?,
        "WORKDIR" => {
            let place = words::expand(only(word, rest)?, &env)?;
            let above = config.working_dir.trim_end_matches('/');
            config.working_dir = if place.starts_with('/') { place } else { format!("{above}/{place}") };
        }
        "VOLUME" => {
            let places = match list(rest)? {
                Some(places) => places,
                None => several(word, rest)?,
            };
            for place in places {
                let place = words::expand(&place, &env)?;
                if place.is_empty() {
                    return Err("VOLUME specified can not be an empty string".to_owned());
                }
                config.volumes.get_or_insert_default().insert(place, json!({}));
            }
        }
        "STOPSIGNAL" => {
            let signal = words::expand(only(word, rest)?, &env)?;
            if !super::start::is_signal(&signal) {
                return Err(format!("invalid signal: {signal}"));
            }
            config.stop_signal = signal;
        }
        _ => config.on_build.get_or_insert_default().push(trigger(rest)?),
    }
    Ok(())
}

fn several(word: &str, rest: &str) -> Result<Vec<String>, String> {
    if rest.is_empty() { Err(format!("{word} requires at least one argument")) } else { Ok(words::split(rest)) }
}

fn only<'t>(word: &str, rest: &'t str) -> Result<&'t str, String> {
    if rest.is_empty() { Err(format!("{word} requires exactly one argument")) } else { Ok(rest) }
}

fn trigger(rest: &str) -> Result<String, String> {
    if rest.is_empty() {
        return Err("ONBUILD requires at least one argument".to_owned());
    }
    match rest.split_whitespace().next().unwrap_or_default().to_uppercase().as_str() {
        "ONBUILD" => Err("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed".to_owned()),
        word @ ("MAINTAINER" | "FROM") => Err(format!("{word} isn't allowed as an ONBUILD trigger")),
        _ => Ok(rest.to_owned()),
    }
}

/// A command: a JSON list as it is, anything else a line for the shell.
fn command(text: &str, shell: &[&str]) -> Result<Vec<String>, String> {
    let line = || shell.iter().copied().chain([text].into_iter().filter(|text| !text.is_empty()));
    Ok(list(text)?.unwrap_or_else(|| line().map(str::to_owned).collect()))
}

/// Reads a JSON list of texts; `None` where it is no list at all.
fn list(text: &str) -> Result<Option<Vec<String>>, String> {
    let Ok(Value::Array(items)) = serde_json::from_str(text) else { return Ok(None) };
    let texts = items.into_iter().map(|item| if let Value::String(text) = item { Some(text) } else { None });
    match texts.collect() {
        Some(texts) => Ok(Some(texts)),
        None => Err("when using JSON array syntax, arrays must be comprised of strings only".to_owned()),
    }
}

/// `NAME=value NAME="two words"`, or the old form `NAME value`.
fn pairs(word: &str, text: &str, env: Env<'_>) -> Result<Vec<(String, String)>, String> {
    let found = several(word, text)?;
    let raw: Vec<(&str, &str)> = if found.first().is_some_and(|first| first.contains('=')) {
        let pair = |found: &'_ String| match found.split_once('=') {
            Some(_) => Ok(()),
            None => Err(format!("Syntax error - can't find = in {found:?}. Must be of the form: name=value")),
        };
        found.iter().try_for_each(pair)?;
        found.iter().filter_map(|pair| pair.split_once('=')).collect()
    } else {
        let two = text.split_once(char::is_whitespace).ok_or_else(|| format!("{word} must have two arguments"))?;
        vec![(two.0, two.1.trim())]
    };
    let mut expanded = Vec::new();
    for (name, value) in raw {
        let name = words::expand(name, env)?;
        if name.is_empty() {
            return Err(format!("{word} names can not be blank"));
        }
        expanded.push((name, words::expand(value, env)?));
    }
    Ok(expanded)
}

/// `NONE`, or flags and `CMD` with a command.
fn health(text: &str) -> Result<Value, String> {
    let mut rest = text;
    let mut check = Map::new();
    while let Some((flag, after)) =
        rest.strip_prefix("--").map(|it| it.split_once(char::is_whitespace).unwrap_or((it, "")))
    {
        let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
        let (key, number) = health_flag(name, value)?;
        check.insert(key.to_owned(), json!(number));
        rest = after.trim_start();
    }
    let (kind, line) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let test = match kind.to_uppercase().as_str() {
        "" => return Err("HEALTHCHECK requires at least one argument".to_owned()),
        "NONE" if !line.trim().is_empty() => return Err("HEALTHCHECK NONE takes no arguments".to_owned()),
        "NONE" => vec!["NONE".to_owned()],
        "CMD" if line.trim().is_empty() => return Err("Missing command after HEALTHCHECK CMD".to_owned()),
        "CMD" => match list(line.trim())? {
            Some(words) => std::iter::once("CMD".to_owned()).chain(words).collect(),
            None => ["CMD-SHELL", line.trim()].map(str::to_owned).into(),
        },
        kind => return Err(format!("Unknown type {kind:?} in HEALTHCHECK (try CMD)")),
    };
    let mut whole = Map::new();
    whole.insert("Test".to_owned(), json!(test));
    whole.extend(check);
    Ok(Value::Object(whole))
}

fn health_flag(name: &str, value: &str) -> Result<(&'static str, i64), String> {
    let key = match name {
        "interval" => "Interval",
        "timeout" => "Timeout",
        "start-period" => "StartPeriod",
        "start-interval" => "StartInterval",
        "retries" => {
            let number: i64 =
                value.parse().map_err(|_| format!("strconv.ParseInt: parsing {value:?}: invalid syntax"))?;
            return if number < 1 {
                Err(format!("--retries must be at least 1 (not {number})"))
            } else {
                Ok(("Retries", number))
            };
        }
        _ => return Err(format!("Unknown flag: {name}")),
    };
    let nanoseconds = flag_values::nanoseconds(value)?;
    if nanoseconds < SHORTEST {
        return Err(format!("Interval {name:?} cannot be less than 1ms"));
    }
    Ok((key, nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn changed(texts: &[&str]) -> ContainerConfig {
        let mut config = ContainerConfig::default();
        apply(&mut config, &texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).unwrap();
        config
    }

    #[track_caller]
    fn refuse(text: &str, expected: &str) {
        assert_eq!(apply(&mut ContainerConfig::default(), &[text.to_owned()]).unwrap_err(), expected, "{text}");
    }

    #[test]
    fn commands_are_lists_or_lines() {
        assert_eq!(changed(&[r#"CMD ["cat","/x"]"#]).cmd.unwrap(), ["cat", "/x"]);
        assert_eq!(changed(&["cmd cat /x"]).cmd.unwrap(), ["/bin/sh", "-c", "cat /x"]);
        assert_eq!(changed(&[r#"ENTRYPOINT ["x"]"#]).entrypoint.unwrap(), ["x"]);
    }

    #[test]
    fn variables_and_labels_are_pairs() {
        let config = changed(&["ENV A=1 B=\"two words\"", "ENV A 3", "LABEL x=y"]);
        assert_eq!(config.env.unwrap(), ["A=3", "B=two words"]);
        assert_eq!(config.labels.unwrap()["x"], "y");
    }

    #[test]
    fn the_rest_is_set() {
        let config =
            changed(&["EXPOSE 80 53/udp", "WORKDIR /a", "WORKDIR b", "USER me", "VOLUME /data", "STOPSIGNAL 9"]);
        assert_eq!(config.exposed_ports.unwrap().into_keys().collect::<Vec<_>>(), ["53/udp", "80/tcp"]);
        assert_eq!((config.working_dir.as_str(), config.user.as_str()), ("/a/b", "me"));
    }

    #[test]
    fn what_was_set_before_can_be_named() {
        let config = changed(&["ENV A=1", "ENV B=$A C='$A'", "WORKDIR /$B", "LABEL x=${NO:-d}"]);
        assert_eq!(config.env.unwrap(), ["A=1", "B=1", "C=$A"]);
        assert_eq!((config.working_dir.as_str(), config.labels.unwrap()["x"].as_str()), ("/1", "d"));
    }

    #[test]
    fn lines_are_joined_and_comments_left_out() {
        assert_eq!(changed(&["# first\nENV A=1 \\\n B=2"]).env.unwrap(), ["A=1", "B=2"]);
        refuse("", "file with no instructions");
        refuse("# x", "file with no instructions");
    }

    #[test]
    fn a_health_check_has_flags() {
        let check = changed(&["HEALTHCHECK --interval=5s --retries=3 CMD [\"a\"]"]).healthcheck.unwrap();
        assert_eq!(check.to_string(), r#"{"Test":["CMD","a"],"Interval":5000000000,"Retries":3}"#);
        assert_eq!(changed(&["HEALTHCHECK CMD a b"]).healthcheck.unwrap()["Test"], json!(["CMD-SHELL", "a b"]));
        assert_eq!(changed(&["HEALTHCHECK NONE"]).healthcheck.unwrap()["Test"], json!(["NONE"]));
        refuse("HEALTHCHECK x", "Unknown type \"X\" in HEALTHCHECK (try CMD)");
        refuse("HEALTHCHECK --bogus=1 CMD x", "Unknown flag: bogus");
        refuse("HEALTHCHECK --retries=0 CMD x", "--retries must be at least 1 (not 0)");
        refuse("HEALTHCHECK --interval=1us CMD x", "Interval \"interval\" cannot be less than 1ms");
    }

    #[test]
    fn what_is_wrong_is_told_in_the_daemons_words() {
        refuse("FOO bar", "foo is not a valid change command");
        refuse("ENV", "ENV requires at least one argument");
        refuse("ENV A", "ENV must have two arguments");
        refuse("ENV A=1 B", "Syntax error - can't find = in \"B\". Must be of the form: name=value");
        refuse("ENV =x", "ENV names can not be blank");
        refuse("USER", "USER requires exactly one argument");
        refuse("EXPOSE abc", "invalid containerPort: abc");
        refuse("CMD [1]", "when using JSON array syntax, arrays must be comprised of strings only");
        refuse("ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger");
        refuse("ONBUILD ONBUILD x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        refuse("VOLUME \"\"", "VOLUME specified can not be an empty string");
    }
}
