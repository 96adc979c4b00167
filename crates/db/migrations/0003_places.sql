-- Anything with a place of its own: divisions, grids, stations, venues. A place that was ever used is switched
-- off, never deleted, and an import that brings its code back brings its id back.
CREATE TABLE places (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    parent UUID,
    -- GeoJSON (RFC 7946) geometry in WGS-84, as text so that what was drawn comes back digit by digit.
    geometry TEXT,
    area_m2 DOUBLE PRECISION,
    west DOUBLE PRECISION,
    south DOUBLE PRECISION,
    east DOUBLE PRECISION,
    north DOUBLE PRECISION,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, kind, code),
    FOREIGN KEY (tenant, parent) REFERENCES places (tenant, id)
);

CREATE INDEX places_by_parent ON places (tenant, parent);

-- Counts the changes to a tenant's places: a preview that is older than this is not applied, and an index held
-- in memory that is older than this is loaded again.
CREATE TABLE place_revisions (
    tenant UUID NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (tenant)
);

-- The organisations that put things right.
CREATE TABLE units (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    contact TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, name)
);

-- A tenant's working hours; `rule` is the week as the calendar's own code reads it. `revision` counts the
-- changes to it and to its days: a calendar held in memory that is older than this is loaded again.
CREATE TABLE work_calendars (
    tenant UUID NOT NULL,
    zone TEXT NOT NULL,
    rule JSONB NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant)
);

-- Days that the week does not tell: holidays (off) and make-up workdays (not off). `day` is ISO 8601, 2026-10-01.
CREATE TABLE calendar_days (
    tenant UUID NOT NULL,
    day TEXT NOT NULL,
    off BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (tenant, day),
    FOREIGN KEY (tenant) REFERENCES work_calendars (tenant)
);
