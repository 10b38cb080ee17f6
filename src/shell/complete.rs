//! What Tab offers: tutor words, docker's commands and flags, names of local images, programs behind a pipe.
//! Pure: a line and what is known go in, candidates come out.

/// What can be completed at a prompt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Tutor words that mean something now, with their colon.
    pub(super) words: Vec<String>,
    /// Names of the images of the workspace, `redis:latest` for example.
    pub(super) images: Vec<String>,
    /// Names of the containers of the workspace.
    pub(super) containers: Vec<String>,
    /// Names that a registry is known to have, without and with their tags: what can be pulled.
    pub(super) offered: Vec<String>,
    /// Docker's commands.
    pub(super) commands: Vec<Command>,
}

impl Known {
    /// Names that a picture can be drawn of: what is held and what a registry has.
    fn pictured(&self, word: &str) -> Vec<String> {
        let offered = tags_last(word, &self.offered).into_iter().map(str::to_owned);
        self.images.iter().cloned().chain(offered).collect()
    }

    /// Repositories that a registry is known to have, and those of images that are held.
    fn repositories(&self) -> Vec<String> {
        let name = |image: &String| {
            let at = image.rfind(':').filter(|at| !image[*at..].contains('/'));
            at.map_or_else(|| image.clone(), |at| image[..at].to_owned())
        };
        self.images.iter().chain(&self.offered).map(name).collect()
    }

    /// Tells whether a name that can be pulled has tags to go on with.
    pub(super) fn has_tags(&self, name: &str) -> bool {
        self.offered.iter().any(|offered| offered.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')))
    }
}

/// One of docker's commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// Its words without `docker`: `image ls`.
    pub(super) name: String,
    /// Its flags with their dashes, `--quiet`.
    pub(super) flags: Vec<String>,
}

/// Programs that may stand behind a pipe.
const FILTERS: &[&str] = &["cut", "grep", "head", "jq", "sort", "tail", "uniq", "wc"];

/// Completes the word that ends at byte `at`: returns the byte where it begins, and the candidates, sorted.
pub(super) fn complete(line: &str, at: usize, known: &Known) -> (usize, Vec<String>) {
    let line = &line[..at];
    let segment = last_command(line);
    let begin = segment.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
    let (before, word) = segment.split_at(begin);
    let words: Vec<&str> = before.split_whitespace().collect();
    let found = match words.as_slice() {
        [] if behind_a_pipe(line, segment) => starting_with(word, FILTERS),
        [] => first_word(word, known),
        ["docker", rest @ ..] => docker_word(rest, word, known),
        [":layers", ..] => starting_with(word, &[&known.containers[..], &known.pictured(word)[..]].concat()),
        [":sizes" | ":name", ..] => starting_with(word, &known.pictured(word)),
        [":tags" | ":hub"] => starting_with(word, &known.repositories()),
        [":reset" | ":more"] => starting_with(word, &["all"]),
        _ => Vec::new(),
    };
    (line.len() - word.len(), found)
}

/// Returns what follows the last `|`, `;`, `&` or `$(`: the command that is being typed.
fn last_command(line: &str) -> &str {
    line.rfind(['|', ';', '&', '(']).map_or(line, |at| &line[at + 1..]).trim_start()
}

fn behind_a_pipe(line: &str, segment: &str) -> bool {
    line[..line.len() - segment.len()].trim_end().ends_with('|')
}

/// A line begins with `docker` or with a word of the workbook, of which an empty line offers none.
fn first_word(word: &str, known: &Known) -> Vec<String> {
    let words: Vec<&str> = known.words.iter().map(String::as_str).chain(["docker"]).collect();
    if word.is_empty() { Vec::new() } else { starting_with(word, &words) }
}

fn docker_word(words: &[&str], word: &str, known: &Known) -> Vec<String> {
    let command = known.commands.iter().filter(|command| begins_with(words, command)).max_by_key(|c| c.name.len());
    if word.starts_with('-') {
        return command.map(|command| starting_with(word, &command.flags)).unwrap_or_default();
    }
    let deeper: Vec<&str> = known.commands.iter().filter_map(|command| word_after(words, command)).collect();
    match command {
        Some(pull) if pull.name.ends_with("pull") => starting_with(word, &tags_last(word, &known.offered)),
        Some(run) if ["run", "create", "container run", "container create"].contains(&run.name.as_str()) => {
            starting_with(word, &known.pictured(word))
        }
        Some(inspect) if inspect.name == "inspect" => {
            starting_with(word, &[&known.images[..], &known.containers[..]].concat())
        }
        Some(command) if is_about_containers(command) => starting_with(word, &known.containers),
        Some(_) if deeper.is_empty() => starting_with(word, &known.images),
        Some(_) | None => starting_with(word, &deeper),
    }
}

/// Tells whether a command takes names of containers.
fn is_about_containers(command: &Command) -> bool {
    const COMMANDS: &[&str] = &[
        "attach", "commit", "cp", "diff", "exec", "export", "kill", "logs", "pause", "port", "rename", "restart", "rm",
        "start", "stats", "stop", "top", "unpause", "wait",
    ];
    let has_word = command.name.strip_prefix("container ");
    has_word.is_some_and(|word| COMMANDS.contains(&word) || word == "inspect")
        || COMMANDS.contains(&command.name.as_str())
}

/// Tells whether the words begin with the command's whole name.
fn begins_with(words: &[&str], command: &Command) -> bool {
    let mut words = words.iter();
    command.name.split(' ').all(|part| words.next() == Some(&part))
}

/// Returns the part of a command's name that follows the words.
fn word_after<'a>(words: &[&str], command: &'a Command) -> Option<&'a str> {
    let mut parts = command.name.split(' ');
    words.iter().all(|word| parts.next() == Some(word)).then(|| parts.next()).flatten()
}

/// Tags are many: they are offered once the name before them is typed.
fn tags_last<'n>(word: &str, names: &'n [String]) -> Vec<&'n str> {
    names.iter().map(String::as_str).filter(|name| word.contains(':') || !name.contains(':')).collect()
}

fn starting_with<T: AsRef<str>>(start: &str, names: &[T]) -> Vec<String> {
    let fitting = names.iter().map(AsRef::as_ref).filter(|name| name.starts_with(start));
    let mut found: Vec<String> = fitting.map(str::to_owned).collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    fn known() -> Known {
        let command = |name: &str, flags: &[&str]| Command { name: name.to_owned(), flags: strings(flags) };
        Known {
            words: strings(&[":hint", ":help", ":quit"]),
            images: strings(&["redis:latest", "redis:8", "nginx:1.25"]),
            containers: strings(&["box"]),
            offered: strings(&["postgres", "postgres:16", "postgres:18", "python"]),
            commands: vec![
                command("pull", &["--platform", "--quiet"]),
                command("image ls", &["--no-trunc"]),
                command("image prune", &["--all"]),
                command("images", &["--quiet"]),
                command("exec", &["--tty"]),
                command("run", &["--rm"]),
                command("inspect", &["--format"]),
            ],
        }
    }

    #[track_caller]
    fn check(line: &str, begin: usize, expected: &[&str]) {
        assert_eq!(complete(line, line.len(), &known()), (begin, strings(expected)));
    }

    #[test]
    fn tutor_words_begin_with_a_colon() {
        check(":h", 0, &[":help", ":hint"]);
        check(":layers re", 8, &["redis:8", "redis:latest"]);
        check(":more ", 6, &["all"]);
    }

    #[test]
    fn docker_and_its_commands_are_completed() {
        check("do", 0, &["docker"]);
        check("docker im", 7, &["image", "images"]);
        check("docker i", 7, &["image", "images", "inspect"]);
        check("docker image ", 13, &["ls", "prune"]);
    }

    #[test]
    fn pictures_are_offered_what_they_can_be_drawn_of() {
        check(":layers b", 8, &["box"]);
        check(":layers redis ", 14, &["box", "nginx:1.25", "postgres", "python", "redis:8", "redis:latest"]);
        check(":sizes p", 7, &["postgres", "python"]);
        check(":name postgres:", 6, &["postgres:16", "postgres:18"]);
        check(":tags ", 6, &["nginx", "postgres", "python", "redis"]);
        check(":hub p", 5, &["postgres", "python"]);
        check(":hub postgres p", 14, &[]);
    }

    #[test]
    fn commands_about_containers_are_offered_containers() {
        check("docker exec ", 12, &["box"]);
        check("docker run p", 11, &["postgres", "python"]);
        check("docker inspect ", 15, &["box", "nginx:1.25", "redis:8", "redis:latest"]);
    }

    #[test]
    fn flags_are_those_of_the_command() {
        check("docker pull --", 12, &["--platform", "--quiet"]);
        check("docker image ls --", 16, &["--no-trunc"]);
        check("docker nonsense --", 16, &[]);
    }

    #[test]
    fn arguments_are_local_images() {
        check("docker images re", 14, &["redis:8", "redis:latest"]);
        check("docker image ls n", 16, &["nginx:1.25"]);
    }

    #[test]
    fn what_can_be_pulled_is_offered_name_first() {
        check("docker pull p", 12, &["postgres", "python"]);
        check("docker pull postgres:", 12, &["postgres:16", "postgres:18"]);
    }

    #[test]
    fn each_command_of_a_line_is_completed_for_itself() {
        check("docker images | ", 16, &["cut", "grep", "head", "jq", "sort", "tail", "uniq", "wc"]);
        check("docker images; docker p", 22, &["pull"]);
        check("docker images $(docker images ng", 30, &["nginx:1.25"]);
    }

    #[test]
    fn what_is_behind_the_cursor_is_left_alone() {
        assert_eq!(complete("docker pu redis", 9, &known()), (7, strings(&["pull"])));
    }
}
