//! What the panel asks of the page around it. In a browser the other side is `loader/page.js`;
//! in tests it is a page in memory.
//!
//! Nothing here fails and nothing answers at once that takes time: the page calls the panel later.

use alloc::string::String;

/// The page, as far as a panel knows it.
///
/// An *answer* is the JSON the edge gave last. Paths such as `program.name` point into it, and whatever is missing or strange there reads as the empty string.
pub trait Page {
    /// What an earlier visit of the same person kept, or the empty string.
    fn recall(&self) -> String;
    /// Where the page says who the referrer is: what was kept here by nobody in particular.
    fn found(&self) -> String;
    /// What was found is this person's from now on, and nobody else finds it.
    fn take(&self);
    /// Keeps a text for later visits, or, not `lasting`, for this page; `false` when only this page will
    /// remember it.
    fn keep(&self, text: &str, lasting: bool) -> bool;
    /// What links begin with that need no network: `{api host}/r/{program token}/`.
    fn base(&self) -> String;

    /// Whether the page says who the referrer is, with a token of the merchant's server. Calls to the
    /// edge then carry it, and what is kept is kept for that person alone.
    fn identified(&self) -> bool;
    /// Whether the edge has accepted a token of this person since the page was opened.
    fn trusted(&self) -> bool;
    /// Forgets who the referrer is: the edge did not accept the token.
    fn disown(&self);
    /// Forgets name and e-mail, the page's word and the referrer's: the edge did not accept them.
    fn unsay(&self);

    /// Asks the edge what to show, with a proof or the empty string; then [`told`] is called.
    ///
    /// [`told`]: crate::panel::Panel::told
    fn ask(&self, proof: &str);
    /// Joins the program; then [`joined`](crate::panel::Panel::joined) is called.
    fn join(&self, proof: &str);
    /// Sends what the referrer says of themselves, and the version of the terms they accept; then
    /// [`saved`](crate::panel::Panel::saved) is called.
    fn save(&self, proof: &str);
    /// Reports one step of the funnel; steps travel together.
    fn report(&self, step: &str, channel: &str);
    /// Calls [`wake`](crate::panel::Panel::wake) after so many milliseconds, or later: not before
    /// somebody can see the panel.
    fn rest(&self, milliseconds: u32);

    /// The text or number at a path of the answer.
    fn read(&self, path: &str) -> String;

    /// Shows the link, and everything the answer holds; `shared` when the link has left the browser before.
    fn show(&self, link: &str, shared: bool);
    /// Shows the text of that name at the foot of the panel.
    fn note(&self, name: &str);
    /// Shows the text of that name beside the form about the referrer.
    fn said(&self, name: &str);
    /// Copies the link, and says so.
    fn copy(&self, link: &str);
    /// Gives the link to a channel, where the page has to do something for that: `native` opens the
    /// device's own share sheet, `qr` the QR code. The others are links themselves.
    fn hand_out(&self, channel: &str, link: &str);
}

#[cfg(test)]
pub(crate) mod memory {
    use super::Page;
    use alloc::borrow::ToOwned;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;
    use core::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    /// A page that writes down what is asked of it.
    #[derive(Default)]
    pub(crate) struct MemoryPage {
        pub(crate) kept: RefCell<String>,
        /// The same, of the one person that `identified` may name.
        pub(crate) own: RefCell<String>,
        pub(crate) forgetful: bool,
        pub(crate) identified: Cell<bool>,
        pub(crate) trusted: Cell<bool>,
        /// The answer as path → value.
        pub(crate) answer: RefCell<BTreeMap<String, String>>,
        /// Calls to the edge and timers, in order.
        pub(crate) calls: RefCell<Vec<String>>,
        /// What stands where.
        pub(crate) shown: RefCell<BTreeMap<String, String>>,
    }

    impl MemoryPage {
        pub(crate) fn answers(&self, facts: &[(&str, &str)]) {
            *self.answer.borrow_mut() =
                facts.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
        }

        pub(crate) fn shows(&self, place: &str) -> String {
            self.shown.borrow().get(place).cloned().unwrap_or_default()
        }

        /// The calls since the last look.
        pub(crate) fn called(&self) -> Vec<String> {
            self.calls.take()
        }

        fn shelf(&self) -> &RefCell<String> {
            if self.identified.get() { &self.own } else { &self.kept }
        }

        fn put(&self, place: &str, what: &str) {
            self.shown.borrow_mut().insert(place.into(), what.into());
        }

        fn call(&self, call: String) {
            self.calls.borrow_mut().push(call);
        }
    }

    impl Page for &MemoryPage {
        fn recall(&self) -> String {
            self.shelf().borrow().clone()
        }
        fn found(&self) -> String {
            if self.identified.get() { self.kept.borrow().clone() } else { String::new() }
        }
        fn take(&self) {
            if self.kept.borrow().get(..47) == self.own.borrow().get(..47) {
                self.kept.take();
            }
        }
        fn keep(&self, text: &str, lasting: bool) -> bool {
            if !self.forgetful && lasting {
                *self.shelf().borrow_mut() = text.into();
            }
            !self.forgetful && lasting
        }
        fn base(&self) -> String {
            "https://api.example/r/0123456789abcdef/".into()
        }
        fn identified(&self) -> bool {
            self.identified.get()
        }
        fn trusted(&self) -> bool {
            self.trusted.get()
        }
        fn disown(&self) {
            self.identified.set(false);
        }
        fn unsay(&self) {
            self.call("unsay".into());
        }
        fn ask(&self, proof: &str) {
            self.call(if proof.is_empty() { "ask".into() } else { "ask with proof".into() });
        }
        fn join(&self, _: &str) {
            self.call("join".into());
        }
        fn save(&self, proof: &str) {
            self.call(if proof.is_empty() { "save by name".into() } else { "save".into() });
        }
        fn report(&self, step: &str, channel: &str) {
            self.call(format!("report {step} {channel}").trim_end().into());
        }
        fn rest(&self, milliseconds: u32) {
            self.call(format!("rest {milliseconds}"));
        }
        fn read(&self, path: &str) -> String {
            self.answer.borrow().get(path).cloned().unwrap_or_default()
        }
        fn show(&self, link: &str, shared: bool) {
            self.put("link", link);
            self.put("shared", if shared { "yes" } else { "no" });
        }
        fn note(&self, name: &str) {
            self.put("note", name);
        }
        fn said(&self, name: &str) {
            self.put("said", name);
        }
        fn copy(&self, link: &str) {
            self.call(format!("copy {link}"));
        }
        fn hand_out(&self, channel: &str, link: &str) {
            if matches!(channel, "native" | "qr") {
                self.call(format!("{channel} {link}"));
            }
        }
    }
}
