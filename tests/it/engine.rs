//! The engine on images in memory: pulls that go well and pulls that do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use layerbook::engine::{Engine, EngineOptions, Error, LayerState, PullEvent, PullOutcome, PullRequest, Removal};
use layerbook::oci::{Descriptor, Digest, Document, MediaType, Reference, Repository};
use layerbook::source::{self, Blob, NetworkError, Registry, Target};
use layerbook::store::{Store, WorkspaceName};
use serde_json::json;

use crate::support::memory::{Image, ImageBuilder, Memory, document, gzip, tar_of};

struct World {
    home: tempfile::TempDir,
    source: Arc<dyn Registry>,
}

impl World {
    fn new(source: impl Registry + 'static) -> Self {
        Self { home: tempfile::tempdir().unwrap(), source: Arc::new(source) }
    }

    fn engine(&self) -> Engine {
        let workspace = Store::open(self.home.path()).unwrap().workspace(&WorkspaceName::Shell);
        let options = EngineOptions {
            platform: "linux/amd64".parse().unwrap(),
            clock: || "2026-11-23T12:00:00Z".parse().unwrap(),
        };
        Engine::new(workspace, self.source.clone(), options)
    }

    async fn pull(&self, name: &str) -> Result<PullOutcome, Error> {
        let request = PullRequest { reference: name.parse().unwrap(), platform: None };
        self.engine().pull(&request, &mut |_| ()).await
    }

    /// Pulls and writes down the events that a learner sees.
    async fn told(&self, name: &str) -> Vec<String> {
        let request = PullRequest { reference: name.parse().unwrap(), platform: None };
        let mut lines = Vec::new();
        let mut tell = |event: PullEvent| match event {
            PullEvent::Layer { digest, state } => match state {
                LayerState::AlreadyExists | LayerState::PullComplete | LayerState::Retrying { .. } => {
                    lines.push(format!("{} {state:?}", &digest.short()[..4]));
                }
                _ => {}
            },
            PullEvent::Started { tag, path } => lines.push(format!("{tag} from {path}")),
            PullEvent::Finished(outcome) => lines.push(format!("newer: {}", outcome.newer)),
        };
        if let Err(error) = self.engine().pull(&request, &mut tell).await {
            lines.push(error.to_string());
        }
        lines
    }

    /// Lists what lies in a folder of the home.
    fn files(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.home.path().join(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| !name.contains(".lock"));
        names.sort();
        names
    }
}

fn base() -> ImageBuilder {
    ImageBuilder::new().layer([("etc/os", "base")])
}

fn short(digest: &Digest) -> String {
    digest.short()[..4].to_owned()
}

fn layers(image: &Image) -> Vec<String> {
    image.document.manifest().unwrap().layers.iter().map(|layer| short(&layer.digest)).collect()
}

#[tokio::test]
async fn a_second_image_on_the_same_base_fetches_what_is_its_own() {
    let (a, b) = (base().layer([("a", "1")]).build(), base().layer([("b", "2")]).build());
    let world = World::new(Memory::new().image("a", &a).image("b", &b));
    let own = layers(&b);
    world.pull("a").await.unwrap();
    assert_eq!(
        world.told("b").await,
        [
            "latest from library/b".to_owned(),
            format!("{} AlreadyExists", own[0]),
            format!("{} PullComplete", own[1]),
            "newer: true".to_owned(),
        ]
    );
    assert_eq!(world.told("b").await, ["latest from library/b", "newer: false"]);
}

#[tokio::test]
async fn the_same_layer_on_another_base_counts_as_new_and_is_kept_once() {
    let a = base().layer([("shared", "1")]).build();
    let b = ImageBuilder::new().layer([("etc/os", "other")]).layer([("shared", "1")]).build();
    let world = World::new(Memory::new().image("a", &a).image("b", &b));
    world.pull("a").await.unwrap();
    let told = world.told("b").await;
    assert!(told.contains(&format!("{} PullComplete", layers(&b)[1])), "{told:?}");
    assert_eq!(world.files("store/blobs/sha256").len(), 3 + 2 + 2, "three layers, two configs, two manifests");
}

#[tokio::test]
async fn an_image_may_have_the_same_layer_twice() {
    let image = base().layer([("x", "")]).layer([("x", "")]).build();
    let world = World::new(Memory::new().image("a", &image));
    world.pull("a").await.unwrap();
    assert_eq!(world.engine().inspect("a").unwrap().layers.len(), 3);
}

#[tokio::test]
async fn an_index_gives_this_platform_and_never_an_attestation() {
    let amd = base().platform("linux/amd64").build();
    let arm = base().env("ARM=1").platform("linux/arm64/v8").build();
    let world = World::new(Memory::new().index("x", &[arm, amd.clone()]));
    assert_eq!(world.pull("x").await.unwrap().image_id, amd.config.image_id());
    let request = PullRequest { reference: "x".parse().unwrap(), platform: Some("linux/s390x".parse().unwrap()) };
    let error = world.engine().pull(&request, &mut |_| ()).await.unwrap_err();
    assert!(matches!(error, Error::NoMatchingPlatform(platform) if platform.to_string() == "linux/s390x"));
}

#[tokio::test]
async fn a_wrong_layer_is_refused_and_nothing_is_named() {
    let image = base().build();
    let digest = image.document.manifest().unwrap().layers[0].digest.clone();
    let size = usize::try_from(image.document.manifest().unwrap().layers[0].size).unwrap();
    let memory = Memory::new().image("x", &image);
    memory.plant(&digest, vec![7; size]);
    let world = World::new(memory);
    assert!(matches!(world.pull("x").await, Err(Error::LayerDigest(wrong)) if wrong == digest));
    assert!(world.engine().images().unwrap().is_empty());
    assert!(world.files("store/blobs/sha256").is_empty() && world.files("ingest").is_empty());
}

#[tokio::test]
async fn a_layer_of_another_size_than_its_descriptor_is_refused() {
    let image = base().build();
    let digest = image.document.manifest().unwrap().layers[0].digest.clone();
    let memory = Memory::new().image("x", &image);
    memory.plant(&digest, vec![7; 100_000]);
    assert!(matches!(World::new(memory).pull("x").await, Err(Error::BlobSize { .. })));
}

/// An image whose config lists other layers than it has.
fn mismatched(diff_id: &Digest) -> (Memory, Document) {
    let layer = gzip(&tar_of([("f", "x")]));
    let config = json!({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [diff_id]}});
    let config = config.to_string().into_bytes();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MediaType::OCI_MANIFEST,
        "config": Descriptor::of(MediaType::OCI_CONFIG, &config),
        "layers": [Descriptor::of(MediaType::OCI_LAYER_GZIP, &layer)],
    });
    let document = document(&MediaType::OCI_MANIFEST, &manifest);
    let memory = Memory::new().document("x", &document);
    memory.blob(layer);
    memory.blob(config);
    (memory, document)
}

#[tokio::test]
async fn a_diff_id_that_the_layer_does_not_have_is_found_out() {
    let (memory, _) = mismatched(&Digest::of(b"something else"));
    let world = World::new(memory);
    let told = world.told("x").await;
    assert!(told[1].ends_with("PullComplete") && told[2].contains("match"), "complete, then compared: {told:?}");
    // Also when the blob is held already and not read again.
    assert!(matches!(world.pull("x").await, Err(Error::LayersMismatch)));
    assert!(world.engine().images().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_no_image_is_refused() {
    let config = Descriptor::of(MediaType::new("application/vnd.cncf.helm.config.v1+json"), b"{}");
    let manifest = json!({"schemaVersion": 2, "mediaType": MediaType::OCI_MANIFEST, "config": config, "layers": []});
    let world = World::new(Memory::new().document("x", &document(&MediaType::OCI_MANIFEST, &manifest)));
    assert!(matches!(world.pull("x").await, Err(Error::UnsupportedType(kind)) if kind.as_str().contains("helm")));
}

/// A source whose blobs break off after some bytes, a few times.
struct Flaky {
    memory: Memory,
    breaks: AtomicUsize,
    asked: std::sync::Mutex<Vec<u64>>,
}

impl Registry for Flaky {
    fn resolve<'a>(&'a self, r: &'a Repository, t: &'a Target) -> BoxFuture<'a, Result<Descriptor, source::Error>> {
        Registry::resolve(&self.memory, r, t)
    }

    fn document<'a>(&'a self, r: &'a Repository, t: &'a Target) -> BoxFuture<'a, Result<Document, source::Error>> {
        Registry::document(&self.memory, r, t)
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, source::Error>> {
        Box::pin(async move {
            let blob = Registry::blob(&self.memory, repository, digest, offset).await?;
            if blob.size.is_some_and(|size| size < 50_000) {
                return Ok(blob);
            }
            self.asked.lock().unwrap().push(offset);
            if self.breaks.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
                return Ok(blob);
            }
            let broken = || {
                let (url, reason) = ("http://x/".to_owned(), "unexpected EOF".to_owned());
                Err::<Bytes, _>(source::Error::Network(NetworkError { method: "Get", url, reason }))
            };
            let few = |chunk: Result<Bytes, _>| chunk.map(|bytes| bytes.slice(..bytes.len().min(1000)));
            let stream = blob.stream.take(1).map(few).chain(futures_util::stream::once(async move { broken() }));
            Ok(Blob { stream: stream.boxed(), ..blob })
        })
    }

    fn tags<'a>(&'a self, r: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, source::Error>> {
        Registry::tags(&self.memory, r)
    }
}

fn noise(count: usize) -> String {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'!' + u8::try_from(state >> 58).unwrap())
    };
    (0..count).map(|_| next()).collect()
}

#[tokio::test]
async fn a_transfer_that_breaks_off_goes_on_where_it_was() {
    let image = ImageBuilder::new().layer([("noise", noise(200_000))]).build();
    let flaky = Flaky {
        memory: Memory::new().image("x", &image),
        breaks: AtomicUsize::new(3),
        asked: std::sync::Mutex::default(),
    };
    let flaky = Arc::new(flaky);
    let world = World { home: tempfile::tempdir().unwrap(), source: flaky.clone() };
    world.pull("x").await.unwrap();
    let asked = flaky.asked.lock().unwrap().clone();
    assert!(asked.len() == 4 && asked.is_sorted() && asked[3] > asked[2] && asked[1] > 0, "{asked:?}");
}

#[tokio::test]
async fn a_source_that_breaks_off_for_ever_is_given_up_though_each_attempt_brings_something() {
    let image = ImageBuilder::new().layer([("noise", noise(200_000))]).build();
    let breaks = AtomicUsize::new(usize::MAX);
    let flaky = Flaky { memory: Memory::new().image("x", &image), breaks, asked: std::sync::Mutex::default() };
    let flaky = Arc::new(flaky);
    let world = World { home: tempfile::tempdir().unwrap(), source: flaky.clone() };
    assert!(matches!(world.pull("x").await, Err(Error::BlobSize { actual: 50_000, .. })));
    assert_eq!(flaky.asked.lock().unwrap().len(), 50);
    assert!(world.engine().images().unwrap().is_empty());
}

#[tokio::test]
async fn what_an_ended_process_left_is_not_fetched_again() {
    let image = ImageBuilder::new().layer([("noise", noise(200_000))]).build();
    let layer = image.document.manifest().unwrap().layers[0].clone();
    let flaky = Arc::new(Flaky {
        memory: Memory::new().image("x", &image),
        breaks: AtomicUsize::new(0),
        asked: std::sync::Mutex::default(),
    });
    let world = World { home: tempfile::tempdir().unwrap(), source: flaky.clone() };
    let store = world.engine().workspace().store().clone();
    let whole = image.blobs.iter().find(|blob| Digest::of(blob) == layer.digest).unwrap();
    std::fs::write(store.partial_path(&layer.digest), &whole[..70_000]).unwrap();
    world.pull("x").await.unwrap();
    assert_eq!(*flaky.asked.lock().unwrap(), [70_000]);

    // Wrong bytes are found out, and the transfer begins again by itself.
    let other = World { home: tempfile::tempdir().unwrap(), source: flaky.clone() };
    let store = other.engine().workspace().store().clone();
    std::fs::write(store.partial_path(&layer.digest), vec![7; 70_000]).unwrap();
    other.pull("x").await.unwrap();
    assert_eq!(*flaky.asked.lock().unwrap(), [70_000, 70_000, 0]);
}

fn shown(removals: &[Removal]) -> Vec<String> {
    let show = |removal: &Removal| match removal {
        Removal::Untagged(name) => format!("Untagged {}", name.familiar().split('@').next().unwrap()),
        Removal::Deleted(digest) => format!("Deleted {}", short(digest)),
    };
    removals.iter().map(show).collect()
}

#[tokio::test]
async fn removing_the_last_name_frees_what_nobody_else_stands_on() {
    let (a, b) = (base().layer([("a", "1")]).build(), base().layer([("b", "2")]).build());
    let world = World::new(Memory::new().image("a", &a).image("b", &b));
    world.pull("a").await.unwrap();
    world.pull("b").await.unwrap();
    let engine = world.engine();
    engine.tag("a", &"mine:1".parse().unwrap()).unwrap();
    assert_eq!(shown(&engine.remove("mine:1", false).unwrap()), ["Untagged mine:1"]);
    let removed = shown(&engine.remove("a", false).unwrap());
    assert_eq!(removed.len(), 4, "two names, the image, its own layer: {removed:?}");
    assert_eq!(removed[..2], ["Untagged a:latest", "Untagged a"]);
    assert_eq!(world.files("store/blobs/sha256").len(), 4, "b's two layers, config and manifest");
    assert!(matches!(engine.inspect("a"), Err(Error::NoSuchImage(name)) if name == "a:latest"));
}

#[tokio::test]
async fn an_image_with_names_in_two_repositories_does_not_go_by_its_id() {
    let world = World::new(Memory::new().image("a", &base().build()));
    let id = world.pull("a").await.unwrap().image_id;
    let engine = world.engine();
    engine.tag("a", &"b".parse().unwrap()).unwrap();
    let prefix = &id.0.encoded()[..8];
    assert!(matches!(engine.remove(prefix, false), Err(Error::ReferencedInSeveral(_))));
    assert_eq!(engine.images().unwrap()[0].tags.len(), 2);
    assert_eq!(engine.remove(prefix, true).unwrap().len(), 3 + 1 + 1, "three names, the image, its layer");
    assert!(engine.images().unwrap().is_empty());
}

#[tokio::test]
async fn the_name_of_an_algorithm_is_no_beginning_of_an_id() {
    let image = base().build();
    let world = World::new(Memory::new().image("x", &image));
    world.pull("x").await.unwrap();
    let id = image.config.image_id().to_string();
    for word in ["sha256", "sha25", "s", "sha512", "nosuch"] {
        assert!(matches!(world.engine().remove(word, true), Err(Error::NoSuchImage(_))), "{word}");
        assert!(matches!(world.engine().inspect(word), Err(Error::NoSuchImage(_))), "{word}");
    }
    for beginning in [&id[..12], &id[7..9]] {
        assert!(world.engine().inspect(beginning).is_ok(), "{beginning}");
    }
    let other = id.replacen("sha256", "sha512", 1);
    assert!(world.engine().inspect(&other[..12]).is_err(), "the algorithm counts");
}

#[tokio::test]
async fn a_tag_that_moved_leaves_the_old_image_without_one() {
    let (old, new) = (base().env("V=1").build(), base().env("V=2").build());
    let memory = Arc::new(Memory::new().image("a", &old).image("b", &new));
    let world = World { home: tempfile::tempdir().unwrap(), source: memory.clone() };
    world.pull("a").await.unwrap();
    memory.point("a", &new.document);
    assert!(world.pull("a").await.unwrap().newer);
    let images = world.engine().images().unwrap();
    let dangling: Vec<_> = images.iter().filter(|image| image.tags.is_empty()).collect();
    assert_eq!(dangling.len(), 1);
    assert_eq!(dangling[0].digests.len(), 1, "the digest keeps the repository's name");
    let (removed, _) = world.engine().prune(false, &|_| true).unwrap();
    assert_eq!(removed.len(), 2, "its digest and the image; the layer is shared");
}

#[tokio::test]
async fn a_frozen_name_gives_the_same_image_when_the_tag_has_moved() {
    let (old, new) = (base().env("V=1").build(), base().env("V=2").build());
    let memory = Arc::new(Memory::new().image("a", &old).image("b", &new));
    let world = World { home: tempfile::tempdir().unwrap(), source: memory.clone() };
    let name: Reference = "a".parse().unwrap();
    assert!(matches!(world.engine().facts(&name), Err(Error::NotHeld(_))));
    world.engine().freeze(&name).await.unwrap();
    memory.point("a", &new.document);
    assert_eq!(world.engine().facts(&name).unwrap().config.image_id(), old.config.image_id());
    assert_eq!(world.pull("a").await.unwrap().image_id, old.config.image_id());
}

#[tokio::test]
async fn two_pulls_at_once_share_one_transfer() {
    let image = ImageBuilder::new().layer([("noise", noise(300_000))]).build();
    let world = World::new(Memory::new().image("a", &image).image("b", &image));
    let (one, two) = tokio::join!(world.pull("a"), world.pull("b"));
    assert_eq!(one.unwrap().image_id, two.unwrap().image_id);
    assert_eq!(world.engine().images().unwrap()[0].tags.len(), 2);
}
