//! What the panel asks of the page around it. In a browser the other side is `loader/page.js`;
//! in tests it is a page in memory.
//!
//! Nothing here fails and nothing answers at once that takes time: the page calls the panel later.

use alloc::string::String;

/// The page, as far as a panel knows it.
///
/// An *answer* is the JSON the edge gave last. Paths such as `program.offer.friend.0.on` point into
/// it, and whatever is missing or strange there reads as the empty string.
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
    /// What a person put into a field: `message`, their own words for friends, or `silent`, not empty
    /// when these are to go without the line that discloses the reward.
    fn field(&self, name: &str) -> String;
    /// The number at a path, in the reader's language. The unit is an ISO 4217 currency (the number
    /// is in minor units), `%` (basis points), or empty (a count). A missing number is 0, and a
    /// `reversed_…` of the same name beside it is taken off.
    fn amount(&self, path: &str, unit: &str) -> String;
    /// The text of that name that goes with the number at a path (`1 day`, `2 days`), the number filled in.
    fn count(&self, name: &str, path: &str) -> String;
    /// The day of the RFC 3339 instant at a path, in the reader's language.
    fn day(&self, path: &str) -> String;
    /// The text of that name in the reader's language, with `$1` and `$2` filled in.
    fn text(&self, name: &str, one: &str, two: &str) -> String;

    // Selectors may find nothing: parts of the panel are fetched later, see `Panel::show`.

    /// Puts a text into the element a selector finds; into a field, as its value, unless somebody is
    /// writing there.
    fn write(&self, selector: &str, text: &str);
    /// Gives the element an attribute, or takes it away.
    fn mark(&self, selector: &str, attribute: &str, value: Option<&str>);
    /// Adds a line of text to the list a selector finds.
    fn line(&self, selector: &str, text: &str);
    /// Adds one conversion to the list: its id, what, the rewards, why, when, and how a dispute about
    /// it stands. The list begins anew with each answer.
    fn item(&self, id: &str, what: &str, sum: &str, why: &str, day: &str, dispute: &str);
    /// Draws the QR code of a link.
    fn draw_qr(&self, link: &str);
    /// Copies a text, and says so.
    fn copy(&self, text: &str);
    /// Opens the device's own share sheet.
    fn share(&self, text: &str, link: &str);
}

/// The path of one of the first ten items of a list: `before`, its number, `after`.
pub fn item(before: &str, index: u8, after: &str) -> String {
    let mut path = String::from(before);
    path.push(char::from(b'0' + index));
    path.push_str(after);
    path
}

#[cfg(test)]
pub(crate) mod memory {
    use super::Page;
    use alloc::borrow::ToOwned;
    use alloc::format;
    use alloc::string::{String, ToString};
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
        /// What a person wrote where.
        pub(crate) fields: RefCell<BTreeMap<String, String>>,
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
            self.shown.borrow_mut().remove(".list");
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
        fn field(&self, name: &str) -> String {
            self.fields.borrow().get(name).cloned().unwrap_or_default()
        }
        fn count(&self, name: &str, path: &str) -> String {
            let number = self.read(path);
            let kind = if number == "1" { ".one" } else { ".other" };
            self.text(&[name, kind].concat(), &number, "")
        }
        fn amount(&self, path: &str, unit: &str) -> String {
            let number: i64 = self.read(path).parse().unwrap_or_default();
            match unit {
                "" => number.to_string(),
                "%" => format!("{}%", number / 100),
                currency => format!("{currency} {}.{:02}", number / 100, number % 100),
            }
        }
        fn day(&self, path: &str) -> String {
            self.read(path).split('T').next().unwrap_or_default().into()
        }
        fn text(&self, name: &str, one: &str, two: &str) -> String {
            include_str!("../words/en.txt")
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
                .unwrap_or_default()
                .replace("$1", one)
                .replace("$2", two)
        }
        fn write(&self, selector: &str, text: &str) {
            self.shown.borrow_mut().insert(selector.into(), text.into());
        }
        fn mark(&self, selector: &str, attribute: &str, value: Option<&str>) {
            let place = format!("{selector} {attribute}");
            match value {
                Some(value) => self.shown.borrow_mut().insert(place, value.into()),
                None => self.shown.borrow_mut().remove(&place),
            };
        }
        fn line(&self, selector: &str, text: &str) {
            let mut shown = self.shown.borrow_mut();
            let lines = shown.entry(selector.into()).or_default();
            lines.push_str(text);
            lines.push('\n');
        }
        fn item(&self, id: &str, what: &str, sum: &str, why: &str, day: &str, dispute: &str) {
            let line = format!("{id} | {what} | {sum} | {why} | {day} | {dispute}\n");
            self.shown.borrow_mut().entry(".list".into()).or_default().push_str(&line);
        }
        fn draw_qr(&self, link: &str) {
            self.write(".qr", link);
        }
        fn copy(&self, text: &str) {
            self.call(format!("copy {text}"));
        }
        fn share(&self, text: &str, link: &str) {
            self.call(format!("share {text} {link}"));
        }
    }
}
