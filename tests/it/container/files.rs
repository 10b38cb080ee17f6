//! What is seen and what is changed: layers, permissions, `docker diff`, `docker cp`.

use super::World;

#[track_caller]
fn check_diff(line: &str, expected: &str) {
    let world = World::new();
    world.run(&format!("docker run --name cc box sh -c '{line}'"));
    assert_eq!(world.run("docker diff cc"), expected, "{line}");
}

#[test]
fn layers_are_laid_over_one_another() {
    let world = World::new();
    assert_eq!(
        world.sh("ls /srv; cat /srv/link; cat /srv/gone"),
        "deep\nkept\nlink\nnew\nkept\ncat: can't open '/srv/gone': No such file or directory\n[1]\n"
    );
    assert_eq!(world.sh("ls /"), "bin\ndev\netc\nhome\nlib\nopt\nproc\nroot\nsrv\nsys\n");
}

#[test]
fn a_diff_lists_what_is_new_changed_and_gone() {
    check_diff("true", "");
    check_diff("echo x > /a; mkdir -p /d/e", "A /a\nA /d\nA /d/e\n");
    check_diff("rm /srv/kept; echo x >> /srv/new", "C /srv\nD /srv/kept\nC /srv/new\n");
    check_diff("chmod 700 /srv/deep", "C /srv\nC /srv/deep\n");
    check_diff("rm -rf /srv/deep; mkdir /srv/deep; touch /srv/deep/z", "C /srv\nC /srv/deep\nA /srv/deep/z\n");
    check_diff("mv /srv/deep /moved", "A /moved\nA /moved/file\nC /srv\nD /srv/deep\n");
    check_diff("touch /a; rm /a", "");
    check_diff(
        "ln -s kept /srv/soft; cp -r /srv/deep /srv/copy",
        "C /srv\nA /srv/copy\nA /srv/copy/file\nA /srv/soft\n",
    );
    check_diff("echo x > /etc/hosts; echo x > /dev/null", "");
}

#[test]
fn changes_are_there_the_next_time() {
    let world = World::new();
    world.run(
        "docker run --name cc box sh -c 'echo 1 > /f; rm -rf /srv/deep; mkdir /srv/deep; mv /srv/kept /k; chmod 600 /k'",
    );
    world.run("docker start cc");
    world.run("docker commit cc again");
    assert_eq!(
        world.run("docker run --rm again sh -c 'cat /f /k; ls /srv /srv/deep; stat -c %a /k'"),
        "1\nkept\n/srv:\ndeep\nlink\nnew\n\n/srv/deep:\n600\n"
    );
}

#[test]
fn a_user_may_do_what_the_permissions_say() {
    let world = World::new();
    let run = |line: &str| world.run(&format!("docker run --rm -u me box sh -c '{line}'"));
    assert_eq!(run("id; echo $HOME"), "uid=1000(me) gid=1000(me) groups=1000(me)\n/home/me\n");
    assert_eq!(run("cat /srv/deep/file"), "cat: can't open '/srv/deep/file': Permission denied\n[1]\n");
    assert_eq!(run("touch /x"), "touch: /x: Permission denied\n[1]\n");
    assert_eq!(run("ls /root"), "ls: can't open '/root': Permission denied\n[1]\n");
    assert_eq!(
        run("chmod 777 /etc/passwd"),
        "chmod: changing permissions of '/etc/passwd': Operation not permitted\n[1]\n"
    );
}

#[test]
fn files_are_copied_both_ways() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("in"), "from here\n").unwrap();
    world.run("docker create --name cc box");
    assert_eq!(world.run(&format!("docker cp {} cc:/srv/", path("in"))), "");
    assert_eq!(world.run("docker diff cc"), "C /srv\nA /srv/in\n");
    assert_eq!(world.run(&format!("docker cp cc:/srv {}", path("out"))), "");
    assert_eq!(std::fs::read_to_string(path("out/in")).unwrap(), "from here\n");
    assert_eq!(std::fs::read_to_string(path("out/deep/file")).unwrap(), "deep\n");
    // A link of an image never becomes one of the host.
    assert!(!folder.path().join("out/link").exists());
    assert_eq!(
        world.run("docker cp cc:/nope /tmp/x"),
        "Error response from daemon: Could not find the file /nope in container cc\n[1]\n"
    );
}

#[test]
fn a_copy_goes_where_docker_puts_it() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::create_dir_all(at("d")).unwrap();
    std::fs::write(at("one"), "one").unwrap();
    std::fs::write(at("d/two"), "two").unwrap();
    world.run("docker create --name cc box");
    let run = |line: &str| world.run(&line.replace('%', &folder.path().display().to_string()));
    let daemon = "Error response from daemon:";
    for (line, expected) in [
        ("docker cp %/one cc:.", String::new()),
        ("docker cp %/one cc:", "no such directory\n[1]\n".to_owned()),
        ("docker cp %/one cc:/nosuch/", "no such directory\n[1]\n".to_owned()),
        ("docker cp %/one nosuch:/x/", "no such directory\n[1]\n".to_owned()),
        ("docker cp %/one cc:/one/", "no such directory\n[1]\n".to_owned()),
        ("docker cp %/one cc:/one/x", format!("{daemon} extraction point is not a directory\n[1]\n")),
        ("docker cp %/one cc:/no/x", format!("{daemon} Could not find the file /no in container cc\n[1]\n")),
        ("docker cp %/one/ cc:/z", "not a directory\n[1]\n".to_owned()),
        ("docker cp %/d cc:/one", "cannot copy directory\n[1]\n".to_owned()),
        (
            "docker cp %/d cc:/one/",
            format!("{daemon} cannot overwrite non-directory \"/one\" with directory \"/\"\n[1]\n"),
        ),
        ("docker cp %/d cc:/new/", String::new()),
        ("docker cp %/d/. cc:/new", String::new()),
        ("docker cp cc:/new %/one", "cannot copy directory\n[1]\n".to_owned()),
        ("docker cp cc:/one %/none/", "no such directory\n[1]\n".to_owned()),
        ("docker cp cc:/one %/one/", format!("stat {}/: not a directory\n[1]\n", at("one"))),
        ("docker cp cc: %/one", format!("{daemon} bad parameter: pathcannot be empty\n[1]\n")),
        ("docker cp nosuch:/x %/no/x", format!("invalid output path: directory {:?} does not exist\n[1]\n", at("no"))),
    ] {
        assert_eq!(run(line), expected, "{line}");
    }
    assert_eq!(world.run("docker diff cc"), "A /new\nA /new/two\nA /one\n");
}

#[test]
fn a_path_goes_through_a_pipe_as_a_tar() {
    let world = World::new();
    world.run("docker create --name cc box; docker create --name dd box sh -c 'cat /etc/srv/deep/file; cat /file'");
    assert_eq!(world.run("docker cp cc:/srv - | docker cp - dd:/etc"), "");
    assert_eq!(world.run("docker cp cc:/srv/deep/. - | docker cp - dd:/"), "");
    assert_eq!(world.run("docker start -a dd"), "deep\ndeep\n");
    assert_eq!(
        world.run("docker cp cc:/srv - | docker cp - dd:/nosuch"),
        "destination \"dd:/nosuch\" must be a directory\n[1]\n"
    );
    assert_eq!(
        world.type_into("docker cp - dd:/", &"no tar".repeat(200)),
        "Error response from daemon: Error processing tar file(exit status 1): archive/tar: invalid tar header\n[1]\n"
    );
}

#[cfg(unix)]
#[test]
fn links_go_into_a_container_as_links() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one"), "one\n").unwrap();
    std::os::unix::fs::symlink("one", folder.path().join("link")).unwrap();
    let link = folder.path().join("link").display().to_string();
    world.run("docker create --name cc box sh -c 'cat /srv/one /srv/file; ls -l /srv/link2'");
    world
        .run(&format!("docker cp {link} cc:/srv/link2; docker cp -L {link} cc:/srv; docker cp -L {link} cc:/srv/file"));
    let said = world.run("docker start -a cc");
    assert!(said.starts_with("one\none\nl"), "{said}");
    assert!(said.trim_end().ends_with("/srv/link2 -> one"), "{said}");
}

#[test]
fn hostile_lines_end_in_a_sentence() {
    let world = World::new();
    for line in [
        "ln -s /loop /loop; cat /loop",
        "cp -r / /srv",
        "mv / /x",
        "rm -rf /",
        "mv /srv /srv/deep",
        "cat /",
        "cd /bin/ls/",
    ] {
        let told = world.sh(line);
        assert!(told.ends_with("]\n") && told.len() > 6, "{line}: {told}");
    }
    assert_eq!(world.sh("X=$(echo $(echo $(echo deep))); echo $X"), "deep\n");
    assert!(world.sh("echo \"unclosed").contains("syntax error"));
}
