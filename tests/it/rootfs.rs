//! Layers, read and laid over one another: what Docker's classic engine accepts, refuses and shows.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod codec;
mod compression;
mod limits;
mod merge;
mod tarball;
mod verdicts;

use layerbook::oci::{DiffId, Digest};
use layerbook::rootfs::{Entry, Kind, Layer, Limits, Origin, Tree, scan};

use tarball::Tarball;

/// Scans a layer that must be accepted.
#[track_caller]
fn layer(bytes: &[u8]) -> Layer {
    scan(bytes, &Limits::default()).unwrap()
}

#[track_caller]
fn tree(tar: &Tarball) -> Tree {
    layer(&tar.bytes()).tree
}

#[track_caller]
fn refuse(bytes: &[u8], expected: &str) {
    assert_eq!(scan(bytes, &Limits::default()).unwrap_err().to_string(), expected);
}

/// Checks what a layer holds, a line an entry: kind, path, and what the kind adds. `?` marks what is only implied.
#[track_caller]
fn check(tar: &Tarball, expected: &[&str]) {
    let lines: Vec<String> = tree(tar).entries().map(|entry| line(&entry)).collect();
    assert_eq!(lines, expected);
}

fn line(entry: &Entry) -> String {
    let path = String::from_utf8_lossy(&entry.path);
    match &entry.kind {
        Kind::File { size, .. } => format!("f {path} {size}"),
        Kind::HardLink { target, size, .. } => format!("h {path} = {} {size}", String::from_utf8_lossy(target)),
        Kind::Symlink { target } => format!("l {path} -> {}", String::from_utf8_lossy(target)),
        Kind::Directory { opaque, origin } => {
            let implied = if *origin == Origin::Implied { "?" } else { "" };
            format!("d{implied} {path}{}", if *opaque { " opaque" } else { "" })
        }
        Kind::Character { major, minor } => format!("c {path} {major}:{minor}"),
        Kind::Block { major, minor } => format!("b {path} {major}:{minor}"),
        Kind::Fifo => format!("p {path}"),
        Kind::Whiteout => format!("- {path}"),
    }
}

#[test]
fn one_pass_tells_the_diff_id_and_the_sizes() {
    let tar = Tarball::new().dir("etc").file("etc/motd", "hello").symlink("m", "etc/motd").hard_link("n", "etc/motd");
    let bytes = tar.bytes();
    let layer = layer(&bytes);
    assert_eq!(layer.diff_id, DiffId(Digest::of(&bytes)));
    let totals = layer.tree.totals();
    assert_eq!((totals.on_disk, totals.uncompressed, totals.entries), (13, bytes.len() as u64, 4));
}

#[test]
fn a_body_is_found_at_its_offset() {
    let tar = Tarball::new().file("a", "first").long_name_gnu(&"x/".repeat(99)).file("b", "second");
    let bytes = tar.bytes();
    for entry in tree(&tar).entries() {
        let Kind::File { size, body } = entry.kind else { continue };
        let (from, size) = (usize::try_from(body.offset).unwrap(), usize::try_from(size).unwrap());
        assert!(["first", "second"].contains(&std::str::from_utf8(&bytes[from..from + size]).unwrap()));
    }
}

#[test]
fn attributes_are_kept() {
    let header =
        tarball::Header { mode: 0o104_755, uid: 1000, gid: u64::from(u32::MAX), mtime: -5, ..Default::default() };
    let entry = tree(&Tarball::new().with(&header, "su", "")).entries().next().unwrap();
    assert_eq!((entry.mode, entry.uid, entry.gid, entry.mtime), (0o4755, 1000, 0, -5));
}

#[test]
fn a_folder_comes_before_what_is_in_it_and_both_before_the_next_name() {
    let tar = Tarball::new().file("a-b", "").file("a/z", "").file("a.b", "").file("B", "");
    check(&tar, &["f B 0", "d? a", "f a/z 0", "f a-b 0", "f a.b 0"]);
}
