-- What one shift of the grid centre leaves to the next, and who took it over.
CREATE TABLE handover_notes (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    person UUID NOT NULL,
    words TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    taken_by UUID,
    taken_at BIGINT,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX handover_notes_by_time ON handover_notes (tenant, written_at, id);
