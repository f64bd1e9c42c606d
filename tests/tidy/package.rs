//! What can be published to npm, and the pictures of the README and the guide, agree with the clone.

use crate::none;
use serde_json::Value;
use tests::source::{file, files};
use xtask::workspace;

#[test]
fn the_npm_package_has_the_version_of_the_workspace() {
    let manifest = file("widget/npm/package.json").expect("the manifest of the npm package");
    let manifest: Value = serde_json::from_str(&manifest.text).expect("a manifest is JSON");
    assert_eq!(manifest["version"], workspace::VERSION);
    assert_eq!(manifest["license"], "Apache-2.0 OR MIT");
}

#[test]
fn the_guide_names_the_file_that_packing_makes() {
    let chapter = file("www/guide/react/index.html").expect("the chapter about frameworks");
    let packed = format!("./goodword-widget-{}.tgz", workspace::VERSION);
    assert!(chapter.text.contains(&packed), "the chapter does not name {packed}");
}

/// Most bytes of a picture.
const MOST_BYTES: u64 = 120_000;

/// What stands between two marks in a text, each time.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    text.split(from).skip(1).filter_map(|rest| rest.split_once(to)).map(|(inside, _)| inside).collect()
}

#[test]
fn every_picture_is_there_small_and_said_in_words() {
    let mut pictures: Vec<(String, String, String)> = Vec::new();
    let readme = file("README.md").expect("the README");
    for picture in between(&readme.text, "![", ")") {
        let (words, path) = picture.split_once("](").unwrap_or((picture, ""));
        pictures.push(("README.md".to_owned(), words.to_owned(), path.to_owned()));
    }
    let in_readme = pictures.len();
    for page in files("www/guide", &[".html"]) {
        for tag in between(&page.text, "<img ", ">") {
            let of = |name: &str| between(tag, &format!("{name}=\""), "\"").first().copied().unwrap_or("");
            pictures.push((page.path.clone(), of("alt").to_owned(), format!("www{}", of("src"))));
        }
    }
    let wrong = |(page, words, path): &(String, String, String)| {
        let bytes = std::fs::metadata(workspace::at(path)).map_or(0, |meta| meta.len());
        let fine = words.len() > 10 && (1..MOST_BYTES).contains(&bytes);
        (!fine).then(|| format!("{page}: {path}, {bytes} bytes, said as {words:?}"))
    };
    none(
        "a picture that is missing, large or not said",
        &pictures.iter().filter_map(wrong).collect::<Vec<_>>(),
    );
    assert_eq!((in_readme, pictures.len() - in_readme), (5, 13), "five in the README, thirteen in the guide");
}
