//! A segmented sieve of Eratosthenes: memory for one segment and for the primes up to the root of the limit, however
//! large the limit is.

/// Numbers a segment: one byte each, so that it fits in a first-level cache twice over.
const SEGMENT: usize = 1 << 16;

/// Goes through the numbers up to a limit, a segment at a time.
pub(crate) struct Sieve {
    limit: u64,
    /// The first number of the next segment.
    start: u64,
    /// The primes up to the root of the limit, and the next multiple of each to strike out.
    strikes: Vec<(u64, u64)>,
    struck: Vec<bool>,
}

/// What a segment holds.
pub(crate) struct Segment {
    /// Its last number.
    pub(crate) end: u64,
    /// How many primes are in it.
    pub(crate) count: u64,
    /// The largest of them.
    pub(crate) largest: Option<u64>,
}

impl Sieve {
    pub(crate) fn up_to(limit: u64) -> Self {
        // A composite number up to the limit has a factor up to its root; the first multiple that no smaller prime
        // strikes out is the square.
        let strikes = small_primes(limit.isqrt()).into_iter().map(|prime| (prime, prime * prime)).collect();
        Self { limit, start: 2, strikes, struck: vec![false; SEGMENT] }
    }
}

impl Iterator for Sieve {
    type Item = Segment;

    fn next(&mut self) -> Option<Segment> {
        if self.start > self.limit {
            return None;
        }
        let (start, end) = (self.start, self.limit.min(self.start + SEGMENT as u64 - 1));
        self.struck.fill(false);
        for (prime, multiple) in &mut self.strikes {
            while *multiple <= end {
                if let Some(struck) =
                    usize::try_from(*multiple - start).ok().and_then(|at| self.struck.get_mut(at))
                {
                    *struck = true;
                }
                *multiple += *prime;
            }
        }
        let primes =
            (start..=end).zip(&self.struck).filter(|(_, struck)| !**struck).map(|(number, _)| number);
        let (count, largest) = primes.fold((0, None), |(count, _), prime| (count + 1, Some(prime)));
        self.start = end + 1;
        Some(Segment { end, count, largest })
    }
}

/// The primes up to `limit`, which is a root and therefore small.
fn small_primes(limit: u64) -> Vec<u64> {
    let mut primes: Vec<u64> = Vec::new();
    for number in 2..=limit {
        if primes.iter().take_while(|prime| *prime * *prime <= number).all(|prime| number % prime != 0) {
            primes.push(number);
        }
    }
    primes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(limit: u64) -> u64 {
        Sieve::up_to(limit).map(|segment| segment.count).sum()
    }

    #[test]
    fn counts_as_the_tables_say() {
        let known =
            [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (10, 4), (1_000, 168), (65_536, 6542), (65_537, 6543)];
        for (limit, primes) in known {
            assert_eq!(count(limit), primes, "up to {limit}");
        }
    }

    #[test]
    fn segments_lie_side_by_side() {
        let ends: Vec<_> = Sieve::up_to(200_000).map(|segment| segment.end).collect();
        assert_eq!(ends, [65_537, 131_073, 196_609, 200_000]);
    }

    #[test]
    fn a_segment_without_primes_has_no_largest() {
        // 25 and 26 would be one; here the last segment is the single number 65 538 = 2 × 3² × 11 × 331.
        let last = Sieve::up_to(65_538).last().unwrap();
        assert_eq!((last.end, last.count, last.largest), (65_538, 0, None));
    }
}
