import { assert, assertEquals, assertRejects } from "@std/assert";
import { dirname } from "@std/path/dirname";
import { toFileUrl } from "@std/path/to-file-url";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { FolderWork } from "../../../lib/storage/file/folder_work.ts";
import { folderTools } from "../../../lib/work/folder/summarize_due.ts";
import { LoadedModules } from "../../../lib/work/guarded_host.ts";
import { loadSchedules } from "../../../lib/work/schedules/load_schedules.ts";
import { runSchedules } from "../../../lib/work/schedules/run_schedules.ts";
import type { ScheduleReport } from "../../../lib/work/schedules/schedule_report.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

const LIBRARY = import.meta.resolve("../../../lib/work/schedules/mod.ts");
const [BEGIN, MINUTE] = [Date.UTC(2025, 0, 1, 11, 59), 60_000];

const GOOD = `import { schedules } from "${LIBRARY}";
export function note() {}
let failures = 3;
function fail() { if (failures-- > 0) throw new RangeError("the plan is not there"); }
export default schedules({
  fine: { cron: "* * * * *", overlap: "allow", run: (t) => { t.do(note); } },
  broken: { cron: "0 * * * *", run: (t) => { fail(); t.do(note); } },
  late: { cron: "0 * * * *", run: async (t) => { t.do(note); } },
});
`;

/** What a module can be instead of one that exports schedules. */
const BAD: Readonly<Record<string, string>> = {
  throws: 'throw new Error("no such variable\\u001b[2J");',
  "exports nothing": "export function note() {}",
  "exports something else": "export default { nightly: { cron: '0 2 * * *' } };",
  "is no program": "export default schedules({",
  "has a wrong schedule":
    `import { schedules } from "${LIBRARY}"; export default schedules({ nightly: { cron: "0 25 * * *", run() {} } });`,
  "imports what is not there": 'import "./none.ts";',
};

interface Setting extends AsyncDisposable {
  readonly reports: ScheduleReport[];
  readonly path: string;
  readonly clock: VirtualClock;
  readonly run: (
    options?: { readonly drains?: boolean; readonly stop?: AbortSignal },
  ) => ReturnType<typeof runSchedules>;
}

async function makeSetting(source: string): Promise<Setting> {
  const folder = await makeTempFolder();
  const path = `${folder.path}/nightly.ts`;
  await Deno.writeTextFile(path, source);
  await Deno.mkdir(`${folder.path}/runs`);
  const clock = new VirtualClock(BEGIN, new SeededRandom(1));
  const reports: ScheduleReport[] = [];
  const store = new FolderWork(`${folder.path}/runs`, { ...folderTools(new FileStore()), now: clock.now });
  return {
    reports,
    path,
    clock,
    run: ({ drains = false, stop = new AbortController().signal } = {}) =>
      runSchedules({
        store,
        module: toFileUrl(path).href,
        loaded: new LoadedModules(),
        clock,
        report: (report) => void reports.push(report),
        stop,
        drains,
      }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

for (const [what, source] of Object.entries(BAD)) {
  permittedTest(
    `a module of schedules that ${what} is reported, and nothing is stored`,
    ["read", "write"],
    async () => {
      await using setting = await makeSetting(source);
      assertEquals(await setting.run(), "failed");
      const [report, ...others] = setting.reports;
      assertEquals([report?.kind, others], ["schedules failed", []]);
      assert(report?.kind === "schedules failed" && report.reason.includes("nightly.ts"));
      assert(!report.reason.includes("\u001b"));
      await assertRejects(() => setting.run({ drains: true }), TypeError);
      await assertRejects(() => loadSchedules(toFileUrl(setting.path).href), TypeError);
      assertEquals(Array.from(Deno.readDirSync(`${dirname(setting.path)}/runs`)), []);
    },
  );
}

permittedTest("a schedule whose plan throws is tried again, while others fire", ["read", "write"], async () => {
  await using setting = await makeSetting(GOOD);
  const { clock, reports } = setting;
  const stop = new AbortController();
  const running = setting.run({ stop: stop.signal });
  const kinds = (schedule: string) =>
    reports.flatMap((report) => "schedule" in report && report.schedule === schedule ? [report.kind.slice(9)] : []);
  const seen = async (schedule: string, count: number) => {
    // Until the loop waits, time stands.
    for (let turns = 0; kinds(schedule).length < count; turns += 1) {
      assert(turns < 10_000, `${schedule}: ${kinds(schedule)}`);
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (clock.msToNext !== undefined) clock.pass(clock.msToNext);
    }
  };
  await seen("broken", 5);
  await seen("late", 3);
  stop.abort();
  assertEquals(await running, "stopped");
  assertEquals(kinds("broken").slice(0, 5), ["defined", "failed", "failed", "failed", "fired"]);
  assertEquals(kinds("late").slice(0, 3), ["defined", "failed", "failed"]);
  const [first, ...others] = kinds("fine");
  assertEquals([first, new Set(others)], ["defined", new Set(["fired"])]);
  assert(others.length >= 1);
  const pauses = reports.flatMap((report) =>
    report.kind === "schedule failed" && report.schedule === "broken" ? [Date.parse(report.again)] : []
  );
  assert((pauses[1] ?? 0) - (pauses[0] ?? 0) >= 20_000 && clock.now() - BEGIN > 2 * MINUTE, `${pauses}`);
});

permittedTest(
  "a module that has changed ends the run, so that another process loads it",
  ["read", "write"],
  async () => {
    await using setting = await makeSetting(GOOD);
    const running = setting.run();
    while (setting.clock.msToNext === undefined) await new Promise((resolve) => setTimeout(resolve, 0));
    await Deno.writeTextFile(setting.path, `${GOOD}// changed\n`);
    setting.clock.pass(setting.clock.msToNext);
    assertEquals(await running, "stale");
  },
);
