import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Inspection } from "../../../lib/inspect/data/inspection.ts";
import { inFolder } from "../../support/in_folder.ts";
import { killWhen } from "../../support/kill_when.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { denoCommand, runCli } from "../../support/run_deno.ts";
import { runMain } from "../fake_io.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const ALL = ["read", "write", "run"] as const;
const HANGING = `
import { Transaction } from "@x/resumable-tx";
export function hang(): Promise<void> {
  console.log("here");
  return new Promise((resolve) => setTimeout(resolve, 1_000_000));
}
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    t.do(hang);
  }, { journal: "j.json" });
}
`;

permittedTest(
  "inspect needs --allow-read alone, also when a module throws while it is loaded",
  ALL,
  () =>
    inFolder({ "throws.ts": 'throw new Error("loaded");' }, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, [planOf(toFileUrl(`${folder}/throws.ts`).href, [{ export: "move", args: [1] }])]);
      const flags = [`--allow-read=${journal}`];
      const text = await unchanged(journal, () => runCli(["inspect", "./j.json"], { flags, cwd: folder }));
      assertEquals([text.code, text.stderr], [0, ""]);
      assertStringIncludes(text.stdout, "  1  move(1)  ");
      const json = await unchanged(journal, () => runCli(["inspect", `file://${journal}`, "--json"], { flags }));
      assertEquals([json.code, json.stderr, JSON.parse(json.stdout).steps[0].call], [0, "", "move(1)"]);
    }),
);

permittedTest(
  "inspect shows a transaction that is being run, and one that was killed, and changes no byte",
  ALL,
  () =>
    inFolder({ "hang.ts": HANGING }, async (folder) => {
      const journal = `${folder}/j.json`;
      const flags = ["--allow-read"];
      const inspect = async () => {
        const { code, stderr, stdout } = await unchanged(
          journal,
          () => runCli(["inspect", journal, "--json"], { flags }),
        );
        assertEquals([code, stderr], [0, ""]);
        const { status, isHeld, steps, next }: Inspection = JSON.parse(stdout);
        return { status, isHeld, step: steps[0]?.status, next: next.map(({ command }) => command.split("/cli ")[1]) };
      };
      let running: unknown;
      await killWhen(denoCommand(`${folder}/hang.ts`, [], { cwd: folder }), "here", {
        meanwhile: async () => {
          running = await inspect();
        },
      });
      assertEquals(running, { status: "started", isHeld: true, step: "started", next: [] });
      assertEquals(await inspect(), {
        status: "interrupted",
        isHeld: false,
        step: "unknown",
        next: ["--retry", "--done", "--skip"].map((flag) => `resume ${journal} ${flag} 1`),
      });
    }),
);

permittedTest(
  "inspect escapes all that somebody may have put into a journal",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      const evil = "\u001b]0;owned\u0007\u202e\u009b2J";
      const error = {
        name: evil,
        message: evil,
        stack: `at ${evil} (file:///a.ts:1:1)`,
        cause: { name: evil, message: "" },
      };
      await writeJournal(journal, [
        planOf(`file:///${evil}.ts`, [{ export: evil, name: evil, args: [evil, { [evil]: evil }] }]),
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
        [{ type: "failed", step: "1", attempt: 1, ms: 1, error }, { type: "aborted", step: "1" }],
        [{ type: "resumed", run: 2, library: evil, host: evil }],
        [{ type: "decided", step: "1", decision: "done", given: true, value: evil, by: evil, why: evil }],
        [{ type: "aborted", step: "1", error }],
      ]);
      for (const words of [["inspect"], ["inspect", "--json"], ["check"], ["resume", "--dry-run"]]) {
        const { out, error } = await runMain([...words, journal]);
        // deno-lint-ignore no-control-regex -- that is what is looked for
        assertEquals(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(out + error), false, words.join(" "));
      }
    }),
);

permittedTest(
  "inspect uses colours for somebody who wants them",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, [planOf("file:///srv/a.ts", [{ export: "move" }])]);
      const { out } = await runMain(["inspect", journal], { wantsColour: true });
      assertStringIncludes(out, "\u001b[1mTransaction\u001b[22m");
    }),
);
