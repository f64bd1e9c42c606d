use crate::alone;
use serde_json::json;
use std::time::Instant;
use tests::house::House;
use tests::program::Program;
#[test]
fn probe_latency_after_restart() {
    let _alone = alone();
    let house = House::start(|options| options);
    let program = Program::open(&house);
    program.referrer("ada");
    for _ in 0..2 {
        house.crash();
        let t = Instant::now();
        house.restart();
        println!("restart {:?}", t.elapsed());
        for i in 0..200 {
            let t = Instant::now();
            program.server().post("/v1/sales", &json!({"order_id": format!("o{i}-{:?}", t), "customer_id": format!("c{i}"), "amount": 9000, "currency": "EUR", "code": "ada"})).expect(201);
            if i < 20 || i % 20 == 0 { println!("{i} {:?}", t.elapsed()); }
        }
        for i in 0..3 {
            let t = Instant::now();
            Program::open(&house);
            println!("open {i} {:?}", t.elapsed());
        }
    }
}
