//! The built-in model images against the public records that they follow.

use std::fs;

use layerbook::engine::{Engine, EngineOptions, PullRequest};
use layerbook::model::Catalogue;
use layerbook::oci::{Platform, Reference};
use layerbook::store::{Store, WorkspaceName};

fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = fs::read_dir("lessons/images")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

fn catalogue() -> Catalogue {
    let files = files();
    let lock = files.iter().find(|(name, _)| name == "lock.yaml").unwrap();
    Catalogue::load(files.iter().map(|(name, text)| (name.as_str(), text.as_str())), &lock.1).unwrap()
}

fn engine(home: &tempfile::TempDir, platform: &str) -> Engine {
    let workspace = Store::open(home.path()).unwrap().workspace(&WorkspaceName::Shell);
    let options =
        EngineOptions { platform: platform.parse().unwrap(), clock: || "2026-11-23T12:00:00Z".parse().unwrap() };
    Engine::new(workspace, std::sync::Arc::new(catalogue()), options)
}

/// Freezes an image and describes it in one line.
async fn facts(engine: &Engine, name: &str) -> String {
    let reference: Reference = name.parse().unwrap();
    engine.freeze(&reference).await.unwrap();
    let facts = engine.facts(&reference).unwrap();
    let packed: u64 = facts.layers.iter().map(|layer| layer.size).sum();
    let on_disk: u64 = facts.on_disk.unwrap().iter().sum();
    let config = &facts.config.config;
    let words = |words: &Option<Vec<String>>| words.clone().unwrap_or_default().join(" ");
    let ports: Vec<&str> = config.exposed_ports.iter().flatten().map(|(port, _)| port.as_str()).collect();
    format!(
        "{name}: {} layers, {} steps, {packed} packed, {on_disk} on disk, {} platforms, [{}] [{}] {}",
        facts.layers.len(),
        facts.config.history.len(),
        facts.platforms.iter().filter(|platform| !platform.attestation).count(),
        words(&config.entrypoint),
        words(&config.cmd),
        ports.join(","),
    )
}

#[tokio::test]
async fn numbers_of_the_model_images_are_those_of_the_records() {
    let home = tempfile::tempdir().unwrap();
    let engine = engine(&home, "linux/amd64");
    let mut lines = Vec::new();
    for name in [
        "redis",
        "redis:7",
        "redis:alpine",
        "nginx",
        "nginx:alpine",
        "debian:trixie-slim",
        "debian:bookworm-slim",
        "alpine",
        "httpd",
        "postgres:16",
        "nginx:1.25",
        "alpine:3.19",
        "python:3.11",
        "node:20",
    ] {
        lines.push(facts(&engine, name).await);
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    redis: 7 layers, 13 steps, 55474442 packed, 145740000 on disk, 8 platforms, [docker-entrypoint.sh] [redis-server] 6379/tcp
    redis:7: 7 layers, 14 steps, 43594077 packed, 112920000 on disk, 5 platforms, [docker-entrypoint.sh] [redis-server] 6379/tcp
    redis:alpine: 7 layers, 14 steps, 39102983 packed, 118840000 on disk, 8 platforms, [docker-entrypoint.sh] [redis-server] 6379/tcp
    nginx: 7 layers, 18 steps, 66322074 packed, 170060000 on disk, 8 platforms, [/docker-entrypoint.sh] [nginx -g daemon off;] 80/tcp
    nginx:alpine: 8 layers, 20 steps, 26310566 packed, 62940000 on disk, 8 platforms, [/docker-entrypoint.sh] [nginx -g daemon off;] 80/tcp
    debian:trixie-slim: 1 layers, 1 steps, 29830418 packed, 78810000 on disk, 8 platforms, [] [bash] 
    debian:bookworm-slim: 1 layers, 1 steps, 28238443 packed, 74830000 on disk, 5 platforms, [] [bash] 
    alpine: 1 layers, 2 steps, 3849738 packed, 8420000 on disk, 8 platforms, [] [/bin/sh] 
    httpd: 6 layers, 14 steps, 45292773 packed, 116840000 on disk, 8 platforms, [] [httpd-foreground] 80/tcp
    postgres:16: 14 layers, 25 steps, 160275130 packed, 451310000 on disk, 8 platforms, [docker-entrypoint.sh] [postgres] 5432/tcp
    nginx:1.25: 7 layers, 16 steps, 72900000 packed, 187000000 on disk, 5 platforms, [/docker-entrypoint.sh] [nginx -g daemon off;] 80/tcp
    alpine:3.19: 1 layers, 2 steps, 3410000 packed, 7380000 on disk, 8 platforms, [] [/bin/sh] 
    python:3.11: 7 layers, 13 steps, 409120197 packed, 1100000000 on disk, 8 platforms, [] [python3] 
    node:20: 8 layers, 12 steps, 408499334 packed, 1130000000 on disk, 4 platforms, [docker-entrypoint.sh] [node]
    "#);
}

#[tokio::test]
async fn each_platform_transfers_what_its_record_says() {
    let home = tempfile::tempdir().unwrap();
    for (platform, name, bytes) in [
        ("linux/arm64", "redis", 55_260_594),
        ("linux/arm/v7", "redis", 40_473_322),
        ("linux/s390x", "redis", 45_003_679),
        ("linux/arm64", "nginx", 65_028_772),
        ("linux/386", "nginx:alpine", 25_621_833),
        ("linux/arm64", "postgres:16", 158_896_599),
        ("linux/riscv64", "alpine", 3_574_358),
    ] {
        let line = facts(&engine(&home, platform), name).await;
        assert!(line.contains(&format!(" {bytes} packed")), "{platform} {line}");
    }
}

#[tokio::test]
async fn images_share_the_bases_that_the_real_ones_share() {
    let home = tempfile::tempdir().unwrap();
    let engine = engine(&home, "linux/amd64");
    let mut bottoms = std::collections::BTreeMap::<String, Vec<&str>>::new();
    for name in [
        "redis",
        "httpd",
        "postgres:16",
        "debian:trixie-slim",
        "nginx",
        "redis:7",
        "debian:bookworm-slim",
        "nginx:1.25",
    ] {
        let reference: Reference = name.parse().unwrap();
        engine.freeze(&reference).await.unwrap();
        let bottom = engine.facts(&reference).unwrap().layers[0].digest.to_string();
        bottoms.entry(bottom).or_default().push(name);
    }
    let mut groups: Vec<Vec<&str>> = bottoms.into_values().collect();
    groups.sort_unstable();
    assert_eq!(
        groups,
        [
            vec!["nginx"],
            vec!["nginx:1.25"],
            vec!["redis", "httpd", "postgres:16", "debian:trixie-slim"],
            vec!["redis:7", "debian:bookworm-slim"],
        ]
    );
}

#[tokio::test]
async fn a_pull_verifies_every_digest_of_a_model_image() {
    let home = tempfile::tempdir().unwrap();
    let engine = engine(&home, "linux/amd64");
    let request = PullRequest { reference: "alpine".parse().unwrap(), platform: Some(Platform::linux("arm64")) };
    engine.pull(&request, &mut |_| ()).await.unwrap();
    let details = engine.inspect("alpine").unwrap();
    assert_eq!(details.config.platform().to_string(), "linux/arm64/v8");
    assert_eq!(details.layers[0].blob.size, 4_187_659);
    let files: Vec<String> = engine.history("alpine").unwrap().into_iter().map(|row| row.created_by).collect();
    assert_eq!(files, ["CMD [\"/bin/sh\"]", "ADD alpine-minirootfs-3.24.2-x86_64.tar.gz / # buildkit"]);
}

#[test]
fn a_recipe_that_changed_without_its_lock_is_told() {
    let files = files();
    let lock = &files.iter().find(|(name, _)| name == "lock.yaml").unwrap().1;
    let changed: Vec<(String, String)> =
        files.iter().map(|(name, text)| (name.clone(), text.replace("compressed: 2109", "compressed: 2110"))).collect();
    let changed = changed.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let error = Catalogue::load(changed, lock).err().unwrap().to_string();
    assert!(error.starts_with("lock.yaml does not match redis-8.10.1: step "), "{error}");
}

#[test]
fn a_recipe_that_asks_for_too_much_is_refused() {
    let recipe = |layer: &str| {
        format!(
            "schema: 1\nid: x\nrepository: library/x\nrecord: none\ncreated: \"2026-01-01T00:00:00Z\"\n\
             platforms: [{{platform: linux/amd64, bytes: 1}}]\nsteps:\n  - {{by: x, at: \"2026-01-01T00:00:00Z\", layer: {layer}}}\n"
        )
    };
    let refused = |layer: &str| {
        let text = recipe(layer);
        Catalogue::recipes([("x.yaml", text.as_str())]).unwrap_err().to_string()
    };
    assert_eq!(refused("{compressed: 1099511627776}"), "x.yaml: a layer is larger than 8 GiB");
    assert_eq!(
        refused("{compressed: 9, files: {a: {size: 5}}}"),
        "x.yaml: the files of a layer take 5 bytes, more than its on_disk: 0"
    );
    assert_eq!(refused("{compressed: 9, files: {../a: {}}}"), "x.yaml: `../a` is no path of a file in an image");
    assert!(refused("{compressed: 9, files: {a: {mode: rw}}}").contains("octal"));
    assert!(refused("{compresed: 9}").contains("compresed"));
}
