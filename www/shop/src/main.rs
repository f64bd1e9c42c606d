//! Starts the shop from its environment; see `config` for the seven variables.

use std::io::ErrorKind;
use std::process::ExitCode;
use std::time::Duration;

use shop::Shop;
use shop::config::Config;
use shop::store::Store;
use tokio::net::TcpListener;

fn main() -> ExitCode {
    let outcome = run();
    if let Err(sentence) = &outcome {
        eprintln!("shop: {sentence}");
    }
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run() -> Result<(), String> {
    let config = Config::read(|name| std::env::var(name).ok())?;
    let folder = config.data.clone();
    std::fs::create_dir_all(&folder)
        .map_err(|e| format!("The folder {} of SHOP_DATA cannot be made: {e}.", folder.display()))?;
    let store = Store::open(&folder)
        .map_err(|e| format!("The database in {} of SHOP_DATA cannot be opened: {e}.", folder.display()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("The server's threads cannot be started: {e}."))?;
    let served = runtime.block_on(serve(Shop::new(config, store)));
    // A call to Goodword may be under way; its message is in the outbox, so nobody needs to wait for it.
    runtime.shutdown_background();
    served
}

async fn serve(shop: Shop) -> Result<(), String> {
    let addr = shop.config().addr;
    let listener = TcpListener::bind(addr).await.map_err(|e| match e.kind() {
        ErrorKind::AddrInUse => {
            format!("Another program is using {addr}: stop it, or set SHOP_ADDR to another port.")
        }
        ErrorKind::PermissionDenied => {
            format!("Listening on {addr} is not permitted: set SHOP_ADDR to a port of 1024 or more.")
        }
        _ => format!("The shop cannot listen on {addr}: {e}; set SHOP_ADDR to an address of this machine."),
    })?;
    println!("Fern & Field is open at {}", shop.config().origin);
    let sender = tokio::spawn(shop.clone().keep_telling());
    let (closing, closed) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, shop::web::router(shop)).with_graceful_shutdown(async move {
        stop_signal().await;
        let _ = closing.send(());
    });
    // Requests under way get a second to finish.
    let patience = async {
        let _ = closed.await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    let outcome = tokio::select! {
        ended = std::future::IntoFuture::into_future(serving) => ended.map_err(|e| format!("The server stopped: {e}.")),
        () = patience => Ok(()),
    };
    sender.abort();
    outcome
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => wait_for_ctrl_c().await,
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    wait_for_ctrl_c().await;
}

async fn wait_for_ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        // No signal can be heard here; the process is ended from outside.
        std::future::pending::<()>().await;
    }
}
