//! Mails in a folder.

use std::fs;

use usher_domain::{outbox::InvitationMail, port::Mailer as _};
use usher_mailer::{MailboxDir, Sender};

use crate::support::{Outcome, class, compose, invitation, numbered, reason};

fn sender() -> Outcome<Sender> {
    Ok(Sender::new(Some("Usher"), "usher@mail.example.com")?)
}

#[tokio::test]
async fn mails_are_listed_in_the_order_of_their_arrival() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("made/on/the/way");
    let mailbox = MailboxDir::open(&path, sender()?)?;
    assert!(mailbox.list()?.is_empty());
    for number in [3, 1, 2] {
        mailbox.send(&numbered(number)?).await?;
    }
    let names = mailbox.list()?;
    assert_eq!(
        names,
        [
            "00000001-0000000000000000000003.eml",
            "00000002-0000000000000000000001.eml",
            "00000003-0000000000000000000002.eml"
        ]
    );
    assert_eq!(mailbox.read(&names[1])?, Some(compose(&numbered(1)?)?));

    // A later process continues the numbers and ignores other files.
    fs::write(path.join("notes.txt"), "")?;
    fs::write(path.join("99999999-../x.eml".replace('/', "_")), "")?;
    let later = MailboxDir::open(&path, sender()?)?;
    later.send(&numbered(3)?).await?;
    assert_eq!(later.list()?.last().map(String::as_str), Some("00000004-0000000000000000000003.eml"));
    assert_eq!(later.list()?.len(), 4);
    Ok(())
}

#[tokio::test]
async fn concurrent_mails_are_all_kept() -> Outcome {
    let folder = tempfile::tempdir()?;
    let mailbox = MailboxDir::open(folder.path(), sender()?)?;
    let mut sending = tokio::task::JoinSet::new();
    for number in 0..50 {
        let (mailbox, mail) = (mailbox.clone(), numbered(number)?);
        sending.spawn(async move { mailbox.send(&mail).await });
    }
    assert!(sending.join_all().await.iter().all(Result::is_ok));
    assert_eq!(mailbox.list()?.len(), 50);
    assert_eq!(fs::read_dir(folder.path())?.count(), 50);
    Ok(())
}

#[tokio::test]
async fn only_mails_are_read() -> Outcome {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("secret.eml"), "secret")?;
    let path = folder.path().join("mails");
    let mailbox = MailboxDir::open(&path, sender()?)?;
    for name in [
        "",
        "..",
        "../secret.eml",
        "00000001-../../secret.eml",
        "00000001-/etc/passwd",
        "/etc/passwd",
        "00000001-x.eml\0",
        "00000001-x.eml",
        "00000001-.eml",
        "00000001-é.eml",
        "1-x.eml",
        "+0000001-x.eml",
    ] {
        assert_eq!(mailbox.read(name)?, None, "{name:?}");
    }
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_folder() -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("mails");
    let mailbox = MailboxDir::open(&path, sender()?)?;
    mailbox.send(&invitation()?).await?;
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(path.join(&mailbox.list()?[0]))?.permissions().mode() & 0o777, 0o600);
    Ok(())
}

#[tokio::test]
async fn unusable_folders_are_errors() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("mails");
    let mailbox = MailboxDir::open(&path, sender()?)?;
    let unbuildable = InvitationMail { link: "no link".into(), ..invitation()? };
    assert_eq!(class(&mailbox.send(&unbuildable).await), "unsendable");
    fs::remove_dir(&path)?;
    let outcome = mailbox.send(&invitation()?).await;
    assert_eq!(class(&outcome), "unreachable");
    assert!(reason(&outcome).starts_with("mailbox folder: "), "{outcome:?}");

    fs::write(&path, "a file")?;
    let error = MailboxDir::open(&path, sender()?).err().ok_or("opened a file")?;
    assert!(error.to_string().starts_with(&format!("mailbox folder {}: ", path.display())), "{error}");
    Ok(())
}
