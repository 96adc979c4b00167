-- Who read whose sensitive fields, when and for what. Each row is also a line of the owner's access journal, which
-- is chained; `seq` is its place there.
CREATE TABLE readings (
    tenant UUID NOT NULL,
    owner UUID NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- None for the product itself.
    reader UUID,
    role TEXT NOT NULL,
    -- Which key opens it, and which table and column it stands in.
    class TEXT NOT NULL,
    field TEXT NOT NULL,
    purpose TEXT NOT NULL,
    PRIMARY KEY (tenant, owner, seq)
);

CREATE INDEX readings_by_time ON readings (tenant, at, owner, seq);
CREATE INDEX readings_by_reader ON readings (tenant, reader, at);
