-- Stored photos, voice notes and files. The bytes lie in the object store under (tenant, id, variant);
-- a row is written only after its bytes are durable there, and bytes are deleted only after the row says erased.
CREATE TABLE objects (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    owner_kind TEXT NOT NULL,
    owner UUID NOT NULL,
    class TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    sha256 BYTEA NOT NULL,
    width BIGINT CHECK (width > 0),
    height BIGINT CHECK (height > 0),
    refs BIGINT NOT NULL CHECK (refs >= 0),
    created_at BIGINT NOT NULL,
    unreferenced_at BIGINT,
    erased_at BIGINT,
    files_gone_at BIGINT,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX objects_by_owner ON objects (tenant, owner_kind, owner);

-- What nobody holds any more, oldest first: erased after a grace period.
CREATE INDEX objects_unreferenced ON objects (tenant, unreferenced_at)
    WHERE unreferenced_at IS NOT NULL AND erased_at IS NULL;

-- Erased rows whose files are still to be deleted.
CREATE INDEX objects_to_delete ON objects (tenant, erased_at)
    WHERE erased_at IS NOT NULL AND files_gone_at IS NULL;

-- Who holds an object. `objects.refs` counts these rows and is kept by the same transaction.
CREATE TABLE object_refs (
    tenant UUID NOT NULL,
    object UUID NOT NULL,
    holder_kind TEXT NOT NULL,
    holder UUID NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, object, holder_kind, holder),
    FOREIGN KEY (tenant, object) REFERENCES objects (tenant, id)
);

CREATE INDEX object_refs_by_holder ON object_refs (tenant, holder_kind, holder);
