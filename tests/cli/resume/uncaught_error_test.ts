/** Errors of steps that nothing awaits, in real processes. */
import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli } from "../../support/run_deno.ts";
import { planOf, writeJournal } from "../written_journal.ts";

const STEPS = `
const awake = () => new Promise((resolve) => setTimeout(resolve, 60_000));
export async function reject() {
  Promise.reject(new RangeError("nobody awaits this"));
  await awake();
}
export async function throwLater() {
  setTimeout(() => { throw new RangeError("nobody awaits this"); }, 0);
  await awake();
}
export async function rejectText() {
  Promise.reject("just text");
  await awake();
}
export function handled() {
  globalThis.addEventListener("unhandledrejection", (event) => event.preventDefault());
  Promise.reject(new RangeError("the step handles this"));
  return new Promise((resolve) => setTimeout(resolve, 0));
}
`;

for (
  const [called, text] of [
    ["reject", "RangeError: nobody awaits this (at "],
    ["throwLater", "RangeError: nobody awaits this (at "],
    ["rejectText", "just text"],
  ] as const
) {
  permittedTest(`resume ends with 3 and names the step of an error that nothing handles: ${called}`, [
    "read",
    "write",
    "run",
  ], () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      const journal = `${folder}/j.json`;
      await writeJournal(journal, [planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: called, name: "bad" }])]);
      const { code, stdout, stderr } = await runCli(["resume", journal]);
      assertEquals([code, stdout, stderr.includes(text)], [3, "", true], stderr);
      assertEquals([stderr.includes('step 1 "bad"'), stderr.includes(`inspect "${journal}"`)], [true, true], stderr);
      const { status, counts } = JSON.parse((await runCli(["inspect", journal, "--json"])).stdout);
      assertEquals([status, counts], ["interrupted", { unknown: 1 }]);
    }));
}

permittedTest(
  "resume leaves an error to the step that handles it",
  ["read", "write", "run"],
  () =>
    inFolder({ "steps.js": STEPS }, async (folder) => {
      await writeJournal(`${folder}/j.json`, [planOf(toFileUrl(`${folder}/steps.js`).href, [{ export: "handled" }])]);
      const { code, stderr } = await runCli(["resume", "j.json"], { cwd: folder });
      assertEquals([code, stderr.split("\n").length], [0, 2], stderr);
    }),
);
