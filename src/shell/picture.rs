//! Pictures at the prompt and on the command line: looks up what is asked for, and prints what the tutor draws of it.

use super::bench::Bench;
use super::error::chain;
use super::paint::{Form, neutral};
use super::screen::Screen;
use super::{Error, Exit, Options, Origin, Runtime, open};
use crate::engine::ImageFacts;
use crate::oci::{Reference, Repository};
use crate::tutor::Tone;
use crate::tutor::picture::{self, Frame, Look, Stack, TagSize, Writable};

/// Tags whose images are looked up at a real registry, which may have thousands.
const LOOKED_UP: usize = 60;

/// Prints a picture outside of any lesson.
pub(super) fn show(words: &[String], options: &Options, runtime: &Runtime, screen: &mut Screen) -> Result<Exit, Error> {
    let bench = open::bench(options, runtime, &open::shell_workspace(options))?;
    match bench.picture(words)? {
        Ok(text) => screen.write(&neutral(&text)),
        Err(why) => {
            screen.write_error(&format!("{}\n", neutral(&why)));
            return Ok(Exit::Usage);
        }
    }
    Ok(Exit::Done)
}

impl Bench<'_> {
    /// Draws what a line like `:layers redis` asks for, and returns what was drawn or said.
    pub(super) fn draw(&self, line: &str, screen: &mut Screen) -> Result<String, Error> {
        let words: Vec<String> = line.trim_start_matches(':').split_whitespace().map(str::to_owned).collect();
        Ok(match self.picture(&words)? {
            Ok(text) => {
                screen.gap();
                screen.write(&neutral(&text));
                text
            }
            Err(why) => {
                screen.say(Tone::Info, &why);
                why
            }
        })
    }

    /// Makes a picture; the inner error is a sentence for who asked.
    fn picture(&self, words: &[String]) -> Result<Result<String, String>, Error> {
        let Some((kind, names)) = words.split_first() else { return Ok(Err(USAGE.to_owned())) };
        let frame = self.frame();
        Ok(match kind.as_str() {
            "layers" => match self.all(names, |name| self.stack(name))? {
                Err(why) => Err(why),
                Ok(stacks) if stacks.is_empty() => Err(NOTHING.to_owned()),
                Ok(stacks) => Ok(picture::layers(&stacks, frame)),
            },
            "sizes" => match self.all(names, |name| self.look_up(name))? {
                Err(why) => Err(why),
                Ok(images) if images.is_empty() => Err(NOTHING.to_owned()),
                Ok(images) => Ok(picture::sizes(&images, frame)),
            },
            "name" => match names {
                [] => Err("Which name? `:name redis`, for example.".to_owned()),
                names => names.iter().map(|name| picture::name(name, frame)).collect(),
            },
            "tags" => match names {
                [name] => self.tags(name, frame)?,
                [] | [_, ..] => Err("Which repository? `:tags redis`, for example.".to_owned()),
            },
            "hub" => match names {
                [name] => self.hub(name, frame)?,
                [] | [_, ..] => Err("Which repository? `:hub redis`, for example.".to_owned()),
            },
            _ => Err(USAGE.to_owned()),
        })
    }

    fn frame(&self) -> Frame {
        let look = match self.options.style.form {
            Form::Drawn => Look::Drawn,
            Form::Linear => Look::Linear,
        };
        Frame { width: self.options.style.width.min((self.options.columns)()).max(40), look }
    }

    /// Looks up all that is named, or all images that are held.
    fn all<T>(
        &self,
        names: &[String],
        look: impl Fn(&str) -> Result<Result<T, String>, Error>,
    ) -> Result<Result<Vec<T>, String>, Error> {
        let names = if names.is_empty() { self.image_names() } else { names.to_vec() };
        names.iter().map(|name| look(name)).collect()
    }

    /// The layers of an image, or of a container where no image that is held has the name.
    fn stack(&self, name: &str) -> Result<Result<Stack, String>, Error> {
        let reference: Option<Reference> = name.parse().ok();
        let held = reference.and_then(|reference| self.engine.facts(&reference).ok());
        if let (None, Ok(record)) = (&held, self.engine.shelf().find(name)) {
            let (image, container) = (record.image_name.clone(), record.name.clone());
            let found =
                self.engine.ground(&record).and_then(|ground| Ok((ground, self.engine.container_facts(record)?)));
            return Ok(found
                .map_err(|error| format!("The container `{name}` cannot be drawn: {}.", chain(&error)))
                .map(|((config, on_disk, packed), facts)| {
                    let writable = Writable { container, changes: facts.changes.len(), bytes: facts.own_bytes };
                    Stack { name: image, config: config.into(), on_disk, packed, writable: Some(writable) }
                }));
        }
        match held {
            Some(facts) => Ok(Ok(facts.into())),
            None => Ok(self.find(name)?.map(Stack::from).map_err(|missing| neither(name, missing))),
        }
    }

    /// An image as it is held here, or else as its registry has it.
    fn look_up(&self, name: &str) -> Result<Result<ImageFacts, String>, Error> {
        Ok(self.find(name)?.map_err(|missing| match missing {
            Missing::NoName(why) => format!("`{name}` is no name of an image: {why}."),
            Missing::NotYet(why) => format!("`{name}` is not here. {why}"),
            Missing::NotGiven(why) => format!("`{name}` is not here, and its registry does not give it: {why}."),
        }))
    }

    fn find(&self, name: &str) -> Result<Result<ImageFacts, Missing>, Error> {
        let reference: Reference = match name.parse() {
            Ok(reference) => reference,
            Err(error) => return Ok(Err(Missing::NoName(error.to_string()))),
        };
        if let Ok(facts) = self.engine.facts(&reference) {
            return Ok(Ok(facts));
        }
        match self.runtime.run(self.engine.look_up(&reference))? {
            Ok(facts) => Ok(Ok(facts)),
            Err(error) => Ok(Err(match self.not_yet(&reference)? {
                Some(why) => Missing::NotYet(why),
                None => Missing::NotGiven(chain(&error)),
            })),
        }
    }

    /// Says that a repository has no tag at all yet on the day that is looked at; `None` where it has, or where no day is.
    fn not_yet(&self, reference: &Reference) -> Result<Option<String>, Error> {
        let Some(why) = self.known_later(&reference.repository().familiar()) else { return Ok(None) };
        let tags = self.runtime.run(self.engine.registry_tags(reference))?;
        Ok(tags.is_ok_and(|tags| tags.is_empty()).then_some(why))
    }

    fn tags(&self, name: &str, frame: Frame) -> Result<Result<String, String>, Error> {
        let reference: Reference = match name.parse() {
            Ok(reference) => reference,
            Err(error) => return Ok(Err(format!("`{name}` is no name of a repository: {error}."))),
        };
        let repository = reference.repository().clone();
        let tags = self.runtime.run(self.engine.registry_tags(&reference))?;
        let tags = match tags {
            Ok(tags) => tags,
            Err(error) => {
                let why =
                    format!("The registry does not list the tags of `{}`: {}.", repository.familiar(), chain(&error));
                return Ok(Err(why));
            }
        };
        if let (true, Some(why)) = (tags.is_empty(), self.known_later(&repository.familiar())) {
            return Ok(Err(why));
        }
        let mut sized = Vec::new();
        // What is played costs no request.
        let is_played = self.offered().contains(&repository.familiar());
        for (at, tag) in tags.into_iter().enumerate() {
            let look = at < LOOKED_UP || is_played;
            let facts =
                if look { self.runtime.run(self.engine.look_up(&repository.with_tag(&tag)))?.ok() } else { None };
            let image = facts.map(|facts| (facts.digest.clone(), facts.layers.iter().map(|layer| layer.size).sum()));
            sized.push(TagSize { tag, image });
        }
        Ok(Ok(picture::tags(&repository.familiar(), &sized, frame)))
    }

    /// The page of a repository on the hub.
    fn hub(&self, typed: &str, frame: Frame) -> Result<Result<String, String>, Error> {
        let reference: Reference = match typed.parse() {
            Ok(reference) => reference,
            Err(error) => return Ok(Err(format!("`{typed}` is no name of a repository: {error}."))),
        };
        let repository = reference.repository();
        let Some(name) = hub_name(repository) else {
            let why = format!("`{typed}` is at {}, and only Docker Hub has pages to draw.", repository.domain());
            return Ok(Err(why));
        };
        let page = match self.runtime.run(self.engine.hub_page(&name))? {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(Err(format!("Docker Hub has no page of `{name}`; `docker search` finds names."))),
            Err(_) if self.options.origin == Origin::Classroom => {
                return Ok(Err(format!(
                    "The classroom has no page of `{name}`, and Docker Hub cannot be reached from here. `docker search` finds names."
                )));
            }
            Err(error) => return Ok(Err(format!("The page of `{name}` cannot be had: {}.", chain(&error)))),
        };
        // A page of the classroom's list need not have an image there, and no network is asked for one.
        let is_real = page.pulls.is_some() || self.options.origin == Origin::Online;
        let known = is_real || self.offered().contains(&name);
        let tags = if known { self.runtime.run(self.engine.registry_tags(&reference))?.ok() } else { None };
        Ok(Ok(picture::hub(&page, tags.as_deref(), frame)))
    }
}

/// A repository as the hub names it: `redis`, `bitnami/redis`.
fn hub_name(repository: &Repository) -> Option<String> {
    (repository.domain() == "docker.io").then(|| repository.familiar())
}

/// Why there is no image of a name.
enum Missing {
    /// It cannot be a name of one.
    NoName(String),
    /// Its repository comes later than the day that is looked at.
    NotYet(String),
    /// Its registry fails, or has none.
    NotGiven(String),
}

/// Says of a name that it is neither that of an image nor that of a container.
fn neither(name: &str, missing: Missing) -> String {
    let why = match missing {
        Missing::NoName(why) => format!("No container here is called `{name}`, and no image can be: {why}."),
        Missing::NotYet(why) => format!("No image and no container here is called `{name}`. {why}"),
        Missing::NotGiven(why) => {
            format!("No image and no container here is called `{name}`, and its registry gives no such image: {why}.")
        }
    };
    format!("{why} `docker images` lists the images that are here, `docker ps -a` the containers.")
}

const NOTHING: &str = "No image is here, and none was named.";
const USAGE: &str = "There are pictures of `layers`, `name`, `tags`, `hub` and `sizes`.";
