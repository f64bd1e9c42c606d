//! Messages and look: what a merchant sets is what the panel is told, and what the page shows of it.

use serde_json::{Value, json};
use tests::desk::Desk;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// What the panel of somebody who reads this language is told of the look.
fn told(program: &Program, language: &str) -> Value {
    let request = Request::get("/v1/widget/me").header("accept-language", language);
    program.page().send(request).expect(200)["program"]["look"].take()
}

#[test]
fn what_is_set_is_what_the_panel_is_told_in_the_readers_language() {
    let house = House::shared();
    let program = Program::open(&house);
    assert_eq!(told(&program, "en"), Value::Null, "nothing is sent where nothing is set");
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let answer = desk.post(
        "/dashboard/live/look/texts",
        &[("version", "0"), ("every", "Try {program},\r\n  get {gift}"), ("x", "{program} is great")],
    );
    assert_eq!(answer.header("location"), Some("/dashboard/live/look?done=look"), "{}", answer.text());
    let german = [("version", "1"), ("locale", "de"), ("every", "Probier {program} aus")];
    let answer = desk.post("/dashboard/live/look/texts", &german);
    assert_eq!(answer.header("location"), Some("/dashboard/live/look?locale=de&done=look"));
    let messages = told(&program, "en")["messages"].take();
    assert_eq!(messages["every"], "Try {program}, get {gift}");
    assert_eq!((&messages["x"], &messages["sms"]), (&json!("{program} is great"), &messages["every"]));
    assert_eq!(
        told(&program, "de-AT")["messages"]["x"],
        "Probier {program} aus",
        "their language counts more"
    );
    // The page shows what a friend gets, with everything filled in and the reward disclosed.
    let page = desk.page("/dashboard/live/look");
    for part in ["Try Fern &#38; Field, get 5.00\u{a0}EUR", "I get a reward if you buy."] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let page = desk.page("/dashboard/live/look?locale=de");
    for part in ["Probier Fern &#38; Field aus", "Ich bekomme eine Prämie, wenn du kaufst."] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // An emptied field goes back to what holds without it.
    desk.post("/dashboard/live/look/texts", &[("version", "2"), ("locale", "de"), ("every", "")]);
    assert_eq!(told(&program, "de")["messages"]["every"], "Try {program}, get {gift}");
    assert_eq!(program.test_server().get("/v1/look").expect(200)["version"], 0, "the twin has its own");
}

#[test]
fn words_about_a_gift_are_not_used_where_there_is_none() {
    let house = House::shared();
    let terms =
        json!({"rewards": [{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]});
    let program = Program::open_with(&house, &json!({"terms": terms}));
    let texts = json!({"texts": [{"text": "Get {gift}"}, {"channel": "sms", "text": "Look"}]});
    program.server().patch("/v1/look", &texts).expect(200);
    assert_eq!(told(&program, "en")["messages"], json!({"sms": "Look"}));
    let page = Desk::open(&house, program.key("secret_live")).page("/dashboard/live/look");
    assert!(page.contains("I like Fern &#38; Field. Have a look"), "the panel’s own words: {page}");
}

#[test]
fn colours_are_told_with_what_follows_from_them_and_checked_in_words() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let fields = [("version", "0"), ("accent", "#FFEE00"), ("corners", "square"), ("scheme", "light")];
    assert_eq!(desk.post("/dashboard/live/look/theme", &fields).status, 303);
    let look = told(&program, "en");
    assert_eq!((&look["scheme"], &look["messages"]), (&json!("light"), &json!({})));
    let properties = look["properties"].as_object().expect("properties");
    assert_eq!((&properties["set-accent"], &properties["set-round"]), (&json!("#ffee00"), &json!("0px")));
    assert_eq!(properties["set-on-accent"], "#0e1a15", "what is written on yellow is dark");
    assert!(!properties.contains_key("set-paper"), "what is not set is the panel’s own");
    let address = "/dashboard/live/look/panel?accent=%23FFEE00&paper=&ink=%23cccccc";
    let panel = desk.page(address);
    for part in ["contrast of 1.2 to 1", "do not see less than 3 to 1", "contrast of 1.6 to 1"] {
        assert!(panel.contains(part), "{part}: {panel}");
    }
    assert!(!desk.page("/dashboard/live/look/panel").contains("contrast of"), "our own can be read");
}

#[test]
fn what_is_refused_says_where_and_nothing_typed_is_lost() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let long = "a".repeat(191);
    let answer =
        desk.post("/dashboard/live/look/texts", &[("version", "0"), ("every", "Kept"), ("x", &long)]);
    let text = answer.text();
    assert_eq!(answer.status, 422);
    for part in ["<strong dir=\"auto\">X</strong> takes at most 190 characters", &long, ">Kept</textarea>"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let answer = desk.post("/dashboard/live/look/theme", &[("version", "0"), ("accent", "red")]);
    assert_eq!(answer.status, 422);
    assert!(
        answer
            .text()
            .contains("<strong dir=\"auto\">Buttons and marks</strong> takes a colour such as #17624a")
    );
    let answer = desk.post("/dashboard/live/look/share", &[("image", "http://pictures.example/a.png")]);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("<strong dir=\"auto\">Address of a picture</strong> takes an address"));
    assert_eq!(program.server().get("/v1/look").expect(200)["version"], 0);
    // Somebody else was quicker.
    program.server().patch("/v1/look", &json!({"theme": {"accent": "#aa0000"}})).expect(200);
    let answer = desk.post("/dashboard/live/look/texts", &[("version", "0"), ("every", "Late")]);
    assert_eq!(answer.status, 409);
    assert!(
        answer.text().contains("Somebody changed this meanwhile")
            && answer.text().contains(">Late</textarea>")
    );
}

#[test]
fn a_links_preview_is_what_messengers_are_told() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let fields = [
        ("title", "Ferns for friends"),
        ("text", "They grow\non you."),
        ("image", "https://pictures.example/a.png"),
    ];
    assert_eq!(desk.post("/dashboard/live/look/share", &fields).status, 303);
    let page = desk.page("/dashboard/live/look");
    for part in ["Ferns for friends", "They grow on you.", "is on another site and is not loaded here"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let bot = Request::get(&format!("/r/{}/ada", program.slug)).header("user-agent", "WhatsApp/2.23.20.0");
    let told = house.call(&bot).text();
    for part in ["Ferns for friends", "They grow on you.", "https://pictures.example/a.png"] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn the_panel_in_its_frame_is_seen_by_its_merchant_only_and_framed_by_us_only() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    for part in ["panel", "panel.css"] {
        let path =
            format!("/dashboard/live/look/{part}?accent=%23aa0000%3B%7D*%7B&corners=%3Cscript%3E&scheme=%22");
        let answer = desk.get(&path);
        assert_eq!(answer.status, 200);
        let policy = answer.header("content-security-policy").unwrap_or_default();
        let text = answer.text();
        if part == "panel" {
            for part in
                ["default-src 'none'", "frame-ancestors 'self'", "form-action 'none'", "trusted-types 'none'"]
            {
                assert!(policy.contains(part), "{policy}");
            }
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
            assert_eq!(answer.header("x-frame-options"), Some("SAMEORIGIN"));
            assert!(
                text.contains(program.key("publishable_live")) && !text.contains(program.key("secret_live"))
            );
        } else {
            assert_eq!(answer.header("content-type"), Some("text/css; charset=utf-8"));
            assert!(
                text.contains("--goodword-accent: light-dark(#17624a, #8fd6b4)"),
                "what is no colour is none: {text}"
            );
            assert_eq!(text.matches('}').count(), 1, "{text}");
        }
        assert!(!text.contains("<script>") && !text.contains(";}*{"), "{text}");
        assert_eq!(Desk::new(&house).get(&path).header("location"), Some("/dashboard/sign-in"));
        let other = Program::open(&house);
        let text = Desk::open(&house, other.key("secret_live")).page(&path);
        assert!(!text.contains(program.key("publishable_live")), "another merchant sees their own");
    }
}
