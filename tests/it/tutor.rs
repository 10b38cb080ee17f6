//! Sessions, played over a pipe against a world that is built by hand.

mod moving;
mod picture;
mod progress;
mod review;
mod ways;

use std::collections::BTreeMap;

use layerbook::engine::{Error, ImageFacts, ImageSummary, PlatformFacts};
use layerbook::lesson::{Activity, Course, Kind, World};
use layerbook::oci::{Descriptor, DiffId, Digest, ImageConfig, MediaType, Platform, Reference};
use layerbook::pack::Pack;
use layerbook::tutor::{Effect, Event, Input, Options, Progress, Ran, Session, State, Tone};
use serde_json::{Value, json};

/// A registry and a workspace in memory.
#[derive(Default)]
struct Classroom {
    registry: BTreeMap<Reference, ImageFacts>,
    held: Vec<Reference>,
}

impl World for Classroom {
    fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error> {
        self.registry.get(reference).cloned().ok_or_else(|| Error::NoSuchImage(reference.familiar()))
    }

    fn images(&self) -> Result<Vec<ImageSummary>, Error> {
        let summary = |name: &Reference| ImageSummary {
            id: self.registry[name].config.image_id(),
            tags: vec![name.clone()],
            digests: Vec::new(),
            created: None,
            on_disk: 0,
            parent: None,
            tagged_at: None,
        };
        Ok(self.held.iter().map(summary).collect())
    }
}

fn reference(name: &str) -> Reference {
    name.parse::<Reference>().expect("names in tests are names").or_latest()
}

/// An image with one history line for each letter of `steps`: `b` makes a layer with bytes, `z` one without, `-` none.
fn image(name: &str, steps: &str, entrypoint: &[&str], cmd: &[&str]) -> ImageFacts {
    let layers: Vec<char> = steps.chars().filter(|step| *step != '-').collect();
    let diff_ids: Vec<String> =
        (0..layers.len()).map(|n| DiffId(Digest::of(format!("{name} {n}").as_bytes())).to_string()).collect();
    let history: Vec<Value> =
        steps.chars().map(|step| json!({"created_by": "a step", "empty_layer": step == '-'})).collect();
    let config = json!({
        "os": "linux", "architecture": "amd64",
        "config": {"Entrypoint": entrypoint, "Cmd": cmd, "Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": history,
    });
    let platform = |n: u8| PlatformFacts {
        platform: Some(Platform::linux("amd64")),
        digest: Digest::of(&[n]),
        attestation: n % 2 == 1,
    };
    let blob = |n: usize| {
        Descriptor::new(MediaType::OCI_LAYER_GZIP, Digest::of(format!("{name} packed {n}").as_bytes()), 6_000_000)
    };
    ImageFacts {
        reference: reference(name),
        digest: Digest::of(format!("{name} index").as_bytes()),
        manifest: Digest::of(format!("{name} manifest").as_bytes()),
        config: ImageConfig::parse(config.to_string().as_bytes()).expect("a config").into(),
        layers: (0..layers.len()).map(blob).collect(),
        on_disk: Some(layers.iter().map(|step| if *step == 'b' { 23_400_000 } else { 0 }).collect()),
        platforms: (0..32).map(platform).collect(),
    }
}

/// redis as in the curriculum: 13 history lines, 7 layers, two of them without bytes.
fn classroom() -> Classroom {
    let images = [
        image("redis", "bb-b-zzb--b--", &["docker-entrypoint.sh"], &["redis-server"]),
        image("redis:alpine", "b-b", &[], &["redis-server"]),
        image("nginx:1.25", "bb-b", &["/docker-entrypoint.sh"], &["nginx", "-g", "daemon off;"]),
        image("httpd", "bbb", &[], &["httpd-foreground"]),
        image("alpine", "b-", &[], &["/bin/sh"]),
        image("alpine:3.19", "b-", &[], &["/bin/sh"]),
        image("postgres:16", "bbbb--", &[], &["postgres"]),
        image("nginx:alpine", "bb--", &[], &["nginx"]),
        image("ghcr.io/owner/image:v2", "bb--", &["tool"], &["--help"]),
    ];
    Classroom { registry: images.into_iter().map(|image| (image.reference.clone(), image)).collect(), held: Vec::new() }
}

fn course() -> Course {
    Pack::built_in().and_then(Course::load).expect("the built-in pack is sound")
}

/// A session with its world, driven as the shell drives it.
struct Play {
    session: Session,
    world: Classroom,
    said: Vec<(Tone, String)>,
    ran: Vec<String>,
    saved: Vec<Value>,
    ended: Option<Effect>,
    snapshots: BTreeMap<String, Vec<Reference>>,
    /// What was asked of the registry and drawn.
    asked: Vec<Effect>,
    enter_goes_on: bool,
}

impl Play {
    fn open(kind: Kind, id: &str, input: Input, records: &[Value]) -> Self {
        Self::of(&course(), kind, id, input, records)
    }

    fn of(course: &Course, kind: Kind, id: &str, input: Input, records: &[Value]) -> Self {
        let options = Options { learner: "ada".to_owned(), seed: 7, input };
        let session = Session::open(course, kind, id, options, records).expect("the course has it");
        let mut play = Self {
            session,
            world: classroom(),
            said: Vec::new(),
            ran: Vec::new(),
            saved: Vec::new(),
            ended: None,
            snapshots: BTreeMap::new(),
            asked: Vec::new(),
            enter_goes_on: false,
        };
        play.tell(Event::Opened);
        play
    }

    fn tell(&mut self, event: Event) {
        let mut next = Some(event);
        while let Some(event) = next.take() {
            let effects = self.session.step(event, &self.world);
            let last = effects.len() - 1;
            for (at, effect) in effects.into_iter().enumerate() {
                let answer = self.carry_out(effect);
                assert!(answer.is_none() || at == last, "only the last effect brings an event");
                next = answer;
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Say { tone, text } => self.said.push((tone, text)),
            Effect::Run(line) | Effect::RunQuietly(line) => return Some(Event::Ran(self.docker(&line))),
            Effect::Gather(_) | Effect::Write { .. } => {}
            Effect::Resolve(references) => {
                let unknown = references.iter().find(|reference| !self.world.registry.contains_key(reference));
                return Some(Event::Resolved(
                    unknown.map_or(Ok(()), |name| Err(format!("{} is unknown", name.familiar()))),
                ));
            }
            Effect::Reset(references) => {
                self.world.held = references;
                return Some(Event::Ran(Ran::default()));
            }
            Effect::Save(record) => self.saved.push(record),
            Effect::Ask(prompt) => self.enter_goes_on = prompt.enter_goes_on,
            Effect::Keep(name) => drop(self.snapshots.insert(name, self.world.held.clone())),
            Effect::Restore(name) => {
                let found = self.snapshots.get(&name).cloned();
                let status = i32::from(found.is_none());
                self.world.held = found.unwrap_or_else(|| self.world.held.clone());
                return Some(Event::Ran(Ran { status, ..Ran::default() }));
            }
            Effect::Registry(_) | Effect::Publish(_) | Effect::Draw(_) | Effect::More(_) => self.asked.push(effect),
            Effect::Finish | Effect::Leave | Effect::Menu => self.ended = Some(effect),
        }
        None
    }

    /// A docker that can only pull.
    fn docker(&mut self, line: &str) -> Ran {
        self.ran.push(line.to_owned());
        let name = line.split_whitespace().filter(|word| *word != "-q").nth(2).unwrap_or_default();
        let mut ran = Ran { line: line.to_owned(), ..Ran::default() };
        if line.starts_with("docker pull ") {
            let name = reference(name);
            if !self.world.registry.contains_key(&name) {
                return Ran { status: 1, stderr: "manifest unknown".to_owned(), ..ran };
            }
            ran.stdout = format!("Using default tag: latest\nDigest: sha256:00\n{}\n", name.normalized());
            if !self.world.held.contains(&name) {
                self.world.held.push(name);
            }
        }
        ran
    }

    /// Types lines and returns what was said since, one tone and text a line.
    fn types(&mut self, lines: &[&str]) -> String {
        let before = self.said.len();
        for line in lines {
            self.tell(Event::Line((*line).to_owned()));
        }
        self.said[before..].iter().map(|(tone, text)| format!("{tone:?}: {text}")).collect::<Vec<_>>().join("\n")
    }
}

fn practice() -> Play {
    Play::open(Kind::Problem, "redis-facts", Input::Pipe, &[])
}

#[test]
fn redis_facts_is_solved_over_a_pipe() {
    let mut play = practice();
    let said = play.types(&["docker pull redis", "117MB", "13", "seven", "redis-server"]);
    insta::assert_snapshot!(said, @r#"
    Right: Done.
    Task: How large is it on disk?
    Right: Right: `117MB`.
    Explain: On disk, unpacked. A pull fetched 42MB: layers travel packed.
    Task: How many lines does `docker history` print for it? Do not count its heading.
    Right: Right: `13`.
    Explain: One line for each build step.
    Task: And how many layers has it?
    Right: Right: `7`.
    Explain: 13 steps, 7 layers: the other steps changed settings only.
    Task: What is its default command?
    Right: Right: `["redis-server"]`.
    Explain: The entrypoint is `docker-entrypoint.sh`, the
    command `redis-server`.
    Info: **Read an image's vital signs**: solved.
    "#);
    assert_eq!(play.ended, Some(Effect::Finish));
    insta::assert_snapshot!(play.session.report().to_json(), @r#"{"schema":1,"pack":"layerbook","pack_version":"0.1.0","id":"redis-facts","completed":true,"seed":7,"variant":{"image":"redis:latest"},"steps":[{"id":"size","outcome":"right","attempts":1,"rule":null,"hints":0},{"id":"lines","outcome":"right","attempts":1,"rule":null,"hints":0},{"id":"layers","outcome":"right","attempts":1,"rule":null,"hints":0},{"id":"cmd","outcome":"right","attempts":1,"rule":null,"hints":0}]}"#);
}

#[test]
fn a_known_slip_gets_its_own_explanation() {
    let mut play = practice();
    play.types(&["docker pull redis", "117MB", "13"]);
    insta::assert_snapshot!(play.types(&["13"]), @"Wrong: 13 is the number of lines in `docker history`. Each line is one build step, and a step that changes only settings (`ENV`, `EXPOSE`, `CMD`) leaves a line and no layer. `docker inspect` lists the layers under `RootFS`.");
    insta::assert_snapshot!(play.types(&["8"]), @"Wrong: One too many: an image is its layers *and* a config, and the config is a small document, not a layer.");
    insta::assert_snapshot!(play.types(&["5"]), @"
    Wrong: 5 lines of `docker history` show a size above 0B. A layer may add no byte at all: a step that makes an empty directory is a layer of 0B. `docker inspect` lists every layer under `RootFS`.
    Info: Take your time. `:hint` helps on, and `:skip` shows the answer and goes on.
    ");
    insta::assert_snapshot!(play.types(&["99"]), @"Wrong: I read your answer as the number 99, and that is not it. `docker inspect -f '{{len .RootFS.Layers}}' redis:latest` counts the layers.");
    play.types(&["7"]);
    insta::assert_snapshot!(play.types(&["docker-entrypoint.sh"]), @"Wrong: That is the *entrypoint*, the program that always starts. The default command is `.Config.Cmd`: what the entrypoint gets as its arguments when `docker run` names no others.");
    insta::assert_snapshot!(play.types(&["docker-entrypoint.sh redis-server"]), @"Wrong: That is all that runs: the entrypoint followed by the command. Asked for is `.Config.Cmd` alone, the part that words after the image's name in `docker run` replace.");
}

#[test]
fn sizes_tell_packed_from_unpacked_and_mb_from_mib() {
    let mut play = practice();
    play.types(&["docker pull redis"]);
    insta::assert_snapshot!(play.types(&["42MB"]), @"Wrong: 42MB is what travels: the layers packed, as a registry holds them. Unpacked on your disk they take 117MB, and that is what `docker images` shows.");
    insta::assert_snapshot!(play.types(&["111.6MB"]), @"Wrong: 111.6 MB comes from the other kind of unit. 1 MB is 1,000,000 bytes, and that is what Docker prints; 1 MiB is 1,048,576 bytes.");
    insta::assert_snapshot!(play.types(&["111.6 MiB"]), @"
    Right: Right: `117MB`.
    Explain: On disk, unpacked. A pull fetched 42MB: layers travel packed.
    Task: How many lines does `docker history` print for it? Do not count its heading.
    ");
}

#[test]
fn soup_is_unreadable_and_costs_no_attempt() {
    let mut play = practice();
    play.types(&["docker pull redis"]);
    insta::assert_snapshot!(play.types(&["soup"]), @"Unreadable: I could not read `soup` as a size. Write a number and a unit, `74.8MB` for example.");
    let size = &play.session.report().steps[0];
    assert_eq!((size.id.as_str(), size.attempts), ("size", 0));
}

#[test]
fn an_answer_before_the_goal_asks_for_a_command() {
    let mut play = practice();
    insta::assert_snapshot!(play.types(&["7", "docker pull alpine", "docker images"]), @"
    Unreadable: Here a docker command is wanted; it begins with `docker`. `:task` says what for.
    Info: `redis:latest` is not here yet. Only `alpine:latest` is here.
    ");
}

#[test]
fn a_session_goes_on_where_the_journal_ends() {
    let mut play = practice();
    play.types(&["docker pull redis", "117MB", "14"]);
    let mut later = Play::open(Kind::Problem, "redis-facts", Input::Pipe, &play.saved);
    assert_eq!(later.world.held, [reference("redis")]);
    assert_eq!(
        later.said.last().unwrap().1,
        "How many lines does `docker history` print for it? Do not count its heading."
    );
    later.types(&["13", "7", "redis-server"]);
    assert_eq!(later.ended, Some(Effect::Finish));
    let lines = &later.session.report().steps[1];
    assert_eq!((lines.attempts, lines.rule.as_deref()), (2, None));
}

#[test]
fn the_menu_reads_its_states_from_the_journal() {
    let state = |records: &[Value]| {
        let progress = Progress::read(&course(), records);
        progress.entries.iter().find(|entry| entry.id == "redis-facts").unwrap().state
    };
    let mut play = practice();
    assert_eq!(state(&play.saved), State::New);
    play.types(&["docker pull redis", "117MB"]);
    assert_eq!(state(&play.saved), State::Started { done: 2, of: 5 });
    play.types(&["13", "7", "redis-server"]);
    assert_eq!(state(&play.saved), State::Done);
}

#[test]
fn the_second_attempt_draws_other_values() {
    let mut play = practice();
    play.types(&["docker pull redis", "117MB", "13", "7", "redis-server"]);
    let again = Play::open(Kind::Problem, "redis-facts", Input::Pipe, &play.saved);
    assert_ne!(again.session.report().variant, play.session.report().variant);
}

#[test]
fn words_start_with_a_colon() {
    let mut play = practice();
    insta::assert_snapshot!(play.types(&["hint", ":hnt", ":hint", ":hint", ":hint"]), @"
    Info: Did you mean `:hint`? Words to the workbook start with a colon.
    Info: `:hnt` means nothing here. Did you mean `:hint`?
    Hint: It begins with a `docker pull`.
    Info: `:hint` again says more.
    Hint: The way, shown on another example:

    ```
    docker pull httpd:latest
    ```
    Info: That was the last hint. `:skip` shows the answer and goes on.
    ");
    insta::assert_snapshot!(play.types(&[":skip", ":skip"]), @"
    Info: This leads there:

    ```
    docker pull redis:latest
    ```
    Task: How large is it on disk?
    Info: The answer is `117MB`.
    Explain: On disk, unpacked. A pull fetched 42MB: layers travel packed.
    Task: How many lines does `docker history` print for it? Do not count its heading.
    ");
    assert_eq!(play.ran, ["docker pull redis:latest", "docker images redis:latest"]);
}

#[test]
fn three_wrong_answers_bring_an_offer() {
    let mut play = practice();
    play.types(&["docker pull redis", "117MB"]);
    assert!(play.types(&["1", "2", "3"]).ends_with("`:skip` shows the answer and goes on."));
}

#[test]
fn an_image_that_cannot_be_had_is_not_the_learners_fault() {
    let options = Options { learner: "ada".to_owned(), seed: 7, input: Input::Pipe };
    let mut session = Session::open(&course(), Kind::Problem, "redis-facts", options, &[]).unwrap();
    session.step(Event::Opened, &classroom());
    let effects = session.step(Event::Resolved(Err("the network is down".to_owned())), &classroom());
    let [Effect::Say { tone: Tone::CannotCheck, text }, Effect::Leave] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(text, "This cannot begin now: the network is down. That is not your doing, and nothing is lost.");
}

#[test]
fn what_the_authors_tests_type_comes_to_what_they_say() {
    let course = course();
    let problem = course.find(Kind::Problem, "redis-facts").unwrap();
    assert!(!problem.tests.is_empty());
    for test in &problem.tests {
        for (part, line) in &test.typed {
            let mut play = practice();
            while play
                .saved
                .iter()
                .rev()
                .find(|record| record["kind"] == "step")
                .map_or("", |record| record["step"].as_str().unwrap())
                != before(problem, part)
            {
                play.types(&[":skip"]);
            }
            play.types(&[line]);
            let report = play.session.report();
            let step = report.steps.iter().find(|step| step.id == *part).unwrap();
            let outcome = serde_json::to_value(step.outcome).unwrap();
            let came = step.rule.clone().unwrap_or_else(|| outcome.as_str().unwrap().to_owned());
            assert_eq!(came, test.expect, "{part}: {line}");
        }
    }
}

/// The step before a part.
fn before<'a>(problem: &'a Activity, part: &str) -> &'a str {
    let at = problem.steps.iter().position(|step| step.id == part).expect("tests name parts");
    problem.steps[at - 1].id.as_str()
}

/// What solves each step of a lesson, by the report's ids.
#[track_caller]
fn solves(id: &str, lines: &[&str]) {
    let mut play = Play::open(Kind::Lesson, id, Input::Pipe, &[]);
    let said = play.types(lines);
    assert_eq!(play.ended, Some(Effect::Finish), "{said}");
    assert!(!said.contains("CannotCheck") && !said.contains("Wrong"), "{said}");
    assert!(play.session.report().completed);
}

#[test]
fn the_lesson_on_names_can_be_finished() {
    let lines = [
        "Yes. What a name leaves out has a fixed default.",
        "library",
        "docker.io/library/nginx:alpine",
        "ghcr.io",
        "Port, a part of the address",
        "Namespace on Docker Hub",
        "docker.io",
        "`myuser/MyApp:v1`",
        "docker pull redis:alpine",
    ];
    solves("naming", &lines);
}

#[test]
fn the_lesson_on_pulls_can_be_finished() {
    let digest = classroom().registry[&reference("redis")].digest.to_string();
    let lines = [
        "Than nothing. It only means: new here",
        "Layer",
        digest.as_str(),
        "-q",
        "Error: that manifest is not known",
        "Access denied: there is none, or it is private",
        "`nginx@sha256:...`, with its digest",
        "docker pull alpine:3.19",
        "docker pull ghcr.io/owner/image:v2",
    ];
    solves("pull", &lines);
}

#[test]
fn the_first_two_minutes() {
    let mut play = Play::open(Kind::Lesson, "naming", Input::Terminal, &[]);
    let first = play.said.clone();
    insta::assert_snapshot!(format!("{first:#?}"), @r#"
    [
        (
            Title,
            "What an image's name says (about 8 minutes)",
        ),
        (
            Task,
            "At the end of this lesson you can take any image's name apart, and say which computer Docker asks for it and what it\ngets from there.\n\nYou type `docker pull redis`. No address, no version: five letters.\nDoes Docker know from them alone which computer to ask?\n\n- a) No. It asks several places until one has it.\n- b) Yes. What a name leaves out has a fixed default.\n- c) No. It can only find images that are here already.",
        ),
    ]
    "#);
    insta::assert_snapshot!(play.types(&["a?"]), @"
    Wrong: It asks one place only, and the name decides which.
    Explain: Read the last line: `docker.io/library/redis:latest`. That is the name in full.
    Docker put in three things that you left out.
    Info: Enter goes on.
    ");
    assert!(play.enter_goes_on);
    insta::assert_snapshot!(play.types(&["", ""]), @r"
    Prose: A full name has four parts:

    ```
    docker.io / library   / redis      : latest
    registry    namespace   repository   tag
    ```

    The *registry* is the server. The *namespace* says whose shelf it is: a user's or an organisation's.
    The *repository* holds all versions of one image, and the *tag* picks one of them.
    Official images stand on the shelf `library`, which Docker hides.

    Type `:name redis`: it draws what was typed and what was filled in. It does so for any name, whenever you like.
    Prose: The workbook runs:
    Note: Here the namespace shows: `library/nginx`. You did not type it, and the registry wants it.
    Note: `docker.io/library/nginx:1.25`\
    The last line is the full name. This time the tag is yours, `1.25`; the rest was filled in.
    Explain: You wrote a tag, so `latest` was not filled in. Registry and namespace were.
    ");
    insta::assert_snapshot!(play.types(&[":task"]), @"
    Prose: The workbook runs:

    ```
    $ docker pull nginx:1.25
    ```
    ");
    insta::assert_snapshot!(play.types(&[":quit"]), @"Info: 3 of 13 steps are done and saved. `layerbook learn naming` goes on from here.");
}
