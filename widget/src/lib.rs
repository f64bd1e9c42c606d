//! What a referrer sees in the browser: the share panel behind `<goodword-widget>`.
//!
//! | module | knows |
//! |---|---|
//! | [`panel`] | when the panel asks the edge for something, and what a person's act leads to |
//! | [`keepsake`] | what is kept between visits: the secret that owns the link |
//! | [`page`] | what the panel asks of the page around it |
//! | [`browser`] | the same in wasm-bindgen's words |
//!
//! Whose link it is, and what is asked of the edge and when, is decided here, where it can be tested
//! without a browser: a mistake there would cost somebody their link, or a shop its peace. What is shown
//! is `loader/shown.js`, and what a browser wants said in JavaScript (storage, requests, `Intl`)
//! `loader/page.js`, because there it is a third of the bytes; the element is `loader/widget.js`.
//! `loader/goodword.js` is the script site owners paste; it captures
//! referrals without any wasm and fetches the rest when a panel comes near the viewport. What few
//! people unfold (`details.js`), QR codes (the crate in `qr/`), and what stands in for this crate where
//! a page forbids wasm (`plain.js`) are fetched when somebody wants them. The texts of a language are
//! one file of `words/`.
//!
//! **Out of scope:** rules about money (the edge decides), what an answer looks like, attribution,
//! anything that must work without wasm.

// No `std` in the browser: its panic messages alone would be a quarter of the bytes. Tests have it.
#![cfg_attr(all(target_arch = "wasm32", not(test)), no_std)]

extern crate alloc;

pub mod browser;
pub mod keepsake;
pub mod page;
pub mod panel;

#[cfg(all(target_arch = "wasm32", not(test)))]
mod bare {
    #[global_allocator]
    static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

    /// Stops the wasm; the element notices that a call failed and stays as it is.
    #[panic_handler]
    fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
        core::arch::wasm32::unreachable()
    }
}

#[cfg(test)]
mod words;
