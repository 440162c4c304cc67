import { assert, assertEquals, assertThrows } from "@std/assert";
import { resumeCommand } from "../../../lib/cli/commands/resume_command.ts";
import { UsageError } from "../../../lib/cli/frame/command.ts";
import { parseRequest } from "../../../lib/cli/frame/parse_request.ts";
import { readDecisions } from "../../../lib/cli/frame/decision_options.ts";

/** Reads the decisions of a command line, with these environment variables. */
function read(words: readonly string[], variables: Readonly<Record<string, string>> = {}): unknown {
  const request = parseRequest(resumeCommand, ["j", ...words]);
  assert(request !== undefined);
  const decisions = readDecisions(request, {
    writeOut: () => {},
    writeError: () => {},
    wantsColour: false,
    now: () => new Date(0),
    readTextFile: (path) => `{ "path": ${JSON.stringify(path)} }`,
    readVariable: (name) => variables[name],
  });
  return JSON.parse(JSON.stringify(decisions));
}

Deno.test("readDecisions() keeps the order, and gives each result to the done before it", () => {
  assertEquals(
    read(["--done=1", "--result", "null", "--retry", "a", "--done", "b", "--skip", "4", "--done", "5", "--result=-7"]),
    [
      { step: "1", decision: "done", result: { value: null } },
      { step: "a", decision: "retry" },
      { step: "b", decision: "done" },
      { step: "4", decision: "skip" },
      { step: "5", decision: "done", result: { value: -7 } },
    ],
  );
});

Deno.test("readDecisions() reads a result from a file", () => {
  assertEquals(read(["--done", "1", "--result", "@a.json"]), [
    { step: "1", decision: "done", result: { value: { path: "a.json" } } },
  ]);
});

Deno.test("readDecisions() says who decided and why, and takes the user's name for who where it is known", () => {
  const user = { USER: "root" };
  assertEquals(read(["--skip", "1", "--why", "not needed"], user), [
    { step: "1", decision: "skip", by: "root", why: "not needed" },
  ]);
  assertEquals(read(["--by", "ana", "--skip", "1"], user), [{ step: "1", decision: "skip", by: "ana" }]);
  assertEquals(read([], user), []);
});

Deno.test("readDecisions() refuses a result that belongs to no done", () => {
  for (const words of [["--retry", "1", "--result", "1"], ["--done", "1", "--result", "1", "--result", "2"]]) {
    assertThrows(() => read(words), UsageError, "--result ");
  }
});
