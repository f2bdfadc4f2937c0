-- Credentials of programs. They belong to a membership and end with it.
CREATE TABLE access_token (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id  TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of what its holder presents, in hexadecimal digits.
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

-- Of each person the last window of the write limit, and the writes in it. Unlogged: a count is no loss when the server
-- crashes, and each would cost a flush of the log.
CREATE UNLOGGED TABLE write_count (
    person_id    BIGINT PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    window_start TIMESTAMP NOT NULL,
    writes       BIGINT NOT NULL
);
