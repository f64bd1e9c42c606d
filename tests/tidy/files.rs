//! How files are called and how long they are.

use crate::none;
use tests::source::{File, files};
use xtask::workspace;

const CODE: [&str; 6] = [".rs", ".js", ".mjs", ".sql", ".css", ".html"];

fn all() -> Vec<File> {
    let folders = ["referral", "edge", "widget", "tests", "xtask", "www"];
    folders
        .into_iter()
        .flat_map(|folder| files(folder, &CODE))
        .filter(|file| file.path != "www/goodword.js")
        .collect()
}

#[test]
fn files_are_named_by_what_they_hold() {
    let banned = [
        "utils", "util", "helpers", "helper", "common", "manager", "service", "services", "types", "misc",
        "shared", "stuff",
    ];
    let named = |file: &File| {
        let stem = file.name().split('.').next().unwrap_or_default().to_owned();
        let folders = file.path.split('/').map(str::to_owned).rev().skip(1);
        std::iter::once(stem).chain(folders).any(|word| banned.contains(&word.as_str()))
    };
    let places: Vec<String> = all().iter().filter(|file| named(file)).map(|file| file.path.clone()).collect();
    none("a name that says nothing", &places);
}

#[test]
fn no_file_of_code_is_longer_than_four_hundred_lines() {
    // Style sheets and pages are read from top to bottom; what is written by a program is not read at all.
    let read = |file: &&File| {
        file.name().rsplit('.').next().is_some_and(|ending| matches!(ending, "rs" | "js" | "mjs"))
    };
    let long: Vec<String> = all()
        .iter()
        .filter(read)
        .map(|file| (file, lines_before_tests(file)))
        .filter(|(_, lines)| *lines > 400)
        .map(|(file, lines)| format!("{}: {lines}", file.path))
        .collect();
    none("too long", &long);
}

/// Lines up to the unit tests at the end of the file.
fn lines_before_tests(file: &File) -> usize {
    let lines: Vec<&str> = file.text.lines().collect();
    let is_tests = |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod tests");
    lines.windows(2).position(is_tests).unwrap_or(lines.len())
}

#[test]
fn nothing_is_left_for_later() {
    // Written so that this file does not find itself.
    let words = [("TO", "DO"), ("FIX", "ME"), ("HA", "CK")].map(|(start, end)| format!("{start}{end}"));
    let mut places = Vec::new();
    for file in all() {
        for word in &words {
            let found = file
                .text
                .lines()
                .enumerate()
                .filter(|(_, line)| line.split(|c: char| !c.is_alphanumeric()).any(|part| part == word));
            places.extend(found.map(|(at, _)| format!("{}:{}", file.path, at + 1)));
        }
    }
    none("left for later", &places);
}

#[test]
fn tests_have_sentences_for_names() {
    let mut places = Vec::new();
    for file in files(".", &[".rs"]) {
        let mut after_test = false;
        for line in file.text.lines().map(str::trim) {
            if line == "#[test]" {
                after_test = true;
            } else if after_test && let Some(rest) = line.strip_prefix("fn ") {
                after_test = false;
                let name = rest.split('(').next().unwrap_or_default();
                if name.split('_').count() < 3 || name.starts_with("test_") {
                    places.push(format!("{}: {name}", file.path));
                }
            }
        }
    }
    none("not a sentence", &places);
}

#[test]
fn no_file_names_the_machine_it_was_written_on() {
    let here = workspace::root().display().to_string();
    let endings =
        [".rs", ".js", ".mjs", ".json", ".toml", ".md", ".sql", ".html", ".css", ".txt", ".sh", ".yml"];
    let naming: Vec<String> = files(".", &endings)
        .iter()
        .filter(|file| file.text.contains(&here))
        .map(|file| file.path.clone())
        .collect();
    none("names this machine's folders", &naming);
}
