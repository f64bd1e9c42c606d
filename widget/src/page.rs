//! What the panel asks of the page around it. In a browser the other side is `loader/widget.js`;
//! in tests it is a page in memory.
//!
//! Nothing here fails and nothing answers at once that takes time: the page calls the panel later.

use alloc::string::String;

/// The page, as far as a panel knows it.
///
/// An *answer* is the JSON the edge gave last. Paths such as `program.offer.friend.0.on` point into
/// it, and whatever is missing or strange there reads as the empty string.
pub trait Page {
    /// What an earlier visit kept, or the empty string.
    fn recall(&self) -> String;
    /// Keeps a text for later visits; `false` when only this page will remember it.
    fn keep(&self, text: &str) -> bool;
    /// What links begin with that need no network: `{api host}/r/{program token}/`.
    fn base(&self) -> String;

    /// Asks the edge what to show, with a proof or the empty string; then [`told`] is called.
    ///
    /// [`told`]: crate::panel::Panel::told
    fn ask(&self, proof: &str);
    /// Joins the program; then [`joined`](crate::panel::Panel::joined) is called.
    fn join(&self, proof: &str);
    /// Reports one step of the funnel; steps travel together.
    fn report(&self, step: &str, channel: &str);
    /// Calls [`wake`](crate::panel::Panel::wake) after so many milliseconds, or later: not before
    /// somebody can see the panel.
    fn rest(&self, milliseconds: u32);

    /// The text or number at a path of the answer.
    fn read(&self, path: &str) -> String;
    /// The number at a path, in the reader's language. The unit is an ISO 4217 currency (the number
    /// is in minor units), `%` (basis points), or empty (a count). A missing number is 0, and a
    /// `reversed_…` of the same name beside it is taken off.
    fn amount(&self, path: &str, unit: &str) -> String;
    /// The day of the RFC 3339 instant at a path, in the reader's language.
    fn day(&self, path: &str) -> String;
    /// The text of that name in the reader's language, with `$1` and `$2` filled in.
    fn text(&self, name: &str, one: &str, two: &str) -> String;

    /// Puts a text into the element a selector finds; into a field, as its value.
    fn write(&self, selector: &str, text: &str);
    /// Gives the element an attribute, or takes it away.
    fn mark(&self, selector: &str, attribute: &str, value: Option<&str>);
    /// Adds one conversion to the list: what, the rewards, why, and when.
    fn item(&self, what: &str, sum: &str, why: &str, day: &str);
    /// Draws the QR code of a link.
    fn draw_qr(&self, link: &str);
    /// Copies a text, and says so.
    fn copy(&self, text: &str);
    /// Opens the device's own share sheet.
    fn share(&self, text: &str, link: &str);
}

#[cfg(test)]
pub(crate) mod memory {
    use super::Page;
    use alloc::borrow::ToOwned;
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;
    use core::cell::RefCell;
    use std::collections::BTreeMap;

    /// A page that writes down what is asked of it.
    #[derive(Default)]
    pub(crate) struct MemoryPage {
        pub(crate) kept: RefCell<String>,
        pub(crate) forgetful: bool,
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

        fn call(&self, call: String) {
            self.calls.borrow_mut().push(call);
        }
    }

    impl Page for &MemoryPage {
        fn recall(&self) -> String {
            self.kept.borrow().clone()
        }
        fn keep(&self, text: &str) -> bool {
            if !self.forgetful {
                *self.kept.borrow_mut() = text.into();
            }
            !self.forgetful
        }
        fn base(&self) -> String {
            "https://api.example/r/0123456789abcdef/".into()
        }
        fn ask(&self, proof: &str) {
            self.call(if proof.is_empty() { "ask".into() } else { "ask with proof".into() });
        }
        fn join(&self, _: &str) {
            self.call("join".into());
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
        fn item(&self, what: &str, sum: &str, why: &str, day: &str) {
            let line = format!("{what} | {sum} | {why} | {day}\n");
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
