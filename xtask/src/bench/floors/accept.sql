-- The bare form of an acceptance: the invitation's state, and the membership. The sequence makes each number come once.
BEGIN;
UPDATE invitation SET status = 'accepted', closed_at = localtimestamp, updated_at = localtimestamp, version = version + 1 WHERE id = (SELECT nextval('acceptance')) AND version = 0;
INSERT INTO membership (account_id, person_id, roles, limit_services, services, created_at) VALUES (2, currval('acceptance'), 'Auditor', false, '', localtimestamp);
COMMIT;
