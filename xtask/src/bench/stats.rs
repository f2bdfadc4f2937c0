//! Medians.

/// Values of the rounds of one measurement.
#[derive(Debug, Clone, Default)]
pub(super) struct Series(pub(super) Vec<f64>);

impl Series {
    pub(super) fn median(&self) -> f64 {
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

    pub(super) fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::min)
    }

    pub(super) fn most(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::max)
    }

    /// Round by round, for what was measured in turns.
    pub(super) fn over(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one / other).collect())
    }

    /// Rates of doing the one after the other.
    pub(super) fn after(&self, other: &Self) -> Self {
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
    fn a_median_is_in_the_middle() {
        let series = Series(vec![3.0, 1.0, 2.0]);
        assert_eq!((series.median(), series.least(), series.most()), (2.0, 1.0, 3.0));
        assert!((Series(vec![4.0, 1.0, 2.0, 3.0]).median() - 2.5).abs() < f64::EPSILON);
    }

    #[test]
    fn who_does_two_things_does_each_less_often() {
        assert_eq!(Series(vec![4.0, 2.0]).after(&Series(vec![4.0, 2.0])).0, [2.0, 1.0]);
    }

    #[test]
    fn ratios_are_of_the_same_round() {
        assert_eq!(Series(vec![2.0, 9.0]).over(&Series(vec![1.0, 3.0])).0, [2.0, 3.0]);
    }
}
