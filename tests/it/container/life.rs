//! Containers from their making to their end, in Docker's words.

use super::World;

fn redacted(text: &str) -> String {
    let ids = regex::Regex::new("[0-9a-f]{64}|\\b[0-9a-f]{12}\\b").unwrap();
    ids.replace_all(text, "ID").into_owned()
}

#[track_caller]
fn check(lines: &[&str], expected: &str) {
    let world = World::new();
    let said: String = lines.iter().map(|line| world.run(line)).collect();
    assert_eq!(redacted(&said), expected);
}

#[test]
fn a_list_shows_what_runs_or_all() {
    check(
        &[
            "docker run --name cc box sh -c 'exit 3'",
            "docker ps",
            "docker ps -a",
            "docker ps -aq",
            "docker ps -a -s --format '{{.Names}} {{.State}} {{.Size}}'",
        ],
        "[3]\nCONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n\
         CONTAINER ID   IMAGE     COMMAND            CREATED                  STATUS                              PORTS     NAMES\n\
         ID   box       \"sh -c 'exit 3'\"   Less than a second ago   Exited (3) Less than a second ago             cc\nID\n\
         cc exited 0B (virtual 926B)\n",
    );
}

#[test]
fn a_program_that_is_not_there_has_docker_s_sentence() {
    let failed = "docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI \
                  runtime create failed: runc create failed: unable to start container process: error during container init: ";
    let tail = "\n\nRun 'docker run --help' for more information\n";
    check(
        &["docker run --rm box bash"],
        &format!("{failed}exec: \"bash\": executable file not found in $PATH{tail}[127]\n"),
    );
    check(
        &["docker run --rm box /etc"],
        &format!("{failed}exec: \"/etc\": is a directory: permission denied{tail}[126]\n"),
    );
    check(
        &["docker run --rm box /etc/passwd"],
        &format!("{failed}exec: \"/etc/passwd\": permission denied{tail}[126]\n"),
    );
    check(
        &["docker run --rm box /no"],
        &format!("{failed}exec: \"/no\": stat /no: no such file or directory{tail}[127]\n"),
    );
    check(
        &["docker run --pull never nope"],
        &format!("docker: Error response from daemon: No such image: nope:latest{tail}[125]\n"),
    );
    check(
        &["docker run -u x box"],
        &format!(
            "docker: Error response from daemon: unable to find user x: no matching entries in passwd file{tail}[125]\n"
        ),
    );
}

#[test]
fn a_missing_image_is_pulled_first() {
    let said = World::new().run("docker run --rm other");
    assert!(said.starts_with("bin\ndev\netc\n"), "{said}");
    assert!(
        said.contains("Unable to find image 'other:latest' locally\nlatest: Pulling from library/other\n"),
        "{said}"
    );
}

#[test]
fn what_cannot_run_counts_as_running_in_the_background() {
    check(
        &[
            "docker run -d --name bg box /opt/real",
            "docker ps --format '{{.Names}} {{.Status}}'",
            "docker exec bg cat /srv/new",
            "docker rm bg",
            "docker stop bg",
            "docker ps -a --format '{{.State}}'",
            "docker exec bg ls",
            "docker rm bg",
        ],
        "ID\nbg Up Less than a second\nnew\n\
         Error response from daemon: cannot remove container \"bg\": container is running: stop the container before removing or force remove\n[1]\n\
         bg\nexited\nError response from daemon: container ID is not running\n[1]\nbg\n",
    );
}

#[test]
fn an_image_in_use_stays() {
    check(
        &[
            "docker create --name cc box",
            "docker rmi box",
            "docker image prune -af",
            "docker rm cc",
            "docker rmi box | wc -l",
        ],
        "ID\nError response from daemon: conflict: unable to remove repository reference \"box\" (must force) - container ID is using \
         its referenced image ID\n[1]\nTotal reclaimed space: 0B\ncc\n5\n",
    );
    check(
        &[
            "docker run -d --name cc box sleep 9",
            "docker rmi -f $(docker inspect -f '{{.Image}}' cc)",
            "docker rmi -f box | head -1",
            "docker exec cc cat /srv/new",
        ],
        "ID\nError response from daemon: conflict: unable to delete ID (cannot be forced) - image is being used by running container ID\n\
         [1]\nUntagged: box:latest\nnew\n",
    );
}

#[test]
fn a_container_outlives_its_image() {
    check(
        &[
            "docker run --name cc box sh -c 'echo own > /o'",
            "docker rmi -f $(docker inspect -f '{{.Image}}' cc) | tail -1",
            "docker cp cc:/o /dev/null/x",
            "docker diff cc",
        ],
        "Deleted: sha256:ID\nstat /dev/null/x: not a directory\n[1]\nA /o\n",
    );
}

#[test]
fn names_are_unique_and_can_be_changed() {
    // Of names in hexadecimal digits one may be the beginning of an ID.
    check(
        &[
            "docker create --name old box",
            "docker create --name old box",
            "docker rename old new",
            "docker ps -a --format '{{.Names}}'",
            "docker create --name 'bad name' box",
            "docker rm old new",
        ],
        "ID\nError response from daemon: Conflict. The container name \"/old\" is already in use by container \"ID\". You have to remove (or \
         rename) that container to be able to reuse that name.\n[1]\nnew\n\
         Error response from daemon: Invalid container name (bad name), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed\n[1]\nnew\n\
         Error response from daemon: No such container: old\n[1]\n",
    );
}

#[test]
fn a_log_keeps_both_streams() {
    check(
        &[
            "docker run --name cc box sh -c 'echo out; cat /no'",
            "docker logs cc",
            "docker logs -n 1 cc",
            "docker start -a cc",
        ],
        "out\ncat: can't open '/no': No such file or directory\n[1]\nout\ncat: can't open '/no': No such file or directory\n\
         cat: can't open '/no': No such file or directory\nout\ncat: can't open '/no': No such file or directory\n[1]\n",
    );
}

#[test]
fn options_reach_the_program() {
    check(
        &[
            "docker run --rm -e A=mine -e B=2 -h host -w /srv box sh -c 'echo $A $B $HOSTNAME $PWD'",
            "docker run --rm --entrypoint cat box /srv/new",
            "docker run --rm -p 80:80 box cat /srv/new",
        ],
        "mine 2 host /srv\nnew\nnew\nlayerbook: --publish does nothing here: a workbook opens no ports, mounts no folders and limits nothing\n",
    );
}

#[test]
fn usage_is_counted() {
    let world = World::new();
    world.run("docker run --name aa box sh -c 'echo 12345 > /x'");
    world.run("docker run -d --name bb box sleep 9");
    let usage = world.engine().disk_usage().unwrap();
    let running = usage.containers.iter().filter(|container| container.is_running()).count();
    assert_eq!((usage.containers.len(), running, usage.images[0].containers), (2, 1, 2));
    let shown = world.run("docker system df --format '{{.Type}} {{.Size}} {{.Reclaimable}}' | grep Containers");
    assert_eq!(shown, "Containers 6B 6B (100%)\n");
}

#[test]
fn a_torn_record_is_no_container_and_a_torn_layer_says_so() {
    let world = World::new();
    world.run("docker create --name cc box");
    let folder = world.home.path().join("store/containers");
    let id = world.engine().shelf().find("cc").unwrap().id;
    std::fs::write(folder.join(&id).join("layer.json"), "{").unwrap();
    assert!(world.run("docker diff cc").contains("is damaged"));
    std::fs::write(folder.join(&id).join("container.json"), "{").unwrap();
    assert_eq!(world.run("docker ps -aq"), "");
}

#[test]
fn a_user_is_one_that_the_image_and_a_kernel_know() {
    let world = World::new();
    for (user, expected) in [
        ("2147483648", "uids and gids must be in range 0-2147483647"),
        ("0:2147483648", "uids and gids must be in range 0-2147483647"),
        ("99999999999999999999", "unable to find user 99999999999999999999: no matching entries in passwd file"),
        ("nope", "unable to find user nope: no matching entries in passwd file"),
        ("0:nope", "unable to find group nope: no matching entries in group file"),
    ] {
        let said = world.run(&format!("docker run --rm -u {user} box id"));
        assert!(said.starts_with(&format!("docker: Error response from daemon: {expected}\n")), "{user}: {said}");
    }
    assert!(world.run("docker run --rm -u 2147483647 box id").contains("uid=2147483647"));
}

#[test]
fn a_user_is_in_the_groups_that_list_it_unless_one_was_named() {
    let world = World::new();
    world.run("docker run --name cc box sh -c 'echo both:x:7:root,me >> /etc/group; echo me:x:1000:me >> /etc/group'");
    world.run("docker commit cc made");
    for (user, expected) in [
        ("root", "uid=0(root) gid=0(root) groups=0(root),7(both)"),
        ("me", "uid=1000(me) gid=1000(me) groups=1000(me),7(both)"),
        ("me:7", "uid=1000(me) gid=7(both) groups=7(both)"),
    ] {
        assert_eq!(world.run(&format!("docker run --rm -u {user} made id")), format!("{expected}\n"));
    }
}

#[test]
fn a_template_is_tried_before_anything_is_listed() {
    let nope = |place: &str| {
        format!(
            "failed to execute template: template: {place}: executing \"\" at <.Nope>: can't evaluate field Nope in type \
             *formatter.ContainerContext\n[1]\n"
        )
    };
    check(&["docker ps --format '{{.Nope}}'"], &nope(":1:2"));
    check(&["docker ps -s --format 'table {{.Nope}}'"], &nope(":1:8"));
    check(&["docker ps --format '{{'"], "failed to parse template: template: :1: unclosed action\n[1]\n");
    check(
        &["docker create --name cc box", "docker ps -aq --format '{{.Names}}'"],
        "ID\nID\nWARNING: Ignoring custom format, because both --format and --quiet are set.\n",
    );
    check(&["docker ps -f exited=x"], "Error response from daemon: strconv.Atoi: parsing \"x\": invalid syntax\n[1]\n");
}

#[test]
fn a_log_is_shown_between_two_times() {
    let world = World::new();
    world.run("docker run --name cc box sh -c 'echo one; echo two'");
    let all = "one\ntwo\n";
    for line in ["--since 1h", "--until 2099-01-01", "--since 2001-01-01T00:00:00Z", "--since 1 --until 2099-01-01"] {
        assert_eq!(world.run(&format!("docker logs {line} cc")), all, "{line}");
    }
    for line in ["--until 1h", "--since -1h", "--since 2099-01-01", "--until 1"] {
        assert_eq!(world.run(&format!("docker logs {line} cc")), "", "{line}");
    }
    assert_eq!(world.run("docker logs --details cc"), " one\n two\n");
    let bad = "failed to parse value as time or duration: \"x\"\n[1]\n";
    assert_eq!(world.run("docker logs --since x cc"), format!("invalid value for \"since\": {bad}"));
    assert_eq!(world.run("docker logs --until x cc"), format!("invalid value for \"until\": {bad}"));
    let missing = "Error response from daemon: No such container: nosuch\n[1]\n";
    assert_eq!(world.run("docker logs --since x nosuch"), missing);
}

#[test]
fn sizes_are_counted_where_they_are_asked_for() {
    let world = World::new();
    world.run("docker run --name cc box sh -c 'echo four > /x'");
    assert_eq!(world.run("docker inspect -s -f '{{.SizeRw}} {{.SizeRootFs}}' cc"), "5 931\n");
    assert!(!world.run("docker inspect cc").contains("SizeRw"));
}

#[test]
fn what_cannot_be_killed_says_why() {
    check(
        &["docker create --name cc box", "docker kill cc nosuch"],
        "ID\nError response from daemon: cannot kill container: cc: container ID is not running\n\
         Error response from daemon: cannot kill container: nosuch: No such container: nosuch\n[1]\n",
    );
}

#[test]
fn a_container_can_be_held_up_and_go_on() {
    check(
        &[
            "docker run -d --name web box sleep 100",
            "docker pause web",
            "docker pause web",
            "docker ps --format '{{.Names}} {{.State}} {{.Status}}'",
            "docker exec web ls",
            "docker start web",
            "docker attach web",
            "docker rm web",
            "docker unpause web",
            "docker unpause web",
            "docker kill -s HUP web",
            "docker kill -s BOGUS web",
            "docker top web -o pid,cmd",
            "docker port web 80",
            "docker stats --no-stream --format '{{.Name}} {{.PIDs}}'",
            "docker stop web",
            "docker top web",
            "docker attach web",
            "docker inspect -f '{{.State.ExitCode}}' web",
        ],
        "ID\nweb\nError response from daemon: container ID is already paused\n[1]\n\
         web paused Up Less than a second (Paused)\n\
         Error response from daemon: container web is paused, unpause the container before exec\n[1]\n\
         Error response from daemon: cannot start a paused container, try unpause instead\n\
         Error: failed to start containers: web\n[1]\n\
         cannot attach to a paused container, unpause it first\n[1]\n\
         Error response from daemon: cannot remove container \"web\": container is paused: unpause and then stop the container before removing or force remove\n[1]\n\
         web\nError response from daemon: container ID is not paused\n[1]\n\
         web\nError response from daemon: invalid signal: BOGUS\n[1]\n\
         PID                 CMD\n1                   sleep 100\n\
         Error: No public port '80' published for web\n[1]\n\
         web 1\nweb\nError response from daemon: container ID is not running\n[1]\n\
         cannot attach to a stopped container, start it first\n[1]\n137\n",
    );
}

#[test]
fn attaching_goes_on_with_a_shell_and_ends_it() {
    let world = World::new();
    world.run("docker run -dit --name sh box sh");
    let typed = world.type_into("docker attach sh", "echo here > /x\nexit 4\n");
    assert!(typed.ends_with("[4]\n"), "{typed}");
    assert_eq!(world.run("docker diff sh"), "C /root\nA /root/.ash_history\nA /x\n");
    assert_eq!(world.run("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' sh"), "exited 4\n");
    let refused = world.run("docker attach sh");
    assert_eq!(refused, "cannot attach to a stopped container, start it first\n[1]\n");
}

#[test]
fn a_container_has_a_name() {
    for line in ["start", "stop", "kill", "restart", "wait", "logs", "commit"] {
        let said = World::new().run(&format!("docker {line} ''"));
        assert!(said.starts_with("invalid container name or ID: value is empty\n"), "{line}: {said}");
        assert!(said.ends_with("[1]\n"), "{line}: {said}");
    }
    check(&["docker exec '' true"], "invalid container name or ID: value is empty\n[1]\n");
    check(&["docker rm ''"], "container name cannot be empty\n[1]\n");
    check(&["docker diff ''"], "Container name cannot be empty\n[1]\n");
    check(&["docker cp '' x:/y"], "source can not be empty\n[1]\n");
    check(&["docker cp x:/y ''"], "destination can not be empty\n[1]\n");
}

#[test]
fn what_the_client_refuses_is_not_the_daemon_s() {
    let page = |command: &str| format!("\n\nRun 'docker {command} --help' for more information\n[125]\n");
    let lower = "invalid reference format: repository name (library/UPPER) must be lowercase";
    check(&["docker run UPPER"], &format!("docker: {lower}{}", page("run")));
    check(&["docker create UPPER"], &format!("{lower}\n[1]\n"));
    let platform =
        "error parsing specified platform: \"nonsense\": unknown operating system or architecture: invalid argument";
    check(&["docker run --platform nonsense box"], &format!("docker: {platform}{}", page("run")));
    check(&["docker create --platform nonsense box"], &format!("{platform}\n[1]\n"));
    for command in ["run", "create"] {
        let bad = "docker: invalid pull option: 'x': must be one of \"always\", \"missing\" or \"never\"";
        check(&[&format!("docker {command} --pull x box")], &format!("{bad}{}", page(command)));
        let usage = "Usage:  docker COMMAND [OPTIONS] IMAGE [COMMAND] [ARG...]"
            .replace("COMMAND [OPTIONS]", &format!("{command} [OPTIONS]"));
        let variable = "invalid argument \"=x\" for \"-e, --env\" flag: invalid environment variable: =x";
        check(&[&format!("docker {command} -e =x box")], &format!("{variable}\n\n{usage}{}", page(command)));
    }
}

#[test]
fn a_list_is_filtered_by_what_no_container_here_has() {
    let world = World::new();
    world.run("docker create --name cc -l a=b -l c=d box");
    let names = |filter: &str| world.run(&format!("docker ps -a -f {filter} --format '{{{{.Names}}}}'"));
    for filter in ["health=none", "network=none", "is-task=false"] {
        assert_eq!(names(filter), "cc\n", "{filter}");
    }
    for filter in ["volume=x", "network=x", "publish=80", "expose=80", "health=healthy", "is-task=true"] {
        assert_eq!(names(filter), "", "{filter}");
    }
    assert_eq!(names("since=nosuch"), "Error response from daemon: no such container nosuch\n[1]\n");
    assert_eq!(world.run("docker ps -a --format '{{.Label \"c\"}}|{{.Label \"z\"}}|'"), "d||\n");
}
