//! Images made of containers.

use layerbook::container::{Container, Source};
use layerbook::engine::CommitRequest;
use layerbook::oci::{DiffId, Digest};

use super::World;

const LINE: &str =
    "docker run --name cc box sh -c 'echo hi > /x; mkdir /d; rm /srv/kept; rm -rf /srv/deep; mkdir /srv/deep'";

fn opened(world: &World) -> Container {
    let engine = world.engine();
    engine.open_container(engine.shelf().find("cc").unwrap()).unwrap()
}

fn paths(tar: &[u8]) -> Vec<String> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().unwrap();
    entries.map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect()
}

fn source(path: &std::path::Path) -> Source {
    Source::find(&path.to_string_lossy(), false).unwrap()
}

#[test]
fn changes_become_a_layer_with_whiteouts() {
    let world = World::new();
    world.run(LINE);
    let layer = opened(&world).layer().unwrap();
    assert_eq!(paths(&layer), ["d/", "srv/", "srv/deep/", "srv/deep/.wh..wh..opq", "srv/.wh.kept", "x"]);
    assert_eq!(layer, opened(&world).layer().unwrap());
}

#[test]
fn an_image_of_a_container_has_one_layer_more() {
    let world = World::new();
    world.run(LINE);
    let layer = opened(&world).layer().unwrap();
    assert!(
        world.run("docker commit -m why -a Me -c 'CMD [\"cat\",\"/x\"]' -c 'ENV B=2' cc mine:1").starts_with("sha256:")
    );
    let image = world.engine().inspect("mine:1").unwrap();
    assert_eq!(image.layers.len(), 3);
    assert_eq!(image.layers[2].diff_id, DiffId(Digest::of(&layer)));
    assert_eq!(image.config.author, "Me");
    assert_eq!(image.config.config.env.as_deref(), Some(&["A=image".to_owned(), "B=2".to_owned()][..]));
    let step = image.config.history.last().unwrap();
    assert_eq!((step.comment.as_str(), step.empty_layer), ("why", false));
    assert!(step.created_by.starts_with("sh -c echo hi > /x;"), "{}", step.created_by);
    assert_eq!(world.run("docker run --rm mine:1"), "hi\n");
    assert_eq!(world.run("docker run --rm mine:1 ls /srv /srv/deep"), "/srv:\ndeep\nlink\nnew\n\n/srv/deep:\n");
}

#[test]
fn the_same_changes_give_the_same_image() {
    let ids: Vec<_> = (0..2)
        .map(|_| {
            let world = World::new();
            world.run(LINE);
            let engine = world.engine();
            let record = engine.shelf().find("cc").unwrap();
            let request = CommitRequest { config: record.config.clone(), ..CommitRequest::default() };
            engine.commit(&record, &request).unwrap()
        })
        .collect();
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn nothing_changed_is_an_empty_step() {
    let world = World::new();
    world.run("docker create --name cc box");
    world.run("docker commit cc same");
    let image = world.engine().inspect("same").unwrap();
    assert_eq!(image.layers.len(), 2);
    assert!(image.config.history.last().unwrap().empty_layer);
}

#[test]
fn an_image_with_children_stays_until_they_go() {
    let world = World::new();
    world.run(LINE);
    world.run("docker commit cc child");
    world.run("docker rm cc");
    assert_eq!(world.run("docker rmi box | head -1"), "Untagged: box:latest\n");
    assert_eq!(world.run("docker images -q | wc -l"), "1\n");
    let gone = world.run("docker rmi child");
    assert_eq!(gone.matches("Deleted: ").count(), 5, "{gone}");
}

#[test]
fn a_bad_commit_changes_nothing() {
    let world = World::new();
    world.run("docker create --name cc box");
    assert_eq!(
        world.run("docker commit -c 'FOO bar' cc x"),
        "Error response from daemon: foo is not a valid change command\n[1]\n"
    );
    assert_eq!(world.run("docker commit nope"), "Error response from daemon: No such container: nope\n[1]\n");
    assert_eq!(world.run("docker images -aq | wc -l"), "1\n");
}

#[test]
fn what_two_change_at_once_is_kept_of_both() {
    let world = World::new();
    world.run("docker run --name cc box sh -c 'echo old > /both'");
    let outside = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = outside.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let (mut one, mut other) = (opened(&world), opened(&world));
    one.copy_in(&source(&file("a", "of one")), "/a", super::now()).unwrap();
    one.copy_in(&source(&file("a", "of one")), "/both", super::now()).unwrap();
    one.save().unwrap();
    other.copy_in(&source(&file("b", "of the other")), "/b", super::now()).unwrap();
    other.save().unwrap();
    one.copy_in(&source(&file("c", "of one again")), "/c", super::now()).unwrap();
    one.save().unwrap();
    let seen = opened(&world);
    let copied = |path: &str| {
        let to = outside.path().join("out");
        seen.copy_out(path, &to, false).unwrap();
        std::fs::read_to_string(to).unwrap()
    };
    assert_eq!(["/a", "/b", "/c"].map(copied), ["of one", "of the other", "of one again"]);
}

#[test]
fn a_removed_container_does_not_come_back() {
    let world = World::new();
    world.run("docker run --name cc box sh -c 'echo hi > /x'");
    let mut open = opened(&world);
    world.run("docker rm cc");
    let outside = tempfile::NamedTempFile::new().unwrap();
    open.copy_in(&source(outside.path()), "/y", super::now()).unwrap();
    open.save().unwrap();
    assert_eq!(world.run("docker ps -aq"), "");
}

#[test]
fn a_tar_becomes_an_image_of_one_layer() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let tar = folder.path().join("root.tar").display().to_string();
    world.run("docker create --name cc box");
    world.run(&format!("docker export -o {tar} cc"));
    let id = world.run(&format!("docker import -m why -c 'CMD [\"cat\",\"/etc/passwd\"]' {tar} mine:1"));
    assert_eq!(id, format!("{}\n", world.engine().inspect("mine:1").unwrap().summary.id));
    assert_eq!(
        world.run("docker history --format '{{.CreatedBy}}|{{.Comment}}' mine:1; docker inspect -f '{{.Comment}} {{len .RootFS.Layers}} {{.Os}}/{{.Architecture}}' mine:1"),
        "|why\nwhy 1 linux/amd64\n"
    );
    assert_eq!(world.run("docker run --rm mine:1"), world.run("docker run --rm box cat /etc/passwd"));
    assert_eq!(world.run("docker import /nosuch"), "open /nosuch: no such file or directory\n[1]\n");
    let refused = world.run(&format!("docker import -c 'RUN x' {tar}; docker import {tar} Bad"));
    assert_eq!(
        refused,
        "Error response from daemon: run is not a valid change command\n\
         invalid reference format: repository name (library/Bad) must be lowercase\n[1]\n"
    );
}

#[test]
fn a_system_is_pruned_of_containers_and_images() {
    let world = World::new();
    world.run("docker run --name cc box sh -c 'echo hi > /x'; docker commit cc; docker tag box other");
    assert_eq!(
        world.run("docker system prune -f | grep -e Deleted -e Total"),
        "Deleted Containers:\nDeleted Images:\nTotal reclaimed space: 6B\n"
    );
    world.run("docker create --name cc other");
    assert_eq!(world.run("docker system prune -f --filter label=x"), "Total reclaimed space: 0B\n");
    // An image in use keeps the name that its container was made by.
    assert_eq!(world.run("docker image prune -af | grep untagged | head -1"), "untagged: box:latest\n");
    assert_eq!(
        world.run("docker system prune -f --volumes --filter until=1h"),
        "ERROR: The \"until\" filter is not supported with \"--volumes\"\n[1]\n"
    );
}
