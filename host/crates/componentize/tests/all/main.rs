//! Agents, from their sources to components.

#[cfg(test)]
#[cfg(feature = "javascript")]
mod javascript;
#[cfg(test)]
#[cfg(feature = "python")]
mod python;
#[cfg(test)]
#[cfg(any(feature = "javascript", feature = "python"))]
mod sources;
