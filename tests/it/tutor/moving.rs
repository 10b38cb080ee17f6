//! Moving about: back, undo, reset, the sandbox, again; days of the registry; answers that are not compared at once.

use layerbook::lesson::{Course, Kind};
use layerbook::oci::Reference;
use layerbook::pack::{File, Files, Pack};
use layerbook::tutor::{Effect, Input, Portion};
use serde_json::Value;

use super::Play;

const LESSON: &str = r#"
schema: 1
id: l
title: Moving
start: {store: [alpine], registry: july}
freeze: {july: "digest_of('redis')"}
steps:
  - {do: Pull redis., id: pull, goal: {pulled: redis}, solve: docker pull redis, explain: Now it is here.}
  - {ask: "How many layers has it?", id: layers, answer: {layers_of: redis}, hints: [{worked: sibling}], solve: docker history redis}
  - {do: Pull an image on the same base., id: more, goal: {shares_base_with: redis}, registry: september, solve: docker pull httpd}
  - {do: Pull redis again., id: again, goal: {cel: "ran('pull redis') && arg(1) == 'redis' && size(store.images) == size(before.store.images)"}, solve: docker pull redis}
  - {ask: "Which digest was it?", id: print, answer: {command: docker version, type: count}}
  - {ask: "What is a tag, in your words?", id: words, answer: {reflect: A name that may move.}}
  - {recap: [A tag may move.], id: end}
"#;

fn course() -> Course {
    course_of(LESSON)
}

pub(super) fn course_of(lesson: &str) -> Course {
    let file = |name: &str, path: &str, text: &str| File {
        name: name.to_owned(),
        path: path.to_owned(),
        text: text.trim_start().to_owned().into(),
    };
    let manifest = "schema: 1\nid: p\nversion: '1'\ntitle: P\nlessons: [l]\nexercises: [two]\n\
                    moments: {july: \"2026-07-31\", september: \"2026-09-30\"}\n";
    let problem = "schema: 1\nid: two\ntitle: Two\nvary: {a: [x, y, z], b: [x, y]}\nwhere: [a != b]\nask: Say it.\n\
                   parts:\n  - {ask: What is $a?, id: a, answer: {text: $a}}\n";
    let files = Files {
        manifest: Some(file("pack", "pack.yaml", manifest)),
        lessons: vec![file("l", "lessons/l.yaml", lesson)],
        exercises: vec![file("two", "exercises/two.yaml", problem)],
        ..Default::default()
    };
    let course = Pack::from_files(files).and_then(Course::load);
    course.unwrap_or_else(|findings| panic!("{}", findings[0]))
}

fn play(records: &[Value]) -> Play {
    Play::of(&course(), Kind::Lesson, "l", Input::Pipe, records)
}

#[track_caller]
fn check_held(play: &Play, expected: &[&str]) {
    let held: Vec<String> = play.world.held.iter().map(Reference::familiar).collect();
    assert_eq!(held, expected);
}

#[test]
fn back_brings_the_store_back_and_what_is_done_stays_done() {
    let mut play = play(&[]);
    play.types(&["docker pull redis", "docker pull nginx:1.25"]);
    check_held(&play, &["alpine:latest", "redis:latest", "nginx:1.25"]);
    insta::assert_snapshot!(play.types(&[":back"]), @"Task: Pull redis.");
    check_held(&play, &["alpine:latest"]);
    insta::assert_snapshot!(play.types(&[":undo"]), @"Info: No command has changed anything here that could be undone.");
    play.types(&[":skip"]);
    check_held(&play, &["alpine:latest", "redis:latest"]);
    assert!(play.session.report().steps[0].attempts == 1);
}

#[test]
fn undo_takes_back_one_command_after_the_other() {
    let mut play = play(&[]);
    play.types(&["docker pull httpd", "docker images", "docker pull nginx:1.25"]);
    insta::assert_snapshot!(play.types(&[":undo", ":undo", ":undo"]), @"
    Info: Undone: `docker pull nginx:1.25`.
    Info: Undone: `docker pull httpd`.
    Info: No command has changed anything here that could be undone.
    ");
    check_held(&play, &["alpine:latest"]);
}

#[test]
fn undo_stays_within_the_step() {
    let mut play = play(&[]);
    play.types(&["docker pull httpd", "docker pull redis", "docker pull nginx:1.25"]);
    insta::assert_snapshot!(play.types(&[":undo", ":undo"]), @"
    Info: Undone: `docker pull nginx:1.25`.
    Info: No command of this step has changed anything. `:back` returns to the step before, as it was.
    ");
    check_held(&play, &["alpine:latest", "httpd:latest", "redis:latest"]);
}

#[test]
fn the_sandbox_leaves_the_lesson_as_it_was() {
    let mut play = play(&[]);
    play.types(&["docker pull httpd"]);
    insta::assert_snapshot!(play.types(&[":sandbox", "docker pull redis", "7", ":hint", ":sandbox"]), @"
    Info: In the sandbox anything goes: nothing is asked, and nothing is judged. `:back` returns to the lesson, which stays as it is.
    Unreadable: Nothing is asked in the sandbox. Type `docker` commands; `:back` returns to the lesson.
    Unreadable: Nothing is asked in the sandbox. Type `docker` commands; `:back` returns to the lesson.
    Info: Back in the lesson; the sandbox is gone.
    Task: Pull redis.
    ");
    check_held(&play, &["alpine:latest", "httpd:latest"]);
    assert_eq!(play.session.report().steps[0].attempts, 0);
}

#[test]
fn reset_begins_the_step_or_everything_anew() {
    let mut play = play(&[]);
    play.types(&["docker pull redis", "docker pull httpd", ":reset"]);
    check_held(&play, &["alpine:latest", "redis:latest"]);
    play.types(&["6"]);
    play.types(&[":reset all"]);
    check_held(&play, &["alpine:latest"]);
    let report = play.session.report();
    assert!(report.steps.iter().all(|step| step.attempts == 0), "{report:?}");
}

#[test]
fn the_registry_moves_on_with_the_steps_and_back_again() {
    let mut play = play(&[]);
    let day = |day: &str| Some(day.to_owned());
    assert_eq!(play.asked, [Effect::Registry(day("2026-07-31"))]);
    play.types(&["docker pull redis", "7"]);
    assert_eq!(play.asked.last(), Some(&Effect::Publish(day("2026-09-30"))));
    play.types(&[":back"]);
    assert_eq!(play.asked.last(), Some(&Effect::Publish(day("2026-07-31"))));
}

#[test]
fn only_what_came_during_the_step_counts_for_a_shared_base() {
    let mut play = play(&[]);
    play.types(&["docker pull redis", "docker pull nginx:1.25", "7"]);
    insta::assert_snapshot!(play.types(&["docker pull httpd"]), @"Info: Not there yet. `httpd:latest` has come, and its lowest layer is another one than that of `redis:latest`: the two share nothing. `:layers redis:latest httpd:latest` draws both.");
}

#[test]
fn a_command_that_fails_is_nobodys_wrong_answer_and_a_free_text_is_rated() {
    let mut play = play(&[]);
    play.types(&["docker pull redis", "7", ":skip", "docker pull redis"]);
    insta::assert_snapshot!(play.types(&["7", ":skip"]), @"
    CannotCheck: I cannot check this now: the command that computes the answer printed nothing. That is not your doing, and it costs no attempt.
    Info: This prints the answer:
    Task: What is a tag, in your words?
    ");
    insta::assert_snapshot!(play.types(&["It moves.", "4", "2"]), @"
    Explain: One way to say it:

    > A name that may move.
    Info: How near is yours? `1` far off, `2` in part, `3` it has all of that.
    Unreadable: Rate your own text: `1`, `2` or `3`.
    Explain: What to keep:

    - A tag may move.
    Info: That was **Moving**, to the end.
    ");
    let words = &play.session.report().steps[5];
    assert_eq!((words.attempts, play.ended), (0, Some(Effect::Finish)));
}

#[test]
fn notes_hold_what_was_learned_and_typed_also_after_a_break() {
    let mut play = play(&[]);
    play.types(&["docker images", "docker pull redis", "6"]);
    let mut later = self::play(&play.saved);
    insta::assert_snapshot!(later.types(&[":notes"]), @"
    Prose: # Moving

    ## What was learned

    - Now it is here.

    ## What was typed

    - Pull redis.
      - `docker images`
      - `docker pull redis`
    - How many layers has it?
      - `6`: wrong
    ");
}

#[test]
fn no_variant_comes_twice_before_all_had_their_turn() {
    let course = course();
    let problem = course.find(Kind::Problem, "two").unwrap();
    assert_eq!(problem.variants().len(), 4);
    let mut play = Play::of(&course, Kind::Problem, "two", Input::Pipe, &[]);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(Value::Object(play.session.report().variant).to_string());
        play.types(&[":again"]);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4);
    let later = Play::of(&course, Kind::Problem, "two", Input::Pipe, &play.saved);
    assert_eq!(later.session.report().variant, play.session.report().variant);
}

#[test]
fn pictures_and_the_menu_are_asked_for_by_words() {
    let mut play = play(&[]);
    play.types(&[":layers redis httpd"]);
    assert_eq!(play.asked.last(), Some(&Effect::Draw(":layers redis httpd".to_owned())));
    play.types(&[":lessons"]);
    assert_eq!(play.ended, Some(Effect::Menu));
}

#[test]
fn more_of_an_output_is_asked_for_by_a_word() {
    let mut play = Play::of(&course(), Kind::Lesson, "l", Input::Terminal, &[]);
    play.types(&[":more"]);
    assert_eq!(play.asked.last(), Some(&Effect::More(Portion::Screenful)));
    play.types(&[":more all"]);
    assert_eq!(play.asked.last(), Some(&Effect::More(Portion::All)));
    insta::assert_snapshot!(play.types(&[":more please", ":moer"]), @"
    Info: `:more please` means nothing. `:more` shows the next part, `:more all` all that is left.
    Info: `:moer` means nothing here. Did you mean `:more`?
    ");
    assert!(play.types(&[":help"]).contains("- `:more` shows the next part"));
    assert!(!self::play(&[]).types(&[":help"]).contains(":more"), "over a pipe nothing is cut");
}

#[test]
fn commands_of_the_start_state_run_before_the_first_step() {
    let text = "schema: 1\nid: l\ntitle: T\n\
        start: {store: [alpine], run: [docker run --name web alpine true, docker create alpine]}\n\
        steps:\n  - {say: Hello., id: a}\n";
    let play = Play::of(&course_of(text), Kind::Lesson, "l", Input::Pipe, &[]);
    assert_eq!(play.ran, ["docker run --name web alpine true", "docker create alpine"]);
    assert!(play.said.iter().any(|(_, text)| text == "Hello."), "{:?}", play.said);
}

const SHOWN: &str = r#"
schema: 1
id: l
title: Shown
steps:
  - predict: What does a pull print?
    id: pull
    answer: {choice: [{right: A digest}, {wrong: Nothing at all}]}
    reveal: docker pull redis
    explain: The digest names it.
  - fill: docker pull ____ redis
    id: quiet
    answer: "-q"
    explain: Quiet prints the name only.
  - do: Pull alpine.
    id: alpine
    goal: {pulled: alpine}
    solve: docker pull alpine
    wrong: [{if: {pulled: httpd}, id: other, say: That is httpd.}]
"#;

#[test]
fn a_prediction_that_was_answered_is_not_shown_again() {
    let mut play = Play::of(&course_of(SHOWN), Kind::Lesson, "l", Input::Terminal, &[]);
    play.types(&["a digest", "nothing at all"]);
    assert_eq!(play.ran, ["docker pull redis"]);
    assert_eq!(play.said.last().unwrap().1, "This is answered. Enter goes on, and every `docker` command runs.");
    play.types(&["", "-q", "-q"]);
    assert_eq!(play.ran, ["docker pull redis", "docker pull -q redis"]);
    play.types(&[":back", "nothing at all"]);
    assert_eq!(play.ran.len(), 3);
}

#[test]
fn why_explains_the_step_that_one_went_back_to() {
    let mut play = Play::of(&course_of(SHOWN), Kind::Lesson, "l", Input::Terminal, &[]);
    play.types(&["a digest", "", "-q"]);
    insta::assert_snapshot!(play.types(&[":why"]), @"Explain: Quiet prints the name only.");
    insta::assert_snapshot!(play.types(&[":back", ":why"]), @"
    Task: What does a pull print?

    - a) A digest
    - b) Nothing at all
    Explain: The digest names it.
    ");
}

#[test]
fn a_gap_is_filled_with_what_stands_beside_it_and_another_order_gets_a_word() {
    let mut play = Play::of(&course_of(SHOWN), Kind::Lesson, "l", Input::Terminal, &[]);
    play.types(&["a digest", ""]);
    insta::assert_snapshot!(play.types(&["docker pull redis -q"]), @"Info: Those are the right words, in another order. Wanted is what stands in this gap: `docker pull ____ redis`.");
    insta::assert_snapshot!(play.types(&["-q redis"]), @"
    Right: Right.
    Explain: Quiet prints the name only.
    ");
}

#[test]
fn what_was_said_of_a_state_is_not_said_again_while_it_stays() {
    let mut play = Play::of(&course_of(SHOWN), Kind::Lesson, "l", Input::Pipe, &[]);
    play.types(&["a digest", "-q"]);
    let lines = [
        "docker pull httpd",
        "docker pull nothing",
        "docker image ls",
        "docker pull httpd",
        "docker pull redis:alpine",
    ];
    insta::assert_snapshot!(play.types(&lines), @"
    Wrong: That is httpd.
    Info: `alpine:latest` is not here yet. Here are `redis:latest`, `httpd:latest`.
    Info: `alpine:latest` is not here yet. Here are `redis:latest`, `httpd:latest`.
    Info: `alpine:latest` is not here yet. Here are `redis:latest`, `httpd:latest`, `redis:alpine`.
    ");
}

const WANTED: &str = r"
schema: 1
id: l
title: Wanted
steps:
  - {do: Which steps made redis?, id: a, goal: {ran: history redis}, solve: docker history redis, explain: So.}
  - do: And httpd?
    id: b
    goal: {ran: history httpd, say: Wanted is one line for each step.}
    solve: docker history httpd
    explain: So.
  - {do: Pull alpine., id: c, goal: {pulled: alpine}, solve: docker pull alpine, explain: So.}
";

#[test]
fn a_look_around_gets_one_word_where_a_command_is_asked_for() {
    let mut play = Play::of(&course_of(WANTED), Kind::Lesson, "l", Input::Pipe, &[]);
    insta::assert_snapshot!(play.types(&["docker images", "docker ps"]), @"Info: A look around is never wrong. The command that is asked for has not run yet. `:task` says again which.");
    insta::assert_snapshot!(play.types(&["docker history redis", "docker images", "docker images"]), @"
    Right: Done.
    Explain: So.
    Task: And httpd?
    Info: A look around is never wrong. Wanted is one line for each step.
    ");
    insta::assert_snapshot!(play.types(&["docker history httpd", "docker images"]), @"
    Right: Done.
    Explain: So.
    Task: Pull alpine.
    ");
    assert_eq!(play.session.report().steps[0].attempts, 1, "looks are no attempts");
}

#[test]
fn whoever_heard_what_is_asked_is_not_told_again_after_a_look() {
    let mut play = Play::of(&course_of(WANTED), Kind::Lesson, "l", Input::Pipe, &[]);
    insta::assert_snapshot!(play.types(&["docker pull httpd", "docker images"]), @"Info: The command that is asked for has not run yet.");
    play.types(&[":reset"]);
    insta::assert_snapshot!(play.types(&["docker images"]), @"Info: A look around is never wrong. The command that is asked for has not run yet. `:task` says again which.");
}

const TAKEN_BACK: &str =
    "Info: What you changed at this step is taken back first, so that you see what was asked about.";

#[test]
fn what_is_revealed_happens_to_what_was_here_when_the_step_began() {
    let mut play = Play::of(&course_of(SHOWN), Kind::Lesson, "l", Input::Terminal, &[]);
    play.types(&["docker pull httpd", "docker pull redis"]);
    assert!(play.types(&["nothing at all"]).contains(TAKEN_BACK));
    check_held(&play, &["redis:latest"]);
    assert_eq!(play.ran, ["docker pull httpd", "docker pull redis", "docker pull redis"]);
    insta::assert_snapshot!(play.types(&[":undo"]), @"Info: No command has changed anything here that could be undone.");
    assert_eq!(play.snapshots["now"], [super::reference("redis")]);
}

#[test]
fn a_prediction_after_a_look_takes_nothing_back() {
    let mut play = Play::of(&course_of(SHOWN), Kind::Lesson, "l", Input::Terminal, &[]);
    let said = play.types(&["docker images", "docker pull redis", ":undo", "a digest"]);
    assert!(!said.contains(TAKEN_BACK), "{said}");
    let mut play = Play::of(&course_of(SHOWN), Kind::Lesson, "l", Input::Terminal, &[]);
    assert!(play.types(&["docker pull redis", ":skip"]).contains(TAKEN_BACK));
}

#[test]
fn a_command_that_changed_nothing_is_not_undone() {
    let mut play = play(&[]);
    play.types(&["docker pull httpd", "docker pull httpd"]);
    insta::assert_snapshot!(play.types(&[":undo", ":undo"]), @"
    Info: Undone: `docker pull httpd`.
    Info: No command has changed anything here that could be undone.
    ");
    check_held(&play, &["alpine:latest"]);
}

#[test]
fn a_solved_problem_asks_for_nothing_more() {
    let mut play = Play::of(&course(), Kind::Problem, "two", Input::Terminal, &[]);
    play.types(&["", ":skip"]);
    assert_eq!(play.said.last().unwrap().1, "`:again` gives another like this; Enter goes on.");
    let saved = play.saved.len();
    let answered = "Info: This is answered. Enter goes on, and every `docker` command runs.";
    assert_eq!(play.types(&["no such value", "docker pull redis", "x"]), format!("{answered}\n{answered}"));
    let kinds: Vec<&str> = play.saved[saved..].iter().filter_map(|record| record["kind"].as_str()).collect();
    assert_eq!(kinds, ["command"]);
    play.types(&[":undo", ":layers redis"]);
    check_held(&play, &[]);
    assert_eq!(play.ended, None);
    play.types(&[""]);
    assert_eq!(play.ended, Some(Effect::Finish));
    assert_eq!(play.saved.iter().filter(|record| record["kind"] == "finish").count(), 1);
}
