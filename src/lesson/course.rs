//! A pack with all its lessons and problems understood.

use crate::pack::{File, Pack};
use crate::yaml::Finding;

use super::deep::on_threads;
use super::model::{Activity, Kind};
use super::read::activity;

/// What is said of a file at which the reading itself broke.
pub(super) const UNREAD: &str = "this file cannot be read";

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
        let read = on_threads(&files, |(kind, file)| activity(*kind, file, &pack.manifest));
        for ((_, file), read) in files.iter().zip(read) {
            match read {
                Some(Ok(activity)) => activities.push(activity),
                Some(Err(found)) => findings.extend(found),
                None => findings.push(Finding::about_file(&file.path, UNREAD)),
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

/// Progress is kept by id, so a lesson and a problem cannot share one.
pub(super) fn shared_ids(lessons: &[File], problems: &[File]) -> Vec<Finding> {
    let shared = lessons.iter().filter(|lesson| problems.iter().any(|problem| problem.name == lesson.name));
    let told =
        |lesson: &File| Finding::about_file(&lesson.path, "a problem has the same id, and progress is kept by id");
    shared.map(told).collect()
}
