/// The command that uses the settings. It decides which settings are required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeploymentMode {
    /// `usher` without a command: nothing is required, and only this machine can reach the server.
    Development,
    /// `usher serve` and `usher worker`: secret, public URL and mail relay are required.
    Production,
    /// Commands that sign tokens: a configured secret, or the secret of development mode, is required.
    Signing,
    /// Commands that only need the database. Without a configured secret they use a random one.
    Tool,
}
