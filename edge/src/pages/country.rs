//! What a language calls a country: the runtime knows.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = r#"
const regions = new Map();
export function country(locale, letters) {
  let names = regions.get(locale);
  if (!names) regions.set(locale, names = new Intl.DisplayNames([locale], { type: "region" }));
  try { return names.of(letters); } catch { return letters; }
}
"#)]
extern "C" {
    /// The name of a country that is known by two letters; the letters themselves where they are none.
    pub(super) fn country(locale: &str, letters: &str) -> String;
}
