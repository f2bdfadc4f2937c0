-- Answers to requests that came with an Idempotency-Key: given again when the same request comes again within a day.
CREATE TABLE idempotency_key (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 over the key and whose it is, in hexadecimal digits.
    digest       TEXT COLLATE "C" NOT NULL,
    -- A MAC over the request, in hexadecimal digits.
    request      TEXT COLLATE "C" NOT NULL,
    -- 0 until the unit that takes the key has its answer.
    status       BIGINT NOT NULL,
    content_type TEXT COLLATE "C",
    body         TEXT NOT NULL,
    account_id   BIGINT REFERENCES account (id) ON DELETE CASCADE,
    created_at   TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX unique_idempotency_key_digest ON idempotency_key (digest);
-- What the sweep forgets.
CREATE INDEX idempotency_key_age ON idempotency_key (created_at, id);
