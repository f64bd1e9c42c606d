//! Programs in the memory of an isolate: what following a link needs, without storage and without waiting.
//!
//! Filled from the [`crate::directory`] when a program is asked for the first time, and refreshed in the background from
//! then on: an old answer now is better than a new one later. Names nobody has are remembered too, for a short while.

use crate::directory;
use crate::isolate::Isolate;
use crate::problem::Problem;
use referral::click_token::ClickKeys;
use referral::destination::Destination;
use referral::facts::ProgramFacts;
use referral::root_keys::RootKeys;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// After so long a program is read again in the background, and a name nobody had is asked for again. Milliseconds.
const FRESH_MS: i64 = 5_000;

/// A question that has not been answered after so long is asked again. Milliseconds.
const PATIENCE_MS: i64 = 10_000;

/// Names kept at most, of each kind.
const MOST: usize = 4_096;

/// A program, ready to be followed to.
pub(crate) struct Program {
    pub(crate) facts: ProgramFacts,
    pub(crate) destination: Destination,
    pub(crate) click_keys: ClickKeys,
    /// The attributes of its cookie, without the domain.
    pub(crate) cookie_tail: String,
}

/// What a link calls a program by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name<'a> {
    /// Slug or uid, in a link on a shared host.
    Link(&'a str),
    /// The host, where it is the program's own.
    Host(&'a str),
}

/// What memory says about a name.
pub(crate) enum Known {
    /// This program; the flag says that it should be asked for again.
    Program(Rc<Program>, bool),
    /// No program has this name.
    Nobody,
}

struct Entry {
    program: Option<Rc<Program>>,
    read_at: i64,
    asked_at: Cell<i64>,
}

#[derive(Default)]
struct Memory {
    links: HashMap<String, Entry>,
    hosts: HashMap<String, Entry>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

impl Memory {
    fn of(&mut self, name: Name<'_>) -> &mut HashMap<String, Entry> {
        match name {
            Name::Link(_) => &mut self.links,
            Name::Host(_) => &mut self.hosts,
        }
    }
}

impl Name<'_> {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Link(text) | Self::Host(text) => text,
        }
    }

    /// Whether a program could have this name at all; asking for anything else is spared.
    fn is_possible(&self) -> bool {
        match self {
            Self::Link(text) => {
                (1..=40).contains(&text.len())
                    && text
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            }
            Self::Host(text) => {
                (1..=260).contains(&text.len())
                    && text.bytes().all(|byte| {
                        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:[]".contains(&byte)
                    })
            }
        }
    }
}

/// What memory knows about a name; `None` where the directory must be asked first.
pub(crate) fn recall(name: Name<'_>, now: i64) -> Option<Known> {
    if !name.is_possible() {
        return Some(Known::Nobody);
    }
    MEMORY.with(|memory| {
        let mut memory = memory.borrow_mut();
        let entry = memory.of(name).get(name.text())?;
        let old = now.saturating_sub(entry.read_at) > FRESH_MS;
        let Some(program) = &entry.program else {
            return (!old).then_some(Known::Nobody);
        };
        let ask = old && now.saturating_sub(entry.asked_at.get()) > PATIENCE_MS;
        if ask {
            entry.asked_at.set(now);
        }
        Some(Known::Program(Rc::clone(program), ask))
    })
}

/// Asks the directory for a name and keeps the answer.
///
/// # Errors
/// The directory does not answer; what is in memory stays.
pub(crate) async fn ask(isolate: &Isolate, name: Name<'_>, now: i64) -> Result<(), Problem> {
    let facts = directory::client::find(isolate, name).await?;
    let program = facts.and_then(|facts| Program::new(facts, &isolate.root_keys)).map(Rc::new);
    let entry = Entry { program, read_at: now, asked_at: Cell::new(0) };
    MEMORY.with(|memory| {
        let mut memory = memory.borrow_mut();
        let names = memory.of(name);
        if names.len() >= MOST {
            names.retain(|_, entry| entry.program.is_some());
        }
        if names.len() >= MOST {
            names.clear();
        }
        names.insert(name.text().to_owned(), entry);
    });
    Ok(())
}

/// Drops a program from this isolate's memory, because it has just changed. Other isolates follow within seconds.
pub(crate) fn forget(uid: &str) {
    MEMORY.with(|memory| {
        let mut memory = memory.borrow_mut();
        let other = |_: &String, entry: &mut Entry| {
            entry.program.as_ref().is_some_and(|program| program.facts.uid != uid)
        };
        memory.links.retain(other);
        memory.hosts.retain(other);
    });
}

impl Program {
    /// `None` where the stored destination is not one we would accept today: then nobody is sent anywhere.
    fn new(facts: ProgramFacts, root_keys: &RootKeys) -> Option<Self> {
        let destination = match Destination::parse(&facts.destination) {
            Ok(destination) => destination,
            Err(error) => {
                worker::console_error!("the destination of {} {error}", facts.id);
                return None;
            }
        };
        let seconds = u32::from(facts.window_days) * 86_400;
        Some(Self {
            destination,
            click_keys: ClickKeys::derive(root_keys, facts.uid.as_bytes()),
            cookie_tail: format!("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}"),
            facts,
        })
    }
}
