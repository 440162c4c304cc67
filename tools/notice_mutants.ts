import type { Mutant } from "./mutant.ts";

const STORES = "tests/storage/notices_test.ts";
const LOOP = "tests/work/notify/tell_notices_test.ts";
const NOTIFIER = "tests/work/notify/run_notifier_test.ts";
const WORK = "tests/work/notify/notify_test.ts";

const STATE = "lib/state/state.ts";
const TELL = "lib/work/notify/tell_notices.ts";
const RUN = "lib/work/notify/run_notifier.ts";
const FOLDER = "lib/storage/file/folder_notices.ts";
const SQLITE = "lib/storage/sqlite/notice_statements.ts";

const TOLD = "    await notice.noteTold();\n";
const RUNS = "    const failure = await runNotifier(";

/** Mutants that break what is promised about notices, metrics and the health file. */
export const NOTICE_MUTANTS: readonly Mutant[] = [
  {
    name: "notice: what asks again is not told again",
    edits: [{
      file: STATE,
      find: "return isAsking ? `${status} ${rests}` : undefined;",
      replace: "return isAsking ? `${status} 1` : undefined;",
    }],
    tests: [STORES],
  },
  {
    name: "notice: what was answered is told",
    edits: [{
      file: STATE,
      find: '(wait.for === "signal" && !signals.has(wait.signal ?? ""))',
      replace: '(wait.for === "signal")',
    }],
    tests: [STORES],
  },
  {
    name: "notice: what sleeps is told",
    edits: [{ file: STATE, find: '        wait.for === "decision" ||', replace: '        wait.for !== "signal" ||' }],
    tests: [WORK],
  },
  {
    name: "notice: nobody remembers that it was told",
    edits: [{ file: TELL, find: TOLD, replace: "" }],
    tests: [LOOP],
  },
  {
    name: "notice: it is remembered before it is told",
    edits: [{ file: TELL, find: TOLD, replace: "" }, { file: TELL, find: RUNS, replace: TOLD + RUNS }],
    tests: [LOOP, WORK],
  },
  {
    name: "notice: the pauses after failures do not grow",
    edits: [{ file: TELL, find: "const ms = pauseAfter(count);", replace: "const ms = pauseAfter(1);" }],
    tests: [LOOP],
  },
  {
    name: "notice: a broken notifier is tried for all at once",
    edits: [{ file: TELL, find: "(this.#failures > 0 ? 1 : AT_ONCE)", replace: "AT_ONCE" }],
    tests: [LOOP],
  },
  {
    name: "notice: two processes of a SQLite database tell the same",
    edits: [{
      file: SQLITE,
      find:
        "  and (notifying_until is null or notifying_until <= ?2 or notifying_until > ?2 + ?4) order by id limit ?5)",
      replace: "  and (?4 is not null) order by id limit ?5)",
    }],
    tests: [STORES],
  },
  {
    name: "notice: a clock that was set back keeps a SQLite database silent",
    edits: [{
      file: SQLITE,
      find: "notifying_until <= ?2 or notifying_until > ?2 + ?4) order by id",
      replace: "notifying_until <= ?2 or ?4 is null) order by id",
    }],
    tests: [STORES],
  },
  {
    name: "notice: two processes of a folder tell the same",
    edits: [{
      file: FOLDER,
      find: "      if (this.#isClaimed(telling.get(id) ?? 0)) return [];\n",
      replace: "",
    }],
    tests: [STORES],
  },
  {
    name: "notice: a folder tells old endings",
    edits: [{
      file: FOLDER,
      find: "    if (isOneOf(rest, added)) told.set(",
      replace: '    if (rest === "") told.set(',
    }],
    tests: [STORES],
  },
  {
    name: "notice: a SQLite database tells old endings",
    edits: [{
      file: "lib/storage/sqlite/statements.ts",
      find: "`case when ?4 in (5, 6, 7) and not exists (",
      replace: "`case when ?4 = 99 and not exists (",
    }],
    tests: [STORES],
  },
  {
    name: "notice: what workers have given up is not told",
    edits: [{
      file: "lib/storage/sqlite/due_statements.ts",
      find: "  rest = 'aborted stuck ' || epoch\n",
      replace: "  rest = rest\n",
    }],
    tests: [STORES],
  },
  {
    name: "notice: what a notifier has started lives on",
    edits: [{ file: RUN, find: "(Deno.kill(-pid, signal), true)", replace: "(Deno.kill(pid, signal), true)" }],
    tests: [NOTIFIER],
  },
  {
    name: "notice: a notifier may print without end",
    edits: [{ file: RUN, find: "      if (bytes > this.#limits.bytes) return true;\n", replace: "" }],
    tests: [NOTIFIER],
  },
  {
    name: "notice: secrets are told",
    edits: [{
      file: "lib/work/notify/transaction_notices.ts",
      find: "return redactText(cutText(text, MAX_TEXT));",
      replace: "return cutText(text, MAX_TEXT);",
    }],
    tests: [WORK],
  },
  {
    name: "notice: an older skip is left out",
    edits: [{
      file: "lib/work/notify/skip_notices.ts",
      find: "recent.find((skip) => markOf(skip) > told)",
      replace: "newest",
    }],
    tests: [STORES],
  },
  {
    name: "notice: the health file of a worker that has ended stays",
    edits: [{
      file: "lib/work/metrics/health_file.ts",
      find: "    attempt(() => Deno.removeSync(path));\n",
      replace: "",
    }],
    tests: ["tests/work/metrics/health_file_test.ts"],
  },
  {
    name: "notice: a clock that is ahead makes the lag negative",
    edits: [{
      file: "lib/work/metrics/work_metrics.ts",
      find: "Math.max(0, now - oldestDueAt) / 1000",
      replace: "(now - oldestDueAt) / 1000",
    }],
    tests: ["tests/work/metrics/work_metrics_test.ts"],
  },
];
