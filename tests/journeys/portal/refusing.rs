//! What a referrer's pages refuse is said in the language of the page.

use serde_json::json;
use tests::desk::Desk;
use tests::dispute::{decide, id, open, sharer};
use tests::house::House;
use tests::portal::entered;
use tests::program::Program;
use tests::refused::{German, in_german};

#[test]
fn a_referrer_s_own_pages_say_it() {
    let (house, german) = (House::shared(), German::default());
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut browser = in_german(entered(&program, &ada));
    let at = |page: &str| format!("/p/{}/{page}", program.slug);
    let long = "n".repeat(301);
    let answer = browser.post(&at("profile"), &[("name", &long), ("email", "keine Adresse")]);
    german.says(
        &answer,
        422,
        &["Name: Schreiben Sie mit höchstens 300 Zeichen", "E-Mail: Das ist keine E-Mail-Adresse."],
    );
    let account = [("holder", ""), ("iban", "DE00370400440532013000")];
    let words = ["Wem das Konto gehört: Schreiben Sie", "Kontonummer (IBAN): Das ist keine Kontonummer."];
    german.says(&browser.post(&at("profile/target"), &account), 422, &words);
    let answer = browser.post(&at("disputes"), &[("about", ""), ("message", "x")]);
    german.says(&answer, 422, &["Worum es geht: "]);
    german.says(
        &browser.post(&at("terms"), &[("version", "3")]),
        422,
        &["Fassung: Diese Fassung gibt es nicht."],
    );
    german.says(
        &browser.post(&at("why"), &[("kind", "order_id")]),
        422,
        &["Die Nummer oder der Code: Schreiben Sie"],
    );
    let dispute = open(&program, &ada, "ORDER 7");
    decide(&program, &dispute, &json!({"decision": "rejected", "note": "Nein."})).expect(201);
    let path = at(&format!("disputes/{}/messages", id(&dispute)));
    german.says(
        &browser.post(&path, &[("message", "Doch.")]),
        409,
        &["Der Shop hat inzwischen entschieden."],
    );
    german.says(&browser.get(&at("conversions/sal_0000000000000000")), 404, &["Nicht hier"]);
    german.says(&browser.post(&at("leave"), &[("word", "nein")]), 422, &["Es ist nichts geschehen."]);
    let mut stranger = in_german(Desk::new(&house));
    german.says(&stranger.get(&at("enter?key=nichts")), 410, &["Dieser Zugang wurde schon benutzt"]);
}
