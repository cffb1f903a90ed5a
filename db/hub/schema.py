"""What stands in the hub's database: schema ``kuaishen``, tables, functions, views and who may use them.

Plain SQL of PostgreSQL 15 without extensions. Stations hold no right on any table: they write through functions that
run as the owner and read through views limited to the centre of whoever is logged in.
"""

from __future__ import annotations

from typing import Final

from db.attachments import MOST_BYTES
from db.numbers import LAST_SERIAL
from db.wire import EVENTS_IN_BATCH, MOST_PACKED

VERSION: Final = 1
SCHEMA: Final = "kuaishen"
OWNER: Final = "kuaishen_owner"  # owns everything, cannot log in
STATIONS: Final = "kuaishen_station"  # what every station's log-in is a member of

# One entry per version; what is entered here is never changed afterwards.
TABLES: Final[tuple[str, ...]] = (
    """
CREATE TABLE hub (version integer NOT NULL, made_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE centre (
    id text PRIMARY KEY,
    name text NOT NULL UNIQUE,
    epoch text NOT NULL,
    signing_key bytea NOT NULL,
    bundle_key bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    next_serial bigint NOT NULL DEFAULT 1
);

CREATE TABLE stations (
    login text PRIMARY KEY,
    centre text NOT NULL REFERENCES centre (id),
    name text NOT NULL,
    carrier boolean NOT NULL,
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    UNIQUE (centre, name)
);

-- A station as the journal knows it. Without log-in: a carrier brought its events, it has not come itself yet.
CREATE TABLE incarnations (
    centre text NOT NULL REFERENCES centre (id),
    station text NOT NULL,
    login text REFERENCES stations (login),
    name text NOT NULL DEFAULT '',
    registered_at timestamptz NOT NULL DEFAULT now(),
    vector text NOT NULL DEFAULT '',
    heard_at timestamptz,
    PRIMARY KEY (centre, station)
);

CREATE TABLE chains (
    centre text NOT NULL,
    station text NOT NULL,
    seq bigint NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (centre, station)
);

-- The last number of a station's batches always grows, also where they overlap.
CREATE TABLE batches (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    centre text NOT NULL,
    station text NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    prev_hash text NOT NULL,
    hashes bytea NOT NULL,
    streams bigint[] NOT NULL,
    body bytea NOT NULL,
    size integer NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    login text NOT NULL,
    UNIQUE (centre, station, last)
);
ALTER TABLE batches ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE batches ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE forks (
    centre text NOT NULL,
    station text NOT NULL,
    seq bigint NOT NULL,
    hash text NOT NULL,
    login text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (centre, station, seq, hash, login)
);

CREATE TABLE blobs (
    centre text NOT NULL REFERENCES centre (id),
    sha256 bytea NOT NULL,
    size integer NOT NULL,
    body bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    login text NOT NULL,
    PRIMARY KEY (centre, sha256)
);
ALTER TABLE blobs ALTER COLUMN body SET STORAGE EXTERNAL;
""",
)

_PINNED: Final = "SECURITY DEFINER SET search_path = pg_catalog, kuaishen, pg_temp"

# The two that are not pinned run only inside one that is, and are nobody's to call.
# Conditions on what a station hands over are written as "IS NOT TRUE", so that a NULL is refused and not let through.
FUNCTIONS: Final = f"""
CREATE OR REPLACE FUNCTION hash_at(centre_ text, station_ text, seq_ bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT encode(substr(b.hashes, (32 * (seq_ - b.first) + 1)::integer, 32), 'hex')
    FROM batches b WHERE b.centre = centre_ AND b.station = station_ AND b.last >= seq_ ORDER BY b.last LIMIT 1
$$;

-- One batch: 'ok', 'known', or why not; then seq tells where.
CREATE OR REPLACE FUNCTION append_one(
    me stations, station_ text, first_ bigint, last_ bigint, prev_ text, hashes_ bytea, streams_ bigint[], body_ bytea,
    OUT status text, OUT seq bigint
) LANGUAGE plpgsql AS $$
DECLARE
    owner text;
    held_seq bigint;
    held_hash text;
    known record;
    low bigint;
    high bigint;
BEGIN
    seq := first_;
    IF (station_ ~ '^[0-9a-f]{{32}}$' AND first_ BETWEEN 1 AND last_ AND last_ - first_ < {EVENTS_IN_BATCH}
        AND last_ < 4611686018427387904
        AND octet_length(hashes_) = 32 * (last_ - first_ + 1)
        AND CASE WHEN first_ = 1 THEN prev_ = '' ELSE prev_ ~ '^[0-9a-f]{{64}}$' END
        AND cardinality(streams_) <= {EVENTS_IN_BATCH} AND array_position(streams_, NULL) IS NULL
        AND octet_length(body_) BETWEEN 1 AND {MOST_PACKED}) IS NOT TRUE
    THEN
        status := 'shape';
        RETURN;
    END IF;

    SELECT i.login INTO owner FROM incarnations i WHERE i.centre = me.centre AND i.station = station_;
    IF NOT FOUND AND me.carrier THEN
        INSERT INTO incarnations (centre, station) VALUES (me.centre, station_) ON CONFLICT DO NOTHING;
    ELSIF NOT me.carrier AND owner IS DISTINCT FROM me.login THEN
        status := 'foreign';
        RETURN;
    END IF;

    SELECT c.seq, c.hash INTO held_seq, held_hash
    FROM chains c WHERE c.centre = me.centre AND c.station = station_ FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO chains VALUES (me.centre, station_, 0, '') ON CONFLICT DO NOTHING;
        SELECT c.seq, c.hash INTO held_seq, held_hash
        FROM chains c WHERE c.centre = me.centre AND c.station = station_ FOR UPDATE;
    END IF;

    IF first_ > held_seq + 1 THEN
        status := 'gap';
        RETURN;
    ELSIF first_ > held_seq THEN
        IF prev_ <> held_hash THEN
            status := 'fork';
            seq := first_ - 1;
            RETURN;
        END IF;
    ELSE
        IF first_ > 1 AND prev_ <> hash_at(me.centre, station_, first_ - 1) THEN
            status := 'fork';
            seq := first_ - 1;
            RETURN;
        END IF;
        FOR known IN
            SELECT b.first, b.last, b.hashes FROM batches b
            WHERE b.centre = me.centre AND b.station = station_ AND b.last >= first_ AND b.first <= last_
            ORDER BY b.last
        LOOP
            low := greatest(first_, known.first);
            high := least(last_, known.last);
            IF substr(known.hashes, (32 * (low - known.first) + 1)::integer, (32 * (high - low + 1))::integer)
                = substr(hashes_, (32 * (low - first_) + 1)::integer, (32 * (high - low + 1))::integer)
            THEN
                CONTINUE;
            END IF;
            FOR number IN low..high LOOP
                IF substr(known.hashes, (32 * (number - known.first) + 1)::integer, 32)
                    <> substr(hashes_, (32 * (number - first_) + 1)::integer, 32)
                THEN
                    status := 'fork';
                    seq := number;
                    RETURN;
                END IF;
            END LOOP;
        END LOOP;
        IF last_ <= held_seq THEN
            status := 'known';
            RETURN;
        END IF;
    END IF;

    INSERT INTO batches (centre, station, first, last, prev_hash, hashes, streams, body, size, login)
    VALUES (me.centre, station_, first_, last_, prev_, hashes_, streams_, body_, octet_length(body_), me.login);
    UPDATE chains c SET seq = last_, hash = encode(substr(hashes_, octet_length(hashes_) - 31), 'hex')
    WHERE c.centre = me.centre AND c.station = station_;
    status := 'ok';
END
$$;

-- Several batches, all or none; each place of the arrays is one batch, its streams written as a list '{{1,2}}'.
-- It answers instead of failing, because a fork must stay recorded though nothing else does.
CREATE OR REPLACE FUNCTION append(
    stations_ text[], firsts_ bigint[], lasts_ bigint[], prevs_ text[], hashes_ bytea[], streams_ text[],
    bodies_ bytea[], OUT status text, OUT station text, OUT seq bigint
) LANGUAGE plpgsql {_PINNED} AS $$
DECLARE
    me stations;
    one record;
    offered text;
BEGIN
    SELECT s.* INTO me FROM stations s WHERE s.login = session_user::text AND s.revoked_at IS NULL;
    IF NOT FOUND THEN
        status := 'revoked';
        RETURN;
    END IF;
    BEGIN
        IF cardinality(stations_) > 1 THEN
            -- In one order for everybody, or two that bring the same chains would wait for each other.
            INSERT INTO chains SELECT me.centre, s.station, 0, '' FROM (SELECT DISTINCT unnest(stations_) AS station) s
            WHERE s.station ~ '^[0-9a-f]{{32}}$' ORDER BY s.station ON CONFLICT DO NOTHING;
            PERFORM 1 FROM chains c WHERE c.centre = me.centre AND c.station = ANY (stations_)
            ORDER BY c.station FOR UPDATE;
        END IF;
        FOR place IN 1..coalesce(cardinality(stations_), 0) LOOP
            one := append_one(me, stations_[place], firsts_[place], lasts_[place], prevs_[place], hashes_[place],
                              streams_[place]::bigint[], bodies_[place]);
            IF one.status NOT IN ('ok', 'known') THEN
                status := one.status;
                station := stations_[place];
                seq := one.seq;
                offered := CASE WHEN seq < firsts_[place] THEN prevs_[place]
                    ELSE encode(substr(hashes_[place], (32 * (seq - firsts_[place]) + 1)::integer, 32), 'hex') END;
                RAISE EXCEPTION USING ERRCODE = 'KS001';
            END IF;
        END LOOP;
        status := 'ok';
        RETURN;
    EXCEPTION WHEN SQLSTATE 'KS001' THEN
        NULL;  -- everything that was written in the block is undone, what is remembered in variables is not
    END;
    IF status = 'fork' THEN
        INSERT INTO forks VALUES (me.centre, station, seq, offered, me.login) ON CONFLICT DO NOTHING;
    END IF;
END
$$;

-- Introduces the present incarnation and says what it holds; answers with all that a meeting begins with.
CREATE OR REPLACE FUNCTION greet(station_ text, name_ text, own_ text[], vector_ text) RETURNS jsonb
LANGUAGE plpgsql {_PINNED} AS $$
DECLARE
    me stations;
    here centre;
BEGIN
    SELECT s.* INTO me FROM stations s WHERE s.login = session_user::text AND s.revoked_at IS NULL;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('status', 'revoked');
    END IF;
    IF (station_ ~ '^[0-9a-f]{{32}}$' AND length(name_) <= 200 AND cardinality(own_) <= 10000
        AND octet_length(vector_) <= 4194304 AND jsonb_typeof(vector_::jsonb) = 'object') IS NOT TRUE
    THEN
        RETURN jsonb_build_object('status', 'shape');
    END IF;
    -- Others read it: what is no count of events would stop their programs.
    IF EXISTS (SELECT 1 FROM jsonb_each(vector_::jsonb) v WHERE v.value::text !~ '^[0-9]{{1,18}}$') THEN
        RETURN jsonb_build_object('status', 'shape');
    END IF;
    INSERT INTO incarnations AS i (centre, station, login, name, vector, heard_at)
    VALUES (me.centre, station_, me.login, name_, vector_, now())
    ON CONFLICT (centre, station) DO UPDATE
        SET login = excluded.login, name = excluded.name, vector = excluded.vector, heard_at = excluded.heard_at
        WHERE i.login IS NULL OR i.login = excluded.login;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('status', 'identity');
    END IF;
    INSERT INTO incarnations AS i (centre, station, login, name)
    SELECT me.centre, o.station, me.login, name_ FROM (SELECT DISTINCT unnest(own_) AS station) o
    WHERE o.station ~ '^[0-9a-f]{{32}}$' AND o.station <> station_
    ON CONFLICT (centre, station) DO UPDATE SET login = excluded.login WHERE i.login IS NULL;
    SELECT c.* INTO here FROM centre c WHERE c.id = me.centre;
    RETURN jsonb_build_object(
        'status', 'ok',
        'version', (SELECT max(h.version) FROM hub h),
        'centre', me.centre,
        'epoch', here.epoch,
        'carrier', me.carrier,
        -- Only where the hub holds something else than the asker, and the asker's own: a centre with many stations
        -- meets every few minutes, mostly without news.
        'chains', (SELECT coalesce(jsonb_object_agg(d.station, jsonb_build_array(d.seq, d.hash)), '{{}}') FROM (
                       SELECT coalesce(c.station, v.key) AS station, coalesce(c.seq, 0) AS seq,
                           coalesce(c.hash, '') AS hash, coalesce(v.value::numeric, 0) AS known
                       FROM (SELECT * FROM chains WHERE centre = me.centre AND seq > 0) c
                       FULL JOIN jsonb_each_text(vector_::jsonb) v ON v.key = c.station
                   ) d WHERE d.seq <> d.known OR d.station = ANY (own_)),
        -- What both hold equally much of, in one word: whether it is the same, too.
        'agreed', (SELECT encode(sha256(convert_to(coalesce(
                       string_agg(c.station || c.hash, '' ORDER BY c.station COLLATE "C"), ''), 'UTF8')), 'hex')
                   FROM chains c JOIN jsonb_each_text(vector_::jsonb) v ON v.key = c.station
                   WHERE c.centre = me.centre AND c.seq > 0 AND c.seq = v.value::numeric),
        -- Another store that came under the same log-in since this one began: a copy, or one file for two.
        'twin', EXISTS (SELECT 1 FROM incarnations mine JOIN incarnations i ON i.centre = mine.centre
                        WHERE mine.centre = me.centre AND mine.station = station_ AND i.login = me.login
                            AND i.station <> ALL (own_) AND i.station <> station_
                            AND i.heard_at > greatest(mine.registered_at, now() - interval '14 days')),
        'writable', (SELECT coalesce(jsonb_agg(i.station), '[]')
                     FROM incarnations i WHERE i.centre = me.centre AND i.login = me.login),
        -- How far the others are with the asker's own events: that is what the asker wants to know.
        'peers', (SELECT coalesce(jsonb_object_agg(p.station, jsonb_build_array(p.name, (
                      SELECT coalesce(jsonb_object_agg(o.key, o.value), '{{}}')
                      FROM jsonb_each(p.vector::jsonb) o WHERE o.key = ANY (own_)
                  ), p.heard_at)), '{{}}')
                  FROM peers p WHERE p.login IS DISTINCT FROM me.login)
    );
END
$$;

-- The next ``count`` serial numbers of the centre, or NULLs when there are not that many left.
CREATE OR REPLACE FUNCTION reserve(count_ bigint, OUT status text, OUT first bigint, OUT last bigint)
LANGUAGE plpgsql {_PINNED} AS $$
BEGIN
    IF (count_ BETWEEN 1 AND 100000) IS NOT TRUE THEN
        status := 'shape';
        RETURN;
    END IF;
    UPDATE centre c SET next_serial = c.next_serial + count_
    FROM stations s
    WHERE s.login = session_user::text AND s.revoked_at IS NULL AND c.id = s.centre
        AND c.next_serial + count_ - 1 <= {LAST_SERIAL}
    RETURNING c.next_serial - count_, c.next_serial - 1 INTO first, last;
    status := CASE WHEN FOUND THEN 'ok'
        WHEN EXISTS (SELECT 1 FROM stations s WHERE s.login = session_user::text AND s.revoked_at IS NULL) THEN 'out'
        ELSE 'revoked' END;
END
$$;

CREATE OR REPLACE FUNCTION put_blob(sha256_ bytea, body_ bytea) RETURNS text
LANGUAGE plpgsql {_PINNED} AS $$
DECLARE
    me stations;
BEGIN
    SELECT s.* INTO me FROM stations s WHERE s.login = session_user::text AND s.revoked_at IS NULL;
    IF NOT FOUND THEN
        RETURN 'revoked';
    ELSIF (octet_length(body_) <= {MOST_BYTES}) IS NOT TRUE THEN
        RETURN 'size';
    ELSIF (sha256(body_) = sha256_) IS NOT TRUE THEN
        RETURN 'hash';
    END IF;
    INSERT INTO blobs (centre, sha256, size, body, login)
    VALUES (me.centre, sha256_, octet_length(body_), body_, me.login) ON CONFLICT DO NOTHING;
    RETURN 'ok';
END
$$;
"""  # noqa: S608 (constants of this file)

# A view reads its tables with the rights of its owner; the barrier keeps foreign rows from functions of the asker.
_MINE: Final = "(SELECT s.centre FROM stations s WHERE s.login = session_user::text AND s.revoked_at IS NULL)"
VIEWS: Final = f"""
CREATE OR REPLACE VIEW vector WITH (security_barrier) AS
    SELECT c.station, c.seq, c.hash FROM chains c WHERE c.centre = {_MINE} AND c.seq > 0;

CREATE OR REPLACE VIEW journal WITH (security_barrier) AS
    SELECT b.id, b.station, b.first, b.last, b.prev_hash, b.hashes, b.streams, b.body, b.size
    FROM batches b WHERE b.centre = {_MINE};

CREATE OR REPLACE VIEW attachments WITH (security_barrier) AS
    SELECT b.sha256, b.size, b.body FROM blobs b WHERE b.centre = {_MINE};

CREATE OR REPLACE VIEW peers WITH (security_barrier) AS
    SELECT i.station, i.login, coalesce(o.name, i.name) AS name, i.vector,
        to_char(i.heard_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS heard_at
    FROM incarnations i LEFT JOIN stations o ON o.login = i.login
    WHERE i.centre = {_MINE} AND i.heard_at IS NOT NULL;
"""  # noqa: S608 (constants of this file)

RIGHTS: Final = f"""
REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM PUBLIC, {STATIONS};
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {SCHEMA} FROM PUBLIC, {STATIONS};
GRANT USAGE ON SCHEMA {SCHEMA} TO {STATIONS};
GRANT SELECT ON vector, journal, attachments, peers TO {STATIONS};
GRANT EXECUTE ON FUNCTION
    append(text[], bigint[], bigint[], text[], bytea[], text[], bytea[]),
    greet(text, text, text[], text),
    reserve(bigint),
    put_blob(bytea, bytea)
TO {STATIONS};
"""
