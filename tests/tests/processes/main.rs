//! Stories with sockets that wait, a real clock or other processes: told once more when they fail.

mod brakes;
mod connections;
mod edge;
mod live_channel;
mod push;
mod routes;
mod sessions;
mod stranger;
mod totp;
