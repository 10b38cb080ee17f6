use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use jiff::tz::TimeZone;
use serde_json::json;

use super::*;
use crate::oci::Platform;
use crate::shell::input::{Answers, Hands};
use crate::shell::paper::Paper;
use crate::shell::row::Row;
use crate::shell::{Console, Form, Ink, Options, Origin, Painter, Runtime, Sink, Stream, Style, open};
use crate::store::WorkspaceName;
use crate::tutor::{Portion, Tone};

/// Lines that a learner types, one after the other, then the end: whoever asks gets the next.
struct Script {
    lines: Arc<Mutex<VecDeque<Heard>>>,
    answers: Answers,
    row: Row,
}

impl Script {
    fn new(lines: Vec<Heard>) -> Self {
        let lines = Arc::new(Mutex::new(VecDeque::from(lines)));
        let typed = Arc::clone(&lines);
        let answers = Answers::new(move || Ok(typed.lock().unwrap().pop_front().unwrap_or(Heard::Ended)));
        Self { lines, answers, row: Row::default() }
    }
}

impl LineSource for Script {
    fn next_line(&mut self, _: &str) -> io::Result<Heard> {
        Ok(self.lines.lock().unwrap().pop_front().unwrap_or(Heard::Ended))
    }

    fn hands(&mut self) -> Hands<'_> {
        self.answers.begin();
        Hands { answers: &mut self.answers, console: None, person: None }
    }

    fn row(&self) -> Row {
        self.row.clone()
    }

    fn was_interrupted(&mut self) -> bool {
        self.answers.was_interrupted()
    }
}

/// A tutor that wants one list of effects after the other, whatever happens, and notes what it heard.
struct Plan {
    effects: VecDeque<Vec<Effect>>,
    heard: Vec<String>,
}

impl Tutor for Plan {
    fn step(&mut self, event: Event, _: &dyn World) -> Vec<Effect> {
        self.heard.push(match event {
            Event::Opened => "opened".to_owned(),
            Event::Line(line) => format!("line {line}"),
            Event::Ran(ran) => format!("ran {:?} {} {:?} {:?}", ran.line, ran.status, ran.stdout, ran.stderr),
            Event::Resolved(result) => format!("resolved {result:?}"),
            Event::Interrupted => "interrupted".to_owned(),
            Event::Left => "left".to_owned(),
        });
        self.effects.pop_front().unwrap_or_else(|| vec![Effect::Leave])
    }
}

/// What came of a play: what the tutor heard, what the learner saw, what the journal holds, and how it ended.
struct Played {
    heard: Vec<String>,
    seen: String,
    records: Vec<serde_json::Value>,
    ending: Ending,
}

fn options(home: &std::path::Path) -> Options {
    Options {
        home: home.to_owned(),
        pack: None,
        origin: Origin::Classroom,
        rehearsal: None,
        docker_config: None,
        mirror: None,
        insecure: Vec::new(),
        learner: "learner".to_owned(),
        seed: 0,
        style: Style { width: 80, ink: Ink::None, form: Form::Drawn },
        columns: || 80,
        rows: || 24,
        console: Console { input: Stream::Pipe, output: Stream::Pipe, error: Stream::Pipe, dumb: false },
        clock: || jiff::Timestamp::UNIX_EPOCH,
        zone: || TimeZone::UTC,
        platform: Platform::linux("amd64"),
        variable: |_| None,
    }
}

fn play(effects: Vec<Vec<Effect>>, lines: Vec<Heard>) -> Played {
    play_at(options(std::path::Path::new("")).console, effects, lines)
}

fn play_at(console: Console, effects: Vec<Vec<Effect>>, lines: Vec<Heard>) -> Played {
    play_in(console, Form::Drawn, effects, lines)
}

fn play_in(console: Console, form: Form, effects: Vec<Vec<Effect>>, lines: Vec<Heard>) -> Played {
    let home = tempfile::tempdir().unwrap();
    let plain = options(home.path());
    let (options, runtime) = (Options { console, style: Style { form, ..plain.style }, ..plain }, Runtime::default());
    let name = WorkspaceName::Work { pack: "test".to_owned(), id: "drive".to_owned() };
    let bench = open::bench(&options, &runtime, &name).unwrap();
    let journal = Journal::of(home.path());
    let paper = Paper::default();
    let mut screen = Screen::new(Sink::new(paper.clone()), Sink::new(paper.clone()), Painter::new(options.style));
    let mut script = Script::new(lines);
    let mut stage = Stage { lines: &mut script, screen: &mut screen, bench: &bench, journal: &journal };
    let mut plan = Plan { effects: effects.into(), heard: Vec::new() };
    let ending = drive(&mut plan, &mut stage).unwrap();
    let seen = paper.text();
    Played { heard: plan.heard, seen, records: journal.read().unwrap().records, ending }
}

fn line(text: &str) -> Heard {
    Heard::Line(text.to_owned())
}

fn ask() -> Effect {
    Effect::Ask(Prompt { place: "test 1/2".to_owned(), words: Vec::new(), enter_goes_on: false })
}

fn run(line: &str) -> Effect {
    Effect::Run(line.to_owned())
}

fn say(tone: Tone, text: &str) -> Effect {
    Effect::Say { tone, text: text.to_owned() }
}

const NO_IMAGES: &str = "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n";

#[test]
fn effects_are_carried_out_in_order() {
    let effects = vec![
        vec![say(Tone::Title, "Layers"), say(Tone::Task, "How many?"), ask()],
        vec![Effect::Save(json!({"kind": "step"})), say(Tone::Right, "Seven."), Effect::Finish],
    ];
    let played = play(effects, vec![line("7")]);
    assert_eq!(played.heard, ["opened", "line 7"]);
    assert_eq!(played.seen, "Layers\n──────\n\n▸ How many?\n✓ Seven.\n");
    assert_eq!(played.records, [json!({"seq": 1, "at": "1970-01-01T00:00:00Z", "kind": "step"})]);
    assert_eq!(played.ending, Ending::Finished);
}

#[test]
fn a_command_is_shown_and_reported() {
    let played = play(vec![vec![run("docker images")], vec![Effect::Finish]], vec![]);
    assert_eq!(played.heard[1], format!("ran \"docker images\" 0 {NO_IMAGES:?} \"\""));
    assert_eq!(played.seen, format!("$ docker images\n{NO_IMAGES}"));
}

#[test]
fn a_command_that_was_typed_right_above_is_not_announced() {
    let played = play(vec![vec![ask()], vec![run("docker images")]], vec![line("docker images ")]);
    assert_eq!(played.seen, NO_IMAGES);
    let praised = vec![vec![ask()], vec![say(Tone::Right, "Right."), run("docker images")]];
    let played = play(praised, vec![line("docker images")]);
    assert_eq!(played.seen, format!("✓ Right.\n\n$ docker images\n{NO_IMAGES}"));
}

#[test]
fn a_quiet_command_is_only_reported() {
    let played = play(vec![vec![Effect::RunQuietly("docker images".to_owned())]], vec![]);
    assert_eq!((played.seen.as_str(), played.heard.len()), ("", 2));
}

#[test]
fn a_failure_reaches_the_tutor_with_dockers_words() {
    let played = play(vec![vec![run("docker history nope")], vec![Effect::Finish]], vec![]);
    assert_eq!(
        played.heard[1],
        r#"ran "docker history nope" 1 "" "Error response from daemon: No such image: nope:latest\n""#
    );
}

#[test]
fn a_tutor_without_a_word_is_asked_again() {
    let played = play(vec![vec![ask()], vec![], vec![Effect::Finish]], vec![Heard::Interrupted, line("7")]);
    assert_eq!(played.heard, ["opened", "interrupted", "line 7"]);
}

#[test]
fn the_end_of_the_input_ends_the_session_whatever_the_tutor_wants() {
    let played = play(vec![vec![ask()], vec![say(Tone::Info, "Bye."), ask()]], vec![]);
    assert_eq!(played.heard, ["opened", "left"]);
    assert_eq!((played.seen.as_str(), played.ending), ("· Bye.\n", Ending::InputEnded));
    let completed = play(vec![vec![ask()], vec![Effect::Finish]], vec![]);
    assert_eq!(completed.ending, Ending::Finished);
}

#[test]
fn leaving_is_not_the_end_of_the_input() {
    assert_eq!(play(vec![vec![ask()]], vec![line(":quit")]).ending, Ending::Left);
}

#[test]
fn a_start_state_holds_its_images_and_nothing_else() {
    let reset = |names: &[&str]| Effect::Reset(names.iter().map(|name| name.parse().unwrap()).collect());
    let list = || Effect::RunQuietly("docker images".to_owned());
    let played = play(vec![vec![reset(&["alpine:3.19"])], vec![list()], vec![reset(&[])], vec![list()]], vec![]);
    assert!(played.heard[2].contains("alpine       3.19"), "{}", played.heard[2]);
    assert!(!played.heard[4].contains("alpine"), "{}", played.heard[4]);
}

#[test]
fn a_name_that_cannot_be_frozen_is_told() {
    let resolve = |name: &str| vec![vec![Effect::Resolve(vec![name.parse().unwrap()])]];
    assert_eq!(play(resolve("alpine:3.19"), vec![]).heard[1], "resolved Ok(())");
    let heard = play(resolve("alpine:nope"), vec![]).heard;
    assert!(heard[1].starts_with("resolved Err(\"manifest unknown"), "{}", heard[1]);
}

#[test]
fn a_task_that_was_carried_out_of_sight_is_said_again_to_a_person() {
    let task = || Effect::Say { tone: Tone::Task, text: "Count the layers.".to_owned() };
    let long = || Effect::Run("docker pull -q redis; docker inspect redis".to_owned());
    let effects = || vec![vec![task(), ask()], vec![long()], vec![ask()]];
    let times = |seen: &str| seen.matches("Count the layers.").count();
    let piped = play(effects(), vec![line("docker inspect redis")]);
    assert_eq!(times(&piped.seen), 1, "{}", piped.seen);
    let terminal = Console { input: Stream::Terminal, output: Stream::Terminal, error: Stream::Pipe, dumb: false };
    let watched = play_at(terminal, effects(), vec![line("docker inspect redis")]);
    assert_eq!(times(&watched.seen), 2, "{}", watched.seen);
    let short = vec![vec![task(), ask()], vec![Effect::Run("docker images".to_owned())], vec![ask()]];
    let watched = play_at(terminal, short, vec![line("docker images")]);
    assert_eq!(times(&watched.seen), 1, "{}", watched.seen);
}

#[test]
fn a_question_is_answered_by_the_line_behind_the_command_and_ended_by_ctrl_c() {
    let ran = |lines: Vec<Heard>| play(vec![vec![run("docker image prune")], vec![ask()]], lines).heard;
    let heard = ran(vec![line("y"), line("docker images")]);
    assert!(heard[1].contains("Total reclaimed space"), "{}", heard[1]);
    assert_eq!(heard[2], "line docker images");
    let heard = ran(vec![Heard::Interrupted, line("docker images")]);
    assert_eq!(heard[1..3], ["interrupted", "line docker images"]);
}

#[test]
fn what_is_said_below_an_output_without_a_line_break_begins_a_row() {
    let effects = || vec![vec![run("docker images | head -c 5")], vec![say(Tone::Info, "Said.")]];
    assert!(play_at(TERMINAL, effects(), vec![]).seen.ends_with("REPOS\n· Said.\n"));
    assert!(play(effects(), vec![]).seen.ends_with("REPOS· Said.\n"));
}

const TERMINAL: Console =
    Console { input: Stream::Terminal, output: Stream::Terminal, error: Stream::Pipe, dumb: false };

/// A task, and lines that are run as they are typed.
fn at_a_task(console: Console, form: Form, lines: &[&str], more: Option<Portion>) -> String {
    let mut effects = vec![vec![say(Tone::Task, "Count the layers."), ask()]];
    for line in lines {
        effects.extend([vec![run(line)], vec![ask()]]);
    }
    let mut typed: Vec<Heard> = lines.iter().map(|text| line(text)).collect();
    if let Some(portion) = more {
        effects.push(vec![Effect::More(portion), ask()]);
        typed.push(line(":more"));
    }
    play_in(console, form, effects, typed).seen
}

/// 24 rows, of which 19 fit beside the task.
const LONG: &str = "docker images --help";
const MORE: &str = "... 5 more lines, :more shows them\n";

#[test]
fn a_long_output_is_cut_so_that_the_task_stays_in_sight() {
    let seen = at_a_task(TERMINAL, Form::Drawn, &[LONG], None);
    insta::assert_snapshot!(seen, @r"
    ▸ Count the layers.
    Usage:  docker images [OPTIONS] [REPOSITORY[:TAG]]

    List images

    Aliases:
      docker image ls, docker image list, docker images

    Options:
      -a, --all             Show all images (default hides intermediate images)
          --digests         Show digests
      -f, --filter filter   Filter output based on conditions provided
          --format string   Format output using a custom template:
                            'table':            Print output in table format
                            with column headers (default)
                            'table TEMPLATE':   Print output in table format
                            using the given Go template
                            'json':             Print in JSON format
                            'TEMPLATE':         Print output using the given
                            Go template.
    ... 5 more lines, :more shows them
    ");
}

#[test]
fn what_was_cut_is_shown_when_it_is_asked_for_and_the_task_behind_it() {
    let whole = at_a_task(options(std::path::Path::new("")).console, Form::Drawn, &[LONG], None);
    let seen = at_a_task(TERMINAL, Form::Drawn, &[LONG], Some(Portion::Screenful));
    let task = "\n▸ Count the layers.\n";
    assert_eq!(seen.replace(MORE, ""), format!("{whole}{task}"));
    assert_eq!(at_a_task(TERMINAL, Form::Drawn, &[LONG], Some(Portion::All)), seen);
    let nothing = at_a_task(TERMINAL, Form::Drawn, &["docker images"], Some(Portion::Screenful));
    assert!(nothing.ends_with("· No output is cut: there is no more to show.\n"), "{nothing}");
}

#[test]
fn a_short_output_leaves_what_was_cut_and_a_long_one_takes_its_place() {
    let seen = at_a_task(TERMINAL, Form::Drawn, &[LONG, "docker images"], Some(Portion::All));
    assert!(seen.contains("Only show image IDs"), "{seen}");
    let seen = at_a_task(TERMINAL, Form::Drawn, &["docker --help", LONG], Some(Portion::All));
    assert_eq!(seen.matches(":more shows").count(), 2, "{seen}");
    assert_eq!(seen.matches("Count the layers.").count(), 2, "{seen}");
}

#[test]
fn nothing_is_cut_for_a_pipe_for_a_screen_reader_or_where_nothing_is_asked() {
    let pipe = options(std::path::Path::new("")).console;
    let is_whole = |seen: String| assert!(!seen.contains(":more shows") && seen.contains("List images"), "{seen}");
    is_whole(at_a_task(pipe, Form::Drawn, &[LONG], None));
    is_whole(at_a_task(TERMINAL, Form::Linear, &[LONG], None));
    is_whole(play_at(TERMINAL, vec![vec![ask()], vec![run(LONG)], vec![ask()]], vec![line(LONG)]).seen);
    let task = || say(Tone::Task, "Count the layers.");
    let done = Effect::Ask(Prompt { place: "test 1/2".to_owned(), words: Vec::new(), enter_goes_on: true });
    is_whole(play_at(TERMINAL, vec![vec![task(), done], vec![run(LONG)]], vec![line(LONG)]).seen);
}

#[test]
fn what_the_workbook_shows_and_writes_about_is_never_cut() {
    let effects = vec![vec![say(Tone::Task, "Guess."), ask()], vec![run(LONG)], vec![ask()]];
    let seen = play_at(TERMINAL, effects, vec![line("b")]).seen;
    assert!(!seen.contains(":more shows"), "{seen}");
    let effects = vec![vec![say(Tone::Task, "Look."), ask()], vec![run(LONG)], vec![run(LONG)], vec![ask()]];
    let seen = play_at(TERMINAL, effects, vec![line(LONG)]).seen;
    assert_eq!(seen.matches(":more shows").count(), 1, "{seen}");
    assert_eq!(seen.matches("Only show image IDs").count(), 1, "{seen}");
}
