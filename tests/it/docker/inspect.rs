//! Inspecting images.

use super::check;

#[test]
fn inspect_prints_the_keys_in_order() {
    insta::assert_snapshot!(check(&["pull -q demo:1.0", "inspect -s demo:1.0"]), @r#"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker inspect -s demo:1.0
    [
        {
            "Id": "sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43",
            "RepoTags": [
                "demo:1.0"
            ],
            "RepoDigests": [
                "demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd"
            ],
            "Comment": "buildkit.dockerfile.v0",
            "Created": "2024-02-28T10:00:00.5Z",
            "Config": {
                "Cmd": [
                    "sh"
                ],
                "Labels": {
                    "team": "red"
                }
            },
            "Architecture": "amd64",
            "Os": "linux",
            "Size": 8,
            "GraphDriver": {
                "Data": null,
                "Name": "overlay2"
            },
            "RootFS": {
                "Type": "layers",
                "Layers": [
                    "sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb"
                ]
            },
            "Metadata": {
                "LastTagTime": "2024-03-02T12:00:00Z"
            }
        }
    ]
    WARNING: --size ignored for image
    "#);
}

#[test]
fn what_is_not_there_cannot_be_inspected() {
    let lines = [
        "inspect nope",
        "image inspect nope",
        "inspect --type container nope",
        "inspect --type foo nope",
        "pull -q demo:1.0",
        "image inspect --platform linux/arm64 demo:1.0",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker inspect nope
    []
    Error: No such object: nope
    [1]
    $ docker image inspect nope
    []
    Error response from daemon: No such image: nope:latest
    [1]
    $ docker inspect --type container nope
    []
    Error response from daemon: No such container: nope
    [1]
    $ docker inspect --type foo nope
    unknown type: "foo": must be one of "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"
    [1]
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker image inspect --platform linux/arm64 demo:1.0
    []
    Error response from daemon: image with reference demo:1.0 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)
    [1]
    "#);
}
