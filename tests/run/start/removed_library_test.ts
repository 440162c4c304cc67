import { assertEquals } from "@std/assert";
import { copy } from "@std/fs/copy";
import { join } from "@std/path/join";
import { writeProgram } from "../../modules/run_program.ts";
import { permittedTest } from "../../support/permitted_test.ts";

/** Its first step removes the library, as an upgrade may. What follows needs parts that are loaded when they are needed. */
const PROGRAM = `
const journal = new URL("j.json", import.meta.url);
let calls = 0;

export async function remove(): Promise<void> {
  await Deno.remove(new URL("mod.ts", import.meta.url));
  await Deno.remove(new URL("lib", import.meta.url), { recursive: true });
  // Another copy sends it: this one has loaded nothing for requests.
  const other = await import("lib/../mod.ts");
  note(String(await other.Transaction.signal(journal, "go", "went")));
}

export function note(text: string): void {
  console.log(text);
}

export function failOnce(): void {
  if (calls++ === 0) throw new Error("once");
}

export function makePlan(): unknown {
  return plan((p) => void p.do(note, "planned"));
}

export function fail(): never {
  throw new Error("at last");
}

if (import.meta.main) {
  const t = new Transaction(import.meta, { journal, onFailure: "rollback" });
  t.do(remove).with({ undo: undoRemove });
  t.do(failOnce).with({ retry: { maxAttempts: 2, delayMs: 1 }, timeoutMs: 60_000 });
  t.do(makePlan);
  t.sleep(1);
  t.do(note, t.waitFor<string>("go"));
  t.do(fail);
  await t.run().catch((error) => console.log(error.name));
  console.log((await Transaction.inspect(journal)).status);
}

export function undoRemove(): void {
  note("undone");
}
`;

const IMPORTS = {
  "with its program": 'import { plan, Transaction } from "./mod.ts";',
  "later": 'const { plan, Transaction } = await import(new URL("./mod.ts", import.meta.url).href);',
};

for (const [when, line] of Object.entries(IMPORTS)) {
  permittedTest(
    `a library that was loaded ${when} records everything that follows its own removal`,
    ["read", "write", "run", "env", "import"],
    async () => {
      await using folder = await writeProgram({ "home.ts": `${line}\n${PROGRAM}` });
      const library = new URL("../../../", import.meta.url);
      for (const part of ["lib", "mod.ts"]) await copy(new URL(part, library), join(folder.path, part));
      const { code, lines, errors } = await folder.run("home.ts");
      const told = ["true", "planned", "went", "undone", "TransactionUndone", "undone"];
      assertEquals([errors, code, lines], ["", 0, told]);
    },
  );
}
