use super::*;

/// The problems of a body whose `content` is read.
fn problems<T: std::fmt::Debug>(
    body: &str,
    members: Members<'_>,
    content: impl FnOnce(&Object<'_>, &mut Problems) -> Option<T>,
) -> String {
    read(body.as_bytes(), members, content).expect_err("it was accepted").to_string()
}

#[test]
fn a_body_is_one_object_without_repeated_keys() {
    let table = [
        ("", "it is empty"),
        ("null", "it is null"),
        ("[]", "it is a list"),
        ("\"x\"", "it is a string"),
        ("7", "it is a number"),
        ("true", "it is a boolean"),
        ("{} {}", "trailing characters at line 1 column 4"),
        (r#"{"a": 1, "a": 2}"#, "the key \"a\" is there twice at line 1 column 12"),
        (r#"{"x": [{"a": 1, "a": 1}]}"#, "the key \"a\" is there twice at line 1 column 19"),
    ];
    for (body, cause) in table {
        let expected = format!("the request body must be one JSON object: {cause}");
        assert_eq!(problems(body, Members::Known(&[]), |_, _| Some(())), expected);
    }
}

#[test]
fn long_keys_are_repeated_in_part() {
    let (long, part) = ("k".repeat(30_000), "k".repeat(64));
    let twice = problems(&format!(r#"{{"{long}": 1, "{long}": 2}}"#), Members::Known(&[]), |_, _| Some(()));
    assert!(twice.contains(&format!("the key \"{part}\" is there twice")), "{twice}");
    let unknown = problems(&format!(r#"{{"{long}": 1}}"#), Members::Only(&["a"]), |_, _| Some(()));
    assert_eq!(unknown, format!("{part} is unknown: the members here are a"));
}

#[test]
fn one_answer_names_every_wrong_member_by_its_path() {
    let body = r#"{"a": 1, "b": {"c": "x", "list": [true, 2]}, "n": 1.5, "texts": ["x", 1]}"#;
    let found = problems(body, Members::Known(&[]), |object, problems| {
        object.required("a", problems)?.text(problems);
        object.required("nothing", problems);
        object.member("n")?.integer(1..=9, problems);
        object.member("texts")?.texts(problems);
        let child = object.child("b", Members::Known(&[]), problems)?;
        child.required("c", problems)?.boolean(problems);
        child.required("d", problems);
        child.member("c")?.choice(|_| None::<()>, &["y", "z"], problems);
        child.member("c")?.parsed(|_| Err::<(), _>("is no address"), problems);
        child.member("list")?.items(problems).iter().filter_map(|item| item.boolean(problems)).count();
        object.child("absent", Members::Known(&[]), problems)?.required("e", problems);
        Some(())
    });
    let expected = "a must be a string, not a number; nothing is missing; n must be a whole number from 1 to 9; \
                    texts must be a list of strings; b.c must be true or false, not a string; b.d is missing; \
                    b.c must be one of y, z; b.c is no address; b.list[1] must be true or false, not a number; \
                    absent.e is missing";
    assert_eq!(found, expected);
}

#[test]
fn null_counts_as_absent() {
    let text =
        |object: &Object<'_>, problems: &mut Problems| Some(object.required("a", problems)?.value().clone());
    assert_eq!(problems(r#"{"a": null}"#, Members::Known(&[]), text), "a is missing");
    let none = read(br#"{"a": null}"#, Members::Known(&[]), |object, _| Some(object.member("a").is_none()));
    assert_eq!(none, Ok(true));
}

#[test]
fn unknown_members_are_ignored_or_rejected_as_the_dialect_chooses() {
    let body = r#"{"a": {"b": 1, "c": 2}, "d": 3}"#;
    let open = |members: Members<'static>| {
        move |object: &Object<'_>, problems: &mut Problems| object.child("a", members, problems).map(drop)
    };
    assert_eq!(read(body.as_bytes(), Members::Known(&[]), open(Members::Known(&[]))), Ok(()));
    assert_eq!(
        problems(body, Members::Only(&["a"]), open(Members::Only(&["b", "e"]))),
        "d is unknown: the members here are a; a.c is unknown: the members here are b, e"
    );
}

#[test]
fn unknown_members_that_mean_something_else_are_rejected_with_their_path() {
    let known = Members::Known(&["roles", "child"]);
    let read = |body: &str| {
        read(body.as_bytes(), known, |object, problems| {
            object.child("child", Members::Known(&["permission"]), problems).map(drop)
        })
    };
    for ignored in [r#"{"other": 1}"#, r#"{"role": null, "dry_run": null}"#, r#"{"roles": [], "Roles": 1}"#] {
        assert_eq!(read(ignored), Ok(()), "{ignored}");
    }
    let problem = |body: &str| read(body).expect_err(body).to_string();
    assert_eq!(problem(r#"{"role": 1, "roles": null}"#), "role is unknown: did you mean roles?");
    assert_eq!(
        problem(r#"{"child": {"permision": 1, "dry_run": false}}"#),
        "child.dry_run is not accepted here: every request is carried out, there is no trial; leave it out to do so; \
         child.permision is unknown: did you mean child.permission?"
    );
    let long = problem(&format!(r#"{{"metadata[{}": 1}}"#, "k".repeat(30_000)));
    assert!(long.len() < 300, "{long}");
}

#[test]
fn one_answer_names_twenty_problems_at_most() {
    let body = format!(r#"{{"list": [{}]}}"#, vec!["1"; 25].join(","));
    let found = problems(&body, Members::Known(&[]), |object, problems| {
        let items = object.member("list")?.items(problems);
        Some(items.iter().filter_map(|item| item.text(problems)).count())
    });
    assert!(found.ends_with("list[19] must be a string, not a number; and 5 more"), "{found}");
}

#[test]
fn a_missing_member_can_be_told_from_a_wrong_one() {
    let read = |body: &str| match read(body.as_bytes(), Members::Known(&[]), |object, problems| {
        object.required("a", problems)?.text(problems).map(drop)
    }) {
        Err(ReadError::Members(problems)) => problems.any_missing(),
        other => panic!("{other:?}"),
    };
    assert!(read("{}"));
    assert!(!read(r#"{"a": 1}"#));
}
