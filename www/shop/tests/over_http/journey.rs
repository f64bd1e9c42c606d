//! The shop over HTTP, as a browser uses it.

use crate::double::{Double, config, nobody};
use shop::Shop;
use shop::store::Store;

const ANSWER: &str = r#"{"attribution":{"status":"attributed","code":"abc","rule":"last_click"},"rewards":
    [{"to":"friend","amount":500,"currency":"EUR","state":"pending","available_at":"2026-12-21T00:00:00Z"}],
    "status":"applied","reversals":[]}"#;

/// A shop on a port of its own, and a visitor with a cookie jar.
struct Visit {
    origin: String,
    agent: ureq::Agent,
    session: Option<String>,
    extra_cookie: String,
    headers: Vec<(&'static str, &'static str)>,
}

struct Page {
    status: u16,
    location: String,
    text: String,
}

fn open_shop(edge: &str) -> Visit {
    let shop = Shop::new(config(edge), Store::in_memory().expect("memory"));
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            sender.send(listener.local_addr().expect("address")).expect("send");
            axum::serve(listener, shop::web::router(shop)).await.expect("serve");
        });
    });
    let origin = format!("http://{}", receiver.recv().expect("address"));
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None);
    let agent = config.build().new_agent();
    Visit { origin, agent, session: None, extra_cookie: String::new(), headers: Vec::new() }
}

impl Visit {
    /// Another browser in the same shop.
    fn stranger(&self) -> Self {
        let (origin, agent) = (self.origin.clone(), self.agent.clone());
        Self { origin, agent, session: None, extra_cookie: String::new(), headers: Vec::new() }
    }

    fn cookie(&self) -> String {
        let session = self.session.as_ref().map(|s| format!("fernfield_session={s}"));
        [session.unwrap_or_default(), self.extra_cookie.clone()].join("; ")
    }

    fn get(&mut self, path: &str) -> Page {
        let request = self.agent.get(format!("{}{path}", self.origin)).header("Cookie", self.cookie());
        let response = request.call().expect("an answer");
        self.read(response)
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut request = self.agent.post(format!("{}{path}", self.origin)).header("Cookie", self.cookie());
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        let response = request.send_form(fields.iter().copied()).expect("an answer");
        self.read(response)
    }

    fn read(&mut self, mut response: ureq::http::Response<ureq::Body>) -> Page {
        let header =
            |name| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        if let Some(cookie) = header("set-cookie").strip_prefix("fernfield_session=") {
            assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
            self.session = cookie.split(';').next().map(str::to_owned);
        }
        let (status, location) = (response.status().as_u16(), header("location"));
        Page { status, location, text: response.body_mut().read_to_string().expect("text") }
    }

    fn sign_up(&mut self, name: &str, email: &str, click: &str) {
        let fields = [("name", name), ("email", email), ("password", "correct horse"), ("gw_click", click)];
        let page = self.post("/signup", &fields);
        assert_eq!((page.status, page.location.as_str()), (303, "/account"), "{}", page.text);
    }

    /// Puts a product into the cart and orders it, sending the last form `times` times. Returns the order's path.
    fn buy(&mut self, product: &str, times: usize) -> String {
        self.post("/cart", &[("product", product), ("quantity", "1")]);
        let form = self.get("/checkout").text;
        let checkout = hidden(&form, "checkout");
        let fields = [
            ("checkout", checkout.as_str()),
            ("recipient", "Ada"),
            ("address", "12 Garden Lane"),
            ("card", "4242424242424242"),
        ];
        let paths: Vec<_> = (0..times).map(|_| self.post("/checkout", &fields).location).collect();
        assert!(paths.iter().all(|p| *p == paths[0]), "{paths:?}");
        assert!(paths[0].starts_with("/orders/FF-"), "{paths:?}");
        paths[0].clone()
    }
}

fn hidden(html: &str, name: &str) -> String {
    let marker = format!("name=\"{name}\" value=\"");
    let (_, after) = html.split_once(&marker).unwrap_or_else(|| panic!("no {name} in {html}"));
    after.split('"').next().expect("a value").to_owned()
}

#[test]
fn sign_up_order_and_refund_reach_goodword_with_the_click() {
    let goodword = Double::listen([], ANSWER);
    let mut visit = open_shop(&goodword.origin);
    visit.sign_up("Ada", "ada@example.org", "gwc_field");
    visit.extra_cookie = "gw_click=gwc_cookie".to_owned();
    let order = visit.buy("pilea", 1);
    let id = order.trim_start_matches("/orders/");
    let page = visit.get(&order).text;
    assert!(page.contains("<strong>Credited</strong>"), "{page}");
    assert!(page.contains("€5.00 for you, pending until 21 December 2026"), "{page}");
    visit.post(&format!("{order}/refunds"), &[("refund", &format!("{id}-R1")), ("amount", "4,00")]);
    visit.post(&format!("{order}/refunds"), &[("refund", &format!("{id}-R2"))]);

    let heard = goodword.heard();
    let paths: Vec<_> = heard.iter().map(|h| h.path.as_str()).collect();
    assert_eq!(paths, ["/v1/leads", "/v1/sales", "/v1/refunds", "/v1/refunds"]);
    assert_eq!(heard[0].body["click_id"], "gwc_field", "no cookie yet: the field counts");
    assert_eq!(heard[1].body["click_id"], "gwc_cookie", "the cookie comes first");
    assert_eq!(heard[1].body["customer_id"], heard[0].body["customer_id"]);
    assert_eq!((&heard[1].body["amount"], &heard[1].body["currency"]), (&1900.into(), &"EUR".into()));
    assert_eq!((&heard[2].body["amount"], &heard[3].body["amount"]), (&400.into(), &1500.into()));
}

#[test]
fn a_visitor_without_a_click_sends_none_and_a_remembered_one_is_sent_later() {
    let goodword = Double::listen([], ANSWER);
    let mut first = open_shop(&goodword.origin);
    first.sign_up("Ada", "ada@example.org", "");
    let mut second = first.stranger();
    second.post("/cart", &[("product", "pothos"), ("gw_click", "gwc_seen"), ("gw_click", "gwc_twice")]);
    second.sign_up("Bo", "bo@example.org", "<script>");
    let heard = goodword.heard();
    assert_eq!(heard[0].body.get("click_id"), None);
    assert_eq!(heard[1].body["click_id"], "gwc_seen");
}

#[test]
fn whoever_is_logged_in_has_a_token_on_the_page_and_for_the_asking_and_nobody_else_has() {
    let goodword = Double::listen([], ANSWER);
    let mut visit = open_shop(&goodword.origin);
    assert!(!visit.get("/share").text.contains("data-token"));
    assert_eq!(
        (visit.get("/goodword-token").status, visit.get("/goodword-token").text),
        (204, String::new())
    );
    visit.sign_up("Ada", "ada@example.org", "");
    let token = visit.get("/goodword-token").text;
    assert_eq!(token.split('.').count(), 3, "{token}");
    let page = visit.get("/account").text;
    // The instants may differ by a second; the header does not.
    assert!(
        page.contains(&format!("data-token=\"{}.", token.split('.').next().expect("a header"))),
        "{page}"
    );
    assert!(!page.contains("ik_live_hidden"));
    let elsewhere = visit.stranger().get("/account");
    assert_eq!((elsewhere.status, elsewhere.location.as_str()), (303, "/login"));
}

#[test]
fn forms_sent_twice_count_once() {
    let goodword = Double::listen([], ANSWER);
    let mut visit = open_shop(&goodword.origin);
    visit.sign_up("Ada", "ada@example.org", "");
    let order = visit.buy("secateurs", 3);
    let refund = hidden(&visit.get("/account").text, "refund");
    for _ in 0..3 {
        assert_eq!(
            visit.post(&format!("{order}/refunds"), &[("refund", &refund), ("amount", "5")]).status,
            303
        );
    }
    let again = visit
        .post("/signup", &[("name", "Ada"), ("email", "ADA@example.org"), ("password", "correct horse")]);
    assert_eq!(again.status, 422);
    assert!(again.text.contains("There is an account with this address already"));
    let keys: Vec<_> = goodword.heard().into_iter().map(|h| h.idempotency_key).collect();
    assert_eq!(keys.len(), 3, "{keys:?}");
}

#[test]
fn more_than_was_paid_is_never_given_back() {
    let goodword = Double::listen([], ANSWER);
    let mut visit = open_shop(&goodword.origin);
    visit.sign_up("Ada", "ada@example.org", "");
    let order = visit.buy("hand-trowel", 1);
    let refunds = format!("{order}/refunds");
    for typed in ["18.01", "0", "-1", "abc", "1e1", ""] {
        let refund = hidden(&visit.get("/account").text, "refund");
        let page = visit.post(&refunds, &[("refund", &refund), ("amount", typed)]);
        assert_eq!(page.status, 422, "{typed}");
        assert!(page.text.contains("role=\"alert\""), "{typed}");
    }
    let refund = hidden(&visit.get("/account").text, "refund");
    visit.post(&refunds, &[("refund", &refund), ("amount", "18")]);
    let account = visit.get("/account").text;
    assert!(account.contains("Refunded in full"), "{account}");
    let number = order.trim_start_matches("/orders/");
    assert_eq!(visit.post(&refunds, &[("refund", &format!("{number}-R2"))]).status, 422);
    assert_eq!(goodword.heard().iter().filter(|h| h.path == "/v1/refunds").count(), 1);
}

#[test]
fn customers_are_served_while_goodword_is_away() {
    let mut visit = open_shop(&nobody());
    visit.sign_up("Ada", "ada@example.org", "gwc_1");
    let order = visit.buy("monstera", 1);
    let page = visit.get(&order);
    assert_eq!(page.status, 200);
    assert!(page.text.contains("<strong>Not told yet</strong>"), "{}", page.text);
    assert!(visit.get("/account").text.contains("it cannot be reached"));
}

#[test]
fn hostile_names_are_text_on_every_page() {
    let goodword = Double::listen(
        [],
        r#"{"code":"</pre><img src=x onerror=alert(1)>","detail":"<svg onload=alert(1)>"}"#,
    );
    let payloads = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title><svg onload=alert(1)>",
        "{{7*7}}{% include \"x\" %}",
        "--><iframe src=javascript:alert(1)>",
        "&lt;b&gt;\u{202e}\u{0}x",
    ];
    let mut visit = open_shop(&goodword.origin);
    for (n, payload) in payloads.iter().enumerate() {
        let mut visit = visit.stranger();
        visit.sign_up(payload, &format!("a{n}@example.org"), "");
        visit.post("/cart", &[("product", "pilea")]);
        let checkout = hidden(&visit.get("/checkout").text, "checkout");
        let refused = visit.post(
            "/checkout",
            &[("checkout", &checkout), ("recipient", payload), ("address", payload), ("card", payload)],
        );
        let fields = [
            ("checkout", checkout.as_str()),
            ("recipient", payload),
            ("address", payload),
            ("card", "4242 4242 4242 4242"),
        ];
        let order = visit.post("/checkout", &fields).location;
        let refund = hidden(&visit.get("/account").text, "refund");
        let mistyped = visit.post(&format!("{order}/refunds"), &[("refund", &refund), ("amount", payload)]);
        for page in [refused, visit.get(&order), visit.get("/account"), visit.get("/checkout"), mistyped] {
            let inert = |needle: &str| assert!(!page.text.contains(needle), "{needle} in {}", page.text);
            for needle in ["<script>alert", "<img", "<iframe", "onmouseover='", "<svg onload", "\"><img"] {
                inert(needle);
            }
        }
    }
    let page =
        visit.post("/login", &[("email", "\"><img src=x>"), ("password", "x"), ("next", "//evil.example")]);
    assert!(!page.text.contains("<img"), "{}", page.text);
    assert!(!page.text.contains("evil"), "{}", page.text);
}

#[test]
fn forms_from_other_sites_are_refused() {
    let mut visit = open_shop(&nobody());
    for headers in [vec![("Sec-Fetch-Site", "cross-site")], vec![("Origin", "https://evil.example")]] {
        visit.headers = headers;
        assert_eq!(visit.post("/cart", &[("product", "pilea")]).status, 403);
        assert!(visit.session.is_none());
    }
    visit.headers = vec![("Sec-Fetch-Site", "same-origin"), ("Origin", "http://shop.example")];
    assert_eq!(visit.post("/cart", &[("product", "pilea")]).status, 303);
}

#[test]
fn orders_of_others_and_pages_that_are_not_there_look_alike() {
    let goodword = Double::listen([], ANSWER);
    let mut ada = open_shop(&goodword.origin);
    ada.sign_up("Ada", "ada@example.org", "");
    let order = ada.buy("pilea", 1);
    let mut eve = ada.stranger();
    assert_eq!(eve.get(&order).location, "/login");
    eve.sign_up("Eve", "eve@example.org", "");
    let id = order.trim_start_matches("/orders/");
    assert_eq!(eve.get(&order).status, 404);
    assert_eq!(eve.post(&format!("{order}/refunds"), &[("refund", &format!("{id}-R1"))]).status, 404);
    for path in ["/nowhere", "/products/rose", "/orders/FF-0000-0000", "/products/%00"] {
        assert_eq!(eve.get(path).status, 404, "{path}");
    }
    assert_eq!(eve.post("/products/pilea", &[]).status, 405);
    assert_eq!(eve.post("/cart", &[("product", &"x".repeat(20_000))]).status, 413);
}

#[test]
fn logging_in_changes_the_session_and_logging_out_ends_it() {
    let mut visit = open_shop(&nobody());
    visit.sign_up("Ada", "ada@example.org", "");
    let before = visit.session.clone();
    visit.post("/logout", &[]);
    visit.session = before;
    assert_eq!(visit.get("/account").location, "/login", "the old cookie is worth nothing");

    visit.session = None;
    visit.post("/cart", &[("product", "pilea"), ("quantity", "2")]);
    let planted = visit.session.clone();
    assert_eq!(
        visit.post("/login", &[("email", "ada@example.org"), ("password", "wrong horse")]).status,
        422
    );
    let fields = [("email", "Ada@example.org"), ("password", "correct horse"), ("next", "checkout")];
    assert_eq!(visit.post("/login", &fields).location, "/checkout");
    assert_ne!(visit.session, planted);
    assert!(visit.get("/cart").text.contains("€38.00"), "the cart came along");
    visit.session = planted;
    assert_eq!(visit.get("/account").location, "/login");
}

#[test]
fn every_page_carries_the_snippet_and_never_the_secret_key() {
    let mut visit = open_shop("https://go.example");
    visit.sign_up("Ada", "ada@example.org", "");
    visit.post("/cart", &[("product", "pilea")]);
    for path in ["/", "/share", "/products/pilea", "/cart", "/checkout", "/account", "/nowhere"] {
        let text = visit.get(path).text;
        let snippet =
            r#"<script async src="https://go.example/goodword.js" data-program="pk_live_printed"></script>"#;
        assert!(text.contains(snippet), "{path}");
        assert!(!text.contains("sk_live"), "{path}");
    }
}
