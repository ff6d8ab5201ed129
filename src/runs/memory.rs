//! What a run takes of memory, and what there is.

use std::fmt;

/// What a run takes of memory at one time, part by part: estimates, in bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    parts: Vec<(&'static str, f64)>,
}

/// A number of bytes, as people say it: 8.6 GB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bytes(pub f64);

impl Memory {
    /// With so many numbers of so many bytes each for something.
    pub fn and(mut self, what: &'static str, numbers: f64, size: usize) -> Self {
        self.parts.push((what, numbers * size as f64));
        self
    }

    /// So many of the same at a time.
    pub fn times(mut self, count: usize) -> Self {
        let parts = self.parts.iter_mut();
        parts.for_each(|(_, bytes)| *bytes *= count as f64);
        self
    }

    /// All parts together.
    pub fn total(&self) -> f64 {
        self.parts.iter().map(|part| part.1).sum()
    }

    /// The parts, the largest first.
    pub fn parts(&self) -> Vec<(&'static str, Bytes)> {
        let mut parts = self.parts.clone();
        parts.sort_by(|a, b| b.1.total_cmp(&a.1));
        parts.into_iter().map(|(what, bytes)| (what, Bytes(bytes))).collect()
    }
}

/// As in "8.6 GB; the largest part is 8.0 GB for the sample".
impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Bytes(self.total()))?;
        match self.parts().first() {
            Some((what, bytes)) => write!(f, "; the largest part is {bytes} for {what}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
        let mut value = self.0;
        let mut unit = 0;
        while value >= 1000.0 && unit + 1 < units.len() {
            value /= 1000.0;
            unit += 1;
        }
        let digits = usize::from(value < 10.0 && unit > 0);
        write!(f, "{value:.digits$} {}", units[unit])
    }
}

/// Bytes that this process can still have: of the machine's, of its container's and of its own limit the least. `None` where
/// the system does not say.
pub fn free_memory() -> Option<Bytes> {
    let least = [of_machine(), of_container(), address_space()].into_iter().flatten();
    least.reduce(f64::min).map(Bytes)
}

fn of_machine() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(1024.0 * kilobytes)
}

fn of_container() -> Option<f64> {
    let read = |name: &str| -> Option<f64> {
        let text = std::fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok()?;
        text.trim().parse().ok()
    };
    Some((read("memory.max")? - read("memory.current")?).max(0.0))
}

/// Bytes of address space that this process is limited to, as by `ulimit -v`; `None` without a limit.
#[cfg(unix)]
pub fn address_space() -> Option<f64> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: it writes to the structure that it is given, and to nothing else.
    let failed = unsafe { libc::getrlimit(libc::RLIMIT_AS, &mut limit) } != 0;
    (!failed && limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur as f64)
}

/// Bytes of address space that this process is limited to.
#[cfg(not(unix))]
pub fn address_space() -> Option<f64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_said_with_two_digits() {
        let said = [0.0, 999.0, 8.61e9, 123e9, 5e22].map(|bytes| Bytes(bytes).to_string());
        assert_eq!(said, ["0 B", "999 B", "8.6 GB", "123 GB", "50000 EB"]);
    }

    #[test]
    fn the_largest_part_is_named() {
        let memory = Memory::default().and("weights", 1e6, 8).and("the sample", 1e9, 8);
        let said = "8.0 GB; the largest part is 8.0 GB for the sample";
        assert_eq!(memory.to_string(), said);
        assert_eq!(memory.times(2).total(), 2.0 * 8.008e9);
    }

    #[test]
    fn this_machine_has_some() {
        if cfg!(target_os = "linux") {
            let Bytes(free) = free_memory().unwrap();
            assert!((1e7..1e15).contains(&free), "{free}");
        }
    }
}
