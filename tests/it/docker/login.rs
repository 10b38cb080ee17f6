//! Logging in and out.

use super::{Terminal, check};

#[test]
fn a_login_is_checked_kept_and_tried_again() {
    insta::assert_snapshot!(
        check(&[
            "login -u ada -p wrong r.example",
            "login -u ada -p secret https://r.example/v2/",
            "login -u ada -p secret r.example",
            "login r.example",
            "logout r.example",
            "login r.example",
        ]),
        @r"
        $ docker login -u ada -p wrong r.example
        WARNING! Using --password via the CLI is insecure. Use --password-stdin.
        Error response from daemon: login attempt to https://r.example/v2/ failed with status: 401 Unauthorized
        [1]
        $ docker login -u ada -p secret https://r.example/v2/
        Login Succeeded
        WARNING! Using --password via the CLI is insecure. Use --password-stdin.

        WARNING! Your credentials are stored unencrypted in '/home/ada/config.json'.
        Configure a credential helper to remove this warning. See
        https://docs.docker.com/go/credential-store/

        $ docker login -u ada -p secret r.example
        Login Succeeded
        WARNING! Using --password via the CLI is insecure. Use --password-stdin.
        $ docker login r.example
        Login Succeeded
        Authenticating with existing credentials... [Username: ada]

         Info -> To login with a different account, run 'docker logout' followed by 'docker login'


        $ docker logout r.example
        Removing login credentials for r.example
        $ docker login r.example
        Error: Cannot perform an interactive login from a non TTY device
        [1]
        "
    );
}

#[test]
fn docker_hub_is_where_no_server_is_named() {
    insta::assert_snapshot!(
        check(&["login -u ada -p wrong", "login -u ada -p wrong docker.io", "logout", "logout https://index.docker.io/v1/"]),
        @r"
        $ docker login -u ada -p wrong
        WARNING! Using --password via the CLI is insecure. Use --password-stdin.
        Error response from daemon: login attempt to https://docker.io/v2/ failed with status: 401 Unauthorized
        [1]
        $ docker login -u ada -p wrong docker.io
        WARNING! Using --password via the CLI is insecure. Use --password-stdin.
        Error response from daemon: login attempt to https://docker.io/v2/ failed with status: 401 Unauthorized
        [1]
        $ docker logout
        Removing login credentials for https://index.docker.io/v1/
        $ docker logout https://index.docker.io/v1/
        Removing login credentials for https://index.docker.io/v1/
        "
    );
}

#[test]
fn a_password_comes_from_the_input_whole() {
    let terminal = Terminal::new();
    let log_in = |input: &str| terminal.run_with("login -u ada --password-stdin r.example", input, &mut None);
    insta::assert_snapshot!([log_in("secret\r\n"), log_in("secret"), log_in("secret\n\n"), log_in("")].concat(), @r"
    $ docker login -u ada --password-stdin r.example
    Login Succeeded

    WARNING! Your credentials are stored unencrypted in '/home/ada/config.json'.
    Configure a credential helper to remove this warning. See
    https://docs.docker.com/go/credential-store/

    $ docker login -u ada --password-stdin r.example
    Login Succeeded
    $ docker login -u ada --password-stdin r.example
    Error response from daemon: login attempt to https://r.example/v2/ failed with status: 401 Unauthorized
    [1]
    $ docker login -u ada --password-stdin r.example
    Error: Cannot perform an interactive login from a non TTY device
    [1]
    ");
}

#[test]
fn wrong_usage_is_refused_before_anything_is_read() {
    insta::assert_snapshot!(
        check(&[
            "login -p x",
            "login --password-stdin",
            "login -u ada -p x --password-stdin",
            "login -u ada -p x 127.0.0.1:1",
            "login a b",
        ]),
        @r#"
        $ docker login -p x
        WARNING! Using --password via the CLI is insecure. Use --password-stdin.
        Error: Cannot perform an interactive login from a non TTY device
        [1]
        $ docker login --password-stdin
        the --password-stdin option requires --username to be set
        [1]
        $ docker login -u ada -p x --password-stdin
        conflicting options: cannot specify both --password and --password-stdin
        [1]
        $ docker login -u ada -p x 127.0.0.1:1
        WARNING! Using --password via the CLI is insecure. Use --password-stdin.
        Error response from daemon: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused
        [1]
        $ docker login a b
        docker: 'docker login' requires at most 1 argument

        Usage:  docker login [OPTIONS] [SERVER]

        Run 'docker login --help' for more information
        [1]
        "#
    );
}

#[test]
fn a_person_is_asked_for_what_is_missing() {
    let ask = |line: &str, answers: &[Option<&str>]| {
        let terminal = Terminal::new();
        let answers = answers.iter().map(|answer| answer.map(str::to_owned)).collect();
        let mut person = Some(super::outside::Typist { answers, seen: String::new() });
        let ran = terminal.run_with(line, "", &mut person);
        format!("{}---- asked\n{}", ran, person.unwrap().seen)
    };
    let asked = [
        ask("login r.example", &[Some("ada"), Some("secret")]),
        ask("login -u ada r.example", &[Some("secret")]),
        ask("login -u ada", &[Some("wrong")]),
        ask("login", &[Some("")]),
        ask("login -u ada r.example", &[Some("")]),
        ask("login r.example", &[None]),
        ask("login -u ada r.example", &[None]),
    ];
    insta::assert_snapshot!(asked.join("\n"), @r"
    $ docker login r.example
    Login Succeeded

    WARNING! Your credentials are stored unencrypted in '/home/ada/config.json'.
    Configure a credential helper to remove this warning. See
    https://docs.docker.com/go/credential-store/

    ---- asked
    Username: ada
    Password: 

    $ docker login -u ada r.example
    Login Succeeded

    WARNING! Your credentials are stored unencrypted in '/home/ada/config.json'.
    Configure a credential helper to remove this warning. See
    https://docs.docker.com/go/credential-store/

    ---- asked
    Password: 

    $ docker login -u ada

     Info -> A Personal Access Token (PAT) can be used instead.
             To create a PAT, visit https://app.docker.com/settings


    Error response from daemon: login attempt to https://docker.io/v2/ failed with status: 401 Unauthorized
    [1]
    ---- asked
    Password: 

    $ docker login
    Log in with your Docker ID or email address to push and pull images from Docker Hub. If you don't have a Docker ID, head over to https://hub.docker.com/ to create one.
    You can log in with your password or a Personal Access Token (PAT). Using a limited-scope PAT grants better security and is required for organizations using SSO. Learn more at https://docs.docker.com/go/access-tokens/

    Error: Non-null Username Required
    [1]
    ---- asked
    Username: 

    $ docker login -u ada r.example
    Error: Password Required
    [1]
    ---- asked
    Password: 

    $ docker login r.example
    [130]
    ---- asked
    Username: ^C

    $ docker login -u ada r.example
    [130]
    ---- asked
    Password: ^C
    ");
}
