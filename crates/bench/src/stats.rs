//! Values of several rounds.

/// The values of one measurement, one for each round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series(pub(crate) Vec<f64>);

impl Series {
    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        let middle = sorted.len() / 2;
        if sorted.len() % 2 == 1 {
            at(middle)
        } else {
            f64::midpoint(at(middle.saturating_sub(1)), at(middle))
        }
    }

    pub(crate) fn min(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::min)
    }

    pub(crate) fn max(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::max)
    }

    /// The ratio in each round. Both series must come from the same rounds.
    pub(crate) fn ratio_to(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one / other).collect())
    }

    /// The rate in each round if each operation of one series is followed by one of the other.
    pub(crate) fn combined_rate(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| 1.0 / (one.recip() + other.recip())).collect())
    }
}

impl FromIterator<f64> for Series {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_value_or_the_mean_of_the_two_middle_values() {
        let series = Series(vec![3.0, 1.0, 2.0]);
        assert_eq!((series.median(), series.min(), series.max()), (2.0, 1.0, 3.0));
        assert!((Series(vec![4.0, 1.0, 2.0, 3.0]).median() - 2.5).abs() < f64::EPSILON);
    }

    #[test]
    fn the_combined_rate_adds_the_times() {
        assert_eq!(Series(vec![4.0, 2.0]).combined_rate(&Series(vec![4.0, 2.0])).0, [2.0, 1.0]);
    }

    #[test]
    fn ratios_are_of_the_same_round() {
        assert_eq!(Series(vec![2.0, 9.0]).ratio_to(&Series(vec![1.0, 3.0])).0, [2.0, 3.0]);
    }
}
