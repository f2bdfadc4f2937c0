use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::open_error::OpenError;

/// The parameters of every connection, unless the URL sets them. With them the client notices within ten seconds that the
/// server of an idle connection has vanished. Calls have their own deadline.
const DEFAULTS: [(&str, &str); 4] = [
    ("application_name", "usher"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "2"),
];

/// Parameters of libpq's URLs that contain secrets.
const SECRET_PARAMETERS: [&str; 2] = ["password", "sslpassword"];

/// A URL in libpq's form. It is passed on unparsed, because libpq accepts more than other parsers of URLs: several hosts,
/// sockets, service files.
#[derive(Clone)]
pub(crate) struct PostgresUrl {
    url: String,
    secrets: Vec<String>,
}

impl PostgresUrl {
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        let (_, rest) = url.split_once("://").unwrap_or(("", url));
        // As libpq reads it, the credentials end at the first @, which precedes the first slash. Another @ after it, or a
        // question mark before it, means a password that is not escaped: libpq would take a part of it for the host and name it
        // in its error.
        let head = rest.split('/').next().unwrap_or(rest);
        let (credentials, rest) = match head.split_once('@') {
            Some((credentials, _)) => (credentials, rest.get(credentials.len() + 1..).unwrap_or_default()),
            None => ("", rest),
        };
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        if address.contains('@') || credentials.contains('?') {
            return Err(OpenError::Credentials);
        }
        let password = credentials.split_once(':').map(|(_, password)| password);
        let parameters = query.split('&').filter_map(|parameter| parameter.split_once('='));
        let secret = parameters.filter(|(name, _)| SECRET_PARAMETERS.contains(name)).map(|(_, value)| value);
        let secrets = password.into_iter().chain(secret).flat_map(spellings).collect();
        Ok(Self { url: url.to_owned(), secrets })
    }

    /// The URL for libpq: with our parameters where it does not set them itself, and with settings for the session. The URL's
    /// own `options` come after ours, so they win.
    pub(crate) fn connection_url(&self, call_timeout: Duration, settings: &[(&str, &str)]) -> String {
        // libpq treats 0 as no limit and 1 as 2. Half of the time, so that a call and the next connection end within two calls.
        let seconds = call_timeout.as_millis().div_ceil(2000).clamp(2, 3600).to_string();
        let unacknowledged = call_timeout.as_millis().to_string();
        let options: Vec<_> = settings.iter().map(|(name, value)| format!("-c%20{name}%3D{value}")).collect();
        let options = options.join("%20");
        let ours = DEFAULTS
            .into_iter()
            .chain([("connect_timeout", seconds.as_str()), ("tcp_user_timeout", unacknowledged.as_str())]);
        let ours = ours.chain((!options.is_empty()).then_some(("options", options.as_str())));
        let (start, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let set: Vec<_> = query.split('&').filter_map(|parameter| parameter.split('=').next()).collect();
        let mut url = self.url.clone();
        if set.contains(&"options") && !options.is_empty() {
            let merged = query.split('&').map(|parameter| match parameter.strip_prefix("options=") {
                Some(theirs) => format!("options={options}%20{theirs}"),
                None => parameter.to_owned(),
            });
            url = format!("{start}?{}", merged.collect::<Vec<_>>().join("&"));
        }
        for (name, value) in ours.filter(|(name, _)| !set.contains(name)) {
            let joint = if !url.contains('?') {
                "?"
            } else if url.ends_with('&') || url.find('?') == Some(url.len() - 1) {
                ""
            } else {
                "&"
            };
            url = format!("{url}{joint}{name}={value}");
        }
        url
    }

    /// The passwords, in each spelling.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// The text without any password of this URL.
    pub(crate) fn hide(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
    }
}

/// A secret as written in the URL and as libpq decodes it. The longer string comes first; empty strings are left out.
fn spellings(secret: &str) -> impl Iterator<Item = String> {
    let decoded = percent_decode_str(secret).decode_utf8_lossy().into_owned();
    [secret.to_owned(), decoded].into_iter().filter(|spelling| !spelling.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_parameters_change_none_of_the_url() {
        for (url, joint) in [
            ("postgres://h/db", "?"),
            ("postgres://h/db?", ""),
            ("postgres://h/db?user=u&", ""),
            ("postgres://h/db?password=a", "&"),
            ("postgres://h/db?password=a?", "&"),
        ] {
            let parsed = PostgresUrl::parse(url).unwrap();
            let ours = parsed.connection_url(Duration::from_secs(5), &[]);
            assert!(ours.starts_with(&format!("{url}{joint}application_name=usher&")), "{ours}");
        }
    }
}
