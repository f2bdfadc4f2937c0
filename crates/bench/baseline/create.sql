-- Inserts an invitation and its mail, in a transaction of two statements.
\set a random(1000000000000000, 9000000000000000000)
\set b random(1000000000000000, 9000000000000000000)
BEGIN;
INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, name, roles, limit_services, services, sponsor, status, generation, created_at, updated_at, sent_at, expires_at, version) VALUES (lpad(:a::text, 22, '0'), lpad(:b::text, 30, '0'), 2, 'floor' || :a::text || '@example.com', 'floor' || :a::text || '@example.com', 'Ada Lovelace', 'Auditor', false, '', 2, 'pending', 0, localtimestamp, localtimestamp, localtimestamp, localtimestamp + interval '14 days', 0) RETURNING id \gset
INSERT INTO delivery (reference, kind, destination, account_id, invitation_id, generation, state, attempts, due_at, created_at, queued_at, updated_at) VALUES (lpad(:b::text, 22, '0'), 'mail', 'example.com', 2, :id, 0, 'queued', 0, localtimestamp, localtimestamp, localtimestamp, localtimestamp);
COMMIT;
