use super::*;
use crate::page::memory::MemoryPage;
use alloc::vec::Vec;

mod identity;

const KNOWN: &[(&str, &str)] = &[
    ("program.name", "Fern & Field"),
    ("program.link_base", "https://go.example/r/demo/"),
    ("referrer.id", "rfr_1"),
];

/// A stranger's program: everything but what concerns a referrer.
fn stranger() -> Vec<(&'static str, &'static str)> {
    KNOWN.iter().copied().filter(|(path, _)| path.starts_with("program")).collect()
}

/// A panel whose referrer has joined and been told so.
fn member(page: &MemoryPage) -> Panel<&MemoryPage> {
    let mut panel = Panel::open(page).unwrap();
    page.answers(&stranger());
    panel.told(200);
    panel.act("copy");
    panel.joined(201);
    page.answers(KNOWN);
    panel.told(200);
    page.called();
    panel
}

#[test]
fn the_link_is_there_before_the_edge_has_answered() {
    let page = MemoryPage::default();
    let panel = Panel::open(&page).unwrap();
    let link = page.shows("link");
    assert_eq!(link, ["https://api.example/r/0123456789abcdef/", panel.kept.secret.code().as_str()].concat());
    assert_eq!(page.called(), ["ask"]);
}

#[test]
fn joining_is_one_call_however_often_the_link_is_shared() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    page.answers(&stranger());
    panel.told(200);
    panel.act("copy");
    panel.act("whatsapp");
    let copy = ["copy https://go.example/r/demo/", panel.kept.secret.code().as_str()].concat();
    assert_eq!(page.called(), ["ask", &copy, "join", "report shared whatsapp"]);
    panel.joined(201);
    panel.act("email");
    assert_eq!(page.called(), ["report joined", "ask with proof", "report shared email"]);
}

#[test]
fn nothing_but_a_share_joins_because_the_edge_takes_joining_for_the_first_one() {
    for what in ["copy", "taken", "qr", "native", "whatsapp"] {
        let page = MemoryPage::default();
        let mut panel = Panel::open(&page).unwrap();
        page.answers(&stranger());
        panel.told(200);
        panel.act("save");
        panel.rouse();
        panel.wake();
        panel.told(200);
        assert!(!page.called().contains(&"join".into()), "looking is not joining");
        panel.act(what);
        assert!(page.called().contains(&"join".into()), "{what}");
    }
}

#[test]
fn a_link_shared_while_a_call_is_under_way_joins_right_after_it() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    panel.act("taken");
    assert_eq!(page.called(), ["ask", "report copied"]);
    page.answers(&stranger());
    panel.told(200);
    assert_eq!(page.called(), ["join"]);
}

#[test]
fn a_silent_edge_is_asked_four_times_and_then_left_alone() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    for rest in ["rest 2000", "rest 4000", "rest 8000"] {
        panel.told(0);
        assert_eq!(page.called(), ["ask", rest]);
        panel.wake();
    }
    panel.told(503);
    assert_eq!(page.called(), ["ask"]);
    assert_eq!(page.shows("note"), "note.away");
    panel.rouse();
    assert_eq!(page.called(), ["ask"]);
}

#[test]
fn a_refusal_is_final_until_a_person_acts() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    panel.told(401);
    panel.rouse();
    assert_eq!(page.called(), ["ask"]);
    panel.act("copy");
    assert_eq!(page.called().last().unwrap(), "join");
}

#[test]
fn a_link_shared_while_the_edge_was_down_joins_at_the_next_visit() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    panel.told(0);
    panel.act("copy");
    panel.joined(0);
    page.called();
    let again = Panel::open(&page).unwrap();
    assert_eq!(page.called(), ["join"]);
    assert!(again.kept.secret == panel.kept.secret);
}

#[test]
fn looks_at_the_numbers_grow_rare_until_somebody_acts() {
    let page = MemoryPage::default();
    let mut panel = member(&page);
    let mut rests = Vec::new();
    for _ in 0..12 {
        panel.wake();
        panel.told(200);
        rests.push(page.called().pop().unwrap());
    }
    assert_eq!(rests[..2], ["rest 22500", "rest 33750"]);
    assert_eq!(rests.last().unwrap(), "rest 300000");
    panel.act("copy");
    panel.wake();
    panel.told(200);
    assert_eq!(page.called().pop().unwrap(), "rest 15000");
}

#[test]
fn a_referrer_the_edge_has_forgotten_joins_again_with_the_next_share() {
    let page = MemoryPage::default();
    let mut panel = member(&page);
    page.answers(&stranger());
    panel.wake();
    panel.told(200);
    assert_eq!(page.called(), ["ask with proof"]);
    panel.act("telegram");
    assert_eq!(page.called(), ["report shared telegram", "join"]);
}

#[test]
fn a_second_panel_does_not_undo_what_the_first_has_done() {
    let page = MemoryPage::default();
    let mut first = Panel::open(&page).unwrap();
    let mut second = Panel::open(&page).unwrap();
    page.answers(&stranger());
    first.told(200);
    first.act("copy");
    first.joined(201);
    second.told(200);
    assert_eq!(page.called().last().unwrap(), "rest 15000");
    second.wake();
    assert_eq!(page.called(), ["ask with proof"]);
    assert!(first.kept.secret == second.kept.secret);
}

#[test]
fn a_browser_that_keeps_nothing_is_told_so_once_it_matters() {
    let page = MemoryPage { forgetful: true, ..MemoryPage::default() };
    let mut panel = Panel::open(&page).unwrap();
    page.answers(&stranger());
    panel.told(200);
    assert_eq!(page.shows("note"), "note.hold");
    panel.act("copy");
    assert_eq!(page.shows("note"), "note.memory");
    panel.joined(201);
    page.answers(KNOWN);
    panel.told(200);
    assert_eq!(page.shows("note"), "note.memory");
}

#[test]
fn what_the_page_must_do_for_a_channel_is_done_with_the_link_that_is_shown() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    page.answers(&stranger());
    panel.told(200);
    panel.joined(201);
    page.called();
    for channel in ["qr", "native"] {
        panel.act(channel);
        let handed = [channel, " ", &page.shows("link")].concat();
        assert_eq!(page.called()[..2], [handed, ["report shared ", channel].concat()]);
    }
}

#[test]
fn a_link_counts_as_shared_once_it_has_left_the_browser() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    assert_eq!(page.shows("shared"), "no");
    page.answers(&stranger());
    panel.told(200);
    panel.act("copy");
    panel.joined(201);
    panel.told(200);
    assert_eq!(page.shows("shared"), "no", "the edge knows nobody of this secret, so nobody was sent");
    panel.act("copy");
    panel.joined(200);
    page.answers(KNOWN);
    panel.told(200);
    assert_eq!(page.shows("shared"), "yes");
}

#[test]
fn garbage_is_treated_as_silence() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    page.answers(&[("program.link_base", "javascript:alert(1)/"), ("program.name", "x")]);
    panel.told(200);
    assert!(page.shows("link").starts_with("https://api.example/"));
    page.answers(&[("program", "7")]);
    panel.wake();
    panel.told(200);
    assert_eq!(page.called().last().unwrap(), "rest 2000");
}

#[test]
fn what_a_referrer_says_of_themselves_waits_for_the_first_share_and_is_sent_at_once_afterwards() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    page.answers(&stranger());
    panel.told(200);
    panel.act("save");
    assert_eq!(page.called(), ["ask"]);
    assert_eq!(page.shows("said"), "saved.later");
    let page = MemoryPage::default();
    let mut panel = member(&page);
    panel.act("save");
    assert_eq!(page.called(), ["save"]);
    panel.saved(200);
    assert_eq!(page.shows("said"), "saved");
    panel.act("save");
    panel.told(200);
    assert_eq!(page.called(), ["ask with proof", "save"], "after the call that was under way");
    panel.saved(0);
    assert_eq!(page.shows("said"), "saved.failed");
}

#[test]
fn new_terms_are_accepted_with_the_next_share() {
    let page = MemoryPage::default();
    let mut panel = member(&page);
    let version =
        |accepted| [KNOWN, &[("program.terms_version", "2"), ("referrer.terms_accepted", accepted)]].concat();
    page.answers(&version("1"));
    panel.wake();
    panel.told(200);
    page.called();
    panel.act("email");
    assert_eq!(page.called(), ["report shared email", "save"]);
    page.answers(&version("2"));
    panel.saved(200);
    panel.told(200);
    page.called();
    panel.act("email");
    assert_eq!(page.called(), ["report shared email"]);
}
