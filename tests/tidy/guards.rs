//! Every page is held against those who may not see it: a page that [`journeys::desk::guarding`] does not open, or a form it
//! does not send, is red, so that none can be forgotten.

use crate::none;
use std::collections::BTreeSet;
use tests::source::file;

/// A row of a table of paths: the method, and the path with `{}` for what is filled in.
fn rows(table: &str) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for row in table.split("(\"").skip(1) {
        let Some((method, rest)) = row.split_once("\", [") else { continue };
        let Some((segments, _)) = rest.split_once(']') else { continue };
        let segment = |segment: &str| match segment.trim() {
            name if name.starts_with('"') => name.trim_matches('"').to_owned(),
            _ => "{}".to_owned(),
        };
        let path: Vec<String> =
            segments.split(',').filter(|part| !part.trim().is_empty()).map(segment).collect();
        rows.push((method.to_owned(), path.join("/")));
    }
    rows
}

/// What stands between two lines of a file.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("{from} is not there")).1;
    rest.split_once(to).map_or(rest, |(part, _)| part)
}

/// The paths that stand as texts in a part of the journey: every id in them is `{}`.
fn texts(part: &str) -> BTreeSet<String> {
    let plain =
        |segment: &str| if segment.contains(['_', '{']) { "{}".to_owned() } else { segment.to_owned() };
    let path = |text: &str| text.split('/').map(plain).collect::<Vec<_>>().join("/");
    part.split('"').skip(1).step_by(2).map(path).collect()
}

#[test]
fn every_page_and_every_form_stands_in_the_journey_that_guards_them() {
    let routes = file("edge/src/pages/route.rs").expect("the routes").text;
    let guarding = file("tests/journeys/desk/guarding.rs").expect("the guards").text;
    let inside = rows(between(&routes, "impl View {", "\n}\n"));
    assert!(inside.len() > 20, "{inside:?}");
    let pages = texts(between(&guarding, "fn pages(", "\n}\n"));
    let forms = texts(between(&guarding, "fn forms(", "\n}\n"));
    let outside = texts(between(&guarding, "const OUTSIDE_PAGES", ";\n"));
    let outside_forms = texts(between(&guarding, "const OUTSIDE_FORMS", ";\n"));
    let mut missing = Vec::new();
    let mut look = |method: &str, path: String| {
        let known = match (method, path.starts_with('/')) {
            ("GET", false) => &pages,
            ("GET", true) => &outside,
            (_, false) => &forms,
            (_, true) => &outside_forms,
        };
        // A part of a file's name may be filled in.
        let fits = |known: &String| {
            let (one, other): (Vec<_>, Vec<_>) = (known.split('/').collect(), path.split('/').collect());
            one.len() == other.len()
                && one.iter().zip(&other).all(|(one, other)| one == other || *other == "{}")
        };
        if !known.iter().any(fits) {
            missing.push(format!("{method} {path}"));
        }
    };
    for (method, path) in &inside {
        look(method, path.clone());
    }
    let page = between(&routes, "impl Page {", "\n}\n");
    for (method, path) in rows(page).into_iter().filter(|(_, path)| !path.is_empty()) {
        look(&method, format!("/dashboard/{path}"));
    }
    none("pages nobody guards", &missing);
}
