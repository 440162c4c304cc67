import { assertEquals } from "@std/assert";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import type { Notice, NoticeSource, SkipMessage } from "../../../lib/work/notify/notice_message.ts";
import { tellNotices, type TellOptions } from "../../../lib/work/notify/tell_notices.ts";
import type { WorkReport } from "../../../lib/work/work_report.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

function message(about: string): SkipMessage {
  const at = "2026-11-30T02:30:00.000Z";
  const skip = { status: "skipped", schedule: about, from: at, to: at, count: 1, reason: "open" } as const;
  return { version: 1, key: about, text: `${about}: did not fire`, at, ...skip };
}

/** Notices in memory, by what they are about, and when each may be claimed. */
class FakeSource implements NoticeSource {
  readonly untold = new Map<string, number>();
  readonly told: string[] = [];
  /** How many claims have begun. */
  claims = 0;
  /** What each claim throws. */
  failure: Error | undefined;
  /** What there is nothing to tell of at this moment. */
  readonly continuing = new Set<string>();

  constructor(readonly clock: VirtualClock, names: readonly string[]) {
    for (const name of names) this.untold.set(name, 0);
  }

  claim(limit: number, forMs: number): Promise<readonly Notice[]> {
    this.claims += 1;
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const now = this.clock.elapsed();
    const names = this.untold.entries().filter(([, until]) => until <= now).map(([name]) => name).take(limit).toArray();
    for (const name of names) this.untold.set(name, now + forMs);
    return Promise.resolve(names.map((about) => this.#notice(about)));
  }

  #notice(about: string): Notice {
    return {
      about,
      read: () => Promise.resolve(this.continuing.has(about) ? { againMs: 5000 } : message(about)),
      noteTold: () => {
        this.untold.delete(about);
        this.told.push(about);
        return Promise.resolve();
      },
      postpone: (ms) => Promise.resolve(void this.untold.set(about, this.clock.elapsed() + ms)),
    };
  }
}

/** Tells by a shell, and lets the test wait for what is reported. */
class Telling {
  readonly clock = new VirtualClock(0, new SeededRandom(1));
  readonly source: FakeSource;
  readonly reports: WorkReport[] = [];
  readonly stop = new AbortController();
  readonly drain = new AbortController();
  readonly #wake: (() => void)[] = [];
  readonly ended: Promise<void>;

  constructor(names: readonly string[], script: string, options: Partial<TellOptions> = {}) {
    this.source = new FakeSource(this.clock, names);
    this.ended = tellNotices({
      sources: [this.source],
      command: { executable: "sh", args: ["-c", script] },
      clock: this.clock,
      report: (report) => {
        this.reports.push(report);
        for (const wake of this.#wake.splice(0)) wake();
      },
      stop: this.stop.signal,
      drain: this.drain.signal,
      ...options,
    });
  }

  /** Waits for a number of reports, and says of each what it is about. */
  async reported(count: number): Promise<readonly string[]> {
    while (this.reports.length < count) await new Promise<void>((resolve) => this.#wake.push(resolve));
    // What follows a report needs no time.
    await new Promise((resolve) => setTimeout(resolve, 0));
    return this.reports.map((report) => {
      const about = "journal" in report ? report.journal : "";
      return `${about} ${report.kind}${"ms" in report ? ` ${report.ms}` : ""}`;
    });
  }
}

const PERMISSIONS = ["read", "write", "run", "env"] as const;

permittedTest(
  "tellNotices() tells each once, also what comes later, until it is stopped",
  [...PERMISSIONS],
  async () => {
    await using folder = await makeTempFolder();
    const telling = new Telling(["a", "b"], `cat >> ${folder.path}/told`);
    assertEquals([...await telling.reported(2)].sort(), ["a notified", "b notified"]);
    telling.source.untold.set("c", 0);
    telling.clock.pass(2000);
    await telling.reported(3);
    telling.stop.abort();
    await telling.ended;
    const lines = (await Deno.readTextFile(`${folder.path}/told`)).trimEnd().split("\n").sort();
    assertEquals(lines, ["a", "b", "c"].map((name) => JSON.stringify(message(name))));
    assertEquals(telling.source.untold.size, 0);
  },
);

permittedTest(
  "tellNotices() tries a notifier that fails again, after longer and longer pauses",
  [...PERMISSIONS],
  async () => {
    const telling = new Telling(["a"], "exit 1");
    const pauses: number[] = [];
    for (let count = 1; count <= 11; count += 1) {
      await telling.reported(count);
      const last = telling.reports.at(-1);
      pauses.push(last?.kind === "notify failed" ? last.ms : NaN);
      telling.clock.pass(pauses.at(-1) ?? 0);
    }
    assertEquals(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1000));
    telling.stop.abort();
    await telling.ended;
    assertEquals(telling.source.told, []);
  },
);

permittedTest("tellNotices() tells the others although the notifier fails for one", [...PERMISSIONS], async () => {
  const telling = new Telling(["bad", "b", "c", "d", "e", "f"], `! grep -q '"bad"'`);
  for (let tries = 0; telling.source.told.length < 5 && tries < 20; tries += 1) {
    await telling.reported(telling.reports.length + 1);
    telling.clock.pass(1000);
  }
  assertEquals(telling.source.told.toSorted(), ["b", "c", "d", "e", "f"]);
  telling.stop.abort();
  await telling.ended;
});

permittedTest("tellNotices() starts no more notifiers while all fail, however much there is to tell", [
  ...PERMISSIONS,
], async () => {
  const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
  const telling = new Telling(names, "exit 1");
  await telling.reported(4);
  for (const seconds of [8, 16, 32]) {
    const before = telling.reports.length;
    telling.clock.pass(seconds * 1000 - 1);
    telling.source.untold.set(`more${seconds}`, 0);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(telling.reports.length, before, "one pause after another");
    telling.clock.pass(1);
    await telling.reported(before + 1);
  }
  telling.stop.abort();
  await telling.ended;
});

permittedTest("tellNotices() tells before it ends what is there, and gives up a notifier that always fails", [
  ...PERMISSIONS,
], async () => {
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
  const telling = new Telling(names, "exit 0");
  telling.drain.abort();
  await telling.ended;
  assertEquals(telling.source.told.toSorted(), names);
  const failing = new Telling(names, "exit 1");
  failing.drain.abort();
  await failing.ended;
  assertEquals([failing.source.told.length, failing.reports.length <= 7], [0, true]);
});

permittedTest("tellNotices() lets a notifier end that runs when it is stopped", [...PERMISSIONS], async () => {
  await using folder = await makeTempFolder();
  const [begun, go] = [`${folder.path}/begun`, `${folder.path}/go`];
  await new Deno.Command("mkfifo", { args: [begun, go] }).output();
  const telling = new Telling(["a"], `echo > ${begun}; read -r line < ${go}`);
  await Deno.readTextFile(begun);
  telling.stop.abort();
  await Deno.writeTextFile(go, "\n");
  await telling.ended;
  assertEquals(telling.source.told, ["a"]);
});

permittedTest("tellNotices() tells nothing of what has continued, and looks again", [...PERMISSIONS], async () => {
  const telling = new Telling(["a", "b"], "exit 0");
  telling.source.continuing.add("a");
  assertEquals(await telling.reported(1), ["b notified"]);
  telling.source.continuing.clear();
  for (let looks = 0; looks < 3; looks += 1) {
    telling.clock.pass(2000);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(await telling.reported(2), ["b notified", "a notified"]);
  telling.stop.abort();
  await telling.ended;
});

permittedTest("tellNotices() says once that the store cannot be used, and continues when it can", [
  ...PERMISSIONS,
], async () => {
  const telling = new Telling([], "exit 0");
  telling.source.failure = new JournalUnwritable("sqlite:/tx.db", "the disk failed");
  for (let count = 0; count < 5; count += 1) {
    telling.clock.pass(300_000);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(telling.reports.map(({ kind }) => kind), ["notice"]);
  telling.source.failure = undefined;
  telling.source.untold.set("a", 0);
  telling.clock.pass(300_000);
  assertEquals(await telling.reported(2), [" notice", "a notified"]);
  telling.stop.abort();
  await telling.ended;
});
