import { assertEquals } from "@std/assert";
import { openStore } from "../../../lib/storage/locator.ts";
import { planOf } from "../../cli/written_journal.ts";
import { runAsUser, userTest } from "../../support/as_user.ts";
import { inFolder } from "../../support/in_folder.ts";

const PLAN = planOf("file:///srv/program.ts", [{ export: "make", args: [] }]);

/** The files of a database, and what is in them. */
function snapshot(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => `${name} ${Deno.readFileSync(`${folder}/${name}`).toHex()}`)
    .toSorted();
}

userTest(
  "a user who may only read a database looks at it, also while it is used, and changes nothing",
  () =>
    inFolder({}, async (folder) => {
      const database = `sqlite:${folder}/tx.db`;
      const journal = `${database}#a`;
      await Deno.chmod(folder, 0o755);
      const look = async () => {
        for (const name of ["tx.db", "tx.db-wal", "tx.db-shm"]) {
          await Deno.chmod(`${folder}/${name}`, 0o644).catch(() => {});
        }
        const { code, stdout, stderr } = await runAsUser("/", ["list", database, "--json"]);
        assertEquals(code, 0, stderr);
        const codes = [];
        for (const words of [["inspect", journal], ["check", database], ["resume", journal, "--trust"]]) {
          codes.push((await runAsUser("/", words)).code);
        }
        assertEquals(codes, [0, 0, 77]);
        return JSON.parse(stdout).map(({ status }: { readonly status: string }) => status);
      };
      {
        await using place = await openStore(journal, { created: { id: "6f1c" } });
        const open = await place.store.create(journal, PLAN);
        await open.append([{ type: "started", step: "1", attempt: 1, run: 1 }]);
        assertEquals(await look(), ["started"]);
        await open.close();
      }
      const before = snapshot(folder);
      assertEquals(await look(), ["interrupted"]);
      assertEquals(snapshot(folder), before);
    }),
);
