//! CPU and memory of processes and threads, from /proc.

use std::path::Path;

/// CPU time of a process with its children, all threads, ns.
pub(crate) fn cpu_ns(pid: u32) -> u64 {
    let own: u64 = std::fs::read_dir(format!("/proc/{pid}/task"))
        .map(|tasks| tasks.flatten().map(|task| on_cpu(&task.path().join("schedstat"))).sum())
        .unwrap_or_default();
    own + children(pid).into_iter().map(cpu_ns).sum::<u64>()
}

/// CPU time of the calling thread, ns.
pub(crate) fn this_thread_ns() -> u64 {
    on_cpu(Path::new("/proc/thread-self/schedstat"))
}

fn on_cpu(schedstat: &Path) -> u64 {
    let text = std::fs::read_to_string(schedstat).unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or_default()
}

/// Memory of a process with its children, MB.
pub(crate) fn rss_mb(pid: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    let kb: f64 = line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or_default();
    kb / 1024.0 + children(pid).into_iter().map(rss_mb).sum::<f64>()
}

/// The most memory that a process ever had, MB.
pub(crate) fn peak_mb(pid: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    let kb = line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok());
    kb.unwrap_or_default() / 1024.0
}

fn children(pid: u32) -> Vec<u32> {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    tasks
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| {
            text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>()
        })
        .collect()
}
