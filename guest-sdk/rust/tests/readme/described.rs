use rak::{Context, Descriptor, Skill};

fn describe() -> Descriptor {
    // Name, description and version of Cargo.toml, to begin with.
    rak::descriptor!().with_name("greeter").with_skill(
        Skill::new("greet", "Greet")
            .with_description("Greets whoever is named.")
            .with_examples(["Ada", "Grace"]),
    )
}

#[rak::agent(describe = describe)] // or: #[rak::agent(name = "greeter", description = "…", version = "1.0.0")]
fn run(_cx: &Context, name: String) -> String {
    format!("Hello, {name}!")
}
