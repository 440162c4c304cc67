/** What `work --notify` tells, with each store. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Transaction } from "@x/resumable-tx";
import { runMain } from "../../cli/fake_io.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";
import { type ProcessEnd, runCli } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { charge, enqueue, note } from "./notify_steps.ts";

const STEPS = new URL("notify_steps.ts", import.meta.url).pathname;

interface NotifyPlace {
  readonly scope: string;
  readonly journal: (name: string) => string;
  /** Lets the claims of a process that died be over. */
  readonly endClaims: () => Promise<void>;
}

/** Runs what is due, tells of it, and ends. */
async function drain({ scope }: NotifyPlace, notify: string, options: readonly string[] = []): Promise<ProcessEnd> {
  const modules = scope.includes(":") ? ["--modules", STEPS] : [];
  return await runCli(["work", scope, ...modules, "--drain", "--processes=0", "--notify", notify, ...options]);
}

/** What a notifier got. */
function readMessages(path: string): readonly Record<string, unknown>[] {
  try {
    return Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function shortly(path: string): readonly string[] {
  return readMessages(path).map(({ status, step }) => `${status} ${step === undefined ? "" : Object(step).name}`)
    .sort();
}

type Body = (place: NotifyPlace, folder: string) => Promise<void>;

interface Story {
  readonly name: string;
  readonly body: Body;
  /** What the suite of notices does not show of each store. */
  readonly isOfEach?: true;
}

const STORIES: readonly Story[] = [
  {
    name: "tells what needs a person, once each time, with what to type next",
    isOfEach: true,
    async body(place, folder) {
      const told = `${folder}/told`;
      const cat = `sh -c 'cat >> ${told}'`;
      await enqueue(place.journal("asks"), (t) => {
        t.waitFor("go");
        t.do(charge, { card: "4111", apiToken: "hunter2" });
      });
      await enqueue(place.journal("ends"), (t) => void t.do(note));
      await enqueue(place.journal("sleeps"), (t) => t.sleep(3_600_000));
      const first = await drain(place, cat);
      assertEquals([first.code, shortly(told)], [3, ["waiting wait"]], first.stderr);
      await drain(place, cat);
      assertEquals(shortly(told), ["waiting wait"]);
      await Transaction.signal(place.journal("asks"), "go");
      const second = await drain(place, cat);
      assertEquals([second.code, shortly(told)], [1, ["aborted charge", "waiting wait"]], second.stderr);
      await Transaction.resume(place.journal("asks")).catch(() => {});
      await drain(place, cat);
      assertEquals(shortly(told), ["aborted charge", "aborted charge", "waiting wait"]);
      const keys = readMessages(told).map(({ key }) => key);
      assertEquals(new Set(keys).size, 3);
    },
  },
  {
    name: "tells no secrets",
    async body(place, folder) {
      const told = `${folder}/told`;
      await enqueue(place.journal("order"), (t) => void t.do(charge, { card: "4111", apiToken: "hunter2" }));
      await drain(place, `sh -c 'cat >> ${told}'`);
      const [message = {}] = readMessages(told);
      const { id, next, at, openedAt, lastAt, home, ...rest } = message;
      const journal = place.journal("order");
      assertEquals(Deno.readTextFileSync(told).includes("hunter2"), false);
      const reason = "Error: POST https://ana@pay.example: refused, token=«redacted»";
      assertEquals(rest, {
        version: 1,
        key: `${id} aborted 1`,
        text: `${journal}: aborted, step 1 charge: ${reason}`,
        status: "aborted",
        journal,
        ...(place.scope.includes(":") ? { name: "order" } : {}),
        queued: { queue: "default", priority: 0 },
        progress: { done: 0, all: 1 },
        step: {
          id: "1",
          name: "charge",
          status: "failed",
          call: 'charge({ card: "4111", apiToken: «redacted» })',
        },
        reason,
        error: {
          name: "Error",
          message: "POST https://ana@pay.example: refused, token=«redacted»",
          code: "EREFUSED",
        },
      });
      const commands = Array.isArray(next) ? next.map(({ command }) => String(command)) : [];
      assertEquals(commands.length > 0 && commands.every((command) => command.includes(journal)), true);
      const dates = [at, openedAt, lastAt].map((date) => Number.isNaN(Date.parse(String(date))));
      assertEquals([dates, home], [[false, false, false], new URL("notify_steps.ts", import.meta.url).href]);
    },
  },
  {
    name: "tells again what may have been told when its process was killed, and never less than once",
    isOfEach: true,
    async body(place, folder) {
      const told = `${folder}/told`;
      await enqueue(place.journal("order"), (t) => void t.do(charge, { card: "1", apiToken: "2" }));
      // The notifier tells, and its worker dies before it can remember that.
      const killed = await drain(place, `sh -c 'cat >> ${told}; kill -KILL $PPID; sleep 1'`);
      assertEquals([killed.code === 0, shortly(told)], [false, ["aborted charge"]], killed.stderr);
      await drain(place, `sh -c 'cat >> ${told}'`);
      assertEquals(shortly(told), ["aborted charge"], "it may still be telling");
      await place.endClaims();
      await drain(place, `sh -c 'cat >> ${told}'`);
      await place.endClaims();
      await drain(place, `sh -c 'cat >> ${told}'`);
      const keys = readMessages(told).map(({ key }) => key);
      assertEquals([keys.length, new Set(keys).size], [2, 1]);
    },
  },
  {
    name: "a notifier that fails changes no transaction, and the next worker tells",
    async body(place, folder) {
      const told = `${folder}/told`;
      const queued = await enqueue(place.journal("ends"), (t) => void t.do(note));
      await enqueue(place.journal("order"), (t) => void t.do(charge, { card: "1", apiToken: "2" }));
      const failed = await drain(place, "sh -c 'echo no mail server >&2; exit 1'", ["--json"]);
      assertEquals(failed.code, 1, failed.stderr);
      const reports = failed.stderr.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
      assertEquals(reports.filter(({ kind }) => kind === "notify failed").length, 1);
      await queued.wait();
      await place.endClaims();
      await drain(place, `sh -c 'cat >> ${told}'`);
      assertEquals(shortly(told), ["aborted charge"]);
    },
  },
  {
    name: "tells what has ended, if asked to",
    async body(place, folder) {
      const told = `${folder}/told`;
      const cat = `sh -c 'cat >> ${told}'`;
      await enqueue(place.journal("old"), (t) => void t.do(note));
      await drain(place, cat, ["--notify-on=waiting"]);
      await drain(place, cat, ["--notify-on=waiting,finished"]);
      assertEquals(shortly(told), []);
      await enqueue(place.journal("new"), (t) => void t.do(note));
      await drain(place, cat, ["--notify-on=waiting,finished"]);
      assertEquals(readMessages(told).map(({ status, journal }) => `${status} ${journal}`), [
        `finished ${place.journal("new")}`,
      ]);
    },
  },
];

const onPostgres = postgresTests();

for (const { name, body, isOfEach } of STORIES) {
  permittedTest(`work --notify, a folder: ${name}`, ["read", "write", "run", "env", "net", "sys"], async () => {
    await using folder = await makeTempFolder();
    const scope = `${folder.path}/journals`;
    await Deno.mkdir(scope);
    const kept = `${scope}/.resumable_tx/notices.json`;
    await body({
      scope,
      journal: (name) => `${scope}/${name}.json`,
      endClaims: async () => {
        const json = JSON.parse(await Deno.readTextFile(kept));
        await Deno.writeTextFile(kept, JSON.stringify({ ...json, telling: {} }));
      },
    }, folder.path);
  });

  if (isOfEach !== true) continue;
  permittedTest(`work --notify, SQLite: ${name}`, ["read", "write", "run", "env", "net", "sys"], async () => {
    await using folder = await makeTempFolder();
    const scope = `sqlite:${folder.path}/tx.db`;
    await body({
      scope,
      journal: (name) => `${scope}#${name}`,
      endClaims: () => {
        using database = new DatabaseSync(`${folder.path}/tx.db`);
        database.exec("update transactions set notifying_until = null");
        return Promise.resolve();
      },
    }, folder.path);
  });

  onPostgres(`work --notify, PostgreSQL: ${name}`, async ({ locator }) => {
    await using folder = await makeTempFolder();
    await body({
      scope: locator,
      journal: (name) => `${locator}#${name}`,
      endClaims: async () => void await query(locator, "update transactions set notifying_until = null"),
    }, folder.path);
  });
}

/** What is wrong, and the exit code. */
const BAD_WORDS: readonly (readonly [code: number, words: readonly string[]])[] = [
  [2, ["--notify", "mail 'ana"]],
  [2, ["--notify", ""]],
  [2, ["--notify", "cat", "--notify-on", "failed"]],
  [2, ["--notify", "cat", "--notify-on", ","]],
  [2, ["--notify-on", "waiting"]],
  [77, ["--notify", "/nowhere/notify"]],
  [74, ["--health", "/nowhere/health.json", "--processes=0"]],
];

permittedTest("work refuses bad options about notices and health, and runs nothing", [
  "read",
  "write",
  "run",
  "env",
  "net",
  "sys",
], async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/order.json`;
  await enqueue(journal, (t) => void t.do(note));
  const before = await Deno.readTextFile(journal);
  for (const [expected, words] of BAD_WORDS) {
    const { code, error } = await runMain(["work", folder.path, "--drain", ...words]);
    assertEquals([words, code], [words, expected], error);
  }
  assertEquals([await Deno.readTextFile(journal), Array.from(Deno.readDirSync(folder.path)).length], [before, 1]);
});
