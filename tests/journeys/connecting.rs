//! Our own client, so that a busy machine makes no journey fail: what it does where the other side hangs up.

use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;
use tests::http::{Client, Request};

/// What the other side does with a request.
#[derive(Clone, Copy)]
enum Does {
    Answer,
    /// Closes with the request unread, as a runtime does whose patience just ended.
    HangUp,
    /// Breaks off in the middle of an answer.
    BreakOff,
}

/// The other side.
struct Peer {
    port: u16,
    run: JoinHandle<Vec<usize>>,
}

impl Peer {
    /// Takes as many connections as there are plans, and does with the requests of each what its plan says.
    fn new(plans: Vec<Vec<Does>>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let run = move || {
            let taken = plans.into_iter().map(|plan| {
                let (stream, _) = listener.accept().expect("a connection");
                std::thread::spawn(move || follow(stream, plan))
            });
            let taken: Vec<JoinHandle<usize>> = taken.collect();
            taken.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        };
        Self { port, run: std::thread::spawn(run) }
    }

    /// How many requests were read on each connection; nothing more is sent.
    fn read(self, client: Client) -> Vec<usize> {
        drop(client);
        // Those that still wait for a connection get one on which nothing comes.
        while !self.run.is_finished() && TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.run.join().expect("no panic")
    }
}

/// Does what the plan says, until the client is gone. Gives how many requests were read.
fn follow(mut stream: TcpStream, plan: Vec<Does>) -> usize {
    let mut count = 0;
    for does in plan {
        if matches!(does, Does::HangUp) {
            // Closing with something unread is answered with a reset.
            let _ = stream.peek(&mut [0]);
            break;
        }
        if stream.read(&mut [0; 4096]).unwrap_or(0) == 0 {
            break;
        }
        count += 1;
        let answer: &[u8] = match does {
            Does::BreakOff => b"HTTP/1.1 200 OK\r\ncont",
            _ => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        };
        stream.write_all(answer).expect("sent");
    }
    count
}

#[test]
fn what_may_be_sent_twice_is_sent_again_where_a_kept_connection_was_closed() {
    let peer = Peer::new(vec![vec![Does::Answer, Does::HangUp], vec![Does::Answer]]);
    let client = Client::new(peer.port);
    assert_eq!(client.call(&Request::get("/one")).text(), "ok");
    assert_eq!(client.call(&Request::get("/two")).text(), "ok");
    assert_eq!(peer.read(client), [1, 1]);
}

#[test]
fn what_must_not_be_sent_twice_has_a_connection_of_its_own() {
    let peer = Peer::new(vec![vec![Does::Answer; 2]; 2]);
    let client = Client::new(peer.port);
    assert_eq!(client.call(&Request::get("/one")).text(), "ok");
    assert_eq!(client.call(&Request::post("/two", &json!({}))).text(), "ok");
    assert_eq!(peer.read(client), [1, 1]);
}

#[test]
fn nothing_is_sent_again_once_something_of_an_answer_came() {
    let peer = Peer::new(vec![vec![Does::Answer, Does::BreakOff], vec![Does::Answer]]);
    let client = Client::new(peer.port);
    client.call(&Request::get("/one"));
    assert!(client.try_call(&Request::get("/two")).is_err());
    assert_eq!(peer.read(client), [2, 0]);
}

#[test]
fn nothing_is_sent_again_over_a_new_connection() {
    for request in [Request::get("/"), Request::post("/", &json!({}))] {
        let peer = Peer::new(vec![vec![Does::HangUp], vec![Does::Answer]]);
        let client = Client::new(peer.port);
        assert!(client.try_call(&request).is_err());
        assert_eq!(peer.read(client), [0, 0]);
    }
}
