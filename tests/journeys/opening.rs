//! Opening programs: what the operator may say, and what not.

use serde_json::{Value, json};
use tests::house::House;
use tests::http::Request;
use tests::program::{Program, fresh_slug, usual};

#[test]
fn what_is_said_of_a_program_is_what_it_is() {
    let house = House::shared();
    let share = json!({"title": "Five off", "text": "For you", "image": "https://shop.example/a.png"});
    let program =
        Program::open_with(&house, &json!({"kind": "partner", "consent": "required", "share": share}));
    let shown = program.server().get("/v1/program").expect(200);
    let mut opened = program.opened.clone();
    opened.as_object_mut().expect("an object").remove("keys");
    assert_eq!(shown, opened);
    assert_eq!(
        (&shown["kind"], &shown["consent"], &shown["share"], &shown["terms"]["version"]),
        (&json!("partner"), &json!("required"), &share, &json!(1))
    );
    assert_eq!(shown["terms"]["attribution"], "last_click");
    // What is printed can be sent back.
    let same = json!({"terms": shown["terms"], "name": shown["name"], "destination": shown["destination"], "hosts": shown["hosts"], "kind": shown["kind"]});
    assert_eq!(program.server().patch("/v1/program", &same).expect(200), shown);
}

#[test]
fn every_fault_of_a_new_program_names_its_field() {
    let house = House::shared();
    let long = "x".repeat(101);
    let rule = |pay: Value| json!({"rewards": [{"id": "a", "on": "sale", "to": "friend", "pay": pay}]});
    let faults: Vec<(&str, Value, &str)> = vec![
        ("slug", json!("A"), "slug"),
        ("slug", json!("Upper"), "slug"),
        ("slug", json!("-a-"), "slug"),
        ("slug", json!("a b"), "slug"),
        ("slug", json!("abcdefgh12345678"), "slug"),
        ("slug", json!("x".repeat(41)), "slug"),
        ("slug", Value::Null, "slug"),
        ("name", json!(""), "name"),
        ("name", json!(long), "name"),
        ("name", json!("a\nb"), "name"),
        ("name", json!(7), "name"),
        ("kind", json!("affiliate"), "kind"),
        ("currency", json!("eur"), "currency"),
        ("currency", json!("XXX"), "currency"),
        ("destination", json!("http://shop.example/"), "destination"),
        ("destination", json!(["https://shop.example/"]), "destination"),
        ("hosts", json!("go.shop.example"), "hosts"),
        ("hosts", json!(["go.shop.example/x"]), "hosts[0]"),
        ("hosts", json!(["go.shop.example", 1]), "hosts[1]"),
        ("hosts", json!((0..11).map(|n| format!("h{n}.example")).collect::<Vec<_>>()), "hosts"),
        ("cookie_domain", json!("example"), "cookie_domain"),
        ("cookie_domain", json!("shop.example; Secure"), "cookie_domain"),
        ("consent", json!("maybe"), "consent"),
        ("share", json!({"image": "javascript:alert(1)"}), "share.image"),
        ("share", json!({"colour": "red"}), "share.colour"),
        ("retention", json!(12), "retention"),
        ("retention", json!({"customers_months": 5}), "retention.customers_months"),
        ("terms", json!([]), "terms"),
        ("terms", json!({}), "terms.rewards"),
        ("terms", json!({"rewards": [], "window_days": 29}), "terms.window_days"),
        ("terms", json!({"rewards": [], "hold_days": 366}), "terms.hold_days"),
        ("terms", json!({"rewards": [], "minimum_order": -1}), "terms.minimum_order"),
        ("terms", rule(json!({"share_bps": 10_001})), "terms.rewards[0].pay.share_bps"),
        ("terms", rule(json!({"flat": 1.5})), "terms.rewards[0].pay.flat"),
        ("terms", rule(json!({"flat": 9_223_372_036_854_775_807_i64})), "terms.rewards[0].pay.flat"),
        ("surprise", json!(true), "surprise"),
    ];
    for (field, value, named) in faults {
        let mut body = usual(&fresh_slug());
        body[field] = value.clone();
        let answer = house.call(&Request::post("/v1/programs", &body).key(&house.admin_key));
        assert_eq!(answer.problem(422), "validation_failed", "{field}: {value}");
        let errors = answer.json()["errors"].clone();
        assert!(
            errors.as_array().is_some_and(|errors| errors.iter().any(|error| error["field"] == named)),
            "{field}: {value}: {errors}"
        );
    }
}

#[test]
fn a_slug_that_is_taken_stays_with_whoever_has_it() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut body = usual(&program.slug);
    body["destination"] = "https://other.example/".into();
    assert_eq!(
        house.call(&Request::post("/v1/programs", &body).key(&house.admin_key)).problem(409),
        "slug_taken"
    );
    let landing = tests::visitor::Visitor::new(&house, "192.0.2.40").follow(&program.link("ada"));
    assert_eq!(landing.address.host_str(), Some("shop.example"));
}

#[test]
fn thirty_two_who_want_one_slug_at_once_are_one_program() {
    let house = House::shared();
    let slug = fresh_slug();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..32)
            .map(|number| {
                let (house, mut body) = (&house, usual(&slug));
                body["destination"] = format!("https://shop-{number}.example/").into();
                scope.spawn(move || {
                    house.call(&Request::post("/v1/programs", &body).key(&house.admin_key)).status
                })
            })
            .collect();
        tries.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    let opened = statuses.iter().filter(|status| **status == 201).count();
    assert_eq!(opened, 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
}
