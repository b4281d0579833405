//! What can be computed from documents and sheets is dropped, and computed anew.

use vyezd_server::rebuild::rebuild;
use vyezd_tests::{Database, World, readings};

#[test]
fn rows_that_were_lost_come_back() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = world.order("1001", "2026-08-26", &[("16078-13", "СХВ-15", "08812345")]);
    world.tick();
    world.device("Анна").sync().accept(order).sync();
    world.device("Анна").visit(order, &readings::fit("1001", "08812345")).sync();
    world.tick();
    world.device("Анна").sync();
    let before = world.page(order);
    world.restart(|dir| {
        let db = rusqlite::Connection::open(dir.join("vyezd.db")).expect("the database");
        let spoil = "delete from verification;
                     update doc set heads = x'00', term = x'00000000000000000000000000000007';
                     update scope set digest = x'00000000000000000000000000000009', docs = 3;
                     update orders set state = 'accepted';";
        db.execute_batch(spoil).expect("spoiled");
    });
    let done = world.run(rebuild(&world.app)).expect("rebuilt");
    assert_eq!((done.documents, done.heads, done.verifications), (1, 1, 1));
    assert!(done.digests > 0);
    let after = world.page(order);
    assert_eq!((&after.state, &after.papers), (&before.state, &before.papers));
    assert_eq!((&after.sheets, &after.photos), (&before.sheets, &before.photos));
    let again = world.run(rebuild(&world.app)).expect("rebuilt");
    assert_eq!((again.heads, again.verifications, again.digests), (0, 0, 0));
    // The phone agrees with the digest that was counted anew.
    world.device("Анна").sync();
    assert!(!world.device("Анна").device.phone.client().status().reconciling);
}

#[test]
fn one_unreadable_document_does_not_stop_the_rest() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let spoiled = world.order("1001", "2026-08-26", &[("16078-13", "СХВ-15", "08812345")]);
    world.order("1002", "2026-08-26", &[("16078-13", "СХВ-15", "08812346")]);
    world.restart(|dir| {
        let db = rusqlite::Connection::open(dir.join("vyezd.db")).expect("the database");
        let spoil = "update chunk set body = x'00' where order_id = ?1";
        db.execute(spoil, [spoiled.bytes().as_slice()]).expect("spoiled");
        db.execute_batch("update doc set heads = x'00'").expect("spoiled");
    });
    let done = world.run(rebuild(&world.app)).expect("rebuilt");
    assert_eq!((done.documents, done.heads, done.unreadable), (2, 1, vec![spoiled]));
}
