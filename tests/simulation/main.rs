//! `simulate --seeds N [--from S] [--steps K] [--seed S --trace]`: days of a firm in which everything goes
//! wrong, one after another. Exit code 1 and the seed when an invariant breaks.

use std::process::ExitCode;
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
}

fn main() -> ExitCode {
    let args = Args::parse();
    let seeds = args.seed.map_or(args.from..args.from + args.seeds, |seed| seed..seed + 1);
    #[expect(clippy::disallowed_methods, reason = "how fast the simulation is, for people")]
    let began = std::time::Instant::now();
    let (mut days, mut requests, mut facts, mut seals) = (0.0, 0, 0, 0);
    let count = seeds.end - seeds.start;
    for seed in seeds {
        match simulation::run(seed, args.steps, args.trace) {
            Ok(report) => {
                days += report.virtual_ms as f64 / 86_400_000.0;
                requests += report.requests;
                facts += report.facts;
                seals += report.seals;
            }
            Err(fault) => {
                eprintln!("{fault}");
                return ExitCode::FAILURE;
            }
        }
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
