//! Goodword's answers in words, for the confirmation and account pages.

mod words;

use rusqlite::{OptionalExtension, Transaction};
use serde::Deserialize;

use crate::clock::{self, Seconds};
use crate::fault::Fault;
use crate::store::sql;
use words::{Reversal, Reward, reason_in_words, reversal_in_words, reward_in_words, rule_in_words};

/// One message to Goodword and what came back, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome in one or two words.
    pub outcome: Outcome,
    /// The outcome in a sentence.
    pub sentence: String,
    /// What follows from it, one line per reward or reversal.
    pub lines: Vec<String>,
    /// The request, as it was or will be sent: `POST /v1/sales`.
    pub request: String,
    /// The JSON that was sent, indented.
    pub sent: String,
    /// The JSON that came back, indented; empty while there is none.
    pub answered: String,
}

/// How a message ended, or that it has not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The conversion was credited to somebody.
    Credited,
    /// The conversion was recorded and credited to nobody, for a reason.
    NotCredited,
    /// The refund took rewards back.
    TakenBack,
    /// The refund was recorded; there was no reward to take back.
    Noted,
    /// The refund waits at Goodword for its sale.
    Kept,
    /// Taken, with an answer this shop does not know how to read.
    Answered,
    /// In the outbox still.
    Waiting,
    /// Goodword will not have it.
    Refused,
}

impl Outcome {
    /// The word on the page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Credited => "Credited",
            Self::NotCredited => "Not credited",
            Self::TakenBack => "Taken back",
            Self::Noted => "Noted",
            Self::Kept => "Kept",
            Self::Answered => "Answered",
            Self::Waiting => "Not told yet",
            Self::Refused => "Refused",
        }
    }

    /// The class that colours it.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Credited | Self::TakenBack => "good",
            Self::NotCredited | Self::Noted | Self::Answered => "plain",
            Self::Kept | Self::Waiting => "waiting",
            Self::Refused => "bad",
        }
    }
}

/// What the outbox knows of one message.
struct Record {
    path: String,
    body: String,
    attempts: u32,
    due_at: Seconds,
    trouble: Option<String>,
    answer: Option<(u16, String)>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Conversion { attribution: Attribution, rewards: Vec<Reward> },
    Refund { status: String, reversals: Vec<Reversal> },
}

#[derive(Deserialize, Default)]
struct Problem {
    detail: Option<String>,
    code: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
enum Attribution {
    Attributed { code: String, rule: String },
    Unattributed { reason: String },
}

impl Verdict {
    /// What became of the message with that idempotency key; none when there never was one.
    pub fn find(tx: &Transaction<'_>, idempotency_key: &str) -> Result<Option<Self>, Fault> {
        let record = tx.prepare_cached(sql::OUTBOX_FIND)?.query_row([idempotency_key], |r| {
            let status: Option<u16> = r.get(5)?;
            let answer: Option<String> = r.get(6)?;
            Ok(Record {
                path: r.get(0)?,
                body: r.get(1)?,
                attempts: r.get(2)?,
                due_at: r.get(3)?,
                trouble: r.get(4)?,
                answer: status.zip(answer),
            })
        });
        Ok(record.optional()?.map(|record| Self::of(&record)))
    }

    fn of(record: &Record) -> Self {
        let (outcome, sentence, lines) = match &record.answer {
            None => (Outcome::Waiting, waiting(record), Vec::new()),
            Some((200..=299, body)) => match serde_json::from_str(body) {
                Ok(answer) => accepted(answer),
                Err(_) => {
                    (Outcome::Answered, "Goodword took it; its answer is below.".to_owned(), Vec::new())
                }
            },
            Some((status, body)) => (Outcome::Refused, refusal(*status, body), Vec::new()),
        };
        Self {
            outcome,
            sentence,
            lines,
            request: format!("POST {}", record.path),
            sent: indented(&record.body),
            answered: record.answer.as_ref().map(|(_, body)| indented(body)).unwrap_or_default(),
        }
    }
}

fn waiting(record: &Record) -> String {
    let Some(trouble) = &record.trouble else {
        return "It follows as soon as an earlier message of yours got through. Nothing is lost.".to_owned();
    };
    let tries = if record.attempts == 1 { "1 try".to_owned() } else { format!("{} tries", record.attempts) };
    let next = clock::time_of_day(record.due_at);
    format!(
        "Goodword did not take it yet ({trouble}; {tries} so far). Nothing is lost: the next try is at {next}."
    )
}

fn refusal(status: u16, body: &str) -> String {
    let problem: Problem = serde_json::from_str(body).unwrap_or_default();
    let why = problem.detail.or(problem.code).unwrap_or_else(|| "it did not say why".to_owned());
    format!("Goodword refused it with status {status}: {why}")
}

fn accepted(answer: Answer) -> (Outcome, String, Vec<String>) {
    match answer {
        Answer::Conversion { attribution: Attribution::Attributed { code, rule }, rewards } => {
            let sentence =
                format!("Goodword credited it to the link with code {code}: {}.", rule_in_words(&rule));
            (Outcome::Credited, sentence, rewards.iter().map(reward_in_words).collect())
        }
        Answer::Conversion { attribution: Attribution::Unattributed { reason }, .. } => {
            let sentence = format!("Goodword credited nobody: {}.", reason_in_words(&reason));
            (Outcome::NotCredited, sentence, Vec::new())
        }
        Answer::Refund { status, .. } if status == "waiting" => {
            let sentence = "Goodword has not seen the sale yet and keeps the refund for it.".to_owned();
            (Outcome::Kept, sentence, Vec::new())
        }
        Answer::Refund { reversals, .. } if reversals.is_empty() => (
            Outcome::Noted,
            "Goodword noted the refund; no reward had to be taken back.".to_owned(),
            Vec::new(),
        ),
        Answer::Refund { reversals, .. } => {
            let sentence = "Goodword took the rewards back in proportion.".to_owned();
            (Outcome::TakenBack, sentence, reversals.iter().map(reversal_in_words).collect())
        }
    }
}

fn indented(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| json.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Record, Verdict};

    fn verdict(status: u16, answer: &str) -> Verdict {
        Verdict::of(&Record {
            path: "/v1/sales".into(),
            body: "{}".into(),
            attempts: 1,
            due_at: 0,
            trouble: None,
            answer: Some((status, answer.into())),
        })
    }

    #[test]
    fn every_answer_of_the_contract_has_words() {
        let check = |status, answer: &str, label: &str, part: &str| {
            let v = verdict(status, answer);
            assert_eq!(v.outcome.label(), label, "{answer}");
            let all = format!("{} {}", v.sentence, v.lines.join(" · "));
            assert!(all.contains(part), "{all:?} lacks {part:?}");
        };
        let rewards = r#"[{"to":"referrer","amount":390,"currency":"EUR","state":"pending","available_at":"2026-12-21T09:00:00Z"},
            {"to":"friend","amount":500,"currency":"EUR","state":"held"}]"#;
        let credited = format!(
            r#"{{"attribution":{{"status":"attributed","code":"abc","rule":"last_click"}},"rewards":{rewards}}}"#
        );
        check(
            201,
            &credited,
            "Credited",
            "€3.90 for the person who sent you, pending until 21 December 2026",
        );
        check(200, &credited, "Credited", "€5.00 for you, held");
        for (reason, words) in
            [("no_click", "no referral link"), ("self_referral", "buyer's own"), ("brand_new", "brand_new")]
        {
            let answer =
                format!(r#"{{"attribution":{{"status":"unattributed","reason":"{reason}"}},"rewards":[]}}"#);
            check(201, &answer, "Not credited", words);
        }
        check(
            201,
            r#"{"status":"applied","reversals":[{"to":"referrer","amount":39,"currency":"EUR"}]}"#,
            "Taken back",
            "€0.39 less",
        );
        check(201, r#"{"status":"applied","reversals":[]}"#, "Noted", "no reward");
        check(201, r#"{"status":"waiting","reversals":[]}"#, "Kept", "not seen the sale");
        check(
            409,
            r#"{"status":409,"code":"order_conflict","detail":"Another amount."}"#,
            "Refused",
            "Another amount.",
        );
        check(400, "<html>", "Refused", "400");
        check(200, r#"{"ok":true}"#, "Answered", "below");
        check(422, r#"{"detail":null,"code":"x_y"}"#, "Refused", "x_y");
    }

    #[test]
    fn a_message_that_waits_says_why_and_until_when() {
        let record = Record {
            path: "/v1/leads".into(),
            body: "{}".into(),
            attempts: 3,
            due_at: 60,
            trouble: Some("connection refused".into()),
            answer: None,
        };
        let v = Verdict::of(&record);
        assert_eq!(v.outcome.label(), "Not told yet");
        assert!(v.sentence.contains("connection refused; 3 tries so far"), "{}", v.sentence);
        assert!(v.sentence.contains("00:01:00 UTC"), "{}", v.sentence);
    }
}
