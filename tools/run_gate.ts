/**
 * Runs everything that must hold before a change is accepted (`deno task ok`), prints one line for each check, and the
 * whole output of those that fail.
 */

/** One command of the gate. */
interface Check {
  readonly name: string;
  readonly args: readonly string[];
}

/** The longest first, so that the others run beside it. Tests of one process share its folder and signals: no `--parallel`. */
const CHECKS: readonly Check[] = [
  { name: "test", args: ["test", "-A", "--doc"] },
  // A newcomer types this: it neither asks for a permission nor fails for want of one.
  { name: "bare test", args: ["test"] },
  { name: "fmt", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint"] },
  // deno.json knows no rules for one folder: only the library mustn't write to the console.
  { name: "lint lib", args: ["lint", "--rules-tags=", "--rules-include=no-console", "lib", "mod.ts"] },
  { name: "check", args: ["check"] },
  { name: "doc", args: ["doc", "--lint", "mod.ts", "cli.ts"] },
  { name: "publish", args: ["publish", "--dry-run", "--allow-dirty"] },
];

const SUMMARY = /^(?:ok|FAILED) \| \d+ passed.*$/gm;

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
    `${success ? "ok    " : "FAILED"} ${check.name.padEnd(9)} ${seconds.padStart(5)} s  ${summary}`.trimEnd(),
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

if (import.meta.main) {
  const waiting = [...CHECKS];
  const lanes = await Promise.all([runLane(waiting), runLane(waiting)]);
  Deno.exit(lanes.every((isGood) => isGood) ? 0 : 1);
}
