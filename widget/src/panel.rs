//! The share panel: when it asks the edge for something, and what a person's act leads to.
//!
//! The link is there before any answer: it is made from a secret in this browser. The edge is asked
//! for the offer and the numbers, and told about the referrer once, when the link first leaves the
//! browser. When the edge is away the link stays, three more attempts are made, and then none until
//! somebody does something.
//!
//! A page that knows who its visitor is says so with a token. The link is then that person's, wherever
//! they made it, and a link made here before is joined to them. What was made here by nobody in
//! particular stays where it is until the edge has accepted the token: anybody can write one.

use alloc::string::String;

use crate::keepsake::{Keepsake, Standing, is_base};
use crate::page::Page;

/// Attempts after a failed one, before the panel waits for a person.
const RETRIES: u32 = 3;
/// Failures of a panel that was refused: more of the same will not help.
const REFUSED: u32 = RETRIES + 2;
/// Wait before the first retry, in milliseconds; doubles.
const FIRST_RETRY: u32 = 2_000;
/// Wait between two looks at the numbers, in milliseconds: at first, and at most. Grows by half.
const PACE: (u32, u32) = (15_000, 300_000);
/// The status `loader/edge.js` gives for a token the edge does not accept, a 401 that is not about the
/// key.
const IDENTITY_REFUSED: u16 = 498;

/// The call to the edge that is under way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    None,
    Ask,
    AskWithProof,
    Join,
    Save,
}

/// What became of the page's word about who the referrer is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// It counts as far as the page has said any.
    AsSaid,
    /// The edge never accepted it: whoever looks is nobody in particular.
    Refused,
    /// The edge accepted it for a while. The link stays, and nothing is asked before the page says anew.
    Expired,
    /// The page says nothing, and the link belongs to somebody who signs in.
    SignedOut,
}

/// What the referrer says of themselves, and the terms they accept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Nothing new.
    Nothing,
    /// It has yet to be sent.
    Unsaved,
    /// The edge did not accept it, and it was left out.
    Refused,
}

/// One panel on one page.
pub struct Panel<P> {
    page: P,
    kept: Keepsake,
    /// Whether `kept` outlives the page.
    stored: bool,
    /// The link the edge knows an identified referrer by; empty as long as it has not said.
    given: String,
    said: Said,
    named: Named,
    call: Call,
    failures: u32,
    pace: u32,
}

impl<P: Page> Panel<P> {
    /// Shows the link and asks for the rest. `None` in a browser without randomness.
    pub fn open(page: P) -> Option<Self> {
        let own = Keepsake::read(&page.recall());
        let mut found = Keepsake::read(&page.found()).filter(|found| is_offered(found, own.as_ref()));
        if let Some(found) = &mut found
            && found.standing == Standing::Joined
        {
            // Not yet with the one who signs in.
            found.standing = Standing::Wanted;
        }
        let kept = found.or(own).or_else(Keepsake::draw)?;
        let mut panel = Self {
            page,
            kept,
            stored: true,
            given: String::new(),
            said: Said::Nothing,
            named: Named::AsSaid,
            call: Call::None,
            failures: 0,
            pace: PACE.0,
        };
        if panel.page.identified() {
            panel.page.keep(&panel.kept.write(), false);
            // The page may have answered this person before: their token is a new one.
            panel.read_given();
        } else {
            panel.keep();
        }
        panel.show();
        panel.wake();
        Some(panel)
    }

    /// A person did something: `copy`, `taken` (copied by hand), `native` (the share sheet), `qr`, or a
    /// channel: the link leaves the browser, so the edge must know whose it is, and the terms are
    /// accepted. Or `save`: what they say of themselves goes to the edge, with the next share at the
    /// latest.
    pub fn act(&mut self, what: &str) {
        self.catch_up();
        let member = self.kept.standing == Standing::Joined || !self.given.is_empty();
        if what == "save" && (self.is_out() || !member) {
            return self.page.said(if self.is_out() { "note.sign_in" } else { "saved.later" });
        }
        match what {
            "copy" => self.page.copy(&self.link()),
            "taken" => self.page.report("copied", ""),
            "save" => self.said = Said::Unsaved,
            channel => {
                self.page.hand_out(channel, &self.link());
                self.page.report("shared", channel);
            }
        }
        if !member {
            self.kept.standing = Standing::Wanted;
            self.keep();
        }
        if member && self.known() && self.terms_are_new() {
            self.said = Said::Unsaved;
        }
        self.note();
        self.pace = PACE.0;
        if self.kept.standing == Standing::Wanted || self.said == Said::Unsaved || self.failures > RETRIES {
            self.failures = 0;
            self.wake();
        }
    }

    /// Time to ask the edge for whatever is due.
    pub fn wake(&mut self) {
        if self.call != Call::None || self.named == Named::Expired {
            return;
        }
        self.catch_up();
        let standing = self.kept.standing;
        // A secret that nobody was shown is nobody's business.
        let proof = if standing == Standing::New { String::new() } else { self.kept.secret.proof() };
        if standing == Standing::Wanted {
            self.call = Call::Join;
            self.page.join(&proof);
        } else if self.said == Said::Unsaved {
            self.call = Call::Save;
            self.page.save(&proof);
        } else {
            self.call = if proof.is_empty() { Call::Ask } else { Call::AskWithProof };
            self.page.ask(&proof);
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
        if status != 200 || self.page.read("program.name").is_empty() {
            return self.failed(status);
        }
        self.failures = 0;
        self.catch_up();
        let known = self.known();
        if self.page.read("needs_identity") == "true" {
            self.named = Named::SignedOut;
        } else if self.named == Named::SignedOut {
            self.named = Named::AsSaid;
        }
        if call == Call::AskWithProof && !known && !self.is_out() {
            // The edge has forgotten; the next share joins again.
            self.kept.standing = Standing::New;
        }
        let base = self.page.read("program.link_base");
        if is_base(&base) {
            self.kept.base = base;
        }
        self.read_given();
        if !self.is_out() {
            self.keep();
        }
        self.show();
        self.note();
        if self.kept.standing == Standing::Wanted || self.said == Said::Unsaved {
            self.wake();
        } else if (known || self.kept.standing == Standing::Joined) && !self.is_out() {
            self.page.rest(self.pace);
            self.pace = (self.pace + self.pace / 2).min(PACE.1);
        }
    }

    /// The edge answered to joining; status 0 is no answer.
    pub fn joined(&mut self, status: u16) {
        self.call = Call::None;
        if status == 422 && self.said != Said::Refused {
            self.unsay();
            return self.wake();
        }
        if status != 200 && status != 201 {
            return self.failed(status);
        }
        self.failures = 0;
        self.kept.standing = Standing::Joined;
        self.keep();
        if self.page.identified() {
            self.page.take();
        }
        self.page.report("joined", "");
        self.wake();
    }

    /// The edge answered to what was saved; status 0 is no answer.
    pub fn saved(&mut self, status: u16) {
        self.call = Call::None;
        self.said = Said::Nothing;
        if status == IDENTITY_REFUSED {
            return self.failed(status);
        }
        if status == 422 {
            self.unsay();
        }
        self.page.said(match status {
            200 => "saved",
            422 => "note.person",
            _ => "saved.failed",
        });
        self.wake();
    }

    fn failed(&mut self, status: u16) {
        if status == IDENTITY_REFUSED && self.named != Named::Refused {
            if self.page.trusted() {
                self.named = Named::Expired;
                self.failures = REFUSED;
                return self.note();
            }
            self.named = Named::Refused;
            self.page.disown();
            self.given = String::new();
            // What was drawn a moment ago is as good as another; what belongs to that person is not.
            let drawn = self.kept.standing != Standing::Joined;
            let there = Keepsake::read(&self.page.recall());
            if let Some(kept) = there.or_else(|| if drawn { None } else { Keepsake::draw() }) {
                self.kept = kept;
            }
            self.keep();
            self.show();
            return self.wake();
        }
        self.show();
        self.page.note("note.away");
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
        self.stored = self.page.keep(&self.kept.write(), true);
    }

    /// Forgets what was said of the referrer: it must not stand in the way of their link.
    fn unsay(&mut self) {
        self.said = Said::Refused;
        self.page.unsay();
    }

    /// Takes over the link the edge knows an identified referrer by.
    fn read_given(&mut self) {
        let link = self.page.read("referrer.link");
        let theirs = self.page.identified() && is_base(&[&link, "/"].concat());
        self.given = if theirs { link } else { String::new() };
    }

    /// Whether there are numbers that only somebody who signs in may see.
    fn is_out(&self) -> bool {
        matches!(self.named, Named::Expired | Named::SignedOut)
    }

    /// Whether the edge knows the referrer who looks.
    fn known(&self) -> bool {
        !self.page.read("referrer.id").is_empty()
    }

    /// Whether the terms have changed since the referrer accepted them, or were never accepted.
    fn terms_are_new(&self) -> bool {
        let version = self.page.read("program.terms_version");
        !version.is_empty() && self.page.read("referrer.terms_accepted") != version
    }

    fn link(&self) -> String {
        if !self.given.is_empty() {
            return self.given.clone();
        }
        let mut link = if self.kept.base.is_empty() { self.page.base() } else { self.kept.base.clone() };
        link.push_str(self.kept.secret.code().as_str());
        link
    }

    fn show(&self) {
        self.page.show(&self.link(), self.kept.standing != Standing::New || self.known());
    }

    /// What matters most now: that they have to sign in, that nothing is remembered, that the page's word
    /// did not count, or when rewards are approved.
    fn note(&self) {
        self.page.note(if self.is_out() {
            "note.sign_in"
        } else if !self.stored && self.kept.standing != Standing::New {
            "note.memory"
        } else if self.named == Named::Refused {
            "note.identity"
        } else if self.said == Said::Refused {
            "note.person"
        } else {
            "note.hold"
        });
    }
}

/// Whether somebody who signs in takes over what was made here by nobody in particular: where they have
/// nothing of their own yet, and a link that was shared in any case, once their own is known to the edge.
fn is_offered(found: &Keepsake, own: Option<&Keepsake>) -> bool {
    own.is_none_or(|own| {
        found.standing != Standing::New
            && match own.standing {
                Standing::New => true,
                Standing::Wanted => false,
                Standing::Joined => own.secret != found.secret,
            }
    })
}

#[cfg(test)]
mod tests;
