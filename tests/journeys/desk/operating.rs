//! The operator inside of a program: what they opened is open as long as they are the operator, and by nothing else.

use super::expiring::{CLOSE, NAME, OPERATOR, TEXT, change_directory, ends, heard, is_led_out, listening};
use super::filing::column;
use serde_json::json;
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;

/// A browser in which the operator has the program open.
fn inside<'a>(house: &'a House, program: &Program) -> Desk<'a> {
    let mut desk = Desk::open(house, &house.admin_key);
    opens(&mut desk, program);
    desk
}

#[track_caller]
fn opens(desk: &mut Desk<'_>, program: &Program) {
    let answer = desk.post("/dashboard/programs", &[("uid", program.uid())]);
    assert_eq!(answer.header("location"), Some("/dashboard/live"), "{}", answer.text());
}

/// Whether these cookies lead to nothing of a program: no page, no file, no form, live or test.
#[track_caller]
fn open_nothing(desk: &Desk<'_>) {
    for path in ["live", "live/settings", "live/audit.csv", "live/live", "test", "test/settings"] {
        assert!(is_led_out(&mut desk.clone(), &format!("/dashboard/{path}")), "{path}");
    }
    let answer = desk.clone().post("/dashboard/live/settings/keys", &[("kind", "secret")]);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/dashboard/sign-in")));
    assert!(answer.header("set-cookie").is_none(), "no secret is given for one that is worth nothing");
}

fn is_in(desk: &mut Desk<'_>) -> bool {
    desk.get("/dashboard/live").status == 200 && desk.get("/dashboard/test").status == 200
}

/// The sessions that a merchant's settings list, by the key they were opened with; none for the operator's.
fn listed(merchant: &mut Desk<'_>) -> Vec<String> {
    column(&merchant.page("/dashboard/live/sessions.csv"), "key_id")
}

#[test]
fn who_signs_out_as_the_operator_leaves_no_program_open_whoever_kept_its_cookie() {
    let house = House::shared();
    let (program, other) = (Program::open(&house), Program::open(&house));
    let mut merchant = Desk::open(&house, program.key("secret_live"));
    let mut operator = inside(&house, &program);
    let kept = operator.clone();
    // With the operator's cookie somebody opens programs that the operator's own browser never hears of.
    let (mut thief, mut elsewhere) = (kept.clone(), kept.clone());
    for (desk, program) in [(&mut thief, &program), (&mut elsewhere, &other)] {
        desk.cookies.remove(NAME);
        opens(desk, program);
        assert!(is_in(desk));
    }
    assert!(is_in(&mut operator));
    assert_eq!(listed(&mut merchant).iter().filter(|key| key.is_empty()).count(), 2);

    // The program's cookie is worth nothing without the operator's, nor beside that of another sign-in.
    let mut alone = kept.clone();
    alone.cookies.remove(OPERATOR);
    open_nothing(&alone);
    let again = Desk::open(&house, &house.admin_key);
    alone.cookies.insert(OPERATOR.to_owned(), again.cookies[OPERATOR].clone());
    assert!(is_led_out(&mut alone, "/dashboard/live"));
    assert!(is_in(&mut operator), "and whoever tried has ended nothing");

    assert_eq!(operator.post("/dashboard/sign-out", &[]).status, 303);
    for desk in [&kept, &thief, &elsewhere, &operator] {
        open_nothing(desk);
    }
    assert_eq!(listed(&mut merchant).len(), 1, "what is over is not listed");
    assert!(merchant.get("/dashboard/live").status == 200);
}

#[test]
fn a_hundred_sessions_that_ended_with_the_operator_s_take_no_room_in_the_list() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut merchant = Desk::open(&house, program.key("secret_live"));
    let mut operator = Desk::open(&house, &house.admin_key);
    for _ in 0..101 {
        operator.cookies.remove(NAME);
        opens(&mut operator, &program);
    }
    let more = "More sessions are open";
    assert!(merchant.page("/dashboard/live/settings").contains(more));
    assert_eq!(operator.post("/dashboard/sign-out", &[]).status, 303);
    let page = merchant.page("/dashboard/live/settings");
    assert!(!page.contains(more), "none but the merchant's is open");
    assert!(page.contains("this one"), "and that is listed");
}

#[test]
fn what_the_operator_opened_ends_when_their_session_is_ended_elsewhere_or_is_over() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let mut one = inside(&house, &program);
    let mut other = inside(&house, &program);
    let page = one.page("/dashboard/programs");
    let ending = format!("/dashboard/programs/sessions/{}", ends(&page, "/dashboard/programs/sessions")[0]);
    assert!(is_in(&mut other));
    assert_eq!(one.post(&ending, &[]).status, 303);
    open_nothing(&other);
    assert!(is_in(&mut one));

    let (third, fourth) = (inside(&house, &program), inside(&house, &program));
    assert_eq!(one.post("/dashboard/programs/sessions", &[]).status, 303);
    open_nothing(&third);
    open_nothing(&fourth);
    assert!(is_in(&mut one));

    // Whoever works in a program uses the session they opened it by.
    change_directory(&house, "UPDATE operator_session SET seen_at = seen_at - 3500000");
    assert!(is_in(&mut one));
    change_directory(&house, "UPDATE operator_session SET seen_at = seen_at - 3500000");
    assert!(is_in(&mut one), "it was used a moment ago");
    change_directory(&house, "UPDATE operator_session SET seen_at = seen_at - 3600000");
    open_nothing(&one);

    let day = inside(&house, &program);
    change_directory(&house, "UPDATE operator_session SET created_at = created_at - 86400000");
    open_nothing(&day);

    let former = inside(&house, &program);
    let changed = format!("{}0", house.admin_key);
    house.reopen(|mut options| {
        options.admin_key.clone_from(&changed);
        options
    });
    open_nothing(&former);
    let mut newer = Desk::open(&house, &changed);
    opens(&mut newer, &program);
    assert!(is_in(&mut newer));
}

#[test]
fn a_socket_of_the_operator_s_hears_nothing_more_once_their_session_has_ended() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let mut merchant = Desk::open(&house, program.key("secret_live"));
    let mut one = Desk::open(&house, &house.admin_key);
    let operator = inside(&house, &program);
    let mut theirs =
        ["live", "test"].map(|mode| listening(&house, &operator, &format!("/dashboard/{mode}/live")));
    let mut shops = listening(&house, &merchant, "/dashboard/live/live");
    let number = |text: &[u8]| String::from_utf8_lossy(text).parse::<u64>().expect("a number");
    let mut now = |mode: &str| {
        let text = merchant.page(&format!("/dashboard/{mode}/live"));
        number(text.split('-').next().unwrap_or_default().as_bytes())
    };
    let before = [now("live"), now("test")];

    let page = one.page("/dashboard/programs");
    let ending = format!("/dashboard/programs/sessions/{}", ends(&page, "/dashboard/programs/sessions")[0]);
    assert_eq!(one.post(&ending, &[]).status, 303);
    let lead = json!({"customer_id": "c"});
    program.server().post("/v1/leads", &lead).expect(201);
    program.test_server().post("/v1/leads", &lead).expect(201);
    for (socket, before) in theirs.iter_mut().zip(before) {
        let last = loop {
            let (kind, body) = heard(socket);
            if kind != TEXT {
                break (kind, body);
            }
            assert!(number(&body) <= before, "nothing of what came after");
        };
        assert_eq!((last.0, &last.1[..2]), (CLOSE, &4001_u16.to_be_bytes()[..]), "it hears that it is over");
    }
    while number(&heard(&mut shops).1) <= before[0] {}
    assert!(now("live") > before[0] && now("test") > before[1], "the merchant's goes on");
}
