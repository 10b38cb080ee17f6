//! Instructions of a Dockerfile that change how containers of an image start: what `docker commit -c` takes.

use serde_json::{Value, json};

use crate::oci::ContainerConfig;

/// Applies one instruction.
///
/// # Errors
/// The daemon's sentence.
pub(super) fn apply(config: &mut ContainerConfig, text: &str) -> Result<(), String> {
    let (word, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
    let rest = rest.trim();
    let needs = |word: &str| format!("dockerfile parse error on line 1: {word} requires at least one argument");
    match word.to_uppercase().as_str() {
        "CMD" => config.cmd = Some(words(rest)),
        "ENTRYPOINT" => config.entrypoint = Some(words(rest)),
        "ENV" | "LABEL" | "EXPOSE" | "USER" | "WORKDIR" | "VOLUME" | "STOPSIGNAL" | "ONBUILD" if rest.is_empty() => {
            return Err(needs(&word.to_uppercase()));
        }
        "ENV" => {
            for (name, value) in pairs(rest) {
                let env = config.env.get_or_insert_default();
                env.retain(|known| known.split_once('=').is_none_or(|(known, _)| known != name));
                env.push(format!("{name}={value}"));
            }
        }
        "LABEL" => config.labels.get_or_insert_default().extend(pairs(rest)),
        "EXPOSE" => {
            for port in rest.split_whitespace() {
                let port = if port.contains('/') { port.to_owned() } else { format!("{port}/tcp") };
                config.exposed_ports.get_or_insert_default().insert(port, json!({}));
            }
        }
        "USER" => rest.clone_into(&mut config.user),
        "WORKDIR" if rest.starts_with('/') => rest.clone_into(&mut config.working_dir),
        "WORKDIR" => config.working_dir = format!("{}/{rest}", config.working_dir.trim_end_matches('/')),
        "VOLUME" => {
            let places = list(rest).unwrap_or_else(|| rest.split_whitespace().map(str::to_owned).collect());
            config.volumes.get_or_insert_default().extend(places.into_iter().map(|place| (place, json!({}))));
        }
        "STOPSIGNAL" => rest.clone_into(&mut config.stop_signal),
        "ONBUILD" => config.on_build.get_or_insert_default().push(rest.to_owned()),
        _ => return Err(format!("{} is not a valid change command", word.to_lowercase())),
    }
    Ok(())
}

/// A command: a JSON list as it is, anything else a line for the shell.
fn words(text: &str) -> Vec<String> {
    list(text).unwrap_or_else(|| ["/bin/sh", "-c", text].map(str::to_owned).to_vec())
}

fn list(text: &str) -> Option<Vec<String>> {
    let Value::Array(items) = serde_json::from_str(text).ok()? else { return None };
    items.into_iter().map(|item| if let Value::String(text) = item { Some(text) } else { None }).collect()
}

/// `NAME=value NAME="two words"`, or the old form `NAME value`.
fn pairs(text: &str) -> Vec<(String, String)> {
    let first = text.split_whitespace().next().unwrap_or_default();
    if !first.contains('=') {
        let (name, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        return vec![(name.to_owned(), value.trim().to_owned())];
    }
    let mut found: Vec<(String, String)> = Vec::new();
    let (mut word, mut quote) = (String::new(), None);
    let mut letters = text.chars().chain([' ']);
    while let Some(c) = letters.next() {
        match (c, quote) {
            ('\\', _) => word.extend(letters.next()),
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            (c, None) if c.is_whitespace() => {
                let done = std::mem::take(&mut word);
                found.extend(done.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
            (c, _) => word.push(c),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn changed(texts: &[&str]) -> ContainerConfig {
        let mut config = ContainerConfig::default();
        for text in texts {
            apply(&mut config, text).unwrap();
        }
        config
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
        assert_eq!(config.env.unwrap(), ["B=two words", "A=3"]);
        assert_eq!(config.labels.unwrap()["x"], "y");
    }

    #[test]
    fn the_rest_is_set() {
        let config =
            changed(&["EXPOSE 80 53/udp", "WORKDIR /a", "WORKDIR b", "USER me", "VOLUME /data", "STOPSIGNAL 9"]);
        assert_eq!(config.exposed_ports.unwrap().into_keys().collect::<Vec<_>>(), ["53/udp", "80/tcp"]);
        assert_eq!((config.working_dir.as_str(), config.user.as_str()), ("/a/b", "me"));
        let refused = apply(&mut ContainerConfig::default(), "FOO bar");
        assert_eq!(refused.unwrap_err(), "foo is not a valid change command");
    }
}
