/** `resume DATABASE` looks at what can be continued, and reads the records of nothing else. */
import { assertEquals, assertRejects } from "@std/assert";
import { Transaction } from "@x/resumable-tx";
import { openStore } from "@x/resumable-tx/sqlite";
import { resumeFolder } from "../../../lib/cli/resume/resume_folder.ts";
import type { ResumeCall } from "../../../lib/cli/resume/resume_one.ts";
import { openSqliteStore } from "../../../lib/storage/sqlite/open_sqlite_store.ts";
import type { SqlStore } from "../../../lib/storage/sql/sql_store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

const FINISHED = 20;
const CALL = {
  decisions: [],
  trust: false,
  home: undefined,
  isQuiet: true,
  dryRun: true,
  load: false,
  json: true,
  redact: (text) => text,
} satisfies Partial<ResumeCall>;

export function succeed(): void {}

export function fail(): never {
  throw new Error("it fails");
}

/** What `resume --dry-run --json` of the whole store prints, and the names of the journals of which it has read records. */
async function dryRunAll(store: SqlStore): Promise<{ code: number; out: string; error: string; read: string[] }> {
  const read: string[] = [];
  const counting = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: readonly unknown[]): unknown => {
        if (name === "read" || name === "open") read.push(String(args[0]));
        return member.apply(target, args);
      };
    },
  });
  let [out, error] = ["", ""];
  const io = {
    writeOut: (text: string) => void (out += text),
    writeError: (text: string) => void (error += text),
    wantsColour: false,
    now: () => new Date(),
    readTextFile: () => "",
    readVariable: () => undefined,
  };
  const request = { arguments: [], flags: new Set<string>(), texts: new Map<string, string>(), values: [] };
  const close = { [Symbol.asyncDispose]: () => Promise.resolve() };
  const place = { store: counting, name: store.locator, shown: store.locator, ...close };
  const code = await resumeFolder(place, request, CALL, io);
  return { code, out, error, read };
}

permittedTest("resume of a database reads what can be continued, and nothing else", ["read", "write"], async () => {
  await using folder = await makeTempFolder();
  await using connection = await openStore(`sqlite:${folder.path}/tx.db`);
  await using store = await openSqliteStore(`${folder.path}/tx.db`);
  const run = (journal: string, step: () => void) =>
    Transaction.run(import.meta, (t) => t.do(step), { store: connection, journal, keep: true });
  for (let number = 0; number < FINISHED; number += 1) await run(`done ${number}`, succeed);
  const none = await dryRunAll(store);
  assertEquals([none.code, none.out, none.read], [0, "[]\n", []]);
  for (const name of ["a", "b"]) await assertRejects(() => run(name, fail));
  const some = await dryRunAll(store);
  const open = ["a", "b"].map((name) => store.journalOf(name));
  assertEquals([JSON.parse(some.out).map(({ journal }: { journal: string }) => journal), some.read], [open, open]);
});
