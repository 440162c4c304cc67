import { assertEquals } from "@std/assert";
import { type Planner, Transaction } from "@x/resumable-tx";
import { LONGEST_CLAIM_MS, type NoticedStatus, type Notices, type Untold } from "../../lib/storage/notices.ts";

import type { Schedules, Skip } from "../../lib/storage/schedules.ts";
import { SkipNotices } from "../../lib/work/notify/skip_notices.ts";

/** A store that remembers of what a person was told. */
export interface NoticingPlace {
  /** As another process sees it. */
  readonly open: () => Notices;
  readonly schedules: Schedules;
  /** The locator of the database, or the path of the folder. */
  readonly scope: string;
  readonly locatorOf: (name: string) => string;
  /** Lets the clock of the store jump by a number of milliseconds. */
  readonly jump: (ms: number) => Promise<void>;
}

export interface NoticesTest {
  readonly name: string;
  readonly run: (place: NoticingPlace) => Promise<void>;
}

export function succeed(): string {
  return "done";
}

export function fail(message: string): never {
  throw new Error(message);
}

export function undoNothing(): void {}

type Plan = (t: Planner) => unknown;

const asks: Plan = (t) => [t.waitFor("go"), t.do(succeed)];
const fails: Plan = (t) => t.do(fail, "no space left");
const ends: Plan = (t) => t.do(succeed);

/** Runs a transaction until it is at rest. */
async function rest({ locatorOf }: NoticingPlace, name: string, plan: Plan, onFailure?: "rollback"): Promise<string> {
  const journal = locatorOf(name);
  const options = { journal, keep: true, ...(onFailure === undefined ? {} : { onFailure }) };
  await Transaction.run(import.meta, plan, options).catch(() => {});
  return journal;
}

const PERSON: readonly NoticedStatus[] = ["waiting", "aborted"];

async function claim(
  notices: Notices,
  { scope }: NoticingPlace,
  statuses: readonly NoticedStatus[] = PERSON,
  limit = 100,
): Promise<readonly Untold[]> {
  return await notices.claim({ scope, statuses: new Set(statuses), limit, forMs: 60_000 });
}

/** Claims, tells, and gives what was told. */
async function tell(
  notices: Notices,
  place: NoticingPlace,
  statuses?: readonly NoticedStatus[],
): Promise<readonly string[]> {
  const claimed = await claim(notices, place, statuses);
  for (const untold of claimed) await notices.noteTold(untold);
  return claimed.map(shortly).toSorted();
}

function shortly({ journal, mark }: Untold): string {
  return `${/[^/#]+$/.exec(journal)?.[0].replace(/\.json$/, "")} ${mark}`;
}

/** What every store that remembers of what a person was told must do. */
export const NOTICES: readonly NoticesTest[] = [
  {
    name: "tells each that asks or has failed once, and nothing of what runs to its end",
    async run(place) {
      await rest(place, "asks", asks);
      await rest(place, "fails", fails);
      await rest(place, "ends", ends);
      await rest(place, "sleeps", (t) => [t.sleep(1), t.do(succeed)]);
      assertEquals(await tell(place.open(), place), ["asks waiting 1", "fails aborted 1"]);
      assertEquals(await tell(place.open(), place), []);
    },
  },
  {
    name: "tells again each time that the same transaction comes to rest, and not if it was only changed there",
    async run(place) {
      const journal = await rest(place, "a", (t) => [t.waitFor("go"), t.waitFor("stay"), t.do(fail, "x")]);
      assertEquals(await tell(place.open(), place), ["a waiting 1"]);
      await Transaction.signal(journal, "go");
      assertEquals(await tell(place.open(), place), [], "it was answered, and did not continue");
      await Transaction.resume(journal).catch(() => {});
      assertEquals(await tell(place.open(), place), ["a waiting 2"]);
      await Transaction.resume(journal).catch(() => {});
      assertEquals(await tell(place.open(), place), [], "it asks the same as before");
      await Transaction.signal(journal, "stay");
      await Transaction.resume(journal).catch(() => {});
      assertEquals(await tell(place.open(), place), ["a aborted 3"]);
      await Transaction.resume(journal).catch(() => {});
      assertEquals(await tell(place.open(), place), ["a aborted 4"]);
      await Transaction.cancel(journal);
      assertEquals(await tell(place.open(), place), []);
    },
  },
  {
    name: "gives a notice to one process at a time, and to the next one when the time of the first is over",
    async run(place) {
      await rest(place, "a", fails);
      await rest(place, "b", fails);
      const [one, other] = [place.open(), place.open()];
      const claims = await Promise.all([claim(one, place), claim(other, place)]);
      assertEquals(claims.flat().map(shortly).toSorted(), ["a aborted 1", "b aborted 1"]);
      assertEquals(await claim(other, place), []);
      // A process that dies now has told, and nobody knows.
      await place.jump(61_000);
      assertEquals((await claim(other, place)).length, 2);
    },
  },
  {
    name: "takes a claim for over that was made before the clock was set back",
    async run(place) {
      await rest(place, "a", fails);
      const notices = place.open();
      const [untold] = await claim(notices, place);
      assertEquals(untold && shortly(untold), "a aborted 1");
      await place.jump(-LONGEST_CLAIM_MS);
      assertEquals((await claim(place.open(), place)).length, 1);
    },
  },
  {
    name: "gives no more notices than asked for, and the others at the next call",
    async run(place) {
      for (const name of ["a", "b", "c"]) await rest(place, name, fails);
      const notices = place.open();
      const first = await claim(notices, place, PERSON, 2);
      const second = await claim(notices, place, PERSON, 2);
      assertEquals([first.length, second.length], [2, 1]);
      assertEquals([...first, ...second].map(shortly).toSorted(), ["a aborted 1", "b aborted 1", "c aborted 1"]);
    },
  },
  {
    name: "gives a notice again that was postponed, and at once if the pause is over",
    async run(place) {
      await rest(place, "a", fails);
      const notices = place.open();
      for (const untold of await claim(notices, place)) await notices.postpone(untold, 60_000);
      assertEquals(await claim(place.open(), place), []);
      await place.jump(61_000);
      for (const untold of await claim(notices, place)) await notices.postpone(untold, 0);
      assertEquals(await tell(place.open(), place), ["a aborted 1"]);
    },
  },
  {
    name: "tells what has ended since somebody first asked for endings, and what asked before that",
    async run(place) {
      await rest(place, "old", ends);
      await rest(place, "asks", asks);
      const all: readonly NoticedStatus[] = ["waiting", "aborted", "finished", "cancelled", "undone"];
      assertEquals(await tell(place.open(), place, all), ["asks waiting 1"]);
      await rest(place, "new", ends);
      await rest(place, "undone", (t) => [t.do(succeed).with({ undo: undoNothing }), t.do(fail, "x")], "rollback");
      await Transaction.cancel(await rest(place, "cancelled", asks));
      assertEquals(await tell(place.open(), place, all), [
        "cancelled cancelled 2",
        "new finished 1",
        "undone undone 2",
      ]);
      assertEquals(await tell(place.open(), place, all), []);
    },
  },
  {
    name: "tells nothing of a transaction that was answered, or continued, before anybody was told of it",
    async run(place) {
      await Transaction.signal(await rest(place, "answered", asks), "go");
      const journal = await rest(place, "a", asks);
      await Transaction.signal(journal, "go");
      await Transaction.resume(journal);
      assertEquals(await tell(place.open(), place), []);
    },
  },
  {
    name: "tells once what a schedule has skipped, the oldest first, and nothing that is older than a day",
    async run(place) {
      const { scope, schedules } = place;
      const { now } = await schedules.list();
      const skip = (hoursAgo: number): Skip => {
        const at = new Date(now - hoursAgo * 3_600_000).toISOString();
        return { from: at, to: at, count: 1, reason: "open", notedAt: at };
      };
      const [old, first, second, third] = [skip(30), skip(3), skip(2), skip(1)];
      const nightly = { name: "nightly", definition: "{}", nextAt: undefined };
      await schedules.define({ ...nightly, version: 0, memory: { waiting: [], skips: [old, first, second] } });
      const look = async () => {
        const source = new SkipNotices({ schedules, notices: place.open(), scope, now: () => now });
        return await source.claim(10, 60_000);
      };
      const from = async (found: Awaited<ReturnType<typeof look>>) =>
        (await Promise.all(found.map((notice) => notice.read()))).map((message) => "from" in message && message.from);
      const [claimed] = await look();
      assertEquals(await from(claimed === undefined ? [] : [claimed]), [first.from]);
      assertEquals(await look(), [], "another process tells");
      await claimed?.noteTold();
      const [next] = await look();
      await next?.postpone(60_000);
      assertEquals(await look(), []);
      await place.jump(61_000);
      const [again] = await look();
      assertEquals(await from(again === undefined ? [] : [again]), [second.from]);
      await again?.noteTold();
      assertEquals(await look(), []);
      await schedules.advance({ ...nightly, version: 1, memory: { waiting: [], skips: [old, first, second, third] } });
      const [last] = await look();
      assertEquals(await from(last === undefined ? [] : [last]), [third.from]);
    },
  },
];
