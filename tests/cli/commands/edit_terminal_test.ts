/** `edit` with an editor of its own, on a terminal. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { inFolder } from "../../support/in_folder.ts";
import { startOnTerminal, terminalTest } from "../../support/terminal/pseudo_terminal.ts";
import { runCli } from "../../support/run_deno.ts";
import { planOf, writeJournal } from "../written_journal.ts";

/** An editor that makes a mistake the first time. */
const EDITOR = `#!/bin/sh
[ "$1" = --wait ] || exit 3
grep -q '"ana"' "$2" && exec sed -i 's/"ana"/"eve/' "$2"
exec sed -i 's/"eve/"eve"/' "$2"
`;

terminalTest(
  "edit opens the arguments in the editor that VISUAL names, once more after a mistake",
  () =>
    inFolder({ "editor.sh": EDITOR }, async (folder) => {
      await Deno.chmod(`${folder}/editor.sh`, 0o700);
      await writeJournal(`${folder}/j.json`, [planOf("file:///srv/mail.ts", [{ export: "mail", args: ["ana"] }])]);
      const env = { VISUAL: `${folder}/editor.sh --wait`, EDITOR: "false" };
      await using process = startOnTerminal(["edit", `${folder}/j.json`, "1", "--why", "typo"], { env });
      await process.hear("Edit once more? [Y/n] ");
      await process.type("\n");
      const { code, stdout } = await process.end();
      assertEquals(code, 0, stdout);
      assertStringIncludes(stdout, '\r\n  mail("eve")\r\n');
      const { steps: [step] } = JSON.parse((await runCli(["inspect", `${folder}/j.json`, "--json"])).stdout);
      assertEquals([step.args, step.decisions[0].by, step.decisions[0].why], [["eve"], "ana", "typo"]);
    }),
);

terminalTest("edit says so when there is no such editor, and what to do", () =>
  inFolder({}, async (folder) => {
    await writeJournal(`${folder}/j.json`, [planOf("file:///srv/mail.ts", [{ export: "mail", args: ["ana"] }])]);
    const before = await Deno.readTextFile(`${folder}/j.json`);
    await using process = startOnTerminal(["edit", `${folder}/j.json`, "1"], {
      env: { VISUAL: "/none/vi", EDITOR: "" },
    });
    const { code, stdout } = await process.end();
    assertEquals([code, await Deno.readTextFile(`${folder}/j.json`)], [2, before]);
    assertStringIncludes(stdout, 'Cannot start the editor "/none/vi"');
    assertStringIncludes(stdout, "Set EDITOR to another one, or pass the arguments with --args");
  }));
