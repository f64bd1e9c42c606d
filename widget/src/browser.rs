//! The panel as JavaScript sees it, and the page as Rust sees it. The other side of both is
//! `loader/page.js`.

use alloc::string::String;

use wasm_bindgen::prelude::*;

use crate::page::Page;
use crate::panel;

#[wasm_bindgen]
extern "C" {
    /// The object `loader/page.js` makes for each panel.
    pub type BrowserPage;
    #[wasm_bindgen(method)]
    fn recall(this: &BrowserPage) -> String;
    #[wasm_bindgen(method)]
    fn found(this: &BrowserPage) -> String;
    #[wasm_bindgen(method)]
    fn take(this: &BrowserPage);
    #[wasm_bindgen(method)]
    fn keep(this: &BrowserPage, text: &str, lasting: bool) -> bool;
    #[wasm_bindgen(method)]
    fn base(this: &BrowserPage) -> String;
    #[wasm_bindgen(method)]
    fn identified(this: &BrowserPage) -> bool;
    #[wasm_bindgen(method)]
    fn trusted(this: &BrowserPage) -> bool;
    #[wasm_bindgen(method)]
    fn disown(this: &BrowserPage);
    #[wasm_bindgen(method)]
    fn unsay(this: &BrowserPage);
    #[wasm_bindgen(method)]
    fn ask(this: &BrowserPage, proof: &str);
    #[wasm_bindgen(method)]
    fn join(this: &BrowserPage, proof: &str);
    #[wasm_bindgen(method)]
    fn save(this: &BrowserPage, proof: &str);
    #[wasm_bindgen(method)]
    fn report(this: &BrowserPage, step: &str, channel: &str);
    #[wasm_bindgen(method)]
    fn rest(this: &BrowserPage, milliseconds: u32);
    #[wasm_bindgen(method)]
    fn read(this: &BrowserPage, path: &str) -> String;
    #[wasm_bindgen(method)]
    fn show(this: &BrowserPage, link: &str, shared: bool);
    #[wasm_bindgen(method)]
    fn note(this: &BrowserPage, name: &str);
    #[wasm_bindgen(method)]
    fn said(this: &BrowserPage, name: &str);
    #[wasm_bindgen(method)]
    fn copy(this: &BrowserPage, link: &str);
    #[wasm_bindgen(method, js_name = handOut)]
    fn hand_out(this: &BrowserPage, channel: &str, link: &str);
}

impl Page for BrowserPage {
    fn recall(&self) -> String {
        self.recall()
    }
    fn found(&self) -> String {
        self.found()
    }
    fn take(&self) {
        self.take();
    }
    fn keep(&self, text: &str, lasting: bool) -> bool {
        self.keep(text, lasting)
    }
    fn base(&self) -> String {
        self.base()
    }
    fn identified(&self) -> bool {
        self.identified()
    }
    fn trusted(&self) -> bool {
        self.trusted()
    }
    fn disown(&self) {
        self.disown();
    }
    fn unsay(&self) {
        self.unsay();
    }
    fn ask(&self, proof: &str) {
        self.ask(proof);
    }
    fn join(&self, proof: &str) {
        self.join(proof);
    }
    fn save(&self, proof: &str) {
        self.save(proof);
    }
    fn report(&self, step: &str, channel: &str) {
        self.report(step, channel);
    }
    fn rest(&self, milliseconds: u32) {
        self.rest(milliseconds);
    }
    fn read(&self, path: &str) -> String {
        self.read(path)
    }
    fn show(&self, link: &str, shared: bool) {
        self.show(link, shared);
    }
    fn note(&self, name: &str) {
        self.note(name);
    }
    fn said(&self, name: &str) {
        self.said(name);
    }
    fn copy(&self, link: &str) {
        self.copy(link);
    }
    fn hand_out(&self, channel: &str, link: &str) {
        self.hand_out(channel, link);
    }
}

/// One share panel; see [`panel::Panel`].
#[wasm_bindgen]
pub struct Panel(panel::Panel<BrowserPage>);

#[wasm_bindgen]
impl Panel {
    /// See [`panel::Panel::open`].
    pub fn open(page: BrowserPage) -> Option<Panel> {
        panel::Panel::open(page).map(Self)
    }
    /// See [`panel::Panel::act`].
    pub fn act(&mut self, what: &str) {
        self.0.act(what);
    }
    /// See [`panel::Panel::wake`].
    pub fn wake(&mut self) {
        self.0.wake();
    }
    /// See [`panel::Panel::rouse`].
    pub fn rouse(&mut self) {
        self.0.rouse();
    }
    /// See [`panel::Panel::told`].
    pub fn told(&mut self, status: u16) {
        self.0.told(status);
    }
    /// See [`panel::Panel::joined`].
    pub fn joined(&mut self, status: u16) {
        self.0.joined(status);
    }
    /// See [`panel::Panel::saved`].
    pub fn saved(&mut self, status: u16) {
        self.0.saved(status);
    }
}

#[cfg(test)]
mod tests;
