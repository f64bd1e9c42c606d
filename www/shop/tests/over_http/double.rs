//! A listener that stands where Goodword would and answers what a test tells it to: refusals, silence, an answer.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) path: String,
    pub(crate) authorization: String,
    pub(crate) idempotency_key: String,
    pub(crate) body: serde_json::Value,
}

/// What to answer next.
pub(crate) enum Next {
    /// This status and body.
    Answer(u16, &'static str),
    /// Nothing, for longer than anybody waits.
    Silence,
}

/// The listener. Answers `otherwise` when nothing else was asked for.
#[derive(Clone)]
pub(crate) struct Double {
    pub(crate) origin: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    script: Arc<Mutex<VecDeque<Next>>>,
}

impl Double {
    pub(crate) fn listen(script: impl IntoIterator<Item = Next>, otherwise: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let double = Self {
            origin: format!("http://{}", listener.local_addr().expect("address")),
            heard: Arc::default(),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
        };
        let served = double.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                std::thread::spawn(move || served.answer(stream, otherwise));
            }
        });
        double
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("lock").clone()
    }

    fn answer(&self, mut stream: TcpStream, otherwise: &str) {
        let mut reader = BufReader::new(stream.try_clone().expect("clone"));
        let mut first = String::new();
        let _ = reader.read_line(&mut first);
        let (mut length, mut authorization, mut idempotency_key) = (0, String::new(), String::new());
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) < 3 {
                break;
            }
            let (name, value) = line.trim_end().split_once(": ").expect("a header");
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().expect("a length"),
                "authorization" => authorization.push_str(value),
                "idempotency-key" => idempotency_key.push_str(value),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        self.heard.lock().expect("lock").push(Heard {
            path: first.split(' ').nth(1).expect("a path").to_owned(),
            authorization,
            idempotency_key,
            body: serde_json::from_slice(&body).expect("JSON"),
        });
        let next = self.script.lock().expect("lock").pop_front();
        let (status, answer) = match next {
            Some(Next::Answer(status, answer)) => (status, answer),
            Some(Next::Silence) => return std::thread::sleep(std::time::Duration::from_secs(30)),
            None => (201, otherwise),
        };
        let length = answer.len();
        let _ = write!(
            stream,
            "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}"
        );
    }
}

/// An origin where nobody listens.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("address"))
}

/// The shop's settings against that origin.
pub(crate) fn config(edge: &str) -> shop::config::Config {
    shop::config::Config::read(|name| {
        Some(match name {
            "SHOP_ADDR" => "127.0.0.1:0".to_owned(),
            "SHOP_ORIGIN" => "http://shop.example".to_owned(),
            "GOODWORD_EDGE" => edge.to_owned(),
            "GOODWORD_PUBLISHABLE_KEY" => "pk_live_printed".to_owned(),
            "GOODWORD_SECRET_KEY" => "sk_live_hidden".to_owned(),
            "GOODWORD_IDENTITY_KEY" => "ik_live_hidden".to_owned(),
            "SHOP_DATA" => "unused".to_owned(),
            _ => return None,
        })
    })
    .expect("settings")
}
