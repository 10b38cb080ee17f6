//! Usage errors, help pages, and what layerbook says in its own voice.

use super::check;

#[test]
fn wrong_words_are_explained_as_docker_does() {
    let lines = [
        "imagess",
        "image bogus",
        "images --bogus",
        "pull",
        "rmi",
        "images a b",
        "image prune x",
        "images -f foo",
        "--bogus",
        "events",
        "image build .",
        "help bogus",
    ];
    insta::assert_snapshot!(check(&lines), @r#"
    $ docker imagess
    docker: unknown command: docker imagess

    Run 'docker --help' for more information
    [1]
    $ docker image bogus
    docker: unknown command: docker image bogus

    Usage:  docker image

    Run 'docker image --help' for more information
    [1]
    $ docker images --bogus
    unknown flag: --bogus

    Usage:  docker images [OPTIONS] [REPOSITORY[:TAG]]

    Run 'docker images --help' for more information
    [125]
    $ docker pull
    docker: 'docker pull' requires 1 argument

    Usage:  docker pull [OPTIONS] NAME[:TAG|@DIGEST]

    Run 'docker pull --help' for more information
    [1]
    $ docker rmi
    docker: 'docker rmi' requires at least 1 argument

    Usage:  docker rmi [OPTIONS] IMAGE [IMAGE...]

    See 'docker rmi --help' for more information
    [1]
    $ docker images a b
    docker: 'docker images' requires at most 1 argument

    Usage:  docker images [OPTIONS] [REPOSITORY[:TAG]]

    Run 'docker images --help' for more information
    [1]
    $ docker image prune x
    docker: 'docker image prune' accepts no arguments

    Usage:  docker image prune [OPTIONS]

    Run 'docker image prune --help' for more information
    [1]
    $ docker images -f foo
    invalid argument "foo" for "-f, --filter" flag: bad format of filter (expected name=value)

    Usage:  docker images [OPTIONS] [REPOSITORY[:TAG]]

    Run 'docker images --help' for more information
    [125]
    $ docker --bogus
    unknown flag: --bogus

    Usage:  docker [OPTIONS] COMMAND [ARG...]

    Run 'docker --help' for more information
    [125]
    $ docker events
    docker: layerbook does not have 'docker events' yet; it works with images and looks into containers

    Run 'docker --help' for more information
    [1]
    $ docker image build .
    docker: layerbook does not have 'docker image build' yet; it works with images and looks into containers

    Run 'docker --help' for more information
    [1]
    $ docker help bogus
    unknown help topic: bogus
    [1]
    "#);
}

#[test]
fn help_pages_are_docker_s() {
    insta::assert_snapshot!(check(&["image", "pull -h", "image prune --help", "history --help"]), @r#"
    $ docker image
    Usage:  docker image COMMAND

    Manage images

    Commands:
      build       Build an image from a Dockerfile
      history     Show the history of an image
      import      Import the contents from a tarball to create a filesystem image
      inspect     Display detailed information on one or more images
      load        Load an image from a tar archive or STDIN
      ls          List images
      prune       Remove unused images
      pull        Download an image from a registry
      push        Upload an image to a registry
      rm          Remove one or more images
      save        Save one or more images to a tar archive (streamed to STDOUT by default)
      tag         Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE

    Run 'docker image COMMAND --help' for more information on a command.
    $ docker pull -h
    Flag shorthand -h has been deprecated, use --help
    Usage:  docker pull [OPTIONS] NAME[:TAG|@DIGEST]

    Download an image from a registry

    Aliases:
      docker image pull, docker pull

    Options:
      -a, --all-tags                Download all tagged images in the repository
          --disable-content-trust   Skip image verification (default true)
          --platform string         Set platform if server is multi-platform
                                    capable
      -q, --quiet                   Suppress verbose output
    $ docker image prune --help
    Usage:  docker image prune [OPTIONS]

    Remove unused images

    Options:
      -a, --all             Remove all unused images, not just dangling ones
          --filter filter   Provide filter values (e.g. "until=<timestamp>")
      -f, --force           Do not prompt for confirmation
    $ docker history --help
    Usage:  docker history [OPTIONS] IMAGE

    Show the history of an image

    Aliases:
      docker image history, docker history

    Options:
          --format string   Format output using a custom template:
                            'table':            Print output in table format
                            with column headers (default)
                            'table TEMPLATE':   Print output in table format
                            using the given Go template
                            'json':             Print in JSON format
                            'TEMPLATE':         Print output using the given
                            Go template.
                            Refer to https://docs.docker.com/go/formatting/
                            for more information about formatting output with
                            templates
      -H, --human           Print sizes and dates in human readable format
                            (default true)
          --no-trunc        Don't truncate output
      -q, --quiet           Only show image IDs
    "#);
}

#[test]
fn version_and_info_name_layerbook() {
    insta::assert_snapshot!(check(&["--version", "version", "info"]).replace(env!("CARGO_PKG_VERSION"), "N.N.N"), @r"
    $ docker --version
    Docker version 28.2.2, as played by layerbook N.N.N
    $ docker version
    Client: layerbook N.N.N
     Version:           28.2.2 (imitated)
     OS/Arch:           linux/amd64

    Server: layerbook N.N.N
     Engine:
      Version:          28.2.2 (imitated)
      OS/Arch:          linux/amd64
    $ docker info
    Client:
     Version:    28.2.2 (imitated by layerbook N.N.N)
     Context:    default
     Debug Mode: false

    Server:
     Containers: 0
      Running: 0
      Paused: 0
      Stopped: 0
     Images: 0
     Server Version: 28.2.2 (imitated)
     Storage Driver: overlay2 (imitated)
     Operating System: layerbook N.N.N, containers to look into, not to run
     OSType: linux
     Architecture: amd64
     Name: layerbook
     Registry: classroom (model images for the names of the catalogue, real registries for all others)
    ");
}
