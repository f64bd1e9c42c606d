//! What is refused is said in the language of the page: every kind of refusal, met in German.

use serde_json::{Value, json};
use tests::desk::Desk;
use tests::dispute::{decide, id, open, sell, sharer};
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::refused::{German, in_german};

#[test]
fn settings_say_in_the_language_of_the_page_what_they_do_not_take() {
    let (house, german) = (House::shared(), German::default());
    let program = Program::open(&house);
    let mut desk = in_german(Desk::open(&house, program.key("secret_live")));
    let path = "/dashboard/live/settings/program";
    let long = "n".repeat(101);
    let answer = desk.post(
        path,
        &[
            ("name", &long),
            ("destination", "http://shop.example/"),
            ("hosts", "go.shop.example no/host"),
            ("consent", "x"),
        ],
    );
    german.says(
        &answer,
        422,
        &[
            "<strong dir=\"auto\">Name</strong> fasst höchstens 100 Zeichen",
            "muss mit https:// beginnen",
            "<strong dir=\"auto\">Hosts für Links</strong> braucht Namen auf einer öffentlichen Domain",
            "ist keine der Möglichkeiten",
        ],
    );
    let answer = desk.post(path, &[("name", ""), ("destination", "https://shop.example/#top")]);
    german.says(&answer, 422, &["braucht mindestens ein Zeichen", "endet mit einem #"]);
    let many: Vec<String> = (0..11).map(|at| format!("h{at}.shop.example")).collect();
    let fields = [("name", "Farn"), ("destination", "https://shop.example/"), ("hosts", &many.join("\n"))];
    german.says(&desk.post(path, &fields), 422, &["nimmt höchstens 10 Einträge auf"]);
    let other = Program::open(&house);
    let host = format!("{}.links.example", other.slug);
    other.server().patch("/v1/program", &json!({"hosts": [host]})).expect(200);
    let fields = [("name", "Farn"), ("destination", "https://shop.example/"), ("hosts", host.as_str())];
    german.says(&desk.post(path, &fields), 409, &[&format!("nutzt {host} für seine Links")]);

    let keys = "/dashboard/live/settings/keys";
    assert_eq!(desk.post(keys, &[("kind", "secret"), ("once", "k1")]).status, 200);
    german.says(
        &desk.post(keys, &[("kind", "secret"), ("once", "k2")]),
        409,
        &["schon zwei Schlüssel dieser Art"],
    );
    let listed = program.server().get("/v1/keys").expect(200);
    let secrets = listed["data"].as_array().expect("keys").iter().filter(|key| key["kind"] == "secret");
    let refused = secrets.map(|key| desk.clone().post(&format!("{keys}/{}", id(key)), &[]));
    let refused = refused.filter(|answer| answer.status == 409).collect::<Vec<_>>();
    german.says(refused.first().expect("one is in use"), 409, &["Mit diesem Schlüssel sind Sie angemeldet."]);

    let calendar = "/dashboard/live/settings/calendar";
    let answer = desk.post(calendar, &[("every", "week"), ("day", "9")]);
    german.says(&answer, 422, &["<strong dir=\"auto\">Tag</strong> braucht für eine Woche 1 (Montag) bis 7"]);
    let answer = desk.post(calendar, &[("every", "month"), ("day", "29")]);
    german.says(&answer, 422, &["braucht eine Zahl von 1 bis 28"]);
    let data = "/dashboard/live/settings/data/erasure";
    german.says(
        &desk.post(data, &[("by", "email"), ("who", "a"), ("again", "b")]),
        422,
        &["stimmt mit der zweiten Eingabe nicht überein"],
    );

    let groups = "/dashboard/live/settings/groups";
    german.says(&desk.post(groups, &[("name", &long)]), 422, &["fasst höchstens 100 Zeichen"]);
    assert_eq!(desk.post(groups, &[("name", "Partner")]).status, 303);
    let mut terms = program.opened["terms"].clone();
    terms["hold_days"] = 7.into();
    program.server().patch("/v1/program", &json!({ "terms": terms })).expect(200);
    german.says(&desk.post(groups, &[("name", "Partner")]), 409, &["schon eine Gruppe dieses Namens"]);
}

#[test]
fn terms_and_fraud_rules_say_it_with_the_page_s_numbers() {
    let (house, german) = (House::shared(), German::default());
    let rewards = json!([{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]);
    let program = Program::open_with(&house, &json!({ "terms": { "rewards": rewards } }));
    let mut desk = in_german(Desk::open(&house, program.key("secret_live")));
    let draft = |more: &[(&'static str, &'static str)]| -> Vec<(&'static str, &'static str)> {
        let usual = [("version", "1"), ("window_days", "30"), ("hold_days", "14"), ("rule.share", "10")];
        let changed = |name: &str| more.iter().any(|(other, _)| *other == name);
        usual.into_iter().filter(|(name, _)| !changed(name)).chain(more.iter().copied()).collect()
    };
    for path in ["/dashboard/live/terms", "/dashboard/live/terms/preview"] {
        let answer = desk.post(path, &draft(&[("window_days", "4000"), ("rule.share", "0")]));
        let words = [
            "<strong dir=\"auto\">Tage, die ein Klick zählt</strong> braucht eine Zahl von 30 bis 400",
            "braucht einen Anteil von 0,01 % bis 100 %",
        ];
        german.says(&answer, 422, &words);
        let lead = [("new.to", "friend"), ("new.on", "lead"), ("new.unit", "share"), ("new.value", "5")];
        german.says(&desk.post(path, &draft(&lead)), 422, &["Eine Anmeldung hat keinen Betrag."]);
        let all = [("new.to", "friend"), ("new.on", "sale"), ("new.unit", "share"), ("new.value", "95")];
        german.says(&desk.post(path, &draft(&all)), 422, &["ergeben zusammen mehr als den ganzen Kauf"]);
        german.says(
            &desk.post(path, &draft(&[("rule.share", "viel")])),
            422,
            &["braucht einen Anteil von 0 bis 100"],
        );
    }
    german.says(
        &desk.post("/dashboard/live/terms", &draft(&[("version", "9")])),
        409,
        &["inzwischen geändert"],
    );

    let path = "/dashboard/live/settings/fraud";
    let page = desk.page(path);
    let inputs = page.split("<input ").skip(1).filter_map(|input| {
        let value = |name: &str| {
            input
                .split_once(&format!("{name}=\""))
                .map(|(_, rest)| rest.split('"').next().unwrap_or_default())
        };
        Some((value("name")?.to_owned(), value("value").unwrap_or("on").to_owned()))
    });
    let form: Vec<(String, String)> = inputs.filter(|(name, _)| name != "language").collect();
    let with = |name: &str, value: &str| -> Vec<(String, String)> {
        let rest = form.iter().filter(|(known, _)| known != name).cloned();
        rest.chain([(name.to_owned(), value.to_owned())]).collect()
    };
    for (name, value, words) in [
        ("hold_both_from", "10", "muss mindestens so hoch sein wie für die Prämien des Empfehlers allein"),
        ("weight.same_email", "1", "derselben E-Mail-Adresse muss mindestens so groß sein"),
        ("weight.same_browser", "1", "desselben Browsers muss mindestens so groß sein"),
        ("weight.velocity", "4000", "braucht eine Zahl von 0 bis 1.000"),
        ("velocity.in_24_hours", "0", "braucht eine Zahl von 1 bis 150"),
        ("banned_hosts", "no/host", "enthält einen Eintrag, der keiner sein kann"),
        ("weight.velocity", "viel", "braucht eine ganze Zahl"),
    ] {
        let fields = with(name, value);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        german.says(&desk.post(path, &fields), 422, &[words]);
    }
}

#[test]
fn links_assets_and_the_look_say_it() {
    let (house, german) = (House::shared(), German::default());
    let program = Program::open(&house);
    program.referrer("ada");
    let mut desk = in_german(Desk::open(&house, program.key("secret_live")));
    let path = "/dashboard/live/links/referrers";
    german.says(&desk.post(path, &[("code", "ada")]), 409, &["Diesen Code hat schon jemand."]);
    for (code, words) in [
        ("a b", "erlaubt nur die Buchstaben a bis z"),
        ("x", "braucht 3 bis 32 Zeichen"),
        ("a--b", "erlaubt Bindestriche nur zwischen zwei anderen Zeichen"),
        ("admin", "dem Dienst selbst vorbehalten"),
    ] {
        german.says(&desk.post(path, &[("code", code)]), 422, &["<strong dir=\"auto\">Code</strong>", words]);
    }
    german.says(
        &desk.post(path, &[("code", "eva"), ("email", "keine")]),
        422,
        &["braucht eine E-Mail-Adresse"],
    );
    let once = [("once", "same"), ("code", "eva-1")];
    assert_eq!(desk.post(path, &once).status, 303);
    let again = [("once", "same"), ("code", "eva-2")];
    german.says(&desk.post(path, &again), 422, &["schon einmal mit anderem Inhalt gesendet"]);

    let path = "/dashboard/live/links/assets";
    let foreign = [("kind", "file"), ("title", "Mappe"), ("url", "https://evil.example/")];
    german.says(
        &desk.post(path, &foreign),
        422,
        &["braucht eine https-Adresse auf der Website, zu der Ihre Links führen"],
    );
    let bare = [("kind", "picture"), ("title", "Bild"), ("group_id", "grp_0000000000000000")];
    german.says(&desk.post(path, &bare), 422, &["<strong dir=\"auto\">Bild</strong> fehlt"]);
    let text = [("kind", "text"), ("title", "Text"), ("text", "Hallo"), ("group_id", "grp_0000000000000000")];
    german.says(&desk.post(path, &text), 422, &["ist keine Gruppe dieses Programms"]);

    let long = "a".repeat(191);
    let answer = desk.post("/dashboard/live/look/texts", &[("version", "0"), ("x", &long)]);
    german.says(&answer, 422, &["fasst höchstens 190 Zeichen, wenn alles eingesetzt ist"]);
    let answer = desk.post("/dashboard/live/look/theme", &[("version", "0"), ("accent", "rot")]);
    german.says(&answer, 422, &["braucht eine Farbe wie #17624a"]);
    let answer = desk
        .post("/dashboard/live/look/share", &[("image", "http://pictures.example/a.png"), ("title", &long)]);
    german.says(
        &answer,
        422,
        &["braucht eine Adresse, die mit https:// beginnt", "fasst höchstens 120 Zeichen"],
    );
    let answer = desk.post("/dashboard/live/look/texts", &[("version", "7"), ("every", "Spät")]);
    german.says(&answer, 409, &["Jemand hat das inzwischen geändert."]);
}

#[test]
fn decisions_about_money_and_people_say_it() {
    let (house, german) = (House::shared(), German::default());
    let rewards = json!([{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]);
    let terms = json!({ "hold_days": 0, "rewards": rewards });
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let (server, ada) = (program.server(), sharer(&program, 1));
    let mut desk = in_german(Desk::open(&house, program.key("secret_live")));
    let payouts = "/dashboard/live/payouts";
    german.says(&desk.post(payouts, &[]), 409, &["Niemandem steht so viel zu"]);
    german.says(&desk.post(payouts, &[("minimum", "viel")]), 422, &["braucht einen Betrag wie 5 oder 5,00"]);
    sell(&program, "o1", "c1", 10_000, &json!({ "code": ada.code }));
    let reward = server.get("/v1/rewards").expect(200)["data"][0].take();
    let path = format!("/dashboard/live/rewards/{}", id(&reward));
    german.says(&desk.post(&path, &[("decision", "fulfil")]), 409, &["Diese Prämie ist Geld"]);
    german.says(&desk.post(&path, &[("decision", "steal")]), 422, &["ist keine der Möglichkeiten"]);
    let batch = server.post("/v1/payouts", &json!({})).expect(201);
    let path = format!("{payouts}/{}", id(&batch));
    let strange = [("decision", "paid"), ("line", "pln_0000000000000000")];
    german.says(&desk.post(&path, &strange), 422, &["Zeilen</strong> ist keine Zeile dieser Auszahlung"]);
    let line = id(&server.get(&format!("/v1/payouts/{}", id(&batch))).expect(200)["lines"][0]).to_owned();
    assert_eq!(desk.post(&path, &[("decision", "paid"), ("line", &line)]).status, 303);
    let late = [("decision", "failed"), ("line", line.as_str())];
    german.says(&desk.post(&path, &late), 409, &[&format!("Was aus {line} wurde, ist schon vermerkt.")]);
    let reward = format!("/dashboard/live/rewards/{}", id(&reward));
    german.says(
        &desk.post(&reward, &[("decision", "void"), ("note", "Doch nicht.")]),
        409,
        &["wurde ausgezahlt oder übergeben"],
    );

    let referrer = format!("/dashboard/live/referrers/{}", ada.id);
    let group = [("group_id", "grp_0000000000000000")];
    german.says(
        &desk.post(&format!("{referrer}/group"), &group),
        422,
        &["ist keine Gruppe dieses Programms"],
    );
    let note = "n".repeat(1001);
    let answer = desk.post(&format!("{referrer}/suspension"), &[("decision", "suspend"), ("note", &note)]);
    german.says(&answer, 422, &["fasst höchstens 1.000 Zeichen"]);

    let dispute = open(&program, &ada, "ORDER 7");
    let path = format!("/dashboard/live/disputes/{}", id(&dispute));
    german.says(&desk.post(&path, &[("decision", "rejected")]), 422, &["braucht mindestens ein Zeichen"]);
    let credit = [("decision", "upheld"), ("note", "Stimmt."), ("credit", ada.id.as_str())];
    german.says(&desk.post(&path, &credit), 422, &["steht nicht im Hauptbuch"]);
    decide(&program, &dispute, &json!({"decision": "rejected", "note": "Nein."})).expect(201);
    let upheld = [("decision", "upheld"), ("note", "Doch.")];
    german.says(&desk.post(&path, &upheld), 409, &["Dieser Einspruch wurde schon anders entschieden."]);
    let message = [("decision", "message"), ("note", "Noch etwas.")];
    german.says(&desk.post(&path, &message), 409, &["Es kommt nichts mehr dazu."]);

    let flags = "/dashboard/live/review/decisions";
    let strange = [("id", "flg_0000000000000000"), ("decision", "confirm")];
    german.says(&desk.post(flags, &strange), 422, &["gibt es hier nicht oder nicht mehr"]);
    german.says(
        &desk.post("/dashboard/live/review/preview", &[]),
        422,
        &["Kreuzen Sie mindestens einen Zweifel an."],
    );
    let costs = [("done", "on"), ("other_cost", "0")];
    german.says(
        &desk.post("/dashboard/live/readiness/incentive", &costs),
        422,
        &["braucht einen Betrag wie 5 oder 5,00"],
    );
}

#[test]
fn rows_of_a_file_say_what_is_wrong_with_them() {
    let (house, german) = (House::shared(), German::default());
    let program = Program::open(&house);
    let holder = json!({"code": "taken", "email": "t@mail.example"});
    let holder = program.server().post("/v1/referrers", &holder).expect(201);
    let mut desk = in_german(Desk::open(&house, program.key("secret_live")));
    let rows = "code,email,name,joined_at,group\n\
                taken,x@mail.example,,,\n\
                good-2,nobody,,,\n\
                GOOD-2,,,,\n\
                under_score,,,,\n\
                admin,,,,\n\
                ,,Niemand,,\n\
                good-3,,,03/04/25,\n\
                good-4,,,2098-01-01,\n\
                good-5,,,,Partner\n";
    let long = format!("{rows}good-6,,{},,\n", "n".repeat(301));
    let fields = |step: &'static str| {
        [("format", "other"), ("csv", long.as_str()), ("column.group", "group"), ("step", step)]
    };
    let words = [
        &format!("hat „taken“, das einem anderen Empfehler gehört ({})", id(&holder)),
        "<code dir=\"auto\">email</code>",
        "ist keine E-Mail-Adresse. Berichtigen Sie sie",
        "hat „good-2“, das schon in Zeile 3 steht",
        "hat „under_score“, das hier kein Code sein kann: Er erlaubt nur die Buchstaben a bis z",
        "hat „admin“, das hier kein Code sein kann: Er ist ein Wort, das dem Dienst selbst vorbehalten ist",
        "enthält nichts, woran man die Person erkennt",
        "ist kein Datum. Schreiben Sie es so: 2026-11-21",
        "liegt in der Zukunft. Berichtigen Sie es",
        "nennt „Partner“, und diese Gruppe gibt es nicht",
        "fasst höchstens 300 Zeichen",
    ];
    let path = "/dashboard/live/referrers/import";
    german.says(&desk.post(path, &fields("look")), 200, &words);
    let taken = desk.post(path, &fields("take"));
    german.says(&taken, 422, &["<strong dir=\"auto\">Zeile 2 Code oder Link</strong> hat „taken“"]);
    for (csv, words) in [
        ("code", "braucht eine Zeile mit den Namen der Spalten"),
        (&format!("code\n{}", "a\n".repeat(10_001)), "hat mehr als 10.000 Zeilen."),
        (&format!("{}\nx", ",".repeat(101)), "hat mehr als 100 Spalten."),
    ] {
        german.says(&desk.post(path, &[("csv", csv)]), 422, &[words]);
    }
    german.says(&desk.post(path, &[]), 422, &["Wählen Sie eine Datei oder fügen Sie ihre Zeilen ein."]);
}

#[test]
fn what_is_refused_outside_of_any_page_is_said_in_words_too() {
    let (house, german) = (House::shared(), German::default());
    let program = Program::open(&house);
    let mut desk = in_german(Desk::open(&house, program.key("secret_live")));
    german.says(&desk.get("/dashboard/live/nowhere"), 404, &["Nicht hier"]);
    german.says(&desk.get("/dashboard/language"), 405, &["So nicht"]);
    german.says(
        &desk.post("/dashboard/language", &[("language", "it")]),
        422,
        &["<h1>Das hat nicht geklappt</h1>", "Diese Sprache gibt es hier nicht."],
    );
    let path = "/dashboard/live/settings/program";
    let elsewhere = Desk::form(path, &[("name", "x")]).header("sec-fetch-site", "cross-site");
    german.says(&desk.send(elsewhere), 403, &["Nur die eigenen Seiten dieser Website"]);
    let own = |body: Vec<u8>, media: &str| {
        Request::new("POST", path)
            .header("content-type", media)
            .header("sec-fetch-site", "same-origin")
            .body(body)
    };
    german.says(
        &desk.send(own(b"{}".to_vec(), "application/json")),
        415,
        &["Das war nicht das Formular der Seite."],
    );
    let form = "application/x-www-form-urlencoded";
    german.says(&desk.send(own(vec![b'a'; 70_000], form)), 413, &["Das ist zu viel auf einmal."]);
    german.says(&desk.send(own(vec![0xFF; 9], form)), 400, &["Das Gesendete ist kein Text."]);
    let picture = [
        b"--x\r\ncontent-disposition: form-data; name=\"data\"; filename=\"a.png\"\r\n\r\n".to_vec(),
        vec![0; 700_000],
        b"\r\n--x--\r\n".to_vec(),
    ];
    let upload = Request::new("POST", "/dashboard/live/links/assets")
        .header("content-type", "multipart/form-data; boundary=x")
        .header("sec-fetch-site", "same-origin")
        .body(picture.concat());
    german.says(&desk.send(upload), 413, &["Ein Bild darf höchstens 512 KB haben."]);
    let mut stranger = in_german(Desk::new(&house));
    german.says(&stranger.sign_in("sk_live_nothing"), 422, &["Dieser Schlüssel gehört zu keinem Programm"]);
    let many = (0..200).map(|_| stranger.sign_in("sk_live_nothing")).find(|answer| answer.status == 429);
    german.says(&many.expect("too many tries"), 429, &["Zu viele Versuche."]);
}

#[test]
fn callers_of_the_api_are_told_codes_without_what_only_pages_need() {
    let house = House::shared();
    let program = Program::open(&house);
    let refused: Value =
        program.server().patch("/v1/program", &json!({"destination": "http://shop.example/"})).expect(422);
    assert_eq!(
        (&refused["code"], &refused["type"], &refused["errors"]),
        (
            &json!("validation_failed"),
            &json!("urn:goodword:problem:validation_failed"),
            &json!([{"field": "destination", "code": "not_a_destination", "detail": "starts with https:// (http:// only on localhost)"}])
        )
    );
    let refused = program.server().post("/v1/payouts", &json!({"due": true})).expect(409);
    assert_eq!((&refused["code"], &refused["put"]), (&json!("payout_not_due"), &Value::Null));
    program.server().post("/v1/payouts/schedule", &json!({"every": "month", "day": 1})).expect(201);
    let refused = program.server().post("/v1/payouts", &json!({"due": true})).expect(409);
    assert_eq!(
        (&refused["code"], &refused["type"]),
        (&json!("payout_not_due"), &json!("urn:goodword:problem:payout_not_due"))
    );
}
