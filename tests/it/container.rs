//! Containers through docker's own commands, on small images in memory.

mod commit;
mod files;
mod language;
mod life;
mod options;
mod piped;
mod pythons;
mod shell;
mod text;

use std::sync::Arc;

use layerbook::docker::{Console, Mode, Output, View, run_line};
use layerbook::engine::{Engine, EngineOptions, PullRequest};
use layerbook::store::{Store, WorkspaceName};

use crate::support::memory::{ImageBuilder, Memory};

/// Docker on a fresh store that holds the image `box` and can pull `other`.
struct World {
    home: tempfile::TempDir,
    source: Arc<Memory>,
    runtime: tokio::runtime::Runtime,
}

fn now() -> jiff::Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// How the workbook shows things where there is no terminal.
fn view() -> View {
    View {
        now: now(),
        zone: || jiff::tz::TimeZone::UTC,
        width: || 80,
        terminal: false,
        mode: Mode::Classroom,
        variable: |_| None,
    }
}

impl World {
    fn new() -> Self {
        let source = Memory::new()
            .image("box", &ImageBuilder::new().tar(base()).tar(upper()).env("A=image").cmd(&["sh"]).build())
            .image("other", &ImageBuilder::new().tar(base()).cmd(&["/bin/ls", "/"]).build())
            .image("shells", &ImageBuilder::new().tar(shells()).cmd(&["bash"]).build());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let world = Self { home: tempfile::tempdir().unwrap(), source: Arc::new(source), runtime };
        let request = PullRequest { reference: "box".parse().unwrap(), platform: None };
        world.runtime.block_on(world.engine().pull(&request, &mut |_| ())).unwrap();
        world
    }

    fn engine(&self) -> Engine {
        let workspace = Store::open(self.home.path()).unwrap().workspace(&WorkspaceName::Shell);
        let options = EngineOptions { platform: "linux/amd64".parse().unwrap(), clock: now };
        Engine::new(workspace, self.source.clone(), options)
    }

    /// Runs a line as the workbook does; what it prints comes back, with the status unless it is 0.
    fn run(&self, line: &str) -> String {
        self.type_into(line, "")
    }

    /// Runs a line that reads `input`.
    fn type_into(&self, line: &str, input: &str) -> String {
        self.with(line, input, None)
    }

    /// Runs a line that reads `input`, and lines of a container from someone who types them.
    fn with(&self, line: &str, input: &str, mut console: Option<&mut dyn Console>) -> String {
        let (mut out, mut err, mut input) = (Vec::new(), Vec::new(), input.as_bytes());
        let view = view();
        let engine = self.engine();
        let mut output = Output::new(&mut out, &mut err);
        output.input = Some(&mut input);
        output.console = console.as_mut().map(|console| &mut **console as &mut dyn Console);
        let status = self.runtime.block_on(run_line(line, &engine, &view, &mut output)).status;
        let status = if status == 0 { String::new() } else { format!("[{status}]\n") };
        String::from_utf8(out).unwrap() + &String::from_utf8(err).unwrap() + &status
    }

    /// Runs a line in a new container of `box` that goes away again.
    fn sh(&self, line: &str) -> String {
        self.run(&format!("docker run --rm box sh -c '{line}'"))
    }
}

/// What is in a tar: a path, its permissions, and its content, or with an arrow before it where a link leads to.
type Entry<'a> = (&'a str, u32, &'a [u8]);

fn tar_of(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, mode, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_mode(*mode);
        header.set_mtime(1_700_000_000);
        if let Some(target) = content.strip_prefix(b"->") {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            tar.append_link(&mut header, path, std::str::from_utf8(target).unwrap()).unwrap();
        } else {
            let is_folder = path.ends_with('/');
            header.set_entry_type(if is_folder { tar::EntryType::Directory } else { tar::EntryType::Regular });
            header.set_size(content.len() as u64);
            tar.append_data(&mut header, path, *content).unwrap();
        }
    }
    tar.into_inner().unwrap()
}

/// A program in machine code that needs a loader.
fn program(loader: &str) -> Vec<u8> {
    let mut bytes = vec![0; 64 + 56];
    bytes[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1]);
    (bytes[16], bytes[18], bytes[32], bytes[54], bytes[56]) = (3, 62, 64, 56, 1);
    (bytes[64], bytes[72], bytes[96]) = (3, 120, u8::try_from(loader.len() + 1).unwrap());
    bytes.extend(loader.as_bytes());
    bytes.push(0);
    bytes
}

fn base() -> Vec<u8> {
    const APPLETS: &[&str] = &[
        "bin/apk",
        "bin/cat",
        "bin/chmod",
        "bin/cp",
        "bin/du",
        "bin/env",
        "bin/find",
        "bin/grep",
        "bin/head",
        "bin/id",
        "bin/ln",
        "bin/ls",
        "bin/mkdir",
        "bin/mv",
        "bin/rm",
        "bin/sed",
        "bin/sh",
        "bin/sleep",
        "bin/sort",
        "bin/stat",
        "bin/touch",
        "bin/wc",
        "bin/which",
        "bin/whoami",
    ];

    let musl = program("/lib/ld-musl-x86_64.so.1");
    let glibc = program("/lib64/ld-linux-x86-64.so.2");
    let mut entries: Vec<Entry<'_>> = vec![
        ("bin/", 0o755, b""),
        ("bin/busybox", 0o755, &musl),
        ("lib/ld-musl-x86_64.so.1", 0o755, b"x"),
        ("opt/real", 0o755, &musl),
        ("opt/glibc", 0o755, &glibc),
        ("opt/entry.sh", 0o755, b"#!/bin/sh\nset -e\nif true; then :; fi\nexec \"$@\"\n"),
        ("etc/passwd", 0o644, b"root:x:0:0:root:/root:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\n"),
        ("etc/group", 0o644, b"root:x:0:\nme:x:1000:\n"),
        ("lib/apk/db/installed", 0o644, b"P:musl\nV:1.2.5-r0\nA:x86_64\nT:the C library\n\n"),
        ("root/", 0o700, b""),
        ("srv/gone", 0o644, b"below\n"),
        ("srv/kept", 0o644, b"kept\n"),
        ("srv/deep/file", 0o600, b"deep\n"),
        ("home/me/", 0o755, b""),
    ];
    entries.extend(APPLETS.iter().map(|path| (*path, 0o777, &b"->/bin/busybox"[..])));
    tar_of(&entries)
}

/// Packages of Debian's.
const PACKAGES: &[u8] = b"Package: bash\nStatus: install ok installed\nSection: shells\nArchitecture: amd64\n\
    Version: 5.2.15-2\nDescription: GNU Bourne Again SHell\n\n\
    Package: coreutils\nStatus: install ok installed\nArchitecture: amd64\nVersion: 9.1-1\n\
    Description: GNU core utilities\n\n\
    Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nVersion: 2.36-9\n\
    Description: GNU C Library\n";

/// A system with dash and bash.
fn shells() -> Vec<u8> {
    const PROGRAMS: &[&str] = &[
        "bin/bash",
        "bin/cat",
        "bin/dash",
        "bin/echo",
        "bin/env",
        "bin/find",
        "bin/grep",
        "bin/head",
        "bin/id",
        "bin/ls",
        "bin/mawk",
        "bin/mkdir",
        "bin/nl",
        "bin/rev",
        "bin/sed",
        "bin/sort",
        "bin/tac",
        "bin/timeout",
        "bin/tr",
        "bin/wc",
        "bin/xargs",
        "bin/apt-cache",
        "bin/diff",
        "bin/dpkg",
        "bin/dpkg-query",
        "bin/expr",
        "bin/getent",
        "bin/seq",
        "bin/tail",
    ];
    let glibc = program("/lib64/ld-linux-x86-64.so.2");
    let mut entries: Vec<Entry<'_>> = PROGRAMS.iter().map(|path| (*path, 0o755, glibc.as_slice())).collect();
    entries.push(("bin/sh", 0o777, b"->dash"));
    entries.push(("bin/awk", 0o777, b"->mawk"));
    entries.push(("var/lib/dpkg/status", 0o644, PACKAGES));
    entries.push(("var/lib/dpkg/info/bash.list", 0o644, b"/bin/bash\n"));
    entries.push(("var/lib/dpkg/info/libc6:amd64.list", 0o644, b"/lib/libc.so\n"));
    entries.push(("etc/group", 0o644, b"root:x:0:\nstaff:x:50:root\n"));
    entries.push(("srv/list", 0o644, b"root:0:/root\ndaemon:1:/usr/sbin\nsys:3:/dev\nnobody:65534:/none\n"));
    entries.push(("srv/deep/note.txt", 0o600, b"a note\n"));
    entries.push(("lib64/ld-linux-x86-64.so.2", 0o755, b"x"));
    entries.push(("etc/passwd", 0o644, b"root:x:0:0:root:/root:/bin/bash\n"));
    entries.push(("root/", 0o700, b""));
    tar_of(&entries)
}

fn upper() -> Vec<u8> {
    tar_of(&[("srv/.wh.gone", 0o644, b""), ("srv/new", 0o644, b"new\n"), ("srv/link", 0o777, b"->kept")])
}
