//! What the small shell reads, and what its programs print.

use layerbook::docker::{Completer, Console, Typed};

use super::World;

#[track_caller]
fn check(line: &str, expected: &str) {
    assert_eq!(World::new().sh(line), expected, "{line}");
}

#[test]
fn pipes_and_connectors_run_as_in_a_shell() {
    check("cat /etc/passwd | grep me | wc -l", "1\n");
    check("cat /nope 2>/dev/null || echo no; echo yes && echo and", "no\nyes\nand\n");
    check("exit 3", "[3]\n");
    check("cat /nope; echo $?", "1\ncat: can't open \"/nope\": No such file or directory\n".replace('"', "'").as_str());
}

#[test]
fn words_are_expanded() {
    check("X=1; echo $X ${X}2 ${Y:-none} \"$X $A\"", "1 12 none 1 image\n");
    check("echo $(cat /srv/kept) $(echo a b)", "kept a b\n");
    check("cd /srv; echo *; echo \"*\" k*t n? [kl]*", "deep kept link new\n* kept n? kept link\n");
    check("cd /; echo */k*", "srv/kept\n");
    check("F=/a/b.c; echo ${F##*/} ${F%.*} ${#F}", "b.c /a/b 6\n");
    check("A=x env | grep ^A=; echo $A", "A=x\nimage\n");
}

#[test]
fn redirections_write_files() {
    check("echo one > /f; echo two >> /f; cat < /f; cat /none 2>> /f; wc -l /f", "one\ntwo\n3 /f\n");
    check("echo x > /no/where", "sh: can't create /no/where: nonexistent directory\n[1]\n");
    check("echo gone > /dev/null; cat /dev/null", "");
}

#[test]
fn places_are_changed_and_told() {
    check(
        "cd /srv/deep; pwd; cd ..; pwd; cd -; cd /nope",
        "/srv/deep\n/srv\n/srv/deep\nsh: cd: line 0: can\u{27}t cd to /nope: No such file or directory\n[2]\n",
    );
    check(
        "echo $HOME; id; whoami; which cat; command -v cd",
        "/root\nuid=0(root) gid=0(root) groups=0(root)\nroot\n/bin/cat\ncd\n",
    );
}

#[test]
fn a_command_is_there_only_if_the_image_has_its_program() {
    check("tail /etc/passwd", "sh: tail: not found\n[127]\n");
    check("bash", "sh: bash: not found\n[127]\n");
    check("rm /bin/cat; cat /etc/passwd", "sh: cat: not found\n[127]\n");
}

#[test]
fn what_cannot_run_says_what_it_is() {
    check(
        "/opt/real",
        "layerbook: `/opt/real` is a program in machine code for x86-64 Linux (ELF).\n\
         It does not run here: a workbook looks into containers and executes nothing.\n[126]\n",
    );
    check(
        "ln -s /bin/busybox /bin/vi; vi",
        "layerbook: `vi` is a program in machine code for x86-64 Linux (ELF).\n\
         It does not run here: a workbook looks into containers and executes nothing.\n[126]\n",
    );
    check("/opt/glibc", "sh: /opt/glibc: not found\n[127]\n");
}

#[test]
fn packages_are_listed_and_not_installed() {
    check("apk info", "musl\n");
    check(
        "apk add curl",
        "apk: a workbook has no network and runs no installer, so packages can be listed here and not installed or removed\n[1]\n",
    );
}

#[test]
fn files_are_listed_as_busybox_lists_them() {
    check("ls -l /srv", "total 8\ndrwxr-xr-x    2 root     root          4096 Jan  1  1970 deep\n-rw-r--r--    1 root     root             5 Nov 14  2023 kept\nlrwxrwxrwx    1 root     root             4 Nov 14  2023 link -> kept\n-rw-r--r--    1 root     root             4 Nov 14  2023 new\n".replace("total 8", "total 12").as_str());
    check("ls -a /root /srv/link", "/srv/link\n\n/root:\n.\n..\n");
    check(
        "find /srv -type f -name \"*e*\"; find /srv -maxdepth 1 -size +0 -type f",
        "/srv/deep/file\n/srv/kept\n/srv/new\n/srv/kept\n/srv/new\n",
    );
    check("stat -c \"%n %a %F\" /srv/link /root", "/srv/link 777 symbolic link\n/root 700 directory\n");
    check("grep -rn e /srv", "/srv/deep/file:1:deep\n/srv/kept:1:kept\n/srv/new:1:new\n");
}

#[test]
fn a_door_of_a_script_leads_to_its_arguments() {
    let world = World::new();
    assert_eq!(world.run("docker run --rm --entrypoint /opt/entry.sh box cat /srv/new"), "new\n");
    let told = world.run("docker run --rm --entrypoint /opt/entry.sh box");
    assert!(told.contains("`/opt/entry.sh` is a script for /bin/sh") && told.ends_with("[126]\n"), "{told}");
}

#[test]
fn lines_are_read_until_exit_and_a_terminal_shows_prompts() {
    let world = World::new();
    assert_eq!(
        world.type_into("docker run -i --rm box", "echo a\ncat /srv/new\nexit 7\necho never\n"),
        "a\nnew\n[7]\n"
    );
    let typed = world.type_into("docker run -it --rm box", "cd /srv\nls\nhistory\n");
    assert_eq!(
        typed,
        "/ # cd /srv\n/srv # ls\ndeep  kept  link  new\n/srv # history\n   0 cd /srv\n   1 ls\n   2 history\n/srv # \n"
    );
}

#[test]
fn what_is_typed_on_a_terminal_stands_in_a_file_that_diff_shows() {
    let world = World::new();
    world.type_into("docker run -it --name typed box", "echo a\necho a\n\nls\nexit\n");
    world.type_into("docker run -i --name passed box", "echo a\nexit\n");
    world.run("docker run -t --name said box sh -c 'echo a'");
    let cat = "docker start typed && docker exec typed sh -c 'cat $HOME/.ash_history'";
    insta::assert_snapshot!(world.run(&format!("docker diff typed; docker diff passed; docker diff said; {cat}")), @"
    C /root
    A /root/.ash_history
    typed
    echo a
    ls
    exit
    ");
}

#[test]
fn loops_and_conditions_run() {
    check("for f in a b; do echo $f; done | wc -l; echo $?", "2\n0\n");
    check("for f in a b; do for g in 1 2; do echo $f$g; done; done", "a1\na2\nb1\nb2\n");
    check("if test -f /etc/none; then echo yes; elif test -d /etc; then echo folder; else echo no; fi", "folder\n");
    check("until test -f /y; do echo x > /y; echo made; done; for f in /y; do cat $f; done > /z; cat /z", "made\nx\n");
    check("for f in a; do echo $f; done < /none | wc -l", "0\nsh: can't open /none: no such file\n");
    check("false || if true; then echo then; fi && echo and", "then\nand\n");
    check("cat /etc/passwd | while read -r l; do echo $l; X=1; done | wc -l; echo [$X]", "2\n[]\n");
    check("for i in 1 2 3; do if test $i = 2; then continue; fi; echo $i; done; break; echo out", "1\n3\nout\n");
    check("for i in 1 2; do for j in a b; do echo $i$j; break 2; done; done; while true; do break; done", "1a\n");
    check("for i in 1 2; do for j in a b; do echo $i$j; continue 2; done; done", "1a\n2a\n");
    check("echo a:b | { IFS=: read x y; echo $y; }; { echo c; echo d; } > /t; cat /t; echo {}", "b\nc\nd\n{}\n");
    check("if ! test -e /none; then echo no; fi; ! true; echo $?; ! false | true; echo $?", "no\n1\n1\n");
    check("echo a | read x; echo \"[$x]\"; true | exit 3; echo $?; cd / | cd /srv; pwd", "[]\n3\n/\n");
    check("for i in b a; do echo $i; done | while read l; do echo \"<$l>\"; done | sort; echo [$l]", "<a>\n<b>\n[]\n");
    check("for f in a b", "sh: syntax error: unexpected end of file (expecting \"do\")\n[2]\n");
    check("echo a; done", "sh: syntax error: unexpected \"done\"\n[2]\n");
    check(
        "while true; do true; done",
        "sh: stopped after 10000 rounds: nothing in a workbook changes by itself\n[1]\n",
    );
}

#[test]
fn what_has_not_ended_goes_on_in_the_next_line() {
    let world = World::new();
    let typed = "for f in a b\ndo\necho $f\ndone\nX=1\ncat <<E | wc -l\none $X\n\nE\ncat <<'E' > /t\n$X\nE\ncat /t\n";
    assert_eq!(world.type_into("docker run --rm -i box sh", typed), "a\nb\n2\n$X\n");
    let typed = "echo \"a\n  b\" c > /q\ncat /q\necho 'it'\\''s'\n";
    assert_eq!(world.type_into("docker run --rm -i box sh", typed), "a\n  b c\nit's\n");
    assert_eq!(
        world.type_into("docker run --rm -i box sh", "echo 'a\nb\n"),
        "sh: syntax error: unterminated quoted string\n[2]\n"
    );
    let unended = world.type_into("docker run --rm -i box sh", "for f in a\ndo echo $f\n");
    assert_eq!(unended, "sh: syntax error: unexpected end of file (expecting \"done\")\n[2]\n");
}

#[test]
fn commas_and_quotes_stand_as_they_were_typed() {
    check("echo a , b; echo ,; echo ',' \",\" \\,; echo a, b,c ,d", "a , b\n,\n, , ,\na, b,c ,d\n");
    check("echo {a,b} {a, b} ,,; X=1,2; echo $X \"$X ,\"", "{a,b} {a, b} ,,\n1,2 1,2 ,\n");
    let typed = "echo \"x\"y'z' '' \"\" 'it'\"'\"'s' \"a \\\"q\\\"\" \"don't\"\n";
    assert_eq!(World::new().type_into("docker run --rm -i box sh", typed), "xyz   it's a \"q\" don't\n");
}

#[test]
fn words_are_split_at_the_characters_of_ifs() {
    check("IFS=,; x=a,b; for i in $x; do echo $i; done", "a\nb\n");
    check("IFS=:; x=:a::b:; for i in $x \"$x\"; do echo \"[$i]\"; done", "[]\n[a]\n[]\n[b]\n[:a::b:]\n");
    check("IFS=\" :\"; x=\" a : b  c \"; for i in p$x; do echo \"[$i]\"; done", "[p]\n[a]\n[b]\n[c]\n");
    check("IFS=; x=\"a b\"; for i in $x; do echo \"[$i]\"; done", "[a b]\n");
    check("O=$IFS; IFS=,; IFS=$O; x=\"a b,c\"; for i in $x; do echo \"[$i]\"; done", "[a]\n[b,c]\n");
    check("IFS=,; unset IFS; x=\" a  b \"; for i in $x; do echo \"[$i]\"; done", "[a]\n[b]\n");
    check("IFS=,; for i in $(echo a,b c) x,y; do echo \"[$i]\"; done", "[a]\n[b c]\n[x,y]\n");
}

#[test]
fn escapes_become_characters() {
    check(r#"printf "\101\x42\0103\n" ; printf "%b" "\0104\n"; echo -e "\0105\x46" "\107""#, "AB\u{8}3\nD\nEF G\n");
}

#[test]
fn arguments_are_joined_by_the_first_character_of_ifs() {
    check("set -- a \"b c\" d; IFS=,:; echo \"$*\"; echo $*; x=$*; echo \"$x\"", "a,b c,d\na b c d\na,b c,d\n");
    check("set -- a b; unset IFS; echo \"$*\"; IFS=; echo \"$*\"; echo \"$@\"", "a b\nab\na b\n");
    check("set -u -- a b c; shift; echo $1 $#; shift 2; echo $#; shift; echo $?", "b 2\n0\n1\n");
    check("for i in \"$@\"; do echo $i; done; set x y; for i in \"$@\"; do echo $i; done", "x\ny\n");
}

#[test]
fn lines_are_read_into_variables() {
    check("echo a:b:c > /f; IFS=: read a b < /f; echo \"$a $b\"; echo \"[$IFS]\" | wc -l", "a b:c\n2\n");
    check("cat /etc/passwd | while IFS=: read name x id rest; do echo $name $id; done", "root 0\nme 1000\n");
    check("while read -r line; do echo \"<$line>\"; cat /srv/new; done < /srv/kept", "<kept>\nnew\n");
    check("echo one > /f; echo two >> /f; while read a; do read b; echo $a$b; done < /f", "onetwo\n");
    check("read x; echo $?; echo \" a b \" > /f; read < /f; echo \"[$REPLY]\"", "1\n[ a b ]\n");
}

#[test]
fn a_variable_before_a_command_is_there_for_it_alone() {
    check("A=1; A=2 cd /srv; echo $A; B=1 read C < /srv/new; echo \"[$B]\" $C; pwd", "1\n[] new\n/srv\n");
}

#[test]
fn a_line_goes_on_behind_a_backslash_a_connector_or_in_quotes() {
    let world = World::new();
    let typed = "echo a \\\n b\necho c &&\n\necho d |\nwc -l\necho 'e\\\n\nf'\necho $(echo g\n)\n# no \\\necho h\\\\\n";
    assert_eq!(world.type_into("docker run --rm -i box sh", typed), "a b\nc\n1\ne\\\n\nf\ng\nh\\\n");
}

#[test]
fn bash_keeps_what_was_typed_when_it_ends_and_begins_with_it() {
    let world = World::new();
    world.run(
        "docker run -d --name keeps box sleep 9; docker exec keeps sh -c 'cp /srv/kept /bin/bash; chmod +x /bin/bash'",
    );
    let bash = "docker exec -it keeps bash";
    world.type_into(bash, "echo a\necho a\nfor i in b\ndo\necho $i\ndone\n\nexit\n");
    insta::assert_snapshot!(world.type_into(bash, "history\n"), @"
    bash# history
        1  echo a
        2  echo a
        3  for i in b; do echo $i; done
        4  exit
        5  history
    bash#
    ");
    insta::assert_snapshot!(world.run("docker diff keeps; docker exec keeps cat /root/.bash_history"), @"
    C /bin
    A /bin/bash
    C /root
    A /root/.bash_history
    echo a
    echo a
    for i in b; do echo $i; done
    exit
    history
    ");
}

#[test]
fn busybox_begins_with_what_was_typed_before() {
    let world = World::new();
    world.type_into("docker run -it --name typed box", "echo a\nexit\n");
    insta::assert_snapshot!(world.type_into("docker start -ai typed", "history\nhistory\n"), @"
    / # history
       0 echo a
       1 exit
       2 history
    / # history
       0 echo a
       1 exit
       2 history
    / #
    ");
}

/// Someone who types these lines, and notes what could be had again each time.
struct Typist {
    lines: std::vec::IntoIter<Typed>,
    seen: Vec<String>,
}

impl Console for Typist {
    fn line(&mut self, prompt: &str, _: Completer, before: &[String]) -> std::io::Result<Typed> {
        self.seen.push(format!("{prompt}{}", before.join(";")));
        Ok(self.lines.next().unwrap_or(Typed::Ended))
    }
}

#[test]
fn ctrl_c_voids_what_has_not_ended() {
    let world = World::new();
    let line = |text: &str| Typed::Line(text.to_owned());
    let lines = vec![line("cat <<E"), line("x"), Typed::Interrupted, line("echo $?")];
    let mut typist = Typist { lines: lines.into_iter(), seen: Vec::new() };
    let told = world.with("docker run --rm -it box", "", Some(&mut typist));
    assert_eq!(told, "130\n");
    assert_eq!(typist.seen, ["/ # ", "> cat <<E", "> cat <<E;x", "/ # cat <<E;x", "/ # cat <<E;x;echo $?"]);
}

#[test]
fn programs_of_a_shell_read_the_lines_behind_theirs() {
    let world = World::new();
    let typed = "echo first; read a b; echo \"$b $a\"\none two\nread x || echo none\n";
    assert_eq!(world.type_into("docker run --rm -i box sh", typed), "first\ntwo one\nnone\n");
    let loops = "for i in 1 2; do echo ask $i; read x; echo got $x; done; echo out\na\nb\n";
    assert_eq!(world.type_into("docker run --rm -i box sh", loops), "ask 1\ngot a\nask 2\ngot b\nout\n");
    let whole = "cat > /f; wc -l /f\nx\ny\n";
    assert_eq!(world.type_into("docker run --rm -i box sh", whole), "2 /f\n");
    assert_eq!(world.type_into("docker run --rm -i box sh", "cat | sort\nb\na\n"), "a\nb\n");
    assert_eq!(
        world.type_into("docker run --rm -i box sh", "while read l; do echo $l; done; pwd\nb\na\n"),
        "b\na\n/\n"
    );
}

#[test]
fn what_a_program_reads_is_typed_without_a_prompt_until_ctrl_d() {
    let world = World::new();
    let line = |text: &str| Typed::Line(text.to_owned());
    let lines = vec![
        line("read -p \"Name? \" n; echo hi $n"),
        line("Ada"),
        line("cat"),
        line("one"),
        Typed::Ended,
        line("mkdir /d; cat > /d/f"),
        line("x"),
        Typed::Interrupted,
        line("cat /d/f; echo $?; cat /d/f | wc -l"),
    ];
    let mut typist = Typist { lines: lines.into_iter(), seen: Vec::new() };
    let told = world.with("docker run --rm -it box", "", Some(&mut typist));
    assert_eq!(told, "Name? hi Ada\none\nx\n0\n1\n");
    let prompts: Vec<&str> = typist.seen.iter().map(|seen| if seen.starts_with("/ # ") { "#" } else { "" }).collect();
    assert_eq!(prompts, ["#", "", "#", "", "", "#", "", "", "#", "#"]);
}

#[test]
fn a_here_document_belongs_to_its_own_line() {
    let world = World::new();
    let script = |text: &str| world.type_into("docker run -i --rm box sh", text);
    assert_eq!(script("echo a\ncat <<E\ntwo\nE\necho b\ncat <<F | wc -l\n1\n2\nF\necho c\n"), "a\ntwo\nb\n2\nc\n");
    assert_eq!(script("echo 'x\n<<E'\necho y\n"), "x\n<<E\ny\n");
    assert_eq!(script("while read x; do echo got $x; done <<E\n1\n2\nE\necho end\n"), "got 1\ngot 2\nend\n");
    let inside = script("if true; then\ncat <<E\nrm /srv/kept\nE\nfi\nls /srv/kept\n");
    assert_eq!(inside, "rm /srv/kept\n/srv/kept\n");
    assert_eq!(script("for i in 1 2; do\ncat <<E\n$i $((i * 2)) $(echo \"$i\")\nE\ndone\n"), "1 2 1\n2 4 2\n");
    assert_eq!(script("f() {\ncat <<-E\n\tin $1\n\tE\n}\nf a\nf b\n"), "in a\nin b\n");
    assert_eq!(script("echo [$(cat <<E\nsub\nE\n)]\ncat <<A; cat <<B\n1\nA\n2\nB\n"), "[sub]\n1\n2\n");
    assert_eq!(script("case a in a)\ncat <<'E'\n$x $(no) \\n\nE\n;; esac\n"), "$x $(no) \\n\n");
}

#[test]
fn with_set_e_a_failed_command_ends_its_shell() {
    let world = World::new();
    let run = |line: &str| world.run(&format!("docker run --rm box {line}"));
    assert_eq!(run("sh -c 'set -e; false; echo no'"), "[1]\n");
    assert_eq!(run("sh -ec 'echo a; ls /nosuch >/dev/null 2>&1; echo no'"), "a\n[1]\n");
    assert_eq!(run("sh -ec 'false || echo b; if false; then echo no; fi; ! true; false && true; echo c'"), "b\nc\n");
    assert_eq!(run("sh -c 'set -euo pipefail; set +e; false; echo d'"), "d\n");
    assert_eq!(run("sh -c 'sh -ec \"false; echo no\"; false; echo e'"), "e\n");
}

#[test]
fn a_program_that_is_no_shell_reads_what_is_typed_too() {
    let world = World::new();
    let check = |command: &str, lines: Vec<Typed>, expected: &str| {
        let mut typist = Typist { lines: lines.into_iter(), seen: Vec::new() };
        assert_eq!(world.with(command, "", Some(&mut typist)), expected, "{command}");
        assert!(typist.seen.iter().all(|seen| !seen.contains('#')), "there is no prompt");
    };
    let line = |text: &str| Typed::Line(text.to_owned());
    check("docker run --rm -it box cat", vec![line("a"), line("b"), Typed::Ended], "a\nb\n");
    check("docker run --rm -it box wc -l", vec![line("a"), line("b"), Typed::Ended], "2\n");
    check("docker run --rm -it box cat", vec![line("a"), Typed::Interrupted], "a\n[130]\n");
    check("docker run --rm -it box sh -c 'read x; echo got $x; exit 3'", vec![line("it")], "got it\n[3]\n");
    world.run("docker run -d --name on box sleep 1d");
    check("docker exec -it on cat", vec![line("x"), Typed::Ended], "x\n");
    check("docker exec -it on cat /srv/new", vec![], "new\n");
}
