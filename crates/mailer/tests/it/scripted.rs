//! A relay that follows a script: it is correct, except for the deviations of the test.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
    time::{sleep, timeout},
};
use usher_mailer::{LettreMailer, SmtpSettings};

use crate::support::{Outcome, build_mailer};

/// A stage of the dialogue, before the relay's reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Reset,
    Mail,
    Recipient,
    Data,
    /// After the final dot.
    Message,
}

/// The action of the relay at a stage.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// Sends the text and continues.
    Say(&'static str),
    /// Sends the text and closes.
    SayAndClose(&'static str),
    /// Closes without a reply.
    Close,
    /// Keeps the connection without a reply.
    Silence,
    /// Sends an endless line, one octet each second.
    Drip,
    /// Sends an endless line without pause.
    Endless,
    /// Sends endless lines.
    EndlessLines,
}

/// The deviations of one session, by stage and occurrence.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script(HashMap<(Stage, usize), Act>);

impl Script {
    pub(crate) fn correct() -> Self {
        Self::default()
    }

    pub(crate) fn at(self, stage: Stage, act: Act) -> Self {
        self.at_time(stage, 1, act)
    }

    pub(crate) fn at_time(mut self, stage: Stage, time: usize, act: Act) -> Self {
        self.0.insert((stage, time), act);
        self
    }
}

/// The lines of the client in each session; a message is `(message)`.
pub(crate) type Said = Vec<Vec<String>>;

#[derive(Debug, Default)]
struct Heard {
    said: watch::Sender<Said>,
    messages: Mutex<Vec<Vec<u8>>>,
    deviated: Notify,
}

#[derive(Debug)]
pub(crate) struct ScriptedRelay {
    port: u16,
    heard: Arc<Heard>,
}

impl ScriptedRelay {
    /// Plays one script for each session, and the last one for all further sessions.
    pub(crate) async fn start(scripts: Vec<Script>) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let heard = Arc::new(Heard::default());
        let ear = Arc::clone(&heard);
        tokio::spawn(async move {
            for number in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let script = scripts.get(number).or(scripts.last()).cloned().unwrap_or_default();
                ear.said.send_modify(|said| said.push(Vec::new()));
                let session = Session {
                    stream: BufReader::new(stream),
                    script,
                    number,
                    times: HashMap::new(),
                    heard: Arc::clone(&ear),
                };
                // Clients close the connection early in many of these dialogues.
                tokio::spawn(async move { session.play().await.ok() });
            }
        });
        Ok(Self { port, heard })
    }

    pub(crate) fn settings(&self) -> SmtpSettings {
        SmtpSettings::new(format!("smtp://127.0.0.1:{}", self.port), "usher@mail.example.com")
    }

    pub(crate) fn mailer(&self) -> Outcome<LettreMailer> {
        build_mailer(self.settings())
    }

    pub(crate) fn said(&self) -> Said {
        self.heard.said.borrow().clone()
    }

    /// The complete messages, with doubled dots.
    pub(crate) fn messages(&self) -> Vec<Vec<u8>> {
        lock(&self.heard.messages).clone()
    }

    /// Waits until a client has sent the line in any session.
    pub(crate) async fn hears(&self, line: &str) -> Outcome {
        let mut said = self.heard.said.subscribe();
        let heard = said.wait_for(|said| said.iter().flatten().any(|said| said == line));
        timeout(Duration::from_mins(1), heard).await??;
        Ok(())
    }

    /// Waits until the relay deviates.
    pub(crate) async fn deviates(&self) {
        self.heard.deviated.notified().await;
    }
}

struct Session {
    stream: BufReader<TcpStream>,
    script: Script,
    number: usize,
    times: HashMap<Stage, usize>,
    heard: Arc<Heard>,
}

impl Session {
    async fn play(mut self) -> io::Result<()> {
        self.answer(Stage::Greeting, "220 scripted ESMTP\r\n").await?;
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            self.hear(line.trim_end());
            match line.get(..4).unwrap_or_default() {
                "EHLO" => {
                    let offer = "250-scripted\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250 HELP\r\n";
                    self.answer(Stage::Ehlo, offer).await?;
                }
                "STAR" => self.answer(Stage::StartTls, "220 go ahead\r\n").await?,
                "AUTH" => {
                    if line.starts_with("AUTH LOGIN") {
                        for question in ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"] {
                            self.stream.write_all(format!("334 {question}\r\n").as_bytes()).await?;
                            line.clear();
                            self.stream.read_line(&mut line).await?;
                            self.hear(line.trim_end());
                        }
                    }
                    self.answer(Stage::Auth, "235 2.7.0 welcome\r\n").await?;
                }
                "RSET" => self.answer(Stage::Reset, "250 2.0.0 forgotten\r\n").await?,
                "MAIL" => self.answer(Stage::Mail, "250 2.1.0 sender ok\r\n").await?,
                "RCPT" => self.answer(Stage::Recipient, "250 2.1.5 recipient ok\r\n").await?,
                "DATA" => {
                    self.answer(Stage::Data, "354 go ahead\r\n").await?;
                    if !self.refuses(Stage::Data) {
                        self.message().await?;
                        self.answer(Stage::Message, "250 2.0.0 queued\r\n").await?;
                    }
                }
                "QUIT" => {
                    self.stream.write_all(b"221 2.0.0 bye\r\n").await?;
                    return Ok(());
                }
                _ => self.stream.write_all(b"500 5.5.2 what?\r\n").await?,
            }
        }
    }

    async fn message(&mut self) -> io::Result<()> {
        let mut message = Vec::new();
        while !message.ends_with(b"\r\n.\r\n") {
            if self.stream.read_buf(&mut message).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.hear("(message)");
        lock(&self.heard.messages).push(message);
        Ok(())
    }

    async fn answer(&mut self, stage: Stage, right: &str) -> io::Result<()> {
        let time = self.times.entry(stage).or_default();
        *time += 1;
        let Some(act) = self.script.0.get(&(stage, *time)).copied() else {
            return self.stream.write_all(right.as_bytes()).await;
        };
        self.heard.deviated.notify_one();
        match act {
            Act::Say(text) => self.stream.write_all(text.as_bytes()).await,
            Act::SayAndClose(text) => {
                self.stream.write_all(text.as_bytes()).await?;
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Act::Close => Err(io::ErrorKind::ConnectionAborted.into()),
            Act::Silence => std::future::pending().await,
            Act::Drip => {
                self.stream.write_all(right.get(..4).unwrap_or_default().as_bytes()).await?;
                loop {
                    sleep(Duration::from_secs(1)).await;
                    self.stream.write_all(b"x").await?;
                }
            }
            Act::Endless => {
                self.stream.write_all(right.get(..4).unwrap_or_default().as_bytes()).await?;
                loop {
                    self.stream.write_all(&[b'x'; 4096]).await?;
                }
            }
            Act::EndlessLines => loop {
                let line = format!("{}-more\r\n", right.get(..3).unwrap_or_default());
                self.stream.write_all(line.repeat(100).as_bytes()).await?;
            },
        }
    }

    /// Whether the last reply at this stage was a rejection.
    fn refuses(&self, stage: Stage) -> bool {
        let time = self.times.get(&stage).copied().unwrap_or_default();
        matches!(self.script.0.get(&(stage, time)), Some(Act::Say(text)) if text.starts_with(['4', '5']))
    }

    fn hear(&self, line: &str) {
        self.heard.said.send_modify(|said| {
            if let Some(session) = said.get_mut(self.number) {
                session.push(line.to_owned());
            }
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
