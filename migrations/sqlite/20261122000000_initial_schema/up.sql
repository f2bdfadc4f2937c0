-- Everything that Usher stores. ../../README.md has the conventions that every table here follows.

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
    id             INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    public_id      TEXT NOT NULL,
    -- As typed; shown, and written to.
    email          TEXT NOT NULL,
    -- The form that is compared: see usher_domain::address.
    email_key      TEXT NOT NULL,
    email_verified INTEGER NOT NULL,
    name           TEXT NOT NULL,
    -- A PHC string; absent for those who sign in elsewhere.
    password_hash  TEXT,
    created_at     TEXT NOT NULL,
    version        INTEGER NOT NULL,
    CONSTRAINT person_email_verified CHECK (email_verified IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX unique_person_public_id ON person (public_id);
CREATE UNIQUE INDEX unique_person_email_key ON person (email_key);

CREATE TABLE membership (
    account_id     INTEGER NOT NULL REFERENCES account (id),
    person_id      INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    -- A grant in two columns: names of roles joined by ',', and `service=permission` joined by ','. The domain keeps
    -- both separators out of both alphabets, nothing searches inside, and every read of a row needs all of it: tables
    -- of their own would cost a query for each list.
    roles          TEXT NOT NULL,
    limit_services INTEGER NOT NULL,
    services       TEXT NOT NULL,
    created_at     TEXT NOT NULL,
    CONSTRAINT unique_membership PRIMARY KEY (account_id, person_id),
    CONSTRAINT membership_limit_services CHECK (limit_services IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_of_person ON membership (person_id, account_id);

CREATE TABLE invitation (
    id             INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    public_id      TEXT NOT NULL,
    secure_id      TEXT NOT NULL,
    account_id     INTEGER NOT NULL REFERENCES account (id),
    email          TEXT NOT NULL,
    email_key      TEXT NOT NULL,
    name           TEXT,
    -- As in membership.
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
    -- Compared as text, so the year has four digits: README.md, "Times".
    CONSTRAINT invitation_expires_at CHECK (expires_at GLOB '????-??-?? ??:??:??*')
) STRICT;
CREATE UNIQUE INDEX unique_invitation_public_id ON invitation (public_id);
CREATE UNIQUE INDEX unique_invitation_secure_id ON invitation (secure_id);
-- At most one pending invitation for an account and an address; ended ones are history and never in the way.
CREATE UNIQUE INDEX unique_pending_invitation ON invitation (account_id, email_key) WHERE status = 'pending';
-- Lists and counts of what is open; the time is there so that counting reads nothing but the index.
CREATE INDEX invitation_open ON invitation (account_id, id, expires_at) WHERE status = 'pending';
-- What the sweep has to write down.
CREATE INDEX invitation_overdue ON invitation (expires_at, id) WHERE status = 'pending';

-- The outbox.
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
    -- As in invitation.
    CONSTRAINT mail_due_at CHECK (due_at GLOB '????-??-?? ??:??:??*'),
    CONSTRAINT mail_lease_until CHECK (lease_until GLOB '????-??-?? ??:??:??*')
) STRICT;
CREATE UNIQUE INDEX unique_mail_reference ON mail (reference);
-- What workers claim, in this order.
CREATE INDEX mail_due ON mail (due_at, id) WHERE state = 'queued';
-- When the next one can be claimed.
CREATE INDEX mail_next ON mail (COALESCE(lease_until, due_at)) WHERE state = 'queued';
CREATE INDEX mail_of_invitation ON mail (invitation_id, id);

-- Plain numbers instead of foreign keys: history outlives what it tells about.
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
