//! The same tar in every compression, whole and broken.

use std::cell::Cell;
use std::io::{self, Read, Write};

use flate2::write::GzEncoder;
use layerbook::oci::{DiffId, Digest};
use layerbook::rootfs::{Compression, Inflate, Limits, scan};

use super::tarball::Tarball;
use super::{layer, refuse};

fn content() -> Vec<u8> {
    Tarball::new().file("f", &"0123456789".repeat(100)).bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

#[track_caller]
fn check(compressed: &[u8], expected: Compression) {
    let layer = layer(compressed);
    assert_eq!((layer.compression, layer.diff_id), (expected, DiffId(Digest::of(&content()))));
    assert_eq!(layer.tree.totals().entries, 1);
}

#[test]
fn the_first_bytes_tell_the_compression() {
    check(&content(), Compression::None);
    check(&gzip(&content()), Compression::Gzip);
    check(&zstd(&content()), Compression::Zstd);
    refuse(b"BZh91AY", "a layer compressed with bzip2 is not supported, only gzip, zstd and no compression are");
    refuse(b"\xfd7zXZ\0", "a layer compressed with xz is not supported, only gzip, zstd and no compression are");
}

#[test]
fn all_members_of_a_gzip_stream_are_read() {
    let content = content();
    let (head, tail) = content.split_at(700);
    check(&[gzip(head), gzip(b""), gzip(tail)].concat(), Compression::Gzip);
}

#[test]
fn optional_parts_of_a_gzip_header_are_read_over() {
    let plain = gzip(&content());
    let (header, rest) = plain.split_at(10);
    let mut full = header.to_vec();
    full[3] = 0b1_1110;
    full.extend(b"\x03\x00abcname\0comment\0cc");
    check(&[&full, rest].concat(), Compression::Gzip);
    full[3] |= 0x80;
    refuse(&[&full, rest].concat(), "exit status 1: unpigz: skipping: <stdin>: corrupted -- incomplete header");
}

#[test]
fn what_follows_a_gzip_stream_is_ignored() {
    for junk in [&b"junk"[..], &[0; 4096], b"\x1f", b"\x1f\x8b\x08", b"\x1f\x8b\x07"] {
        check(&[&gzip(&content()), junk].concat(), Compression::Gzip);
    }
}

#[test]
fn broken_gzip_is_refused_in_the_words_of_unpigz() {
    let whole = gzip(&content());
    let corrupted = |what: &str| format!("exit status 1: unpigz: skipping: <stdin>: corrupted -- {what}");
    refuse(&whole[..5], &corrupted("incomplete header"));
    refuse(&whole[..40], &corrupted("incomplete deflate data"));
    refuse(&whole[..whole.len() - 8], &corrupted("missing trailer"));
    refuse(&whole[..whole.len() - 1], &corrupted("missing trailer"));
    let flipped = |from_end: usize| {
        let mut bytes = whole.clone();
        let at = bytes.len() - from_end;
        bytes[at] ^= 1;
        bytes
    };
    refuse(&flipped(8), &corrupted("crc32 mismatch"));
    refuse(&flipped(4), &corrupted("length mismatch"));
    let mut invalid = whole.clone();
    invalid[10] |= 0b110;
    assert!(scan(&invalid[..], &Limits::default()).unwrap_err().to_string().starts_with(&corrupted("invalid deflate")));
}

#[test]
fn zstd_frames_follow_one_another_and_may_be_skippable() {
    let content = content();
    let (head, tail) = content.split_at(700);
    let skippable = b"\x53\x2a\x4d\x18\x04\0\0\0skip".to_vec();
    check(&[zstd(head), zstd(tail)].concat(), Compression::Zstd);
    check(&[skippable.clone(), zstd(head), skippable.clone(), zstd(tail), skippable].concat(), Compression::Zstd);
}

#[test]
fn broken_zstd_is_refused() {
    let whole = zstd(&content());
    refuse(&whole[..whole.len() - 3], "unexpected EOF");
    assert!(scan(&[whole, b"junk".to_vec()].concat()[..], &Limits::default()).is_err());
}

/// Counts what was read from it, and breaks at the end if it is told to.
struct Input<'a> {
    bytes: &'a [u8],
    ended: &'a Cell<bool>,
    fails: bool,
}

impl Read for Input<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(&mut out[..1])?;
        match (read, self.fails) {
            (0, true) => Err(io::Error::other("the line was cut")),
            (0, false) => {
                self.ended.set(true);
                Ok(0)
            }
            _ => Ok(read),
        }
    }
}

#[test]
fn the_input_is_read_to_its_very_end() {
    let junk = b"junk behind the end".to_vec();
    for bytes in [content(), gzip(&content()), zstd(&content()), [gzip(&content()), junk].concat()] {
        let ended = Cell::new(false);
        scan(Input { bytes: &bytes, ended: &ended, fails: false }, &Limits::default()).unwrap();
        assert!(ended.get());
    }
}

#[test]
fn an_input_that_fails_is_not_taken_for_a_broken_layer() {
    for bytes in [content(), gzip(&content()), zstd(&content())] {
        let ended = Cell::new(false);
        let error = scan(Input { bytes: &bytes[..bytes.len() / 2], ended: &ended, fails: true }, &Limits::default());
        assert_eq!(error.unwrap_err().to_string(), "the layer could not be read to its end");
    }
}

#[test]
fn the_bytes_can_be_read_without_a_list() {
    let mut bytes = Vec::new();
    Inflate::open(&gzip(&content())[..], &Limits::default()).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, content());
}
