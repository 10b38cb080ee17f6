//! A layer over a base: what is to be seen from above.

use layerbook::rootfs::{Tree, merge};

use super::tarball::{Header, Tarball};
use super::{line, tree};

fn tar() -> Tarball {
    Tarball::new()
}

fn base() -> Tree {
    let tar = tar().dir("a").file("a/b/c", "c").file("a/x", "x").file("keep", "k").symlink("lnk", "a");
    tree(&tar.dir("etc").file("etc/passwd", "root"))
}

const BASE: &[&str] =
    &["0 d a", "0 d? a/b", "0 f a/b/c 1", "0 f a/x 1", "0 d etc", "0 f etc/passwd 4", "0 f keep 1", "0 l lnk -> a"];

#[track_caller]
fn check_stack(layers: &[Tree], expected: &[&str]) {
    let lines: Vec<String> = merge(layers).map(|found| format!("{} {}", found.layer, line(&found.entry))).collect();
    assert_eq!(lines, expected);
}

/// Checks what differs from the base: what is gone, and what has come.
#[track_caller]
fn check(upper: &Tarball, gone: &[&str], come: &[&str]) {
    let layers = [base(), tree(upper)];
    let seen: Vec<String> = merge(&layers).map(|found| format!("{} {}", found.layer, line(&found.entry))).collect();
    let missing: Vec<&str> = BASE.iter().copied().filter(|line| !seen.iter().any(|seen| seen == line)).collect();
    let new: Vec<&str> = seen.iter().map(String::as_str).filter(|line| !BASE.contains(line)).collect();
    assert_eq!((missing, new), (gone.to_vec(), come.to_vec()));
}

const A: &[&str] = &["0 d a", "0 d? a/b", "0 f a/b/c 1", "0 f a/x 1"];
const IN_A: &[&str] = &["0 d? a/b", "0 f a/b/c 1", "0 f a/x 1"];

#[test]
fn a_base_alone_is_what_it_is() {
    check_stack(&[base()], BASE);
    check_stack(&[base(), tree(&tar())], BASE);
    check_stack(&[], &[]);
}

#[test]
fn whiteouts_remove_files_and_trees() {
    check(&tar().file("a/.wh.x", ""), &["0 f a/x 1"], &[]);
    check(&tar().file(".wh.a", ""), A, &[]);
    check(&tar().dir(".wh.a"), A, &[]);
    check(&tar().file(".wh.missing", ""), &[], &[]);
    check(&tar().file("zz/.wh.missing", ""), &[], &["1 d? zz"]);
    check(&tar().with(&Header { kind: b'3', ..Header::default() }, "keep", ""), &["0 f keep 1"], &[]);
}

#[test]
fn opaque_directories_hide_what_is_below() {
    let gone = [&["0 d a"], IN_A].concat();
    check(&tar().dir("a").file("a/.wh..wh..opq", "").file("a/new", ""), &gone, &["1 d a opaque", "1 f a/new 0"]);
    check(&tar().dir("a").file("a/new", "").file("a/.wh..wh..opq", ""), &gone, &["1 d a opaque", "1 f a/new 0"]);
    check(&tar().file("q/.wh..wh..opq", ""), &[], &["1 d? q opaque"]);
    check(&tar().file(".wh..wh..opq", ""), &[], &[]);
}

#[test]
fn other_kinds_replace_one_another() {
    check(&tar().file("a", "now"), A, &["1 f a 3"]);
    check(&tar().symlink("a", "etc"), A, &["1 l a -> etc"]);
    check(&tar().dir("keep"), &["0 f keep 1"], &["1 d keep"]);
    check(&tar().dir("a"), &["0 d a"], &["1 d a"]);
}

#[test]
fn layers_do_not_see_the_symbolic_links_of_others() {
    check(&tar().file("lnk/via", ""), &["0 l lnk -> a"], &["1 d? lnk", "1 f lnk/via 0"]);
    let link = tar().symlink("s", "/etc").file("s/evil", "x");
    check(&link, &[], &["1 f etc/evil 1", "1 l s -> /etc"]);
}

#[test]
fn an_implied_directory_leaves_the_attributes_of_the_one_below() {
    check(&tar().file("a/new", ""), &[], &["1 f a/new 0"]);
}

#[test]
fn a_layer_above_a_whiteout_starts_anew() {
    let stack = [base(), tree(&tar().file(".wh.a", "")), tree(&tar().file("a/y", ""))];
    let expected = ["2 d? a", "2 f a/y 0", "0 d etc", "0 f etc/passwd 4", "0 f keep 1", "0 l lnk -> a"];
    check_stack(&stack, &expected);
}

#[test]
fn a_file_between_two_directories_parts_them() {
    let stack = [tree(&tar().file("d/low", "")), tree(&tar().file("d", "")), tree(&tar().dir("d").file("d/high", ""))];
    check_stack(&stack, &["2 d d", "2 f d/high 0"]);
}

#[test]
fn opaque_in_the_middle_hides_only_what_is_under_it() {
    let opaque = tar().file("d/.wh..wh..opq", "").file("d/e/mid", "");
    let stack = [tree(&tar().file("d/e/low", "")), tree(&opaque), tree(&tar().file("d/e/high", ""))];
    check_stack(&stack, &["2 d? d", "2 d? d/e", "2 f d/e/high 0", "1 f d/e/mid 0"]);
}

#[test]
fn names_that_only_begin_alike_are_not_below() {
    let stack = [tree(&tar().file("a-b/c", "").file("a/c", "").file("ab", "")), tree(&tar().file(".wh.a", ""))];
    check_stack(&stack, &["0 d? a-b", "0 f a-b/c 0", "0 f ab 0"]);
}
