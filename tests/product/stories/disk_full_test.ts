import { assertEquals } from "@std/assert";
import { programOf, story } from "./story.ts";

const STEPS = `
export function collect(name: string): string {
  Deno.writeTextFileSync("collected", name + "\\n", { append: true });
  return name.repeat(100_000);
}
export function count(...texts: string[]): void {
  Deno.writeTextFileSync("count", texts.map((text) => text.length).join());
}
`;
const PROGRAM = programOf(`
  const [a, b, c] = [t.do(s.collect, "a"), t.do(s.collect, "b"), t.do(s.collect, "c")];
  t.do(s.count, a, b, c);
`);
/** The system lets no file grow beyond this; the signal that would end the process is ignored. */
const FULL = ["bash", "-c", "trap '' XFSZ; ulimit -f 250; exec \"$@\"", "bash"];

story("stuck: the disk is full, and then it is not", { "steps.ts": STEPS, "program.ts": PROGRAM }, async (story) => {
  if (Deno.build.os !== "linux") return;
  await story.start({
    code: 1,
    says: ["StorageFull", "exceed the file size limit", "Step 2 has finished, but there was no room for", "  deno run"],
  }, { wrapper: FULL });
  assertEquals(await story.read("collected"), "a\nb\n");
  // What has happened is known; only the value of the second step did not fit, and a later step needs it.
  await story.tells('state[2] = collect("b")', "finished", "it has no value: there was no room for it");
  await story.type("ana", ["resume"], { code: 3, says: ["is done, but its value", "--done 2 --result"] });
  await story.write("value.json", JSON.stringify("b".repeat(100_000)));
  const why = "from yesterday's copy, now that there is room";
  await story.type("ana", ["done", "2", "--result", "@value.json", "--why", why], { says: ["counts as done"] });
  await story.type("ana", ["resume"], { says: ["finished: 4 of 4 steps"] });
  assertEquals(await story.read("collected"), "a\nb\nc\n");
  assertEquals(await story.read("count"), "100000,100000,100000");
  await story.tells(
    "Transaction  finished",
    'state[1] = collect("a")',
    'state[2] = collect("b")',
    `decided: done by ana, TIME: ${why}`,
    'state[3] = collect("c")',
    "count(state[1]",
  );
});
