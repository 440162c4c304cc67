/** Files of `deno test` and `deno bench` that plan: their steps are found again by a process that runs no tests. */
import { assertEquals } from "@std/assert";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { CONFIG, runCli } from "../support/run_deno.ts";

const HOME = `
import { plan, Transaction } from "@x/resumable-tx";

export function note(text: string): string {
  Deno.statSync("ready");
  Deno.writeTextFileSync("effects", text + "\\n", { append: true });
  return text;
}
export function notes(text: string) {
  return plan((t) => t.do(note, text));
}

async function abort(journal: string): Promise<void> {
  const run = Transaction.run(import.meta, (t) => t.do(notes, journal), { journal });
  const error = await run.catch((thrown) => thrown);
  // The step of the plan that the first step returned.
  if (error.step !== "1.1") throw error;
}

Deno.test("plans", () => abort("test.json"));
Deno.bench("plans", { n: 1, warmup: 0 }, async () => {
  try {
    Deno.statSync("bench.json");
  } catch {
    await abort("bench.json");
  }
});
`;

permittedTest(
  "a file of deno test or deno bench can plan, and its steps run when it is resumed",
  ["read", "write", "run", "env"],
  () =>
    inFolder({ "home_test.ts": HOME }, async (folder) => {
      for (const command of ["test", "bench"]) {
        const flags = ["--no-check", "--quiet", "--no-prompt", "-A", "--config", CONFIG];
        const { code, stdout } = await new Deno.Command(Deno.execPath(), {
          args: [command, ...flags, "home_test.ts"],
          cwd: folder,
          env: { NO_COLOR: "1" },
          stderr: "piped",
        }).output();
        assertEquals(code, 0, new TextDecoder().decode(stdout));
      }
      await Deno.writeTextFile(`${folder}/ready`, "");

      for (const journal of ["test.json", "bench.json"]) {
        const resumed = await runCli(["resume", journal], { cwd: folder });
        assertEquals(resumed.code, 0, resumed.stderr);
      }

      assertEquals(await Deno.readTextFile(`${folder}/effects`), "test.json\nbench.json\n");
    }),
);
