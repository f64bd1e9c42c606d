//! The share panel: what it shows, and when it asks the edge for something.
//!
//! The link is there before any answer: it is made from a secret in this browser. The edge is asked
//! for the offer and the numbers, and told about the referrer once, when the link first leaves the
//! browser. When the edge is away the link stays, three more attempts are made, and then none until
//! somebody does something.

use alloc::string::String;

use crate::channel::{CHANNELS, tagged};
use crate::keepsake::{Keepsake, Standing, is_base};
use crate::offer::Offer;
use crate::page::Page;

/// Attempts after a failed one, before the panel waits for a person.
const RETRIES: u32 = 3;
/// Failures of a panel that was refused: more of the same will not help.
const REFUSED: u32 = RETRIES + 2;
/// Wait before the first retry, in milliseconds; doubles.
const FIRST_RETRY: u32 = 2_000;
/// Wait between two looks at the numbers, in milliseconds: at first, and at most. Grows by half.
const PACE: (u32, u32) = (15_000, 300_000);
/// Most conversions listed.
const MOST_CONVERSIONS: u8 = 10;
/// Most rewards named for one conversion.
const MOST_REWARDS: u8 = 9;

/// The call to the edge that is under way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    None,
    Ask,
    AskWithProof,
    Join,
}

/// One panel on one page.
pub struct Panel<P> {
    page: P,
    kept: Keepsake,
    /// Whether `kept` outlives the page.
    stored: bool,
    offer: Offer,
    /// The program's name.
    site: String,
    call: Call,
    failures: u32,
    pace: u32,
    /// Somebody wanted to see the QR code.
    qr: bool,
}

impl<P: Page> Panel<P> {
    /// Shows the link and asks for the rest. `None` in a browser without randomness.
    pub fn open(page: P) -> Option<Self> {
        let kept = Keepsake::read(&page.recall()).or_else(Keepsake::draw)?;
        let site = page.text("site", "", "");
        let offer = Offer::read(&page, &site);
        let mut panel = Self {
            page,
            kept,
            stored: true,
            offer,
            site,
            call: Call::None,
            failures: 0,
            pace: PACE.0,
            qr: false,
        };
        panel.keep();
        panel.show_link();
        panel.wake();
        Some(panel)
    }

    /// A person did something with the link: `copy`, `taken` (copied by hand), `more` (the share
    /// sheet), `qr`, or a channel. The link leaves the browser, so the edge must know whose it is.
    pub fn act(&mut self, what: &str) {
        match what {
            "copy" => self.page.copy(&self.link()),
            "taken" => self.page.report("copied", ""),
            "more" => {
                self.page.share(&self.offer.message, &tagged(&self.link(), "native"));
                self.page.report("shared", "native");
            }
            channel => self.page.report("shared", channel),
        }
        if what == "qr" {
            self.qr = true;
            self.show_qr();
        }
        self.catch_up();
        if self.kept.standing == Standing::New {
            self.kept.standing = Standing::Wanted;
            self.keep();
        }
        if !self.stored {
            self.note("note.memory");
        }
        self.pace = PACE.0;
        if self.kept.standing == Standing::Wanted || self.failures > RETRIES {
            self.failures = 0;
            self.wake();
        }
    }

    /// Time to ask the edge for whatever is due.
    pub fn wake(&mut self) {
        if self.call != Call::None {
            return;
        }
        self.catch_up();
        let proof = self.kept.secret.proof();
        match self.kept.standing {
            Standing::New => {
                self.call = Call::Ask;
                self.page.ask("");
            }
            Standing::Wanted => {
                self.call = Call::Join;
                self.page.join(&proof);
            }
            Standing::Joined => {
                self.call = Call::AskWithProof;
                self.page.ask(&proof);
            }
        }
    }

    /// Somebody looks at the panel again, or the network is back: a panel that had given up on a
    /// silent edge asks again. One that was refused does not.
    pub fn rouse(&mut self) {
        if self.failures == RETRIES + 1 {
            self.failures = 0;
            self.wake();
        }
    }

    /// The edge answered the question of what to show; status 0 is no answer.
    pub fn told(&mut self, status: u16) {
        let call = core::mem::replace(&mut self.call, Call::None);
        self.site = self.page.read("program.name");
        if status != 200 || self.site.is_empty() {
            return self.failed(status);
        }
        self.failures = 0;
        self.catch_up();
        // The edge has forgotten: the next share joins again.
        let unknown = self.page.read("referrer.id").is_empty();
        if call == Call::AskWithProof && unknown {
            self.kept.standing = Standing::New;
        }
        let base = self.page.read("program.link_base");
        if is_base(&base) {
            self.kept.base = base;
        }
        self.keep();
        self.offer = Offer::read(&self.page, &self.site);
        self.show_link();
        self.show_offer();
        self.show_numbers();
        match self.kept.standing {
            Standing::New => {}
            Standing::Wanted => self.wake(),
            Standing::Joined => {
                self.page.rest(self.pace);
                self.pace = (self.pace + self.pace / 2).min(PACE.1);
            }
        }
    }

    /// The edge answered to joining; status 0 is no answer.
    pub fn joined(&mut self, status: u16) {
        self.call = Call::None;
        if status != 200 && status != 201 {
            return self.failed(status);
        }
        self.failures = 0;
        self.kept.standing = Standing::Joined;
        self.keep();
        self.page.report("joined", "");
        self.wake();
    }

    fn failed(&mut self, status: u16) {
        self.show_offer();
        self.note("note.away");
        let refused = (400..500).contains(&status) && status != 429;
        self.failures = if refused { REFUSED } else { self.failures + 1 };
        if self.failures <= RETRIES {
            self.page.rest(FIRST_RETRY << (self.failures - 1));
        }
    }

    /// Another panel or tab may have gone further with the same secret, or made one first.
    fn catch_up(&mut self) {
        if let Some(found) = Keepsake::read(&self.page.recall())
            && (found.secret == self.kept.secret || self.kept.standing == Standing::New)
        {
            self.kept = found;
        }
    }

    fn keep(&mut self) {
        self.stored = self.page.keep(&self.kept.write());
    }

    fn link(&self) -> String {
        let mut link = if self.kept.base.is_empty() { self.page.base() } else { self.kept.base.clone() };
        link.push_str(self.kept.secret.code().as_str());
        link
    }

    fn note(&self, name: &str) {
        self.page.write(".note", &self.page.text(name, &self.page.amount("program.hold_days", ""), ""));
    }

    fn show_link(&self) {
        let link = self.link();
        self.page.write(".link", &link);
        for channel in CHANNELS {
            let address = channel.address(&link, &self.site, &self.offer.message);
            self.page.mark(&["[data-act=", channel.name, "]"].concat(), "href", Some(&address));
        }
        self.show_qr();
    }

    fn show_qr(&self) {
        if self.qr {
            self.page.draw_qr(&tagged(&self.link(), "qr"));
        }
    }

    fn show_offer(&self) {
        self.page.write(".title", &self.offer.title);
        self.page.write(".sentence", &self.offer.sentence);
        self.page.mark(".panel", "data-waiting", None);
    }

    fn show_numbers(&self) {
        let forgetful = !self.stored && self.kept.standing != Standing::New;
        self.note(if forgetful { "note.memory" } else { "note.hold" });
        for count in ["clicks", "friends", "leads", "sales"] {
            self.page.write(&[".", count].concat(), &self.page.amount(&["referrer.", count].concat(), ""));
        }
        self.show_rewards();
        self.show_conversions();
    }

    /// Rewards by state, one amount per currency; what is in review only when there is something.
    fn show_rewards(&self) {
        let page = &self.page;
        for state in ["pending", "approved", "paid", "held"] {
            let mut sums = String::new();
            for index in b'0'..=b'9' {
                let of = |name: &str| ["referrer.rewards.", &String::from(char::from(index)), name].concat();
                if page.read(&of(".state")) == state {
                    let sum = page.amount(&of(".amount"), &page.read(&of(".currency")));
                    enlist(&mut sums, &sum);
                }
            }
            let place = [".", state].concat();
            let hidden = state == "held" && sums.is_empty();
            page.mark(&place, "hidden", hidden.then_some(""));
            if sums.is_empty() {
                // A path that leads nowhere is an amount of nothing.
                sums = page.amount("", &page.read("program.currency"));
            }
            page.write(&[&place, " dd"].concat(), &sums);
        }
    }

    /// The last conversions, each with why it was credited or not.
    fn show_conversions(&self) {
        let page = &self.page;
        if page.read("referrer.recent.0.kind").is_empty() {
            return;
        }
        page.write(".list", "");
        for index in b'0'..b'0' + MOST_CONVERSIONS {
            let at = |name: &str| ["referrer.recent.", &String::from(char::from(index)), name].concat();
            let kind = page.read(&at(".kind"));
            if kind.is_empty() {
                break;
            }
            let mut why = page.read(&at(".attribution.status"));
            let reason = if why == "attributed" { ".attribution.rule" } else { ".attribution.reason" };
            why.push('.');
            why.push_str(&page.read(&at(reason)));
            let mut sum = String::new();
            for reward in b'0'..b'0' + MOST_REWARDS {
                let of = |name: &str| at(&[".rewards.", &String::from(char::from(reward)), name].concat());
                let state = page.read(&of(".state"));
                if state.is_empty() {
                    break;
                }
                enlist(
                    &mut sum,
                    &page.text(
                        "reward",
                        &page.amount(&of(".amount"), &page.read(&of(".currency"))),
                        &page.text(&state, "", ""),
                    ),
                );
            }
            page.item(
                &page.text(&kind, "", ""),
                &sum,
                &page.text(&why, "", ""),
                &page.day(&at(".occurred_at")),
            );
        }
    }
}

/// Adds an item to a list of items between commas.
fn enlist(list: &mut String, item: &str) {
    if !list.is_empty() {
        list.push_str(", ");
    }
    list.push_str(item);
}

#[cfg(test)]
mod tests;
