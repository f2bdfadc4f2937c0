-- The tables of Usher, in the order of their references: accounts and people, credentials and the records of requests,
-- invitations with the counts of the open ones, deliveries, the audit log. The file for the other database has the same
-- tables in the same order. ../../README.md has the conventions.

CREATE TABLE account (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    public_id  TEXT NOT NULL,
    name       TEXT NOT NULL,
    title      TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX unique_account_public_id ON account (public_id);
CREATE UNIQUE INDEX unique_account_name ON account (name);

CREATE TABLE person (
    id                INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    public_id         TEXT NOT NULL,
    -- As typed: shown, and used as the recipient of mails.
    email             TEXT NOT NULL,
    -- The form that comparisons use: see usher_domain::address.
    email_key         TEXT NOT NULL,
    email_verified    INTEGER NOT NULL,
    name              TEXT NOT NULL,
    -- A PHC string; unset for people who sign in elsewhere.
    password_hash     TEXT,
    -- Tokens that were issued before this moment are rejected.
    tokens_not_before TEXT,
    created_at        TEXT NOT NULL,
    version           INTEGER NOT NULL,
    CONSTRAINT person_email_verified CHECK (email_verified IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX unique_person_public_id ON person (public_id);
CREATE UNIQUE INDEX unique_person_email_key ON person (email_key);

CREATE TABLE membership (
    account_id     INTEGER NOT NULL REFERENCES account (id),
    person_id      INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    -- A grant: names of roles joined by ',', and `service=permission` joined by ','. The domain allows neither
    -- separator in a name or a service. No query searches inside a grant and every read needs all of it; separate
    -- tables would cost a query per list.
    roles          TEXT NOT NULL,
    limit_services INTEGER NOT NULL,
    services       TEXT NOT NULL,
    created_at     TEXT NOT NULL,
    CONSTRAINT unique_membership PRIMARY KEY (account_id, person_id),
    CONSTRAINT membership_limit_services CHECK (limit_services IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_of_person ON membership (person_id, account_id);

-- Credentials of programs. An access token belongs to a membership and is deleted with it.
CREATE TABLE access_token (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    public_id  TEXT NOT NULL,
    -- SHA-256 of the token, in hexadecimal digits.
    digest     TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    name       TEXT NOT NULL,
    scope      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    CONSTRAINT access_token_scope CHECK (scope IN ('global', 'global:read')),
    -- Compared as text, so the year has four digits: README.md, "Times".
    CONSTRAINT access_token_expires_at CHECK (expires_at GLOB '????-??-?? ??:??:??*'),
    FOREIGN KEY (account_id, person_id) REFERENCES membership (account_id, person_id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX unique_access_token_public_id ON access_token (public_id);
CREATE UNIQUE INDEX unique_access_token_digest ON access_token (digest);
CREATE INDEX access_token_of_account ON access_token (account_id, id);

-- The last window of the write limit per person, and the number of writes in it. The key is the person's number, so it is not generated.
CREATE TABLE write_count (
    person_id    INTEGER PRIMARY KEY NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    window_start TEXT NOT NULL,
    writes       INTEGER NOT NULL,
    -- As in access_token.
    CONSTRAINT write_count_window_start CHECK (window_start GLOB '????-??-?? ??:??:??*')
) STRICT;

-- Checks of readiness insert a row and roll back, so this table is always empty.
CREATE TABLE readiness_check (
    id     INTEGER PRIMARY KEY NOT NULL,
    filler TEXT NOT NULL
) STRICT;

-- Failed attempts to sign in: one row per counter. The name is a digest of what is counted, such as an address or a network.
CREATE TABLE failed_sign_in (
    name         TEXT NOT NULL,
    failures     INTEGER NOT NULL,
    last_at      TEXT NOT NULL,
    forgotten_at TEXT NOT NULL,
    -- As in access_token.
    CONSTRAINT failed_sign_in_forgotten_at CHECK (forgotten_at GLOB '????-??-?? ??:??:??*'),
    CONSTRAINT unique_failed_sign_in PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
-- The order in which the sweep deletes.
CREATE INDEX failed_sign_in_age ON failed_sign_in (forgotten_at);

-- The networks from which people have signed in, as digests. Failures from other networks do not delay attempts from these.
CREATE TABLE known_network (
    id        INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    network   TEXT NOT NULL,
    last_at   TEXT NOT NULL,
    -- As in access_token.
    CONSTRAINT known_network_last_at CHECK (last_at GLOB '????-??-?? ??:??:??*')
) STRICT;
CREATE UNIQUE INDEX unique_known_network ON known_network (person_id, network);
-- The order in which the sweep deletes.
CREATE INDEX known_network_age ON known_network (last_at);

-- Answers to requests with an Idempotency-Key: returned again when the same request is repeated within a day.
CREATE TABLE idempotency_key (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- SHA-256 over the key and its owner, in hexadecimal digits.
    digest       TEXT NOT NULL,
    -- A MAC over the request, in hexadecimal digits.
    request      TEXT NOT NULL,
    -- 0 until the unit of work that takes the key has its answer.
    status       INTEGER NOT NULL,
    content_type TEXT,
    body         TEXT NOT NULL,
    account_id   INTEGER REFERENCES account (id) ON DELETE CASCADE,
    created_at   TEXT NOT NULL,
    -- As in access_token.
    CONSTRAINT idempotency_key_created_at CHECK (created_at GLOB '????-??-?? ??:??:??*')
) STRICT;
CREATE UNIQUE INDEX unique_idempotency_key_digest ON idempotency_key (digest);
-- The order in which the sweep deletes.
CREATE INDEX idempotency_key_age ON idempotency_key (created_at, id);

CREATE TABLE invitation (
    id             INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    public_id      TEXT NOT NULL,
    secure_id      TEXT NOT NULL,
    account_id     INTEGER NOT NULL REFERENCES account (id),
    -- Address and grant as in person and membership.
    email          TEXT NOT NULL,
    email_key      TEXT NOT NULL,
    name           TEXT,
    -- A BCP 47 language tag in canonical case.
    locale         TEXT,
    roles          TEXT NOT NULL,
    limit_services INTEGER NOT NULL,
    services       TEXT NOT NULL,
    sponsor        INTEGER REFERENCES person (id) ON DELETE SET NULL,
    status         TEXT NOT NULL,
    generation     INTEGER NOT NULL,
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL,
    sent_at        TEXT NOT NULL,
    expires_at     TEXT NOT NULL,
    closed_at      TEXT,
    closed_by      INTEGER REFERENCES person (id) ON DELETE SET NULL,
    -- When address, name and locale were erased, some time after the invitation ended.
    erased_at      TEXT,
    version        INTEGER NOT NULL,
    CONSTRAINT invitation_status CHECK (status IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
    CONSTRAINT invitation_closed CHECK ((status = 'pending') = (closed_at IS NULL)),
    CONSTRAINT invitation_closed_by CHECK (closed_at IS NOT NULL OR closed_by IS NULL),
    CONSTRAINT invitation_erased CHECK (closed_at IS NOT NULL OR erased_at IS NULL),
    CONSTRAINT invitation_closed_at CHECK (closed_at GLOB '????-??-?? ??:??:??*'),
    CONSTRAINT invitation_limit_services CHECK (limit_services IN (0, 1)),
    -- As in access_token.
    CONSTRAINT invitation_expires_at CHECK (expires_at GLOB '????-??-?? ??:??:??*')
) STRICT;
CREATE UNIQUE INDEX unique_invitation_public_id ON invitation (public_id);
CREATE UNIQUE INDEX unique_invitation_secure_id ON invitation (secure_id);
-- At most one pending invitation per account and address. Closed invitations are history and never conflict.
CREATE UNIQUE INDEX unique_pending_invitation ON invitation (account_id, email_key) WHERE status = 'pending';
-- Lists and counts of open invitations. It contains expires_at so that a count reads nothing but the index.
CREATE INDEX invitation_open ON invitation (account_id, id, expires_at) WHERE status = 'pending';
-- The order in which the sweep expires invitations.
CREATE INDEX invitation_overdue ON invitation (expires_at, id) WHERE status = 'pending';
-- The overdue invitations of an account, which its count leaves out. The condition is true for the same rows as that of
-- invitation_open, but is another one, so that no list is planned with this index, which has another order.
CREATE INDEX invitation_overdue_of_account ON invitation (account_id, expires_at) WHERE closed_at IS NULL;
-- The earlier invitations of an address: when the last one was sent, and whether one was declined.
CREATE INDEX invitation_ended ON invitation (account_id, email_key, closed_at) WHERE closed_at IS NOT NULL;
-- The order in which the sweep erases personal data.
CREATE INDEX invitation_to_erase ON invitation (closed_at, id) WHERE closed_at IS NOT NULL AND erased_at IS NULL;

-- The number of invitations per account that are stored as pending. Every page of a list contains it, and counting rows
-- would cost more than the page. Triggers maintain it, so that no statement can forget it.
CREATE TABLE open_count (
    account_id  INTEGER PRIMARY KEY NOT NULL REFERENCES account (id),
    invitations INTEGER NOT NULL
) STRICT;

-- Always empty on SQLite: one unit of work writes at a time, so the triggers change open_count itself. PostgreSQL needs the table.
CREATE TABLE open_change (
    account_id INTEGER NOT NULL,
    change     INTEGER NOT NULL
) STRICT;
CREATE INDEX open_change_of_account ON open_change (account_id, change);

CREATE TRIGGER open_inserted AFTER INSERT ON invitation WHEN NEW.status = 'pending' BEGIN
    INSERT INTO open_count (account_id, invitations) VALUES (NEW.account_id, 1)
    ON CONFLICT (account_id) DO UPDATE SET invitations = invitations + 1;
END;

CREATE TRIGGER open_updated AFTER UPDATE OF status ON invitation
WHEN (NEW.status = 'pending') <> (OLD.status = 'pending') BEGIN
    INSERT INTO open_count (account_id, invitations)
    VALUES (NEW.account_id, CASE NEW.status WHEN 'pending' THEN 1 ELSE -1 END)
    ON CONFLICT (account_id) DO UPDATE SET invitations = invitations + excluded.invitations;
END;

CREATE TRIGGER open_deleted AFTER DELETE ON invitation WHEN OLD.status = 'pending' BEGIN
    UPDATE open_count SET invitations = invitations - 1 WHERE account_id = OLD.account_id;
END;

-- The outbox: one row per message to deliver, with the state of its delivery. `kind` says what it is; a mail belongs to an
-- invitation. `destination` is the part of the recipient that can be slow or down for all its messages: the domain of a mail's
-- address. No index contains a column that a delivery changes, so that PostgreSQL updates such a row within its page (HOT);
-- queued_delivery and dead_delivery list the rows that are looked up by their state.
CREATE TABLE delivery (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference     TEXT NOT NULL,
    kind          TEXT NOT NULL,
    destination   TEXT NOT NULL,
    account_id    INTEGER NOT NULL REFERENCES account (id),
    invitation_id INTEGER NOT NULL REFERENCES invitation (id) ON DELETE CASCADE,
    generation    INTEGER NOT NULL,
    state         TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    due_at        TEXT NOT NULL,
    lease_until   TEXT,
    lease_token   TEXT,
    last_error    TEXT,
    -- When the relay refused the recipient first. A refusal long after that is final.
    refused_at    TEXT,
    created_at    TEXT NOT NULL,
    -- When it was queued, or retried by an operator: attempts are counted from then.
    queued_at     TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    CONSTRAINT delivery_kind CHECK (kind IN ('mail')),
    CONSTRAINT delivery_state CHECK (state IN ('queued', 'relayed', 'dead', 'cancelled')),
    CONSTRAINT delivery_lease CHECK ((lease_until IS NULL) = (lease_token IS NULL)),
    CONSTRAINT delivery_leased CHECK (state = 'queued' OR lease_token IS NULL),
    -- As in access_token.
    CONSTRAINT delivery_due_at CHECK (due_at GLOB '????-??-?? ??:??:??*'),
    CONSTRAINT delivery_lease_until CHECK (lease_until GLOB '????-??-?? ??:??:??*')
) STRICT;
CREATE UNIQUE INDEX unique_delivery_reference ON delivery (reference);
CREATE INDEX delivery_of_invitation ON delivery (invitation_id, id);

-- The queued deliveries by account, so that a claim can take turns between accounts. A row is inserted and deleted, never updated:
-- like an entry of an index. No foreign key, because checking it would lock the delivery's row for every insertion.
CREATE TABLE queued_delivery (
    kind        TEXT NOT NULL,
    account_id  INTEGER NOT NULL,
    due_at      TEXT NOT NULL,
    delivery_id INTEGER NOT NULL,
    CONSTRAINT unique_queued_delivery PRIMARY KEY (kind, account_id, due_at, delivery_id),
    -- As in access_token.
    CONSTRAINT queued_delivery_due_at CHECK (due_at GLOB '????-??-?? ??:??:??*')
) STRICT, WITHOUT ROWID;

-- A queued delivery may be deleted together with its invitation.
CREATE TRIGGER delivery_deleted AFTER DELETE ON delivery WHEN OLD.state = 'queued' BEGIN
    DELETE FROM queued_delivery
    WHERE kind = OLD.kind AND account_id = OLD.account_id AND due_at = OLD.due_at AND delivery_id = OLD.id;
END;

-- The deliveries that were given up. They stay there until they are retried or deleted.
CREATE TABLE dead_delivery (
    delivery_id INTEGER PRIMARY KEY NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    account_id  INTEGER NOT NULL REFERENCES account (id)
) STRICT;
CREATE INDEX dead_delivery_of_account ON dead_delivery (account_id, delivery_id);

-- Counts against the limits on mails. The subject is `mailbox:` and a mailbox, `account:` or `inviter:` and a number. A mailbox has
-- the times of its mails of the last day in `recent`, in microseconds since 1970, the oldest first; the others have the number of
-- mails of the UTC day that begins at window_start. The owner of a blocked mailbox wants no mail from any account.
CREATE TABLE mail_quota (
    subject      TEXT NOT NULL,
    window_start TEXT NOT NULL,
    mails        INTEGER NOT NULL,
    recent       TEXT NOT NULL,
    blocked_at   TEXT,
    CONSTRAINT unique_mail_quota PRIMARY KEY (subject),
    -- As in access_token.
    CONSTRAINT mail_quota_window_start CHECK (window_start GLOB '????-??-?? ??:??:??*')
) STRICT, WITHOUT ROWID;
-- The order in which the sweep deletes.
CREATE INDEX mail_quota_age ON mail_quota (window_start) WHERE blocked_at IS NULL;

-- Work that one process at a time does, such as the sweep: who does it, and until when.
CREATE TABLE lease (
    name        TEXT NOT NULL,
    lease_token TEXT NOT NULL,
    lease_until TEXT NOT NULL,
    CONSTRAINT unique_lease PRIMARY KEY (name),
    -- As in access_token.
    CONSTRAINT lease_lease_until CHECK (lease_until GLOB '????-??-?? ??:??:??*')
) STRICT, WITHOUT ROWID;

-- The audit log. It has plain numbers instead of foreign keys, because an entry outlives the rows that it names.
CREATE TABLE audit_event (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at            TEXT NOT NULL,
    actor         TEXT NOT NULL,
    actor_person  INTEGER,
    action        TEXT NOT NULL,
    account_id    INTEGER,
    invitation_id INTEGER,
    person_id     INTEGER,
    CONSTRAINT audit_event_actor CHECK (actor IN ('person', 'invitee', 'operator', 'system')),
    CONSTRAINT audit_event_actor_person CHECK ((actor = 'person') = (actor_person IS NOT NULL))
) STRICT;
CREATE INDEX audit_event_of_account ON audit_event (account_id, at, id);
