//! Goals of several images: each that comes is told, with what is still wanted.

use layerbook::lesson::Kind;
use layerbook::tutor::Input;

use super::Play;
use super::moving::course_of;

const SEVERAL: &str = r"
schema: 1
id: l
title: Several
steps:
  - do: Pull redis, httpd and alpine.
    id: all
    goal: {pulled: [redis, httpd, alpine]}
    solve: [docker pull redis, docker pull httpd, docker pull alpine]
";

fn play() -> Play {
    Play::of(&course_of(SEVERAL), Kind::Lesson, "l", Input::Pipe, &[])
}

#[test]
fn each_image_that_comes_is_told_with_those_that_are_still_wanted() {
    insta::assert_snapshot!(play().types(&["docker pull httpd", "docker pull redis", "docker pull alpine"]), @"
    Info: `httpd:latest` is here. Still wanted: `redis:latest`, `alpine:latest`.
    Info: `redis:latest` is here. Still wanted: `alpine:latest`.
    Right: Done.
    Info: That was **Several**, to the end.
    ");
}

#[test]
fn an_image_that_was_not_asked_for_and_one_that_was_here_are_no_progress() {
    let lines = ["docker pull nginx:1.25", "docker pull redis", "docker pull redis"];
    insta::assert_snapshot!(play().types(&lines), @"
    Info: `redis:latest` is not here yet. Only `nginx:1.25` is here.
    Info: `redis:latest` is here. Still wanted: `httpd:latest`, `alpine:latest`.
    Info: `httpd:latest` is not here yet. Here are `nginx:1.25`, `redis:latest`.
    ");
}
