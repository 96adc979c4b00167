-- Where somebody wants a kind of notice on a sort of way otherwise than its topic goes there. Only what
-- differs stands here, so that a kind added later goes as its topic does.
CREATE TABLE notice_choices (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    kind TEXT NOT NULL,
    way_kind TEXT NOT NULL,
    wanted BOOLEAN NOT NULL,
    PRIMARY KEY (tenant, person, kind, way_kind),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id)
);

-- Two more sorts of ways: messages of an application of 企业微信 and of a 公众号. No engine changes a check
-- as the other does, so the table is made anew.
CREATE TABLE ways_made_anew (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('mail', 'sms', 'push', 'wecom-app', 'wechat', 'wecom-robot',
        'dingtalk-robot', 'feishu-robot', 'webhook')),
    person UUID,
    -- Only what this unit is told; none: what the tenant's people are told.
    unit UUID,
    name TEXT NOT NULL,
    sealed TEXT,
    topics JSONB NOT NULL,
    -- An address is proved by a code that was sent there.
    code_sha256 BYTEA,
    code_until BIGINT,
    code_tries BIGINT NOT NULL,
    confirmed_at BIGINT,
    failures BIGINT NOT NULL,
    parked_at BIGINT,
    parked_why TEXT,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id)
);

INSERT INTO ways_made_anew (tenant, id, kind, person, unit, name, sealed, topics, code_sha256, code_until,
        code_tries, confirmed_at, failures, parked_at, parked_why, made_at)
    SELECT tenant, id, kind, person, unit, name, sealed, topics, code_sha256, code_until,
        code_tries, confirmed_at, failures, parked_at, parked_why, made_at FROM ways;

DROP TABLE ways;

ALTER TABLE ways_made_anew RENAME TO ways;

CREATE INDEX ways_of_people ON ways (tenant, person);
