//! Readings that give a wanted verdict.

use vyezd_people::Readings;
use vyezd_server::import::readings::parse;

const HEAD: &str = "заявка;заводской_номер;точка;расход_м3ч;начало_м3;конец_м3;эталон_м3;длительность_с;\
    темп_воды_С;темп_воздуха_С;влажность_проц;давление_кПа;внешний_осмотр;опробование;герметичность;источник";

/// Three points within their limits.
pub fn fit(order: &str, serial: &str) -> Vec<Readings> {
    rows(order, serial, "143.2572")
}

/// The first point far out of its limit.
pub fn unfit(order: &str, serial: &str) -> Vec<Readings> {
    rows(order, serial, "143.2590")
}

fn rows(order: &str, serial: &str, end: &str) -> Vec<Readings> {
    let tail = "12,4;22,1;45;100,2;да;да;да;ввод";
    let text = format!(
        "{HEAD}\n\
         {order};{serial};Qмин;0.031;143.2510;{end};0.0063;720;{tail}\n\
         {order};{serial};1,1Qп;0.131;143.2600;143.2732;0.0131;360;{tail}\n\
         {order};{serial};Qнаиб;0.948;143.2740;143.3050;0.0313;120;{tail}\n"
    );
    let (lines, problems) = parse(text.as_bytes()).expect("the readings are a table");
    assert!(problems.is_empty(), "{problems:?}");
    lines.iter().map(Readings::from).collect()
}
