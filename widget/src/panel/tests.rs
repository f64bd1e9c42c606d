use super::*;
use crate::page::memory::MemoryPage;
use alloc::vec::Vec;

mod identity;

const KNOWN: &[(&str, &str)] = &[
    ("program.name", "Fern & Field"),
    ("program.currency", "EUR"),
    ("program.hold_days", "30"),
    ("program.link_base", "https://go.example/r/demo/"),
    ("program.offer.referrer.0.on", "sale"),
    ("program.offer.referrer.0.pay.share_bps", "1000"),
    ("referrer.id", "rfr_1"),
    ("referrer.clicks", "12"),
    ("referrer.sales", "3"),
    ("referrer.rewards.0.state", "approved"),
    ("referrer.rewards.0.amount", "450"),
    ("referrer.rewards.0.currency", "EUR"),
    ("referrer.rewards.1.state", "held"),
    ("referrer.rewards.1.amount", "99"),
    ("referrer.rewards.1.currency", "EUR"),
    ("referrer.rewards.2.state", "approved"),
    ("referrer.rewards.2.amount", "200"),
    ("referrer.rewards.2.currency", "USD"),
    ("referrer.recent.0.id", "sal_1"),
    ("referrer.recent.0.kind", "sale"),
    ("referrer.recent.0.occurred_at", "2026-11-20T10:00:00Z"),
    ("referrer.recent.0.attribution.status", "attributed"),
    ("referrer.recent.0.attribution.rule", "last_click"),
    ("referrer.recent.0.rewards.0.amount", "350"),
    ("referrer.recent.0.rewards.0.currency", "EUR"),
    ("referrer.recent.0.rewards.0.state", "pending"),
    ("referrer.recent.1.id", "led_1"),
    ("referrer.recent.1.kind", "lead"),
    ("referrer.recent.1.attribution.status", "unattributed"),
    ("referrer.recent.1.attribution.reason", "self_referral"),
    ("referrer.recent.1.dispute.status", "rejected"),
    ("referrer.recent.1.dispute.note", "It was your own address."),
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
    let link = page.shows(".link");
    assert_eq!(link, ["https://api.example/r/0123456789abcdef/", panel.kept.secret.code().as_str()].concat());
    assert_eq!(page.called(), ["ask"]);
    assert!(page.shows("[data-act=whatsapp] href").contains("gwc%3Dwhatsapp"));
}

#[test]
fn joining_is_one_call_however_often_the_link_is_shared() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    page.answers(&stranger());
    panel.told(200);
    panel.act("copy");
    panel.act("whatsapp");
    let copy = ["copy https://go.example/r/demo/", panel.kept.secret.code().as_str(), "?gwc=copy"].concat();
    assert_eq!(page.called(), ["ask", &copy, "join", "report shared whatsapp"]);
    panel.joined(201);
    panel.act("email");
    assert_eq!(page.called(), ["report joined", "ask with proof", "report shared email"]);
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
    assert_eq!(page.shows(".note"), "Your link works. The numbers will be back soon.");
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
fn numbers_rewards_and_reasons_are_shown() {
    let page = MemoryPage::default();
    member(&page);
    assert_eq!(page.shows(".clicks"), "12");
    assert_eq!(page.shows(".friends"), "0");
    assert_eq!(page.shows(".approved dd"), "EUR 4.50, USD 2.00");
    assert_eq!(page.shows(".pending dd"), "EUR 0.00");
    assert_eq!(page.shows(".held dd"), "EUR 0.99");
    assert_eq!(page.shows(".note"), "Rewards are approved 30 days after the order.");
    assert_eq!(
        page.shows(".list"),
        "sal_1 | Order | EUR 3.50 · Pending | Credited: yours was the last link they followed | 2026-11-20 | \n\
         led_1 | Sign-up |  | Not credited: this was your own order |  | The shop has looked at it and stays with its decision: It was your own address.\n"
    );
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
    assert!(page.shows(".note").starts_with("Rewards"));
    panel.act("copy");
    assert!(page.shows(".note").contains("keep this page open"));
    panel.joined(201);
    page.answers(KNOWN);
    panel.told(200);
    assert!(page.shows(".note").contains("keep this page open"));
}

#[test]
fn the_qr_code_is_drawn_when_wanted_and_follows_the_link() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    assert_eq!(page.shows(".qr"), "");
    panel.act("qr");
    assert!(page.shows(".qr").starts_with("https://api.example/"));
    page.answers(&stranger());
    panel.told(200);
    assert!(page.shows(".qr").starts_with("https://go.example/"));
    assert!(page.shows(".qr").ends_with("?gwc=qr"));
}

#[test]
fn garbage_is_treated_as_silence() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    page.answers(&[("program.link_base", "javascript:alert(1)/"), ("program.name", "x")]);
    panel.told(200);
    assert!(page.shows(".link").starts_with("https://api.example/"));
    page.answers(&[("program", "7")]);
    panel.wake();
    panel.told(200);
    assert_eq!(page.called().last().unwrap(), "rest 2000");
}

#[test]
fn the_message_is_the_referrers_own_and_discloses_the_reward_until_they_decide_against_it() {
    let page = MemoryPage::default();
    let panel = member(&page);
    let shared = || page.shows("[data-act=whatsapp] href");
    let put = |name: &str, text: &str| page.fields.borrow_mut().insert(name.into(), text.into());
    assert!(shared().contains("I%20like%20Fern%20%26%20Field"));
    put("message", "Try the monstera & co.");
    panel.show();
    assert!(
        shared().contains(
            "text=Try%20the%20monstera%20%26%20co.%0AI%20get%20a%20reward%20if%20you%20buy.%0Ahttps"
        )
    );
    put("silent", "on");
    panel.show();
    assert!(shared().contains("co.%0Ahttps"), "{}", shared());
    put("message", "");
    panel.show();
    assert!(shared().contains("I%20like%20Fern"), "an emptied field brings our words back");
}

#[test]
fn what_a_referrer_says_of_themselves_waits_for_the_first_share_and_is_sent_at_once_afterwards() {
    let page = MemoryPage::default();
    let mut panel = Panel::open(&page).unwrap();
    page.answers(&stranger());
    panel.told(200);
    panel.act("save");
    assert_eq!(page.called(), ["ask"]);
    assert_eq!(page.shows(".said"), "Saved. It goes along when you share your link.");
    let page = MemoryPage::default();
    let mut panel = member(&page);
    panel.act("save");
    assert_eq!(page.called(), ["save"]);
    panel.saved(200);
    assert_eq!(page.shows(".said"), "Saved.");
    panel.act("save");
    panel.told(200);
    assert_eq!(page.called(), ["ask with proof", "save"], "after the call that was under way");
    panel.saved(0);
    assert!(page.shows(".said").starts_with("That could not be saved"));
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
