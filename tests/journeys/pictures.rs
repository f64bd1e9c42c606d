//! Links as pictures: what the code says, which links have one, and that asking costs nothing.

use std::io::Write as _;
use std::process::Stdio;
use tests::house::{House, extent};
use tests::http::Request;
use tests::program::Program;
use tests::token::secret;
use xtask::{children, workspace};

/// What an independent decoder reads in an SVG of ours.
fn decoded(svg: &[u8]) -> String {
    let mut node = children::bound("node");
    node.arg(workspace::at("tests/journeys/decode.mjs"))
        .current_dir(workspace::root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut node = children::spawn(node).expect("node starts");
    node.stdin.take().expect("its input").write_all(svg).expect("it reads");
    let output = node.wait_with_output().expect("it ends");
    assert!(output.status.success(), "no QR code in {}", String::from_utf8_lossy(svg));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_picture_says_the_link_and_where_it_was_scanned() {
    let house = House::shared();
    let program = Program::open(&house);
    let (_, code) = secret(81);
    // Nobody has joined with it: as for a link, its shape is enough.
    let by_slug = house.call(&Request::get(&format!("/qr/{}/{code}.svg", program.slug)));
    assert_eq!((by_slug.status, by_slug.header("content-type")), (200, Some("image/svg+xml")));
    assert_eq!(decoded(&by_slug.body), format!("{}?gwc=qr", program.link(&code)));
    let by_uid = house.call(&Request::get(&format!("/qr/{}/{}.svg", program.uid(), code.to_uppercase())));
    assert_eq!(by_uid.body, by_slug.body);
    let chosen = "a".repeat(32);
    let longest = house.call(&Request::get(&format!("/qr/{}/{chosen}.svg", program.slug)));
    assert_eq!(decoded(&longest.body), format!("{}?gwc=qr", program.link(&chosen)));
    for (name, value) in [
        ("cache-control", "public, max-age=86400"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(by_slug.header(name), Some(value), "{name}");
    }
    assert_eq!(by_slug.header("set-cookie"), None);
    let head = house.call(&Request::new("HEAD", &format!("/qr/{}/{code}.svg", program.slug)));
    assert_eq!((head.status, head.header("content-type"), head.body.len()), (200, Some("image/svg+xml"), 0));
}

#[test]
fn a_program_with_a_host_of_its_own_has_it_in_its_pictures() {
    let house = House::shared();
    let host = format!("go-{}.example", tests::program::fresh_slug());
    let program = Program::open_with(&house, &serde_json::json!({"hosts": [host]}));
    let answer = house.call(&Request::get(&format!("/qr/{}/ada.svg", program.slug)));
    assert_eq!(decoded(&answer.body), format!("http://{host}/r/ada?gwc=qr"));
}

#[test]
fn what_is_no_link_has_no_picture_and_leaves_nothing_on_disk() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let slug = &program.slug;
    assert_eq!(house.call(&Request::get(&format!("/qr/{slug}/ada.svg"))).status, 200);
    let before = extent(&house.storage());
    for path in [
        "/qr/".to_owned(),
        "/qr/x".to_owned(),
        format!("/qr/{slug}"),
        format!("/qr/{slug}/"),
        format!("/qr/{slug}/.svg"),
        format!("/qr/{slug}/ada"),
        format!("/qr/{slug}/ada.png"),
        format!("/qr/{slug}/ada.svg/more"),
        format!("/qr/{slug}/a.svg"),
        format!("/qr/{slug}/8ety4n7fwzx.svg"),
        format!("/qr/{slug}/%3Csvg%3E.svg"),
        format!("/qr/{slug}/{}.svg", "x".repeat(33)),
        format!("/qr/{slug}/../ada.svg"),
        "/qr/no-such-program/ada.svg".to_owned(),
        "/qr/UPPER/ada.svg".to_owned(),
        format!("/qr/{}/ada.svg", "x".repeat(4_000)),
    ] {
        assert_eq!(house.call(&Request::get(&path)).problem(404), "not_found", "{path}");
    }
    for number in 0..200 {
        assert_eq!(house.call(&Request::get(&format!("/qr/unknown-{number}/ada.svg"))).status, 404);
    }
    assert_eq!(extent(&house.storage()), before);
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let request = Request::new(method, &format!("/qr/{slug}/ada.svg")).body("x");
        assert_eq!(house.call(&request).problem(405), "method_not_allowed", "{method}");
    }
}
