use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc, thread::JoinHandle};

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use usher_api::{
    compose::{self, ClockAndEntropy, Deployment, WorkerPlacement, listen, mail_transport, verifier},
    settings::{DeploymentMode, Settings, Sources},
};
use usher_domain::testkit::{FixedClock, Scene, SeededEntropy};

use super::{Backend, Client, Postbox, Server};

/// The server's secret in tests.
pub(crate) const SECRET: &str = "a test secret that is long enough to sign with";

/// A database, a clock, randomness and settings, on which servers start and stop. Time and randomness
/// continue after a restart.
pub(crate) struct Setup {
    pub(crate) backend: Backend,
    pub(crate) clock: Arc<FixedClock>,
    entropy: Arc<SeededEntropy>,
    environment: BTreeMap<String, String>,
}

impl Setup {
    /// Without a worker: mails stay queued.
    pub(crate) fn new(backend: Backend) -> Self {
        let environment = [
            ("USHER__DATABASE__URL", backend.url()),
            // Not reached on a slow machine, so that no request is rejected as overload.
            ("USHER__DATABASE__ACQUIRE_TIMEOUT", "60s".to_owned()),
            ("USHER__DATABASE__CHECK_TIMEOUT", "60s".to_owned()),
            ("USHER__DATABASE__CALL_TIMEOUT", "60s".to_owned()),
            ("USHER__SERVER__BIND", "127.0.0.1:0".to_owned()),
            ("USHER__SERVER__PUBLIC_URL", "https://usher.example.com".to_owned()),
            ("USHER__SERVER__THREADS", "2".to_owned()),
            ("USHER__SERVER__DRAIN_DELAY", "0s".to_owned()),
            // The matrices of the tests open many links that do not exist.
            ("USHER__LIMITS__FAILED_LINKS_PER_CLIENT_AND_MINUTE", "0".to_owned()),
            ("USHER__AUTH__SECRET", SECRET.to_owned()),
            ("USHER__MAIL__URL", "smtp://127.0.0.1:9".to_owned()),
            ("USHER__MAIL__FROM", "invitations@usher.example".to_owned()),
            ("USHER__WORKER__ENABLED", "false".to_owned()),
        ];
        let environment = environment.map(|(key, value)| (key.to_owned(), value));
        Self {
            backend,
            clock: Arc::new(FixedClock::default()),
            entropy: Arc::new(SeededEntropy::default()),
            environment: environment.into(),
        }
    }

    /// With a worker that delivers to the relay.
    pub(crate) fn delivering(backend: Backend, postbox: &Postbox) -> Self {
        let mut setup = Self::new(backend).with("USHER__WORKER__ENABLED", "true");
        for (key, value) in postbox.settings() {
            setup = setup.with(key, &value);
        }
        setup
    }

    /// For tests about something else, which invite an address again and again.
    pub(crate) fn without_mail_limits(self) -> Self {
        self.with("USHER__LIMITS__MAILS_PER_MAILBOX_PER_HOUR", "0")
            .with("USHER__LIMITS__MAILS_PER_MAILBOX_PER_DAY", "0")
            .with("USHER__INVITATIONS__RESEND_INTERVAL", "0s")
    }

    /// With this environment variable.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.environment.insert(key.to_owned(), value.to_owned());
        self
    }

    pub(super) const fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings_of(None)
    }

    /// The settings of a file and the environment.
    pub(crate) fn settings_of(&self, file: Option<PathBuf>) -> Settings {
        let sources = Sources { file, environment: self.environment.clone() };
        Settings::load(&sources, DeploymentMode::Production).unwrap()
    }

    pub(crate) fn clock_and_entropy(&self) -> ClockAndEntropy {
        ClockAndEntropy { clock: Arc::clone(&self.clock) as _, entropy: Arc::clone(&self.entropy) as _ }
    }

    pub(crate) fn start(&self) -> Server {
        self.start_with(self.settings())
    }

    pub(crate) fn start_with(&self, settings: Settings) -> Server {
        self.start_in(settings, self.clock_and_entropy())
    }

    /// Starts a server with another clock or other randomness. The test itself keeps the clock of this setup.
    pub(crate) fn start_in(&self, settings: Settings, ports: ClockAndEntropy) -> Server {
        let served = prepared(&settings, ports);
        let deployment = prepared(&settings, self.clock_and_entropy());
        let placement = if settings.worker.enabled {
            WorkerPlacement::InProcess(mail_transport(&settings).unwrap())
        } else {
            WorkerPlacement::Separate
        };
        let stop = CancellationToken::new();
        let (address, thread) = spawn(settings, served, placement, stop.clone());
        let (store, clock) = (Arc::clone(&deployment.store), Arc::clone(&self.clock));
        let scene = Scene::attach(store, deployment.env.clone(), clock);
        let client = Client::new(format!("http://{address}"));
        Server { client, scene, deployment, stop, thread: Some(thread) }
    }

    pub(crate) fn advance(&self, time: TimeDelta) {
        self.clock.advance(time);
    }
}

fn prepared(settings: &Settings, ports: ClockAndEntropy) -> Deployment {
    let deployment = Deployment::open_with(settings, ports).unwrap();
    deployment.prepare(settings).unwrap();
    deployment
}

/// Runs the server on a thread with its own runtime, as in production; the test stays synchronous.
fn spawn(
    settings: Settings,
    deployment: Deployment,
    placement: WorkerPlacement,
    stop: CancellationToken,
) -> (SocketAddr, JoinHandle<()>) {
    let (send, bound) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let listener = listen(&settings).unwrap();
            let verifier = verifier(&settings, &deployment.env.clock).unwrap();
            let server = compose::Server::build(settings, deployment, verifier, placement, listener).unwrap();
            send.send(server.address()).unwrap();
            server.run(stop).await.unwrap();
        });
    });
    (bound.recv().expect("the server starts"), thread)
}
