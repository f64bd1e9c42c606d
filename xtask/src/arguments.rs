//! The command line as a closed set of calls.

use lexopt::prelude::*;
use xtask::bench::{self, BenchOptions};
use xtask::dev::DevOptions;
use xtask::dev::seed::SeedOptions;
use xtask::fuzz::FuzzOptions;
use xtask::history::Counts;
use xtask::suite::Part;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
cargo xtask <command>

  dev     start the edge and the demo shop
            --port N     the edge's port, the shop takes N+1   [8787]
            --data DIR   keeps everything that is written      [.goodword]
            --json       one line on stdout when ready
  seed    years of a program, into the data folder of `dev` while that is stopped
            --scale          a million clicks, 100,000 conversions, 10,000 referrers
            --clicks N       [10000]
            --conversions N  [1000]
            --referrers N    [100]
            --data DIR       [.goodword]
  test    run every test
            --only unit|tidy|fuzz|http|attack|browser
  fuzz    hostile input for the rules, guided by coverage
            --seconds N  for each target                    [60]
            --only NAME  one of fuzz/fuzz_targets
  build   release build into edge/build and www/w
  bench   measure, as ratios to plain JavaScript on the same workerd
            --only follow|sale|rewards|scale|ledger|dashboard|memory|bytes|widget
            --quick      rough figures in two minutes
            --rounds N   of each side                           [7]
            --seconds N  of each round                          [4]
            --data DIR   where databases lie meanwhile          [in memory]
            --json
  size    bytes a visitor downloads, against the budget
            --json
  setup   only install what is missing
  pictures  take the pictures of the README and the guide anew
  crawlers  write the list of crawlers anew, after its package was updated
  domains   write the lists of mail domains anew, after their packages were updated";

/// One command with its options.
#[derive(Debug, PartialEq)]
pub(crate) enum Call {
    Help,
    Setup,
    Build,
    Dev(DevOptions),
    Seed(SeedOptions),
    Test(Option<Part>),
    Bench(BenchOptions),
    Fuzz(FuzzOptions),
    Size { json: bool },
    Crawlers,
    Domains,
    Pictures,
}

/// Reads a command line. The error is one sentence.
pub(crate) fn parse(mut line: lexopt::Parser) -> Result<Call, lexopt::Error> {
    let mut call = None;
    while let Some(argument) = line.next()? {
        match (&mut call, argument) {
            (_, Long("help") | Short('h')) => return Ok(Call::Help),
            (None, Value(name)) => {
                call = Some(match name.string()?.as_str() {
                    "dev" => Call::Dev(DevOptions::default()),
                    "seed" => Call::Seed(SeedOptions::default()),
                    "test" => Call::Test(None),
                    "build" => Call::Build,
                    "bench" => Call::Bench(BenchOptions::default()),
                    "fuzz" => Call::Fuzz(FuzzOptions::default()),
                    "size" => Call::Size { json: false },
                    "setup" => Call::Setup,
                    "crawlers" => Call::Crawlers,
                    "domains" => Call::Domains,
                    "pictures" => Call::Pictures,
                    "help" => Call::Help,
                    other => return Err(format!("there is no command {other:?}").into()),
                });
            }
            (Some(Call::Dev(options)), Long("port")) => {
                options.port = edge_port(line.value()?.parse()?)?;
            }
            (Some(Call::Dev(options)), Long("data")) => options.data = line.value()?.into(),
            (Some(Call::Dev(options)), Long("json")) => options.json = true,
            (Some(Call::Seed(options)), Long("scale")) => options.counts = Counts::SCALE,
            (Some(Call::Seed(options)), Long("clicks")) => {
                options.counts.clicks = some(line.value()?.parse()?)?;
            }
            (Some(Call::Seed(options)), Long("conversions")) => {
                options.counts.conversions = some(line.value()?.parse()?)?;
            }
            (Some(Call::Seed(options)), Long("referrers")) => {
                options.counts.referrers = some(line.value()?.parse()?)?;
            }
            (Some(Call::Seed(options)), Long("data")) => options.data = line.value()?.into(),
            (Some(Call::Bench(options)), Long("only")) => {
                let name = line.value()?.string()?;
                let part =
                    bench::Part::named(&name).ok_or_else(|| format!("there is no {name:?} to measure"))?;
                options.only = Some(part);
            }
            (Some(Call::Bench(options)), Long("quick")) => options.quick = true,
            (Some(Call::Bench(options)), Long("rounds")) => options.rounds = Some(line.value()?.parse()?),
            (Some(Call::Bench(options)), Long("seconds")) => options.seconds = Some(line.value()?.parse()?),
            (Some(Call::Bench(options)), Long("data")) => options.data = Some(line.value()?.into()),
            (Some(Call::Bench(options)), Long("json")) => options.json = true,
            (Some(Call::Fuzz(options)), Long("seconds")) => options.seconds = line.value()?.parse()?,
            (Some(Call::Fuzz(options)), Long("only")) => options.only = Some(line.value()?.string()?),
            (Some(Call::Size { json }), Long("json")) => *json = true,
            (Some(Call::Test(only)), Long("only")) => {
                let name = line.value()?.string()?;
                *only = Some(Part::named(&name).ok_or_else(|| format!("there are no {name:?} tests"))?);
            }
            (_, argument) => return Err(argument.unexpected()),
        }
    }
    Ok(call.unwrap_or(Call::Help))
}

/// One at least.
fn some(count: u64) -> Result<u64, lexopt::Error> {
    if count == 0 { Err("a count must be at least 1".into()) } else { Ok(count) }
}

/// The shop takes the next port, so the last one cannot be the edge's.
fn edge_port(port: u16) -> Result<u16, lexopt::Error> {
    if port == 0 || port == u16::MAX {
        return Err(format!("--port must be 1 to 65534, not {port}").into());
    }
    Ok(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(line: &str) -> Result<Call, String> {
        parse(lexopt::Parser::from_args(line.split_whitespace())).map_err(|error| error.to_string())
    }

    #[test]
    fn command_lines_become_calls() {
        for (line, expected) in [
            ("", Call::Help),
            ("dev --help", Call::Help),
            ("build", Call::Build),
            ("pictures", Call::Pictures),
            ("domains", Call::Domains),
            (
                "bench --only widget --rounds 5",
                Call::Bench(BenchOptions {
                    only: Some(bench::Part::Widget),
                    rounds: Some(5),
                    ..BenchOptions::default()
                }),
            ),
            ("size --json", Call::Size { json: true }),
            ("fuzz --seconds 5 --only csv", Call::Fuzz(FuzzOptions { seconds: 5, only: Some("csv".into()) })),
            ("test", Call::Test(None)),
            ("test --only tidy", Call::Test(Some(Part::Tidy))),
            ("dev", Call::Dev(DevOptions::default())),
            (
                "seed --scale --referrers 7",
                Call::Seed(SeedOptions {
                    counts: Counts { referrers: 7, ..Counts::SCALE },
                    ..SeedOptions::default()
                }),
            ),
            (
                "dev --json --port=9000 --data /tmp/d",
                Call::Dev(DevOptions { port: 9000, data: "/tmp/d".into(), json: true }),
            ),
        ] {
            assert_eq!(call(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn what_is_not_a_call_is_refused_by_name() {
        for (line, word) in [
            ("deploy", "deploy"),
            ("dev --port 0", "65534"),
            ("dev --port 65535", "65534"),
            ("dev --port x", "x"),
            ("test --only fast", "fast"),
            ("build --json", "--json"),
            ("bench --only all", "all"),
            ("seed --clicks 0", "at least 1"),
            ("dev now", "now"),
        ] {
            let message = call(line).unwrap_err();
            assert!(message.contains(word), "{line}: {message}");
        }
    }
}
