//! Hostile links: whatever stands in path, code, query and host, the visitor ends at the program's own shop or at a
//! page of ours, and no header is ours that we did not write.

use crate::alone;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use tests::chance::now_ms;
use tests::corpus::{self, Form};
use tests::forge;
use tests::house::House;
use tests::http::{Answer, Connection, Request};
use tests::program::{Program, fresh_slug, usual};
use tests::visitor::FIREFOX;
use url::Url;

/// Every header a redirect may have.
const HEADERS: [&str; 7] = [
    "location",
    "cache-control",
    "referrer-policy",
    "set-cookie",
    "content-length",
    "transfer-encoding",
    "date",
];

/// Sends bytes as they are; `None` where the runtime closed the connection instead of answering.
fn raw(house: &House, target: &str, host: &str, more: &[(&str, &str)]) -> Option<Answer> {
    let mut connection = Connection::open(house.port).expect("the edge listens");
    let mut request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {FIREFOX}\r\n");
    for (name, value) in more {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    request.push_str("Connection: close\r\n\r\n");
    connection.send(request.as_bytes()).ok()?;
    connection.receive("GET").ok()
}

/// A program and what must be true of every redirect of it.
struct Target {
    program: Program,
    origin: String,
}

impl Target {
    /// Whether a form landed on the shop; what is wrong with the answer, where something is.
    fn judge(&self, answer: Option<Answer>, code: Option<&str>) -> Result<bool, String> {
        let Some(answer) = answer else { return Ok(false) };
        let must = |holds: bool, wrong: &dyn Fn() -> String| if holds { Ok(()) } else { Err(wrong()) };
        if answer.status != 302 {
            // The runtime's own bare 500 is for what it cannot read as a request, such as an absolute target.
            let bare = answer.status == 500 && answer.text() == "Internal Server Error";
            must(bare || matches!(answer.status, 400 | 404 | 414 | 431), &|| format!("{answer:?}"))?;
            must(answer.header("location").is_none(), &|| "a page leads on".to_owned())?;
            must(answer.header("set-cookie").is_none(), &|| "a page sets a cookie".to_owned())?;
            must(!answer.text().contains("evil"), &|| format!("repeated on the page: {}", answer.text()))?;
            return Ok(false);
        }
        let names: BTreeSet<&str> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
        must(names.iter().all(|name| HEADERS.contains(name)), &|| format!("added a header: {names:?}"))?;
        must(names.len() == answer.headers.len(), &|| format!("doubled a header: {:?}", answer.headers))?;
        let location = answer.header("location").unwrap_or_default();
        must(location.bytes().all(|byte| byte.is_ascii_graphic()), &|| format!("{location:?}"))?;
        must(location.starts_with(&format!("{}/", self.origin)), &|| format!("leads to {location}"))?;
        // A second opinion, as a browser on the link's own page reads it.
        let base = Url::parse(&format!("{}/r/x/y", self.program.house.origin())).expect("an address of ours");
        let address = base.join(location).map_err(|error| error.to_string())?;
        must(address.origin().ascii_serialization() == self.origin, &|| format!("leads to {address}"))?;
        let anonymous = address.username().is_empty() && address.password().is_none();
        must(anonymous && address.fragment().is_none(), &|| format!("leads to {address}"))?;
        let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
        let all = |name: &str| {
            let of_name = pairs.iter().filter(|(known, _)| known == name);
            of_name.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
        };
        must(all("via").len() <= 1 && all("gw_click").len() <= 1, &|| format!("twice: {location}"))?;
        must(code.is_none_or(|code| all("via") == [code]), &|| format!("another code: {location}"))?;
        let keys = forge::keys(&self.program.house, self.program.uid());
        for click in all("gw_click") {
            let click = keys.verify(click, now_ms() / 1000).map_err(|error| error.to_string())?;
            must(all("via") == [click.code.as_str()], &|| format!("another's click: {location}"))?;
        }
        Ok(true)
    }

    #[track_caller]
    fn check(&self, form: &str, answer: Option<Answer>, code: Option<&str>) -> bool {
        self.judge(answer, code).unwrap_or_else(|wrong| panic!("{form:?}: {wrong}"))
    }
}

fn targets(house: &Arc<House>) -> Vec<Target> {
    let open = |destination: &str, origin: &str| {
        let program = Program::open_with(house, &json!({"destination": destination}));
        program.referrer("ada");
        Target { program, origin: origin.to_owned() }
    };
    vec![
        open("https://shop.example/welcome?utm_source=goodword", "https://shop.example"),
        open("http://localhost:8788/", "http://localhost:8788"),
    ]
}

fn forms(place: &str) -> Vec<Form> {
    corpus::redirects().into_iter().filter(|form| form.place == place).collect()
}

#[test]
fn no_form_of_a_link_leads_away_from_the_shop_or_adds_a_header() {
    let _alone = alone();
    let house = House::start(|options| options);
    let targets = targets(&house);
    let (mut count, mut landed) = (0, 0);
    for target in &targets {
        let (slug, host) = (&target.program.slug, format!("localhost:{}", house.port));
        let mut check = |form: &Form, answer: Option<Answer>, code: Option<&str>| {
            count += 1;
            landed += usize::from(target.check(&form.text, answer, code));
        };
        for form in forms("path") {
            let link = format!("/r/{slug}/ada{}", form.text);
            // `/ada/../x` is `/x` to the runtime and to every browser: then there is no code to credit.
            let climbs = form.text.contains("..") || form.text.to_ascii_lowercase().contains("%2e");
            let code = (form.text.starts_with('/') && !climbs).then_some("ada");
            check(&form, raw(&house, &link, &host, &[]), code);
        }
        for form in forms("query") {
            check(&form, raw(&house, &format!("/r/{slug}/ada?{}", form.text), &host, &[]), Some("ada"));
            check(
                &form,
                raw(&house, &format!("/r/{slug}/ada/deep/page?x=1&{}", form.text), &host, &[]),
                Some("ada"),
            );
        }
        for form in forms("code") {
            check(&form, raw(&house, &format!("/r/{slug}/{}", form.text), &host, &[]), None);
            check(&form, raw(&house, &format!("/r/{slug}/{}/deep", form.text), &host, &[]), None);
        }
        for form in forms("host") {
            let link = format!("/r/{slug}/ada/deep");
            check(&form, raw(&house, &link, &form.text, &[]), Some("ada"));
            for header in [
                "X-Forwarded-Host",
                "X-Host",
                "X-Forwarded-Server",
                "X-HTTP-Host-Override",
                "X-Original-URL",
                "Forwarded",
            ] {
                let value =
                    if header == "Forwarded" { format!("host={}", form.text) } else { form.text.clone() };
                check(&form, raw(&house, &link, &host, &[(header, &value)]), Some("ada"));
            }
            check(&form, raw(&house, &format!("http://{}{link}", form.text), &host, &[]), Some("ada"));
        }
    }
    println!(
        "redirects: {count} hostile links of {} forms, {landed} landed on the shop, the others nowhere",
        corpus::redirects().len()
    );
    assert!(count >= 150 && landed > count / 3, "most of them land: {landed} of {count}");
    assert!(house.is_alive());
}

#[test]
fn a_program_cannot_be_opened_or_moved_to_a_hostile_destination() {
    let _alone = alone();
    let house = House::start(|options| options);
    let program = Program::open(&house);
    for form in forms("destination") {
        let mut body: Value = usual(&fresh_slug());
        body["destination"] = form.text.clone().into();
        let answer = house.call(&Request::post("/v1/programs", &body).key(&house.admin_key));
        assert_eq!(
            answer.problem(422),
            "validation_failed",
            "line {}: {:?} {}",
            form.line,
            form.text,
            answer.text()
        );
        assert_eq!(answer.json()["errors"][0]["field"], "destination");
        let answer = program.server().patch("/v1/program", &json!({"destination": form.text}));
        assert_eq!(answer.status, 422, "line {}: {:?} {}", form.line, form.text, answer.text());
    }
    assert_eq!(
        program.server().get("/v1/program").expect(200)["destination"],
        "https://shop.example/welcome"
    );
}

#[test]
fn the_check_of_a_redirect_notices_where_it_should_not_lead() {
    let _alone = alone();
    let house = House::start(|options| options);
    let target = targets(&house).remove(0);
    let redirect = |locations: &[&str], more: &[(&str, &str)]| {
        let pairs = locations.iter().map(|location| ("location", *location)).chain(more.iter().copied());
        let headers = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Some(Answer { status: 302, headers, body: Vec::new() })
    };
    assert!(target.check("good", redirect(&["https://shop.example/?via=ada"], &[]), Some("ada")));
    let good = "https://shop.example/";
    for bad in [
        redirect(&["https://evil.example/"], &[]),
        redirect(&["https://shop.example.evil.example/"], &[]),
        redirect(&["https://shop.example@evil.example/"], &[]),
        redirect(&["//evil.example/"], &[]),
        redirect(&["http://shop.example/"], &[]),
        redirect(&["https://shop.example/ x"], &[]),
        redirect(&["https://shop.example/#x"], &[]),
        redirect(&["https://shop.example/?via=a&via=b"], &[]),
        redirect(&["https://shop.example/?via=ada&gw_click=gwc_forged"], &[]),
        redirect(&[good, good], &[]),
        redirect(&[good], &[("x-injected", "1")]),
        redirect(&[good], &[("set-cookie", "a=b"), ("set-cookie", "c=d")]),
        redirect(&[], &[]),
    ] {
        let told = format!("{bad:?}");
        assert!(target.judge(bad, None).is_err(), "nobody noticed {told}");
    }
}
