/**
 * The schema, as the steps that lead to it: a database at `user_version` n has run the first n. A step that has been
 * released is never changed; a new one is added at the end.
 *
 * Times are milliseconds since the epoch. Everything remote carries its scope.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE owners (
    owner_id TEXT PRIMARY KEY,
    pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    graph_id TEXT NOT NULL,
    graph_name TEXT NOT NULL,
    scope TEXT NOT NULL,
    server_label TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    settled_at INTEGER,
    steps INTEGER NOT NULL,
    done INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    graph_json TEXT NOT NULL,
    plan_json TEXT NOT NULL,
    options_json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_start ON runs (started_at DESC);
  CREATE INDEX runs_by_graph ON runs (graph_id, started_at DESC);

  CREATE TABLE journal (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE ledger (
    run_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    scope TEXT NOT NULL,
    platform TEXT NOT NULL,
    account_id TEXT NOT NULL,
    product TEXT NOT NULL,
    media_sha256 TEXT NOT NULL,
    caption TEXT NOT NULL,
    params_json TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    job_id TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (run_id, step_id, attempt)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ledger_by_post ON ledger (scope, account_id, product, media_sha256, at DESC);

  CREATE TABLE media (
    sha256 TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    duration_ms INTEGER,
    added_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- The same bytes may come in more than once, from a server and from a person.
  CREATE TABLE media_origins (
    sha256 TEXT NOT NULL REFERENCES media ON DELETE CASCADE,
    origin TEXT NOT NULL,
    scope TEXT NOT NULL,
    PRIMARY KEY (sha256, origin, scope)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE media_made_from (
    sha256 TEXT NOT NULL REFERENCES media ON DELETE CASCADE,
    source_sha256 TEXT NOT NULL,
    PRIMARY KEY (sha256, source_sha256)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE remote_media (
    scope TEXT NOT NULL,
    media_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (scope, media_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX remote_media_by_bytes ON remote_media (scope, sha256, at DESC);

  CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    json TEXT NOT NULL,
    revision INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    saved_json TEXT,
    saved_at INTEGER,
    file_path TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX documents_by_change ON documents (changed_at DESC);

  CREATE TABLE settings (
    space TEXT NOT NULL,
    name TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (space, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE job_durations (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    model TEXT NOT NULL,
    ended TEXT NOT NULL,
    ms INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX job_durations_by_kind ON job_durations (scope, kind, model, at DESC);
  `,
  `
  -- When a job was last seen under way. Jobs of before this column were looked at every 5 s at least.
  ALTER TABLE job_durations ADD COLUMN after_ms INTEGER NOT NULL DEFAULT 0;
  UPDATE job_durations SET after_ms = max(0, ms - 5500);
  `,
  `
  -- How often the run was taken up again without living through its first minute since.
  ALTER TABLE runs ADD COLUMN resumes INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- Results that a later step with an equal key takes instead of making its own. They outlive their run.
  CREATE TABLE takes (
    take_id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    -- '' for what this machine made by itself.
    scope TEXT NOT NULL,
    run_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    graph_id TEXT NOT NULL,
    node_id TEXT NOT NULL,
    item_path TEXT NOT NULL,
    node_type TEXT NOT NULL,
    title TEXT NOT NULL,
    recipe_json TEXT NOT NULL,
    outputs_json TEXT NOT NULL,
    -- The remote job that made it, where its outputs can be fetched again.
    job_json TEXT,
    paid INTEGER NOT NULL,
    estimate_microdollars INTEGER,
    started_at INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    UNIQUE (key, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX takes_by_time ON takes (made_at DESC);

  -- Which node had which take as its result, made or reused, and when last.
  CREATE TABLE take_uses (
    graph_id TEXT NOT NULL,
    node_id TEXT NOT NULL,
    item_path TEXT NOT NULL,
    take_id TEXT NOT NULL REFERENCES takes ON DELETE CASCADE,
    at INTEGER NOT NULL,
    PRIMARY KEY (graph_id, node_id, item_path, take_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX take_uses_by_node ON take_uses (node_id, item_path, at DESC);
  CREATE INDEX take_uses_by_take ON take_uses (take_id, at DESC);

  -- Numbers handed out, so that none is used twice. Open: its owner may still bring the take.
  CREATE TABLE take_numbers (
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    open INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (key, number)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What the history of runs is searched by and shows at a glance, beside the runs because their graph and plan are
  -- large. NULL in spent_microdollars: the run came to rest before this table was there, and nobody has looked since.
  CREATE TABLE run_history (
    run_id TEXT PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    text TEXT NOT NULL,
    spent_microdollars INTEGER,
    needs_you INTEGER,
    outputs_json TEXT
  ) STRICT;
  INSERT INTO run_history (run_id, text)
    SELECT run_id, lower(graph_name || ' ' || server_label || ' ' || coalesce((
      SELECT group_concat(atom, ' ')
      FROM json_tree(CASE WHEN json_valid(graph_json) THEN graph_json ELSE '{}' END, '$.nodes')
      WHERE type = 'text' AND key IN ('title', 'prompt', 'text', 'caption', 'model', 'name')), ''))
    FROM runs;
  DROP INDEX runs_by_start;
  DROP INDEX runs_by_graph;
  CREATE INDEX runs_by_start ON runs (started_at DESC, run_id DESC);
  CREATE INDEX runs_by_graph ON runs (graph_id, started_at DESC, run_id DESC);
  CREATE INDEX runs_not_at_rest ON runs (owner_id)
    WHERE status NOT IN ('done', 'failed', 'cancelled', 'needs-you');
  -- A run that is being removed takes no more events, so that no create of it leaves any more.
  CREATE TRIGGER journal_of_removed_run BEFORE INSERT ON journal
    WHEN (SELECT status FROM runs WHERE run_id = NEW.run_id) = 'deleted'
    BEGIN SELECT RAISE(ABORT, 'The run was removed.'); END;
  `,
  `
  -- The ledger outlives its runs, so it keeps what a person knows a post by, whose yes it had, and what became of it.
  ALTER TABLE ledger ADD COLUMN graph_id TEXT NOT NULL DEFAULT '';
  ALTER TABLE ledger ADD COLUMN graph_name TEXT NOT NULL DEFAULT '';
  ALTER TABLE ledger ADD COLUMN node_id TEXT NOT NULL DEFAULT '';
  ALTER TABLE ledger ADD COLUMN server_label TEXT NOT NULL DEFAULT '';
  ALTER TABLE ledger ADD COLUMN account_name TEXT;
  ALTER TABLE ledger ADD COLUMN media_kind TEXT NOT NULL DEFAULT 'image';
  ALTER TABLE ledger ADD COLUMN approved_by TEXT NOT NULL DEFAULT 'person';
  ALTER TABLE ledger ADD COLUMN permalink TEXT;
  ALTER TABLE ledger ADD COLUMN settled_as TEXT;
  ALTER TABLE ledger ADD COLUMN settled_by TEXT;
  ALTER TABLE ledger ADD COLUMN settled_at INTEGER;
  UPDATE ledger SET
    graph_id = coalesce((SELECT graph_id FROM runs WHERE runs.run_id = ledger.run_id), ''),
    graph_name = coalesce((SELECT graph_name FROM runs WHERE runs.run_id = ledger.run_id), ''),
    server_label = coalesce((SELECT server_label FROM runs WHERE runs.run_id = ledger.run_id), ''),
    node_id = step_id,
    media_kind = coalesce((SELECT kind FROM media WHERE media.sha256 = ledger.media_sha256), 'image');
  CREATE INDEX ledger_by_time ON ledger (at DESC, run_id, step_id, attempt);

  -- Who sends a post now: nobody else sends the same one meanwhile. Void when its owner is dead.
  CREATE TABLE post_holds (
    post TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Media that nodes made, for the gallery: the latest making by each node. It outlives its run.
  CREATE TABLE gallery (
    result_id INTEGER PRIMARY KEY,
    graph_id TEXT NOT NULL,
    node_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    run_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    take_id TEXT,
    graph_name TEXT NOT NULL,
    node_type TEXT NOT NULL,
    title TEXT NOT NULL,
    -- The beginning of the words it was made from.
    excerpt TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL,
    -- 1 for what was taken from an earlier result.
    reused INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    UNIQUE (graph_id, node_id, sha256)
  ) STRICT;
  CREATE INDEX gallery_by_time ON gallery (made_at DESC, result_id DESC);
  CREATE INDEX gallery_by_graph ON gallery (graph_id, made_at DESC, result_id DESC);
  CREATE INDEX gallery_by_media ON gallery (sha256);
  -- What runs made before there was a gallery: found by the words of their run.
  INSERT OR REPLACE INTO gallery (graph_id, node_id, sha256, kind, run_id, step_id, graph_name, node_type, title, text,
      reused, made_at)
    SELECT runs.graph_id, head.value ->> '$.nodeId', made.media ->> '$.sha256', made.media ->> '$.kind', runs.run_id,
      made.step_id, runs.graph_name, head.value ->> '$.type', head.value ->> '$.title', run_history.text, 0, made.at
    FROM (
      SELECT journal.run_id, journal.at, journal.json ->> '$.stepId' AS step_id, journal.json -> '$.media' AS media
        FROM journal WHERE journal.type = 'output-stored'
      UNION ALL
      SELECT journal.run_id, journal.at, journal.json ->> '$.stepId', output.value -> '$.value'
        FROM journal, json_each(journal.json, '$.outputs') AS output WHERE journal.type = 'step-succeeded'
    ) AS made
    JOIN runs ON runs.run_id = made.run_id
    JOIN run_history ON run_history.run_id = made.run_id
    JOIN journal AS started ON started.run_id = made.run_id AND started.seq = 1
    JOIN json_each(started.json, '$.steps') AS head ON head.value ->> '$.stepId' = made.step_id
    WHERE made.media ->> '$.sha256' IS NOT NULL AND made.media ->> '$.kind' IS NOT NULL
      AND head.value ->> '$.nodeId' IS NOT NULL AND head.value ->> '$.title' IS NOT NULL
      AND head.value ->> '$.type' IN ('generate', 'edit')
    ORDER BY made.at;
  `,
  `
  -- Texts that nodes made are in the gallery, too: here as a whole, with the hash of the text as their sha256.
  ALTER TABLE gallery ADD COLUMN content TEXT;
  `,
  `
  -- What became of the create that is to make the take of a number: sent and not answered, or the job the server has.
  ALTER TABLE take_numbers ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE take_numbers ADD COLUMN out_json TEXT;
  -- Jobs that were out before this was noted: of their last create the journal has the id, and no end of the job.
  UPDATE take_numbers SET out_json = made.out_json FROM (
    WITH intended AS MATERIALIZED (
      SELECT run_id, json ->> '$.stepId' AS step_id, json ->> '$.attempt' AS attempt, json ->> '$.takeKey' AS key,
        json ->> '$.takeNumber' AS number, json -> '$.estimateMicrodollars' AS estimate
      FROM journal WHERE type = 'create-intended' AND json ->> '$.takeKey' IS NOT NULL
    ), accepted AS MATERIALIZED (
      SELECT run_id, json ->> '$.stepId' AS step_id, json ->> '$.attempt' AS attempt, json -> '$.job' AS job, seq
      FROM journal WHERE type = 'job-accepted'
    ), failed AS MATERIALIZED (
      SELECT run_id, json ->> '$.stepId' AS step_id, seq FROM journal WHERE type = 'step-failed'
    )
    SELECT intended.key, intended.number,
      CASE WHEN intended.estimate IS NULL THEN json_object('job', json(accepted.job))
        ELSE json_object('job', json(accepted.job), 'estimateMicrodollars', json(intended.estimate)) END AS out_json
    FROM intended JOIN accepted USING (run_id, step_id, attempt)
    WHERE NOT EXISTS (
      SELECT 1 FROM failed
      WHERE failed.run_id = accepted.run_id AND failed.step_id = accepted.step_id AND failed.seq > accepted.seq)
  ) AS made
  WHERE take_numbers.key = made.key AND take_numbers.number = made.number
    AND NOT EXISTS (SELECT 1 FROM takes WHERE takes.key = made.key AND takes.number = made.number);
  `,
  `
  -- Where a result stands: its run, by its beginning, then its place among the results of the run and of its step.
  -- Of older ones only the time is known, so those of a run keep the order they had.
  ALTER TABLE gallery ADD COLUMN run_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE gallery ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE gallery ADD COLUMN output INTEGER NOT NULL DEFAULT 0;
  UPDATE gallery SET run_at = earlier.run_at, place = earlier.place FROM (
    SELECT gallery.result_id,
      coalesce(runs.started_at, min(gallery.made_at) OVER (PARTITION BY gallery.run_id)) AS run_at,
      row_number() OVER (PARTITION BY gallery.run_id ORDER BY gallery.made_at DESC, gallery.result_id DESC) - 1 AS place
    FROM gallery LEFT JOIN runs USING (run_id)
  ) AS earlier
  WHERE gallery.result_id = earlier.result_id;
  DROP INDEX gallery_by_time;
  DROP INDEX gallery_by_graph;
  CREATE INDEX gallery_by_run ON gallery (run_at DESC, run_id DESC, place, output, result_id);
  CREATE INDEX gallery_by_graph ON gallery (graph_id, run_at DESC, run_id DESC, place, output, result_id);
  `,
  `
  -- With a hundred thousand runs no question may read them all: their graphs and plans lie between what is asked for.
  -- Hidden runs are in no list, so they are in no index of one.
  DROP INDEX runs_by_start;
  DROP INDEX runs_by_graph;
  DROP INDEX runs_not_at_rest;
  CREATE INDEX runs_by_start ON runs (started_at DESC, run_id DESC, status, settled_at) WHERE status <> 'deleted';
  CREATE INDEX runs_by_graph ON runs (graph_id, started_at DESC, run_id DESC) WHERE status <> 'deleted';
  CREATE INDEX runs_not_at_rest ON runs (owner_id)
    WHERE status NOT IN ('done', 'failed', 'cancelled', 'needs-you', 'deleted');
  CREATE INDEX runs_not_over_by_graph ON runs (graph_id, started_at DESC, run_id DESC)
    WHERE status NOT IN ('done', 'failed', 'cancelled', 'deleted');
  CREATE INDEX runs_hidden ON runs (run_id) WHERE status = 'deleted';
  -- Beside the words of a run, which are long.
  CREATE INDEX run_history_by_need ON run_history (run_id, needs_you);
  CREATE INDEX ledger_not_known ON ledger (run_id)
    WHERE settled_as IS NULL AND state NOT IN ('refused', 'not-sent', 'succeeded', 'failed');
  CREATE INDEX ledger_by_media ON ledger (media_sha256);
  CREATE INDEX ledger_by_account ON ledger (platform, account_id, account_name);
  CREATE INDEX ledger_by_job ON ledger (scope, job_id) WHERE job_id IS NOT NULL;
  `,
  `
  -- Posts of one state, newest first.
  CREATE INDEX ledger_by_standing ON ledger (
    CASE WHEN state = 'succeeded' THEN 'posted' WHEN state = 'sent' THEN 'accepted'
    WHEN state IN ('refused', 'not-sent', 'failed') THEN 'not-posted'
    WHEN settled_as IS NULL THEN 'open' ELSE 'settled' END,
    at DESC, run_id, step_id, attempt);
  `,
];
