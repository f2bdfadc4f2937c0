//! The names of environment variables.

use super::*;

/// The messages for these variables, added to the settings that production requires.
fn messages(variables: &[(&str, &str)]) -> Vec<String> {
    let scenario = variables.iter().fold(Scenario::production(), |all, (name, value)| all.env(name, value));
    scenario.problems(DeploymentMode::Production).into_iter().map(|(_, text)| text).collect()
}

fn contradiction(one: &str, other: &str) -> String {
    format!("{one} and {other} contradict each other: keep one of them")
}

#[test]
fn names_that_differ_only_in_case_contradict_each_other() {
    // Several times, because the order of a hash map differs from run to run.
    for _ in 0..10 {
        let variables =
            [("USHER__SERVER__BIND", "127.0.0.1:1111"), ("usher__server__bind", "127.0.0.1:2222")];
        assert_eq!(messages(&variables), [contradiction("USHER__SERVER__BIND", "usher__server__bind")]);
    }
}

#[test]
fn a_key_with_a_name_below_it_contradicts_that_name() {
    let variables = [("USHER__AUTH__SECRET__X", "1")];
    assert_eq!(messages(&variables), [contradiction("USHER__AUTH__SECRET", "USHER__AUTH__SECRET__X")]);
}

#[test]
fn a_section_with_a_value_contradicts_its_keys() {
    let variables = [("usher__auth", "1")];
    assert_eq!(messages(&variables), [contradiction("usher__auth", "USHER__AUTH__SECRET")]);
}

#[test]
fn names_with_brackets_or_dots_are_rejected() {
    for name in [
        "USHER__X[99999999999]",
        "USHER__AUTH__ISSUERS[0]__ISSUER",
        "USHER__SERVER.BIND",
        "usher__auth__previous_secrets]",
    ] {
        assert_eq!(
            messages(&[(name, "a")]),
            [format!("{name} is not a setting: the names of variables hold no brackets and no dots")]
        );
    }
}

#[test]
fn problems_of_names_do_not_hide_other_problems() {
    let variables = [
        ("USHER__SERVER__BIND", "1.1.1.1"),
        ("usher__server__bind", "127.0.0.1:2222"),
        ("USHER__X[1]", "a"),
        ("USHER__WORKER__ENABLED", "maybe"),
        ("USHER__SERVER__BNID", "x"),
    ];
    let texts = messages(&variables);
    assert_eq!(texts.len(), 5, "{texts:#?}");
    let parts =
        ["contradict", "USHER__X[1]", "server.bind (USHER__SERVER__BIND) must", "worker.enabled", "bnid"];
    for part in parts {
        assert!(texts.iter().any(|text| text.contains(part)), "{part}: {texts:#?}");
    }
}

#[test]
fn empty_variables_contradict_nothing() {
    let scenario = Scenario::production().env("USHER__AUTH__SECRET__X", "").env("usher__auth__secret", "");
    scenario.env("USHER__AUTH", "").load_valid(DeploymentMode::Production);
}
