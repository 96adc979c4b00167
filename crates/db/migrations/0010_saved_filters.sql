-- Filters of the queue that people have named: the query of an address, for its owner or for all who work in
-- the centre.
CREATE TABLE saved_filters (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    person UUID NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    shared BOOLEAN NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, person, name)
) WITHOUT ROWID;

CREATE INDEX saved_filters_shared ON saved_filters (tenant, name) WHERE shared;
