-- Reads a random invitation by its id.
\set id random(1, :rows)
SELECT id, public_id, secure_id, account_id, email, email_key, name, roles, limit_services, services, sponsor, status, generation, created_at, updated_at, sent_at, expires_at, closed_at, closed_by, version FROM invitation WHERE id = :id AND account_id = 1;
