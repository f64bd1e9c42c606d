//! What a referrer sees in the browser: the share panel behind `<goodword-widget>`.
//!
//! | module | knows |
//! |---|---|
//! | [`panel`] | what the panel shows and when it asks the edge for something |
//! | [`offer`] | says a program's offer in a sentence |
//! | [`channel`] | where a link can be shared, and how its address is made |
//! | [`keepsake`] | what is kept between visits: the secret that owns the link |
//! | [`page`] | what the panel asks of the page around it |
//! | [`browser`] | the same in wasm-bindgen's words |
//!
//! Decisions are made here, where they can be tested without a browser; what a browser wants said
//! in JavaScript (elements, storage, requests, `Intl`) is in `loader/widget.js`, because there it
//! is a third of the bytes. `loader/goodword.js` is the script site owners paste; it captures
//! referrals without any wasm and fetches the rest when a panel comes near the viewport. QR codes are
//! drawn by the crate in `qr/`, fetched when somebody wants one.
//!
//! **Out of scope:** rules about money (the edge decides, this crate only shows), attribution,
//! anything that must work without wasm.

// No `std` in the browser: its panic messages alone would be a quarter of the bytes. Tests have it.
#![cfg_attr(all(target_arch = "wasm32", not(test)), no_std)]

extern crate alloc;

pub mod browser;
pub mod channel;
pub mod keepsake;
pub mod offer;
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
