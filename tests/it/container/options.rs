//! The flags of `docker run` and of the commands beside it: what is read, refused, shown and handed on.

use super::World;

/// Plays lines one after the other as a person sees them, IDs replaced.
#[track_caller]
fn played(lines: &[&str]) -> String {
    let world = World::new();
    let ids = regex::Regex::new("[0-9a-f]{64}|\\b[0-9a-f]{12}\\b").unwrap();
    let said: String = lines.iter().map(|line| format!("$ {line}\n{}", world.run(line))).collect();
    ids.replace_all(&said, "ID").into_owned()
}

#[test]
fn a_flag_with_a_bad_value_is_refused_as_the_client_does() {
    let tail = "| head -1";
    let lines = [
        "--memory 512x box",
        "--cpus x box",
        "--ulimit nofile=5:2 box",
        "--mount type=bind box",
        "--add-host a:b box",
        "--label =x box",
        "--health-interval 5 box",
        "-p 99999:80 box",
        "-p 80/abc box",
        "--restart on-failure:x box",
        "--restart always --rm box",
        "--expose x box",
        "--pid x box",
        "--env-file /nosuch box",
        "-d -a stdin box",
        "--no-healthcheck --health-cmd x box",
    ];
    let lines: Vec<String> = lines.iter().map(|flags| format!("docker run {flags} 2>&1 {tail}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(played(&lines), @r#"
    $ docker run --memory 512x box 2>&1 | head -1
    invalid argument "512x" for "-m, --memory" flag: invalid suffix: 'x'
    $ docker run --cpus x box 2>&1 | head -1
    invalid argument "x" for "--cpus" flag: failed to parse x as a rational number
    $ docker run --ulimit nofile=5:2 box 2>&1 | head -1
    invalid argument "nofile=5:2" for "--ulimit" flag: ulimit soft limit must be less than or equal to hard limit: 5 > 2
    $ docker run --mount type=bind box 2>&1 | head -1
    invalid argument "type=bind" for "--mount" flag: target is required
    $ docker run --add-host a:b box 2>&1 | head -1
    invalid argument "a:b" for "--add-host" flag: invalid IP address in add-host: "b"
    $ docker run --label =x box 2>&1 | head -1
    invalid argument "=x" for "-l, --label" flag: invalid label '=x': empty name
    $ docker run --health-interval 5 box 2>&1 | head -1
    invalid argument "5" for "--health-interval" flag: time: missing unit in duration "5"
    $ docker run -p 99999:80 box 2>&1 | head -1
    docker: invalid hostPort: 99999
    $ docker run -p 80/abc box 2>&1 | head -1
    docker: invalid proto: abc
    $ docker run --restart on-failure:x box 2>&1 | head -1
    docker: invalid restart policy format: maximum retry count must be an integer
    $ docker run --restart always --rm box 2>&1 | head -1
    docker: conflicting options: cannot specify both --restart and --rm
    $ docker run --expose x box 2>&1 | head -1
    docker: invalid range format for --expose: x, error: strconv.ParseUint: parsing "x": invalid syntax
    $ docker run --pid x box 2>&1 | head -1
    docker: --pid: invalid PID mode
    $ docker run --env-file /nosuch box 2>&1 | head -1
    docker: open /nosuch: no such file or directory
    $ docker run -d -a stdin box 2>&1 | head -1
    conflicting options: cannot specify both --attach and --detach
    $ docker run --no-healthcheck --health-cmd x box 2>&1 | head -1
    docker: --no-healthcheck conflicts with --health-* options
    "#);
}

#[test]
fn what_the_daemon_would_refuse_is_refused() {
    let lines = [
        "-m 1m",
        "--restart x",
        "--restart always:3",
        "-v x:y:z:w",
        "-v /x:rel",
        "-v rel/path:/x",
        "-v /a:/b:bogus",
        "--mount type=bogus,target=/x",
        "--tmpfs rel",
        "--cap-add x",
        "--link x",
        "--volumes-from nosuch",
        "--log-driver x",
        "--stop-signal x",
        "--cpuset-cpus x",
        "--name /a/b",
    ];
    let lines: Vec<String> = lines.iter().map(|flags| format!("docker create {flags} box")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(played(&lines), @r#"
    $ docker create -m 1m box
    Error response from daemon: Minimum memory limit allowed is 6MB
    [1]
    $ docker create --restart x box
    Error response from daemon: invalid restart policy: unknown policy 'x'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'
    [1]
    $ docker create --restart always:3 box
    Error response from daemon: invalid restart policy: maximum retry count can only be used with 'on-failure'
    [1]
    $ docker create -v x:y:z:w box
    Error response from daemon: invalid volume specification: 'x:y:z:w'
    [1]
    $ docker create -v /x:rel box
    Error response from daemon: invalid volume specification: '/x:rel': invalid mount config for type "bind": invalid mount path: 'rel' mount path must be absolute
    [1]
    $ docker create -v rel/path:/x box
    Error response from daemon: create rel/path: "rel/path" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path
    [1]
    $ docker create -v /a:/b:bogus box
    Error response from daemon: invalid mode: bogus
    [1]
    $ docker create --mount type=bogus,target=/x box
    Error response from daemon: invalid mount config for type "bogus": mount type unknown
    [1]
    $ docker create --tmpfs rel box
    Error response from daemon: invalid mount path: 'rel' mount path must be absolute
    [1]
    $ docker create --cap-add x box
    Error response from daemon: invalid CapAdd: unknown capability: "CAP_X"
    [1]
    $ docker create --link x box
    Error response from daemon: could not get container for x: No such container: x
    [1]
    $ docker create --volumes-from nosuch box
    Error response from daemon: No such container: nosuch
    [1]
    $ docker create --log-driver x box
    Error response from daemon: error looking up logging plugin x: plugin "x" not found
    [1]
    $ docker create --stop-signal x box
    Error response from daemon: invalid signal: x
    [1]
    $ docker create --cpuset-cpus x box
    Error response from daemon: Invalid value x for cpuset cpus: invalid format: x
    [1]
    $ docker create --name /a/b box
    Error response from daemon: Invalid container name (/a/b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed
    [1]
    "#);
}

#[test]
fn what_was_asked_of_the_host_is_shown() {
    insta::assert_snapshot!(played(&[
        "docker create --name /cc -m 512m --cpus 1.5 --restart on-failure:3 --privileged -p 8080:80 -p 81 -v /tmp:/data:ro \
         -v /anon --network host --stop-signal TERM --stop-timeout 5 --expose 90 --domainname d --health-cmd true box",
        "docker inspect -f '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCPUs}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Privileged}}' cc",
        "docker inspect -f '{{.HostConfig.PortBindings}} {{.HostConfig.Binds}} {{.HostConfig.NetworkMode}} {{.HostConfig.ShmSize}} {{.HostConfig.Init}}' cc",
        "docker inspect -f '{{.Config.ExposedPorts}} {{.Config.Volumes}} {{.Config.StopSignal}} {{.Config.StopTimeout}} {{.Config.Domainname}} {{.Config.Healthcheck}}' cc",
        "docker inspect -f '{{.Config.Entrypoint}} {{.SizeRw}} {{.LogPath}}|{{.NetworkSettings.IPAddress}}|{{.NetworkSettings.Ports}}' cc",
        "docker inspect -f '{{.Nope}}' cc",
    ]), @r#"
    $ docker create --name /cc -m 512m --cpus 1.5 --restart on-failure:3 --privileged -p 8080:80 -p 81 -v /tmp:/data:ro -v /anon --network host --stop-signal TERM --stop-timeout 5 --expose 90 --domainname d --health-cmd true box
    ID
    layerbook: --network, --publish, --volume, --memory, --cpus, --restart, --privileged, --health-cmd does nothing here: a workbook opens no ports, mounts no folders and limits nothing
    $ docker inspect -f '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCPUs}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Privileged}}' cc
    536870912 1073741824 1500000000 on-failure true
    $ docker inspect -f '{{.HostConfig.PortBindings}} {{.HostConfig.Binds}} {{.HostConfig.NetworkMode}} {{.HostConfig.ShmSize}} {{.HostConfig.Init}}' cc
    map[80/tcp:[{ 8080}] 81/tcp:[{ }]] [/tmp:/data:ro] host 67108864 <nil>
    $ docker inspect -f '{{.Config.ExposedPorts}} {{.Config.Volumes}} {{.Config.StopSignal}} {{.Config.StopTimeout}} {{.Config.Domainname}} {{.Config.Healthcheck}}' cc
    map[80/tcp:{} 81/tcp:{} 90/tcp:{}] map[/anon:{}] TERM 5 d {[CMD-SHELL true] 0s 0s 0s 0s 0}
    $ docker inspect -f '{{.Config.Entrypoint}} {{.SizeRw}} {{.LogPath}}|{{.NetworkSettings.IPAddress}}|{{.NetworkSettings.Ports}}' cc
    [] <nil> ||map[]
    $ docker inspect -f '{{.Nope}}' cc

    template parsing error: template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"
    [1]
    "#);
}

#[test]
fn variables_come_from_files_from_the_line_and_from_the_image() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("env");
    std::fs::write(&file, "# a comment\nX=1\nY=2 3\nNOPE\n").unwrap();
    let world = World::new();
    let line = format!("C=c docker run --rm --env-file {} -e X=9 -e C -e NOPE box env", file.display());
    assert_eq!(world.run(&format!("{line} | grep '^[ACNXY]'")), "X=9\nY=2 3\nC=c\nA=image\n",);
    assert_eq!(world.run("A=1 A=2 docker run --rm -e A box sh -c 'echo $A'"), "2\n");
    assert_eq!(world.run("docker run --rm -e A box sh -c 'echo [$A]'"), "[]\n");
    assert_eq!(world.run("A=1"), "");
    std::fs::write(&file, "=x\n").unwrap();
    let refused = world.run(&format!("docker create --env-file {} box", file.display()));
    assert!(refused.starts_with("docker: invalid env file ("), "{refused}");
    assert!(refused.contains("): no variable name on line '=x'"), "{refused}");
}

#[test]
fn the_id_is_written_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("id").display().to_string();
    let world = World::new();
    let id = world.run(&format!("docker create --cidfile {file} box"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), id.trim());
    assert_eq!(
        world.run(&format!("docker create --cidfile {file} box")),
        format!("container ID file found, make sure the other container isn't running or delete {file}\n[1]\n"),
    );
}

#[test]
fn the_place_that_a_container_starts_in_is_made_with_it() {
    insta::assert_snapshot!(played(&[
        "docker create --name cc -w /work/dir box sh -c pwd",
        "docker diff cc",
        "docker start -a cc",
    ]), @r#"
    $ docker create --name cc -w /work/dir box sh -c pwd
    ID
    $ docker diff cc
    A /work
    A /work/dir
    $ docker start -a cc
    /work/dir
    "#);
}

#[test]
fn filters_of_containers_are_read_as_the_daemon_does() {
    insta::assert_snapshot!(played(&[
        "docker run --name cc -l com.x.my-key=v box sh -c 'exit 3'",
        "docker ps -f exited=3 --format '{{.Names}}'",
        "docker ps -af exited=3 --format '{{.Names}}'",
        "docker ps -n 0 -q",
        "docker ps -a -l -n 3 --format '{{.Names}}'",
        "docker ps -af id= -q",
        "docker ps -af health=x",
        "docker ps -af is-task=x",
        "docker ps -af publish=x",
        "docker ps -af expose=90-80",
        "docker ps -af isolation=default --format '{{.Names}}'",
        "docker ps -a --format 'table {{.Names}}\\t{{.Label \"com.x.my-key\"}}'",
        "docker ps -a --format raw | grep -v -e id -e created",
    ]), @r#"
    $ docker run --name cc -l com.x.my-key=v box sh -c 'exit 3'
    [3]
    $ docker ps -f exited=3 --format '{{.Names}}'
    $ docker ps -af exited=3 --format '{{.Names}}'
    cc
    $ docker ps -n 0 -q
    $ docker ps -a -l -n 3 --format '{{.Names}}'
    cc
    $ docker ps -af id= -q
    $ docker ps -af health=x
    Error response from daemon: Unrecognised filter value for health: x
    [1]
    $ docker ps -af is-task=x
    Error response from daemon: invalid filter 'is-task=[x]'
    [1]
    $ docker ps -af publish=x
    Error response from daemon: error while looking up for publish x: strconv.ParseUint: parsing "x": invalid syntax
    [1]
    $ docker ps -af expose=90-80
    Error response from daemon: error while looking up for expose 90-80: invalid range specified for port: 90-80
    [1]
    $ docker ps -af isolation=default --format '{{.Names}}'
    cc
    $ docker ps -a --format 'table {{.Names}}\t{{.Label "com.x.my-key"}}'
    NAMES     my key
    cc        v
    $ docker ps -a --format raw | grep -v -e id -e created
    image: box
    command: "sh -c 'exit 3'"
    state: exited
    status: Exited (3) Less than a second ago
    names: cc
    labels: com.x.my-key=v
    ports:
    "#);
}

#[test]
fn names_may_have_a_slash_before_them() {
    insta::assert_snapshot!(played(&[
        "docker create --name /cc box",
        "docker rename cc /dd",
        "docker ps -a --format '{{.Names}}'",
        "docker rename dd /x/y",
        "docker rm /nosuch",
        "docker tag box -x",
        "docker commit dd -m x",
        "docker commit dd x@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]), @r#"
    $ docker create --name /cc box
    ID
    $ docker rename cc /dd
    $ docker ps -a --format '{{.Names}}'
    dd
    $ docker rename dd /x/y
    Error response from daemon: Error when allocating new name: Invalid container name (/x/y), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed
    Error: failed to rename container named dd
    [1]
    $ docker rm /nosuch
    Error response from daemon: No such container: nosuch
    [1]
    $ docker tag box -x
    Error parsing reference: "-x" is not a valid repository/tag: invalid reference format
    [1]
    $ docker commit dd -m x
    docker: 'docker commit' requires at least 1 and at most 2 arguments

    Usage:  docker commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]

    Run 'docker commit --help' for more information
    [1]
    $ docker commit dd x@sha256:ID
    refusing to create a tag with a digest reference
    [1]
    "#);
}

#[test]
fn a_program_that_exec_cannot_start_is_told_on_its_output() {
    insta::assert_snapshot!(played(&[
        "docker run -d --name bg box sleep 100",
        "docker exec bg nosuch 2>/dev/null",
        "docker exec -w rel bg ls 2>/dev/null",
        "docker exec -u nosuch bg ls 2>/dev/null",
        "docker exec -d bg nosuch",
    ]), @r#"
    $ docker run -d --name bg box sleep 100
    ID
    $ docker exec bg nosuch 2>/dev/null
    OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH
    [127]
    $ docker exec -w rel bg ls 2>/dev/null
    OCI runtime exec failed: exec failed: Cwd must be an absolute path
    [126]
    $ docker exec -u nosuch bg ls 2>/dev/null
    unable to find user nosuch: no matching entries in passwd file
    [126]
    $ docker exec -d bg nosuch
    Error response from daemon: OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH
    [1]
    "#);
}
