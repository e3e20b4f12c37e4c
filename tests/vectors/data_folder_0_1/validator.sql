BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007');
CREATE TABLE card_keys (
	purpose VARCHAR(16) NOT NULL, 
	period INTEGER NOT NULL, 
	half VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_card_keys PRIMARY KEY (purpose, period)
);
INSERT INTO "card_keys" VALUES('answers',2969,'d6bd416ecc6c3affacc0af8abf383cb66a8cc4684700a87a3a1470fc7b63acc2');
INSERT INTO "card_keys" VALUES('record',2969,'f9c4f8dbc32909a5a3f2deb3ffc2d266afd930f01d5c4e7ca309f11def95d58b');
CREATE TABLE check_log (
	seq INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	event VARCHAR(16) NOT NULL, 
	caller_kind VARCHAR(16) NOT NULL, 
	caller_id INTEGER NOT NULL, 
	word VARCHAR(32) NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	card VARCHAR(32), 
	salt VARCHAR(32), 
	seal VARCHAR(64) NOT NULL, 
	mac VARCHAR(64) NOT NULL, erased VARCHAR(64), 
	CONSTRAINT pk_check_log PRIMARY KEY (seq)
);
INSERT INTO "check_log" VALUES(1,'2026-11-30 21:13:35.000000','check','device',1,'active','router','0e4c2b6d6c9cc9628e60c3100b122d26','58027fa44aad6df7588e1b6e53f0f213','b88d11b868317a133aeb947a0fa02ae4710c11c0c71ca799f4bba2787c8dc2d3','2149e4bcf87a683fb3af18d3075debd8ba498669bfc3004531385585cca47eb8',NULL);
INSERT INTO "check_log" VALUES(2,'2026-11-30 21:13:35.000000','check','device',1,'unknown_card','router','ae97c0bf96911d37063459ae6cdbe3db','d1c297a5efe79a3c78d8ca5655e12f11','08a66dfdfadf1f92d2d4afe931ee80404c4b5ec3d0417a6bf2fe72f519b03945','35f8c76af35224f4bd35eaeeee7c088ecb6cb672142702b7167b06e25cb299c6',NULL);
INSERT INTO "check_log" VALUES(3,'2026-11-30 21:13:35.000000','check','device',1,'active','router',NULL,NULL,'9814f511f2661072fc2fb013a23157474b897f4c97773974c02b92feeab29dae','89263e87d12512626e25ce2ca23421fc9eed05346a2f4cabefc46ab86d5a7afc','2f83bd8827490009bba3d58a8a25319555787f8ce12c63abb3f876920dea62cd');
INSERT INTO "check_log" VALUES(4,'2026-11-30 21:13:35.000000','late_check','person',1,'unknown_card','cache','ae97c0bf96911d37063459ae6cdbe3db','a3c19cdea370effa90098fc04e07c0e5','e3d81590e857b267806fcb680f7a3f7539accb2f14598f57459d8d8771da76f9','4e0bfb09e76810839f4e62295e84edd68d95cdf3159c63457702e37b0e1f9178',NULL);
CREATE TABLE check_log_head (
	one INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	mac VARCHAR(64) NOT NULL, 
	anchor_seq INTEGER NOT NULL, 
	anchor_mac VARCHAR(64) NOT NULL, 
	seal VARCHAR(64) NOT NULL, anchor_at BIGINT DEFAULT '0' NOT NULL, incidents VARCHAR(64) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_check_log_head PRIMARY KEY (one)
);
INSERT INTO "check_log_head" VALUES(1,4,'4e0bfb09e76810839f4e62295e84edd68d95cdf3159c63457702e37b0e1f9178',0,'','340a38040e4cae4116239cb5aebc8b773239e2c14af8e0671991612428dc663a',0,'');
CREATE TABLE check_log_incidents (
	number INTEGER NOT NULL, 
	first INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	found_at BIGINT NOT NULL, 
	what TEXT NOT NULL, 
	mac VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_check_log_incidents PRIMARY KEY (number)
);
CREATE TABLE devices (
	id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	name_key VARCHAR(256) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_used_on DATE, 
	revoked_at DATETIME, 
	CONSTRAINT pk_devices PRIMARY KEY (id), 
	CONSTRAINT uq_devices_name_key UNIQUE (name_key), 
	CONSTRAINT uq_devices_token_hash UNIQUE (token_hash)
);
INSERT INTO "devices" VALUES(1,'till','till','6b0cb5f1e8e816887530ad171f604006c2cf43dbd10616f470752cad473b687f','2026-11-30 21:13:34.863400','2026-11-30',NULL);
INSERT INTO "devices" VALUES(2,'lost till','lost till','285cdbe13e2153427ba12260730631ee300ff7b694acf0247dc2e526e63b77ca','2026-11-30 21:13:34.866582',NULL,'2026-11-30 21:13:34.870679');
CREATE TABLE late_checks (
	id INTEGER NOT NULL, 
	check_id VARCHAR(36) NOT NULL, 
	caller_kind VARCHAR(16) NOT NULL, 
	caller_id INTEGER NOT NULL, 
	made_at DATETIME NOT NULL, 
	delivered_at DATETIME NOT NULL, 
	card_key VARCHAR(32) NOT NULL, 
	shown_reason VARCHAR(32) NOT NULL, 
	answer_reason VARCHAR(32) NOT NULL, 
	answer_source VARCHAR(16) NOT NULL, 
	checked_at DATETIME NOT NULL, 
	contradicts BOOLEAN NOT NULL, router VARCHAR(16) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_late_checks PRIMARY KEY (id), 
	CONSTRAINT uq_late_checks_check_id UNIQUE (check_id)
);
INSERT INTO "late_checks" VALUES(1,'00000000-0000-0000-0000-000000000001','person',1,'2026-11-30 21:12:35.325298','2026-11-30 21:13:35.336512','ae97c0bf96911d37063459ae6cdbe3db','active','unknown_card','cache','2026-11-30 21:13:35.217053',1,'59b7003c27a8fce5');
CREATE TABLE pending_steps (
	id_hash VARCHAR(64) NOT NULL, 
	person_id INTEGER NOT NULL, 
	alternative_id VARCHAR(64) NOT NULL, 
	sealed VARCHAR(128) NOT NULL, 
	ends_at DATETIME NOT NULL, 
	CONSTRAINT pk_pending_steps PRIMARY KEY (id_hash), 
	CONSTRAINT fk_pending_steps_person_id_people FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE TABLE people (
	id INTEGER NOT NULL, 
	username VARCHAR(64) NOT NULL, 
	username_key VARCHAR(256) NOT NULL, 
	password_hash VARCHAR(256) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	alternative_id VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	disabled_at DATETIME, 
	CONSTRAINT pk_people PRIMARY KEY (id), 
	CONSTRAINT uq_people_username_key UNIQUE (username_key), 
	CONSTRAINT uq_people_alternative_id UNIQUE (alternative_id)
);
INSERT INTO "people" VALUES(1,'sara','sara','$argon2id$v=19$m=32768,t=2,p=1$1xdqCqRIaBXsg9HyfvH4EQ$96lEYJI3L3zxtvYeAjrzsGQ+aueouFiFRxXhNN+ROgk','staff','3HLfIuCgA0nZrIECJGYZhpC93cwT8OaJbGmOyCNvjL8','2026-11-30 21:13:34.592877',NULL);
INSERT INTO "people" VALUES(2,'tom','tom','$argon2id$v=19$m=32768,t=2,p=1$zlc11KAZqB7IIGceh4Y/uA$1onJdukd1/6UwG5GqjMufuVw805fEbYf21o9W8TGyog','manager','HpgNV-9OAFUQ9fl9W1eIreqLZrIMbHWqYS0drTc4-x8','2026-11-30 21:13:34.677074',NULL);
INSERT INTO "people" VALUES(3,'mia','mia','$argon2id$v=19$m=32768,t=2,p=1$2K6wcus8TNEyDomHz1Meww$FilrUNB4ax1w/Aw9b0pCTU71Hp511IGSAFYwVXi/9tw','manager','ZecFaoj4X0c-36q9Zdjeid27wIFNhFbBRUFs9Fb6pxo','2026-11-30 21:13:34.758309',NULL);
INSERT INTO "people" VALUES(4,'gone','gone','$argon2id$v=19$m=32768,t=2,p=1$+hroYreKyDUyUzonbRvkkw$jlL4oOyLTuW0KR1mMnEl2c3VZRUm43eTR6H/Ta4hKaM','staff','FHzFrCXc8ZfEcyWi6z8u9oY9W1NM-1wSm3FiSB7ET6c','2026-11-30 21:13:34.850797','2026-11-30 21:13:34.860924');
CREATE TABLE second_factors (
	person_id INTEGER NOT NULL, 
	sealed VARCHAR(128) NOT NULL, 
	confirmed_at DATETIME, 
	last_step INTEGER NOT NULL, 
	CONSTRAINT pk_second_factors PRIMARY KEY (person_id), 
	CONSTRAINT fk_second_factors_person_id_people FOREIGN KEY(person_id) REFERENCES people (id)
);
INSERT INTO "second_factors" VALUES(2,'gAAAAABrDeb_M23vnMcjW-DB4vo5Cyb7VQ9uzeKOX7y1acmNd19Y1TEZSQg2No4wA-w-yOSmU8ud4U2v6vNBUjOrFkVq4Ulef3ghFXxtfEsVUJduFb8F0Sc=','2026-11-30 21:13:35.181263',59869107);
CREATE TABLE sessions (
	id INTEGER NOT NULL, 
	id_hash VARCHAR(64) NOT NULL, 
	person_id INTEGER NOT NULL, 
	alternative_id VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	label VARCHAR(64) NOT NULL, 
	began_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT uq_sessions_id_hash UNIQUE (id_hash), 
	CONSTRAINT fk_sessions_person_id_people FOREIGN KEY(person_id) REFERENCES people (id)
);
INSERT INTO "sessions" VALUES(1,'05f3fcbfc29e76bcc2035ed1a12bb48810f309ae6d5f2298894b073894582cc5',2,'HpgNV-9OAFUQ9fl9W1eIreqLZrIMbHWqYS0drTc4-x8','person','Another browser on another system','2026-11-30 21:13:34.970291','2026-11-30 21:13:34.970291','2026-12-01 07:13:34.970291');
INSERT INTO "sessions" VALUES(2,'dab5ef75dfda501fd1957f7bf9e7fe2f4635ae180eb14c54a3fe50f54da720c8',1,'3HLfIuCgA0nZrIECJGYZhpC93cwT8OaJbGmOyCNvjL8','person','Another browser on another system','2026-11-30 21:13:35.313077','2026-11-30 21:13:35.313077','2026-12-01 07:13:35.313077');
CREATE TABLE sign_in_tallies (
	"key" VARCHAR(43) NOT NULL, 
	failures FLOAT NOT NULL, 
	last_at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_in_tallies PRIMARY KEY ("key")
);
CREATE INDEX ix_late_checks_delivered_at ON late_checks (delivered_at);
CREATE INDEX ix_sessions_person_id ON sessions (person_id);
CREATE INDEX ix_sign_in_tallies_last_at ON sign_in_tallies (last_at);
CREATE INDEX ix_check_log_at ON check_log (at);
CREATE INDEX ix_pending_steps_ends_at ON pending_steps (ends_at);
PRAGMA user_version = 0;
COMMIT;
