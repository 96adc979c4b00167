-- What a case is found by: tokens that the program makes of its words, kept beside the case so that a report
-- does not wait for them. `version` is that of the case when they were made. Each engine looks them up by what
-- it has for texts.

-- postgres alone:
CREATE TABLE case_search (
    tenant UUID NOT NULL,
    case_id UUID NOT NULL,
    version BIGINT NOT NULL,
    tokens TSVECTOR NOT NULL,
    PRIMARY KEY (tenant, case_id)
);

-- Without the list of what is yet to be sorted in, which every search would have to read through.
CREATE INDEX case_search_tokens ON case_search USING gin (tokens) WITH (fastupdate = off);

-- sqlite alone:
CREATE TABLE case_search (
    -- Named, since numbers of rows that are not named change when the file is packed.
    doc INTEGER PRIMARY KEY,
    tenant UUID NOT NULL,
    case_id UUID NOT NULL,
    version BIGINT NOT NULL,
    -- In order, each once, with a blank between them.
    tokens TEXT NOT NULL,
    UNIQUE (tenant, case_id)
);

-- The tokens consist of letters and digits, which this tokenizer leaves as they are.
CREATE VIRTUAL TABLE case_search_tokens USING fts5 (tokens, content = 'case_search', content_rowid = 'doc',
    tokenize = 'ascii', detail = none, columnsize = 0);
-- What is erased is taken out at once, not marked as gone.
INSERT INTO case_search_tokens (case_search_tokens, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER case_search_added AFTER INSERT ON case_search BEGIN
    INSERT INTO case_search_tokens (rowid, tokens) VALUES (new.doc, new.tokens);
END;
CREATE TRIGGER case_search_changed AFTER UPDATE OF tokens ON case_search WHEN old.tokens <> new.tokens BEGIN
    INSERT INTO case_search_tokens (case_search_tokens, rowid, tokens) VALUES ('delete', old.doc, old.tokens);
    INSERT INTO case_search_tokens (rowid, tokens) VALUES (new.doc, new.tokens);
END;
CREATE TRIGGER case_search_dropped AFTER DELETE ON case_search BEGIN
    INSERT INTO case_search_tokens (case_search_tokens, rowid, tokens) VALUES ('delete', old.doc, old.tokens);
END;

-- both:
-- What came in before `until` has its tokens.
CREATE TABLE search_marks (
    tenant UUID NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (tenant)
);

-- The lower-case words that lists were looked through by before.
ALTER TABLE cases DROP COLUMN search;
