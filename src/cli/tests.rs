use super::*;

fn parse(line: &str) -> Result<Request, clap::Error> {
    let words = std::iter::once("layerbook").chain(line.split_whitespace());
    understand(words.map(OsString::from))
}

#[track_caller]
fn understood(line: &str) -> (Task, Options) {
    match parse(line) {
        Ok(Request::Task(task, options)) => (*task, *options),
        Ok(Request::Completions(_)) => panic!("`{line}` asks for completions"),
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
fn check(line: &str, expected: &Task) {
    assert_eq!(understood(line).0, *expected);
}

fn docker(words: &[&str]) -> Task {
    Task::Docker(words.iter().map(|word| (*word).to_owned()).collect())
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn without_a_command_the_workbook_opens() {
    check("", &Task::Workbook);
    check("--plain", &Task::Workbook);
}

#[test]
fn everything_behind_docker_is_passed_on() {
    check("docker --help", &docker(&["--help"]));
    check("docker", &docker(&[]));
    check("docker --plain images --home x", &docker(&["--plain", "images", "--home", "x"]));
    check("docker run -- x --", &docker(&["run", "--", "x", "--"]));
    check("docker -H tcp://x images -q", &docker(&["-H", "tcp://x", "images", "-q"]));
}

#[test]
fn options_of_layerbook_stand_before_docker() {
    let (task, options) = understood("--home /h --online docker pull --home x redis");
    assert_eq!(task, docker(&["pull", "--home", "x", "redis"]));
    assert_eq!((options.home, options.origin), (PathBuf::from("/h"), Origin::Online));
    check("--learner docker progress", &Task::Progress(ReportForm::None));
}

#[test]
fn options_may_stand_behind_other_commands() {
    let (task, options) = understood("learn naming --seed 7 --learner ada --report json --color never");
    let name = Some("naming".to_owned());
    assert_eq!(task, Task::Study { kind: Kind::Lesson, name, report: ReportForm::Json });
    assert_eq!((options.seed, options.learner.as_str(), options.style.ink), (7, "ada", Ink::None));
}

#[test]
fn plain_is_linear_and_without_colours() {
    let (_, options) = understood("--plain");
    assert_eq!((options.style.form, options.style.ink), (Form::Linear, Ink::None));
    assert_eq!(understood("--plain --color always").1.style.ink, Ink::Colour);
}

#[track_caller]
fn check_refusal(line: &str, part: &str) {
    let error = parse(line).unwrap_err();
    assert_eq!(error.exit_code(), 2, "{error}");
    assert!(error.to_string().contains(part), "{error}");
}

#[test]
fn what_cannot_be_used_is_refused() {
    check_refusal("lern", "learn");
    check_refusal("learn layers --test-out --report json", "cannot be used with");
    check_refusal("learn --seed x", "--seed");
    check_refusal("learn --seed 9007199254740992", "9007199254740992");
    check_refusal("learn --learner Ada", "1 to 32 of the characters a-z, 0-9 and -");
    check_refusal("learn --report xml", "json");
    check_refusal("progress --report json", "--report");
    check_refusal("learn a b", "b");
}

#[test]
fn a_registry_is_read_only_unless_it_is_said_to_be_writable() {
    let serving = |pushes, sparse| Serving { address: "127.0.0.1:5001".to_owned(), day: None, pushes, sparse };
    check("registry serve", &Task::Serve(serving(Pushes::Refused, Sparse::Allowed)));
    check("registry serve --writable --strict", &Task::Serve(serving(Pushes::Forgotten, Sparse::Refused)));
    let day = Some("2026-09-10".to_owned());
    let kept = Serving { day, ..serving(Pushes::Kept(PathBuf::from("reg")), Sparse::Allowed) };
    check("registry serve --writable --dir reg --moment 2026-09-10", &Task::Serve(kept));
    check_refusal("registry serve --dir reg", "--writable");
    check_refusal("registry serve --strict", "--writable");
}

#[test]
fn help_has_examples_and_status_0() {
    for line in ["--help", "learn --help", "practice --help", "registry serve --help", "pack --help", "help docker"] {
        let error = parse(line).unwrap_err();
        assert_eq!(error.exit_code(), 0);
        assert!(error.to_string().contains("Examples:"), "{error}");
    }
}

#[test]
fn each_shell_gets_a_completion_script() {
    for shell in [clap_complete::Shell::Bash, clap_complete::Shell::Zsh, clap_complete::Shell::PowerShell] {
        assert!(String::from_utf8(completions(shell)).unwrap().contains("practice"));
    }
}
