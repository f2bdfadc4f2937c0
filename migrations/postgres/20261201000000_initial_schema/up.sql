-- The tables of Usher, in the order of their references: accounts and people, credentials and the records of requests,
-- invitations with the counts of the open ones, deliveries, the audit log. The file for the other database has the same
-- tables in the same order. ../../README.md has the conventions.

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
    id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id         TEXT COLLATE "C" NOT NULL,
    -- As typed: shown, and used as the recipient of mails.
    email             TEXT NOT NULL,
    -- The form that comparisons use: see usher_domain::address.
    email_key         TEXT COLLATE "C" NOT NULL,
    email_verified    BOOLEAN NOT NULL,
    name              TEXT NOT NULL,
    -- A PHC string; unset for people who sign in elsewhere.
    password_hash     TEXT,
    -- Tokens that were issued before this moment are rejected.
    tokens_not_before TIMESTAMP,
    created_at        TIMESTAMP NOT NULL,
    version           BIGINT NOT NULL
);
CREATE UNIQUE INDEX unique_person_public_id ON person (public_id);
CREATE UNIQUE INDEX unique_person_email_key ON person (email_key);

CREATE TABLE membership (
    account_id     BIGINT NOT NULL REFERENCES account (id),
    person_id      BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    -- A grant: names of roles joined by ',', and `service=permission` joined by ','. The domain allows neither
    -- separator in a name or a service. No query searches inside a grant and every read needs all of it; separate
    -- tables would cost a query per list.
    roles          TEXT NOT NULL,
    limit_services BOOLEAN NOT NULL,
    services       TEXT NOT NULL,
    created_at     TIMESTAMP NOT NULL,
    CONSTRAINT unique_membership PRIMARY KEY (account_id, person_id)
);
CREATE INDEX membership_of_person ON membership (person_id, account_id);

-- Credentials of programs. An access token belongs to a membership and is deleted with it.
CREATE TABLE access_token (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id  TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the token, in hexadecimal digits.
    digest     TEXT COLLATE "C" NOT NULL,
    account_id BIGINT NOT NULL,
    person_id  BIGINT NOT NULL,
    name       TEXT NOT NULL,
    scope      TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    revoked_at TIMESTAMP,
    CONSTRAINT access_token_scope CHECK (scope IN ('global', 'global:read')),
    FOREIGN KEY (account_id, person_id) REFERENCES membership (account_id, person_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX unique_access_token_public_id ON access_token (public_id);
CREATE UNIQUE INDEX unique_access_token_digest ON access_token (digest);
CREATE INDEX access_token_of_account ON access_token (account_id, id);

-- The last window of the write limit per person, and the number of writes in it. Unlogged: losing a count in a crash of the server
-- does no harm, and a logged table would cost a flush of the log per count.
CREATE UNLOGGED TABLE write_count (
    person_id    BIGINT PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    window_start TIMESTAMP NOT NULL,
    writes       BIGINT NOT NULL
);

-- Checks of readiness insert a row and roll back, so this table is always empty. Unlogged, so that checks cost no flush.
CREATE UNLOGGED TABLE readiness_check (
    id     BIGINT PRIMARY KEY,
    filler TEXT NOT NULL
);
-- A large filler takes as much space as it says.
ALTER TABLE readiness_check ALTER COLUMN filler SET STORAGE EXTERNAL;

-- Failed attempts to sign in: one row per counter. The name is a digest of what is counted, such as an address or a network. Unlogged: the
-- counts need not survive a crash, and a flood of attempts writes no log.
CREATE UNLOGGED TABLE failed_sign_in (
    name         TEXT COLLATE "C" NOT NULL,
    failures     BIGINT NOT NULL,
    last_at      TIMESTAMP NOT NULL,
    forgotten_at TIMESTAMP NOT NULL,
    CONSTRAINT unique_failed_sign_in PRIMARY KEY (name)
);
-- The order in which the sweep deletes.
CREATE INDEX failed_sign_in_age ON failed_sign_in (forgotten_at);

-- The networks from which people have signed in, as digests. Failures from other networks do not delay attempts from these.
CREATE TABLE known_network (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    network   TEXT COLLATE "C" NOT NULL,
    last_at   TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX unique_known_network ON known_network (person_id, network);
-- The order in which the sweep deletes.
CREATE INDEX known_network_age ON known_network (last_at);

-- Answers to requests with an Idempotency-Key: returned again when the same request is repeated within a day.
CREATE TABLE idempotency_key (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 over the key and its owner, in hexadecimal digits.
    digest       TEXT COLLATE "C" NOT NULL,
    -- A MAC over the request, in hexadecimal digits.
    request      TEXT COLLATE "C" NOT NULL,
    -- 0 until the unit of work that takes the key has its answer.
    status       BIGINT NOT NULL,
    content_type TEXT COLLATE "C",
    body         TEXT NOT NULL,
    account_id   BIGINT REFERENCES account (id) ON DELETE CASCADE,
    created_at   TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX unique_idempotency_key_digest ON idempotency_key (digest);
-- The order in which the sweep deletes.
CREATE INDEX idempotency_key_age ON idempotency_key (created_at, id);

CREATE TABLE invitation (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id      TEXT COLLATE "C" NOT NULL,
    secure_id      TEXT COLLATE "C" NOT NULL,
    account_id     BIGINT NOT NULL REFERENCES account (id),
    -- Address and grant as in person and membership.
    email          TEXT NOT NULL,
    email_key      TEXT COLLATE "C" NOT NULL,
    name           TEXT,
    -- A BCP 47 language tag in canonical case.
    locale         TEXT COLLATE "C",
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
    -- When address, name and locale were erased, some time after the invitation ended.
    erased_at      TIMESTAMP,
    version        BIGINT NOT NULL,
    CONSTRAINT invitation_status CHECK (status IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
    CONSTRAINT invitation_closed CHECK ((status = 'pending') = (closed_at IS NULL)),
    CONSTRAINT invitation_closed_by CHECK (closed_at IS NOT NULL OR closed_by IS NULL),
    CONSTRAINT invitation_erased CHECK (closed_at IS NOT NULL OR erased_at IS NULL)
);
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
-- would cost more than the page. It is the sum of open_count and open_change. Triggers maintain it, so that no
-- statement can forget it.
CREATE TABLE open_count (
    account_id  BIGINT PRIMARY KEY REFERENCES account (id),
    invitations BIGINT NOT NULL
);

-- Changes since open_count was written. Rows are only added, so that units of work in one account neither wait for each other nor fail
-- because of a count. The worker moves the rows into open_count from time to time. No foreign key: checking it would lock the account's
-- row for every invitation.
CREATE TABLE open_change (
    account_id BIGINT NOT NULL,
    change     BIGINT NOT NULL
);
-- Without a primary key, logical replication would reject the worker's deletions. A key would cost another index.
ALTER TABLE open_change REPLICA IDENTITY FULL;
CREATE INDEX open_change_of_account ON open_change (account_id, change);

-- The triggers run once per statement, however many rows the statement changes. They find the tables in the schema in which they
-- were created, because pg_restore and logical replication run without a search path.
CREATE FUNCTION open_inserted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO open_change (account_id, change)
    SELECT account_id, count(*) FROM added WHERE status = 'pending' GROUP BY account_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION open_updated() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO open_change (account_id, change)
    SELECT account_id, sum(change) FROM (
        SELECT account_id, 1 AS change FROM added WHERE status = 'pending'
        UNION ALL
        SELECT account_id, -1 FROM removed WHERE status = 'pending'
    ) AS changes GROUP BY account_id HAVING sum(change) <> 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION open_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO open_change (account_id, change)
    SELECT account_id, -count(*) FROM removed WHERE status = 'pending' GROUP BY account_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER open_inserted AFTER INSERT ON invitation
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION open_inserted();
CREATE TRIGGER open_updated AFTER UPDATE ON invitation
    REFERENCING NEW TABLE AS added OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION open_updated();
CREATE TRIGGER open_deleted AFTER DELETE ON invitation
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION open_deleted();

-- The outbox: one row per message to deliver, with the state of its delivery. `kind` says what it is; a mail belongs to an
-- invitation. `destination` is the part of the recipient that can be slow or down for all its messages: the domain of a mail's
-- address. No index contains a column that a delivery changes, so that PostgreSQL updates such a row within its page (HOT);
-- queued_delivery and dead_delivery list the rows that are looked up by their state.
CREATE TABLE delivery (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference     TEXT COLLATE "C" NOT NULL,
    kind          TEXT COLLATE "C" NOT NULL,
    destination   TEXT COLLATE "C" NOT NULL,
    account_id    BIGINT NOT NULL REFERENCES account (id),
    invitation_id BIGINT NOT NULL REFERENCES invitation (id) ON DELETE CASCADE,
    generation    BIGINT NOT NULL,
    state         TEXT COLLATE "C" NOT NULL,
    attempts      BIGINT NOT NULL,
    due_at        TIMESTAMP NOT NULL,
    lease_until   TIMESTAMP,
    lease_token   TEXT COLLATE "C",
    last_error    TEXT,
    -- When the relay refused the recipient first. A refusal long after that is final.
    refused_at    TIMESTAMP,
    created_at    TIMESTAMP NOT NULL,
    -- When it was queued, or retried by an operator: attempts are counted from then.
    queued_at     TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL,
    CONSTRAINT delivery_kind CHECK (kind IN ('mail')),
    CONSTRAINT delivery_state CHECK (state IN ('queued', 'relayed', 'dead', 'cancelled')),
    CONSTRAINT delivery_lease CHECK ((lease_until IS NULL) = (lease_token IS NULL)),
    CONSTRAINT delivery_leased CHECK (state = 'queued' OR lease_token IS NULL)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX unique_delivery_reference ON delivery (reference);
CREATE INDEX delivery_of_invitation ON delivery (invitation_id, id);

-- The queued deliveries by account, so that a claim can take turns between accounts. A row is inserted and deleted, never updated:
-- like an entry of an index. No foreign key, because checking it would lock the delivery's row for every insertion.
CREATE TABLE queued_delivery (
    kind        TEXT COLLATE "C" NOT NULL,
    account_id  BIGINT NOT NULL,
    due_at      TIMESTAMP NOT NULL,
    delivery_id BIGINT NOT NULL,
    CONSTRAINT unique_queued_delivery PRIMARY KEY (kind, account_id, due_at, delivery_id)
);

-- A queued delivery may be deleted together with its invitation.
CREATE FUNCTION delivery_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM queued_delivery
    WHERE kind = OLD.kind AND account_id = OLD.account_id AND due_at = OLD.due_at AND delivery_id = OLD.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER delivery_deleted AFTER DELETE ON delivery
    FOR EACH ROW WHEN (OLD.state = 'queued') EXECUTE FUNCTION delivery_deleted();

-- The deliveries that were given up. They stay there until they are retried or deleted.
CREATE TABLE dead_delivery (
    delivery_id BIGINT PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
    account_id  BIGINT NOT NULL REFERENCES account (id)
);
CREATE INDEX dead_delivery_of_account ON dead_delivery (account_id, delivery_id);

-- Counts against the limits on mails. The subject is `mailbox:` and a mailbox, `account:` or `inviter:` and a number. A mailbox has
-- the times of its mails of the last day in `recent`, in microseconds since 1970, the oldest first; the others have the number of
-- mails of the UTC day that begins at window_start. The owner of a blocked mailbox wants no mail from any account.
CREATE TABLE mail_quota (
    subject      TEXT COLLATE "C" NOT NULL,
    window_start TIMESTAMP NOT NULL,
    mails        BIGINT NOT NULL,
    recent       TEXT COLLATE "C" NOT NULL,
    blocked_at   TIMESTAMP,
    CONSTRAINT unique_mail_quota PRIMARY KEY (subject)
) WITH (fillfactor = 70);
-- The order in which the sweep deletes.
CREATE INDEX mail_quota_age ON mail_quota (window_start) WHERE blocked_at IS NULL;

-- Work that one process at a time does, such as the sweep: who does it, and until when.
CREATE TABLE lease (
    name        TEXT COLLATE "C" NOT NULL,
    lease_token TEXT COLLATE "C" NOT NULL,
    lease_until TIMESTAMP NOT NULL,
    CONSTRAINT unique_lease PRIMARY KEY (name)
) WITH (fillfactor = 50);

-- The audit log. It has plain numbers instead of foreign keys, because an entry outlives the rows that it names.
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
