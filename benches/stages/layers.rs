//! A layer's way into the store, stage by stage. The layer is this program itself and ten thousand small files.

use std::hint::black_box;
use std::io::{self, Write as _};
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use layerbook::oci::{Algorithm, Hasher};
use layerbook::rootfs::{Inflate, Limits, merge, scan};

const SMALL_FILES: usize = 10_000;

static TAR: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let program = std::fs::read(std::env::current_exe().expect("a program has a path")).expect("it can be read");
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |path: &str, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, path, content).expect("a vector takes everything");
    };
    add("usr/bin/program", &program);
    for number in 0..SMALL_FILES {
        add(&format!("usr/share/{}/{number}", number % 100), &number.to_le_bytes());
    }
    tar.into_inner().expect("a vector takes everything")
});

static GZIP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&TAR).and_then(|()| encoder.finish()).expect("a vector takes everything")
});

static ZSTD: LazyLock<Vec<u8>> =
    LazyLock::new(|| zstd::encode_all(TAR.as_slice(), 3).expect("a vector takes everything"));

fn layer(name: &str) -> &'static [u8] {
    match name {
        "gzip" => &GZIP,
        "zstd" => &ZSTD,
        _ => &TAR,
    }
}

#[divan::bench]
fn digest_of_a_layer(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::new(TAR.len())).bench(|| {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(&TAR);
        hasher.finish()
    });
}

#[divan::bench(args = ["gzip", "zstd"])]
fn inflate_a_layer(bencher: Bencher<'_, '_>, compression: &str) {
    let packed = layer(compression);
    bencher.counter(BytesCount::new(TAR.len())).bench(|| {
        let mut inflated = Inflate::open(black_box(packed), &Limits::default()).expect("it is packed so");
        io::copy(&mut inflated, &mut io::sink()).expect("it is whole")
    });
}

/// Inflates, hashes and lists the files, on two threads.
#[divan::bench(args = ["none", "gzip", "zstd"])]
fn scan_a_layer(bencher: Bencher<'_, '_>, compression: &str) {
    let packed = layer(compression);
    bencher
        .counter(BytesCount::new(TAR.len()))
        .bench(|| scan(black_box(packed), &Limits::default()).expect("it is a layer"));
}

/// What `find /` goes through.
#[divan::bench]
fn walk_over_three_layers(bencher: Bencher<'_, '_>) {
    let tree = scan(TAR.as_slice(), &Limits::default()).expect("it is a layer").tree;
    let trees = [tree.clone(), tree.clone(), tree];
    bencher.bench(|| merge(black_box(&trees)).count());
}
