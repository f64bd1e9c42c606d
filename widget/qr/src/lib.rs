//! A link as the outline of a QR code. Apart from the widget, because few people ask for the code and
//! it would be a quarter of what everybody downloads.

// As in the widget: no `std` in the browser.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;
use alloc::vec;

use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};
use wasm_bindgen::prelude::*;

/// Light modules around the code that scanners need (ISO/IEC 18004: four).
const QUIET_ZONE: u8 = 4;

/// Largest code made, 97 × 97: some 660 bytes of link at medium error correction.
const LARGEST: Version = Version::new(20);

/// The QR code of a text: the side of the square with its quiet zone, a space, and an SVG path of
/// the dark modules whose origin is the code's own corner. `None` when the text is too long.
#[wasm_bindgen]
pub fn outline(text: &str) -> Option<String> {
    let mut scratch = vec![0; LARGEST.buffer_len()];
    let mut code = vec![0; LARGEST.buffer_len()];
    code.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    let code = QrCode::encode_binary(
        &mut code,
        text.len(),
        &mut scratch,
        QrCodeEcc::Medium,
        Version::MIN,
        LARGEST,
        None,
        true,
    )
    .ok()?;
    let size = u8::try_from(code.size()).ok()?;
    let mut path = String::new();
    push(&mut path, size + 2 * QUIET_ZONE);
    path.push(' ');
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let dark = |x: u8| x < size && code.get_module(i32::from(x), i32::from(y));
            let run = (x..size).take_while(|x| dark(*x)).count();
            let run = u8::try_from(run).ok()?;
            if run > 0 {
                path.push('M');
                push(&mut path, x);
                path.push(',');
                push(&mut path, y);
                path.push('h');
                push(&mut path, run);
                path.push_str("v1h-");
                push(&mut path, run);
                path.push('z');
            }
            x += run + 1;
        }
    }
    Some(path)
}

/// Decimal digits, without the formatting machinery of `core::fmt`.
fn push(out: &mut String, number: u8) {
    if number >= 10 {
        push(out, number / 10);
    }
    out.push(char::from(b'0' + number % 10));
}

#[cfg(target_arch = "wasm32")]
mod bare {
    #[global_allocator]
    static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

    #[panic_handler]
    fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
        core::arch::wasm32::unreachable()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn numbers_are_written_in_full() {
        for number in [0, 7, 10, 99, 100, 255] {
            let mut text = String::new();
            push(&mut text, number);
            assert_eq!(text, number.to_string());
        }
    }

    #[test]
    fn the_outline_covers_exactly_the_dark_modules() {
        let link = "http://localhost:8787/r/demo/8ety4n7fwzw?gwc=qr";
        let outline = outline(link).unwrap();
        let mut scratch = vec![0; LARGEST.buffer_len()];
        let mut buffer = vec![0; LARGEST.buffer_len()];
        buffer[..link.len()].copy_from_slice(link.as_bytes());
        let code = QrCode::encode_binary(
            &mut buffer,
            link.len(),
            &mut scratch,
            QrCodeEcc::Medium,
            Version::MIN,
            LARGEST,
            None,
            true,
        )
        .unwrap();
        let mut expected = 0;
        for y in 0..code.size() {
            for x in 0..code.size() {
                expected += usize::from(code.get_module(x, y));
            }
        }
        let mut covered = 0;
        let (side, path) = outline.split_once(' ').unwrap();
        assert_eq!(side.parse(), Ok(code.size() + 8));
        for run in path.trim_end_matches('z').split('z') {
            let (at, length) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
            let (x, y) = at.split_once(',').unwrap();
            let length: i32 = length.split_once('v').unwrap().0.parse().unwrap();
            for step in 0..length {
                assert!(code.get_module(x.parse::<i32>().unwrap() + step, y.parse().unwrap()));
                covered += 1;
            }
        }
        assert_eq!(covered, expected);
    }

    #[test]
    fn a_link_too_long_for_a_code_has_none() {
        assert!(outline(&"x".repeat(600)).is_some());
        assert!(outline(&"x".repeat(3000)).is_none());
    }
}
