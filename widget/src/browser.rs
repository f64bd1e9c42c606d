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
    fn field(this: &BrowserPage, name: &str) -> String;
    #[wasm_bindgen(method)]
    fn count(this: &BrowserPage, name: &str, path: &str) -> String;
    #[wasm_bindgen(method)]
    fn amount(this: &BrowserPage, path: &str, unit: &str) -> String;
    #[wasm_bindgen(method)]
    fn day(this: &BrowserPage, path: &str) -> String;
    #[wasm_bindgen(method)]
    fn text(this: &BrowserPage, name: &str, one: &str, two: &str) -> String;
    #[wasm_bindgen(method)]
    fn write(this: &BrowserPage, selector: &str, text: &str);
    #[wasm_bindgen(method)]
    fn mark(this: &BrowserPage, selector: &str, attribute: &str, value: Option<&str>);
    #[wasm_bindgen(method)]
    fn line(this: &BrowserPage, selector: &str, text: &str);
    #[wasm_bindgen(method)]
    fn item(this: &BrowserPage, id: &str, what: &str, sum: &str, why: &str, day: &str, dispute: &str);
    #[wasm_bindgen(method, js_name = drawQr)]
    fn draw_qr(this: &BrowserPage, link: &str);
    #[wasm_bindgen(method)]
    fn copy(this: &BrowserPage, text: &str);
    #[wasm_bindgen(method)]
    fn share(this: &BrowserPage, text: &str, link: &str);
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
    fn field(&self, name: &str) -> String {
        self.field(name)
    }
    fn count(&self, name: &str, path: &str) -> String {
        self.count(name, path)
    }
    fn amount(&self, path: &str, unit: &str) -> String {
        self.amount(path, unit)
    }
    fn day(&self, path: &str) -> String {
        self.day(path)
    }
    fn text(&self, name: &str, one: &str, two: &str) -> String {
        self.text(name, one, two)
    }
    fn write(&self, selector: &str, text: &str) {
        self.write(selector, text);
    }
    fn mark(&self, selector: &str, attribute: &str, value: Option<&str>) {
        self.mark(selector, attribute, value);
    }
    fn line(&self, selector: &str, text: &str) {
        self.line(selector, text);
    }
    fn item(&self, id: &str, what: &str, sum: &str, why: &str, day: &str, dispute: &str) {
        self.item(id, what, sum, why, day, dispute);
    }
    fn draw_qr(&self, link: &str) {
        self.draw_qr(link);
    }
    fn copy(&self, text: &str) {
        self.copy(text);
    }
    fn share(&self, text: &str, link: &str) {
        self.share(text, link);
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
    /// See [`panel::Panel::show`].
    pub fn show(&self) {
        self.0.show();
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
