//! `cargo xtask …`: reads the command line and calls the library.

mod arguments;

use arguments::{Call, HELP};
use std::process::ExitCode;
use xtask::{bench, build, crawlers, dev, fuzz, mail_domains, progress, setup, size, suite};

fn main() -> ExitCode {
    let call = match arguments::parse(lexopt::Parser::from_env()) {
        Ok(call) => call,
        Err(error) => {
            progress::say(&format!("{error}\n\n{HELP}"));
            return ExitCode::from(2);
        }
    };
    let outcome = match call {
        Call::Help => {
            println!("{HELP}");
            Ok(())
        }
        Call::Setup => setup::for_tests(),
        Call::Build => {
            setup::for_build().and_then(|()| build::release()).and_then(|()| build::print_integrity())
        }
        Call::Crawlers => setup::for_build().and_then(|()| crawlers::run()),
        Call::Domains => setup::for_build().and_then(|()| mail_domains::run()),
        Call::Pictures => suite::pictures(),
        Call::Dev(options) => dev::run(&options),
        Call::Seed(options) => dev::seed::run(&options),
        Call::Test(only) => suite::run(only),
        Call::Fuzz(options) => fuzz::run(&options).map(|_| ()),
        Call::Bench(options) => bench::run(&options),
        Call::Size { json } => {
            setup::for_build().and_then(|()| build::widget()).and_then(|()| size::run(json))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
