//! Load on PostgreSQL alone, by pgbench.

use usher_tooling::{Failure, output_of, program, workspace};

use crate::{
    load::{LoadProfile, LoadResult},
    programs::BenchPrograms,
};

/// The folder of the scripts, in the workspace.
const SCRIPTS: &str = "crates/bench/baseline";

/// Runs a script on a database with `rows` pending invitations in the read account.
pub(crate) fn run(
    programs: &BenchPrograms,
    url: &str,
    script: &str,
    rows: u32,
    profile: LoadProfile,
) -> Result<LoadResult, Failure> {
    let mut pgbench = program(&programs.pgbench);
    // Plans each statement once, as Usher does. By default, PostgreSQL would plan the page's query anew for each
    // execution once the table has grown, which would halve the baseline.
    pgbench.env("PGOPTIONS", "-c plan_cache_mode=force_generic_plan");
    pgbench
        .args(["--no-vacuum", "--protocol=prepared", "--file"])
        .arg(workspace().join(SCRIPTS).join(script));
    pgbench.args(["--client", &profile.connections.to_string()]);
    pgbench.args(["--jobs", &profile.connections.min(2).to_string()]);
    pgbench.args(["--time", &profile.seconds.to_string()]);
    pgbench.args(["--define", &format!("rows={rows}"), url]);
    let printed = output_of(&mut pgbench)?;
    parse(&printed).ok_or_else(|| format!("unexpected report of pgbench:\n{printed}").into())
}

/// Parses pgbench's report; none when a transaction has failed.
fn parse(printed: &str) -> Option<LoadResult> {
    let number = |start: &str| {
        let line = printed.lines().find_map(|line| line.strip_prefix(start))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    let total =
        printed.lines().find_map(|line| line.strip_prefix("number of transactions actually processed: "));
    // pgbench has printed this line since version 15. In earlier versions, a failed transaction ends the run.
    if number("number of failed transactions: ").is_some_and(|failed| failed > 0.0) {
        return None;
    }
    let latency = number("latency average = ")? * 1000.0;
    Some(LoadResult {
        total: total?.trim().parse().ok()?,
        rate: number("tps = ")?,
        p50: latency,
        p99: latency,
        client_cpu: 0.0,
        sample: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::{SCRIPTS, parse, workspace};
    use crate::operation::Operation;

    const PRINTED: &str = "transaction type: x.sql\nnumber of transactions actually processed: 1234\nnumber of failed \
                           transactions: 0 (0.000%)\nlatency average = 1.500 ms\ntps = 617.25 (without initial \
                           connection time)\n";

    #[test]
    fn a_report_has_count_rate_and_latency() {
        let result = parse(PRINTED).unwrap();
        assert_eq!((result.total, result.rate, result.p50), (1234, 617.25, 1500.0));
    }

    #[test]
    fn a_report_with_failed_transactions_is_rejected() {
        assert!(parse(&PRINTED.replace(": 0 (", ": 7 (")).is_none());
    }

    #[test]
    fn every_operation_has_a_script() {
        for operation in Operation::ALL {
            let script = workspace().join(SCRIPTS).join(operation.script());
            assert!(script.is_file(), "{}", script.display());
        }
    }
}
