//! The program as operators run it: arguments, environment, standard streams and exit codes.

// Whole: what is in it may fail a test by any means, the helpers too.
#[cfg(test)]
mod cli {
    mod access_tokens;
    mod bench;
    mod commands;
    mod configuration;
    mod openapi;
    mod running;
}
