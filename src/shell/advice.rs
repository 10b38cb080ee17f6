//! What to do after a docker command that failed: one saying of the workbook beside Docker's own words, which stay untouched.

use super::Error;
use super::absent::{NEAR, is_unreachable, not_in_classroom};
use super::bench::Bench;
use crate::oci::Reference;
use crate::tutor::Ran;

/// Returns advice on a failure, where there is some.
pub(super) fn advice(ran: &Ran, bench: &Bench<'_>) -> Result<Option<String>, Error> {
    if ran.status == 0 {
        return Ok(None);
    }
    if let Some(reference) = missing_tag(&ran.stderr) {
        return missing_tag_advice(&reference, bench).map(Some);
    }
    let general = || short_digest(ran).or_else(|| general(&ran.stderr)).map(str::to_owned);
    // What is offered takes a moment to list, and is asked for only where no registry answered.
    let offered = if is_unreachable(&ran.stderr) { bench.offered() } else { Vec::new() };
    Ok(not_in_classroom(&ran.line, &ran.stderr, &offered).or_else(general))
}

/// A digest is given whole, where IDs may be cut.
fn short_digest(ran: &Ran) -> Option<&'static str> {
    let (_, after) = ran.line.split_once("@sha256:").filter(|_| ran.stderr.contains("invalid reference format"))?;
    let digits = after.chars().take_while(char::is_ascii_hexdigit).count();
    (digits < 64)
        .then_some("A digest is given whole: `sha256:` and 64 digits. Only the ID of an image that is held may be cut.")
}

/// Reads the name in `manifest for redis:9999 not found: manifest unknown`.
fn missing_tag(stderr: &str) -> Option<Reference> {
    let (_, rest) = stderr.split_once("manifest for ")?;
    let (name, _) = rest.split_once(" not found")?;
    name.parse().ok()
}

fn missing_tag_advice(reference: &Reference, bench: &Bench<'_>) -> Result<String, Error> {
    let repository = reference.repository().familiar();
    let tags = bench.runtime.run_until_interrupted(bench.engine.registry_tags(reference))?;
    let tags = tags.and_then(Result::ok).unwrap_or_default();
    let near = nearest(reference.tag().unwrap_or_default(), &tags);
    Ok(match near.as_slice() {
        [] => bench
            .known_later(&repository)
            .unwrap_or_else(|| format!("The repository `{repository}` exists, and it has no such tag.")),
        near => {
            let names: Vec<String> = near.iter().map(|tag| format!("`{repository}:{tag}`")).collect();
            format!("The repository `{repository}` exists, and it has no such tag. Near ones: {}.", names.join(", "))
        }
    })
}

/// Returns the tags that look most like the one typed.
fn nearest<'a>(typed: &str, tags: &'a [String]) -> Vec<&'a str> {
    let mut tags: Vec<&str> = tags.iter().map(String::as_str).collect();
    tags.sort_by_key(|tag| (strsim::damerau_levenshtein(typed, tag), *tag));
    tags.truncate(NEAR);
    tags
}

/// Beginnings and pieces of Docker's messages with what they mean.
const MEANINGS: &[(&str, &str)] = &[
    (
        "pull access denied",
        "No repository of that name can be read. Look at the spelling first; a private one also needs `docker login`.",
    ),
    (
        "No such image",
        "No image of that name is held here. `docker images` lists those that are; without a tag Docker reads `:latest`.",
    ),
    ("No such object", "Nothing of that name is held here. `docker images` lists the images that are."),
    (
        "is referenced in multiple repositories",
        "The image has several names, and by its ID Docker removes none of them. Remove it by name, or add `-f`.",
    ),
    ("repository name must be lowercase", "Capitals may stand in a tag, and nowhere else in a name."),
    (
        "repository name (library/",
        "A name's parts hold lower-case letters, digits, and single separators between them.",
    ),
    ("requires 1 argument", "This command takes one name. A tag stands in it, after a colon: `redis:7`."),
    ("requires 2 arguments", "This command takes two names, one behind the other, with a blank between them."),
    ("invalid reference format", "This cannot be read as a name: `[registry/][namespace/]name[:tag][@digest]`."),
    (
        "no matching manifest for",
        "The tag exists, but not for this platform. `docker manifest inspect` lists those that it has.",
    ),
    ("manifest unknown", "The repository is there, and nothing in it has this digest or tag."),
    (
        "unauthorized",
        "The registry wants to know who asks: `docker login`, with its address where it is not Docker Hub.",
    ),
    (
        "incorrect username or password",
        "Name or password is not right. Many registries take a token in the password's place.",
    ),
    ("connection refused", "Nothing listens at that address. Is the registry running, and is the port right?"),
    (
        "no such host",
        "The name of that registry is not known to the network. Is the name right, and is there a network?",
    ),
    (
        "toomanyrequests",
        "The registry has had enough requests from here for now. Wait some hours, be allowed more with `docker login`, or ask \
         another host first with `--mirror`.",
    ),
    (
        "denied: requested access",
        "This account may not write there. `docker login` says who you are; on Docker Hub a name begins with your account.",
    ),
    (
        "no basic auth credentials",
        "That registry wants to know who asks. `docker login` with its name in front of the `/`.",
    ),
    ("failed with status: 401", "The registry knows no such user, or the password is another one."),
    (
        "An image does not exist locally",
        "A push sends what is held here under exactly that name. `docker images` lists the names, `docker tag` gives another.",
    ),
    ("tag does not exist", "The repository is held here with other tags. `docker images` lists them."),
    ("server gave HTTP response to HTTPS client", "That registry speaks plain HTTP. Only loopback addresses may."),
    (
        "x509",
        "The registry's certificate is not trusted here: it is expired, of another name, or of an unknown authority.",
    ),
    ("tls:", "The encrypted connection could not be made. Is that a registry, and the right port?"),
    ("deadline exceeded", "The registry did not answer in time. Wait a moment, and look at the network."),
    ("i/o timeout", "The registry did not answer in time. Wait a moment, and look at the network."),
    ("Client.Timeout", "The registry did not answer in time. Wait a moment, and look at the network."),
    ("unexpected HTTP status", "The registry has trouble of its own. Try again later."),
    ("no space left on device", "The disk is full. `docker image prune` frees what no name needs."),
    ("read-only file system", "Nothing can be written there. `--home` names another folder."),
    ("must be forced", "A container still needs the image. Remove the container first, or add `-f`."),
    ("has dependent child images", "Other images stand on this one. Remove those first."),
    ("No such container", "No container of that name or ID is here. `docker ps -a` lists them all."),
    ("No such volume", "No volume of that name is here."),
    ("is already in use by container", "The name is taken. Choose another, or remove the container that has it."),
    ("executable file not found", "The image has no such program. `docker inspect` shows what it starts by itself."),
    (
        "refusing to create a tag with a digest reference",
        "A tag is a name for an image; a digest is one already. Take a tag.",
    ),
    ("tag can't be used with --all-tags", "With `-a` all tags are meant, so the name may have none."),
    ("invalid filter", "`--filter` takes `key=value`, with a key that this command knows."),
    ("template parsing error", "`--format` takes a Go template: `{{.ID}}`. Are the braces and quotes closed?"),
    ("unable to parse template", "`--format` takes a Go template: `{{.ID}}`. Are the braces and quotes closed?"),
    ("can't evaluate field", "There is no such field. `docker inspect` without `--format` shows those that there are."),
    (
        "map has no entry for key",
        "There is no such field. `docker inspect` without `--format` shows those that there are.",
    ),
    ("requires exactly", "The command has too few or too many words. A name with a blank in it needs quotes."),
    ("requires at least", "The command needs a word more: what it is to work on."),
    ("accepts at most", "The command has a word too many. A name with a blank in it needs quotes."),
    ("flag needs an argument", "A value belongs behind that flag."),
    ("invalid argument", "That value does not fit its flag. `--help` behind the command says what does."),
    (
        "no files to redirect",
        "The workbook has no files; a pipe, `|`, hands the output to `grep`, `wc`, `jq` and others.",
    ),
    ("Syntax error", "The line ends inside quotes or brackets, or an operator stands where a command belongs."),
    ("unknown flag", "Docker has no such flag here. `--help` behind the command lists those that it has."),
    ("unknown shorthand flag", "Docker has no such flag here. `--help` behind the command lists those that it has."),
    ("unknown command", "Docker has no such command. `docker --help` lists those that it has."),
    ("is not a docker command", "Docker has no such command. `docker --help` lists those that it has."),
    (
        "not found",
        "No such program is here: behind `|` stand `grep`, `jq`, `wc`, `head`, `tail`, `sort`, `uniq` and `cut`.",
    ),
];

fn general(stderr: &str) -> Option<&'static str> {
    MEANINGS.iter().find(|(words, _)| stderr.contains(words)).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_in_a_missing_manifest_is_read() {
        let stderr =
            "Error response from daemon: manifest for redis:9999 not found: manifest unknown: manifest unknown\n";
        assert_eq!(missing_tag(stderr).unwrap().familiar(), "redis:9999");
        assert!(missing_tag("Error: No such image: redis").is_none());
    }

    #[test]
    fn a_cut_digest_is_noticed() {
        let ran = |line: &str| Ran {
            line: line.to_owned(),
            stdout: String::new(),
            stderr: "invalid reference format\n".to_owned(),
            status: 1,
        };
        assert!(short_digest(&ran("docker pull nginx@sha256:5ed7f70210")).is_some());
        assert!(short_digest(&ran("docker pull nginx:la:test")).is_none());
        assert!(short_digest(&ran(&format!("docker pull a:b:c@sha256:{}", "0".repeat(64)))).is_none());
    }

    #[test]
    fn near_tags_come_first() {
        let tags = ["latest", "8", "8.10", "7.4"].map(str::to_owned);
        assert_eq!(nearest("8.1", &tags)[..2], ["8.10", "7.4"]);
    }

    #[test]
    fn the_first_meaning_that_fits_is_given() {
        let check = |text: &str, begin: &str| {
            let said = general(text).unwrap_or_default();
            assert!(said.starts_with(begin), "{text}: {said}");
        };
        check("invalid reference format: repository name must be lowercase", "Capitals");
        check("Error response from daemon: manifest unknown: manifest unknown", "The repository is there");
        check("dial tcp 127.0.0.1:1: connect: connection refused", "Nothing listens");
        check("http: server gave HTTP response to HTTPS client", "That registry speaks plain HTTP");
        check("conflict: unable to delete 4f (must be forced) - container 1 is using it", "A container still needs");
        check(
            "conflict: unable to delete 4f (must be forced) - image is referenced in multiple repositories",
            "The image has several",
        );
        check("docker: 'docker pull' requires 1 argument", "This command takes one name");
        check("docker: 'docker tag' requires 2 arguments", "This command takes two names");
        check("\"docker tag\" requires exactly 2 arguments.", "The command has too few");
        check("sh: 1: foo: not found", "No such program");
        assert!(general("something new").is_none());
    }

    #[test]
    fn there_are_words_for_the_common_messages_and_none_twice() {
        let begins: std::collections::BTreeSet<&str> = MEANINGS.iter().map(|(words, _)| *words).collect();
        assert!(begins.len() == MEANINGS.len() && begins.len() >= 30);
    }
}
