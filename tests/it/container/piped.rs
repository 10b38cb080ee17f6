//! `docker cp` with `-`: a tar goes out, a tar comes in.

use tar::{Builder, EntryType, Header};

use super::World;

/// Makes a tar that is text: of types, names, and content or target.
fn tar(members: &[(EntryType, &str, &str)]) -> String {
    let mut tar = Builder::new(Vec::new());
    for (kind, name, text) in members {
        let mut header = Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(0o4750);
        header.set_uid(1000);
        header.set_mtime(86_400);
        // Names are to stand there as they are.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        let is_file = *kind == EntryType::Regular;
        if !is_file {
            header.as_old_mut().linkname[..text.len()].copy_from_slice(text.as_bytes());
        }
        let body = if is_file { *text } else { "" };
        header.set_size(body.len() as u64);
        header.set_cksum();
        tar.append(&header, body.as_bytes()).unwrap();
    }
    String::from_utf8(tar.into_inner().unwrap()).unwrap()
}

fn names(tar: &str) -> Vec<String> {
    let mut archive = tar::Archive::new(tar.as_bytes());
    let entries = archive.entries().unwrap().map(Result::unwrap);
    entries.map(|entry| entry.path().unwrap().display().to_string()).collect()
}

#[test]
fn what_went_out_as_a_tar_comes_in_again() {
    let world = World::new();
    world.run("docker create --name cc box");
    let out = world.run("docker cp cc:/srv -");
    assert_eq!(names(&out), ["srv/", "srv/deep/", "srv/deep/file", "srv/kept", "srv/link", "srv/new"]);
    assert_eq!(names(&world.run("docker cp cc:/srv/deep/file -")), ["file"]);
    assert_eq!(world.type_into("docker cp - cc:/opt", &out), "");
    insta::assert_snapshot!(world.run("docker diff cc"), @"
    C /opt
    A /opt/srv
    A /opt/srv/deep
    A /opt/srv/deep/file
    A /opt/srv/kept
    A /opt/srv/link
    A /opt/srv/new
    ");
}

#[test]
fn a_tar_keeps_rights_and_times_and_belongs_to_root() {
    let world = World::new();
    world.run("docker create --name cc box");
    let members = [
        (EntryType::Regular, "a/b/file", "text\n"),
        (EntryType::Link, "same", "a/b/file"),
        (EntryType::Symlink, "short", "a/b"),
        (EntryType::Regular, "short/through", "x"),
        (EntryType::Fifo, "pipe", ""),
        (EntryType::Directory, "./", ""),
    ];
    assert_eq!(world.type_into("docker cp - cc:/home", &tar(&members)), "");
    world.run("docker commit cc made");
    insta::assert_snapshot!(world.run("docker run --rm made ls -ln /home /home/a/b"), @"
    /home:
    total 12
    drwxr-xr-x    3 0        0             4096 Nov 23 12:00 a
    drwxr-xr-x    2 0        0             4096 Nov 14  2023 me
    prwxr-x---    1 0        0                0 Jan  2  1970 pipe
    -rwxr-x---    1 0        0                5 Jan  2  1970 same
    lrwxrwxrwx    1 0        0                3 Jan  2  1970 short -> a/b

    /home/a/b:
    total 8
    -rwxr-x---    1 0        0                5 Jan  2  1970 file
    -rwxr-x---    1 0        0                1 Jan  2  1970 through
    ");
}

#[track_caller]
fn check(members: &[(EntryType, &str, &str)], expected: &str) {
    check_input(&tar(members), "cc:/srv", expected);
}

#[track_caller]
fn check_input(input: &str, to: &str, expected: &str) {
    let world = World::new();
    world.run("docker create --name cc box");
    assert_eq!(world.type_into(&format!("docker cp - {to}"), input), expected);
    assert_eq!(world.run("docker diff cc"), "");
}

#[test]
fn nothing_leads_out_of_the_directory_and_then_nothing_comes_in() {
    let good = (EntryType::Regular, "good", "x");
    let refused =
        |reason: &str| format!("Error response from daemon: Error processing tar file(exit status 1): {reason}\n[1]\n");
    for (kind, name, target, reason) in [
        (EntryType::Regular, "../evil", "x", r#""../evil" is outside of "/srv""#),
        (EntryType::Regular, "a/../../evil", "x", r#""../evil" is outside of "/srv""#),
        (EntryType::Symlink, "out", "../../etc", r#"invalid symlink "/srv/out" -> "../../etc""#),
        (EntryType::Link, "out", "../etc/passwd", r#"invalid hardlink "/etc/passwd" -> "/srv/out""#),
        (EntryType::Link, "out", "nope", "link /srv/nope /srv/out: No such file or directory"),
        (EntryType::Regular, "deep", "x", r#"cannot overwrite directory "/srv/deep" with non-directory "/srv""#),
        (EntryType::Directory, "new", "", r#"cannot overwrite non-directory "/srv/new" with directory "/srv""#),
        (EntryType::Regular, "new/below", "x", "mkdir /srv/new: Not a directory"),
    ] {
        check(&[good, (kind, name, target)], &refused(reason));
    }
    check_input("garbage", "cc:/srv", &refused("unexpected EOF"));
    let whole = tar(&[good]);
    check_input(&whole[..512], "cc:/srv", &refused("unexpected EOF"));
}

#[test]
fn a_tar_comes_into_a_directory_alone() {
    let good = tar(&[(EntryType::Regular, "good", "x")]);
    check_input(&good, "cc:/nope", "destination \"cc:/nope\" must be a directory\n[1]\n");
    check_input(&good, "cc:/srv/new", "destination \"cc:/srv/new\" must be a directory\n[1]\n");
    check_input(&good, "cc:", "destination \"cc:\" must be a directory\n[1]\n");
    check_input(&good, "nobody:/srv", "destination \"nobody:/srv\" must be a directory\n[1]\n");
    check_input("", "cc:/srv", "");
}
