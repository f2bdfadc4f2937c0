DROP TABLE write_count;
DROP TABLE access_token;
