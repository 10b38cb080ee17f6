//! One layer alone: names, links, whiteouts, odd headers.

use layerbook::rootfs::{Kind, Limits, scan};

use super::tarball::{Header, Tarball};
use super::{check, refuse, tree};

fn tar() -> Tarball {
    Tarball::new()
}

#[track_caller]
fn refuse_tar(tar: &Tarball, expected: &str) {
    refuse(&tar.bytes(), expected);
}

#[test]
fn names_are_cleaned() {
    check(&tar().dir("./").dir("./a/").file("./a/../e", "x").file("/abs", "y"), &["d a", "f abs 1", "f e 1"]);
    for root in [".", "./", "/", "x/.."] {
        check(&tar().symlink(root, "/etc").file("a", ""), &["f a 0"]);
    }
}

#[test]
fn names_that_leave_the_root_are_refused() {
    refuse_tar(&tar().file("../evil", "x"), r#"invalid entry name "../evil""#);
    refuse_tar(&tar().file("a/../../evil", "x"), r#"invalid entry name "../evil""#);
    refuse_tar(&tar().symlink("s", "../../tmp").file("s/evil", "x"), "statat s: path escapes from parent");
}

#[test]
fn symbolic_links_of_the_same_layer_are_followed_inside_the_root() {
    check(&tar().symlink("s", "/etc").file("s/evil", "x"), &["d? etc", "f etc/evil 1", "l s -> /etc"]);
    check(&tar().dir("a").symlink("a/s", "../b").file("a/s/x", ""), &["d a", "l a/s -> ../b", "d? b", "f b/x 0"]);
    refuse_tar(&tar().symlink("s", ""), "symlinkat  s: no such file or directory");
    refuse_tar(&tar().symlink("s", "s").file("s/x", ""), "statat s: too many levels of symbolic links");
}

#[test]
fn below_a_file_there_is_nothing() {
    refuse_tar(&tar().file("f", "").file("f/x", ""), "openat f/x: not a directory");
}

#[test]
fn what_comes_later_replaces_what_was_there() {
    check(&tar().file("a/b", "x").file("a", "y"), &["f a 1"]);
    check(&tar().file("a/b", "x").file("a", "y").dir("/a"), &["d a"]);
    check(&tar().file("a/b", "x").dir("a"), &["d a", "f a/b 1"]);
    check(&tar().file("f", "x").file("/f", "yy"), &["f f 2"]);
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let sentence = "duplicates of file paths not supported";
    refuse_tar(&tar().file("f", "1").file("f", "2"), sentence);
    refuse_tar(&tar().dir("f").file("f", "2"), sentence);
    refuse_tar(&tar().dir("./").dir("."), sentence);
    let global = || Header { kind: b'g', ..Header::default() };
    refuse_tar(&tar().with(&global(), "f", "").file("f", ""), sentence);
    let whiteouts = tar().file(".wh.x", "").file(".wh.x", "");
    refuse_tar(&whiteouts, "failed to mknod('x', S_IFCHR, 0): file exists");
}

#[test]
fn a_folder_and_a_link_of_one_name_are_refused_in_either_order() {
    let sentence = "duplicates of file paths not supported";
    let owned = Header { kind: b'5', mode: 0o777, ..Header::default() };
    refuse_tar(&tar().dir("d").symlink("d", "/etc").with(&owned, "d/", ""), sentence);
    refuse_tar(&tar().symlink("d", "/etc").with(&owned, "d", ""), sentence);
    // What leads through the link stays inside, and the link keeps its own mode.
    check(&tar().symlink("d", "/etc").with(&owned, "d/x", ""), &["l d -> /etc", "d? etc", "d etc/x"]);
}

#[test]
fn a_hard_link_finds_only_what_came_before_it_in_its_layer() {
    check(&tar().file("f", "abc").hard_link("g", "f").hard_link("h", "/g"), &["f f 3", "h g = f 3", "h h = f 3"]);
    refuse_tar(&tar().hard_link("hl", "keep"), "linkat keep hl: no such file or directory");
    refuse_tar(&tar().hard_link("g", "/etc/passwd"), "linkat etc/passwd g: no such file or directory");
    refuse_tar(&tar().hard_link("g", "f").file("f", ""), "linkat f g: no such file or directory");
    refuse_tar(&tar().hard_link("g", "nope"), "linkat nope g: no such file or directory");
    refuse_tar(&tar().hard_link("g", "../../etc/passwd"), r#"invalid hardlink target "../../etc/passwd""#);
    refuse_tar(&tar().dir("d").hard_link("g", "d"), "linkat d g: operation not permitted");
}

#[test]
fn a_linked_file_counts_once_also_when_its_first_name_is_gone() {
    let twice = tar().file("d/f", "abc").hard_link("g", "d/f").hard_link("h", "d/f");
    assert_eq!(tree(&twice).totals().on_disk, 3);
    let orphaned = twice.file("d", "x");
    check(&orphaned, &["f d 1", "h g = d/f 3", "h h = d/f 3"]);
    assert_eq!(tree(&orphaned).totals().on_disk, 4);
}

#[test]
fn a_hard_link_to_a_symbolic_link_is_one_too() {
    let tar = tar().symlink("s", "nowhere").hard_link("t", "s");
    check(&tar, &["l s -> nowhere", "l t -> nowhere"]);
    assert_eq!(tree(&tar).totals().on_disk, 7);
}

#[test]
fn whiteouts_need_a_name() {
    refuse_tar(&tar().file("a/.wh.", ""), r#"invalid whiteout entry "a/.wh.""#);
    refuse_tar(&tar().file("a/.wh..", ""), r#"invalid whiteout entry "a/.wh..""#);
    refuse_tar(&tar().file("a/b/.wh...", ""), r#"invalid whiteout entry "a/b/.wh...""#);
}

#[test]
fn whiteouts_are_whiteouts_whatever_they_are_made_of() {
    check(&tar().file(".wh.x", "content").dir("a/.wh.y"), &["d? a", "- a/y", "- x"]);
    let device = Header { kind: b'3', ..Header::default() };
    check(&tar().with(&device, "keep", ""), &["- keep"]);
}

#[test]
fn a_whiteout_of_what_its_own_layer_brought_is_refused() {
    refuse_tar(&tar().file("n", "").file(".wh.n", ""), "failed to mknod('n', S_IFCHR, 0): file exists");
    check(&tar().file(".wh.n", "").file("n", "new"), &["f n 3"]);
}

#[test]
fn an_opaque_marker_works_wherever_it_stands() {
    check(&tar().dir("a").file("a/.wh..wh..opq", "").file("a/n", ""), &["d a opaque", "f a/n 0"]);
    check(&tar().file("a/n", "").file("a/.wh..wh..opq", "").dir("a"), &["d a opaque", "f a/n 0"]);
    check(&tar().file("q/.wh..wh..opq", ""), &["d? q opaque"]);
    check(&tar().file(".wh..wh..opq", "").file("n", ""), &["f n 0"]);
}

#[test]
fn other_names_of_aufs_are_names() {
    check(&tar().file(".wh..wh.plnk/1.2", ""), &["d? .wh..wh.plnk", "f .wh..wh.plnk/1.2 0"]);
}

#[test]
fn devices_and_pipes_count_nothing() {
    let device = |kind| Header { kind, device: (7, 300_000_000), ..Header::default() };
    let tar = tar().with(&device(b'3'), "c", "").with(&device(b'4'), "b", "").kind(b'6', "p");
    check(&tar, &["b b 7:300000000", "c c 7:300000000", "p p"]);
    assert_eq!(tree(&tar).totals().on_disk, 0);
}

#[test]
fn unknown_types_are_refused() {
    refuse_tar(&tar().kind(b'7', "c"), "unhandled tar header type 55");
    refuse_tar(&tar().kind(b'Z', "z"), "unhandled tar header type 90");
    refuse_tar(&tar().kind(b'S', "s"), "unhandled tar header type 83");
}

#[test]
fn names_are_bytes() {
    let bytes = tar().with_bytes(&Header::default(), b"caf\xe9", b"x").bytes();
    let entry = scan(&bytes[..], &Limits::default()).unwrap().tree.entries().next().unwrap();
    assert_eq!(entry.path, b"caf\xe9");
}

#[test]
fn long_names_of_both_kinds_are_read() {
    let long = ["d"; 120].join("/");
    for tar in [tar().pax(&[("path", &long)]).file("short", "x"), tar().long_name_gnu(&long).file("short", "x")] {
        assert_eq!(tree(&tar).entries().last().unwrap().path, long.as_bytes());
    }
    let link = Header { kind: b'K', ..Header::default() };
    check(&tar().with(&link, "././@LongLink", "far\0").symlink("l", "near"), &["l l -> far"]);
}

#[test]
fn extended_headers_speak_of_the_next_entry_alone() {
    let tar = tar().pax(&[("path", "long"), ("size", "3")]).file("short", "abc").file("next", "d");
    check(&tar, &["f long 3", "f next 1"]);
}

#[test]
fn a_length_in_an_extended_header_counts_whatever_the_header_says() {
    let header = Header { size: Some(1), ..Header::default() };
    let tar = tar().pax(&[("size", "600")]).with(&header, "f", &"x".repeat(600)).file("next", "d");
    check(&tar, &["f f 600", "f next 1"]);
}

#[test]
fn attributes_that_a_list_does_not_show_are_read_over() {
    let records = [("SCHILY.xattr.user.demo", "value"), ("SCHILY.xattr.security.capability", "x"), ("comment", "c")];
    check(&tar().pax(&records).file("f", "x"), &["f f 1"]);
}

#[test]
fn global_headers_are_passed_over() {
    let global = Header { kind: b'g', ..Header::default() };
    let tar = tar().with(&global, "pax_global_header", "12 path=evil\n").file("f", "x");
    check(&tar, &["f f 1"]);
}

#[test]
fn a_length_for_the_next_entry_is_not_applied_to_headers_between() {
    let hidden = String::from_utf8_lossy(&tar().file("smuggled", "").without_end()).into_owned();
    let tar = tar().pax(&[("size", &hidden.len().to_string())]).long_name_gnu("real");
    let header = Header { size: Some(0), ..Header::default() };
    check(&tar.with(&header, "short", &hidden), &["f real 512"]);
}

#[test]
fn old_archives_mark_folders_by_a_slash() {
    check(&tar().kind(0, "d/").kind(0, "f"), &["d d", "f f 0"]);
}

#[test]
fn sizes_in_headers_of_what_has_no_content_are_ignored() {
    let header = Header { kind: b'5', size: Some(9999), ..Header::default() };
    check(&tar().with(&header, "d", "").file("f", "x"), &["d d", "f f 1"]);
}

#[test]
fn missing_ends_and_garbage_behind_the_end_are_accepted() {
    let tar = tar().file("f", "x");
    for bytes in
        [tar.without_end(), [tar.without_end(), vec![0; 512]].concat(), [tar.bytes(), b"junk".to_vec()].concat()]
    {
        let layer = super::layer(&bytes);
        assert_eq!((layer.tree.totals().entries, layer.tree.totals().uncompressed), (1, bytes.len() as u64));
    }
    super::layer(b"");
    super::layer(&[0; 1024]);
}

#[test]
fn a_tar_that_ends_too_early_or_is_none_is_refused() {
    let bytes = tar().file("f", "abc").bytes();
    refuse(&bytes[..300], "unexpected EOF");
    refuse(&bytes[..514], "unexpected EOF");
    assert_eq!(super::layer(&bytes[..515]).tree.totals().entries, 1);
    refuse(&[b'x'; 1024], "archive/tar: invalid tar header");
    refuse(&[&[0; 512][..], &[1; 512]].concat(), "archive/tar: invalid tar header");
    refuse_tar(
        &tar().with(&Header { size: Some(u64::MAX), ..Header::default() }, "f", ""),
        "archive/tar: invalid tar header",
    );
}

#[test]
fn files_with_holes_have_their_real_size() {
    let map = [("GNU.sparse.numblocks", "2"), ("GNU.sparse.map", "0,2,4096,3")];
    let records = [("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")];
    let common = [("GNU.sparse.name", "holes"), ("GNU.sparse.realsize", "8192")];
    let in_header = tar().pax(&[&map[..], &common].concat()).file("x", "abcde");
    let body = format!("{:\0<512}abcde", "2\n0\n2\n4096\n3\n");
    let in_body = tar().pax(&[&records[..], &common].concat()).file("x", &body);
    for tar in [in_header, in_body] {
        let tar = tar.file("z", "after");
        check(&tar, &["f holes 8192", "f z 5"]);
        let Kind::File { body, .. } = tree(&tar).entry(b"holes").unwrap().kind else { panic!("a file is a file") };
        assert_eq!(&tar.bytes()[usize::try_from(body.offset).unwrap()..][..5], b"abcde");
        assert_eq!(body.extents.unwrap().len(), 2);
    }
}
