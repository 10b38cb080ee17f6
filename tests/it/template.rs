//! Templates against pairs recorded from docker.
#![expect(clippy::unwrap_used, reason = "a broken test case is a failed test")]

use layerbook::template::{IMAGE, Template};
use serde_json::Value;

fn image() -> Value {
    serde_json::from_str(include_str!("recorded/gotmpl_image.json")).unwrap()
}

#[test]
fn every_recorded_template_prints_what_docker_prints() {
    let image = image();
    let mut failures = Vec::new();
    for line in include_str!("recorded/gotmpl_cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = case["t"].as_str().unwrap();
        // An empty format is no template: docker prints plain JSON.
        if text.is_empty() {
            continue;
        }
        let expected = ["parse_err", "exec_err", "out"].iter().find_map(|key| case[key].as_str()).unwrap();
        let actual = match Template::parse(text).and_then(|template| template.inspect(&image, &IMAGE)) {
            Ok(out) => out + "\n",
            Err(error) => error.to_string(),
        };
        if actual != expected {
            failures.push(format!("{text}\n  expected {expected:?}\n  actual   {actual:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn inspect(template: &str, json: &str) -> String {
    let json: Value = serde_json::from_str(json).unwrap();
    let result = Template::parse(template).and_then(|template| template.inspect(&json, &IMAGE));
    result.unwrap_or_else(|error| error.to_string())
}

#[track_caller]
fn check(template: &str, expected: &str) {
    assert_eq!(inspect(template, "{}"), expected, "{template}");
}

#[test]
fn numbers_print_as_go_prints_them() {
    check("{{12345678.0}} {{100000.0}} {{1e20}} {{0.0001}} {{0.00001}}", "1.2345678e+07 100000 1e+20 0.0001 1e-05");
    check(r#"{{printf "%5d|%-5d|%05d|%x|%#o|%b|%+d" 42 42 -42 255 8 5 7}}"#, "   42|42   |-0042|ff|010|101|+7");
    check(r#"{{printf "%8.2f|%e|%g|%.3g" 3.14159 1.5 1e6 1234.567}}"#, "    3.14|1.500000e+00|1e+06|1.23e+03");
    check("{{0x1F}} {{0b101}} {{017}} {{1_000}} {{'a'}}", "31 5 15 1000 97");
    check("{{09}}", r#"template parsing error: template: :1: integer overflow: "09""#);
}

#[test]
fn printf_complains_inside_the_text() {
    check(r#"{{printf "%d %s" "x"}}"#, "%!d(string=x) %!s(MISSING)");
    check(r#"{{printf "%t" 1 2}}"#, "%!t(int=1)%!(EXTRA int=2)");
    check(r#"{{printf "%[2]d %[1]d|%[3]d" 1 2}}"#, "2 1|%!d(BADINDEX)");
    check(r#"{{printf "%*d|%-*d|" 5 42 4 7}}"#, "   42|7   |");
    check(r#"{{printf "%!"}} {{printf "%"}} {{printf "%s" nil}}"#, "%!!(MISSING) %!(NOVERB) %!s(<nil>)");
}

#[test]
fn a_list_commands_row_has_methods() {
    let row: Value = serde_json::from_str(r#"{"ID":"abc","Tag":"<none>"}"#).unwrap();
    let print = |text: &str| {
        let result = Template::parse(text).and_then(|template| template.row(&row, "*formatter.imageContext"));
        result.unwrap_or_else(|error| error.to_string())
    };
    assert_eq!(print("{{json .}} {{json .Tag}}"), r#"{"ID":"abc","Tag":"\u003cnone\u003e"} "<none>""#);
    let start = "template parsing error: template: :1:2: executing \"\" at ";
    assert_eq!(
        print("{{.Nope}}"),
        format!("{start}<.Nope>: can't evaluate field Nope in type *formatter.imageContext")
    );
    assert_eq!(print("{{.ID 1}}"), format!("{start}<.ID>: wrong number of args for ID: want 0 got 1"));
    assert_eq!(print("{{len .}}"), format!("{start}<len .>: error calling len: len of type formatter.imageContext"));
}

#[test]
fn a_header_keeps_its_words() {
    let headings: Value = serde_json::from_str(r#"{"ID":"IMAGE ID","Tag":"TAG"}"#).unwrap();
    let print = |text: &str| Template::parse(text).unwrap().header(&headings).unwrap();
    assert_eq!(
        print(r#"{{lower .ID}} {{json .Tag}} {{join .ID ","}} {{truncate .ID 3}}"#),
        "IMAGE ID TAG IMAGE ID IMAGE ID"
    );
    assert_eq!(print("{{pad .Tag 1 2}}|{{len .ID}}|{{.Nope}}"), " TAG  |8|<no value>");
}

#[test]
fn typed_tabs_and_newlines_are_replaced_on_request() {
    assert_eq!(layerbook::template::unescape(r"{{.ID}}\t{{.Tag}}\n"), "{{.ID}}\t{{.Tag}}\n");
}

#[test]
fn a_mistake_on_a_later_line_is_placed_there() {
    check(
        "a\nb {{.Nope}}",
        "template parsing error: template: :2:4: executing \"\" at <.Nope>: map has no entry for key \"Nope\"",
    );
    check("{{if true}}\n{{end", "template parsing error: template: :2: unclosed action");
    check("{{len\n.Nope", "template parsing error: template: :2: unclosed action started at :1");
}

#[test]
fn a_template_is_bounded_whatever_it_says() {
    let has = |template: &str, sentence: &str| {
        let printed = inspect(template, "{}");
        assert!(printed.contains(sentence), "{printed:.200}");
    };
    has(r#"{{define "r"}}{{template "r" .}}{{end}}{{template "r" .}}"#, "exceeded maximum template depth");
    has("{{range 9000000000}}{{end}}", "the template does too much work");
    has("{{range 90000000}}0123456789012345678901234567890123456789{{end}}", "the output is larger than");
    has(&format!("{{{{$x := \"0123456789\"}}}}{}", "{{$x = print $x $x}}".repeat(60)), "does too much work");
    has(&format!("{{{{{}1{}}}}}", "(".repeat(500), ")".repeat(500)), "nested deeper than");
    has(&"{{if true}}".repeat(500), "nested deeper than");
    has(&"x".repeat(100_000), "the template is larger than");
    has(r#"{{printf "%*d" 900000 1 | printf "%s%s" "a"}}"#, "a");
}
