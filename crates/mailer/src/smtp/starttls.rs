use std::io;

use lettre::transport::smtp::{
    commands::{Ehlo, Starttls},
    extension::{ClientId, Extension, ServerInfo},
    response::Response,
};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};

use super::{
    fault::{Fault, StepError as _},
    step::Step,
    wire::Wire,
};

/// Asks the relay for TLS (RFC 3207), up to the handshake. Only EHLO and STARTTLS are sent in clear.
///
/// Returns the bare stream and the relay's greeting. lettre's own STARTTLS would keep octets that the relay sent in clear
/// after its 220, and treat them as sent under TLS.
pub(super) async fn request<S>(mut wire: Wire<S>, hello: &ClientId) -> Result<(S, String), Fault>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let greeting = wire.reply().await.map_err(|error| error.at(Step::Greeting))?;
    positive(&greeting, Step::Greeting)?;
    let offer = command(&mut wire, &Ehlo::new(hello.clone()).to_string(), Step::Greeting).await?;
    let offer = ServerInfo::from_response(&offer).map_err(|error| error.at(Step::Greeting))?;
    if !offer.supports_feature(Extension::StartTls) {
        return Err(Fault::broken(
            Step::StartTls,
            "the relay does not offer it, but the settings require it",
        ));
    }
    command(&mut wire, &Starttls.to_string(), Step::StartTls).await?;
    let stream = wire.into_stream().map_err(|error| error.at(Step::StartTls))?;
    Ok((stream, greeting))
}

async fn command<S>(wire: &mut Wire<S>, command: &str, step: Step) -> Result<Response, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let exchange = async {
        wire.write_all(command.as_bytes()).await?;
        wire.reply().await
    };
    let reply = exchange.await.map_err(|error: io::Error| error.at(step))?;
    positive(&reply, step)
}

fn positive(reply: &str, step: Step) -> Result<Response, Fault> {
    let response: Response = reply.parse().map_err(|error: lettre::transport::smtp::Error| error.at(step))?;
    Fault::unless_positive(response, step)
}
