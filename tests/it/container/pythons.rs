//! The three Pythons of the hands-on lesson as a learner types them: what their containers show, and what is missing.

use std::sync::Arc;

use layerbook::docker::{Output, run_line};
use layerbook::engine::{Engine, EngineOptions};
use layerbook::model::Catalogue;
use layerbook::pack::Files;
use layerbook::store::{Store, WorkspaceName};

use super::now;

/// What lines print, each behind its prompt, with the status where it is not 0.
async fn transcript(lines: &[(&str, &str)]) -> String {
    let images = Files::embedded().images;
    let lock = images.iter().find(|file| file.name == "lock").expect("the pack has a lock");
    let recipes = images.iter().filter(|file| file.name != "lock");
    let named = recipes.map(|file| (format!("{}.yaml", file.name), file.text.clone()));
    let source = Arc::new(Catalogue::load(named, &lock.text).expect("the recipes are sound"));
    let home = tempfile::tempdir().unwrap();
    let workspace = Store::open(home.path()).unwrap().workspace(&WorkspaceName::Shell);
    let options = EngineOptions { platform: "linux/amd64".parse().unwrap(), clock: now };
    let engine = Engine::new(workspace, source, options);
    let view = super::view();
    let mut text = String::new();
    for (line, typed) in lines {
        let (mut out, mut err, mut input) = (Vec::new(), Vec::new(), typed.as_bytes());
        let mut output = Output::new(&mut out, &mut err);
        output.input = Some(&mut input);
        let status = run_line(line, &engine, &view, &mut output).await.status;
        text += &format!("$ {line}\n");
        text += &String::from_utf8(out).unwrap();
        text += &String::from_utf8(err).unwrap();
        if status != 0 {
            text += &format!("[{status}]\n");
        }
    }
    let ids = regex::Regex::new("(@)[0-9a-f]{12}|\\b[0-9a-f]{12}(:/#)").unwrap();
    ids.replace_all(&text, "${1}ID${2}").into_owned()
}

#[tokio::test]
async fn three_pythons_look_alike_and_differ() {
    let look = "ls /lib64\ngrep PRETTY /etc/os-release\npython3 --version\nwhich python3 bash apk dpkg\nexit\n";
    let text = transcript(&[
        ("docker pull -q python:3.11", ""),
        ("docker pull -q python:3.11-slim", ""),
        ("docker pull -q python:3.11-alpine", ""),
        ("docker run --rm python:3.11 python3 --version", ""),
        ("docker run --rm python:3.11-slim python3 --version", ""),
        ("docker run --rm python:3.11-alpine python3 --version", ""),
        ("docker run --rm -i python:3.11 bash", look),
        ("docker run --rm -i python:3.11-slim bash", look),
        ("docker run --rm python:3.11-alpine bash", ""),
        ("docker run --rm -i python:3.11-alpine sh", look),
        ("docker run --rm python:3.11 dpkg -l | grep -c ^ii", ""),
        ("docker run --rm python:3.11-slim dpkg -l | grep -c ^ii", ""),
        ("docker run --rm python:3.11-alpine apk info 2>/dev/null | wc -l", ""),
        ("docker run --rm python:3.11-alpine dpkg -l", ""),
    ])
    .await;
    insta::assert_snapshot!(text, @r#"
    $ docker pull -q python:3.11
    docker.io/library/python:3.11
    $ docker pull -q python:3.11-slim
    docker.io/library/python:3.11-slim
    $ docker pull -q python:3.11-alpine
    docker.io/library/python:3.11-alpine
    $ docker run --rm python:3.11 python3 --version
    Python 3.11.16
    $ docker run --rm python:3.11-slim python3 --version
    Python 3.11.15
    $ docker run --rm python:3.11-alpine python3 --version
    Python 3.11.16
    $ docker run --rm -i python:3.11 bash
    ld-linux-x86-64.so.2
    PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
    Python 3.11.16
    /usr/local/bin/python3
    /usr/bin/bash
    /usr/bin/dpkg
    [1]
    $ docker run --rm -i python:3.11-slim bash
    ld-linux-x86-64.so.2
    PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
    Python 3.11.15
    /usr/local/bin/python3
    /usr/bin/bash
    /usr/bin/dpkg
    [1]
    $ docker run --rm python:3.11-alpine bash
    docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "bash": executable file not found in $PATH

    Run 'docker run --help' for more information
    [127]
    $ docker run --rm -i python:3.11-alpine sh
    PRETTY_NAME="Alpine Linux v3.24"
    Python 3.11.16
    /usr/local/bin/python3
    /sbin/apk
    ls: /lib64: No such file or directory
    [1]
    $ docker run --rm python:3.11 dpkg -l | grep -c ^ii
    469
    $ docker run --rm python:3.11-slim dpkg -l | grep -c ^ii
    87
    $ docker run --rm python:3.11-alpine apk info 2>/dev/null | wc -l
    37
    $ docker run --rm python:3.11-alpine dpkg -l
    docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "dpkg": executable file not found in $PATH

    Run 'docker run --help' for more information
    [127]
    "#);
}
