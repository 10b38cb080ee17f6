//! Lines as a shell reads them, and filters against what GNU's programs and jq print for the same input.

use layerbook::pipe::{self, Part, Script, parse};
use serde_json::Value;

/// Writes a script back in a form that shows its structure.
fn show(script: &Script) -> String {
    let word = |word: &pipe::Word| {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Substitution { script, quoted } => format!("${}({})", if *quoted { "\"" } else { "" }, show(script)),
        };
        format!("<{}>", word.parts.iter().map(part).collect::<String>())
    };
    let command = |words: &Vec<pipe::Word>| words.iter().map(word).collect::<String>();
    let pipeline = |(connector, pipeline): &(pipe::Connector, pipe::Pipeline)| {
        format!("{connector:?}: {}", pipeline.commands.iter().map(command).collect::<Vec<_>>().join(" | "))
    };
    script.pipelines.iter().map(pipeline).collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn check(line: &str, expected: &str) {
    let shown = parse(line).map_or_else(|error| format!("error: {error}"), |script| show(&script));
    assert_eq!(shown, expected, "{line}");
}

#[test]
fn a_line_is_read_as_a_shell_reads_it() {
    check("", "");
    check("  # a comment", "");
    check("docker  pull redis", "Always: <docker><pull><redis>");
    check("docker inspect -f '{{json .Config.Cmd}}' x", "Always: <docker><inspect><-f><{{json .Config.Cmd}}><x>");
    check(r#"echo "a \"b\" \n" 'c"d' e\ f ''"#, r#"Always: <echo><a "b" \n><c"d><e f><>"#);
    check("docker images | grep -c a|wc -l", "Always: <docker><images> | <grep><-c><a> | <wc><-l>");
    check("a; b && c || d ;", "Always: <a>; Always: <b>; IfOk: <c>; IfFailed: <d>");
    check(
        "docker rmi $(docker images -q | head -1)",
        "Always: <docker><rmi><$(Always: <docker><images><-q> | <head><-1>)>",
    );
    check(r#"a "x$(b 'c)')y""#, r#"Always: <a><x$"(Always: <b><c)>)y>"#);
    check("a $HOME $ {{.ID}}", "Always: <a><$HOME><$><{{.ID}}>");
}

#[test]
fn what_cannot_be_read_is_said() {
    check("a 'b", "error: a quote ' is opened and never closed");
    check("a \"b", "error: a quote \" is opened and never closed");
    check("a $(b", "error: a `$(` is opened and never closed");
    check("| a", "error: there is no command beside `|`");
    check("a |", "error: there is no command beside `|`");
    check("a &&", "error: there is no command beside `&&`");
    check("a | | b", "error: there is no command beside `|`");
    check("; a", "error: there is no command beside `;`");
    check("a > b", "error: `>` would read or write a file; the workbook has none, and shows the output here");
    check("a &", "error: `&` is not something that the workbook's line understands");
    check(&"$(".repeat(20), "error: `$(...)` is nested too deeply");
}

#[test]
fn filters_print_what_the_real_programs_print() {
    let mut lines = include_str!("recorded/filters.jsonl").lines();
    let inputs: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    let mut wrong = Vec::new();
    for line in lines {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = case["line"].as_str().unwrap();
        let input = inputs[if case["input"] == "t" { "table" } else { "json" }].as_str().unwrap();
        let script = parse(text).unwrap();
        let words: Vec<String> = script.pipelines[0].1.commands[0]
            .iter()
            .map(|word| word.parts.iter().map(|p| if let Part::Text(t) = p { t.as_str() } else { "" }).collect())
            .collect();
        let outcome = pipe::run(&words[0], &words[1..], input.as_bytes()).unwrap();
        let found = (String::from_utf8(outcome.stdout).unwrap(), outcome.stderr, i64::from(outcome.status));
        let expected = (
            case["stdout"].as_str().unwrap().to_owned(),
            case["stderr"].as_str().unwrap().to_owned(),
            case["status"].as_i64().unwrap(),
        );
        if found != expected {
            wrong.push(format!("{text}\n  real {expected:?}\n  ours {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_filter_that_never_ends_is_ended() {
    let endless = pipe::run("jq", &["repeat(1)".to_owned()], b"1").unwrap();
    assert_eq!(endless.status, 5);
    assert!(pipe::run("sed", &[], b"").is_none());
}
