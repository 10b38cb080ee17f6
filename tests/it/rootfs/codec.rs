//! Trees as cache files.

use layerbook::rootfs::Tree;

use super::tarball::{Header, Tarball};
use super::tree;

fn sample() -> Tree {
    let device = Header { kind: b'4', device: (8, 1), mtime: -1, ..Header::default() };
    let tar = Tarball::new().dir("a").file("a/.wh..wh..opq", "").file("a/b", "text").hard_link("c", "a/b");
    let tar = tar.symlink("l", "a/b").with(&device, "sda1", "").kind(b'6', "pipe").file(".wh.gone", "");
    let tar = tar
        .pax(&[("GNU.sparse.numblocks", "2"), ("GNU.sparse.map", "0,1,9,1"), ("GNU.sparse.size", "20")])
        .file("holes", "xy");
    tree(&tar.with(&Header { kind: b'3', device: (5, 1), uid: 70000, ..Header::default() }, "tty", ""))
}

fn encoded() -> Vec<u8> {
    let mut bytes = Vec::new();
    sample().encode(&mut bytes).unwrap();
    bytes
}

#[track_caller]
fn refuse(bytes: &[u8], expected: &str) {
    assert_eq!(Tree::decode(bytes).unwrap_err().to_string(), expected);
}

#[test]
fn a_tree_comes_back_as_it_was() {
    let tree = Tree::decode(&encoded()[..]).unwrap();
    assert_eq!(tree, sample());
    assert!(tree.entries().eq(sample().entries()));
}

#[test]
fn the_head_alone_tells_the_totals() {
    assert_eq!(Tree::read_totals(&encoded()[..40]).unwrap(), sample().totals());
}

#[test]
fn version_1_is_frozen() {
    let mut bytes = Vec::new();
    tree(&Tarball::new().dir("d").file("d/f", "hi").symlink("l", "d/f")).encode(&mut bytes).unwrap();
    let text: String = bytes.escape_ascii().map(char::from).collect();
    insta::assert_snapshot!(text, @r"lbtree\n\x01\x05\x00\x00\x00\x00\x00\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00%\x00\x00\x00\x00\x00\x00\x00\x00\x01d\x03\xa4\x03\x00\x00\x00\x00\x01\x02/f\x00\xa4\x03\x00\x00\x00\x02\x80\x08\x00\x00\x01l\x02\xa4\x03\x00\x00\x00\x03d/f\xcc\x96\x15\x88");
}

#[test]
fn a_newer_version_is_refused_with_a_sentence() {
    let mut bytes = encoded();
    bytes[7] = 2;
    refuse(&bytes, "this list of a layer's files has version 2, this layerbook reads version 1; a newer one reads it");
}

#[test]
fn another_file_is_refused() {
    refuse(&[b'x'; 64], "this is no list of a layer's files");
}

#[test]
fn every_change_and_every_cut_is_noticed() {
    let bytes = encoded();
    for at in 0..bytes.len() {
        assert!(Tree::decode(&bytes[..at]).is_err(), "cut at {at}");
        let mut changed = bytes.clone();
        changed[at] ^= 0x41;
        assert!(Tree::decode(&changed[..]).is_err(), "changed at {at}");
    }
    refuse(&[bytes, vec![0]].concat(), "this list of a layer's files is damaged");
}

#[test]
fn damage_under_a_right_checksum_is_an_error_too() {
    let bytes = encoded();
    let sealed = bytes.len() - 4;
    for at in 8..sealed {
        for value in [0, 1, 0x2f, 0x7f, 0x80, 0xff] {
            let mut changed = bytes[..sealed].to_vec();
            changed[at] = value;
            changed.extend(crc32fast::hash(&changed).to_le_bytes());
            if let Ok(tree) = Tree::decode(&changed[..]) {
                assert_eq!(tree.entries().count() as u64, tree.totals().entries);
            }
        }
    }
}
