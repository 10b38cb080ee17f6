//! A name that the classroom lacks, while no other registry can be reached: the spelling is the likelier fault than the network.

use crate::oci::Reference;

/// How many near tags are named.
pub(super) const NEAR: usize = 3;
/// What a client says that reached no registry at all.
const UNREACHABLE: &[&str] = &[
    "no such host",
    "server misbehaving",
    "Temporary failure in name resolution",
    "network is unreachable",
    "no route to host",
    "connection refused",
    "i/o timeout",
    "deadline exceeded",
    "Client.Timeout",
];

/// Tells whether no registry was reached.
pub(super) fn is_unreachable(stderr: &str) -> bool {
    UNREACHABLE.iter().any(|words| stderr.contains(words))
}

/// Says that the classroom has no such repository, with near names of those that it offers; `None` where it has it, where
/// something else failed, or where the name is of a registry on this machine.
pub(super) fn not_in_classroom(line: &str, stderr: &str, offered: &[String]) -> Option<String> {
    if offered.is_empty() || !is_unreachable(stderr) {
        return None;
    }
    let wanted = wanted(line, stderr)?;
    let repository = wanted.repository();
    let host = repository.domain().split(':').next().unwrap_or_default();
    let name = repository.familiar();
    if host == "localhost" || host.starts_with("127.") || offered.contains(&name) {
        return None;
    }
    let begin = format!("The classroom has no repository `{name}`, and no other registry can be reached from here.");
    let near = near(&wanted, offered);
    Some(match near.as_slice() {
        [] => format!("{begin} Look at the spelling first. `docker search` finds names."),
        near => {
            let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
            format!("{begin} Look at the spelling first. Near names: {}.", near.join(", "))
        }
    })
}

/// The name that was asked for: what `docker run` says that it lacks, else the last word of the command.
fn wanted(line: &str, stderr: &str) -> Option<Reference> {
    let lacked = stderr.split_once("Unable to find image '").and_then(|(_, rest)| rest.split_once('\''));
    let words = || line.split(['|', ';', '&', '>']).next()?.split_whitespace().rfind(|word| !word.starts_with('-'));
    let name = lacked.map(|(name, _)| name).or_else(words)?;
    name.trim_matches(['"', '\'']).parse().ok()
}

/// Names that look most like the one typed, with its tag where they have it. `redis/alpine` may mean `redis:alpine`.
fn near(wanted: &Reference, offered: &[String]) -> Vec<String> {
    let typed = wanted.repository().familiar();
    if let Some((name, tag)) = typed.split_once('/')
        && let Some(with_tag) = offered.iter().find(|known| known.split_once(':') == Some((name, tag)))
    {
        return vec![with_tag.clone()];
    }
    let last = last_part(&typed);
    let distance = |known: &str| {
        let begins = known.len() >= 3 && last.starts_with(known) || last.len() >= 3 && known.starts_with(last);
        let apart = strsim::damerau_levenshtein(last, last_part(known)).min(strsim::damerau_levenshtein(&typed, known));
        (begins || apart <= (last.chars().count() / 3).max(1)).then_some(apart)
    };
    let repositories = offered.iter().filter(|name| is_repository(name));
    let mut near: Vec<(usize, &String)> = repositories.filter_map(|name| Some((distance(name)?, name))).collect();
    near.sort();
    near.truncate(NEAR);
    let tagged = |name: &String| {
        let tagged = wanted.tag().map(|tag| format!("{name}:{tag}")).filter(|tagged| offered.contains(tagged));
        tagged.unwrap_or_else(|| name.clone())
    };
    near.into_iter().map(|(_, name)| tagged(name)).collect()
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn is_repository(name: &str) -> bool {
    name.parse::<Reference>().is_ok_and(|name| name.tag().is_none() && name.digest().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(line: &str, stderr: &str) -> Option<String> {
        let offered =
            ["postgres", "postgres:16-alpine", "redis", "redis:alpine", "alpine", "nginx", "ghcr.io/owner/tool"];
        not_in_classroom(line, stderr, &offered.map(str::to_owned))
    }

    const NO_HOST: &str = "Error response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host\n";

    #[test]
    fn a_misspelt_repository_is_not_blamed_on_the_network() {
        let check = |line: &str, near: &str| {
            let said = advice(line, NO_HOST).unwrap();
            assert!(said.starts_with("The classroom has no repository `"), "{said}");
            assert!(said.ends_with(near), "{line}: {said}");
        };
        check("docker pull postgresql:16-alpine", "Near names: `postgres:16-alpine`.");
        check("docker pull -q rediss", "Near names: `redis`.");
        check("docker pull redis/alpine", "Near names: `redis:alpine`.");
        check("docker manifest inspect ngnix | head -3", "Near names: `nginx`.");
        check("docker pull ghcr.io/owner/tol", "Near names: `ghcr.io/owner/tool`.");
        check("docker pull quux", "`docker search` finds names.");
    }

    #[test]
    fn what_a_run_lacks_is_named_in_dockers_own_words() {
        let stderr = format!("Unable to find image 'rediss:latest' locally\n{NO_HOST}");
        let said = advice("docker run -it --name web rediss sh", &stderr).unwrap();
        insta::assert_snapshot!(said, @"The classroom has no repository `rediss`, and no other registry can be reached from here. Look at the spelling first. Near names: `redis`.");
    }

    #[test]
    fn other_failures_keep_their_own_advice() {
        assert_eq!(advice("docker pull rediss", "Error response from daemon: pull access denied for rediss"), None);
        assert_eq!(advice("docker pull redis", NO_HOST), None);
        let refused = "dial tcp 127.0.0.1:5000: connect: connection refused";
        assert_eq!(advice("docker pull localhost:5000/web", refused), None);
        assert_eq!(not_in_classroom("docker pull rediss", NO_HOST, &[]), None);
    }
}
