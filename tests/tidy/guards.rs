//! Every page, form and call is held against those who may not see it: one that [`journeys::desk::guarding`],
//! [`journeys::portal::guarding`] or [`journeys::routes`] leaves out is red, so that none can be forgotten.

use crate::{contract, none};
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

/// A path with `{}` for every id in it, and without what is asked for.
fn plain(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let is_id = |segment: &str| segment.contains('{') || segment.contains("_0000");
    let segments = path.split('/').map(|segment| if is_id(segment) { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// The texts in a part of a file.
fn texts(part: &str) -> impl Iterator<Item = &str> {
    part.split('"').skip(1).step_by(2)
}

/// The paths that stand as texts there.
fn paths(part: &str) -> BTreeSet<String> {
    texts(part).map(plain).collect()
}

/// Routes of a table that stand in no row of a matrix. What is filled in may be an id or, where no other route has that
/// path, a name.
fn unguarded(table: &[(String, String)], guarded: &BTreeSet<(String, String)>) -> Vec<String> {
    let guards = |(method, path): &(String, String), row: &(String, String)| {
        let (known, parts): (Vec<_>, Vec<_>) = (row.1.split('/').collect(), path.split('/').collect());
        let fits = known.len() == parts.len()
            && known.iter().zip(&parts).all(|(known, part)| known == part || *part == "{}");
        row.0 == *method && fits && (row.1 == *path || !table.contains(row))
    };
    let missing = table.iter().filter(|route| !guarded.iter().any(|row| guards(route, row)));
    missing.map(|(method, path)| format!("{method} {path}")).collect()
}

/// Pages are read and forms are sent.
fn matrix(pages: BTreeSet<String>, forms: BTreeSet<String>) -> BTreeSet<(String, String)> {
    let of = |method: &'static str| move |path| (method.to_owned(), path);
    pages.into_iter().map(of("GET")).chain(forms.into_iter().map(of("POST"))).collect()
}

#[test]
fn every_page_and_every_form_stands_in_the_journey_that_guards_them() {
    let routes = file("edge/src/pages/route.rs").expect("the routes").text;
    let guarding = file("tests/journeys/desk/guarding.rs").expect("the guards").text;
    let inside = rows(between(&routes, "impl View {", "\n}\n"));
    assert!(inside.len() > 60, "{inside:?}");
    let pages = paths(between(&guarding, "fn pages(", "\n}\n"));
    let forms = paths(between(&guarding, "fn forms(", "\n}\n"));
    none("pages of a program nobody guards", &unguarded(&inside, &matrix(pages, forms)));
    let outside = rows(between(&routes, "impl Page {", "\n}\n"));
    let outside: Vec<_> = outside
        .into_iter()
        .filter(|(_, path)| !path.is_empty())
        .map(|(method, path)| (method, format!("/dashboard/{path}")))
        .collect();
    let pages = paths(between(&guarding, "const OUTSIDE_PAGES", ";\n"));
    let forms = paths(between(&guarding, "const OUTSIDE_FORMS", ";\n"));
    none("pages of no program nobody guards", &unguarded(&outside, &matrix(pages, forms)));
}

#[test]
fn every_page_and_every_form_of_a_referrer_stands_in_the_journey_that_guards_them() {
    let routes = file("edge/src/pages/portal/route.rs").expect("the routes").text;
    let guarding = file("tests/journeys/portal/guarding.rs").expect("the guards").text;
    let table: Vec<_> = rows(between(&routes, "impl Page {", "\n}\n"))
        .into_iter()
        .map(|(method, path)| (method, format!("/{path}")))
        .collect();
    assert!(table.len() > 25, "{table:?}");
    // The first page stands there as the end of an address, with nothing in it.
    let of = |inside: &str, outside: &str| {
        let mut all = paths(between(&guarding, inside, "\n}\n"));
        all.extend(paths(between(&guarding, outside, ";\n")));
        all.into_iter().map(|path| if path.is_empty() { "/".to_owned() } else { path }).collect()
    };
    let guarded = matrix(of("fn pages(", "const OUTSIDE_PAGES"), of("fn forms(", "const OUTSIDE_FORMS"));
    none("pages of a referrer nobody guards", &unguarded(&table, &guarded));
}

/// The names of the files of short tables, in both formats; `enumerated` is where their words stand.
fn short_files(enumerated: &str) -> Vec<String> {
    let text = file(enumerated).expect("the short tables").text;
    let words: Vec<&str> = texts(between(&text, "const fn word(self)", "\n    }\n")).collect();
    assert!(words.len() >= 3, "{words:?}");
    words.iter().flat_map(|word| ["csv", "json"].map(|format| format!("{word}.{format}"))).collect()
}

#[test]
fn every_short_table_stands_in_both_formats_in_the_journey_that_guards_it() {
    for (enumerated, guards, before) in [
        ("edge/src/pages/dashboard/short.rs", "tests/journeys/desk/guarding.rs", ""),
        ("edge/src/pages/portal/file.rs", "tests/journeys/portal/guarding.rs", "/"),
    ] {
        let guarding = file(guards).expect("the guards").text;
        let guarded = paths(between(&guarding, "fn pages(", "\n}\n"));
        let all = short_files(enumerated).into_iter().map(|name| format!("{before}{name}"));
        let missing: Vec<String> = all.filter(|path| !guarded.contains(path)).collect();
        none("files of short tables nobody guards", &missing);
    }
}

#[test]
fn every_call_of_the_api_stands_in_the_journey_of_wrong_keys() {
    let journey = file("tests/journeys/routes.rs").expect("the calls").text;
    let words: Vec<&str> = texts(&journey).collect();
    let is_method = |word: &str| matches!(word, "GET" | "POST" | "PATCH" | "DELETE");
    let guarded = words
        .windows(2)
        .filter(|pair| is_method(pair[0]) && pair[1].starts_with("/v1/"))
        .map(|pair| (pair[0].to_owned(), plain(pair[1])))
        .collect();
    // What is no call of a program's: looked at by itself in `tenancy.rs`, and open to everybody.
    let beside = ["/v1/programs", "/healthz"];
    let table: Vec<_> =
        contract::routes().into_iter().filter(|(_, path)| !beside.contains(&path.as_str())).collect();
    assert!(table.len() > 80, "{table:?}");
    none("calls nobody tries with a wrong key", &unguarded(&table, &guarded));
}
