//! layerbook: a workbook in the terminal that teaches container images by doing.
//!
//! The learner types `docker` commands; an image engine in the program carries them out on real manifests, digests, layers and
//! blobs; and every answer is checked against what the engine holds. The binary is a thin edge (`main.rs`, `cli.rs`) around
//! [`shell::run`]. Who wants the engine alone begins at [`engine::Engine`].
//!
//! # The map
//!
//! A pure vocabulary at the bottom, an engine that returns data, a `docker` layer that turns data into Docker's exact text, a
//! tutor that turns events into effects, and a thin shell that owns the terminal. From the bottom up; each may use what lies below
//! it, never what lies above or beside it (`tests/it/architecture.rs` holds the exact table and fails on any other import):
//!
//! | module | what it is |
//! | --- | --- |
//! | [`oci`] | words of the OCI specifications: digests, references, platforms, manifests, configs; no I/O |
//! | [`source`] | where images come from and go to: the traits `Registry`, `Sink`, `Search`, `Accounts`, and what can go wrong with them |
//! | [`yaml`] | the only reader of YAML: strict, bounded, every value knows its place in the file |
//! | [`registry`] | a source and a sink: the HTTP client of the distribution API |
//! | [`model`] | a source: images made from recipes, the classroom |
//! | [`store`] | the images on disk: one pool of verified blobs in an OCI layout, many workspaces; what a registry was given; the only writer |
//! | [`rootfs`] | what is in a layer: inflate, diff ID and file tree in one pass |
//! | [`pipe`] | the syntax of a line, and the filters that may stand behind a pipe |
//! | [`container`] | a writable layer over an image's layers, and the small shell that looks into both |
//! | [`server`] | the distribution API over any source, and over what is pushed to it |
//! | [`engine`] | pull, push, list, inspect, history, tag, remove, prune, save, load; joins source, store and layers; returns data |
//! | [`template`] | Go templates as `--format` uses them |
//! | [`docker`] | the docker command line: words to commands, data to Docker's exact text |
//! | [`pack`] | lessons, problems and recipes as files, embedded or in a folder |
//! | [`lesson`] | lessons and problems as data: loading, facts, expressions, judging |
//! | [`tutor`] | teaching: events in, effects out; progress, review, reports and pictures; no I/O, no clock |
//! | [`author`] | an author's tools: the proof of a pack, a pack to begin with, schemas; plays sessions, so it stands on `tutor` |
//! | [`shell`] | the terminal: input, painting, the loop, the journal; puts everything together |
//!
//! # Rules that hold everywhere
//!
//! - Only `shell` and `main` know a terminal; only `registry` and `server` open sockets; only `store`, `container` and `shell`
//!   write files.
//! - There is one clock: `main` hands a function down. The environment is read in `cli.rs` alone.
//! - No blob gets its name before its digest and size are verified, no image before everything that it reaches is there.
//! - The engine makes no sentence for a learner, `docker` no wording that Docker does not have, the tutor no imitation of Docker.
//! - Packs are data: nothing in a pack is ever executed.
//!
//! # Where the design was changed
//!
//! - A layer's cached tree is filed under the digest of its *blob*, and says which diff ID was computed from it; filed under a diff ID
//!   that a config claims, one image could borrow another one's tree.
//! - A recipe states history and configuration apart, each as its record has them, instead of deriving one from the other: records
//!   cut long lines, and what a container starts with must not depend on a cut line.
//! - `layerbook.prints` on a model image's manifest tells what its programs print, so that a container needs no recipe.
//! - `layerbook.on-disk` on a model image's layer descriptors tells sizes on disk before a pull, so that facts need no second lock.
//! - `container` stands on `pipe`: programs inside a container filter text as those behind the workbook's pipes do. Its shell reads a
//!   language of its own, that of dash, bash and busybox.
//! - What is pushed to the served registry is told by a journal, not by an OCI layout: a layout has no place for a blob that no
//!   manifest names yet, and tags that differ only in case are one file on some systems.
//! - `docker load` is all or nothing, where Docker keeps the images that came before a fault; an archive that has one name twice or
//!   leads out of itself is refused, where Docker takes the last file or stays inside. So is a tar that `docker cp` reads from a pipe,
//!   of which Docker keeps what came before the fault.
//! - A pack is proved above the tutor and not inside `lesson`: the proof plays real sessions, so that an author's test goes
//!   through everything that a learner's line goes through.
//! - A pack without recipes of its own, or with some, also has the images of the built-in pack.
//! - `images.cache` and `stacks.cache` beside a large `index.json` hold it in a form that is searched without reading it all; the index
//!   alone is the truth.
//! - A proof of a pack and a rehearsal of a lesson take the lock's word for layers ([`source::Vouch`]): they pull gigabytes that nobody
//!   looks into, and the lock is compared with the layers whenever a pack is built. A learner's engine never does so.
//! - Of a home that no other process knows, indexes, pins, snapshots and the cache are in memory ([`store::Store::unshared`]): a proof
//!   types thousands of lines, and read each file again for each.
//! - The largest layer of a pull goes first and the others step back: everything waits for it in the end.
//! - `yaml` is a floor of its own, since recipes, packs and lessons all stand on it.

pub mod oci;
pub mod source;
pub mod yaml;

pub mod model;
pub mod registry;
pub mod rootfs;
pub mod server;
pub mod store;

pub mod pipe;

pub mod container;
pub mod engine;

pub mod docker;
pub mod template;

pub mod author;
pub mod lesson;
pub mod pack;
pub mod shell;
pub mod tutor;
