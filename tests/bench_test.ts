import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import { benchmarks } from "../bench/benchmarks.ts";
import { measureSystems, toRatioRow, toRows } from "../bench/fresh/measure_systems.ts";
import { OwnProcesses } from "../bench/fresh/own_processes.ts";
import { PEER_VERSIONS } from "../bench/fresh/peer_packages.ts";
import { BARE, OURS, type System } from "../bench/fresh/system.ts";
import { judgeRow } from "../bench/judge_row.ts";
import { renderResults } from "../bench/render_results.ts";
import { summarizeSamples } from "../bench/summarize_samples.ts";
import { permittedTest } from "./support/permitted_test.ts";
import { runDeno } from "./support/run_deno.ts";
import { listImports } from "./support/structure/read_source.ts";

const PROGRAM = fromFileUrl(import.meta.resolve("../bench/run_benchmarks.ts"));
const NUMBERS = ["low", "median", "high"] as const;

function resultsOf(stdout: string): readonly Readonly<Record<string, unknown>>[] {
  return JSON.parse(stdout).results;
}

permittedTest(
  "run_benchmarks.ts --quick --json gives numbers for every benchmark",
  ["read", "write", "run", "env", "sys"],
  async () => {
    const { code, stdout, stderr } = await runDeno(PROGRAM, ["--quick", "--json", "--rounds", "1"]);
    assertEquals(code, 0, stderr);
    for (const { name } of benchmarks) assertMatch(stderr, new RegExp(`^${name}: `, "m"));
    const results = resultsOf(stdout);
    assert(results.length >= benchmarks.length, `${results.length} rows`);
    const broken = results.filter((row) =>
      !("unavailable" in row) && !NUMBERS.every((key) => Number.isFinite(row[key]))
    );
    assertEquals(broken, []);
    const missing = results.filter((row) => "unavailable" in row).map((row) => String(row["name"]));
    assertEquals(missing.filter((name) => !/^parallel group|peak memory$|, (?:memory|CPU), /.test(name)), []);
  },
);

permittedTest("run_benchmarks.ts measures what it is told alone", ["read", "write", "run", "env", "sys"], async () => {
  const { code, stdout } = await runDeno(PROGRAM, ["--quick", "--json", "--rounds", "3", "--only", "planning"]);
  const results = resultsOf(stdout);
  assertEquals([code, results.map((row) => row["name"])], [0, ["planning 500 steps"]]);
  assertEquals(results[0]?.["samples"] instanceof Array && results[0]["samples"].length, 3);
});

permittedTest("run_benchmarks.ts refuses what it does not know", ["read", "run", "env"], async () => {
  for (const words of [["--only", "nothing"], ["--rounds", "0"], ["--fast"], ["more"]]) {
    const { code, stdout, stderr } = await runDeno(PROGRAM, words);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^Usage: deno task bench/);
  }
});

Deno.test("summarizeSamples() finds the median and the quartiles", () => {
  assertEquals(summarizeSamples([5, 1, 4, 2, 3]), { low: 2, median: 3, high: 4 });
  assertEquals(summarizeSamples([1, 2, 3, 4]), { low: 1.75, median: 2.5, high: 3.25 });
  assertEquals(summarizeSamples([7]), { low: 7, median: 7, high: 7 });
});

Deno.test("judgeRow() compares the median with the target, and not when sizes are small", () => {
  const row = { name: "a", unit: "×", samples: [0.5, 2, 1], target: { atLeast: 1 } } as const;
  assertEquals(judgeRow(row, { isQuick: false }), { ...row, low: 0.75, median: 1, high: 1.5, ok: true });
  assertEquals(judgeRow(row, { isQuick: true }), { ...row, low: 0.75, median: 1, high: 1.5 });
  const most = { ...row, target: { atMost: 0.9 } };
  assertEquals(judgeRow(most, { isQuick: false }), { ...most, low: 0.75, median: 1, high: 1.5, ok: false });
});

Deno.test("renderResults() shows what was reached, what was missed and what is not there", () => {
  const rows = [
    { name: "first", unit: "×", samples: [1.25], target: { atLeast: 1 }, note: "on a fast disk" },
    { name: "second", unit: "ms", samples: [1234, 1236], target: { atMost: 150 } },
    { name: "third", unavailable: "not built yet" },
  ] as const;
  assertEquals(
    renderResults(rows.map((row) => judgeRow(row, { isQuick: false }))),
    [
      "               median       quartiles  target",
      "first          1.25 ×    1.25 to 1.25  ≥ 1.00  ok",
      "second       1,235 ms  1,235 to 1,236   ≤ 150  MISSED",
      "third   not available                          not built yet",
      "",
      "first: on a fast disk",
      "",
    ].join("\n"),
  );
});

permittedTest("OwnProcesses ends what it started, and then starts nothing more", ["run"], async () => {
  const processes = new OwnProcesses();
  const spawn = () => processes.spawn(Deno.execPath(), { args: ["eval", "setInterval(() => {}, 1000)"] });
  const child = spawn();
  await processes[Symbol.asyncDispose]();
  assertEquals((await child.status).success, false);
  assertThrows(spawn, Error, "over");
});

permittedTest("no module of the benchmarks imports a system of others before it is asked to", ["read"], async () => {
  const folder = new URL("../bench/fresh/", import.meta.url);
  const imported: string[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    imported.push(...listImports(await Deno.readTextFile(new URL(name, folder))));
  }
  assert(imported.includes("@x/resumable-tx"));
  const isPeer = (specifier: string) => Object.keys(PEER_VERSIONS).some((name) => specifier.includes(name));
  assertEquals(imported.filter(isPeer), []);
});

function fakeSystem(name: string, isPeer = false): System {
  return { name, isPeer, module: "", flags: [], places: {} };
}

async function measureFakes(measure: (name: string) => number, ...ready: readonly System[]): Promise<
  Awaited<ReturnType<typeof measureSystems<number>>>
> {
  await using processes = new OwnProcesses();
  const missing = [{ name: "absent", unavailable: "not installed" }];
  const settings = { rounds: 3, processes, systems: () => Promise.resolve({ ready, missing }) };
  return await measureSystems(settings, ({ name }) => Promise.resolve().then(() => measure(name)));
}

Deno.test("measureSystems() takes turns, and another system begins in each round", async () => {
  const order: string[] = [];
  await measureFakes((name) => order.push(name), fakeSystem(OURS), fakeSystem(BARE));
  assertEquals(order, [OURS, BARE, BARE, OURS, OURS, BARE]);
});

Deno.test("measureSystems() goes on without a system of others that fails, but not without its own", async () => {
  const fail = (failing: string) => (name: string) => {
    if (name === failing) throw new Error("It broke\nin many lines");
    return 7;
  };
  const systems = [fakeSystem(OURS), fakeSystem("other", true)];
  assertEquals(await measureFakes(fail("other"), ...systems), [
    { name: OURS, samples: [7, 7, 7] },
    { name: "other", unavailable: "It broke" },
    { name: "absent", unavailable: "not installed" },
  ]);
  await assertRejects(() => measureFakes(fail(OURS), ...systems), Error, "It broke");
});

Deno.test("toRows() gives the target to this library alone, and toRatioRow() compares round by round", () => {
  const results = [
    { name: OURS, samples: [2, 9] },
    { name: "other on disk", samples: [4, 3] },
    { name: "absent", unavailable: "not installed" },
  ];
  const target = { atMost: 1 };
  const row = { title: "t", pick: (sample: number) => sample };
  assertEquals(toRows(results, { ...row, unit: "ms", targets: { [OURS]: target } }), [
    { name: `t, ${OURS}`, unit: "ms", samples: [2, 9], target: { atMost: 1 } },
    { name: "t, other on disk", unit: "ms", samples: [4, 3] },
    { name: "t, absent", unavailable: "not installed" },
  ]);
  assertEquals(toRatioRow(results, "other on disk", { ...row, target }), [
    { name: `t, ${OURS} against other`, unit: "×", samples: [0.5, 3], target: { atMost: 1 } },
  ]);
  assertEquals(toRatioRow(results, "absent", row), []);
});
