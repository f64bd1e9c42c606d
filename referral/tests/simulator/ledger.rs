//! A ledger in memory around the rules, as the edge has one around SQLite: a command reads, decides and commits all its
//! changes or none; what is committed is all that survives a crash.

use crate::facts::{Click, Fact, OWNERS, Verdict};
use crate::model::Outcome;
use crate::tables::{Change, Credit, Reward, Tables};
use referral::attribution::{self, Attribution, Binding, Case, InForce, Owner, Touch};
use referral::chain::{ENTRY, Root, Row, Walk};
use referral::fraud::person::Person;
use referral::fraud::{self, Facts as Doubted, Settings};
use referral::instant::Instant;
use referral::money::{Currency, Money};
use referral::reward::{self, Facts, State};
use referral::terms::{Occasion, Side, Terms};
use std::fmt::Write as _;

/// The ledger: its committed commands, and the tables they make.
pub(crate) struct Ledger {
    pub(crate) terms: Terms,
    pub(crate) log: Vec<Vec<Change>>,
    pub(crate) tables: Tables,
    root: Root,
}

impl Ledger {
    pub(crate) fn new(terms: Terms) -> Self {
        Self { terms, log: Vec::new(), tables: Tables::default(), root: Root::START }
    }

    /// Loses everything but what is committed, reads that again and walks the chain.
    pub(crate) fn crash(&mut self) {
        let mut tables = Tables::default();
        let (mut walk, mut root, mut seq) = (Walk::default(), Root::START, 0);
        for change in self.log.iter().flatten() {
            if let Change::Entry(row) = change {
                seq += 1;
                root = root.after(row);
                walk.step(seq, &root.to_string(), Some(row));
            }
            tables.apply(change);
        }
        assert_eq!((walk.bad(), walk.root()), (None, self.root), "the chain is the one that was written");
        assert!(
            walk.sums().values().all(|sum| sum.people + sum.program == 0),
            "both sides of the book agree"
        );
        assert_eq!(tables, self.tables, "nothing was kept in memory alone");
        self.tables = tables;
    }

    pub(crate) fn entries(&self) -> u64 {
        self.log.iter().flatten().filter(|change| matches!(change, Change::Entry(_))).count() as u64
    }

    pub(crate) fn commit(&mut self, changes: Vec<Change>) {
        for change in &changes {
            if let Change::Entry(row) = change {
                self.root = self.root.after(row);
            }
            self.tables.apply(change);
        }
        self.log.push(changes);
    }

    /// Tells a fact; the answer, or why it was not taken.
    pub(crate) fn tell(&mut self, fact: &Fact) -> Result<String, Verdict> {
        match fact {
            Fact::Lead { customer, at, click, .. } => {
                Ok(self.convert(fact, *customer, *at, click.as_ref(), None))
            }
            Fact::Sale { customer, at, click, amount, currency, .. } => {
                let currency = Currency::parse(currency).expect("listed");
                let paid = Money { amount: *amount, currency };
                Ok(self.convert(fact, *customer, *at, click.as_ref(), Some(paid)))
            }
            Fact::Refund { refund, order, amount } => self.refund(*refund, *order, *amount),
            Fact::Decide { conversion, confirm } => self.decide(conversion, *confirm),
            Fact::Move { dispute, conversion, to } => self.give(*dispute, conversion, to),
            Fact::Tick => Ok(String::new()),
        }
    }

    /// Approves what is due.
    pub(crate) fn tick(&mut self, now: i64) {
        let due =
            |(_, reward): &(usize, &Reward)| reward.state == State::Pending && reward.available_at <= now;
        let rewards = self.tables.rewards.iter().enumerate();
        let changes = rewards.filter(due).map(|(at, _)| Change::State(at, State::Approved)).collect();
        self.commit(changes);
    }

    fn convert(
        &mut self,
        fact: &Fact,
        customer: u8,
        at: i64,
        click: Option<&Click>,
        paid: Option<Money>,
    ) -> String {
        let key = fact.key();
        if let Some((answer, _)) = self.tables.conversions.get(&key) {
            return answer.clone();
        }
        let known = self.tables.friends.get(&customer).cloned();
        let mut friend = known.clone().unwrap_or_default();
        if let Some(click) = click {
            friend.touches.retain(|touch| touch != click);
            friend.touches.push(click.clone());
        }
        if paid.is_none() {
            friend.email = Some(email(customer));
        }
        let in_force = InForce::of(&self.terms, 1);
        let touches: Vec<Touch> = friend.touches.iter().map(|click| touch(click, in_force)).collect();
        let trace = attribution::decide(&Case {
            model: self.terms.attribution,
            stand_down_minutes: self.terms.stand_down_minutes,
            terms: in_force,
            occurred_at: Instant::from_ms(at),
            customer_id: &customer_id(customer),
            binding: friend.binding.as_ref(),
            known_customer: known.is_some_and(|friend| friend.binding.is_none()),
            invalid_click: false,
            touches: &touches,
        });
        let mut changes = Vec::new();
        let mut granted = Vec::new();
        if let Attribution::Attributed { referrer_id, code, click_id, clicked_at, .. } = &trace.attribution {
            friend.binding = friend.binding.or_else(|| {
                Some(Binding {
                    referrer_id: referrer_id.clone(),
                    external_id: owner(code).and_then(|owner| owner.external_id),
                    code: code.clone(),
                    click_id: click_id.clone(),
                    clicked_at: *clicked_at,
                    terms: in_force,
                })
            });
            granted = self.grant(&key, referrer_id, customer, &friend, paid, at, &mut changes);
        }
        let mut answer = format!("{:?}", trace.attribution);
        changes.push(Change::Friend(customer, friend));
        for reward in &granted {
            changes.extend(entries(&reward.rule, &reward.person, reward.amount, None));
        }
        if let (Fact::Sale { order, .. }, Some(paid)) = (fact, paid) {
            self.meet_waiting(*order, paid.amount, &mut granted, &mut changes);
        }
        for reward in granted {
            let _ = write!(answer, " {} {:?}", reward.amount, reward.state);
            changes.push(Change::Reward(reward));
        }
        let referrer = match &trace.attribution {
            Attribution::Attributed { referrer_id, .. } => Some(referrer_id.clone()),
            Attribution::Unattributed { .. } => None,
        };
        let euro = Currency::parse("EUR").expect("listed");
        let paid_in = |paid: Money| (paid.amount, (paid.currency == euro).then_some(paid.amount));
        let credit =
            Credit { customer, at, paid: paid.map(paid_in), touches: trace.touches, referrer, moves: 0 };
        changes.push(Change::Credit(key.clone(), credit));
        changes.push(Change::Conversion(key, answer.clone(), paid.map(|paid| paid.amount)));
        // Rewards stand before what is taken back of them.
        changes.sort_by_key(|change| !matches!(change, Change::Reward(_)));
        self.commit(changes);
        answer
    }

    #[expect(clippy::too_many_arguments, reason = "the facts of one grant")]
    fn grant(
        &self,
        key: &str,
        referrer_id: &str,
        customer: u8,
        friend: &crate::tables::Friend,
        paid: Option<Money>,
        at: i64,
        changes: &mut Vec<Change>,
    ) -> Vec<Reward> {
        let euro = Currency::parse("EUR").expect("listed");
        let outcome = reward::grant(&reward::Case {
            terms: &self.terms,
            occasion: if paid.is_some() { Occasion::Sale } else { Occasion::Lead },
            amount: paid.filter(|paid| paid.currency == euro).map(|paid| paid.amount),
            at: Instant::from_ms(at),
            facts: Facts::default(),
        });
        let owner = OWNERS.iter().find(|(code, _)| referrer(code) == referrer_id);
        let known = owner.map(|(_, email)| Person { email: Some(*email), name: None });
        let mut doubted = Doubted::default();
        doubted.compare(known.as_slice(), Person { email: friend.email.as_deref(), name: None });
        let settings = Settings::default();
        let open = fraud::weights(&fraud::judge(&settings, &doubted));
        let weight: u32 = open.iter().map(|(_, weight)| weight).sum();
        if weight > 0 {
            changes.push(Change::Flag(key.to_owned(), weight));
        }
        let reward = |grant: reward::Grant| Reward {
            conversion: key.to_owned(),
            person: if grant.to == Side::Referrer { referrer_id.to_owned() } else { customer_id(customer) },
            rule: format!("{key} {}", grant.rule),
            side: grant.to,
            amount: grant.amount,
            state: if settings.holds(&open, grant.to) { State::Held } else { State::Pending },
            available_at: grant.available_at.ms(),
        };
        outcome.grants.into_iter().map(reward).collect()
    }

    /// Refunds that came before their sale, in the order they came.
    fn meet_waiting(&self, order: u8, sale: i64, rewards: &mut [Reward], changes: &mut Vec<Change>) {
        let mut before = 0;
        let mut reversed = vec![0; rewards.len()];
        let refunds = self.log.iter().flatten().filter_map(|change| match change {
            Change::Refund(refund, of, amount, _) if *of == order => Some((*refund, *amount)),
            _ => None,
        });
        for (refund, amount) in refunds.filter(|(refund, _)| !self.tables.met.contains(refund)) {
            let applied = amount.min(sale - before).max(0);
            before += applied;
            for (reward, reversed) in rewards.iter_mut().zip(&mut reversed) {
                let back = reward::reversal(reward.amount, sale, before, *reversed);
                if back > 0 {
                    *reversed += back;
                    changes.extend(entries(&reward.rule, &reward.person, -back, Some(&refund.to_string())));
                    if *reversed == reward.amount {
                        reward.state = State::Voided;
                    }
                }
            }
            changes.push(Change::Applied(refund, applied));
        }
    }

    fn refund(&mut self, refund: u8, order: u8, amount: i64) -> Result<String, Verdict> {
        if let Some((.., answer)) = self.tables.refunds.get(&refund) {
            return Ok(answer.clone());
        }
        let key = format!("sale {order}");
        let Some(sale) = self.tables.conversions.get(&key).and_then(|(_, amount)| *amount) else {
            let answer = "waits".to_owned();
            self.commit(vec![Change::Refund(refund, order, amount, answer.clone())]);
            return Ok(answer);
        };
        let of_this = |refund: &u8| self.tables.refunds.get(refund).is_some_and(|(of, ..)| *of == order);
        let before: i64 =
            self.tables.applied.iter().filter(|(refund, _)| of_this(refund)).map(|(_, amount)| amount).sum();
        if amount > sale - before {
            return Err(Verdict::ExceedsSale);
        }
        let mut changes = Vec::new();
        let mut answer = "met".to_owned();
        for (at, reward) in
            self.tables.rewards.iter().enumerate().filter(|(_, reward)| reward.conversion == key)
        {
            let reversed = self.tables.reversed[at];
            let back = reward::reversal(reward.amount, sale, before + amount, reversed);
            if back > 0 {
                let _ = write!(answer, " {back}");
                changes.extend(entries(&reward.rule, &reward.person, -back, Some(&refund.to_string())));
                if reversed + back == reward.amount {
                    changes.push(Change::State(at, State::Voided));
                }
            }
        }
        changes.push(Change::Refund(refund, order, amount, answer.clone()));
        changes.push(Change::Applied(refund, amount));
        self.commit(changes);
        Ok(answer)
    }

    fn decide(&mut self, conversion: &str, confirm: bool) -> Result<String, Verdict> {
        match (self.tables.flags.get(conversion), self.tables.decisions.get(conversion)) {
            (None, _) => return Err(Verdict::Unknown),
            (_, Some(decided)) if *decided != confirm => return Err(Verdict::Decided),
            (_, Some(_)) => return Ok("decided".to_owned()),
            (Some(_), None) => {}
        }
        let mut changes = vec![Change::Decision(conversion.to_owned(), confirm)];
        for (at, reward) in
            self.tables.rewards.iter().enumerate().filter(|(_, reward)| reward.conversion == conversion)
        {
            let left = reward.amount - self.tables.reversed[at];
            if !confirm && reward.state == State::Held {
                changes.push(Change::State(at, State::Pending));
            } else if confirm && left > 0 {
                changes.extend(entries(&reward.rule, &reward.person, -left, Some(conversion)));
                changes.push(Change::State(at, State::Voided));
            }
        }
        self.commit(changes);
        Ok("decided".to_owned())
    }

    /// What is left of every reward and how it stands.
    pub(crate) fn outcome(&self) -> Outcome {
        let rewards = self.tables.rewards.iter().zip(&self.tables.reversed);
        rewards
            .map(|(reward, reversed)| {
                let key = (reward.rule.clone(), reward.person.clone());
                (key, (reward.amount - reversed, reward.state.word()))
            })
            .collect()
    }
}

/// Both lines of a movement.
pub(crate) fn entries(rule: &str, person: &str, amount: i64, taken_back_by: Option<&str>) -> [Change; 2] {
    let line = |account: &str, amount: i64| {
        let fields = vec![rule.into(), account.into(), amount.into(), taken_back_by.into()];
        Change::Entry(Row::new(ENTRY, "", fields))
    };
    [line("program", -amount), line(person, amount)]
}

pub(crate) fn owner(code: &str) -> Option<Owner> {
    let owned = OWNERS.iter().any(|(known, _)| *known == code);
    owned.then(|| Owner {
        referrer_id: referrer(code),
        external_id: (code == "ada").then(|| customer_id(crate::facts::ADA)),
    })
}

fn touch(click: &Click, terms: InForce) -> Touch {
    Touch {
        code: click.code.to_owned(),
        click_id: Some(click.at.to_string()),
        clicked_at: Instant::from_ms(click.at),
        owner: owner(click.code),
        terms,
    }
}

pub(crate) fn referrer(code: &str) -> String {
    format!("rfr_{code}")
}

pub(crate) fn customer_id(customer: u8) -> String {
    format!("customer-{customer}")
}

/// One of them writes the mailbox of a referrer differently.
fn email(customer: u8) -> String {
    if customer == crate::facts::EVE {
        "Eve+shop@SHOP.example".to_owned()
    } else {
        format!("c{customer}@mail.example")
    }
}
