//! `simulate --seeds N [--from S] [--steps K] [--seed S --trace]`: days of a firm in which everything goes
//! wrong, one after another. Exit code 1 and the seed when an invariant breaks.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clap::Parser;
use vyezd_tests::simulation;

/// Simulation of phones, server and network from a seed.
#[derive(Parser)]
struct Args {
    /// How many seeds.
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Steps of each.
    #[arg(long, default_value_t = 400)]
    steps: u64,
    /// Only this seed.
    #[arg(long)]
    seed: Option<u64>,
    /// Print every step.
    #[arg(long)]
    trace: bool,
    /// How many seeds at a time; all cores unless said.
    #[arg(long)]
    jobs: Option<usize>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if args.trace {
        tracing_subscriber::fmt()
            .with_env_filter("vyezd_server=warn")
            .with_writer(std::io::stdout)
            .init();
    }
    let seeds = args.seed.map_or(args.from..args.from + args.seeds, |seed| seed..seed + 1);
    #[expect(clippy::disallowed_methods, reason = "how fast the simulation is, for people")]
    let began = std::time::Instant::now();
    let count = seeds.end - seeds.start;
    let jobs =
        args.jobs.or(std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let next = AtomicU64::new(seeds.start);
    let sum = Mutex::new((0.0, 0, 0, 0, false));
    std::thread::scope(|scope| {
        for _ in 0..if args.trace { 1 } else { jobs } {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    let ended = simulation::run(seed, args.steps, args.trace);
                    let mut sum = sum.lock().expect("nobody panics while adding");
                    match ended {
                        Ok(report) => {
                            sum.0 += report.virtual_ms as f64 / 86_400_000.0;
                            sum.1 += report.requests;
                            sum.2 += report.facts;
                            sum.3 += report.seals;
                        }
                        Err(fault) => {
                            eprintln!("{fault}");
                            sum.4 = true;
                        }
                    }
                }
            });
        }
    });
    let (days, requests, facts, seals, failed) = *sum.lock().expect("all have ended");
    if failed {
        return ExitCode::FAILURE;
    }
    let took = began.elapsed().max(Duration::from_millis(1));
    let a_minute = 60.0 / took.as_secs_f64();
    println!(
        "{count} seeds: {requests} requests, {facts} facts, {seals} sheets, {days:.1} virtual days in {:.1} s \
         ({:.0} seeds and {:.1} virtual days a minute)",
        took.as_secs_f64(),
        count as f64 * a_minute,
        days * a_minute,
    );
    ExitCode::SUCCESS
}
