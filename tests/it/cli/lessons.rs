//! Lessons of a pack of one's own, played over a pipe.

use std::path::Path;

use super::run_in;

/// Writes a pack of one lesson, `l`.
fn pack(folder: &Path, steps: &str) -> String {
    let manifest = "schema: 1\nid: p\nversion: 1.0.0\ntitle: P\nlessons: [l]\nmisconceptions: {m1: One., m2: Two.}\n";
    std::fs::create_dir_all(folder.join("lessons")).expect("there is room");
    std::fs::write(folder.join("pack.yaml"), manifest).expect("there is room");
    let lesson = format!("schema: 1\nid: l\ntitle: L\nstart: {{store: [busybox]}}\nsteps:\n{steps}");
    std::fs::write(folder.join("lessons/l.yaml"), lesson).expect("there is room");
    folder.display().to_string()
}

/// Plays the lesson and keeps what the workbook says of its own.
fn play(steps: &str, typed: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("there is room");
    let pack = pack(&folder.path().join("pack"), steps);
    let words = ["learn", "l", "--pack", &pack];
    let heard = run_in(&folder.path().join("home"), &words, &(typed.join("\n") + "\n"));
    let said =
        heard.lines().filter(|line| line.starts_with(['·', '✓', '✗', '!', '?', '-', '$']) || line.starts_with("  "));
    said.map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_a_container_holds_and_changes_is_asked_for() {
    let steps = r#"
  - do: Write a greeting.
    id: write
    goal: {file_in_container: {container: box, path: /greeting, text: hello}}
  - do: Delete a file.
    id: delete
    goal: {container_changed: {container: box, path: /etc/passwd, how: deleted}}
  - ask: How many changes?
    id: count
    answer: {cel: "size(container('box').changes)", type: count}
"#;
    let typed = [
        "docker run -d --name other busybox sleep 1d",
        "docker run -d --name box busybox sleep 1d",
        "docker exec box touch /greeting",
        "docker exec box sh -c 'echo bye > /greeting'",
        "docker exec box sh -c 'echo hello > /greeting'",
        "docker exec box touch /more",
        "docker exec box sh -c 'echo x > /etc/passwd'",
        "docker exec box rm /etc/passwd",
        "4",
    ];
    insta::assert_snapshot!(play(steps, &typed), @r"
    · No container is called `box` yet. There is `other`.
    · The container `box` has nothing at `/greeting` yet.
    · Not there yet. `/greeting` in the container `box` is there, and empty.
    · Not there yet. `/greeting` in the container `box` is there, and does not hold
      `hello`. It begins with `bye`.
    ✓ Done.
    · Not there yet. The container `box` has changes, but not at `/etc/passwd`;
      `docker diff box` lists them.
    · Not there yet. In the container `box`, `/etc/passwd` is changed, and was to be
      deleted.
    ✓ Done.
    ✓ Right: `4`.
    · That was *L*, to the end.
    ---- 0
    ");
}

#[test]
fn blobs_tags_and_other_platforms_are_looked_at() {
    let steps = r#"
  - ask: How many blobs?
    id: blobs
    answer: {cel: "size(store.blobs)", type: count}
  - ask: How many bytes could be freed?
    id: free
    answer: {cel: "store.reclaimable", type: size}
  - ask: Has alpine more tags than busybox?
    id: tags
    answer: {cel: "size(registry_tags('alpine')) > size(registry_tags('busybox'))", type: yes_no}
  - ask: For which platform is it?
    id: platform
    answer: {cel: "image('busybox', 'linux/arm64').platform", type: platform}
"#;
    let played = play(steps, &["three", "0MB", ":skip", ":skip", ":skip"]);
    assert!(played.contains("linux/arm64"), "{played}");
    assert!(played.starts_with("✓ Right: `3`."), "{played}");
    assert!(!played.contains("cannot check"), "{played}");
}

#[test]
fn rules_speak_at_every_kind_of_step() {
    let steps = r#"
  - do: Pull alpine.
    id: pull
    goal: {pulled: alpine}
    wrong:
      - {id: m1, if: "size(store.tags) > 1", say: Another one came.}
  - fill: docker ____ alpine
    id: gap
    answer: history
    wrong:
      - {id: m2, if: "answer.startsWith('in')", say: It begins with in.}
  - ask: How many layers has it?
    id: layers
    answer: {layers_of: alpine}
    wrong:
      - {id: m1, if: answer == 2, say: It is less than two.}
"#;
    let typed = [
        "docker pull -q hello-world",
        "docker images -q",
        "docker pull -q alpine:none",
        "docker pull -q alpine",
        "inspect",
        "history",
        "two",
        "one",
    ];
    insta::assert_snapshot!(play(steps, &typed), @r"
    ✗ Another one came.
    · `alpine:latest` is not here yet. Here are `busybox:latest`,
      `hello-world:latest`.
    ✓ Done.
        docker ____ alpine
    ✗ It begins with in.
    ✓ Right.
    $ docker history alpine
    ✗ It is less than two.
    ✓ Right: `1`.
    · That was *L*, to the end.
    ---- 0
    ");
}

#[test]
fn a_right_number_is_told_as_it_was_typed_and_a_skipped_one_with_few_digits() {
    let steps = r#"
  - ask: How many times as large?
    id: typed
    answer: {number: "10.5637"}
  - ask: And now?
    id: skipped
    answer: {number: "10.5637"}
"#;
    insta::assert_snapshot!(play(steps, &["about 11", ":skip"]), @r"
    ✓ Right: `about 11`.
    · The answer is `10.6`.
    · That was *L*, to the end.
    ---- 0
    ");
}

#[test]
fn notes_say_what_was_chosen_and_are_written_where_nothing_is() {
    let steps = r"
  - ask: Which one?
    id: which
    answer: {choice: [{right: The first}, {wrong: The other, say: No.}]}
  - ask: And now?
    id: now
    answer: {text: [so]}
";
    let folder = tempfile::tempdir().expect("there is room");
    let pack = pack(&folder.path().join("pack"), steps);
    let file = folder.path().join("notes.md");
    let ask = format!(":notes {}", file.display());
    let (home, words) = (folder.path().join("home"), ["learn", "l", "--pack", &pack]);
    let first = run_in(&home, &words, &format!("a\nThe first\n{ask}\n"));
    assert!(first.contains("Written to"), "{first}");
    let notes = std::fs::read_to_string(&file).expect("it is there");
    assert!(notes.contains("  - The first: right\n") && !notes.contains("`a`"), "{notes}");
    std::fs::write(&file, "mine").expect("there is room");
    let again = run_in(&home, &words, &format!("{ask}\n"));
    assert!(again.contains("is there already and was left as it is"), "{again}");
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "mine");
    let nowhere = run_in(&home, &words, ":notes no/such/folder/notes.md\n");
    assert!(nowhere.contains("cannot be written"), "{nowhere}");
}

#[test]
fn a_step_that_is_tried_welcomes_nobody_back() {
    let folder = tempfile::tempdir().expect("there is room");
    let steps = "  - {say: Hello., id: a}\n  - {ask: How many?, id: b, answer: {layers_of: busybox}}\n";
    pack(&folder.path().join("pack"), steps);
    let lesson = folder.path().join("pack/lessons/l.yaml").display().to_string();
    let tried = run_in(&folder.path().join("home"), &["pack", "try", &lesson, "--step", "b"], "1\n");
    assert!(tried.contains("How many?") && tried.contains("Right"), "{tried}");
    assert!(!tried.contains("Welcome back"), "{tried}");
}

#[test]
fn a_step_that_is_tried_has_images_that_can_be_looked_into() {
    let folder = tempfile::tempdir().expect("there is room");
    let steps = "  - {do: Pull busybox., id: a, goal: {pulled: busybox}, solve: docker pull busybox}\n  \
                   - {ask: Which file names the host?, id: b, answer: {text: hostname}}\n";
    pack(&folder.path().join("pack"), steps);
    let lesson = folder.path().join("pack/lessons/l.yaml").display().to_string();
    let typed = "docker run --rm busybox ls /etc\nhostname\n";
    let tried = run_in(&folder.path().join("home"), &["pack", "try", &lesson, "--step", "b"], typed);
    assert!(tried.contains("\npasswd\n") && tried.contains("Right"), "{tried}");
}

#[test]
fn a_picture_of_what_came_later_than_the_lessons_day_says_so() {
    let home = tempfile::tempdir().expect("there is room");
    let seen = run_in(home.path(), &["learn", "tags"], ":layers redis\n:tags redis\n");
    let seen = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(seen.contains("No image and no container here is called `redis`. Here the registry stands on"), "{seen}");
    assert_eq!(seen.matches("this workbook knows only what was published later.").count(), 2, "{seen}");
}

#[test]
fn a_container_is_drawn_on_its_image() {
    let home = tempfile::tempdir().expect("there is room");
    run_in(home.path(), &["docker", "run", "-d", "--name", "box", "busybox", "sleep", "1d"], "");
    run_in(home.path(), &["docker", "exec", "box", "touch", "/a"], "");
    let drawn = run_in(home.path(), &["show", "layers", "box"], "");
    assert!(drawn.contains("box (busybox)") && drawn.contains("writable: 1 change"), "{drawn}");
    let plain = run_in(home.path(), &["show", "layers", "box", "busybox", "--plain"], "");
    assert!(plain.contains("box: its own layer holds 1 change, 0B"), "{plain}");
    assert!(plain.contains("box and busybox:latest share 1 layer"), "{plain}");
}

#[test]
fn a_lesson_about_other_days_is_played_by_the_classroom_online_too() {
    let folder = tempfile::tempdir().expect("there is room");
    let pack = pack(&folder.path().join("pack"), "  - {ask: How many?, id: a, answer: {layers_of: busybox}}\n");
    let lesson = folder.path().join("pack/lessons/l.yaml");
    let text = std::fs::read_to_string(&lesson).expect("it is there");
    std::fs::write(&lesson, text.replace("[busybox]}", "[busybox], registry: \"2026-09-30\"}")).expect("there is room");
    let played = run_in(&folder.path().join("home"), &["learn", "l", "--pack", &pack, "--online"], "1\n");
    assert!(played.contains("the classroom plays it") && played.contains("Right: `1`"), "{played}");
    assert!(!played.contains("Pulls so far"), "{played}");
}

#[test]
fn names_that_changed_places_are_not_what_was_asked_for() {
    let steps = r#"
  - {do: Name it., id: old, goal: {tagged: {name: "mine:1", image: hello-world}}}
  - {do: "Let `mine:1` be busybox.", id: name, goal: {same_image: ["mine:1", busybox]}}
"#;
    let typed = [
        "docker pull -q hello-world",
        "docker tag hello-world mine:1",
        "docker tag mine:1 busybox",
        "docker pull -q busybox",
        "docker tag busybox mine:1",
    ];
    insta::assert_snapshot!(play(steps, &typed), @"
    · No image is called `mine:1` yet. Here are `busybox:latest`,
      `hello-world:latest`.
    ✓ Done.
    · Not there yet. `busybox:latest` has been moved to the image of `mine:1`, and
      it was to be the other way round: `docker tag SOURCE NEW` gives the image of
      SOURCE the name NEW.
    · Not there yet. `mine:1` and `busybox:latest` were to be one image; they are
      two: d4a205c7bbd5 and 0c23b2cdd42b.
    ✓ Done.
    · That was *L*, to the end.
    ---- 0
    ");
}
