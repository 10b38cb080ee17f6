//! What is refused because it would grow without bound.

use std::io::{self, Read};

use flate2::read::GzEncoder;
use layerbook::rootfs::{Limits, MemberKind, Members, scan};

use super::tarball::{Header, Tarball};

#[track_caller]
fn refuse(input: impl Read, limits: &Limits, expected: &str) {
    assert_eq!(scan(input, limits).unwrap_err().to_string(), expected);
}

fn many_files() -> Vec<u8> {
    (0..100).fold(Tarball::new(), |tar, number| tar.file(&format!("f{number}"), "")).bytes()
}

#[test]
fn lists_of_files_are_bounded() {
    let few = Limits { headers: 99, ..Limits::default() };
    refuse(&many_files()[..], &few, "the layer is refused: it has more than 99 entries");
    let little = Limits { memory: 5000, ..Limits::default() };
    refuse(&many_files()[..], &little, "the layer is refused: its list of files takes more than 5000 bytes of memory");
}

#[test]
fn names_are_bounded_also_through_symbolic_links() {
    let sentence = "the layer is refused: it has a path of more than 4096 bytes";
    let long = "d/".repeat(2048) + "e";
    refuse(&Tarball::new().pax(&[("path", &long)]).file("x", "").bytes()[..], &Limits::default(), sentence);
    let through = Tarball::new().pax(&[("path", &long[..4000])]).dir("x").pax(&[("linkpath", &long[..4000])]);
    let through = through.symlink("s", "long").file(&format!("s/{}f", "n/".repeat(48)), "");
    refuse(&through.bytes()[..], &Limits::default(), sentence);
}

#[test]
fn extended_headers_are_bounded() {
    let header = Header { kind: b'x', size: Some(2 << 20), ..Header::default() };
    let sentence = "the layer is refused: it has an extended header of more than 1048576 bytes";
    refuse(&Tarball::new().with(&header, "x", "").bytes()[..], &Limits::default(), sentence);
}

#[test]
fn a_map_of_holes_that_never_ends_is_refused() {
    let records = [("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")];
    let tar = Tarball::new().pax(&records).file("x", &("999999999\n".to_owned() + &"0\n".repeat(1 << 20)));
    let sentence = "the layer is refused: it has an extended header of more than 1048576 bytes";
    refuse(&tar.bytes()[..], &Limits::default(), sentence);
}

/// A tar of one blank file, compressed as it is read.
fn blank(size: u64) -> impl Read {
    let header = Header { size: Some(size), ..Header::default() };
    let header = io::Cursor::new(Tarball::new().with(&header, "blank", "").without_end());
    GzEncoder::new(header.chain(io::repeat(0).take(size)), flate2::Compression::fast())
}

#[test]
fn blank_content_passes_until_it_is_absurd() {
    let limits = Limits { ratio_from: 1 << 20, ratio: 10, ..Limits::default() };
    scan(blank(1 << 20), &Limits::default()).unwrap();
    let error = scan(blank(64 << 20), &limits).unwrap_err().to_string();
    assert!(error.starts_with("the layer is refused: its ") && error.contains("compressed bytes hold more than"));
}

#[test]
fn layers_are_bounded() {
    let limits = Limits { uncompressed: 1 << 20, ..Limits::default() };
    refuse(blank(2 << 20), &limits, "the layer is refused: it has more than 1048576 bytes uncompressed");
}

#[test]
fn zstd_windows_are_bounded() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(24).unwrap();
    io::copy(&mut io::repeat(0).take(32 << 20), &mut encoder).unwrap();
    let bytes = encoder.finish().unwrap();
    scan(&bytes[..], &Limits::default()).unwrap();
    let limits = Limits { zstd_window_log: 23, ..Limits::default() };
    refuse(&bytes[..], &limits, "the layer is refused: its zstd window is larger than 8 MiB");
}

#[test]
fn archives_that_are_no_layers_are_bounded_too() {
    let limits = Limits { ratio_from: 1 << 20, ratio: 10, ..Limits::default() };
    let mut members = Members::open(blank(64 << 20), &limits).unwrap();
    assert_eq!(members.next_member().unwrap().unwrap().kind, MemberKind::File { size: 64 << 20 });
    let mut chunk = vec![0; 1 << 16];
    let stopped = std::iter::from_fn(|| Some(members.read(&mut chunk))).find_map(Result::err).unwrap();
    assert!(stopped.to_string().contains("compressed bytes hold more than"), "{stopped}");
    let few = Limits { headers: 99, ..Limits::default() };
    let many = many_files();
    let mut members = Members::open(&many[..], &few).unwrap();
    let stopped = std::iter::from_fn(|| Some(members.next_member())).find_map(Result::err).unwrap();
    assert_eq!(stopped.to_string(), "the layer is refused: it has more than 99 entries");
}
