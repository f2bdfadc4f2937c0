use std::time::Duration;

/// The latencies of all measured responses.
#[derive(Default)]
pub(crate) struct Latencies {
    /// In tenths of microseconds. The maximum is about 7 minutes.
    all: Vec<u32>,
}

impl Latencies {
    pub(crate) fn add(&mut self, latency: Duration) {
        self.all.push(u32::try_from(latency.as_nanos() / 100).unwrap_or(u32::MAX));
    }

    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// Quantiles in microseconds, for shares in thousandths. 0 if there were no responses.
    pub(crate) fn quantiles<const N: usize>(&mut self, shares: [usize; N]) -> [f64; N] {
        self.all.sort_unstable();
        let last = self.all.len().saturating_sub(1);
        shares.map(|share| f64::from(self.all.get(last * share / 1000).copied().unwrap_or_default()) / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_in_microseconds() {
        let mut latencies = Latencies::default();
        for micros in (1..=101).rev() {
            latencies.add(Duration::from_micros(micros));
        }
        let text = latencies.quantiles([0, 500, 990, 1000]).map(|micros| format!("{micros:.1}"));
        assert_eq!(text, ["1.0", "51.0", "100.0", "101.0"]);
    }
}
