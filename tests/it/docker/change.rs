//! Naming and removing images.

use super::check;

#[test]
fn removing_untags_first_and_deletes_last() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "tag demo:2.0 mine",
        "rmi demo:2.0",
        "rmi mine nope",
        "rmi -f nope",
        "rmi demo:1.0",
        "images",
    ];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker tag demo:2.0 mine
    $ docker rmi demo:2.0
    Untagged: demo:2.0
    Untagged: demo@sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8
    $ docker rmi mine nope
    Untagged: mine:latest
    Deleted: sha256:2b1aba920be04d3fb9912276d3e890ef3b9102ad95658d6fe15866181f222dca
    Deleted: sha256:6aeb676ab880a2b0ee6949174ad8335ab976d2817548ce376ae08e12ed41c884
    Error response from daemon: No such image: nope:latest
    [1]
    $ docker rmi -f nope
    Error response from daemon: No such image: nope:latest
    $ docker rmi demo:1.0
    Untagged: demo:1.0
    Untagged: demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    Deleted: sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43
    Deleted: sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb
    $ docker images
    REPOSITORY   TAG       IMAGE ID   CREATED   SIZE
    ");
}

#[test]
fn an_id_with_several_names_needs_force() {
    let lines = ["pull -q demo:1.0", "tag demo:1.0 other/name", "rmi faf", "images -q"];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker tag demo:1.0 other/name
    $ docker rmi faf
    Error response from daemon: conflict: unable to delete faffdaa18781 (must be forced) - image is referenced in multiple repositories
    [1]
    $ docker images -q
    faffdaa18781
    faffdaa18781
    ");
}

#[test]
fn tag_refuses_what_is_no_name() {
    let lines = [
        "tag nope x",
        "tag demo Bad:tag",
        "tag a__b x",
        "tag demo sha256",
        &format!("tag demo x@sha256:{}", "0".repeat(64)),
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker tag nope x
    Error response from daemon: No such image: nope:latest
    [1]
    $ docker tag demo Bad:tag
    Error parsing reference: "Bad:tag" is not a valid repository/tag: invalid reference format: repository name (library/Bad) must be lowercase
    [1]
    $ docker tag a__b x
    Error parsing reference: "a  b" is not a valid repository/tag: invalid reference format
    [1]
    $ docker tag demo sha256
    Error response from daemon: refusing to create an ambiguous tag using digest algorithm as name
    [1]
    $ docker tag demo x@sha256:0000000000000000000000000000000000000000000000000000000000000000
    refusing to create a tag with a digest reference
    [1]
    "#);
}

#[test]
fn prune_asks_and_an_empty_answer_is_no() {
    let lines = [
        "pull -q demo:1.0",
        "pull -q demo:2.0",
        "image prune",
        "image prune -f",
        "image prune -a -f --filter label=team",
        "image prune -af",
        "image prune -f --filter foo=bar",
    ];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker pull -q demo:2.0
    docker.io/library/demo:2.0
    $ docker image prune
    WARNING! This will remove all dangling images.
    Are you sure you want to continue? [y/N] $ docker image prune -f
    Total reclaimed space: 0B
    $ docker image prune -a -f --filter label=team
    Deleted Images:
    untagged: demo:1.0
    untagged: demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    deleted: sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43

    Total reclaimed space: 0B
    $ docker image prune -af
    Deleted Images:
    untagged: demo:2.0
    untagged: demo@sha256:67e8f839ae3517af3c777b017f71577698beafe8394e9151b81d7a400cc129b8
    deleted: sha256:2b1aba920be04d3fb9912276d3e890ef3b9102ad95658d6fe15866181f222dca
    deleted: sha256:6aeb676ab880a2b0ee6949174ad8335ab976d2817548ce376ae08e12ed41c884
    deleted: sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb

    Total reclaimed space: 14B
    $ docker image prune -f --filter foo=bar
    Error response from daemon: invalid filter 'foo'
    [1]
    ");
}

#[test]
fn no_name_is_another_page_for_the_daemon() {
    let rm = |words: &[&str]| {
        let terminal = super::Terminal::new();
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        terminal.run_words(&words)
    };
    insta::assert_snapshot!(rm(&["rmi", "", "nope"]) + &rm(&["rmi", "-f", ""]) + &rm(&["history", ""]) + &rm(&["image", "inspect", ""]), @r"
    Error response from daemon: page not found
    Error response from daemon: No such image: nope:latest
    [1]
    Error response from daemon: page not found
    Error response from daemon: page not found
    [1]
    []
    Error: No such image: 
    [1]
    ");
}

#[test]
fn the_same_image_twice_is_there_once() {
    let lines = [
        "pull -q demo:1.0",
        "tag demo:1.0 demo:x",
        "rmi demo:x demo:x",
        "tag demo:1.0 other",
        "rmi -f faf faf",
        "images -a",
        "rmi --no-prune -f faf",
    ];
    insta::assert_snapshot!(check(&lines), @r"
    $ docker pull -q demo:1.0
    docker.io/library/demo:1.0
    $ docker tag demo:1.0 demo:x
    $ docker rmi demo:x demo:x
    Untagged: demo:x
    Error response from daemon: No such image: demo:x
    [1]
    $ docker tag demo:1.0 other
    $ docker rmi -f faf faf
    Untagged: demo:1.0
    Untagged: demo@sha256:b57ea39acc77a03fe0ce1a68c6d9d3ca3a1f387c2a834275929b8ea9bfc03bfd
    Untagged: other:latest
    Deleted: sha256:faffdaa1878127d934e66b98fcb4d05b820390626bdc844f472fd5c9e2a79a43
    Deleted: sha256:683f461bd3eeb2cb6c48beb95840cf6d5b39dd269b9337db9d5dcbcc7e6a06eb
    Error response from daemon: No such image: faf:latest
    $ docker images -a
    REPOSITORY   TAG       IMAGE ID   CREATED   SIZE
    $ docker rmi --no-prune -f faf
    Error response from daemon: No such image: faf:latest
    ");
}
