"""Lets a test use Fastly's Python client, which is unmodified.

Arguments: the URL to use instead of https://api.fastly.com, and the token. Standard input carries one call on each
line, standard output one outcome on each line, both as JSON; `OutsideClient` in mod.rs is the other side. The program
ends when standard input closes, even during a call.
"""

import datetime
import json
import os
import queue
import sys
import threading

import fastly
from fastly.api.invitations_api import InvitationsApi
from fastly.api.service_authorizations_api import ServiceAuthorizationsApi
from fastly.api.user_api import UserApi
from fastly.model.invitation import Invitation
from fastly.model.invitation_create_data import InvitationCreateData
from fastly.model.invitation_data_attributes import InvitationDataAttributes
from fastly.model.relationship_member_service import RelationshipMemberService
from fastly.model.relationship_service_invitations_create import RelationshipServiceInvitationsCreate
from fastly.model.relationship_service_invitations_create_service_invitations import (
    RelationshipServiceInvitationsCreateServiceInvitations,
)
from fastly.model.role_user import RoleUser
from fastly.model.service_invitation import ServiceInvitation
from fastly.model.service_invitation_data import ServiceInvitationData
from fastly.model.service_invitation_data_attributes import ServiceInvitationDataAttributes
from fastly.model.service_invitation_data_relationships import ServiceInvitationDataRelationships
from fastly.model.type_invitation import TypeInvitation
from fastly.model.type_service import TypeService
from fastly.model.type_service_invitation import TypeServiceInvitation


def typed(facts):
    """Builds the client's models from attributes and `services` (`id` and `permission`)."""
    attributes = dict(facts)
    services = attributes.pop("services", None)
    if "role" in attributes:
        attributes["role"] = RoleUser(attributes["role"])
    data = {"type": TypeInvitation("invitation"), "attributes": InvitationDataAttributes(**attributes)}
    if services is not None:
        listed = RelationshipServiceInvitationsCreateServiceInvitations(data=[limit(one) for one in services])
        data["relationships"] = RelationshipServiceInvitationsCreate(service_invitations=listed)
    return Invitation(data=InvitationCreateData(**data))


def limit(service):
    # The model declares the id as read-only, so its constructor rejects it.
    member = RelationshipMemberService._from_openapi_data(type=TypeService("service"), id=service["id"])
    return ServiceInvitation(
        data=ServiceInvitationData(
            type=TypeServiceInvitation("service_invitation"),
            attributes=ServiceInvitationDataAttributes(permission=service["permission"]),
            relationships=ServiceInvitationDataRelationships(service=member),
        )
    )


class Driver:
    def __init__(self, url, token):
        configuration = fastly.Configuration(host=url)
        configuration.api_token = token
        self.client = fastly.ApiClient(configuration)
        invitations = InvitationsApi(self.client)
        self.calls = {
            "createInvitation": invitations.create_invitation,
            "createTypedInvitation": lambda invitation, **more: invitations.create_invitation(
                invitation=typed(invitation), **more
            ),
            "listInvitations": invitations.list_invitations,
            "deleteInvitation": invitations.delete_invitation,
            "getCurrentUser": UserApi(self.client).get_current_user,
            "listServiceAuthorization": ServiceAuthorizationsApi(self.client).list_service_authorization,
        }

    def answer(self, request):
        self.client.last_response = None
        try:
            call = self.calls[request["call"]]
            result, status, headers = call(**request["arguments"], _return_http_data_only=False)
            result = result.to_dict() if hasattr(result, "to_dict") else result
            answer = {"ok": True, "result": result, "status": status}
            return {**answer, **seen(self.client.last_response.data, headers)}
        except fastly.ApiException as refusal:
            return {**failure(refusal), "status": refusal.status, **seen(refusal.body, refusal.headers)}
        except Exception as trouble:
            # If a response came, the client could not parse it.
            reply = self.client.last_response
            if reply is None:
                return failure(trouble)
            return {**failure(trouble), "status": reply.status, **seen(reply.data, reply.getheaders())}


def failure(error):
    return {"ok": False, "error": type(error).__name__, "message": str(error)}


def seen(body, headers):
    raw = body.decode() if isinstance(body, bytes) else body
    return {"raw": raw or "", "headers": {name.lower(): value for name, value in (headers or {}).items()}}


def moment(value):
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")


def read_calls(calls):
    # Not through sys.stdin: a thread that holds its lock would keep a failing interpreter from ending.
    with os.fdopen(0, "rb", closefd=False) as stdin:
        for line in stdin:
            calls.put(json.loads(line))
    os._exit(0)


def main():
    driver = Driver(*sys.argv[1:])
    calls = queue.Queue()
    threading.Thread(target=read_calls, args=[calls], daemon=True).start()
    while True:
        print(json.dumps(driver.answer(calls.get()), default=moment), flush=True)


main()
