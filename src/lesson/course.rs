//! A pack with all its lessons and problems understood.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use crate::pack::{File, Manifest, Pack};
use crate::yaml::Finding;

use super::deep::on_deep_stack;
use super::model::{Activity, Kind};
use super::read::activity;

/// A pack with its lessons and problems understood.
#[derive(Debug, Clone)]
pub struct Course {
    /// The pack.
    pub pack: Pack,
    /// Lessons first, then problems, each in the pack's order.
    pub activities: Vec<Activity>,
}

impl Course {
    /// Understands all lessons and problems of a pack, on a thread a processor; reports everything that is wrong in it.
    pub fn load(pack: Pack) -> Result<Self, Vec<Finding>> {
        let lessons = pack.lessons.iter().map(|file| (Kind::Lesson, file));
        let problems = pack.exercises.iter().map(|file| (Kind::Problem, file));
        let files: Vec<(Kind, &File)> = lessons.chain(problems).collect();
        let (mut activities, mut findings) = (Vec::new(), Vec::<Finding>::new());
        findings.extend(shared_ids(&pack.lessons, &pack.exercises));
        for read in read_all(&files, &pack.manifest) {
            match read {
                Ok(activity) => activities.push(activity),
                Err(found) => findings.extend(found),
            }
        }
        if findings.is_empty() { Ok(Self { pack, activities }) } else { Err(findings) }
    }

    /// Finds a lesson or problem by its id.
    pub fn find(&self, kind: Kind, id: &str) -> Option<&Activity> {
        self.activities.iter().find(|activity| activity.kind == kind && activity.id == id)
    }

    /// Returns the id that a mistyped one most likely means.
    pub fn nearest(&self, kind: Kind, id: &str) -> Option<&str> {
        let ids = self.activities.iter().filter(|activity| activity.kind == kind).map(|activity| activity.id.as_str());
        crate::yaml::nearest(id, &ids.collect::<Vec<_>>())
    }
}

/// Reads files in their order. Each thread takes the next one that none has taken.
fn read_all(files: &[(Kind, &File)], manifest: &Manifest) -> Vec<Result<Activity, Vec<Finding>>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((kind, file)) = files.get(at) else { return done };
            done.push((at, activity(*kind, file, manifest)));
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(files.len());
    let parts: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(|| on_deep_stack(work))).collect();
        running.into_iter().map(ScopedJoinHandle::join).collect()
    });
    let mut read: Vec<_> = parts.into_iter().filter_map(|part| part.ok().flatten()).flatten().collect();
    read.sort_by_key(|(at, _)| *at);
    let unread = (0..files.len()).filter(|at| read.binary_search_by_key(at, |(at, _)| *at).is_err());
    let broken = unread.map(|at| Err(vec![Finding::about_file(&files[at].1.path, "this file cannot be read")]));
    let broken: Vec<_> = broken.collect();
    read.into_iter().map(|(_, read)| read).chain(broken).collect()
}

/// Progress is kept by id, so a lesson and a problem cannot share one.
pub(super) fn shared_ids(lessons: &[File], problems: &[File]) -> Vec<Finding> {
    let shared = lessons.iter().filter(|lesson| problems.iter().any(|problem| problem.name == lesson.name));
    let told =
        |lesson: &File| Finding::about_file(&lesson.path, "a problem has the same id, and progress is kept by id");
    shared.map(told).collect()
}
