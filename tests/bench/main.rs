//! Benchmarks that anyone can run: `scripts/bench sync --docs N --rtt MS --json FILE`, `scripts/bench gate`.
//! Numbers of this machine, never a test.

mod dictionary;
mod fleet_reconnect;
mod gate;
mod hostile;
mod list;
mod proxy;
mod sample;
mod sync;
mod usage;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Замеры обмена и проверки.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// A real server process and a real phone over HTTP through a counting proxy.
    Sync {
        /// Orders on the phone.
        #[arg(long, default_value_t = 1000)]
        docs: usize,
        /// Round trip, ms.
        #[arg(long, default_value_t = 0)]
        rtt: u64,
        /// How often each scenario is measured; the median counts.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// TLS between phone and server; what counts is what is on the wire.
        #[arg(long)]
        tls: bool,
        /// Where the numbers go.
        #[arg(long)]
        json: PathBuf,
        /// The server.
        #[arg(long, env = "VYEZD")]
        vyezd: PathBuf,
    },
    /// Honest batches through the gate, in this process and in workers.
    Gate {
        /// How many.
        #[arg(long, default_value_t = 2000)]
        batches: usize,
        /// The program with the workers.
        #[arg(long, env = "VYEZD")]
        vyezd: PathBuf,
    },
    /// All phones of a large firm come back at once with unsent work.
    FleetReconnect {
        /// How many.
        #[arg(long, default_value_t = 800)]
        phones: usize,
        /// Orders of each.
        #[arg(long, default_value_t = 5)]
        orders: usize,
        /// Unsent saves on each order.
        #[arg(long, default_value_t = 6)]
        saves: usize,
        /// An empty PostgreSQL database; without it SQLite.
        #[arg(long)]
        database: Option<String>,
        /// The server.
        #[arg(long, env = "VYEZD")]
        vyezd: PathBuf,
    },
    /// A firm whose metrologist has so many orders, in an empty folder; prints the code for his phone.
    World {
        /// Orders on the phone.
        #[arg(long, default_value_t = 525)]
        docs: usize,
        /// Where its data goes.
        #[arg(long)]
        data: PathBuf,
    },
    /// Worst time and memory of a gate worker over the corpus of attacks; then what strangers cost an honest phone.
    Hostile {
        /// Only the attacks whose names hold this.
        #[arg(long, default_value = "")]
        only: String,
        /// The program with the workers.
        #[arg(long, env = "VYEZD")]
        vyezd: PathBuf,
    },
    /// The office's list with very many orders; a folder or database that has them is used as it is.
    List {
        /// How many.
        #[arg(long, default_value_t = 1_000_000)]
        orders: usize,
        /// How often each question is asked.
        #[arg(long, default_value_t = 50)]
        rounds: usize,
        /// A PostgreSQL database; without it SQLite.
        #[arg(long)]
        database: Option<String>,
        /// Where the data are, or go.
        #[arg(long)]
        data: PathBuf,
    },
    /// Makes the preset dictionary of the wire; it is made once and never changed.
    Dictionary {
        /// Where it goes.
        #[arg(long)]
        out: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    match Args::parse().what {
        What::Sync { docs, rtt, rounds, tls, json, vyezd } => {
            sync::run(&sync::Plan { docs, rtt, rounds: rounds.max(5), tls, vyezd }, &json)
        }
        What::Gate { batches, vyezd } => gate::run(batches, vyezd),
        What::FleetReconnect { phones, orders, saves, database, vyezd } => {
            let plan = fleet_reconnect::Plan { phones, orders, saves, database, vyezd };
            println!("{}", serde_json::to_string_pretty(&fleet_reconnect::run(&plan)?)?);
            Ok(())
        }
        What::World { docs, data } => {
            println!("{}", sync::world(&data, docs)?);
            Ok(())
        }
        What::Hostile { only, vyezd } => {
            gate::hostile(&vyezd)?;
            hostile::run(vyezd, &only)
        }
        What::List { orders, rounds, database, data } => {
            list::run(&list::Plan { orders, rounds, database, data })
        }
        What::Dictionary { out } => Ok(std::fs::write(out, dictionary::make())?),
    }
}
