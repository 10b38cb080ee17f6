//! `--format` of the commands.

use super::check;

#[test]
fn rows_are_shown_by_a_template() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "images --format {{.Repository}}:{{.Tag}}_{{.Size}}",
        r"images --format table_{{.ID}}\t{{upper_.Tag}}",
        "images --format table_{{.ID}} --digests",
        "images --format {{json_.}} demo:1.0",
        "images --format {{.Digest}} demo:1.0",
        "images --format raw demo:1.0",
        "images --format raw -q demo:1.0",
        "images --format table_{{.Nope}} nope",
        "history --format {{.ID}}|{{.CreatedBy}}|{{.Size}} demo:2.0",
        r"history --format table_{{.ID}}\t{{.CreatedAt}} demo:2.0",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker images --format {{.Repository}}:{{.Tag}}_{{.Size}}
    demo:2.0 14B
    demo:1.0 8B
    $ docker images --format table_{{.ID}}\t{{upper_.Tag}}
    IMAGE ID       TAG
    2b1aba920be0   2.0
    faffdaa18781   1.0
    $ docker images --format table_{{.ID}} --digests
    IMAGE ID       DIGEST
    2b1aba920be0   sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8
    faffdaa18781   sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    $ docker images --format {{json_.}} demo:1.0
    {"Containers":"N/A","CreatedAt":"2024-02-28 10:00:00 +0000 UTC","CreatedSince":"3 days ago","Digest":"\u003cnone\u003e","ID":"faffdaa18781","Repository":"demo","SharedSize":"N/A","Size":"8B","Tag":"1.0","UniqueSize":"N/A","VirtualSize":"8B"}
    $ docker images --format {{.Digest}} demo:1.0
    <none>
    $ docker images --format raw demo:1.0
    repository: demo
    tag: 1.0
    image_id: faffdaa18781
    created_at: 2024-02-28 10:00:00 +0000 UTC
    virtual_size: 8B

    $ docker images --format raw -q demo:1.0
    image_id: faffdaa18781
    $ docker images --format table_{{.Nope}} nope
    <no value>
    $ docker history --format {{.ID}}|{{.CreatedBy}}|{{.Size}} demo:2.0
    2b1aba920be0|RUN /bin/sh -c echo hello <b> && echo a long…|6B
    <missing>|ENV A=1|0B
    <missing>|ADD rootfs /|8B
    $ docker history --format table_{{.ID}}\t{{.CreatedAt}} demo:2.0
    IMAGE          CREATED AT
    2b1aba920be0   2024-02-28T10:00:00Z
    <missing>      2024-02-28T10:00:00Z
    <missing>      2024-02-28T10:00:00Z
    "#);
}

#[test]
fn a_template_that_fails_writes_no_row() {
    let lines = [
        "pull -q demo:1.0",
        "images --format {{.Nope}}",
        r"images --format table_{{.ID}}\t{{.Nope}}",
        "images --format {{",
        "history --format {{.Nope}} demo:1.0",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker images --format {{.Nope}}
    template parsing error: template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type *formatter.imageContext
    [1]
    $ docker images --format table_{{.ID}}\t{{.Nope}}
    template parsing error: template: :1:10: executing "" at <.Nope>: can't evaluate field Nope in type *formatter.imageContext
    [1]
    $ docker images --format {{
    template parsing error: template: :1: unclosed action
    [1]
    $ docker history --format {{.Nope}} demo:1.0
    template parsing error: template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type *image.historyContext
    [1]
    "#);
}

#[test]
fn an_image_is_shown_by_a_template() {
    let lines = [
        "pull -q demo:1.0",
        "inspect -f {{.Id}} demo:1.0",
        "inspect -f {{.ID}}|{{.Author}}|{{.Variant}}|{{.Config.User}}|{{.Config.Healthcheck}} demo:1.0",
        "inspect -f {{json_.Config}} demo:1.0",
        "inspect -f {{.Config.Cmd}}_{{.Config.Labels.team}}_{{.Config.Labels.nope}} demo:1.0",
        "inspect -f {{range_.RootFS.Layers}}{{println_.}}{{end}} demo:1.0",
        "inspect -f {{.Metadata.LastTagTime}}_{{.GraphDriver.Name}} demo:1.0",
        "inspect -f {{.Size}} demo:1.0 nope demo:1.0",
        "inspect -f {{.Nope}} demo:1.0",
        "inspect -f {{ demo:1.0",
        "inspect -f {{.Id}} nope",
        "inspect -f json nope",
        "version -f {{.Client.Version}}",
        "info -f {{.Driver}}",
        "version -f {{.Nope}}",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker inspect -f {{.Id}} demo:1.0
    sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43
    $ docker inspect -f {{.ID}}|{{.Author}}|{{.Variant}}|{{.Config.User}}|{{.Config.Healthcheck}} demo:1.0
    sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43||||<nil>
    $ docker inspect -f {{json_.Config}} demo:1.0
    {"Cmd":["sh"],"Labels":{"team":"red"}}
    $ docker inspect -f {{.Config.Cmd}}_{{.Config.Labels.team}}_{{.Config.Labels.nope}} demo:1.0
    [sh] red <no value>
    $ docker inspect -f {{range_.RootFS.Layers}}{{println_.}}{{end}} demo:1.0
    sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb

    $ docker inspect -f {{.Metadata.LastTagTime}}_{{.GraphDriver.Name}} demo:1.0
    2024-03-02 12:00:00 +0000 UTC overlay2
    $ docker inspect -f {{.Size}} demo:1.0 nope demo:1.0
    8
    8
    Error: No such object: nope
    [1]
    $ docker inspect -f {{.Nope}} demo:1.0

    template parsing error: template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"
    [1]
    $ docker inspect -f {{ demo:1.0
    template parsing error: template: :1: unclosed action
    [64]
    $ docker inspect -f {{.Id}} nope

    Error: No such object: nope
    [1]
    $ docker inspect -f json nope
    []
    Error: No such object: nope
    [1]
    $ docker version -f {{.Client.Version}}
    28.2.2
    $ docker info -f {{.Driver}}
    overlay2
    $ docker version -f {{.Nope}}

    template: version:1:2: executing "version" at <.Nope>: can't evaluate field Nope in type system.versionInfo
    [1]
    "#);
}
