-- What went because its term was over: how many of what, never what it was.
CREATE TABLE retention_log (
    tenant UUID NOT NULL,
    -- When the run began; a run that was stopped goes on under the same.
    run_at BIGINT NOT NULL,
    class TEXT NOT NULL,
    action TEXT NOT NULL,
    items BIGINT NOT NULL CHECK (items > 0),
    PRIMARY KEY (tenant, run_at, class)
);

-- What is kept of each class, the oldest first: of a class, only what is older than its term is looked at.
CREATE INDEX objects_kept ON objects (tenant, class, created_at, id) WHERE erased_at IS NULL;
CREATE INDEX people_left ON people (tenant, updated_at) WHERE state = 'left';
CREATE INDEX consents_ended ON consents (tenant, ended_at) WHERE ended_at IS NOT NULL;
