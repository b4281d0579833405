//! Portraits: the office sets one, the phone of the person takes it, and nothing else is one.

use serde_json::json;
use vyezd_server::limits::office::{PORTRAIT_BYTES_MAX, PORTRAIT_PIXELS_MAX};
use vyezd_story::on_both_databases;
use vyezd_tests::World;
use vyezd_tests::pictures::picture;

use crate::office_trust::{audit, metrologist};

/// A PNG's head says how large it is; so does a JPEG's frame.
fn with_width(mut jpeg: Vec<u8>, width: u16) -> Vec<u8> {
    let frame = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

#[on_both_databases]
fn a_portrait_is_a_small_picture_that_can_be_taken_away(mut world: World) {
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/people/{anna}/portrait");
    let send = |world: &mut World, method: &str, file: &[u8]| {
        let said = world.office.send_file(method, &path, ("image/jpeg", file)).unwrap();
        (said.status, said.body)
    };
    assert_eq!(send(&mut world, "GET", &[]).0, 404);
    let face = picture(1, 20_000);
    assert_eq!(send(&mut world, "PUT", &face).0, 204);
    assert_eq!(send(&mut world, "GET", &[]), (200, face.clone()));
    for (bad, status) in [
        (picture(2, PORTRAIT_BYTES_MAX + 1), 413),
        (with_width(picture(3, 2_000), PORTRAIT_PIXELS_MAX as u16 + 1), 422),
        (b"not a picture".to_vec(), 422),
        (face[..100].to_vec(), 422),
        (Vec::new(), 422),
    ] {
        assert_eq!(send(&mut world, "PUT", &bad).0, status);
    }
    assert_eq!(send(&mut world, "GET", &[]), (200, face), "what was there stays");
    assert_eq!(send(&mut world, "DELETE", &[]).0, 204);
    assert_eq!(send(&mut world, "DELETE", &[]).0, 404);
    let kept = audit(&mut world, "");
    for kind in ["person.portrait", "person.portrait_removed"] {
        assert!(kept.iter().any(|line| line["kind"] == json!(kind)), "{kind}: {kept:?}");
    }
}
