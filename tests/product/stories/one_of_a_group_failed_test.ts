import { assertEquals } from "@std/assert";
import { programOf, story } from "./story.ts";

const STEPS = `
export function upload(file: string): string {
  const text = Deno.readTextFileSync(file);
  Deno.writeTextFileSync("uploaded", file + "\\n", { append: true });
  return text;
}
export function announce(...texts: string[]): void {
  Deno.writeTextFileSync("announced", texts.join("+"));
}
`;
const PROGRAM = programOf(`
  const texts = t.parallel((p) => [p.do(s.upload, "a"), p.do(s.upload, "b").with({ name: "b" }), p.do(s.upload, "c")]);
  t.do(s.announce, ...texts).with({ name: "announce" });
`);

story(
  "stuck: one of a parallel group has failed",
  { "steps.ts": STEPS, "program.ts": PROGRAM, a: "A", c: "C" },
  async (story) => {
    await story.start({ code: 1, says: ['Step 1.2 "b" failed: NotFound'] });
    const uploaded = await story.read("uploaded");
    assertEquals(uploaded.split("\n").toSorted(), ["", "a", "c"]);
    // What comes behind the group needs all three: leaving one out takes other arguments.
    await story.type("ana", ["skip", "b"], { code: 2, says: ["step 2 needs its value"] });
    await story.type("ana", ["edit", "announce", "--args", '[{"$ref":"1.1"},{"$ref":"1.3"}]'], {
      says: ["announce(state[1.1], state[1.3])"],
    });
    await story.type("ana", ["skip", "b", "--why", "b comes tomorrow"], { says: ['Step 1.2 "b" is skipped'] });
    // It comes today.
    await story.write("b", "B");
    await story.type("bob", ["undecide", "b", "--why", "b has come"], { says: ["Undone: skip"] });
    await story.type("bob", ["undecide", "announce", "--why", "b has come"], { says: ["Undone: edit"] });
    await story.type("bob", ["resume"], { says: ["finished: 4 of 4 steps"] });
    assertEquals(await story.read("uploaded"), `${uploaded}b\n`);
    assertEquals(await story.read("announced"), "A+B+C");
    await story.tells(
      "Transaction  finished",
      'upload("a")',
      'state.b = upload("b")',
      "2 attempts",
      "attempt 1 failed after",
      "decided: skip by ana, TIME: b comes tomorrow",
      "decided: undecide by bob, TIME: b has come",
      "state.announce = announce(state[1.1], state.b, state[1.3])",
      "decided: edit by ana, TIME",
      "decided: undecide by bob, TIME: b has come",
    );
  },
);
