//! `POST /login`: e-mail and password for a token.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_domain::{
    account::{Account, AccountName},
    address::EmailAddress,
    person::Person,
    usecase::sign_in::SignedIn,
};
use usher_http_kit::{AppState, context, json::Fields};

use super::{
    Settings,
    error::Problem,
    request::{body, complete, fields},
};

/// Longest life of a token that a caller may ask for: 30 days.
const LONGEST_MINUTES: i64 = 30 * 24 * 60;

struct LoginRequest {
    email: String,
    password: String,
    account: Option<String>,
    lifetime: Option<TimeDelta>,
    /// Landscape hands it back, so that a client finds its way to the invitation after logging in.
    invitation_id: Option<String>,
}

/// `POST /login`
pub(crate) async fn login(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<Settings>,
) -> Result<HttpResponse, Problem> {
    let login = login_request(fields(&body(&request, payload, &state, **settings).await?)?)?;
    let context = context(&request);
    let email = EmailAddress::parse(&login.email).ok();
    let person = state.app.passwords().sign_in(&context, email, login.password.clone()).await?;
    let person =
        person.ok_or_else(|| Problem::unauthorized("the e-mail address or the password is wrong"))?;
    let account = login.account.as_deref().map(AccountName::parse).transpose();
    let account = account.map_err(|error| Problem::bad_request(format_args!("account {error}")))?;
    let signed_in = state.app.sessions().sign_in(&context, person.id, account).await?;
    Ok(answer(&state, &login, &person, &signed_in))
}

fn login_request(mut fields: Fields) -> Result<LoginRequest, Problem> {
    if fields.optional_text("identity").is_some() {
        return Err(Problem::bad_request(
            "logins by identity are not available here; send email and password",
        ));
    }
    let login = LoginRequest {
        email: fields.text("email"),
        password: fields.text("password"),
        account: fields.optional_text("account").filter(|name| !name.is_empty()),
        lifetime: fields.optional_integer("expiry_minutes", 1..=LONGEST_MINUTES).map(TimeDelta::minutes),
        invitation_id: fields.optional_text("invitation_id"),
    };
    complete(&fields)?;
    Ok(login)
}

fn answer(state: &AppState, login: &LoginRequest, person: &Person, signed_in: &SignedIn) -> HttpResponse {
    let current = signed_in.current.as_ref();
    let token = state.app.sessions().token(person, current.map(|account| &account.name), login.lifetime);
    HttpResponse::Ok().json(json!({
        "token": token.reveal(),
        "email": person.email.as_str(),
        "name": person.name.as_str(),
        "accounts": accounts(&signed_in.accounts, current),
        "current_account": current.map_or("", |account| account.name.as_str()),
        "has_password": true,
        "self_hosted": true,
        "identity_source": "password",
        "return_to": null,
        // Landscape's web client bounces back to the login page unless this is there and null.
        "attach_code": null,
        "invitation_id": login.invitation_id,
    }))
}

fn accounts(all: &[Account], current: Option<&Account>) -> Vec<Value> {
    let wire = |account: &Account| {
        json!({
            "name": account.name.as_str(),
            "title": account.title.as_str(),
            "default": current.is_some_and(|current| current.id == account.id),
            "subdomain": null,
            "classic_dashboard_url": "",
        })
    };
    all.iter().map(wire).collect()
}
