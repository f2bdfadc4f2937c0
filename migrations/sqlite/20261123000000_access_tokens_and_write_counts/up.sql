-- Credentials of programs. They belong to a membership and end with it.
CREATE TABLE access_token (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    public_id  TEXT NOT NULL,
    -- SHA-256 of what its holder presents, in hexadecimal digits.
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

-- Of each person the last window of the write limit, and the writes in it. Its number is the person's, so this one is
-- not given out here.
CREATE TABLE write_count (
    person_id    INTEGER PRIMARY KEY NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    window_start TEXT NOT NULL,
    writes       INTEGER NOT NULL,
    -- As in access_token.
    CONSTRAINT write_count_window_start CHECK (window_start GLOB '????-??-?? ??:??:??*')
) STRICT;
