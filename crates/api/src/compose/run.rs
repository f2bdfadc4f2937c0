use std::{io, sync::Arc};

use tokio::sync::Notify;

use super::{
    Application, Core, Delivery, StartError, World,
    application::{gate, listen, mail_worker, supervised},
    credentials::verifier,
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
    let world = World::system();
    let verifier = verifier(&settings, &world.clock)?;
    let delivery =
        if settings.worker.enabled { Delivery::Here(outlet(&settings)?) } else { Delivery::Elsewhere };
    let core = Core::open_in(&settings, world)?;
    core.prepare(&settings)?;
    let listener = listen(&settings)?;
    let application = Application::build(settings, core, verifier, delivery, listener)?;
    tracing::info!(address = %application.address(), url = application.base_url(), "serving");
    application.run(shutdown::on_signals()?).await
}

/// `usher worker`: deliveries and expiry only, until a signal.
pub async fn worker(settings: Settings) -> Result<(), StartError> {
    start_log(&settings);
    let outlet = outlet(&settings)?;
    let core = Core::open(&settings)?;
    core.prepare(&settings)?;
    let stop = shutdown::on_signals()?;
    let worker = mail_worker(&settings, gate(&settings, &core), &outlet, Arc::new(Notify::new()));
    tracing::info!("delivering mails");
    let running = supervised(worker, stop, settings.server.shutdown_timeout);
    running.await.unwrap_or(Err(StartError::WorkerDied))
}

/// `usher`: development, with an example account, and told to `out` how to use it.
pub async fn develop(settings: Settings, out: &mut (dyn io::Write + Send)) -> Result<(), StartError> {
    start_log(&settings);
    let world = World::system();
    let verifier = verifier(&settings, &world.clock)?;
    let delivery = Delivery::Here(outlet(&settings)?);
    let core = Core::open_in(&settings, world)?;
    // Before anything is changed: a second one that finds the port taken leaves the first one's password as it is.
    let listener = listen(&settings)?;
    core.prepare(&settings)?;
    let example = example(&core, &settings.development.directory)?;
    let mailbox = settings.mail.is_none();
    let application = Application::build(settings, core, verifier, delivery, listener)?;
    announce(out, &application.base_url(), mailbox, &example)?;
    application.run(shutdown::on_signals()?).await
}

fn start_log(settings: &Settings) {
    telemetry::start(&settings.log);
    for notice in settings.notices() {
        tracing::warn!("{notice}");
    }
}
