//! Web Push: a phone whose page is closed hears of an offer (RFC 8030, 8291, 8292). A push only
//! hurries: the answer travels as always, and the telephone rings when nobody answers.
//!
//! The service of the browser's maker carries the message and cannot read its text; the service
//! sees the time, the number of bytes and the browser.

pub(crate) mod vapid;

use std::time::Duration;

use anyhow::Context;
use reqwest::{StatusCode, Url};
use serde::Serialize;
use vyezd_core::codec::decode;
use vyezd_core::model::{Card, OfferId};
use web_push_native::p256::PublicKey;
use web_push_native::{Auth, WebPushBuilder};

use crate::app::App;
use crate::store::{By, PushPlace, Timer};

pub use crate::limits::edge::ENDPOINT_CHARS_MAX;
pub use vapid::Push;

/// The push services of the browsers that exist: Chrome and its kin, Firefox, Safari, Edge.
pub const PUSH_HOSTS: [&str; 4] =
    ["fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com"];

/// The message to the page's service worker.
#[derive(Debug, Serialize)]
struct Message<'a> {
    kind: &'a str,
    offer: String,
    /// Until when the app is waited for, unix ms.
    until: i64,
    title: String,
    body: String,
}

/// Reads the address of a browser: a known push service over TLS. A host that the settings name may also be
/// without TLS when it is this machine: for tests.
pub fn endpoint(text: &str, also: &[String]) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.chars().count() <= ENDPOINT_CHARS_MAX)?;
    let host = url.host_str()?;
    let named = also.iter().any(|known| known == host);
    let known = PUSH_HOSTS.iter().any(|known| {
        host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    let safe = match url.scheme() {
        "https" => (known && url.port().is_none()) || named,
        "http" => named && host == "127.0.0.1",
        _ => false,
    };
    (safe && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// Tells the person's browsers of an offer that still waits. After an error the timer tries again.
pub async fn offer(app: &App, id: OfferId) -> anyhow::Result<()> {
    notify(app, id).await?;
    let mut tx = app.store.begin().await?;
    tx.stop_timer(Timer::OfferPush, id.bytes()).await?;
    Ok(tx.commit().await?)
}

async fn notify(app: &App, id: OfferId) -> anyhow::Result<()> {
    let mut tx = app.store.read().await?;
    let Some(offer) = tx.offer(id).await? else { return Ok(()) };
    let now = app.now();
    if !offer.state.is_open() || offer.app_until <= now.0 {
        return Ok(());
    }
    let places = tx.push_places(offer.person).await?;
    let card = tx.card_of_offer(id).await?.context("an offer of no order")?;
    drop(tx);
    let card: Card = decode(&card)?;
    let message = serde_json::to_vec(&Message {
        kind: "offer",
        offer: id.to_string(),
        until: offer.app_until,
        title: format!("Новая заявка № {}", card.number),
        body: format!("{} район, {}, {}", card.district, card.date.russian(), card.window),
    })?;
    let left = Duration::from_millis((offer.app_until - now.0) as u64);
    let (mut sent, mut failed) = (0, None);
    for place in places {
        match deliver(app, &place, &message, left).await {
            Ok(true) => sent += 1,
            Ok(false) => {
                let mut tx = app.store.begin().await?;
                tx.drop_push_place(&place.device_id, Some(&place.endpoint)).await?;
                tx.commit().await?;
                app.changed();
            }
            Err(error) => failed = Some(error),
        }
    }
    if sent > 0 {
        let mut tx = app.store.begin().await?;
        let what = format!("Уведомление на телефон: {}", offer.person_name);
        tx.note(offer.order, app.now(), By::System, &what).await?;
        tx.commit().await?;
        app.changed();
    }
    failed.map_or(Ok(()), Err)
}

/// Whether the service took the message; `false`: the browser does not exist any more.
async fn deliver(
    app: &App,
    place: &PushPlace,
    message: &[u8],
    left: Duration,
) -> anyhow::Result<bool> {
    let Some(url) = endpoint(&place.endpoint, &app.config.push_hosts) else { return Ok(false) };
    let Ok(key) = PublicKey::from_sec1_bytes(&place.p256dh) else { return Ok(false) };
    let auth: [u8; 16] = place.auth.as_slice().try_into().context("a secret of 16 bytes")?;
    let subject = if app.config.public_url.starts_with("https://") {
        app.config.public_url.as_str()
    } else {
        "mailto:push@vyezd.invalid"
    };
    let request = WebPushBuilder::new(url.as_str().parse()?, key, Auth::from(auth))
        .with_valid_duration(left)
        .build(message)
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let (parts, body) = request.into_parts();
    let answer = app
        .push
        .client
        .post(url.clone())
        .headers(parts.headers)
        .header("urgency", "high")
        .header("authorization", app.push.introduction(&url, subject, app.now())?)
        .body(body)
        .send()
        .await?;
    match answer.status() {
        status if status.is_success() => Ok(true),
        // RFC 8030 section 7.3: the subscription is over.
        StatusCode::NOT_FOUND | StatusCode::GONE => Ok(false),
        status => anyhow::bail!("the push service answered {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_push_services_are_spoken_to() {
        let also = ["127.0.0.1".to_owned()];
        for good in [
            "https://fcm.googleapis.com/fcm/send/abc",
            "https://updates.push.services.mozilla.com/wpush/v2/abc",
            "https://web.push.apple.com/abc",
            "https://wns2-par02p.notify.windows.com/w/?token=abc",
            "http://127.0.0.1:9/push",
        ] {
            assert!(endpoint(good, &also).is_some(), "{good}");
        }
        for bad in [
            "http://fcm.googleapis.com/fcm/send/abc",
            "https://fcm.googleapis.com:8443/abc",
            "https://evilfcm.googleapis.com.example/abc",
            "https://xfcm.googleapis.com/abc",
            "https://me@fcm.googleapis.com/abc",
            "http://169.254.169.254/latest",
            "http://localhost/",
            "file:///etc/passwd",
            "",
        ] {
            assert!(endpoint(bad, &also).is_none(), "{bad}");
        }
        assert!(endpoint("http://127.0.0.1:9/push", &[]).is_none());
        assert!(endpoint(&format!("https://push.apple.com/{}", "a".repeat(1000)), &[]).is_none());
    }
}
