-- Work to be done later, put here by the transaction that causes it. `due_at` is when a waiting job may begin and
-- when a running one's lease ends; it is null once the job is done or has failed. `lease` counts all leases ever, and
-- so tells one from another; `attempts` begins again when somebody retries a failed job.
CREATE TABLE jobs (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    key TEXT,
    payload JSONB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    run_after BIGINT NOT NULL,
    due_at BIGINT,
    worker UUID,
    lease BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    problem TEXT,
    finished_at BIGINT,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, kind, key),
    CHECK ((due_at IS NULL) = (state IN ('done', 'failed')))
);

CREATE INDEX jobs_by_due ON jobs (tenant, due_at, id);
CREATE INDEX jobs_by_end ON jobs (tenant, state, finished_at, id);

-- Work that comes back: the next tick of each schedule. Whoever moves it on puts the job there, so each tick is
-- done once however many processes look.
CREATE TABLE schedules (
    tenant UUID NOT NULL,
    name TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, name)
);
