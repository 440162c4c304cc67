/** Requests on disks that fail or are full, and where permission is missing. */
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { JournalRefused } from "../../../lib/errors/opening_errors.ts";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import { encodeRequest, type Request } from "../../../lib/journal/request.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeRequest, namesIn, withOpen } from "../../support/request_setting.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { testEvents } from "../../support/test_record.ts";

const FILES = ["read", "write"] as const;

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
