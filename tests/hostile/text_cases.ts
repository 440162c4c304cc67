import { encodeBodies, encodeHostile } from "./encode_hostile.ts";
import { DAMAGED, type HostileCase, REFUSED } from "./hostile_case.ts";
import { FINISH, hostilePlan, POISON, START } from "./hostile_plan.ts";

const ERROR = { name: POISON, message: POISON, stack: `${POISON}\n    at ${POISON}`, code: POISON };
const POISONED_WAIT = { kind: "wait", signal: POISON, module: undefined, export: undefined };
const POISONED_STEP = { name: POISON, export: POISON, args: [POISON, { [POISON]: POISON }] };
const BAD_URL = `data:text/javascript,${POISON}`;
const RUNNER = { host: POISON, trace: POISON };
const INJECTION = "1.0.0;touch canary #$(touch canary)`touch canary`\ntouch canary";

/** Journals that want to deceive whoever reads what is printed about them. */
export const TEXT_CASES: readonly HostileCase[] = [
  {
    tries: "poison in every text of a transaction that failed",
    write: () =>
      encodeHostile([
        hostilePlan(BAD_URL, [POISONED_STEP], { id: POISON, library: POISON, ...RUNNER }),
        [START],
        [{ type: "failed", step: "1", attempt: 1, ms: 1, error: { ...ERROR, cause: ERROR } }, {
          type: "aborted",
          step: "1",
        }],
      ]),
    codes: REFUSED,
    isWorst: true,
  },
  {
    tries: "poison in a step that could not be started, and in what was repaired",
    write: () =>
      encodeHostile([
        hostilePlan(BAD_URL, [POISONED_STEP]),
        [{ type: "aborted", step: "1", error: ERROR }],
        [{
          type: "resumed",
          run: 2,
          library: POISON,
          recovered: { cutBytes: 9, savedAs: POISON },
          modules: [{ module: 0, url: `${BAD_URL}2` }],
          ...RUNNER,
        }],
        [{ type: "aborted", step: "1", error: ERROR }],
      ]),
    codes: REFUSED,
  },
  {
    tries: "poison in what a person is asked",
    write: ({ canary }) =>
      encodeHostile([
        hostilePlan(canary, [POISONED_STEP], { library: POISON }),
        [START],
        [{ type: "resumed", run: 2, library: POISON, ...RUNNER }, { type: "waiting", step: "1", for: "decision" }],
      ]),
    codes: [0, 0, 3],
    isWorst: true,
  },
  {
    tries: "poison in what was decided, and in a value that is missing",
    write: () =>
      encodeHostile([
        hostilePlan(BAD_URL, [POISONED_STEP, { export: POISON }, { export: POISON, name: "third" }]),
        [START, { ...FINISH, dropped: { reason: POISON, bytes: 2 ** 53 } }],
        [{ type: "decided", decision: "skip", step: "2", by: POISON, why: POISON }],
        [{ type: "decided", decision: "edit", step: "3", args: [POISON], by: POISON, why: POISON }],
      ]),
    codes: REFUSED,
  },
  {
    tries: "poison in values",
    write: () =>
      encodeHostile([
        hostilePlan(BAD_URL, [{ name: "a" }, {}]),
        [START],
        [{
          ...FINISH,
          value: { text: POISON, error: { type: "Error", message: POISON }, url: `https://x/${encodeURI("\u202e")}` },
          valueMeta: { values: { error: [["custom", "error"]], url: ["URL"] }, v: 1 },
        }],
      ]),
    codes: REFUSED,
  },
  {
    tries: "poison in a transaction that was cancelled",
    write: ({ canary }) =>
      encodeHostile([hostilePlan(canary, [POISONED_STEP]), [{ type: "cancelled", by: POISON, why: POISON }]]),
    codes: [0, 0, 2],
  },
  {
    tries: "poison in a signal that is waited for",
    write: ({ canary }) =>
      encodeHostile([
        hostilePlan(canary, [POISONED_WAIT]),
        [{ type: "waiting", step: "1", for: "signal", signal: POISON }],
      ]),
    codes: [0, 0, 3],
  },
  {
    tries: "poison in words that are not known",
    write: ({ canary }) => encodeHostile([hostilePlan(canary), [{ type: POISON, [POISON]: POISON }]]),
    codes: [0, 65, 65],
    isWorst: true,
  },
  {
    tries: "poison in keys that are not known",
    write: ({ canary }) => encodeHostile([hostilePlan(canary, [{}], { [POISON]: POISON })]),
    codes: [0, 65, 65],
  },
  {
    tries: "poison in names that are there twice",
    write: ({ canary }) => encodeHostile([hostilePlan(canary, [{ name: POISON }, { name: POISON }])]),
    codes: DAMAGED,
  },
  {
    tries: "poison in place of a date, a seq and a checksum",
    write: () => `[{"seq":"${POISON}","at":"${POISON}","events":[],"sum":"${POISON}"}\n]`,
    codes: DAMAGED,
  },
  {
    tries: "poison in place of a seq, with a checksum that is right",
    write: () => encodeBodies([`{"seq":${JSON.stringify(POISON)},"at":"","events":[]`]),
    codes: DAMAGED,
  },
  {
    tries: "poison in the fragment of a module's URL, which is left as it was",
    write: ({ canary }) => encodeHostile([hostilePlan(`${canary}#${POISON}`)]),
    codes: REFUSED,
  },
  {
    tries: "a library's version that is more than a word in a shell",
    write: ({ canary }) =>
      encodeHostile([
        hostilePlan(canary, [{}], { library: INJECTION }),
        [START],
        [{ type: "resumed", run: 2, library: INJECTION }, { type: "waiting", step: "1", for: "decision" }],
      ]),
    codes: [0, 0, 3],
    isWorst: true,
  },
];
