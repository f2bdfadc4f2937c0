use std::{io, sync::Arc, time::Duration};

use tracing::field::display;

use super::{
    ClockAndEntropy, Deployment, Server, StartError, WorkerPlacement,
    admin::{Admin, state},
    credentials::{own_verifier, verifier},
    deployment::require_database,
    hangup,
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
    hangup::ignore()?;
    let ports = ClockAndEntropy::system();
    let verifier = verifier(&settings, &ports.clock)?;
    let placement = if settings.worker.enabled {
        WorkerPlacement::InProcess(mail_transport(&settings)?)
    } else {
        WorkerPlacement::Separate
    };
    require_database(&settings)?;
    let deployment = Deployment::open_with(&settings, ports)?;
    deployment.prepare(&settings)?;
    let listener = listen(&settings)?;
    let server = Server::build(settings, deployment, verifier, placement, listener)?;
    let admin = server.admin_address().map(display);
    tracing::info!(address = %server.address(), url = server.base_url(), admin, "serving");
    server.run(shutdown::on_signals()?).await
}

/// `usher worker`: runs the worker without a server, until a signal.
pub async fn worker(settings: Settings) -> Result<(), StartError> {
    start_log(&settings);
    hangup::ignore()?;
    let transport = mail_transport(&settings)?;
    let deployment = Deployment::open(&settings)?;
    deployment.prepare(&settings)?;
    let stop = shutdown::on_signals()?;
    let app = Arc::new(deployment.app(&settings, own_verifier(&settings, &deployment.env.clock)?)?);
    let worker = app.worker(transport.mailer, worker_settings(&settings));
    drop(tokio::spawn(app.health().clone().follow_database_clock(stop.clone())));
    let state = state(&settings, app, &Arc::default());
    let admin = Admin::build(&settings, &state, deployment.database())?;
    tracing::info!(admin = admin.as_ref().map(|admin| display(admin.address())), "delivering mails");
    let admin = admin.map(Admin::start);
    let running = supervised(worker, stop, settings.server.shutdown_timeout);
    let result = running.await.unwrap_or(Err(StartError::WorkerDied));
    if let Some(admin) = admin {
        admin.stop().await;
    }
    result
}

/// `usher`: runs development mode with an example account, until a signal. Prints instructions to `out`.
pub async fn develop(mut settings: Settings, out: &mut (dyn io::Write + Send)) -> Result<(), StartError> {
    start_log(&settings);
    // No proxy needs to notice.
    settings.server.drain_delay = Duration::ZERO;
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

/// Starts the log, and the metrics if a listener shows them.
fn start_log(settings: &Settings) {
    telemetry::start(&settings.log);
    if settings.server.admin_bind.is_some() {
        telemetry::record();
    }
    for notice in settings.notices() {
        tracing::warn!("{notice}");
    }
}
