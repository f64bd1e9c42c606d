//! Following links: where they lead, what is set, and for whom nothing is.

use serde_json::json;
use std::sync::Arc;
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::visitor::Visitor;

fn person(house: &Arc<House>) -> Visitor {
    Visitor::new(house, "192.0.2.20")
}

#[test]
fn a_link_leads_to_the_landing_page_and_a_deep_link_to_its_own() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    for (link, path) in [
        ("", "/welcome"),
        ("/", "/welcome"),
        ("/plants/monstera", "/plants/monstera"),
        ("/a/b/c.html", "/a/b/c.html"),
    ] {
        let landing = person(&house).follow(&format!("{}{link}", program.link("ada")));
        assert_eq!(landing.address.path(), path, "{link}");
        assert_eq!(landing.address.origin().ascii_serialization(), "https://shop.example");
        assert_eq!(landing.parameter("via").as_deref(), Some("ada"));
        assert!(landing.click().starts_with("gwc_") && landing.click().len() <= 120);
    }
}

#[test]
fn the_visitors_parameters_pass_and_ours_cannot_be_taken() {
    let house = House::shared();
    let program =
        Program::open_with(&house, &json!({"destination": "https://shop.example/sale?utm_source=friends"}));
    let link = format!(
        "{}?color=green&via=eve&VIA=eve&gw_click=gwc_x&utm_source=eve&size=%C3%BC&gwc=whatsapp",
        program.link("ada")
    );
    let landing = person(&house).follow(&link);
    let pairs: Vec<(String, String)> = landing.address.query_pairs().into_owned().collect();
    let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["utm_source", "color", "size", "via", "gw_click"]);
    assert_eq!((pairs[0].1.as_str(), pairs[2].1.as_str(), pairs[3].1.as_str()), ("friends", "\u{fc}", "ada"));
    assert_ne!(pairs[4].1, "gwc_x");
}

#[test]
fn a_redirect_is_not_stored_by_anybody() {
    let house = House::shared();
    let program = Program::open(&house);
    let landing = person(&house).follow(&program.link("ada"));
    assert_eq!(landing.answer.header("cache-control"), Some("no-store"));
    assert_eq!(landing.answer.header("referrer-policy"), Some("strict-origin-when-cross-origin"));
    assert_eq!(landing.answer.body, b"");
    let again = person(&house).follow(&program.link("ada"));
    assert_ne!(landing.click(), again.click(), "every click has its own id");
}

#[test]
fn the_cookie_lasts_as_long_as_the_window_and_scripts_cannot_read_it() {
    let house = House::shared();
    let program = Program::open_with(&house, &json!({"terms": {"window_days": 45, "rewards": []}}));
    let landing = person(&house).follow(&program.link("ada"));
    let expected = format!(
        "gw_click={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}",
        landing.click(),
        45 * 86_400
    );
    assert_eq!(landing.cookie(), Some(expected.as_str()));
}

#[test]
fn a_program_on_its_own_host_needs_no_name_in_the_link_and_sets_the_cookie_for_its_whole_zone() {
    let house = House::shared();
    let slug = tests::program::fresh_slug();
    let (host, zone) = (format!("go.{slug}.example"), format!("{slug}.example"));
    let program = Program::open_with(&house, &json!({"slug": slug, "hosts": [host], "cookie_domain": zone}));
    let ada = program.referrer("ada");
    assert_eq!(ada["link"], format!("http://{host}/r/ada"));
    let landing = person(&house).follow(&format!("http://{host}/r/ada/plants"));
    assert_eq!((landing.address.path(), landing.parameter("via").as_deref()), ("/plants", Some("ada")));
    assert!(
        landing.cookie().is_some_and(|cookie| cookie.ends_with(&format!("; Domain={zone}"))),
        "{:?}",
        landing.cookie()
    );
    // On the shared host the link needs the program's name, and the cookie is the host's own.
    let landing = person(&house).follow(&program.link("ada"));
    assert!(landing.cookie().is_some_and(|cookie| !cookie.contains("Domain=")));
    assert_eq!(person(&house).request("GET", "http://other.example/r/ada").status, 404);
    // Somebody else cannot have the host.
    let mut taken = tests::program::usual(&tests::program::fresh_slug());
    taken["hosts"] = json!([host]);
    assert_eq!(
        house.call(&Request::post("/v1/programs", &taken).key(&house.admin_key)).problem(409),
        "host_taken"
    );
}

#[test]
fn the_characters_in_a_publishable_key_make_a_link_without_asking_anybody() {
    let house = House::shared();
    let program = Program::open(&house);
    let key = program.key("publishable_live");
    let token = &key["pk_live_".len()..][..16];
    assert_eq!(token, program.uid());
    let landing = person(&house).follow(&format!("{}/r/{token}/ada/x", house.origin()));
    assert_eq!((landing.address.path(), landing.parameter("via").as_deref()), ("/x", Some("ada")));
}

#[test]
fn letter_case_and_look_alikes_do_not_make_another_code() {
    let house = House::shared();
    let program = Program::open(&house);
    let code = program.server().post("/v1/referrers", &json!({})).expect(201)["code"]
        .as_str()
        .map(str::to_owned)
        .expect("a code");
    let typed = code.to_ascii_uppercase().replace('1', "I").replace('0', "O");
    for typed in [code.clone(), code.to_ascii_uppercase(), typed] {
        assert_eq!(
            person(&house).follow(&program.link(&typed)).parameter("via"),
            Some(code.clone()),
            "{typed}"
        );
    }
    assert_eq!(
        person(&house).follow(&program.link("ADA-Lovelace")).parameter("via").as_deref(),
        Some("ada-lovelace")
    );
}

#[test]
fn a_mistyped_code_lands_the_visitor_on_the_shop_without_credit() {
    let house = House::shared();
    let program = Program::open(&house);
    let code = program.server().post("/v1/referrers", &json!({})).expect(201)["code"]
        .as_str()
        .map(str::to_owned)
        .expect("a code");
    let last = if code.ends_with('z') { "y" } else { "z" };
    let mistyped = format!("{}{last}", &code[..10]);
    for wrong in [
        mistyped.as_str(),
        "a_b",
        "x",
        "--",
        "%00",
        "a..b",
        "%F0%9F%98%80",
        "name-of-more-than-thirty-two-characters",
    ] {
        let landing = person(&house).follow(&format!("{}?keep=1", program.link(wrong)));
        assert_eq!(landing.address.as_str(), "https://shop.example/welcome?keep=1", "{wrong}");
        assert_eq!(landing.cookie(), None, "{wrong}");
    }
    // A well-formed code nobody has yet may be a widget's whose owner has not joined: it is noted, and decided later.
    assert_eq!(
        person(&house).follow(&program.link("nobody-yet")).parameter("via").as_deref(),
        Some("nobody-yet")
    );
}

#[test]
fn a_link_that_leads_nowhere_says_so_in_the_visitor_s_language() {
    let house = House::shared();
    for (language, said) in [
        ("de-AT,de;q=0.9", "<html lang=\"de\">|Dieser Link führt nirgendwohin"),
        ("fr", "<html lang=\"fr\">|Ce lien ne mène nulle part"),
        ("es-MX", "<html lang=\"es\">|Este enlace no lleva a ninguna parte"),
        ("tlh, en;q=0.1", "<html lang=\"en\">|This link leads nowhere"),
    ] {
        // Asked of the directory the first time, remembered the second.
        for _ in 0..2 {
            let page =
                house.call(&Request::get("/r/nobody-speaks/ada").header("accept-language", language)).text();
            assert!(said.split('|').all(|part| page.contains(part)), "{language}: {page}");
        }
    }
}

#[test]
fn an_unknown_program_is_a_page_that_says_so() {
    let house = House::shared();
    for link in [
        "/r/nobody/ada",
        "/r/NOBODY/ada",
        "/r/0123456789abcdef/ada",
        "/r/",
        "/r//ada",
        "/r/nobody",
        "/r/%20/x",
    ] {
        let answer = person(&house).request("GET", &format!("{}{link}", house.origin()));
        assert_eq!(answer.status, 404, "{link}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(answer.text().contains("This link leads nowhere"));
        assert!(
            answer
                .header("content-security-policy")
                .is_some_and(|policy| policy.contains("default-src 'none'"))
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn without_consent_where_it_is_asked_for_no_cookie_is_set_and_the_code_still_travels() {
    let house = House::shared();
    let program = Program::open_with(&house, &json!({"consent": "required"}));
    let visitor = person(&house);
    for cookie in ["", "gw_consent=denied", "x_gw_consent=granted", "gw_consent=", "other=gw_consent=granted"]
    {
        let landing = visitor.with("cookie", cookie).follow(&program.link("ada"));
        assert_eq!(landing.cookie(), None, "{cookie}");
        assert!(landing.click_id().is_some() && landing.parameter("via").is_some());
    }
    let landing = visitor.with("cookie", "a=b; gw_consent=granted").follow(&program.link("ada"));
    assert!(landing.cookie().is_some());
}

#[test]
fn global_privacy_control_leaves_no_cookie_even_where_consent_was_given() {
    let house = House::shared();
    for consent in ["implied", "required"] {
        let program = Program::open_with(&house, &json!({"consent": consent}));
        let visitor = person(&house).with("sec-gpc", "1").with("cookie", "gw_consent=granted");
        let landing = visitor.follow(&program.link("ada"));
        assert_eq!(landing.cookie(), None);
        assert!(landing.click_id().is_some(), "the merchant may still credit the link");
    }
}

#[test]
fn robots_heads_and_parts_of_pages_are_sent_on_without_a_click_id() {
    let house = House::shared();
    let program = Program::open(&house);
    let visitor = person(&house);
    let not_people = [
        visitor.with("user-agent", "curl/8.9.1"),
        visitor.with("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        visitor.with("user-agent", ""),
        visitor.with("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36"),
        visitor.with("purpose", "prefetch"),
        visitor.with("x-purpose", "preview"),
        visitor.with("x-moz", "prefetch"),
        visitor.with("sec-purpose", "prefetch").with("sec-fetch-mode", "no-cors").with("sec-fetch-dest", "empty"),
        visitor.with("sec-fetch-dest", "image"),
        visitor.with("sec-fetch-dest", "iframe"),
        visitor.with("sec-fetch-mode", "no-cors").with("sec-fetch-dest", "empty"),
        visitor.with("sec-fetch-mode", "cors").with("sec-fetch-dest", "script"),
    ];
    for other in &not_people {
        let landing = other.follow(&program.link("ada"));
        assert_eq!((landing.click_id(), landing.cookie()), (None, None), "{:?}", other.headers);
        assert_eq!(landing.address.host_str(), Some("shop.example"));
    }
    let head = visitor.request("HEAD", &program.link("ada"));
    assert_eq!((head.status, head.header("set-cookie")), (302, None));
    assert!(head.header("location").is_some_and(|location| !location.contains("gw_click")));
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = visitor.request(method, &program.link("ada"));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
}

#[test]
fn a_browser_that_fetches_ahead_keeps_nothing_that_it_could_use_for_the_click() {
    let house = House::shared();
    let program = Program::open(&house);
    let beside = Program::open_with(&house, &json!({"destination": "http://localhost:1/"}));
    let visitor = person(&house);
    for purpose in ["prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"] {
        let ahead = visitor.with("sec-purpose", purpose);
        // To another site: sent on without a credit, by a redirect of a policy that no browser keeps.
        let answer = ahead.request("GET", &program.link("ada"));
        assert_eq!((answer.status, answer.header("set-cookie")), (302, None), "{purpose}");
        assert_eq!(answer.header("location"), Some("https://shop.example/welcome?via=ada"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer-when-downgrade"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        // To the link's own site any redirect would be kept.
        let answer = ahead.request("GET", &beside.link("ada"));
        assert_eq!(answer.status, 503, "{purpose}");
        assert_eq!((answer.header("location"), answer.header("set-cookie")), (None, None));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn a_preview_shows_the_programs_words_escaped_and_leads_nowhere() {
    let house = House::shared();
    let title = "Get 5 \u{20ac} \"off\" <script>alert(1)</script>";
    let share = json!({"title": title, "text": "Plants & pots", "image": "https://shop.example/card.png"});
    let program = Program::open_with(&house, &json!({"share": share}));
    for agent in [
        "WhatsApp/2.24.6.77 A",
        "facebookexternalhit/1.1",
        "Twitterbot/1.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "TelegramBot (like TwitterBot)",
    ] {
        let visitor =
            person(&house).with("user-agent", agent).with("sec-fetch-mode", "").with("sec-fetch-dest", "");
        let answer = visitor.request("GET", &program.link("ada"));
        assert_eq!(answer.status, 200, "{agent}");
        let page = answer.text();
        assert!(
            page.contains("og:title") && page.contains("Get 5 \u{20ac}") && !page.contains("<script>"),
            "{page}"
        );
        assert!(page.contains("og:image") && page.contains("https://shop.example/card.png"), "{page}");
        assert!(answer.header("set-cookie").is_none() && !page.contains("gw_click"));
        assert!(
            answer
                .header("content-security-policy")
                .is_some_and(|policy| policy.contains("default-src 'none'"))
        );
    }
}

#[test]
fn a_good_cookie_keeps_its_place_unless_a_link_takes_over_from_it() {
    let house = House::shared();
    let minutes = |minutes: i64| minutes * 60;
    for (terms, held, ago, followed, replaced) in [
        (json!({"attribution": "first_click"}), "ada", minutes(2_000), "eve", false),
        (json!({}), "ada", minutes(59), "eve", false),
        (json!({}), "ada", minutes(61), "eve", true),
        (json!({}), "ada", minutes(1), "ada", true),
        (json!({"stand_down_minutes": 0}), "ada", minutes(0), "eve", true),
    ] {
        let mut all = terms.clone();
        all["rewards"] = json!([]);
        let program = Program::open_with(&house, &json!({"terms": all}));
        let cookie = format!("gw_click={}", forge::click(&program, held, ago));
        let landing = person(&house).with("cookie", &cookie).follow(&program.link(followed));
        assert_eq!(landing.cookie().is_some(), replaced, "{terms} {ago}");
    }
    // Changed terms hold for the next visitor; a cookie that does not prove itself is worth nothing.
    let program = Program::open_with(&house, &json!({"terms": {"stand_down_minutes": 0, "rewards": []}}));
    let cookie = format!("gw_click={}", forge::click(&program, "ada", 0));
    person(&house).follow(&program.link("ada"));
    program.server().patch("/v1/program", &json!({"terms": {"rewards": []}})).expect(200);
    let follow = |cookie: &str| person(&house).with("cookie", cookie).follow(&program.link("eve"));
    assert_eq!(follow(&cookie).cookie(), None);
    assert!(follow("gw_click=gwc_forged").cookie().is_some());
}

#[test]
fn a_changed_destination_is_where_the_next_visitor_lands() {
    let house = House::shared();
    let program = Program::open(&house);
    person(&house).follow(&program.link("ada"));
    program.server().patch("/v1/program", &json!({"destination": "https://new.example/start"})).expect(200);
    let landing = person(&house).follow(&program.link("ada"));
    assert_eq!(landing.address.origin().ascii_serialization(), "https://new.example");
}

#[test]
fn a_query_of_any_length_and_any_number_of_parameters_still_lands() {
    let house = House::shared();
    let program = Program::open(&house);
    let many: String =
        (0..1_000).flat_map(|number| [format!("p{number}={number}"), "&".to_owned()]).collect();
    let same = "a=1&".repeat(2_000);
    let long = format!("q={}", "x".repeat(16_000));
    let encoded = "%C3%BC=%C3%BC&".repeat(1_000);
    for query in [many, same, long, encoded] {
        let landing = person(&house).follow(&format!("{}?{query}", program.link("ada")));
        assert_eq!(landing.parameter("via").as_deref(), Some("ada"));
        assert!(landing.click_id().is_some());
        assert!(landing.address.as_str().len() < 6_000, "a header that every server takes");
    }
    let deep = format!("{}/{}", program.link("ada"), "a/".repeat(2_000));
    assert_eq!(
        person(&house).follow(&deep).address.path(),
        "/welcome",
        "a path that is too long is left out"
    );
}
