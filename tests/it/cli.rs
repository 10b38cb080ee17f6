//! The program itself, as a shell sees it: standard output, standard error and exit status.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::server::{Server, ok, status};

#[path = "cli/lessons.rs"]
mod lessons;

/// Runs the program in a home of its own and writes down what came of it.
fn run_in(home: &Path, words: &[&str], input: &str) -> String {
    run_beside(home, home, words, input)
}

/// Runs the program beside a Docker that has its configuration in a folder.
fn run_beside(docker: &Path, home: &Path, words: &[&str], input: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_layerbook"));
    command.args(words).env_clear().env("LAYERBOOK_HOME", home).env("TZ", "UTC");
    command.env("DOCKER_CONFIG", docker);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // A program that reads nothing may have ended before.
    let _ = child.stdin.take().expect("it is a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it prints text");
    let status = output.status.code().expect("no signal ends it");
    format!("{}---- {status}\n{}", text(&output.stdout), text(&output.stderr))
}

fn run(words: &[&str], input: &str) -> String {
    let home = tempfile::tempdir().expect("there is room");
    run_in(home.path(), words, input)
}

/// Writes a pack with one lesson of two questions.
fn small_pack(folder: &Path) -> String {
    let manifest = "schema: 1\nid: small\nversion: 1.0.0\ntitle: Small\nauthors: [me]\nlicense: MIT\nlessons: [yes]\nexercises: []\n";
    let step = |id: &str| {
        format!(
            "  - ask: Is it so?\n    id: {id}\n    answer: {{choice: [{{right: It is}}, {{wrong: Never, say: Look again.}}]}}\n"
        )
    };
    let lesson = format!("schema: 1\nid: \"yes\"\ntitle: Two questions\nsteps:\n{}{}", step("first"), step("second"));
    std::fs::create_dir(folder.join("lessons")).expect("the folder is empty");
    std::fs::write(folder.join("pack.yaml"), manifest.replace("[yes]", "[\"yes\"]")).expect("there is room");
    std::fs::write(folder.join("lessons/yes.yaml"), lesson).expect("there is room");
    folder.display().to_string()
}

#[test]
fn the_version_stands_alone() {
    assert_eq!(run(&["--version"], ""), concat!("layerbook ", env!("CARGO_PKG_VERSION"), "\n---- 0\n"));
}

#[test]
fn an_empty_home_in_the_environment_is_none() {
    let home = tempfile::tempdir().expect("there is room");
    let mut command = Command::new(env!("CARGO_BIN_EXE_layerbook"));
    command.args(["docker", "pull", "-q", "hello-world"]).env_clear();
    command.env("LAYERBOOK_HOME", "").env("HOME", home.path());
    let output = command.output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "docker.io/library/hello-world:latest\n");
    assert!(
        std::fs::read_dir(home.path()).expect("it is there").next().is_some(),
        "images are kept below the home folder"
    );
}

#[test]
fn docker_prints_and_fails_as_docker_does() {
    assert_eq!(run(&["docker", "images"], ""), "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n---- 0\n");
    assert_eq!(
        run(&["docker", "history", "nope"], ""),
        "---- 1\nError response from daemon: No such image: nope:latest\n"
    );
    let flag = run(&["docker", "images", "--bogus"], "");
    assert!(flag.starts_with("---- 125\nunknown flag: --bogus\n"), "{flag}");
}

/// A registry whose token server gives an identity token for ada's password and a pass for the identity token alone.
fn registry_of_identities() -> Server {
    Server::start(|seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", None) if seen.body.starts_with("grant_type=password&username=ada&password=secret&") => {
            ok("application/json", r#"{"access_token":"login","refresh_token":"long"}"#).into()
        }
        ("/token", None) if seen.body.starts_with("grant_type=refresh_token&refresh_token=long&") => {
            ok("application/json", r#"{"access_token":"good"}"#).into()
        }
        ("/token", _) => status(401).body(r#"{"details":"no such account"}"#).into(),
        ("/v2/", Some("Bearer login")) => status(200).into(),
        (_, Some("Bearer good")) => {
            status(404).body(r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"gone"}]}"#).into()
        }
        _ => status(401).header("WWW-Authenticate", r#"Bearer realm="/token",service="test""#).into(),
    })
}

#[test]
fn an_identity_token_is_kept_in_the_password_s_place_and_pulls() {
    let server = registry_of_identities();
    let (home, host) = (tempfile::tempdir().unwrap(), server.host());
    let printed = run_in(home.path(), &["docker", "login", "-u", "ada", "--password-stdin", &host], "secret");
    assert!(printed.starts_with("Login Succeeded\n---- 0\n"), "{printed}");
    let kept = std::fs::read_to_string(home.path().join("config.json")).unwrap().replace(char::is_whitespace, "");
    assert_eq!(kept, format!(r#"{{"auths":{{"{host}":{{"auth":"YWRhOg==","identitytoken":"long"}}}}}}"#));
    let printed = run_in(home.path(), &["docker", "pull", &format!("{host}/x/y:1")], "");
    let missing = format!("Error response from daemon: manifest for {host}/x/y:1 not found: manifest unknown: gone");
    assert!(printed.contains(&missing), "{printed}");
    let refreshed = server.log().iter().filter(|seen| seen.body.starts_with("grant_type=refresh_token")).count();
    assert_eq!(refreshed, 1);
}

#[cfg(unix)]
#[test]
fn a_helper_that_has_an_identity_token_says_so_by_the_user_token() {
    use std::os::unix::fs::PermissionsExt;
    let server = registry_of_identities();
    let (home, docker, host) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), server.host());
    let helper = docker.path().join("docker-credential-here");
    let answer = format!(r#"{{"ServerURL":"{host}","Username":"<token>","Secret":"long"}}"#);
    std::fs::write(&helper, format!("#!/bin/sh\nread server; test \"$server\" = {host} && echo '{answer}'\n")).unwrap();
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(docker.path().join("config.json"), r#"{"credsStore":"here"}"#).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_layerbook"));
    command.args(["docker", "pull", &format!("{host}/x/y:1")]).env_clear().env("LAYERBOOK_HOME", home.path());
    command.env("DOCKER_CONFIG", docker.path()).env("PATH", format!("{}:/usr/bin:/bin", docker.path().display()));
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(printed.contains("not found: manifest unknown: gone"), "{printed}");
    assert!(server.log().iter().any(|seen| seen.body.starts_with("grant_type=refresh_token")));
}

#[test]
fn a_login_is_kept_in_the_home_and_docker_s_own_file_is_left_alone() {
    let server = Server::start(|seen, _| match seen.header("authorization") {
        Some("Basic YWRhOnNlY3JldA==") => status(200).into(),
        _ => status(401).header("WWW-Authenticate", r#"Basic realm="x""#).into(),
    });
    let host = server.host();
    let (docker, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let theirs = format!(r#"{{"auths":{{"{host}":{{"auth":"YWRhOnNlY3JldA=="}}}}}}"#);
    std::fs::write(docker.path().join("config.json"), &theirs).unwrap();
    let run = |words: &[&str], input: &str| {
        let printed = run_beside(docker.path(), home.path(), words, input);
        let kept = std::fs::read_to_string(home.path().join("config.json")).unwrap_or_default();
        let shown = format!("{printed}==== {}\n", kept.replace(char::is_whitespace, ""));
        shown.replace(&host, "HOST").replace(&home.path().display().to_string(), "HOME")
    };
    let account = ["docker", "login", "-u", "ada", "--password-stdin", host.as_str()];
    let lines = [
        run(&["docker", "login", &host], ""),
        run(&["docker", "logout", &host], ""),
        run(&["docker", "login", &host], ""),
        run(&account, "wrong"),
        run(&account, "secret"),
    ];
    assert_eq!(std::fs::read_to_string(docker.path().join("config.json")).unwrap(), theirs);
    insta::assert_snapshot!(lines.concat(), @r#"
    Login Succeeded
    ---- 0
    Authenticating with existing credentials... [Username: ada]

     Info -> To login with a different account, run 'docker logout' followed by 'docker login'



    WARNING! Your credentials are stored unencrypted in 'HOME/config.json'.
    Configure a credential helper to remove this warning. See
    https://docs.docker.com/go/credential-store/

    ==== {"auths":{"HOST":{"auth":"YWRhOnNlY3JldA=="}}}
    Removing login credentials for HOST
    ---- 0
    ==== {"auths":{"HOST":{}}}
    ---- 1
    Error: Cannot perform an interactive login from a non TTY device
    ==== {"auths":{"HOST":{}}}
    ---- 1
    Error response from daemon: login attempt to http://HOST/v2/ failed with status: 401 Unauthorized
    ==== {"auths":{"HOST":{}}}
    Login Succeeded
    ---- 0

    WARNING! Your credentials are stored unencrypted in 'HOME/config.json'.
    Configure a credential helper to remove this warning. See
    https://docs.docker.com/go/credential-store/

    ==== {"auths":{"HOST":{"auth":"YWRhOnNlY3JldA=="}}}
    "#);
}

#[test]
fn a_search_needs_no_network() {
    let found = run(&["docker", "search", "--limit", "1", "--format", "{{.Name}} {{.IsOfficial}}", "nginx"], "");
    assert_eq!(found, "nginx [OK]\n---- 0\n");
}

#[test]
fn docker_asks_at_standard_input() {
    let pruned = run(&["docker", "image", "prune"], "y\n");
    assert!(pruned.contains("[y/N]") && pruned.ends_with("Total reclaimed space: 0B\n---- 0\n"), "{pruned}");
}

#[test]
fn images_stay_from_one_command_to_the_next() {
    let home = tempfile::tempdir().unwrap();
    let pulled = run_in(home.path(), &["docker", "pull", "-q", "alpine:3.19"], "");
    assert_eq!(pulled, "docker.io/library/alpine:3.19\n---- 0\n");
    let listed = run_in(home.path(), &["docker", "images"], "");
    assert!(listed.contains("\nalpine       3.19 "), "{listed}");
}

#[test]
fn a_lesson_over_a_pipe_is_a_transcript() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let pack = small_pack(folder.path());
    let learn = ["learn", "yes", "--pack", &pack, "--plain"];
    insta::assert_snapshot!(run_in(home.path(), &learn, "never\n\nit is\n"), @r"
    Two questions

    Task: Is it so?

    - a) Never
    - b) It is
    yes 1/2 > never
    Wrong: Look again.
    yes 1/2 > it is
    Right.

    Task: Is it so?

    - a) Never
    - b) It is
    ---- 3
    ");
    insta::assert_snapshot!(run_in(home.path(), &learn, "it is\n"), @r"
    Two questions
    layerbook: Welcome back. 1 of 2 are done; here is the next.

    Task: Is it so?

    - a) Never
    - b) It is
    yes 2/2 > it is
    Right.
    layerbook: That was Two questions, to the end.
    ---- 0
    ");
}

#[test]
fn the_report_is_the_last_line() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let pack = small_pack(folder.path());
    let text = run_in(home.path(), &["learn", "--pack", &pack, "--report", "json", "--seed", "7"], "never\nit is\n");
    let (out, _) = text.split_once("---- 3\n").unwrap();
    insta::assert_snapshot!(out.lines().last().unwrap(), @r#"
    {"schema":1,"pack":"small","pack_version":"1.0.0","id":"yes","completed":false,"seed":7,"variant":{},"steps":[{"id":"first","outcome":"right","attempts":2,"rule":null,"hints":0},{"id":"second","outcome":"open","attempts":0,"rule":null,"hints":0}]}
    "#);
}

#[test]
fn an_unknown_name_is_wrong_usage_and_names_the_nearest() {
    assert_eq!(
        run(&["learn", "namnig"], ""),
        "---- 2\nlayerbook: there is no lesson `namnig`\nDid you mean `naming`?\n"
    );
    assert!(run(&["lern"], "").starts_with("---- 2\n"));
}

#[test]
fn a_broken_pack_has_status_4_and_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pack.yaml"), "schema: 1\nid: mine\nnonsense: 1\n").unwrap();
    for task in ["progress", "learn"] {
        let text = run(&[task, "--pack", &folder.path().display().to_string()], "");
        assert!(text.starts_with("---- 4\nlayerbook: the pack cannot be used\n"), "{text}");
        assert!(text.contains("pack.yaml:3:1: unknown key `nonsense`"), "{text}");
    }
}

#[test]
fn progress_tells_how_far_one_is() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let pack = small_pack(folder.path());
    let mut progress = Vec::new();
    for answers in ["", "it is\n", "it is\n"] {
        run_in(home.path(), &["learn", "--pack", &pack], answers);
        progress.push(run_in(home.path(), &["progress", "--pack", &pack, "--plain"], ""));
    }
    insta::assert_snapshot!(progress.join("\n"), @r"
    Small

    - Lessons
    - 1; yes; Two questions

    Next: the lesson `yes`.
    ---- 0

    Small

    - Lessons
    - 1; yes; Two questions; 1 of 2

    Next: the lesson `yes`.
    ---- 0

    Small

    - Lessons
    - 1; yes; Two questions; done

    All done.
    ---- 0
    ");
}

#[test]
fn a_newer_journal_is_refused_and_kept() {
    let home = tempfile::tempdir().unwrap();
    let journal = home.path().join("journal.jsonl");
    std::fs::write(&journal, "{\"layerbook-journal\": 2}\n").unwrap();
    let text = run_in(home.path(), &["learn", "naming"], "a\n");
    assert!(text.starts_with("---- 1\n") && text.contains("has version 2; this layerbook reads version 1"), "{text}");
    assert_eq!(std::fs::read_to_string(&journal).unwrap(), "{\"layerbook-journal\": 2}\n");
}

#[test]
fn the_menu_works_over_a_pipe() {
    let text = run(&[], "docker images\nnamnig\n:quit\n");
    assert!(text.contains("layerbook > docker images\nREPOSITORY"), "{text}");
    assert!(text.contains("Did you mean `naming`?") && text.ends_with("---- 0\n"), "{text}");
}

#[test]
fn the_doctor_names_what_fails() {
    let home = tempfile::tempdir().unwrap();
    let well = run_in(home.path(), &["doctor"], "");
    assert!(well.ends_with("---- 0\n") && !well.contains("FAIL"), "{well}");
    std::fs::write(home.path().join("journal.jsonl"), "notes\n").unwrap();
    let ill = run_in(home.path(), &["doctor"], "");
    assert!(ill.contains("FAIL journal") && ill.ends_with("---- 1\n"), "{ill}");
}

#[test]
fn a_pack_of_ones_own_is_built_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().display().to_string();
    let manifest =
        "schema: 1\nid: mine\nversion: 1.0.0\ntitle: Mine\nauthors: [me]\nlicense: MIT\nlessons: []\nexercises: []\n";
    std::fs::write(folder.path().join("pack.yaml"), manifest).unwrap();
    assert_eq!(
        run(&["pack", "check", &pack], ""),
        "✓ `mine` 1.0.0: 0 lessons and 0 problems, nothing wrong found\n---- 0\n"
    );
    let built = run(&["pack", "build", &pack], "");
    assert!(built.ends_with("lock.yaml\n---- 0\n"), "{built}");
    assert!(folder.path().join("lessons/images/lock.yaml").is_file());
}

/// A served registry; it ends when dropped.
struct Registry {
    child: Child,
    address: String,
}

impl Registry {
    fn serve(home: &Path, words: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_layerbook"));
        command.args(["registry", "serve", "--addr", "127.0.0.1:0"]).args(words).env("LAYERBOOK_HOME", home);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stderr.take().expect("it is a pipe")).read_line(&mut line).expect("it says where it is");
        let address =
            line.split("http://").nth(1).and_then(|rest| rest.split(';').next()).expect("it names an address");
        Self { child, address: address.to_owned() }
    }

    /// Sends a request and returns status and body.
    fn ask(&self, request: &str, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let length = body.len();
        let text =
            format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        stream.write_all(text.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers in text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        (head.split(' ').nth(1).expect("a head has a status").to_owned(), body.to_owned())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_served_registry_keeps_what_is_pushed_in_the_folder_that_is_named() {
    let home = tempfile::tempdir().expect("there is room");
    let folder = home.path().join("reg").display().to_string();
    let digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let pushed = format!("POST /v2/ada/x/blobs/uploads/?digest={digest}");
    let registry = Registry::serve(home.path(), &["--writable", "--dir", &folder]);
    assert_eq!(registry.ask(&pushed, "{}").0, "201");
    // Killed, not ended: nothing that was answered may be lost.
    drop(registry);
    let registry = Registry::serve(home.path(), &["--writable", "--dir", &folder]);
    let (status, body) = registry.ask(&format!("GET /v2/ada/x/blobs/{digest}"), "");
    assert_eq!((status.as_str(), body.as_str()), ("200", "{}"));
    let second =
        run_in(home.path(), &["registry", "serve", "--writable", "--dir", &folder, "--addr", "127.0.0.1:0"], "");
    assert!(second.contains("---- 1\n") && second.contains("is in use by another process"), "{second}");
    drop(registry);
    let registry = Registry::serve(home.path(), &[]);
    assert_eq!(registry.ask(&pushed, "{}").0, "405");
}

#[test]
fn a_served_registry_can_stand_on_an_earlier_day() {
    let home = tempfile::tempdir().expect("there is room");
    let status =
        |words: &[&str]| Registry::serve(home.path(), words).ask("GET /v2/library/nginx/manifests/latest", "").0;
    assert_eq!(status(&[]), "200");
    assert_eq!(status(&["--moment", "2000-01-01"]), "404");
    let wrong = run_in(home.path(), &["registry", "serve", "--moment", "yesterday"], "");
    assert_eq!(wrong, "---- 2\nlayerbook: `yesterday` is no day: write it as in `--moment 2026-09-30`\n");
}

#[test]
fn a_served_pack_has_its_own_images_and_behind_them_those_of_the_built_in_pack() {
    let home = tempfile::tempdir().expect("there is room");
    let folder = tempfile::tempdir().expect("there is room");
    let pack = small_pack(folder.path());
    let recipe = "name: tiny\ntags: [latest, \"1\"]\nrecord: nobody's\npublish: \"2026-09-01\"\nplatforms:\n  - {platform: linux/amd64}\nsteps:\n  - {run: make, created: 2026-09-01T00:00:00Z, files: {etc/motd: {text: hi}}}\n";
    let images = folder.path().join("lessons/images");
    std::fs::create_dir(&images).expect("there is room");
    std::fs::write(images.join("tiny.yaml"), recipe).expect("there is room");
    let built = run_in(home.path(), &["pack", "build", &pack], "");
    assert!(built.contains("---- 0\n"), "{built}");
    let registry = Registry::serve(home.path(), &["--pack", &pack]);
    let tags = |registry: &Registry, name: &str| registry.ask(&format!("GET /v2/library/{name}/tags/list"), "");
    let told = ["tiny", "hello-world", "none"].map(|name| tags(&registry, name)).map(|(_, body)| body).concat();
    insta::assert_snapshot!(told, @r#"
    {"name":"library/tiny","tags":["1","latest"]}
    {"name":"library/hello-world","tags":["latest","linux"]}
    {"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"library/none"}}]}
    "#);
    drop(registry);
    assert_eq!(tags(&Registry::serve(home.path(), &[]), "tiny").0, "404");
}

#[test]
fn pictures_are_drawn_outside_of_a_lesson() {
    insta::assert_snapshot!(run(&["show", "name", "redis", "--plain"], ""), @r"
    registry: docker.io (filled in)
    namespace: library (filled in)
    repository: redis (typed)
    tag: latest (filled in)

    In full: docker.io/library/redis:latest
    ---- 0
    ");
    let layers = run(&["show", "layers", "redis", "httpd"], "");
    assert!(layers.contains("redis:latest and httpd:latest share 1 layer from the bottom up"), "{layers}");
    assert!(layers.lines().all(|line| line.chars().count() <= 80), "{layers}");
    let page = run(&["show", "hub", "circleci/node", "--plain"], "");
    assert!(page.contains("circleci/node: no badge") && page.contains("updated 2022-01-04"), "{page}");
    let elsewhere = run(&["show", "hub", "ghcr.io/a/b"], "");
    assert!(elsewhere.contains("only Docker Hub has pages to draw"), "{elsewhere}");
    insta::assert_snapshot!(run(&["show", "layers", "Web"], ""), @r"
    ---- 2
    No container here is called `Web`, and no image can be: invalid reference format: repository name (library/Web) must be lowercase. `docker images` lists the images that are here, `docker ps -a` the containers.
    ");
    let gone = run(&["show", "layers", "127.0.0.1:1/web"], "");
    assert!(gone.contains("No image and no container here is called `127.0.0.1:1/web`, and its registry"), "{gone}");
    let nothing = run(&["show", "sizes"], "");
    assert_eq!(nothing, "---- 2\nNo image is here, and none was named.\n");
}

#[test]
fn nothing_is_due_at_the_beginning() {
    let review = run(&["review"], "");
    assert!(review.contains("Nothing is due") && review.contains("---- 0"), "{review}");
    let progress = run(&["progress", "--format", "json"], "");
    let document: serde_json::Value = serde_json::from_str(progress.lines().next().unwrap()).unwrap();
    assert_eq!((document["schema"].as_u64(), document["next"].as_str()), (Some(1), Some("images")));
}
