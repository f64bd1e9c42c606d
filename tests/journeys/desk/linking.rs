//! Links and assets: a link to any page for any referrer, and the library, as a merchant fills it by forms.

use serde_json::json;
use tests::desk::Desk;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// One pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// A form with a file in it, as a browser sends it.
fn upload(path: &str, fields: &[(&str, &str)], file: &[u8]) -> Request {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    body.extend_from_slice(b"--x\r\ncontent-disposition: form-data; name=\"data\"; filename=\"<b>.png\"\r\ncontent-type: text/html\r\n\r\n");
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    Request::new("POST", path)
        .header("content-type", "multipart/form-data; boundary=x")
        .header("sec-fetch-site", "same-origin")
        .body(body)
}

#[test]
fn a_link_that_was_built_leads_where_it_says() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page("/dashboard/live/links?who=ada&to=%2Fferns%3Fsize%3D2&channel=email");
    let link = format!("{}/ferns?size=2&amp;gwc=email", program.link("ada"));
    let plain = link.replace("&amp;", "&");
    assert!(page.contains(&link.replace("&amp;", "&#38;")), "{page}");
    let (_, target) = plain.split_once("://").expect("a link");
    let target = &target[target.find('/').expect("a path")..];
    let followed = house.call(&Request::get(target).header("user-agent", "Mozilla/5.0 (X11) Firefox/140.0"));
    let location = followed.header("location").unwrap_or_default();
    assert!(
        location.starts_with("https://shop.example/ferns?")
            && location.contains("size=2")
            && location.contains("via=ada"),
        "{location}"
    );
    let id = page
        .split("links/qr.svg?who=")
        .nth(1)
        .and_then(|rest| rest.split("&#38;").next())
        .expect("a picture");
    let picture =
        desk.get(&format!("/dashboard/live/links/qr.svg?who={id}&code=ada&to=%2Fferns&channel=email"));
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/svg+xml")));
    assert!(picture.text().starts_with("<svg "));
    assert_eq!(Desk::new(&house).get(&format!("/dashboard/live/links/qr.svg?who={id}&code=ada")).status, 303);
    let other = Program::open(&house);
    let mut other = Desk::open(&house, other.key("secret_live"));
    assert_eq!(other.get(&format!("/dashboard/live/links/qr.svg?who={id}&code=ada")).status, 404);
    for (query, said) in [
        ("who=nobody-at-all", "Nobody fits."),
        ("who=ada&to=https%3A%2F%2Fevil.example%2F", "Links lead there and nowhere else"),
        ("who=ada&to=%2Fa%2F%2Fb", "A link cannot lead to that address."),
        ("who=ada&to=javascript%3Aalert(1)", "That is no address."),
        ("who=ada&to=%2Fferns%23big", "Leave out the #"),
    ] {
        let page = desk.page(&format!("/dashboard/live/links?{query}"));
        assert!(page.contains(said) && !page.contains("built\""), "{query}: {page}");
    }
    let long = format!("/dashboard/live/links?who=ada&to=%2F{}", "a".repeat(900));
    assert!(!desk.page(&long).contains("qr.svg"), "too long for a picture, and no fault");
}

#[test]
fn a_code_of_the_merchants_choice_is_somebodys_once() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let fields = [("once", "one"), ("name", "Grace"), ("email", "grace@mail.example"), ("code", "grace")];
    let answer = desk.post("/dashboard/live/links/referrers", &fields);
    assert_eq!(answer.header("location"), Some("/dashboard/live/links?who=grace&done=referrer"));
    assert!(desk.page("/dashboard/live/links?who=grace").contains(&program.link("grace")));
    let again = [("once", "two"), ("name", "Other"), ("code", "grace")];
    let answer = desk.post("/dashboard/live/links/referrers", &again);
    assert_eq!(answer.status, 409);
    assert!(
        answer.text().contains("Somebody has this code already") && answer.text().contains("value=\"Other\"")
    );
    let crooked = [("once", "three"), ("code", "a b")];
    assert_eq!(desk.post("/dashboard/live/links/referrers", &crooked).status, 422);
}

#[test]
fn a_merchant_fills_the_library_by_forms_and_empties_it_again() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let path = "/dashboard/live/links/assets";
    let picture = [("once", "p"), ("kind", "picture"), ("title", "A \"fern\""), ("alt", "A fern <in> a pot")];
    assert_eq!(
        desk.send(upload(path, &picture, PNG)).header("location"),
        Some("/dashboard/live/links?done=asset#library")
    );
    desk.send(upload(path, &picture, PNG));
    let text = [
        ("once", "t"),
        ("kind", "text"),
        ("title", "Post"),
        ("text", "Look\r\n at <b>this</b>"),
        ("locale", "de"),
    ];
    assert_eq!(desk.post(path, &text).status, 303);
    let file = [("once", "f"), ("kind", "file"), ("title", "Kit"), ("url", "https://shop.example/kit.pdf")];
    assert_eq!(desk.post(path, &file).status, 303);
    let listed = server.get("/v1/assets").expect(200)["data"].take();
    assert_eq!(listed.as_array().map(Vec::len), Some(3), "a form that is sent twice is carried out once");
    assert_eq!((&listed[1]["text"], &listed[1]["locale"]), (&json!("Look\n at <b>this</b>"), &json!("de")));
    let page = desk.page("/dashboard/live/links");
    for part in [
        "A &#34;fern&#34;",
        "alt=\"A fern &#60;in&#62; a pot\"",
        "https://shop.example/kit.pdf",
        "Look\n at &#60;b&#62;this",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // What is no picture, or no file of theirs, is refused with a reason, and what was typed stays.
    let wrong = [("once", "w"), ("kind", "picture"), ("title", "Kept"), ("alt", "x")];
    let answer = desk.send(upload(path, &wrong, b"<svg onload='alert(1)'/>"));
    assert_eq!(answer.status, 422);
    assert!(
        answer.text().contains("<strong dir=\"auto\">Picture</strong> takes a PNG, JPEG, WebP or GIF")
            && answer.text().contains("value=\"Kept\"")
    );
    let answer = desk.send(upload(path, &wrong, &vec![0xFF; 700_000]));
    assert_eq!(answer.status, 413);
    assert!(answer.text().contains("at most 512 KB"), "{}", answer.text());
    let foreign = [("once", "g"), ("kind", "file"), ("title", "Kit"), ("url", "https://evil.example/")];
    assert_eq!(desk.post(path, &foreign).status, 422);
    // Nobody else's page can send one, and nobody else can retire one.
    let request = upload(path, &picture, PNG).header("sec-fetch-site", "cross-site");
    assert_eq!(desk.clone().send(request).status, 403);
    let id = listed[2]["id"].as_str().expect("an id");
    let other = Program::open(&house);
    let mut other = Desk::open(&house, other.key("secret_live"));
    assert_eq!(other.post(&format!("{path}/{id}"), &[]).status, 404);
    assert_eq!(
        desk.post(&format!("{path}/{id}"), &[]).header("location"),
        Some("/dashboard/live/links?done=retired#library")
    );
    assert!(!desk.page("/dashboard/live/links").contains("A fern &#60;in&#62; a pot"));
}
