//! A network that can be cut: a TCP relay between a phone and the server.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// One phone's way to the server.
pub struct Network {
    address: SocketAddr,
    up: watch::Sender<bool>,
}

impl Network {
    /// Opens a way to the server at `to`.
    pub async fn open(to: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (up, seen) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(relay(stream, to, seen.clone()));
            }
        });
        Ok(Self { address, up })
    }

    /// Address for the phone.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts the network: open connections break, new ones are refused.
    pub fn cut(&self) {
        self.up.send_replace(false);
    }

    pub fn restore(&self) {
        self.up.send_replace(true);
    }
}

async fn relay(mut from: TcpStream, to: SocketAddr, mut up: watch::Receiver<bool>) {
    if !*up.borrow_and_update() {
        return; // dropped: the phone sees a broken connection
    }
    let Ok(mut onward) = TcpStream::connect(to).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut from, &mut onward) => {}
        _ = up.wait_for(|up| !up) => {}
    }
}
