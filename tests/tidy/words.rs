//! Every word of the dashboard stands in one place, and every place that names words finds some.

use crate::none;
use std::collections::BTreeSet;
use tests::source::{File, file, files};

fn pages() -> Vec<File> {
    let mut pages = files("edge/src/pages", &[".rs"]);
    pages.extend(files("edge/templates/dashboard", &[".html"]));
    pages.extend(files("edge/templates/portal", &[".html"]));
    pages.extend(["edge/templates/join.html", "edge/src/follow/page.rs"].into_iter().filter_map(file));
    pages
}

fn lines(locale: &str) -> Vec<(String, String)> {
    let text = file(&format!("edge/words/{locale}.txt")).expect("the words of a locale").text;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            line.split_once(" = ").unwrap_or_else(|| panic!("{locale}: not a key and its words: {line}"))
        })
        .map(|(key, words)| (key.to_owned(), words.to_owned()))
        .collect()
}

/// The texts that follow a call of one of these names, with the file they stand in.
fn named(calls: &[&str]) -> Vec<(String, String)> {
    let mut named = Vec::new();
    for page in pages() {
        for call in calls {
            for rest in page.text.split(&format!("{call}(\"")).skip(1) {
                let key = rest.split('"').next().unwrap_or_default();
                named.push((page.path.clone(), key.to_owned()));
            }
        }
    }
    named
}

#[test]
fn every_key_a_page_names_has_words() {
    let keys: BTreeSet<String> = lines("en").into_iter().map(|(key, _)| key).collect();
    let mut missing = Vec::new();
    let found = named(&[".t", ".with", ".with2"]);
    assert!(found.len() > 200, "{}", found.len());
    missing.extend(found.into_iter().filter(|(_, key)| !keys.contains(key)));
    let counted = named(&[".counted"]);
    missing.extend(
        counted.into_iter().filter(|(_, key)| {
            !keys.contains(&format!("{key}.one")) || !keys.contains(&format!("{key}.many"))
        }),
    );
    let groups = named(&[".of", ".known"]);
    missing.extend(
        groups.into_iter().filter(|(_, group)| !keys.iter().any(|key| key.starts_with(&format!("{group}.")))),
    );
    none("no words", &missing.iter().map(|(path, key)| format!("{path}: {key}")).collect::<Vec<_>>());
}

#[test]
fn every_line_of_words_is_said_somewhere_and_only_once_written() {
    let literals: BTreeSet<String> = pages()
        .iter()
        .flat_map(|page| page.text.split('"').map(str::to_owned).collect::<Vec<_>>())
        .filter(|text| !text.is_empty() && text.len() < 60)
        .collect();
    let groups: Vec<String> = literals
        .iter()
        .map(|text| format!("{}.", text.trim_end_matches("{}").trim_end_matches('.')))
        .collect();
    let mut unsaid = Vec::new();
    let mut seen = BTreeSet::new();
    for (key, _) in lines("en") {
        let of_group = || groups.iter().any(|group| key.starts_with(group.as_str()));
        if !literals.contains(&key) && !of_group() {
            unsaid.push(key.clone());
        }
        assert!(seen.insert(key.clone()), "{key} stands twice");
    }
    none("nobody says", &unsaid);
}

/// The locales of the dashboard besides English: every file there is.
fn others() -> Vec<String> {
    let names = files("edge/words", &[".txt"]);
    names
        .iter()
        .map(|file| file.name().trim_end_matches(".txt").to_owned())
        .filter(|tag| tag != "en")
        .collect()
}

/// The places of `words` that are filled in.
fn gaps(words: &str) -> BTreeSet<&str> {
    words
        .match_indices('{')
        .map(|(at, _)| words[at..].split_inclusive('}').next().unwrap_or_default())
        .collect()
}

/// Whether words are of one of something.
fn is_of_one(key: &str) -> bool {
    key.rsplit('.').next() == Some("one")
}

#[test]
fn every_locale_says_everything_in_the_same_order_around_the_same_places() {
    let (all, others) = (lines("en"), others());
    assert_eq!(others, ["de", "es", "fr"]);
    let registered = file("edge/src/pages/words.rs").expect("the locales").text;
    let mut places = Vec::new();
    for tag in others {
        assert!(registered.contains(&format!("/{tag}.txt")), "{tag} is a file that no page reads");
        let own = lines(&tag);
        let keys = |lines: &[(String, String)]| -> Vec<String> {
            lines.iter().map(|(key, _)| key.clone()).collect()
        };
        let (wanted, found) = (keys(&all), keys(&own));
        places
            .extend(wanted.iter().filter(|key| !found.contains(key)).map(|key| format!("{tag} lacks {key}")));
        places.extend(
            found.iter().filter(|key| !wanted.contains(key)).map(|key| format!("{tag} has {key} of its own")),
        );
        if wanted.len() == found.len() {
            let moved = wanted.iter().zip(&found).find(|(wanted, found)| wanted != found);
            places.extend(moved.map(|(wanted, found)| format!("{tag} has {found} in the place of {wanted}")));
        }
        for (key, words) in &own {
            let english = all.iter().find(|(known, _)| known == key).map(|(_, words)| words.as_str());
            let (english, own) = (gaps(english.unwrap_or_default()), gaps(words));
            // One of something may be written as a word or as the number it is.
            let spelled_out = is_of_one(key) && own.is_subset(&BTreeSet::from(["{a}"]));
            if english != own && !spelled_out {
                places.push(format!("{tag} fills in others: {key}"));
            }
        }
    }
    none("not the same as English", &places);
}

#[test]
fn what_the_ledger_says_to_both_sides_has_words_for_both() {
    let keys: BTreeSet<String> = lines("en").into_iter().map(|(key, _)| key).collect();
    let of = |group: &str| -> BTreeSet<String> {
        keys.iter().filter_map(|key| key.strip_prefix(group)?.strip_prefix('.')).map(str::to_owned).collect()
    };
    for group in ["why", "rule"] {
        assert!(of(group).len() > 3, "{group}");
        assert_eq!(of(group), of(&format!("portal.{group}")));
    }
}

#[test]
fn words_are_plain_and_set_as_their_language_sets_them() {
    let mut places = Vec::new();
    for tag in others().into_iter().chain(["en".to_owned()]) {
        for (key, words) in lines(&tag) {
            let typewritten = words.contains(['\'', '"', '<', '>', '&', '\t']) || words.contains("...");
            let spaced = words.contains("  ") || words.trim() != words || words.is_empty();
            let foreign = match tag.as_str() {
                // The space before these is one that no line ends at; nothing is counted in the singular but by its number.
                "fr" => {
                    [" :", " ;", " !", " ?", "« ", " »", "“", "„"].iter().any(|mark| words.contains(mark))
                        || (is_of_one(&key) && !words.contains("{a}"))
                }
                "de" => words.contains(['“', '«', '»']) && !words.contains('„'),
                "es" => {
                    words.contains(['“', '„'])
                        || words.matches('?').count() != words.matches('¿').count()
                        || words.matches('!').count() != words.matches('¡').count()
                }
                _ => false,
            };
            if typewritten || spaced || foreign {
                places.push(format!("{tag}: {key} = {words}"));
            }
        }
    }
    none("not as a printer would set it", &places);
}

#[test]
fn no_page_has_words_of_its_own() {
    // What is left of a template without its tags and expressions is punctuation, names of things and the path /join/.
    let allowed = ["Goodword", "SEPA", "Wise", "PayPal", "join"];
    let mut places = Vec::new();
    for page in pages().into_iter().filter(|page| page.path.starts_with("edge/templates/")) {
        let mut rest = page.text.as_str();
        let mut plain = String::new();
        while let Some(start) = rest.find(['<', '{']) {
            plain.push_str(&rest[..start]);
            let tail = &rest[start..];
            let end = match tail.as_bytes() {
                [b'<', ..] => skip_tag(tail),
                [b'{', b'{', ..] => tail.find("}}").map(|at| at + 2),
                [b'{', b'%', ..] => tail.find("%}").map(|at| at + 2),
                _ => Some(1),
            };
            plain.push(' ');
            rest = &tail[end.unwrap_or(tail.len())..];
        }
        plain.push_str(rest);
        let words = plain
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.chars().count() > 1 && !allowed.contains(word));
        places.extend(words.map(|word| format!("{}: {word}", page.path)));
    }
    none("words in a template", &places);
}

/// The end of a tag, whose attributes may hold expressions with `>` in them.
fn skip_tag(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let next = rest.find(['>', '{'])?;
        let place = &rest[next..];
        if place.starts_with('>') {
            return Some(at + next + 1);
        }
        let end = if place.starts_with("{{") {
            place.find("}}")? + 2
        } else if place.starts_with("{%") {
            place.find("%}")? + 2
        } else {
            1
        };
        at += next + end;
    }
}
