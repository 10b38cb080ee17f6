//! One fault for each rule of `pack check`, each found at its line.

use super::{assert_found, check, file, lesson, pack_of};
use layerbook::pack::Files;

/// A lesson with these steps has the fault on the line with the needle.
#[track_caller]
fn plant(rule: &str, needle: &str, steps: &str) {
    whole(rule, needle, &lesson(steps));
}

#[track_caller]
fn whole(rule: &str, needle: &str, text: &str) {
    let files = pack_of(text, None);
    let lesson = files.lessons[0].clone();
    assert_found(&check(files).findings, rule, &lesson, needle);
}

/// A problem beside a lesson about `layers`.
#[track_caller]
fn problem(rule: &str, needle: &str, text: &str) {
    let taught = "schema: 1\nid: l\ntitle: L\nconcepts: [layers]\nsteps:\n  - {say: Hello., id: a}\n";
    let files = pack_of(taught, Some(text));
    let problem = files.exercises[0].clone();
    assert_found(&check(files).findings, rule, &problem, needle);
}

const ASK: &str = "  - {ask: How many?, id: a, answer: {layers_of: redis}}\n";

#[test]
fn what_is_more_or_less_than_data_is_found() {
    plant("shape", "&x", "  - {say: Hello., id: a}\n  - {say: &x Again., id: b}\n");
    plant("shape", "*x", "  - {say: Hello., id: a}\n  - {say: *x, id: b}\n");
    plant("shape", "!env", "  - {say: Hello., id: a}\n  - {say: !env HOME, id: b}\n");
    plant("shape", "<<", "  - {say: Hello., id: a}\n  - <<: {id: b}\n");
    plant("shape", "Twice", "  - say: Hello.\n    id: a\n    say: Twice.\n");
    plant("shape", "aks", "  - {aks: How many?, id: a}\n");
    plant("shape", "it is not", "  - {say: Hello., id: a}\n  - {say: No, it is not, id: b}\n");
    plant("shape", "so: it", "  - say: Hello.\n    id: a\n  - say: so: it is\n    id: b\n");
    plant("shape", "\tid", "  - say: Hello.\n\tid: a\n");
    plant("shape", "1.10", "  - {say: Hello., id: a}\n  - {say: 1.10, id: b}\n");
    plant("shape", "Nameless", "  - {say: Hello., id: a}\n  - {say: Nameless.}\n");
    plant("shape", "Second", "  - {say: First., id: a}\n  - {say: Second., id: a}\n");
    plant("shape", "predict", "  - {say: First., id: a}\n  - {predict: Both?, ask: Both?, id: b}\n");
    plant("yaml-trap", "yes", "  - {say: Hello., id: a}\n  - {fill: docker ____, id: b, answer: yes, explain: So.}\n");
    plant("yaml-trap", "Look at", "  - {say: Hello., id: a}\n  - say: Look at layer #7 of many.\n    id: b\n");
    plant("yaml-trap", "Two lines", "  - {say: Hello., id: a}\n  - say: Two lines,\n      ended  # early\n    id: b\n");
    whole("shape", "schema: 2", "schema: 2\nid: l\ntitle: L\nsteps: []\n");
    whole("id", "Big Id", &lesson("  - {say: Hello., id: Big Id}\n"));
}

#[test]
fn bombs_and_unsafe_characters_are_found() {
    plant("shape", "[[[[", &format!("  - {{say: Hello., id: a}}\n  - {}\n", "[".repeat(5000)));
    plant("unsafe-character", "bell", "  - {say: Hello., id: a}\n  - {say: A \u{7} bell., id: b}\n");
    plant("unsafe-character", "clear", "  - {say: Hello., id: a}\n  - {say: \"\\e[2J clear\", id: b}\n");
    plant("unsafe-character", "turned", "  - {say: Hello., id: a}\n  - {say: \u{202e}turned, id: b}\n");
    plant("unsafe-character", "tagged", "  - {say: Hello., id: a}\n  - {say: tagged \u{e0041}, id: b}\n");
    plant("shape", "[1].map", "  - {say: '${[1].map(a, [1].map(b, [1].map(c, c)))}', id: a}\n");
    let long = format!("  - {{say: Hello., id: a}}\n  - {{say: '${{{}1}}', id: b}}\n", "1 + ".repeat(400));
    plant("shape", "1 + 1", &long);
    let wide = format!("schema: 1\nlist: [{}]\n", "1, ".repeat(250_000));
    assert!(check(pack_of(&wide, None)).findings.iter().any(|finding| finding.message.contains("values")));
    let large = format!("schema: 1\ntext: {}\n", "x".repeat(5 << 20));
    assert!(check(pack_of(&large, None)).findings.iter().any(|finding| finding.message.contains("larger than")));
}

#[test]
fn expressions_that_cannot_be_right_are_found() {
    plant("shape", "$thing", "  - {say: Hello., id: a}\n  - {say: A $thing., id: b}\n");
    plant("shape", "layer_of", "  - {say: Hello., id: a}\n  - {say: '${layer_of(\"redis\")}', id: b}\n");
    plant("shape", "layers_of(", "  - {say: Hello., id: a}\n  - {say: '${layers_of(\"redis\"}', id: b}\n");
    plant(
        "expression-type",
        "cmd_of",
        "  - say: Hello.\n    id: a\n  - say: Again.\n    id: b\n    if: cmd_of('redis') == 1\n",
    );
    plant(
        "expression-type",
        "digits",
        "  - ask: How many?\n    id: a\n    answer: {text: one}\n    wrong:\n      - {id: m1, say: No., if: 'answer == \"7\"'} # digits\n",
    );
    plant(
        "expression-type",
        "cel:",
        "  - ask: How many?\n    id: a\n    answer: {cel: \"layers_of('redis')\", type: text}\n",
    );
    plant("expression-type", "'a' + 1", "  - {say: Hello., id: a}\n  - {say: \"${'a' + 1}\", id: b}\n");
    plant("can-fail", "[0]", "  - {say: Hello., id: a}\n  - {say: '${cmd_of(\"redis\")[0]}', id: b}\n");
}

#[test]
fn names_of_what_is_not_there_are_found() {
    whole("shape", "needs", "schema: 1\nid: l\ntitle: L\nneeds: [nowhere]\nsteps:\n  - {say: Hello., id: a}\n");
    whole("needs-cycle", "needs", "schema: 1\nid: l\ntitle: L\nneeds: [l]\nsteps:\n  - {say: Hello., id: a}\n");
    plant(
        "shape",
        "redis:nope",
        "  - {say: Hello., id: a}\n  - {ask: How many?, id: b, answer: {layers_of: 'redis:nope'}}\n",
    );
    plant(
        "real-registry",
        "ghcr.io",
        "  - {say: Hello., id: a}\n  - {ask: How many?, id: b, answer: {layers_of: ghcr.io/a/b}}\n",
    );
    plant("shape", "recap", "  - {say: Hello., id: a}\n  - {recap: [known-ide], id: b}\n");
    plant(
        "unknown-misconception",
        "is: two",
        "  - ask: Which?\n    id: a\n    answer: {text: one}\n    wrong:\n      - {id: nobody-knows, is: two, say: No.}\n",
    );
    problem(
        "shape",
        "bogus",
        "schema: 1\nid: p\ntitle: P\nask: A.\nparts:\n  - {ask: How many?, id: a, answer: {layers_of: redis}}\ntests:\n  - {type: {a: '7'}, expect: bogus}\n",
    );
    problem(
        "shape",
        "{b: '7'}",
        "schema: 1\nid: p\ntitle: P\nask: A.\nparts:\n  - {ask: How many?, id: a, answer: {layers_of: redis}}\ntests:\n  - {type: {b: '7'}, expect: right}\n",
    );
}

#[test]
fn lessons_in_the_wrong_order_are_found() {
    let first = "schema: 1\nid: first\ntitle: F\nneeds: [second]\nsteps:\n  - {say: Hello., id: a}\n";
    let second = "schema: 1\nid: second\ntitle: S\nsteps:\n  - {say: Hello., id: a}\n";
    let manifest = "schema: 1\nid: m\nversion: '1'\ntitle: M\nlessons: [first, second]\n";
    let files = Files {
        manifest: Some(file("pack.yaml", manifest)),
        lessons: vec![file("lessons/first.yaml", first), file("lessons/second.yaml", second)],
        ..Files::default()
    };
    assert_found(&check(files.clone()).findings, "needs-order", &files.lessons[0], "needs");
    let manifest = file("pack.yaml", "schema: 1\nid: m\nversion: '1'\ntitle: M\nlessons: [first]\n");
    let files = Files { manifest: Some(manifest.clone()), ..files };
    assert_found(&check(files).findings, "shape", &manifest, "lessons:");
}

#[test]
fn steps_that_teach_badly_are_found() {
    let predict = "  - predict: Which?\n    id: guess\n    answer: {choice: [{right: This}, {wrong: That}]}\n";
    plant("no-explain", "predict", predict);
    plant("no-misconception", "Which", "  - {ask: Which?, id: a, explain: So., answer: {text: one}}\n");
    plant(
        "no-misconception",
        "wrong: That",
        "  - ask: Which?\n    id: a\n    explain: So.\n    answer:\n      choice:\n        - {right: This}\n        - {wrong: That}\n",
    );
    plant(
        "hint-gives-answer",
        "It is pull",
        "  - fill: docker ____ redis\n    id: a\n    answer: pull\n    explain: So.\n    hints:\n      - It is pull.\n",
    );
    plant("too-long", "word", &format!("  - {{say: {}, id: a}}\n", "word ".repeat(140).trim_end()));
    plant("belittling", "simply", &format!("  - say: |\n      One line.\n      You simply pull.\n    id: b\n{ASK}"));
    plant(
        "colour-alone",
        "the red line",
        &format!("  - say: |\n      Two lines.\n      Look at the red line.\n    id: b\n{ASK}"),
    );
    plant("picture-alone", "🎉", &format!("  - {{say: Hello., id: b}}\n  - {{say: 🎉, id: c}}\n{ASK}"));
    plant(
        "sibling-without-way",
        "worked",
        "  - ask: How many?\n    id: b\n    answer: {layers_of: redis}\n    hints:\n      - worked: sibling\n",
    );
    plant(
        "no-example",
        "do:",
        "  - say: Hello.\n    id: a\n  - do: Pull redis.\n    id: b\n    explain: So.\n    goal: {pulled: redis}\n",
    );
    plant(
        "fact-by-hand",
        "7 layers",
        &format!("  - say: |\n      It is so.\n      redis has 7 layers.\n    id: b\n{ASK}"),
    );
    plant(
        "fact-by-hand",
        "sha256:",
        &format!("  - say: |\n      It is so.\n      `sha256:4f4fb700ef54`.\n    id: b\n{ASK}"),
    );
    plant("fact-by-hand", "number", "  - ask: How many layers has it?\n    id: a\n    answer: {number: 7}\n");
    plant(
        "command-for-fact",
        "wc -l",
        "  - ask: How many?\n    id: a\n    answer: {command: docker history redis | wc -l}\n",
    );
    plant(
        "command-as-text",
        "docker images",
        "  - ask: Which command lists images?\n    id: a\n    explain: So.\n    answer: {text: docker images}\n",
    );
    plant(
        "command-as-text",
        "docker image ls",
        "  - ask: Which command lists images?\n    id: a\n    explain: So.\n    answer:\n      text:\n        - images\n        - docker image ls\n",
    );
    let wide = "-".repeat(90);
    plant(
        "wide-diagram",
        "----",
        &format!("  - say: |\n      Look:\n\n      ```\n      {wide}\n      ```\n    id: b\n"),
    );
    problem(
        "not-taught",
        "concepts",
        "schema: 1\nid: p\ntitle: P\nconcepts: [unheard]\nask: A.\nparts:\n  - {ask: How many?, id: a, answer: {layers_of: redis}}\n",
    );
}

/// A recipe with something wrong in it.
#[track_caller]
fn recipe(rule: &str, needle: &str, change: (&str, &str)) {
    let sound = "name: tiny\ntags: [latest]\nrecord: nobody's\npublish: \"2026-09-01\"\nplatforms:\n  - {platform: linux/amd64}\nsteps:\n  - {run: make, created: 2026-09-01T00:00:00Z, files: {etc/motd: {text: hi}}}\n  - {cmd: [sh]}\n";
    assert!(sound.contains(change.0));
    let mut files = pack_of(&lesson("  - {say: Hello., id: a}\n"), None);
    let text = sound.replace(change.0, change.1);
    files.images = vec![file("lessons/images/tiny.yaml", &text)];
    let image = files.images[0].clone();
    assert_found(&check(files).findings, rule, &image, needle);
}

#[test]
fn a_lock_that_is_missing_or_of_other_recipes_is_found() {
    let sound = "name: tiny\ntags: [latest]\nrecord: nobody's\npublish: \"2026-09-01\"\nplatforms:\n  - {platform: linux/amd64}\nsteps:\n  - {run: make, created: 2026-09-01T00:00:00Z, files: {etc/motd: {text: hi}}}\n";
    let mut files = pack_of(&lesson("  - {say: Hello., id: a}\n"), None);
    files.images = vec![file("lessons/images/tiny.yaml", sound)];
    let stale = |files: &Files| {
        let found = check(files.clone()).findings;
        found.into_iter().find(|finding| finding.rule == "stale-lock").expect("the lock is stale")
    };
    let found = stale(&files);
    assert_eq!((found.file.as_str(), found.line), ("lessons/images/lock.yaml", 0));
    files.images.push(file("lessons/images/lock.yaml", "schema: 1\nimages: {}\n"));
    let found = stale(&files);
    assert_eq!((found.file.as_str(), found.line), ("lessons/images/tiny.yaml", 1));
}

#[test]
fn recipes_that_cannot_be_made_are_found() {
    recipe("shape", "tgas", ("tags:", "tgas:"));
    recipe("shape", "&a", ("name: tiny", "name: &a tiny"));
    recipe("recipe", "2026-09-31", ("2026-09-01\"", "2026-09-31\""));
    recipe("recipe", "base:", ("publish:", "base: nowhere\npublish:"));
    recipe("recipe", "\"999\"", ("{text: hi}", "{text: hi, mode: \"999\"}"));
    recipe("recipe", "../out", ("etc/motd", "../out"));
    recipe("recipe", "run: make", ("run: make,", "run: make, copy: a b,"));
    recipe("shape", "1000GB", ("{text: hi}", "{size: 1000GB}"));
    let many = "  - {run: make, pad: 7GB}\n".repeat(3);
    recipe("recipe", "run: make, created", ("  - {cmd: [sh]}\n", &many));
}

#[test]
fn rules_that_could_never_speak_are_found() {
    let rule =
        |kind: &str, rule: &str| format!("  - {kind}\n    id: a\n    wrong:\n      - {{id: m1, {rule}, say: No.}}\n");
    plant("shape", "id: m1", &rule("say: Hello.", "is: 7"));
    plant("shape", "id: m1", &rule("recap: [It is so.]", "is: 7"));
    let pull = "do: Pull redis.\n    solve: docker pull redis\n    goal: {pulled: redis}";
    plant("shape", "id: m1", &rule(pull, "is: nginx"));
    plant("shape", "id: m1", &rule(pull, "if: answer == 7"));
    let good = lesson(&rule(pull, "if: size(store.tags) > 1"));
    assert!(!check(pack_of(&good, None)).findings.iter().any(|finding| finding.rule == "shape"));
}

#[test]
fn goals_about_containers_name_whole_paths() {
    let goal = |goal: &str| format!("  - do: Do it.\n    id: a\n    goal: {goal}\n    solve: docker ps\n");
    plant("shape", "greeting", &goal("{file_in_container: greeting}"));
    plant("shape", "moved", &goal("{container_changed: {path: /a, how: moved}}"));
    plant("shape", "paht", &goal("{file_in_container: {container: box, paht: /a}}"));
}
