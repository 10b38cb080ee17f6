//! How the parts are put together: which pack, which sources of images, which workspace. Nothing is opened before it is
//! asked for: `docker images` reads no recipe and prepares no connection.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::accounts::Logins;
use super::bench::Bench;
use super::lazy::{Lazy, Watched};
use super::online::{Account, StandIn};
use super::witnesses::Witnesses;
use super::{Error, Options, Origin, Runtime};
use crate::author;
use crate::engine::{Engine, EngineOptions, Outside, Router, SearchRouter};
use crate::lesson::Course;
use crate::model::{self, Catalogue, Dated, Day, Hub, Lock, Moment, Recipes};
use crate::oci::Repository;
use crate::pack::Pack;
use crate::registry;
use crate::source::{self, Registry, Search, Vouch};
use crate::store::{Store, Workspace, WorkspaceName};

/// Opens the pack in use.
pub(super) fn pack(options: &Options) -> Result<Pack, Error> {
    match &options.pack {
        Some(folder) => Pack::open(folder),
        None => Pack::built_in(),
    }
    .map_err(Error::BrokenPack)
}

/// Opens the pack in use with all its lessons and problems.
pub(super) fn course(options: &Options) -> Result<Course, Error> {
    Course::load(pack(options)?).map_err(Error::BrokenPack)
}

/// Opens an engine on a workspace.
pub(super) fn bench<'a>(options: &'a Options, runtime: &'a Runtime, name: &WorkspaceName) -> Result<Bench<'a>, Error> {
    let store = Store::open(&options.home)?;
    if let Some(classroom) = &options.rehearsal {
        return Ok(rehearsing(options, runtime, store.fleeting().workspace(name), classroom));
    }
    let played = Arc::new(AtomicBool::new(false));
    let day = Day::default();
    let real = real(options);
    let account = Arc::new(Account::default());
    let is_lesson = matches!(name, WorkspaceName::Work { .. });
    let source: Arc<dyn Registry> = match options.origin {
        Origin::Online if is_lesson => with_stand_ins(options, real.clone(), Arc::clone(&account)),
        Origin::Online => real.clone(),
        Origin::Classroom => with_classroom(options, real.clone(), Arc::clone(&played), day.clone()),
    };
    let engine_options = EngineOptions { platform: options.platform.clone(), clock: options.clock };
    let logins = Logins { client: Arc::clone(&real), store: store.clone() };
    let search = searched(options, real.clone());
    let outside = Outside { sink: Some(real), search: Some(search), accounts: Some(Arc::new(logins)), vouch: None };
    let engine = Engine::new(store.workspace(name), source, engine_options).with_outside(outside);
    let account = (options.origin == Origin::Online).then_some(account);
    Ok(Bench { engine, played, account, runtime, options, day, offered: OnceCell::new() })
}

/// An engine that knows nothing but a classroom.
fn rehearsing<'a>(
    options: &'a Options,
    runtime: &'a Runtime,
    workspace: Workspace,
    classroom: &author::Classroom,
) -> Bench<'a> {
    let engine_options = EngineOptions { platform: options.platform.clone(), clock: options.clock };
    let (search, vouch) = (Some(Arc::clone(&classroom.search)), classroom.vouch.clone());
    let outside = Outside { search, vouch, ..Outside::default() };
    let engine = Engine::new(workspace, Arc::clone(&classroom.source), engine_options).with_outside(outside);
    let (played, day) = (Arc::default(), Day::default());
    Bench { engine, played, account: None, runtime, options, day, offered: OnceCell::new() }
}

/// Chooses where `docker search` looks: in the list of the pack in use, and at a real registry where the term names one, the
/// pack has no list, or everything is real.
fn searched(options: &Options, real: Arc<dyn Search>) -> Arc<dyn Search> {
    if options.origin == Origin::Online {
        return real;
    }
    let options = options.clone();
    Lazy::new(move || {
        let Some(hub) = hub(&options).map_err(no_classroom)? else { return Ok(Arc::clone(&real)) };
        Ok(Arc::new(SearchRouter::new(Arc::new(hub), Arc::clone(&real))))
    })
}

/// Opens the list of repositories of the pack in use, if it has one.
fn hub(options: &Options) -> Result<Option<Hub>, Error> {
    let pack = pack(options)?;
    let list = pack.images.iter().find(|file| format!("{}.yaml", file.name) == model::SEARCH_FILE);
    Ok(list.map(|file| Hub::parse(&file.text)).transpose()?)
}

fn no_classroom(error: Error) -> source::Error {
    source::Error::Local { what: "cannot open the classroom".to_owned(), cause: Box::new(error) }
}

/// Names the shell's workspace.
pub(super) fn shell_workspace(options: &Options) -> WorkspaceName {
    match options.origin {
        Origin::Classroom => WorkspaceName::Shell,
        Origin::Online => WorkspaceName::Online,
    }
}

/// Opens the model images of the pack in use, and nothing else.
pub(super) fn classroom(options: &Options) -> Result<Catalogue, Error> {
    let pack = pack(options)?;
    let lock = pack.images.iter().find(|file| file.name == "lock").map_or(EMPTY_LOCK, |file| &file.text);
    Ok(Catalogue::load(recipes(&pack), lock)?)
}

/// Lists what the classroom can be asked for: each name, and each name with each of its tags; of the pack in use, and of the
/// built-in pack what the first does not have.
pub(super) fn offered(options: &Options, runtime: &Runtime) -> Result<Vec<String>, Error> {
    if options.origin == Origin::Online {
        return Ok(Vec::new());
    }
    let mut catalogues = vec![classroom(options)?];
    if options.pack.is_some() {
        catalogues.push(classroom(&Options { pack: None, ..options.clone() })?);
    }
    let mut names = Vec::new();
    for (at, catalogue) in catalogues.iter().enumerate() {
        let (before, _) = catalogues.split_at(at);
        let is_played = |repository: &Repository| !before.iter().any(|pack| pack.holds(repository));
        for repository in catalogue.repositories().into_iter().filter(is_played) {
            let tags = runtime.run(catalogue.tags(&repository))??;
            names.extend(tags.iter().map(|tag| repository.with_tag(tag).familiar()));
            names.push(repository.familiar());
        }
    }
    Ok(names)
}

/// Computes the lock of a pack's recipes: the content of its `lessons/images/lock.yaml`. What the one that is there
/// knows already is taken over; where there is none, or a damaged one, all is computed.
pub(super) fn lock(pack: &Pack) -> Result<String, Error> {
    let before = pack.images.iter().find(|file| file.name == "lock").and_then(|file| Lock::parse(&file.text).ok());
    let recipes = Recipes::read(recipes(pack))?;
    Ok(model::locking::build(&recipes, before.as_ref())?.to_yaml())
}

/// The lock of a pack that has no recipes.
const EMPTY_LOCK: &str = "schema: 1\nimages: {}\n";

/// A pack's recipes, file name and text.
fn recipes(pack: &Pack) -> impl Iterator<Item = (String, Cow<'static, str>)> {
    let recipes = pack.images.iter().filter(|file| file.name != "lock");
    recipes.map(|file| (format!("{}.yaml", file.name), file.text.clone()))
}

/// The real registries.
pub(super) fn real(options: &Options) -> Arc<Lazy<registry::Client>> {
    let mut credential_files: Vec<PathBuf> = vec![options.home.join("config.json")];
    credential_files.extend(options.docker_config.clone());
    let (mirror, insecure) = (options.mirror.clone(), options.insecure.clone());
    let options = registry::Options { mirror, insecure, credential_files, ..registry::Options::default() };
    Lazy::new(move || Ok(Arc::new(registry::Client::new(options.clone())?)))
}

/// The classroom for the names in its catalogue, the real registries for all others.
fn with_classroom(options: &Options, real: Arc<dyn Registry>, played: Arc<AtomicBool>, day: Day) -> Arc<dyn Registry> {
    let options = options.clone();
    Lazy::new(move || {
        let dated = |models| Arc::new(Dated::new(models, day.clone()));
        joined(&options, &|models| Arc::new(Watched::new(dated(models), Arc::clone(&played))), &real)
    })
}

/// The real registries, and model images for what these do not give.
fn with_stand_ins(options: &Options, real: Arc<dyn Registry>, account: Arc<Account>) -> Arc<dyn Registry> {
    let options = options.clone();
    let models = Lazy::<dyn Registry>::new(move || played(&options, None).map_err(no_classroom));
    Arc::new(StandIn::new(real, models, account))
}

/// The images of the pack in use, behind them those of the built-in pack, behind them another source.
pub(super) fn joined(
    options: &Options,
    watch: &dyn Fn(Arc<Catalogue>) -> Arc<dyn Registry>,
    behind: &Arc<dyn Registry>,
) -> Result<Arc<dyn Registry>, source::Error> {
    Ok(in_turn(&catalogues(options).map_err(no_classroom)?, watch, behind))
}

/// Opens the images of the pack in use, and behind them those of the built-in pack.
fn catalogues(options: &Options) -> Result<Vec<Catalogue>, Error> {
    let own = classroom(options)?;
    Ok(match options.pack {
        Some(_) => vec![own, classroom(&Options { pack: None, ..options.clone() })?],
        None => vec![own],
    })
}

/// Each catalogue for the names that it has and none before it, another source for all others.
fn in_turn(
    catalogues: &[Catalogue],
    watch: &dyn Fn(Arc<Catalogue>) -> Arc<dyn Registry>,
    behind: &Arc<dyn Registry>,
) -> Arc<dyn Registry> {
    catalogues.iter().rev().fold(Arc::clone(behind), |behind, models| before(models.clone(), watch, behind))
}

/// The model images of the pack in use, behind them those of the built-in pack, on a day; no other name is known.
pub(super) fn played(options: &Options, day: Option<&Moment>) -> Result<Arc<dyn Registry>, Error> {
    let at_day = |models: Catalogue| match day {
        Some(day) => models.at(day.clone()),
        None => models,
    };
    let own = at_day(classroom(options)?);
    if options.pack.is_none() {
        return Ok(Arc::new(own));
    }
    let built_in = Arc::new(at_day(classroom(&Options { pack: None, ..options.clone() })?));
    Ok(before(own, &|models| models, built_in))
}

/// A catalogue for the names that it has, another source for all others.
fn before(
    catalogue: Catalogue,
    watch: &dyn Fn(Arc<Catalogue>) -> Arc<dyn Registry>,
    behind: Arc<dyn Registry>,
) -> Arc<dyn Registry> {
    let models = Arc::new(catalogue);
    let names = Arc::clone(&models);
    Arc::new(Router::new(watch(models), move |repository: &Repository| names.holds(repository), behind))
}

/// A classroom for proofs: behind it nothing, or with `--online` the real registries.
pub(super) fn rehearsed(options: &Options) -> Result<author::Classroom, Error> {
    Ok(rehearsals(options)?())
}

/// Opens such classrooms, each on a day of its own; what is worked out of an image is worked out once for all of them.
pub(super) fn rehearsals(options: &Options) -> Result<impl Fn() -> author::Classroom + Sync, Error> {
    let behind: Arc<dyn Registry> = match options.origin {
        Origin::Online => real(options),
        Origin::Classroom => Lazy::<dyn Registry>::new(|| {
            Err(source::Error::Local {
                what: "no recipe makes this image, and a proof asks no network".to_owned(),
                cause: "`--online` lets it".into(),
            })
        }),
    };
    let found: Arc<dyn Search> = match options.origin {
        Origin::Online => real(options),
        Origin::Classroom => Lazy::<dyn Search>::new(|| {
            Err(source::Error::Local {
                what: "the pack has no such list".to_owned(),
                cause: "a proof asks no network".into(),
            })
        }),
    };
    let search = searched(options, found);
    let catalogues = catalogues(options).map_err(no_classroom)?;
    let platform = options.platform.clone();
    Ok(move || {
        let day = Day::default();
        let witnesses = Witnesses::default();
        let dated = |models: Arc<Catalogue>| -> Arc<dyn Registry> {
            witnesses.add(Arc::clone(&models));
            Arc::new(Dated::new(models, day.clone()))
        };
        let source = in_turn(&catalogues, &dated, &behind);
        let vouch: Option<Arc<dyn Vouch>> = Some(Arc::new(witnesses));
        let set_day = move |moment: Option<&str>| day.turn_to(moment.and_then(|moment| Moment::parse(moment).ok()));
        let (search, platform) = (Arc::clone(&search), platform.clone());
        author::Classroom { source, search, vouch, set_day: Box::new(set_day), platform }
    })
}
