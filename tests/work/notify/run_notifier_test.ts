import { assert, assertEquals, assertMatch } from "@std/assert";
import { SYSTEM_CLOCK } from "../../../lib/run/session/clock.ts";
import { type NotifierLimits, runNotifier } from "../../../lib/work/notify/run_notifier.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

const LIMITS: NotifierLimits = { timeMs: 20_000, graceMs: 300, bytes: 100_000 };
const PERMISSIONS = ["read", "write", "run"] as const;

async function run(script: string, input = "{}\n", limits: Partial<NotifierLimits> = {}): Promise<string | undefined> {
  const command = { executable: "sh", args: ["-c", script] };
  return await runNotifier(command, input, { clock: SYSTEM_CLOCK, limits: { ...LIMITS, ...limits } });
}

function isRunning(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGURG");
    return true;
  } catch {
    return false;
  }
}

/** A killed process may still be in the table for a moment. */
async function waitUntilGone(pid: number): Promise<void> {
  for (let tries = 0; isRunning(pid) && tries < 200; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert(!isRunning(pid), "it is still running");
}

permittedTest("a notifier gets the text on its standard input", [...PERMISSIONS], async () => {
  await using folder = await makeTempFolder();
  assertEquals(await run(`cat > ${folder.path}/got`, "ä\n"), undefined);
  assertEquals(await Deno.readTextFile(`${folder.path}/got`), "ä\n");
});

permittedTest("a notifier that fails has failed, with what it printed", [...PERMISSIONS], async () => {
  assertMatch(await run("echo no such user >&2; exit 3") ?? "", /\b3: no such user$/);
  assertMatch(await run("exit 3") ?? "", /\b3$/);
  assertMatch(await run("kill -KILL $$") ?? "", /SIGKILL$/);
});

permittedTest("a notifier that cannot be started has failed", [...PERMISSIONS], async () => {
  const missing = { executable: "/nowhere/notify", args: [] };
  assertMatch(await runNotifier(missing, "{}", { clock: SYSTEM_CLOCK }) ?? "", /nowhere/);
});

permittedTest("a notifier may leave its input unread, however long it is", [...PERMISSIONS], async () => {
  assertEquals(await run("exec <&-; exit 0", "x".repeat(1_000_000)), undefined);
  assertEquals(await run("exit 0", "x".repeat(1_000_000)), undefined);
});

permittedTest("a notifier that hangs is ended, with what it has started", [...PERMISSIONS], async () => {
  await using folder = await makeTempFolder();
  // The shell ignores SIGTERM, and so does what it starts.
  const script = `trap '' TERM; sleep 1000 & echo $! > ${folder.path}/pid; wait`;
  assertMatch(await run(script, "{}", { timeMs: 500 }) ?? "", /0\.5 s/);
  await waitUntilGone(Number(await Deno.readTextFile(`${folder.path}/pid`)));
});

permittedTest("a notifier that hangs may end itself on SIGTERM", [...PERMISSIONS], async () => {
  await using folder = await makeTempFolder();
  const script = `trap 'echo ended > ${folder.path}/ended; exit 0' TERM; sleep 1000 & wait`;
  assert(await run(script, "{}", { timeMs: 500, graceMs: 20_000 }) !== undefined, "too late is too late");
  assertEquals(await Deno.readTextFile(`${folder.path}/ended`), "ended\n");
});

permittedTest("a notifier that prints without end is ended, and costs no memory", [...PERMISSIONS], async () => {
  const before = Deno.memoryUsage().rss;
  const reason = await run("yes x >&2", "{}", { bytes: 200_000_000 });
  assertMatch(reason ?? "", /\b200000000\b/);
  assert(Deno.memoryUsage().rss - before < 150_000_000, "what it printed was kept");
});

permittedTest("what a notifier prints on standard output stops nothing", [...PERMISSIONS], async () => {
  assertEquals(await run("head -c 1000000 /dev/zero"), undefined);
});

permittedTest("a notifier has ended although a process that it left behind has not", [...PERMISSIONS], async () => {
  await using folder = await makeTempFolder();
  assertEquals(await run(`sleep 1000 & echo $! > ${folder.path}/pid`), undefined);
  const pid = Number(await Deno.readTextFile(`${folder.path}/pid`));
  assert(isRunning(pid), "it is left alone");
  Deno.kill(pid, "SIGKILL");
});
