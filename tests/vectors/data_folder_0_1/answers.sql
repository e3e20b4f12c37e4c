BEGIN TRANSACTION;
CREATE TABLE answers (
        key TEXT PRIMARY KEY,
        valid INTEGER NOT NULL CHECK (valid IN (0, 1)),
        body TEXT NOT NULL,
        checked_at REAL NOT NULL,
        ends_at REAL
    ) STRICT, WITHOUT ROWID
;
INSERT INTO "answers" VALUES('0f73c815249aeb5a4727384643c38906',1,'{"status":"ACTIVE","expires_at":"2099-12-31","issued_at":"2025-10-01","issuer_pic":"000000001","issuer_name":"Université de Saint-Valentin"}',1.79607321519657301897e+09,4102441200.0);
INSERT INTO "answers" VALUES('e230f1b9f83ea227965b6ea0b033f968',0,'{}',1.79607321521705293656e+09,NULL);
CREATE TABLE origin (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL) STRICT;
INSERT INTO "origin" VALUES(1,'http://127.0.0.1:9');
PRAGMA user_version = 3;
COMMIT;
