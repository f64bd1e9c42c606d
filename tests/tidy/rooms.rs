//! Who may know what.

use crate::none;
use tests::source::{File, file, files};

/// Code of a room.
fn code(folder: &str) -> Vec<File> {
    files(folder, &[".rs"])
}

/// Places in these files whose code contains this text.
fn containing(files: &[File], text: &str) -> Vec<String> {
    let in_file = |file: &File| {
        let lines =
            file.code().filter(|(_, line)| line.contains(text)).map(|(at, _)| format!("{}:{at}", file.path));
        lines.collect::<Vec<_>>()
    };
    files.iter().flat_map(in_file).collect()
}

/// The names of a room's dependencies, those of its own tests left out.
fn dependencies(room: &str) -> Vec<String> {
    let manifest = file(&format!("{room}/Cargo.toml")).expect("a room has a manifest");
    let mut section = String::new();
    let mut names = Vec::new();
    for line in manifest.text.lines() {
        if let Some(header) = line.strip_prefix('[') {
            header.trim_end_matches(']').clone_into(&mut section);
        } else if section.ends_with("dependencies")
            && !section.starts_with("dev")
            && !line.starts_with(['#', ' '])
        {
            names.extend(
                line.split(['=', '.', ' ']).next().filter(|name| !name.is_empty()).map(str::to_owned),
            );
        }
    }
    names
}

const ROOMS: [&str; 6] = ["referral", "edge", "widget", "tests", "xtask", "www/shop"];

#[test]
fn only_the_edge_names_the_workers_runtime() {
    for room in ROOMS.into_iter().filter(|room| *room != "edge") {
        let names = dependencies(room);
        assert!(!names.iter().any(|name| name.starts_with("worker")), "{room} depends on {names:?}");
        let uses: Vec<File> =
            code(room).into_iter().filter(|file| !file.path.starts_with("tests/tidy")).collect();
        none("names the Workers runtime", &containing(&uses, "worker::"));
    }
    assert!(dependencies("edge").contains(&"worker".to_owned()));
}

#[test]
fn only_the_widget_names_the_dom() {
    for room in ROOMS.into_iter().filter(|room| !matches!(*room, "widget" | "edge")) {
        let names = dependencies(room);
        assert!(
            !names.iter().any(|name| matches!(name.as_str(), "web-sys" | "js-sys" | "wasm-bindgen")),
            "{room}: {names:?}"
        );
    }
    // The edge takes from `web_sys` what a server has too.
    let allowed = ["Request", "Response", "Headers", "Url"];
    let mut strange = Vec::new();
    for file in code("edge/src") {
        for (at, line) in file.code() {
            for (_, rest) in
                line.match_indices("web_sys::").map(|(start, name)| line.split_at(start + name.len()))
            {
                let named = rest.trim_start_matches('{').split(['}', ';']).next().unwrap_or_default();
                let list = if rest.starts_with('{') {
                    named
                } else {
                    named.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("")
                };
                if !list.split(',').all(|name| allowed.contains(&name.trim())) {
                    strange.push(format!("{}:{at}: {list}", file.path));
                }
            }
        }
    }
    none("the edge names the DOM", &strange);
}

#[test]
fn the_rules_are_without_the_standard_library_and_know_no_way_to_the_world() {
    let lib = file("referral/src/lib.rs").expect("the crate of the rules");
    assert!(lib.text.lines().any(|line| line == "#![no_std]"), "referral is no_std");
    let allowed = [
        "hmac",
        "sha2",
        "hkdf",
        "subtle",
        "base64",
        "csv-core",
        "data-encoding",
        "data-encoding-macro",
        "serde",
        "serde_json",
        "iso_currency",
        "url",
        "jiff",
        "aho-corasick",
    ];
    let strange: Vec<String> =
        dependencies("referral").into_iter().filter(|name| !allowed.contains(&name.as_str())).collect();
    none("no clock, randomness, network, SQL or DOM in the rules; is this dependency any of them?", &strange);
    let jiff = file("Cargo.toml").expect("the workspace");
    let jiff = jiff.text.lines().find(|line| line.starts_with("jiff ")).unwrap_or_default();
    assert!(
        jiff.contains("default-features = false") && !jiff.contains("\"std\""),
        "jiff with std reads the clock: {jiff}"
    );
    for word in ["SystemTime", "async", "std::net", "std::fs", "std::env", "Timestamp::now", "Zoned::now"] {
        none("the rules do no input and no output", &untested(&containing(&code("referral/src"), word)));
    }
}

/// Places outside of `mod tests`, which sit at the end of a file or in a file of their own.
fn untested(places: &[String]) -> Vec<String> {
    let outside = |place: &&String| {
        let (path, line) = place.rsplit_once(':').unwrap_or((place, "0"));
        let text = file(path).map(|file| file.text).unwrap_or_default();
        let tests_at = text.lines().position(|line| line.contains("#[cfg(test)]")).unwrap_or(usize::MAX);
        // `lib.rs` links `std` for the tests in its first lines.
        !path.ends_with("/tests.rs") && (path.ends_with("/lib.rs") || line.parse().unwrap_or(0) <= tests_at)
    };
    places.iter().filter(outside).cloned().collect()
}

#[test]
fn only_one_file_of_the_edge_reads_the_clock_or_draws_entropy() {
    let files: Vec<File> =
        code("edge/src").into_iter().filter(|file| file.path != "edge/src/platform.rs").collect();
    for word in [
        "Date::now",
        "Date::new_0",
        "getrandom::fill",
        "getrandom::u",
        "SystemTime",
        "Instant::now",
        "Math::random",
        "Date.now",
        "new Date",
        "Math.random",
        "crypto.getRandomValues",
        "randomUUID",
        "performance.now",
        "ChaCha",
    ] {
        none("reads the clock or draws entropy outside of platform.rs", &containing(&files, word));
    }
    let platform = file("edge/src/platform.rs").expect("the platform");
    assert!(platform.text.contains("Date::now") && platform.text.contains("getrandom::fill"));
    // In SQL the clock hides behind functions.
    for file in tests::source::files("edge/sql", &[".sql"]) {
        let text = file.text.to_ascii_lowercase();
        let clock = [
            "'now'",
            "current_timestamp",
            "current_date",
            "current_time",
            "unixepoch()",
            "random()",
            "randomblob(",
        ];
        let found: Vec<&str> = clock.into_iter().filter(|word| text.contains(word)).collect();
        assert!(found.is_empty(), "{} reads the clock or draws entropy: {found:?}", file.path);
    }
}

#[test]
fn the_ledger_asks_its_book_for_the_time() {
    let files: Vec<File> =
        code("edge/src/ledger").into_iter().filter(|file| file.path != "edge/src/ledger/book.rs").collect();
    none("a test twin's clock may run ahead: ask Book::now", &containing(&files, "now_ms"));
    let book = file("edge/src/ledger/book.rs").expect("the book");
    assert_eq!(book.text.matches("now_ms()").count(), 1, "and the book reads it in one place");
}

#[test]
fn only_one_file_of_the_widget_draws_entropy() {
    let mut files: Vec<String> = containing(&code("widget/src"), "getrandom")
        .iter()
        .map(|place| place.split(':').next().unwrap_or("").to_owned())
        .collect();
    files.dedup();
    assert_eq!(files.len(), 1, "{files:?}");
}

#[test]
fn no_float_touches_money() {
    let mut files = code("referral/src");
    files.extend(code("edge/src/ledger"));
    for word in ["f32", "f64"] {
        let uses: Vec<String> = files.iter().flat_map(|file| file.naming(word)).collect();
        none("a float", &untested(&uses));
    }
    for file in tests::source::files("edge/sql", &[".sql"]) {
        let real = file.text.lines().filter(|line| line.contains(" REAL")).count();
        assert_eq!(real, 0, "{} has a column of floats", file.path);
    }
}

#[test]
fn the_widget_knows_neither_money_rules_nor_secrets_nor_serde() {
    let names = dependencies("widget");
    assert!(!names.iter().any(|name| name.starts_with("serde")), "{names:?}");
    let manifest = file("widget/Cargo.toml").expect("the widget's manifest").text;
    let referral = manifest.lines().find(|line| line.starts_with("referral")).unwrap_or_default();
    assert!(referral.contains("default-features = false") && !referral.contains("rules"), "{referral}");
    none("the widget names a secret key", &containing(&code("widget/src"), "sk_"));
    let loader = tests::source::files("widget/loader", &[".js"]);
    none("the loader names a secret key", &containing(&loader, "sk_"));
}

#[test]
fn the_page_is_given_texts_and_never_markup() {
    let mut files = code("widget/src");
    files.extend(tests::source::files("widget/loader", &[".js"]));
    for sink in [
        "innerHTML",
        "inner_html",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "srcdoc",
    ] {
        none("a way for markup into the page", &containing(&files, sink));
    }
}
