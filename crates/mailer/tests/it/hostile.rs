//! The class of error for each kind of failure at each stage.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use tokio::{
    net::TcpSocket,
    task::{JoinSet, spawn_blocking},
    time::advance,
};
use usher_domain::port::{Mailer as _, SendError};
use usher_mailer::SmtpSettings;

use crate::{
    scripted::{Act, Script, ScriptedRelay, Stage},
    support::{Outcome, build_mailer, class, invitation, reason},
};

/// Stages without a login, in their order.
const STAGES: [Stage; 6] =
    [Stage::Greeting, Stage::Ehlo, Stage::Mail, Stage::Recipient, Stage::Data, Stage::Message];

/// The class of a lost connection at each stage: before the mail, during it, and after its end was sent.
const LOST: [&str; 6] = ["unreachable", "unreachable", "deferred", "deferred", "deferred", "ambiguous"];
const REFUSED: [&str; 6] = ["unreachable", "unreachable", "refused", "refused", "refused", "refused"];
/// The same for a rejection that names the recipient.
const NO_RECIPIENT: [&str; 6] =
    ["unreachable", "unreachable", "refused", "permanent", "refused", "permanent"];
const POSTPONED: [&str; 6] = ["unreachable", "unreachable", "deferred", "deferred", "deferred", "deferred"];

async fn send(stage: Stage, act: Act) -> Outcome<Result<(), SendError>> {
    let relay = ScriptedRelay::start(vec![Script::correct().at(stage, act)]).await?;
    Ok(relay.mailer()?.send(&invitation()?).await)
}

async fn assert_classes(act: Act, classes: [&str; 6]) -> Outcome {
    for (stage, expected) in STAGES.into_iter().zip(classes) {
        let outcome = send(stage, act).await?;
        assert_eq!(class(&outcome), expected, "{act:?} at {stage:?}: {outcome:?}");
        assert!(reason(&outcome).chars().count() <= 200);
    }
    Ok(())
}

#[tokio::test]
async fn temporary_rejections_defer_the_mail() -> Outcome {
    assert_classes(Act::Say("421 4.3.2 shutting down\r\n"), POSTPONED).await?;
    assert_classes(Act::Say("451 4.7.1 greylisted\r\n"), POSTPONED).await?;
    assert_classes(Act::SayAndClose("421 4.4.5 too busy\r\n"), POSTPONED).await
}

#[tokio::test]
async fn only_a_rejection_of_the_recipient_ends_the_mail() -> Outcome {
    assert_classes(Act::Say("552 5.2.2 mailbox full\r\n"), NO_RECIPIENT).await?;
    assert_classes(Act::Say("550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.1 user\r\n"), NO_RECIPIENT).await?;
    assert_classes(Act::Say("554 5.7.1 not wanted\r\n"), REFUSED).await?;
    assert_classes(Act::Say("550 5.4.5 Daily user sending limit exceeded\r\n"), REFUSED).await?;
    assert_classes(Act::SayAndClose("550 Gr\u{fc}\u{df}e\r\n"), REFUSED).await
}

#[tokio::test]
async fn rejections_of_the_configuration_do_not_end_the_mail() -> Outcome {
    for act in [
        Act::Say("530 5.7.0 Authentication required\r\n"),
        Act::Say("530 5.7.0 Must issue a STARTTLS command first\r\n"),
        Act::Say("535 5.7.8 bad login\r\n"),
        Act::Say("538 5.7.11 Encryption required\r\n"),
    ] {
        let unreachable = "unreachable";
        let about_a_mail = "refused";
        let classes = [unreachable, unreachable, unreachable, unreachable, unreachable, about_a_mail];
        assert_classes(act, classes).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_closed_connection_is_classified_by_its_stage() -> Outcome {
    assert_classes(Act::Close, LOST).await?;
    // Inside a reply of one line and of several lines.
    assert_classes(Act::SayAndClose("25"), LOST).await?;
    assert_classes(Act::SayAndClose("250-2.0.0 wait\r\n"), LOST).await
}

#[tokio::test]
async fn a_close_after_a_good_reply_is_noticed() -> Outcome {
    for (stage, reply, expected) in [
        (Stage::Greeting, "220 hello\r\n", "unreachable"),
        (Stage::Ehlo, "250 hello\r\n", "deferred"),
        (Stage::Mail, "250 ok\r\n", "deferred"),
        (Stage::Recipient, "250 ok\r\n", "deferred"),
        // The close shows before the message is written, so it is known that it did not arrive.
        (Stage::Data, "354 go ahead\r\n", "deferred"),
        (Stage::Message, "250 queued\r\n", "sent"),
    ] {
        let outcome = send(stage, Act::SayAndClose(reply)).await?;
        assert_eq!(class(&outcome), expected, "{stage:?}: {outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn garbage_is_not_a_reply() -> Outcome {
    for text in [
        "\r\n",
        "what?\r\n",
        "25\r\n",
        "2x0 ok\r\n",
        "999 ok\r\n",
        "150 wait\r\n",
        "260 ok\r\n",
        "250ok\r\n",
        "250 line feed only\n",
        "\u{0}\u{1}\u{7f}\r\n",
        "250-one code\r\n251 and another\r\n",
        "HTTP/1.1 400 Bad Request\r\n",
    ] {
        assert_classes(Act::Say(text), LOST).await?;
    }
    Ok(())
}

#[tokio::test]
async fn good_replies_at_the_wrong_stage_are_errors() -> Outcome {
    for (stage, reply, expected) in [
        (Stage::Mail, "354 go ahead\r\n", "deferred"),
        (Stage::Recipient, "334 \r\n", "deferred"),
        (Stage::Data, "250 ok\r\n", "deferred"),
        (Stage::Message, "354 go ahead\r\n", "ambiguous"),
    ] {
        let outcome = send(stage, Act::Say(reply)).await?;
        assert_eq!(class(&outcome), expected, "{stage:?}: {outcome:?}");
        assert!(reason(&outcome).contains("unexpected reply"), "{outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn two_replies_to_one_command_are_an_error() -> Outcome {
    for (stage, reply, expected) in [
        (Stage::Greeting, "220 hello\r\n250 hello\r\n", "unreachable"),
        (Stage::Ehlo, "250 hello\r\n250 sender ok\r\n", "deferred"),
        (Stage::Mail, "250 ok\r\n250 ok\r\n", "deferred"),
        (Stage::Recipient, "250 ok\r\n354 go ahead\r\n", "deferred"),
        // A 250 that came before the message must not be taken for the answer to it.
        (Stage::Data, "354 go ahead\r\n250 queued\r\n", "deferred"),
        (Stage::Data, "354 go ahead\r\n552 5.3.4 too big", "deferred"),
        // The first is the answer.
        (Stage::Message, "250 queued\r\n451 or not\r\n", "sent"),
        (Stage::Message, "451 later\r\n250 queued\r\n", "deferred"),
    ] {
        let outcome = send(stage, Act::Say(reply)).await?;
        assert_eq!(class(&outcome), expected, "{stage:?}: {outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_second_reply_is_not_the_reply_to_the_next_command() -> Outcome {
    let script = Script::correct().at(Stage::Message, Act::Say("250 queued\r\n250 and the next one too\r\n"));
    let relay = ScriptedRelay::start(vec![script, Script::correct()]).await?;
    let mailer = relay.mailer()?;
    mailer.send(&invitation()?).await?;
    mailer.send(&invitation()?).await?;
    // The second mail had its own connection and was delivered.
    assert_eq!(relay.said().len(), 2);
    assert_eq!(relay.messages().len(), 2);
    Ok(())
}

#[tokio::test]
async fn unusual_valid_replies_are_accepted() -> Outcome {
    for (stage, reply) in [
        (Stage::Greeting, "220\r\n"),
        (Stage::Greeting, "220-welcome\r\n220-to\r\n220 us\r\n"),
        (Stage::Ehlo, "250-us\r\n250-   \r\n250-\t\r\n250-\r\n250 \r\n"),
        (Stage::Mail, "250\r\n"),
        (Stage::Recipient, "251 will forward\r\n"),
        (Stage::Data, "354 \u{e4}\u{f6}\u{fc} \u{1f98a}\r\n"),
        (Stage::Message, "250\r\n"),
        (Stage::Message, "250 2.0.0 \u{0}\u{1b}[31mqueued\r\n"),
    ] {
        let outcome = send(stage, Act::Say(reply)).await?;
        assert_eq!(class(&outcome), "sent", "{stage:?}: {outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn endless_replies_are_errors() -> Outcome {
    for act in [Act::Endless, Act::EndlessLines] {
        for (stage, expected) in STAGES.into_iter().zip(LOST) {
            let outcome = send(stage, act).await?;
            assert_eq!(class(&outcome), expected, "{act:?} at {stage:?}: {outcome:?}");
            assert!(reason(&outcome).ends_with(": the relay's reply is too long"), "{outcome:?}");
        }
    }
    Ok(())
}

/// The peak of this process's memory so far, in KiB.
fn peak_memory() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Many mails at once to a relay that sends as fast as it can.
#[tokio::test]
async fn endless_replies_take_little_memory() -> Outcome {
    let first = send(Stage::Recipient, Act::Endless).await?;
    assert_eq!(class(&first), "deferred");
    let before = peak_memory()?;
    for act in [Act::Endless, Act::EndlessLines] {
        for stage in STAGES {
            let relay = ScriptedRelay::start(vec![Script::correct().at(stage, act)]).await?;
            let settings = SmtpSettings { deadline: Duration::from_secs(5), ..relay.settings() };
            let mailer = Arc::new(build_mailer(settings)?);
            let mut sending = JoinSet::new();
            for _ in 0..16 {
                let (mailer, mail) = (Arc::clone(&mailer), invitation()?);
                sending.spawn(async move { mailer.send(&mail).await });
            }
            for outcome in sending.join_all().await {
                assert_ne!(class(&outcome), "sent", "{act:?} at {stage:?}");
            }
        }
    }
    let growth = peak_memory()? - before;
    assert!(growth <= 16 * 1024, "{growth} KiB");
    Ok(())
}

/// Stops a paused clock until the guard is dropped. Otherwise the clock advances when all tasks wait for the network.
fn stop_clock() -> mpsc::Sender<()> {
    let (guard, gone) = mpsc::channel();
    spawn_blocking(move || gone.recv());
    guard
}

/// Sends with the default deadline, on a paused clock that advances after the relay has become silent.
async fn send_to_a_slow_relay(stage: Stage, act: Act) -> Outcome<Result<(), SendError>> {
    let _clock = stop_clock();
    let relay = ScriptedRelay::start(vec![Script::correct().at(stage, act)]).await?;
    assert_eq!(relay.settings().deadline, Duration::from_mins(1));
    let (mailer, mail) = (relay.mailer()?, invitation()?);
    let sending = tokio::spawn(async move { mailer.send(&mail).await });
    relay.deviates().await;
    advance(Duration::from_secs(59)).await;
    assert!(!sending.is_finished());
    advance(Duration::from_secs(2)).await;
    Ok(sending.await?)
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_silence() -> Outcome {
    for (stage, expected) in STAGES.into_iter().zip(LOST) {
        let outcome = send_to_a_slow_relay(stage, Act::Silence).await?;
        assert_eq!(class(&outcome), expected, "{stage:?}: {outcome:?}");
        assert!(reason(&outcome).ends_with("no reply in time"), "{outcome:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_slow_replies() -> Outcome {
    for (stage, expected) in STAGES.into_iter().zip(LOST) {
        let outcome = send_to_a_slow_relay(stage, Act::Drip).await?;
        assert_eq!(class(&outcome), expected, "{stage:?}: {outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_closed_port_is_unreachable() -> Outcome {
    // Bound, so that no other process uses the port, and not listening, so that it rejects connections.
    let socket = TcpSocket::new_v4()?;
    socket.bind("127.0.0.1:0".parse()?)?;
    let port = socket.local_addr()?.port();
    for url in [format!("smtp://127.0.0.1:{port}"), format!("smtps://127.0.0.1:{port}")] {
        let mailer = build_mailer(SmtpSettings::new(url, "usher@mail.example.com"))?;
        let outcome = mailer.send(&invitation()?).await;
        assert_eq!(class(&outcome), "unreachable");
        assert!(reason(&outcome).starts_with("connecting: no program listens"), "{outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_mail_that_cannot_be_built_is_not_sent() -> Outcome {
    let relay = ScriptedRelay::start(vec![Script::correct()]).await?;
    let mail = usher_domain::outbox::InvitationMail { link: "no link".into(), ..invitation()? };
    let outcome = relay.mailer()?.send(&mail).await;
    assert_eq!(class(&outcome), "unsendable");
    assert_eq!(reason(&outcome), "the link is not a plain web address");
    assert!(relay.said().is_empty());
    Ok(())
}
