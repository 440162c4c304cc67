import { assertEquals, assertThrows } from "@std/assert";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import { HealthFile } from "../../../lib/work/metrics/health_file.ts";
import type { WorkReport } from "../../../lib/work/work_report.ts";
import { VERSION } from "../../../lib/version.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { CLI, denoCommand } from "../../support/run_deno.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { Watched } from "../../support/watched_process.ts";

const BEGIN = Date.parse("2026-11-30T02:30:00.000Z");
const OUTLOOK = { due: 3, nextDueAt: undefined, oldestDueAt: BEGIN, running: 2, asking: 1, failed: 5, untrusted: 0 };

function setUp(path: string) {
  const clock = new VirtualClock(BEGIN, new SeededRandom(1));
  const reports: WorkReport[] = [];
  const stop = new AbortController();
  const health = new HealthFile({
    path,
    scope: "postgres://tx@db/tx",
    children: () => [11, 12],
    clock,
    report: (report) => reports.push(report),
    stop: stop.signal,
  });
  const read = () => JSON.parse(Deno.readTextFileSync(path));
  /** Lets what waits for the clock go on. */
  const pass = async (ms: number) => {
    clock.pass(ms);
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { health, reports, stop, read, pass };
}

permittedTest("a health file says when it was written, and what the store said last", ["read", "write"], async () => {
  await using folder = await makeTempFolder();
  const { health, reports, stop, read, pass } = setUp(`${folder.path}/health.json`);
  const ended = health.run();
  const first = {
    version: 1,
    at: "2026-11-30T02:30:00.000Z",
    startedAt: "2026-11-30T02:30:00.000Z",
    library: VERSION,
    pid: Deno.pid,
    children: [11, 12],
    store: "postgres://tx@db/tx",
  };
  assertEquals(read(), first);
  await pass(4000);
  health.note(OUTLOOK);
  await pass(6000);
  const counts = { due: 3, running: 2, waiting: 1, aborted: 5, untrusted: 0 };
  const known = { ...first, contactAt: "2026-11-30T02:30:04.000Z", ...counts };
  assertEquals(read(), { ...known, at: "2026-11-30T02:30:10.000Z", lagSeconds: 10 });
  health.note(undefined);
  await pass(10_000);
  assertEquals(read(), { ...known, at: "2026-11-30T02:30:20.000Z", lagSeconds: 20 });
  stop.abort();
  await ended;
  assertEquals([Array.from(Deno.readDirSync(folder.path)), reports], [[], []]);
});

permittedTest(
  "a health file that cannot be written is refused at first, and later told once",
  ["read", "write"],
  async () => {
    await using folder = await makeTempFolder();
    const nowhere = setUp(`${folder.path}/none/health.json`);
    assertThrows(() => void nowhere.health.run(), JournalUnwritable, "/none/health.json");
    const path = `${folder.path}/some/health.json`;
    await Deno.mkdir(`${folder.path}/some`);
    const { health, reports, stop, read, pass } = setUp(path);
    const ended = health.run();
    await Deno.remove(`${folder.path}/some`, { recursive: true });
    for (let count = 0; count < 3; count += 1) await pass(10_000);
    assertEquals(reports.map(({ kind }) => kind), ["notice"]);
    await Deno.mkdir(`${folder.path}/some`);
    await pass(10_000);
    assertEquals(read().at, "2026-11-30T02:30:40.000Z");
    stop.abort();
    await ended;
  },
);

permittedTest(
  "work --health keeps a file as long as it lives",
  ["read", "write", "run", "env", "net", "sys"],
  async () => {
    await using folder = await makeTempFolder();
    const path = `${folder.path}/health.json`;
    const journals = `${folder.path}/journals`;
    await Deno.mkdir(journals);
    await Deno.writeTextFile(`${journals}/damaged.json`, '{"resumable-tx":1}\n');
    using watcher = Deno.watchFs(folder.path);
    const words = ["work", journals, "--health", path, "--processes=0"];
    const work = new Watched(denoCommand(CLI, words, { stdin: "piped" }), "stderr");
    for await (const { paths, kind } of watcher) if (kind !== "remove" && paths.includes(path)) break;
    const { pid, store, library } = JSON.parse(await Deno.readTextFile(path));
    assertEquals([pid, store, library], [work.pid, journals, VERSION]);
    work.signal("SIGTERM");
    const end = await work.end();
    assertEquals(
      [end.code, Array.from(Deno.readDirSync(folder.path), ({ name }) => name)],
      [0, ["journals"]],
      end.stderr,
    );
  },
);
