//! Ways: what `:skip` and the last hint show, and what is said to whoever takes another one.

use layerbook::lesson::Kind;
use layerbook::tutor::{Effect, Input};

use super::Play;
use super::moving::course_of;

const WAYS: &str = r#"
schema: 1
id: l
title: Ways
vary: {image: [redis, httpd, alpine], word: [one, two]}
where: ['image == "alpine" || word == "one"']
first: {image: redis, word: one}
freeze: {lines: 'history_lines_of(image)', plain: 'image + "-" + word'}
steps:
  - ask: "Who looks after `$image`?"
    id: hub
    answer: {text: [a team, docker hub]}
    wrong: [{id: other, is: nobody, say: Somebody does.}]
    hints: [{worked: sibling}]
    solve: [":hub $image", "docker search $image"]
  - ask: How many lines has its history?
    id: lines
    answer: {cel: int(lines), type: count}
    hints: [{worked: sibling}]
    solve: echo $plain
  - fill: docker ____ -q alpine
    id: gap
    answer: pull
  - {do: Pull httpd., id: httpd, goal: {pulled: httpd}, solve: docker pull httpd, explain: So.}
"#;

fn play(input: Input) -> Play {
    Play::of(&course_of(WAYS), Kind::Lesson, "l", input, &[])
}

#[test]
fn a_way_may_lead_past_a_picture() {
    let mut play = play(Input::Pipe);
    insta::assert_snapshot!(play.types(&[":skip"]), @"
    Info: The answer is `a team`.
    Info: `:hub redis` draws:
    Task: How many lines has its history?
    ");
    assert!(play.asked.contains(&Effect::Draw(":hub redis".to_owned())));
    assert_eq!(play.ran, ["docker search redis"]);
}

#[test]
fn the_last_hint_shows_the_way_on_a_variant_that_may_be_drawn() {
    let mut play = play(Input::Pipe);
    // Of `alpine` and `two` nothing is the same; nobody knows the lines of that history, and nobody needs them.
    insta::assert_snapshot!(play.types(&[":hint", "docker hub", ":hint"]), @"
    Hint: The way, shown on another example:

    ```
    :hub alpine
    docker search alpine
    ```
    Right: Right.
    Task: How many lines has its history?
    Hint: The way, shown on another example:

    ```
    echo alpine-two
    ```
    ");
}

#[test]
fn the_name_of_the_hub_is_an_answer_and_no_command() {
    insta::assert_snapshot!(play(Input::Pipe).types(&["docker hub"]), @"
    Right: Right.
    Task: How many lines has its history?
    ");
}

#[test]
fn a_command_that_fills_no_gap_is_told_so_once() {
    let mut play = play(Input::Pipe);
    play.types(&["docker hub", ":skip"]);
    insta::assert_snapshot!(play.types(&["docker images", "docker pull httpd", "docker pull redis:alpine"]), @"Info: That ran. Still wanted is what stands in this gap: `docker ____ -q alpine`.");
}

#[test]
fn whoever_ran_ahead_is_told_that_it_is_so_already() {
    let mut play = play(Input::Pipe);
    play.types(&["docker hub", ":skip", "docker pull httpd"]);
    insta::assert_snapshot!(play.types(&["pull"]), @"
    Right: Right.
    Task: Pull httpd.
    Info: That is so already, by what you typed before. Type it once more, or `:skip` it.
    ");
}

#[test]
fn enter_goes_on_where_nothing_is_asked() {
    let mut play = play(Input::Terminal);
    play.types(&["docker hub", ":skip", "pull"]);
    insta::assert_snapshot!(play.types(&["next", "?", ":hint"]), @"
    Info: Enter goes on.
    Info: Did you mean `:help`? Words to the workbook start with a colon.
    Info: This step is done. Enter goes on.
    ");
}

const OPTIONS: &str = r#"
schema: 1
id: l
title: Options
steps:
  - ask: In which order?
    id: order
    answer: {order: [RUN pip install, COPY app.py ., CMD python app.py]}
  - ask: Which of them make a layer?
    id: layers
    answer: {choices: [{right: COPY, say: So.}, {right: RUN}, {wrong: CMD, say: No.}]}
  - ask: What makes what?
    id: pairs
    answer: {match: {RUN: a layer, CMD: a setting}}
  - ask: Which variables has it?
    id: variables
    answer: {cel: '["PATH", "LANG"]', type: set}
"#;

#[test]
fn options_are_told_one_a_line_as_they_were_shown() {
    let mut play = Play::of(&course_of(OPTIONS), Kind::Lesson, "l", Input::Pipe, &[]);
    insta::assert_snapshot!(play.types(&[":task", ":skip", ":skip", ":skip", ":skip"]), @"
    Task: In which order?

    - a) CMD python app.py
    - b) COPY app.py .
    - c) RUN pip install
    Info: The answer is, in this order:

    - c) RUN pip install
    - b) COPY app.py .
    - a) CMD python app.py
    Task: Which of them make a layer?

    - a) CMD
    - b) RUN
    - c) COPY
    Info: The answer is:

    - b) RUN
    - c) COPY
    Task: What makes what?

    1. RUN
    2. CMD

    - a) a layer
    - b) a setting
    Info: The answer is:

    1. RUN: a layer
    2. CMD: a setting
    Task: Which variables has it?
    Info: The answer is `LANG`, `PATH`.
    Info: That was **Options**, to the end.
    ");
}
