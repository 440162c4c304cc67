import { assertEquals, assertRejects } from "@std/assert";
import { JournalUntrusted } from "../../../lib/errors/opening_errors.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { takeEffects } from "../../support/programs/sample_steps.ts";
import { plannedNotes, resumeSample } from "../../support/programs/sample_transaction.ts";

async function atRest(folder: string): Promise<string> {
  const name = `${folder}/j.json`;
  const journal = await new FileStore().create(name, plannedNotes(["a"]));
  await journal.close();
  return name;
}

const isWindows = Deno.build.os === "windows";
const canGiveAway = !isWindows && Deno.permissions.querySync({ name: "sys", kind: "uid" }).state === "granted" &&
  Deno.uid() === 0;

interface Case {
  readonly what: string;
  readonly needsRoot?: boolean;
  readonly prepare: (folder: string, journal: string) => Promise<void>;
  readonly reason: RegExp;
}

const CASES: readonly Case[] = [
  {
    what: "others may write",
    prepare: (_folder, journal) => Deno.chmod(journal, 0o666),
    reason: /others may write it \(mode 0666\)/,
  },
  {
    what: "the group may write",
    prepare: (_folder, journal) => Deno.chmod(journal, 0o620),
    reason: /others may write it \(mode 0620\)/,
  },
  {
    what: "lies where others may write",
    prepare: (folder) => Deno.chmod(folder, 0o777),
    reason: /others may replace it/,
  },
  {
    what: "belongs to somebody else",
    needsRoot: true,
    prepare: (_folder, journal) => Deno.chown(journal, 4711, 4711),
    reason: /it belongs to user 4711/,
  },
  {
    what: "lies in somebody else's folder",
    needsRoot: true,
    prepare: (folder) => Deno.chown(folder, 4711, 4711),
    reason: /its folder .* belongs to user 4711/,
  },
];

for (const { what, needsRoot = false, prepare, reason } of CASES) {
  if (isWindows || (needsRoot && !canGiveAway)) {
    Deno.test.ignore(
      `resumeJournal() refuses a journal that ${what} (needs ${needsRoot ? "root" : "modes"})`,
      () => {},
    );
    continue;
  }
  permittedTest(
    `resumeJournal() refuses a journal that ${what}, unless told to trust it`,
    ["read", "write", "sys"],
    () =>
      inFolder({}, async (folder) => {
        const name = await atRest(folder);
        await prepare(folder, name);
        const before = await Deno.readFile(name);
        const error = await assertRejects(() => resumeSample(new FileStore(), name), JournalUntrusted, "--trust");
        assertEquals(reason.test(error.reason), true, error.reason);
        assertEquals([await Deno.readFile(name), takeEffects()], [before, []]);
        await resumeSample(new FileStore(), name, { trust: true });
        assertEquals(takeEffects(), ["a"]);
      }),
  );
}

permittedTest("resumeJournal() trusts a journal that others may read, and one in a sticky folder", [
  "read",
  "write",
  "sys",
], () =>
  inFolder({}, async (folder) => {
    const name = await atRest(folder);
    if (!isWindows) {
      await Deno.chmod(name, 0o644);
      await Deno.chmod(folder, 0o1777);
    }
    await resumeSample(new FileStore(), name);
    assertEquals(takeEffects(), ["a"]);
  }));
