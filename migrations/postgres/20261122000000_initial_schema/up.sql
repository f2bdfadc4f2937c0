-- Everything that Usher stores. ../../README.md has the conventions that every table here follows.

CREATE TABLE account (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id  TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    title      TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX unique_account_public_id ON account (public_id);
CREATE UNIQUE INDEX unique_account_name ON account (name);

CREATE TABLE person (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id      TEXT COLLATE "C" NOT NULL,
    -- As typed; shown, and written to.
    email          TEXT NOT NULL,
    -- The form that is compared: see usher_domain::address.
    email_key      TEXT COLLATE "C" NOT NULL,
    email_verified BOOLEAN NOT NULL,
    name           TEXT NOT NULL,
    -- A PHC string; absent for those who sign in elsewhere.
    password_hash  TEXT,
    created_at     TIMESTAMP NOT NULL,
    version        BIGINT NOT NULL
);
CREATE UNIQUE INDEX unique_person_public_id ON person (public_id);
CREATE UNIQUE INDEX unique_person_email_key ON person (email_key);

CREATE TABLE membership (
    account_id     BIGINT NOT NULL REFERENCES account (id),
    person_id      BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    -- A grant in two columns: names of roles joined by ',', and `service=permission` joined by ','. The domain keeps
    -- both separators out of both alphabets, nothing searches inside, and every read of a row needs all of it: tables
    -- of their own would cost a query for each list.
    roles          TEXT NOT NULL,
    limit_services BOOLEAN NOT NULL,
    services       TEXT NOT NULL,
    created_at     TIMESTAMP NOT NULL,
    CONSTRAINT unique_membership PRIMARY KEY (account_id, person_id)
);
CREATE INDEX membership_of_person ON membership (person_id, account_id);

CREATE TABLE invitation (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id      TEXT COLLATE "C" NOT NULL,
    secure_id      TEXT COLLATE "C" NOT NULL,
    account_id     BIGINT NOT NULL REFERENCES account (id),
    email          TEXT NOT NULL,
    email_key      TEXT COLLATE "C" NOT NULL,
    name           TEXT,
    -- As in membership.
    roles          TEXT NOT NULL,
    limit_services BOOLEAN NOT NULL,
    services       TEXT NOT NULL,
    sponsor        BIGINT REFERENCES person (id) ON DELETE SET NULL,
    status         TEXT COLLATE "C" NOT NULL,
    generation     BIGINT NOT NULL,
    created_at     TIMESTAMP NOT NULL,
    updated_at     TIMESTAMP NOT NULL,
    sent_at        TIMESTAMP NOT NULL,
    expires_at     TIMESTAMP NOT NULL,
    closed_at      TIMESTAMP,
    closed_by      BIGINT REFERENCES person (id) ON DELETE SET NULL,
    version        BIGINT NOT NULL,
    CONSTRAINT invitation_status CHECK (status IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
    CONSTRAINT invitation_closed CHECK ((status = 'pending') = (closed_at IS NULL)),
    CONSTRAINT invitation_closed_by CHECK (closed_at IS NOT NULL OR closed_by IS NULL)
);
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
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference     TEXT COLLATE "C" NOT NULL,
    account_id    BIGINT NOT NULL REFERENCES account (id),
    invitation_id BIGINT NOT NULL REFERENCES invitation (id) ON DELETE CASCADE,
    generation    BIGINT NOT NULL,
    state         TEXT COLLATE "C" NOT NULL,
    attempts      BIGINT NOT NULL,
    due_at        TIMESTAMP NOT NULL,
    lease_until   TIMESTAMP,
    lease_token   TEXT COLLATE "C",
    last_error    TEXT,
    created_at    TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL,
    CONSTRAINT mail_state CHECK (state IN ('queued', 'relayed', 'dead', 'cancelled')),
    CONSTRAINT mail_lease CHECK ((lease_until IS NULL) = (lease_token IS NULL)),
    CONSTRAINT mail_leased CHECK (state = 'queued' OR lease_token IS NULL)
);
CREATE UNIQUE INDEX unique_mail_reference ON mail (reference);
-- What workers claim, in this order.
CREATE INDEX mail_due ON mail (due_at, id) WHERE state = 'queued';
-- When the next one can be claimed.
CREATE INDEX mail_next ON mail ((COALESCE(lease_until, due_at))) WHERE state = 'queued';
CREATE INDEX mail_of_invitation ON mail (invitation_id, id);

-- Plain numbers instead of foreign keys: history outlives what it tells about.
CREATE TABLE audit_event (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            TIMESTAMP NOT NULL,
    actor         TEXT COLLATE "C" NOT NULL,
    actor_person  BIGINT,
    action        TEXT COLLATE "C" NOT NULL,
    account_id    BIGINT,
    invitation_id BIGINT,
    person_id     BIGINT,
    CONSTRAINT audit_event_actor CHECK (actor IN ('person', 'invitee', 'operator', 'system')),
    CONSTRAINT audit_event_actor_person CHECK ((actor = 'person') = (actor_person IS NOT NULL))
);
CREATE INDEX audit_event_of_account ON audit_event (account_id, at, id);
