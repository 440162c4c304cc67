import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ModuleUnavailable } from "../../../lib/errors/planning_errors.ts";
import { TransactionAborted } from "../../../lib/errors/running_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { eventsOf, resumeSample } from "../../support/programs/sample_transaction.ts";

/** A module whose import leaves a mark and whose step fails, or does not. */
function source(body: string): string {
  return `globalThis.pinsTest = [...globalThis.pinsTest ?? [], "imported"];\nexport function step() { ${body} }\n`;
}

function takeMarks(): unknown {
  const marks: unknown = Reflect.get(globalThis, "pinsTest");
  Reflect.deleteProperty(globalThis, "pinsTest");
  return marks;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

async function planned(url: string, text: string): Promise<MemoryStore> {
  const store = new MemoryStore();
  const events: readonly Event[] = [
    {
      type: "opened",
      format: 1,
      id: "pins",
      library: "0.1.0",
      home: "file:///home.ts",
      modules: [{ url, sha256: await sha256(text) }],
      options: { keep: true },
    },
    { type: "planned", nodes: [{ id: "1", kind: "step", module: 0, export: "step" }] },
    { type: "ready", nodes: 1 },
  ];
  await (await store.create("j", events)).close();
  return store;
}

permittedTest(
  "resumeJournal() records that a local module has changed, and runs it",
  ["read", "write"],
  () =>
    inFolder({ "step.ts": source("") }, async (folder) => {
      const url = new URL(`file://${folder}/step.ts`).href;
      const store = await planned(url, source("throw new Error('broken')"));
      await resumeSample(store, "j");
      const resumed = (await eventsOf(store, "j")).find((event) => event.type === "resumed");
      assertEquals(resumed?.modules, [{ module: 0, sha256: await sha256(source("")) }]);
      assertEquals(takeMarks(), ["imported"]);
    }),
);

permittedTest(
  "resumeJournal() says nothing of a module that is as it was",
  ["read", "write"],
  () =>
    inFolder({ "step.ts": source("throw new Error('broken')") }, async (folder) => {
      const url = new URL(`file://${folder}/step.ts`).href;
      const store = await planned(url, source("throw new Error('broken')"));
      await assertRejects(() => resumeSample(store, "j"), TransactionAborted);
      const resumed = (await eventsOf(store, "j")).find((event) => event.type === "resumed");
      assertEquals(resumed !== undefined && "modules" in resumed, false);
      takeMarks();
    }),
);

permittedTest("resumeJournal() refuses a remote module that has changed before it is imported", [
  "read",
  "net",
  "import",
], async () => {
  const text = source("");
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response(text, { headers: { "content-type": "text/javascript" } }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/step.js`;
  const store = await planned(url, "something else");
  const error = await assertRejects(() => resumeSample(store, "j"), ModuleUnavailable);
  assertStringIncludes(error.message, `Refused to load "${url}": its source has changed since the plan was made`);
  assertStringIncludes(error.message, "--accept-changes");
  assertEquals(takeMarks(), undefined);
  assertEquals((await eventsOf(store, "j")).length, 3);
  await resumeSample(store, "j", { acceptChanges: true });
  assertEquals(takeMarks(), ["imported"]);
});
