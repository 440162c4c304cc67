/** A step that returns a plan, from a module that only passes it on: real files, a crash, and the command line. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { inFolder } from "../support/in_folder.ts";
import { killWhen } from "../support/kill_when.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { denoCommand, runCli, runDeno } from "../support/run_deno.ts";

const ALL = ["read", "write", "run"] as const;

const IMPORT = 'import { order } from "./lib/mod.ts";';
/** Home has it from nowhere. */
const NAME = 'const { order } = steps<typeof import("./lib/mod.ts")>(import.meta.resolve("./lib/mod.ts"));';

const HOME = `
import { steps, Transaction } from "@x/resumable-tx";
${IMPORT}
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => t.do(order, "ink").with({ retry: { maxAttempts: 3, delayMs: 0 } }), {
    journal: "j.json",
  });
}
`;

/** A barrel, and one more behind it under another name. */
const FILES = {
  "mod.ts": 'export { buy as order } from "./inner.ts";\n',
  "inner.ts": 'import { place } from "./steps.ts";\nexport { place as buy };\n',
  "helpers.ts": `
export async function write(text: string): Promise<void> {
  Deno.writeTextFileSync("effects", text + "\\n", { append: true });
  console.log("wrote", text);
  try {
    Deno.statSync("hang");
  } catch {
    return;
  }
  await new Promise(() => setInterval(() => {}, 1000));
}
`,
};

const STEPS = `
import { plan } from "@x/resumable-tx";
import { write } from "./helpers.ts";
export function place(thing: string): unknown {
  Deno.writeTextFileSync("effects", "order\\n", { append: true });
  return plan((t) => {
    t.do(write, "first " + thing);
    t.do(here, "second " + thing);
  });
}
export async function here(text: string): Promise<void> {
  await write(text);
}
`;

function inLibrary(home: string, steps: string, test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder({ "main.ts": home }, async (folder) => {
    await Deno.mkdir(`${folder}/lib`);
    for (const [name, text] of Object.entries({ ...FILES, "steps.ts": steps })) {
      await Deno.writeTextFile(`${folder}/lib/${name}`, text);
    }
    await test(folder);
  });
}

for (const [way, home] of [["imports", HOME], ["names", HOME.replace(IMPORT, NAME)]] as const) {
  permittedTest(
    `a sub-plan's functions are looked for where the step is written that home ${way}`,
    ALL,
    () =>
      inLibrary(home, STEPS, async (folder) => {
        await Deno.writeTextFile(`${folder}/hang`, "");
        await killWhen(denoCommand("main.ts", [], { cwd: folder }), "wrote first ink");
        await Deno.remove(`${folder}/hang`);
        const { steps } = JSON.parse((await runCli(["inspect", "j.json", "--json"], { cwd: folder })).stdout);
        assertEquals(
          steps.map(({ module }: { readonly module: string }) => module.slice(module.lastIndexOf("/") + 1)),
          ["mod.ts", "helpers.ts", "steps.ts"],
        );
        const { code, stderr } = await runCli(["resume", "j.json", "--done", "1.1"], { cwd: folder });
        assertEquals(code, 0, stderr);
        assertEquals(await Deno.readTextFile(`${folder}/effects`), "order\nfirst ink\nsecond ink\n");
      }),
  );
}

permittedTest(
  "a returned plan that cannot be carried out is no reason to try the step again",
  ALL,
  () =>
    inLibrary(HOME, STEPS.replace("t.do(write,", "t.do((_: string) => {},"), async (folder) => {
      const { code, stderr } = await runDeno("main.ts", [], { cwd: folder });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "/lib/steps.ts");
      assertEquals(await Deno.readTextFile(`${folder}/effects`), "order\n");
    }),
);
