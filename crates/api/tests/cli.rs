//! The program as operators run it: arguments, environment, standard streams and exit codes.

// One module, so that clippy treats the helpers as tests.
#[cfg(test)]
mod cli {
    mod access_tokens;
    mod commands;
    mod compromise;
    mod configuration;
    mod doctor;
    mod explaining;
    mod invitations;
    mod mails;
    mod openapi;
    mod program;
    mod relay;
    mod running;
}
