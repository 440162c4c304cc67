import { assertEquals } from "@std/assert";
import { type ProcessFacts, sameProgram } from "../../lib/work/start_children.ts";

const FACTS: ProcessFacts = {
  execPath: "/usr/bin/deno",
  mainModule: "https://host.test/@x/resumable-tx/0.1.0/cli.ts",
  isCompiled: false,
  args: ["work", "/srv/journals"],
  commandLine: undefined,
  granted: ["--allow-read", "--allow-net"],
};

Deno.test("a child gets Deno's own flags where the system knows them", () => {
  const commandLine = ["deno", "run", "--allow-read=/srv", "--config", "a.json", "jsr:@x/resumable-tx/cli"];
  assertEquals(sameProgram({ ...FACTS, commandLine: [...commandLine, ...FACTS.args] }, ["--allow-env=HOME"]), {
    command: "/usr/bin/deno",
    args: ["run", "--allow-read=/srv", "--config", "a.json", "--allow-env=HOME", "jsr:@x/resumable-tx/cli"],
  });
});

Deno.test("a child gets what is granted as a whole, and the flags that were named, where they are not known", () => {
  const expected = {
    command: "/usr/bin/deno",
    args: ["run", "--no-prompt", "--allow-read", "--allow-net", "--allow-write=/srv", FACTS.mainModule],
  };
  assertEquals(sameProgram(FACTS, ["--allow-write=/srv"]), expected);
  // Not that of `deno run`, or not with these arguments.
  for (const commandLine of [["deno", "test", "a.ts", ...FACTS.args], ["deno", "run", "cli.ts", "work", "/other"]]) {
    assertEquals(sameProgram({ ...FACTS, commandLine }, ["--allow-write=/srv"]), expected);
  }
});

Deno.test("a compiled program is its own command", () => {
  assertEquals(sameProgram({ ...FACTS, isCompiled: true }, ["--allow-all"]), { command: "/usr/bin/deno", args: [] });
});
