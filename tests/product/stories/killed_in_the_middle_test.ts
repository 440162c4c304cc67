import { assertEquals } from "@std/assert";
import { killWhen } from "../../support/kill_when.ts";
import { denoCommand } from "../../support/run_deno.ts";
import { programOf, story } from "./story.ts";

const STEPS = `
export async function mail(to: string): Promise<void> {
  Deno.writeTextFileSync("outbox", to + "\\n", { append: true });
  console.log("sent");
  if (to === "ana") await new Promise((resolve) => setTimeout(resolve, 3_600_000));
}
`;
const PROGRAM = programOf('t.do(s.mail, "ana"); t.do(s.mail, "bob");');

story("stuck: killed in the middle of a mail", { "steps.ts": STEPS, "program.ts": PROGRAM }, async (story) => {
  await killWhen(denoCommand(`${story.folder}/program.ts`, [], { cwd: story.folder }), "sent");
  await story.tells("Transaction  interrupted", 'mail("ana")', "unknown", "it was interrupted");
  await story.type("ana", ["resume"], { code: 3, says: ["its outcome is unknown", "resume", "--retry 1"] });
  // Whoever finds it in the outbox knows that it was sent.
  assertEquals(await story.read("outbox"), "ana\n");
  await story.type("ana", ["retry", "1"], { says: ['Step 1 "mail" will run'] });
  await story.type("ana", ["undecide", "1", "--why", "looked into the outbox"], { says: ["Undone: retry"] });
  await story.type("ana", ["done", "1", "--why", "it is in the outbox"], { says: ['Step 1 "mail" counts as done'] });
  await story.type("ana", ["resume"], { says: ["sent", "finished: 2 of 2 steps"] });
  assertEquals(await story.read("outbox"), "ana\nbob\n");
  await story.tells(
    "Transaction  finished",
    'mail("ana")',
    "decided: retry by ana, TIME",
    "decided: undecide by ana, TIME: looked into the outbox",
    "decided: done by ana, TIME: it is in the outbox",
    'mail("bob")',
  );
});
