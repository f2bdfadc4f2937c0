DROP TABLE audit_event;
DROP TABLE mail;
DROP TABLE invitation;
DROP TABLE membership;
DROP TABLE person;
DROP TABLE account;
