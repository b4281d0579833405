//! Photos: taken without a network, uploaded in pieces over a bad one, verified, seen by those who may,
//! swept when nothing names them.

use serde_json::json;
use vyezd_core::codec::{hex, sha256};
use vyezd_core::model::{DeviceId, OrderId, PersonId, Place};
use vyezd_server::limits::phones::UPLOAD_PARTS_MAX;
use vyezd_server::uploads;
use vyezd_story::on_both_databases;
use vyezd_tests::pictures::picture;
use vyezd_tests::{Database, World};

const PLACE: Place = Place { lat_e6: 51_533_120, lon_e6: 46_034_450, accuracy_m: 12 };
const METERS: [(&str, &str, &str); 1] = [("16078-13", "СХВ-15", "08812345")];

/// A phone with access brings a photo.
fn from(device: DeviceId, person: PersonId) -> uploads::From {
    uploads::From { device, person, shut_out: None }
}

fn accepted(world: &mut World) -> OrderId {
    let order = world.order("1001", "2026-08-26", &METERS);
    world.tick();
    world.device("Анна").sync().accept(order).sync();
    order
}

/// Takes a photo of the first instrument of the order.
fn take(world: &mut World, order: OrderId, bytes: &[u8]) -> Result<[u8; 32], String> {
    let phone = &mut world.device("Анна").device.phone;
    let now = phone.now();
    let view = phone.client().order(now, order).expect("the order");
    let visit = view.visit.expect("a visit");
    let instrument = *view.document.visits[&visit].instruments.keys().next().expect("a meter");
    phone
        .take_photo((order, visit, instrument), ("reading", Some(PLACE)), bytes)
        .map_err(|e| e.to_string())
}

fn left(world: &mut World) -> usize {
    world.device("Анна").device.phone.client().status().photos_left
}

fn upload(world: &mut World) -> usize {
    world.device("Анна").device.phone.upload_photos().expect("uploaded")
}

#[on_both_databases]
fn photos_go_up_in_pieces_and_the_office_sees_them(mut world: World) {
    let order = accepted(&mut world);
    let (big, small) = (picture(1, 300_000), picture(2, 40_000));
    world.device("Анна").offline();
    let at = world.now();
    let name = take(&mut world, order, &big).expect("taken");
    take(&mut world, order, &small).expect("taken");
    assert_eq!(left(&mut world), 2, "nothing goes without a network");
    world.device("Анна").online().sync();
    let waiting = world.page(order).photos;
    assert_eq!(waiting.len(), 2, "the office knows that they exist");
    assert!(waiting.iter().all(|photo| photo["there"] == json!(false)));
    // The network breaks off in the middle of the first; the phone is killed; it goes on where it was.
    let had = world.device("Анна").device.phone.upload_a_part(10_000).expect("a part");
    assert_eq!(had, 10_000);
    assert_eq!(upload(&mut world), 2);
    assert_eq!(left(&mut world), 0);
    let photos = world.page(order).photos;
    let taken = &photos[0];
    assert_eq!(taken["place"], json!({"lat": 51.533_12, "lon": 46.034_45, "accuracy_m": 12}));
    assert_eq!((&taken["taken_at"], &taken["confirmed"]), (&json!(at.0), &json!(true)));
    assert!(photos.iter().all(|photo| photo["there"] == json!(true)));
    let bytes = world.office.download(&format!("/v1/photos/{}", hex(&name))).expect("the photo");
    assert_eq!(bytes, big);
    let lines = world.office.get("/v1/audit?kind=photo.downloaded").unwrap();
    assert_eq!(lines["items"][0]["subject"], json!(hex(&name)), "{lines}");
}

#[on_both_databases]
fn a_photo_in_crumbs_begins_anew_before_it_is_thousands_of_files(mut world: World) {
    let order = accepted(&mut world);
    take(&mut world, order, &picture(1, 300_000)).expect("taken");
    world.device("Анна").sync();
    for n in 1..=UPLOAD_PARTS_MAX as u64 {
        let had = world.device("Анна").device.phone.upload_a_part(10).expect("a part");
        assert_eq!(had, 10 * n);
    }
    let refused = world.device("Анна").device.phone.upload_a_part(10);
    assert!(refused.is_err(), "{refused:?}");
    let parts = world.app.config.data_dir.join("blobs");
    assert_eq!(files(&parts), 0, "nothing is left of it");
    assert_eq!(upload(&mut world), 1, "it begins anew");
}

fn files(dir: &std::path::Path) -> usize {
    let Ok(all) = std::fs::read_dir(dir) else { return 0 };
    let all = all.flatten().map(|entry| entry.path());
    all.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

#[test]
fn a_phone_that_comes_back_from_an_old_server_uploads_again_what_is_missing() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    take(&mut world, order, &picture(3, 9_000)).expect("taken");
    world.device("Анна").sync();
    assert_eq!(upload(&mut world), 1);
    // The same photo of the same order again: the server has it, nothing is sent.
    take(&mut world, order, &picture(3, 9_000)).expect("taken again");
    world.device("Анна").sync();
    assert_eq!((left(&mut world), upload(&mut world)), (0, 0));
}

#[test]
fn limits_are_said_when_the_photo_is_taken() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    let refused = take(&mut world, order, &picture(4, 12 * 1024 * 1024 + 1)).unwrap_err();
    assert_eq!(refused, "фото больше 12 МБ");
    assert_eq!(left(&mut world), 0);
}

#[test]
fn what_is_no_picture_is_refused_where_it_is_taken_and_where_it_arrives() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    let whole = picture(12, 3_000);
    // Its frame is whole, its tables of the decoder are not.
    let cut = [&whole[..107], &[0; 15], &whole[122..]].concat();
    assert!(vyezd_core::picture::read(&cut).is_some());
    let text = b"<svg onload=alert(1)>".to_vec();
    for bytes in [&cut, &text] {
        let refused = take(&mut world, order, bytes).unwrap_err();
        assert!(refused.contains("не фотография"), "{refused}");
    }
    assert_eq!(left(&mut world), 0);
    // Another client names such bytes and sends them.
    let device = world.device("Анна").device.phone.device();
    let app = world.app.clone();
    for bytes in [cut, text] {
        let sha = hex(&sha256(&bytes));
        let announced =
            uploads::Announced { order, sha256: sha.clone(), bytes: bytes.len() as u64 };
        let sent = world.run(async {
            let person = app.store.read().await?.device(device).await?.expect("a device").person;
            let upload = uploads::begin(&app, from(device, person), &announced).await?;
            uploads::go_on(&app, device, (&upload.id, 0), bytes).await
        });
        assert!(matches!(sent, Err(uploads::UploadError::Unreadable)), "{sent:?}");
        assert!(!world.run(app.blobs.has(&sha)).unwrap());
    }
}

/// A request of tus by hand: status and the offset that it names.
fn tus(
    world: &mut World,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (u16, String, String) {
    let token = world.device("Анна").device.phone.transport().token().expect("a token");
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}{path}", world.base()))
        .header("authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = agent.run(request.body(body.to_vec()).expect("a request")).expect("an answer");
    let header = |name: &str| {
        answer.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
    };
    (answer.status().as_u16(), header("upload-offset"), header("location"))
}

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const PART: (&str, &str) = ("content-type", "application/offset+octet-stream");

#[test]
fn the_protocol_is_tus_and_refuses_what_is_not() {
    use base64::Engine as _;
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    let base64 = |text: &[u8]| base64::engine::general_purpose::STANDARD.encode(text);
    let bytes = picture(5, 1_000);
    let metadata = |bytes: &[u8], order: &str| {
        format!(
            "sha256 {},order {}",
            base64(hex(&sha256(bytes)).as_bytes()),
            base64(order.as_bytes())
        )
    };
    let good = metadata(&bytes, &order.to_string());
    let begin = |world: &mut World, length: &str, metadata: &str| {
        tus(
            world,
            "POST",
            "/v1/uploads",
            &[TUS, ("upload-length", length), ("upload-metadata", metadata)],
            &[],
        )
    };
    assert_eq!(tus(&mut world, "OPTIONS", "/v1/uploads", &[], &[]).0, 204);
    assert_eq!(begin(&mut world, "13000000", &good).0, 413, "more than is taken");
    assert_eq!(begin(&mut world, "0", &good).0, 413);
    assert_eq!(begin(&mut world, "many", &good).0, 422);
    assert_eq!(begin(&mut world, "1000", "sha256 eA==").0, 422);
    let foreign = OrderId::from_bytes([7; 16]);
    assert_eq!(begin(&mut world, "1000", &metadata(&bytes, &foreign.to_string())).0, 403);
    let (status, offset, place) = begin(&mut world, "1000", &good);
    assert_eq!((status, offset.as_str()), (201, "0"));
    let at = |world: &mut World| tus(world, "HEAD", &place, &[TUS], &[]).1;
    assert_eq!(at(&mut world), "0");
    let patch = |world: &mut World, more: &[(&str, &str)], body: &[u8]| {
        let headers = [&[TUS, PART], more].concat();
        tus(world, "PATCH", &place, &headers, body)
    };
    let zero = [("upload-offset", "0")];
    assert_eq!(tus(&mut world, "PATCH", &place, &[PART, zero[0]], &bytes).0, 412, "no version");
    assert_eq!(tus(&mut world, "PATCH", &place, &[TUS, zero[0]], &bytes).0, 415, "no type");
    assert_eq!(patch(&mut world, &[("upload-offset", "5")], &bytes).0, 409, "another place");
    assert_eq!(patch(&mut world, &zero, &[0; 1_001]).0, 413, "more than announced");
    let wrong = format!("sha256 {}", base64(&sha256(b"other")));
    assert_eq!(patch(&mut world, &[zero[0], ("upload-checksum", &wrong)], &bytes).0, 460);
    assert_eq!(patch(&mut world, &[zero[0], ("upload-checksum", "md5 eA==")], &bytes).0, 400);
    assert_eq!(at(&mut world), "0", "nothing of all that was counted");
    let sum = base64(&<sha1::Sha1 as sha1::Digest>::digest(&bytes[..400]));
    let sum = format!("sha1 {sum}");
    let half = patch(&mut world, &[zero[0], ("upload-checksum", &sum)], &bytes[..400]);
    assert_eq!((half.0, half.1.as_str()), (204, "400"));
    // The rest is something else: the whole is refused, and everything begins anew.
    assert_eq!(patch(&mut world, &[("upload-offset", "400")], &[7; 600]).0, 460);
    assert_eq!(tus(&mut world, "HEAD", &place, &[TUS], &[]).0, 404);
}

#[test]
fn a_stranger_learns_nothing_from_a_name() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    let name = take(&mut world, order, &picture(6, 5_000)).expect("taken");
    world.device("Анна").sync();
    assert_eq!(upload(&mut world), 1);
    let get = |world: &mut World, whose: &str| {
        let token = world.device(whose).device.phone.transport().token().expect("a token");
        let answer = ureq::get(format!("{}/v1/photos/{}", world.base(), hex(&name)))
            .header("authorization", format!("Bearer {token}"))
            .call();
        answer.map(|answer| answer.status().as_u16()).map_err(|e| e.to_string())
    };
    assert_eq!(get(&mut world, "Анна"), Ok(200));
    assert!(get(&mut world, "Борис").unwrap_err().contains("404"));
}

#[test]
fn what_nothing_names_is_swept_after_its_time() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    let named = take(&mut world, order, &picture(7, 5_000)).expect("taken");
    world.device("Анна").sync();
    assert_eq!(upload(&mut world), 1);
    // Brought, but no document names it: its batch was refused, say.
    let lost = picture(8, 4_000);
    let app = world.app.clone();
    let mine = world.device("Анна").device.phone.device();
    world
        .run(async {
            let device = app.store.read().await?.device(mine).await?.expect("a device");
            let announced = uploads::Announced { order, sha256: hex(&sha256(&lost)), bytes: 4_000 };
            let upload = uploads::begin(&app, from(mine, device.person), &announced).await?;
            uploads::go_on(&app, mine, (&upload.id, 0), lost.clone()).await?;
            let half = uploads::Announced { order, sha256: hex(&[9; 32]), bytes: 4_000 };
            let half = uploads::begin(&app, from(mine, device.person), &half).await?;
            uploads::go_on(&app, mine, (&half.id, 0), vec![1; 100]).await?;
            anyhow::Ok(())
        })
        .expect("uploaded");
    let collect_garbage =
        |world: &World| world.run(uploads::collect_garbage(&world.app)).expect("swept");
    let has = |world: &World, name: &[u8; 32]| {
        world.run(world.app.blobs.has(&hex(name))).expect("the store answers")
    };
    assert_eq!(collect_garbage(&world), 0);
    world.seconds(uploads::UPLOAD_S + 1);
    assert_eq!(collect_garbage(&world), 1, "the upload that nobody went on with");
    world.seconds(uploads::PHOTO_GRACE_S + 1);
    assert_eq!(collect_garbage(&world), 1, "the photo that nothing names");
    assert!(has(&world, &named) && !has(&world, &sha256(&lost)));
}

/// The last byte of a photo that the sweeper removes at this moment, on another replica.
#[on_both_databases]
fn a_photo_that_is_being_removed_is_brought_again_when_it_is_gone(mut world: World) {
    let order = accepted(&mut world);
    let bytes = picture(9, 6_000);
    let sha = hex(&sha256(&bytes));
    let mine = world.device("Анна").device.phone.device();
    let app = world.app.clone();
    let person = world.run(async {
        let person = app.store.read().await?.device(mine).await?.expect("a device").person;
        let mut tx = app.store.begin().await?;
        let now = app.now().0;
        assert!(tx.hold_photo((&sha, 6_000), now, 0).await?);
        tx.mark_unreferenced(now).await?;
        assert_eq!(tx.begin_removal(now + 1, now, 0).await?.as_ref(), Some(&sha));
        assert_eq!(tx.begin_removal(now + 1, now, 0).await?, None, "one sweeper only");
        tx.commit().await?;
        anyhow::Ok(person)
    });
    let person = person.expect("removing");
    let announced = uploads::Announced { order, sha256: sha.clone(), bytes: 6_000 };
    let bring = |world: &World, at: u64, part: Vec<u8>| {
        world.run(async {
            let upload = uploads::begin(&world.app, from(mine, person), &announced).await?;
            uploads::go_on(&world.app, mine, (&upload.id, at), part).await
        })
    };
    let busy = bring(&world, 0, bytes.clone());
    assert!(matches!(busy, Err(uploads::UploadError::Busy)), "{busy:?}");
    assert!(!world.run(world.app.blobs.has(&sha)).unwrap());
    // The sweeper died: its hour passes.
    world.seconds(uploads::REMOVAL_S + 1);
    let begun = world.run(uploads::begin(&world.app, from(mine, person), &announced));
    assert_eq!(begun.expect("put together").received, 6_000);
    assert!(world.run(world.app.blobs.has(&sha)).unwrap());
    let swept = world.run(uploads::collect_garbage(&world.app)).expect("swept");
    assert_eq!(swept, 0, "it is held again");
}

#[test]
fn a_removal_that_was_cut_off_is_finished_by_the_next_sweep() {
    let world = World::new(Database::Sqlite).expect("a world");
    let bytes = picture(3, 2_000);
    let sha = hex(&sha256(&bytes));
    let app = world.app.clone();
    let left = world.run(async {
        app.blobs.put(bytes.clone()).await?;
        let mut tx = app.store.begin().await?;
        let now = app.now().0;
        tx.hold_photo((&sha, 2_000), now, 0).await?;
        tx.mark_unreferenced(now).await?;
        tx.begin_removal(now + 1, now, 0).await?.expect("begun");
        tx.commit().await?;
        anyhow::Ok(())
    });
    left.expect("cut off");
    assert_eq!(world.run(uploads::collect_garbage(&app)).unwrap(), 0, "it may be under way");
    world.seconds(uploads::REMOVAL_S + 1);
    assert_eq!(world.run(uploads::collect_garbage(&app)).unwrap(), 1);
    assert!(!world.run(app.blobs.has(&sha)).unwrap());
}

#[test]
fn a_server_that_died_before_the_last_step_puts_the_photo_together_later() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    let bytes = picture(9, 6_000);
    let name = take(&mut world, order, &bytes).expect("taken");
    world.device("Анна").sync();
    let mine = world.device("Анна").device.phone.device();
    let app = world.app.clone();
    world
        .run(async {
            let person = app.store.read().await?.device(mine).await?.expect("a device").person;
            let announced = uploads::Announced { order, sha256: hex(&name), bytes: 6_000 };
            let upload = uploads::begin(&app, from(mine, person), &announced).await?;
            // All parts are counted, and the process is gone.
            app.blobs.put_part("last", bytes.clone()).await?;
            let mut tx = app.store.begin().await?;
            let until = app.now().plus_s(60).0;
            assert!(tx.add_part(&upload.id, (0, 6_000), "last", until).await?);
            tx.commit().await?;
            anyhow::Ok(())
        })
        .expect("counted");
    assert_eq!(upload(&mut world), 1);
    assert!(world.run(world.app.blobs.has(&hex(&name))).expect("the store answers"));
    assert_eq!(world.page(order).photos[0]["there"], json!(true));
}

#[test]
fn a_phone_without_access_keeps_its_photos_until_the_server_has_them() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    world.device("Анна").offline();
    let name = take(&mut world, order, &picture(10, 5_000)).expect("taken");
    let device = world.device("Анна").device.phone.device();
    world.office.post(&format!("/v1/devices/{device}/revoke"), &json!({})).expect("revoked");
    world.device("Анна").online().sync();
    let status = world.device("Анна").device.phone.client().status();
    assert!(status.revoked && status.photos_left == 1, "{status:?}");
    assert_eq!(upload(&mut world), 1);
    assert!(world.run(world.app.blobs.has(&hex(&name))).expect("the store answers"));
    world.device("Анна").sync();
    assert!(world.device("Анна").device.phone.client().orders().is_empty(), "now it is emptied");
}

#[test]
fn one_picture_is_no_evidence_of_two_visits() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    take(&mut world, order, &picture(11, 5_000)).expect("taken");
    take(&mut world, order, &picture(11, 5_000)).expect("the same once more changes nothing");
    let other = world.order("1002", "2026-08-26", &[("16078-13", "СХВ-15", "08812399")]);
    world.tick();
    for name in ["Анна", "Борис"] {
        world.device(name).sync();
    }
    if world.device("Борис").is_asked(other) {
        world.device("Борис").decline(other).sync();
        world.tick();
    }
    world.device("Анна").sync().accept(other).sync();
    let no = take(&mut world, other, &picture(11, 5_000)).unwrap_err();
    assert!(no.contains("другой заявке"), "{no}");
}

#[test]
fn an_order_takes_only_so_many_photos_from_one_phone() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    let mine = world.device("Анна").device.phone.device();
    let app = world.app.clone();
    let full = world.run(async {
        let mut tx = app.store.begin().await.expect("a transaction");
        let person = tx.device(mine).await.expect("a row").expect("a device").person;
        for n in 0..uploads::PHOTOS_AN_ORDER_MAX {
            let name = hex(&sha256(&n.to_be_bytes()));
            tx.prove_photo((order, mine), &name, 0).await.expect("brought");
        }
        tx.commit().await.expect("committed");
        let one_more = uploads::Announced { order, sha256: hex(&[7; 32]), bytes: 8 };
        uploads::begin(&app, from(mine, person), &one_more).await
    });
    assert!(matches!(full, Err(uploads::UploadError::OrderFull)), "{full:?}");
}

#[test]
fn parts_that_a_dead_server_left_behind_are_swept() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = accepted(&mut world);
    let mine = world.device("Анна").device.phone.device();
    let app = world.app.clone();
    let swept = world.run(async {
        let person = app.store.read().await?.device(mine).await?.expect("a device").person;
        let announced = uploads::Announced { order, sha256: hex(&[5; 32]), bytes: 4_000 };
        let going = uploads::begin(&app, from(mine, person), &announced).await?;
        uploads::go_on(&app, mine, (&going.id, 0), vec![1; 100]).await?;
        app.blobs.put_part("nobody/000000000000-0", vec![1; 100]).await?;
        uploads::collect_garbage(&app).await
    });
    assert_eq!(swept.expect("swept"), 1, "what is under way stays");
}

#[test]
fn a_photo_that_cannot_go_keeps_no_other_from_going() {
    let Some(mut world) = World::new(Database::Sqlite) else { return };
    let order = accepted(&mut world);
    // The smaller one is tried first, and its bytes are gone from the disk.
    let (lost, whole) = (picture(1, 1_000), picture(2, 40_000));
    world.device("Анна").offline();
    let name = take(&mut world, order, &lost).unwrap();
    take(&mut world, order, &whole).unwrap();
    let folders = std::fs::read_dir(world.dir()).expect("a folder").flatten();
    let shelves = folders.flat_map(|dir| std::fs::read_dir(dir.path())).flatten().flatten();
    let files = shelves.flat_map(|dir| std::fs::read_dir(dir.path())).flatten().flatten();
    let of_it = |file: &std::fs::DirEntry| file.path().to_string_lossy().contains(&hex(&name));
    let gone: Vec<_> = files.filter(of_it).map(|file| std::fs::remove_file(file.path())).collect();
    assert_eq!(gone.len(), 1, "there it was");
    world.device("Анна").online().sync();
    world.device("Анна").device.phone.upload_photos().expect_err("one of them");
    assert_eq!(left(&mut world), 1, "the other one went");
}
