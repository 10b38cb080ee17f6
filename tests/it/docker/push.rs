//! Pushing.

use super::check;

#[test]
fn a_push_names_layers_from_the_top_by_their_diff_ids() {
    insta::assert_snapshot!(check(&["pull -q demo:2.0", "tag demo:2.0 r.example/me/app", "push r.example/me/app"]), @r"
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker tag demo:2.0 r.example/me/app
    $ docker push r.example/me/app
    Using default tag: latest
    The push refers to repository [r.example/me/app]
    8d0ccd61a9c9: Preparing
    683f461bd3ee: Preparing
    8d0ccd61a9c9: Pushed
    683f461bd3ee: Pushed
    latest: digest: sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8 size: 547
    ");
}

#[test]
fn what_the_registry_has_is_not_sent_again() {
    insta::assert_snapshot!(
        check(&[
            "pull -q demo:2.0",
            "tag demo:2.0 r.example/me/app:1",
            "tag demo:2.0 r.example/me/app:2",
            "tag demo:2.0 r.example/me/other",
            "push -q r.example/me/app:1",
            "push r.example/me/app:2",
            "push r.example/me/other",
            "push --all-tags r.example/me/app",
            "push -a -q r.example/me/app",
        ]),
        @r"
        $ docker pull -q demo:2.0
        docker.io/library/demo:2.0
        $ docker tag demo:2.0 r.example/me/app:1
        $ docker tag demo:2.0 r.example/me/app:2
        $ docker tag demo:2.0 r.example/me/other
        $ docker push -q r.example/me/app:1
        r.example/me/app:1
        $ docker push r.example/me/app:2
        The push refers to repository [r.example/me/app]
        8d0ccd61a9c9: Preparing
        683f461bd3ee: Preparing
        8d0ccd61a9c9: Layer already exists
        683f461bd3ee: Layer already exists
        2: digest: sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8 size: 547
        $ docker push r.example/me/other
        Using default tag: latest
        The push refers to repository [r.example/me/other]
        8d0ccd61a9c9: Preparing
        683f461bd3ee: Preparing
        8d0ccd61a9c9: Mounted from me/app
        683f461bd3ee: Mounted from me/app
        latest: digest: sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8 size: 547
        $ docker push --all-tags r.example/me/app
        The push refers to repository [r.example/me/app]
        8d0ccd61a9c9: Preparing
        683f461bd3ee: Preparing
        8d0ccd61a9c9: Layer already exists
        683f461bd3ee: Layer already exists
        1: digest: sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8 size: 547
        8d0ccd61a9c9: Preparing
        683f461bd3ee: Preparing
        8d0ccd61a9c9: Layer already exists
        683f461bd3ee: Layer already exists
        2: digest: sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8 size: 547
        $ docker push -a -q r.example/me/app
        r.example/me/app
        "
    );
}

#[test]
fn a_pushed_image_has_the_registry_s_digest() {
    let lines = ["pull -q demo:2.0", "tag demo:2.0 r.example/me/app", "push -q r.example/me/app", "images --digests"];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker tag demo:2.0 r.example/me/app
    $ docker push -q r.example/me/app
    r.example/me/app:latest
    $ docker images --digests
    REPOSITORY         TAG       DIGEST                                                                    IMAGE ID       CREATED        SIZE
    demo               2.0       sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8   2b1aba920be0   26 hours ago   14B
    r.example/me/app   latest    sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8   2b1aba920be0   26 hours ago   14B
    ");
}

#[test]
fn five_layers_go_at_once_and_a_repeated_one_goes_once() {
    insta::assert_snapshot!(check(&["pull -q many", "tag many r.example/many", "push r.example/many"]), @r"
    $ docker pull -q many
    docker.io/library/many:latest
    $ docker tag many r.example/many
    $ docker push r.example/many
    Using default tag: latest
    The push refers to repository [r.example/many]
    8d08ea9a5380: Preparing
    86a7dd986296: Preparing
    0a5343e91456: Preparing
    a098d5673320: Preparing
    c15b40e2ad29: Preparing
    845344245f18: Preparing
    8d08ea9a5380: Preparing
    845344245f18: Waiting
    8d08ea9a5380: Pushed
    86a7dd986296: Pushed
    0a5343e91456: Pushed
    a098d5673320: Pushed
    c15b40e2ad29: Pushed
    845344245f18: Pushed
    latest: digest: sha256:ee03145538198445acd4f0ce5babd5724c650f9ad1645e75010c2b1f3f47961c size: 1297
    ");
}

#[test]
fn a_failed_push_says_why() {
    insta::assert_snapshot!(
        check(&[
            "push nope",
            "push -q nope",
            "push -a nope",
            "push -a demo:1",
            "push Upper",
            "push demo@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "pull -q demo:1.0",
            "push demo:2.0",
            "tag demo:1.0 127.0.0.1:1/app:1",
            "push 127.0.0.1:1/app:1",
            "push 127.0.0.1:1/app:2",
            "tag demo:1.0 closed/app:1",
            "push closed/app:1",
            "push --platform linux/arm64 closed/app:1",
        ]),
        @r#"
        $ docker push nope
        Using default tag: latest
        The push refers to repository [docker.io/library/nope]
        An image does not exist locally with the tag: nope
        [1]
        $ docker push -q nope
        An image does not exist locally with the tag: nope
        [1]
        $ docker push -a nope
        The push refers to repository [docker.io/library/nope]
        An image does not exist locally with the tag: nope
        [1]
        $ docker push -a demo:1
        tag can't be used with --all-tags/-a
        [1]
        $ docker push Upper
        invalid reference format: repository name (library/Upper) must be lowercase
        [1]
        $ docker push demo@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        cannot push a digest reference
        [1]
        $ docker pull -q demo:1.0
        docker.io/library/demo:1.0
        $ docker push demo:2.0
        The push refers to repository [docker.io/library/demo]
        tag does not exist: demo:2.0
        [1]
        $ docker tag demo:1.0 127.0.0.1:1/app:1
        $ docker push 127.0.0.1:1/app:1
        The push refers to repository [127.0.0.1:1/app]
        Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused
        [1]
        $ docker push 127.0.0.1:1/app:2
        The push refers to repository [127.0.0.1:1/app]
        Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused
        [1]
        $ docker tag demo:1.0 closed/app:1
        $ docker push closed/app:1
        The push refers to repository [docker.io/closed/app]
        683f461bd3ee: Preparing
        denied: requested access to the resource is denied
        [1]
        $ docker push --platform linux/arm64 closed/app:1
        The push refers to repository [docker.io/closed/app]
        image with reference closed/app:1 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)
        [1]
        "#
    );
}

#[test]
fn an_image_without_a_tag_is_not_pushed() {
    let pull = "pull -q demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd";
    insta::assert_snapshot!(check(&[pull, "push -a demo", "push demo:1.0"]), @r"
    $ docker pull -q demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    docker.io/library/demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    $ docker push -a demo
    The push refers to repository [docker.io/library/demo]
    no tags to push for demo
    [1]
    $ docker push demo:1.0
    The push refers to repository [docker.io/library/demo]
    tag does not exist: demo:1.0
    [1]
    ");
}
