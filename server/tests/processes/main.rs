//! Tests with other processes: the gate, an object store, hostile bytes.

mod gate_workers;
mod hostile_process;
mod s3;
