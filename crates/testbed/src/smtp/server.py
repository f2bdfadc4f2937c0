"""An SMTP server for tests. It keeps all messages as files in its home directory. When its standard input closes, it
removes the directory and ends.

Standard output carries one line with the port, and then one line for each message. A message is two files:
`000001.envelope`, with one line for each property (its name, a space, its value), and then `000001.eml`, with the
octets as received. Both files are complete before the client receives its 250.
"""

import argparse
import asyncio
import os
import pathlib
import shutil
import ssl
import threading

from aiosmtpd.smtp import SMTP, AuthResult


class MessageHandler:
    """aiosmtpd's handler: accepts or rejects recipients and messages, and keeps the accepted messages."""

    def __init__(self, options):
        self.options = options
        self.refused = {}
        self.kept = 0

    def refusal(self, stage, address):
        for number, (where, prefix, code, times) in enumerate(self.options.refuse):
            if where == stage and address.startswith(prefix):
                count = self.refused.get((number, address), 0)
                if times == "0" or count < int(times):
                    self.refused[number, address] = count + 1
                    status = "1.1" if stage == "recipient" else "7.1"
                    return f"{code} {code[0]}.{status} Refused as the test asked"
        return None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        # aiosmtpd offers AUTH even without a login.
        return [line for line in responses if self.options.user or not line.startswith("250-AUTH")]

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.refusal("recipient", address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        refusals = (self.refusal("message", address) for address in envelope.rcpt_tos)
        refusal = next(filter(None, refusals), None)
        if refusal is None:
            self.keep(session, envelope)
        return refusal or "250 2.0.0 OK"

    def keep(self, session, envelope):
        properties = [("from", envelope.mail_from)]
        properties += [("to", address) for address in envelope.rcpt_tos]
        if session.authenticated:
            properties.append(("user", session.auth_data.login.decode(errors="replace")))
        if session.ssl or self.options.security == "implicit-tls":
            properties.append(("tls", "yes"))
        self.kept += 1
        name = self.options.home / "mails" / f"{self.kept:06}"
        text = "".join(f"{key} {value}\n" for key, value in properties)
        name.with_suffix(".envelope").write_text(text, encoding="utf-8", errors="surrogateescape")
        partial = name.with_suffix(".partial")
        partial.write_bytes(envelope.original_content)
        partial.replace(name.with_suffix(".eml"))
        print("kept", flush=True)


def authenticator(options):
    def check(server, session, envelope, mechanism, login):
        expected = (options.user.encode(), options.password.encode())
        return AuthResult(success=(login.login, login.password) == expected, handled=False, auth_data=login)

    return check


def protocol(options, handler, context):
    wrapped = options.security == "implicit-tls"
    return SMTP(
        handler,
        hostname="localhost",
        enable_SMTPUTF8=not options.ascii_only,
        tls_context=None if wrapped else context,
        require_starttls=options.security == "starttls-required",
        auth_required=options.user is not None,
        # aiosmtpd does not know that TLS wraps the whole connection.
        auth_require_tls=not (wrapped or options.login_in_clear),
        authenticator=authenticator(options) if options.user else None,
    )


async def serve(options):
    context = None
    if options.security != "plain":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
    handler = MessageHandler(options)
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol(options, handler, context),
        host="127.0.0.1",
        port=options.port,
        ssl=context if options.security == "implicit-tls" else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def end_with_stdin(home):
    # Not through sys.stdin: a thread that holds its lock would keep a failing interpreter from ending.
    while os.read(0, 1024):
        pass
    shutil.rmtree(home, ignore_errors=True)
    os._exit(0)


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=pathlib.Path, required=True)
    parser.add_argument("--security", required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--login-in-clear", action="store_true")
    parser.add_argument("--ascii-only", action="store_true")
    parser.add_argument("--refuse", nargs=4, action="append", default=[])
    return parser.parse_args()


def main():
    chosen = options()
    threading.Thread(target=end_with_stdin, args=[chosen.home], daemon=True).start()
    asyncio.run(serve(chosen))


main()
