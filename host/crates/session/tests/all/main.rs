//! What the stores do, seen from outside.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod same_answers;
#[cfg(test)]
mod same_artifacts;
#[cfg(test)]
mod sqlite_artifacts;
#[cfg(test)]
#[cfg(unix)]
mod sqlite_file;
#[cfg(test)]
mod support;
