/**
 * Runs everything that must hold before a change is accepted (`deno task ok`), prints one line for each check, and the
 * whole output of those that fail.
 */
import { listTests, suiteModule } from "./test_suites.ts";

/** One command of the gate. */
interface Check {
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * Parts of the tests that take about as long as each other. Tests of one process share its folder and signals, hence
 * several processes and no `--parallel`. "test" has every file that no other part has.
 */
const PARTS: Readonly<Record<string, RegExp>> = {
  "test torture": /^tests\/torture\//,
  "test product": /^tests\/(?:product|modules|storage)\//,
  "test": /^/,
};

/** Tests that need an isolate of their own. */
const ALONE: readonly string[] = [];

/** Rooms that have an entry point. */
const ROOMS: readonly string[] = ["storage/sqlite", "storage/postgres", "work/schedules"];

/** "check" looks at the types of every file, and of the examples in the documentation; no other check repeats that. */
const STATIC_CHECKS: readonly Check[] = [
  { name: "check", args: ["check", "--doc"] },
  { name: "fmt", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint"] },
  // deno.json knows no rules for one folder: only the library mustn't write to the console.
  { name: "lint lib", args: ["lint", "--rules-tags=", "--rules-include=no-console", "lib", "mod.ts"] },
  {
    name: "doc",
    args: ["doc", "--lint", "mod.ts", "cli.ts", ...ROOMS.map((room) => `lib/${room}/mod.ts`)],
  },
  { name: "publish", args: ["publish", "--dry-run", "--allow-dirty", "--no-check"] },
];

const SUMMARY = /^(?:ok|FAILED) \| \d+ passed.*$/gm;

/** Makes the checks that run the tests, each with a module in a folder. */
async function makeTestChecks(folder: string): Promise<readonly Check[]> {
  const left = new Set(await listTests());
  const parts = Object.entries(PARTS).map(([name, pattern]) => {
    const files = [...left].filter((file) => pattern.test(file));
    for (const file of files) left.delete(file);
    return { name, files, flags: ["-A"] };
  });
  // A newcomer types `deno test`: it neither asks for a permission nor fails for want of one.
  const bare = { name: "bare test", files: parts.flatMap(({ files }) => files), flags: [] };
  return await Promise.all([...parts, bare].map(async ({ name, files, flags }) => {
    const path = `${folder}/${name.replaceAll(" ", "_")}.ts`;
    await Deno.writeTextFile(path, suiteModule(files.filter((file) => !ALONE.includes(file))));
    const alone = files.filter((file) => ALONE.includes(file));
    return { name, args: ["test", "--no-check", "--config", "deno.json", ...flags, path, ...alone] };
  }));
}

async function runCheck(check: Check): Promise<boolean> {
  const start = performance.now();
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...check.args],
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
  }).output();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success) console.log(output);
  const summary = output.match(SUMMARY)?.at(-1) ?? "";
  console.log(
    `${success ? "ok    " : "FAILED"} ${check.name.padEnd(12)} ${seconds.padStart(5)} s  ${summary}`.trimEnd(),
  );
  return success;
}

/** Runs what is left of the checks, one after the other. */
async function runLane(waiting: Check[]): Promise<boolean> {
  let isGood = true;
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    isGood = await runCheck(check) && isGood;
  }
  return isGood;
}

async function main(): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "resumable_tx_gate_" });
  try {
    // The longest first, so that the others run beside it.
    const waiting = [...await makeTestChecks(folder), ...STATIC_CHECKS];
    const lanes = await Promise.all([runLane(waiting), runLane(waiting)]);
    return lanes.every((isGood) => isGood) ? 0 : 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main());
