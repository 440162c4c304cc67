import { TEMPORARY } from "../../../lib/storage/file/open_file.ts";
import { assert, assertEquals } from "@std/assert";
import { permittedTest } from "../../support/permitted_test.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { findStraceRefusal } from "./failing_disk.ts";
import { runAndKill } from "../kill/kill_process.ts";
import { plainSpec } from "../kill/kill_spec.ts";
import { readLines } from "../kill/kill_steps.ts";

const STEPS = 10;
const STARTED = /\\"type\\":\\"started\\",\\"step\\":\\"(\d+)\\"/;

/** What one line of a trace says about the journal or the effects. */
type Call =
  | { readonly kind: "started"; readonly step: string }
  | { readonly kind: "sync" }
  | { readonly kind: "effect"; readonly step: string };

/** Picks out of a trace the records with `started`, the syncs of the journal that returned, and the effects. */
function readTrace(lines: readonly string[], journal: string, log: string): readonly Call[] {
  const files = new Map<string, string>();
  return joinUnfinished(lines).flatMap((line): readonly Call[] => {
    const open = /openat\([^"]*"([^"]*)".* = (\d+)/.exec(line);
    // A journal gets its own name when its first record is in it.
    if (open !== null) files.set(open[2] ?? "", open[1]?.includes(TEMPORARY) === true ? journal : open[1] ?? "");
    // A sync that does not block works on a copy of the descriptor.
    const copy = /(?:fcntl|dup)\((\d+).* = (\d+)/.exec(line);
    if (copy !== null) files.set(copy[2] ?? "", files.get(copy[1] ?? "") ?? "");
    const [, call = "", file = ""] = /(\w+)\((\d+)/.exec(line) ?? [];
    const path = files.get(file);
    if (path === journal && (call === "fdatasync" || call === "fsync") && line.endsWith("= 0")) {
      return [{ kind: "sync" }];
    }
    const started = STARTED.exec(line)?.[1];
    if (path === journal && started !== undefined) return [{ kind: "started", step: started }];
    const effect = /write\(\d+, "(\d+) \d+\\n"/.exec(line)?.[1];
    return path === log && effect !== undefined ? [{ kind: "effect", step: effect }] : [];
  });
}

/** A call that another thread's line has cut in two becomes one line, at the place where it returned. */
function joinUnfinished(lines: readonly string[]): readonly string[] {
  const unfinished = new Map<string, string>();
  return lines.flatMap((line) => {
    const thread = /^\d+/.exec(line)?.[0] ?? "";
    if (line.endsWith("<unfinished ...>")) {
      unfinished.set(thread, line.slice(0, -"<unfinished ...>".length));
      return [];
    }
    const rest = /<\.\.\. \w+ resumed>(.*)/.exec(line)?.[1];
    return [rest === undefined ? line : `${unfinished.get(thread) ?? ""}${rest}`];
  });
}

permittedTest(
  `a run of ${STEPS} steps syncs the record that a step has started before each effect`,
  ["read", "write", "run"],
  async (test) => {
    const refusal = Deno.build.os === "linux" ? await findStraceRefusal() : "there is no strace";
    const name = refusal ?? "traced";
    await test.step({
      name,
      ignore: refusal !== undefined,
      fn: async () => {
        await using folder = await makeTempFolder();
        const spec = plainSpec(folder.path, STEPS);
        const trace = `${folder.path}/trace`;
        const wrapper = ["strace", "-f", "-qq", "-s", "4096", "-o", trace];
        const calls = ["-e", "trace=openat,dup,fcntl,write,pwrite64,fdatasync,fsync"];
        const start = ["start", JSON.stringify(spec)];
        const end = await runAndKill("program", start, { kind: "never" }, [...wrapper, ...calls]);
        assertEquals(end.code, 0, end.stderr);
        const found = readTrace(readLines(trace), spec.journal, spec.log);
        const effects = found.flatMap((call) => call.kind === "effect" ? [call.step] : []);
        assertEquals(effects, Array.from({ length: STEPS }, (_, index) => String(index + 1)));
        for (const step of effects) {
          const effect = found.findIndex((call) => call.kind === "effect" && call.step === step);
          const started = found.findIndex((call) => call.kind === "started" && call.step === step);
          const sync = found.findIndex((call, index) => call.kind === "sync" && index > started);
          assert(started !== -1 && sync !== -1 && sync < effect, `step ${step}: ${started}, ${sync}, ${effect}`);
        }
      },
    });
  },
);

Deno.test("readTrace() joins calls that another thread has cut in two", () => {
  const lines = [
    '7 openat(AT_FDCWD, "/j", O_RDWR) = 21',
    "7 fcntl(21, F_DUPFD_CLOEXEC, 3) = 23",
    '7 write(21, ",{\\"events\\":[{\\"type\\":\\"started\\",\\"step\\":\\"3\\"}]}", 44) = 44',
    "8 fdatasync(23 <unfinished ...>",
    '7 openat(AT_FDCWD, "/l", O_WRONLY|O_APPEND) = 24',
    "8 <... fdatasync resumed>) = 0",
    '7 write(24, "3 1\\n", 4) = 4',
    "7 fdatasync(21) = -1 EIO (Input/output error)",
  ];
  assertEquals(readTrace(lines, "/j", "/l"), [{ kind: "started", step: "3" }, { kind: "sync" }, {
    kind: "effect",
    step: "3",
  }]);
});
