//! Commands: the learner's own, at any prompt, and the session's.

use super::moving::NOW;
use super::say::{info, say};
use super::{Effect, Outcome, Ran, RanLine, Session, Stage, Tone};
use crate::lesson::{Goal, Reached, StepKind, When, World, is_picture, only_looks, progress, reached};

/// Subcommands that change what the workspace holds: after these a goal that is not reached is worth a word.
const CHANGING: &[&str] =
    &["pull", "rmi", "tag", "load", "import", "commit", "build", "prune", "run", "rm", "remove", "create"];

/// Subcommands that change a container.
const INSIDE: &[&str] =
    &["exec", "attach", "cp", "start", "stop", "restart", "kill", "pause", "unpause", "rename", "create"];

/// Words that only say what the next one is about.
const GROUPS: &[&str] = &["image", "container", "system"];

/// From this exit status on docker itself has failed, and not a program in a container.
const REFUSED: i32 = 125;

impl Session {
    /// A command has run: whose it was says what comes next.
    pub(super) fn after_run(&mut self, ran: &Ran, world: &dyn World) -> Vec<Effect> {
        match self.stage.clone() {
            Stage::Resetting => self.after_reset(ran, world),
            Stage::Restoring(then) => self.after_restoring(ran.status == 0, then, world),
            Stage::Computing(typed) => self.after_computing(&typed, ran, world),
            Stage::Fetching(_) if ran.status != 0 => {
                let trouble = say(
                    Tone::CannotCheck,
                    format!("An image that this step needs cannot be had: {}", ran.stderr.trim()),
                );
                let mut effects = vec![trouble];
                effects.extend(self.show_step(world));
                effects
            }
            Stage::Fetching(missing) => self.fetch(missing, world),
            Stage::Running => self.after_own_command(ran, world),
            Stage::Showing(outcome) => self.after_showing(ran, outcome, world),
            Stage::Skipping(rest) => self.run_way(rest, world),
            Stage::Preparing(_) if ran.status >= REFUSED => {
                let reason = format!("`{}`: {}", ran.line, ran.stderr.trim().trim_end_matches('.'));
                self.give_up(&reason)
            }
            Stage::Preparing(rest) => self.prepare(rest, world),
            Stage::New | Stage::Resolving | Stage::Publishing(_) | Stage::Asking | Stage::Solved | Stage::Ended => {
                vec![self.ask()]
            }
        }
    }

    fn after_own_command(&mut self, ran: &Ran, world: &dyn World) -> Vec<Effect> {
        let mut effects = vec![self.command_record(ran)];
        let changed = self.has_changed(world);
        self.settle_undo(world);
        if self.sandbox.is_some() {
            effects.push(self.ask());
            return effects;
        }
        self.log(&ran.line, None);
        self.ran.push(RanLine { line: ran.line.clone(), status: ran.status });
        self.before.set_ran(&self.ran);
        effects.push(Effect::Keep(NOW.to_owned()));
        effects.extend(self.judge_command(ran, changed, world));
        effects
    }

    fn judge_command(&mut self, ran: &Ran, changed: bool, world: &dyn World) -> Vec<Effect> {
        if let StepKind::Fill { .. } = self.current().kind {
            let mut effects: Vec<Effect> = self.about_gap(ran, changed, world).into_iter().collect();
            effects.push(self.ask());
            return effects;
        }
        let goals = self.goals_here();
        if goals.is_empty() {
            return vec![self.ask()];
        }
        if self.state().done { vec![self.ask()] } else { self.judge_goals(&goals, ran, changed, world) }
    }

    /// What the step's commands are to reach; nothing where no command is asked for.
    fn goals_here(&self) -> Vec<Goal> {
        match &self.current().kind {
            StepKind::Do { goal, .. } => vec![goal.clone()],
            StepKind::Explore { find, .. } => find.clone(),
            StepKind::Say(_)
            | StepKind::Show { .. }
            | StepKind::Predict { .. }
            | StepKind::Fill { .. }
            | StepKind::Ask { .. }
            | StepKind::Recap(_) => Vec::new(),
        }
    }

    /// Whoever ran ahead has done before what is asked for now: then any command would be called right.
    pub(super) fn is_so_already(&self, world: &dyn World) -> Option<Effect> {
        let goals = self.goals_here();
        let is_so = |goal: &Goal| reached(goal, &self.scope(world), &[]) == Ok(Reached::Yes);
        let all = !goals.is_empty() && !self.state().done && goals.iter().all(is_so);
        all.then(|| info("That is so already, by what you typed before. Type it once more, or `:skip` it."))
    }

    /// Judges the step's goals by the workspace as it is now.
    fn judge_goals(&mut self, goals: &[Goal], ran: &Ran, changed: bool, world: &dyn World) -> Vec<Effect> {
        for goal in goals {
            match reached(goal, &self.scope(world), &self.ran) {
                Ok(Reached::Yes) => {}
                Ok(Reached::No(what_is)) => return self.not_reached(goal, &what_is, ran, changed, world),
                Err(trouble) => {
                    self.state_mut().outcome = Outcome::CannotCheck;
                    let text = format!("I cannot check this now: {trouble}. That is not your doing.");
                    return vec![say(Tone::CannotCheck, text), self.ask()];
                }
            }
        }
        self.state_mut().attempts += 1;
        let record = self.attempted(&ran.line, false, Outcome::Right, None);
        let mut effects = vec![record, say(Tone::Right, "Done.")];
        effects.extend(self.explain(world));
        effects.extend(self.done(Outcome::Right, world));
        effects
    }

    /// An author's rule may know this state; else what is and what was asked, after a command that changed something.
    fn not_reached(&mut self, goal: &Goal, what_is: &str, ran: &Ran, changed: bool, world: &dyn World) -> Vec<Effect> {
        let rule = self.current().wrong.iter().position(|rule| match &rule.when {
            When::State(goal) => reached(goal, &self.scope(world), &self.ran) == Ok(Reached::Yes),
            When::Expression(source) => {
                reached(&Goal::Cel(source.clone()), &self.scope(world), &self.ran) == Ok(Reached::Yes)
            }
            When::Is(_) => false,
        });
        // What was said of a state is not said again while the state stays so, whatever else comes or goes.
        let is_new = std::mem::replace(&mut self.standing, rule) != rule;
        if let Some(rule) = rule.filter(|_| is_new).map(|rule| self.current().wrong[rule].clone()) {
            let state = self.state_mut();
            state.attempts += 1;
            (state.outcome, state.rule) = (Outcome::Wrong, Some(rule.id.clone()));
            let record = self.attempted(&ran.line, false, Outcome::Wrong, Some(&rule.id));
            return vec![record, self.text(Tone::Wrong, &rule.say, world), self.ask()];
        }
        if is_look(ran) {
            return self.after_look(what_is);
        }
        self.reminded = Some(self.at);
        let came = if changed { progress(goal, &self.scope(world), self.held_before()) } else { Ok(None) };
        let text = match came {
            Ok(Some(came)) => came,
            // Many a sentence says it itself.
            Ok(None) | Err(_) if what_is.contains(" yet") => what_is.to_owned(),
            Ok(None) | Err(_) => format!("Not there yet. {what_is}"),
        };
        vec![info(text), self.ask()]
    }

    /// A look around is no mistake. Where a command is asked for, whoever typed another one waits for a word: once at each
    /// step it is said what is still asked. Where a state is asked for, looking around is the way there.
    fn after_look(&mut self, what_is: &str) -> Vec<Effect> {
        let wanted = match &self.current().kind {
            StepKind::Do { goal, .. } => goal,
            StepKind::Say(_)
            | StepKind::Show { .. }
            | StepKind::Predict { .. }
            | StepKind::Fill { .. }
            | StepKind::Ask { .. }
            | StepKind::Explore { .. }
            | StepKind::Recap(_) => return vec![self.ask()],
        };
        let text = match (wanted, wanted.bare()) {
            (Goal::Ran(_), _) => format!("A look around is never wrong. {what_is} `:task` says again which."),
            (_, Goal::Ran(_)) => format!("A look around is never wrong. {what_is}"),
            (_, _) => return vec![self.ask()],
        };
        if self.reminded.replace(self.at) == Some(self.at) {
            return vec![self.ask()];
        }
        vec![info(text), self.ask()]
    }

    /// Runs what leads past a skipped step, one line after the other, then goes on.
    pub(super) fn run_way(&mut self, mut lines: Vec<String>, world: &dyn World) -> Vec<Effect> {
        let mut effects = Vec::new();
        while !lines.is_empty() {
            let next = lines.remove(0);
            if is_picture(&next) {
                effects.extend([info(format!("`{next}` draws:")), Effect::Draw(next)]);
                continue;
            }
            // The way to an answer is what a question was asked for. Of the way to a goal the finding is shown; what was done then was
            // said before.
            let shown =
                !matches!(self.current().kind, StepKind::Do { .. } | StepKind::Explore { .. }) || only_looks(&next);
            self.stage = Stage::Skipping(lines);
            effects.push(if shown { Effect::Run(next) } else { Effect::RunQuietly(next) });
            return effects;
        }
        effects.extend(self.explain(world));
        effects.extend(self.done(Outcome::Skipped, world));
        effects
    }
}

/// Whether a line looked around. A filter that finds nothing ends with status 1, and says nothing: that is a finding too.
fn is_look(ran: &Ran) -> bool {
    let command = subcommand(&ran.line);
    let may_have_changed = CHANGING.contains(&command) || INSIDE.contains(&command);
    if only_looks(&ran.line) { ran.status == 0 || ran.stderr.is_empty() } else { ran.status == 0 && !may_have_changed }
}

/// The word that says what a line does: `rm` of `docker image rm redis`.
fn subcommand(line: &str) -> &str {
    line.split_whitespace().find(|word| *word != "docker" && !GROUPS.contains(word)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_finds_nothing_has_looked() {
        let look = |line: &str, status: i32, stderr: &str| {
            is_look(&Ran { line: line.to_owned(), status, stderr: stderr.to_owned(), ..Ran::default() })
        };
        assert!(look("docker manifest inspect node:22 | grep s390x", 1, ""));
        assert!(look("docker run --rm redis env", 0, ""));
        assert!(!look("docker inspect nothing", 1, "Error: No such object: nothing"));
        assert!(!look("docker pull redis", 0, ""));
        assert!(!look("docker rmi nothing", 1, ""));
    }

    #[test]
    fn a_group_changes_nothing_by_its_name() {
        let changes = |line: &str| CHANGING.contains(&subcommand(line)) || INSIDE.contains(&subcommand(line));
        let changing = ["docker rmi a", "docker image rm a", "docker image prune", "docker image tag a b"];
        for line in
            changing.into_iter().chain(["docker container rm x", "docker system prune", "docker container cp a b"])
        {
            assert!(changes(line), "{line}");
        }
        let looking =
            ["docker image ls", "docker image inspect a", "docker container ls -a", "docker container logs x"];
        for line in looking.into_iter().chain(["docker system df", "docker volume ls", "docker manifest inspect a"]) {
            assert!(!changes(line), "{line}");
        }
    }
}
