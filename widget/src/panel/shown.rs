//! What a panel shows: the link and where it goes, the message, the offer, one note.

use alloc::string::String;

use super::{Named, Panel, Said};
use crate::channel::{CHANNELS, tagged};
use crate::keepsake::Standing;
use crate::page::Page;

impl<P: Page> Panel<P> {
    pub(super) fn link(&self) -> String {
        if !self.given.is_empty() {
            return self.given.clone();
        }
        let mut link = if self.kept.base.is_empty() { self.page.base() } else { self.kept.base.clone() };
        link.push_str(self.kept.secret.code().as_str());
        link
    }

    /// What goes to a friend with the link: the referrer's words or ours, and a line of its own that
    /// discloses the reward, unless they have decided against it.
    pub(super) fn message(&self) -> String {
        let mut message = self.page.field("message");
        if message.is_empty() {
            message.clone_from(&self.offer.message);
        }
        if !self.offer.disclosure.is_empty() && self.page.field("silent").is_empty() {
            message.push('\n');
            message.push_str(&self.offer.disclosure);
        }
        message
    }

    pub(super) fn note(&self, text: &str) {
        self.page.write(".note", text);
    }

    /// What matters most now: that they have to sign in, that nothing is remembered, that the page's word
    /// did not count, or when rewards are approved.
    pub(super) fn show_notice(&self) {
        let page = &self.page;
        if self.is_out() {
            self.note(&page.text("note.sign_in", "", ""));
        } else if !self.stored && self.kept.standing != Standing::New {
            self.note(&page.text("note.memory", "", ""));
        } else if self.named == Named::Refused {
            self.note(&page.text("note.identity", "", ""));
        } else if self.said == Said::Refused {
            self.note(&page.text("note.person", "", ""));
        } else if !page.read("program.name").is_empty() {
            self.note(&page.count("note.hold", "program.hold_days"));
        }
    }

    pub(super) fn show_link(&self) {
        let link = self.link();
        let message = self.message();
        self.page.write(".link", &link);
        for channel in CHANNELS {
            let address = channel.address(&link, &self.site, &message);
            self.page.mark(&["[data-act=", channel.name, "]"].concat(), "href", Some(&address));
        }
        self.page.mark(".message", "placeholder", Some(&self.offer.message));
        self.page.write(".disclosure", &self.offer.disclosure);
        self.page.mark(".disclosing", "hidden", self.offer.disclosure.is_empty().then_some(""));
        self.show_qr();
    }

    pub(super) fn show_qr(&self) {
        if self.qr {
            self.page.draw_qr(&tagged(&self.link(), "qr"));
        }
    }

    pub(super) fn show_offer(&self) {
        self.page.write(".title", &self.offer.title);
        self.page.write(".sentence", &self.offer.sentence);
        self.page.mark(".panel", "data-waiting", None);
    }
}
