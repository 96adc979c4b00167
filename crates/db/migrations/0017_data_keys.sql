-- The keys under which sensitive fields are sealed, each locked under a master key that is kept elsewhere.
CREATE TABLE data_keys (
    tenant UUID NOT NULL,
    class TEXT NOT NULL,
    version BIGINT NOT NULL,
    algorithm TEXT NOT NULL,
    -- The name of the master key.
    master TEXT NOT NULL,
    locked BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, class, version)
);
