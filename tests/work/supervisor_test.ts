import { assertEquals } from "@std/assert";
import { type Child, DRAINED, Supervisor, type SupervisorOptions } from "../../lib/work/supervisor.ts";
import type { WorkReport } from "../../lib/work/work_report.ts";
import { SeededRandom } from "../support/seeded_random.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

/** A process that ends when the test says so, or when it is killed. */
class FakeChild implements Child {
  readonly #end = Promise.withResolvers<{ readonly code: number; readonly signal: string | null }>();
  readonly ended = this.#end.promise;
  readonly signals: string[] = [];
  /** It ignores SIGTERM. */
  isStubborn = false;

  constructor(readonly pid: number) {}

  readonly kill = (signal: "SIGTERM" | "SIGKILL"): void => {
    this.signals.push(signal);
    if (signal === "SIGKILL") this.end(0, signal);
    else if (!this.isStubborn) this.end(0);
  };

  end(code: number, signal: string | null = null): void {
    this.#end.resolve({ code, signal });
  }
}

function setUp(options: Partial<SupervisorOptions> = {}) {
  const clock = new VirtualClock(0, new SeededRandom(1));
  const children: FakeChild[] = [];
  const buried: number[] = [];
  const reports: WorkReport[] = [];
  const supervisor = new Supervisor({
    processes: 2,
    graceMs: 30_000,
    clock,
    report: (report) => reports.push(report),
    start: () => {
      const child = new FakeChild(children.length + 1);
      children.push(child);
      return child;
    },
    afterDeath: (pid) => {
      buried.push(pid);
      return Promise.resolve();
    },
    ...options,
  });
  return { clock, children, buried, reports, supervisor, end: supervisor.run() };
}

/** Lets everything happen that needs no time. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

async function stopAll({ supervisor, end }: ReturnType<typeof setUp>): Promise<void> {
  supervisor.stop();
  await end;
}

Deno.test("Supervisor puts a new child into the place of one that has died, after its work was freed", async () => {
  const set = setUp();
  set.clock.pass(60_000);
  set.children[0]?.end(0);
  await settle();
  assertEquals([set.children.length, set.buried], [3, [1]]);
  await stopAll(set);
});

Deno.test("Supervisor waits longer and longer before it starts a child that dies at once", async () => {
  const set = setUp({ processes: 1 });
  const pauses: (number | undefined)[] = [];
  for (let death = 0; death < 9; death += 1) {
    set.children.at(-1)?.end(1);
    await settle();
    pauses.push(set.clock.msToNext);
    set.clock.pass(set.clock.msToNext ?? 0);
    await settle();
  }
  assertEquals(pauses, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  assertEquals(set.children.length, 10);
  await stopAll(set);
});

Deno.test("Supervisor asks children to end, kills those that do not, and at once when it is asked again", async () => {
  const set = setUp();
  for (const child of set.children) child.isStubborn = true;
  set.supervisor.stop();
  await settle();
  assertEquals(set.clock.msToNext, 30_000);
  set.clock.pass(30_000);
  await set.end;
  assertEquals(set.children.map(({ signals }) => signals), [["SIGTERM", "SIGKILL"], ["SIGTERM", "SIGKILL"]]);

  const other = setUp();
  for (const child of other.children) child.isStubborn = true;
  other.supervisor.stop();
  other.supervisor.stop();
  await other.end;
  assertEquals(other.children.map(({ signals }) => signals), [["SIGTERM", "SIGKILL"], ["SIGTERM", "SIGKILL"]]);
});

Deno.test("Supervisor replaces children one after the other, each by one that works already", async () => {
  const set = setUp();
  for (const child of set.children) child.isStubborn = true;
  const replaced = set.supervisor.replace();
  await settle();
  // The second one waits for the end of the first.
  assertEquals(set.children.map(({ signals }) => signals), [["SIGTERM"], [], []]);
  set.children[0]?.end(0);
  await settle();
  assertEquals(set.children.map(({ signals }) => signals), [["SIGTERM"], ["SIGTERM"], [], []]);
  set.children[1]?.end(0);
  await settle();
  set.clock.pass(1000);
  await replaced;
  assertEquals([set.supervisor.pids, set.children.length], [[3, 4], 4]);
  await stopAll(set);
});

Deno.test("Supervisor lets children end that have nothing more to do, and starts those again that have died", async () => {
  const set = setUp();
  set.clock.pass(60_000);
  set.children[0]?.end(0);
  set.children[1]?.end(DRAINED + 3);
  await settle();
  assertEquals(set.children.length, 3);
  set.children[2]?.end(DRAINED);
  assertEquals(await set.end, [3, 0]);
});
