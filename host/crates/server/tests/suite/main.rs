//! What the server does, seen from outside, over real sockets.

#[cfg(test)]
mod admission;
#[cfg(test)]
mod agent_forms;
#[cfg(test)]
mod agents;
#[cfg(test)]
mod artifacts;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod disconnect;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod health;
#[cfg(test)]
mod invocations;
#[cfg(test)]
mod origins;
#[cfg(test)]
mod page;
#[cfg(test)]
mod people;
#[cfg(test)]
mod pins;
#[cfg(test)]
mod recordings;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod socket;
#[cfg(test)]
mod socket_limits;
#[cfg(test)]
mod socket_v2;
#[cfg(test)]
mod support;
#[cfg(test)]
mod wire;
