//! What images take on disk, as `docker system df` tells it.

use super::check;

#[test]
fn a_shared_layer_counts_once() {
    let lines = ["system df", "pull -q demo:1.0", "pull -q demo:2.0", "tag demo:2.0 also", "system df", "system df -v"];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker system df
    TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE
    Images          0         0         0B        0B
    Containers      0         0         0B        0B
    Local Volumes   0         0         0B        0B
    Build Cache     0         0         0B        0B
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker tag demo:2.0 also
    $ docker system df
    TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE
    Images          2         0         14B       14B (100%)
    Containers      0         0         0B        0B
    Local Volumes   0         0         0B        0B
    Build Cache     0         0         0B        0B
    $ docker system df -v
    Images space usage:

    REPOSITORY   TAG       IMAGE ID       CREATED        SIZE      SHARED SIZE   UNIQUE SIZE   CONTAINERS
    also         latest    2b1aba920be0   26 hours ago   14B       8B            6B            0
    demo         1.0       faffdaa18781   3 days ago     8B        8B            0B            0

    Containers space usage:

    CONTAINER ID   IMAGE     COMMAND   LOCAL VOLUMES   SIZE      CREATED   STATUS    NAMES

    Local Volumes space usage:

    VOLUME NAME   LINKS     SIZE

    Build cache usage: 0B

    CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED
    ");
}

#[test]
fn what_stands_on_a_chain_alone_is_unique() {
    insta::assert_snapshot!(check(&["pull -q demo:2.0", "system df -v --format {{range_.Images}}{{.Size}}_{{.SharedSize}}_{{.UniqueSize}}_{{.Containers}}{{end}}"]), @r"
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker system df -v --format {{range_.Images}}{{.Size}}_{{.SharedSize}}_{{.UniqueSize}}_{{.Containers}}{{end}}
    14B 0B 14B 0
    ");
}

#[test]
fn formats_are_those_of_lists_and_with_v_of_one_value() {
    let lines = [
        "system df --format json",
        "system df --format table_{{.Type}}\\t{{.Size}}",
        "system df --format raw",
        "system df --format {{.Nope}}",
        "system df -v --format json",
        "system df -v --format {{.Nope}}",
        "system df x",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker system df --format json
    {"Active":"0","Reclaimable":"0B","Size":"0B","TotalCount":"0","Type":"Images"}
    {"Active":"0","Reclaimable":"0B","Size":"0B","TotalCount":"0","Type":"Containers"}
    {"Active":"0","Reclaimable":"0B","Size":"0B","TotalCount":"0","Type":"Local Volumes"}
    {"Active":"0","Reclaimable":"0B","Size":"0B","TotalCount":"0","Type":"Build Cache"}
    $ docker system df --format table_{{.Type}}\t{{.Size}}
    TYPE            SIZE
    Images          0B
    Containers      0B
    Local Volumes   0B
    Build Cache     0B
    $ docker system df --format raw
    type: Images
    total: 0
    active: 0
    size: 0B
    reclaimable: 0B

    type: Containers
    total: 0
    active: 0
    size: 0B
    reclaimable: 0B

    type: Local Volumes
    total: 0
    active: 0
    size: 0B
    reclaimable: 0B

    type: Build Cache
    total: 0
    active: 0
    size: 0B
    reclaimable: 0B

    $ docker system df --format {{.Nope}}
    template parsing error: template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type *formatter.diskUsageImagesContext
    [1]
    $ docker system df -v --format json
    {"Images":[],"Containers":[],"Volumes":[],"BuildCache":[]}$ docker system df -v --format {{.Nope}}
    template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type *formatter.diskUsageContext
    [1]
    $ docker system df x
    docker: 'docker system df' accepts no arguments

    Usage:  docker system df [OPTIONS]

    Run 'docker system df --help' for more information
    [1]
    "#);
}

#[test]
fn what_a_template_wrote_before_it_failed_stands() {
    let lines = ["pull -q demo:2.0", "system df -v --format a{{range_.Images}}{{.Tag}}-{{.Nope}}{{end}}b"];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker system df -v --format a{{range_.Images}}{{.Tag}}-{{.Nope}}{{end}}b
    a2.0-template: :1:29: executing "" at <.Nope>: can't evaluate field Nope in type *formatter.imageContext
    [1]
    "#);
}
