-- Codes that were asked for by phone number, kept for a day so that they can be counted. `account` is an index
-- of the number, whether or not anybody has it; where nobody has, the row looks the same but for `person`.
CREATE TABLE sign_in_codes (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    account BYTEA NOT NULL,
    person UUID,
    -- Of what the browser that asked shows. Keyed by that secret itself, `code` cannot be guessed from here.
    browser_sha256 BYTEA NOT NULL,
    code TEXT NOT NULL,
    -- By what it was counted: the network, or a browser by which the person came in before.
    lane TEXT NOT NULL,
    -- Whether that is a browser.
    known BOOLEAN NOT NULL,
    wrong_tries BIGINT NOT NULL CHECK (wrong_tries >= 0),
    asked_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id)
);

CREATE INDEX sign_in_codes_by_account ON sign_in_codes (tenant, account, asked_at);
CREATE INDEX sign_in_codes_by_lane ON sign_in_codes (tenant, lane, asked_at);
CREATE INDEX sign_in_codes_by_browser ON sign_in_codes (tenant, browser_sha256, asked_at);
CREATE INDEX sign_in_codes_by_time ON sign_in_codes (tenant, asked_at);
