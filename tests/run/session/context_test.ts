import { assertEquals, assertMatch } from "@std/assert";
import { writeProgram } from "../../modules/run_program.ts";
import { startOtlpReceiver } from "../../support/otlp_receiver.ts";
import { permittedTest } from "../../support/permitted_test.ts";

/** Writes where a context is found: after waits, in timers, in steps side by side, in a run within a step, and outside. */
const PROGRAM = `
import { context as tracing, ROOT_CONTEXT } from "@opentelemetry/api";
import { context, Transaction } from "lib/../mod.ts";

function where(): string {
  try {
    return context().stepId;
  } catch {
    return "none";
  }
}

export async function look(): Promise<string[]> {
  const found = [where()];
  await new Promise((resolve) => setTimeout(resolve, 1));
  found.push(where());
  found.push(await new Promise<string>((resolve) => setTimeout(() => resolve(where()), 1)));
  found.push(await new Promise<string>((resolve) => queueMicrotask(() => resolve(where()))));
  found.push(await tracing.with(ROOT_CONTEXT, async () => {
    await Promise.resolve();
    return where();
  }));
  return found;
}

export async function nest(): Promise<string[]> {
  const inner = await Transaction.run(import.meta, (t) => {
    const first = t.do(look);
    t.do(look);
    return first;
  }, { journal: new URL("inner.json", import.meta.url) });
  return [...inner, ...await look()];
}

if (import.meta.main) {
  const found = await Transaction.run(import.meta, (t) => {
    const both = t.parallel((p) => [p.do(look), p.do(look)]);
    return [...both, t.do(nest)];
  }, { journal: new URL("outer.json", import.meta.url) });
  for (const each of [...found, [where()]]) console.log(each.join(" "));
}
`;

const ASK = `import "./old.ts";
import { isInStep } from "lib/process/step_context.ts";
console.log(isInStep());`;

const OLD_DENO = 'Object.defineProperty(Deno, "telemetry", { value: undefined });';

const FOUND = ["1.1", "1.2", "2"].map((id) => Array(5).fill(id).join(" "));

/** A run within step 2 has steps of its own. */
const LINES = [FOUND[0], FOUND[1], `1 1 1 1 1 ${FOUND[2]}`, "none"];

for (const traces of [false, true]) {
  permittedTest(
    `context() finds the step wherever it continues, ${
      traces ? "also when it replaces the context of a trace" : "without traces"
    }`,
    ["read", "write", "run", "net", "env", "import"],
    async () => {
      await using receiver = startOtlpReceiver();
      await using folder = await writeProgram({ "home.ts": PROGRAM });
      const { code, lines, errors } = await folder.run("home.ts", ["-A"], traces ? receiver.env : {});
      assertEquals([errors, code, lines], ["", 0, LINES]);
    },
  );
}

permittedTest(
  "a transaction is refused before it has a journal if this Deno cannot give steps a context",
  ["read", "write", "run", "net", "env", "import"],
  async () => {
    await using folder = await writeProgram({
      "old.ts": OLD_DENO,
      "home.ts": `import "./old.ts";\n${PROGRAM}`,
      "wait.ts": ASK,
    });
    const { code, errors } = await folder.run("home.ts");
    assertEquals(code, 1);
    assertMatch(errors, /TypeError: Deno \S+ cannot run steps: /);
    // A run that only waits calls no step, and asks this when it ends.
    assertEquals((await folder.run("wait.ts")).lines, ["false"]);
    const files = (await Array.fromAsync(Deno.readDir(folder.path), ({ name }) => name)).toSorted();
    assertEquals(files, ["home.ts", "old.ts", "wait.ts"]);
  },
);
