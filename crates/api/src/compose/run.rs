use std::{io, sync::Arc};

use tokio::sync::Notify;

use super::{
    Application, Core, Delivery, StartError,
    application::{gate, mail_worker},
    mail::outlet,
    shutdown,
};
use crate::{
    develop::{announce, example},
    settings::Settings,
    telemetry,
};

/// `usher serve`: production, until a signal.
pub async fn serve(settings: Settings) -> Result<(), StartError> {
    start_log(&settings);
    let core = Core::open(&settings)?;
    core.prepare(&settings)?;
    let delivery =
        if settings.worker.enabled { Delivery::Here(outlet(&settings)?) } else { Delivery::Elsewhere };
    let application = Application::build(settings, core, delivery)?;
    tracing::info!(address = %application.address(), url = application.base_url(), "serving");
    application.run(shutdown::on_signals()?).await
}

/// `usher worker`: deliveries and expiry only, until a signal.
pub async fn worker(settings: Settings) -> Result<(), StartError> {
    start_log(&settings);
    let core = Core::open(&settings)?;
    core.prepare(&settings)?;
    let stop = shutdown::on_signals()?;
    let worker = mail_worker(&settings, gate(&settings, &core), &outlet(&settings)?, Arc::new(Notify::new()));
    tracing::info!("delivering mails");
    let running = tokio::spawn(worker.run(stop.clone()));
    stop.cancelled().await;
    shutdown::bounded(running, settings.server.shutdown_timeout).await;
    Ok(())
}

/// `usher`: development, with an example account, and told to `out` how to use it.
pub async fn develop(settings: Settings, out: &mut (dyn io::Write + Send)) -> Result<(), StartError> {
    start_log(&settings);
    let core = Core::open(&settings)?;
    core.prepare(&settings)?;
    let example = example(&core)?;
    let delivery = Delivery::Here(outlet(&settings)?);
    let mailbox = settings.mail.is_none();
    let application = Application::build(settings, core, delivery)?;
    announce(out, &application.base_url(), mailbox, &example)?;
    application.run(shutdown::on_signals()?).await
}

fn start_log(settings: &Settings) {
    telemetry::start(&settings.log);
    for notice in settings.notices() {
        tracing::warn!("{notice}");
    }
}
