import { assert, assertEquals, assertRejects } from "@std/assert";
import { JournalRefused } from "../../../lib/errors/opening_errors.ts";
import { JournalExists } from "../../../lib/errors/planning_errors.ts";
import { Fenced, JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { isOnlyOpenJournal } from "../../../lib/storage/file/file_lock.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { testEvents, testNow } from "../../support/test_record.ts";

const FILES = ["read", "write"] as const;
const ENDED: readonly Event[] = [{ type: "ended" }];
const store = new FileStore(testNow);

async function countRecords(journal: string): Promise<number> {
  let count = 0;
  await store.read(journal, () => count += 1);
  return count;
}

permittedTest("FileStore keeps valid JSON for the owner alone, at rest and while it is open", FILES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  const open = await store.create(journal, testEvents(0));
  if (Deno.build.os !== "windows") assertEquals((await Deno.stat(journal)).mode, 0o100600);
  for (let seq = 1; seq < 40; seq += 1) {
    await open.append(testEvents(seq, seq * 100));
    assertEquals(JSON.parse(await Deno.readTextFile(journal)).length, seq + 1);
  }
  assert((await Deno.stat(journal)).size % 4096 === 0);
  await open.close();
  const text = await Deno.readTextFile(journal);
  assertEquals([JSON.parse(text).length, text.endsWith("\n]"), text.includes("\t")], [40, true, false]);
});

permittedTest("FileStore.open() does not change a byte before recover()", FILES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  await (await store.create(journal, testEvents(0))).close();
  const before = await Deno.readTextFile(journal);
  const open = await store.open(journal, () => {});
  assertEquals(await Deno.readTextFile(journal), before);
  await open.close();
  assertEquals(await Deno.readTextFile(journal), before);
});

permittedTest(
  "FileStore says of a journal that is written over while it is read that it cannot be read",
  FILES,
  async () => {
    await using folder = await makeTempFolder();
    const journal = `${folder.path}/a.json`;
    await (await store.create(journal, testEvents(0))).close();
    const whole = await Deno.readFile(journal);
    const cut = () => Deno.truncateSync(journal, 100);
    for (const read of [() => store.read(journal, cut), () => store.open(journal, cut)]) {
      await Deno.writeFile(journal, whole);
      await assertRejects(read, JournalUnwritable, "it became shorter while it was read");
    }
  },
);

permittedTest("FileStore cuts a torn append off, and keeps what it cut beside the journal", FILES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  const open = await store.create(journal, testEvents(0));
  const whole = await Deno.readFile(journal);
  await open.append(testEvents(1, 2000));
  const torn = (await Deno.readFile(journal)).fill(0x09, 1024);
  await open.close({ remove: true });
  for (const copy of [1, 2]) {
    await Deno.writeFile(journal, torn, { mode: 0o600 });
    const cutBytes = 1024 - whole.indexOf("]".charCodeAt(0), whole.indexOf("\n".charCodeAt(0)));
    assertEquals(await store.read(journal, () => {}), { journal, isHeld: false, isAtRest: false, tornBytes: cutBytes });
    const again = await store.open(journal, () => {});
    assertEquals(await again.recover(), { cutBytes, savedAs: `a.json.torn-${copy}` });
    assertEquals(await Deno.readFile(`${journal}.torn-${copy}`), torn.slice(1024 - cutBytes, 1024));
    await again.append(ENDED);
    await again.close();
    assertEquals(JSON.parse(await Deno.readTextFile(journal)).length, 2);
  }
});

permittedTest("FileStore writes the last record, and rests, where a moved journal lies now", FILES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  const open = await store.create(journal, testEvents(0));
  await Deno.rename(journal, `${journal}.moved`);
  await (await store.create(journal, testEvents(0))).close();
  const append = async () => {
    for (let count = 0; count < 100_000; count += 1) await open.append(testEvents(1));
  };
  await assertRejects(append, Fenced, "was moved, deleted or replaced");
  await open.append(ENDED, { last: true });
  await open.close({ remove: true });
  assertEquals(await countRecords(journal), 1);
  const text = await Deno.readTextFile(`${journal}.moved`);
  assertEquals([text.endsWith("\n]"), JSON.parse(text).at(-1).events], [true, ENDED]);
});

/** What another program may do to an open journal, in place. */
const CHANGES: Readonly<Record<string, (journal: string) => void>> = {
  "truncates it to nothing": (journal) => Deno.truncateSync(journal, 0),
  "cuts off filler": (journal) => Deno.truncateSync(journal, Deno.statSync(journal).size - 1),
  "cuts off a part of the last record": (journal) => {
    const size = Deno.statSync(journal).size;
    Deno.truncateSync(journal, Deno.readFileSync(journal).lastIndexOf(0x0a) - 5);
    Deno.truncateSync(journal, size);
  },
  "appends a line": (journal) => Deno.writeTextFileSync(journal, "x\n", { append: true }),
  "saves it with a newline at its end": (journal) =>
    Deno.writeTextFileSync(journal, `${Deno.readTextFileSync(journal)}\n`),
  "saves it without its filler": (journal) => Deno.writeTextFileSync(journal, Deno.readTextFileSync(journal).trim()),
  "saves a last record that differs": (journal) =>
    Deno.writeTextFileSync(journal, Deno.readTextFileSync(journal).replace(/"}\n]/, '"} ]')),
};

for (const [what, change] of Object.entries(CHANGES)) {
  permittedTest(`FileStore fences a run if another program ${what}`, FILES, async () => {
    await using folder = await makeTempFolder();
    const journal = `${folder.path}/a.json`;
    const append = async () => {
      const open = await store.create(journal, testEvents(0));
      change(journal);
      try {
        for (let count = 0; count < 100_000; count += 1) await open.append(testEvents(1));
      } finally {
        await assertRejects(async () => await open.append(ENDED, { last: true }), Fenced);
        // The first error was the one to report.
        await open.close({ remove: true });
      }
    };
    await assertRejects(append, Fenced);
    await Deno.remove(journal);
    for (const remove of [true, false]) {
      const open = await store.create(journal, testEvents(0));
      await open.append(ENDED, { last: true });
      change(journal);
      const changed = await Deno.readFile(journal);
      await assertRejects(() => open.close({ remove }), Fenced);
      assertEquals(await Deno.readFile(journal), changed);
      await Deno.remove(journal);
    }
    assert(isOnlyOpenJournal());
  });
}

permittedTest("FileStore.create() leaves nothing when it fails", FILES, async () => {
  await using folder = await makeTempFolder();
  await assertRejects(
    () => store.create(`${folder.path}/none/a.json`, testEvents(0)),
    Error,
    `there is no folder "${folder.path}/none". Create it first: mkdir -p ${folder.path}/none`,
  );
  await assertRejects(() => store.create(`${folder.path}/a.json`, testEvents(0, 17 * 1024 * 1024)), RangeError);
  assertEquals(await Array.fromAsync(Deno.readDir(folder.path)), []);
  // A journal that was never opened must not count as open, or all others take the slower way.
  const open = await store.create(`${folder.path}/a.json`, testEvents(0));
  assert(isOnlyOpenJournal());
  await open.close();
});

/** A file whose process died before it gave it the journal's name, and one that died right after. */
permittedTest(
  "FileStore gives a journal its name when it is whole, and a crash around that locks nobody out",
  FILES,
  async () => {
    await using folder = await makeTempFolder();
    const journal = `${folder.path}/a.json`;
    const first = `${folder.path}/.resumable_tx_first`;
    const { linkSync } = Deno;
    let content = "";
    Deno.linkSync = (from, to) => {
      content = Deno.readTextFileSync(from);
      linkSync(from, to);
    };
    try {
      await (await store.create(journal, testEvents(0))).close();
    } finally {
      Deno.linkSync = linkSync;
    }
    assertEquals(JSON.parse(content).length, 1);
    assertEquals((await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name), ["a.json"]);

    await Deno.link(journal, first);
    assertEquals(await Array.fromAsync(store.list(folder.path)), [journal]);
    assertEquals((await store.examine(journal)).refusal, undefined);
    await assertRejects(() => store.create(journal, testEvents(0)), JournalExists);
    const open = await store.open(journal, () => {});
    assertEquals((await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name), ["a.json"]);
    await open.close();
    // Other names are still refused.
    await Deno.link(journal, `${folder.path}/b.json`);
    await Deno.link(journal, first);
    await assertRejects(() => store.open(journal, () => {}), JournalRefused, "2 names");
  },
);

permittedTest("FileStore creates a journal where a file cannot have a second name", FILES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  const { linkSync } = Deno;
  Deno.linkSync = () => {
    throw new Error("Operation not supported (os error 95)");
  };
  try {
    await (await store.create(journal, testEvents(0))).close();
  } finally {
    Deno.linkSync = linkSync;
  }
  assertEquals(await countRecords(journal), 1);
  assertEquals((await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name), ["a.json"]);
});

permittedTest("FileStore.create() of one name by many succeeds once, and leaves one file", FILES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  const ends = await Promise.allSettled(Array.from({ length: 20 }, () => store.create(journal, testEvents(0))));
  const open = ends.flatMap((end) => end.status === "fulfilled" ? [end.value] : []);
  assertEquals(open.length, 1);
  for (const end of ends) if (end.status === "rejected") assert(end.reason instanceof JournalExists);
  await open[0]?.close();
  assertEquals((await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name), ["a.json"]);
  assertEquals(await countRecords(journal), 1);
});

permittedTest("FileStore.create() says of a disk that fails that nothing was created, once", FILES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  for (const name of ["writeSync", "syncSync"] as const) {
    const original = Deno.FsFile.prototype[name];
    Reflect.set(Deno.FsFile.prototype, name, () => {
      throw new Error("Input/output error (os error 5)");
    });
    try {
      const error = await assertRejects(() => store.create(journal, testEvents(0)), JournalUnwritable);
      const told = error.message.split("Cannot write").length - 1;
      assertEquals([told, error.message.includes("step")], [1, false], error.message);
    } finally {
      Reflect.set(Deno.FsFile.prototype, name, original);
    }
    assertEquals(await Array.fromAsync(Deno.readDir(folder.path)), []);
  }
  if (Deno.build.os !== "linux") return;
  const error = await assertRejects(() => store.create("/proc/j.json", testEvents(0)), JournalUnwritable);
  assertEquals(error.message.includes("there is no folder"), false);
});

permittedTest("FileStore follows a link for reading and refuses it for writing", FILES, async () => {
  if (Deno.build.os === "windows") return;
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  await (await store.create(journal, testEvents(0))).close();
  await Deno.symlink(journal, `${folder.path}/soft.json`);
  assertEquals(await countRecords(`${folder.path}/soft.json`), 1);
  const soft = () => store.open(`${folder.path}/soft.json`, () => {});
  await assertRejects(soft, JournalRefused, ` "${journal}" itself`);
  await Deno.link(journal, `${folder.path}/hard.json`);
  assertEquals(await countRecords(`${folder.path}/hard.json`), 1);
  await assertRejects(() => store.open(journal, () => {}), JournalRefused, " 2 names ");
});

permittedTest("FileStore names the file whose file system takes no lock", FILES, async () => {
  await using folder = await makeTempFolder();
  const journal = `${folder.path}/a.json`;
  await (await store.create(journal, testEvents(0))).close();
  const original = Deno.FsFile.prototype.tryLockSync;
  for (const text of ["No locks available (os error 37)", "Operation not supported (os error 95)"]) {
    Deno.FsFile.prototype.tryLockSync = () => {
      throw new Error(text);
    };
    try {
      const follow = async () => {
        for await (const _ of store.follow(journal, () => {})) break;
      };
      const uses = [
        () => store.read(journal, () => {}),
        () => store.open(journal, () => {}),
        () => store.create(`${folder.path}/b.json`, testEvents(0)),
        follow,
      ];
      for (const use of uses) {
        const error = await assertRejects(use, JournalUnwritable);
        assert(error.message.includes(folder.path) && error.message.includes("cannot tell whether"), error.message);
      }
    } finally {
      Deno.FsFile.prototype.tryLockSync = original;
    }
  }
  assertEquals((await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name), ["a.json"]);
});
