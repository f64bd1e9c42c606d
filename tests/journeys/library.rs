//! The library of assets: what is taken, who is shown it, how pictures are served, and that retiring is for good.

use serde_json::{Value, json};
use tests::house::{House, extent};
use tests::http::Request;
use tests::program::Program;

/// A picture of one pixel, as the smallest of each kind goes, in base64.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn picture(title: &str) -> Value {
    json!({"kind": "picture", "title": title, "alt": "A fern", "data": PNG})
}

/// The part of an address after the host.
fn path(asset: &Value) -> String {
    let url = asset["url"].as_str().expect("an address");
    let (_, rest) = url.split_once("://").expect("an address");
    rest[rest.find('/').expect("a path")..].to_owned()
}

#[test]
fn a_picture_is_served_to_everybody_as_nothing_but_a_picture_until_it_is_retired() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let first = server.post("/v1/assets", &picture("One")).expect(201);
    let second = server.post("/v1/assets", &picture("Two")).expect(201);
    assert_eq!(
        (&first["media_type"], &first["bytes"], &first["alt"]),
        (&json!("image/png"), &json!(70), &json!("A fern"))
    );
    assert_eq!(first["url"], second["url"], "one picture, kept once");
    let path = path(&first);
    let answer = house.call(&Request::get(&path));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/png")));
    assert_eq!((answer.body.len(), &answer.body[..4]), (70, &b"\x89PNG"[..]));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let head = house.call(&Request::new("HEAD", &path));
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(house.call(&Request::new("POST", &path).body("x")).status, 405);
    for other in [
        path.replace(".png", ".html"),
        path.replace(".png", ".svg"),
        path.replace(".png", ".png/x"),
        path.replace("/live/", "/test/"),
        path.replace("/live/", "/other/"),
        path.replace(program.uid(), Program::open(&house).uid()),
        path.replace(program.uid(), "0000000000000000"),
        "/a/".to_owned(),
        "/a/%2e%2e/live/x.png".to_owned(),
    ] {
        assert_eq!(house.call(&Request::get(&other)).status, 404, "{other}");
    }
    let retire =
        |asset: &Value| server.delete(&format!("/v1/assets/{}", asset["id"].as_str().expect("an id")));
    assert!(retire(&first).expect(200)["retired_at"].is_string());
    assert_eq!(house.call(&Request::get(&path)).status, 200, "another asset shows it");
    let retired = retire(&second).expect(200);
    assert_eq!(retire(&second).expect(200)["retired_at"], retired["retired_at"], "once");
    assert_eq!(house.call(&Request::get(&path)).status, 404, "gone from its address");
    assert_eq!(server.get("/v1/assets").expect(200)["data"], json!([]));
    server.delete("/v1/assets/ast_0000000000000000").problem(404);
}

#[test]
fn a_referrer_is_shown_what_is_for_everybody_and_for_their_group() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let group = server.post("/v1/groups", &json!({"name": "Partners", "terms": {"rewards": []}})).expect(201);
    let (ada, bea) = (program.referrer("ada"), program.referrer("bea"));
    let id = |body: &Value| body["id"].as_str().unwrap_or_default().to_owned();
    let route = format!("/v1/referrers/{}/group", id(&ada));
    server.post(&route, &json!({"group_id": group["id"]})).expect(201);
    let text = |title: &str, group: Value| json!({"kind": "text", "title": title, "text": "Look", "group_id": group});
    server.post("/v1/assets", &text("All", Value::Null)).expect(201);
    server.post("/v1/assets", &text("Partners", group["id"].clone())).expect(201);
    let shown = |who: &str| {
        let listed = server.get(&format!("/v1/assets?referrer_id={who}")).expect(200);
        let titles = listed["data"].as_array().into_iter().flatten().map(|one| one["title"].clone());
        titles.collect::<Value>()
    };
    assert_eq!(shown(&id(&ada)), json!(["Partners", "All"]));
    assert_eq!(shown(&id(&bea)), json!(["All"]));
    server.get("/v1/assets?referrer_id=rfr_0000000000000000").problem(404);
    server.get("/v1/assets?limit=1").problem(422);
    server.post("/v1/assets", &text("Nobody", json!("grp_0000000000000000"))).problem(422);
    program.page().get("/v1/assets").problem(403);
}

#[test]
fn only_pictures_and_own_files_are_taken_and_never_too_many() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let base64 = |bytes: &[u8]| {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for three in bytes.chunks(3) {
            let number = three.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte))
                << (8 * (3 - three.len()));
            for at in 0..4 {
                let digit = DIGITS[number >> (18 - 6 * at) & 63];
                text.push(if at > three.len() { '=' } else { char::from(digit) });
            }
        }
        text
    };
    for (data, code) in [
        (base64(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), "not_a_picture"),
        (base64(b"<!doctype html><script>alert(1)</script>"), "not_a_picture"),
        (base64(b"GIF8;<script>"), "not_a_picture"),
        ("not base64".to_owned(), "not_base64"),
    ] {
        let mut body = picture("x");
        body["data"] = json!(data);
        assert_eq!(server.post("/v1/assets", &body).expect(422)["errors"][0]["code"], code);
    }
    // The largest there may be goes in and comes out; one byte more does not.
    let mut large = vec![0xFF_u8; 512 * 1024];
    large[..3].copy_from_slice(b"\xff\xd8\xff");
    let mut body = picture("Large");
    body["data"] = json!(base64(&large));
    let asset = server.post("/v1/assets", &body).expect(201);
    assert_eq!(house.call(&Request::get(&path(&asset))).body, large);
    large.push(0);
    body["data"] = json!(base64(&large));
    assert_eq!(server.post("/v1/assets", &body).expect(422)["errors"][0]["code"], "too_long");
    body["data"] = json!("A".repeat(800_000));
    server.post("/v1/assets", &body).problem(413);
    let file = |url: &str| json!({"kind": "file", "title": "Kit", "url": url});
    server.post("/v1/assets", &file("https://shop.example/kit.pdf")).expect(201);
    for url in ["https://evil.example/kit.pdf", "http://shop.example/kit.pdf", "javascript:alert(1)"] {
        assert_eq!(server.post("/v1/assets", &file(url)).expect(422)["errors"][0]["code"], "not_your_host");
    }
    for number in 0..99 {
        server.post("/v1/assets", &picture(&format!("{number}"))).expect(201);
    }
    assert_eq!(server.post("/v1/assets", &picture("One too many")).problem(409), "assets_full");
    server.post("/v1/assets", &json!({"kind": "text", "title": "x", "text": "x"})).expect(201);
}

#[test]
fn asking_for_pictures_nobody_has_costs_nothing() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let before = extent(&house.storage()).0;
    for uid in ["0000000000000000", "nobody", program.uid()] {
        let path = format!("/a/{uid}/live/{}.png", "0".repeat(64));
        assert_eq!(house.call(&Request::get(&path)).status, 404, "{path}");
    }
    assert_eq!(extent(&house.storage()).0, before, "no object was opened");
}
