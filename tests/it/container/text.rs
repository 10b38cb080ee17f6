//! Programs that change text and files: `sed`, `awk`, `tr`, `find` and `xargs`.

use super::World;

/// Checks what lines print, each in a new container with dash.
#[track_caller]
fn check(lines: &[(&str, &str)]) {
    let world = World::new();
    world.run("docker pull -q shells");
    for (line, expected) in lines {
        let quoted = line.replace('\'', "'\\''");
        assert_eq!(world.run(&format!("docker run --rm shells sh -c '{quoted}'")), *expected, "{line}");
    }
}

#[test]
fn sed_edits_lines() {
    check(&[
        ("sed -n '2p;$=' /srv/list", "daemon:1:/usr/sbin\n4\n"),
        ("sed 's|/|_|2;s/o/0/g' /srv/list | head -n 2", "r00t:0:/r00t\ndaem0n:1:/usr_sbin\n"),
        ("sed -n 's/^\\(r\\)\\([a-z]*\\).*/\\2-\\1-&/p' /srv/list", "oot-r-root:0:/root\n"),
        ("sed -E 's/([a-z]+):.*/\\U\\1/;3q' /srv/list", "ROOT\nDAEMON\nSYS\n"),
        ("sed '/daemon/,/nobody/d' /srv/list; sed '1!d' /srv/list", "root:0:/root\nroot:0:/root\n"),
        ("printf '1\\n2\\n3\\n4\\n' | sed '0~2d;1a after'", "1\nafter\n3\n"),
        ("printf 'a\\nb\\nc\\n' | sed ':a;N;$!ba;s/\\n/,/g'", "a,b,c\n"),
        ("printf 'a\\nb\\nc\\n' | sed -n '1!G;h;$p'", "c\nb\na\n"),
        ("printf 'a\\nb\\n' | sed '1i before\n2c changed'", "before\na\nchanged\n"),
        ("sed -i.bak 's/a/b/' /srv/deep/note.txt; cat /srv/deep/note.txt /srv/deep/note.txt.bak", "b note\na note\n"),
        ("echo abc | sed 'y/abc/xyz/;s/y/[&]/'; printf end | sed s/n/N/", "x[y]z\neNd"),
        ("sed 's/a' /srv/list", "sed: -e expression #1, char 3: unterminated `s' command\n[1]\n"),
        ("sed k /srv/list", "sed: -e expression #1, char 1: unknown command: `k'\n[1]\n"),
        ("sed p /nope", "sed: can't read /nope: No such file or directory\n[2]\n"),
    ]);
}

#[test]
fn awk_reads_fields() {
    check(&[
        ("awk -F: '{print NR \": \" $1, $NF}' /srv/list | head -n 1", "1: root /root\n"),
        ("awk -F: '$2 > 1 && $1 !~ /^no/ {print $1; n++} END {print n, NR}' /srv/list", "sys\n1 4\n"),
        ("awk -F: '{s += $2; c[$2 > 2]++} END {print s, c[0], c[1]}' /srv/list", "65538 2 2\n"),
        ("awk 'BEGIN {FS=\":\"; OFS=\"-\"} NR==2 {$2 = \"x\"; print; exit}' /srv/list", "daemon-x-/usr/sbin\n"),
        ("awk 'BEGIN {printf \"%-5s|%05.1f|%d|%c\\n\", \"ab\", 3.14159, 7.9, 65}'", "ab   |003.1|7|A\n"),
        ("awk 'BEGIN {for (i = 1; i < 6; i++) {if (i == 2) continue; if (i > 3) break; print i}}'", "1\n3\n"),
        ("awk 'BEGIN {n = split(\"a:b:c\", p, \":\"); print n, p[3], length(p), (4 in p)}'", "3 c 3 0\n"),
        ("echo foo | awk '{gsub(/o/, \"[&]\"); print; print substr($0, 2, 3), toupper(\"x\")}'", "f[o][o]\n[o] X\n"),
        (
            "awk 'function f(x) {return x * 2} BEGIN {print f(4), 2^10, 7 % 4, 1/3, 100000 * 100000}'",
            "8 1024 3 0.333333 1e+10\n",
        ),
        ("awk 'BEGIN {print 1==1.0, \"a\"<\"b\", 2<10, \"2\"<\"10\"}'", "1 1 1 0\n"),
        (
            "awk '/daemon/,/sys/' /srv/list; awk 'NR%2 {n++} END {print n}' /srv/list",
            "daemon:1:/usr/sbin\nsys:3:/dev\n2\n",
        ),
        (
            "awk 'BEGIN {while ((\"ls /srv\" | getline f) > 0) print \"<\" f \">\"; print \"b\" | \"sort\"; print \"a\" | \"sort\"}'",
            "<deep>\n<list>\na\nb\n",
        ),
        ("awk -v x=5 '{print x, $2 > \"/o\"}' FS=: /srv/list; head -n 1 /o", "5 0\n"),
        ("awk '{print' /srv/list", "awk: line 2: missing } near end of file\n[2]\n"),
        ("awk 1 /nope", "awk: cannot open /nope (No such file or directory)\n[2]\n"),
        ("awk 'BEGIN {while (1) i++}'", "awk: stopped: nothing in a workbook changes by itself\n[2]\n"),
    ]);
}

#[test]
fn letters_are_changed() {
    check(&[
        ("echo hello | tr a-y b-z; echo hello | tr '[:lower:]' '[:upper:]'", "ifmmp\nHELLO\n"),
        ("echo 'a  b' | tr -s ' '; echo a1b2 | tr -cd '0-9\\n'; echo a:b | tr : '\\t'", "a b\n12\na\tb\n"),
        (
            "tr a",
            "tr: missing operand after 'a'\nTwo strings must be given when translating.\nTry 'tr --help' for more information.\n[1]\n",
        ),
        ("printf 'ab\\n\\ncd\\n' | tac | rev; printf 'a\\n\\nb\\n' | nl", "dc\n\nba\n     1\ta\n       \n     2\tb\n"),
    ]);
}

#[test]
fn words_are_calculated_and_counted() {
    check(&[
        ("expr 1 + 2 \\* 3; expr abc : 'a\\(.\\)c'; expr length abc; expr 5 '>' 3", "7\nb\n3\n1\n"),
        ("expr 1 / 0", "expr: division by zero\n[2]\n"),
        ("expr 1 + a", "expr: non-integer argument\n[2]\n"),
        ("seq -s, 3; seq -w 8 10; seq 0.5 0.5 1.5; seq 3 -2 1", "1,2,3\n08\n09\n10\n0.5\n1.0\n1.5\n3\n1\n"),
        ("seq a", "seq: invalid floating point argument: 'a'\nTry 'seq --help' for more information.\n[1]\n"),
        (
            "getent passwd root 0; getent group nope; echo $?",
            "root:x:0:0:root:/root:/bin/bash\nroot:x:0:0:root:/root:/bin/bash\n2\n",
        ),
        ("printf 'a\\tb\\n\\n\\nc\\n' > /f; cat -A /f; cat -sb /f", "a^Ib$\n$\n$\nc$\n     1\ta\tb\n\n     2\tc\n"),
        (
            "printf 'abcd\\n' > /f; read x < /f; bash -c 'read -n 3 y < /f; echo $y'; read -n 1 z",
            "abc\nsh: 1: read: Illegal option -n\n[2]\n",
        ),
    ]);
}

#[test]
fn packages_are_asked_for() {
    check(&[
        (
            "dpkg -l | grep -v coreutils | tail -n 2",
            "ii  bash           5.2.15-2     amd64        GNU Bourne Again SHell\nii  libc6:amd64    2.36-9       amd64        GNU C Library\n",
        ),
        (
            "dpkg-query -W bash libc6; dpkg-query -W -f='${Package;-6}|${Section}\\n' bash",
            "bash\t5.2.15-2\nlibc6:amd64\t2.36-9\nbash  |shells\n",
        ),
        ("dpkg -S /lib/libc.so bin/ba; dpkg -L libc6", "libc6:amd64: /lib/libc.so\nbash: /bin/bash\n/lib/libc.so\n"),
        ("dpkg -S /nope", "dpkg-query: no path found matching pattern /nope\n[1]\n"),
        (
            "apt-cache policy bash | head -n 3; bash --version",
            "bash:\n  Installed: 5.2.15-2\n  Candidate: 5.2.15-2\nGNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\n",
        ),
    ]);
}

#[test]
fn texts_are_compared() {
    check(&[
        (
            "printf 'a\\nb\\nc\\n' > /1; printf 'a\\nx\\nc\\nd\\n' > /2; diff /1 /2; diff -q /1 /2",
            "2c2\n< b\n---\n> x\n3a4\n> d\nFiles /1 and /2 differ\n[1]\n",
        ),
        (
            "printf 'a\\nb\\n' > /1; printf 'a\\n' > /2; diff -u /1 /2 | tail -n +3; diff -s /1 /1",
            "@@ -1,2 +1 @@\n a\n-b\nFiles /1 and /1 are identical\n",
        ),
        ("diff /srv/list /nope", "diff: /nope: No such file or directory\n[2]\n"),
        (
            "bash --version; ls --version",
            "GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\nls (GNU coreutils) 9.1\n",
        ),
    ]);
}

#[test]
fn programs_run_programs() {
    check(&[
        ("echo a b c | xargs -n 2 echo x; printf 'a b\\nc\\n' | xargs -I {} echo '<{}>'", "x a b\nx c\n<a b>\n<c>\n"),
        ("find /srv -type f | sort | xargs wc -l", " 1 /srv/deep/note.txt\n 4 /srv/list\n 5 total\n"),
        ("find /srv -name '*.txt' -exec cat {} \\; -print", "a note\n/srv/deep/note.txt\n"),
        ("find /srv \\( -name list -o -name '*.txt' \\) -exec ls {} +", "/srv/deep/note.txt\n/srv/list\n"),
        ("find / -path /srv/deep -prune -o -path '/srv/*' -print", "/srv/list\n"),
        (
            "find /srv -printf '%f %s %m %y\\n' -name deep -delete; ls /srv",
            "list 62 644 f\nnote.txt 7 600 f\ndeep 4096 755 d\nsrv 4096 755 d\ndeep\nlist\nfind: cannot delete '/srv/deep': Directory not empty\n",
        ),
        ("find /srv -type f -delete; ls -R /srv", "/srv:\ndeep\n\n/srv/deep:\n"),
        (
            "echo x | xargs nope; env A=1 sh -c 'echo $A'; env nope; timeout 5 echo t",
            "1\nt\nxargs: nope: No such file or directory\nenv: 'nope': No such file or directory\n",
        ),
        (
            "id root; id -Gn; ls -d /s*/ /etc/*/; LANG=C.UTF-8 mkdir /etc; mkdir /etc",
            "uid=0(root) gid=0(root) groups=0(root),50(staff)\nroot staff\n/srv/\n/sys/\nls: cannot access '/etc/*/': No such file or directory\nmkdir: cannot create directory ‘/etc’: File exists\nmkdir: cannot create directory '/etc': File exists\n[1]\n",
        ),
    ]);
}
