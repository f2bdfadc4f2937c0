mod arrivals;
mod mail;
mod options;

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::PathBuf,
    process::Command,
    time::Duration,
};

use arrivals::Arrivals;
pub use mail::ReceivedMail;
pub use options::{Refusal, Security, SmtpOptions};
use tempfile::TempDir;

use crate::{
    certificates,
    error::{IoContext, TestbedError},
    process::Lifeline,
    python,
};

/// An SMTP server on loopback that keeps all mails: aiosmtpd, in a Python process.
#[derive(Debug)]
pub struct SmtpServer {
    security: Security,
    port: u16,
    arrivals: Arrivals,
    // Fields are dropped in order: the process ends before its directory is removed.
    _process: Lifeline,
    directory: TempDir,
}

impl SmtpServer {
    /// Starts a server and waits until it listens.
    pub fn start(options: &SmtpOptions) -> Result<Self, TestbedError> {
        const WHAT: &str = "starting the SMTP server";
        let directory = tempfile::Builder::new().prefix("usher-smtp-").tempdir().context(WHAT)?;
        let path = |name: &str| directory.path().join(name);
        certificates::write(directory.path(), options.self_signed)?;
        fs::create_dir(path("mails")).context(WHAT)?;

        let mut command = Command::new(python::find("aiosmtpd")?);
        command.arg("-c").arg(include_str!("server.py"));
        command.arg("--home").arg(directory.path());
        command.arg("--certificate").arg(path(certificates::SERVER));
        command.arg("--key").arg(path(certificates::SERVER_KEY));
        options.pass_to(&mut command);
        // A file, because an inherited stderr would keep a test runner waiting for the end of the test's output.
        command.stderr(File::create(path("log")).context(WHAT)?);
        let (process, stdout) = Lifeline::start(&mut command, WHAT)?;

        let mut output = BufReader::new(stdout);
        let mut port = String::new();
        output.read_line(&mut port).context(WHAT)?;
        let port = port.trim_end().parse().map_err(|_| TestbedError::Failed {
            what: WHAT.into(),
            output: fs::read_to_string(path("log")).unwrap_or_default().trim_end().to_owned(),
        })?;
        let arrivals = Arrivals::follow(output);
        Ok(Self { security: options.security, port, arrivals, _process: process, directory })
    }

    /// The TCP port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `smtps://127.0.0.1:…` with [`Security::ImplicitTls`], and `smtp://127.0.0.1:…` otherwise. It never contains the
    /// login.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.security == Security::ImplicitTls { "smtps" } else { "smtp" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// The certificate that clients must trust, in PEM. The server's certificate is valid for `localhost` and `127.0.0.1`.
    #[must_use]
    pub fn ca_pem_path(&self) -> PathBuf {
        self.directory.path().join(certificates::AUTHORITY)
    }

    /// The mails so far, in the order of arrival. A mail is included as soon as its client has received 250.
    pub fn messages(&self) -> Result<Vec<ReceivedMail>, TestbedError> {
        ReceivedMail::read_all(&self.mails())
    }

    /// Waits until at least `awaited` mails have arrived in total, and returns them.
    ///
    /// Fails with [`TestbedError::MailsMissing`] when the time is up or the server has ended.
    pub fn wait_for(&self, awaited: usize, timeout: Duration) -> Result<Vec<ReceivedMail>, TestbedError> {
        self.arrivals.wait_for(awaited, timeout);
        let messages = self.messages()?;
        if messages.len() < awaited {
            return Err(TestbedError::MailsMissing { awaited, arrived: messages.len() });
        }
        Ok(messages)
    }

    fn mails(&self) -> PathBuf {
        self.directory.path().join("mails")
    }
}
