//! What is in a layer, and what is refused: the rows of layers that were tried on Docker's classic store.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use layerbook::oci::Digest;
use layerbook::rootfs::{Kind, Layer, Limits, Tree, scan};

/// Writes a tar entry by entry, well-formed or not.
#[derive(Default)]
struct Tar(Vec<u8>);

impl Tar {
    fn entry(mut self, kind: u8, path: &str, link: &str, body: &[u8]) -> Self {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.as_mut_bytes()[157..157 + link.len()].copy_from_slice(link.as_bytes());
        header.set_size(body.len() as u64);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_entry_type(tar::EntryType::new(kind));
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(body);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn file(self, path: &str, body: &str) -> Self {
        self.entry(b'0', path, "", body.as_bytes())
    }

    fn end(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read(bytes: &[u8]) -> Result<Layer, String> {
    scan(bytes, &Limits::default()).map_err(|error| error.to_string())
}

/// Lists a tar as `path kind size`.
#[track_caller]
fn check(tar: Tar, expected: &[&str]) {
    let layer = read(&tar.end()).unwrap();
    let mark = |kind| match kind {
        Kind::File => 'f',
        Kind::Directory => 'd',
        Kind::Symlink => 'l',
        Kind::Hardlink => 'h',
        Kind::Whiteout => 'w',
        Kind::Opaque => 'o',
        Kind::CharDevice | Kind::BlockDevice | Kind::Fifo => 's',
    };
    let line =
        |e: layerbook::rootfs::Entry<'_>| format!("{} {} {}", String::from_utf8_lossy(e.path), mark(e.kind), e.size);
    assert_eq!(layer.tree.iter().map(line).collect::<Vec<_>>(), expected);
    assert_eq!(Tree::decode(&layer.tree.encode()).unwrap(), layer.tree);
}

#[track_caller]
fn refuse(tar: Tar, expected: &str) {
    assert_eq!(read(&tar.end()).unwrap_err(), expected);
}

#[test]
fn names_are_cleaned_and_kept_inside_the_root() {
    check(Tar::default().file("./a/../b", "x").file("/c", "").entry(b'5', "./", "", b""), &["b f 1", "c f 0"]);
    refuse(Tar::default().file("../evil", "x"), "invalid entry name \"../evil\"");
}

#[test]
fn whiteouts_are_told_by_their_names() {
    check(Tar::default().file("a/.wh.x", "").file("a/.wh..wh..opq", ""), &["a o 0", "a/x w 0"]);
    check(Tar::default().entry(b'5', "a/.wh.dir/", "", b""), &["a/dir w 0"]);
    check(Tar::default().file(".wh.f", "").file("f", "new"), &["f w 0", "f f 3"]);
    check(Tar::default().file(".wh..wh.plnk/1", ""), &[".wh..wh.plnk/1 f 0"]);
    refuse(Tar::default().file("a/.wh.", ""), "invalid whiteout entry \"a/.wh.\"");
    refuse(Tar::default().file("a/.wh..", ""), "invalid whiteout entry \"a/.wh..\"");
    refuse(Tar::default().file("a/b/.wh...", ""), "invalid whiteout entry \"a/b/.wh...\"");
    refuse(Tar::default().file("n", "").file(".wh.n", ""), "failed to mknod('n', S_IFCHR, 0): file exists");
}

#[test]
fn a_hard_link_points_at_an_earlier_file_of_its_own_layer() {
    check(Tar::default().file("f", "abc").entry(b'1', "g", "f", b""), &["f f 3", "g h 0"]);
    refuse(Tar::default().entry(b'1', "g", "nope", b""), "linkat nope g: no such file or directory");
    refuse(Tar::default().entry(b'1', "g", "f", b"").file("f", ""), "linkat f g: no such file or directory");
    refuse(
        Tar::default().entry(b'1', "g", "../../../../etc/passwd", b""),
        "invalid hardlink target \"../../../../etc/passwd\"",
    );
}

#[test]
fn what_docker_does_not_know_is_refused() {
    refuse(Tar::default().file("f", "1").file("f", "2"), "duplicates of file paths not supported");
    refuse(Tar::default().entry(b'5', "f", "", b"").file("f", "2"), "duplicates of file paths not supported");
    refuse(Tar::default().entry(b'Z', "f", "", b""), "unhandled tar header type 90");
}

#[test]
fn size_on_disk_is_files_once_and_the_length_of_link_targets() {
    let tar =
        Tar::default().file("f", "abc").entry(b'1', "g", "f", b"").entry(b'2', "l", "f/to", b"").file(".wh.x", "");
    let layer = read(&tar.entry(b'5', "d/", "", b"").end()).unwrap();
    assert_eq!(layer.on_disk, 3 + 4);
}

#[test]
fn the_diff_id_covers_every_byte_whatever_the_compression() {
    let mut plain = Tar::default().file("f", &"x".repeat(300_000)).end();
    plain.extend_from_slice(b"behind the archive");
    let expected = Digest::of(&plain);
    let (first, second) = plain.split_at(1000);
    let members = [gzip(first), gzip(second)].concat();
    let frames = [zstd::encode_all(first, 3).unwrap(), zstd::encode_all(second, 3).unwrap()].concat();
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &frames].concat();
    for bytes in [plain.clone(), gzip(&plain), members, frames, skippable] {
        let layer = read(&bytes).unwrap();
        assert_eq!(layer.diff_id.0, expected);
        assert_eq!(layer.uncompressed, plain.len() as u64);
    }
}

#[test]
fn what_stands_behind_a_gzip_stream_is_passed_over() {
    let plain = Tar::default().file("f", "x").end();
    for behind in [&b"garbage"[..], &[0; 64]] {
        let layer = read(&[gzip(&plain), behind.to_vec()].concat()).unwrap();
        assert_eq!(layer.diff_id.0, Digest::of(&plain));
    }
}

#[test]
fn a_damaged_stream_is_an_error() {
    let packed = gzip(&Tar::default().file("f", &"text ".repeat(5000)).end());
    assert_eq!(read(&packed[..packed.len() - 20]).unwrap_err(), "unexpected EOF");
    let mut wrong = packed.clone();
    let at = wrong.len() - 8;
    wrong[at] ^= 1;
    assert!(read(&wrong).is_err());
    assert!(read(&zstd::encode_all(&[7; 5000][..], 3).unwrap()[..9]).is_err());
}

#[test]
fn an_archive_may_end_without_its_end() {
    assert_eq!(read(&Tar::default().file("f", "x").0).unwrap().tree.len(), 1);
    assert!(read(b"").unwrap().tree.is_empty());
    assert_eq!(read(&Tar::default().file("f", "x").0[..700]).unwrap().tree.len(), 1);
    assert_eq!(read(&Tar::default().file("f", "x").0[..512]).unwrap_err(), "unexpected EOF");
    assert_eq!(read(&Tar::default().file("f", "x").0[..300]).unwrap_err(), "unexpected EOF");
    assert_eq!(read(&[7; 512]).unwrap_err(), "archive/tar: invalid tar header");
}

#[test]
fn long_names_are_read_in_both_dialects() {
    let long = format!("d/{}", "n".repeat(300));
    let body = format!("{long}\0");
    let gnu = Tar::default().entry(b'L', "././@LongLink", "", body.as_bytes()).file("short", "x").end();
    let record = format!("path={long}\n");
    let length = record.len() + 4;
    let pax = Tar::default().entry(b'x', "pax", "", format!("{length} {record}").as_bytes()).file("short", "x").end();
    for bytes in [gnu, pax] {
        assert_eq!(read(&bytes).unwrap().tree.iter().next().unwrap().path, long.as_bytes());
    }
}

#[test]
fn a_size_in_an_extension_header_belongs_to_the_file_and_not_to_the_name_between() {
    let long = b"long-name\0";
    let bytes = Tar::default().entry(b'x', "pax", "", b"9 size=1\n").entry(b'L', "l", "", long).file("s", "x").end();
    let layer = read(&bytes).unwrap();
    assert_eq!(layer.tree.iter().map(|e| (e.path.to_vec(), e.size)).collect::<Vec<_>>(), [(b"long-name".to_vec(), 1)]);
}

#[test]
fn bombs_are_refused() {
    let small = Limits { entries: 2, path: 10, extension: 600, ..Limits::default() };
    let refused = |bytes: &[u8]| scan(bytes, &small).unwrap_err().to_string();
    let three = Tar::default().file("a", "").file("b", "").file("c", "").end();
    assert_eq!(refused(&three), "the layer has more than 2 entries");
    assert_eq!(refused(&Tar::default().file("a/long/path", "").end()), "the layer has more than 10 bytes in a path");
    let extension = Tar::default().entry(b'x', "p", "", &[b'x'; 700]).end();
    assert_eq!(refused(&extension), "the layer has more than 600 bytes in an extension header");
    let bomb = Limits { uncompressed: 100_000, ..Limits::default() };
    let blank = gzip(&Tar::default().file("f", &"\0".repeat(200_000)).end());
    assert_eq!(scan(&blank[..], &bomb).unwrap_err().to_string(), "the layer has more than 100000 bytes");
}

#[test]
fn a_damaged_cache_is_no_tree() {
    let layer = read(&Tar::default().file("f", "abc").end()).unwrap();
    let encoded = layer.tree.encode();
    for at in 0..encoded.len() {
        let mut wrong = encoded.clone();
        wrong[at] ^= 0x41;
        assert!(Tree::decode(&wrong).is_err(), "byte {at}");
        assert!(Tree::decode(&encoded[..at]).is_err(), "length {at}");
    }
}
