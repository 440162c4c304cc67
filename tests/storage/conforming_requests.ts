import { assertEquals, assertRejects } from "@std/assert";
import { JournalNotFound } from "../../lib/errors/opening_errors.ts";
import type { Request } from "../../lib/journal/request.ts";
import type { OpenJournal } from "../../lib/storage/open_journal.ts";
import type { PendingRequest } from "../../lib/storage/store.ts";
import { type ConformanceTest, ENDED, FIRST, readEvents } from "./conforming_store.ts";

/** A store compares this with what `read` is asked for, and with nothing else. */
const TRANSACTION = "3f9a2c1d";

function makeRequest(second: number, transaction = TRANSACTION): Request {
  const at = `2026-11-30T12:00:0${second}.000Z`;
  return { request: "signal", id: crypto.randomUUID(), transaction, at, signal: "go", value: [second], by: "ana" };
}

/** Lets requests in at once. The returned function waits until one has arrived. */
function letIn({ inbox }: OpenJournal): () => Promise<void> {
  const arrived = Promise.withResolvers<void>();
  inbox.listen(arrived.resolve);
  inbox.hurry();
  return async () => {
    // A store may look from time to time, by a timer that keeps no process alive.
    const keepAlive = setInterval(() => {}, 1000);
    await arrived.promise;
    clearInterval(keepAlive);
  };
}

function isRequest(pending: PendingRequest): pending is Request {
  return "id" in pending;
}

/** What every store must do with the requests to a transaction that another process runs. */
export const REQUESTS: readonly ConformanceTest[] = [
  {
    name: "passes requests to the owner, in the order in which they were sent, until it forgets them",
    async run({ store, nameOf }) {
      const open = await store.create(nameOf("a"), FIRST);
      const arrival = letIn(open);
      const [late, early] = [makeRequest(2), makeRequest(1)];
      for (const request of [late, early, late]) assertEquals(await store.send(nameOf("a"), request), true);
      await arrival();
      assertEquals(await open.inbox.read(TRANSACTION), [early, late]);
      assertEquals(await store.pending(nameOf("a")), [early, late]);
      await open.inbox.forget([early]);
      assertEquals(await open.inbox.read(TRANSACTION), [late]);
      assertEquals(await store.pending(nameOf("a")), [late]);
      await open.inbox.forget([late]);
      assertEquals(await open.inbox.close(TRANSACTION), true);
      await open.close();
      assertEquals(await readEvents(store, nameOf("a")), [FIRST]);
    },
  },
  {
    name: "closes its inbox only when no request is left, and lets requests in again when asked to",
    async run({ store, nameOf }) {
      const open = await store.create(nameOf("a"), FIRST);
      letIn(open);
      const request = makeRequest(1);
      assertEquals(await store.send(nameOf("a"), request), true);
      assertEquals(await open.inbox.close(TRANSACTION), false);
      const [read] = await open.inbox.read(TRANSACTION);
      assertEquals(read, request);
      await open.inbox.forget([request]);
      assertEquals(await open.inbox.close(TRANSACTION), true);
      const second = makeRequest(2);
      const arrival = letIn(open);
      assertEquals(await store.send(nameOf("a"), second), true);
      await arrival();
      await open.inbox.forget(await open.inbox.read(TRANSACTION));
      assertEquals(await open.inbox.close(TRANSACTION), true);
      await open.close({ remove: true });
      assertEquals(
        await Promise.all([request, second].map((sent) => isAcknowledged(() => store.send(nameOf("a"), sent)))),
        [
          false,
          false,
        ],
      );
    },
  },
  {
    name: "keeps a request for the next owner if this one goes without forgetting it",
    async run({ store, nameOf }) {
      const open = await store.create(nameOf("a"), FIRST);
      letIn(open);
      const request = makeRequest(1);
      assertEquals(await store.send(nameOf("a"), request), true);
      await open.close();
      assertEquals(await store.pending(nameOf("a")), [request]);
      const again = await store.open(nameOf("a"), () => {});
      assertEquals(await again.inbox.read(TRANSACTION), [request]);
      await again.recover();
      await again.append(ENDED);
      await again.inbox.forget([request]);
      await again.close();
      assertEquals((await store.pending(nameOf("a"))).filter(isRequest), []);
    },
  },
  {
    name: "passes no request to another transaction",
    async run({ store, nameOf }) {
      const open = await store.create(nameOf("a"), FIRST);
      letIn(open);
      const foreign = makeRequest(1, "another");
      // A store that knows its transactions may refuse it.
      const isSent = await isAcknowledged(() => store.send(nameOf("a"), foreign));
      assertEquals(await open.inbox.read(TRANSACTION), []);
      assertEquals((await store.pending(nameOf("a"))).filter(isRequest), isSent ? [foreign] : []);
      assertEquals(await open.inbox.close(TRANSACTION), true);
      await open.close({ remove: true });
    },
  },
  {
    name: "has no request for a journal that is not there",
    async run({ store, nameOf }) {
      assertEquals(await isAcknowledged(() => store.send(nameOf("none"), makeRequest(1))), false);
      await assertRejects(() => store.open(nameOf("none"), () => {}), JournalNotFound);
    },
  },
];

async function isAcknowledged(send: () => Promise<boolean>): Promise<boolean> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof JournalNotFound) return false;
    throw error;
  }
}
