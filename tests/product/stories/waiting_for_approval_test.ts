import { assertEquals, assertMatch } from "@std/assert";
import { programOf, story } from "./story.ts";

const STEPS = `
export function order(what: string): void {
  Deno.writeTextFileSync("ordered", what);
}
export function pay(approval: { limit: number }): void {
  if (approval.limit < 100) throw new Error("approved up to " + approval.limit + " only");
  Deno.writeTextFileSync("paid", String(approval.limit));
}
`;
const PROGRAM = programOf(`
  t.do(s.order, "a boat");
  const approval = t.waitFor<{ limit: number }>("approval");
  t.do(s.pay, approval).with({ name: "pay" });
`);

story("stuck: an approval is missing", { "steps.ts": STEPS, "program.ts": PROGRAM }, async (story) => {
  await story.start({ code: 1, says: ['waits for the signal "approval"'] });
  await story.tells("Transaction  waiting", 'order("a boat")', 'wait for "approval"', "waiting");
  await story.type("ana", ["resume"], { code: 3, says: ['waits for the signal "approval"'] });
  await story.type("carl", ["signal", "approval", '{"limit":50}'], {});
  await story.type("ana", ["resume"], { code: 1, says: ["approved up to 50 only"] });
  // The answer was too small: the wait is rewound, and takes another.
  await story.type("ana", ["rewind", "2", "--yes", "--why", "carl approves more"], {
    says: ['2  state[2] = wait for "approval"   finished', "pay(state[2])   failed", "will run again"],
  });
  await story.type("carl", ["signal", "approval", '{"limit":500}'], {});
  await story.type("ana", ["resume"], { says: ["finished: 3 of 3 steps"] });
  assertEquals([await story.read("ordered"), await story.read("paid")], ["a boat", "500"]);
  await story.tells(
    "Transaction  finished",
    'order("a boat")',
    'state[2] = wait for "approval"',
    "{ limit: 500 }",
    "decided: rewind by ana, TIME: carl approves more",
    "its signal was sent by carl, TIME",
    "state.pay = pay(state[2])",
    "approved up to 50 only",
  );
  // Who approved is told of the wait itself, and to programs.
  await story.type("eve", ["inspect", "--step", "2"], { says: ["its signal was sent by carl, "] });
  for (const words of [["inspect", "--json"], ["inspect", "--step", "2", "--json"]]) {
    const { stdout } = await story.type("eve", words, {});
    assertMatch(stdout, /"sent": \{\s+"at": "[^"]+Z",\s+"by": "carl"\s+\}/);
  }
});
