/** The public API in programs of its users: real processes, from planning to the end. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFolder, listJournals } from "../support/in_folder.ts";
import { killWhen } from "../support/kill_when.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { denoCommand, runCli, runDeno } from "../support/run_deno.ts";

const ALL = ["read", "write", "run"] as const;

/** Steps that leave a trace in a file, and one that waits for as long as a file "hang" is there. */
const STEPS = `
import { context } from "@x/resumable-tx";
export function leave(text: string): string {
  Deno.writeTextFileSync("effects", text + "\\n", { append: true });
  return text;
}
export async function hang(): Promise<string> {
  const { signal, attempt } = context();
  leave("hang " + attempt);
  console.log("hanging");
  while (!signal.aborted && exists("hang")) await new Promise((resolve) => setTimeout(resolve, 5));
  if (signal.aborted) leave("told to stop: " + signal.reason.message);
  return "hung";
}
function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
`;

function program(body: string, options = "{}"): string {
  return `
import { Transaction, env } from "@x/resumable-tx";
import { hang, leave } from "./steps.ts";
if (import.meta.main) {
  const value = await Transaction.run(import.meta, (t) => {
    ${body}
  }, ${options});
  console.log("value", JSON.stringify(value));
}
`;
}

function readEffects(folder: string): readonly string[] {
  return Deno.readTextFileSync(`${folder}/effects`).trimEnd().split("\n");
}

permittedTest(
  "a transaction's journal has the default name, is private, and goes when all is done",
  ALL,
  () =>
    inFolder({ "steps.ts": STEPS, "main.ts": program('t.do(leave, "a"); t.do(hang);') }, async (folder) => {
      await Deno.writeTextFile(`${folder}/hang`, "");
      await killWhen(denoCommand("main.ts", [], { cwd: folder }), "hanging");
      const [journal = ""] = listJournals(folder);
      assertMatch(journal, /^transaction-\d{8}-\d{6}-[0-9a-f]{8}\.json$/);
      if (Deno.build.os !== "windows") {
        assertEquals(((await Deno.stat(`${folder}/${journal}`)).mode ?? 0) & 0o777, 0o600);
      }
      await Deno.remove(`${folder}/hang`);
      const end = await runCli(["resume", journal, "--retry", "2"], { cwd: folder });
      assertEquals(end.code, 0, end.stderr);
      assertEquals(listJournals(folder), []);
      assertEquals(readEffects(folder), ["a", "hang 1", "hang 2"]);
    }),
);

permittedTest("a journal may be named by a URL, and a folder by its last character", ALL, () => {
  const body = 'return t.do(leave, "a");';
  const files = {
    "steps.ts": STEPS,
    "url.ts": program(body, '{ journal: new URL("./u.json", import.meta.url), keep: true }'),
    "folder.ts": program(body, '{ journal: "sub/", keep: true }'),
  };
  return inFolder(files, async (folder) => {
    await Deno.mkdir(`${folder}/sub`);
    assertEquals((await runDeno("url.ts", [], { cwd: folder })).stdout, 'value "a"\n');
    assertEquals((await runDeno("folder.ts", [], { cwd: folder })).stdout, 'value "a"\n');
    assertEquals(listJournals(folder), ["u.json"]);
    assertMatch(listJournals(`${folder}/sub`)[0] ?? "", /^transaction-/);
  });
});

permittedTest("a callback that throws, an unstorable argument and a closure leave no journal", ALL, () => {
  const files = {
    "steps.ts": STEPS,
    "throws.ts": program('t.do(leave, "a"); throw new Error("changed my mind");'),
    "unstorable.ts": program("t.do(leave, (() => 1) as never);"),
    "closure.ts": program('t.do(() => leave("a"));'),
    "async.ts": program("}, {}); await Transaction.run(import.meta, async (t) => { t.do(leave, 'a'); await 0;"),
  };
  return inFolder(files, async (folder) => {
    for (
      const [name, message] of [
        ["throws.ts", "Error: changed my mind"],
        ["unstorable.ts", ' argument 1 of step 1 "leave": value '],
        ["closure.ts", " step 1: "],
        ["async.ts", "TypeError: "],
      ] as const
    ) {
      const end = await runDeno(name, [], { cwd: folder });
      assertEquals(end.code, 1);
      assertStringIncludes(end.stderr, message);
    }
    assertEquals(listJournals(folder), []);
    assertEquals(Array.from(Deno.readDirSync(folder)).some((entry) => entry.name === "effects"), false);
  });
});

permittedTest('a script with ifExists: "resume" goes on when it is started again, and runs once with keep', ALL, () => {
  const options = '{ journal: "j.json", ifExists: "resume", keep: true }';
  const own = program('t.do(leave, "a"); t.do(hang).with({ interrupted: "retry" }); return t.do(own, "b");', options) +
    'export function own(text: string): string { return leave("own " + text); }\n';
  const files = {
    "steps.ts": STEPS,
    "main.ts": own,
    "other.ts": program('t.do(leave, "a"); t.do(leave, "b");', options),
    "without.ts": program('t.do(leave, "a");', '{ ifExists: "resume" }'),
  };
  return inFolder(files, async (folder) => {
    await Deno.writeTextFile(`${folder}/hang`, "");
    await killWhen(denoCommand("main.ts", [], { cwd: folder }), "hanging");
    const other = await runDeno("other.ts", [], { cwd: folder });
    assertMatch(other.stderr, /PlanDiffers: .* file:\S+\/main\.ts, .* file:\S+\/other\.ts\b/);
    await Deno.remove(`${folder}/hang`);
    for (let start = 1; start <= 2; start += 1) {
      const end = await runDeno("main.ts", [], { cwd: folder });
      assertEquals(end.stdout.replace("hanging\n", ""), 'value "own b"\n', end.stderr);
    }
    assertEquals(readEffects(folder), ["a", "hang 1", "hang 2", "own b"]);
    assertMatch((await runDeno("without.ts", [], { cwd: folder })).stderr, /TypeError: .*"journal"/);
  });
});

permittedTest('a script with ifExists: "resume" starts anew when its plan was never completed', ALL, () => {
  const main = program('return t.do(leave, "a");', '{ journal: "j.json", ifExists: "resume" }');
  return inFolder({ "steps.ts": STEPS, "main.ts": main }, async (folder) => {
    await Deno.writeTextFile(`${folder}/j.json`, `]${"\t".repeat(8191)}`);
    const refused = await runCli(["resume", "j.json"], { cwd: folder });
    assertEquals(refused.code, 65);
    const end = await runDeno("main.ts", [], { cwd: folder });
    assertEquals(end.stdout, 'value "a"\n', end.stderr);
    assertEquals(listJournals(folder), []);
  });
});

permittedTest(
  "of scripts that are started together all find the journal, or make it, and none is confused",
  ALL,
  () => {
    const main = program('return t.do(leave, "a");', '{ journal: "j.json", ifExists: "resume" }');
    return inFolder({ "steps.ts": STEPS, "main.ts": main }, async (folder) => {
      const ends = await Promise.all(Array.from({ length: 8 }, () => runDeno("main.ts", [], { cwd: folder })));
      for (const { code, stderr } of ends) {
        assertEquals(code === 0 || stderr.includes("JournalLocked"), true, stderr);
      }
      assertEquals(readEffects(folder).length, ends.filter(({ code }) => code === 0).length);
    });
  },
);

permittedTest("a step that ends the process does not make resume say that all is well", ALL, () => {
  const steps =
    `${STEPS}export function leaveForGood(): void { if (Deno.args.length > 0) Deno.exit(0); throw new Error("not yet"); }`;
  const main = program("t.do(leaveForGood);", '{ journal: "j.json" }').replace("{ hang, leave }", "{ leaveForGood }");
  return inFolder({ "steps.ts": steps, "main.ts": main }, async (folder) => {
    assertEquals((await runDeno("main.ts", [], { cwd: folder })).code, 1);
    const end = await runCli(["resume", "j.json"], { cwd: folder });
    assertEquals([end.code, end.stderr.startsWith("error: ")], [3, true], end.stderr);
    const { stdout } = await runCli(["inspect", "j.json", "--json"], { cwd: folder });
    assertEquals(JSON.parse(stdout).status, "interrupted");
  });
});

permittedTest("a variable of the environment is read when its step starts, and never stored", ALL, () => {
  const files = {
    "steps.ts": STEPS,
    "main.ts": program('t.do(leave, env("SECRET"));', '{ journal: "j.json", keep: true }'),
  };
  return inFolder(files, async (folder) => {
    const missing = await runDeno("main.ts", [], { cwd: folder });
    assertMatch(missing.stderr, /TypeError: .*"SECRET"/);
    const flags = ["--allow-read", "--allow-write"];
    const forbidden = await runCli(["resume", "j.json", "--trust"], { cwd: folder, flags });
    assertEquals(forbidden.code, 1);
    assertStringIncludes(forbidden.stderr, " --allow-env=SECRET");
    const end = await runCli(["resume", "j.json", "--keep"], { cwd: folder, env: { SECRET: "open sesame" } });
    assertEquals(end.code, 0, end.stderr);
    assertEquals(readEffects(folder), ["open sesame"]);
  });
});

permittedTest("an observer that throws is warned about once and does not touch the run", ALL, () => {
  const options =
    '{ observer: { event() { throw new Error("blind"); }, notice: ({ message }) => console.error(message) } }';
  return inFolder({ "steps.ts": STEPS, "main.ts": program('return t.do(leave, "a");', options) }, async (folder) => {
    const end = await runDeno("main.ts", [], { cwd: folder });
    assertEquals(end.stdout, 'value "a"\n');
    assertEquals(end.stderr.match(/blind/g)?.length, 1, end.stderr);
  });
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  permittedTest(`${signal} lets the running step end, starts no other, and leaves a journal to resume`, ALL, () => {
    const main = program('t.do(leave, "a"); t.do(hang); t.do(leave, "c");', '{ journal: "j.json" }');
    return inFolder({ "steps.ts": STEPS, "main.ts": main }, async (folder) => {
      await Deno.writeTextFile(`${folder}/hang`, "");
      const end = await killWhen(denoCommand("main.ts", [], { cwd: folder }), "hanging", { signal });
      assertEquals(end.code, signal === "SIGINT" ? 130 : 143, end.stderr);
      assertEquals(readEffects(folder), ["a", "hang 1", `told to stop: The process received ${signal}`]);
      const resumed = await runCli(["resume", "j.json"], { cwd: folder });
      assertEquals(resumed.code, 0, resumed.stderr);
      assertEquals(readEffects(folder).at(-1), "c");
      assertEquals(readEffects(folder).length, 4);
    });
  });
}
