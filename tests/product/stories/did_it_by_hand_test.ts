import { assertEquals } from "@std/assert";
import { programOf, story } from "./story.ts";

const STEPS = `
export function createAccount(name: string): { id: number } {
  throw new Error("the directory does not answer, for " + name);
}
export function createMailbox(id: number): void {
  Deno.writeTextFileSync("mailboxes", id + "\\n", { append: true });
}
`;
const PROGRAM = programOf(`
  const account = t.do(s.createAccount, "ana").with({ name: "account" });
  t.do(s.createMailbox, account.get("id"));
`);

story("stuck: the account was created by hand", { "steps.ts": STEPS, "program.ts": PROGRAM }, async (story) => {
  await story.start({ code: 1, says: ['Step 1 "account" failed: Error: the directory does not answer'] });
  // Somebody has made the account in the meantime. Without its number the rest is of no use.
  await story.type("ana", ["skip", "account"], {
    code: 2,
    says: ["step 2 needs its value: mark step 1 as done, with its result"],
  });
  await story.type("ana", ["done", "account", "--result", '{"name":"ana"}'], {
    code: 2,
    says: ['the result is incomplete: step 2 needs its part "id", which is missing'],
  });
  // A slip, noticed at once.
  await story.type("ana", ["done", "account", "--result", '{"id":77}'], { says: ["counts as done with this value"] });
  await story.type("ana", ["done", "account", "--result", '{"id":7}', "--why", "made it by hand; 77 was a slip"], {});
  await story.type("ana", ["resume"], { says: ["finished: 2 of 2 steps"] });
  assertEquals(await story.read("mailboxes"), "7\n");
  await story.type("bob", ["done", "account", "--result", '{"id":8}'], {
    code: 2,
    says: ["the transaction is finished"],
  });
  await story.tells(
    "Transaction  finished",
    'state.account = createAccount("ana")',
    "finished",
    "{ id: 7 }",
    "attempt 1 failed after",
    "the directory does not answer, for ana",
    "decided: done by ana, TIME",
    "decided: done by ana, TIME: made it by hand; 77 was a slip",
    "createMailbox(state.account.id)",
  );
});
