//! The addresses of names, of which the private ones are not connected to.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

use crate::exceptions::Exceptions;

/// Who knows the addresses of names.
#[async_trait]
pub trait Names: Send + Sync + 'static {
    /// All addresses of a name, which is in lower case.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// As this machine is set up.
pub(crate) struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// A name leads where nobody is let.
#[derive(Debug)]
pub(crate) struct PrivateName {
    pub(crate) what: &'static str,
}

impl fmt::Display for PrivateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name leads to {}", self.what)
    }
}

impl std::error::Error for PrivateName {}

/// Gives a client the addresses that it may connect to. It is asked for each new connection, and what it looked at is what is
/// connected to, so a name that says something else the next time leads nowhere else.
pub(crate) struct CheckedNames {
    pub(crate) names: Arc<dyn Names>,
    pub(crate) exceptions: Arc<Exceptions>,
    /// To which port, where one of the exceptions names it.
    pub(crate) port: Option<u16>,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, exceptions, port) = (self.names.clone(), self.exceptions.clone(), self.port);
        Box::pin(async move {
            let name = name.as_str();
            let addresses = names.addresses(name).await?;
            // One that is private among others is no mistake of anybody's.
            let refused = addresses.iter().find_map(|address| exceptions.refuse(Some(name), *address, port));
            if let Some(what) = refused {
                return Err(PrivateName { what }.into());
            }
            Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}
