//! The texts of each language, `words/{locale}.txt`: every one has what English has, with the same
//! things to fill in, and the plurals its grammar asks for.

use alloc::string::String;
use alloc::vec::Vec;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Languages, and the plural categories each tells apart (Unicode CLDR 48, cardinal numbers).
const LANGUAGES: [(&str, &[&str]); 10] = [
    ("en", &["one", "other"]),
    ("de", &["one", "other"]),
    ("fr", &["one", "many", "other"]),
    ("es", &["one", "many", "other"]),
    ("pt", &["one", "many", "other"]),
    ("it", &["one", "many", "other"]),
    ("nl", &["one", "other"]),
    ("pl", &["one", "few", "many", "other"]),
    ("ja", &["other"]),
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
];
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// The texts of a language by name.
fn read(language: &str) -> BTreeMap<String, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("words").join(language).with_extension("txt");
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut texts = BTreeMap::new();
    for line in lines {
        let (name, text) = line.split_once('=').unwrap();
        assert!(!text.is_empty(), "{language}: {name} is empty");
        assert!(texts.insert(name.into(), text.into()).is_none(), "{language}: {name} stands there twice");
    }
    texts
}

/// A name without its plural category, if it has one.
fn stem(name: &str) -> Option<&str> {
    let (stem, category) = name.rsplit_once('.')?;
    CATEGORIES.contains(&category).then_some(stem)
}

fn gaps(text: &str) -> Vec<&str> {
    let mut gaps: Vec<&str> = text.match_indices('$').map(|(at, _)| &text[at..at + 2]).collect();
    gaps.sort_unstable();
    gaps.dedup();
    gaps
}

#[test]
fn every_language_says_everything_with_the_plurals_it_has() {
    let english = read("en");
    for (language, categories) in LANGUAGES {
        let texts = read(language);
        let mut wanted = BTreeSet::new();
        for name in english.keys() {
            match stem(name) {
                None => drop(wanted.insert(name.clone())),
                Some(stem) => wanted.extend(categories.iter().map(|category| [stem, ".", category].concat())),
            }
        }
        let there: BTreeSet<String> = texts.keys().cloned().collect();
        let missing: Vec<_> = wanted.difference(&there).collect();
        let strange: Vec<_> = there.difference(&wanted).collect();
        assert!(
            missing.is_empty() && strange.is_empty(),
            "{language}: missing {missing:?}, strange {strange:?}"
        );
    }
}

#[test]
fn every_language_fills_in_the_same() {
    let english = read("en");
    for (language, _) in LANGUAGES {
        for (name, text) in read(language) {
            let model = stem(&name).map_or(name.clone(), |stem| [stem, ".other"].concat());
            // Arabic says "a day" and "two days" without the number.
            let spelled_out = language == "ar" && matches!(name.rsplit_once('.'), Some((_, "one" | "two")));
            if !spelled_out {
                assert_eq!(gaps(&text), gaps(&english[&model]), "{language}: {name}");
            }
        }
    }
}

#[test]
fn every_file_of_texts_is_a_language_named_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("words");
    let mut files: Vec<String> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let mut named: Vec<&str> = LANGUAGES.iter().map(|(language, _)| *language).collect();
    named.sort_unstable();
    assert_eq!(files, named);
}
