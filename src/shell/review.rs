//! `layerbook review`, and testing out of a lesson: problems one after the other, each with fresh values.

use serde_json::json;

use super::app::Workbook;
use super::drive::Ending;
use super::{Error, Exit, ReportForm};
use crate::lesson::{Activity, Kind};
use crate::tutor::{Review, Tone, problems_of};

/// Variants without a slip that show that a lesson is not needed.
const VARIANTS: usize = 2;

/// What is said of a problem that draws its values.
fn other_values(problem: &Activity) -> &'static str {
    if problem.variants().len() > 1 { ", with other values" } else { "" }
}

impl Workbook<'_> {
    pub(super) fn reviews(&self) -> Result<Review, Error> {
        Ok(Review::read(&self.course, &self.journal.read()?.records))
    }

    /// A line about what is due; empty where nothing is.
    pub(super) fn due_line(&self) -> Result<String, Error> {
        let review = self.reviews()?;
        Ok(match review.due((self.options.clock)()).as_slice() {
            [] => String::new(),
            [one] => format!("`{}` is due for review. `review` opens it.", one.id),
            due => format!("{} problems are due for review. `review` opens them, one after the other.", due.len()),
        })
    }

    /// When a problem comes back; empty where it is in no queue.
    pub(super) fn comes_back(&self, id: &str) -> Result<String, Error> {
        let review = self.reviews()?;
        let Some(item) = review.find(id) else { return Ok(String::new()) };
        let day = item.due.to_zoned((self.options.zone)()).date();
        let activity = self.course.find(Kind::Problem, id);
        Ok(format!("`{id}` comes back for review on {day}{}.", activity.map_or("", other_values)))
    }

    /// Plays all that is due.
    pub(super) fn review(&mut self, report: ReportForm) -> Result<Exit, Error> {
        let review = self.reviews()?;
        let due: Vec<String> = review.due((self.options.clock)()).iter().map(|item| item.id.clone()).collect();
        if due.is_empty() {
            let text = match review.items.first() {
                Some(item) => format!("Nothing is due. {}", self.comes_back(&item.id)?),
                None => "Nothing is due: what you solve comes back here after a day.".to_owned(),
            };
            self.screen.say(Tone::Info, &text);
            return Ok(Exit::Done);
        }
        for id in due {
            let played = self.play(Kind::Problem, &id, report)?;
            if played.ending != Ending::Finished {
                return Ok(played.exit);
            }
            let text = self.comes_back(&id)?;
            self.screen.say(Tone::Info, &text);
        }
        Ok(Exit::Done)
    }

    /// Plays two fresh variants; where both go without a slip, the lesson counts as done.
    pub(super) fn test_out(&mut self, id: &str) -> Result<Exit, Error> {
        let Some(lesson) = self.course.find(Kind::Lesson, id) else { return Ok(Exit::Usage) };
        let problems: Vec<String> =
            problems_of(lesson, &self.course).iter().map(|problem| problem.id.clone()).collect();
        if problems.is_empty() {
            self.screen
                .say(Tone::Info, &format!("No problem is about what `{id}` teaches: the lesson is the only way."));
            return Ok(Exit::Failed);
        }
        for turn in 0..VARIANTS {
            let played = self.play(Kind::Problem, &problems[turn % problems.len()], ReportForm::None)?;
            if played.ending != Ending::Finished {
                return Ok(played.exit);
            }
            if !played.flawless {
                self.screen.say(Tone::Info, &format!("Not without a slip. `layerbook learn {id}` is worth its time."));
                return Ok(Exit::Failed);
            }
        }
        let manifest = &self.course.pack.manifest;
        let record = json!({
            "pack": manifest.id, "pack_version": manifest.version, "lesson": id, "kind": "tested-out",
        });
        self.journal.append(&record, (self.options.clock)())?;
        self.screen.say(Tone::Right, &format!("Two variants without a slip: `{id}` counts as done."));
        Ok(Exit::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::Course;
    use crate::pack::Pack;

    #[test]
    fn other_values_are_promised_only_where_some_are_drawn() {
        let course = Pack::built_in().and_then(Course::load).expect("the built-in pack is sound");
        let said = |id: &str| other_values(course.find(Kind::Problem, id).expect("the course has it"));
        assert_eq!(said("redis-facts"), ", with other values");
        assert_eq!(said("postgres-tags"), "");
    }
}
