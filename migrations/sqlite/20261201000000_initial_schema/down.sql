-- In the reverse order of up.sql.
DROP TABLE audit_event;
DROP TABLE lease;
DROP TABLE mail_quota;
DROP TABLE dead_delivery;
DROP TABLE queued_delivery;
DROP TABLE delivery;
DROP TABLE open_change;
DROP TABLE open_count;
DROP TABLE invitation;
DROP TABLE idempotency_key;
DROP TABLE write_count;
DROP TABLE access_token;
DROP TABLE membership;
DROP TABLE person;
DROP TABLE account;
