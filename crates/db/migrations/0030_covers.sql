-- Roles that were handed to a colleague for a leave. A cover is a role like any other; here stands whose it is.
CREATE TABLE covers (
    tenant UUID NOT NULL,
    -- The role that the colleague has.
    id UUID NOT NULL,
    -- Whose it is all the while, and with which it ends.
    of_grant UUID NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, id) REFERENCES grants (tenant, id),
    FOREIGN KEY (tenant, of_grant) REFERENCES grants (tenant, id)
);

CREATE INDEX covers_of ON covers (tenant, of_grant);
