-- Reads the first 25 open invitations.
SELECT id, public_id, secure_id, account_id, email, email_key, name, roles, limit_services, services, sponsor, status, generation, created_at, updated_at, sent_at, expires_at, closed_at, closed_by, version FROM invitation WHERE account_id = 1 AND status = 'pending' AND expires_at > localtimestamp ORDER BY id LIMIT 25;
