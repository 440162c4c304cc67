/** A transaction that has finished, and of which a step is to run again, is no finished one any more: nothing removes it. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { type Planner, Transaction } from "@x/resumable-tx";
import { runMain } from "../../cli/fake_io.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

export function make(name: string): string {
  return name;
}

export function unmake(): void {}

interface Ending {
  readonly status: string;
  /** What is typed after it has run. */
  readonly commands: readonly (readonly string[])[];
  readonly build: (t: Planner) => void;
}

const STEPS = (t: Planner) => {
  t.do(make, "ana").with({ undo: unmake });
  t.do(make, "ben").with({ undo: unmake });
};

const ENDINGS: readonly Ending[] = [
  { status: "finished", commands: [], build: STEPS },
  {
    status: "cancelled",
    commands: [["cancel"]],
    build: (t) => {
      STEPS(t);
      t.waitFor("go");
    },
  },
];

for (const { status, commands, build } of ENDINGS) {
  permittedTest(
    `a ${status} transaction in a database is kept by prune from the moment a step of it is to run again`,
    ["read", "write", "env", "sys"],
    async () => {
      await using folder = await makeTempFolder();
      const path = `${folder.path}/tx.db`;
      const journal = `sqlite:${path}#ana`;
      const type = async (command: string, ...rest: readonly string[]) => {
        const end = await runMain([command, journal, ...rest]);
        assertEquals([command, end.code], [command, 0], end.error);
      };
      const column = () => {
        using database = new DatabaseSync(path, { readOnly: true });
        return { ...database.prepare("select status, ended_at is not null as ended from transactions").get() };
      };
      const list = async () => JSON.parse((await runMain(["list", `sqlite:${path}`, "--json"])).out)[0]?.status;
      await Transaction.run(import.meta, build, { journal, keep: true }).catch(() => {});
      for (const [command = "", ...rest] of commands) await type(command, ...rest);
      assertEquals([column(), await list()], [{ status: status === "finished" ? 5 : 6, ended: 1 }, status]);
      const rewind = await runMain(["rewind", journal, "2", "--yes", "--why", "the server was restored"]);
      // What was cancelled stays so.
      const isOpen = rewind.code === 0;
      assertEquals(isOpen, status === "finished", rewind.error);
      assertEquals(column(), isOpen ? { status: 3, ended: 0 } : { status: 6, ended: 1 });
      assertEquals(await list(), isOpen ? "interrupted" : status);
      await runMain(["prune", `sqlite:${path}`, `--${status}`, "--yes"]);
      assertEquals(await list(), isOpen ? "interrupted" : undefined);
      if (!isOpen) return;
      await type("skip", "2", "--why", "not wanted");
      await type("resume");
      assertEquals([column(), await list()], [{ status: 5, ended: 1 }, "finished"]);
    },
  );
}
