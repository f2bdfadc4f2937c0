-- Accepts an invitation: updates its state and inserts the membership. The sequence yields each id once.
BEGIN;
UPDATE invitation SET status = 'accepted', closed_at = localtimestamp, updated_at = localtimestamp, version = version + 1 WHERE id = (SELECT nextval('acceptance')) AND version = 0;
INSERT INTO membership (account_id, person_id, roles, limit_services, services, created_at) VALUES (2, currval('acceptance'), 'Auditor', false, '', localtimestamp);
COMMIT;
