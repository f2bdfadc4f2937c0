-- The tables of Usher, in the order of their references: accounts and people, credentials and the records of requests,
-- invitations with the counts of the open ones, mails, the audit log. The file for the other database has the same
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
    version        INTEGER NOT NULL,
    CONSTRAINT invitation_status CHECK (status IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
    CONSTRAINT invitation_closed CHECK ((status = 'pending') = (closed_at IS NULL)),
    CONSTRAINT invitation_closed_by CHECK (closed_at IS NOT NULL OR closed_by IS NULL),
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

-- The outbox: one row per mail, with the state of its delivery.
CREATE TABLE mail (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference     TEXT NOT NULL,
    account_id    INTEGER NOT NULL REFERENCES account (id),
    invitation_id INTEGER NOT NULL REFERENCES invitation (id) ON DELETE CASCADE,
    generation    INTEGER NOT NULL,
    state         TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    due_at        TEXT NOT NULL,
    lease_until   TEXT,
    lease_token   TEXT,
    last_error    TEXT,
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    CONSTRAINT mail_state CHECK (state IN ('queued', 'relayed', 'dead', 'cancelled')),
    CONSTRAINT mail_lease CHECK ((lease_until IS NULL) = (lease_token IS NULL)),
    CONSTRAINT mail_leased CHECK (state = 'queued' OR lease_token IS NULL),
    -- As in access_token.
    CONSTRAINT mail_due_at CHECK (due_at GLOB '????-??-?? ??:??:??*'),
    CONSTRAINT mail_lease_until CHECK (lease_until GLOB '????-??-?? ??:??:??*')
) STRICT;
CREATE UNIQUE INDEX unique_mail_reference ON mail (reference);
-- A queued mail can be claimed from its due time on, or from the end of its lease. Claiming mails and looking for the next one that can
-- be claimed both begin at the first entry.
CREATE INDEX mail_claimable ON mail (COALESCE(lease_until, due_at), id) WHERE state = 'queued';
-- Mails that were given up, which metrics count.
CREATE INDEX mail_dead ON mail (id) WHERE state = 'dead';
CREATE INDEX mail_of_invitation ON mail (invitation_id, id);

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
