//! Whole lines: pipes, substitutions, connectors.

use layerbook::docker::{Command, LineOutcome, Output, run_line};

use super::{Terminal, view};

/// Runs lines one after the other on a fresh store.
fn lines(lines: &[&str]) -> (String, Vec<LineOutcome>) {
    let terminal = Terminal::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut transcript = String::new();
    let mut outcomes = Vec::new();
    for line in lines {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output = Output::new(&mut out, &mut err);
        let outcome = runtime.block_on(run_line(line, &terminal.engine, &view(), &mut output));
        let status = if outcome.status == 0 { String::new() } else { format!("[{}]\n", outcome.status) };
        let text = [format!("$ {line}\n"), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap(), status];
        transcript.extend(text);
        outcomes.push(outcome);
    }
    (transcript, outcomes)
}

fn check(typed: &[&str]) -> String {
    lines(typed).0
}

#[test]
fn filters_read_what_docker_writes() {
    let typed = [
        "docker pull -q demo:1.0; docker pull -q demo:2.0",
        "docker images | grep 2.0",
        "docker images -q | wc -l",
        "docker inspect demo:2.0 | jq -r '.[0].Config.Env[0]'",
        "docker history -q demo:2.0 | sort | uniq -c | head -1",
        "docker images nope | grep nope",
        "docker inspect nope | wc -l",
        "docker images | docker images -q",
    ];
    insta::assert_snapshot!(check(&typed), @r"
    $ docker pull -q demo:1.0; docker pull -q demo:2.0
    docker.io/library/demo:1.0
    docker.io/library/demo:2.0
    $ docker images | grep 2.0
    demo         2.0       2b1aba920be0   26 hours ago   14B
    $ docker images -q | wc -l
    2
    $ docker inspect demo:2.0 | jq -r '.[0].Config.Env[0]'
    A=1
    $ docker history -q demo:2.0 | sort | uniq -c | head -1
          1 2b1aba920be0
    $ docker images nope | grep nope
    [1]
    $ docker inspect nope | wc -l
    1
    Error: No such object: nope
    $ docker images | docker images -q
    2b1aba920be0
    faffdaa18781
    ");
}

#[test]
fn a_substitution_becomes_words() {
    let typed = [
        "docker pull -q demo:1.0 && docker pull -q demo:2.0",
        "docker inspect -f '{{.Id}}' $(docker images -q)",
        "echo \"$(docker images -q)\"",
        "docker rmi $(docker images -q)",
        "docker rmi $(docker images -q)",
        "docker inspect -f '{{index .RepoTags 0}}' \"$(docker images -q | head -1)\"",
    ];
    insta::assert_snapshot!(check(&typed), @r#"
    $ docker pull -q demo:1.0 && docker pull -q demo:2.0
    docker.io/library/demo:1.0
    docker.io/library/demo:2.0
    $ docker inspect -f '{{.Id}}' $(docker images -q)
    sha256:2b1aba920be04d3fb9912276d3e890ef3b9102ad95658d6fe15866181f222dca
    sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43
    $ echo "$(docker images -q)"
    2b1aba920be0
    faffdaa18781
    $ docker rmi $(docker images -q)
    Untagged: demo:2.0
    Untagged: demo@sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8
    Deleted: sha256:2b1aba920be04d3fb9912276d3e890ef3b9102ad95658d6fe15866181f222dca
    Deleted: sha256:6aeb676ab880a2b0ee6949174ad8335ab976d2817548ce376ae08e12ed41c884
    Untagged: demo:1.0
    Untagged: demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    Deleted: sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43
    Deleted: sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb
    $ docker rmi $(docker images -q)
    docker: 'docker rmi' requires at least 1 argument

    Usage:  docker rmi [OPTIONS] IMAGE [IMAGE...]

    See 'docker rmi --help' for more information
    [1]
    $ docker inspect -f '{{index .RepoTags 0}}' "$(docker images -q | head -1)"

    invalid container name or ID: value is empty
    [1]
    "#);
}

#[test]
fn connectors_look_at_the_status() {
    let typed = [
        "docker inspect nope || echo no",
        "docker inspect nope && echo yes",
        "true && false || echo third; echo always",
        "docker images --bogus 2",
    ];
    insta::assert_snapshot!(check(&typed), @r"
    $ docker inspect nope || echo no
    []
    no
    Error: No such object: nope
    $ docker inspect nope && echo yes
    []
    Error: No such object: nope
    [1]
    $ true && false || echo third; echo always
    third
    always
    $ docker images --bogus 2
    unknown flag: --bogus

    Usage:  docker images [OPTIONS] [REPOSITORY[:TAG]]

    Run 'docker images --help' for more information
    [125]
    ");
}

#[test]
fn what_is_no_command_is_not_found() {
    insta::assert_snapshot!(check(&["ls -l", "dokcer pull redis", "docker images | less", "", "# nothing"]), @r"
    $ ls -l
    sh: 1: ls: not found
    [127]
    $ dokcer pull redis
    sh: 1: dokcer: not found
    [127]
    $ docker images | less
    sh: 1: less: not found
    [127]
    $ 
    $ # nothing
    ");
}

#[test]
fn files_are_refused_and_nothing_runs() {
    let typed = [
        "docker pull demo:1.0 > out.txt",
        "docker pull demo:1.0; echo $(docker images < in.txt)",
        "docker pull demo:1.0 2>err.txt | wc -l",
        "docker pull 'demo",
        "docker images &&",
        "docker images",
    ];
    insta::assert_snapshot!(check(&typed), @r"
    $ docker pull demo:1.0 > out.txt
    sh: 1: `>out.txt`: the workbook has no files to redirect to or from
    [2]
    $ docker pull demo:1.0; echo $(docker images < in.txt)
    sh: 1: `<in.txt`: the workbook has no files to redirect to or from
    [2]
    $ docker pull demo:1.0 2>err.txt | wc -l
    sh: 1: `2>err.txt`: the workbook has no files to redirect to or from
    [2]
    $ docker pull 'demo
    sh: 1: Syntax error: unterminated quoted string: the `'` at column 13 is never closed
    [2]
    $ docker images &&
    sh: 1: Syntax error: the line ends after `&&`: a command is missing
    [2]
    $ docker images
    REPOSITORY   TAG       IMAGE ID   CREATED   SIZE
    ");
}

#[test]
fn a_question_is_answered_through_a_pipe() {
    let typed = ["docker pull -q demo:1.0", "echo n | docker image prune -a", "echo y | docker image prune -a"];
    insta::assert_snapshot!(check(&typed), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ echo n | docker image prune -a
    WARNING! This will remove all images without at least one container associated to them.
    Are you sure you want to continue? [y/N] $ echo y | docker image prune -a
    WARNING! This will remove all images without at least one container associated to them.
    Are you sure you want to continue? [y/N] Deleted Images:
    untagged: demo:1.0
    untagged: demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    deleted: sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43
    deleted: sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb

    Total reclaimed space: 8B
    ");
}

#[test]
fn what_ran_is_told_in_order() {
    let (_, outcomes) = lines(&["docker pull -q demo:1.0 && docker rmi $(docker images -q) nope; docker pull"]);
    let ran: Vec<(String, bool, i32)> =
        outcomes[0].ran.iter().map(|ran| (ran.words.join(" "), ran.command.is_some(), ran.status)).collect();
    let expected = [
        ("pull -q demo:1.0".to_owned(), true, 0),
        ("images -q".to_owned(), true, 0),
        ("rmi faffdaa18781 nope".to_owned(), true, 1),
        ("pull".to_owned(), false, 1),
    ];
    assert_eq!(ran, expected);
    assert!(matches!(outcomes[0].ran[0].command, Some(Command::Pull(_))));
    assert_eq!(outcomes[0].status, 1);
}

#[test]
fn standard_error_can_be_joined_or_dropped() {
    let typed = [
        "docker inspect nope 2>&1 | grep -c nope",
        "docker inspect nope 2>/dev/null || echo absent",
        "docker pull demo:1.0 >/dev/null && docker images -q",
        "docker inspect nope >/dev/null 2>&1",
        "docker images -q | grep x 2>&1 >&2",
        "echo a >&2 | wc -l",
    ];
    insta::assert_snapshot!(check(&typed), @r"
    $ docker inspect nope 2>&1 | grep -c nope
    1
    $ docker inspect nope 2>/dev/null || echo absent
    []
    absent
    $ docker pull demo:1.0 >/dev/null && docker images -q
    faffdaa18781
    $ docker inspect nope >/dev/null 2>&1
    [1]
    $ docker images -q | grep x 2>&1 >&2
    [1]
    $ echo a >&2 | wc -l
    0
    a
    ");
}
