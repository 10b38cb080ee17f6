//! What the program prints and how it ends.

use std::process::{Command, Stdio};

fn run(words: &[&str]) -> (i32, String, String) {
    let home = tempfile::tempdir().expect("there is room");
    let mut command = Command::new(env!("CARGO_BIN_EXE_layerbook"));
    command.args(words).env_clear().env("LAYERBOOK_HOME", home.path()).stdin(Stdio::null());
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    (output.status.code().expect("no signal ends it"), text(output.stdout), text(output.stderr))
}

/// A pack with one lesson of this text.
fn pack(lesson: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("there is room");
    std::fs::create_dir(folder.path().join("lessons")).expect("there is room");
    let manifest = "schema: 1\nid: m\nversion: '1'\ntitle: M\nlessons: [l]\n";
    std::fs::write(folder.path().join("pack.yaml"), manifest).expect("there is room");
    std::fs::write(folder.path().join("lessons/l.yaml"), lesson).expect("there is room");
    let path = folder.path().display().to_string();
    (folder, path)
}

const WARNED: &str = "schema: 1\nid: l\ntitle: L\nsteps:\n  - {say: This is easy., id: a}\n  - {ask: How many?, id: b, answer: {layers_of: redis}}\n";

#[test]
fn a_finding_has_its_line_a_caret_and_a_suggestion() {
    let (_folder, path) = pack(&WARNED.replace("layers_of", "layer_of"));
    let (status, out, err) = run(&["pack", "check", &path]);
    assert_eq!((status, err.as_str()), (1, ""));
    let expected = "lessons/l.yaml:6:37: unknown kind of answer `layer_of`\n\
        6 |   - {ask: How many?, id: b, answer: {layer_of: redis}}\n  |                                     ^\n\
        Did you mean `layers_of`?\n";
    assert!(out.contains(expected), "{out}");
    assert!(out.contains("lessons/l.yaml:5:19: warning: `easy` belittles\n"), "{out}");
    assert!(out.ends_with("`m` 1: 1 error and 1 warning\n"), "{out}");
}

#[test]
fn warnings_fail_only_where_that_is_asked_for() {
    let (_folder, path) = pack(WARNED);
    assert_eq!(run(&["pack", "check", &path]).0, 0);
    assert_eq!(run(&["pack", "check", &path, "--strict"]).0, 1);
    assert_eq!(run(&["pack", "test", &path]).0, 0);
    assert_eq!(run(&["pack", "check", &path, "--format", "xml"]).0, 2);
    assert_eq!(run(&["pack", "test", &path, "--only", "nothing"]).0, 2);
}

#[test]
fn what_is_no_pack_has_status_4() {
    let folder = tempfile::tempdir().expect("there is room");
    let empty = folder.path().display().to_string();
    let missing = format!("{empty}/nowhere");
    for task in ["check", "test"] {
        for path in [&empty, &missing] {
            let (status, out, _) = run(&["pack", task, path]);
            assert!(status == 4 && out.contains("this is no pack that can be read"), "{status} {out}");
        }
    }
}

#[test]
fn findings_as_json_say_the_same() {
    let (_folder, path) = pack(WARNED);
    let (_, out, _) = run(&["pack", "check", &path, "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!(
        (told["schema"].as_u64(), told["errors"].as_u64(), told["warnings"].as_u64()),
        (Some(1), Some(0), Some(1))
    );
    let finding = &told["findings"][0];
    assert_eq!(finding["rule"], "belittling");
    assert_eq!((finding["file"].as_str(), finding["line"].as_u64()), (Some("lessons/l.yaml"), Some(5)));
}

#[test]
fn a_terminal_is_not_steered_by_a_finding() {
    let (_folder, path) = pack(&WARNED.replace("easy", "\u{1b}[2Jeasy"));
    let (status, out, _) = run(&["pack", "check", &path]);
    assert!(status == 1 && !out.contains('\u{1b}') && out.contains("U+001B"), "{out}");
}

#[test]
fn nothing_is_written_over() {
    let (_folder, path) = pack(WARNED);
    let (status, _, err) = run(&["pack", "new", &path]);
    assert!(status == 2 && err.contains("is not empty"), "{err}");
}

#[test]
fn a_pack_in_a_tar_works_at_once() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("m.tar");
    let mut archive = tar::Builder::new(std::fs::File::create(&path).expect("there is room"));
    let (source, _) = pack(WARNED);
    archive.append_dir_all("m", source.path()).expect("there is room");
    archive.finish().expect("there is room");
    let path = path.display().to_string();
    let (status, out, err) = run(&["pack", "list", "--pack", &path]);
    assert!(status == 0 && out.contains("M 1 (m)"), "{out}{err}");
    assert_eq!(run(&["pack", "test", &path]).0, 0);
}

#[test]
fn a_step_can_be_tried_alone() {
    let (folder, _) = pack(WARNED);
    let file = folder.path().join("lessons/l.yaml").display().to_string();
    let (status, out, err) = run(&["pack", "try", &file, "--step", "b"]);
    assert!(status == 3 && out.contains("How many?") && !out.contains("easy"), "{status} {out}{err}");
    let (status, _, err) = run(&["pack", "try", &file, "--step", "c"]);
    assert!(status == 2 && err.contains("there is no step `c`"), "{err}");
}
