//! One fault for each rule of `pack test`, each found at its line.

use layerbook::lesson::{Course, StepKind};
use layerbook::pack::Pack;

use super::{assert_found, lesson, pack_of, proof, told};

/// A lesson with these steps has the fault on the line with the needle.
fn plant(rule: &str, needle: &str, steps: &str) {
    let files = pack_of(&lesson(steps), None);
    let lesson = files.lessons[0].clone();
    assert_found(&proof(files).findings, rule, &lesson, needle);
}

fn problem(rule: &str, needle: &str, text: &str) {
    let files = pack_of(&lesson("  - {say: Hello., id: a}\n"), Some(text));
    let problem = files.exercises[0].clone();
    assert_found(&proof(files).findings, rule, &problem, needle);
}

/// A problem about images, its parts and tests.
fn about(images: &str, rest: &str) -> String {
    format!("schema: 1\nid: p\ntitle: P\nvary: {{image: {images}}}\nask: Look at $image.\n{rest}")
}

#[test]
fn a_right_answer_that_is_refused_is_found() {
    plant(
        "cannot-check",
        "answer:",
        "  - ask: Which?\n    id: a\n    answer: {cel: \"cmd_of('redis')[7]\", type: text}\n",
    );
    plant("cannot-check", "answer:", "  - ask: Which?\n    id: a\n    answer: {command: docker history nowhere}\n");
    plant("right-is-refused", "answer:", "  - ask: Which?\n    id: a\n    answer: {text: ['why?']}\n");
    plant("empty-is-right", "answer:", "  - ask: Which?\n    id: a\n    answer: {text: [\"''\"]}\n");
    plant("no-end", "id: a", "  - ask: How many?\n    id: a\n    answer: {layers_of: 'redis:no-such-tag'}\n");
}

#[test]
fn rules_that_cannot_work_are_found() {
    let ask =
        |rules: &str| format!("  - ask: How many?\n    id: a\n    answer: {{layers_of: redis}}\n    wrong:\n{rules}");
    plant("rule-on-right", "is: seven", &ask("      - {id: m1, is: seven, say: No.}\n"));
    plant("rule-on-right", "answer > 5", &ask("      - {id: m1, if: answer > 5, say: No.}\n"));
    plant("shadowed-rule", "id: m2", &ask("      - {id: m1, is: 9, say: No.}\n      - {id: m2, is: nine, say: No.}\n"));
    plant(
        "shadowed-rule",
        "id: m2",
        &ask("      - {id: m1, if: answer > 7, say: No.}\n      - {id: m2, is: 9, say: No.}\n"),
    );
    plant("silent-rule", "answer == 99", &ask("      - {id: m1, if: answer == 99, say: No.}\n"));
    plant("unreachable-rule", "id: m1", &ask("      - {id: m1, is: '9?', say: No.}\n"));
    let digest = "  - ask: Which?\n    id: a\n    answer: {digest_of: redis}\n    wrong:\n      - {id: m1, is: 'not hex', say: No.}\n";
    // A rule may know what its reader does not: this one works.
    let files = pack_of(&lesson(digest), None);
    assert!(proof(files).findings.is_empty());
}

#[test]
fn goals_that_prove_nothing_are_found() {
    let task = |start: &str, goal: &str, solve: &str| {
        format!("  - do: Do it.\n    id: a\n    start: {{have: {start}}}\n    goal: {goal}\n    solve: {solve}\n")
    };
    plant("goal-at-start", "goal:", &task("[redis]", "{pulled: redis}", "docker pull redis"));
    plant("solve-fails", "solve:", &task("[]", "{pulled: redis}", "docker pull httpd"));
    plant("goal-too-weak", "goal:", &task("[]", "{ran: docker pull}", "docker pull redis"));
    plant("goal-too-weak", "goal:", &task("[redis, httpd]", "{gone: redis}", "docker rmi redis"));
    plant("goal-too-strict", "goal:", &task("[]", "{cel: 'store.tags == [\"redis:latest\"]'}", "docker pull redis"));
    let way = "['docker pull redis', 'docker tag redis mine']";
    plant("goal-too-weak", "goal:", &task("[]", "{pulled: redis}", way));
    plant("no-solve", "goal:", "  - do: Do it.\n    id: a\n    goal: {pulled: redis}\n");
    plant(
        "rule-on-right",
        "id: m1",
        "  - do: Do it.\n    id: a\n    goal: {pulled: 'redis:alpine'}\n    solve: docker pull redis:alpine\n    wrong:\n      - {id: m1, if: {ran: docker pull redis:alpine}, say: No.}\n",
    );
    plant(
        "silent-rule",
        "id: m1",
        "  - do: Do it.\n    id: a\n    goal: {pulled: 'redis:alpine'}\n    solve: docker pull redis:alpine\n    wrong:\n      - {id: m1, if: {pulled: 'redis:no-such-tag'}, say: No.}\n",
    );
}

#[test]
fn a_sound_goal_bears_leftovers() {
    let tag = "  - do: Give redis a second name.\n    id: a\n    start: {have: [redis]}\n    goal: {tagged: {name: mine, image: redis}}\n    solve: docker tag redis mine\n";
    let found = proof(pack_of(&lesson(tag), None)).findings;
    assert!(found.is_empty(), "{}", super::told(&found));
}

#[test]
fn variants_that_show_nothing_are_found() {
    let layers = "parts:\n  - ask: How many layers?\n    id: a\n    answer: {layers_of: $image}\n";
    problem("few-answers", "answer:", &about("[redis, 'redis:latest']", layers));
    let cmd =
        "parts:\n  - ask: Which part is the namespace of x/x?\n    id: a\n    answer: {part_of: [x/x, namespace]}\n";
    problem("few-answers", "answer:", &about("[redis, httpd, 'nginx:alpine', 'postgres:16']", cmd));
    let plain = "parts:\n  - ask: How many layers?\n    id: a\n    answer: {layers_of: $image}\n";
    problem("cannot-discriminate", "answer:", &about("['debian:trixie-slim']", plain));
    problem(
        "hint-gives-answer",
        "hints:",
        &about(
            "[redis]",
            "parts:\n  - ask: How many layers?\n    id: a\n    hints: ['It is ${layers_of(image)}']\n    answer: {layers_of: $image}\n",
        ),
    );
    let own = "parts:\n  - ask: How many layers?\n    id: a\n    hints:\n      - worked: sibling\n    answer: {layers_of: $image}\n    solve: echo ${layers_of(image)}\n";
    problem("sibling-is-itself", "hints:", &about("[redis, httpd]", own));
}

#[test]
fn tests_that_are_not_so_are_found() {
    let tested = |test: &str| {
        about(
            "[redis, httpd]",
            &format!(
                "parts:\n  - ask: How many layers?\n    id: a\n    answer: {{layers_of: $image}}\ntests:\n  - {test}\n"
            ),
        )
    };
    problem("test-fails", "expect: wrong", &tested("{type: {a: seven}, if: {image: redis}, expect: wrong}"));
    problem("test-fails", "expect: right", &tested("{type: {a: soup}, expect: right}"));
    problem(
        "test-fails",
        "expect: counted",
        &tested("{type: {a: '13'}, if: {image: redis}, expect: counted-the-header}"),
    );
    problem("test-never-runs", "type:", &tested("{type: {a: '7'}, if: {image: nginx}, expect: right}"));
}

#[test]
fn notes_without_a_row_are_found() {
    plant(
        "note-without-row",
        "notes:",
        "  - show: docker images\n    id: a\n    notes: [{row: nowhere, say: Here it is.}]\n",
    );
}

#[test]
fn a_problem_without_a_goal_says_what_it_is_about() {
    let problem = "schema: 1\nid: p\ntitle: P\nask: You want redis on a Pi.\nparts:\n  - ask: Which?\n    id: a\n    answer: {text: [pi]}\n";
    let course = Pack::from_files(pack_of(&lesson("  - {say: Hello, id: a}\n"), Some(problem))).and_then(Course::load);
    let course = course.unwrap_or_else(|findings| panic!("{}", told(&findings)));
    let problem = course.activities.iter().find(|activity| activity.id == "p").expect("it is one of them");
    assert!(matches!(&problem.steps[0].kind, StepKind::Say(text) if text.contains("redis on a Pi")), "{problem:?}");
    assert!(!problem.is_counted(&problem.steps[0]));
}

#[test]
fn a_frozen_value_may_be_about_an_image_that_is_frozen_before_it() {
    let text = "schema: 1\nid: l\ntitle: L\n\
        freeze: {name: '\"redis:\" + \"7\"', id: id_of(name), lowest: 'image(name).layers[0].digest'}\n\
        steps:\n  - {say: \"$id, $lowest\", id: a}\n";
    let found = proof(pack_of(text, None)).findings;
    assert!(found.is_empty(), "{}", told(&found));
}
