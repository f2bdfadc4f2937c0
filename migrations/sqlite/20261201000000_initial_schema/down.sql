-- In the reverse order of up.sql.
DROP TABLE audit_event;
DROP TABLE mail;
DROP TABLE open_change;
DROP TABLE open_count;
DROP TABLE invitation;
DROP TABLE idempotency_key;
DROP TABLE readiness_check;
DROP TABLE known_network;
DROP TABLE failed_sign_in;
DROP TABLE write_count;
DROP TABLE access_token;
DROP TABLE membership;
DROP TABLE person;
DROP TABLE account;
