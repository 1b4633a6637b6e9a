//! Every example, against a host on this machine with the agents that ship.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod curl;
#[cfg(test)]
mod node;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod python;
#[cfg(test)]
mod support;
