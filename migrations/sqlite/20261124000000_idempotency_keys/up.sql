-- Answers to requests that came with an Idempotency-Key: given again when the same request comes again within a day.
CREATE TABLE idempotency_key (
    id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- SHA-256 over the key and whose it is, in hexadecimal digits.
    digest       TEXT NOT NULL,
    -- A MAC over the request, in hexadecimal digits.
    request      TEXT NOT NULL,
    -- 0 until the unit that takes the key has its answer.
    status       INTEGER NOT NULL,
    content_type TEXT,
    body         TEXT NOT NULL,
    account_id   INTEGER REFERENCES account (id) ON DELETE CASCADE,
    created_at   TEXT NOT NULL,
    -- Compared as text, so the year has four digits: README.md, "Times".
    CONSTRAINT idempotency_key_created_at CHECK (created_at GLOB '????-??-?? ??:??:??*')
) STRICT;
CREATE UNIQUE INDEX unique_idempotency_key_digest ON idempotency_key (digest);
-- What the sweep forgets.
CREATE INDEX idempotency_key_age ON idempotency_key (created_at, id);
