//! The guide's pages are files as they are served; what is around their articles is the same in all of them.

use crate::none;
use tests::source::{File, file, files};

/// Where the build puts its page, and what it makes it from.
const BUILT: (&str, &str) = ("www/guide/versions/index.html", "xtask/templates/versions.html");

fn pages() -> Vec<File> {
    let (built, template) = BUILT;
    let mut pages: Vec<File> =
        files("www/guide", &["index.html"]).into_iter().filter(|page| page.path != built).collect();
    let text = file(template).expect("the template").text;
    pages.push(File { path: built.to_owned(), text });
    assert!(pages.len() > 10, "{} pages", pages.len());
    pages
}

/// The address of a page.
fn address(page: &File) -> String {
    format!("/{}", page.path.trim_start_matches("www/").trim_end_matches("index.html"))
}

/// What is around the article, without what is a page's own: title, description, and where one is.
fn frame(page: &File) -> String {
    let (before, rest) = page.text.split_once("<article>").unwrap_or_default();
    let (_, after) = rest.split_once("</article>").unwrap_or_default();
    let own = |line: &&str| !line.starts_with("<title>") && !line.starts_with("<meta name=\"description\"");
    let before: Vec<&str> = before.lines().filter(own).collect();
    format!("{}\n{after}", before.join("\n"))
        .replace(" aria-current=\"page\"", "")
        .replace(" aria-current=\"true\"", "")
}

#[test]
fn every_page_of_the_guide_has_the_same_frame_and_stands_in_its_contents() {
    let pages = pages();
    let first = pages.iter().find(|page| address(page) == "/guide/").expect("the first page");
    let wanted = frame(first);
    let mut wrong = Vec::new();
    for page in &pages {
        let frame = frame(page);
        if let Some((line, _)) = frame.lines().zip(wanted.lines()).find(|(own, other)| own != other) {
            wrong.push(format!("{}: not as in {}: {line}", page.path, first.path));
        } else if frame != wanted {
            wrong.push(format!("{}: its frame is shorter or longer than that of {}", page.path, first.path));
        }
        let here = format!("<a href=\"{}\" aria-current=\"page\">", address(page));
        if page.text.matches(&here).count() != 1 {
            wrong.push(format!("{}: the contents do not say that one is here", page.path));
        }
    }
    none("a frame of its own", &wrong);
}

#[test]
fn every_page_of_the_guide_has_a_title_and_a_description_of_its_own() {
    let mut wrong = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for page in pages() {
        for start in ["<title>", "<meta name=\"description\" content=\""] {
            match page.text.lines().find(|line| line.starts_with(start)) {
                Some(line) if seen.insert(line.to_owned()) => {}
                Some(line) => wrong.push(format!("{}: {line} is another page's too", page.path)),
                None => wrong.push(format!("{}: no {start}", page.path)),
            }
        }
    }
    none("no words of its own", &wrong);
}
