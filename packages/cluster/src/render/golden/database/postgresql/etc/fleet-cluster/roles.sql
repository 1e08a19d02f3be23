\set ON_ERROR_STOP on
SET client_min_messages = warning;
-- Verifiers do not belong into a log either, not even when a statement fails.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';

SELECT 'CREATE ROLE "fleet_app"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fleet_app') \gexec
SELECT 'CREATE ROLE "fleet_monitor"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fleet_monitor') \gexec
SELECT 'CREATE ROLE "replicator"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'replicator') \gexec
SELECT 'CREATE ROLE "rewinder"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rewinder') \gexec
ALTER ROLE "postgres" WITH PASSWORD 'SCRAM-SHA-256$4096:xIMe9TMuV/RQLSxe2E4AUw==$tDchGXcpKThW8SDbnKS91hPa9AfblQOwATk1ikYB0R4=:ShZPM/Em5RcIpim7/0wtDuiupQMXJ2nmNXVIdRgLOw0=';
ALTER ROLE "replicator" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS REPLICATION PASSWORD 'SCRAM-SHA-256$4096:rr+YTS3iBWcx8reOGXpuZA==$BcwCodfh7sruOX0jq7Q4ZOnfSdSIL1QeLZ7as4lbtY8=:iGgdxYHB0bs5+E5B8LJD0Bkkdzf2/er4q6MHJt3H5+Y=';
ALTER ROLE "rewinder" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT PASSWORD 'SCRAM-SHA-256$4096:BZ7sEMi1NSDC71uuQW+IVQ==$D+hY0eAPMf0LZZB3s6IqENZShiCj0FdIMZ+LObRktrA=:2bSqFGg1WB1WIq6PshBweXZP5RyWzUmZeqooWCakawo=';
-- Leaves room for Patroni, pgBackRest, the monitor and a person.
ALTER ROLE "fleet_app" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT CONNECTION LIMIT 190 PASSWORD 'SCRAM-SHA-256$4096:KU+p32PORH6e0MWjR7tA/w==$kkeKfbyhCoMpdiXopQzriGywtQMLp/htFZz06Pxutho=:ZyA/ypF1L/r7DPUcaPWVm4zYh4pkIHEqnbyIQmUjv1A=';
-- A statement that waits for a lock lets everybody queue behind it.
ALTER ROLE "fleet_app" SET lock_timeout = '30s';
ALTER ROLE "fleet_monitor" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT CONNECTION LIMIT 5 PASSWORD 'SCRAM-SHA-256$4096:l1v6dqpg31tl58uKjjDZrA==$i4kdYX8P/2sKB1+mFB2edN83lOJwmOcwd8WLFMAZSws=:2OcnmO1aT/MWRS/IinEmEi1PDVL2fJOm60Sfdqpf8gg=';
ALTER ROLE "fleet_monitor" SET statement_timeout = '10s';
ALTER ROLE "fleet_monitor" SET default_transaction_read_only = on;
GRANT pg_monitor TO "fleet_monitor";
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text, boolean, boolean) TO "rewinder";
GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_file(text, boolean) TO "rewinder";
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text) TO "rewinder";
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) TO "rewinder";

SELECT 'CREATE DATABASE "bike_fleet"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'bike_fleet') \gexec
-- The application owns its schema, not the database, so it can neither drop nor rename it.
ALTER DATABASE "bike_fleet" OWNER TO "postgres";
REVOKE ALL ON DATABASE "bike_fleet" FROM PUBLIC;
REVOKE ALL ON DATABASE "postgres" FROM PUBLIC;
REVOKE ALL ON DATABASE "template1" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE "bike_fleet" TO "fleet_app";
GRANT CONNECT ON DATABASE "bike_fleet" TO "fleet_monitor";
GRANT CONNECT ON DATABASE postgres TO "fleet_monitor", "rewinder";
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

\connect "bike_fleet"
SET client_min_messages = warning;
ALTER SCHEMA public OWNER TO "fleet_app";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- For searching text by its parts. Installing it takes more rights than the application has.
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
