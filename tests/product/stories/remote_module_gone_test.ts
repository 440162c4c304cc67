import { assertEquals } from "@std/assert";
import { programOf, story } from "./story.ts";

const STEPS = `
export function readName(): string {
  return Deno.readTextFileSync("name").trim();
}
export function store(text: string): void {
  Deno.writeTextFileSync("stored", text);
}
`;
const REMOTE = "export function greet(name) { return `Hello ${name}`; }\n";
const OTHER = "export function greetHere(name: string): string { return `Good day, ${name}`; }\n";

function program(base: string): string {
  return programOf(`
    const remote = steps<{ greet: (name: string) => string }>("${base}/greet.js");
    const name = t.do(s.readName).with({ name: "name" });
    const text = t.do(remote.greet, name).with({ name: "greet" });
    t.do(s.store, text).with({ name: "store" });
  `);
}

story(
  "stuck: a remote module is gone, and another is given",
  { "steps.ts": STEPS, "other.ts": OTHER },
  async (story) => {
    let base: string;
    {
      const headers = { "content-type": "text/javascript" };
      await using server = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen: () => {} },
        () => new Response(REMOTE, { headers }),
      );
      base = `http://127.0.0.1:${server.addr.port}`;
      await story.write("program.ts", program(base));
      await story.start({ code: 1, says: ['Step 1 "name" failed: NotFound'] });
    }
    await story.write("name", "Ana\n");
    // Without what Deno has in its cache, as on another machine.
    const options = { flags: ["-A", `--reload=${base}`] };
    await story.type("ana", ["resume"], { code: 77, says: [`${base}/greet.js`] }, options);
    await story.type("ana", ["resume", "--until", "name"], {
      code: 3,
      says: ['Stopped before step 2 "greet"'],
    }, options);
    const why = ["--why", "the server was switched off"];
    const insert = [
      "insert",
      "other.ts",
      "greetHere",
      "--after",
      "name",
      "--args",
      '[{"$ref":"name"}]',
      "--name",
      "hello",
    ];
    await story.type("ana", [...insert, ...why], {
      says: ['Step 4 "hello" is inserted after step name', "state.hello = greetHere(state.name)"],
    });
    await story.type("ana", ["remove", "greet", ...why], { code: 2, says: ["step 3 needs its value"] });
    await story.type("ana", ["edit", "store", "--args", '[{"$ref":"hello"}]', ...why], {
      says: ["store(state.hello)"],
    });
    await story.type("ana", ["remove", "greet", ...why], { says: ['Step 2 "greet" is removed from the plan'] });
    await story.type("ana", ["resume"], { says: ["finished: 3 of 4 steps, 1 left out"] }, options);
    assertEquals(await story.read("stored"), "Good day, Ana");
    await story.tells(
      "Transaction  finished",
      "state.name = readName()",
      "state.hello = greetHere(state.name)",
      '→ "Good day, Ana"',
      "decided: insert by ana, TIME: the server was switched off",
      "state.greet = greet(state.name)",
      "skipped",
      "decided: remove by ana, TIME: the server was switched off",
      "state.store = store(state.hello)",
      "decided: edit by ana, TIME: the server was switched off",
    );
  },
  ["net"],
);
