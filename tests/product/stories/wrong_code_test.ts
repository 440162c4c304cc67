import { assertEquals } from "@std/assert";
import { programOf, story } from "./story.ts";

const STEPS = `
export function count(text: string): number {
  return text.lenght.valueOf();
}
export function write(number: number): void {
  Deno.writeTextFileSync("counted", String(number));
}
`.replace("text.lenght", "(text as unknown as { lenght: number }).lenght");
const PROGRAM = programOf('t.do(s.write, t.do(s.count, "four").with({ name: "count" }));');

story("stuck: the code was wrong, and is mended", { "steps.ts": STEPS, "program.ts": PROGRAM }, async (story) => {
  await story.start({ code: 1, says: ['Step 1 "count" failed: TypeError'] });
  await story.write("steps.ts", STEPS.replaceAll("lenght", "length"));
  await story.type("ana", ["resume", "--dry-run", "--load"], {
    says: [
      "/steps.ts   changed since the plan was made",
      "will run again, as attempt 2",
      "2 functions were found, and every module was loaded",
    ],
  });
  // One step first, to see whether the mending was right.
  await story.type("ana", ["resume", "--only", "count"], { code: 3, says: ['Stopped before step 2 "write"'] });
  await story.type("ana", ["resume"], { says: ["finished: 2 of 2 steps"] });
  assertEquals(await story.read("counted"), "4");
  await story.tells(
    "Transaction  finished",
    "code       before run 2: steps.ts changed",
    'state.count = count("four")',
    "→ 4",
    "2 attempts",
    "attempt 1 failed after",
  );
  await story.type("eve", ["inspect", "--events"], { says: ["; steps.ts changed\n"] });
  await story.type("eve", ["inspect", "--html=-"], {
    says: ["; steps.ts changed</td>", "before run 2: steps.ts changed"],
  });
  const { stdout } = await story.type("eve", ["inspect", "--json"], {});
  const { runs, modules } = JSON.parse(stdout);
  const steps = modules.find(({ url }: { readonly url: string }) => url.endsWith("/steps.ts"));
  assertEquals(runs.map((run: { readonly modules?: unknown }) => run.modules), [undefined, [steps], undefined]);
});
