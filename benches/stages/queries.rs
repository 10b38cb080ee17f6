//! Queries over a workspace with many images.

use divan::Bencher;
use layerbook::engine::Engine;
use layerbook::oci::{Descriptor, Digest, ImageId, MediaType};
use layerbook::store::HeldImage;
use layerbook::template::Template;

use super::classroom::{engine, pull, run};

const COUNTS: &[usize] = &[100, 10_000];

/// A workspace with redis and `count` images that have names and sizes, and no content.
fn crowded(count: usize) -> (tempfile::TempDir, Engine) {
    let (home, engine) = engine();
    pull(&engine, "redis");
    let image = |number: usize| {
        let id = Digest::of(&number.to_le_bytes());
        HeldImage {
            id: ImageId(id.clone()),
            manifest: Descriptor::new(MediaType::OCI_MANIFEST, id, 500),
            tags: [(format!("team/app{number}:v1").parse().expect("a name"), super::now().to_string())].into(),
            digests: std::collections::BTreeSet::new(),
            on_disk: number as u64,
            created: Some("2026-01-01T00:00:00Z".to_owned()),
            parent: None,
        }
    };
    engine.workspace().update(|images| images.extend((0..count).map(image))).expect("there is room");
    (home, engine)
}

fn bench(bencher: Bencher<'_, '_>, count: usize, line: &str) {
    let (_home, engine) = crowded(count);
    bencher.bench(|| run(line, &engine));
}

#[divan::bench(args = COUNTS)]
fn images(bencher: Bencher<'_, '_>, count: usize) {
    bench(bencher, count, "docker images");
}

#[divan::bench(args = COUNTS)]
fn inspect(bencher: Bencher<'_, '_>, count: usize) {
    bench(bencher, count, "docker inspect redis");
}

#[divan::bench(args = COUNTS)]
fn history(bencher: Bencher<'_, '_>, count: usize) {
    bench(bencher, count, "docker history redis");
}

#[divan::bench]
fn system_df(bencher: Bencher<'_, '_>) {
    let (_home, engine) = engine();
    for name in ["redis", "httpd", "nginx", "alpine"] {
        pull(&engine, name);
    }
    bencher.bench(|| run("docker system df", &engine));
}

#[divan::bench]
fn template() -> String {
    let value = serde_json::json!({ "Env": ["PATH=/bin", "A=b"], "Size": 7 });
    let template = Template::parse("{{range .Env}}{{println .}}{{end}}{{json .}}").expect("it is well formed");
    template.row(&value, "*x.context").expect("it has its fields")
}
