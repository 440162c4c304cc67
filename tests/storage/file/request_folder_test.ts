/** The folder of requests beside a journal: what is in it that is no request, and disks that fail. */
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { JournalRefused } from "../../../lib/errors/opening_errors.ts";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import { encodeRequest, type Request } from "../../../lib/journal/request.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import type { OpenJournal } from "../../../lib/storage/store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { testEvents } from "../../support/test_record.ts";

const ID = "0198a4c2-7c1d-4e7f-9a34-5d2f1c0b9e01";
const FILES = ["read", "write"] as const;

interface Setting {
  readonly store: FileStore;
  readonly journal: string;
  readonly requests: string;
  readonly open: OpenJournal;
  /** The names in the folder of requests. */
  readonly names: () => readonly string[];
}

function makeRequest(transaction = "t", id: string = crypto.randomUUID()): Request {
  return { request: "signal", id, transaction, at: "2026-11-30T12:00:00.000Z", signal: "go", value: id };
}

/** A journal that lets requests in. */
async function withOpen(test: (setting: Setting) => Promise<void>): Promise<void> {
  await using folder = await makeTempFolder();
  const store = new FileStore();
  const journal = `${folder.path}/j.json`;
  const requests = `${journal}.requests`;
  const open = await store.create(journal, testEvents(0));
  open.inbox.listen(() => {});
  open.inbox.hurry();
  try {
    await test({ store, journal, requests, open, names: () => namesIn(requests) });
  } finally {
    await open.close();
  }
  // A sender leaves no file beside the journal.
  assertEquals(namesIn(folder.path).filter((name) => name.startsWith(".resumable_tx_")), []);
}

function namesIn(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).toSorted();
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Has calls fail as on a full disk. */
async function failing<K extends "mkdirSync" | "renameSync">(name: K, work: () => Promise<void>): Promise<void> {
  const original = Deno[name];
  Reflect.set(Deno, name, () => {
    throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  });
  try {
    await work();
  } finally {
    Reflect.set(Deno, name, original);
  }
}

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
  "a request that does not fit on the disk is not recorded",
  FILES,
  () =>
    withOpen(async ({ store, journal, open, names }) => {
      const original = Deno.FsFile.prototype.writeSync;
      Deno.FsFile.prototype.writeSync = () => {
        throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
      };
      try {
        await assertRejects(() => store.send(journal, makeRequest()), JournalUnwritable);
      } finally {
        Deno.FsFile.prototype.writeSync = original;
      }
      await failing("renameSync", async () => {
        await assertRejects(() => store.send(journal, makeRequest()), JournalUnwritable);
      });
      assertEquals([names(), await open.inbox.read("t")], [[], []]);
    }),
);

permittedTest("a request that is too long is not recorded", FILES, () =>
  withOpen(async ({ store, journal, names }) => {
    const long: Request = { ...makeRequest(), request: "signal", signal: "go", value: "x".repeat(16 * 1024 * 1024) };
    await assertRejects(() => store.send(journal, long), RangeError);
    assertThrows(() => encodeRequest(long), RangeError);
    assertEquals(names(), []);
  }));

permittedTest("a run takes no requests while its folder cannot be made, and is not disturbed", FILES, async () => {
  await using folder = await makeTempFolder();
  const store = new FileStore();
  const open = await store.create(`${folder.path}/j.json`, testEvents(0));
  await failing("mkdirSync", async () => {
    open.inbox.listen(() => {});
    open.inbox.hurry();
    await open.append(testEvents(1));
    assertEquals(await store.send(open.journal, makeRequest()), false);
  });
  open.inbox.hurry();
  assertEquals(await store.send(open.journal, makeRequest()), true);
  await open.close();
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

permittedTest(
  "a file that cannot be read is no request",
  FILES,
  () =>
    withOpen(async ({ store, journal, requests, open }) => {
      const request = makeRequest();
      assertEquals(await store.send(journal, request), true);
      const original = Deno.readTextFileSync;
      Reflect.set(Deno, "readTextFileSync", () => {
        throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
      });
      try {
        assertEquals([await open.inbox.read("t"), (await store.pending(journal)).map((found) => "fault" in found)], [
          [],
          [true],
        ]);
      } finally {
        Reflect.set(Deno, "readTextFileSync", original);
      }
      assertEquals([namesIn(requests).length, (await open.inbox.read("t")).length], [1, 1]);
      await open.inbox.forget([request]);
    }),
);

permittedTest(
  "who may not write beside the journal is told so",
  FILES,
  () =>
    withOpen(async ({ store, journal, names }) => {
      const original = Deno.openSync;
      Reflect.set(Deno, "openSync", () => {
        throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
      });
      let error: unknown;
      try {
        await store.send(journal, makeRequest()).catch((thrown) => error = thrown);
      } finally {
        Reflect.set(Deno, "openSync", original);
      }
      assertInstanceOf(error, JournalRefused);
      assertEquals(names(), []);
    }),
);

permittedTest(
  "a request is on the disk, with its name, before it is acknowledged",
  FILES,
  () =>
    withOpen(async ({ store, journal, requests, open }) => {
      const calls: string[] = [];
      const prototype = Deno.FsFile.prototype;
      const originals = { writeSync: prototype.writeSync, syncSync: prototype.syncSync };
      const rename = Deno.renameSync;
      const kindOf = (file: Deno.FsFile) => file.statSync().isDirectory ? "folder" : "file";
      prototype.writeSync = function (bytes) {
        calls.push(`write ${kindOf(this)}`);
        return originals.writeSync.call(this, bytes);
      };
      prototype.syncSync = function () {
        calls.push(`sync ${kindOf(this)}`);
        return originals.syncSync.call(this);
      };
      Reflect.set(Deno, "renameSync", (from: string, to: string) => {
        calls.push(to.startsWith(`${requests}/`) && !from.startsWith(requests) ? "rename" : "another rename");
        rename(from, to);
      });
      try {
        assertEquals(await store.send(journal, makeRequest()), true);
      } finally {
        Object.assign(prototype, originals);
        Reflect.set(Deno, "renameSync", rename);
      }
      assertEquals(calls, ["write file", "sync file", "rename", "sync folder", "sync folder"]);
      await open.inbox.forget(await open.inbox.read("t"));
    }),
);
