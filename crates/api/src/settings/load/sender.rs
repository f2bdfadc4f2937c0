//! `mail.from`

use usher_domain::{address::EmailAddress, text::DisplayText};

use crate::settings::{Sender, reader::Reader};

/// A sender: an address, or a name and an address in angle brackets. Quotes around the name are dropped.
pub(super) fn read(r: &Reader, key: &str) -> Option<Sender> {
    let text = r.text(key)?;
    parse(&text).map_err(|fault| r.refuse(key, fault)).ok()
}

fn parse(text: &str) -> Result<Sender, String> {
    let wanted = "must be an e-mail address, or a name and an address such as Example <mail@example.com>";
    let (name, address) = match text.trim().strip_suffix('>') {
        Some(rest) => rest.rsplit_once('<').ok_or(wanted)?,
        None => ("", text),
    };
    let address = EmailAddress::parse(address).map_err(|fault| format!("{wanted}: the address {fault}"))?;
    // Else every relay without SMTPUTF8 would refuse every mail.
    if !address.envelope().is_ascii() {
        return Err("must have an address of plain ASCII letters before the @".to_owned());
    }
    let name = name.trim();
    let name = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(name);
    let name = if name.is_empty() { None } else { Some(DisplayText::parse(name)) };
    let name = name.transpose().map_err(|fault| format!("has a name that mails cannot show: it {fault}"))?;
    Ok(Sender { name, address })
}
