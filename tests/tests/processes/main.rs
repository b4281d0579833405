//! Stories with sockets that wait, a real clock or other processes: told once more when they fail.

mod edge;
mod live_channel;
mod push;
mod routes;
