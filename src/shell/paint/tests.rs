use super::*;

const DRAWN: Style = Style { width: 80, ink: Ink::None, form: Form::Drawn };
const LINEAR: Style = Style { width: 80, ink: Ink::None, form: Form::Linear };
const COLOUR: Style = Style { width: 40, ink: Ink::Colour, form: Form::Drawn };

const TONES: [(Tone, &str); 11] = [
    (Tone::Title, "What an image is made of"),
    (Tone::Prose, "A stack of read-only *layers* and a small *config*."),
    (Tone::Task, "How many layers has `redis`?"),
    (Tone::Right, "Seven."),
    (Tone::Wrong, "13 are the lines of `docker history`."),
    (Tone::Unreadable, "A number is asked for."),
    (Tone::CannotCheck, "The registry did not answer."),
    (Tone::Hint, "`docker inspect` lists them."),
    (Tone::Explain, "A step that changed files made a layer."),
    (Tone::Note, "The number of layers."),
    (Tone::Info, "Step 3 of 8."),
];

fn all_tones(style: Style) -> String {
    TONES.iter().map(|(tone, text)| Painter::new(style).say(*tone, text)).collect()
}

#[test]
fn each_tone_has_a_sign() {
    insta::assert_snapshot!(all_tones(DRAWN), @r"
    What an image is made of
    ────────────────────────
    A stack of read-only *layers* and a small *config*.
    ▸ How many layers has `redis`?
    ✓ Seven.
    ✗ 13 are the lines of `docker history`.
    ? A number is asked for.
    ! The registry did not answer.
    Hint: `docker inspect` lists them.
    │ A step that changed files made a layer.
    ← The number of layers.
    · Step 3 of 8.
    ");
}

#[test]
fn each_tone_has_a_word_in_the_linear_form() {
    insta::assert_snapshot!(all_tones(LINEAR), @r"
    What an image is made of
    A stack of read-only layers and a small config.
    Task: How many layers has `redis`?
    Right: Seven.
    Wrong: 13 are the lines of `docker history`.
    Not understood: A number is asked for.
    Cannot be checked: The registry did not answer.
    Hint: `docker inspect` lists them.
    Explanation: A step that changed files made a layer.
    Note: The number of layers.
    layerbook: Step 3 of 8.
    ");
}

#[test]
fn colours_replace_the_marks_of_code_and_emphasis() {
    let text = Painter::new(COLOUR).say(Tone::Wrong, "13 are the *lines* of `docker history redis`, **not** layers.");
    insta::assert_snapshot!(text.replace('\u{1b}', "^"), @r"
    ^[31;1m✗ ^[0m13 are the ^[3mlines^[0m of
      ^[36mdocker history redis^[0m, ^[1mnot^[0m layers.
    ");
}

const LESSON: &str = "\
# Names

A name has up to five parts, and Docker fills in what is missing:
`[registry/][namespace/]name[:tag][@digest]`. A repository name is lower case;\\
a tag may have **capitals**, and `docker image inspect --format '{{json .Config}}'` is one word here.

- the registry, `docker.io` where none is named, which is why nobody ever types it and many never see it
  - with a port
1. first
2. second

> Only a digest stays.

```
redis:latest ──▶ sha256:3b4e
   │
```

| part | default | example |
|------|---------|---------|
| registry | `docker.io` | `ghcr.io` |
| tag | `latest` | `3.11-slim \\| x` |

See [the specification](https://example.org/spec).
";

#[test]
fn a_lesson_at_80_columns() {
    insta::assert_snapshot!(Painter::new(DRAWN).say(Tone::Prose, LESSON), @r"
    *Names*

    A name has up to five parts, and Docker fills in what is missing:
    `[registry/][namespace/]name[:tag][@digest]`. A repository name is lower case;
    a tag may have *capitals*, and
    `docker image inspect --format '{{json .Config}}'` is one word here.

    - the registry, `docker.io` where none is named, which is why nobody ever types
      it and many never see it
      - with a port
    1. first
    2. second

    │ Only a digest stays.

      redis:latest ──▶ sha256:3b4e
         │

    part       default       example
    ────────   ───────────   ───────────────
    registry   `docker.io`   `ghcr.io`
    tag        `latest`      `3.11-slim | x`

    See the specification (https://example.org/spec).
    ");
}

#[test]
fn a_lesson_in_the_linear_form() {
    insta::assert_snapshot!(Painter::new(LINEAR).say(Tone::Prose, LESSON), @r"
    Names

    A name has up to five parts, and Docker fills in what is missing:
    `[registry/][namespace/]name[:tag][@digest]`. A repository name is lower case;
    a tag may have capitals, and `docker image inspect --format '{{json .Config}}'`
    is one word here.

    - the registry, `docker.io` where none is named, which is why nobody ever types
      it and many never see it
      - with a port
    1. first
    2. second

    > Only a digest stays.

      redis:latest ──▶ sha256:3b4e
         │

    - part: registry; default: `docker.io`; example: `ghcr.io`
    - part: tag; default: `latest`; example: `3.11-slim | x`

    See the specification (https://example.org/spec).
    ");
}

#[test]
fn a_saying_with_several_blocks_keeps_its_margin() {
    insta::assert_snapshot!(Painter::new(DRAWN).say(Tone::Explain, "Two parts.\n\n- one\n- two\n\n```\na  b\n```"), @r"
    │ Two parts.
    │
    │ - one
    │ - two
    │
    │   a  b
    ");
    insta::assert_snapshot!(Painter::new(DRAWN).say(Tone::Wrong, "Not quite.\n\nLook again."), @r"
    ✗ Not quite.

      Look again.
    ");
}

#[test]
fn another_kind_of_list_stands_apart() {
    let text = "Which is which?\n\n1. one\n2. two\n\n- a) first\n- b) second";
    insta::assert_snapshot!(Painter::new(DRAWN).say(Tone::Task, text), @r"
    ▸ Which is which?

      1. one
      2. two

      - a) first
      - b) second
    ");
}

#[test]
fn a_row_and_its_note_stand_together() {
    insta::assert_snapshot!(Painter::new(DRAWN).say(Tone::Note, "`SIZE: 8.42MB`\\\nWhat the step added."), @r"
    ← `SIZE: 8.42MB`
      What the step added.
    ");
}

#[test]
fn a_wide_table_is_wrapped_in_its_cells() {
    let style = Style { width: 40, ..DRAWN };
    let text = "| a | b |\n|---|---|\n| short | a cell that is longer than there is room for it |";
    insta::assert_snapshot!(Painter::new(style).say(Tone::Prose, text), @r"
    a       b
    ─────   ────────────────────────────────
    short   a cell that is longer than there
            is room for it
    ");
}

#[test]
fn no_line_is_longer_than_the_width() {
    for width in [20, 40, 80] {
        for form in [Form::Drawn, Form::Linear] {
            let painted = Painter::new(Style { width, ink: Ink::None, form })
                .say(Tone::Explain, "seven small words in a row are wrapped ");
            for line in painted.lines() {
                assert!(wrap::visible_width(line) <= width, "{width}: {line}");
            }
        }
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(Painter::new(DRAWN).say(Tone::Prose, text), format!("{expected}\n"));
}

#[test]
fn what_is_no_mark_is_text() {
    check("2 * 3 * 4 and a*b*c", "2 * 3 * 4 and a*b*c");
    check("docker images -f reference=redis*", "docker images -f reference=redis*");
    check("an `unclosed code", "an `unclosed code");
    check("an array[0] and [text]", "an array[0] and [text]");
    check("snake_case_name and <missing>", "snake_case_name and <missing>");
    check(r"\*not emphasis\* and C:\dir", r"*not emphasis* and C:\dir");
    check("``a `b` c``", "`` a `b` c ``");
}

#[test]
fn control_characters_are_made_visible() {
    check("a\u{1b}[31mred\u{7}", "a␛[31mred␇");
    check("a\u{202e}b\u{9b}", "a\u{fffd}b\u{fffd}");
    assert_eq!(Painter::new(COLOUR).prompt("x\u{1b}y").matches('\u{1b}').count(), 4);
}

#[test]
fn an_empty_saying_is_nothing() {
    for (tone, _) in TONES.iter().skip(1) {
        assert_eq!(Painter::new(DRAWN).say(*tone, " \n"), "");
    }
}

#[test]
fn wide_characters_count_twice() {
    let style = Style { width: 10, ..DRAWN };
    assert_eq!(Painter::new(style).say(Tone::Prose, "層層層 層層"), "層層層\n層層\n");
}
