use std::{
    fs,
    io::{Read as _, Write as _},
    net::SocketAddr,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Stdio,
};

use usher_tooling::{Failure, program, provide_server};

use crate::{
    child::ChildProcess,
    environment::ChaosEnvironment,
    replica::free_address,
    seeded_random::SeededRandom,
    wait::{self, USUAL_TIMEOUT},
};

/// The column of a server's status in HAProxy's table.
const STATUS: usize = 17;

/// An HAProxy that checks the readiness of its servers and never repeats a request. Killed when dropped.
pub(super) struct HaProxy<'e> {
    /// Ends with this value.
    _process: ChildProcess<'e>,
    address: SocketAddr,
    socket: PathBuf,
}

impl<'e> HaProxy<'e> {
    /// Starts an HAProxy in front of the servers, and waits until it uses them. Installs the program if it is missing.
    pub(super) fn start(
        environment: &'e ChaosEnvironment,
        servers: &[SocketAddr],
        random: &mut SeededRandom,
    ) -> Result<Self, Failure> {
        let address = free_address(random)?;
        let socket = environment.folder().join("haproxy.socket");
        let file = environment.folder().join("haproxy.cfg");
        fs::write(&file, configuration(address, &socket, servers))?;
        let mut haproxy = program(provide_server("haproxy", "-v")?);
        haproxy.arg("-db").arg("-f").arg(&file);
        haproxy.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = ChildProcess::start(environment, &mut haproxy)?;
        let proxy = Self { _process: process, address, socket };
        proxy.await_use_of(servers.len())?;
        Ok(proxy)
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until HAProxy uses this number of servers.
    pub(super) fn await_use_of(&self, count: usize) -> Result<(), Failure> {
        wait::until("HAProxy's use of the servers", USUAL_TIMEOUT, || {
            // It may not listen yet.
            Ok((self.table().is_ok_and(|table| servers_in_use(&table) == count)).then_some(()))
        })
    }

    /// HAProxy's table of its servers.
    fn table(&self) -> std::io::Result<String> {
        let mut stream = UnixStream::connect(&self.socket)?;
        stream.write_all(b"show stat\n")?;
        let mut table = String::new();
        stream.read_to_string(&mut table)?;
        Ok(table)
    }
}

/// A request that fails is not sent to another server, and not a second time to the same one.
fn configuration(address: SocketAddr, socket: &Path, servers: &[SocketAddr]) -> String {
    let servers: Vec<String> = (servers.iter().zip('a'..))
        .map(|(server, name)| format!("    server {name} {server} check"))
        .collect();
    let servers = servers.join("\n");
    format!(
        "global\n    stats socket {socket}\ndefaults\n    mode http\n    timeout connect 2s\n    timeout client 30s\n    timeout server 30s\n    retries 0\n\
         listen usher\n    bind {address}\n    balance roundrobin\n    option httpchk GET /health/ready\n    \
         default-server inter 200ms fall 1 rise 1\n{servers}\n",
        socket = socket.display(),
    )
}

/// The number of servers that are up, in HAProxy's table.
fn servers_in_use(table: &str) -> usize {
    let rows = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let is_up = |row: &Vec<&str>| {
        let named = |place: usize| row.get(place).copied().unwrap_or_default();
        named(0) == "usher" && !["FRONTEND", "BACKEND"].contains(&named(1)) && named(STATUS) == "UP"
    };
    rows.filter(is_up).count()
}
