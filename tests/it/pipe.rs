//! The line's syntax and the filters, against what sh, the GNU tools (C.UTF-8) and jq 1.6 did.
#![expect(clippy::unwrap_used, reason = "a broken test case is a failed test")]

use insta::assert_snapshot;
use layerbook::pipe::{self, Piece, Script, When, Word};

const IMAGES: &str = "\
REPOSITORY   TAG       IMAGE ID       CREATED       SIZE
redis        latest    9b6c79edfafe   2 hours ago   215MB
nginx        1.25      3699658909e8   2 hours ago   220MB
busybox      latest    4fa077849e93   2 hours ago   1.98MB
redis        7         9b6c79edfafe   3 weeks ago   215MB
";
const LETTERS: &str = "b 2\na 10\nc 1\n\na 10\nB 3\na  9\n";

/// Runs a filter written as a line; shows standard output, then error and status where there is something to show.
fn run(line: &str, stdin: &str) -> String {
    let script = Script::parse(line).unwrap();
    let words: Vec<String> = script.steps[0].commands[0].words.iter().flat_map(|word| word.expand(&[])).collect();
    let outcome = pipe::run(&words[0], &words[1..], stdin.as_bytes());
    let mut shown = String::from_utf8(outcome.stdout).unwrap();
    if !outcome.stderr.is_empty() {
        shown = shown + "! " + &outcome.stderr;
    }
    if outcome.status != 0 {
        shown = shown + "= " + &outcome.status.to_string() + "\n";
    }
    shown
}

#[track_caller]
fn check(line: &str, stdin: &str, expected: &str) {
    assert_eq!(run(line, stdin), expected, "{line}");
}

/// Writes a line's structure in brackets.
fn shape(line: &str) -> String {
    match Script::parse(line) {
        Ok(script) => script_shape(&script),
        Err(error) => error.to_string(),
    }
}

fn script_shape(script: &Script) -> String {
    let steps = script.steps.iter().map(|step| {
        let when = match step.when {
            When::Always => "",
            When::Succeeded => "&& ",
            When::Failed => "|| ",
        };
        let commands = step.commands.iter().map(|command| {
            let words = command.words.iter().map(word_shape);
            let redirections = command.redirections.iter().map(|r| format!("{}{}", r.operator, word_shape(&r.target)));
            words.chain(redirections).collect::<Vec<_>>().join(" ")
        });
        format!("{when}{}", commands.collect::<Vec<_>>().join(" | "))
    });
    steps.collect::<Vec<_>>().join(" ; ")
}

fn word_shape(word: &Word) -> String {
    let parts = word.parts.iter().map(|part| {
        let text = match &part.piece {
            Piece::Literal(text) => text.clone(),
            Piece::Substitution(script) => format!("$({})", script_shape(script)),
        };
        if part.quoted { format!("\"{text}\"") } else { text }
    });
    format!("[{}]", parts.collect::<String>())
}

#[test]
fn words_are_cut_as_a_shell_cuts_them() {
    assert_eq!(shape("docker  images\t-q"), "[docker] [images] [-q]");
    assert_eq!(shape(r#"a 'b c' "d $x \" \n" e\ f ''"#), r#"[a] ["b c"] ["d $x " \n"] [e" "f] [""]"#);
    assert_eq!(
        shape("inspect -f '{{len .RootFS.Layers}}' redis"),
        "[inspect] [-f] [\"{{len .RootFS.Layers}}\"] [redis]"
    );
    assert_eq!(shape("a # b"), "[a]");
    assert_eq!(shape("a b#c $NAME ${x} *.rs ~"), "[a] [b#c] [$NAME] [${x}] [*.rs] [~]");
    assert_eq!(shape("a \\\n b"), "[a] [b]");
    assert_eq!(shape(""), "");
}

#[test]
fn connectors_and_pipes_are_told_apart() {
    assert_eq!(shape("a;b&&c||d|e|f ;"), "[a] ; [b] ; && [c] ; || [d] | [e] | [f]");
    assert_eq!(shape("a |\n b\nc"), "[a] | [b] ; [c]");
    assert_eq!(shape("a && \n b"), "[a] ; && [b]");
}

#[test]
fn substitutions_nest() {
    assert_eq!(shape("rmi $(images -q | head -1) x"), "[rmi] [$([images] [-q] | [head] [-1])] [x]");
    assert_eq!(shape(r#"a "x$(b "$(c ')')")y""#), r#"[a] ["x""$([b] ["""$([c] [")"])"])""y"]"#);
    assert_eq!(shape("a `b \\`c\\``"), "[a] [$([b] [$([c])])]");
    assert_eq!(shape("a $()"), "[a] [$()]");
}

#[test]
fn redirections_are_recognised() {
    assert_eq!(shape("a > b 2>&1 >>c <d 2>/dev/null"), "[a] >[b] 2>&[1] >>[c] <[d] 2>[/dev/null]");
    assert_eq!(shape("a>b"), "[a] >[b]");
    assert_eq!(shape("a &> b"), "[a] &>[b]");
}

#[test]
fn a_line_that_cannot_be_read_says_why() {
    assert_snapshot!(
        ["a 'b", "a \"b", "a `b", "a $(b", "a $(b |", "| a", "a | | b", "a &&", "a |", ";", "a ;; b", "a & b", "(a)",
         "a >", "a $((1))", "a )", "a && || b"]
            .map(|line| format!("{line} -> {}", shape(line)))
            .join("\n"),
        @r#"
    a 'b -> unterminated quoted string: the `'` at column 3 is never closed
    a "b -> unterminated quoted string: the `"` at column 3 is never closed
    a `b -> unterminated quoted string: the ``` at column 3 is never closed
    a $(b -> the `$(` at column 3 is never closed
    a $(b | -> the `$(` at column 3 is never closed
    | a -> unexpected `|` at column 1: a command is missing before it
    a | | b -> unexpected `|` at column 5: a command is missing before it
    a && -> the line ends after `&&`: a command is missing
    a | -> the line ends after `|`: a command is missing
    ; -> unexpected `;` at column 1: a command is missing before it
    a ;; b -> unexpected `;` at column 4: a command is missing before it
    a & b -> `&` at column 3 is more shell than this workbook speaks; put it in quotes if it is text
    (a) -> `(` at column 1 is more shell than this workbook speaks; put it in quotes if it is text
    a > -> the redirection `>` names no file
    a $((1)) -> `$((` at column 3 is more shell than this workbook speaks; put it in quotes if it is text
    a ) -> `)` at column 3 is more shell than this workbook speaks; put it in quotes if it is text
    a && || b -> unexpected `||` at column 6: a command is missing before it
    "#
    );
    let deep = "$(".repeat(40) + "a" + &")".repeat(40);
    assert_eq!(shape(&deep), "`$(...)` is nested deeper than 16 levels");
}

#[test]
fn an_unquoted_output_is_split_into_words_and_a_quoted_one_is_not() {
    let expand = |line: &str, output: &str| {
        let script = Script::parse(line).unwrap();
        script.steps[0].commands[0].words[1].expand(&[output.to_owned()])
    };
    assert_eq!(expand("a $(b)", "x y\nz\n\n"), ["x", "y", "z"]);
    assert_eq!(expand("a \"$(b)\"", "x y\nz\n\n"), ["x y\nz"]);
    assert_eq!(expand("a 1$(b)2", " x y "), ["1", "x", "y", "2"]);
    assert_eq!(expand("a 1$(b)2", "x y"), ["1x", "y2"]);
    assert!(expand("a $(b)", "\n").is_empty());
    assert_eq!(expand("a \"$(b)\"", ""), [""]);
}

#[test]
fn grep_picks_lines() {
    check("grep -c redis", IMAGES, "2\n");
    check("grep -v redis", "redis\nx\n", "x\n");
    check("grep -in RED", "a\nred", "2:red\n");
    check("grep nothing", IMAGES, "= 1\n");
    check("grep -q redis", IMAGES, "");
    check("grep -oE '[0-9.]+MB'", IMAGES, "215MB\n220MB\n1.98MB\n215MB\n");
    check("grep -w b", "ab\na-b\n_b\n", "a-b\n");
    check("grep -Fx 'a.b'", "a.b\naxb\n", "a.b\n");
    check("grep -m 1 -A1 x", "x\nx\ny\n", "x\nx\n");
    check("grep -nB1 z", "x\ny\nz\na\nb\nz\n", "2-y\n3:z\n--\n5-b\n6:z\n");
}

#[test]
fn basic_and_extended_expressions_differ() {
    check(r"grep 'a\+'", "a+\naa\n", "a+\naa\n");
    check("grep 'a+'", "a+\naa\n", "a+\n");
    check(r"grep -E 'a\+'", "a+\naa\n", "a+\n");
    check(r"grep '\(ab\)\{2\}'", "abab\nab\n", "abab\n");
    check("grep '{{.Id}}'", "{{.Id}}\nx\n", "{{.Id}}\n");
    check("grep -E '{{'", "{{\n{\n", "{{\n");
}

#[test]
fn a_bad_expression_gives_the_sentence_of_grep() {
    check("grep -E '('", "", "! grep: Unmatched ( or \\(\n= 2\n");
    check("grep '[a'", "", "! grep: Unmatched [, [^, [:, [., or [=\n= 2\n");
    check("grep '[b-a]'", "", "! grep: Invalid range end\n= 2\n");
    check("grep 'a\\'", "", "! grep: Trailing backslash\n= 2\n");
    check("grep -E 'a{2,1}'", "", "! grep: Invalid content of \\{\\}\n= 2\n");
    check("grep '[:space:]'", "", "! grep: character class syntax is [[:space:]], not [:space:]\n= 2\n");
    check("grep -E '(((a{999}){999}){999}){9}'", "", "! grep: Regular expression too big\n= 2\n");
}

#[test]
fn wc_pads_only_several_numbers() {
    check("wc -l", IMAGES, "5\n");
    check("wc", "a b\nc\n", "      2       3       6\n");
    check("wc -lw", "a b\nc\n", "      2       3\n");
    check("wc -m", "é\n", "2\n");
    check("wc -c", "é\n", "3\n");
    check("wc -l", "no newline", "0\n");
}

#[test]
fn head_and_tail_cut_from_either_end() {
    check("head -n 2", "1\n2\n3\n", "1\n2\n");
    check("head -1", "1\n2\n3\n", "1\n");
    check("head -n -1", "1\n2\n3\n", "1\n2\n");
    check("head -c 3", "1\n2\n3\n", "1\n2");
    check("tail -n 2", "1\n2\n3", "2\n3");
    check("tail -n +2", "1\n2\n3\n", "2\n3\n");
    check("tail -1", "1\n2\n3\n", "3\n");
    check("tail -c 2", "1\n2\n3\n", "3\n");
    check("head -n x", "", "! head: invalid number of lines: ‘x’\n= 1\n");
}

#[test]
fn sort_orders_by_bytes_numbers_sizes_and_keys() {
    check("sort", LETTERS, "\nB 3\na  9\na 10\na 10\nb 2\nc 1\n");
    check("sort -u -k1,1", LETTERS, "\nB 3\na 10\nb 2\nc 1\n");
    check("sort -k2n", "b 10\na 9\nc -1\n", "c -1\na 9\nb 10\n");
    check("sort -hr", "1.5K\n2M\n900\n1G\n", "1G\n2M\n1.5K\n900\n");
    check("sort -t: -k2,2 -k1r", "a:2\nb:1\nc:2\n", "b:1\nc:2\na:2\n");
    check("sort -nh", "", "! sort: options '-hn' are incompatible\n= 2\n");
    check("sort -k0", "", "! sort: field number is zero: invalid field specification ‘0’\n= 2\n");
}

#[test]
fn uniq_sees_neighbours_only() {
    let text = "x\nx\ny\nx\n";
    check("uniq -c", text, "      2 x\n      1 y\n      1 x\n");
    check("uniq -d", text, "x\n");
    check("uniq -u", text, "y\nx\n");
}

#[test]
fn cut_picks_fields_and_bytes() {
    check("cut -d: -f2", "a:b:c\nnone\n", "b\nnone\n");
    check("cut -s -d: -f2-", "a:b:c\nnone\n", "b:c\n");
    check("cut -c 2-3,1", "abcd\n", "abc\n");
    check("cut -d ' ' -f1", IMAGES, "REPOSITORY\nredis\nnginx\nbusybox\nredis\n");
    let hint = "\nTry 'cut --help' for more information.\n= 1\n";
    check("cut", "", &format!("! cut: you must specify a list of bytes, characters, or fields{hint}"));
    check("cut -f0", "", &format!("! cut: fields are numbered from 1{hint}"));
    check("cut -f3-1", "", &format!("! cut: invalid decreasing range{hint}"));
}

#[test]
fn jq_prints_as_jq_does() {
    check("jq .", r#"{"b":[1,{}],"a":[]}"#, "{\n  \"b\": [\n    1,\n    {}\n  ],\n  \"a\": []\n}\n");
    check("jq -cS .", r#"{"b":1,"a":"<é\u0001"}"#, "{\"a\":\"<é\\u0001\",\"b\":1}\n");
    check("jq -r '.[].Id'", r#"[{"Id":"x"},{}]"#, "x\nnull\n");
    check("jq -n '[6/2, 1e3, 0.1+0.2, 1/3]' -c", "", "[3,1000,0.30000000000000004,0.3333333333333333]\n");
    check("jq -c .", "[1e1000,1e17,1.0,1e-5,100000000000000000000]", "[1.7976931348623157e+308,1e+17,1,1e-05,1e+20]\n");
    check("jq -s length", "1 2 3", "3\n");
    check("jq -e .a", "{}", "null\n= 1\n");
    check("jq -n -c '[inputs]'", "1 2", "[1,2]\n");
    check("jq -r '[1,\"a\\\"\",null]|@csv'", "0", "1,\"a\"\"\",\n");
    check("jq -c '[1,null,\"a\"]|join(\"-\")'", "0", "\"1--a\"\n");
}

#[test]
fn jq_complains_as_jq_does() {
    check("jq .", IMAGES, "! parse error: Invalid numeric literal at line 1, column 11\n= 2\n");
    check("jq .", "{\"a\":", "! parse error: Unfinished JSON term at EOF at line 1, column 5\n= 2\n");
    check("jq .a", "5\n", "! jq: error (at <stdin>:1): Cannot index number with string \"a\"\n= 5\n");
    check("jq '.[]'", "null\n", "! jq: error (at <stdin>:1): Cannot iterate over null (null)\n= 5\n");
    check("jq '.+1'", "\"x\"\n", "! jq: error (at <stdin>:1): string (\"x\") and number (1) cannot be added\n= 5\n");
    check("jq keys", "5\n", "! jq: error (at <stdin>:1): number (5) has no keys\n= 5\n");
    check("jq foo", "", "! jq: error: foo/0 is not defined at <top-level>, line 1:\nfoo\njq: 1 compile error\n= 3\n");
    let syntax = "jq: error: syntax error, unexpected $end (Unix shell quoting issues?) at <top-level>, line 1:";
    check("jq '.a |'", "", &format!("! {syntax}\n.a |   \njq: 1 compile error\n= 3\n"));
}

#[test]
fn jq_sees_neither_the_environment_nor_functions_of_ones_own() {
    assert!(run("jq -n env", "").contains("env/0 is not defined"));
    assert!(run("jq -n 'def f: 1+f; f'", "").contains("`def` is not available"));
    assert!(run("jq -n '\"\\(def f: f; f)\"'", "").contains("`def` is not available"));
}

#[test]
fn deep_json_is_refused() {
    let deep = "[".repeat(300);
    check("jq .", &deep, "! parse error: Exceeds depth limit for parsing at line 1, column 257\n= 2\n");
}

#[test]
fn unknown_options_and_filters_are_named() {
    check("wc -z", "", "! wc: invalid option -- 'z'\nTry 'wc --help' for more information.\n= 1\n");
    check("sort --foo", "", "! sort: unrecognized option '--foo'\nTry 'sort --help' for more information.\n= 2\n");
    check("head -n", "", "! head: option requires an argument -- 'n'\nTry 'head --help' for more information.\n= 1\n");
    check("awk x", "", "! sh: 1: awk: not found\n= 127\n");
    check("wc -l file", "", "! wc: file: No such file or directory\n= 1\n");
}

#[test]
fn every_listed_filter_runs_on_nothing() {
    for name in pipe::names() {
        assert_ne!(pipe::run(name, &[], b"").status, 127, "{name}");
    }
    assert!(pipe::names().is_sorted());
}
