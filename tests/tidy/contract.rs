//! What others depend on is written down: every route of the edge stands in the published description.

use referral::input::LONGEST_NAME;
use serde_json::Value;
use std::collections::BTreeSet;
use tests::source::file;

/// Method and path, parameters as `{}`.
pub(crate) type Route = (String, String);

/// The routes of `Call::parse`, read from its match arms.
pub(crate) fn routes() -> BTreeSet<Route> {
    let source = file("edge/src/route.rs").expect("the routes").text;
    let mut routes = BTreeSet::new();
    for line in
        source.lines().map(str::trim).filter(|line| line.starts_with("([") && line.contains("=> Self::"))
    {
        let (segments, rest) = line[2..].split_once(']').expect("a list of segments");
        let method = rest.split('"').nth(1).expect("a method");
        let mut paths = vec!["/v1".to_owned()];
        for segment in segments.split(',').map(str::trim) {
            let words: Vec<String> = if segment.starts_with('"') {
                segment.split('|').map(|word| word.trim().trim_matches('"').to_owned()).collect()
            } else {
                vec!["{}".to_owned()]
            };
            paths = paths
                .iter()
                .flat_map(|path| words.iter().map(move |word| format!("{path}/{word}")))
                .collect();
        }
        routes.extend(paths.into_iter().map(|path| (method.to_owned(), path)));
    }
    assert!(routes.len() > 15, "{routes:?}");
    let beside = [("POST", "/v1/programs"), ("GET", "/healthz")];
    routes.extend(beside.map(|(method, path)| (method.to_owned(), path.to_owned())));
    routes
}

fn described() -> BTreeSet<Route> {
    let text = file("www/openapi.json").expect("www/openapi.json describes the API").text;
    let document: Value = serde_json::from_str(&text).expect("the description is JSON");
    let mut routes = BTreeSet::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let path = path
            .split('/')
            .map(|part| if part.starts_with('{') { "{}" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        for method in item.as_object().into_iter().flatten().map(|(method, _)| method.to_ascii_uppercase()) {
            if matches!(method.as_str(), "GET" | "POST" | "PATCH" | "DELETE" | "PUT") {
                routes.insert((method, path.clone()));
            }
        }
    }
    routes
}

#[test]
fn every_route_of_the_edge_is_described() {
    let described = described();
    let missing: Vec<Route> = routes().difference(&described).cloned().collect();
    assert!(missing.is_empty(), "not in www/openapi.json: {missing:?}");
}

#[test]
fn every_call_that_remembers_an_idempotency_key_says_so() {
    let text = file("www/openapi.json").expect("www/openapi.json describes the API").text;
    let document: Value = serde_json::from_str(&text).expect("the description is JSON");
    let says = |path: &str, method: &str| {
        let parameters = document["paths"][path][method]["parameters"].as_array();
        parameters.into_iter().flatten().any(|one| one["$ref"] == "#/components/parameters/IdempotencyKey")
    };
    let source = file("edge/src/route.rs").expect("the routes").text;
    let writes = source.split("fn writes(").nth(1).expect("which calls are commands").replace("(_)", "");
    let commands: BTreeSet<&str> = writes
        .split("Self::")
        .skip(1)
        .map(|word| word.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default())
        .collect();
    assert!(commands.len() > 8, "{commands:?}");
    let mut silent = Vec::new();
    for line in
        source.lines().map(str::trim).filter(|line| line.starts_with("([") && line.contains("=> Self::"))
    {
        let (pattern, command) = line.split_once("=> Self::").expect("a match arm");
        if !commands.contains(command.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()) {
            continue;
        }
        let (segments, rest) = pattern[2..].split_once(']').expect("a list of segments");
        let method = rest.split('"').nth(1).expect("a method").to_ascii_lowercase();
        let segment = |word: &str| {
            if word.starts_with('"') { word.trim_matches('"').to_owned() } else { "{id}".to_owned() }
        };
        let path: Vec<String> = segments.split(',').map(|word| segment(word.trim())).collect();
        let path = format!("/v1/{}", path.join("/"));
        if !says(&path, &method) {
            silent.push(format!("{method} {path}"));
        }
    }
    assert!(silent.is_empty(), "not said in www/openapi.json: {silent:?}");
}

#[test]
fn every_described_route_is_answered() {
    let routes = routes();
    let invented: Vec<Route> = described()
        .into_iter()
        .filter(|(_, path)| path.starts_with("/v1/"))
        .filter(|route| !routes.contains(route))
        .collect();
    assert!(invented.is_empty(), "in www/openapi.json and nowhere else: {invented:?}");
}

#[test]
fn a_name_may_be_as_long_wherever_one_is_told() {
    let text = file("www/openapi.json").expect("www/openapi.json describes the API").text;
    let document: Value = serde_json::from_str(&text).expect("the description is JSON");
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let people = schemas.iter().filter(|(_, schema)| schema["properties"]["email"].is_object());
    let longest = |schema: &Value| schema["properties"]["name"]["maxLength"].as_u64();
    let told: Vec<(&String, u64)> =
        people.filter_map(|(named, schema)| Some((named, longest(schema)?))).collect();
    let same = told.iter().all(|(_, longest)| usize::try_from(*longest) == Ok(LONGEST_NAME));
    assert!(told.len() > 3 && same, "{told:?}");
    let panel = file("widget/loader/unfolded.js").expect("the panel's form").text;
    let field =
        panel.lines().find(|line| line.trim_start().starts_with("input name=name ")).expect("a field");
    assert!(field.ends_with(&format!(" maxlength={LONGEST_NAME}")), "{field}");
}
