use std::net::IpAddr;

/// The network of a client: /24 for IPv4, /56 for IPv6, which is what a provider gives to one household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network([u8; 8]);

impl Network {
    /// The network of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let mut prefix = [0; 8];
        match address.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                // No IPv6 network begins like this.
                prefix = [0xff, 0xff, 0, 0, a, b, c, 0];
            }
            IpAddr::V6(address) => {
                let octets = address.octets();
                prefix.iter_mut().zip(octets).take(7).for_each(|(to, from)| *to = from);
            }
        }
        Self(prefix)
    }

    /// The octets that identify the network.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    #[test]
    fn neighbors_share_a_network() {
        assert_eq!(network("192.0.2.1"), network("192.0.2.254"));
        assert_ne!(network("192.0.2.1"), network("192.0.3.1"));
        assert_eq!(network("::ffff:192.0.2.7"), network("192.0.2.1"), "an IPv4 address in IPv6 form");
        assert_eq!(network("2001:db8:0:1200::1"), network("2001:db8:0:12ff:1:2:3:4"));
        assert_ne!(network("2001:db8:0:1200::1"), network("2001:db8:0:1300::1"));
    }
}
