//! Who the referrer is, as far as the page says and the edge agrees.

use super::*;

/// A page whose merchant says who looks.
fn named() -> MemoryPage {
    let page = MemoryPage::default();
    page.identified.set(true);
    page
}

#[test]
fn a_named_referrer_sees_the_link_the_edge_knows_them_by() {
    let page = named();
    let mut panel = Panel::open(&page).unwrap();
    assert!(page.shows("link").starts_with("https://api.example/"));
    let link = ("referrer.link", "https://go.example/r/demo/ada-recommends");
    page.answers(&[KNOWN, &[link]].concat());
    panel.told(200);
    assert_eq!(page.shows("link"), link.1);
    assert_eq!(page.called(), ["ask", "rest 15000"], "nobody joins by looking");
    page.answers(&[KNOWN, &[("referrer.link", "javascript:alert(1)")]].concat());
    panel.wake();
    panel.told(200);
    assert!(page.shows("link").starts_with("https://go.example/r/demo/"));
}

#[test]
fn a_link_made_before_is_joined_to_the_person_once() {
    let page = MemoryPage::default();
    let secret = member(&page).kept.secret;
    page.identified.set(true);
    let mut panel = Panel::open(&page).unwrap();
    panel.joined(200);
    // Whether or not they had an account before: the edge knows.
    assert_eq!(page.called(), ["join", "report joined", "ask with proof"]);
    assert!(panel.kept.secret == secret && page.own.borrow().contains('+') && page.kept.borrow().is_empty());
    page.trusted.set(true);
    page.answers(&stranger());
    panel.told(200);
    assert_eq!(page.called(), [""; 0], "an edge that still knows nobody is not asked for ever");
    Panel::open(&page).unwrap();
    assert_eq!(page.called(), ["ask"], "and nothing is offered again");
}

#[test]
fn a_link_shared_after_signing_out_is_joined_at_the_next_sign_in_once_their_own_is_known() {
    let page = named();
    let link = |letter: &str, sign: &str| ["gws_", &letter.repeat(42), "A", sign].concat();
    for (own, found, offered) in [
        ("", ".", true),
        ("", "?", true),
        (".", ".", false),
        (".", "+", true),
        (".", "?", true),
        ("?", "+", false),
        ("+", "?", true),
        ("+", "+", true),
        ("+", ".", false),
    ] {
        *page.own.borrow_mut() = if own.is_empty() { String::new() } else { link("A", own) };
        *page.kept.borrow_mut() = link("B", found);
        let panel = Panel::open(&page).unwrap();
        assert_eq!(panel.kept.secret.proof() == link("B", ""), offered, "{own} {found}");
        let first = page.called().remove(0);
        assert_eq!(first == "join", offered && found != "." || own == "?", "{own} {found}: {first}");
    }
    let own = link("A", "+");
    *page.own.borrow_mut() = own.clone();
    *page.kept.borrow_mut() = own;
    Panel::open(&page).unwrap();
    assert_eq!(page.called(), ["ask with proof"], "what is theirs already is not offered again");
}

#[test]
fn a_person_who_has_a_link_shares_it_without_joining_with_a_secret_nobody_saw() {
    let page = named();
    let mut panel = Panel::open(&page).unwrap();
    page.trusted.set(true);
    let facts =
        [KNOWN, &[("referrer.link", "https://go.example/r/demo/ada"), ("program.terms_version", "1")]];
    page.answers(&facts.concat());
    panel.told(200);
    page.called();
    panel.act("copy");
    assert_eq!(page.called(), ["copy https://go.example/r/demo/ada", "save by name"]);
    panel.saved(200);
    assert_eq!(page.called(), ["ask"]);
    panel.act("save");
    panel.told(200);
    assert_eq!(page.called(), ["save by name"]);
}

#[test]
fn a_token_that_ends_leaves_the_link_and_asks_for_another() {
    let page = named();
    let mut panel = Panel::open(&page).unwrap();
    page.trusted.set(true);
    let link = ("referrer.link", "https://go.example/r/demo/ada-recommends");
    page.answers(&[KNOWN, &[link]].concat());
    panel.told(200);
    panel.wake();
    page.called();
    let kept = page.own.borrow().clone();
    panel.told(498);
    assert_eq!(page.called(), [""; 0]);
    assert_eq!(page.shows("note"), "note.sign_in");
    panel.act("copy");
    panel.act("save");
    panel.rouse();
    assert_eq!(page.called(), ["copy https://go.example/r/demo/ada-recommends"]);
    assert_eq!(page.shows("link"), link.1);
    assert_eq!(page.shows("said"), "note.sign_in");
    assert_eq!((page.own.borrow().clone(), page.kept.borrow().clone()), (kept, String::new()));
    // The page says anew: the link does not change for a moment.
    let mut panel = Panel::open(&page).unwrap();
    assert_eq!((page.shows("link").as_str(), page.called()), (link.1, alloc::vec!["ask".into()]));
    panel.told(200);
    assert_eq!(page.shows("note"), "note.hold");
    assert_eq!(page.called(), ["rest 15000"]);
}

#[test]
fn what_is_shared_after_a_token_has_ended_is_joined_with_the_next() {
    let page = named();
    let mut panel = Panel::open(&page).unwrap();
    page.trusted.set(true);
    page.answers(&stranger());
    panel.told(200);
    panel.wake();
    panel.told(498);
    page.called();
    panel.act("whatsapp");
    assert_eq!(page.called(), ["report shared whatsapp"]);
    Panel::open(&page).unwrap();
    assert_eq!(page.called(), ["join"]);
}

#[test]
fn a_link_of_somebody_who_signs_in_is_neither_joined_nor_drawn_over() {
    let page = MemoryPage::default();
    let mut panel = member(&page);
    let kept = page.kept.borrow().clone();
    page.answers(&[&stranger()[..], &[("needs_identity", "true")]].concat());
    panel.wake();
    panel.told(200);
    assert_eq!(page.shows("note"), "note.sign_in");
    panel.act("telegram");
    panel.act("save");
    assert_eq!(page.called(), ["ask with proof", "report shared telegram"]);
    assert_eq!(page.shows("said"), "note.sign_in");
    assert_eq!(*page.kept.borrow(), kept);
    assert!(page.shows("link").ends_with(panel.kept.secret.code().as_str()));
}

#[test]
fn a_name_the_edge_does_not_take_is_left_out_and_the_link_joined() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    page.answers(&stranger());
    panel.told(200);
    panel.act("email");
    page.called();
    panel.joined(422);
    assert_eq!(page.called(), ["unsay", "join"]);
    panel.joined(201);
    page.answers(KNOWN);
    panel.told(200);
    assert_eq!(page.shows("note"), "note.person");
    page.called();
    panel.wake();
    panel.act("save");
    panel.told(200);
    panel.saved(422);
    assert_eq!(page.shows("said"), "note.person");
    assert!(page.called().contains(&"unsay".into()));
    // Refused for another reason: not for ever.
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    page.answers(&stranger());
    panel.told(200);
    panel.act("email");
    panel.joined(422);
    page.called();
    panel.joined(422);
    assert_eq!(page.called(), [""; 0]);
}

#[test]
fn a_forged_token_takes_nothing_over() {
    let page = MemoryPage::default();
    let secret = member(&page).kept.secret;
    let kept = page.kept.borrow().clone();
    page.identified.set(true);
    let mut panel = Panel::open(&page).unwrap();
    panel.joined(498);
    assert_eq!(page.called(), ["join", "ask with proof"]);
    assert!(panel.kept.secret == secret && *page.kept.borrow() == kept && page.own.borrow().is_empty());
    // Nor does a token that has ended show somebody's own link to whoever has it.
    let page = named();
    *page.own.borrow_mut() = kept;
    let mut panel = Panel::open(&page).unwrap();
    panel.told(498);
    assert!(panel.kept.secret != secret && page.called() == ["ask with proof", "ask"]);
}

#[test]
fn a_token_that_does_not_count_leaves_the_link_of_the_browser_and_a_note() {
    let page = named();
    let mut panel = Panel::open(&page).unwrap();
    panel.told(498);
    assert_eq!(page.called(), ["ask", "ask"]);
    page.answers(&stranger());
    panel.told(200);
    assert_eq!(page.shows("note"), "note.identity");
    assert!(page.shows("link").starts_with("https://go.example/r/demo/"));
    panel.told(498);
    assert_eq!(page.called(), [""; 0], "a second refusal is final");
}
