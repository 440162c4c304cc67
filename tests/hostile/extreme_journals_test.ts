/** What a journal may hold at its limits: if `check` calls it sound, every command takes it or refuses it in plain words. */
import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { runMain } from "../cli/fake_io.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { encodeHostile } from "./encode_hostile.ts";
import { FINISH, firstIs, hostilePlan, type HostileStep, START } from "./hostile_plan.ts";

const INSTANT = "9999-12-31T23:59:59.999Z";
const HIGHEST = "99999999";

function retry(options: unknown): HostileStep {
  return { options: { retry: options } };
}

/** What it has, whether it is sound, the steps of the plan, and what has happened. */
const JOURNALS: readonly (readonly [
  what: string,
  isSound: boolean,
  steps: readonly HostileStep[],
  ...events: readonly unknown[],
])[] = [
  ["the highest number of a step", true, [{}, { id: HIGHEST }]],
  ["a higher number of a step", false, [{}, { id: "100000000" }]],
  ["a variable without a name", false, [{ args: [""], argsMeta: firstIs([["custom", "env"]]) }]],
  ["a variable with = in its name", false, [{ args: ["A=B"], argsMeta: firstIs([["custom", "env"]]) }]],
  ["a variable with NUL in its name", false, [{ args: ["A\0"], argsMeta: firstIs([["custom", "env"]]) }]],
  ["a variable of any other name", true, [{ args: ["a b\u202e"], argsMeta: firstIs([["custom", "env"]]) }]],
  ["the longest sleep", true, [
    { kind: "sleep", module: undefined, export: undefined, ...{ ms: 1e12 } } as HostileStep,
  ]],
  ["a longer sleep", false, [{ kind: "sleep", module: undefined, export: undefined, ...{ ms: 1e15 } } as HostileStep]],
  ["the longest pause", true, [retry({ delayMs: 1e12, maxDelayMs: 1e12, factor: 1e6, maxAttempts: 1e7 })]],
  ["a longer pause", false, [retry({ delayMs: 1e15 })]],
  ["a pause that shrinks", false, [retry({ factor: 0.5 })]],
  ["a time limit of no time", false, [{ options: { timeoutMs: 0 } }]],
  ["the longest step", true, [{}, {}], START, { ...FINISH, ms: 1e15 }],
  ["a step that took longer", false, [{}, {}], START, { ...FINISH, ms: 1e16 }],
  ["the last date", true, [{}], { type: "waiting", step: "1", for: "time", until: INSTANT }],
  ["a date after it", false, [{}], { type: "waiting", step: "1", for: "time", until: "9999-12-32T00:00:00.000Z" }],
];

const COMMANDS = [
  "inspect J",
  "inspect J --json",
  "inspect J --events",
  "inspect J --graph",
  "inspect J --html=-",
  "inspect J --step 1",
  "resume J --dry-run",
  "rollback J --dry-run",
  "done J 1 --result 1",
  "skip J 1",
  "retry J 1",
  "edit J 1 --args [1]",
  "remove J 1",
  "rewind J 1 --yes",
  "undecide J 1",
  "insert J M run --first",
  "signal J go",
  "resume J --keep --max-wait 1s",
  "cancel J",
];

permittedTest(
  "no command calls a journal at its limits a bug of the library",
  ["read", "write"],
  () =>
    inFolder({ "steps.js": "export function run() { throw new Error('no'); }\n" }, async (folder) => {
      const module = `${folder}/steps.js`;
      for (const [what, isSound, steps, ...events] of JOURNALS) {
        const plan = hostilePlan(toFileUrl(module).href, steps, { modules: [{ url: toFileUrl(module).href }] });
        const text = encodeHostile([plan, ...events.map((event) => [event])]);
        const journal = `${folder}/j.json`;
        for (const words of ["check J", ...COMMANDS]) {
          await Deno.writeTextFile(journal, text, { mode: 0o600 });
          const typed = words.split(" ").map((word) => word === "J" ? journal : word === "M" ? module : word);
          const { code, out, error } = await runMain(typed);
          const isRight = words === "check J" ? code === (isSound ? 0 : 65) : code !== 70 && (isSound || code !== 0);
          assertEquals([what, words, code, isRight], [what, words, code, true], out + error);
        }
      }
    }),
);
