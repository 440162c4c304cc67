import { assert, assertEquals, assertRejects } from "@std/assert";
import { resumeCommand } from "../../../lib/cli/commands/resume_command.ts";
import { UsageError } from "../../../lib/cli/frame/command.ts";
import { parseRequest } from "../../../lib/cli/frame/parse_request.ts";
import { readDecisions } from "../../../lib/cli/frame/decision_options.ts";

/** Reads the decisions of a command line, with these environment variables. */
async function read(words: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const request = parseRequest(resumeCommand, ["j", ...words]);
  assert(request !== undefined);
  const decisions = await readDecisions(request, {
    writeOut: () => {},
    writeError: () => {},
    wantsColour: false,
    now: () => new Date(0),
    readTextFile: (path) => `{ "path": ${JSON.stringify(path)} }`,
    readVariable: (name) => variables[name],
  });
  return JSON.parse(JSON.stringify(decisions));
}

Deno.test("readDecisions() keeps the order, and gives each result to the done before it", async () => {
  assertEquals(
    await read([
      "--done=1",
      "--result",
      "null",
      "--retry",
      "a",
      "--done",
      "b",
      "--skip",
      "4",
      "--done",
      "5",
      "--result=-7",
    ]),
    [
      { step: "1", decision: "done", result: { value: null } },
      { step: "a", decision: "retry" },
      { step: "b", decision: "done" },
      { step: "4", decision: "skip" },
      { step: "5", decision: "done", result: { value: -7 } },
    ],
  );
});

Deno.test("readDecisions() reads a result from a file", async () => {
  assertEquals(await read(["--done", "1", "--result", "@a.json"]), [
    { step: "1", decision: "done", result: { value: { path: "a.json" } } },
  ]);
});

Deno.test("readDecisions() says who decided and why, and takes the user's name for who where it is known", async () => {
  const user = { USER: "root" };
  assertEquals(await read(["--skip", "1", "--why", "not needed"], user), [
    { step: "1", decision: "skip", by: "root", why: "not needed" },
  ]);
  assertEquals(await read(["--by", "ana", "--skip", "1"], user), [{ step: "1", decision: "skip", by: "ana" }]);
  assertEquals(await read([], user), []);
});

Deno.test("readDecisions() refuses a result that belongs to no done", async () => {
  for (const words of [["--retry", "1", "--result", "1"], ["--done", "1", "--result", "1", "--result", "2"]]) {
    await assertRejects(() => read(words), UsageError, "--result ");
  }
});
