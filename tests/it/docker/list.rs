//! Listing images and their history.

use super::check;

#[test]
fn images_are_listed_newest_first() {
    insta::assert_snapshot!(
        check(&["images", "pull -q demo:1.0", "pull -q demo:2.0", "tag demo:2.0 mine/app", "images", "images --digests demo", "images -q", "images --format json mine/app"]),
        @r#"
        $ docker images
        REPOSITORY   TAG       IMAGE ID   CREATED   SIZE
        $ docker pull -q demo:1.0
        docker.io/library/demo:1.0
        $ docker pull -q demo:2.0
        docker.io/library/demo:2.0
        $ docker tag demo:2.0 mine/app
        $ docker images
        REPOSITORY   TAG       IMAGE ID       CREATED        SIZE
        demo         2.0       2b1aba920be0   26 hours ago   14B
        mine/app     latest    2b1aba920be0   26 hours ago   14B
        demo         1.0       faffdaa18781   3 days ago     8B
        $ docker images --digests demo
        REPOSITORY   TAG       DIGEST                                                                    IMAGE ID       CREATED        SIZE
        demo         2.0       sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8   2b1aba920be0   26 hours ago   14B
        demo         1.0       sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd   faffdaa18781   3 days ago     8B
        $ docker images -q
        2b1aba920be0
        2b1aba920be0
        faffdaa18781
        $ docker images --format json mine/app
        {"Containers":"N/A","CreatedAt":"2024-03-01 10:00:00 +0000 UTC","CreatedSince":"26 hours ago","Digest":"\u003cnone\u003e","ID":"2b1aba920be0","Repository":"mine/app","SharedSize":"N/A","Size":"14B","Tag":"latest","UniqueSize":"N/A","VirtualSize":"14B"}
        "#
    );
}

#[test]
fn images_are_filtered() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "images -q demo:1*",
        "images -q -f before=demo:2.0",
        "images -q -f since=demo:1.0",
        "images -q -f label=team=red",
        "images -q -f until=48h",
        "images -q -f dangling=true",
        "images nope",
        "images ls",
        "image ls ls",
        "images -f foo=bar",
        "images -f dangling=maybe",
        "images -f before=nope",
        "images -f reference=[",
        "images -f until=abc",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker images -q demo:1*
    faffdaa18781
    $ docker images -q -f before=demo:2.0
    faffdaa18781
    $ docker images -q -f since=demo:1.0
    2b1aba920be0
    $ docker images -q -f label=team=red
    faffdaa18781
    $ docker images -q -f until=48h
    faffdaa18781
    $ docker images -q -f dangling=true
    $ docker images nope
    REPOSITORY   TAG       IMAGE ID   CREATED   SIZE
    $ docker images ls
    REPOSITORY   TAG       IMAGE ID   CREATED   SIZE

    No images found matching "ls": did you mean "docker image ls"?
    $ docker image ls ls
    REPOSITORY   TAG       IMAGE ID   CREATED   SIZE
    $ docker images -f foo=bar
    Error response from daemon: invalid filter 'foo'
    [1]
    $ docker images -f dangling=maybe
    Error response from daemon: invalid filter 'dangling=[maybe]'
    [1]
    $ docker images -f before=nope
    Error response from daemon: No such image: nope:latest
    [1]
    $ docker images -f reference=[
    Error response from daemon: syntax error in pattern
    [1]
    $ docker images -f until=abc
    Error response from daemon: invalid value for 'until' filter: failed to parse value as time or duration: invalid seconds "abc": invalid syntax
    [1]
    "#);
}

#[test]
fn an_image_without_a_tag_shows_as_none() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "tag demo:2.0 demo:1.0",
        "images",
        "images -q -f dangling=true",
        "images --digests",
    ];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker tag demo:2.0 demo:1.0
    $ docker images
    REPOSITORY   TAG       IMAGE ID       CREATED        SIZE
    demo         1.0       2b1aba920be0   26 hours ago   14B
    demo         2.0       2b1aba920be0   26 hours ago   14B
    demo         <none>    faffdaa18781   3 days ago     8B
    $ docker images -q -f dangling=true
    faffdaa18781
    $ docker images --digests
    REPOSITORY   TAG       DIGEST                                                                    IMAGE ID       CREATED        SIZE
    demo         1.0       sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8   2b1aba920be0   26 hours ago   14B
    demo         2.0       sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8   2b1aba920be0   26 hours ago   14B
    demo         <none>    sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd   faffdaa18781   3 days ago     8B
    ");
}

#[test]
fn history_is_newest_first() {
    let lines = [
        "pull -q demo:2.0",
        "history demo:2.0",
        "history -q demo:2.0",
        "history -H=false --no-trunc demo:2.0",
        "history --format json demo:2.0",
        "history nope",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker history demo:2.0
    IMAGE          CREATED      CREATED BY                                      SIZE      COMMENT
    2b1aba920be0   3 days ago   RUN /bin/sh -c echo hello <b> && echo a long…   6B        buildkit.dockerfile.v0
    <missing>      3 days ago   ENV A=1                                         0B        buildkit.dockerfile.v0
    <missing>      3 days ago   ADD rootfs /                                    8B        buildkit.dockerfile.v0
    $ docker history -q demo:2.0
    2b1aba920be0
    <missing>
    <missing>
    $ docker history -H=false --no-trunc demo:2.0
    IMAGE                                                                     CREATED AT             CREATED BY                                                                 SIZE      COMMENT
    sha256:2b1aba920be04d3fb9912276d3e890ef3b9102ad95658d6fe15866181f222dca   2024-02-28T10:00:00Z   RUN /bin/sh -c echo hello <b> && echo a long line > /etc/motd # buildkit   6         buildkit.dockerfile.v0
    <missing>                                                                 2024-02-28T10:00:00Z   ENV A=1                                                                    0         buildkit.dockerfile.v0
    <missing>                                                                 2024-02-28T10:00:00Z   ADD rootfs /                                                               8         buildkit.dockerfile.v0
    $ docker history --format json demo:2.0
    {"Comment":"buildkit.dockerfile.v0","CreatedAt":"2024-02-28T10:00:00Z","CreatedBy":"RUN /bin/sh -c echo hello \u003cb\u003e \u0026\u0026 echo a long…","CreatedSince":"3 days ago","ID":"2b1aba920be0","Size":"6B"}
    {"Comment":"buildkit.dockerfile.v0","CreatedAt":"2024-02-28T10:00:00Z","CreatedBy":"ENV A=1","CreatedSince":"3 days ago","ID":"\u003cmissing\u003e","Size":"0B"}
    {"Comment":"buildkit.dockerfile.v0","CreatedAt":"2024-02-28T10:00:00Z","CreatedBy":"ADD rootfs /","CreatedSince":"3 days ago","ID":"\u003cmissing\u003e","Size":"8B"}
    $ docker history nope
    Error response from daemon: No such image: nope:latest
    [1]
    "#);
}

#[test]
fn of_several_images_one_must_be_older_or_newer_than_each() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "images -q -f before=demo:2.0",
        "images -q -f before=demo:2.0 -f before=demo:1.0",
        "images -q -f since=demo:1.0",
        "images -q -f since=demo:1.0 -f since=demo:2.0",
        "images -q -f before=demo:2.0 -f since=nope",
    ];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker images -q -f before=demo:2.0
    faffdaa18781
    $ docker images -q -f before=demo:2.0 -f before=demo:1.0
    $ docker images -q -f since=demo:1.0
    2b1aba920be0
    $ docker images -q -f since=demo:1.0 -f since=demo:2.0
    $ docker images -q -f before=demo:2.0 -f since=nope
    Error response from daemon: No such image: nope:latest
    [1]
    ");
}

#[test]
fn names_in_full_and_times_are_filters_too() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "images -q -f reference=docker.io/library/demo",
        "images -q -f reference=*/*/demo:1.*",
        "images -q docker.io/library/demo:2.0",
        "images -q -f until=48h",
        "images -q -f until=48h -f until=1000h",
        "images -q -f until=abc",
        "images -q -f dangling=0 -f reference=demo:1.0",
        "images -q -f dangling=1",
        "images -q -f label=team -f before=demo:2.0 -f reference=demo",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker images -q -f reference=docker.io/library/demo
    2b1aba920be0
    faffdaa18781
    $ docker images -q -f reference=*/*/demo:1.*
    faffdaa18781
    $ docker images -q docker.io/library/demo:2.0
    2b1aba920be0
    $ docker images -q -f until=48h
    faffdaa18781
    $ docker images -q -f until=48h -f until=1000h
    $ docker images -q -f until=abc
    Error response from daemon: invalid value for 'until' filter: failed to parse value as time or duration: invalid seconds "abc": invalid syntax
    [1]
    $ docker images -q -f dangling=0 -f reference=demo:1.0
    faffdaa18781
    $ docker images -q -f dangling=1
    $ docker images -q -f label=team -f before=demo:2.0 -f reference=demo
    faffdaa18781
    "#);
}
