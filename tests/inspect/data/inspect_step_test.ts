/** `inspect --step`, the lines of source below errors, and what is shown of secrets. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import type { Event } from "../../../lib/journal/event.ts";
import { runMain } from "../../cli/fake_io.ts";
import { planOf, unchanged, writeJournal } from "../../cli/written_journal.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli } from "../../support/run_deno.ts";

const ALL = ["read", "write", "run"] as const;
const SOURCE = "export function move(): never {\n  throw new Error('\u001b[2Jno');\n}\n";

function failed(stack: string): readonly Event[][] {
  const error = { name: "Error", message: "no", stack: `Error: no\n    at move (${stack})` };
  return [
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "failed", step: "1", attempt: 1, ms: 1, error }, { type: "aborted", step: "1" }],
  ];
}

permittedTest(
  "inspect --step shows one step by its number or name, as text and as JSON",
  ALL,
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      const plan = planOf("file:///srv/a.ts", [{ export: "move", name: "first", args: [1] }, { export: "mail" }]);
      await writeJournal(journal, [plan, ...failed("file:///srv/a.ts:1:1")]);
      const inspect = (...words: string[]) =>
        unchanged(journal, () => runCli(["inspect", journal, ...words], { flags: [`--allow-read=${journal}`] }));
      const text = await inspect("--step", "first");
      assertEquals([text.code, text.stderr], [0, ""]);
      assertStringIncludes(text.stdout, "Step 1  failed   state.first = move(1)\n");
      assertStringIncludes(text.stdout, "    Error: no\n      at move (file:///srv/a.ts:1:1)\n");
      const json = await inspect("--step", "2", "--json");
      const { step, attempts, transaction } = JSON.parse(json.stdout);
      assertEquals([json.code, step.id, step.call, attempts, transaction.status], [0, "2", "mail()", [], "aborted"]);
      const none = await inspect("--step", "frist");
      assertEquals([none.code, none.stdout], [2, ""]);
      assertMatch(none.stderr, /\bfrist\b.*\bfirst\?/);
    }),
);

permittedTest(
  "inspect shows the line that an error was thrown at, escaped, where it may be read",
  ALL,
  () =>
    inFolder({ "steps.ts": SOURCE, "notes.txt": SOURCE }, async (folder) => {
      const journal = `${folder}/j.json`;
      const steps = toFileUrl(`${folder}/steps.ts`).href;
      await writeJournal(journal, [planOf(steps, [{ export: "move" }]), ...failed(`${steps}:2:9`)]);
      const inspect = (...flags: string[]) => runCli(["inspect", journal], { flags });
      assertStringIncludes(
        (await inspect(`--allow-read=${folder}`)).stdout,
        "  2 | throw new Error('\\u001b[2Jno');\n",
      );
      const unread = await inspect(`--allow-read=${journal}`);
      assertEquals([unread.code, unread.stderr, unread.stdout.includes("  2 | ")], [0, "", false]);
      for (const other of ["notes.txt:2:9", "steps.ts:99:1", "none.ts:1:1", ".:1:1"]) {
        const odd = `${folder}/odd.json`;
        await writeJournal(odd, [planOf(steps, [{ export: "move" }]), ...failed(`file://${folder}/${other}`)]);
        const { out, code } = await runMain(["inspect", odd]);
        assertEquals([code, / \| /.test(out)], [0, false], other);
        await Deno.remove(odd);
      }
    }),
);

permittedTest(
  "inspect says when the file has changed that an error was thrown in",
  ["read", "write"],
  () =>
    inFolder({ "steps.ts": SOURCE }, async (folder) => {
      const journal = `${folder}/j.json`;
      const steps = toFileUrl(`${folder}/steps.ts`).href;
      const [opened, ...rest] = planOf(steps, [{ export: "move" }]);
      if (opened?.type !== "opened") throw new Error("There is no plan");
      const pinned = { ...opened, modules: [{ url: steps, sha256: "ab".repeat(32) }] };
      await writeJournal(journal, [[pinned, ...rest], ...failed(`${steps}:3:1`)]);
      assertStringIncludes((await runMain(["inspect", journal])).out, "  3 | }   (the file has changed since)\n");
    }),
);

permittedTest(
  "inspect hides in every form what looks like a secret, unless it is told to show it",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      const secret = "hunter2";
      await writeJournal(journal, [
        planOf("file:///srv/a.ts", [{ export: "login", args: [{ user: "ana", password: secret }] }, {
          export: "mail",
        }]),
        [{ type: "signalled", signal: "go", value: { token: secret } }],
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
        [{ type: "finished", step: "1", attempt: 1, ms: 1, value: [{ session: { api_key: secret } }] }],
        [{ type: "decided", decision: "edit", step: "2", args: [{ secret }] }],
      ]);
      for (const words of [[], ["--json"], ["--all"], ["--step", "1"], ["--step", "2", "--json"], ...FORMS]) {
        const hidden = await runMain(["inspect", journal, ...words]);
        assertEquals([hidden.code, hidden.out.includes(secret)], [0, false], words.join(" "));
        assertStringIncludes(hidden.out, "«redacted»");
        const shown = await runMain(["inspect", journal, ...words, "--show-secrets"]);
        assertEquals([shown.code, shown.out.includes(secret)], [0, true], words.join(" "));
      }
      assertEquals((await runMain(["resume", journal, "--dry-run"])).out.includes(secret), false);
    }),
);

/** Other forms in which a journal is shown. */
const FORMS: readonly (readonly string[])[] = [["--events"], ["--events", "--json"], ["--html=-"], ["--graph"]];
