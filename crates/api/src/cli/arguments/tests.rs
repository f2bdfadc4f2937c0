use clap::CommandFactory as _;
use usher_domain::role::{RoleName, ServicePermission};

use super::*;

fn parse(line: &str) -> Result<Command, String> {
    let arguments = Arguments::try_parse_from(std::iter::once("usher").chain(line.split_whitespace()));
    arguments.map(|arguments| arguments.command.unwrap()).map_err(|error| error.to_string())
}

#[test]
fn the_definition_is_valid() {
    Arguments::command().debug_assert();
}

#[test]
fn every_command_that_runs_shows_an_example() {
    fn visit(command: &clap::Command) {
        if command.has_subcommands() && command.get_name() != "usher" {
            command.get_subcommands().for_each(visit);
            return;
        }
        command.get_subcommands().for_each(visit);
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.contains("Example") && help.contains("usher "), "{}", command.get_name());
        assert!(command.get_about().is_some(), "{}", command.get_name());
    }
    visit(&Arguments::command());
}

#[test]
fn no_command_is_development_mode() {
    assert!(Arguments::try_parse_from(["usher"]).unwrap().command.is_none());
    let arguments = Arguments::try_parse_from(["usher", "serve", "--config", "x.toml"]).unwrap();
    assert_eq!(arguments.config, Some(PathBuf::from("x.toml")));
}

#[test]
fn members_have_roles_and_services() {
    let line = "member add --account onward --email jane@example.com --role engineer --role Auditor \
                --service abc=read_only --service x-1_=full";
    let Ok(Command::Member(MemberCommand::Add(add))) = parse(line) else { panic!() };
    assert_eq!(add.roles.iter().map(RoleName::as_str).collect::<Vec<_>>(), ["engineer", "Auditor"]);
    let services: Vec<_> =
        add.services.iter().map(|grant| (grant.service.as_str(), grant.permission)).collect();
    assert_eq!(services, [("abc", ServicePermission::ReadOnly), ("x-1_", ServicePermission::Full)]);
    assert!(add.name.is_none() && !add.password_stdin && !add.result.json);
}

#[test]
fn errors_describe_valid_values() {
    let add = "member add --account onward --email jane@example.com";
    for (line, part) in [
        ("account create --name On_ward --title x", "lower-case letters, digits and hyphens"),
        ("account create --name onward --title a.example.com", "must not contain a web or e-mail address"),
        ("account create --name onward", "--title"),
        ("person create --email jane --name Jane", "one e-mail address such as name@example.com"),
        (&format!("{add} --role GlobalAdmn"), "similar value exists: 'GlobalAdmin'"),
        (&format!("{add} --role x --role superuser"), "superuser, engineer, user"),
        (&format!("{add} --role user --service abc"), "ID=PERMISSION"),
        (&format!("{add} --role user --service abc=write"), "full, read_only, purge_select, purge_all"),
        (&format!("{add} --role user --service a/b=full"), "letters, digits, hyphens and underscores"),
        ("token issue --account onward --email jane@example.com --expires 24", "90s, 24h or 30d"),
        (
            "token issue --account onward --email jane@example.com --expires 0s",
            "between a second and 366 days",
        ),
        (
            "token issue --account onward --email jane@example.com --expires 2y",
            "between a second and 366 days",
        ),
        ("health --url https://example.com", "no https"),
        ("health --url 127.0.0.1:80", "http://127.0.0.1:8080"),
        ("acount list", "account"),
    ] {
        let error = parse(line).expect_err(line);
        assert!(error.contains(part), "{line}\n{error}");
    }
}

#[test]
fn health_urls_have_a_port_and_a_path() {
    for (text, authority, path) in [
        ("http://localhost", "localhost:80", "/health/ready"),
        ("http://[::1]:8080/", "[::1]:8080", "/health/ready"),
        ("http://127.0.0.1:1/usher/health/live", "127.0.0.1:1", "/usher/health/live"),
    ] {
        let url = health_url(text).unwrap();
        assert_eq!((url.authority.as_str(), url.path.as_str()), (authority, path));
    }
}
