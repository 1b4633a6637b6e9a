//! `${NAME}` in a value is the variable NAME of the host's environment.

/// A value with its variables in place, and what these were.
#[derive(PartialEq, Eq)]
pub(crate) struct Expanded {
    pub(crate) value: String,
    pub(crate) variables: Vec<String>,
}

/// Puts the variables in; `$${NAME}` is `${NAME}` itself. The error does not say what is in the value.
pub(crate) fn expand(written: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Expanded, String> {
    let mut expanded = Expanded { value: String::new(), variables: Vec::new() };
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(literal) = before.strip_suffix('$') {
            expanded.value.push_str(literal);
            expanded.value.push_str("${");
            rest = after;
            continue;
        }
        expanded.value.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            return Err("a ${ has no } after it; write $${ where it is no variable".to_owned());
        };
        if !is_name(name) {
            return Err("the name of a variable has ASCII letters, digits and _, as in ${API_KEY}".to_owned());
        }
        let Some(value) = variable(name) else {
            return Err(format!(
                "the environment variable {name} is not set; set it where the host is started"
            ));
        };
        expanded.value.push_str(&value);
        expanded.variables.push(value);
        rest = after;
    }
    expanded.value.push_str(rest);
    // As a shell would have it. A secret may begin so, too, but hardly goes on in capitals.
    if let Some(name) = written.strip_prefix('$').filter(|name| is_name(name) && is_in_capitals(name)) {
        return Err(format!("${name} is no variable; write ${{{name}}}"));
    }
    Ok(expanded)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_in_capitals(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(written: &str) -> Result<String, String> {
        let variable = |name: &str| (name == "KEY").then(|| "k-1 ${KEY}".to_owned());
        expand(written, &variable).map(|expanded| expanded.value)
    }

    #[test]
    fn a_variable_is_put_in_once() {
        assert_eq!(value("Bearer ${KEY}!").unwrap(), "Bearer k-1 ${KEY}!");
        assert_eq!(value("${KEY}${KEY}").unwrap(), "k-1 ${KEY}k-1 ${KEY}");
        assert_eq!(value("$5 and $${KEY} and $KEY").unwrap(), "$5 and ${KEY} and $KEY");
        assert_eq!(value("").unwrap(), "");
    }

    #[test]
    fn what_is_no_variable_is_said_so() {
        assert!(value("${NONE}").unwrap_err().contains("NONE is not set"));
        assert!(value("${KEY").unwrap_err().contains("no }"));
        assert!(value("${A B}").unwrap_err().contains("the name of a variable"));
        assert!(value("${}").is_err());
        assert_eq!(value("$ecret1").unwrap(), "$ecret1");
        assert_eq!(value("$5").unwrap(), "$5");
        assert_eq!(value("$KEY").unwrap_err(), "$KEY is no variable; write ${KEY}");
    }
}
