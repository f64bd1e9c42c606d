//! Our own client, so that a busy machine makes no journey fail: what it does where the other side hangs up.

use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
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

/// Takes connections, one after the other, and does what is said with the requests of each. Gives how many came.
fn peer(connections: Vec<Vec<Does>>) -> (u16, JoinHandle<usize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("its number").port();
    let run = move || {
        let mut count = 0;
        for plan in connections {
            let (mut stream, _) = listener.accept().expect("a connection");
            for does in plan {
                match does {
                    Does::Answer => {
                        count += usize::from(read(&mut stream));
                        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").expect("sent");
                    }
                    Does::HangUp => {
                        // Closing with something unread is answered with a reset.
                        let _ = stream.peek(&mut [0]);
                        break;
                    }
                    Does::BreakOff => {
                        count += usize::from(read(&mut stream));
                        stream.write_all(b"HTTP/1.1 200 OK\r\ncont").expect("sent");
                        break;
                    }
                }
            }
        }
        count
    };
    (port, std::thread::spawn(run))
}

/// Whether something was sent.
fn read(stream: &mut TcpStream) -> bool {
    stream.read(&mut [0; 4096]).expect("readable") > 0
}

#[test]
fn what_may_be_sent_twice_is_sent_again_where_a_kept_connection_was_closed() {
    let (port, other) = peer(vec![vec![Does::Answer, Does::HangUp], vec![Does::Answer]]);
    let client = Client::new(port);
    assert_eq!(client.call(&Request::get("/one")).text(), "ok");
    assert_eq!(client.call(&Request::get("/two")).text(), "ok");
    assert_eq!(other.join().expect("no panic"), 2);
}

#[test]
fn what_must_not_be_sent_twice_has_a_connection_of_its_own() {
    let (port, other) = peer(vec![vec![Does::Answer], vec![Does::Answer]]);
    let client = Client::new(port);
    assert_eq!(client.call(&Request::get("/one")).text(), "ok");
    assert_eq!(client.call(&Request::post("/two", &json!({}))).text(), "ok");
    assert_eq!(other.join().expect("no panic"), 2);
    // And is not sent again where that one is closed.
    let (port, other) = peer(vec![vec![Does::HangUp]]);
    assert!(Client::new(port).try_call(&Request::post("/", &json!({}))).is_err());
    assert_eq!(other.join().expect("no panic"), 0);
}

#[test]
fn nothing_is_sent_again_once_something_of_an_answer_came() {
    let (port, other) = peer(vec![vec![Does::Answer, Does::BreakOff]]);
    let client = Client::new(port);
    client.call(&Request::get("/one"));
    assert!(client.try_call(&Request::get("/two")).is_err());
    assert_eq!(other.join().expect("no panic"), 2);
}

#[test]
fn nothing_is_sent_again_over_a_new_connection() {
    let (port, other) = peer(vec![vec![Does::HangUp]]);
    assert!(Client::new(port).try_call(&Request::get("/")).is_err());
    assert_eq!(other.join().expect("no panic"), 0);
}
