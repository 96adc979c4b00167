-- Ways on which people, units and programs are told of notices besides the inbox. `sealed` holds address and
-- secrets; a way without a person belongs to the tenant.
CREATE TABLE ways (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN
        ('mail', 'sms', 'push', 'wecom-robot', 'dingtalk-robot', 'feishu-robot', 'webhook')),
    person UUID,
    -- Only what this unit is told; none: what the tenant's people are told.
    unit UUID,
    name TEXT NOT NULL,
    sealed TEXT,
    topics JSONB NOT NULL,
    -- An address of mail is proved by a code that was sent there.
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

CREATE INDEX ways_of_people ON ways (tenant, person);

-- When somebody does not want to be told.
CREATE TABLE notice_habits (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    -- Minutes of the day in the tenant's zone.
    quiet_from BIGINT,
    quiet_until BIGINT,
    digest_at BIGINT,
    paused_until BIGINT,
    PRIMARY KEY (tenant, person),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id)
);

-- One notice on one way. What is sent together has one batch; it is drawn before anything is sent, so that
-- what was under way when a process died is known.
CREATE TABLE deliveries (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    way UUID NOT NULL,
    way_kind TEXT NOT NULL,
    person UUID,
    notice UUID NOT NULL,
    dedupe TEXT NOT NULL,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'unsure', 'failed', 'dropped')),
    due_at BIGINT NOT NULL,
    batch UUID,
    tried_at BIGINT,
    attempts BIGINT NOT NULL,
    problem TEXT,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, way, dedupe)
);

CREATE INDEX deliveries_open ON deliveries (tenant, way, state, due_at);
CREATE INDEX deliveries_tried ON deliveries (tenant, way, tried_at);
CREATE INDEX deliveries_by_person ON deliveries (tenant, person, made_at, id);
CREATE INDEX deliveries_by_time ON deliveries (tenant, made_at, id);
