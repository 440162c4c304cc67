import { assertEquals } from "@std/assert";
import { programOf, story } from "./story.ts";

const STEPS = `
export function run(name: string): string {
  if (name === "check") Deno.statSync("licence");
  Deno.writeTextFileSync("ran", name + "\\n", { append: true });
  return name;
}
export function report(...names: string[]): void {
  Deno.writeTextFileSync("report", names.join());
}
`;
const PROGRAM = programOf(`
  const checked = t.do(s.run, "check");
  const card = t.do(s.run, "print a card").with({ name: "card" });
  t.sequence((q) => { q.do(s.run, "order flowers"); q.do(s.run, "send flowers"); }, { name: "flowers" });
  t.do(s.report, checked, card).with({ name: "report" });
`);

story("stuck: planned steps are not wanted any more", { "steps.ts": STEPS, "program.ts": PROGRAM }, async (story) => {
  await story.start({ code: 1, says: ['Step 1 "run" failed: NotFound'] });
  await story.write("licence", "");
  const why = ["--why", "nobody wants paper"];
  await story.type("ana", ["remove", "1"], { code: 2, says: ["Cannot remove step 1: it has started\n"] });
  await story.type("ana", ["remove", "card", ...why], { code: 2, says: ["step 4 needs its value"] });
  await story.type("ana", ["edit", "report", "--args", '[{"$ref":"1"}]', ...why], { says: ["report(state[1])"] });
  await story.type("ana", ["remove", "card", ...why], { says: ['Step 2 "card" is removed from the plan'] });
  await story.type("ana", ["remove", "flowers", "--why", "he is allergic"], {
    says: ['"flowers" is removed from the plan'],
  });
  await story.type("ana", ["resume", "--dry-run"], { says: ["will run again, as attempt 2", "is skipped"] });
  await story.type("ana", ["resume"], { says: ["finished: 2 of 5 steps, 3 left out"] });
  assertEquals([await story.read("ran"), await story.read("report")], ["check\n", "check"]);
  await story.tells(
    "Transaction  finished",
    'run("check")',
    'state.card = run("print a card")',
    "decided: remove by ana, TIME: nobody wants paper",
    "decided: remove by ana, TIME: he is allergic",
    "state.report = report(state[1])",
    "decided: edit by ana, TIME: nobody wants paper",
  );
});
