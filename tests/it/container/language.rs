//! The language of the three shells, each with its own words: dash, bash and busybox.

use super::World;

/// Runs a script as a shell's argument: what it prints, and the status unless it is 0.
fn run(shell: &str, script: &str) -> String {
    let world = World::new();
    let image = if shell == "busybox" { "box" } else { "shells" };
    let shell = if shell == "busybox" { "sh" } else { shell };
    world.run("docker pull -q shells");
    world.run(&format!("docker run --rm {image} {shell} -c '{}'", script.replace('\'', "'\\''")))
}

/// Checks what the three print for one script.
#[track_caller]
fn check(script: &str, dash: &str, bash: &str, busybox: &str) {
    assert_eq!(run("dash", script).replace("dash:", "sh:"), dash, "dash: {script}");
    assert_eq!(run("bash", script), bash, "bash: {script}");
    assert_eq!(run("busybox", script), busybox, "busybox: {script}");
}

/// Checks that all three print the same.
#[track_caller]
fn check_all(script: &str, expected: &str) {
    check(script, expected, expected, expected);
}

#[test]
fn a_variable_that_is_not_there_ends_the_shell_with_set_u() {
    check(
        "set -u; echo ${x-ok}; echo $x; echo no",
        "ok\nsh: 1: x: parameter not set\n[2]\n",
        "ok\nbash: line 1: x: unbound variable\n[127]\n",
        "ok\nsh: x: parameter not set\n[2]\n",
    );
    check("echo ${x:?need}; echo no", "sh: 1: x: need\n[2]\n", "bash: line 1: x: need\n[127]\n", "sh: x: need\n[2]\n");
}

#[test]
fn commands_are_shown_with_set_x() {
    check(
        "set -x; echo a \"b c\"; for i in 1; do X=$i; done; [ a = b ] || Y=$(echo d)",
        "a b c\n+ echo a b c\n+ X=1\n+ [ a = b ]\n+ echo d\n+ Y=d\n",
        "a b c\n+ echo a 'b c'\n+ for i in 1\n+ X=1\n+ '[' a = b ']'\n++ echo d\n+ Y=d\n",
        "a b c\n+ echo a 'b c'\n+ X=1\n+ '[' a '=' b ]\n+ echo d\n+ Y=d\n",
    );
    check_all("PS4=\"> \"; set -x; echo a; set +x; echo b", "a\nb\n> echo a\n> set +x\n");
}

#[test]
fn patterns_are_text_with_set_f_and_options_that_are_not_there_are_named() {
    check_all("set -f; echo /et*; set +f; echo /et*", "/et*\n/etc\n");
    check("set -o pipefail; false | true; echo $?", "sh: 1: set: Illegal option -o pipefail\n[2]\n", "1\n", "1\n");
    check(
        "set -q; echo b",
        "sh: 1: set: Illegal option -q\n[2]\n",
        "b\nbash: line 1: set: -q: invalid option\nset: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n",
        "sh: set: line 0: illegal option -q\n[2]\n",
    );
}

#[test]
fn values_are_cut_and_replaced_where_the_shell_can() {
    let bad = "sh: 1: Bad substitution\n[2]\n";
    check("x=abcdef; echo ${x:1:3} ${x:4} ${x: -2}", bad, "bcd ef ef\n", "bcd ef ef\n");
    check("x=abcabc; echo ${x/b/X} ${x//b/X} ${x//b}", bad, "aXcabc aXcaXc acac\n", "aXcabc aXcaXc acac\n");
    check("x=abca; echo ${x/#a/Y} ${x/%a/Z}", bad, "Ybca abcZ\n", "abca abca\n");
    check("x=aBc; echo ${x^^} ${x,,} ${x^}", bad, "ABC abc ABc\n", "sh: syntax error: bad substitution\n[2]\n");
    check("set -- a b c; echo ${@:2}", bad, "b c\n", "b c\n");
    check_all(
        "x=a.b.c; echo ${x%.*} ${x%%.*} ${x#*.} ${x##*.} ${#x} \"${y:-a \"b\" $x}\"",
        "a.b a b.c c 5 a b a.b.c\n",
    );
}

#[test]
fn numbers_are_calculated() {
    check_all(
        "x=5; echo $((x*2)) $((x>3)) $((x?1:2)) $((x+=2)) $x $((010)) $((0x10)) $((-7/2)) $((1<<4|1))",
        "10 1 1 7 7 8 16 -3 17\n",
    );
    check(
        "echo $((1/0)); echo no",
        "sh: 1: arithmetic expression: division by zero: \"1/0\"\n[2]\n",
        "bash: line 1: 1/0: division by 0 (error token is \"0\")\n[1]\n",
        "sh: divide by zero\n[2]\n",
    );
    check("echo $((2**3))", "sh: 1: arithmetic expression: expecting primary: \"2**3\"\n[2]\n", "8\n", "8\n");
    check_all("i=0; while [ $i -lt 3 ]; do i=$((i + 1)); done; echo $i $((0 && (i = 9))) $i", "3 0 3\n");
}

#[test]
fn functions_have_arguments_and_variables_of_their_own() {
    check_all("f() { echo \"$# $1\"; return 7; }; f \"a b\" c; echo $?", "2 a b\n7\n");
    check_all("x=1; f() { local x=2; echo $x; g; }; g() { echo $x; }; f; echo $x", "2\n2\n1\n");
    check_all("f() (cd /etc; pwd); f; pwd", "/etc\n/\n");
    check(
        "local x",
        "sh: 1: local: not in a function\n[2]\n",
        "bash: line 1: local: can only be used in a function\n[1]\n",
        "sh: local: line 0: not in a function\n[2]\n",
    );
}

#[test]
fn cases_and_shells_in_parentheses_run() {
    check_all("case abc in x|a*) echo a;; *) echo b;; esac; case z in a) ;; (z) echo z; esac", "a\nz\n");
    check_all("(x=1; exit 3); echo $? [$x]; (cd /etc && pwd) | wc -l", "3 []\n1\n");
    check("[[ abc == a* && ! -e /nope ]] && echo y", "sh: 1: [[: not found\n[127]\n", "y\n", "y\n");
    check(
        "for ((i = 0; i < 2; i++)); do echo $i; done",
        "sh: 1: Syntax error: Bad for loop variable\n[2]\n",
        "0\n1\n",
        "sh: syntax error: bad for loop variable\n[2]\n",
    );
    check("echo {a,b}{1..2} x{,y}", "{a,b}{1..2} x{,y}\n", "a1 a2 b1 b2 x xy\n", "{a,b}{1..2} x{,y}\n");
}

#[test]
fn faults_of_syntax_have_the_words_of_the_shell() {
    check(
        "echo a\necho b; done",
        "a\nsh: 2: Syntax error: \"done\" unexpected\n[2]\n",
        "a\nbash: -c: line 2: syntax error near unexpected token `done'\nbash: -c: line 2: `echo b; done'\n[2]\n",
        "a\nsh: syntax error: unexpected \"done\"\n[2]\n",
    );
    check(
        "if true; then",
        "sh: 1: Syntax error: end of file unexpected (expecting \"fi\")\n[2]\n",
        "bash: -c: line 2: syntax error: unexpected end of file\n[2]\n",
        "sh: syntax error: unexpected end of file (expecting \"fi\")\n[2]\n",
    );
    check(
        "echo \"a",
        "sh: 1: Syntax error: Unterminated quoted string\n[2]\n",
        "bash: -c: line 1: unexpected EOF while looking for matching `\"'\n[2]\n",
        "sh: syntax error: unterminated quoted string\n[2]\n",
    );
    check(
        "cat <<< x",
        "sh: 1: Syntax error: redirection unexpected\n[2]\n",
        "x\n",
        "sh: syntax error: unexpected redirection\n[2]\n",
    );
}

#[test]
fn faults_name_their_line() {
    check(
        "foo\ncd /nope\n/etc",
        "sh: 1: foo: not found\nsh: 2: cd: can't cd to /nope\nsh: 3: /etc: Permission denied\n[126]\n",
        "bash: line 1: foo: command not found\nbash: line 2: cd: /nope: No such file or directory\nbash: line 3: /etc: Is a directory\n[126]\n",
        "sh: foo: not found\nsh: cd: line 1: can't cd to /nope: No such file or directory\nsh: /etc: Permission denied\n[126]\n",
    );
    let world = World::new();
    world.run("docker pull -q shells");
    let typed = "x=1\nnope\nsh /s a\ncat > /s <<E\nnope\necho \\$0 \\$1\nE\nsh /s b\n";
    assert_eq!(
        world.type_into("docker run -i --rm shells sh", typed),
        "/s b\nsh: 2: nope: not found\nsh: 0: cannot open /s: No such file\n/s: 1: nope: not found\n"
    );
}

#[test]
fn traps_run_at_the_end_and_at_signals() {
    check_all("trap \"echo bye\" EXIT; (echo sub); exit 3", "sub\nbye\n[3]\n");
    check_all(
        "(trap \"echo in\" 0; echo a); trap \"echo got\" TERM; kill -TERM $$; trap - TERM; echo end",
        "a\nin\ngot\nend\n",
    );
    check("trap \"echo x\" INT; trap", "trap -- 'echo x' INT\n", "trap -- 'echo x' SIGINT\n", "trap -- 'echo x' INT\n");
    check(
        "trap x NOPE",
        "trap: NOPE: bad trap\n[1]\n",
        "bash: line 1: trap: NOPE: invalid signal specification\n[1]\n",
        "sh: trap: line 0: NOPE: invalid signal specification\n[1]\n",
    );
    check(
        "kill 99",
        "sh: 1: kill: No such process\n\n[1]\n",
        "bash: line 1: kill: (99) - No such process\n[1]\n",
        "sh: can't kill pid 99: No such process\n[1]\n",
    );
    check_all("echo a & wait; wait $!; echo $?", "a\n0\n");
}

#[test]
fn options_are_read_one_by_one() {
    check_all(
        "while getopts ab: o -a -b x -ab y z; do echo \"$o $OPTARG $OPTIND\"; done",
        "a  2\nb x 4\na  4\nb y 6\n",
    );
    check_all("while getopts :ab: o -c -b; do echo \"$o $OPTARG\"; done; echo $OPTIND", "? c\n: b\n3\n");
    check(
        "getopts a o -c; echo $o",
        "?\nIllegal option -c\n",
        "?\nbash: illegal option -- c\n",
        "?\nIllegal option -c\n",
    );
}

#[test]
fn names_are_told_what_they_are() {
    check(
        "f() { :; }; type f cd : if nope",
        "f is a shell function\ncd is a shell builtin\n: is a special shell builtin\nif is a shell keyword\nnope: not found\n[127]\n",
        "f is a function\ncd is a shell builtin\n: is a shell builtin\nif is a shell keyword\nbash: line 1: type: nope: not found\n[1]\n",
        "f is a function\ncd is a shell builtin\n: is a special shell builtin\nif is a shell keyword\nnope: not found\n[127]\n",
    );
    check("command -v cd ls", "cd\n", "cd\n/bin/ls\n", "cd\n");
    check("alias l=\"ls -d\"\nl /etc", "/etc\n", "bash: line 2: l: command not found\n[127]\n", "/etc\n");
    check(
        "readonly x=1; x=2; echo no",
        "sh: 1: x: is read only\n[2]\n",
        "bash: line 1: x: readonly variable\n[1]\n",
        "sh: x: is read only\n[2]\n",
    );
}

#[test]
fn a_shell_in_a_shell_knows_what_is_exported() {
    check_all("x=1; y=2; export y; z=3 sh -c \"echo \\$x-\\$y-\\$z; y=4\"; echo $y", "-2-3\n2\n");
    check_all(
        "cd /etc; env | grep PWD | sort; umask 077; umask; echo > /f; ls -l /f | grep -c rw-------",
        "OLDPWD=/\nPWD=/etc\n0077\n1\n",
    );
}

#[test]
fn numbers_and_words_are_formatted() {
    check_all(
        "printf \"%.2f|%e|%g|%05d|%-5s|%5s|%x|%X|%o|%c|%%|%b\\n\" 3.14159 1234.5 0.0001 42 ab cd 255 255 8 xyz \"a\\tb\"",
        "3.14|1.234500e+03|0.0001|00042|ab   |   cd|ff|FF|10|x|%|a\tb\n",
    );
    check_all(
        "printf \"%+d|% d|%#x|%*d|%.2s|%d\\n\" 5 5 255 4 7 abc 0x1f; printf \"%s-%s\\n\" a b c",
        "+5| 5|0xff|   7|ab|31\na-b\nc-\n",
    );
    check(
        "printf \"%d\\n\" 3x",
        "3\nsh: 1: printf: 3x: not completely converted\n[1]\n",
        "3\nbash: line 1: printf: 3x: invalid number\n[1]\n",
        "0\nsh: invalid number '3x'\n[1]\n",
    );
    check(
        "printf \"%q\" \"a b\"",
        "sh: 1: printf: %q: invalid directive\n[2]\n",
        "a\\ b",
        "sh: %q: invalid format\n[1]\n",
    );
}

#[test]
fn someone_who_types_stays_in_the_shell() {
    let world = World::new();
    world.run("docker pull -q shells");
    let typed = "echo ${x?no}; echo b\necho )\nset -u; echo $y\nexec nope\necho still\n";
    insta::assert_snapshot!(world.type_into("docker run -it --rm shells bash", typed), @"
    bash# echo ${x?no}; echo b
    bash: x: no
    bash# echo )
    bash: syntax error near unexpected token `)'
    bash# set -u; echo $y
    bash: y: unbound variable
    bash# exec nope
    bash: exec: nope: not found
    bash# echo still
    still
    bash#
    ");
    insta::assert_snapshot!(world.type_into("docker run -it --rm shells sh", typed), @r#"
    # echo ${x?no}; echo b
    sh: 1: x: no
    # echo )
    sh: 2: Syntax error: ")" unexpected
    # set -u; echo $y
    sh: 3: y: parameter not set
    # exec nope
    sh: 4: exec: nope: not found
    # echo still
    still
    #
    "#);
}
