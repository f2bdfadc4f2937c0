use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error as _};
use url::Url;
use usher_auth::is_loopback;

use super::{
    DeploymentMode,
    read::Reader,
    types::{MINUTE, SECOND, duration, number, parsed, web_url},
};

/// `[server]`: the address of the service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSection {
    /// Address and port to listen on; port 0 picks a free port.
    #[serde(deserialize_with = "bind")]
    pub bind: SocketAddr,
    /// Address and port of the listener for operators; `None` for no such listener.
    #[serde(deserialize_with = "admin_bind")]
    pub admin_bind: Option<SocketAddr>,
    /// The URL for people and clients; `None` is possible outside production only. See [`ServerSection::base_url`].
    #[serde(deserialize_with = "web_url")]
    pub public_url: Option<Url>,
    /// Whether `public_url` can be `http://` on another machine.
    pub insecure_public_url: bool,
    /// Networks of the proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Threads that handle connections; at least one.
    #[serde(deserialize_with = "threads")]
    pub threads: usize,
    /// Most connections at once; `None` derives the number from the process's limit of open files.
    #[serde(deserialize_with = "max_connections")]
    pub max_connections: Option<usize>,
    /// Longest time for a client to send a request's head.
    #[serde(deserialize_with = "duration::<_, 100, MINUTE>")]
    pub head_timeout: Duration,
    /// Longest time for a client to send a request's body.
    #[serde(deserialize_with = "duration::<_, SECOND, { 10 * MINUTE }>")]
    pub body_timeout: Duration,
    /// Longest time without progress while a client does not read its response.
    #[serde(deserialize_with = "duration::<_, 100, { 10 * MINUTE }>")]
    pub write_timeout: Duration,
    /// Longest time between a response and the next request on its connection.
    #[serde(deserialize_with = "duration::<_, 100, { 10 * MINUTE }>")]
    pub keep_alive: Duration,
    /// Time from the first signal, when readiness ends, to the end of keep-alive; at most half of `shutdown_timeout`.
    #[serde(deserialize_with = "duration::<_, 0, { 10 * MINUTE }>")]
    pub drain_delay: Duration,
    /// Longest time for the whole shutdown after the first signal.
    #[serde(deserialize_with = "duration::<_, 0, { 10 * MINUTE }>")]
    pub shutdown_timeout: Duration,
    /// The link for the new member on the page after acceptance.
    #[serde(deserialize_with = "web_url")]
    pub continue_url: Option<Url>,
}

impl ServerSection {
    /// The beginning of links in mails, without a trailing slash: the configured URL, or the address that the server
    /// listens on.
    #[must_use]
    pub fn base_url(&self, bound: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{bound}"),
        }
    }

    /// The time for proxies to notice that the server is not ready. Half of the time for the shutdown remains for requests.
    #[must_use]
    pub fn drain_delay(&self) -> Duration {
        self.drain_delay.min(self.shutdown_timeout / 2)
    }

    pub(super) fn check(&self, reader: &mut Reader, mode: DeploymentMode) {
        let is_exposed = |address: &SocketAddr| !address.ip().to_canonical().is_loopback();
        let addresses = [("server.bind", Some(self.bind)), ("server.admin_bind", self.admin_bind)];
        for (key, address) in addresses {
            if mode == DeploymentMode::Development && address.as_ref().is_some_and(is_exposed) {
                reader.report(
                    key,
                    "must be a loopback address in development mode: use `usher serve` for other addresses",
                );
            }
        }
        if self.admin_bind == Some(self.bind) && self.bind.port() != 0 {
            reader.report("server.admin_bind", "must be another address or port than server.bind");
        }
        if let Some(text) = self.public_url_problem(mode) {
            reader.report("server.public_url", text);
        }
    }

    fn public_url_problem(&self, mode: DeploymentMode) -> Option<&'static str> {
        let Some(url) = &self.public_url else {
            return (mode == DeploymentMode::Production).then_some(
                "is missing: write the URL of this service for people, such as https://invitations.example.com; links \
                 in mails begin with it",
            );
        };
        let has_user = !url.username().is_empty() || url.password().is_some();
        if url.scheme() == "http" && !is_loopback(url) && !self.insecure_public_url {
            Some(
                "must begin with https://, because links and passwords travel there (server.insecure_public_url = true \
                 allows http)",
            )
        } else if has_user || url.query().is_some() || url.fragment().is_some() {
            Some("must end after the host or a path: no user, ? or #")
        } else {
            None
        }
    }
}

fn bind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let wanted = "an IP address and a port, such as 127.0.0.1:8080 or [::]:8080";
    parsed(deserializer, wanted, |text| text.parse().ok())
}

fn max_connections<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let number = number::<_, usize, 0, 1_000_000>(deserializer)?;
    Ok(Some(number).filter(|number| *number > 0))
}

/// As [`bind`], or an empty string.
fn admin_bind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let wanted = "must be an IP address and a port, such as 127.0.0.1:9090 or [::]:9090";
    text.parse().map(Some).map_err(|_| D::Error::custom(wanted))
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let networks: Option<Vec<IpNet>> = texts.iter().map(|text| network(text)).collect();
    let wanted = "must be a list of networks and addresses, such as [\"10.0.0.0/8\", \"fd00::/8\"]";
    networks.ok_or_else(|| D::Error::custom(wanted))
}

/// Parses a network, or an address as a network of its own. Addresses of clients are compared as IPv4 where possible, so a
/// network of IPv4 addresses that are mapped to IPv6 would never match, and is rejected.
fn network(text: &str) -> Option<IpNet> {
    let network = text.parse().or_else(|_| text.parse().map(|address: IpAddr| IpNet::from(address))).ok()?;
    let is_mapped = matches!(network, IpNet::V6(network) if network.addr().to_ipv4_mapped().is_some());
    (!is_mapped).then_some(network)
}

fn threads<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    Ok(match number::<_, _, 0, 1024>(deserializer)? {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    })
}
