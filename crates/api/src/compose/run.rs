use std::io;

use super::{
    ClockAndEntropy, Deployment, Server, StartError, WorkerPlacement,
    credentials::{own_verifier, verifier},
    mail::mail_transport,
    server::{listen, supervised, worker_settings},
    shutdown,
};
use crate::{
    develop::{prepare_example, print_instructions},
    settings::Settings,
    telemetry,
};

/// `usher serve`: runs the server, and the worker if enabled, until a signal.
pub async fn serve(settings: Settings) -> Result<(), StartError> {
    start_log(&settings);
    let ports = ClockAndEntropy::system();
    let verifier = verifier(&settings, &ports.clock)?;
    let placement = if settings.worker.enabled {
        WorkerPlacement::InProcess(mail_transport(&settings)?)
    } else {
        WorkerPlacement::Separate
    };
    let deployment = Deployment::open_with(&settings, ports)?;
    deployment.prepare(&settings)?;
    let listener = listen(&settings)?;
    let server = Server::build(settings, deployment, verifier, placement, listener)?;
    tracing::info!(address = %server.address(), url = server.base_url(), "serving");
    server.run(shutdown::on_signals()?).await
}

/// `usher worker`: runs the worker without a server, until a signal.
pub async fn worker(settings: Settings) -> Result<(), StartError> {
    start_log(&settings);
    let transport = mail_transport(&settings)?;
    let deployment = Deployment::open(&settings)?;
    deployment.prepare(&settings)?;
    let stop = shutdown::on_signals()?;
    let app = deployment.app(&settings, own_verifier(&settings, &deployment.env.clock)?)?;
    let worker = app.worker(transport.mailer, worker_settings(&settings));
    drop(tokio::spawn(app.health().clone().follow_database_clock(stop.clone())));
    tracing::info!("delivering mails");
    let running = supervised(worker, stop, settings.server.shutdown_timeout);
    running.await.unwrap_or(Err(StartError::WorkerDied))
}

/// `usher`: runs development mode with an example account, until a signal. Prints instructions to `out`.
pub async fn develop(settings: Settings, out: &mut (dyn io::Write + Send)) -> Result<(), StartError> {
    start_log(&settings);
    let ports = ClockAndEntropy::system();
    let verifier = verifier(&settings, &ports.clock)?;
    let placement = WorkerPlacement::InProcess(mail_transport(&settings)?);
    let deployment = Deployment::open_with(&settings, ports)?;
    // Before the database is changed: if the port is taken, the password that the other process printed remains valid.
    let listener = listen(&settings)?;
    deployment.prepare(&settings)?;
    let app = deployment.app(&settings, own_verifier(&settings, &deployment.env.clock)?)?;
    let example = prepare_example(&app, &settings.development.directory).await?;
    let mailbox = settings.mail.is_none();
    let server = Server::build(settings, deployment, verifier, placement, listener)?;
    print_instructions(out, &server.base_url(), mailbox, &example)?;
    server.run(shutdown::on_signals()?).await
}

fn start_log(settings: &Settings) {
    telemetry::start(&settings.log);
    for notice in settings.notices() {
        tracing::warn!("{notice}");
    }
}
