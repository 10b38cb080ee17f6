//! Who one is: users and groups as the image's own files name them.

use super::{failed, said};
use crate::container::Session;
use crate::container::files::Who;
use crate::pipe::Outcome;

/// A line of `/etc/passwd` or `/etc/group`: its name, its number, and the rest.
struct Entry {
    name: String,
    number: u32,
    rest: Vec<String>,
}

/// The last number that a user or group may have.
const LAST_ID: u32 = i32::MAX.cast_unsigned();

/// Why a container cannot run as the user that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserFault {
    /// A number that none may have.
    Range,
    /// The image has no user of that name.
    NoUser(String),
    /// The image has no group of that name.
    NoGroup(String),
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| *number <= LAST_ID)
}

impl Session<'_> {
    fn entries(&self, path: &str) -> Vec<Entry> {
        let at = self.files().find(0, path, crate::container::files::Follow::Last, Who::ROOT);
        let bytes = at.and_then(|id| self.read_node(id, 1 << 20)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let entry = |line: &str| {
            let mut cells = line.split(':').map(str::to_owned);
            let name = cells.next()?;
            let number = cells.nth(1)?.parse().ok()?;
            Some(Entry { name, number, rest: cells.collect() })
        };
        text.lines().filter_map(entry).collect()
    }

    pub(in crate::container) fn name_of_user(&self, uid: u32) -> String {
        let found = self.entries("/etc/passwd").into_iter().find(|entry| entry.number == uid);
        found.map_or_else(|| uid.to_string(), |entry| entry.name)
    }

    pub(in crate::container) fn name_of_group(&self, gid: u32) -> String {
        let found = self.entries("/etc/group").into_iter().find(|entry| entry.number == gid);
        found.map_or_else(|| gid.to_string(), |entry| entry.name)
    }

    pub(in crate::container) fn number_of_user(&self, name: &str) -> Option<u32> {
        let found = self.entries("/etc/passwd").into_iter().find(|entry| entry.name == name);
        found.map(|entry| entry.number).or_else(|| number(name))
    }

    pub(in crate::container) fn number_of_group(&self, name: &str) -> Option<u32> {
        let found = self.entries("/etc/group").into_iter().find(|entry| entry.name == name);
        found.map(|entry| entry.number).or_else(|| number(name))
    }

    /// Returns the user's name, as a prompt shows it.
    pub(in crate::container) fn user_name(&self) -> String {
        self.name_of_user(self.who.uid)
    }

    /// Returns the user's own folder.
    pub(in crate::container) fn home(&self) -> String {
        let found = self.entries("/etc/passwd").into_iter().find(|entry| entry.number == self.who.uid);
        let home = found.and_then(|entry| entry.rest.get(2).cloned()).filter(|home| !home.is_empty());
        home.unwrap_or_else(|| "/".to_owned())
    }

    /// Returns the folder of a user by name.
    pub(in crate::container) fn home_of(&self, name: &str) -> Option<String> {
        let entry = self.entries("/etc/passwd").into_iter().find(|entry| entry.name == name)?;
        entry.rest.get(2).cloned()
    }

    /// Checks that the image has a user and a group of these names; numbers need no entry, but must be some that a kernel
    /// takes as they are (CVE-2024-40635).
    pub fn check_user(&self, text: &str) -> Result<(), UserFault> {
        let (user, group) = text.split_once(':').unwrap_or((text, ""));
        let is_beyond = |text: &str| text.parse::<i64>().is_ok_and(|number| !(0..=LAST_ID.into()).contains(&number));
        if is_beyond(user) || is_beyond(group) {
            return Err(UserFault::Range);
        }
        if !user.is_empty() && self.number_of_user(user).is_none() {
            return Err(UserFault::NoUser(user.to_owned()));
        }
        if !group.is_empty() && self.number_of_group(group).is_none() {
            return Err(UserFault::NoGroup(group.to_owned()));
        }
        Ok(())
    }

    /// Reads `user`, `user:group`, or numbers.
    pub(in crate::container) fn read_user(&self, text: &str) -> Who {
        let (user, group) = text.split_once(':').map_or((text, None), |(user, group)| (user, Some(group)));
        let uid = self.number_of_user(user).unwrap_or(0);
        let entry = self.entries("/etc/passwd").into_iter().find(|entry| entry.number == uid);
        let own = entry.and_then(|entry| entry.rest.first().and_then(|gid| gid.parse().ok())).unwrap_or(0);
        Who { uid, gid: group.and_then(|group| self.number_of_group(group)).unwrap_or(own) }
    }

    /// Lists the groups of a user, the own one first.
    fn groups_of(&self, who: Who) -> Vec<u32> {
        let name = self.name_of_user(who.uid);
        let is_member = |entry: &Entry| entry.rest.first().is_some_and(|members| members.split(',').any(|m| m == name));
        let more = self.entries("/etc/group").into_iter().filter(is_member).map(|entry| entry.number);
        [who.gid].into_iter().chain(more.filter(|gid| *gid != who.gid)).collect()
    }

    /// Lists the groups that the container's programs run in: where one was named beside the user, that one alone.
    fn own_groups(&self) -> Vec<u32> {
        let asked = &self.settings.user;
        let user = if asked.is_empty() { &self.container.record().config.user } else { asked };
        if user.contains(':') { vec![self.who.gid] } else { self.groups_of(self.who) }
    }
}

pub(super) fn id(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let flag = |letter: char| words[1..].iter().any(|word| word.starts_with('-') && word.contains(letter));
    let (who, user, all) = match words[1..].iter().find(|word| !word.starts_with('-')) {
        Some(name) if session.number_of_user(name).is_none() => {
            return if session.is_applet("id") {
                failed(&format!("id: unknown user {name}"), 1)
            } else {
                failed(&format!("id: {}: no such user", super::quoted(session, name)), 1)
            };
        }
        Some(name) => {
            let who = session.read_user(name);
            (who, session.name_of_user(who.uid), session.groups_of(who))
        }
        None => (session.who, session.user_name(), session.own_groups()),
    };
    let Who { uid, gid } = who;
    let named = flag('n');
    if flag('u') {
        return said(format!("{}\n", if named { user } else { uid.to_string() }));
    }
    if flag('g') {
        return said(format!("{}\n", if named { session.name_of_group(gid) } else { gid.to_string() }));
    }
    if flag('G') {
        let shown = |gid: u32| if named { session.name_of_group(gid) } else { gid.to_string() };
        return said(all.into_iter().map(shown).collect::<Vec<_>>().join(" ") + "\n");
    }
    let with_name =
        |number: u32, name: String| if name == number.to_string() { name } else { format!("{number}({name})") };
    let groups: Vec<String> = all.into_iter().map(|gid| with_name(gid, session.name_of_group(gid))).collect();
    let (user, group) = (with_name(uid, user), with_name(gid, session.name_of_group(gid)));
    said(format!("uid={user} gid={group} groups={}\n", groups.join(",")))
}

pub(super) fn whoami(session: &mut Session<'_>, _: &[String], _: &[u8]) -> Outcome {
    let name = session.user_name();
    if name == session.who.uid.to_string() {
        return if session.is_applet("whoami") {
            failed(&format!("whoami: unknown uid {name}"), 1)
        } else {
            failed(&format!("whoami: cannot find name for user ID {name}"), 1)
        };
    }
    said(format!("{name}\n"))
}

pub(super) fn groups(session: &mut Session<'_>, _: &[String], _: &[u8]) -> Outcome {
    let names: Vec<String> = session.own_groups().into_iter().map(|gid| session.name_of_group(gid)).collect();
    said(names.join(" ") + "\n")
}

/// `getent passwd|group|hosts [NAME...]`: lines of the image's own files; status 2 where a name has none.
pub(super) fn getent(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let Some(database) = words.get(1) else {
        return failed(
            "getent: wrong number of arguments\nTry `getent --help' or `getent --usage' for more information.",
            1,
        );
    };
    let path = match database.as_str() {
        "passwd" | "group" | "shadow" | "hosts" | "services" | "protocols" | "networks" => format!("/etc/{database}"),
        other => {
            let usage = "Try `getent --help' or `getent --usage' for more information.";
            return failed(&format!("Unknown database: {other}\n{usage}"), 1);
        }
    };
    let text = String::from_utf8_lossy(&session.read(&path).unwrap_or_default()).into_owned();
    let lines = || text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    if words.len() == 2 {
        return said(lines().map(|line| format!("{line}\n")).collect::<String>());
    }
    let mut outcome = Outcome::default();
    for name in &words[2..] {
        let by_colons = matches!(database.as_str(), "passwd" | "group" | "shadow");
        let found = lines().find(|line| {
            if !by_colons {
                return line.split_whitespace().any(|word| word == name);
            }
            let mut cells = line.split(':');
            cells.next() == Some(name) || (database != "shadow" && cells.nth(1) == Some(name))
        });
        match found {
            Some(line) => outcome.stdout.extend(format!("{line}\n").into_bytes()),
            None => outcome.status = 2,
        }
    }
    outcome
}
