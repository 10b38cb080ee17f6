//! Images whose blobs are named by SHA-512, from our own registry through the HTTP client into the store and back.

use std::sync::Arc;

use layerbook::engine::{Engine, EngineOptions, Error, Outside, PullRequest, PushRequest};
use layerbook::oci::{Digest, ImageId, MediaType};
use layerbook::registry::{Client, Options};
use layerbook::store::{Store, WorkspaceName};
use serde_json::{Value, json};

use super::registry::{OCI_INDEX, OCI_MANIFEST, Registry, sha512};
use crate::support::memory::tar_of;

/// An image named by SHA-512 throughout, and the registry that has it as `ada/app:1` and by digest.
struct World {
    registry: Registry,
    manifest: Vec<u8>,
    config: Vec<u8>,
    layer: Vec<u8>,
}

fn described(media_type: &MediaType, bytes: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": sha512(bytes), "size": bytes.len() })
}

async fn world() -> World {
    let registry = Registry::new().await;
    let layer = tar_of([("etc/motd", "hi")]);
    let rootfs = json!({ "type": "layers", "diff_ids": [Digest::of(&layer)] });
    let config = json!({ "architecture": "amd64", "os": "linux", "config": {}, "rootfs": rootfs }).to_string();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": described(&MediaType::OCI_CONFIG, config.as_bytes()),
        "layers": [described(&MediaType::OCI_LAYER, &layer)],
    });
    for bytes in [config.as_bytes(), &layer] {
        let reply = registry.give(&format!("POST /v2/ada/app/blobs/uploads/?digest={}", sha512(bytes)), bytes).await;
        assert_eq!(reply.status(), "201", "{}", reply.body());
    }
    let manifest = manifest.to_string().into_bytes();
    for target in [sha512(&manifest).to_string(), "1".to_owned()] {
        assert_eq!(registry.put("ada/app", &target, OCI_MANIFEST, &manifest).await.status(), "201");
    }
    World { registry, manifest, config: config.into_bytes(), layer }
}

impl World {
    /// An engine on a folder that asks this registry and pushes to it.
    fn engine(home: &tempfile::TempDir) -> Engine {
        let client = Arc::new(Client::new(Options::default()).unwrap());
        let workspace = Store::open(home.path()).unwrap().workspace(&WorkspaceName::Shell);
        let clock = || "2026-11-23T12:00:00Z".parse().unwrap();
        let options = EngineOptions { platform: "linux/amd64".parse().unwrap(), clock };
        Engine::new(workspace, client.clone(), options)
            .with_outside(Outside { sink: Some(client), ..Outside::default() })
    }

    fn name(&self, rest: &str) -> String {
        format!("{}/ada/app{rest}", self.registry.address)
    }

    async fn pull(&self, engine: &Engine, rest: &str) -> Result<Digest, Error> {
        let request = PullRequest { reference: self.name(rest).parse().unwrap(), platform: None };
        Ok(engine.pull(&request, &mut |_| ()).await?.digest)
    }
}

#[tokio::test]
async fn an_image_is_pulled_by_the_digest_that_it_is_asked_by_and_its_blobs_keep_their_names() {
    let (world, home) = (world().await, tempfile::tempdir().unwrap());
    let engine = World::engine(&home);
    let digest = sha512(&world.manifest);
    assert_eq!(world.pull(&engine, &format!("@{digest}")).await.unwrap(), digest);
    let image = engine.images().unwrap().remove(0);
    assert_eq!(image.id, ImageId(Digest::of(&world.config)), "an image ID is SHA-256 always");
    let names: Vec<String> = image.digests.iter().map(ToString::to_string).collect();
    assert_eq!(names, [world.name(&format!("@{digest}"))]);
    for bytes in [&world.manifest, &world.config, &world.layer] {
        let path = home.path().join("store/blobs/sha512").join(sha512(bytes).encoded());
        assert_eq!(&std::fs::read(path).unwrap(), bytes);
    }
    engine.workspace().store().sweep().unwrap();
    assert_eq!(engine.inspect(&world.name(&format!("@{digest}"))).unwrap().layers.len(), 1);
    world.registry.finish().await;
}

#[tokio::test]
async fn a_tag_is_told_by_sha256_whatever_the_manifest_names_its_blobs_by() {
    let (world, home) = (world().await, tempfile::tempdir().unwrap());
    let engine = World::engine(&home);
    assert_eq!(world.pull(&engine, ":1").await.unwrap(), Digest::of(&world.manifest));
    assert_eq!(world.pull(&engine, &format!("@{}", sha512(&world.manifest))).await.unwrap(), sha512(&world.manifest));
    let images = engine.images().unwrap();
    assert_eq!((images.len(), images[0].digests.len()), (1, 2), "one image, known by both digests");
    world.registry.finish().await;
}

#[tokio::test]
async fn an_index_leads_to_a_manifest_by_its_sha512() {
    let (world, home) = (world().await, tempfile::tempdir().unwrap());
    let mut entry = described(&MediaType::OCI_MANIFEST, &world.manifest);
    entry["platform"] = json!({ "os": "linux", "architecture": "amd64" });
    let index = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry] }).to_string();
    assert_eq!(world.registry.put("ada/app", "all", OCI_INDEX, index.as_bytes()).await.status(), "201");
    let engine = World::engine(&home);
    assert_eq!(world.pull(&engine, ":all").await.unwrap(), Digest::of(index.as_bytes()));
    assert_eq!(engine.workspace().images().unwrap()[0].manifest.digest, sha512(&world.manifest));
    world.registry.finish().await;
}

#[tokio::test]
async fn a_manifest_of_another_sha512_than_asked_for_is_refused() {
    use crate::support::server::{Server, ok};
    let world = world().await;
    let wrong = world.manifest.clone();
    let server = Server::start(move |_, _| ok(OCI_MANIFEST, wrong.clone()).into());
    let home = tempfile::tempdir().unwrap();
    let asked = sha512(b"another one");
    let reference = format!("{}/ada/app@{asked}", server.host()).parse().unwrap();
    let engine = World::engine(&home);
    let error = engine.pull(&PullRequest { reference, platform: None }, &mut |_| ()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("manifest verification failed for digest {asked}"));
    assert!(engine.images().unwrap().is_empty());
    world.registry.finish().await;
}

#[tokio::test]
async fn what_was_pulled_by_sha512_is_saved_loaded_and_pushed_whole() {
    let (world, home, other) = (world().await, tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let engine = World::engine(&home);
    world.pull(&engine, &format!("@{}", sha512(&world.manifest))).await.unwrap();
    let name: layerbook::oci::Reference = world.name(":2").parse().unwrap();
    let id = engine.images().unwrap()[0].id.clone();
    engine.tag(&id.to_string(), &name).unwrap();

    let mut archive = Vec::new();
    engine.save(&[name.to_string()], None, &mut archive).unwrap();
    let elsewhere = World::engine(&other);
    elsewhere.load(&mut archive.as_slice(), None, &mut |_| ()).await.unwrap();
    let loaded = elsewhere.workspace().images().unwrap().remove(0);
    assert_eq!(loaded.id, id);
    assert_eq!(loaded.manifest.digest, sha512(&world.manifest), "it keeps its own manifest");

    let pushed = elsewhere.push(&PushRequest::Tag(name), &mut |_| ()).await.unwrap();
    assert_eq!(pushed[0].digest, Digest::of(&world.manifest));
    assert_eq!(world.registry.ask("GET /v2/ada/app/manifests/2").await.body, world.manifest);
    world.registry.finish().await;
}
