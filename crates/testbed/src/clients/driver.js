// Lets a test speak through Fastly's JavaScript client, which is the vendor's own and unchanged.
//
// Arguments: the URL that takes the place of https://api.fastly.com, and the token. Standard input carries one call
// a line, standard output one answer a line, both as JSON; `OutsideClient` of mod.rs is the other end. It ends when
// its standard input closes, even in the middle of a call.
"use strict";

const readline = require("readline");
const fastly = require("fastly");

const [url, token] = process.argv.slice(1);
const client = fastly.ApiClient.instance;
client.authenticate(token);
// Each method passes the vendor's address of its own, whatever the client's base path is.
client.plugins = [
  (request) => {
    request.url = request.url.replace("https://api.fastly.com", url);
  },
];

const invitations = new fastly.InvitationsApi();
const users = new fastly.UserApi();
const authorizations = new fastly.ServiceAuthorizationsApi();

// The variants that hand out the reply beside what the client's models keep of it, which is little.
const calls = {
  createInvitation: (options) => invitations.createInvitationWithHttpInfo(options),
  createTypedInvitation: ({ invitation }) =>
    invitations.createInvitationWithHttpInfo({ invitation: typed(invitation) }),
  listInvitations: (options) => invitations.listInvitationsWithHttpInfo(options),
  deleteInvitation: (options) => invitations.deleteInvitationWithHttpInfo(options),
  getCurrentUser: (options) => users.getCurrentUserWithHttpInfo(options),
  listServiceAuthorization: (options) => authorizations.listServiceAuthorizationWithHttpInfo(options),
};

// The invitation as the client's own models, from attributes and `services` (`id` and `permission`).
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
    // The client rejects with a plain object that holds the error, or with an error of its own.
    const error = failure.error || failure;
    return { ok: false, error: error.name, message: error.message, ...seen(failure.response) };
  }
}

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", async (line) => console.log(JSON.stringify(await answer(JSON.parse(line)))));
lines.on("close", () => process.exit(0));
