/** The folder of requests beside a journal, and what is in it that is no request. */
import { assertEquals } from "@std/assert";
import { encodeRequest } from "../../../lib/journal/request.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { exists, makeRequest, namesIn, withOpen } from "../../support/request_setting.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { testEvents } from "../../support/test_record.ts";

const ID = "0198a4c2-7c1d-4e7f-9a34-5d2f1c0b9e01";
const FILES = ["read", "write"] as const;

permittedTest(
  "the folder is only for its owner, and gone when the inbox is closed",
  FILES,
  () =>
    withOpen(async ({ store, journal, requests, open }) => {
      assertEquals((Deno.statSync(requests).mode ?? 0) & 0o777, Deno.build.os === "windows" ? 0 : 0o700);
      assertEquals(await open.inbox.close("t"), true);
      assertEquals([exists(requests), await store.send(journal, makeRequest())], [false, false]);
    }),
);

permittedTest("a run that ends at once makes no folder", FILES, async () => {
  await using folder = await makeTempFolder();
  const store = new FileStore();
  const open = await store.create(`${folder.path}/j.json`, testEvents(0));
  open.inbox.listen(() => {});
  await open.append(testEvents(1));
  assertEquals([namesIn(folder.path), await store.send(open.journal, makeRequest())], [["j.json"], false]);
  assertEquals(await open.inbox.close("t"), true);
  await open.close();
});

permittedTest(
  "files that are no requests are never touched, and keep no run from ending",
  FILES,
  () =>
    withOpen(async ({ store, journal, requests, open, names }) => {
      const [other, damaged, twin] = [makeRequest("other"), makeRequest(), makeRequest()];
      const files: Readonly<Record<string, string>> = {
        "notes.txt": "call ana",
        [`${other.id}.request`]: encodeRequest(other),
        [`${damaged.id}.request`]: encodeRequest(damaged).slice(0, 80),
        [`${ID}.request`]: encodeRequest(twin),
        [`${crypto.randomUUID()}.request`]: "null",
      };
      for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${requests}/${name}`, text);
      Deno.mkdirSync(`${requests}/${twin.id}.request`);
      assertEquals(await open.inbox.read("t"), []);
      const pending = await store.pending(journal);
      assertEquals(pending.flatMap((found) => "id" in found ? [found] : []), [other]);
      assertEquals(pending.filter((found) => "fault" in found).length, 5);
      assertEquals(await open.inbox.close("t"), true);
      // The mark tells senders that nobody looks any more.
      assertEquals(await store.send(journal, makeRequest()), false);
      assertEquals(names(), [...Object.keys(files), `${twin.id}.request`, "closed"].toSorted());
      for (const [name, text] of Object.entries(files)) {
        assertEquals(Deno.readTextFileSync(`${requests}/${name}`), text);
      }
      // A run that continues lets requests in again.
      open.inbox.listen(() => {});
      open.inbox.hurry();
      const request = makeRequest();
      assertEquals([await store.send(journal, request), await open.inbox.read("t")], [true, [request]]);
      assertEquals(await open.inbox.close("t"), false);
      assertEquals(names().includes("closed"), false);
      await open.inbox.forget([request]);
    }),
);

permittedTest(
  "the next owner lets requests in although the last one has left its mark",
  FILES,
  () =>
    withOpen(async ({ store, journal, requests, open }) => {
      Deno.writeTextFileSync(`${requests}/notes.txt`, "");
      assertEquals(await open.inbox.close("t"), true);
      await open.close();
      const next = await store.open(journal, () => {});
      assertEquals(await store.send(journal, makeRequest()), false);
      next.inbox.listen(() => {});
      const request = makeRequest();
      assertEquals([await store.send(journal, request), await next.inbox.read("t")], [true, [request]]);
      await next.close();
    }),
);

permittedTest("a folder that others could have written, or that is a link, is not used", FILES, async () => {
  for (
    const make of [
      (path: string) => {
        Deno.mkdirSync(path);
        Deno.chmodSync(path, 0o777);
      },
      (path: string) => {
        Deno.mkdirSync(`${path}.real`, { mode: 0o700 });
        Deno.symlinkSync(`${path}.real`, path);
      },
      (path: string) => Deno.writeTextFileSync(path, "a file"),
    ]
  ) {
    await using folder = await makeTempFolder();
    const store = new FileStore();
    const journal = `${folder.path}/j.json`;
    make(`${journal}.requests`);
    const before = Deno.lstatSync(`${journal}.requests`);
    const open = await store.create(journal, testEvents(0));
    open.inbox.listen(() => {});
    open.inbox.hurry();
    assertEquals(await store.send(journal, makeRequest()), false);
    assertEquals([await open.inbox.read("t"), await open.inbox.close("t")], [[], true]);
    await open.close();
    const after = Deno.lstatSync(`${journal}.requests`);
    assertEquals([after.ino, after.mode, after.isDirectory], [before.ino, before.mode, before.isDirectory]);
  }
});

permittedTest(
  "a request to a moved journal stays with the folder, and moves with it",
  FILES,
  () =>
    withOpen(async ({ store, journal, requests, open }) => {
      const request = makeRequest();
      assertEquals(await store.send(journal, request), true);
      await open.close();
      Deno.renameSync(journal, `${journal}.moved.json`);
      assertEquals([await store.pending(`${journal}.moved.json`), await store.pending(journal)], [[], [request]]);
      Deno.renameSync(requests, `${journal}.moved.json.requests`);
      const moved = await store.open(`${journal}.moved.json`, () => {});
      assertEquals(await moved.inbox.read("t"), [request]);
      await moved.close();
    }),
);

permittedTest(
  "a run whose journal was moved leaves the folder of requests alone",
  FILES,
  () =>
    withOpen(async ({ journal, requests, open }) => {
      Deno.renameSync(journal, `${journal}.moved`);
      await open.close();
      assertEquals(exists(requests), true);
    }),
);

permittedTest("a run in which no timer fires lets requests in, and finds them, between its steps", FILES, async () => {
  await using folder = await makeTempFolder();
  const store = new FileStore();
  const open = await store.create(`${folder.path}/j.json`, testEvents(0));
  const original = performance.now;
  let later = 0;
  let arrived = 0;
  performance.now = () => original.call(performance) + later;
  try {
    open.inbox.listen(() => arrived += 1);
    open.inbox.glance?.();
    assertEquals(exists(`${open.journal}.requests`), false);
    later += 2000;
    open.inbox.glance?.();
    const request = makeRequest();
    assertEquals([await store.send(open.journal, request), arrived], [true, 0]);
    // Right after the last look: the step that ends now may be the one before which the run is to stop.
    open.inbox.glance?.();
    open.inbox.glance?.();
    // It is announced once.
    assertEquals([arrived, await open.inbox.read("t")], [1, [request]]);
  } finally {
    performance.now = original;
    await open.close();
  }
});

permittedTest(
  "a request that is answered before it is acknowledged counts as sent",
  FILES,
  () =>
    withOpen(async ({ store, journal, requests, open }) => {
      const request = makeRequest();
      const original = Deno.renameSync;
      Deno.renameSync = (from, to) => {
        original(from, to);
        // The owner takes it at once, and its run ends.
        void open.inbox.forget([request]);
        Deno.removeSync(requests);
      };
      try {
        assertEquals(await store.send(journal, request), true);
      } finally {
        Deno.renameSync = original;
      }
      assertEquals(await store.send(journal, makeRequest()), false);
    }),
);
