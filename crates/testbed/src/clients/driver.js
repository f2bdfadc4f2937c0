// Lets a test use Fastly's JavaScript client, which is unmodified.
//
// Arguments: the URL to use instead of https://api.fastly.com, and the token. Standard input carries one call on each line,
// standard output one outcome on each line, both as JSON; `OutsideClient` in mod.rs is the other side. The program ends
// when standard input closes, even during a call.
"use strict";

const readline = require("readline");
const fastly = require("fastly");

const [url, token] = process.argv.slice(1);
const client = fastly.ApiClient.instance;
client.authenticate(token);
// Each method passes the vendor's URL, and ignores the base path of the client.
client.plugins = [
  (request) => {
    request.url = request.url.replace("https://api.fastly.com", url);
  },
];

const invitations = new fastly.InvitationsApi();
const users = new fastly.UserApi();
const authorizations = new fastly.ServiceAuthorizationsApi();

// These variants return the response too. The client's models keep little of it.
const calls = {
  createInvitation: (options) => invitations.createInvitationWithHttpInfo(options),
  createTypedInvitation: ({ invitation }) =>
    invitations.createInvitationWithHttpInfo({ invitation: typed(invitation) }),
  listInvitations: (options) => invitations.listInvitationsWithHttpInfo(options),
  deleteInvitation: (options) => invitations.deleteInvitationWithHttpInfo(options),
  getCurrentUser: (options) => users.getCurrentUserWithHttpInfo(options),
  listServiceAuthorization: (options) => authorizations.listServiceAuthorizationWithHttpInfo(options),
};

// Builds the client's models from attributes and `services` (`id` and `permission`).
function typed({ services, ...attributes }) {
  const data = { type: "invitation", attributes };
  if (services) {
    data.relationships = { service_invitations: { data: services.map(limit) } };
  }
  return fastly.Invitation.constructFromObject({ data });
}

function limit({ id, permission }) {
  const relationships = { service: { type: "service", id } };
  return { data: { type: "service_invitation", attributes: { permission }, relationships } };
}

function seen(response) {
  return response && { status: response.status, headers: response.headers, raw: response.text || "" };
}

async function answer({ call, arguments: options }) {
  try {
    const { data, response } = await calls[call](options);
    return { ok: true, result: data, ...seen(response) };
  } catch (failure) {
    // The client rejects with a plain object that holds the error, or with its own error.
    const error = failure.error || failure;
    return { ok: false, error: error.name, message: error.message, ...seen(failure.response) };
  }
}

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", async (line) => console.log(JSON.stringify(await answer(JSON.parse(line)))));
lines.on("close", () => process.exit(0));
