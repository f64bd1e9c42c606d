//! What is known about user agents that have been met. A few hundred strings are nearly all of a day's traffic.

use referral::bots::{Crawlers, Robot};
use referral::visit::Device;
use referral::visitor;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

/// Most user agents remembered, and the longest.
const MOST: usize = 2_048;
const LONGEST: usize = 512;

/// What a user agent tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Agent {
    pub(super) robot: Option<Robot>,
    pub(super) device: Device,
    /// Its number in hashes of visitors.
    pub(super) browser: u64,
}

thread_local! {
    static CRAWLERS: OnceCell<Crawlers> = const { OnceCell::new() };
    static MET: RefCell<HashMap<String, Agent>> = RefCell::default();
}

/// What this user agent tells; looked up once, then remembered.
pub(super) fn recall(user_agent: &str) -> Agent {
    MET.with(|met| {
        if let Some(agent) = met.borrow().get(user_agent) {
            return *agent;
        }
        let agent = Agent {
            robot: CRAWLERS.with(|crawlers| crawlers.get_or_init(Crawlers::new).classify(user_agent)),
            device: Device::of(user_agent),
            browser: visitor::browser(user_agent),
        };
        if user_agent.len() <= LONGEST {
            let mut met = met.borrow_mut();
            if met.len() >= MOST {
                met.clear();
            }
            met.insert(user_agent.to_owned(), agent);
        }
        agent
    })
}
