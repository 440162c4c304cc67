import { assert, assertEquals, assertMatch } from "@std/assert";
import { Conversation } from "../../support/terminal/conversation.ts";
import { CLI, denoCommand } from "../../support/run_deno.ts";
import { programOf, story } from "./story.ts";

const STEPS = `
import { context } from "@x/resumable-tx";
export async function copy(file: string): Promise<void> {
  console.log("copying", file);
  if (file === "large") {
    const { signal } = context();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw new Error("stopped half-way");
  }
  Deno.writeTextFileSync("copied", file + "\\n", { append: true });
}
export function check(): void {
  Deno.statSync("disk");
}
`;
const PROGRAM = programOf('t.do(s.check); t.do(s.copy, "large").with({ name: "large" }); t.do(s.copy, "small");');

story("stuck: two administrators at once", { "steps.ts": STEPS, "program.ts": PROGRAM }, async (story) => {
  await story.start({ code: 1, says: ["NotFound"] });
  await story.write("disk", "");
  const resume = denoCommand(CLI, ["resume", "j.json"], { cwd: story.folder, env: { USER: "ana" } });
  await using ana = new Conversation(resume);
  await ana.hear("copying large");
  // Bob does not know that Ana is at it. He is told, and nothing of his gets in between.
  await story.type("bob", ["resume"], { code: 75, says: ["is running it"] });
  const { stderr } = await story.type("bob", ["skip", "large"], { code: 75, says: ["is running it", " stop "] });
  await story.tells("Transaction  started", 'state.large = copy("large")', "started");
  Deno.kill(Number(/process (\d+)/.exec(stderr)?.[1]), "SIGINT");
  const end = await ana.end();
  assertEquals(end.code, 130, end.stderr);
  await story.type("bob", ["skip", "large", "--why", "Ana copies it over night"], { says: ["is skipped"] });
  // Now Ana decides as well; the second word is refused, not mixed up with the first.
  await story.type("ana", ["skip", "large"], {
    code: 2,
    says: ["it is already skipped: undecide 2 reverts that"],
  });
  // One after the other, or one of them is told that the other is at it.
  const both = await Promise.all([
    story.type("ana", ["edit", "3", "--args", '["tiny"]'], { code: [0, 75] }, {}),
    story.type("bob", ["edit", "3", "--args", '["wee"]'], { code: [0, 75] }, {}),
  ]);
  assert(both.some(({ code }) => code === 0));
  await story.type("bob", ["resume"], { says: ["finished: 2 of 3 steps, 1 left out"] });
  const copied = await story.read("copied");
  assertMatch(copied, /^(tiny|wee)\n$/);
  await story.tells(
    "Transaction  finished",
    'state.large = copy("large")',
    "skipped",
    "stopped half-way",
    "decided: skip by bob, TIME: Ana copies it over night",
    `decided: edit by ${copied === "tiny\n" ? "ana" : "bob"}, TIME`,
  );
});
