//! Reuse of connections.

use std::time::Duration;

use tokio::time::{advance, pause, resume};
use usher_domain::{address::EmailAddress, outbox::InvitationMail, port::Mailer as _};

use crate::{
    scripted::{Act, Script, ScriptedRelay, Stage},
    support::{Outcome, class, invitation, numbered, reason},
};

const MAIL: &str = "MAIL FROM:<usher@mail.example.com>";
const RCPT: &str = "RCPT TO:<jane@example.org>";

#[tokio::test]
async fn consecutive_mails_share_a_connection() -> Outcome {
    let relay = ScriptedRelay::start(vec![Script::correct()]).await?;
    let mailer = relay.mailer()?;
    for number in 0..3 {
        mailer.send(&numbered(number)?).await?;
    }
    let one = [MAIL, RCPT, "DATA", "(message)"];
    assert_eq!(relay.said(), [[&["EHLO mail.example.com"][..], &one, &one, &one].concat()]);
    Ok(())
}

#[tokio::test]
async fn concurrent_mails_have_their_own_connections() -> Outcome {
    let relay = ScriptedRelay::start(vec![Script::correct()]).await?;
    let mailer = relay.mailer()?;
    let mails: Vec<_> = (0..3).map(numbered).collect::<Result<_, _>>()?;
    let (first, second, third) =
        tokio::join!(mailer.send(&mails[0]), mailer.send(&mails[1]), mailer.send(&mails[2]));
    assert_eq!((first, second, third), (Ok(()), Ok(()), Ok(())));
    assert_eq!(relay.said().len(), 3);
    Ok(())
}

#[tokio::test]
async fn the_connection_survives_a_rejected_mail() -> Outcome {
    for (stage, reply) in [
        (Stage::Mail, "451 later\r\n"),
        (Stage::Recipient, "550 no such user\r\n"),
        (Stage::Data, "451 later\r\n"),
        (Stage::Message, "554 spam\r\n"),
    ] {
        let relay = ScriptedRelay::start(vec![Script::correct().at(stage, Act::Say(reply))]).await?;
        let mailer = relay.mailer()?;
        assert!(mailer.send(&numbered(1)?).await.is_err());
        mailer.send(&numbered(2)?).await?;
        let said = relay.said().concat();
        assert_eq!(relay.said().len(), 1, "{said:?}");
        // Where the refused mail had begun, the relay is told to forget it.
        assert_eq!(said.iter().any(|line| line == "RSET"), stage != Stage::Mail, "{said:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_closed_idle_connection_is_replaced() -> Outcome {
    for script in [
        // Closed after the mail, with and without a word.
        Script::correct().at(Stage::Message, Act::SayAndClose("250 queued\r\n")),
        Script::correct().at(Stage::Message, Act::SayAndClose("250 queued\r\n421 4.4.2 bye\r\n")),
        // Closed in answer to the next one.
        Script::correct().at_time(Stage::Mail, 2, Act::Close),
        Script::correct().at_time(Stage::Mail, 2, Act::Say("421 4.7.0 too many mails\r\n")),
        Script::correct().at_time(Stage::Mail, 2, Act::Say("nonsense\r\n")),
        Script::correct().at_time(Stage::Mail, 2, Act::Endless),
    ] {
        let relay = ScriptedRelay::start(vec![script.clone(), Script::correct()]).await?;
        let mailer = relay.mailer()?;
        mailer.send(&numbered(1)?).await?;
        let second = mailer.send(&numbered(2)?).await;
        assert_eq!(class(&second), "sent", "{script:?}: {second:?}");
        assert_eq!((relay.said().len(), relay.messages().len()), (2, 2), "{script:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_that_rejects_rset_is_replaced() -> Outcome {
    let script = Script::correct()
        .at(Stage::Recipient, Act::Say("550 no such user\r\n"))
        .at(Stage::Reset, Act::Say("503 no\r\n"));
    let relay = ScriptedRelay::start(vec![script, Script::correct()]).await?;
    let mailer = relay.mailer()?;
    assert_eq!(class(&mailer.send(&numbered(1)?).await), "permanent");
    assert_eq!(class(&mailer.send(&numbered(2)?).await), "sent");
    assert_eq!(relay.said().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_silent_idle_connection_takes_a_part_of_the_deadline() -> Outcome {
    let script = Script::correct().at_time(Stage::Mail, 2, Act::Silence);
    let relay = ScriptedRelay::start(vec![script, Script::correct()]).await?;
    let mailer = relay.mailer()?;
    mailer.send(&numbered(1)?).await?;
    let mail = numbered(2)?;
    let sending = tokio::spawn(async move { mailer.send(&mail).await });
    relay.deviates().await;
    pause();
    advance(Duration::from_secs(16)).await;
    resume();
    assert_eq!(sending.await?, Ok(()));
    assert_eq!(relay.said().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_mail_after_rcpt_is_not_sent_twice() -> Outcome {
    // A loss after RCPT is an error: the mailer does not retry on its own.
    let script = Script::correct().at_time(Stage::Recipient, 2, Act::Close);
    let relay = ScriptedRelay::start(vec![script, Script::correct()]).await?;
    let mailer = relay.mailer()?;
    mailer.send(&numbered(1)?).await?;
    assert_eq!(class(&mailer.send(&numbered(2)?).await), "deferred");
    assert_eq!(relay.said().len(), 1);
    Ok(())
}

#[tokio::test]
async fn idle_connections_end_with_quit() -> Outcome {
    let relay = ScriptedRelay::start(vec![Script::correct()]).await?;
    let mailer = relay.mailer()?;
    mailer.send(&invitation()?).await?;
    pause();
    for _ in 0..4 {
        advance(Duration::from_secs(10)).await;
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
    resume();
    relay.hears("QUIT").await?;
    mailer.send(&invitation()?).await?;
    assert_eq!(relay.said().len(), 2);
    Ok(())
}

#[tokio::test]
async fn an_address_that_needs_smtputf8_is_rejected_before_mail_from() -> Outcome {
    let relay = ScriptedRelay::start(vec![Script::correct()]).await?;
    let mailer = relay.mailer()?;
    let mail = InvitationMail { to: EmailAddress::parse("zoë@example.org")?, ..invitation()? };
    let outcome = mailer.send(&mail).await;
    assert_eq!(class(&outcome), "unsendable");
    assert!(reason(&outcome).contains("SMTPUTF8"), "{outcome:?}");
    mailer.send(&invitation()?).await?;
    assert_eq!(relay.said(), [["EHLO mail.example.com", MAIL, RCPT, "DATA", "(message)"]]);
    Ok(())
}
