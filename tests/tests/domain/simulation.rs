//! Seeds that once broke something, each a line: what it found stays mended. `scripts/simulate` runs as
//! many others as one likes.

use vyezd_tests::simulation::run;

/// Steps of a seed in these tests.
const STEPS: u64 = 400;

#[test]
fn seeds_that_once_broke_something() {
    let found = [
        (1, "an order that left the scope while the server forgot it stayed on the phone"),
        (2, "heads named by the server were kept though the document was not whole"),
        (4, "orphans of a lost timeline slept in a document and woke up later"),
        (6, "a second old copy during a recovery was not noticed"),
        (8, "work on an order that the server had lost was refused instead of waited for"),
        (80, "what is only in the newest copy was forgotten, and the copy before it came back"),
        (36, "what a server had vouched for was forgotten when it named older heads"),
    ];
    for (seed, what) in found {
        if let Err(fault) = run(seed, STEPS, false) {
            panic!("{what}: {fault}");
        }
    }
}
