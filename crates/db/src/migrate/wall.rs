//! The second wall between tenants, on PostgreSQL: row-level security behind the `tenant = $1` of every
//! statement. A transaction says for whom it is (`SET LOCAL qige.tenant`); the database then shows and takes
//! that tenant's rows alone, whatever a statement forgot.
//!
//! It binds the owner of the tables too, which the program is, but no superuser.

/// Up around every table with a tenant. Not around the words that cases are found by: the index over them is
/// of no use to PostgreSQL behind a wall, and what it finds are ids, which are looked up inside.
pub(super) const UP: &str = "
DO $$
DECLARE walled text;
BEGIN
    FOR walled IN
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
            AND NOT a.attisdropped AND NOT c.relforcerowsecurity AND c.relname <> 'case_search'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('DROP POLICY IF EXISTS of_tenant ON %I', walled);
        -- The inner SELECT has the setting read once a statement and not once a row.
        EXECUTE format('CREATE POLICY of_tenant ON %I USING (tenant = (SELECT '
            'NULLIF(current_setting(''qige.tenant'', true), '''')::uuid))', walled);
    END LOOP;
END $$";

/// Down for the owner, who changes the schema and what all tenants have in it.
pub(super) const DOWN: &str = "
DO $$
DECLARE walled text;
BEGIN
    FOR walled IN
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relforcerowsecurity
    LOOP
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', walled);
    END LOOP;
END $$";
